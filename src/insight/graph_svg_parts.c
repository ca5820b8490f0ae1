// Shapes as SVG.
#include "insight/graph_svg_parts.h"

#include "insight/graph_text.h"

#include <math.h>
#include <stdio.h>

static const char *const line_colours[] = {
        [GRAPH_SUPERVISES] = SVG_GREY, [GRAPH_LINK] = "#d06f21", [GRAPH_MONITOR] = "#8a63d2"};

void svg_open_lines(struct buffer *out, enum graph_edge_kind kind) {
    buffer_printf(out, "<path fill=\"none\" stroke=\"%s\" stroke-width=\"1.3\"%s d=\"",
            line_colours[kind], kind == GRAPH_MONITOR ? " stroke-dasharray=\"5 3\"" : "");
}

void svg_open_heads(struct buffer *out, enum graph_edge_kind kind) {
    buffer_printf(out, "<path fill=\"%s\" d=\"", line_colours[kind]);
}

void svg_close_lines(struct buffer *out) {
    buffer_add_text(out, "\"/>\n");
}

void svg_rectangle(
        struct buffer *out, const struct drawing_box *box, int radius, const char *attributes) {
    buffer_printf(out, "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"%d\" %s/>\n",
            (int)lround(box->x), (int)lround(box->y), (int)lround(box->width),
            (int)lround(box->height), radius, attributes);
}

void svg_heading(struct buffer *out, double x, double y, int size, struct str text) {
    buffer_printf(out,
            "<text x=\"%d\" y=\"%d\" font-family=\"" SVG_SANS "\" font-size=\"%d\" "
            "font-weight=\"bold\" fill=\"" SVG_GREY "\">",
            (int)lround(x), (int)lround(y), size);
    graph_add_xml(out, text);
    buffer_add_text(out, "</text>\n");
}

static void add_outline(struct buffer *out, const struct drawing_box *box, enum graph_shape shape) {
    static const struct {
        int radius;
        const char *attributes;
    } outlines[] = {
            [GRAPH_SUPERVISOR] = {3, "fill=\"#d9e7f8\" stroke=\"#2f6db3\" stroke-width=\"2\""},
            [GRAPH_WORKER] = {13, "fill=\"#e2f2e3\" stroke=\"#4a9150\""},
            [GRAPH_OTHER] = {13, "fill=\"#efeff1\" stroke=\"#82878f\" stroke-dasharray=\"4 2\""},
            [GRAPH_PORT] = {0, "fill=\"#faecd4\" stroke=\"#b98424\""},
    };
    if (shape != GRAPH_PORT) {
        svg_rectangle(out, box, outlines[shape].radius, outlines[shape].attributes);
        return;
    }
    int half = (int)lround(box->height / 2.0);
    int straight = (int)lround(box->width) - 16;
    buffer_printf(out, "<path d=\"M%d %dl8 %dh%dl8 %dl-8 %dh%dz\" %s/>\n", (int)lround(box->x),
            (int)lround(box->y) + half, -half, straight, half, half, -straight,
            outlines[shape].attributes);
}

void svg_node(struct buffer *out, const struct drawing_box *box, enum graph_shape shape,
        const struct drawing_label *label) {
    add_outline(out, box, shape);
    int y = (int)lround(box->y + box->height / 2.0) + 4;
    buffer_printf(out, "<text x=\"%d\" y=\"%d\"%s fill=\"#18212c\">",
            (int)lround(box->x + DRAWING_BOX_PADDING), y,
            shape == GRAPH_SUPERVISOR ? " font-weight=\"bold\"" : "");
    graph_add_xml(out, label->label);
    buffer_add_text(out, "</text>");
    if (label->note.length > 0) {
        buffer_printf(out,
                "<text x=\"%d\" y=\"%d\" text-anchor=\"end\" font-size=\"10\" fill=\"#555e69\">",
                (int)lround(box->x + box->width - DRAWING_BOX_PADDING), y);
        graph_add_xml(out, label->note);
        buffer_add_text(out, "</text>");
    }
}

// Hues a golden angle apart: neighbours in the list of clusters look different.
static void colour_of(uint32_t cluster, unsigned rgb[3]) {
    double hue = fmod((double)cluster * 137.508, 360.0) / 60.0;
    for (int i = 0; i < 3; i++) {
        double distance = fabs(fmod(hue + (i == 0 ? 0.0 : i == 1 ? 4.0 : 2.0), 6.0) - 3.0);
        double level = fmin(fmax(distance - 1.0, 0.0), 1.0);
        rgb[i] = (unsigned)lround(40.0 + 170.0 * level);
    }
}

void svg_stripe(struct buffer *out, const struct drawing_box *box, uint32_t cluster) {
    if (cluster == GRAPH_NONE) {
        return;
    }
    unsigned rgb[3];
    colour_of(cluster, rgb);
    char attributes[32];
    snprintf(attributes, sizeof attributes, "fill=\"#%02x%02x%02x\"", rgb[0], rgb[1], rgb[2]);
    struct drawing_box stripe = {box->x + 3.0, box->y + 6.0, 4.0, box->height - 12.0};
    svg_rectangle(out, &stripe, 2, attributes);
}
