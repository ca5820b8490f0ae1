// Where the items of a forest stand on the canvas: a tidy tree from left to right. Each level of a
// tree is a column as wide as its widest item; a supervisor stands beside its first child and the children
// follow below in their order of start, so that a tree reads like an indented list. Linear time;
// boxes come sorted by y, which is what culling needs.

import type { Item } from "./forest.js";
import type { Size } from "./viewport.js";

export const SUPERVISOR_HEIGHT = 38;
export const WORKER_HEIGHT = 22;
export const COLUMN_GAP = 28;
const ROW_GAP = 3;
const SUPERVISOR_GAP = 9;
const TREE_GAP = 26;

export interface Box {
  readonly item: Item;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The vertical line that children hang on. */
export interface Spine {
  readonly x: number;
  readonly top: number;
  readonly bottom: number;
  readonly parent: Box;
}

export interface Layout extends Size {
  readonly boxes: readonly Box[];
  readonly spines: readonly Spine[];
  readonly byKey: ReadonlyMap<string, Box>;
}

/** The height at which the line to an item meets it. */
export function joint(box: { readonly y: number; readonly height: number }): number {
  return box.y + Math.min(box.height, SUPERVISOR_HEIGHT) / 2;
}

export function heightOf(item: Item): number {
  return item.kind === "supervisor" ? SUPERVISOR_HEIGHT : WORKER_HEIGHT;
}

export function layOut(tops: readonly Item[], widthOf: (item: Item) => number): Layout {
  let columns: readonly Column[] = [];
  const boxes: Box[] = [];
  const spines: Spine[] = [];
  const byKey = new Map<string, Box>();

  // Returns the lower edge of the subtree.
  function place(item: Item, y: number): number {
    const height = heightOf(item);
    const box: Box = {
      item,
      x: columns[item.depth]?.left ?? 0,
      y,
      width: columns[item.depth]?.width ?? 0,
      height,
    };
    boxes.push(box);
    byKey.set(item.key, box);
    let bottom = y;
    let last: Box | undefined;
    item.children.forEach((child, index) => {
      const before = item.children[index - 1];
      const gap = before?.kind === "supervisor" || child.kind === "supervisor" ? SUPERVISOR_GAP : ROW_GAP;
      // A first child that is lower than its parent is centred on it: the line between is straight.
      const start = index === 0 ? y + (height - heightOf(child)) / 2 : bottom + gap;
      bottom = place(child, start);
      last = byKey.get(child.key);
    });
    if (last !== undefined) {
      spines.push({ x: box.x + box.width + COLUMN_GAP / 2, top: joint(box), bottom: joint(last), parent: box });
    }
    return Math.max(bottom, y + height);
  }

  let y = 0;
  let width = 0;
  tops.forEach((top, index) => {
    columns = columnsOf(top, widthOf);
    width = Math.max(width, ...columns.map((column) => column.left + column.width));
    y = place(top, index === 0 ? 0 : y + TREE_GAP);
  });
  boxes.sort((a, b) => a.y - b.y);
  return { boxes, spines, byKey, width, height: y };
}

interface Column {
  readonly left: number;
  readonly width: number;
}

// The levels of one tree; other trees do not make them wider.
function columnsOf(top: Item, widthOf: (item: Item) => number): Column[] {
  const widths: number[] = [];
  const measure = (item: Item): void => {
    widths[item.depth] = Math.max(widths[item.depth] ?? 0, widthOf(item));
    item.children.forEach(measure);
  };
  measure(top);
  let left = 0;
  return widths.map((width) => {
    const column = { left, width };
    left += width + COLUMN_GAP;
    return column;
  });
}

/** Index of the first box that may reach below `top`. */
export function firstBelow(boxes: readonly Box[], top: number): number {
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((boxes[middle]?.y ?? 0) + SUPERVISOR_HEIGHT < top) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The box at a point, if there is one. */
export function boxAt(layout: Layout, x: number, y: number): Box | null {
  for (let i = firstBelow(layout.boxes, y); i < layout.boxes.length; i++) {
    const box = layout.boxes[i];
    if (box === undefined || box.y > y) return null;
    if (y <= box.y + box.height && x >= box.x && x <= box.x + box.width) return box;
  }
  return null;
}

export type Direction = "up" | "down" | "left" | "right";

/** Where an arrow key leads: parent, first child, or the neighbour in the same column. */
export function neighbour(layout: Layout, item: Item, direction: Direction): Item | null {
  if (direction === "left") return item.parent;
  if (direction === "right") return item.children[0] ?? null;
  const box = layout.byKey.get(item.key);
  if (box === undefined) return null;
  const step = direction === "down" ? 1 : -1;
  for (let i = layout.boxes.indexOf(box) + step; i >= 0 && i < layout.boxes.length; i += step) {
    const other = layout.boxes[i];
    if (other?.item.depth === item.depth) return other.item;
  }
  return null;
}
