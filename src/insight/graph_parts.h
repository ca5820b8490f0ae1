// What the forms of a graph share: words, and which lines are drawn.
#ifndef WHITEBEAM_INSIGHT_GRAPH_PARTS_H
#define WHITEBEAM_INSIGHT_GRAPH_PARTS_H

#include "insight/graph.h"

const char *graph_shape_text(enum graph_shape shape);
const char *graph_edge_text(enum graph_edge_kind kind);

// Every index of the graph is in range. Forms begin with it.
void graph_check(const struct graph *graph);

// True if the edge says only what a node's parent says already.
bool graph_edge_repeats(const struct graph *graph, const struct graph_edge *edge);

// The same, or a link between a supervisor and its child: every child is linked to its supervisor,
// and a second line beside each of the first would hide the links that mean something.
bool graph_edge_is_implied(const struct graph *graph, const struct graph_edge *edge);

#endif
