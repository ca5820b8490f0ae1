import assert from "node:assert/strict";
import { test } from "node:test";
import { budgetState, budgetText } from "../src/lib/budget.js";
import { perSecond } from "../src/lib/rates.js";
import { pagesOf, rowsInSight } from "../src/lib/rows.js";
import { matches } from "../src/lib/search.js";
import { fit, life, opening, reveal, SCALE_LEGIBLE, zoomAt } from "../src/lib/viewport.js";

const used = { max_restarts: 3, max_seconds: 60, restarts_used: 2, budget_frees_in_s: 41 };

test("a budget says what is used and counts down from the moment it was read", () => {
  assert.equal(budgetText(used, 0), "2 of 3 used, frees in 41 s");
  assert.equal(budgetText(used, 10.2), "2 of 3 used, frees in 31 s");
  assert.equal(budgetText(used, 99), "2 of 3 used, frees now");
  assert.equal(budgetText({ ...used, restarts_used: 0, budget_frees_in_s: null }, 0), "0 of 3 used");
  assert.equal(budgetText({ ...used, budget_frees_in_s: null }, 0), "at most 2 of 3 used");
});

test("a supervisor that keeps no budget has no text", () => {
  const none = { max_restarts: null, max_seconds: null, restarts_used: null, budget_frees_in_s: null };
  assert.equal(budgetText(none, 0), null);
  assert.equal(budgetState(none), "unknown");
});

test("the state of a budget warns before the last restart", () => {
  assert.deepEqual(
    [0, 1, 2, 3].map((count) => budgetState({ ...used, restarts_used: count })),
    ["free", "used", "last", "exhausted"],
  );
});

test("no rate is invented from one reading, equal times or a counter that started again", () => {
  assert.equal(perSecond(undefined, { value: 5, at: 1000 }), null);
  assert.equal(perSecond({ value: 5, at: 1000 }, { value: 9, at: 1000 }), null);
  assert.equal(perSecond({ value: 50, at: 1000 }, { value: 9, at: 2000 }), null);
  assert.equal(perSecond({ value: 100, at: 1000 }, { value: 400, at: 1500 }), 600);
});

test("the rows in sight and their pages stay within the list", () => {
  assert.deepEqual(rowsInSight(0, 220, 22, 1000), { first: 0, end: 16 });
  assert.deepEqual(rowsInSight(22 * 990, 220, 22, 1000), { first: 984, end: 1000 });
  assert.deepEqual(rowsInSight(5000, 220, 22, 3), { first: 3, end: 3 });
  assert.deepEqual(pagesOf({ first: 40, end: 70 }, 50), [1, 2]);
  assert.deepEqual(pagesOf({ first: 0, end: 0 }, 50), [1]);
});

test("every word of a search must be found, in any case and any text", () => {
  assert.ok(matches("count demo", ["Counter", "DemoSupervisor"]));
  assert.ok(!matches("count shop", ["Counter", null]));
  assert.ok(!matches("  ", ["Counter"]));
});

test("zooming keeps the point under the pointer", () => {
  const before = { x: 10, y: 20, scale: 1 };
  const after = zoomAt(before, 300, 200, 1.5);
  assert.ok(Math.abs(before.x + 300 / before.scale - (after.x + 300 / after.scale)) < 1e-9);
  assert.ok(Math.abs(before.y + 200 / before.scale - (after.y + 200 / after.scale)) < 1e-9);
});

test("fitting shows all; the first look stays legible", () => {
  const size = { width: 800, height: 600 };
  const drawing = { width: 4000, height: 20_000 };
  assert.equal(fit({ width: 768, height: 1136 }, size).scale, 0.5);
  assert.equal(fit({ width: 300, height: 200 }, size).scale, 1);
  assert.equal(opening(drawing, size).scale, SCALE_LEGIBLE);
  assert.equal(opening({ width: 300, height: 200 }, size).scale, 1);
});

test("fitting a drawing that is far too tall shows its whole width, from the top", () => {
  const size = { width: 800, height: 600 };
  const view = fit({ width: 1536, height: 20_000 }, size);
  assert.deepEqual(view, { x: -32, y: -32, scale: 0.5 });
});

test("life size after a fit leaves no empty space before the drawing", () => {
  assert.deepEqual(life({ x: -150, y: 40, scale: 0.1 }), { x: -16, y: 40, scale: 1 });
});

test("revealing moves only as far as needed", () => {
  const view = { x: 0, y: 0, scale: 1 };
  const size = { width: 800, height: 600 };
  assert.deepEqual(reveal(view, { x: 100, y: 100, width: 50, height: 20 }, size), view);
  assert.equal(reveal(view, { x: 100, y: 700, width: 50, height: 20 }, size).y, 136);
});
