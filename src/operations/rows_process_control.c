// What can be done to a process while it lives: stopping it, its priority, scheduler and heap.
#include "operations/rows.h"

#define GROUP "Process Lifecycle Management"

#define MODE_OF_SUSPENSION(otherwise)                                                              \
    CHOICE("mode", "scheduler|system", otherwise,                                                  \
            "scheduler: the runtime gives it no time. system: a process of a behaviour stops "     \
            "between two messages and answers system messages only.")

static const struct argument suspend_arguments[] = {
        PID,
        MODE_OF_SUSPENSION("scheduler"),
        DURATION,
        TIMEOUT("1000", 10000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument resume_arguments[] = {
        PID, MODE_OF_SUSPENSION(NULL), TIMEOUT("1000", 10000), DRY_RUN, NODE, END};

static const struct argument pause_arguments[] = {
        PID, DURATION, TIMEOUT("1000", 10000), DRY_RUN, FORCE, NODE, END};

static const struct argument unpause_arguments[] = {
        PID, TIMEOUT("1000", 10000), DRY_RUN, NODE, END};

static const struct argument priority_arguments[] = {
        PID,
        NEED_CHOICE("priority", "low|normal|high|max", "max is refused: it can stop all others."),
        TIMEOUT("1000", 10000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument scheduler_arguments[] = {
        PID,
        NEED_INTEGER("scheduler", 1, 1024, "Number of a scheduler that is online."),
        TIMEOUT("1000", 10000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument plain_arguments[] = {
        PID, TIMEOUT("1000", 10000), DRY_RUN, FORCE, NODE, END};

static const struct argument collect_arguments[] = {
        PID,
        CHOICE("type", "major|minor", "major", "minor looks at new data only."),
        TIMEOUT("5000", 20000),
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument compact_arguments[] = {
        PID, TIMEOUT("5000", 20000), DRY_RUN, FORCE, NODE, END};

static const struct argument backtrace_arguments[] = {PID, NODE, END};

// Only the process itself can change its flags.
#define INSIDE                                                                                     \
    "Done by a function that runs inside the process as a system message: refused for processes "  \
    "that are not of an OTP behaviour."

#define CONTROL                                                                                    \
    .group = GROUP, .permission = PERMISSION_CONTROL_PROCESSES, .effect = EFFECT_CHANGE,           \
    .run = run_on_node

static const struct operation rows[] = {
        {.name = "suspend_process",
                .summary = "Stop a process for a while.",
                .routes = {{"POST", "/api/v1/processes/{pid}/suspend"}},
                .arguments = suspend_arguments,
                .reply = "suspension",
                .teaches = "A suspended process still gets messages and can still be killed.",
                .functions = "erlang:suspend_process/2, sys:suspend/2",
                .honest = "For a time only, and never beyond Whitebeam's own stay on the node.",
                .next = "resume_process|peek_message_queue",
                CONTROL},
        {.name = "resume_process",
                .summary = "Let a suspended process go on.",
                .routes = {{"POST", "/api/v1/processes/{pid}/resume"}},
                .arguments = resume_arguments,
                .reply = "resumption",
                .teaches = "Only who suspended a process can resume it; sys:resume/1 anybody.",
                .functions = "erlang:resume_process/1, sys:resume/1",
                .next = "suspend_process",
                CONTROL},
        {.name = "pause_process_scheduling",
                .summary = "Give a process no time; suspend_process with the mode scheduler.",
                .arguments = pause_arguments,
                .reply = "suspension",
                .teaches = "A process that is not scheduled does not know it.",
                .functions = "erlang:suspend_process/2",
                .next = "resume_process_scheduling",
                CONTROL},
        {.name = "resume_process_scheduling",
                .summary = "Give a paused process time again.",
                .arguments = unpause_arguments,
                .reply = "resumption",
                .teaches = "Messages that came meanwhile are handled now, in their order.",
                .functions = "erlang:resume_process/1",
                .next = "pause_process_scheduling",
                CONTROL},
        {.name = "set_process_priority",
                .summary = "Change the priority of a process.",
                .routes = {{"PUT", "/api/v1/processes/{pid}/priority"}},
                .arguments = priority_arguments,
                .reply = "{pid: pid, before: text, priority: text, dry_run?: bool}",
                .teaches = "high runs before all normal and low; it is for short work only.",
                .functions = "erlang:process_flag/2",
                .honest = INSIDE,
                .next = "get_process",
                CONTROL},
        {.name = "migrate_process",
                .summary = "Move a process to a scheduler.",
                .routes = {{"POST", "/api/v1/processes/{pid}/migrate"}},
                .arguments = scheduler_arguments,
                .reply = "scheduling",
                .teaches = "Schedulers take work from each other: a process has no home.",
                .functions = "erlang:process_flag/2",
                .honest = "It is moved now; the runtime may move it on at any time. " INSIDE,
                .next = "pin_process_to_scheduler",
                CONTROL},
        {.name = "pin_process_to_scheduler",
                .summary = "Bind a process to a scheduler.",
                .routes = {{"PUT", "/api/v1/processes/{pid}/scheduler"}},
                .arguments = scheduler_arguments,
                .reply = "scheduling",
                .teaches = "Binding is for measurements; it takes the runtime's balance away.",
                .functions = "erlang:process_flag/2",
                .honest = "The flag is not documented by OTP. " INSIDE,
                .next = "unpin_process_from_scheduler",
                CONTROL},
        {.name = "unpin_process_from_scheduler",
                .summary = "Let the runtime choose the scheduler again.",
                .routes = {{"DELETE", "/api/v1/processes/{pid}/scheduler"}},
                .arguments = plain_arguments,
                .reply = "scheduling",
                .teaches = "Run queues and how they are balanced.",
                .functions = "erlang:process_flag/2",
                .honest = INSIDE,
                .next = "pin_process_to_scheduler",
                CONTROL},
        {.name = "garbage_collect_process",
                .summary = "Have a process collect its garbage.",
                .routes = {{"POST", "/api/v1/processes/{pid}/garbage_collect"}},
                .arguments = collect_arguments,
                .reply = "collection",
                .teaches = "Each process has a heap of its own and collects it by itself.",
                .functions = "erlang:garbage_collect/2",
                .next = "compact_process_heap|hibernate_process",
                CONTROL},
        {.name = "compact_process_heap",
                .summary = "Make the heap of a process as small as its data.",
                .routes = {{"POST", "/api/v1/processes/{pid}/compact_heap"}},
                .arguments = compact_arguments,
                .reply = "collection",
                .teaches = "A full collection copies what lives to a heap that fits.",
                .functions = "erlang:garbage_collect/2",
                .honest = "The same as a major collection: the runtime has no other way.",
                .next = "hibernate_process",
                CONTROL},
        {.name = "hibernate_process",
                .summary = "Put a process into hibernation until its next message.",
                .routes = {{"POST", "/api/v1/processes/{pid}/hibernate"}},
                .arguments = plain_arguments,
                .reply = "{pid: pid, hibernates: bool, before_bytes: int, after_bytes?: int, "
                         "dry_run?: bool}",
                .teaches = "A process that waits for long can give nearly all its memory back.",
                .functions = "erlang:hibernate/0, gen_server:enter_loop/5",
                .honest = "Before OTP 28 only for a gen_server that has no timeout, no "
                          "hibernate_after and no debug functions, since these would be lost.",
                .next = "wake_process",
                CONTROL},
        {.name = "wake_process",
                .summary = "Wake a process from hibernation.",
                .routes = {{"POST", "/api/v1/processes/{pid}/wake"}},
                .arguments = plain_arguments,
                .reply = "{pid: pid, woken: bool, hibernates_again?: bool, dry_run?: bool}",
                .teaches = "Any message wakes a process; what it does then is its own affair.",
                .functions = "sys:replace_state/3",
                .honest = "A system message wakes it; most processes hibernate again after one.",
                .next = "hibernate_process",
                CONTROL},
        {.name = "get_process_backtrace",
                .group = "System Introspection",
                .summary = "Where a process is in its code.",
                .routes = {{"GET", "/api/v1/processes/{pid}/backtrace"}},
                .arguments = backtrace_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, status: text, stack_words: int, frames: [frame], functions: "
                         "[text], total?: int, complete: bool, limit?: int}",
                .teaches = "The stack has what is still to be done, not what was.",
                .functions = "erlang:process_info/2",
                .honest = "The runtime gives file and line for as many frames as backtrace_depth "
                          "says; `functions` has all.",
                .next = "get_process",
                .run = run_on_node},
};

ROWS_ARE(rows_process_control, rows);
