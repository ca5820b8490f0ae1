// A node as a whole.
#include "operations/rows.h"

static const struct argument system_health_arguments[] = {FRESH, NODE, END};

static const struct operation rows[] = {
        {.name = "get_system_health",
                .group = "System",
                .summary = "Scores, figures and warnings of a node.",
                .routes = {{"GET", "/api/v1/system/health"}},
                .arguments = system_health_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "system_health",
                .teaches = "Limits of the runtime system: processes, ports, atoms, tables.",
                .run = run_system_health},
};

ROWS_ARE(rows_system, rows);
