// Trees in other forms than JSON.
#ifndef WHITEBEAM_OPERATIONS_TREE_OPERATIONS_H
#define WHITEBEAM_OPERATIONS_TREE_OPERATIONS_H

#include "node/node.h"
#include "operations/call.h"

#define GRAPH_NODES_MOST 100000u

// Ends the call with the tree below a supervisor as a graph's nodes and edges, or as Mermaid's
// text.
void tree_as_graph(struct call *call, struct node *node, const struct mirror *mirror,
        uint32_t supervisor, bool mermaid);

#endif
