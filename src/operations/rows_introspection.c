// One process and what stands around it, and the runtime system of a node, as the node itself says.
#include "operations/rows.h"

#define GROUP "System Introspection"

// The keys that agent/src/whitebeam_info.erl knows.
#define KEYS                                                                                       \
    "registered_name|initial_call|status|message_queue_len|message_queue_data|trap_exit|"          \
    "priority|group_leader|parent|heap_size|total_heap_size|stack_size|memory|reductions|"         \
    "min_heap_size|fullsweep_after|garbage_collection|current_function|current_location|links|"    \
    "monitors|monitored_by|error_handler|catchlevel|label|suspending|max_heap_size|async_dist|"    \
    "priority_messages"

// Looks at all processes, with pauses: 2 s for 100 000.
#define SWEEP TIMEOUT("5000", 20000)

static const struct argument pid_arguments[] = {PID, NODE, END};

static const struct argument info_arguments[] = {
        PID,
        CHOICES("keys", KEYS, "What to read; all of them without it."),
        NODE,
        END,
};

static const struct argument descendants_arguments[] = {
        PID,
        INTEGER("limit", "1000", 1, 10000, "Descendants that are listed."),
        SWEEP,
        NODE,
        END,
};

static const struct argument dependencies_arguments[] = {
        PID,
        INTEGER("depth", "1", 1, 5, "Steps from the process."),
        INTEGER("limit", "200", 1, 2000, "Processes of the graph."),
        NODE,
        END,
};

static const struct argument node_arguments[] = {NODE, END};

static const struct argument schedulers_arguments[] = {
        INTEGER("sample_ms", "1000", 0, 10000, "How long the schedulers are measured; 0: not."),
        NODE,
        END,
};

static const struct argument memory_arguments[] = {
        INTEGER("limit", "10", 1, 1000, "Tables that are listed, the largest first."),
        NODE,
        END,
};

static const struct argument cycles_arguments[] = {
        PROCESSES("processes", "Processes to look at; all of the node without it."),
        INTEGER("limit", "100", 1, 10000, "Cycles and waits that are listed."),
        SWEEP,
        NODE,
        END,
};

static const struct argument isolated_arguments[] = {
        INTEGER("limit", "100", 1, 10000, "Processes that are listed."),
        SWEEP,
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "get_process_info",
                .group = GROUP,
                .summary = "What process_info knows of a process: all keys, or some.",
                .routes = {{"GET", "/api/v1/processes/{pid}/info"}},
                .arguments = info_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "process_info",
                .teaches = "Some keys of process_info/2 are read without the process; others are "
                           "a signal that it must handle.",
                .functions = "erlang:process_info/2",
                .honest = "Messages and the dictionary are not among the keys: they have "
                          "operations of their own, with limits.",
                .next = "get_process|get_process_links|get_process_memory_info",
                .run = run_on_node},
        {.name = "get_process_dictionary",
                .group = GROUP,
                .summary = "The process dictionary, with large values cut.",
                .routes = {{"GET", "/api/v1/processes/{pid}/dictionary"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, dictionary: any, dictionary_inspect: text, total: int, "
                         "left_out: int, hidden: bool}",
                .teaches = "The process dictionary is state that no function argument shows.",
                .functions = "erlang:process_info/2, erlang:get/0",
                .next = "get_process_info",
                .run = run_on_node},
        {.name = "get_process_memory_info",
                .group = GROUP,
                .summary = "Heap, stack, queue and binaries of a process.",
                .routes = {{"GET", "/api/v1/processes/{pid}/memory"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, memory: int, heap_size: int, total_heap_size: int, "
                         "stack_size: int, message_queue_len: int, message_queue_data: text, "
                         "word_bytes: int, garbage_collection: object, heap: object, binaries: "
                         "{count: int, bytes: int, only_here: int, largest: [{bytes: int, "
                         "references: int}]}?}",
                .teaches = "Binaries over 64 bytes are shared and counted; they live as long as "
                           "the last process that has not collected its garbage.",
                .functions = "erlang:process_info/2",
                .next = "garbage_collect_process|get_memory_info",
                .run = run_on_node},
        {.name = "get_process_links",
                .group = GROUP,
                .summary = "Processes and ports that a process is linked to.",
                .routes = {{"GET", "/api/v1/processes/{pid}/links"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, links: [related], total: int, left_out: int, "
                         "processes: int, ports: int}",
                .teaches = "A link is symmetric: when one of two ends abnormally, so does the "
                           "other, unless it traps exits.",
                .functions = "erlang:process_info/2, erlang:link/1",
                .next = "get_process_monitors|get_process_trap_exit|get_process_dependencies",
                .run = run_on_node},
        {.name = "get_process_monitors",
                .group = GROUP,
                .summary = "Whom a process monitors, and who monitors it.",
                .routes = {{"GET", "/api/v1/processes/{pid}/monitors"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, monitors: related_list, monitored_by: related_list}",
                .teaches = "A monitor tells one process of the end of another, and ends nobody.",
                .functions = "erlang:process_info/2, erlang:monitor/2",
                .next = "get_process_links|get_process_dependencies",
                .run = run_on_node},
        {.name = "get_process_trap_exit",
                .group = GROUP,
                .summary = "Whether a process gets exit signals as messages.",
                .routes = {{"GET", "/api/v1/processes/{pid}/trap_exit"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, trap_exit: bool}",
                .teaches = "Supervisors trap exits; that is how they hear of their children.",
                .functions = "erlang:process_info/2, erlang:process_flag/2",
                .next = "get_process_links",
                .run = run_on_node},
        {.name = "get_process_registered_name",
                .group = GROUP,
                .summary = "The names of a process, local and global.",
                .routes = {{"GET", "/api/v1/processes/{pid}/registered_name"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, registered_name: text?, global_names: [text]}",
                .teaches = "A process has at most one registered name.",
                .functions = "erlang:process_info/2, global:whereis_name/1",
                .next = "whereis_process|register_process",
                .run = run_on_node},
        {.name = "get_process_group_leader",
                .group = GROUP,
                .summary = "The group leader of a process, and the application that it leads.",
                .routes = {{"GET", "/api/v1/processes/{pid}/group_leader"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, group_leader: related, application: text?}",
                .teaches = "The group leader does the output of a process, and tells which "
                           "application it belongs to.",
                .functions = "erlang:group_leader/0, application:get_application/1",
                .next = "list_application_processes",
                .run = run_on_node},
        {.name = "find_process_ancestors",
                .group = GROUP,
                .summary = "Who started a process, and who started that one, up to the first.",
                .routes = {{"GET", "/api/v1/processes/{pid}/ancestors"}},
                .arguments = pid_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, ancestors: [related], parents: [related], complete: bool}",
                .teaches = "proc_lib notes the ancestors of what it starts in $ancestors.",
                .functions = "proc_lib:spawn_link/3, erlang:process_info/2",
                .honest = "The chain of parents ends where one has gone.",
                .next = "find_process_descendants",
                .run = run_on_node},
        {.name = "find_process_descendants",
                .group = GROUP,
                .summary = "All processes that a process has started, and those that they have.",
                .routes = {{"GET", "/api/v1/processes/{pid}/descendants"}},
                .arguments = descendants_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .rate = RATE_HEAVY,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, descendants: [{pid: pid, name: text?, alive: bool, parent: "
                         "pid, depth: int}], total: int, left_out: int, depth: int}",
                .teaches = "A process knows its parent; nothing knows all its children.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .honest = "What was started by a process that has ended since is not found.",
                .next = "find_process_ancestors|build_process_tree",
                .run = run_on_node},
        {.name = "get_process_dependencies",
                .group = GROUP,
                .summary = "The links, monitors and parents around a process, as a graph.",
                .routes = {{"GET", "/api/v1/processes/{pid}/dependencies"}},
                .arguments = dependencies_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, depth: int, nodes: [{pid: pid, name: text?, alive?: bool, "
                         "node?: text, depth: int}], edges: [{from: pid, to: pid, type: text}], "
                         "not_asked: int, cut: int}",
                .teaches = "What ends with a process is decided by links, and what learns of it "
                           "by monitors.",
                .functions = "erlang:process_info/2",
                .honest = "Dependencies in the code that have no link or monitor are not seen: "
                          "a name that is called is none.",
                .next = "analyze_process_relationships|get_process_links",
                .run = run_on_node},
        {.name = "get_system_info",
                .group = GROUP,
                .summary = "What the node runs on: releases, limits, schedulers, time.",
                .routes = {{"GET", "/api/v1/system/info"}},
                .arguments = node_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .effect = EFFECT_READ,
                .reply = "system_info",
                .teaches = "Processes, ports, atoms and tables have limits; reaching that of "
                           "atoms or processes ends the node or what it does.",
                .functions = "erlang:system_info/1",
                .next = "get_system_health|get_scheduler_info|get_memory_info",
                .run = run_on_node},
        {.name = "get_scheduler_info",
                .group = GROUP,
                .summary = "How busy each scheduler is, measured for a while.",
                .routes = {{"GET", "/api/v1/system/schedulers"}},
                .arguments = schedulers_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .rate = RATE_HEAVY,
                .effect = EFFECT_READ,
                .reply = "{total: int, online: int, dirty_cpu: int, dirty_cpu_online: int, "
                         "dirty_io: int, sample_ms: int, run_queue: int, run_queues: [int], "
                         "active_tasks: [int], context_switches: int, bind_type: text, "
                         "utilisation: number?, each: [{id: int, type: text, utilisation: "
                         "number}]}",
                .teaches = "A scheduler is a thread of the runtime that runs processes in turn; "
                           "the operating system's view of its CPU time includes busy waiting.",
                .functions = "erlang:statistics/1, erlang:system_flag/2",
                .next = "get_system_bottlenecks",
                .run = run_on_node},
        {.name = "get_memory_info",
                .group = GROUP,
                .summary = "Memory of the node: by kind, by allocator, and the largest tables.",
                .routes = {{"GET", "/api/v1/system/memory"}},
                .arguments = memory_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .effect = EFFECT_READ,
                .reply = "{memory: object, allocators: [{name: text, carriers_bytes: int, "
                         "blocks_bytes: int, used: number}], carriers_bytes: int, blocks_bytes: "
                         "int, used: number, tables: {total: int, bytes: int, largest: [{name: "
                         "text, bytes: int, rows: int?, owner: pid?}]}}",
                .teaches = "What allocators hold but do not use is fragmentation: the operating "
                           "system counts it, erlang:memory/0 does not.",
                .functions = "erlang:memory/0, erlang:system_info/1, ets:info/2",
                .next = "get_system_info|get_process_memory_info",
                .run = run_on_node},
        {.name = "find_process_cycles",
                .group = GROUP,
                .summary = "Processes that wait for each other in a circle, and who waits for "
                           "whom.",
                .routes = {{"GET", "/api/v1/system/cycles"}},
                .arguments = cycles_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .rate = RATE_HEAVY,
                .effect = EFFECT_READ,
                .reply = "{cycles: [{length: int, processes: [related], certain: bool, "
                         "confirmed: bool}], cycles_total: int, waits: [{from: related, to: "
                         "related?, kind: text, certain: bool}], total: int, left_out: int, "
                         "examined: int}",
                .teaches = "Two servers that call each other wait until one of the calls times "
                           "out.",
                .functions = "gen_server:call/3, erlang:process_info/2",
                .honest = "Links go both ways, so they make no cycles: what is searched are "
                          "calls under way. Waits that are not calls are not seen.",
                .next = "get_process|get_process_dependencies",
                .run = run_on_node},
        {.name = "get_isolated_processes",
                .group = GROUP,
                .summary = "Processes without a name that nobody is linked to or monitors.",
                .routes = {{"GET", "/api/v1/system/isolated"}},
                .arguments = isolated_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .rate = RATE_HEAVY,
                .effect = EFFECT_READ,
                .reply = "{processes: [{pid: pid, alive: bool, orphan: bool, parent?: pid?, "
                         "initial_call?: text, message_queue_len?: int, memory?: int, status?: "
                         "text, reductions?: int, trap_exit?: bool}], total: int, left_out: int, "
                         "skipped: int, candidates: int, orphans: int}",
                .teaches = "A process outside all supervision dies unnoticed, or lives for ever "
                           "unnoticed.",
                .functions = "erlang:process_info/2",
                .next = "find_process_ancestors|exit_process",
                .run = run_on_node},
};

ROWS_ARE(rows_introspection, rows);
