// The process that a call's argument `pid` means, and what may go wrong with it.
#ifndef WHITEBEAM_OPERATIONS_TARGET_H
#define WHITEBEAM_OPERATIONS_TARGET_H

#include "node/nodes.h"
#include "operations/call.h"

struct target {
    struct call *call;
    struct node *node;
    uint32_t id, serial;
    struct str name; // how it was addressed
};

// Runs `found` with the process, which need not be alive any more. A name is looked up on the node
// itself: it may have moved to another process since the last sweep. On any error the call fails.
// The target lives as long as the call.
typedef void target_found(struct target *target);
void target_find(struct call *call, target_found *found);

// Ends the call with an error of the agent, said of this process.
void target_fail(const struct target *target, const struct error *error);

// Begins a list of `count` arguments with the process's pid.
void target_encode(struct buffer *arguments, const struct target *target, uint32_t count);

#endif
