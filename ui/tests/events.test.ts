import assert from "node:assert/strict";
import { test } from "node:test";
import { addLine, applyEvent, compareChildren, lineOf, LINES_KEPT, type Line } from "../src/lib/events.js";
import type { LiveEvent } from "../src/state/api.js";
import { child, supervisor } from "./samples.js";

function event(id: number, changes: Partial<LiveEvent>): LiveEvent {
  return {
    id,
    type: "child_exited",
    node: "demo",
    at: "2026-11-20T12:00:00.100Z",
    supervisor: "DemoSupervisor",
    supervisor_pid: "#PID<0.1.0>",
    path: "playground/DemoSupervisor",
    child_id: "counter_1",
    module: "Counter",
    pid: "#PID<0.10.0>",
    new_pid: null,
    reason: "killed",
    down_ms: null,
    ...changes,
  };
}

const exited = event(1, {});
const restarted = event(2, { type: "child_restarted", new_pid: "#PID<0.20.0>", reason: null, down_ms: 0.2 });

test("a death and its restart are one line, with the time of the death", () => {
  const lines = addLine(addLine([], lineOf(exited)), lineOf({ ...restarted, at: "2026-11-20T12:00:00.300Z" }));
  assert.equal(lines.length, 1);
  assert.equal(lines[0]?.kind, "child_restarted");
  assert.equal(lines[0]?.reason, "killed");
  assert.equal(lines[0]?.newPid, "#PID<0.20.0>");
  assert.equal(lines[0]?.at, exited.at);
});

test("an event that comes twice is shown once", () => {
  assert.equal(addLine(addLine([], lineOf(exited)), lineOf(exited)).length, 1);
});

test("only so many lines are kept, the newest", () => {
  let lines: Line[] = [];
  for (let id = 1; id <= LINES_KEPT + 5; id++) lines = addLine(lines, lineOf(event(id, { pid: `#PID<0.${id}.0>` })));
  assert.equal(lines.length, LINES_KEPT);
  assert.equal(lines[0]?.pid, `#PID<0.${LINES_KEPT + 5}.0>`);
});

test("events change the children at once", () => {
  const before = [child("counter_1", 10), child("counter_2", 11)];
  const down = applyEvent(before, exited);
  assert.equal(down[0]?.alive, false);
  const up = applyEvent(down, restarted);
  assert.deepEqual([up[0]?.alive, up[0]?.pid], [true, "#PID<0.20.0>"]);
  assert.equal(up[1], before[1]);
});

test("an event for a dynamic child finds it by its pid", () => {
  const before = [child(null, 10), child(null, 11)];
  const dynamic = { child_id: null };
  const up = applyEvent(applyEvent(before, { ...exited, ...dynamic }), { ...restarted, ...dynamic });
  assert.deepEqual(
    up.map((each) => each.pid),
    ["#PID<0.20.0>", "#PID<0.11.0>"],
  );
});

test("a late exit of an older process does not stop the new one", () => {
  const now = [child("counter_1", 20)];
  assert.equal(applyEvent(now, exited)[0]?.alive, true);
});

test("an event takes the place of what comparing had found of it", () => {
  const change = {
    supervisor: supervisor("DemoSupervisor", 1),
    before: [child("counter_1", 10)],
    after: [child("counter_1", 20)],
    at: "2026-11-20T12:00:02.000Z",
  };
  let lines: Line[] = [];
  for (const line of compareChildren(change)) lines = addLine(lines, line);
  for (const each of [exited, restarted]) lines = addLine(lines, lineOf(each));
  assert.deepEqual(
    lines.map((line) => [line.compared, line.reason]),
    [[false, "killed"]],
  );
});

test("comparing readings finds restarts, exits and starts, and claims no reason", () => {
  const change = {
    supervisor: supervisor("DemoSupervisor", 1),
    before: [child("a", 10), child("b", 11), child(null, 12)],
    after: [child("a", 20), child("b", null), child(null, 13)],
    at: "2026-11-20T12:00:02.000Z",
  };
  const lines = compareChildren(change);
  assert.deepEqual(
    lines.map((line) => [line.kind, line.pid, line.newPid]),
    [
      ["child_restarted", "#PID<0.10.0>", "#PID<0.20.0>"],
      ["child_exited", "#PID<0.11.0>", null],
      ["child_started", null, "#PID<0.13.0>"],
      ["child_exited", "#PID<0.12.0>", null],
    ],
  );
  assert.ok(lines.every((line) => line.compared && line.reason === null));
});
