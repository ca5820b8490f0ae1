// A node as a whole.
#include "operations/rows.h"

static const struct argument system_health_arguments[] = {FRESH, NODE, END};

static const struct argument process_tree_arguments[] = {
        INTEGER("depth", "10", 1, LIMIT_TREE_DEPTH, "Levels of children."),
        FRESH,
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "get_system_health",
                .group = "System",
                .summary = "Scores, figures and warnings of a node.",
                .routes = {{"GET", "/api/v1/system/health"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "system_health",
                .teaches = "Limits of the runtime system: processes, ports, atoms, tables.",
                .run = run_system_health},
        {.name = "get_system_bottlenecks",
                .group = "System",
                .summary = "What slows the node down, the worst first, with what can be done.",
                .routes = {{"GET", "/api/v1/system/bottlenecks"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .rate = RATE_STANDARD,
                .effect = EFFECT_READ,
                .reply = "{bottlenecks: [{type: text, pid: pid?, name: text?, what: text?, "
                         "severity: text, "
                         "metrics: {value: int, threshold: int}, recommendations: [text]}], "
                         "summary: "
                         "{total_bottlenecks: int, critical: int, high: int, medium: int, "
                         "system_impact: text}}",
                .teaches = "A process handles one message at a time: a long queue is work that "
                           "comes faster than it is done.",
                .functions = "erlang:process_info/2, erlang:memory/0, erlang:statistics/1",
                .next = "get_process|list_processes|get_system_health",
                .run = run_bottlenecks},
        {.name = "get_system_metrics",
                .group = "System",
                .summary = "Figures of a node as they are now.",
                .routes = {{"GET", "/api/v1/system/metrics"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{processes: int, supervisors: int, memory_usage: object, limits: object, "
                         "run_queue: int, schedulers_online: int, uptime_ms: int, io: "
                         "{input_bytes: int, "
                         "output_bytes: int}, impact: impact}",
                .teaches =
                        "The run queue holds processes that could run: it is load, not a mailbox.",
                .functions = "erlang:memory/0, erlang:statistics/1, erlang:system_info/1",
                .next = "get_system_health",
                .run = run_metrics},
        {.name = "build_process_tree",
                .group = "System Introspection",
                .summary = "All trees of a node, by application, and the processes in none.",
                .arguments = process_tree_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "{trees: [{application: text?, tree: tree}], unsupervised: {processes: "
                         "[process], total: int, left_out: int}}",
                .teaches = "Every process that matters should hang in a supervision tree.",
                .functions = "supervisor:which_children/1, erlang:processes/0",
                .next = "build_supervision_tree",
                .run = run_process_tree},
};

ROWS_ARE(rows_system, rows);
