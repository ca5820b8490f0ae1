// Processes: lists and details.
#include "operations/rows.h"

#define BYTES_MOST ((int64_t)1 << 53)

#define FILTERS                                                                                    \
    PAGE,                                                                                          \
            {.name = "type",                                                                       \
                    .type = ARGUMENT_CHOICE,                                                       \
                    .choices = "supervisor|genserver|task|agent|worker",                           \
                    .summary = "Only processes of this type."},                                    \
            {.name = "behavior",                                                                   \
                    .type = ARGUMENT_CHOICE,                                                       \
                    .choices = "gen_server|gen_statem|supervisor|gen_event|gen_fsm|supervisor_"    \
                               "bridge",                                                           \
                    .summary = "Only processes of this OTP behaviour."},                           \
            {.name = "name_pattern",                                                               \
                    .type = ARGUMENT_PATTERN,                                                      \
                    .summary = "Regular expression searched for in the name, else label, else "    \
                               "initial "                                                          \
                               "call."},                                                           \
            {.name = "memory_min",                                                                 \
                    .type = ARGUMENT_INTEGER,                                                      \
                    .maximum = BYTES_MOST,                                                         \
                    .summary = "Least memory in bytes."},                                          \
            {.name = "memory_max",                                                                 \
                    .type = ARGUMENT_INTEGER,                                                      \
                    .maximum = BYTES_MOST,                                                         \
                    .summary = "Most memory in bytes."},                                           \
            {.name = "queue_min",                                                                  \
                    .type = ARGUMENT_INTEGER,                                                      \
                    .maximum = UINT32_MAX,                                                         \
                    .summary = "Fewest messages waiting."},                                        \
            {.name = "queue_max",                                                                  \
                    .type = ARGUMENT_INTEGER,                                                      \
                    .maximum = UINT32_MAX,                                                         \
                    .summary = "Most messages waiting."},                                          \
            {.name = "status",                                                                     \
                    .type = ARGUMENT_CHOICE,                                                       \
                    .choices = "waiting|running|runnable|suspended|garbage_collecting|exiting",    \
                    .summary = "Only processes in this state."},                                   \
            {.name = "supervised",                                                                 \
                    .type = ARGUMENT_BOOLEAN,                                                      \
                    .summary = "Only processes that are a supervisor's child, or only others."},   \
            {.name = "sort",                                                                       \
                    .type = ARGUMENT_CHOICE,                                                       \
                    .choices = "name|memory|queue_length|reductions",                              \
                    .summary = "Order of the rows; by pid without it."},                           \
            ORDER, FRESH, NODE

static const struct argument processes_list_arguments[] = {FILTERS, END};

static const struct argument application_processes_arguments[] = {
        NEED_TEXT("application", "Name of a running application."),
        FILTERS,
        END,
};

static const struct argument process_get_arguments[] = {
        PID,
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .choices = "state|links|monitors|dictionary|stack_trace",
                .summary = "Further parts."},
        NODE,
        END,
};

static const struct argument process_history_arguments[] = {PID, NODE, END};

static const struct argument impact_arguments[] = {
        PID,
        CHOICE("reason", "error|shutdown|normal", "error", "How it is supposed to end."),
        FRESH,
        NODE,
        END,
};

static const struct argument process_state_arguments[] = {
        PID,
        {.name = "timeout_ms",
                .type = ARGUMENT_INTEGER,
                .fallback = "1000",
                .minimum = 1,
                .maximum = 10000,
                .summary = "How long the process may take to answer."},
        {.name = "max_bytes",
                .type = ARGUMENT_INTEGER,
                .fallback = "1048576",
                .minimum = 1,
                .maximum = 8 << 20,
                .summary = "A larger state, in external form, is refused."},
        NODE,
        END,
};

static const struct argument process_exit_arguments[] = {
        PID,
        {.name = "reason",
                .type = ARGUMENT_TEXT,
                .fallback = "kill",
                .summary = "Exit reason: kill, shutdown, normal, or any atom the node knows."},
        {.name = "dry_run",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "false",
                .summary = "Check everything and send nothing."},
        {.name = "force",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "false",
                .summary = "Also processes of the runtime system; needs force:system."},
        {.name = "wait_ms",
                .type = ARGUMENT_INTEGER,
                .fallback = "500",
                .minimum = 0,
                .maximum = 10000,
                .summary = "How long to wait for the process to end."},
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "list_processes",
                .group = "Processes",
                .summary = "Processes of a node, filtered and sorted.",
                .routes = {{"GET", "/api/v1/processes"}},
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "erlang:process_info/2: what a process shows of itself, and its cost.",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "get_process",
                .group = "Processes",
                .summary = "One process in detail.",
                .routes = {{"GET", "/api/v1/processes/{pid}"}},
                .arguments = process_get_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "process_details",
                .teaches = "Links, monitors and the process dictionary.",
                .next = "get_process_state|trace_failure_impact|peek_message_queue",
                .run = run_process_get},
        {.name = "get_process_state",
                .group = "Processes",
                .summary = "The state of a process of an OTP behaviour.",
                .routes = {{"GET", "/api/v1/processes/{pid}/state"}},
                .arguments = process_state_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "process_state",
                .teaches = "System messages: sys:get_status/2 and format_status.",
                .next = "get_process|backup_genserver_state",
                .run = run_process_state},
        {.name = "exit_process",
                .group = "Process Lifecycle Management",
                .summary = "Send an exit signal to a process.",
                .routes = {{"DELETE", "/api/v1/processes/{pid}"}},
                .arguments = process_exit_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "exit_result",
                .teaches = "exit/2: kill cannot be trapped, normal from others is ignored.",
                .functions = "erlang:exit/2",
                .next = "kill_process|shutdown_process|send_exit_signal",
                .run = run_process_exit},
        {.name = "trace_failure_impact",
                .group = "Processes",
                .summary = "Who would end if this process ended: by links, strategies and budgets.",
                .routes = {{"GET", "/api/v1/processes/{pid}/impact"}},
                .arguments = impact_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, outcome: text, application_that_stops: text?, node_may_stop: "
                         "bool, "
                         "certain: bool, links_known: bool, told_only: int, total: int, left_out: "
                         "int, "
                         "ends: [{pid: pid, name: text?, why: text, because_of: pid?, step: int, "
                         "after: text?}]}",
                .teaches = "A failure spreads along links and strategies until a supervisor has "
                           "budget left to restart what ended.",
                .functions = "erlang:process_info/2, supervisor:count_children/1",
                .honest = "Worked out by the rules of OTP from what is known now; nothing is "
                          "touched. "
                          "Links are asked of at most 20 000 processes.",
                .next = "get_process|build_supervision_tree",
                .run = run_failure_impact},
        {.name = "get_process_history",
                .group = "Processes",
                .summary = "What was told of a process, and of those that it came in place of.",
                .routes = {{"GET", "/api/v1/processes/{pid}/history"}},
                .arguments = process_history_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "{pid: pid, events: [any], known_since: time?, older_events_were_dropped: "
                         "bool}",
                .teaches = "A restarted process is a new one: another pid, an empty mailbox, a "
                           "fresh state.",
                .functions = "supervisor:restart_child/2, erlang:monitor/2",
                .honest = "Only what happened while the node was attached, and of that the newest "
                          "4096 events.",
                .next = "get_process|build_supervision_tree",
                .run = run_process_history},
        {.name = "list_all_processes",
                .group = "System Introspection",
                .summary = "All processes of a node; the same as list_processes.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "A node has thousands of processes; most wait for a message.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_registered_processes",
                .group = "System Introspection",
                .summary = "Processes with a registered name.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "A registered name is how others find a process that may be restarted.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_supervisor_processes",
                .group = "System Introspection",
                .summary = "Processes that are supervisors.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "A supervisor is a process too: it can be busy, and it can die.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_genserver_processes",
                .group = "System Introspection",
                .summary = "Processes of gen_server, Agents among them.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "gen_server: one process, one state, one message at a time.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_gen_event_processes",
                .group = "System Introspection",
                .summary = "Event managers.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "gen_event: one process runs the handlers of all who listen.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_gen_statem_processes",
                .group = "System Introspection",
                .summary = "State machines.",
                .arguments = processes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches = "gen_statem: what a message does depends on the state.",
                .functions = "erlang:processes/0, erlang:process_info/2",
                .next = "get_process|build_process_tree",
                .run = run_processes_list},
        {.name = "list_application_processes",
                .group = "System Introspection",
                .summary = "Processes of one application.",
                .arguments = application_processes_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "process",
                .list = true,
                .teaches =
                        "Processes belong to the application whose master is their group leader.",
                .functions = "application:get_application/1, erlang:process_info/2",
                .next = "build_supervision_tree",
                .run = run_processes_list},
};

ROWS_ARE(rows_processes, rows);
