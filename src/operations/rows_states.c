// States of processes: reading, changing and comparing them while the processes run.
#include "operations/rows.h"

#define GROUP "State Management"

#define EXPECTED                                                                                   \
    TEXT("expected", NULL,                                                                         \
            "The hash that the state must still have, as get_genserver_state gave it.")
// Which handler of a gen_event is meant.
#define HANDLER                                                                                    \
    ATOM("handler", NULL, "Of a gen_event with several handlers: the module of the one meant."),   \
            TERM("handler_id", NULL, "The id of that handler, if it has one.")
#define PATH_NOTE "keys of maps, structs and keyword lists, and indexes of tuples and lists from 0"
#define SYS       "sys:replace_state/3"

static const struct argument get_arguments[] = {PID, TIMEOUT("1000", 10000), NODE, END};

static const struct argument set_arguments[] = {
        PID,
        NEED_TERM("state", "The new state; of a gen_statem {StateName, Data}."),
        EXPECTED,
        HANDLER,
        TIMEOUT("1000", 10000),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument update_arguments[] = {
        PID,
        TERM("path", NULL, "A list: " PATH_NOTE "."),
        TERM("value", NULL, "What is put there."),
        CHOICE("action", "put|delete", "put", "What is done at the path."),
        FLAG("create", "Let `put` add a key that a map or keyword list does not have."),
        TEXT("function", NULL,
                "Instead of a path: an Erlang fun of the state as text, fun(State) -> … end."),
        FLAG("allow_code", "Run `function` inside the process; needs manage:code."),
        EXPECTED,
        HANDLER,
        TIMEOUT("1000", 10000),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument validate_arguments[] = {
        PID,
        NEED_TERM("shape", "A type by name, or a map of keys and shapes; see docs/states.md."),
        HANDLER,
        TIMEOUT("1000", 10000),
        TERMS,
        NODE,
        END,
};

static const struct argument compress_arguments[] = {
        PID, TIMEOUT("1000", 10000), DRY_RUN, NODE, END};

static const struct argument migrate_arguments[] = {
        PID,
        NEED_TERM("mapping", "A map with rename, drop and add, or with tuple; see docs/states.md."),
        TERM("path", NULL, "The part that is migrated, if not the whole: " PATH_NOTE "."),
        EXPECTED,
        HANDLER,
        TIMEOUT("1000", 10000),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "get_genserver_state",
                .group = GROUP,
                .summary = "The state of a process with the hash by which a change can tell that "
                           "it is still the same.",
                .routes = {{"GET", "/api/v1/processes/{pid}/genserver_state"}},
                .arguments = get_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, kind: text, module: text?, status: text, state: any, "
                         "state_inspect: text, hash: text?, handlers?: [{handler: text, id: text, "
                         "hash: text?}], form: text, bytes: int, changing: bool}",
                .teaches = "Processes of a behaviour answer system messages beside their own.",
                .functions = "sys:get_status/2, sys:get_state/2",
                .honest = "What is shown went through format_status; the hash is of the state "
                          "itself.",
                .next = "set_genserver_state|update_genserver_state|backup_genserver_state",
                .run = run_on_node},
        {.name = "set_genserver_state",
                .group = GROUP,
                .summary = "Replace the state of a process.",
                .routes = {{"PUT", "/api/v1/processes/{pid}/state"}},
                .arguments = set_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "state_change",
                .teaches = "A state may be replaced between two messages, never during one.",
                .functions = SYS,
                .honest = "No callback runs: timers, tables and other processes know nothing of "
                          "the new state. States of supervisors are refused.",
                .next = "get_genserver_state|backup_genserver_state",
                .run = run_on_node},
        {.name = "update_genserver_state",
                .group = GROUP,
                .summary = "Change a part of the state by its path, or the whole by a function.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/update"}},
                .arguments = update_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "state_change",
                .teaches = "Terms are immutable: an update makes a new one that shares the rest.",
                .functions = SYS ", erl_eval:expr/2",
                .honest = "A dry run of a function runs it on a copy, with all it does besides.",
                .next = "get_genserver_state|diff_genserver_states",
                .run = run_on_node},
        {.name = "validate_genserver_state",
                .group = GROUP,
                .summary = "Compare the state with the shape that it should have.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/validate"}},
                .arguments = validate_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{pid: pid, valid: bool, problems: [{path: any, path_inspect: text, "
                         "expected: text, found: text}], total: int, left_out: int, hash: text, "
                         "form: text}",
                .teaches = "Types are checked when code runs; a wrong term may sit in a state for "
                           "long.",
                .functions = "sys:get_state/2",
                .next = "update_genserver_state|migrate_process_state",
                .run = run_on_node},
        {.name = "compress_genserver_state",
                .group = GROUP,
                .summary = "How small the state would be compressed; collects the garbage.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/compress"}},
                .arguments = compress_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{pid: pid, name: text?, kind: text, hash: text, bytes: int, "
                         "compressed_bytes: int, before: {memory: int, heap_bytes: int}, after: "
                         "{memory: int, heap_bytes: int}, collected: bool, stored_compressed: "
                         "bool, dry_run: bool, note: text, closest: text}",
                .teaches = "Memory of a process is mostly what it has not collected yet.",
                .functions = "erlang:garbage_collect/1, zlib:compress/1",
                .honest = "A running process cannot keep its state compressed: its code expects "
                          "the terms. What it gains is the garbage.",
                .next = "hibernate_process|get_process_memory_info",
                .run = run_on_node},
        {.name = "migrate_process_state",
                .group = GROUP,
                .summary = "Bring the state into the form of another version of its module.",
                .routes = {{"POST", "/api/v1/processes/{pid}/state/migrate"}},
                .arguments = migrate_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "state_change",
                .teaches = "code_change/3 is where a module brings old states into a new form.",
                .functions = SYS ", sys:change_code/4",
                .honest = "Keys and elements are moved as the mapping says; code_change is not "
                          "called.",
                .next = "validate_genserver_state|get_genserver_state",
                .run = run_on_node},
};

ROWS_ARE(rows_states, rows);
