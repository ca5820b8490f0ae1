// What operations take and answer, as types. Written by `make docs` from the table of
// operations; not to be changed by hand.

/** Any JSON: Erlang terms in the mapping of docs/terms.md among it. */
export type Json =
  | null
  | boolean
  | number
  | string
  | readonly Json[]
  | { readonly [key: string]: Json };

export type Permission =
  | "read:supervisors"
  | "write:supervisors"
  | "control:supervisors"
  | "read:processes"
  | "control:processes"
  | "trace:messages"
  | "manage:sandboxes"
  | "system:diagnostics"
  | "manage:nodes"
  | "manage:code"
  | "manage:keys"
  | "manage:alarms"
  | "create:atoms"
  | "force:system";

export type ErrorCode =
  | "bad_request"
  | "invalid_parameter"
  | "unknown_parameter"
  | "missing_parameter"
  | "invalid_json"
  | "invalid_term_text"
  | "invalid_pid"
  | "unauthenticated"
  | "forbidden"
  | "protected_process"
  | "not_found"
  | "operation_not_found"
  | "item_not_found"
  | "node_not_found"
  | "process_not_found"
  | "supervisor_not_found"
  | "method_not_allowed"
  | "node_required"
  | "node_already_attached"
  | "conflict"
  | "name_taken"
  | "other_agent"
  | "payload_too_large"
  | "misdirected_request"
  | "unprocessable"
  | "idempotency_key_reused"
  | "operation_refused"
  | "unknown_atom"
  | "callback_crashed"
  | "call_timeout"
  | "state_not_available"
  | "state_too_large"
  | "answer_too_large"
  | "process_busy"
  | "pattern_too_costly"
  | "invalid_term"
  | "rate_limited"
  | "internal_error"
  | "not_implemented"
  | "no_node"
  | "node_not_ready"
  | "unavailable"
  | "host_unreachable"
  | "epmd_unreachable"
  | "node_not_running"
  | "wrong_cookie"
  | "node_refused"
  | "not_a_beam"
  | "beam_too_old"
  | "connection_lost"
  | "agent_failed"
  | "store_failed"
  | "deadline_exceeded";

/** Forms of answers that have a name. */
export namespace Forms {
  export type Meta = {
    readonly node?: string;
    readonly as_of?: string | null;
    readonly complete?: boolean;
    readonly recording?: string;
  };

  export type ListMeta = {
    readonly total: number;
    readonly page: number;
    readonly per_page: number;
    readonly total_pages: number;
    readonly has_next: boolean;
    readonly has_prev: boolean;
    readonly filters_applied: readonly string[];
    readonly links: {
      readonly first: string | null;
      readonly prev: string | null;
      readonly next: string | null;
      readonly last: string | null;
    };
    readonly node?: string;
    readonly as_of?: string | null;
    readonly complete?: boolean;
  };

  export type Explanation = {
    readonly operation: string;
    readonly summary: string;
    readonly concept: string | null;
    readonly functions: readonly string[];
    readonly honest: string | null;
    readonly next: readonly string[];
  };

  export type ErrorBody = {
    readonly code: string;
    readonly message: string;
    readonly details: Readonly<Record<string, Json>>;
    readonly timestamp: string;
    readonly request_id: string;
  };

  export type Problem = {
    readonly type: string;
    readonly title: string;
    readonly status: number;
    readonly detail: string;
    readonly code: string;
    readonly details: Readonly<Record<string, Json>>;
    readonly timestamp: string;
    readonly request_id: string;
  };

  export type Impact = {
    readonly cpu_percent_of_a_scheduler: number;
    readonly bytes_per_second: number;
    readonly interval_ms: number;
    readonly sweeps: number;
    readonly last_sweep_ms: number;
    readonly bytes_received: number;
    readonly bytes_sent: number;
    readonly idle: boolean;
  };

  export type Node = {
    readonly name: string;
    readonly state: string;
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
    readonly impact?: Forms.Impact;
    readonly lost?: {
      readonly code: string;
      readonly message: string;
      readonly retry_at: string | null;
    };
  };

  export type Process = {
    readonly pid: string;
    readonly name: string | null;
    readonly label: string | null;
    readonly type: string | null;
    readonly behavior: string | null;
    readonly module: string | null;
    readonly initial_call: string | null;
    readonly current_function: string | null;
    readonly application: string | null;
    readonly supervised: boolean;
    readonly supervisor_pid: string | null;
    readonly status: string;
    readonly memory: number;
    readonly memory_is_lower_bound?: boolean;
    readonly message_queue_len: number;
    readonly reductions: number;
  };

  export type Frame = {
    readonly function: string | null;
    readonly file?: string | null;
    readonly line?: number | null;
  };

  export type ProcessDetails = {
    readonly pid: string;
    readonly name: string | null;
    readonly label: string | null;
    readonly alive: boolean;
    readonly type?: string | null;
    readonly behavior?: string | null;
    readonly module?: string | null;
    readonly application?: string | null;
    readonly supervised?: boolean;
    readonly supervisor_pid?: string | null;
    readonly uptime_ms?: number;
    readonly uptime_is_lower_bound?: boolean;
    readonly performance: {
      readonly memory: number | null;
      readonly total_heap_size: number | null;
      readonly heap_size: number | null;
      readonly stack_size: number | null;
      readonly reductions: number | null;
      readonly message_queue_len: number | null;
      readonly status: string;
      readonly current_function: string | null;
      readonly initial_call: string | null;
      readonly memory_unread?: boolean;
    };
    readonly configuration: {
      readonly trap_exit: boolean;
      readonly priority: string;
      readonly message_queue_data: string;
      readonly min_heap_size: number | null;
      readonly min_bin_vheap_size: number | null;
      readonly fullsweep_after: number | null;
    };
    readonly links?: readonly string[] | null;
    readonly monitors?: readonly Json[] | null;
    readonly monitored_by?: readonly string[] | null;
    readonly dictionary?: readonly {
      readonly key: Json;
      readonly value: Json;
      readonly inspect: string;
    }[] | null;
    readonly dictionary_is_too_large?: boolean;
    readonly stack_trace?: readonly Forms.Frame[] | null;
    readonly state?: Json;
    readonly state_inspect?: string;
    readonly sys_state?: string;
    readonly state_error?: {
      readonly code: string;
      readonly message: string;
    };
  };

  export type ProcessState = {
    readonly pid: string;
    readonly behavior: string | null;
    readonly sys_module: string;
    readonly state: Json;
    readonly state_inspect: string;
    readonly sys_state: string;
  };

  export type ExitResult = {
    readonly pid: string;
    readonly reason: string;
    readonly sent: boolean;
    readonly dry_run: boolean;
    readonly alive: boolean;
    readonly exit_reason: string | null;
  };

  export type EndedProcess = {
    readonly pid: string;
    readonly signal?: string;
    readonly method?: string;
    readonly ended?: boolean | null;
    readonly killed?: boolean;
    readonly why?: string;
    readonly reason?: string;
    readonly supervisor?: string | null;
    readonly child?: string | null;
    readonly restart?: string;
    readonly restarted_as?: string | null;
    readonly restart_known?: boolean;
    readonly supervisor_ended?: string;
    readonly delay_ms?: number;
    readonly lease?: number;
    readonly dry_run?: boolean;
  };

  export type EndedTree = {
    readonly pid: string;
    readonly total: number;
    readonly processes: readonly {
      readonly pid: string;
      readonly name: string | null;
      readonly by: string;
      readonly supervisor: string | null;
      readonly child?: string | null;
      readonly restart?: string;
      readonly ended?: boolean;
      readonly reason?: string;
    }[];
    readonly left_out: readonly {
      readonly pid: string;
      readonly why: string;
    }[];
    readonly ended?: number;
    readonly alive?: readonly string[];
    readonly dry_run?: boolean;
  };

  export type StartedProcess = {
    readonly pid?: string;
    readonly owner?: string;
    readonly linked?: boolean;
    readonly monitored?: boolean;
    readonly alive?: boolean;
    readonly reason?: string;
    readonly answer?: string;
    readonly lease?: number;
    readonly function: string;
    readonly dry_run?: boolean;
  };

  export type Suspension = {
    readonly pid: string;
    readonly mode: string;
    readonly ends_in_ms: number;
    readonly suspended: boolean;
    readonly status?: string | null;
    readonly lease?: number;
    readonly dry_run?: boolean;
  };

  export type Resumption = {
    readonly pid: string;
    readonly resumed: readonly string[];
    readonly suspended?: boolean;
    readonly status?: string | null;
    readonly dry_run?: boolean;
  };

  export type Scheduling = {
    readonly pid: string;
    readonly before: number;
    readonly scheduler: number | null;
    readonly pinned: boolean;
    readonly was_pinned?: boolean;
    readonly dry_run?: boolean;
  };

  export type HeapSize = {
    readonly memory: number;
    readonly total_heap_words: number;
    readonly heap_words: number;
    readonly stack_words: number;
    readonly minor_collections: number;
  };

  export type Collection = {
    readonly pid: string;
    readonly type: string;
    readonly before: Forms.HeapSize;
    readonly after?: Forms.HeapSize;
    readonly freed_bytes?: number;
    readonly dry_run?: boolean;
  };

  export type SentMessage = {
    readonly pid: string;
    readonly behaviour: string;
    readonly module: string | null;
    readonly understood: string;
    readonly message: string;
    readonly sent: boolean;
    readonly ended?: boolean;
    readonly queue_length?: number | null;
    readonly reason?: string;
    readonly supervisor?: string | null;
    readonly child?: string | null;
    readonly restart?: string;
    readonly restarted_as?: string | null;
    readonly restart_known?: boolean;
    readonly supervisor_ended?: string;
    readonly delay_ms?: number;
    readonly lease?: number;
    readonly dry_run?: boolean;
  };

  export type CalledProcess = {
    readonly pid: string;
    readonly behaviour: string;
    readonly module: string | null;
    readonly reply?: Json;
    readonly reply_inspect?: string;
    readonly duration_us?: number;
    readonly dry_run?: boolean;
  };

  export type MessagedProcess = {
    readonly pid: string;
    readonly behaviour: string;
    readonly module: string | null;
    readonly understood?: string;
    readonly message?: string;
    readonly sent?: boolean;
    readonly reply?: Json;
    readonly reply_inspect?: string;
    readonly duration_us?: number;
    readonly ended?: boolean;
    readonly queue_length?: number | null;
    readonly reason?: string;
    readonly supervisor?: string | null;
    readonly child?: string | null;
    readonly restart?: string;
    readonly restarted_as?: string | null;
    readonly restart_known?: boolean;
    readonly supervisor_ended?: string;
    readonly delay_ms?: number;
    readonly lease?: number;
    readonly dry_run?: boolean;
  };

  export type MailboxMessage = {
    readonly index: number;
    readonly kind: string;
    readonly shape: string;
    readonly type: string;
    readonly bytes: number;
    readonly caller: string | null;
    readonly message: Json;
    readonly message_inspect: string;
    readonly cut: boolean;
  };

  export type MailboxSize = {
    readonly pid: string;
    readonly length: number;
    readonly stored: string;
    readonly memory: number;
    readonly status: string;
  };

  export type Child = {
    readonly id: string | null;
    readonly pid: string | null;
    readonly type: string;
    readonly module: string | null;
    readonly alive: boolean;
    readonly state?: string;
    readonly restart_type: string | null;
    readonly shutdown: Json;
    readonly significant: boolean;
    readonly restarting?: boolean;
    readonly strategy?: string | null;
    readonly name?: string | null;
    readonly path?: string;
    readonly children?: readonly Forms.Child[];
  };

  export type Supervisor = {
    readonly name: string;
    readonly path: string;
    readonly pid: string;
    readonly type: string;
    readonly module: string | null;
    readonly application: string | null;
    readonly strategy: string | null;
    readonly alive: boolean;
    readonly answers: boolean;
    readonly health_status: string | null;
    readonly child_count: number | null;
    readonly active_children: number | null;
    readonly restart_count: number | null;
    readonly last_restart: string | null;
    readonly uptime_ms: number;
    readonly uptime_is_lower_bound: boolean;
    readonly memory_usage: number;
    readonly memory_is_lower_bound: boolean;
    readonly max_restarts: number | null;
    readonly max_seconds: number | null;
    readonly restarts_used: number | null;
    readonly budget_frees_in_s: number | null;
    readonly children?: readonly Forms.Child[];
    readonly analytics?: Json;
    readonly performance?: Forms.SupervisorPerformance;
  };

  export type SupervisorPerformance = {
    readonly memory_usage: number;
    readonly reductions: number;
    readonly message_queue_len: number;
    readonly heap_size: number;
    readonly status: string;
  };

  export type SupervisorDetails = {
    readonly name: string;
    readonly path: string;
    readonly pid: string;
    readonly type: string;
    readonly module: string | null;
    readonly application: string | null;
    readonly strategy: string | null;
    readonly alive: boolean;
    readonly answers: boolean;
    readonly health_status: string | null;
    readonly child_count: number | null;
    readonly active_children: number | null;
    readonly restart_count: number | null;
    readonly last_restart: string | null;
    readonly uptime_ms: number;
    readonly uptime_is_lower_bound: boolean;
    readonly memory_usage: number;
    readonly memory_is_lower_bound: boolean;
    readonly max_restarts: number | null;
    readonly max_seconds: number | null;
    readonly restarts_used: number | null;
    readonly budget_frees_in_s: number | null;
    readonly performance: Forms.SupervisorPerformance;
    readonly configuration: {
      readonly strategy: string | null;
      readonly max_restarts: number | null;
      readonly max_seconds: number | null;
      readonly restart_intensity: number | null;
      readonly auto_shutdown: string | null;
    };
    readonly counts: {
      readonly specs: number | null;
      readonly active: number | null;
      readonly supervisors: number | null;
      readonly workers: number | null;
    };
    readonly read_at: string | null;
    readonly children?: readonly Forms.Child[];
    readonly supervision_tree?: Forms.Tree;
    readonly analytics?: Json;
    readonly history?: Json;
  };

  export type RestartBudget = {
    readonly max_restarts: number;
    readonly max_seconds: number;
    readonly used: number;
    readonly left: number;
    readonly frees_in_s: number | null;
  };

  export type FlagValues = {
    readonly strategy: string;
    readonly intensity: number;
    readonly period: number;
    readonly auto_shutdown: string | null;
  };

  export type ChildStart = {
    readonly module: string;
    readonly function: string;
    readonly arity: number | null;
  };

  export type ChildRow = {
    readonly id: string | null;
    readonly pid: string | null;
    readonly type: string;
    readonly modules: Json;
    readonly state?: string;
    readonly restart?: string;
    readonly significant?: boolean;
    readonly shutdown?: Json;
    readonly start?: Forms.ChildStart;
  };

  export type RestartedChild = {
    readonly id: string | null;
    readonly old_pid: string | null;
    readonly new_pid: string | null;
    readonly exit_reason: string | null;
  };

  export type EndedFamily = {
    readonly processes: readonly {
      readonly pid: string;
      readonly id: string | null;
      readonly supervisor: string | null;
    }[];
    readonly total: number;
    readonly left_out: number;
    readonly unread_supervisors: number;
  };

  export type SupervisorEnd = {
    readonly above: readonly {
      readonly pid: string;
      readonly name: string | null;
      readonly budget: Forms.RestartBudget;
      readonly action: string;
    }[];
    readonly application: string | null;
    readonly node_ends: boolean;
    readonly ends_at?: string;
  };

  export type ChildDeath = {
    readonly id?: string | null;
    readonly pid?: string | null;
    readonly restart?: string;
    readonly happens: string;
    readonly why: string;
    readonly ended: readonly (string | null)[];
    readonly started: readonly (string | null)[];
    readonly forgotten: readonly (string | null)[];
    readonly ended_count: number;
    readonly restarts_left: number;
  };

  export type Kill = {
    readonly n?: number;
    readonly id: string | null;
    readonly pid: string;
    readonly signal?: string;
    readonly exit_reason?: string | null;
    readonly new_pid?: string | null;
    readonly recovered_ms?: number | null;
    readonly others_restarted?: readonly {
      readonly id: string | null;
      readonly old_pid: string;
      readonly new_pid: string | null;
    }[];
    readonly others_restarted_count?: number;
    readonly supervisor_alive?: boolean;
    readonly children_ended?: number;
    readonly children_left?: readonly string[];
    readonly predicted?: Forms.ChildDeath;
    readonly ends?: Forms.EndedFamily;
  };

  export type GraphNode = {
    readonly id: string;
    readonly label: string;
    readonly type: string;
    readonly parent: string | null;
    readonly cluster: string | null;
    readonly note: string | null;
  };

  export type GraphEdge = {
    readonly from: string;
    readonly to: string;
    readonly type: string;
  };

  export type GraphMetadata = {
    readonly nodes: number;
    readonly supervises: number;
    readonly links: number;
    readonly monitors: number;
    readonly left_out: number;
    readonly not_asked: number;
    readonly relations_cut: number;
  };

  export type Tree = {
    readonly format?: string;
    readonly nodes?: readonly Forms.GraphNode[];
    readonly edges?: readonly Forms.GraphEdge[];
    readonly clusters?: readonly string[];
    readonly mermaid?: string;
    readonly left_out?: number;
    readonly root?: {
      readonly name: string;
      readonly pid: string;
      readonly type: string;
      readonly strategy: string | null;
      readonly module: string | null;
      readonly alive: boolean;
      readonly path?: string;
      readonly children: readonly Forms.Child[];
    };
    readonly metadata?: {
      readonly total_nodes: number;
      readonly depth: number;
      readonly supervisor_count: number;
      readonly worker_count: number;
      readonly supervisors_cut_at_depth: number;
    };
  };

  export type SystemHealth = {
    readonly status: string;
    readonly overall_score: number;
    readonly metrics: {
      readonly total_processes: number;
      readonly total_supervisors: number;
      readonly memory_usage: {
        readonly total: number;
        readonly processes: number;
        readonly processes_used: number;
        readonly system: number;
        readonly atom: number;
        readonly atom_used: number;
        readonly binary: number;
        readonly code: number;
        readonly ets: number;
      };
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
      readonly io: {
        readonly input_bytes: number;
        readonly output_bytes: number;
      };
    };
    readonly warnings: readonly {
      readonly type: string;
      readonly severity: string;
      readonly pid?: string;
      readonly name?: string | null;
      readonly message: string;
      readonly value?: number;
    }[];
    readonly timestamp: string;
  };

  export type Related = {
    readonly pid?: string | null;
    readonly name?: string | null;
    readonly alive?: boolean;
    readonly node?: string;
    readonly port?: string;
    readonly other?: string;
    readonly runtime?: boolean;
  };

  export type RelatedList = {
    readonly entries: readonly Forms.Related[];
    readonly total: number;
    readonly left_out: number;
  };

  export type ProcessInfo = {
    readonly pid: string;
    readonly unsupported: readonly string[];
    readonly registered_name?: string | null;
    readonly initial_call?: string | null;
    readonly status?: string;
    readonly message_queue_len?: number;
    readonly message_queue_data?: string;
    readonly trap_exit?: boolean;
    readonly priority?: string;
    readonly group_leader?: Forms.Related;
    readonly parent?: Forms.Related | null;
    readonly heap_size?: number;
    readonly total_heap_size?: number;
    readonly stack_size?: number;
    readonly memory?: number;
    readonly reductions?: number;
    readonly min_heap_size?: number;
    readonly fullsweep_after?: number;
    readonly garbage_collection?: Readonly<Record<string, Json>>;
    readonly current_function?: string | null;
    readonly current_location?: Forms.Frame | null;
    readonly links?: Forms.RelatedList;
    readonly monitors?: Forms.RelatedList;
    readonly monitored_by?: Forms.RelatedList;
    readonly error_handler?: string | null;
    readonly catchlevel?: number;
    readonly label?: Json;
    readonly label_inspect?: string;
    readonly suspending?: {
      readonly entries: readonly {
        readonly pid: string;
        readonly times: number;
      }[];
      readonly total: number;
      readonly left_out: number;
    };
    readonly max_heap_size?: Readonly<Record<string, Json>>;
    readonly async_dist?: boolean;
    readonly priority_messages?: boolean;
  };

  export type SystemInfo = {
    readonly node: string;
    readonly connected_nodes: number;
    readonly hidden_nodes: number;
    readonly otp_release: string;
    readonly erts_version: string;
    readonly elixir_version: string | null;
    readonly kernel_version: string | null;
    readonly stdlib_version: string | null;
    readonly emulator: string | null;
    readonly emulator_type: string | null;
    readonly architecture: string;
    readonly operating_system: {
      readonly family: string;
      readonly name: string;
      readonly version: string;
    };
    readonly os_pid: string;
    readonly word_bytes: number;
    readonly schedulers: {
      readonly total: number;
      readonly online: number;
      readonly dirty_cpu: number;
      readonly dirty_cpu_online: number;
      readonly dirty_io: number;
    };
    readonly async_threads: number;
    readonly dist_buf_busy_limit: number;
    readonly code_mode: string;
    readonly modules_loaded: number;
    readonly applications_running: number;
    readonly time: {
      readonly now: string;
      readonly offset: string;
      readonly correction: boolean;
      readonly warp_mode: string;
    };
    readonly atoms: number;
    readonly atom_limit: number;
    readonly ets: number;
    readonly ets_limit: number;
    readonly ports: number;
    readonly port_limit: number;
    readonly processes: number;
    readonly process_limit: number;
    readonly uptime_ms: number;
  };

  export type StateChange = {
    readonly pid: string;
    readonly kind: string;
    readonly replaced: boolean;
    readonly dry_run?: boolean;
    readonly old_hash: string;
    readonly new_hash: string;
    readonly hash: string | null;
    readonly changed_since?: boolean | null;
    readonly read_back?: string;
    readonly old_form: string;
    readonly new_form: string;
    readonly same_form: boolean;
    readonly path?: Json;
    readonly path_inspect?: string;
    readonly old?: Json;
    readonly old_inspect?: string;
    readonly new?: Json;
    readonly new_inspect?: string;
  };

  export type AuditRecord = {
    readonly id: number;
    readonly at: string;
    readonly phase: string;
    readonly request_id: string;
    readonly actor: string;
    readonly operation: string;
    readonly node: string;
    readonly target: string;
    readonly arguments: Readonly<Record<string, Json>> | null;
    readonly status: number | null;
    readonly outcome: string | null;
    readonly hash: string;
  };

  export type Operation = {
    readonly name: string;
    readonly group: string | null;
    readonly summary: string;
    readonly routes: readonly {
      readonly method: string;
      readonly path: string;
    }[];
    readonly arguments: readonly {
      readonly name: string;
      readonly type: string;
      readonly required: boolean;
      readonly default: string | null;
      readonly choices: readonly string[];
      readonly minimum: number | null;
      readonly maximum: number | null;
      readonly summary: string;
    }[];
    readonly permission: string | null;
    readonly rate_class: string;
    readonly effect: string;
    readonly teaches: string | null;
    readonly functions: readonly string[];
    readonly honest: string | null;
    readonly next: readonly string[];
    readonly reply: string;
  };
}

export interface Operations {
  /** Attached nodes, their state, and what watching costs them. */
  readonly list_nodes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
    };
    readonly reply: readonly Forms.Node[];
  };
  /** Attach a running node; nothing needs to be installed there. */
  readonly attach_node: {
    readonly arguments: {
      /** Full name, name@host. */
      readonly node: string;
      /** The node's cookie; the daemon's own without it. */
      readonly cookie?: string;
      /** Its distribution port, for hosts without epmd. */
      readonly port?: number;
    };
    readonly reply: Forms.Node;
  };
  /** Detach a node and leave it as it was. */
  readonly detach_node: {
    readonly arguments: {
      /** Full name, name@host. */
      readonly node: string;
    };
    readonly reply: null;
  };
  /** Everything that can be asked, with its arguments and what is behind it. */
  readonly list_operations: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only operations of this group. */
      readonly group?: string;
    };
    readonly reply: readonly Forms.Operation[];
  };
  /** One operation, with its arguments and what is behind it. */
  readonly get_operation: {
    readonly arguments: {
      /** Name of the operation. */
      readonly operation: string;
    };
    readonly reply: Forms.Operation;
  };
  /** The whole API as an OpenAPI 3.1 document. */
  readonly get_openapi: {
    readonly arguments: Record<string, never>;
    readonly reply: Readonly<Record<string, Json>>;
  };
  /** Who changed what: every control operation, its beginning and its end. */
  readonly list_audit_records: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only records of this key id, `admin` or `session`. */
      readonly actor?: string;
      /** Only records of this operation. */
      readonly operation?: string;
      /** Only records about this node. */
      readonly of_node?: string;
      /** Only records from then on, unix milliseconds. */
      readonly since_ms?: number;
      /** Only records until then; 0: all. */
      readonly until_ms?: number;
    };
    readonly reply: readonly Forms.AuditRecord[];
  };
  /** Check that no audit record was changed, removed or put in another order. */
  readonly verify_audit_record: {
    readonly arguments: Record<string, never>;
    readonly reply: {
      readonly intact: boolean;
      readonly records: number;
      readonly first_broken_id: number | null;
    };
  };
  /** API keys, those that have ended too; never the keys themselves. */
  readonly list_api_keys: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
    };
    readonly reply: readonly {
      readonly id: string;
      readonly name: string;
      readonly state: string;
      readonly permissions: readonly string[];
      readonly created_at: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly last_used_at: string | null;
      readonly replaced_by: string | null;
    }[];
  };
  /** Make an API key; it is shown in this answer and never again. */
  readonly create_api_key: {
    readonly arguments: {
      /** What the key is for, or whose it is. */
      readonly key_name: string;
      /** What it may do: read:processes, control:supervisors, … */
      readonly permissions: readonly string[];
      /** When it ends; 0: never. */
      readonly expires_in_days?: number;
    };
    readonly reply: {
      readonly key: string;
      readonly id: string;
      readonly name: string;
      readonly state: string;
      readonly permissions: readonly string[];
      readonly created_at: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly last_used_at: string | null;
      readonly replaced_by: string | null;
    };
  };
  /** Make another key with the same rights; the old one ends after an overlap. */
  readonly rotate_api_key: {
    readonly arguments: {
      /** Id of the key. */
      readonly id: string;
      /** How long the old key is still good. */
      readonly overlap_ms?: number;
    };
    readonly reply: {
      readonly key: string;
      readonly id: string;
      readonly name: string;
      readonly state: string;
      readonly permissions: readonly string[];
      readonly created_at: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly last_used_at: string | null;
      readonly replaced_by: string | null;
    };
  };
  /** End an API key at once. */
  readonly revoke_api_key: {
    readonly arguments: {
      /** Id of the key. */
      readonly id: string;
    };
    readonly reply: {
      readonly id: string;
      readonly name: string;
      readonly state: string;
      readonly permissions: readonly string[];
      readonly created_at: string | null;
      readonly expires_at: string | null;
      readonly revoked_at: string | null;
      readonly last_used_at: string | null;
      readonly replaced_by: string | null;
    };
  };
  /** Processes of a node, filtered and sorted. */
  readonly list_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** One process in detail. */
  readonly get_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Further parts. */
      readonly include?: readonly ("state" | "links" | "monitors" | "dictionary" | "stack_trace")[];
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.ProcessDetails;
  };
  /** The state of a process of an OTP behaviour. */
  readonly get_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long the process may take to answer. */
      readonly timeout_ms?: number;
      /** A larger state, in external form, is refused. */
      readonly max_bytes?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.ProcessState;
  };
  /** Send an exit signal to a process. */
  readonly exit_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Exit reason: kill, shutdown, normal, or any atom the node knows. */
      readonly reason?: string;
      /** Check everything and send nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** How long to wait for the process to end. */
      readonly wait_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.ExitResult;
  };
  /** Who would end if this process ended: by links, strategies and budgets. */
  readonly trace_failure_impact: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How it is supposed to end. */
      readonly reason?: "error" | "shutdown" | "normal";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly outcome: string;
      readonly application_that_stops: string | null;
      readonly node_may_stop: boolean;
      readonly certain: boolean;
      readonly links_known: boolean;
      readonly told_only: number;
      readonly total: number;
      readonly left_out: number;
      readonly ends: readonly {
        readonly pid: string;
        readonly name: string | null;
        readonly why: string;
        readonly because_of: string | null;
        readonly step: number;
        readonly after: string | null;
      }[];
    };
  };
  /** What was told of a process, and of those that it came in place of. */
  readonly get_process_history: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly events: readonly Json[];
      readonly known_since: string | null;
      readonly older_events_were_dropped: boolean;
    };
  };
  /** All processes of a node; the same as list_processes. */
  readonly list_all_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Processes with a registered name. */
  readonly list_registered_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Processes that are supervisors. */
  readonly list_supervisor_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Processes of gen_server, Agents among them. */
  readonly list_genserver_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Event managers. */
  readonly list_gen_event_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** State machines. */
  readonly list_gen_statem_processes: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Processes of one application. */
  readonly list_application_processes: {
    readonly arguments: {
      /** Name of a running application. */
      readonly application: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only processes of this type. */
      readonly type?: "supervisor" | "genserver" | "task" | "agent" | "worker";
      /** Only processes of this OTP behaviour. */
      readonly behavior?: "gen_server" | "gen_statem" | "supervisor" | "gen_event" | "gen_fsm" | "supervisor_bridge";
      /** Regular expression searched for in the name, else label, else initial call. */
      readonly name_pattern?: string;
      /** Least memory in bytes. */
      readonly memory_min?: number;
      /** Most memory in bytes. */
      readonly memory_max?: number;
      /** Fewest messages waiting. */
      readonly queue_min?: number;
      /** Most messages waiting. */
      readonly queue_max?: number;
      /** Only processes in this state. */
      readonly status?: "waiting" | "running" | "runnable" | "suspended" | "garbage_collecting" | "exiting";
      /** Only processes that are a supervisor's child, or only others. */
      readonly supervised?: boolean;
      /** Order of the rows; by pid without it. */
      readonly sort?: "name" | "memory" | "queue_length" | "reductions";
      /** Direction; numbers are descending and names ascending without it. */
      readonly order?: "asc" | "desc";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Process[];
  };
  /** Start a process and wait until it says that it is ready. */
  readonly start_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Whether the function is the process and calls proc_lib:init_ack, or starts one and answers {ok, Pid} like Mod:start_link/1. */
      readonly as?: "process" | "start_function";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** The same, linked to its owner. */
  readonly start_link_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Whether the function is the process and calls proc_lib:init_ack, or starts one and answers {ok, Pid} like Mod:start_link/1. */
      readonly as?: "process" | "start_function";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** The same, with its end kept in the lease. */
  readonly start_monitor_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Whether the function is the process and calls proc_lib:init_ack, or starts one and answers {ok, Pid} like Mod:start_link/1. */
      readonly as?: "process" | "start_function";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** Spawn a process that runs a function. */
  readonly spawn_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** The same, linked to its owner. */
  readonly spawn_link_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** The same, with its end kept in the lease. */
  readonly spawn_monitor_process: {
    readonly arguments: {
      /** Module of the function to run. */
      readonly module: string;
      /** An exported function. */
      readonly function: string;
      /** List of its arguments. */
      readonly arguments?: Json;
      /** Its priority. */
      readonly priority?: "low" | "normal" | "high";
      /** Least heap in words. */
      readonly min_heap_size?: number;
      /** Most heap in words; beyond it the process is killed. */
      readonly max_heap_size?: number;
      /** Where its messages are kept. */
      readonly message_queue_data?: "on_heap" | "off_heap";
      /** How long to wait and see whether it ends. */
      readonly wait_ms?: number;
      /** How long it may live; it is ended then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StartedProcess;
  };
  /** End a process with a reason; an error if it lives on. */
  readonly kill_process: {
    readonly arguments: {
      /** Exit reason, any term. */
      readonly reason?: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.EndedProcess;
  };
  /** Send an exit signal, now or later. */
  readonly send_exit_signal: {
    readonly arguments: {
      /** Exit reason: kill, shutdown, normal, or any term. */
      readonly signal?: Json;
      /** When to send it; until then it can be taken back. */
      readonly delay_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.EndedProcess;
  };
  /** Shut a process down in its own way, and kill it if it takes too long. */
  readonly shutdown_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Ask the process itself, or have its supervisor end it without a restart. */
      readonly method?: "process" | "supervisor";
      /** Kill it when it has not ended in time. */
      readonly kill?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.EndedProcess;
  };
  /** End a process, its descendants, and what is linked to them. */
  readonly terminate_process_tree: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** With more processes than that, nothing is ended. */
      readonly limit?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.EndedTree;
  };
  /** Stop a process for a while. */
  readonly suspend_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** scheduler: the runtime gives it no time. system: a process of a behaviour stops between two messages and answers system messages only. */
      readonly mode?: "scheduler" | "system";
      /** How long it is held; it ends by itself then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Suspension;
  };
  /** Let a suspended process go on. */
  readonly resume_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** scheduler: the runtime gives it no time. system: a process of a behaviour stops between two messages and answers system messages only. */
      readonly mode?: "scheduler" | "system";
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Resumption;
  };
  /** Give a process no time; suspend_process with the mode scheduler. */
  readonly pause_process_scheduling: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long it is held; it ends by itself then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Suspension;
  };
  /** Give a paused process time again. */
  readonly resume_process_scheduling: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Resumption;
  };
  /** Change the priority of a process. */
  readonly set_process_priority: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** max is refused: it can stop all others. */
      readonly priority: "low" | "normal" | "high" | "max";
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly before: string;
      readonly priority: string;
      readonly dry_run?: boolean;
    };
  };
  /** Move a process to a scheduler. */
  readonly migrate_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Number of a scheduler that is online. */
      readonly scheduler: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Scheduling;
  };
  /** Bind a process to a scheduler. */
  readonly pin_process_to_scheduler: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Number of a scheduler that is online. */
      readonly scheduler: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Scheduling;
  };
  /** Let the runtime choose the scheduler again. */
  readonly unpin_process_from_scheduler: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Scheduling;
  };
  /** Have a process collect its garbage. */
  readonly garbage_collect_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** minor looks at new data only. */
      readonly type?: "major" | "minor";
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Collection;
  };
  /** Make the heap of a process as small as its data. */
  readonly compact_process_heap: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Collection;
  };
  /** Put a process into hibernation until its next message. */
  readonly hibernate_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly hibernates: boolean;
      readonly before_bytes: number;
      readonly after_bytes?: number;
      readonly dry_run?: boolean;
    };
  };
  /** Wake a process from hibernation. */
  readonly wake_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly woken: boolean;
      readonly hibernates_again?: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** Where a process is in its code. */
  readonly get_process_backtrace: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly status: string;
      readonly stack_words: number;
      readonly frames: readonly Forms.Frame[];
      readonly functions: readonly string[];
      readonly total?: number;
      readonly complete: boolean;
      readonly limit?: number;
    };
  };
  /** Send a raw message to a process. */
  readonly send_message: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** When to send it; until then it can be taken back. */
      readonly delay_ms?: number;
      /** How long to wait and see whether it ends of it. */
      readonly wait_ms?: number;
      /** Keep the message, to send it again later: see replay_recording. */
      readonly record?: boolean;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SentMessage;
  };
  /** Send a raw message to a process later. */
  readonly send_message_after: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** When to send it; until then it can be taken back. */
      readonly delay_ms: number;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SentMessage;
  };
  /** Cast to a gen_server or gen_statem, notify a gen_event. */
  readonly cast_message: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** How long to wait and see whether it ends of it. */
      readonly wait_ms?: number;
      /** Keep the message, to send it again later: see replay_recording. */
      readonly record?: boolean;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SentMessage;
  };
  /** Call a gen_server, gen_statem or a handler of a gen_event. */
  readonly call_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** Of a gen_event: the handler to call. */
      readonly handler?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Keep the message, to send it again later: see replay_recording. */
      readonly record?: boolean;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.CalledProcess;
  };
  /** The same, with gen_server's own time of five seconds. */
  readonly call_process_sync: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** Of a gen_event: the handler to call. */
      readonly handler?: string;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.CalledProcess;
  };
  /** Send, cast or call. */
  readonly message_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The message. */
      readonly message: Json;
      /** A raw message, a cast or a call. */
      readonly type?: "send" | "cast" | "call";
      /** Of a gen_event: the handler to call. */
      readonly handler?: string;
      /** When to send it; until then it can be taken back. */
      readonly delay_ms?: number;
      /** How long to wait and see whether it ends of it. */
      readonly wait_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Keep the message, to send it again later: see replay_recording. */
      readonly record?: boolean;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.MessagedProcess;
  };
  /** Call several processes at once. */
  readonly multi_call_processes: {
    readonly arguments: {
      /** Whom to call: pids and registered names. */
      readonly processes: readonly string[];
      /** The message. */
      readonly message: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly results: readonly {
        readonly pid: string | null;
        readonly replied: boolean | null;
        readonly reply?: Json;
        readonly reply_inspect?: string;
        readonly code?: string;
        readonly why?: string;
        readonly reason?: string;
      }[];
      readonly total: number;
      readonly replied: number;
      readonly dry_run?: boolean;
    };
  };
  /** Send a message to a list of processes or a group. */
  readonly broadcast_message: {
    readonly arguments: {
      /** Receivers: pids and registered names. */
      readonly processes?: readonly string[];
      /** Or a group of pg, whose members on this node get it. */
      readonly group?: Json;
      /** The group's scope. */
      readonly scope?: string;
      /** The message. */
      readonly message: Json;
      /** A raw message or a cast. */
      readonly type?: "send" | "cast";
      /** With more receivers than that, nothing is sent. */
      readonly limit?: number;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly sent: readonly string[];
      readonly sent_count: number;
      readonly refused: readonly {
        readonly pid: string;
        readonly code: string;
        readonly why: string;
      }[];
      readonly total: number;
      readonly elsewhere: number;
      readonly dry_run?: boolean;
    };
  };
  /** Send a message to all processes that fit a description. */
  readonly selective_send: {
    readonly arguments: {
      /** Begin of the registered name. */
      readonly name_prefix?: string;
      /** Application of the process. */
      readonly application?: string;
      /** Proven behaviour of the process. */
      readonly behaviour?: "gen_server" | "gen_statem" | "gen_event" | "gen_fsm" | "supervisor" | "plain";
      /** Its callback module, or the module it was started in. */
      readonly module?: string;
      /** The message. */
      readonly message: Json;
      /** A raw message or a cast. */
      readonly type?: "send" | "cast";
      /** With more receivers than that, nothing is sent. */
      readonly limit?: number;
      /** Send it also to a process that provably does not understand it. */
      readonly force_send?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly sent: readonly string[];
      readonly sent_count: number;
      readonly refused: readonly {
        readonly pid: string;
        readonly code: string;
        readonly why: string;
      }[];
      readonly total: number;
      readonly left_out: number;
      readonly protected: number;
      readonly dry_run?: boolean;
    };
  };
  /** Messages that were kept to be sent again. */
  readonly list_recordings: {
    readonly arguments: {
      /** Only messages to this process, as it was named then. */
      readonly process?: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
    };
    readonly reply: readonly {
      readonly recording: string;
      readonly process: string;
      readonly node: string;
      readonly recorded_at: string;
      readonly about: Readonly<Record<string, Json>>;
    }[];
  };
  /** Send a kept message again, to the same process or another. */
  readonly replay_recording: {
    readonly arguments: {
      /** Id of the recording. */
      readonly recording: string;
      /** Another process than the one of the recording. */
      readonly pid?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Json;
  };
  /** Forget a kept message. */
  readonly remove_recording: {
    readonly arguments: {
      /** Id of the recording. */
      readonly recording: string;
    };
    readonly reply: null;
  };
  /** How many messages wait. */
  readonly get_message_queue_length: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
    };
  };
  /** Messages that wait, the oldest first. */
  readonly peek_message_queue: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The mailbox as it is, or what was traced. */
      readonly source?: "mailbox" | "trace";
      /** Skip so many of the oldest messages. */
      readonly offset?: number;
      /** Messages in the answer. */
      readonly limit?: number;
      /** Messages beyond so many bytes are cut. */
      readonly max_bytes?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly offset: number;
      readonly messages: readonly Forms.MailboxMessage[];
      readonly left_out: number;
    };
  };
  /** Both ends of a mailbox, and figures of all of it. */
  readonly inspect_mailbox: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Messages shown from each end. */
      readonly limit?: number;
      /** Messages beyond so many bytes are cut. */
      readonly max_bytes?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly stored: string;
      readonly memory: number;
      readonly status: string;
      readonly first: readonly Forms.MailboxMessage[];
      readonly last: readonly Forms.MailboxMessage[];
      readonly left_out: number;
      readonly by_kind: readonly {
        readonly kind: string;
        readonly count: number;
      }[];
      readonly by_type: readonly {
        readonly type: string;
        readonly count: number;
      }[];
      readonly by_shape: readonly {
        readonly shape: string;
        readonly count: number;
      }[];
      readonly shapes: number;
    };
  };
  /** Messages of a pattern, a text or a kind. */
  readonly search_mailbox: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Messages that match: a term in which the atom _ stands for anything. */
      readonly pattern?: Json;
      /** Messages whose text has it, as inspect/2 writes them. */
      readonly text?: string;
      /** Messages of this protocol. */
      readonly kind?: "call" | "cast" | "event" | "system" | "exit" | "down" | "timer" | "reply" | "io" | "port" | "info";
      /** Messages in the answer. */
      readonly limit?: number;
      /** Messages beyond so many bytes are cut. */
      readonly max_bytes?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly found: number;
      readonly messages: readonly Forms.MailboxMessage[];
      readonly left_out: number;
    };
  };
  /** Messages by kind, type and shape. */
  readonly count_mailbox_messages: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly by_kind: readonly {
        readonly kind: string;
        readonly count: number;
      }[];
      readonly by_type: readonly {
        readonly type: string;
        readonly count: number;
      }[];
      readonly by_shape: readonly {
        readonly shape: string;
        readonly count: number;
      }[];
      readonly shapes: number;
    };
  };
  /** Size of a mailbox and of its messages. */
  readonly get_message_queue_stats: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly stored: string;
      readonly memory: number;
      readonly status: string;
      readonly messages_read: boolean;
      readonly why?: string;
      readonly bytes?: number;
      readonly average_bytes?: number;
      readonly largest?: {
        readonly index: number;
        readonly bytes: number;
        readonly shape: string;
      } | null;
      readonly callers?: number;
      readonly callers_gone?: number;
      readonly by_kind?: readonly {
        readonly kind: string;
        readonly count: number;
      }[];
    };
  };
  /** What the messages that wait say of the process, with the evidence. */
  readonly analyze_mailbox_patterns: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Time between the two readings. */
      readonly sample_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length: number;
      readonly length_before: number;
      readonly unmoved: number;
      readonly reductions: number;
      readonly callers_gone: number;
      readonly repeated: readonly {
        readonly message: string;
        readonly count: number;
      }[];
      readonly findings: readonly {
        readonly finding: string;
        readonly evidence: string;
      }[];
      readonly by_kind: readonly {
        readonly kind: string;
        readonly count: number;
      }[];
      readonly by_type: readonly {
        readonly type: string;
        readonly count: number;
      }[];
      readonly by_shape: readonly {
        readonly shape: string;
        readonly count: number;
      }[];
      readonly shapes: number;
    };
  };
  /** Remove all messages. */
  readonly flush_message_queue: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Leave ends of linked and monitored processes there. */
      readonly keep_signals?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length_before: number;
      readonly removed: number;
      readonly answered?: number;
      readonly length?: number;
      readonly dry_run?: boolean;
    };
  };
  /** Remove messages and return them. */
  readonly drain_message_queue: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The oldest so many; the others stay. */
      readonly limit?: number;
      /** Messages beyond so many bytes are cut. */
      readonly max_bytes?: number;
      /** Leave ends of linked and monitored processes there. */
      readonly keep_signals?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length_before: number;
      readonly removed: number;
      readonly messages: readonly Forms.MailboxMessage[];
      readonly answered?: number;
      readonly length?: number;
      readonly dry_run?: boolean;
    };
  };
  /** Remove messages of a pattern, a text or a kind. */
  readonly filter_message_queue: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Messages that match: a term in which the atom _ stands for anything. */
      readonly pattern?: Json;
      /** Messages whose text has it, as inspect/2 writes them. */
      readonly text?: string;
      /** Messages of this protocol. */
      readonly kind?: "call" | "cast" | "event" | "system" | "exit" | "down" | "timer" | "reply" | "io" | "port" | "info";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length_before: number;
      readonly removed: number;
      readonly answered?: number;
      readonly kept?: number;
      readonly length?: number;
      readonly dry_run?: boolean;
    };
  };
  /** Put messages of a pattern, a text or a kind first. */
  readonly prioritize_message_queue: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Messages that match: a term in which the atom _ stands for anything. */
      readonly pattern?: Json;
      /** Messages whose text has it, as inspect/2 writes them. */
      readonly text?: string;
      /** Messages of this protocol. */
      readonly kind?: "call" | "cast" | "event" | "system" | "exit" | "down" | "timer" | "reply" | "io" | "port" | "info";
      /** That the order in which senders wrote may be lost. */
      readonly confirm?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly length_before: number;
      readonly moved: number;
      readonly reordered?: number;
      readonly length?: number;
      readonly dry_run?: boolean;
    };
  };
  /** Collect the garbage around a mailbox, or move it off the heap. */
  readonly compact_mailbox: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Keep messages there from now on. */
      readonly stored?: "on_heap" | "off_heap";
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly before: Forms.MailboxSize;
      readonly after?: Forms.MailboxSize;
      readonly dry_run?: boolean;
    };
  };
  /** Suspensions, started processes, delayed messages: what is held in a node for a while. */
  readonly list_leases: {
    readonly arguments: {
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly leases: readonly {
        readonly id: number;
        readonly kind: string;
        readonly about: Readonly<Record<string, Json>>;
        readonly ends_in_ms: number;
      }[];
    };
  };
  /** Give back what a lease holds, before its time. */
  readonly release_lease: {
    readonly arguments: {
      /** Number of the lease. */
      readonly lease: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly lease: number;
      readonly released: boolean;
    };
  };
  /** Supervisors of a node with flags, budget and children. */
  readonly list_supervisors: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Only supervisors of this type. */
      readonly type?: "Supervisor" | "DynamicSupervisor" | "PartitionSupervisor" | "Task.Supervisor" | "supervisor2" | "mirrored_supervisor" | "ranch_conns_sup";
      /** Only supervisors with this strategy. */
      readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** Only supervisors in this health. */
      readonly health?: "healthy" | "degraded" | "critical";
      /** Further parts. analytics needs history and is null until it is kept. */
      readonly include?: readonly ("children" | "analytics" | "performance")[];
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: readonly Forms.Supervisor[];
  };
  /** One supervisor in detail. */
  readonly get_supervisor: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Further parts. analytics and history are null until history is kept. */
      readonly include?: readonly ("children" | "tree" | "analytics" | "performance" | "history")[];
      /** Levels of children. */
      readonly depth?: number;
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SupervisorDetails;
  };
  /** The supervision tree below a supervisor. */
  readonly build_supervision_tree: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Levels of children. */
      readonly depth?: number;
      /** Also children that do not run. */
      readonly include_dead?: boolean;
      /** Form of the answer. */
      readonly format?: "json" | "graph" | "mermaid";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.Tree;
  };
  /** Keep the tree of a supervisor as it is, to compare it later. */
  readonly capture_tree_snapshot: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly snapshot: string;
      readonly supervisor: string;
      readonly taken_at: string;
    };
  };
  /** What is different between two snapshots of a tree, or one and now. */
  readonly diff_tree_states: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of a snapshot. */
      readonly before: string;
      /** Id of a later snapshot; the tree as it is now without it. */
      readonly after?: string;
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly before_taken_at: string;
      readonly after_taken_at: string;
      readonly added: readonly Json[];
      readonly removed: readonly Json[];
      readonly restarted: readonly Json[];
      readonly changed: readonly Json[];
      readonly moved: readonly Json[];
      readonly summary: Readonly<Record<string, Json>>;
    };
  };
  /** Start a supervisor, for a while or under another one. */
  readonly start_supervisor: {
    readonly arguments: {
      /** Supervisor that is there already, to start it under, where it stays; without it a lease. Its own name is register_as. */
      readonly name?: string;
      /** Its id under that supervisor. */
      readonly id?: Json;
      /** What that supervisor does when it ends. */
      readonly restart?: "permanent" | "transient" | "temporary";
      /** What is restarted when a child ends. */
      readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** Restarts that are allowed in max_seconds. */
      readonly max_restarts?: number;
      /** The period in which they are counted. */
      readonly max_seconds?: number;
      /** Array of child specifications, or a string with a list of them. */
      readonly children?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** Register it under this name. */
      readonly register_as?: string;
      /** How long it lives, unless it is under a supervisor. */
      readonly duration_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string | null;
      readonly flags: {
        readonly strategy: string;
        readonly intensity: number;
        readonly period: number;
      };
      readonly children: number;
      readonly linked_to?: string | null;
      readonly parent?: string;
      readonly duration_ms?: number;
      readonly lease?: number;
      readonly stays: boolean;
      readonly note: string;
      readonly alive?: boolean;
      readonly active_children?: number;
      readonly strategy?: string;
      readonly budget?: Forms.RestartBudget;
      readonly dry_run?: boolean;
    };
  };
  /** Start a supervisor that is linked to a process. */
  readonly start_supervisor_link: {
    readonly arguments: {
      /** Process to link it to; the process of its lease without it. */
      readonly pid?: string;
      /** What is restarted when a child ends. */
      readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** Restarts that are allowed in max_seconds. */
      readonly max_restarts?: number;
      /** The period in which they are counted. */
      readonly max_seconds?: number;
      /** Array of child specifications, or a string with a list of them. */
      readonly children?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** Register it under this name. */
      readonly register_as?: string;
      /** How long it lives, unless it is under a supervisor. */
      readonly duration_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string | null;
      readonly flags: {
        readonly strategy: string;
        readonly intensity: number;
        readonly period: number;
      };
      readonly children: number;
      readonly linked_to?: string | null;
      readonly parent?: string;
      readonly duration_ms?: number;
      readonly lease?: number;
      readonly stays: boolean;
      readonly note: string;
      readonly alive?: boolean;
      readonly active_children?: number;
      readonly strategy?: string;
      readonly budget?: Forms.RestartBudget;
      readonly dry_run?: boolean;
    };
  };
  /** Stop a supervisor and all below it, in order. */
  readonly stop_supervisor: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** For the audit record: it reaches no process. */
      readonly reason?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly by: string;
      readonly parent: string | null;
      readonly ends: Forms.EndedFamily;
      readonly alive?: boolean;
      readonly exit_reason?: string | null;
      readonly still_alive?: readonly string[];
      readonly dry_run?: boolean;
    };
  };
  /** Restart a supervisor, its children, or one of them. */
  readonly restart_supervisor: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The supervisor by its parent, all its children in order, or one child. */
      readonly target?: "supervisor" | "children" | "child" | "child_id";
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id?: string;
      /** For the audit record: it reaches no process. */
      readonly reason?: string;
      /** Wait so long first. */
      readonly delay_ms?: number;
      /** For the top of an application: restart the applications that need it too. */
      readonly dependents?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly target: string;
      readonly delay_ms: number;
      readonly spends_restarts: boolean;
      readonly by?: string;
      readonly parent?: string;
      readonly new_pid?: string | null;
      readonly exit_reason?: string | null;
      readonly ended?: number;
      readonly alive?: boolean;
      readonly child?: Forms.RestartedChild;
      readonly children?: readonly Forms.RestartedChild[];
      readonly child_count?: number;
      readonly left_out?: number;
      readonly application?: Readonly<Record<string, Json>>;
      readonly ends?: Forms.EndedFamily;
      readonly dry_run?: boolean;
    };
  };
  /** Stop a supervisor from restarting children, for a while. */
  readonly pause_supervisor: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** How long it is held; it ends by itself then, and when Whitebeam leaves the node. */
      readonly duration_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly paused: boolean;
      readonly duration_ms: number;
      readonly lease?: number;
      readonly dry_run?: boolean;
    };
  };
  /** End a pause; what ended meanwhile is restarted. */
  readonly resume_supervisor: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also end a pause that somebody else made; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly waiting_messages: number;
      readonly ended_while_paused: readonly (string | null)[];
      readonly ended_count: number;
      readonly budget: Forms.RestartBudget;
      readonly paused: boolean;
      readonly alive?: boolean;
      readonly budget_after?: Forms.RestartBudget | null;
      readonly dry_run?: boolean;
    };
  };
  /** Flags of a supervisor, and the restarts that are left. */
  readonly get_supervisor_flags: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly strategy: string;
      readonly max_restarts: number;
      readonly max_seconds: number;
      readonly used: number;
      readonly left: number;
      readonly frees_in_s: number | null;
      readonly auto_shutdown: string | null;
      readonly module: string | null;
      readonly changeable: boolean;
      readonly max_children: number | null;
    };
  };
  /** Change flags of a running supervisor. */
  readonly set_supervisor_flags: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Restarts that are allowed in max_seconds. */
      readonly max_restarts?: number;
      /** The period in which they are counted. */
      readonly max_seconds?: number;
      /** What is restarted when a child ends. */
      readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** When the end of significant children ends the supervisor. */
      readonly auto_shutdown?: "never" | "any_significant" | "all_significant";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change the strategy of a running supervisor. */
  readonly change_supervisor_strategy: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** What is restarted when a child ends. */
      readonly strategy: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** Start all children again afterwards. The supervisor itself stays, since its init would bring the old strategy back. */
      readonly restart?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change how many restarts are allowed. */
  readonly change_supervisor_intensity: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Restarts that are allowed in the period. */
      readonly intensity: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change the period in which restarts are counted. */
  readonly change_supervisor_period: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Seconds in which restarts are counted. */
      readonly period: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change the strategy to one_for_one. */
  readonly convert_to_one_for_one: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change the strategy to one_for_all. */
  readonly convert_to_one_for_all: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Change the strategy to rest_for_one. */
  readonly convert_to_rest_for_one: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** Make all children children of one specification. */
  readonly convert_to_simple_one_for_one: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly before: Forms.FlagValues;
      readonly after: Forms.FlagValues;
      readonly budget: Forms.RestartBudget;
      readonly dry_run: boolean;
      readonly note: string;
      readonly restart?: Readonly<Record<string, Json>> | null;
      readonly children?: number;
      readonly kept?: number;
    };
  };
  /** The strategy of a supervisor and what it means. */
  readonly get_restart_strategy: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly strategy: string;
      readonly max_restarts: number;
      readonly max_seconds: number;
      readonly used: number;
      readonly left: number;
      readonly frees_in_s: number | null;
      readonly auto_shutdown: string | null;
      readonly module: string | null;
      readonly changeable: boolean;
      readonly max_children: number | null;
      readonly children: number;
      readonly dynamic: boolean;
      readonly meaning: string;
    };
  };
  /** What the end of each child would do now; nothing is ended. */
  readonly test_restart_strategy: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Strategy to try; its own without it. */
      readonly strategy?: "one_for_one" | "one_for_all" | "rest_for_one" | "simple_one_for_one";
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id?: string;
      /** How the child ends. */
      readonly reason?: "crash" | "normal" | "shutdown";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly strategy: string;
      readonly current_strategy: string;
      readonly reason: string;
      readonly budget: Forms.RestartBudget;
      readonly predictions: readonly Forms.ChildDeath[];
      readonly total: number;
      readonly left_out: number;
      readonly if_supervisor_ends: Forms.SupervisorEnd;
    };
  };
  /** Whether another strategy would suit the children, with the evidence. */
  readonly optimize_restart_strategy: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly strategy: string;
      readonly suggested: string;
      readonly change: boolean;
      readonly confidence: string;
      readonly why: string;
      readonly evidence: readonly {
        readonly kind: string;
        readonly child: string | null;
        readonly other: string | null;
        readonly earlier: boolean;
      }[];
      readonly advice: readonly string[];
      readonly budget: Forms.RestartBudget;
      readonly looked_at: number;
      readonly total: number;
    };
  };
  /** Let children or the supervisor fail, and watch what comes of it. */
  readonly simulate_supervisor_failure: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** What fails. */
      readonly scenario?: "child_crash" | "supervisor_crash" | "cascade_failure" | "restart_intensity";
      /** random, or the id of a child. */
      readonly target?: string;
      /** Exit reason; processes that trap exits are killed instead. */
      readonly reason?: string;
      /** Kills of child_crash and supervisor_crash. */
      readonly count?: number;
      /** Time between two kills. */
      readonly interval_ms?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly scenario: string;
      readonly preflight: {
        readonly budget: Forms.RestartBudget;
        readonly ends_supervisor: boolean;
        readonly if_supervisor_ends: Forms.SupervisorEnd;
      };
      readonly kills: readonly Forms.Kill[];
      readonly count?: number;
      readonly stopped?: string;
      readonly survived?: boolean;
      readonly exit_reason?: string | null;
      readonly new_pid?: string | null;
      readonly above?: readonly {
        readonly pid: string;
        readonly alive: boolean;
      }[];
      readonly dry_run?: boolean;
    };
  };
  /** Children of a supervisor as it has them now, in start order. */
  readonly which_children: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly total: number;
      readonly page: number;
      readonly per_page: number;
      readonly children: readonly Forms.ChildRow[];
    };
  };
  /** Numbers of specifications, running children, supervisors and workers. */
  readonly count_children: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly specs: number;
      readonly active: number;
      readonly supervisors: number;
      readonly workers: number;
    };
  };
  /** Delete the specification of a child that does not run. */
  readonly delete_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly id: string | null;
      readonly pid: string | null;
      readonly restart: string;
      readonly shutdown: Json;
      readonly type: string;
      readonly alive?: boolean;
      readonly exit_reason?: string | null;
      readonly listed?: boolean;
      readonly killed?: boolean;
      readonly dry_run?: boolean;
      readonly ends?: Forms.EndedFamily;
    };
  };
  /** Start a child that does not run, by its specification. */
  readonly restart_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly id: string | null;
      readonly pid: string | null;
      readonly restart: string;
      readonly shutdown: Json;
      readonly type: string;
      readonly alive?: boolean;
      readonly exit_reason?: string | null;
      readonly listed?: boolean;
      readonly killed?: boolean;
      readonly dry_run?: boolean;
      readonly ends?: Forms.EndedFamily;
    };
  };
  /** End a child in the way of its specification; it is not restarted. */
  readonly terminate_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly id: string | null;
      readonly pid: string | null;
      readonly restart: string;
      readonly shutdown: Json;
      readonly type: string;
      readonly alive?: boolean;
      readonly exit_reason?: string | null;
      readonly listed?: boolean;
      readonly killed?: boolean;
      readonly dry_run?: boolean;
      readonly ends?: Forms.EndedFamily;
    };
  };
  /** End a child and delete its specification. */
  readonly remove_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id: string;
      /** For the audit record: supervisors always end children with shutdown or kill. */
      readonly shutdown_reason?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Kill a child that has not ended in time; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly id: string | null;
      readonly pid: string | null;
      readonly restart: string;
      readonly shutdown: Json;
      readonly type: string;
      readonly alive?: boolean;
      readonly exit_reason?: string | null;
      readonly listed?: boolean;
      readonly killed?: boolean;
      readonly dry_run?: boolean;
      readonly ends?: Forms.EndedFamily;
    };
  };
  /** Start a child under a supervisor. */
  readonly add_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** For simple_one_for_one: list of further arguments. */
      readonly args?: Json;
      /** Let `args` name the code that OTP's or Elixir's own start functions run; needs manage:code. */
      readonly allow_code?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly pid?: string | null;
      readonly id?: string | null;
      readonly started?: boolean;
      readonly alive?: boolean;
      readonly listed?: boolean;
      readonly state?: string;
      readonly restart?: string;
      readonly significant?: boolean;
      readonly shutdown?: Json;
      readonly type?: string;
      readonly modules?: Json;
      readonly start?: Forms.ChildStart;
      readonly args?: Json;
      readonly args_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Start a child under a dynamic supervisor. */
  readonly add_dynamic_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** For simple_one_for_one: list of further arguments. */
      readonly args?: Json;
      /** Let `args` name the code that OTP's or Elixir's own start functions run; needs manage:code. */
      readonly allow_code?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly pid?: string | null;
      readonly id?: string | null;
      readonly started?: boolean;
      readonly alive?: boolean;
      readonly listed?: boolean;
      readonly state?: string;
      readonly restart?: string;
      readonly significant?: boolean;
      readonly shutdown?: Json;
      readonly type?: string;
      readonly modules?: Json;
      readonly start?: Forms.ChildStart;
      readonly args?: Json;
      readonly args_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Start a child that is never restarted. */
  readonly start_temporary_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** For simple_one_for_one: list of further arguments. */
      readonly args?: Json;
      /** Let `args` name the code that OTP's or Elixir's own start functions run; needs manage:code. */
      readonly allow_code?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly pid?: string | null;
      readonly id?: string | null;
      readonly started?: boolean;
      readonly alive?: boolean;
      readonly listed?: boolean;
      readonly state?: string;
      readonly restart?: string;
      readonly significant?: boolean;
      readonly shutdown?: Json;
      readonly type?: string;
      readonly modules?: Json;
      readonly start?: Forms.ChildStart;
      readonly args?: Json;
      readonly args_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Start a child that is restarted when it ends with an error. */
  readonly start_transient_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** For simple_one_for_one: list of further arguments. */
      readonly args?: Json;
      /** Let `args` name the code that OTP's or Elixir's own start functions run; needs manage:code. */
      readonly allow_code?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly pid?: string | null;
      readonly id?: string | null;
      readonly started?: boolean;
      readonly alive?: boolean;
      readonly listed?: boolean;
      readonly state?: string;
      readonly restart?: string;
      readonly significant?: boolean;
      readonly shutdown?: Json;
      readonly type?: string;
      readonly modules?: Json;
      readonly start?: Forms.ChildStart;
      readonly args?: Json;
      readonly args_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Start a child that is always restarted. */
  readonly start_permanent_child: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec?: string | Readonly<Record<string, Json>> | readonly Json[];
      /** For simple_one_for_one: list of further arguments. */
      readonly args?: Json;
      /** Let `args` name the code that OTP's or Elixir's own start functions run; needs manage:code. */
      readonly allow_code?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly pid?: string | null;
      readonly id?: string | null;
      readonly started?: boolean;
      readonly alive?: boolean;
      readonly listed?: boolean;
      readonly state?: string;
      readonly restart?: string;
      readonly significant?: boolean;
      readonly shutdown?: Json;
      readonly type?: string;
      readonly modules?: Json;
      readonly start?: Forms.ChildStart;
      readonly args?: Json;
      readonly args_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Replace the specification of a child. */
  readonly replace_child_spec: {
    readonly arguments: {
      /** Registered name, pid, or path (percent-encoded in a URL). */
      readonly name: string;
      /** Id of the child as answers show it, its pid, or its registered name. */
      readonly child_id: string;
      /** Object with id, start, restart, shutdown, type, modules, significant; or a string with a specification, {Module, argument} or Module. */
      readonly child_spec: string | Readonly<Record<string, Json>> | readonly Json[];
      /** in_place keeps process and order and counts from the next restart; the other ends the child and starts the new one as the last. */
      readonly mode?: "in_place" | "delete_and_start";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly supervisor: string;
      readonly mode: string;
      readonly before: Forms.ChildRow;
      readonly after: Forms.ChildRow;
      readonly ends?: Forms.EndedFamily;
      readonly dry_run?: boolean;
    };
  };
  /** Start an application. */
  readonly start_application: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** What its end means for the node: nothing, or the end of the node. */
      readonly type?: "temporary" | "transient" | "permanent";
      /** Start what it needs first. */
      readonly ensure_all_started?: boolean;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
    };
    readonly reply: {
      readonly application: string;
      readonly type: string | null;
      readonly starts?: readonly string[];
      readonly running?: boolean;
      readonly top?: string | null;
      readonly started?: readonly string[];
      readonly dry_run?: boolean;
    };
  };
  /** Stop an application. */
  readonly stop_application: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also one that running applications need; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly application: string;
      readonly running: boolean;
      readonly type: string | null;
      readonly top: string | null;
      readonly ends: Forms.EndedFamily;
      readonly dependents: readonly string[];
      readonly still_alive?: readonly string[];
      readonly dry_run?: boolean;
    };
  };
  /** Stop an application and start it again as what it was. */
  readonly restart_application: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** Restart the applications that need it too, in order. */
      readonly dependents?: boolean;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also one that running applications need; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly application: string;
      readonly stops: readonly string[];
      readonly starts: readonly string[];
      readonly dependents_left_running: readonly string[];
      readonly top: string | null;
      readonly old_top?: string | null;
      readonly started?: readonly {
        readonly application: string;
        readonly running: boolean;
        readonly type: string | null;
        readonly error: string | null;
      }[];
      readonly running?: boolean;
      readonly type?: string | null;
      readonly ends?: Forms.EndedFamily;
      readonly dry_run?: boolean;
    };
  };
  /** One application: what it is, needs, and is needed by. */
  readonly get_application_info: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: string;
      readonly description: string | null;
      readonly version: string | null;
      readonly id: string | null;
      readonly running: boolean;
      readonly type: string | null;
      readonly master: string | null;
      readonly top: string | null;
      readonly applications: readonly string[];
      readonly included_applications: readonly string[];
      readonly optional_applications: readonly string[];
      readonly dependents: readonly string[];
      readonly registered: readonly string[];
      readonly modules: readonly string[];
      readonly module_count: number;
      readonly callback: string | null;
      readonly start_phases: readonly string[];
      readonly environment_keys: number;
    };
  };
  /** Applications that are loaded, and whether they run. */
  readonly list_applications: {
    readonly arguments: {
      /** Only those that run. */
      readonly running?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly applications: readonly {
        readonly name: string;
        readonly description: string | null;
        readonly version: string | null;
        readonly running: boolean;
        readonly type: string | null;
        readonly master: string | null;
      }[];
      readonly total: number;
    };
  };
  /** Applications that run, with versions, the newest first. */
  readonly which_applications: {
    readonly arguments: {
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly applications: readonly {
        readonly name: string;
        readonly description: string | null;
        readonly version: string | null;
      }[];
      readonly total: number;
    };
  };
  /** What the application controller knows, and how it fares. */
  readonly application_controller_info: {
    readonly arguments: {
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly message_queue_len: number;
      readonly memory: number;
      readonly reductions: number;
      readonly loaded: readonly string[];
      readonly loading: readonly string[];
      readonly starting: readonly string[];
      readonly not_permitted: readonly string[];
      readonly running: readonly string[];
      readonly started: readonly {
        readonly name: string;
        readonly type: string;
      }[];
    };
  };
  /** One key of the environment of an application. */
  readonly get_application_env: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** Key of the environment. */
      readonly key: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly application: string;
      readonly key: string;
      readonly set: boolean;
      readonly value: Json;
      readonly value_inspect?: string;
      readonly too_large?: boolean;
      readonly words?: number;
    };
  };
  /** Set a key of the environment of an application. */
  readonly set_application_env: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** Key of the environment. */
      readonly key: string;
      /** The new value. */
      readonly value: Json;
      /** Also when the application is loaded again. */
      readonly persistent?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly application: string;
      readonly key: string;
      readonly loaded: boolean;
      readonly persistent: boolean;
      readonly was_set: boolean;
      readonly previous: Json;
      readonly previous_inspect?: string;
      readonly set?: boolean;
      readonly dry_run?: boolean;
      readonly value: Json;
      readonly value_inspect?: string;
      readonly too_large: boolean;
      readonly words?: number;
    };
  };
  /** Remove a key from the environment of an application. */
  readonly unset_application_env: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** Key of the environment. */
      readonly key: string;
      /** Also when the application is loaded again. */
      readonly persistent?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly application: string;
      readonly key: string;
      readonly loaded: boolean;
      readonly persistent: boolean;
      readonly was_set: boolean;
      readonly previous: Json;
      readonly previous_inspect?: string;
      readonly set?: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** The environment of an application. */
  readonly get_all_application_env: {
    readonly arguments: {
      /** Name of the application. */
      readonly application: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly application: string;
      readonly total: number;
      readonly environment: readonly {
        readonly key: string;
        readonly value: Json;
        readonly value_inspect?: string;
        readonly too_large: boolean;
        readonly words?: number;
      }[];
    };
  };
  /** Set many keys, from a list or a file of the node. */
  readonly load_application_config: {
    readonly arguments: {
      /** List of {application, [{key, value}]}. */
      readonly config?: Json;
      /** A *.config file of the node, instead of config. */
      readonly path?: string;
      /** Tell running applications, by Mod:config_change/3. */
      readonly notify?: boolean;
      /** Also when the application is loaded again. */
      readonly persistent?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly files: readonly string[];
      readonly total: number;
      readonly changes: readonly {
        readonly application: string;
        readonly key: string;
        readonly change: string;
      }[];
      readonly set?: number;
      readonly told: readonly {
        readonly application: string;
        readonly callback: string;
        readonly result: string;
      }[];
      readonly dry_run?: boolean;
    };
  };
  /** Read the configuration files of the command line again. */
  readonly reload_application_config: {
    readonly arguments: {
      /** Tell running applications, by Mod:config_change/3. */
      readonly notify?: boolean;
      /** Also when the application is loaded again. */
      readonly persistent?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
    };
    readonly reply: {
      readonly files: readonly string[];
      readonly total: number;
      readonly changes: readonly {
        readonly application: string;
        readonly key: string;
        readonly change: string;
      }[];
      readonly set?: number;
      readonly told: readonly {
        readonly application: string;
        readonly callback: string;
        readonly result: string;
      }[];
      readonly dry_run?: boolean;
    };
  };
  /** Scores, figures and warnings of a node. */
  readonly get_system_health: {
    readonly arguments: {
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SystemHealth;
  };
  /** What slows the node down, the worst first, with what can be done. */
  readonly get_system_bottlenecks: {
    readonly arguments: {
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly bottlenecks: readonly {
        readonly type: string;
        readonly pid: string | null;
        readonly name: string | null;
        readonly what: string | null;
        readonly severity: string;
        readonly metrics: {
          readonly value: number;
          readonly threshold: number;
        };
        readonly recommendations: readonly string[];
      }[];
      readonly summary: {
        readonly total_bottlenecks: number;
        readonly critical: number;
        readonly high: number;
        readonly medium: number;
        readonly system_impact: string;
      };
    };
  };
  /** What is unusual: processes unlike their kin, and restarts in bursts. */
  readonly get_system_anomalies: {
    readonly arguments: {
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly anomalies: readonly {
        readonly type: string;
        readonly severity: string;
        readonly pid: string | null;
        readonly name: string | null;
        readonly supervisor_path: string | null;
        readonly value: number;
        readonly expected: number;
        readonly message: string;
      }[];
      readonly total: number;
    };
  };
  /** Figures of a node as they are now. */
  readonly get_system_metrics: {
    readonly arguments: {
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly processes: number;
      readonly supervisors: number;
      readonly memory_usage: Readonly<Record<string, Json>>;
      readonly limits: Readonly<Record<string, Json>>;
      readonly run_queue: number;
      readonly schedulers_online: number;
      readonly uptime_ms: number;
      readonly io: {
        readonly input_bytes: number;
        readonly output_bytes: number;
      };
      readonly impact: Forms.Impact;
    };
  };
  /** All trees of a node, by application, and the processes in none. */
  readonly build_process_tree: {
    readonly arguments: {
      /** Levels of children. */
      readonly depth?: number;
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly trees: readonly {
        readonly application: string | null;
        readonly tree: Forms.Tree;
      }[];
      readonly unsupervised: {
        readonly processes: readonly Forms.Process[];
        readonly total: number;
        readonly left_out: number;
      };
    };
  };
  /** The processes of a node as a graph: supervision, links, monitors. */
  readonly get_system_topology: {
    readonly arguments: {
      /** Form of the answer. */
      readonly format?: "json" | "dot" | "svg" | "png";
      /** Also links between processes; each process is asked for them. */
      readonly include_links?: boolean;
      /** Also who monitors whom. */
      readonly include_monitors?: boolean;
      /** Also processes in no supervision tree. */
      readonly include_unsupervised?: boolean;
      /** Group processes by it. */
      readonly cluster_by?: "supervisor" | "application" | "module";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly nodes: readonly Forms.GraphNode[];
      readonly edges: readonly Forms.GraphEdge[];
      readonly clusters: readonly string[];
      readonly metadata: Forms.GraphMetadata;
    };
  };
  /** All relations between processes, and which of them stand out. */
  readonly analyze_process_relationships: {
    readonly arguments: {
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly nodes: readonly Forms.GraphNode[];
      readonly edges: readonly Forms.GraphEdge[];
      readonly clusters: readonly string[];
      readonly metadata: Forms.GraphMetadata;
      readonly analysis: {
        readonly links_across_families: number;
        readonly most_related: readonly {
          readonly pid: string;
          readonly label: string;
          readonly links: number;
          readonly monitors: number;
          readonly monitored_by: number;
        }[];
      };
    };
  };
  /** A report on a node: figures, what is wrong, supervisors, largest processes. */
  readonly generate_system_report: {
    readonly arguments: {
      /** Form of the answer. */
      readonly format?: "json" | "markdown" | "pdf";
      /** Read the node again before answering. */
      readonly fresh?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly node: string;
      readonly made_at: string;
      readonly otp_release: number;
      readonly elixir_version: string | null;
      readonly status: string;
      readonly overall_score: number;
      readonly processes: number;
      readonly memory_usage: Readonly<Record<string, Json>>;
      readonly limits: Readonly<Record<string, Json>>;
      readonly run_queue: number;
      readonly schedulers_online: number;
      readonly uptime_ms: number;
      readonly io: Readonly<Record<string, Json>>;
      readonly bottlenecks: readonly Json[];
      readonly bottlenecks_total: number;
      readonly supervisors: readonly Forms.Supervisor[];
      readonly heaviest_processes: readonly Json[];
    };
  };
  /** Keep a copy of the state of a process in the daemon's store. */
  readonly backup_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly backup: string;
      readonly pid: string;
      readonly name: string | null;
      readonly kind: Json;
      readonly module: string | null;
      readonly taken_at: string;
      readonly hash: Json;
      readonly form: Json;
      readonly bytes: number;
      readonly not_restorable: readonly Json[];
      readonly not_restorable_total: number;
    };
  };
  /** Put a backup back into a process; what it replaces is kept first. */
  readonly restore_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Id of the backup. */
      readonly backup: string;
      /** The hash that the state must still have. */
      readonly expected?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Readonly<Record<string, Json>>;
  };
  /** Compare the state of a process with that of another, a given one, or a backup. */
  readonly diff_genserver_states: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** A second process to compare with. */
      readonly other?: string;
      /** A state to compare with. */
      readonly state?: Json;
      /** Id of a backup to compare with. */
      readonly backup?: string;
      /** Differences that are shown. */
      readonly limit?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Readonly<Record<string, Json>>;
  };
  /** Keep the state of a process on the daemon's disk under a name. */
  readonly persist_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Name under which it is kept; one of that name is replaced. */
      readonly state_name: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly state_name: string;
      readonly pid: string;
      readonly name: string | null;
      readonly kind: Json;
      readonly module: string | null;
      readonly taken_at: string;
      readonly hash: Json;
      readonly form: Json;
      readonly bytes: number;
      readonly not_restorable: readonly Json[];
      readonly not_restorable_total: number;
    };
  };
  /** Show a state that was kept under a name, or put it into a process. */
  readonly load_process_state: {
    readonly arguments: {
      /** Name under which it is kept. */
      readonly state_name: string;
      /** A process that gets the state; without it the state is shown. */
      readonly pid?: string;
      /** The hash that the state must still have. */
      readonly expected?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Readonly<Record<string, Json>>;
  };
  /** Note the state of a process as one to come back to. */
  readonly checkpoint_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly checkpoint: string;
      readonly pid: string;
      readonly name: string | null;
      readonly kind: Json;
      readonly module: string | null;
      readonly taken_at: string;
      readonly hash: Json;
      readonly form: Json;
      readonly bytes: number;
      readonly not_restorable: readonly Json[];
      readonly not_restorable_total: number;
    };
  };
  /** Put a process back to a checkpoint; what it replaces is kept first. */
  readonly rollback_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Id of the checkpoint; the newest of the process without it. */
      readonly checkpoint?: string;
      /** The hash that the state must still have. */
      readonly expected?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Readonly<Record<string, Json>>;
  };
  /** Put a copy of the state into processes of other attached nodes. */
  readonly replicate_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Attached nodes that get it. */
      readonly to_nodes: readonly string[];
      /** Registered name of the process there; the same name without it. */
      readonly to?: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly process: string;
      readonly failed: number;
      readonly nodes: readonly {
        readonly node: string;
        readonly replaced: boolean;
        readonly result?: Readonly<Record<string, Json>>;
        readonly error?: {
          readonly code: string;
          readonly message: string;
        };
      }[];
    };
  };
  /** States that the daemon keeps. */
  readonly list_kept_states: {
    readonly arguments: {
      /** Which kind of states. */
      readonly kind?: "backup" | "checkpoint" | "persisted";
      /** Only states of this process, as it was named then. */
      readonly process?: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
    };
    readonly reply: readonly {
      readonly id: string;
      readonly kind: string;
      readonly node: string;
      readonly process: string;
      readonly taken_at: string;
      readonly bytes: number;
      readonly about: Readonly<Record<string, Json>>;
    }[];
  };
  /** Forget a state that the daemon keeps. */
  readonly remove_kept_state: {
    readonly arguments: {
      /** Which kind of state. */
      readonly kind: "backup" | "checkpoint" | "persisted";
      /** Its id, or its name. */
      readonly id: string;
    };
    readonly reply: null;
  };
  /** What process_info knows of a process: all keys, or some. */
  readonly get_process_info: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** What to read; all of them without it. */
      readonly keys?: readonly ("registered_name" | "initial_call" | "status" | "message_queue_len" | "message_queue_data" | "trap_exit" | "priority" | "group_leader" | "parent" | "heap_size" | "total_heap_size" | "stack_size" | "memory" | "reductions" | "min_heap_size" | "fullsweep_after" | "garbage_collection" | "current_function" | "current_location" | "links" | "monitors" | "monitored_by" | "error_handler" | "catchlevel" | "label" | "suspending" | "max_heap_size" | "async_dist" | "priority_messages")[];
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.ProcessInfo;
  };
  /** The process dictionary, with large values cut. */
  readonly get_process_dictionary: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly dictionary: Json;
      readonly dictionary_inspect: string;
      readonly total: number;
      readonly left_out: number;
      readonly hidden: boolean;
    };
  };
  /** Heap, stack, queue and binaries of a process. */
  readonly get_process_memory_info: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly memory: number;
      readonly heap_size: number;
      readonly total_heap_size: number;
      readonly stack_size: number;
      readonly message_queue_len: number;
      readonly message_queue_data: string;
      readonly word_bytes: number;
      readonly garbage_collection: Readonly<Record<string, Json>>;
      readonly heap: Readonly<Record<string, Json>>;
      readonly binaries: {
        readonly count: number;
        readonly bytes: number;
        readonly only_here: number;
        readonly largest: readonly {
          readonly bytes: number;
          readonly references: number;
        }[];
      } | null;
    };
  };
  /** Processes and ports that a process is linked to. */
  readonly get_process_links: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly links: readonly Forms.Related[];
      readonly total: number;
      readonly left_out: number;
      readonly processes: number;
      readonly ports: number;
    };
  };
  /** Whom a process monitors, and who monitors it. */
  readonly get_process_monitors: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly monitors: Forms.RelatedList;
      readonly monitored_by: Forms.RelatedList;
    };
  };
  /** Whether a process gets exit signals as messages. */
  readonly get_process_trap_exit: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly trap_exit: boolean;
    };
  };
  /** The names of a process, local and global. */
  readonly get_process_registered_name: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly registered_name: string | null;
      readonly global_names: readonly string[];
    };
  };
  /** The group leader of a process, and the application that it leads. */
  readonly get_process_group_leader: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly group_leader: Forms.Related;
      readonly application: string | null;
    };
  };
  /** Who started a process, and who started that one, up to the first. */
  readonly find_process_ancestors: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly ancestors: readonly Forms.Related[];
      readonly parents: readonly Forms.Related[];
      readonly complete: boolean;
    };
  };
  /** All processes that a process has started, and those that they have. */
  readonly find_process_descendants: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Descendants that are listed. */
      readonly limit?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly descendants: readonly {
        readonly pid: string;
        readonly name: string | null;
        readonly alive: boolean;
        readonly parent: string;
        readonly depth: number;
      }[];
      readonly total: number;
      readonly left_out: number;
      readonly depth: number;
    };
  };
  /** The links, monitors and parents around a process, as a graph. */
  readonly get_process_dependencies: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Steps from the process. */
      readonly depth?: number;
      /** Processes of the graph. */
      readonly limit?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly depth: number;
      readonly nodes: readonly {
        readonly pid: string;
        readonly name: string | null;
        readonly alive?: boolean;
        readonly node?: string;
        readonly depth: number;
      }[];
      readonly edges: readonly {
        readonly from: string;
        readonly to: string;
        readonly type: string;
      }[];
      readonly not_asked: number;
      readonly cut: number;
    };
  };
  /** What the node runs on: releases, limits, schedulers, time. */
  readonly get_system_info: {
    readonly arguments: {
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.SystemInfo;
  };
  /** How busy each scheduler is, measured for a while. */
  readonly get_scheduler_info: {
    readonly arguments: {
      /** How long the schedulers are measured; 0: not. */
      readonly sample_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly total: number;
      readonly online: number;
      readonly dirty_cpu: number;
      readonly dirty_cpu_online: number;
      readonly dirty_io: number;
      readonly sample_ms: number;
      readonly run_queue: number;
      readonly run_queues: readonly number[];
      readonly active_tasks: readonly number[];
      readonly context_switches: number;
      readonly bind_type: string;
      readonly utilisation: number | null;
      readonly each: readonly {
        readonly id: number;
        readonly type: string;
        readonly utilisation: number;
      }[];
    };
  };
  /** Memory of the node: by kind, by allocator, and the largest tables. */
  readonly get_memory_info: {
    readonly arguments: {
      /** Tables that are listed, the largest first. */
      readonly limit?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly memory: Readonly<Record<string, Json>>;
      readonly allocators: readonly {
        readonly name: string;
        readonly carriers_bytes: number;
        readonly blocks_bytes: number;
        readonly used: number;
      }[];
      readonly carriers_bytes: number;
      readonly blocks_bytes: number;
      readonly used: number;
      readonly tables: {
        readonly total: number;
        readonly bytes: number;
        readonly largest: readonly {
          readonly name: string;
          readonly bytes: number;
          readonly rows: number | null;
          readonly owner: string | null;
        }[];
      };
    };
  };
  /** Processes that wait for each other in a circle, and who waits for whom. */
  readonly find_process_cycles: {
    readonly arguments: {
      /** Processes to look at; all of the node without it. */
      readonly processes?: readonly string[];
      /** Cycles and waits that are listed. */
      readonly limit?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly cycles: readonly {
        readonly length: number;
        readonly processes: readonly Forms.Related[];
        readonly certain: boolean;
        readonly confirmed: boolean;
      }[];
      readonly cycles_total: number;
      readonly waits: readonly {
        readonly from: Forms.Related;
        readonly to: Forms.Related | null;
        readonly kind: string;
        readonly certain: boolean;
      }[];
      readonly total: number;
      readonly left_out: number;
      readonly examined: number;
    };
  };
  /** Processes without a name that nobody is linked to or monitors. */
  readonly get_isolated_processes: {
    readonly arguments: {
      /** Processes that are listed. */
      readonly limit?: number;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly processes: readonly {
        readonly pid: string;
        readonly alive: boolean;
        readonly orphan: boolean;
        readonly parent?: string | null;
        readonly initial_call?: string;
        readonly message_queue_len?: number;
        readonly memory?: number;
        readonly status?: string;
        readonly reductions?: number;
        readonly trap_exit?: boolean;
      }[];
      readonly total: number;
      readonly left_out: number;
      readonly skipped: number;
      readonly candidates: number;
      readonly orphans: number;
    };
  };
  /** The state of a process with the hash by which a change can tell that it is still the same. */
  readonly get_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly kind: string;
      readonly module: string | null;
      readonly status: string;
      readonly state: Json;
      readonly state_inspect: string;
      readonly hash: string | null;
      readonly handlers?: readonly {
        readonly handler: string;
        readonly id: string;
        readonly hash: string | null;
      }[];
      readonly form: string;
      readonly bytes: number;
      readonly changing: boolean;
    };
  };
  /** Replace the state of a process. */
  readonly set_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The new state; of a gen_statem {StateName, Data}. */
      readonly state: Json;
      /** The hash that the state must still have, as get_genserver_state gave it. */
      readonly expected?: string;
      /** Of a gen_event with several handlers: the module of the one meant. */
      readonly handler?: string;
      /** The id of that handler, if it has one. */
      readonly handler_id?: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StateChange;
  };
  /** Change a part of the state by its path, or the whole by a function. */
  readonly update_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** A list: keys of maps, structs and keyword lists, and indexes of tuples and lists from 0. */
      readonly path?: Json;
      /** What is put there. */
      readonly value?: Json;
      /** What is done at the path. */
      readonly action?: "put" | "delete";
      /** Let `put` add a key that a map or keyword list does not have. */
      readonly create?: boolean;
      /** Instead of a path: an Erlang fun of the state as text, fun(State) -> … end. */
      readonly function?: string;
      /** Run `function` inside the process; needs manage:code. */
      readonly allow_code?: boolean;
      /** The hash that the state must still have, as get_genserver_state gave it. */
      readonly expected?: string;
      /** Of a gen_event with several handlers: the module of the one meant. */
      readonly handler?: string;
      /** The id of that handler, if it has one. */
      readonly handler_id?: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StateChange;
  };
  /** Compare the state with the shape that it should have. */
  readonly validate_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** A type by name, or a map of keys and shapes; see docs/states.md. */
      readonly shape: Json;
      /** Of a gen_event with several handlers: the module of the one meant. */
      readonly handler?: string;
      /** The id of that handler, if it has one. */
      readonly handler_id?: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly valid: boolean;
      readonly problems: readonly {
        readonly path: Json;
        readonly path_inspect: string;
        readonly expected: string;
        readonly found: string;
      }[];
      readonly total: number;
      readonly left_out: number;
      readonly hash: string;
      readonly form: string;
    };
  };
  /** How small the state would be compressed; collects the garbage. */
  readonly compress_genserver_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly pid: string;
      readonly name: string | null;
      readonly kind: string;
      readonly hash: string;
      readonly bytes: number;
      readonly compressed_bytes: number;
      readonly before: {
        readonly memory: number;
        readonly heap_bytes: number;
      };
      readonly after: {
        readonly memory: number;
        readonly heap_bytes: number;
      };
      readonly collected: boolean;
      readonly stored_compressed: boolean;
      readonly dry_run: boolean;
      readonly note: string;
      readonly closest: string;
    };
  };
  /** Bring the state into the form of another version of its module. */
  readonly migrate_process_state: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** A map with rename, drop and add, or with tuple; see docs/states.md. */
      readonly mapping: Json;
      /** The part that is migrated, if not the whole: keys of maps, structs and keyword lists, and indexes of tuples and lists from 0. */
      readonly path?: Json;
      /** The hash that the state must still have, as get_genserver_state gave it. */
      readonly expected?: string;
      /** Of a gen_event with several handlers: the module of the one meant. */
      readonly handler?: string;
      /** The id of that handler, if it has one. */
      readonly handler_id?: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: Forms.StateChange;
  };
  /** Give a process a name on its node. */
  readonly register_process: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The name. */
      readonly name: string;
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: string;
      readonly pid: string;
      readonly registered: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** Take a name away from its process. */
  readonly unregister_process: {
    readonly arguments: {
      /** The name. */
      readonly name: string;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: string;
      readonly pid?: string;
      readonly port?: string;
      readonly alive?: boolean;
      readonly unregistered: boolean;
      readonly owner_now?: string | null;
      readonly dry_run?: boolean;
    };
  };
  /** Who has a name on the node. */
  readonly whereis_process: {
    readonly arguments: {
      /** The name. */
      readonly name: string;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: string;
      readonly pid: string | null;
      readonly port?: string;
      readonly registered: boolean;
    };
  };
  /** All names of the node, in order. */
  readonly registered_names: {
    readonly arguments: {
      /** Only names that begin so. */
      readonly prefix?: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly names: readonly {
        readonly name: string;
        readonly pid: string | null;
        readonly port?: string;
      }[];
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
    };
  };
  /** Give a process a name on all connected nodes. */
  readonly register_process_globally: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** The name: any term. */
      readonly name: Json;
      /** What happens to two processes of one name when networks meet. */
      readonly resolve?: "random_exit_name" | "random_notify_name" | "notify_all_name";
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: Json;
      readonly name_inspect: string;
      readonly pid: string;
      readonly resolve: string;
      readonly nodes: readonly string[];
      readonly registered: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** Take a global name away. */
  readonly unregister_process_globally: {
    readonly arguments: {
      /** The name: any term. */
      readonly name: Json;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: Json;
      readonly name_inspect: string;
      readonly pid: string;
      readonly alive?: boolean;
      readonly node?: string;
      readonly unregistered: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** Who has a global name. */
  readonly global_whereis_name: {
    readonly arguments: {
      /** The name: any term. */
      readonly name: Json;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly name: Json;
      readonly name_inspect: string;
      readonly pid: string | null;
      readonly alive?: boolean;
      readonly node?: string;
      readonly registered: boolean;
    };
  };
  /** All global names that the node knows. */
  readonly list_global_names: {
    readonly arguments: {
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly names: readonly {
        readonly name: Json;
        readonly name_inspect: string;
        readonly pid: string | null;
      }[];
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
    };
  };
  /** Begin a process group with its first members. */
  readonly create_process_group: {
    readonly arguments: {
      /** Name of the group: any term, as text in the syntax that `format` names. */
      readonly group: Json;
      /** Its first members. */
      readonly processes?: readonly string[];
      /** Scope of the groups; pg without it. */
      readonly scope?: string;
      /** Start the scope if it does not run; it stays when Whitebeam leaves. */
      readonly start?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly scope: string;
      readonly starts_scope?: boolean;
      readonly group: Json;
      readonly group_inspect: string;
      readonly members: number;
      readonly local: number;
      readonly joined: readonly string[];
      readonly times: number;
      readonly dry_run?: boolean;
    };
  };
  /** Put a process into a group. */
  readonly join_process_group: {
    readonly arguments: {
      /** Name of the group: any term, as text in the syntax that `format` names. */
      readonly group: Json;
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Scope of the groups; pg without it. */
      readonly scope?: string;
      /** Start the scope if it does not run; it stays when Whitebeam leaves. */
      readonly start?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly scope: string;
      readonly starts_scope?: boolean;
      readonly group: Json;
      readonly group_inspect: string;
      readonly members: number;
      readonly local: number;
      readonly joined: readonly string[];
      readonly times: number;
      readonly dry_run?: boolean;
    };
  };
  /** Take a process out of a group. */
  readonly leave_process_group: {
    readonly arguments: {
      /** Name of the group: any term, as text in the syntax that `format` names. */
      readonly group: Json;
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** Scope of the groups; pg without it. */
      readonly scope?: string;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly scope: string;
      readonly group: Json;
      readonly group_inspect: string;
      readonly members: number;
      readonly local: number;
      readonly left: string;
      readonly times: number;
      readonly dry_run?: boolean;
    };
  };
  /** All groups of the scopes that run, or the members of one. */
  readonly list_process_groups: {
    readonly arguments: {
      /** Only groups of this scope. */
      readonly scope?: string;
      /** The members of this group instead. */
      readonly group?: Json;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly scopes?: readonly string[];
      readonly groups?: readonly {
        readonly scope: string;
        readonly group: Json;
        readonly group_inspect: string;
        readonly members: number;
        readonly local: number;
      }[];
      readonly scope?: string;
      readonly group?: Json;
      readonly group_inspect?: string;
      readonly members?: number;
      readonly local?: number;
      readonly processes?: readonly Forms.Related[];
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
    };
  };
  /** Send a message to every member of a group. */
  readonly broadcast_to_group: {
    readonly arguments: {
      /** Name of the group: any term, as text in the syntax that `format` names. */
      readonly group: Json;
      /** What each member is sent. */
      readonly message: Json;
      /** Scope of the groups; pg without it. */
      readonly scope?: string;
      /** Only members on this node. */
      readonly local?: boolean;
      /** Also to processes that provably cannot understand it. */
      readonly force_send?: boolean;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly scope: string;
      readonly group: Json;
      readonly group_inspect: string;
      readonly members: number;
      readonly local: number;
      readonly sent: readonly string[];
      readonly sent_count: number;
      readonly refused: readonly {
        readonly pid: string;
        readonly code: string;
        readonly why: string;
      }[];
      readonly refused_count: number;
      readonly total: number;
      readonly dry_run: boolean;
    };
  };
  /** Register a process together with metadata. */
  readonly register_process_with_metadata: {
    readonly arguments: {
      /** #PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name. */
      readonly pid: string;
      /** A name of the node; its metadata are kept by the daemon. */
      readonly name?: string;
      /** Name of an Elixir Registry. */
      readonly registry?: string;
      /** Key of an entry of that Registry. */
      readonly key?: Json;
      /** Any term; a map can be searched by its parts. */
      readonly metadata: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly registry?: string;
      readonly key?: Json;
      readonly key_inspect?: string;
      readonly name?: string;
      readonly pid: string;
      readonly registered: boolean;
      readonly kept_in: string;
      readonly metadata?: Json;
      readonly metadata_inspect?: string;
      readonly dry_run?: boolean;
    };
  };
  /** Change the metadata of an entry or a name. */
  readonly update_process_metadata: {
    readonly arguments: {
      /** A name of the node that was registered with metadata. */
      readonly name?: string;
      /** Name of an Elixir Registry. */
      readonly registry?: string;
      /** Key of an entry of that Registry. */
      readonly key?: Json;
      /** The new metadata. */
      readonly metadata: Json;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Make atoms that the node does not know yet; needs create:atoms. */
      readonly create_atoms?: boolean;
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly registry?: string;
      readonly key?: Json;
      readonly key_inspect?: string;
      readonly name?: string;
      readonly pid: string | null;
      readonly old?: Json;
      readonly old_inspect?: string;
      readonly new?: Json;
      readonly new_inspect?: string;
      readonly metadata?: Json;
      readonly metadata_inspect?: string;
      readonly updated: boolean;
      readonly kept_in: string;
      readonly dry_run?: boolean;
    };
  };
  /** Remove what a process has under a key of a Registry. */
  readonly remove_registry_entry: {
    readonly arguments: {
      /** Name of an Elixir Registry. */
      readonly registry: string;
      /** Key of the entry. */
      readonly key: Json;
      /** The process whose entry it is. */
      readonly pid: string;
      /** How long an answer may take. */
      readonly timeout_ms?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** Check everything, say what would happen, and do nothing. */
      readonly dry_run?: boolean;
      /** Also processes of the runtime system; needs force:system. */
      readonly force?: boolean;
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly registry: string;
      readonly key: Json;
      readonly key_inspect: string;
      readonly pid: string;
      readonly entries: number;
      readonly removed: boolean;
      readonly dry_run?: boolean;
    };
  };
  /** Processes by their metadata. */
  readonly search_registry_by_metadata: {
    readonly arguments: {
      /** A value, or a map of which an entry must have all keys and values. */
      readonly metadata: Json;
      /** Only this Registry, and nothing that the daemon keeps. */
      readonly registry?: string;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly searched: readonly string[];
      readonly wanted: Json;
      readonly wanted_inspect: string;
      readonly entries: readonly {
        readonly registry: string;
        readonly key: Json;
        readonly key_inspect: string;
        readonly pid: string;
        readonly value: Json;
        readonly value_inspect?: string;
      }[];
      readonly page: number;
      readonly per_page: number;
      readonly total: number;
      readonly kept: readonly {
        readonly name: string;
        readonly pid: string;
        readonly registered: boolean;
        readonly metadata: Json;
        readonly metadata_inspect: string;
      }[];
      readonly kept_total: number;
      readonly kept_unread: number;
    };
  };
  /** All registries of a node, or the entries of one. */
  readonly list_registry_contents: {
    readonly arguments: {
      /** The entries of this Registry; without it all there is, in numbers. */
      readonly registry?: string;
      /** Key of an entry of that Registry. */
      readonly key?: Json;
      /** Page number. */
      readonly page?: number;
      /** Rows on a page. */
      readonly per_page?: number;
      /** Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON. */
      readonly format?: "term" | "erlang" | "json";
      /** The attached node; needed only when several are attached. */
      readonly node?: string;
    };
    readonly reply: {
      readonly local?: {
        readonly names: number;
      };
      readonly global?: {
        readonly names: number;
      };
      readonly groups?: readonly {
        readonly scope: string;
        readonly groups: number;
      }[];
      readonly registries?: readonly {
        readonly registry: string;
        readonly keys: string;
        readonly entries: number;
        readonly pid: string;
      }[];
      readonly registry?: string;
      readonly keys?: string;
      readonly meta?: readonly {
        readonly key: Json;
        readonly key_inspect: string;
        readonly value: Json;
        readonly value_inspect?: string;
      }[] | null;
      readonly entries?: readonly {
        readonly key: Json;
        readonly key_inspect: string;
        readonly pid: string;
        readonly value: Json;
        readonly value_inspect?: string;
      }[];
      readonly page?: number;
      readonly per_page?: number;
      readonly total?: number;
    };
  };
}

export type OperationName = keyof Operations;
export type Arguments<N extends OperationName> = Operations[N]["arguments"];
export type Reply<N extends OperationName> = Operations[N]["reply"];
