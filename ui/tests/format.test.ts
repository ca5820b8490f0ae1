import assert from "node:assert/strict";
import { test } from "node:test";
import { bytes, count, duration, pidDigits, pidText, plural, rate } from "../src/lib/format.js";

test("sizes have one digit after the point and never reach the next unit", () => {
  assert.deepEqual([0, 512, 1024, 276_928, 1_048_575, 1_048_576].map(bytes), [
    "0 B",
    "512 B",
    "1.0 KiB",
    "270.4 KiB",
    "1.0 MiB",
    "1.0 MiB",
  ]);
});

test("what is not known is a dash", () => {
  assert.deepEqual([bytes(null), count(undefined), duration(null), rate(null)], ["–", "–", "–", "–"]);
});

test("counts are grouped in threes", () => {
  assert.equal(count(1_048_576), "1\u202f048\u202f576");
  assert.equal(plural(1, "child", "children"), "1 child");
  assert.equal(plural(2000, "child", "children"), "2\u202f000 children");
});

test("spans of time have two units at most", () => {
  assert.equal(duration(0.02), "< 0.1 ms");
  assert.deepEqual([0.2, 41_000, 192_000, 7_500_000, 360_000_000].map(duration), [
    "0.2 ms",
    "41 s",
    "3 min 12 s",
    "2 h 5 min",
    "4 d 4 h",
  ]);
});

test("pids are read in all their forms, and nothing else is", () => {
  for (const text of ["#PID<0.12.3>", "<0.12.3>", "0.12.3", " 0.12.3 "]) assert.equal(pidDigits(text), "0.12.3");
  for (const text of ["", "counter_1", "#Port<0.5>", "0.12", "0.12.3.4"]) assert.equal(pidDigits(text), null);
  assert.equal(pidText("0.12.3"), "#PID<0.12.3>");
});
