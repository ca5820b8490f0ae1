// A graph as a drawing. Only presentation attributes are used, since a page's content security
// policy forbids style elements and attributes; colours are such that lines and headings can be
// read on white and on near black, and boxes bring their own ground. Edges of one kind are one
// path.
#include "insight/graph.h"

#include "base/must.h"
#include "insight/graph_drawing.h"
#include "insight/graph_legend.h"
#include "insight/graph_parts.h"
#include "insight/graph_svg_parts.h"
#include "insight/graph_text.h"

#include <math.h>

#define MARGIN      24.0
#define CURVE_APART 5.0 // links leave a box so much above its middle, monitors below

// ---- lines -----------------------------------------------------------------------------------

static double middle_of(const struct layout_item *item) {
    return item->y + item->height / 2.0;
}

// From a parent to a trunk between it and its children, and from there to each of them.
static void add_family(struct buffer *out, const struct drawing_tree *tree, size_t parent) {
    const struct layout_item *item = &tree->items[parent];
    const struct layout_item *children = &tree->items[item->first];
    int x = (int)lround(item->x + item->width);
    int trunk = (int)lround(children[0].x - DRAWING_PARENT_GAP / 2.0);
    buffer_printf(out, "M%d %dH%d", x, (int)lround(middle_of(item)), trunk);
    int first = (int)lround(fmin(middle_of(&children[0]), middle_of(item)));
    int last = (int)lround(fmax(middle_of(&children[item->count - 1]), middle_of(item)));
    if (first != last) {
        buffer_printf(out, "M%d %dV%d", trunk, first, last);
    }
    for (uint32_t i = 0; i < item->count; i++) {
        buffer_printf(out, "M%d %dH%d", trunk, (int)lround(middle_of(&children[i])),
                (int)lround(children[i].x));
    }
}

static void add_trees(struct buffer *out, const struct drawing *drawing) {
    svg_open_lines(out, GRAPH_SUPERVISES);
    for (size_t t = 0; t < drawing->tree_count; t++) {
        const struct drawing_tree *tree = &drawing->trees[t];
        for (size_t i = 0; i < tree->count; i++) {
            if (tree->items[i].count > 0) {
                add_family(out, tree, i);
            }
        }
    }
    svg_close_lines(out);
}

struct curve {
    int x1, y1, out_of, in_to, x2, y2; // a cubic one whose ends are horizontal
    bool right;                        // it arrives from the left
};

// Between the sides that face each other; where both boxes are in one column, between their right
// sides, in a bow.
static struct curve curve_of(
        const struct drawing_box *from, const struct drawing_box *to, double apart) {
    bool right = to->x > from->x + from->width;
    bool left = from->x > to->x + to->width;
    double x1 = left ? from->x : from->x + from->width;
    double x2 = right ? to->x : to->x + to->width;
    double y1 = from->y + from->height / 2.0 + apart;
    double y2 = to->y + to->height / 2.0 + apart;
    double bend = fmax(fabs(x2 - x1) / 2.0, 16.0);
    double out_of = left ? x1 - bend : x1 + bend;
    double in_to = right ? x2 - bend : x2 + bend;
    if (!right && !left) {
        out_of = in_to = fmax(x1, x2) + 18.0 + fmin(fabs(y2 - y1) / 6.0, 90.0);
    }
    return (struct curve){(int)lround(x1), (int)lround(y1), (int)lround(out_of), (int)lround(in_to),
            (int)lround(x2), (int)lround(y2), right};
}

static struct curve curve_of_edge(const struct drawing *drawing, const struct graph_edge *edge) {
    return curve_of(&drawing->boxes[edge->from], &drawing->boxes[edge->to],
            edge->kind == GRAPH_LINK ? -CURVE_APART : CURVE_APART);
}

static bool is_drawn(const struct graph *graph, const struct graph_edge *edge) {
    return edge->from != edge->to && !graph_edge_is_implied(graph, edge);
}

// How far to the right curves go; bows may go beyond all boxes.
static double right_of_curves(const struct graph *graph, const struct drawing *drawing) {
    double most = 0.0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        if (is_drawn(graph, &graph->edges[i])) {
            struct curve curve = curve_of_edge(drawing, &graph->edges[i]);
            most = fmax(most, fmax(curve.out_of, curve.in_to));
        }
    }
    return most;
}

// All edges of a kind, and with `heads` the arrowheads of those that have a direction.
static void add_curves(struct buffer *out, const struct graph *graph, const struct drawing *drawing,
        enum graph_edge_kind kind, bool heads) {
    for (size_t i = 0; i < graph->edge_count; i++) {
        if (graph->edges[i].kind != kind || !is_drawn(graph, &graph->edges[i])) {
            continue;
        }
        struct curve curve = curve_of_edge(drawing, &graph->edges[i]);
        if (heads) {
            buffer_printf(out, "M%d %dl%d -4v8z", curve.x2, curve.y2, curve.right ? -8 : 8);
        } else {
            buffer_printf(out, "M%d %dC%d %d %d %d %d %d", curve.x1, curve.y1, curve.out_of,
                    curve.y1, curve.in_to, curve.y2, curve.x2, curve.y2);
        }
    }
}

static void add_edges(struct buffer *out, const struct graph *graph, const struct drawing *drawing,
        enum graph_edge_kind kind) {
    svg_open_lines(out, kind);
    add_curves(out, graph, drawing, kind, false);
    svg_close_lines(out);
    if (kind != GRAPH_LINK) {
        svg_open_heads(out, kind);
        add_curves(out, graph, drawing, kind, true);
        svg_close_lines(out);
    }
}

// ---- panels and nodes ------------------------------------------------------------------------

static void add_panels(
        struct buffer *out, const struct graph *graph, const struct drawing *drawing) {
    for (size_t i = 0; i < drawing->panel_count; i++) {
        const struct drawing_panel *panel = &drawing->panels[i];
        svg_rectangle(out, &panel->box, 8,
                "fill=\"" SVG_GREY "\" fill-opacity=\".07\" stroke=\"" SVG_GREY
                "\" stroke-opacity=\".4\"");
        if (panel->cluster != GRAPH_NONE) {
            svg_heading(out, panel->box.x + 16.0, panel->box.y + 25.0, 14,
                    graph->clusters[panel->cluster]);
        }
    }
    if (drawing->loose_y >= 0.0) {
        svg_heading(out, 0.0, drawing->loose_y + 16.0, 14, STR("In no supervision tree"));
    }
}

static void add_frames(struct buffer *out, const struct drawing *drawing) {
    for (size_t t = 0; t < drawing->tree_count; t++) {
        const struct drawing_tree *tree = &drawing->trees[t];
        for (size_t i = 0; i < tree->count; i++) {
            if (tree->nodes[i] == GRAPH_NONE) {
                const struct layout_item *item = &tree->items[i];
                struct drawing_box box = {item->x, item->y, item->width, item->height};
                svg_rectangle(out, &box, 6, "fill=\"none\" stroke=\"" SVG_GREY "\"");
            }
        }
    }
}

static void add_nodes(struct buffer *out, struct arena *arena, const struct graph *graph,
        const struct drawing *drawing) {
    buffer_add_text(out, "<g font-family=\"" SVG_MONOSPACED "\" font-size=\"12\">\n");
    for (size_t i = 0; i < graph->node_count; i++) {
        const struct graph_node *node = &graph->nodes[i];
        struct drawing_label label = drawing_label(arena, node);
        buffer_add_text(out, "<g><title>");
        graph_add_xml(out, node->key);
        if (!label.whole) {
            buffer_add_u8(out, '\n');
            graph_add_xml(out, node->label);
        }
        buffer_add_text(out, "</title>");
        svg_node(out, &drawing->boxes[i], node->shape, &label);
        if (node->cluster != drawing->panels[drawing->panel_of[i]].cluster) {
            svg_stripe(out, &drawing->boxes[i], node->cluster);
        }
        buffer_add_text(out, "</g>\n");
    }
    buffer_add_text(out, "</g>\n");
}

void graph_svg(struct buffer *out, const struct graph *graph, struct str title, uint32_t *width,
        uint32_t *height) {
    graph_check(graph);
    must(graph->node_count <= GRAPH_DRAWN);
    struct arena arena;
    arena_init(&arena);
    struct drawing drawing;
    drawing_place(&arena, graph, &drawing);
    struct legend legend;
    legend_place(&arena, graph, &drawing, title, &legend);
    double right = fmax(drawing.width, right_of_curves(graph, &drawing));
    *width = (uint32_t)ceil(fmax(right, legend.width) + 2.0 * MARGIN);
    *height = (uint32_t)ceil(legend.height + drawing.height + 2.0 * MARGIN);
    buffer_printf(out,
            "<svg xmlns=\"http://www.w3.org/2000/svg\" version=\"1.1\" width=\"%u\" height=\"%u\" "
            "viewBox=\"0 0 %u %u\">\n<title>",
            *width, *height, *width, *height);
    graph_add_xml(out, title);
    buffer_printf(out, "</title>\n<g transform=\"translate(%d %d)\">\n", (int)MARGIN, (int)MARGIN);
    legend_add(out, title, &legend);
    buffer_printf(out, "</g>\n<g transform=\"translate(%d %d)\">\n", (int)MARGIN,
            (int)lround(MARGIN + legend.height));
    add_panels(out, graph, &drawing);
    add_frames(out, &drawing);
    add_trees(out, &drawing);
    for (int kind = GRAPH_SUPERVISES; kind <= GRAPH_MONITOR; kind++) {
        add_edges(out, graph, &drawing, (enum graph_edge_kind)kind);
    }
    add_nodes(out, &arena, graph, &drawing);
    buffer_add_text(out, "</g>\n</svg>\n");
    arena_finish(&arena);
}
