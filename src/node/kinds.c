// Tables of kinds. Which processes are supervisors is decided by the agent alone (it proves it);
// this file only names them.
#include "node/kinds.h"

#include "base/must.h"

struct kind_row {
    const char *type;
    const char *behavior;
};

static const struct kind_row kind_rows[KIND_COUNT] = {
        [KIND_UNKNOWN] = {NULL, NULL},
        [KIND_PLAIN] = {"worker", NULL},
        [KIND_GEN_SERVER] = {"genserver", "gen_server"},
        [KIND_GEN_STATEM] = {"worker", "gen_statem"},
        [KIND_GEN_EVENT] = {"worker", "gen_event"},
        [KIND_GEN_FSM] = {"worker", "gen_fsm"},
        [KIND_SUPERVISOR] = {"supervisor", "supervisor"},
        [KIND_SUPERVISOR_BRIDGE] = {"worker", "supervisor_bridge"},
        [KIND_AGENT] = {"agent", "gen_server"},
        [KIND_TASK] = {"task", NULL},
        [KIND_APPLICATION_MASTER] = {"worker", NULL},
};

const char *kind_type(enum process_kind kind) {
    must(kind < KIND_COUNT);
    return kind_rows[kind].type;
}

const char *kind_behavior(enum process_kind kind) {
    must(kind < KIND_COUNT);
    return kind_rows[kind].behavior;
}

const char *status_text(enum process_status status) {
    static const char *const texts[] = {"waiting", "running", "runnable", "suspended",
            "garbage_collecting", "exiting", "unknown"};
    return texts[status <= STATUS_UNKNOWN ? status : STATUS_UNKNOWN];
}

enum process_status status_of(uint8_t code) {
    return code < STATUS_UNKNOWN ? (enum process_status)code : STATUS_UNKNOWN;
}

const char *supervisor_kind_text(enum supervisor_kind kind) {
    static const char *const texts[SUPERVISOR_KIND_COUNT] = {"Supervisor", "DynamicSupervisor",
            "PartitionSupervisor", "Task.Supervisor", "supervisor2", "mirrored_supervisor",
            "ranch_conns_sup"};
    must(kind < SUPERVISOR_KIND_COUNT);
    return texts[kind];
}

static const char *const strategies[STRATEGY_COUNT] = {
        NULL, "one_for_one", "one_for_all", "rest_for_one", "simple_one_for_one"};

const char *strategy_text(enum strategy strategy) {
    must(strategy < STRATEGY_COUNT);
    return strategies[strategy];
}

enum strategy strategy_of(struct str text) {
    for (int i = 1; i < STRATEGY_COUNT; i++) {
        if (str_is(text, strategies[i])) {
            return (enum strategy)i;
        }
    }
    return STRATEGY_UNKNOWN;
}

static const char *const restarts[] = {NULL, "permanent", "transient", "temporary"};

const char *restart_text(enum restart_type restart) {
    return restarts[restart];
}

enum restart_type restart_of(struct str text) {
    // supervisor2 has intrinsic: permanent, and its normal end takes the supervisor with it.
    if (str_is(text, "intrinsic")) {
        return RESTART_PERMANENT;
    }
    for (int i = 1; i <= RESTART_TEMPORARY; i++) {
        if (str_is(text, restarts[i])) {
            return (enum restart_type)i;
        }
    }
    return RESTART_UNKNOWN;
}

struct behaviour_row {
    const char *name;
    enum process_kind kind;
};

static const struct behaviour_row behaviours[] = {
        {"gen_server", KIND_GEN_SERVER},
        {"Elixir.GenServer", KIND_GEN_SERVER},
        {"gen_server2", KIND_GEN_SERVER},
        {"Elixir.GenStage", KIND_GEN_SERVER},
        {"gen_statem", KIND_GEN_STATEM},
        {"gen_event", KIND_GEN_EVENT},
        {"gen_fsm", KIND_GEN_FSM},
        {"supervisor_bridge", KIND_SUPERVISOR_BRIDGE},
};

enum process_kind kind_of_behaviour(struct str behaviour) {
    for (size_t i = 0; i < sizeof behaviours / sizeof behaviours[0]; i++) {
        if (str_is(behaviour, behaviours[i].name)) {
            return behaviours[i].kind;
        }
    }
    return KIND_PLAIN;
}

enum supervisor_kind supervisor_kind_of(struct str proven, struct str module) {
    if (str_is(proven, "dynamic_supervisor")) {
        return str_is(module, "Elixir.Task.Supervisor") ? SUPERVISOR_TASK : SUPERVISOR_DYNAMIC;
    }
    if (str_is(proven, "supervisor2")) {
        return str_is(module, "mirrored_supervisor") ? SUPERVISOR_MIRRORED : SUPERVISOR_2;
    }
    if (str_is(proven, "ranch_conns_sup")) {
        return SUPERVISOR_RANCH;
    }
    return str_is(module, "Elixir.PartitionSupervisor") ? SUPERVISOR_PARTITION : SUPERVISOR_OTP;
}

// A process that waits in a behaviour's own receive is of that behaviour, whatever it was started
// with: Agents and processes of the Elixir shell have an '$initial_call' that does not tell.
static enum process_kind kind_of_function(struct str function) {
    if (str_starts(function, "gen_server.loop/")) {
        return KIND_GEN_SERVER;
    }
    if (str_starts(function, "gen_statem.loop")) {
        return KIND_GEN_STATEM;
    }
    if (str_starts(function, "gen_event.fetch_msg/")) {
        return KIND_GEN_EVENT;
    }
    return KIND_PLAIN;
}

// The name that the compiler gives to an anonymous function: -start/2-fun-0-. An Agent notes the
// function it was given as its '$initial_call'.
static bool is_closure(struct str function) {
    static const char mark[] = "-fun-";
    if (function.length == 0 || function.at[0] != '-') {
        return false;
    }
    return memmem(function.at, function.length, mark, sizeof mark - 1) != NULL;
}

enum process_kind kind_decide(struct str initial_module, struct str initial_function,
        struct str spec_module, enum process_kind behaviour, struct str current_function,
        struct str initial_call, bool elixir) {
    if (str_starts(initial_call, "application_master.")) {
        return KIND_APPLICATION_MASTER;
    }
    if (str_is(initial_module, "supervisor_bridge")) {
        return KIND_SUPERVISOR_BRIDGE;
    }
    if (str_is(initial_module, "gen_event") && str_is(initial_function, "init_it")) {
        return KIND_GEN_EVENT;
    }
    if (str_is(spec_module, "Elixir.Task") || str_is(spec_module, "Elixir.Task.Supervised") ||
            str_is(initial_module, "Elixir.Task.Supervised")) {
        return KIND_TASK;
    }
    enum process_kind waiting = kind_of_function(current_function);
    if (waiting == KIND_GEN_SERVER &&
            (str_is(spec_module, "Elixir.Agent") || (elixir && is_closure(initial_function)))) {
        return KIND_AGENT;
    }
    if (behaviour != KIND_UNKNOWN && behaviour != KIND_PLAIN) {
        return behaviour;
    }
    return waiting != KIND_PLAIN ? waiting : behaviour;
}
