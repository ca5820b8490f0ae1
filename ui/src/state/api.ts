// What the daemon answers, as types: the REST answers the page reads (docs/api.md) and the messages
// of the live topics. Values that the daemon does not know are null. Forms that need no narrower
// types than the table of operations has are taken from there.

import type { ErrorCode, Forms } from "./operations.js";

export type Health = "healthy" | "degraded" | "critical";

export type Strategy = "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";

export type ProcessType = "supervisor" | "genserver" | "task" | "agent" | "worker";

export type ProcessStatus =
  | "waiting"
  | "running"
  | "runnable"
  | "suspended"
  | "garbage_collecting"
  | "exiting";

export interface Meta {
  readonly node?: string;
  readonly as_of?: string | null;
  readonly complete?: boolean;
  readonly total?: number;
  readonly page?: number;
  readonly per_page?: number;
  readonly total_pages?: number;
  readonly has_next?: boolean;
}

export interface Answer<T> {
  readonly data: T;
  readonly meta: Meta;
}

export interface ErrorBody {
  readonly error: Forms.ErrorBody & { readonly code: ErrorCode };
}

// ---- nodes ------------------------------------------------------------------------------------

export type NodeState = "connecting" | "injecting" | "scanning" | "ready" | "lost" | "detaching";

/** What watching costs the node. */
export type Impact = Forms.Impact;

/** The facts are absent until the node was ready once. */
export interface Node {
  readonly name: string;
  readonly state: NodeState;
  readonly attached_at: string | null;
  readonly otp_release?: number;
  readonly erts_version?: string;
  readonly elixir_version?: string | null;
  readonly os_pid?: string;
  readonly schedulers_online?: number;
  readonly started_at?: string;
  readonly processes?: number;
  readonly processes_identified?: number;
  readonly as_of?: string;
  readonly impact?: Impact;
  readonly lost?: {
    readonly code: string;
    readonly message: string;
    readonly retry_at: string | null;
  };
}

// ---- processes --------------------------------------------------------------------------------

/** What a process is, in a list and by itself. */
interface ProcessIdentity {
  readonly pid: string;
  readonly name: string | null;
  readonly label: string | null;
  readonly type: ProcessType;
  readonly behavior: string | null;
  readonly module: string | null;
  readonly application: string | null;
  readonly supervised: boolean;
  readonly supervisor_pid: string | null;
}

export interface ProcessRow extends ProcessIdentity {
  readonly initial_call: string | null;
  readonly current_function: string | null;
  readonly status: ProcessStatus;
  readonly memory: number;
  readonly memory_is_lower_bound: boolean;
  readonly message_queue_len: number;
  readonly reductions: number;
  readonly heap_size: number;
}

export type Frame = Forms.Frame;

export interface ProcessDetails extends ProcessIdentity {
  readonly uptime_ms: number | null;
  readonly uptime_is_lower_bound: boolean;
  readonly alive: boolean;
  readonly performance: {
    readonly memory: number;
    readonly total_heap_size: number;
    readonly heap_size: number;
    readonly stack_size: number;
    readonly reductions: number;
    readonly message_queue_len: number;
    readonly status: ProcessStatus;
    readonly current_function: string | null;
    readonly initial_call: string | null;
  };
  readonly configuration: {
    readonly trap_exit: boolean;
    readonly priority: string;
    readonly message_queue_data: string;
    readonly min_heap_size: number;
    readonly fullsweep_after: number;
  };
  /** Inspected: pids, ports, and names on other nodes. null: not known. */
  readonly links?: readonly string[] | null;
  readonly monitors?: readonly string[] | null;
  readonly monitored_by?: readonly string[] | null;
  readonly stack_trace?: readonly Frame[] | null;
}

export type ExitResult = Forms.ExitResult;

// ---- supervisors ------------------------------------------------------------------------------

export interface Child {
  /** Inspected child id; null for dynamic children. */
  readonly id: string | null;
  readonly pid: string | null;
  readonly name: string | null;
  readonly type: "worker" | "supervisor";
  readonly module: string | null;
  readonly alive: boolean;
  readonly state: "running" | "restarting" | "stopped";
  readonly restart_type: "permanent" | "transient" | "temporary" | null;
  readonly shutdown: number | string | null;
  readonly significant: boolean;
}

export interface Supervisor {
  readonly name: string;
  readonly path: string;
  readonly pid: string;
  readonly type: string;
  readonly module: string | null;
  readonly application: string | null;
  readonly strategy: Strategy | null;
  readonly alive: boolean;
  /** false: it did not answer the last question in time. */
  readonly answers: boolean;
  readonly health_status: Health | null;
  readonly child_count: number | null;
  readonly active_children: number | null;
  readonly uptime_ms: number | null;
  readonly uptime_is_lower_bound: boolean;
  readonly memory_usage: number;
  readonly max_restarts: number | null;
  readonly max_seconds: number | null;
  readonly restarts_used: number | null;
  readonly budget_frees_in_s: number | null;
  readonly children?: readonly Child[];
}

/** A supervisor or worker in a tree answer; `children` is empty for workers. */
export interface TreeChild extends Child {
  readonly strategy?: Strategy | null;
  readonly children?: readonly TreeChild[];
}

export interface Tree {
  readonly root: {
    readonly name: string;
    readonly pid: string;
    readonly children: readonly TreeChild[];
  };
}

// ---- the system -------------------------------------------------------------------------------

export interface Warning {
  readonly type: string;
  readonly severity: "low" | "medium" | "high" | "critical";
  readonly message: string;
  readonly pid?: string | null;
  readonly name?: string | null;
  readonly value?: number;
}

export interface SystemHealth {
  readonly status: Health;
  readonly overall_score: number;
  readonly metrics: {
    readonly total_processes: number;
    readonly total_supervisors: number;
    readonly memory_usage: Readonly<Record<string, number>>;
    readonly supervision_health: number;
    readonly process_health: number;
    readonly performance_score: number;
    readonly limits: {
      readonly process_limit: number;
      readonly ports: number;
      readonly port_limit: number;
      readonly atoms: number;
      readonly atom_limit: number;
      readonly ets_tables: number;
      readonly ets_limit: number;
    };
    readonly run_queue: number;
    readonly schedulers_online: number;
    readonly uptime_ms: number;
  };
  readonly warnings: readonly Warning[];
}

// ---- live topics ------------------------------------------------------------------------------

export type EventType = "child_started" | "child_exited" | "child_restarted" | "supervisor_gone";

export interface LiveEvent {
  readonly id: number;
  readonly type: EventType;
  readonly node: string;
  /** The target's clock, RFC 3339. */
  readonly at: string;
  readonly supervisor: string;
  readonly supervisor_pid: string | null;
  readonly path: string;
  readonly child_id: string | null;
  readonly module: string | null;
  readonly pid: string | null;
  readonly new_pid: string | null;
  readonly reason: string | null;
  readonly down_ms: number | null;
}

export interface LobbyReply {
  readonly node: string;
  readonly as_of: string;
  readonly last_event_id: number;
  readonly supervisors: readonly Supervisor[];
  readonly events?: readonly LiveEvent[];
  readonly gap?: boolean;
}

export interface SupervisorsPush {
  readonly as_of: string;
  readonly changed: readonly Supervisor[];
  readonly removed: readonly string[];
}

export interface TreePush {
  readonly as_of: string;
  readonly tree: Tree;
}

/** Sent when something but the uptime changed, which is therefore not in it. */
export interface ProcessPush {
  readonly process: Omit<ProcessDetails, "uptime_ms">;
}

export interface Metrics {
  readonly at: string;
  readonly processes: number;
  readonly run_queue: number;
  readonly memory: Readonly<Record<string, number>>;
  readonly impact: Impact;
}
