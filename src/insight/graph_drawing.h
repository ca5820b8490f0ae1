// Where everything in a drawing of a graph is: trees, frames around many leaves of one supervisor,
// panels that hold the trees of one cluster, and below them panels with what is in no tree.
#ifndef WHITEBEAM_INSIGHT_GRAPH_DRAWING_H
#define WHITEBEAM_INSIGHT_GRAPH_DRAWING_H

#include "insight/graph.h"
#include "insight/graph_layout.h"

// Lengths in pixels.
#define DRAWING_BOX_HEIGHT   26.0
#define DRAWING_BOX_PADDING  10.0
#define DRAWING_LABEL_COLUMN 7.23 // of the monospaced font at 12 pixels
#define DRAWING_NOTE_COLUMN  6.02 // at 10 pixels
#define DRAWING_NOTE_GAP     9.0
#define DRAWING_PARENT_GAP   34.0
#define DRAWING_HEADING      26.0 // of a panel, above its content

struct drawing_box {
    double x, y, width, height;
};

struct drawing_label {
    struct str label, note; // what fits of them
    bool whole;             // nothing was cut off the label
};

// A tree: item i is node nodes[i], or, where that is GRAPH_NONE, a frame around leaves.
struct drawing_tree {
    struct layout_item *items;
    uint32_t *nodes;
    size_t count;
};

struct drawing_panel {
    struct drawing_box box;
    uint32_t cluster; // its heading, GRAPH_NONE for none
};

struct drawing {
    struct drawing_box *boxes; // by node
    uint32_t *panel_of;        // by node
    struct drawing_tree *trees;
    size_t tree_count;
    struct drawing_panel *panels;
    size_t panel_count;
    double loose_y; // of the heading above what is in no tree; negative if all is in trees
    double width, height;
};

struct drawing_label drawing_label(struct arena *arena, const struct graph_node *node);

void drawing_place(struct arena *arena, const struct graph *graph, struct drawing *drawing);

#endif
