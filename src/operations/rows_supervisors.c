// Supervisors: list, one, tree.
#include "operations/rows.h"

#define DEPTH(otherwise) INTEGER("depth", otherwise, 1, LIMIT_TREE_DEPTH, "Levels of children.")

static const struct argument supervisors_list_arguments[] = {
        PAGE,
        {.name = "type",
                .type = ARGUMENT_CHOICE,
                .choices = "Supervisor|DynamicSupervisor|PartitionSupervisor|Task.Supervisor|"
                           "supervisor2|mirrored_supervisor|ranch_conns_sup",
                .summary = "Only supervisors of this type."},
        {.name = "strategy",
                .type = ARGUMENT_CHOICE,
                .choices = "one_for_one|one_for_all|rest_for_one|simple_one_for_one",
                .summary = "Only supervisors with this strategy."},
        {.name = "health",
                .type = ARGUMENT_CHOICE,
                .choices = "healthy|degraded|critical",
                .summary = "Only supervisors in this health."},
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .choices = "children|analytics|performance",
                .summary = "Further parts. analytics needs history and is null until it is kept."},
        FRESH,
        NODE,
        END,
};

static const struct argument supervisor_get_arguments[] = {
        SUPERVISOR,
        {.name = "include",
                .type = ARGUMENT_CHOICES,
                .choices = "children|tree|analytics|performance|history",
                .summary = "Further parts. analytics and history are null until history is kept."},
        DEPTH("5"),
        FRESH,
        NODE,
        END,
};

static const struct argument supervisor_tree_arguments[] = {
        SUPERVISOR,
        DEPTH("10"),
        {.name = "include_dead",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "false",
                .summary = "Also children that do not run."},
        {.name = "format",
                .type = ARGUMENT_CHOICE,
                .choices = "json|graph|mermaid",
                .fallback = "json",
                .summary = "Form of the answer."},
        FRESH,
        NODE,
        END,
};

static const struct argument snapshot_arguments[] = {SUPERVISOR, FRESH, NODE, END};

static const struct argument tree_diff_arguments[] = {
        SUPERVISOR,
        NEED_TEXT("before", "Id of a snapshot."),
        TEXT("after", NULL, "Id of a later snapshot; the tree as it is now without it."),
        FRESH,
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "list_supervisors",
                .group = "Supervisors",
                .summary = "Supervisors of a node with flags, budget and children.",
                .routes = {{"GET", "/api/v1/supervisors"}, {"GET", "/api/supervisors"}},
                .arguments = supervisors_list_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "supervisor",
                .list = true,
                .teaches = "Supervision strategies and restart intensity.",
                .next = "get_supervisor|build_supervision_tree",
                .run = run_supervisors_list},
        {.name = "get_supervisor",
                .group = "Supervisors",
                .summary = "One supervisor in detail.",
                .routes = {{"GET", "/api/v1/supervisors/{name}"}},
                .arguments = supervisor_get_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "supervisor_details",
                .teaches = "Supervisor flags and child specifications.",
                .next = "build_supervision_tree|test_restart_strategy",
                .run = run_supervisor_get},
        {.name = "build_supervision_tree",
                .group = "Supervisors",
                .summary = "The supervision tree below a supervisor.",
                .routes = {{"GET", "/api/v1/supervisors/{name}/tree"},
                        {"GET", "/api/supervisors/{name}/tree"}},
                .arguments = supervisor_tree_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "tree",
                .teaches = "Supervision trees: failures stay in the smallest subtree that can "
                           "handle them.",
                .next = "trace_failure_impact|capture_tree_snapshot",
                .run = run_supervisor_tree},
        {.name = "capture_tree_snapshot",
                .group = "Supervisors",
                .summary = "Keep the tree of a supervisor as it is, to compare it later.",
                .routes = {{"POST", "/api/v1/supervisors/{name}/tree/snapshots"}},
                .arguments = snapshot_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .effect = EFFECT_CHANGE,
                .status = 201,
                .reply = "{snapshot: text, supervisor: text, taken_at: time}",
                .teaches = "Pids tell lives apart: the same id with another pid is a restart.",
                .functions = "supervisor:which_children/1",
                .next = "diff_tree_states",
                .run = run_tree_snapshot},
        {.name = "diff_tree_states",
                .group = "Supervisors",
                .summary = "What is different between two snapshots of a tree, or one and now.",
                .routes = {{"GET", "/api/v1/supervisors/{name}/tree/diff"}},
                .arguments = tree_diff_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "{before_taken_at: time, after_taken_at: time, added: [any], removed: "
                         "[any], "
                         "restarted: [any], changed: [any], moved: [any], summary: object}",
                .teaches = "Pids tell lives apart: the same id with another pid is a restart.",
                .functions = "supervisor:which_children/1",
                .next = "capture_tree_snapshot|build_supervision_tree",
                .run = run_tree_diff},
};

ROWS_ARE(rows_supervisors, rows);
