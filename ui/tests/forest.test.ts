import assert from "node:assert/strict";
import { test } from "node:test";
import { buildForest, conditionOf, nextTrouble, topsOf, walk, type ForestOptions } from "../src/lib/forest.js";
import { child, reading, supervisor } from "./samples.js";

const ALL: ForestOptions = { open: new Set(), root: null };

test("supervisors that are children stand below their supervisor, in order of start", () => {
  const top = supervisor("top", 1);
  const middle = supervisor("middle", 2, { path: "top/middle" });
  const { supervisors, children } = reading(
    [middle, [child("b", 4), child("a", 3)]],
    [top, [child("w", 9), child("middle", 2, { type: "supervisor" })]],
  );
  const forest = buildForest(supervisors, children, ALL);
  assert.deepEqual(
    [...walk(forest.tops)].map((item) => `${item.depth} ${item.title}`),
    ["0 top", "1 w", "1 middle", "2 b", "2 a"],
  );
  assert.equal(forest.byPid.get("#PID<0.3.0>")?.parent?.title, "middle");
});

test("one's own trees come before those of the runtime", () => {
  const { supervisors, children } = reading(
    [supervisor("kernel_sup", 1, { application: "kernel", path: "kernel" }), []],
    [supervisor("shop_sup", 2, { path: "shop" }), []],
    [supervisor("stray", 3, { application: null, path: "-/stray" }), []],
  );
  assert.deepEqual(
    topsOf(supervisors.values(), children).map((top) => top.name),
    ["stray", "shop_sup", "kernel_sup"],
  );
});

test("an item keeps its key when its process is restarted", () => {
  const top = supervisor("top", 1);
  const before = reading([top, [child("w", 5)]]);
  const after = reading([top, [child("w", 6)]]);
  const key = buildForest(before.supervisors, before.children, ALL).byPid.get("#PID<0.5.0>")?.key;
  assert.ok(key !== undefined);
  assert.equal(buildForest(after.supervisors, after.children, ALL).byKey.get(key)?.pid, "#PID<0.6.0>");
});

test("dynamic children beyond fifty stand behind a count, and can be opened", () => {
  const pool = supervisor("pool", 1);
  const many = Array.from({ length: 2000 }, (_, index) => child(null, 100 + index));
  const { supervisors, children } = reading([pool, many]);
  const shown = buildForest(supervisors, children, ALL).tops[0]?.children ?? [];
  assert.equal(shown.length, 51);
  assert.equal(shown[50]?.kind, "more");
  assert.equal(shown[50]?.hidden, 1950);
  const opened = buildForest(supervisors, children, { open: new Set(["pool"]), root: null });
  assert.equal(opened.tops[0]?.children.length, 2000);
});

test("a dynamic child that does not run is never hidden behind a count", () => {
  const many = Array.from({ length: 80 }, (_, index) => child(null, 100 + index));
  const dead = child(null, 999, { alive: false, state: "restarting" });
  const { supervisors, children } = reading([supervisor("pool", 1), [...many, dead]]);
  const shown = buildForest(supervisors, children, ALL).tops[0]?.children ?? [];
  assert.equal(shown.filter((item) => conditionOf(item) === "restarting").length, 1);
});

test("children with the same id all have a place", () => {
  const { supervisors, children } = reading([supervisor("top", 1), [child("w", 2), child("w", 3)]]);
  assert.equal(buildForest(supervisors, children, ALL).tops[0]?.children.length, 2);
});

test("wrong answers in which supervisors contain each other end", () => {
  const { supervisors, children } = reading(
    [supervisor("top", 1), [child("a", 2, { type: "supervisor" })]],
    [supervisor("a", 2), [child("b", 3, { type: "supervisor" })]],
    [supervisor("b", 3), [child("a", 2, { type: "supervisor" })]],
  );
  assert.ok([...walk(buildForest(supervisors, children, ALL).tops)].length < 10);
});

test("trouble is found one after the other, round and round", () => {
  const { supervisors, children } = reading(
    [supervisor("top", 1), [child("m", 2, { type: "supervisor" }), child("dead", null), child("w", 4)]],
    [supervisor("m", 2, { health_status: "critical" }), [child("x", 3)]],
  );
  const { tops } = buildForest(supervisors, children, ALL);
  const first = nextTrouble(tops, null);
  const second = nextTrouble(tops, first);
  assert.deepEqual([first?.title, second?.title, nextTrouble(tops, second)?.title], ["m", "dead", "m"]);
});

test("a tree can be shown alone by its path", () => {
  const { supervisors, children } = reading(
    [supervisor("top", 1), [child("m", 2, { type: "supervisor" })]],
    [supervisor("m", 2, { path: "top/m" }), [child("w", 3)]],
  );
  const forest = buildForest(supervisors, children, { open: new Set(), root: "top/m" });
  assert.deepEqual(
    [...walk(forest.tops)].map((item) => item.depth),
    [0, 1],
  );
});
