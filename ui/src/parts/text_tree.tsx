// The trees as text: the same items as on the canvas, as an ARIA tree. Only the rows in sight are in
// the document; their levels and places are said by attributes.

import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { budgetState, budgetText } from "../lib/budget.js";
import { conditionOf, walk, type Item } from "../lib/forest.js";
import { rowsInSight } from "../lib/rows.js";
import { now } from "../state/clock.js";
import { forest, readAt } from "../state/trees.js";
import { activate, choose, chosenItem } from "../state/tree_selection.js";
import { Mark } from "./mark.js";

const ROW = 24;

/** Keys of the items whose children are folded away. */
const folded = signal<ReadonlySet<string>>(new Set());

function fold(key: string, away: boolean): void {
  const next = new Set(folded.value);
  if (away) next.add(key);
  else next.delete(key);
  folded.value = next;
}

interface RowProps {
  readonly item: Item;
  readonly index: number;
  readonly selected: boolean;
}

function Row({ item, index, selected }: RowProps) {
  const siblings = item.parent?.children ?? forest.value.tops;
  const isFolded = folded.value.has(item.key);
  const place = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) place.current.style.top = `${index * ROW}px`;
  }, [index]);
  return (
    <div
      ref={place}
      id={`item-${index}`}
      class={`item ${item.kind}`}
      role="treeitem"
      aria-level={item.depth + 1}
      aria-setsize={siblings.length}
      aria-posinset={siblings.indexOf(item) + 1}
      aria-expanded={item.children.length > 0 ? !isFolded : undefined}
      aria-selected={selected}
      onClick={() => choose(item)}
      onDblClick={() => activate(item)}
    >
      <Title item={item} isFolded={isFolded} />
      <span class="dim">{item.supervisor?.strategy ?? (item.kind === "more" ? "" : item.module)}</span>
      <BudgetCell item={item} />
      <span class="mono dim">{item.pid ?? (item.kind === "more" ? "" : (item.child?.state ?? ""))}</span>
    </div>
  );
}

function Title({ item, isFolded }: { readonly item: Item; readonly isFolded: boolean }) {
  const place = useRef<HTMLSpanElement>(null);
  useLayoutEffect(() => {
    if (place.current !== null) place.current.style.paddingLeft = `${item.depth * 20}px`;
  }, [item.depth]);
  return (
    <span class="title" ref={place}>
      <span
        class="twist"
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          fold(item.key, !isFolded);
        }}
      >
        {item.children.length === 0 ? "" : isFolded ? "▸" : "▾"}
      </span>
      {item.kind !== "more" && <Mark condition={conditionOf(item)} />}
      <span class="name">
        {item.kind === "more" ? <span class="dim">{item.title}: Enter shows all</span> : item.title}
      </span>
    </span>
  );
}

function BudgetCell({ item }: { readonly item: Item }) {
  if (item.supervisor === null) return <span />;
  const text = budgetText(item.supervisor, (now.value - readAt.value) / 1000);
  const state = budgetState(item.supervisor);
  return <span class={state === "exhausted" ? "bad" : state === "free" || state === "unknown" ? "dim" : "warn"}>{text ?? "–"}</span>;
}

export function TextTree() {
  const scroll = useRef<HTMLDivElement>(null);
  const all = useRef<HTMLDivElement>(null);
  const [sight, setSight] = useState({ top: 0, height: 800 });
  const items = [...walk(forest.value.tops, folded.value)];
  const chosen = chosenItem.value;
  const index = chosen === null ? -1 : items.indexOf(chosen);
  const span = rowsInSight(sight.top, sight.height, ROW, items.length);

  useLayoutEffect(() => {
    if (all.current !== null) all.current.style.height = `${items.length * ROW}px`;
  }, [items.length]);

  useEffect(() => {
    const box = scroll.current;
    if (box === null) return;
    const look = (): void => setSight({ top: box.scrollTop, height: box.clientHeight });
    const observer = new ResizeObserver(look);
    observer.observe(box);
    box.addEventListener("scroll", look);
    box.focus({ preventScroll: true });
    return () => {
      observer.disconnect();
      box.removeEventListener("scroll", look);
    };
  }, []);

  useEffect(() => {
    const box = scroll.current;
    if (box === null || index < 0) return;
    if (index * ROW < box.scrollTop) box.scrollTop = index * ROW;
    if ((index + 1) * ROW > box.scrollTop + box.clientHeight) box.scrollTop = (index + 1) * ROW - box.clientHeight;
  }, [index]);

  const keys = (event: KeyboardEvent): void => {
    const step = (to: number): void => {
      const item = items[Math.min(items.length - 1, Math.max(0, to))];
      if (item !== undefined) choose(item);
    };
    const screen = Math.max(1, Math.floor(sight.height / ROW) - 1);
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowDown") step(index + 1);
    else if (event.key === "ArrowUp") step(index < 0 ? 0 : index - 1);
    else if (event.key === "PageDown") step(index + screen);
    else if (event.key === "PageUp") step(index - screen);
    else if (event.key === "Home") step(0);
    else if (event.key === "End") step(items.length - 1);
    else if (event.key === "Enter" && chosen !== null) activate(chosen);
    else if (event.key === "Escape") choose(null);
    else if (event.key === "ArrowRight" && chosen !== null) {
      if (folded.value.has(chosen.key)) fold(chosen.key, false);
      else if (chosen.children.length > 0) step(index + 1);
    } else if (event.key === "ArrowLeft" && chosen !== null) {
      if (chosen.children.length > 0 && !folded.value.has(chosen.key)) fold(chosen.key, true);
      else if (chosen.parent !== null) choose(chosen.parent);
    } else return;
    event.preventDefault();
  };

  return (
    <div
      ref={scroll}
      class="text-tree"
      role="tree"
      aria-label="Supervision trees"
      aria-activedescendant={index >= 0 ? `item-${index}` : undefined}
      tabIndex={0}
      data-main
      onKeyDown={keys}
    >
      <div class="all" ref={all} role="none">
        {items.slice(span.first, span.end).map((item, offset) => (
          <Row key={item.key} item={item} index={span.first + offset} selected={item === chosen} />
        ))}
      </div>
    </div>
  );
}
