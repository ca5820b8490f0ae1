// The layout of one tree, drawn from left to right: children begin in one line to the right of
// their parent, in order from the top; a parent stands at the middle of its children; subtrees are
// as near to each other as their outlines allow; equal subtrees are drawn equally.
#ifndef WHITEBEAM_INSIGHT_GRAPH_LAYOUT_H
#define WHITEBEAM_INSIGHT_GRAPH_LAYOUT_H

#include "base/arena.h"

struct layout_item {
    double width, height;  // of its box; given
    uint32_t first, count; // its children: [first, first + count), all after it; given
    double x, y;           // of its upper left corner; found, with no coordinate below 0
};

struct layout_gaps {
    double parent;   // between a box and its children's, left to right
    double siblings; // between boxes of one parent that stand above each other
    double subtrees; // between any other two
};

// Items are in breadth-first order, the root first: children of one parent are neighbours. Time and
// memory are linear in their number, whatever the depth.
//
// After Reingold and Tilford, "Tidier Drawings of Trees" (1981), with outlines by coordinate
// instead of by level, as in van der Ploeg, "Drawing Non-layered Tidy Trees in Linear Time" (2014).
void layout_tree(struct arena *arena, struct layout_item *items, size_t count,
        const struct layout_gaps *gaps, double *width, double *height);

#endif
