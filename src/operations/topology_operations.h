// The graph of a node, for those who show it or reckon with it.
#ifndef WHITEBEAM_OPERATIONS_TOPOLOGY_OPERATIONS_H
#define WHITEBEAM_OPERATIONS_TOPOLOGY_OPERATIONS_H

#include "insight/graph_of.h"
#include "node/node.h"
#include "operations/call.h"
#include "operations/relations.h"

// `relations` is NULL when neither links nor monitors were asked for.
typedef void topology_then(struct call *call, struct node *node, const struct mirror *mirror,
        const struct graph_of *of, const struct relations *relations);

// Makes the graph of the call's node and runs `then`. On any error the call fails, also when there
// are too many processes to be asked for their links.
void topology_ask(struct call *call, bool links, bool monitors, bool others,
        enum graph_cluster cluster, topology_then *then);

#endif
