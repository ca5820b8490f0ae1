// Beginning and end of processes: starting, killing, shutting down.
#include "operations/rows.h"

#define GROUP "Process Lifecycle Management"

// clang-format off
#define WORDS(n, most, s) INTEGER(n, NULL, 1, (int64_t)1 << most, s)
#define STARTED_ARGUMENTS \
    NEED_ATOM("module", "Module of the function to run."), \
    NEED_ATOM("function", "An exported function."), \
    TERM("arguments", "[]", "List of its arguments."), \
    CHOICE("priority", "low|normal|high", NULL, "Its priority."), \
    WORDS("min_heap_size", 24, "Least heap in words."), \
    WORDS("max_heap_size", 40, "Most heap in words; beyond it the process is killed."), \
    CHOICE("message_queue_data", "on_heap|off_heap", NULL, "Where its messages are kept."), \
    INTEGER("wait_ms", "0", 0, 10000, "How long to wait and see whether it ends."), \
    INTEGER("duration_ms", "600000", 1, 86400000, \
            "How long it may live; it is ended then, and when Whitebeam leaves the node.")
#define ENDED_ARGUMENTS PID, TERMS, DRY_RUN, FORCE, NODE, END
// clang-format on

static const struct argument start_arguments[] = {
        STARTED_ARGUMENTS,
        TIMEOUT("5000", 20000),
        CHOICE("as", "process|start_function", "process",
                "Whether the function is the process and calls proc_lib:init_ack, or starts one "
                "and answers {ok, Pid} like Mod:start_link/1."),
        TERMS,
        DRY_RUN,
        NODE,
        END,
};

static const struct argument spawn_arguments[] = {STARTED_ARGUMENTS, TERMS, DRY_RUN, NODE, END};

static const struct argument kill_arguments[] = {
        TERM("reason", "kill", "Exit reason, any term."),
        TIMEOUT("1000", 20000),
        ENDED_ARGUMENTS,
};

static const struct argument signal_arguments[] = {
        TERM("signal", "kill", "Exit reason: kill, shutdown, normal, or any term."),
        INTEGER("delay_ms", "0", 0, 3600000, "When to send it; until then it can be taken back."),
        TIMEOUT("1000", 20000),
        ENDED_ARGUMENTS,
};

static const struct argument shutdown_arguments[] = {
        PID,
        CHOICE("method", "process|supervisor", "process",
                "Ask the process itself, or have its supervisor end it without a restart."),
        {.name = "kill",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "true",
                .summary = "Kill it when it has not ended in time."},
        TIMEOUT("5000", 20000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument tree_arguments[] = {
        PID,
        INTEGER("limit", "1000", 1, 10000, "With more processes than that, nothing is ended."),
        TIMEOUT("5000", 20000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

#define STARTED(text_of_name, said, taught, of, list)                                              \
    {                                                                                              \
        .name = text_of_name, .group = GROUP, .summary = said, .arguments = list,                  \
        .permission = PERMISSION_MANAGE_CODE, .effect = EFFECT_CHANGE, .status = 201,              \
        .reply = "started_process", .teaches = taught, .functions = of,                            \
        .honest = "It belongs to a process of Whitebeam's agent, not to the HTTP client, and "     \
                  "ends with its lease.",                                                          \
        .next = "get_process|release_lease", .run = run_on_node                                    \
    }

static const struct operation rows[] = {
        STARTED("start_process", "Start a process and wait until it says that it is ready.",
                "proc_lib: a start that is only over when the process is ready.",
                "proc_lib:start/5", start_arguments),
        STARTED("start_link_process", "The same, linked to its owner.",
                "A link: when one of both ends abnormally, so does the other.",
                "proc_lib:start_link/5", start_arguments),
        STARTED("start_monitor_process", "The same, with its end kept in the lease.",
                "A monitor: one looks, the other does not notice.",
                "proc_lib:start/5, erlang:monitor/2", start_arguments),
        STARTED("spawn_process", "Spawn a process that runs a function.",
                "A process is cheap: some 300 words, and a function to run.", "erlang:spawn_opt/4",
                spawn_arguments),
        STARTED("spawn_link_process", "The same, linked to its owner.",
                "spawn_link is atomic: there is no moment without the link.", "erlang:spawn_opt/4",
                spawn_arguments),
        STARTED("spawn_monitor_process", "The same, with its end kept in the lease.",
                "The reason of an end comes as a message: {'DOWN', Ref, process, Pid, Reason}.",
                "erlang:spawn_opt/4, erlang:monitor/2", spawn_arguments),
        {.name = "kill_process",
                .group = GROUP,
                .summary = "End a process with a reason; an error if it lives on.",
                .routes = {{"POST", "/api/v1/processes/{pid}/kill"},
                        {"POST", "/api/processes/{pid}/kill"}},
                .arguments = kill_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "ended_process",
                .teaches = "The reason kill cannot be trapped; links see it as killed.",
                .functions = "erlang:exit/2",
                .next = "get_process_history|shutdown_process",
                .run = run_on_node},
        {.name = "send_exit_signal",
                .group = "Message Passing and Communication",
                .summary = "Send an exit signal, now or later.",
                .routes = {{"POST", "/api/v1/processes/{pid}/signal"}},
                .arguments = signal_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "ended_process",
                .teaches = "Who traps exits gets signals as messages; normal from others is "
                           "ignored by all who do not.",
                .functions = "erlang:exit/2, erlang:process_flag/2",
                .honest = "A signal that was sent says nothing; `ended` is what was seen.",
                .next = "kill_process|release_lease",
                .run = run_on_node},
        {.name = "shutdown_process",
                .group = GROUP,
                .summary = "Shut a process down in its own way, and kill it if it takes too long.",
                .routes = {{"POST", "/api/v1/processes/{pid}/shutdown"}},
                .arguments = shutdown_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "ended_process",
                .teaches = "terminate/2 runs when a behaviour is asked to end, not when it is "
                           "killed.",
                .functions = "sys:terminate/3, erlang:exit/2, supervisor:terminate_child/2",
                .honest = "A supervisor restarts a permanent child that was shut down, unless it "
                          "does so itself (method supervisor).",
                .next = "terminate_process_tree|get_process_history",
                .run = run_on_node},
        {.name = "terminate_process_tree",
                .group = GROUP,
                .summary = "End a process, its descendants, and what is linked to them.",
                .routes = {{"POST", "/api/v1/processes/{pid}/terminate_tree"}},
                .arguments = tree_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .rate = RATE_HEAVY,
                .effect = EFFECT_DESTROY,
                .reply = "ended_tree",
                .teaches = "Supervisors end their children in reverse order of their start; links "
                           "carry the end further.",
                .functions = "supervisor:terminate_child/2, sys:terminate/3, erlang:exit/2",
                .honest = "Other supervision trees and the runtime system are left out, and "
                          "listed; dry_run gives the whole list first.",
                .next = "get_process_history|build_supervision_tree",
                .run = run_on_node},
};

ROWS_ARE(rows_lifecycle, rows);
