// All attached nodes.
#ifndef WHITEBEAM_NODE_NODES_H
#define WHITEBEAM_NODE_NODES_H

#include "node/node.h"

#include <uv.h>

struct nodes;

// `self` is our own full node name, fixed for a daemon; copied.
struct nodes *nodes_create(uv_loop_t *loop, struct str self);
// All nodes must be gone (nodes_detach_all).
void nodes_destroy(struct nodes *nodes);

struct node_watcher;

// Who is told of events; borrowed, NULL for nobody.
void nodes_set_watcher(struct nodes *nodes, const struct node_watcher *watcher);

struct attach_options {
    struct str name;   // name@host
    struct str cookie; // empty: the daemon's own, see nodes_set_cookie
    uint16_t port;     // 0: ask epmd
    bool keep;         // stays when the first try fails, and is tried again
    // A BEAM that we started ourselves, over a pair of pipes instead of the distribution protocol:
    // the descriptors become the node's. Its name is free (no @); it cannot be tried again.
    bool piped;
    int read_fd, write_fd;
};

typedef void nodes_attached(void *context, struct node *node, const struct error *error);

// The cookie for nodes that are attached without one.
void nodes_set_cookie(struct nodes *nodes, struct str cookie);

// Attaches; `attached` (may be NULL) is called once, when the node is ready or when the first try
// failed. A node that is lost is tried again, with the new cookie if one is given. Errors at once:
// ERROR_INVALID_PARAMETER for a name without @, ERROR_NODE_EXISTS, ERROR_UNAVAILABLE at
// LIMIT_NODES.
bool nodes_attach(struct nodes *nodes, const struct attach_options *options,
        nodes_attached *attached, void *context, struct error *error);

// Detaches and forgets a node. `detached` is called once, when the agent has left or 3 s passed.
typedef void nodes_detached(void *context);
void nodes_detach(struct node *node, nodes_detached *detached, void *context);
void nodes_detach_all(struct nodes *nodes, nodes_detached *detached, void *context);

size_t nodes_count(const struct nodes *nodes);
struct node *nodes_at(const struct nodes *nodes, size_t index);
struct node *nodes_find(const struct nodes *nodes, struct str name);

// The node a request without ?node= means: the only one. Errors: ERROR_NO_NODE,
// ERROR_NODE_REQUIRED with the names. With a name: ERROR_NODE_NOT_FOUND with the names.
struct node *nodes_choose(const struct nodes *nodes, struct str name, struct error *error);

#endif
