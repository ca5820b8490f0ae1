// What stands above a drawing: its title, and samples of the shapes, lines and clusters in it.
#ifndef WHITEBEAM_INSIGHT_GRAPH_LEGEND_H
#define WHITEBEAM_INSIGHT_GRAPH_LEGEND_H

#include "insight/graph_drawing.h"

#define LEGEND_CLUSTERS 12u // so many are named; the colours of more could not be told apart

struct legend_entry {
    enum { LEGEND_SHAPE, LEGEND_LINE, LEGEND_CLUSTER, LEGEND_MORE } kind;
    uint32_t which; // shape, kind of edge, or cluster; how many more
    struct str text;
    double x, y, width;
};

struct legend {
    struct legend_entry *entries;
    size_t count;
    double width, height;
};

void legend_place(struct arena *arena, const struct graph *graph, const struct drawing *drawing,
        struct str title, struct legend *legend);
void legend_add(struct buffer *out, struct str title, const struct legend *legend);

#endif
