// Rectangles packed onto a sheet, the first ones at the top.
#ifndef WHITEBEAM_INSIGHT_GRAPH_PACK_H
#define WHITEBEAM_INSIGHT_GRAPH_PACK_H

#include "base/arena.h"

struct pack_box {
    double width, height; // given
    double x, y;          // found
};

struct pack_sheet {
    double least_width;
    double aspect;        // width to height that it should have, about
    double gap;           // between boxes
    double width, height; // found: of what is on it
};

// Each box, in order, goes where it begins highest, the leftmost of such places; of several widths
// of the sheet the best is taken. Time grows with the number of boxes times that of different
// heights at the lower edge.
void pack_boxes(
        struct arena *arena, struct pack_box *boxes, size_t count, struct pack_sheet *sheet);

#endif
