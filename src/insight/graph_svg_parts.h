// The shapes that drawings are made of, as SVG: the drawing and its legend use the same.
#ifndef WHITEBEAM_INSIGHT_GRAPH_SVG_PARTS_H
#define WHITEBEAM_INSIGHT_GRAPH_SVG_PARTS_H

#include "insight/graph_drawing.h"

#define SVG_GREY       "#757b85" // 4.3 to 1 or better against white and against #111
#define SVG_MONOSPACED "DejaVu Sans Mono,Menlo,Consolas,Liberation Mono,monospace"
#define SVG_SANS       "DejaVu Sans,Verdana,Helvetica,Arial,sans-serif"

// A path of lines of one kind: what is added between them is its commands.
void svg_open_lines(struct buffer *out, enum graph_edge_kind kind);
// The same for arrowheads, which are filled.
void svg_open_heads(struct buffer *out, enum graph_edge_kind kind);
void svg_close_lines(struct buffer *out);

void svg_rectangle(
        struct buffer *out, const struct drawing_box *box, int radius, const char *attributes);

// Bold text that begins at x, with its baseline at y; size in pixels.
void svg_heading(struct buffer *out, double x, double y, int size, struct str text);

// A box of that shape with its texts; the font is the caller's.
void svg_node(struct buffer *out, const struct drawing_box *box, enum graph_shape shape,
        const struct drawing_label *label);

// The mark of a cluster, in a colour of its own, at the left side of a box. Nothing for none.
void svg_stripe(struct buffer *out, const struct drawing_box *box, uint32_t cluster);

#endif
