// A node as a whole.
#include "operations/rows.h"

static const struct argument system_health_arguments[] = {FRESH, NODE, END};

static const struct argument process_tree_arguments[] = {
        INTEGER("depth", "10", 1, LIMIT_TREE_DEPTH, "Levels of children."),
        FRESH,
        NODE,
        END,
};

static const struct argument topology_arguments[] = {
        CHOICE("format", "json|dot|svg|png", "json", "Form of the answer."),
        {.name = "include_links",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "true",
                .summary = "Also links between processes; each process is asked for them."},
        {.name = "include_monitors",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "true",
                .summary = "Also who monitors whom."},
        {.name = "include_unsupervised",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "true",
                .summary = "Also processes in no supervision tree."},
        CHOICE("cluster_by", "supervisor|application|module", NULL, "Group processes by it."),
        FRESH,
        NODE,
        END,
};

static const struct argument report_arguments[] = {
        CHOICE("format", "json|markdown|pdf", "json", "Form of the answer."),
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
                .next = "get_system_bottlenecks|generate_system_report",
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
        {.name = "get_system_anomalies",
                .group = "System",
                .summary = "What is unusual: processes unlike their kin, and restarts in bursts.",
                .routes = {{"GET", "/api/v1/system/anomalies"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .effect = EFFECT_READ,
                .reply = "{anomalies: [{type: text, severity: text, pid: pid?, name: text?, "
                         "supervisor_path: text?, value: int, expected: number, message: text}], "
                         "total: int}",
                .teaches = "Processes that run the same function should look alike; one that does "
                           "not is where to look first.",
                .functions = "erlang:process_info/2, logger:add_primary_filter/2",
                .honest = "Rules over what is known now and the restarts of the last minute; "
                          "nothing is learned over time.",
                .next = "get_system_bottlenecks|get_process",
                .run = run_anomalies},
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
        {.name = "get_system_topology",
                .group = "System",
                .summary = "The processes of a node as a graph: supervision, links, monitors.",
                .routes = {{"GET", "/api/v1/system/topology"}},
                .arguments = topology_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .rate = RATE_STANDARD,
                .effect = EFFECT_READ,
                .reply = "{nodes: [graph_node], edges: [graph_edge], clusters: [text], metadata: "
                         "graph_metadata}",
                .teaches = "A link joins the fates of two processes; a monitor only tells.",
                .functions = "erlang:process_info/2, supervisor:which_children/1",
                .honest = "Links and monitors are asked of at most 20 000 processes, drawings show "
                          "at most 5000.",
                .next = "analyze_process_relationships|build_process_tree",
                .run = run_topology},
        {.name = "analyze_process_relationships",
                .group = "System Introspection",
                .summary = "All relations between processes, and which of them stand out.",
                .routes = {{"GET", "/api/v1/system/relationships"},
                        {"GET", "/api/v1/system/graph"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .rate = RATE_STANDARD,
                .effect = EFFECT_READ,
                .reply = "{nodes: [graph_node], edges: [graph_edge], clusters: [text], metadata: "
                         "graph_metadata, analysis: {links_across_families: int, most_related: "
                         "[{pid: text, label: text, links: int, monitors: int, monitored_by: "
                         "int}]}}",
                .teaches = "Links across trees carry failures past their supervisors.",
                .functions = "erlang:process_info/2",
                .next = "get_system_topology",
                .run = run_relationships},
        {.name = "generate_system_report",
                .group = "System",
                .summary = "A report on a node: figures, what is wrong, supervisors, largest "
                           "processes.",
                .routes = {{"GET", "/api/v1/system/report"}},
                .arguments = report_arguments,
                .permission = PERMISSION_SYSTEM_DIAGNOSTICS,
                .rate = RATE_STANDARD,
                .effect = EFFECT_READ,
                .reply = "{node: text, made_at: time, otp_release: int, elixir_version: text?, "
                         "status: "
                         "text, overall_score: number, processes: int, memory_usage: object, "
                         "limits: "
                         "object, run_queue: int, schedulers_online: int, uptime_ms: int, io: "
                         "object, "
                         "bottlenecks: [any], bottlenecks_total: int, supervisors: [supervisor], "
                         "heaviest_processes: [any]}",
                .teaches = "What to look at first when a node is in trouble.",
                .functions = "erlang:memory/0, erlang:system_info/1, supervisor:count_children/1",
                .next = "get_system_bottlenecks|get_system_health",
                .run = run_report},
};

ROWS_ARE(rows_system, rows);
