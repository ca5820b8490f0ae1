// Children under control of operations: started, ended, replaced. All are answered by the agent.
#include "operations/rows.h"

#define GROUP "Supervisor Management"
#define SPEC_IS                                                                                    \
    "Object with id, start, restart, shutdown, type, modules, significant; or a string with a "    \
    "specification, {Module, argument} or Module."
#define STAYS_UNTIL                                                                                \
    "The supervisor's state is edited in place, after its whole form was recognised, and read "    \
    "back; a code change (sys:change_code) runs init again and undoes it."

// clang-format off
#define CHILD_ID {.name = "child_id", .type = ARGUMENT_TEXT, .required = true, \
    .summary = "Id of the child as answers show it, its pid, or its registered name."}
#define CHANGE NODE, DRY_RUN, FORCE
#define ARGS TERM("args", NULL, "For simple_one_for_one: list of further arguments.")
#define ALLOW FLAG("allow_code", "Let `args` name the code that OTP's or Elixir's own start functions " \
    "run; needs manage:code.")
#define SPEC {.name = "child_spec", .type = ARGUMENT_CHILD_SPEC, .summary = SPEC_IS}
// clang-format on

static const struct argument of_supervisor[] = {SUPERVISOR, NODE, END};
static const struct argument children_arguments[] = {SUPERVISOR, PAGE, NODE, END};
static const struct argument child_arguments[] = {
        SUPERVISOR, CHILD_ID, TIMEOUT("10000", 20000), CHANGE, END};
static const struct argument add_arguments[] = {
        SUPERVISOR, SPEC, ARGS, ALLOW, TERMS, TIMEOUT("5000", 20000), CHANGE, END};
static const struct argument remove_arguments[] = {
        SUPERVISOR,
        CHILD_ID,
        TEXT("shutdown_reason", "shutdown",
                "For the audit record: supervisors always end children with shutdown or kill."),
        TIMEOUT("10000", 20000),
        NODE,
        DRY_RUN,
        FLAG("force", "Kill a child that has not ended in time; needs force:system."),
        END,
};
static const struct argument replace_arguments[] = {
        SUPERVISOR,
        CHILD_ID,
        NEED_SPEC("child_spec", SPEC_IS),
        CHOICE("mode", "in_place|delete_and_start", "in_place",
                "in_place keeps process and order and counts from the next restart; the other ends "
                "the child and starts the new one as the last."),
        TERMS,
        TIMEOUT("10000", 20000),
        CHANGE,
        END,
};

#define AGENT       .run = run_on_node
#define READS       .permission = PERMISSION_READ_SUPERVISORS, .effect = EFFECT_READ, AGENT
#define WRITES(e)   .permission = PERMISSION_WRITE_SUPERVISORS, .effect = e, AGENT
#define CONTROLS(e) .permission = PERMISSION_CONTROL_SUPERVISORS, .effect = e, AGENT
#define AT(method, rest)                                                                           \
    { method, "/api/v1/supervisors/{name}" rest }
#define CHILDREN_AT "/children/{child_id}"

// The supervisor, the child, and what came of it.
#define CHILD_CHANGED                                                                              \
    "{supervisor: pid, id: text?, pid: pid?, restart: text, shutdown: any, type: text, "           \
    "alive?: bool, exit_reason?: text?, listed?: bool, killed?: bool, dry_run?: bool, "            \
    "ends?: ended_family}"
#define CHILD_ADDED                                                                                \
    "{supervisor: pid, pid?: pid?, id?: text?, started?: bool, alive?: bool, listed?: bool, "      \
    "state?: text, restart?: text, significant?: bool, shutdown?: any, type?: text, "              \
    "modules?: any, start?: child_start, args?: term, args_inspect?: text, dry_run?: bool}"

#define START_CHILD_ROW(n, word)                                                                   \
    {                                                                                              \
        .name = n, .group = GROUP, .summary = "Start a child that is " word ".",                   \
        .arguments = add_arguments, .reply = CHILD_ADDED, WRITES(EFFECT_CHANGE),                   \
        .teaches = "The restart type of a child says when it is restarted: always, after an "      \
                   "error, or never.",                                                             \
        .functions = "supervisor:start_child/2",                                                   \
        .honest = "Children of simple_one_for_one have the restart type of their shared "          \
                  "specification.",                                                                \
        .next = "which_children|remove_child"                                                      \
    }

static const struct operation rows[] = {
        {.name = "which_children",
                .group = GROUP,
                .summary = "Children of a supervisor as it has them now, in start order.",
                .routes = {AT("GET", "/children")},
                .arguments = children_arguments,
                READS,
                .reply = "{supervisor: pid, total: int, page: int, per_page: int, "
                         "children: [child_row]}",
                .teaches = "supervisor:which_children/1 copies the whole list; a page does not.",
                .functions = "supervisor:which_children/1",
                .next = "get_process|restart_supervisor"},
        {.name = "count_children",
                .group = GROUP,
                .summary = "Numbers of specifications, running children, supervisors and workers.",
                .routes = {AT("GET", "/children/count")},
                .arguments = of_supervisor,
                READS,
                .reply = "{supervisor: pid, specs: int, active: int, supervisors: int, "
                         "workers: int}",
                .teaches = "Specifications are kept for children that do not run.",
                .functions = "supervisor:count_children/1",
                .next = "which_children"},
        {.name = "delete_child",
                .group = GROUP,
                .summary = "Delete the specification of a child that does not run.",
                .routes = {AT("POST", CHILDREN_AT "/delete")},
                .arguments = child_arguments,
                WRITES(EFFECT_DESTROY),
                .reply = CHILD_CHANGED,
                .teaches = "Ending a child and forgetting its specification are two steps.",
                .functions = "supervisor:delete_child/2",
                .next = "remove_child|add_child"},
        {.name = "restart_child",
                .group = GROUP,
                .summary = "Start a child that does not run, by its specification.",
                .routes = {AT("POST", CHILDREN_AT "/restart")},
                .arguments = child_arguments,
                CONTROLS(EFFECT_CHANGE),
                .reply = CHILD_CHANGED,
                .teaches =
                        "supervisor:restart_child/2 starts what was terminated; it ends nothing.",
                .functions = "supervisor:restart_child/2",
                .honest = "A running child is refused, as by OTP; restart_supervisor with the "
                          "target child ends it first.",
                .next = "restart_supervisor|which_children"},
        {.name = "terminate_child",
                .group = GROUP,
                .summary = "End a child in the way of its specification; it is not restarted.",
                .routes = {AT("POST", CHILDREN_AT "/terminate")},
                .arguments = child_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = CHILD_CHANGED,
                .teaches = "shutdown: how long a child may take to end before it is killed.",
                .functions = "supervisor:terminate_child/2",
                .next = "restart_child|delete_child"},
        {.name = "remove_child",
                .group = GROUP,
                .summary = "End a child and delete its specification.",
                .routes = {AT("DELETE", CHILDREN_AT),
                        {"DELETE", "/api/supervisors/{name}/children/{child_id}"}},
                .arguments = remove_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = CHILD_CHANGED,
                .teaches = "A dynamic child has no specification to delete: ending it removes it.",
                .functions = "supervisor:terminate_child/2, supervisor:delete_child/2",
                .next = "which_children"},
        {.name = "add_child",
                .group = GROUP,
                .summary = "Start a child under a supervisor.",
                .routes = {AT("POST", "/children"), {"POST", "/api/supervisors/{name}/children"}},
                .arguments = add_arguments,
                WRITES(EFFECT_CHANGE),
                .status = 201,
                .reply = CHILD_ADDED,
                .teaches = "Child specifications: what to start, and what its end means.",
                .functions = "supervisor:start_child/2",
                .honest = "A Task.Supervisor runs `start` as the task itself. Module:child_spec/1 "
                          "of a {Module, argument} runs on the node, also in a dry run.",
                .next = "which_children|remove_child"},
        {.name = "add_dynamic_child",
                .group = GROUP,
                .summary = "Start a child under a dynamic supervisor.",
                .arguments = add_arguments,
                WRITES(EFFECT_CHANGE),
                .status = 201,
                .reply = CHILD_ADDED,
                .teaches = "simple_one_for_one and DynamicSupervisor: children that come and go.",
                .functions = "supervisor:start_child/2",
                .next = "which_children|remove_child"},
        START_CHILD_ROW("start_temporary_child", "never restarted"),
        START_CHILD_ROW("start_transient_child", "restarted when it ends with an error"),
        START_CHILD_ROW("start_permanent_child", "always restarted"),
        {.name = "replace_child_spec",
                .group = GROUP,
                .summary = "Replace the specification of a child.",
                .routes = {AT("PUT", CHILDREN_AT)},
                .arguments = replace_arguments,
                WRITES(EFFECT_DESTROY),
                .reply = "{supervisor: pid, mode: text, before: child_row, after: child_row, "
                         "ends?: ended_family, dry_run?: bool}",
                .teaches = "rest_for_one goes by the order of start: a child that is deleted and "
                           "added is the last.",
                .functions = "sys:replace_state/2, supervisor:delete_child/2",
                .honest = STAYS_UNTIL,
                .next = "restart_supervisor|which_children"},
};

ROWS_ARE(rows_children, rows);
