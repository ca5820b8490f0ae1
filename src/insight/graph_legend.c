// The legend: entries from left to right, in as many rows as the drawing's width asks for.
#include "insight/graph_legend.h"

#include "insight/graph_parts.h"
#include "insight/graph_svg_parts.h"
#include "insight/graph_text.h"

#include <math.h>

#define TITLE_SIZE   18
#define TITLE_HEIGHT 34.0
#define ROW_HEIGHT   32.0
#define ROW_LEAST    560.0 // wide: narrower drawings do not break it into more rows
#define SAMPLE_LINE  34.0
#define STRIPE_WIDTH 14.0
#define ENTRY_GAP    16.0
#define BELOW        10.0

static void add_entry(struct legend *legend, struct legend_entry entry, double limit) {
    double text = DRAWING_LABEL_COLUMN * (double)graph_columns(entry.text);
    switch (entry.kind) {
    case LEGEND_SHAPE:
        entry.width = text + 2.0 * DRAWING_BOX_PADDING;
        break;
    case LEGEND_LINE:
        entry.width = SAMPLE_LINE + 8.0 + text;
        break;
    case LEGEND_CLUSTER:
        entry.width = STRIPE_WIDTH + text;
        break;
    case LEGEND_MORE:
        entry.width = text;
        break;
    }
    if (legend->count > 0) {
        const struct legend_entry *before = &legend->entries[legend->count - 1];
        entry.x = before->x + before->width + ENTRY_GAP;
        entry.y = before->y;
        if (entry.x + entry.width > limit) {
            entry.x = 0.0;
            entry.y += ROW_HEIGHT;
        }
    } else {
        entry.y = TITLE_HEIGHT;
    }
    legend->width = fmax(legend->width, entry.x + entry.width);
    legend->height = entry.y + ROW_HEIGHT + BELOW;
    legend->entries[legend->count++] = entry;
}

static void add_shapes(const struct graph *graph, struct legend *legend, double limit) {
    static const char *const texts[] = {"supervisor", "worker", "other process", "port"};
    bool used[4] = {false};
    for (size_t i = 0; i < graph->node_count; i++) {
        used[graph->nodes[i].shape] = true;
    }
    for (uint32_t i = 0; i < 4; i++) {
        if (used[i]) {
            add_entry(legend,
                    (struct legend_entry){
                            .kind = LEGEND_SHAPE, .which = i, .text = str_of(texts[i])},
                    limit);
        }
    }
}

static void add_lines(const struct graph *graph, const struct drawing *drawing,
        struct legend *legend, double limit) {
    bool used[3] = {[GRAPH_SUPERVISES] = drawing->tree_count > 0};
    for (size_t i = 0; i < graph->edge_count; i++) {
        used[graph->edges[i].kind] |= !graph_edge_is_implied(graph, &graph->edges[i]);
    }
    for (uint32_t i = 0; i < 3; i++) {
        if (used[i]) {
            add_entry(legend,
                    (struct legend_entry){.kind = LEGEND_LINE,
                            .which = i,
                            .text = str_of(graph_edge_text((enum graph_edge_kind)i))},
                    limit);
        }
    }
}

// The clusters whose stripes are in the drawing.
static void add_clusters(struct arena *arena, const struct graph *graph,
        const struct drawing *drawing, struct legend *legend, double limit) {
    bool *used = arena_take_zeroed(arena, graph->cluster_count, sizeof *used);
    for (size_t i = 0; i < graph->node_count; i++) {
        uint32_t cluster = graph->nodes[i].cluster;
        if (cluster != GRAPH_NONE && cluster != drawing->panels[drawing->panel_of[i]].cluster) {
            used[cluster] = true;
        }
    }
    uint32_t named = 0;
    uint32_t more = 0;
    for (uint32_t i = 0; i < graph->cluster_count; i++) {
        if (used[i] && named < LEGEND_CLUSTERS) {
            add_entry(legend,
                    (struct legend_entry){.kind = LEGEND_CLUSTER,
                            .which = i,
                            .text = graph_cut(arena, graph->clusters[i], 30)},
                    limit);
            named++;
        } else {
            more += used[i];
        }
    }
    if (more > 0) {
        add_entry(legend,
                (struct legend_entry){
                        .kind = LEGEND_MORE, .text = arena_printf(arena, "and %u more", more)},
                limit);
    }
}

void legend_place(struct arena *arena, const struct graph *graph, const struct drawing *drawing,
        struct str title, struct legend *legend) {
    size_t most = 4 + 3 + LEGEND_CLUSTERS + 1;
    *legend = (struct legend){
            .entries = arena_take(arena, most, sizeof *legend->entries),
            .width = 0.72 * TITLE_SIZE * (double)graph_columns(title),
            .height = TITLE_HEIGHT,
    };
    double limit = fmax(drawing->width, ROW_LEAST);
    add_shapes(graph, legend, limit);
    add_lines(graph, drawing, legend, limit);
    add_clusters(arena, graph, drawing, legend, limit);
}

static void add_text(struct buffer *out, double x, double y, struct str text) {
    buffer_printf(
            out, "<text x=\"%d\" y=\"%d\" fill=\"" SVG_GREY "\">", (int)lround(x), (int)lround(y));
    graph_add_xml(out, text);
    buffer_add_text(out, "</text>\n");
}

static void draw_entry(struct buffer *out, const struct legend_entry *entry) {
    struct drawing_box box = {entry->x, entry->y, entry->width, DRAWING_BOX_HEIGHT};
    int middle = (int)lround(entry->y + DRAWING_BOX_HEIGHT / 2.0);
    switch (entry->kind) {
    case LEGEND_SHAPE:
        svg_node(out, &box, (enum graph_shape)entry->which,
                &(struct drawing_label){.label = entry->text});
        return;
    case LEGEND_LINE:
        svg_open_lines(out, (enum graph_edge_kind)entry->which);
        buffer_printf(out, "M%d %dh%d", (int)lround(entry->x), middle, (int)SAMPLE_LINE);
        svg_close_lines(out);
        if (entry->which == GRAPH_MONITOR) {
            svg_open_heads(out, GRAPH_MONITOR);
            buffer_printf(out, "M%d %dl-8 -4v8z", (int)lround(entry->x + SAMPLE_LINE), middle);
            svg_close_lines(out);
        }
        add_text(out, entry->x + SAMPLE_LINE + 8.0, middle + 4, entry->text);
        return;
    case LEGEND_CLUSTER:
        svg_stripe(out, &box, entry->which);
        add_text(out, entry->x + STRIPE_WIDTH, middle + 4, entry->text);
        return;
    case LEGEND_MORE:
        add_text(out, entry->x, middle + 4, entry->text);
        return;
    }
}

void legend_add(struct buffer *out, struct str title, const struct legend *legend) {
    svg_heading(out, 0.0, TITLE_SIZE - 2, TITLE_SIZE, title);
    buffer_add_text(out, "<g font-family=\"" SVG_MONOSPACED "\" font-size=\"12\">\n");
    for (size_t i = 0; i < legend->count; i++) {
        draw_entry(out, &legend->entries[i]);
    }
    buffer_add_text(out, "</g>\n");
}
