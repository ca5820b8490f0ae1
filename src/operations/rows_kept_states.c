// States of processes that the daemon keeps: backups, checkpoints, and states with a name.
#include "operations/rows.h"

#define KEPT                                                                                       \
    "pid: pid, name: text?, kind: any, module: text?, taken_at: time, hash: any, form: any, "      \
    "bytes: int, not_restorable: [any], not_restorable_total: int"
#define EXPECTED TEXT("expected", NULL, "The hash that the state must still have.")
#define KINDS    "backup|checkpoint|persisted"
#define SYS      "sys:get_state/2, sys:replace_state/3"
#define TEACHES_BACKUP                                                                             \
    "A state is a term: it can be copied, but pids, references and functions in it mean nothing "  \
    "in another life of the system."

static const struct argument take_arguments[] = {PID, TIMEOUT("1000", 10000), NODE, END};

static const struct argument persist_arguments[] = {
        PID,
        NEED_OUR_TEXT("state_name", "Name under which it is kept; one of that name is replaced."),
        TIMEOUT("1000", 10000),
        NODE,
        END,
};

static const struct argument restore_arguments[] = {
        PID,
        NEED_OUR_TEXT("backup", "Id of the backup."),
        EXPECTED,
        TIMEOUT("1000", 10000),
        CREATE_ATOMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument rollback_arguments[] = {
        PID,
        OUR_TEXT("checkpoint", "Id of the checkpoint; the newest of the process without it."),
        EXPECTED,
        TIMEOUT("1000", 10000),
        CREATE_ATOMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument load_arguments[] = {
        NEED_OUR_TEXT("state_name", "Name under which it is kept."),
        PROCESS("pid", "A process that gets the state; without it the state is shown."),
        EXPECTED,
        TIMEOUT("1000", 10000),
        CREATE_ATOMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument diff_arguments[] = {
        PID,
        PROCESS("other", "A second process to compare with."),
        TERM("state", NULL, "A state to compare with."),
        OUR_TEXT("backup", "Id of a backup to compare with."),
        INTEGER("limit", "200", 1, 1000, "Differences that are shown."),
        TIMEOUT("1000", 10000),
        TERMS,
        NODE,
        END,
};

static const struct argument replicate_arguments[] = {
        PID,
        {.name = "to_nodes",
                .type = ARGUMENT_TEXTS,
                .required = true,
                .ours = true,
                .summary = "Attached nodes that get it."},
        OUR_TEXT("to", "Registered name of the process there; the same name without it."),
        TIMEOUT("1000", 10000),
        CREATE_ATOMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument list_arguments[] = {
        CHOICE("kind", KINDS, "backup", "Which kind of states."),
        TEXT("process", NULL, "Only states of this process, as it was named then."),
        PAGE,
        END,
};

static const struct argument remove_arguments[] = {
        NEED_CHOICE("kind", KINDS, "Which kind of state."),
        NEED_TEXT("id", "Its id, or its name."),
        END,
};

static const struct operation rows[] = {
        {.name = "backup_genserver_state",
                .group = "State Management",
                .summary = "Keep a copy of the state of a process in the daemon's store.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/backups"}},
                .arguments = take_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{backup: text, " KEPT "}",
                .teaches = TEACHES_BACKUP,
                .functions = SYS,
                .next = "restore_genserver_state|diff_genserver_states|list_kept_states",
                .run = run_state_backup},
        {.name = "restore_genserver_state",
                .group = "State Management",
                .summary = "Put a backup back into a process; what it replaces is kept first.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/restore"}},
                .arguments = restore_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "object",
                .teaches = TEACHES_BACKUP,
                .functions = SYS,
                .honest = "Pids, references, ports and functions come back as they were and may be "
                          "dead; they are listed.",
                .next = "diff_genserver_states|get_process_state",
                .run = run_state_restore},
        {.name = "diff_genserver_states",
                .group = "State Management",
                .summary = "Compare the state of a process with that of another, a given one, or a "
                           "backup.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/diff"}},
                .arguments = diff_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "object",
                .teaches = "Terms never change: a new state shares what is equal with the old one.",
                .functions = "sys:get_state/2",
                .next = "backup_genserver_state",
                .run = run_state_diff},
        {.name = "persist_process_state",
                .group = "State Management",
                .summary = "Keep the state of a process on the daemon's disk under a name.",
                .arguments = persist_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{state_name: text, " KEPT "}",
                .teaches = "A restarted process has a fresh state: what must survive is kept "
                           "elsewhere.",
                .functions = SYS,
                .next = "load_process_state|list_kept_states",
                .run = run_state_persist},
        {.name = "load_process_state",
                .group = "State Management",
                .summary = "Show a state that was kept under a name, or put it into a process.",
                .arguments = load_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "object",
                .teaches = TEACHES_BACKUP,
                .functions = SYS,
                .next = "persist_process_state|get_process_state",
                .run = run_state_load},
        {.name = "checkpoint_process_state",
                .group = "State Management",
                .summary = "Note the state of a process as one to come back to.",
                .arguments = take_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{checkpoint: text, " KEPT "}",
                .teaches = TEACHES_BACKUP,
                .functions = SYS,
                .next = "rollback_process_state",
                .run = run_state_checkpoint},
        {.name = "rollback_process_state",
                .group = "State Management",
                .summary = "Put a process back to a checkpoint; what it replaces is kept first.",
                .arguments = rollback_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "object",
                .teaches = TEACHES_BACKUP,
                .functions = SYS,
                .honest = "Only the state goes back: messages that were sent and done stay done.",
                .next = "diff_genserver_states|get_process_state",
                .run = run_state_rollback},
        {.name = "replicate_process_state",
                .group = "State Management",
                .summary = "Put a copy of the state into processes of other attached nodes.",
                .arguments = replicate_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "{process: text, failed: int, nodes: [{node: text, replaced: bool, "
                         "result?: object, error?: {code: text, message: text}}]}",
                .teaches = "Nodes share nothing: a copy is old from the moment it was taken.",
                .functions = SYS,
                .honest = "A copy at one moment, not a replica that follows.",
                .next = "diff_genserver_states",
                .run = run_state_replicate},
        {.name = "list_kept_states",
                .group = "State Management",
                .summary = "States that the daemon keeps.",
                .routes = {{"GET", "/api/v1/states"}},
                .arguments = list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "{id: text, kind: text, node: text, process: text, taken_at: time, bytes: "
                         "int, "
                         "about: object}",
                .list = true,
                .teaches = TEACHES_BACKUP,
                .next = "restore_genserver_state|remove_kept_state",
                .run = run_states_list},
        {.name = "remove_kept_state",
                .group = "State Management",
                .summary = "Forget a state that the daemon keeps.",
                .routes = {{"DELETE", "/api/v1/states/{kind}/{id}"}},
                .arguments = remove_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .status = 204,
                .reply = "none",
                .teaches = TEACHES_BACKUP,
                .next = "list_kept_states",
                .run = run_state_remove},
};

ROWS_ARE(rows_kept_states, rows);
