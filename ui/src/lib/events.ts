// Events as the strip shows them: a death and the restart that follows are one line. Also events
// found by comparing two readings, for when the live connection is down: they say so, and know
// neither reason nor exact time.

import type { Child, EventType, LiveEvent, Supervisor } from "../state/api.js";

export interface Line {
  /** Unique among lines. */
  readonly key: string;
  readonly kind: EventType | "gap" | "note";
  /** RFC 3339. */
  readonly at: string;
  readonly supervisor: string;
  readonly supervisorPid: string | null;
  readonly path: string;
  readonly child: string;
  readonly module: string | null;
  readonly pid: string | null;
  readonly newPid: string | null;
  readonly reason: string | null;
  readonly downMs: number | null;
  /** Found by comparing readings: at some time before `at`. */
  readonly compared: boolean;
  /** A sentence in place of the fields, for gaps and notes. */
  readonly text: string | null;
}

export const LINES_KEPT = 500;

export function lineOf(event: LiveEvent): Line {
  return {
    key: `e${event.id}`,
    kind: event.type,
    at: event.at,
    supervisor: event.supervisor,
    supervisorPid: event.supervisor_pid,
    path: event.path,
    child: event.child_id ?? event.module ?? "",
    module: event.module,
    pid: event.pid,
    newPid: event.new_pid,
    reason: event.reason,
    downMs: event.down_ms,
    compared: false,
    text: null,
  };
}

/** Lines, newest first, with one more. A restart completes the line of the exit it belongs to; an event
 * takes the place of what comparing readings had found of it. */
export function addLine(all: readonly Line[], line: Line): Line[] {
  if (all.some((known) => known.key === line.key)) return [...all];
  const isGuess = (known: Line): boolean =>
    known.compared && !line.compared && (line.pid === null ? known.newPid === line.newPid : known.pid === line.pid);
  const lines = line.kind === "gap" || line.kind === "note" ? all : all.filter((known) => !isGuess(known));
  if (line.kind === "child_restarted" && line.pid !== null) {
    const at = lines.findIndex((known) => known.kind === "child_exited" && known.pid === line.pid);
    const exit = lines[at];
    if (exit !== undefined) {
      const whole = { ...line, key: exit.key, at: exit.at, reason: line.reason ?? exit.reason };
      return lines.map((known, index) => (index === at ? whole : known));
    }
  }
  return [line, ...lines].slice(0, LINES_KEPT);
}

export interface ChildrenChange {
  readonly supervisor: Supervisor;
  readonly before: readonly Child[];
  readonly after: readonly Child[];
  /** RFC 3339, when `after` was read. */
  readonly at: string;
}

let compared = 0;

/** What must have happened between two readings of one supervisor's children. */
export function compareChildren(change: ChildrenChange): Line[] {
  const lines: Line[] = [];
  const say = (kind: EventType, child: Child, pid: string | null, newPid: string | null): void => {
    compared += 1;
    lines.push({
      key: `c${compared}`,
      kind,
      at: change.at,
      supervisor: change.supervisor.name,
      supervisorPid: change.supervisor.pid,
      path: change.supervisor.path,
      child: child.name ?? child.id ?? child.module ?? "",
      module: child.module,
      pid,
      newPid,
      reason: null,
      downMs: null,
      compared: true,
      text: null,
    });
  };
  const before = new Map(change.before.map((child) => [child.id ?? child.pid, child]));
  const after = new Map(change.after.map((child) => [child.id ?? child.pid, child]));
  for (const [key, child] of after) {
    const old = before.get(key);
    if (old === undefined) {
      if (child.alive) say("child_started", child, null, child.pid);
    } else if (old.pid !== child.pid) {
      if (old.pid === null) say("child_started", child, null, child.pid);
      else if (child.pid === null) say("child_exited", child, old.pid, null);
      else say("child_restarted", child, old.pid, child.pid);
    }
  }
  for (const [key, child] of before) {
    if (!after.has(key) && child.alive) say("child_exited", child, child.pid, null);
  }
  return lines;
}

/** A child list after an event: the new pid stands at once, before the next reading. */
export function applyEvent(children: readonly Child[], event: LiveEvent): readonly Child[] {
  const at = children.findIndex((child) =>
    child.id === null ? child.pid !== null && child.pid === event.pid : child.id === event.child_id,
  );
  const child = children[at];
  if (child === undefined) return children;
  const next = childAfter(child, event);
  return children.map((known, index) => (index === at ? next : known));
}

// A dynamic child keeps its last pid, which is all that names it.
function childAfter(child: Child, event: LiveEvent): Child {
  switch (event.type) {
    case "child_exited":
      if (child.pid !== event.pid) return child;
      return { ...child, pid: child.id === null ? child.pid : null, alive: false, state: "stopped" };
    case "child_restarted":
      if (event.new_pid === null) return child;
      return { ...child, pid: event.new_pid, alive: true, state: "running" };
    case "child_started":
      return { ...child, pid: event.new_pid ?? event.pid, alive: true, state: "running" };
    case "supervisor_gone":
      return child;
  }
}
