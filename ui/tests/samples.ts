// Supervisors and children for tests, in the shape of the daemon's answers.

import type { Child, Supervisor } from "../src/state/api.js";

export function supervisor(name: string, number: number, changes: Partial<Supervisor> = {}): Supervisor {
  return {
    name,
    path: name,
    pid: `#PID<0.${number}.0>`,
    type: "Supervisor",
    module: name,
    application: "shop",
    strategy: "one_for_one",
    alive: true,
    answers: true,
    health_status: "healthy",
    child_count: 0,
    active_children: 0,
    uptime_ms: 1000,
    uptime_is_lower_bound: false,
    memory_usage: 1000,
    max_restarts: 3,
    max_seconds: 5,
    restarts_used: 0,
    budget_frees_in_s: null,
    ...changes,
  };
}

export function child(id: string | null, number: number | null, changes: Partial<Child> = {}): Child {
  return {
    id,
    pid: number === null ? null : `#PID<0.${number}.0>`,
    name: null,
    type: "worker",
    module: "Counter",
    alive: number !== null,
    state: number === null ? "stopped" : "running",
    restart_type: "permanent",
    shutdown: 5000,
    significant: false,
    ...changes,
  };
}

/** The two readings that a forest is built from. */
export function reading(...list: readonly (readonly [Supervisor, readonly Child[]])[]) {
  return {
    supervisors: new Map(list.map(([each]) => [each.pid, each])),
    children: new Map(list.map(([each, children]) => [each.pid, children])),
  };
}
