// Processes that are unlike their kin: far larger, or with far more messages waiting, than others
// that run the same function; and kin that nobody supervises and that are many. docs/health.md has
// the rules for users.
#ifndef WHITEBEAM_INSIGHT_ANOMALIES_H
#define WHITEBEAM_INSIGHT_ANOMALIES_H

#include "base/arena.h"
#include "node/mirror.h"

enum anomaly_kind {
    ANOMALY_MEMORY, // ten times the mean of at least 7 others with its initial call, and over 1 MB
    ANOMALY_QUEUE,  // the same of messages waiting, and over 100
    ANOMALY_CROWD,  // over 1000 processes with one initial call that nobody supervises
};

struct anomaly {
    enum anomaly_kind kind;
    uint32_t slot;   // of the process; of ANOMALY_CROWD one of them
    uint64_t value;  // bytes, messages, processes
    double expected; // mean of the others; the limit
};

#define ANOMALIES_MOST 100u

const char *anomaly_text(enum anomaly_kind kind); // "memory_outlier"

// Fills `found`, those furthest from what was expected first. Returns how many; *total counts those
// that had no room too. One pass over the mirror, and memory for one entry for each initial call.
uint32_t anomalies_find(struct arena *arena, const struct mirror *mirror,
        struct anomaly found[static ANOMALIES_MOST], uint32_t *total);

#endif
