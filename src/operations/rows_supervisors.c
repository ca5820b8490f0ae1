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
                .run = run_supervisors_list},
        {.name = "get_supervisor",
                .group = "Supervisors",
                .summary = "One supervisor in detail.",
                .routes = {{"GET", "/api/v1/supervisors/{name}"}},
                .arguments = supervisor_get_arguments,
                .permission = PERMISSION_READ_SUPERVISORS,
                .reply = "supervisor_details",
                .teaches = "Supervisor flags and child specifications.",
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
                .run = run_supervisor_tree},
};

ROWS_ARE(rows_supervisors, rows);
