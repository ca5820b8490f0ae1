// What slows a node down, by rules over a mirror. docs/health.md gives them to users.
#ifndef WHITEBEAM_INSIGHT_BOTTLENECKS_H
#define WHITEBEAM_INSIGHT_BOTTLENECKS_H

#include "insight/health.h"

enum bottleneck_kind {
    BOTTLENECK_MEMORY,     // a process holds more than a tenth of the node's memory, and 10 MB
    BOTTLENECK_QUEUE,      // more than 1000 messages wait for it
    BOTTLENECK_SUSPENDED,  // it is suspended: who calls it waits
    BOTTLENECK_RESTARTING, // a supervisor has used half of its restarts or more
    BOTTLENECK_SILENT,     // a supervisor does not answer
    BOTTLENECK_RUN_QUEUE,  // more processes are ready to run than schedulers times ten
    BOTTLENECK_LIMIT,      // a limit of the node is used to 80 % or more
};

enum severity { SEVERITY_MEDIUM, SEVERITY_HIGH, SEVERITY_CRITICAL };

struct bottleneck {
    enum bottleneck_kind kind;
    enum severity severity;
    uint32_t slot;    // MIRROR_NONE: it is the node's
    const char *what; // of a limit: "processes"; else NULL
    int64_t value, threshold;
};

#define BOTTLENECKS_MOST 200u

const char *bottleneck_text(enum bottleneck_kind kind); // "high_memory_usage"
const char *severity_text(enum severity severity);
// What to do, up to four sentences, ended by NULL.
const char *const *bottleneck_advice(enum bottleneck_kind kind);

// Fills `found` with the worst first. Returns how many; *total counts those that had no room too.
uint32_t bottlenecks_find(const struct mirror *mirror, const struct health_figures *figures,
        int64_t now, struct bottleneck found[static BOTTLENECKS_MOST], uint32_t *total);

#endif
