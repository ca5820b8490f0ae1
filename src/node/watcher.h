// What a node tells the layers above it as it happens. One watcher for all nodes.
#ifndef WHITEBEAM_NODE_WATCHER_H
#define WHITEBEAM_NODE_WATCHER_H

#include "node/node.h"

struct node_watcher {
    // A process has ended. `slot` is its place in the mirror, still filled, or MIRROR_NONE if the
    // mirror never knew it. The time is the node's own, unix microseconds. The same end may be told
    // twice, by different sources.
    void (*down)(void *context, struct node *node, uint32_t id, uint32_t serial, uint32_t slot,
            const struct term *reason, int64_t time_us);
    // A supervisor has started a process.
    void (*spawned)(void *context, struct node *node, uint32_t supervisor, uint32_t id,
            uint32_t serial, int64_t time_us);
    // A supervisor has reported about a child: `kind` is child_terminated, start_error, shutdown, …
    // `pid` is the child's, or NULL when it has none.
    void (*report)(void *context, struct node *node, uint32_t supervisor, struct str kind,
            const struct term_pid *pid, const struct term *child_id, const struct term *reason,
            int64_t time_us);
    // The node could not send so many events.
    void (*dropped)(void *context, struct node *node, uint64_t count);
    // Children were read again; see struct mirror_observer.
    void (*children)(void *context, struct node *node, uint32_t supervisor, const struct child *old,
            uint32_t old_count);
    void (*supervisor_gone)(void *context, struct node *node, uint32_t supervisor);
    // A cycle of the sampler has ended: the mirror is as of now.
    void (*swept)(void *context, struct node *node);
    // The node changed its state.
    void (*changed)(void *context, struct node *node);
    void *context;
};

#endif
