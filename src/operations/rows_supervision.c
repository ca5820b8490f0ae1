// Supervisors under control: flags, strategies, pause, start, restart, failures on purpose. All are
// answered by the agent.
#include "operations/rows.h"

#define GROUP      "Supervisor Management"
#define STRATEGIES "one_for_one|one_for_all|rest_for_one|simple_one_for_one"
#define RESTARTS   "permanent|transient|temporary"
#define STAYS_UNTIL                                                                                \
    "The supervisor's state is edited in place, after its whole form was recognised, and read "    \
    "back; a code change (sys:change_code) runs init again and undoes it."

// clang-format off
#define CHILD_ID_OR_NOT TEXT("child_id", NULL, \
    "Id of the child as answers show it, its pid, or its registered name.")
#define CHANGE NODE, DRY_RUN, FORCE
// clang-format on

static const struct argument of_supervisor[] = {SUPERVISOR, NODE, END};
static const struct argument flags_arguments[] = {
        SUPERVISOR,
        INTEGER("max_restarts", NULL, 0, 1000000000, "Restarts that are allowed in max_seconds."),
        INTEGER("max_seconds", NULL, 1, 1000000000, "The period in which they are counted."),
        CHOICE("strategy", STRATEGIES, NULL, "What is restarted when a child ends."),
        CHOICE("auto_shutdown", "never|any_significant|all_significant", NULL,
                "When the end of significant children ends the supervisor."),
        CHANGE,
        END,
};
static const struct argument intensity_arguments[] = {
        SUPERVISOR,
        NEED_INTEGER("intensity", 0, 1000000000, "Restarts that are allowed in the period."),
        CHANGE,
        END,
};
static const struct argument period_arguments[] = {
        SUPERVISOR,
        NEED_INTEGER("period", 1, 1000000000, "Seconds in which restarts are counted."),
        CHANGE,
        END,
};
static const struct argument strategy_arguments[] = {
        SUPERVISOR,
        NEED_CHOICE("strategy", STRATEGIES, "What is restarted when a child ends."),
        FLAG("restart", "Start all children again afterwards. The supervisor itself stays, since "
                        "its init would bring the old strategy back."),
        TIMEOUT("10000", 20000),
        CHANGE,
        END,
};
static const struct argument convert_arguments[] = {SUPERVISOR, CHANGE, END};
static const struct argument pause_arguments[] = {SUPERVISOR, DURATION, NODE, DRY_RUN, END};
static const struct argument resume_arguments[] = {
        SUPERVISOR,
        NODE,
        DRY_RUN,
        FLAG("force", "Also end a pause that somebody else made; needs force:system."),
        END,
};
static const struct argument restart_arguments[] = {
        SUPERVISOR,
        CHOICE("target", "supervisor|children|child|child_id", "supervisor",
                "The supervisor by its parent, all its children in order, or one child."),
        CHILD_ID_OR_NOT,
        TEXT("reason", "manual_restart", "For the audit record: it reaches no process."),
        INTEGER("delay_ms", "0", 0, 20000, "Wait so long first."),
        FLAG("dependents", "For the top of an application: restart the applications that need it "
                           "too."),
        TIMEOUT("10000", 20000),
        CHANGE,
        END,
};
static const struct argument stop_arguments[] = {
        SUPERVISOR,
        TEXT("reason", "manual_stop", "For the audit record: it reaches no process."),
        TIMEOUT("10000", 20000),
        CHANGE,
        END,
};

#define START_ARGUMENTS                                                                            \
    CHOICE("strategy", STRATEGIES, "one_for_one", "What is restarted when a child ends."),         \
            INTEGER("max_restarts", "1", 0, 1000000000,                                            \
                    "Restarts that are allowed in max_seconds."),                                  \
            INTEGER("max_seconds", "5", 1, 1000000000, "The period in which they are counted."),   \
            {.name = "children",                                                                   \
                    .type = ARGUMENT_CHILD_SPEC,                                                   \
                    .summary = "Array of child specifications, or a string with a list of them."}, \
            ATOM("register_as", NULL, "Register it under this name."),                             \
            INTEGER("duration_ms", "600000", 1, 86400000,                                          \
                    "How long it lives, unless it is under a supervisor."),                        \
            TERMS, TIMEOUT("5000", 20000), CHANGE

static const struct argument start_arguments[] = {
        {.name = "name",
                .type = ARGUMENT_SUPERVISOR,
                .summary = "Supervisor that is there already, to start it under, where it stays; "
                           "without it a "
                           "lease. Its own name is register_as."},
        TERM("id", NULL, "Its id under that supervisor."),
        CHOICE("restart", RESTARTS, "temporary", "What that supervisor does when it ends."),
        START_ARGUMENTS,
        END,
};
static const struct argument start_link_arguments[] = {
        PROCESS("pid", "Process to link it to; the process of its lease without it."),
        START_ARGUMENTS,
        END,
};
static const struct argument test_arguments[] = {
        SUPERVISOR,
        CHOICE("strategy", STRATEGIES, NULL, "Strategy to try; its own without it."),
        CHILD_ID_OR_NOT,
        CHOICE("reason", "crash|normal|shutdown", "crash", "How the child ends."),
        NODE,
        END,
};
static const struct argument simulate_arguments[] = {
        SUPERVISOR,
        CHOICE("scenario", "child_crash|supervisor_crash|cascade_failure|restart_intensity",
                "child_crash", "What fails."),
        TEXT("target", "random", "random, or the id of a child."),
        TEXT("reason", "simulated_failure",
                "Exit reason; processes that trap exits are killed instead."),
        INTEGER("count", "1", 1, 100, "Kills of child_crash and supervisor_crash."),
        INTEGER("interval_ms", "0", 0, 20000, "Time between two kills."),
        TIMEOUT("20000", 22000),
        CHANGE,
        END,
};

#define AGENT       .run = run_on_node
#define READS       .permission = PERMISSION_READ_SUPERVISORS, .effect = EFFECT_READ, AGENT
#define WRITES(e)   .permission = PERMISSION_WRITE_SUPERVISORS, .effect = e, AGENT
#define CONTROLS(e) .permission = PERMISSION_CONTROL_SUPERVISORS, .effect = e, AGENT
#define AT(method, rest)                                                                           \
    { method, "/api/v1/supervisors/{name}" rest }
#define FLAGS_ARE                                                                                  \
    "supervisor: pid, strategy: text, max_restarts: int, max_seconds: int, used: int, left: int, " \
    "frees_in_s: int?, auto_shutdown: text?, module: text?, changeable: bool, max_children: int?"
#define FLAGS_CHANGED                                                                              \
    "{supervisor: pid, before: flag_values, after: flag_values, budget: restart_budget, "          \
    "dry_run: bool, note: text, restart?: object?, children?: int, kept?: int}"
#define STARTED                                                                                    \
    "{supervisor: pid?, flags: {strategy: text, intensity: int, period: int}, children: int, "     \
    "linked_to?: pid?, parent?: pid, duration_ms?: int, lease?: int, stays: bool, note: text, "    \
    "alive?: bool, active_children?: int, strategy?: text, budget?: restart_budget, "              \
    "dry_run?: bool}"

#define CONVERT_ROW(n, word)                                                                       \
    {                                                                                              \
        .name = n, .group = GROUP, .summary = "Change the strategy to " word ".",                  \
        .arguments = convert_arguments, .reply = FLAGS_CHANGED, WRITES(EFFECT_CHANGE),             \
        .teaches = "A strategy says which siblings share the fate of a child.",                    \
        .functions = "sys:replace_state/2", .honest = STAYS_UNTIL,                                 \
        .next = "test_restart_strategy|get_restart_strategy"                                       \
    }

static const struct operation rows[] = {
        {.name = "start_supervisor",
                .group = GROUP,
                .summary = "Start a supervisor, for a while or under another one.",
                .routes = {{"POST", "/api/v1/supervisors"}, {"POST", "/api/supervisors"}},
                .arguments = start_arguments,
                WRITES(EFFECT_CHANGE),
                .status = 201,
                .reply = STARTED,
                .teaches = "A supervisor is started with flags and child specifications, and is "
                           "itself a child.",
                .functions = "supervisor:start_link/2, supervisor:start_child/2",
                .honest = "Without `name` it belongs to a process of Whitebeam and ends with it. "
                          "Under a supervisor it needs a callback module that stays on the node: "
                          "Elixir's has one, plain Erlang's none.",
                .next = "add_child|stop_supervisor"},
        {.name = "start_supervisor_link",
                .group = GROUP,
                .summary = "Start a supervisor that is linked to a process.",
                .arguments = start_link_arguments,
                WRITES(EFFECT_CHANGE),
                .status = 201,
                .reply = STARTED,
                .teaches = "Links: the end of one process reaches those that it is linked to.",
                .functions = "supervisor:start_link/2, erlang:link/1",
                .honest =
                        "A client of HTTP is no process to be linked to: the partner is `pid`, or "
                        "the process that holds it for Whitebeam.",
                .next = "add_child|stop_supervisor"},
        {.name = "stop_supervisor",
                .group = GROUP,
                .summary = "Stop a supervisor and all below it, in order.",
                .routes = {AT("DELETE", "")},
                .arguments = stop_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = "{supervisor: pid, by: text, parent: pid?, ends: ended_family, "
                         "alive?: bool, exit_reason?: text?, still_alive?: [pid], dry_run?: bool}",
                .teaches = "A supervisor ends its children last started first, and waits for each.",
                .functions = "supervisor:terminate_child/2, sys:terminate/2",
                .honest = "An exit signal of a stranger means nothing to a supervisor: its parent "
                          "is asked to end it, and keeps its specification.",
                .next = "restart_child|delete_child"},
        {.name = "restart_supervisor",
                .group = GROUP,
                .summary = "Restart a supervisor, its children, or one of them.",
                .routes = {AT("POST", "/restart")},
                .arguments = restart_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = "{supervisor: pid, target: text, delay_ms: int, spends_restarts: bool, "
                         "by?: text, parent?: pid, new_pid?: pid?, exit_reason?: text?, "
                         "ended?: int, alive?: bool, child?: restarted_child, "
                         "children?: [restarted_child], child_count?: int, left_out?: int, "
                         "application?: object, ends?: ended_family, dry_run?: bool}",
                .teaches = "A restart gives back the state of init, which is why letting it crash "
                           "works.",
                .functions = "supervisor:terminate_child/2, supervisor:restart_child/2",
                .honest = "Through those in charge: the parent, or the application controller for "
                          "the top of an application. It spends none of the allowed restarts.",
                .next = "which_children|test_restart_strategy"},
        {.name = "pause_supervisor",
                .group = GROUP,
                .summary = "Stop a supervisor from restarting children, for a while.",
                .routes = {AT("POST", "/pause")},
                .arguments = pause_arguments,
                CONTROLS(EFFECT_CHANGE),
                .reply = "{supervisor: pid, paused: bool, duration_ms: int, lease?: int, "
                         "dry_run?: bool}",
                .teaches = "sys:suspend/1: a suspended process reads system messages only.",
                .functions = "sys:suspend/2",
                .honest =
                        "It handles no message at all: calls of others wait or time out. Children "
                        "that end are restarted on resume.",
                .next = "resume_supervisor"},
        {.name = "resume_supervisor",
                .group = GROUP,
                .summary = "End a pause; what ended meanwhile is restarted.",
                .routes = {AT("POST", "/resume")},
                .arguments = resume_arguments,
                CONTROLS(EFFECT_CHANGE),
                .reply = "{supervisor: pid, waiting_messages: int, ended_while_paused: [text?], "
                         "ended_count: int, budget: restart_budget, paused: bool, alive?: bool, "
                         "budget_after?: restart_budget?, dry_run?: bool}",
                .teaches = "Exit signals of linked processes wait as messages until they are read.",
                .functions = "sys:resume/2",
                .next = "which_children|get_supervisor_flags"},
        {.name = "get_supervisor_flags",
                .group = GROUP,
                .summary = "Flags of a supervisor, and the restarts that are left.",
                .routes = {AT("GET", "/config")},
                .arguments = of_supervisor,
                READS,
                .reply = "{" FLAGS_ARE "}",
                .teaches = "max_restarts in max_seconds: beyond that a supervisor gives up.",
                .functions = "supervisor:init/1, sys:get_state/1",
                .next = "set_supervisor_flags|get_restart_strategy"},
        {.name = "set_supervisor_flags",
                .group = GROUP,
                .summary = "Change flags of a running supervisor.",
                .routes = {AT("PUT", "/config")},
                .arguments = flags_arguments,
                WRITES(EFFECT_CHANGE),
                .reply = FLAGS_CHANGED,
                .teaches = "Flags come from init/1; OTP's own way to change them is new code.",
                .functions = "sys:replace_state/2, sys:change_code/4",
                .honest = STAYS_UNTIL,
                .next = "get_supervisor_flags|test_restart_strategy"},
        {.name = "change_supervisor_strategy",
                .group = GROUP,
                .summary = "Change the strategy of a running supervisor.",
                .routes = {AT("POST", "/strategy"), AT("PUT", "/strategy")},
                .arguments = strategy_arguments,
                WRITES(EFFECT_DESTROY),
                .reply = FLAGS_CHANGED,
                .teaches = "A strategy says which siblings share the fate of a child.",
                .functions = "sys:replace_state/2",
                .honest = STAYS_UNTIL,
                .next = "test_restart_strategy|get_restart_strategy"},
        {.name = "change_supervisor_intensity",
                .group = GROUP,
                .summary = "Change how many restarts are allowed.",
                .arguments = intensity_arguments,
                WRITES(EFFECT_CHANGE),
                .reply = FLAGS_CHANGED,
                .teaches = "Restart intensity: how much failure is taken for an accident.",
                .functions = "sys:replace_state/2",
                .honest = STAYS_UNTIL,
                .next = "get_supervisor_flags"},
        {.name = "change_supervisor_period",
                .group = GROUP,
                .summary = "Change the period in which restarts are counted.",
                .arguments = period_arguments,
                WRITES(EFFECT_CHANGE),
                .reply = FLAGS_CHANGED,
                .teaches = "A longer period remembers more restarts, and gives up sooner.",
                .functions = "sys:replace_state/2",
                .honest = STAYS_UNTIL,
                .next = "get_supervisor_flags"},
        CONVERT_ROW("convert_to_one_for_one", "one_for_one"),
        CONVERT_ROW("convert_to_one_for_all", "one_for_all"),
        CONVERT_ROW("convert_to_rest_for_one", "rest_for_one"),
        {.name = "convert_to_simple_one_for_one",
                .group = GROUP,
                .summary = "Make all children children of one specification.",
                .arguments = convert_arguments,
                WRITES(EFFECT_CHANGE),
                .reply = FLAGS_CHANGED,
                .teaches = "simple_one_for_one keeps children by pid, without ids and order.",
                .functions = "sys:replace_state/2, supervisor:which_children/1",
                .honest = "Refused unless force is given and all children run and share one start "
                          "function. The ids of the children are lost.",
                .next = "start_supervisor|add_dynamic_child"},
        {.name = "get_restart_strategy",
                .group = GROUP,
                .summary = "The strategy of a supervisor and what it means.",
                .routes = {AT("GET", "/strategy")},
                .arguments = of_supervisor,
                READS,
                .reply = "{" FLAGS_ARE ", children: int, dynamic: bool, meaning: text}",
                .teaches = "The four strategies, and when a supervisor gives up.",
                .functions = "supervisor:init/1",
                .next = "test_restart_strategy|optimize_restart_strategy"},
        {.name = "test_restart_strategy",
                .group = GROUP,
                .summary = "What the end of each child would do now; nothing is ended.",
                .routes = {AT("GET", "/strategy/test")},
                .arguments = test_arguments,
                READS,
                .reply = "{supervisor: pid, strategy: text, current_strategy: text, reason: text, "
                         "budget: restart_budget, predictions: [child_death], total: int, "
                         "left_out: int, if_supervisor_ends: supervisor_end}",
                .teaches = "Order of start, restart types and budget decide what a crash takes "
                           "with it.",
                .functions = "supervisor:which_children/1",
                .honest = "A prediction by the rules of supervisor.erl, for the children and the "
                          "restarts of this moment.",
                .next = "simulate_supervisor_failure|change_supervisor_strategy"},
        {.name = "optimize_restart_strategy",
                .group = GROUP,
                .summary = "Whether another strategy would suit the children, with the evidence.",
                .routes = {AT("GET", "/strategy/suggestion")},
                .arguments = of_supervisor,
                READS,
                .reply = "{supervisor: pid, strategy: text, suggested: text, change: bool, "
                         "confidence: text, why: text, evidence: [{kind: text, child: text?, "
                         "other: text?, earlier: bool}], advice: [text], budget: restart_budget, "
                         "looked_at: int, total: int}",
                .teaches = "Children that depend on each other should share a fate.",
                .functions = "erlang:process_info/2",
                .honest = "Rules over links, monitors and order of start: what children mean to "
                          "each other otherwise nobody can see from outside.",
                .next = "test_restart_strategy|change_supervisor_strategy"},
        {.name = "simulate_supervisor_failure",
                .group = GROUP,
                .summary = "Let children or the supervisor fail, and watch what comes of it.",
                .routes = {AT("POST", "/simulate"), AT("POST", "/simulate-failure")},
                .arguments = simulate_arguments,
                CONTROLS(EFFECT_DESTROY),
                .rate = RATE_HEAVY,
                .reply = "{supervisor: pid, scenario: text, preflight: {budget: restart_budget, "
                         "ends_supervisor: bool, if_supervisor_ends: supervisor_end}, "
                         "kills: [kill], count?: int, stopped?: text, survived?: bool, "
                         "exit_reason?: text?, new_pid?: pid?, "
                         "above?: [{pid: pid, alive: bool}], dry_run?: bool}",
                .teaches = "Failures climb the tree only when a supervisor has used up its "
                           "restarts.",
                .functions = "erlang:exit/2",
                .honest = "Real processes are killed on the node. Where that could end a node, "
                          "with its permanent application, it is refused without force.",
                .next = "test_restart_strategy|get_supervisor_flags"},
};

ROWS_ARE(rows_supervision, rows);
