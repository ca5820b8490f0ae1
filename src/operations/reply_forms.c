// Forms of answers that have a name, because several operations give them or they contain
// themselves.
#include "operations/reply.h"

// clang-format off
const struct reply_form reply_forms[] = {
        // What stands around `data`.
        {"meta", "{node?: text, as_of?: time?, complete?: bool, recording?: text}"},
        {"list_meta",
         "{total: int, page: int, per_page: int, total_pages: int, has_next: bool, has_prev: bool, "
         "filters_applied: [text], links: {first: text?, prev: text?, next: text?, last: text?}, "
         "node?: text, as_of?: time?, complete?: bool}"},
        {"explanation",
         "{operation: text, summary: text, concept: text?, functions: [text], honest: text?, "
         "next: [text]}"},
        {"error_body",
         "{code: text, message: text, details: object, timestamp: time, request_id: text}"},
        {"problem",
         "{type: text, title: text, status: int, detail: text, code: text, details: object, "
         "timestamp: time, request_id: text}"},
        {"impact",
         "{cpu_percent_of_a_scheduler: number, bytes_per_second: number, interval_ms: int, sweeps: int, "
         "last_sweep_ms: number, bytes_received: int, bytes_sent: int, idle: bool}"},
        {"node",
         "{name: text, state: text, attached_at: time?, otp_release?: int, erts_version?: text, "
         "elixir_version?: text?, os_pid?: text, schedulers_online?: int, started_at?: time, "
         "processes?: int, processes_identified?: int, as_of?: time, impact?: impact, "
         "lost?: {code: text, message: text, retry_at: time?}}"},
        {"process",
         "{pid: pid, name: text?, label: text?, type: text?, behavior: text?, module: text?, "
         "initial_call: text?, current_function: text?, application: text?, supervised: bool, "
         "supervisor_pid: pid?, status: text, memory: int, memory_is_lower_bound?: bool, "
         "message_queue_len: int, reductions: int}"},
        {"frame", "{function: text?, file?: text?, line?: int?}"},
        {"process_details",
         "{pid: pid, name: text?, label: text?, alive: bool, type?: text?, behavior?: text?, "
         "module?: text?, application?: text?, supervised?: bool, supervisor_pid?: pid?, uptime_ms?: int, "
         "uptime_is_lower_bound?: bool, performance: {memory: int?, total_heap_size: int?, "
         "heap_size: int?, stack_size: int?, reductions: int?, message_queue_len: int?, status: text, "
         "current_function: text?, initial_call: text?, memory_unread?: bool}, "
         "configuration: {trap_exit: bool, priority: text, message_queue_data: text, "
         "min_heap_size: int?, min_bin_vheap_size: int?, fullsweep_after: int?}, links?: [text]?, monitors?: [any]?, monitored_by?: [text]?, dictionary?: "
         "[{key: any, value: any, inspect: text}]?, dictionary_is_too_large?: bool, "
         "stack_trace?: [frame]?, state?: any, state_inspect?: text, sys_state?: text, "
         "state_error?: {code: text, message: text}}"},
        {"process_state",
         "{pid: pid, behavior: text?, sys_module: text, state: any, state_inspect: text, "
         "sys_state: text}"},
        {"exit_result",
         "{pid: pid, reason: text, sent: bool, dry_run: bool, alive: bool, exit_reason: text?}"},
        {"ended_process",
         "{pid: pid, signal?: text, method?: text, ended?: bool?, killed?: bool, why?: text, reason?: text, supervisor?: pid?, child?: text?, restart?: text, restarted_as?: pid?, "
         "restart_known?: bool, supervisor_ended?: pid, delay_ms?: int, lease?: int, dry_run?: bool}"},
        {"ended_tree",
         "{pid: pid, total: int, processes: [{pid: pid, name: text?, by: text, supervisor: pid?, child?: text?, "
         "restart?: text, ended?: bool, reason?: text}], left_out: [{pid: pid, why: text}], ended?: int, "
         "alive?: [pid], dry_run?: bool}"},
        {"started_process",
         "{pid?: pid, owner?: pid, linked?: bool, monitored?: bool, alive?: bool, reason?: text, "
         "answer?: text, lease?: int, function: text, dry_run?: bool}"},
        {"suspension",
         "{pid: pid, mode: text, ends_in_ms: int, suspended: bool, status?: text?, lease?: int, "
         "dry_run?: bool}"},
        {"resumption",
         "{pid: pid, resumed: [text], suspended?: bool, status?: text?, dry_run?: bool}"},
        {"scheduling",
         "{pid: pid, before: int, scheduler: int?, pinned: bool, was_pinned?: bool, dry_run?: bool}"},
        {"heap_size",
         "{memory: int, total_heap_words: int, heap_words: int, stack_words: int, "
         "minor_collections: int}"},
        {"collection",
         "{pid: pid, type: text, before: heap_size, after?: heap_size, freed_bytes?: int, "
         "dry_run?: bool}"},
        {"sent_message",
         "{pid: pid, behaviour: text, module: text?, understood: text, message: text, sent: bool, ended?: bool, "
         "queue_length?: int?, reason?: text, supervisor?: pid?, child?: text?, restart?: text, restarted_as?: pid?, "
         "restart_known?: bool, supervisor_ended?: pid, delay_ms?: int, lease?: int, dry_run?: bool}"},
        {"called_process",
         "{pid: pid, behaviour: text, module: text?, reply?: term, reply_inspect?: text, duration_us?: int, "
         "dry_run?: bool}"},
        {"messaged_process",
         "{pid: pid, behaviour: text, module: text?, understood?: text, message?: text, sent?: bool, "
         "reply?: term, reply_inspect?: text, duration_us?: int, ended?: bool, queue_length?: int?, reason?: text, supervisor?: pid?, child?: text?, restart?: text, restarted_as?: pid?, "
         "restart_known?: bool, supervisor_ended?: pid, delay_ms?: int, lease?: int, dry_run?: bool}"},
        {"mailbox_message",
         "{index: int, kind: text, shape: text, type: text, bytes: int, caller: pid?, message: term, "
         "message_inspect: text, cut: bool}"},
        {"mailbox_size",
         "{pid: pid, length: int, stored: text, memory: int, status: text}"},
        {"child",
         "{id: text?, pid: pid?, type: text, module: text?, alive: bool, state?: text, "
         "restart_type: text?, shutdown: any, significant: bool, restarting?: bool, "
         "strategy?: text?, name?: text?, path?: text, children?: [child]}"},
        {"supervisor",
         "{name: text, path: text, pid: pid, type: text, module: text?, application: text?, "
         "strategy: text?, alive: bool, answers: bool, health_status: text?, child_count: int?, "
         "active_children: int?, restart_count: int?, last_restart: time?, uptime_ms: int, "
         "uptime_is_lower_bound: bool, memory_usage: int, memory_is_lower_bound: bool, "
         "max_restarts: int?, max_seconds: int?, restarts_used: int?, budget_frees_in_s: int?, "
         "children?: [child], analytics?: any, performance?: supervisor_performance}"},
        {"supervisor_performance",
         "{memory_usage: int, reductions: int, message_queue_len: int, heap_size: int, status: text}"},
        {"supervisor_details",
         "{name: text, path: text, pid: pid, type: text, module: text?, application: text?, "
         "strategy: text?, alive: bool, answers: bool, health_status: text?, child_count: int?, "
         "active_children: int?, restart_count: int?, last_restart: time?, uptime_ms: int, "
         "uptime_is_lower_bound: bool, memory_usage: int, memory_is_lower_bound: bool, "
         "max_restarts: int?, max_seconds: int?, restarts_used: int?, budget_frees_in_s: int?, "
         "performance: supervisor_performance, configuration: {strategy: text?, max_restarts: int?, "
         "max_seconds: int?, restart_intensity: number?, auto_shutdown: text?}, counts: {specs: int?, "
         "active: int?, supervisors: int?, workers: int?}, read_at: time?, children?: [child], "
         "supervision_tree?: tree, analytics?: any, history?: any}"},
        // What operations on supervisors share.
        {"restart_budget",
         "{max_restarts: int, max_seconds: int, used: int, left: int, frees_in_s: int?}"},
        {"flag_values", "{strategy: text, intensity: int, period: int, auto_shutdown: text?}"},
        {"child_start", "{module: text, function: text, arity: int?}"},
        {"child_row",
         "{id: text?, pid: pid?, type: text, modules: any, state?: text, restart?: text, "
         "significant?: bool, shutdown?: any, start?: child_start}"},
        {"restarted_child", "{id: text?, old_pid: pid?, new_pid: pid?, exit_reason: text?}"},
        {"ended_family",
         "{processes: [{pid: pid, id: text?, supervisor: pid?}], total: int, left_out: int, "
         "unread_supervisors: int}"},
        {"supervisor_end",
         "{above: [{pid: pid, name: text?, budget: restart_budget, action: text}], "
         "application: text?, node_ends: bool, ends_at?: pid}"},
        {"child_death",
         "{id?: text?, pid?: pid?, restart?: text, happens: text, why: text, ended: [text?], "
         "started: [text?], forgotten: [text?], ended_count: int, restarts_left: int}"},
        {"kill",
         "{n?: int, id: text?, pid: pid, signal?: text, exit_reason?: text?, new_pid?: pid?, "
         "recovered_ms?: int?, others_restarted?: [{id: text?, old_pid: pid, new_pid: pid?}], "
         "others_restarted_count?: int, supervisor_alive?: bool, children_ended?: int, "
         "children_left?: [pid], predicted?: child_death, ends?: ended_family}"},
        {"graph_node",
         "{id: text, label: text, type: text, parent: text?, cluster: text?, note: text?}"},
        {"graph_edge", "{from: text, to: text, type: text}"},
        {"graph_metadata",
         "{nodes: int, supervises: int, links: int, monitors: int, left_out: int, not_asked: int, "
         "relations_cut: int}"},
        {"tree",
         "{format?: text, nodes?: [graph_node], edges?: [graph_edge], clusters?: [text], "
         "mermaid?: text, left_out?: int, root?: {name: text, pid: pid, type: text, strategy: text?, module: text?, alive: bool, "
         "path?: text, children: [child]}, metadata?: {total_nodes: int, depth: int, "
         "supervisor_count: int, worker_count: int, supervisors_cut_at_depth: int}}"},
        {"system_health",
         "{status: text, overall_score: number, metrics: {total_processes: int, "
         "total_supervisors: int, memory_usage: {total: int, processes: int, processes_used: int, "
         "system: int, atom: int, atom_used: int, binary: int, code: int, ets: int}, "
         "supervision_health: number, process_health: number, performance_score: number, "
         "limits: {process_limit: int, ports: int, port_limit: int, atoms: int, atom_limit: int, "
         "ets_tables: int, ets_limit: int}, run_queue: int, schedulers_online: int, uptime_ms: int, "
         "io: {input_bytes: int, output_bytes: int}}, warnings: [{type: text, severity: text, "
         "pid?: pid, name?: text?, message: text, value?: int}], timestamp: time}"},
        {"related",
         "{pid?: pid?, name?: text?, alive?: bool, node?: text, port?: text, other?: text, runtime?: bool}"},
        {"related_list", "{entries: [related], total: int, left_out: int}"},
        {"process_info",
         "{pid: pid, unsupported: [text], registered_name?: text?, initial_call?: text?, status?: text, "
         "message_queue_len?: int, message_queue_data?: text, trap_exit?: bool, priority?: text, "
         "group_leader?: related, parent?: related?, heap_size?: int, total_heap_size?: int, "
         "stack_size?: int, memory?: int, reductions?: int, min_heap_size?: int, fullsweep_after?: int, "
         "garbage_collection?: object, current_function?: text?, current_location?: frame?, "
         "links?: related_list, monitors?: related_list, monitored_by?: related_list, "
         "error_handler?: text?, catchlevel?: int, label?: any, label_inspect?: text, "
         "suspending?: {entries: [{pid: pid, times: int}], total: int, left_out: int}, "
         "max_heap_size?: object, async_dist?: bool, priority_messages?: bool}"},
        {"system_info",
         "{node: text, connected_nodes: int, hidden_nodes: int, otp_release: text, erts_version: text, "
         "elixir_version: text?, kernel_version: text?, stdlib_version: text?, emulator: text?, "
         "emulator_type: text?, architecture: text, operating_system: {family: text, name: text, "
         "version: text}, os_pid: text, word_bytes: int, schedulers: {total: int, online: int, "
         "dirty_cpu: int, dirty_cpu_online: int, dirty_io: int}, async_threads: int, "
         "dist_buf_busy_limit: int, code_mode: text, modules_loaded: int, applications_running: int, "
         "time: {now: time, offset: text, correction: bool, warp_mode: text}, atoms: int, atom_limit: int, "
         "ets: int, ets_limit: int, ports: int, port_limit: int, processes: int, process_limit: int, "
         "uptime_ms: int}"},
        {"state_change",
         "{pid: pid, kind: text, replaced: bool, dry_run?: bool, old_hash: text, new_hash: text, "
         "hash: text?, changed_since?: bool?, read_back?: text, old_form: text, new_form: text, "
         "same_form: bool, path?: any, path_inspect?: text, old?: any, old_inspect?: text, new?: any, "
         "new_inspect?: text}"},
        {"audit_record",
         "{id: int, at: time, phase: text, request_id: text, actor: text, operation: text, node: text, "
         "target: text, arguments: object?, status: int?, outcome: text?, hash: text}"},
        {"operation",
         "{name: text, group: text?, summary: text, routes: [{method: text, path: text}], "
         "arguments: [{name: text, type: text, required: bool, default: text?, choices: [text], "
         "minimum: int?, maximum: int?, summary: text}], permission: text?, rate_class: text, "
         "effect: text, teaches: text?, functions: [text], honest: text?, next: [text], reply: text}"},
        {NULL, NULL},
};
// clang-format on
