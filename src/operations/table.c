// Every operation. To add one, see CONTRIBUTING.md.
#include "limits.h"
#include "operations/handlers.h"

#define END                                                                                        \
    { .name = NULL }

#define QUERY_NODE                                                                                 \
    {                                                                                              \
        .name = "node", .type = ARGUMENT_NODE, .place = PLACE_QUERY,                               \
        .summary = "The attached node; needed only when several are attached."                     \
    }

#define QUERY_FRESH                                                                                \
    {                                                                                              \
        .name = "fresh", .type = ARGUMENT_BOOLEAN, .place = PLACE_QUERY, .fallback = "false",      \
        .summary = "Read the node again before answering."                                         \
    }

#define QUERY_PAGE                                                                                 \
    {.name = "page",                                                                               \
            .type = ARGUMENT_INTEGER,                                                              \
            .place = PLACE_QUERY,                                                                  \
            .fallback = "1",                                                                       \
            .minimum = 1,                                                                          \
            .maximum = 1000000000,                                                                 \
            .summary = "Page number."},                                                            \
    {                                                                                              \
        .name = "per_page", .type = ARGUMENT_INTEGER, .place = PLACE_QUERY, .fallback = "50",      \
        .minimum = 1, .maximum = LIMIT_PER_PAGE, .summary = "Rows on a page."                      \
    }

#define QUERY_ORDER                                                                                \
    {                                                                                              \
        .name = "order", .type = ARGUMENT_CHOICE, .place = PLACE_QUERY, .choices = "asc|desc",     \
        .summary = "Direction; numbers are descending and names ascending without it."             \
    }

#define BYTES_MOST ((int64_t)1 << 53)

static const struct argument no_arguments[] = {END};

static const struct argument nodes_list_arguments[] = {QUERY_PAGE, END};

static const struct argument nodes_attach_arguments[] = {
        {.name = "node",
                .type = ARGUMENT_NODE,
                .place = PLACE_BODY,
                .required = true,
                .summary = "Full name, name@host."},
        {.name = "cookie",
                .type = ARGUMENT_TEXT,
                .place = PLACE_BODY,
                .summary = "The node's cookie; the daemon's own without it."},
        {.name = "port",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_BODY,
                .minimum = 1,
                .maximum = 65535,
                .summary = "Its distribution port, for hosts without epmd."},
        END,
};

static const struct argument node_detach_arguments[] = {
        {.name = "node",
                .type = ARGUMENT_NODE,
                .place = PLACE_PATH,
                .required = true,
                .summary = "Full name, name@host."},
        END,
};

static const struct argument processes_list_arguments[] = {
        QUERY_PAGE,
        {.name = "type",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "supervisor|genserver|task|agent|worker",
                .summary = "Only processes of this type."},
        {.name = "behavior",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "gen_server|gen_statem|supervisor|gen_event|gen_fsm|supervisor_bridge",
                .summary = "Only processes of this OTP behaviour."},
        {.name = "name_pattern",
                .type = ARGUMENT_PATTERN,
                .place = PLACE_QUERY,
                .summary = "Regular expression searched for in the name, else label, else initial "
                           "call."},
        {.name = "memory_min",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .maximum = BYTES_MOST,
                .summary = "Least memory in bytes."},
        {.name = "memory_max",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .maximum = BYTES_MOST,
                .summary = "Most memory in bytes."},
        {.name = "queue_min",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .maximum = UINT32_MAX,
                .summary = "Fewest messages waiting."},
        {.name = "queue_max",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .maximum = UINT32_MAX,
                .summary = "Most messages waiting."},
        {.name = "status",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "waiting|running|runnable|suspended|garbage_collecting|exiting",
                .summary = "Only processes in this state."},
        {.name = "supervised",
                .type = ARGUMENT_BOOLEAN,
                .place = PLACE_QUERY,
                .summary = "Only processes that are a supervisor's child, or only others."},
        {.name = "sort",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "name|memory|queue_length|reductions",
                .summary = "Order of the rows; by pid without it."},
        QUERY_ORDER,
        QUERY_FRESH,
        QUERY_NODE,
        END,
};

#define PATH_PID                                                                                   \
    {                                                                                              \
        .name = "pid", .type = ARGUMENT_PROCESS, .place = PLACE_PATH, .required = true,            \
        .summary = "#PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name."                      \
    }

static const struct argument process_get_arguments[] = {
        PATH_PID,
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .place = PLACE_QUERY,
                .choices = "state|links|monitors|dictionary|stack_trace",
                .summary = "Further parts."},
        QUERY_NODE,
        END,
};

static const struct argument process_state_arguments[] = {
        PATH_PID,
        {.name = "timeout_ms",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .fallback = "1000",
                .minimum = 1,
                .maximum = 10000,
                .summary = "How long the process may take to answer."},
        {.name = "max_bytes",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .fallback = "1048576",
                .minimum = 1,
                .maximum = 8 << 20,
                .summary = "A larger state, in external form, is refused."},
        QUERY_NODE,
        END,
};

static const struct argument process_exit_arguments[] = {
        PATH_PID,
        {.name = "reason",
                .type = ARGUMENT_TEXT,
                .place = PLACE_QUERY,
                .fallback = "kill",
                .summary = "Exit reason: kill, shutdown, normal, or any atom the node knows."},
        {.name = "dry_run",
                .type = ARGUMENT_BOOLEAN,
                .place = PLACE_QUERY,
                .fallback = "false",
                .summary = "Check everything and send nothing."},
        {.name = "force",
                .type = ARGUMENT_BOOLEAN,
                .place = PLACE_QUERY,
                .fallback = "false",
                .summary = "Also processes of the runtime system; needs force:system."},
        {.name = "wait_ms",
                .type = ARGUMENT_INTEGER,
                .place = PLACE_QUERY,
                .fallback = "500",
                .minimum = 0,
                .maximum = 10000,
                .summary = "How long to wait for the process to end."},
        QUERY_NODE,
        END,
};

static const struct argument supervisors_list_arguments[] = {
        QUERY_PAGE,
        {.name = "type",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "Supervisor|DynamicSupervisor|PartitionSupervisor|Task.Supervisor|"
                           "supervisor2|mirrored_supervisor|ranch_conns_sup",
                .summary = "Only supervisors of this type."},
        {.name = "strategy",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "one_for_one|one_for_all|rest_for_one|simple_one_for_one",
                .summary = "Only supervisors with this strategy."},
        {.name = "health",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "healthy|degraded|critical",
                .summary = "Only supervisors in this health."},
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .place = PLACE_QUERY,
                .choices = "children|analytics|performance",
                .summary = "Further parts. analytics needs history and is null until it is kept."},
        QUERY_FRESH,
        QUERY_NODE,
        END,
};

#define PATH_SUPERVISOR                                                                            \
    {                                                                                              \
        .name = "name", .type = ARGUMENT_TEXT, .place = PLACE_PATH, .required = true,              \
        .summary = "Registered name, pid, or path (percent-encoded)."                              \
    }

#define QUERY_DEPTH(most)                                                                          \
    {                                                                                              \
        .name = "depth", .type = ARGUMENT_INTEGER, .place = PLACE_QUERY, .fallback = most,         \
        .minimum = 1, .maximum = LIMIT_TREE_DEPTH, .summary = "Levels of children."                \
    }

static const struct argument supervisor_get_arguments[] = {
        PATH_SUPERVISOR,
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .place = PLACE_QUERY,
                .choices = "children|tree|analytics|performance|history",
                .summary = "Further parts. analytics and history are null until history is kept."},
        QUERY_DEPTH("5"),
        QUERY_FRESH,
        QUERY_NODE,
        END,
};

static const struct argument supervisor_tree_arguments[] = {
        PATH_SUPERVISOR,
        QUERY_DEPTH("10"),
        {.name = "include_dead",
                .type = ARGUMENT_BOOLEAN,
                .place = PLACE_QUERY,
                .fallback = "false",
                .summary = "Also children that do not run."},
        {.name = "format",
                .type = ARGUMENT_CHOICE,
                .place = PLACE_QUERY,
                .choices = "json",
                .fallback = "json",
                .summary = "Form of the answer."},
        QUERY_FRESH,
        QUERY_NODE,
        END,
};

static const struct argument system_health_arguments[] = {QUERY_FRESH, QUERY_NODE, END};

const struct operation operations[] = {
        {.name = "livez",
                .summary = "The daemon runs.",
                .method = "GET",
                .path = "/livez",
                .arguments = no_arguments,
                .rate = RATE_FREE,
                .reply = "status",
                .run = run_livez},
        {.name = "readyz",
                .summary = "The daemon can answer.",
                .method = "GET",
                .path = "/readyz",
                .arguments = no_arguments,
                .rate = RATE_FREE,
                .reply = "status",
                .run = run_readyz},
        {.name = "create_login_token",
                .summary = "A URL that logs a browser in once, within ten minutes.",
                .method = "POST",
                .path = "/api/v1/login-tokens",
                .arguments = no_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .effect = EFFECT_CHANGE,
                .reply = "login",
                .run = run_login_token},
        {.name = "list_nodes",
                .summary = "Attached nodes, their state, and what watching costs them.",
                .method = "GET",
                .path = "/api/v1/nodes",
                .arguments = nodes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "node[]",
                .teaches = "Distributed Erlang: a node is a named runtime system.",
                .run = run_nodes_list},
        {.name = "attach_node",
                .summary = "Attach a running node; nothing needs to be installed there.",
                .method = "POST",
                .path = "/api/v1/nodes",
                .arguments = nodes_attach_arguments,
                .permission = PERMISSION_MANAGE_NODES,
                .effect = EFFECT_CHANGE,
                .reply = "node",
                .teaches = "Hidden nodes, cookies, and loading code into a running system.",
                .run = run_nodes_attach},
        {.name = "detach_node",
                .summary = "Detach a node and leave it as it was.",
                .method = "DELETE",
                .path = "/api/v1/nodes/{node}",
                .arguments = node_detach_arguments,
                .permission = PERMISSION_MANAGE_NODES,
                .effect = EFFECT_CHANGE,
                .reply = "none",
                .teaches = "Code purging: removing modules from a running system.",
                .run = run_node_detach},
        {.name = "list_processes",
                .summary = "Processes of a node, filtered and sorted.",
                .method = "GET",
                .path = "/api/v1/processes",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process[]",
                .teaches = "erlang:process_info/2: what a process shows of itself, and its cost.",
                .run = run_processes_list},
        {.name = "get_process",
                .summary = "One process in detail.",
                .method = "GET",
                .path = "/api/v1/processes/{pid}",
                .arguments = process_get_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "process_details",
                .teaches = "Links, monitors and the process dictionary.",
                .run = run_process_get},
        {.name = "get_process_state",
                .summary = "The state of a process of an OTP behaviour.",
                .method = "GET",
                .path = "/api/v1/processes/{pid}/state",
                .arguments = process_state_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "process_state",
                .teaches = "System messages: sys:get_status/2 and format_status.",
                .run = run_process_state},
        {.name = "exit_process",
                .summary = "Send an exit signal to a process.",
                .method = "DELETE",
                .path = "/api/v1/processes/{pid}",
                .arguments = process_exit_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "exit_result",
                .teaches = "exit/2: kill cannot be trapped, normal from others is ignored.",
                .run = run_process_exit},
        {.name = "list_supervisors",
                .summary = "Supervisors of a node with flags, budget and children.",
                .method = "GET",
                .path = "/api/v1/supervisors",
                .arguments = supervisors_list_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "supervisor[]",
                .teaches = "Supervision strategies and restart intensity.",
                .run = run_supervisors_list},
        {.name = "get_supervisor",
                .summary = "One supervisor in detail.",
                .method = "GET",
                .path = "/api/v1/supervisors/{name}",
                .arguments = supervisor_get_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "supervisor_details",
                .teaches = "Supervisor flags and child specifications.",
                .run = run_supervisor_get},
        {.name = "get_supervision_tree",
                .summary = "The supervision tree below a supervisor.",
                .method = "GET",
                .path = "/api/v1/supervisors/{name}/tree",
                .arguments = supervisor_tree_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "tree",
                .teaches = "Supervision trees: failures stay in the smallest subtree that can "
                           "handle them.",
                .run = run_supervisor_tree},
        {.name = "get_system_health",
                .summary = "Scores, figures and warnings of a node.",
                .method = "GET",
                .path = "/api/v1/system/health",
                .arguments = system_health_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "system_health",
                .teaches = "Limits of the runtime system: processes, ports, atoms, tables.",
                .run = run_system_health},
};

const size_t operation_count = sizeof operations / sizeof operations[0];
