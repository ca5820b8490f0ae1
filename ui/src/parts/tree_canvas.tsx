// The trees on a canvas: pan by dragging, zoom by the wheel, move by the keyboard. The text tree shows
// the same to those who cannot use a canvas.

import { effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { conditionOf, type Item } from "../lib/forest.js";
import { boxAt, layOut, neighbour, type Direction, type Layout } from "../lib/layout.js";
import { clamp, fit, life, opening, reveal, zoomAt, type Size, type View } from "../lib/viewport.js";
import { now } from "../state/clock.js";
import { flashes, FLASH_MS } from "../state/events.js";
import { nodeName } from "../state/nodes.js";
import { colours } from "../state/preferences.js";
import { parameter } from "../state/route.js";
import { forest, readAt, supervisors } from "../state/trees.js";
import { activate, choose, chosenItem } from "../state/tree_selection.js";
import { itemWidth, paint, readPalette, type Palette } from "./tree_paint.js";
import { zoomShown } from "./tree_zoom.js";

const ZOOM_STEP = 1.25;
/** A press that moves further than this many pixels is a drag, not a click. */
const DRAG_PIXELS = 4;
const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** The canvas and what moves on it; one object lives as long as the element. */
class Stage {
  private readonly context: CanvasRenderingContext2D;
  private palette: Palette = readPalette();
  private layout: Layout = layOut([], () => 0);
  private view: View = { x: 0, y: 0, scale: 1 };
  private size: Size = { width: 0, height: 0 };
  /** What is shown: a change of it starts with a new first look. */
  private subject = "";
  private hovered: string | null = null;
  private frame = 0;
  private readonly calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  private readonly cleanups: (() => void)[] = [];

  constructor(private readonly canvas: HTMLCanvasElement) {
    const context = canvas.getContext("2d", { alpha: false });
    if (context === null) throw new Error("this browser has no 2D canvas");
    this.context = context;
    this.follow();
    this.listen();
  }

  destroy(): void {
    cancelAnimationFrame(this.frame);
    for (const cleanup of this.cleanups) cleanup();
  }

  // ---- state to picture ----

  private follow(): void {
    const keep = (cleanup: () => void): void => {
      this.cleanups.push(cleanup);
    };
    keep(
      effect(() => {
        void colours.value;
        this.palette = readPalette();
        this.request();
      }),
    );
    keep(
      effect(() => {
        const tops = forest.value.tops;
        const known = supervisors.value !== null;
        const subject = `${nodeName.value ?? ""} ${parameter("root") ?? ""} ${known}`;
        this.layout = layOut(tops, (item) => itemWidth(this.context, this.palette, item));
        if (subject !== this.subject && known) {
          this.subject = subject;
          this.open();
        }
        this.request();
      }),
    );
    keep(
      effect(() => {
        const item = chosenItem.value;
        untracked(() => this.show(item));
      }),
    );
    keep(
      effect(() => {
        void flashes.value;
        void now.value;
        void readAt.value;
        this.request();
      }),
    );
    const observer = new ResizeObserver(() => this.resize());
    observer.observe(this.canvas);
    keep(() => observer.disconnect());
    keep(zoomShown.follow((step) => this.zoomBy(step)));
  }

  private resize(): void {
    const first = this.size.width === 0;
    this.size = { width: this.canvas.clientWidth, height: this.canvas.clientHeight };
    this.canvas.width = Math.round(this.size.width * devicePixelRatio);
    this.canvas.height = Math.round(this.size.height * devicePixelRatio);
    if (first) this.open();
    this.draw();
  }

  private open(): void {
    this.setView(opening(this.layout, this.size));
    this.show(chosenItem.peek());
  }

  /** Moves as far as needed for the item to be seen. */
  private show(item: Item | null): void {
    const box = item === null ? undefined : this.layout.byKey.get(item.key);
    if (box !== undefined && this.size.width > 0) this.setView(reveal(this.view, box, this.size));
    this.request();
  }

  private setView(view: View): void {
    this.view = this.size.width === 0 ? view : clamp(view, this.layout, this.size);
    zoomShown.show(this.view.scale);
    this.request();
  }

  private request(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  private draw(): void {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (this.size.width === 0) return;
    const at = performance.now();
    const since = flashes.peek();
    let fading = false;
    paint(this.context, {
      layout: this.layout,
      view: this.view,
      size: this.size,
      density: devicePixelRatio,
      palette: this.palette,
      selected: chosenItem.peek()?.key ?? null,
      hovered: this.hovered,
      elapsed: (Date.now() - readAt.peek()) / 1000,
      flashOf: (item) => {
        const start = item.pid === null ? undefined : since.get(item.pid);
        if (start === undefined || at - start > FLASH_MS) return 0;
        fading = true;
        return this.calm ? 0.6 : 1 - (at - start) / FLASH_MS;
      },
    });
    if (fading) this.request();
  }

  // ---- hands to state ----

  private listen(): void {
    const on = <K extends keyof HTMLElementEventMap>(
      name: K,
      handle: (event: HTMLElementEventMap[K]) => void,
      options?: AddEventListenerOptions,
    ): void => {
      this.canvas.addEventListener(name, handle, options);
      this.cleanups.push(() => this.canvas.removeEventListener(name, handle, options));
    };
    let press: { x: number; y: number; view: View; moved: boolean } | null = null;
    on("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.canvas.setPointerCapture(event.pointerId);
      press = { x: event.offsetX, y: event.offsetY, view: this.view, moved: false };
    });
    on("pointermove", (event) => {
      if (press === null) {
        this.hover(event);
        return;
      }
      const dx = event.offsetX - press.x;
      const dy = event.offsetY - press.y;
      if (!press.moved && Math.hypot(dx, dy) < DRAG_PIXELS) return;
      press.moved = true;
      this.canvas.classList.add("dragged");
      const { x, y, scale } = press.view;
      this.setView({ x: x - dx / scale, y: y - dy / scale, scale });
    });
    on("pointerup", (event) => {
      if (press !== null && !press.moved) choose(this.itemAt(event));
      press = null;
      this.canvas.classList.remove("dragged");
    });
    on("pointercancel", () => {
      press = null;
      this.canvas.classList.remove("dragged");
    });
    on("pointerleave", () => {
      this.hovered = null;
      this.request();
    });
    on("dblclick", (event) => {
      const item = this.itemAt(event);
      if (item !== null) activate(item);
    });
    on("wheel", (event) => this.wheel(event), { passive: false });
    on("keydown", (event) => this.key(event));
  }

  private itemAt(event: MouseEvent): Item | null {
    const x = this.view.x + event.offsetX / this.view.scale;
    const y = this.view.y + event.offsetY / this.view.scale;
    return boxAt(this.layout, x, y)?.item ?? null;
  }

  private hover(event: MouseEvent): void {
    const item = this.itemAt(event);
    if ((item?.key ?? null) === this.hovered) return;
    this.hovered = item?.key ?? null;
    this.canvas.classList.toggle("over", item !== null);
    this.canvas.title = item === null ? "" : describe(item);
    this.request();
  }

  // The wheel zooms; with Shift, and sideways on a touch pad, it pans.
  private wheel(event: WheelEvent): void {
    event.preventDefault();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
    const { x, y, scale } = this.view;
    if (event.shiftKey || Math.abs(event.deltaX) > Math.abs(event.deltaY)) {
      const across = event.shiftKey ? 0 : event.deltaX;
      const along = event.shiftKey ? event.deltaY || event.deltaX : 0;
      this.setView({ x: x + (across * unit) / scale, y: y + (along * unit) / scale, scale });
      return;
    }
    const factor = Math.exp((-event.deltaY * unit) / 500);
    this.setView(zoomAt(this.view, event.offsetX, event.offsetY, factor));
  }

  private zoomBy(step: "in" | "out" | "fit" | "life"): void {
    const x = this.size.width / 2;
    const y = this.size.height / 2;
    if (step === "fit") this.setView(fit(this.layout, this.size));
    else if (step === "life") this.setView(life(this.view));
    else this.setView(zoomAt(this.view, x, y, step === "in" ? ZOOM_STEP : 1 / ZOOM_STEP));
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const direction = DIRECTIONS[event.key];
    const item = chosenItem.peek();
    const page = (this.size.height * 0.8) / this.view.scale;
    if (direction !== undefined) {
      const next = item === null ? (this.layout.boxes[0]?.item ?? null) : neighbour(this.layout, item, direction);
      if (next !== null) choose(next);
    } else if (event.key === "Enter" && item !== null) activate(item);
    else if (event.key === "Escape") choose(null);
    else if (event.key === "Home") choose(this.layout.boxes[0]?.item ?? null);
    else if (event.key === "PageDown") this.setView({ ...this.view, y: this.view.y + page });
    else if (event.key === "PageUp") this.setView({ ...this.view, y: this.view.y - page });
    else if (event.key === "+" || event.key === "=") this.zoomBy("in");
    else if (event.key === "-") this.zoomBy("out");
    else if (event.key === "0") this.zoomBy("fit");
    else if (event.key === "1") this.zoomBy("life");
    else return;
    event.preventDefault();
  }
}

function describe(item: Item): string {
  if (item.kind === "more") return `${item.title} children`;
  const state = item.pid ?? conditionOf(item);
  const parts = [item.title, item.supervisor?.strategy ?? null, item.module, state];
  return parts.filter((part) => part !== null).join(", ");
}

export function TreeCanvas() {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    if (canvas.current === null) return;
    const stage = new Stage(canvas.current);
    canvas.current.focus({ preventScroll: true });
    return () => stage.destroy();
  }, []);
  const chosen = chosenItem.value;
  return (
    <div class="canvas">
      <canvas
        ref={canvas}
        tabIndex={0}
        data-main
        role="img"
        aria-label="Supervision trees. Press t for the same as text."
      />
      <span class="unseen" aria-live="polite">
        {chosen === null ? "" : describe(chosen)}
      </span>
    </div>
  );
}
