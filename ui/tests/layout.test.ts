import assert from "node:assert/strict";
import { test } from "node:test";
import { buildForest, walk } from "../src/lib/forest.js";
import { boxAt, firstBelow, layOut, neighbour } from "../src/lib/layout.js";
import { child, reading, supervisor } from "./samples.js";

function sample(workers: number) {
  const list = Array.from({ length: workers }, (_, index) => child(`w${index}`, 1000 + index));
  const { supervisors, children } = reading(
    [supervisor("top", 1), [child("a", 2, { type: "supervisor" }), child("b", 3, { type: "supervisor" })]],
    [supervisor("a", 2), list],
    [supervisor("b", 3), [child("x", 4), child("y", 5)]],
  );
  const forest = buildForest(supervisors, children, { open: new Set(), root: null });
  return { forest, layout: layOut(forest.tops, () => 200) };
}

test("every item has a box, and no two boxes overlap", () => {
  const { forest, layout } = sample(40);
  assert.equal(layout.boxes.length, [...walk(forest.tops)].length);
  for (const a of layout.boxes) {
    for (const b of layout.boxes) {
      const apart =
        a === b || a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y;
      assert.ok(apart, `${a.item.title} and ${b.item.title} overlap`);
    }
  }
});

test("boxes are sorted by height and all within the drawing", () => {
  const { layout } = sample(10);
  layout.boxes.forEach((box, index) => {
    assert.ok(index === 0 || box.y >= (layout.boxes[index - 1]?.y ?? 0));
    assert.ok(box.x >= 0 && box.x + box.width <= layout.width && box.y + box.height <= layout.height);
  });
});

test("a point finds its box, and the gap between boxes finds none", () => {
  const { layout } = sample(5);
  for (const box of layout.boxes) {
    assert.equal(boxAt(layout, box.x + 1, box.y + box.height / 2), box);
    assert.equal(boxAt(layout, box.x - 3, box.y + 1), null);
  }
});

test("culling skips no box that is in sight", () => {
  const { layout } = sample(50);
  for (const top of [0, 100, 321, 900]) {
    const first = firstBelow(layout.boxes, top);
    for (const box of layout.boxes.slice(0, first)) assert.ok(box.y + box.height < top);
  }
});

test("arrows lead to parent, first child, and along a column across parents", () => {
  const { forest, layout } = sample(2);
  const at = (title: string) => [...walk(forest.tops)].find((item) => item.title === title) ?? assert.fail(title);
  assert.equal(neighbour(layout, at("w0"), "left"), at("a"));
  assert.equal(neighbour(layout, at("b"), "right"), at("x"));
  assert.equal(neighbour(layout, at("w1"), "down"), at("x"));
  assert.equal(neighbour(layout, at("x"), "up"), at("w1"));
  assert.equal(neighbour(layout, at("top"), "left"), null);
});
