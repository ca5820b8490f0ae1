// Paints the part of a layout that is in sight on a canvas. Knows no state: everything it needs is in
// the scene. What is too small to be read is not written.

import { budgetState, budgetText } from "../lib/budget.js";
import { conditionOf, type Condition, type Item } from "../lib/forest.js";
import { firstBelow, joint, COLUMN_GAP, type Box, type Layout } from "../lib/layout.js";
import { SCALE_TITLES, type Size, type View } from "../lib/viewport.js";

export interface Palette {
  readonly ground: string;
  readonly raised: string;
  readonly hover: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly dim: string;
  readonly accent: string;
  readonly accentTint: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  readonly flash: string;
  readonly sans: string;
  readonly mono: string;
}

/** The colours and fonts in use now, from the style sheet. */
export function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const get = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: get("ground"),
    raised: get("raised"),
    hover: get("hover"),
    line: get("line"),
    lineStrong: get("line-strong"),
    text: get("text"),
    dim: get("dim"),
    accent: get("accent"),
    accentTint: get("accent-tint"),
    good: get("good"),
    warn: get("warn"),
    bad: get("bad"),
    flash: get("flash"),
    sans: get("sans"),
    mono: get("mono"),
  };
}

export interface Scene {
  readonly layout: Layout;
  readonly view: View;
  readonly size: Size;
  /** Device pixels for a CSS pixel. */
  readonly density: number;
  readonly palette: Palette;
  readonly selected: string | null;
  readonly hovered: string | null;
  /** 1 just after a restart, 0 when it is no longer pointed out. */
  readonly flashOf: (item: Item) => number;
  /** Seconds since the budgets were read. */
  readonly elapsed: number;
}

const TITLE = 12.5;
const SMALL = 11;
const PADDING = 9;
const PID_GAP = 14;
const WIDEST = 340;
/** Below this scale, small text is not written. */
const SCALE_SMALL = 0.6;
const PIP_WIDTH = 5;
const PIPS = 10;

// ---- widths -----------------------------------------------------------------------------------

const widths = new Map<string, number>();

function textWidth(context: CanvasRenderingContext2D, font: string, text: string): number {
  const key = `${font}|${text}`;
  let width = widths.get(key);
  if (width === undefined) {
    context.font = font;
    width = context.measureText(text).width;
    if (widths.size > 20_000) widths.clear();
    widths.set(key, width);
  }
  return width;
}

function fonts(palette: Palette) {
  return {
    title: `${TITLE}px ${palette.sans}`,
    strong: `600 ${TITLE}px ${palette.sans}`,
    small: `${SMALL}px ${palette.sans}`,
    mono: `${SMALL}px ${palette.mono}`,
  };
}

// The countdown has its full width from the start, so that no box grows while it runs.
function widestSecondLine(item: Item): string {
  const supervisor = item.supervisor;
  if (supervisor === null) return item.module ?? "";
  const most = supervisor.max_restarts ?? 0;
  const period = supervisor.max_seconds ?? 0;
  return `${supervisor.strategy ?? ""}   ${most} of ${most} used, frees in ${period} s`;
}

/** How wide an item wants to be, in drawing units. */
export function itemWidth(context: CanvasRenderingContext2D, palette: Palette, item: Item): number {
  const font = fonts(palette);
  if (item.kind === "more") return Math.min(WIDEST, textWidth(context, font.small, moreText(item)) + 24);
  if (item.kind === "supervisor") {
    const pips = pipsWidth(item) + 12;
    const first = textWidth(context, font.strong, item.title) + pips;
    const second = textWidth(context, font.small, widestSecondLine(item));
    return Math.min(WIDEST, Math.ceil(Math.max(first, second) + 2 * PADDING + 4));
  }
  const pid = textWidth(context, font.mono, item.pid !== null && item.pid.length > 14 ? item.pid : "#PID<0.0000.0>");
  return Math.min(WIDEST, Math.ceil(textWidth(context, font.title, item.title) + PID_GAP + pid + 22));
}

function moreText(item: Item): string {
  return `and ${item.title}; Enter shows all`;
}

function pipsWidth(item: Item): number {
  const most = item.supervisor?.max_restarts ?? 0;
  return most > 0 && most <= PIPS ? most * (PIP_WIDTH + 2) : 0;
}

/** The text cut to a width, with an ellipsis. */
function cut(context: CanvasRenderingContext2D, font: string, text: string, room: number): string {
  if (textWidth(context, font, text) <= room) return text;
  let low = 0;
  let high = text.length;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (textWidth(context, font, `${text.slice(0, middle)}…`) <= room) low = middle;
    else high = middle - 1;
  }
  return `${text.slice(0, low)}…`;
}

// ---- painting ---------------------------------------------------------------------------------

export function paint(context: CanvasRenderingContext2D, scene: Scene): void {
  const { view, size, density, palette } = scene;
  context.setTransform(density, 0, 0, density, 0, 0);
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, size.width, size.height);
  const scale = view.scale * density;
  context.setTransform(scale, 0, 0, scale, -view.x * scale, -view.y * scale);
  context.textBaseline = "middle";
  const bottom = view.y + size.height / view.scale;
  const right = view.x + size.width / view.scale;
  paintSpines(context, scene, bottom);
  const { boxes } = scene.layout;
  for (let i = firstBelow(boxes, view.y - 1); i < boxes.length; i++) {
    const box = boxes[i];
    if (box === undefined || box.y > bottom) break;
    if (box.x - COLUMN_GAP > right || box.x + box.width < view.x) continue;
    paintBranch(context, scene, box);
    if (box.item.kind === "supervisor") paintSupervisor(context, scene, box);
    else paintWorker(context, scene, box);
  }
}

function paintSpines(context: CanvasRenderingContext2D, scene: Scene, bottom: number): void {
  const { view, palette } = scene;
  context.strokeStyle = palette.lineStrong;
  context.lineWidth = Math.max(1, 0.6 / view.scale);
  context.beginPath();
  for (const spine of scene.layout.spines) {
    if (spine.top > bottom || spine.bottom < view.y) continue;
    const y = joint(spine.parent);
    context.moveTo(spine.parent.x + spine.parent.width, y);
    context.lineTo(spine.x, y);
    context.moveTo(spine.x, Math.max(spine.top, view.y - 10));
    context.lineTo(spine.x, Math.min(spine.bottom, bottom + 10));
  }
  context.stroke();
}

function paintBranch(context: CanvasRenderingContext2D, scene: Scene, box: Box): void {
  if (box.item.parent === null) return;
  const y = joint(box);
  context.strokeStyle = scene.palette.lineStrong;
  context.lineWidth = Math.max(1, 0.6 / scene.view.scale);
  context.beginPath();
  context.moveTo(box.x - COLUMN_GAP / 2, y);
  context.lineTo(box.x - (box.item.kind === "supervisor" ? 0 : 2), y);
  context.stroke();
}

function colourOf(palette: Palette, condition: Condition): string {
  switch (condition) {
    case "fine":
      return palette.good;
    case "degraded":
    case "stopped":
      return palette.warn;
    case "critical":
    case "restarting":
      return palette.bad;
    case "unknown":
      return palette.dim;
  }
}

function paintGround(context: CanvasRenderingContext2D, scene: Scene, box: Box): void {
  const { palette } = scene;
  const key = box.item.key;
  const flash = scene.flashOf(box.item);
  const supervisor = box.item.kind === "supervisor";
  context.beginPath();
  context.roundRect(box.x, box.y, box.width, box.height, 3);
  if (key === scene.selected) context.fillStyle = palette.accentTint;
  else if (key === scene.hovered) context.fillStyle = palette.hover;
  else context.fillStyle = supervisor ? palette.raised : palette.ground;
  context.fill();
  if (flash > 0) {
    context.globalAlpha = 0.55 * flash;
    context.fillStyle = palette.flash;
    context.fill();
    context.globalAlpha = 1;
  }
  if (!supervisor && key !== scene.selected) return;
  context.strokeStyle = key === scene.selected ? palette.accent : palette.line;
  context.lineWidth = key === scene.selected ? 1.5 : 1;
  context.stroke();
}

function paintSupervisor(context: CanvasRenderingContext2D, scene: Scene, box: Box): void {
  const { palette, view } = scene;
  const font = fonts(palette);
  const condition = conditionOf(box.item);
  paintGround(context, scene, box);
  context.fillStyle = condition === "fine" ? palette.good : colourOf(palette, condition);
  context.fillRect(box.x, box.y + 3, 3, box.height - 6);
  if (view.scale < SCALE_TITLES) return;
  const left = box.x + PADDING + 2;
  const inner = box.width - 2 * PADDING - 2;
  const down = condition === "stopped" || condition === "restarting";
  context.font = font.strong;
  context.fillStyle = down ? colourOf(palette, condition) : palette.text;
  const room = inner - pipsWidth(box.item) - 8;
  context.fillText(cut(context, font.strong, box.item.title, room), left, box.y + 12);
  if (view.scale < SCALE_SMALL) return;
  paintPips(context, scene, box);
  context.font = font.small;
  context.fillStyle = palette.dim;
  const supervisor = box.item.supervisor;
  if (supervisor === null) {
    context.fillStyle = down ? colourOf(palette, condition) : palette.dim;
    const state = down ? (condition === "restarting" ? "restarting" : "not running") : "children not known";
    context.fillText(state, left, box.y + 27);
    return;
  }
  const strategy = supervisor.strategy ?? supervisor.type;
  context.fillText(strategy, left, box.y + 27);
  paintBudget(context, scene, box, left + textWidth(context, font.small, `${strategy}   `));
}

function paintBudget(context: CanvasRenderingContext2D, scene: Scene, box: Box, x: number): void {
  const supervisor = box.item.supervisor;
  if (supervisor === null) return;
  const { palette } = scene;
  const text = budgetText(supervisor, scene.elapsed);
  if (text === null) return;
  const state = budgetState(supervisor);
  const quiet = state === "free" || state === "unknown";
  context.fillStyle = quiet ? palette.dim : state === "exhausted" ? palette.bad : palette.warn;
  context.fillText(cut(context, fonts(palette).small, text, box.x + box.width - PADDING - x), x, box.y + 27);
}

function paintPips(context: CanvasRenderingContext2D, scene: Scene, box: Box): void {
  const supervisor = box.item.supervisor;
  const width = pipsWidth(box.item);
  if (supervisor === null || width === 0) return;
  const { palette } = scene;
  const used = supervisor.restarts_used ?? 0;
  const colour = budgetState(supervisor) === "exhausted" ? palette.bad : palette.warn;
  const left = box.x + box.width - PADDING - width + 2;
  context.lineWidth = 1;
  context.strokeStyle = palette.lineStrong;
  for (let i = 0; i < (supervisor.max_restarts ?? 0); i++) {
    const x = left + i * (PIP_WIDTH + 2);
    if (i < used) {
      context.fillStyle = colour;
      context.fillRect(x, box.y + 7, PIP_WIDTH, 10);
    } else context.strokeRect(x + 0.5, box.y + 7.5, PIP_WIDTH - 1, 9);
  }
}

function paintWorker(context: CanvasRenderingContext2D, scene: Scene, box: Box): void {
  const { palette, view } = scene;
  const { item } = box;
  const font = fonts(palette);
  paintGround(context, scene, box);
  const middle = box.y + box.height / 2;
  const condition = conditionOf(item);
  const down = condition === "stopped" || condition === "restarting";
  if (item.kind === "worker") paintDot(context, box.x + 8, middle, colourOf(palette, condition), down);
  if (view.scale < SCALE_TITLES) {
    context.fillStyle = down ? colourOf(palette, condition) : palette.lineStrong;
    context.fillRect(box.x + 16, middle - 3, Math.min(box.width - 20, item.title.length * 6.5), 6);
    return;
  }
  if (item.kind === "more") {
    context.font = font.small;
    context.fillStyle = palette.accent;
    context.fillText(cut(context, font.small, moreText(item), box.width - 20), box.x + 16, middle);
    return;
  }
  const note = down ? (condition === "restarting" ? "restarting" : "not running") : (item.pid ?? "");
  const noteFont = down ? font.small : font.mono;
  const noteWidth = textWidth(context, noteFont, note);
  context.font = font.title;
  context.fillStyle = down ? colourOf(palette, condition) : palette.text;
  context.fillText(cut(context, font.title, item.title, box.width - noteWidth - PID_GAP - 20), box.x + 16, middle);
  if (view.scale < SCALE_SMALL) return;
  context.font = noteFont;
  context.fillStyle = down ? colourOf(palette, condition) : palette.dim;
  context.fillText(note, box.x + box.width - 5 - noteWidth, middle);
}

function paintDot(context: CanvasRenderingContext2D, x: number, y: number, colour: string, hollow: boolean): void {
  context.beginPath();
  context.arc(x, y, hollow ? 3.5 : 3, 0, 2 * Math.PI);
  if (hollow) {
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.stroke();
  } else {
    context.fillStyle = colour;
    context.fill();
  }
}
