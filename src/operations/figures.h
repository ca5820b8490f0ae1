// Counts, limits and memory of a node, asked for together with its mirror.
#ifndef WHITEBEAM_OPERATIONS_FIGURES_H
#define WHITEBEAM_OPERATIONS_FIGURES_H

#include "insight/health.h"
#include "node/node.h"
#include "operations/call.h"

struct figures {
    struct call *call;
    struct node *node;
    struct mirror *mirror;
    struct health_figures of;
    const struct term *answer; // of the agent; lives during `then` only
    void (*then)(struct figures *figures);
};

// Chooses the call's node, waits for its mirror, asks for its figures, and runs `then`. On any
// error the call fails.
void figures_ask(struct call *call, void (*then)(struct figures *figures));

// `"memory_usage": {…}`, bytes by kind.
void figures_write_memory(struct buffer *out, const struct figures *figures);
// `"limits": {…}` and what else is counted, as members.
void figures_write(struct buffer *out, const struct figures *figures);

#endif
