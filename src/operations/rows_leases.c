// What Whitebeam holds in a node for a while.
#include "operations/rows.h"

static const struct argument list_arguments[] = {NODE, END};

static const struct argument release_arguments[] = {
        NEED_INTEGER("lease", 1, (int64_t)1 << 53, "Number of the lease."), NODE, END};

static const struct operation rows[] = {
        {.name = "list_leases",
                .group = "Leases",
                .summary = "Suspensions, started processes, delayed messages: what is held in a "
                           "node for a while.",
                .routes = {{"GET", "/api/v1/leases"}},
                .arguments = list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{leases: [{id: int, kind: text, about: object, ends_in_ms: int}]}",
                .teaches = "A process that holds something gives it back when it ends.",
                .honest = "Those of this daemon. All end when it leaves the node.",
                .next = "release_lease",
                .run = run_on_node},
        {.name = "release_lease",
                .group = "Leases",
                .summary = "Give back what a lease holds, before its time.",
                .routes = {{"DELETE", "/api/v1/leases/{lease}"}},
                .arguments = release_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{lease: int, released: bool}",
                .teaches = "A delayed message that is taken back was never sent.",
                .next = "list_leases",
                .run = run_on_node},
};

ROWS_ARE(rows_leases, rows);
