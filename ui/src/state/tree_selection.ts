// Which item of the trees is selected. Items with a pid are selected in the address; those without
// (stopped children, counts) have nothing to link to and are kept here.

import { computed, signal } from "@preact/signals";
import type { Item } from "../lib/forest.js";
import { go, parameter, select, selectedPid } from "./route.js";
import { forest } from "./trees.js";

/** Key of a selected item that has no pid. */
const placeKey = signal<string | null>(null);

/** The selected item, if the trees on the screen have it. */
export const chosenItem = computed<Item | null>(() => {
  if (placeKey.value !== null) {
    const item = forest.value.byKey.get(placeKey.value);
    if (item !== undefined) return item;
  }
  return selectedPid.value === null ? null : (forest.value.byPid.get(selectedPid.value) ?? null);
});

export function choose(item: Item | null): void {
  placeKey.value = item !== null && item.pid === null ? item.key : null;
  select(item?.pid ?? null, true);
}

/** Shows all children that stand behind a count; for other items goes on to the detail pane. */
export function activate(item: Item): void {
  if (item.kind === "more" && item.parent !== null) {
    const open = new Set((parameter("open") ?? "").split(",").filter((key) => key !== ""));
    open.add(item.parent.key);
    go({ open: [...open].join(",") });
    choose(item.parent.children[0] ?? null);
    return;
  }
  choose(item);
  document.querySelector<HTMLElement>(".detail")?.focus();
}
