// Places for nodes, frames and panels.
#include "insight/graph_drawing.h"

#include "insight/graph_pack.h"
#include "insight/graph_text.h"

#include <math.h>

#define LABEL_COLUMNS 44u
#define NOTE_COLUMNS  24u
#define FRAME_LEAST   14u // leaves side by side in the order of children that get a frame
#define FRAME_PADDING 9.0
#define FRAME_ASPECT  1.4 // width to height, about
#define CELL_GAP      7.0
#define PANEL_PADDING 16.0
#define PANEL_GAP     18.0
#define PANEL_STEP    48.0 // widths and gaps make multiples of it: panels stand in columns
#define TREE_GAP      26.0
#define TREES_ASPECT  1.5
#define SHEET_ASPECT  1.6
#define LOOSE_ASPECT  2.2
#define LOOSE_GAP     46.0 // above what is in no tree: room for a heading

static const struct layout_gaps gaps = {
        .parent = DRAWING_PARENT_GAP, .siblings = 7.0, .subtrees = 14.0};

struct drawing_label drawing_label(struct arena *arena, const struct graph_node *node) {
    struct str full = node->label.length > 0 ? node->label : node->key;
    struct drawing_label label = {
            .label = graph_cut(arena, full, LABEL_COLUMNS),
            .note = graph_cut(arena, node->note, NOTE_COLUMNS),
    };
    label.whole = label.label.at == full.at;
    return label;
}

static double width_of(struct arena *arena, const struct graph_node *node) {
    struct drawing_label label = drawing_label(arena, node);
    double width =
            2.0 * DRAWING_BOX_PADDING + DRAWING_LABEL_COLUMN * (double)graph_columns(label.label);
    if (label.note.length > 0) {
        width += DRAWING_NOTE_GAP + DRAWING_NOTE_COLUMN * (double)graph_columns(label.note);
    }
    return ceil(width);
}

// ---- grids -----------------------------------------------------------------------------------

// Boxes in columns from the top, filled one after the other; those of a column are equally wide.
struct grid {
    const uint32_t *nodes; // borrowed
    size_t count;
    size_t rows;
    double *widths;       // of the columns
    double width, height; // of all, without padding
};

// What is being drawn, with each node's children: those of node i are
// children[first[i]] … children[first[i + 1] - 1].
struct sketch {
    struct arena *arena;
    const struct graph *graph;
    struct drawing *drawing;
    uint32_t *first;
    uint32_t *children;
    bool *placed; // by node: it is in a tree
    // All trees together have at most as many items as there are nodes; these are not used yet.
    struct layout_item *items;
    uint32_t *nodes;
    struct grid *grids;
};

// About `aspect` times as wide as high.
static struct grid grid_of(
        const struct sketch *sketch, const uint32_t *nodes, size_t count, double aspect) {
    struct grid grid = {.nodes = nodes, .count = count};
    double *widths = arena_take(sketch->arena, count, sizeof *widths);
    double sum = 0.0;
    for (size_t i = 0; i < count; i++) {
        widths[i] = width_of(sketch->arena, &sketch->graph->nodes[nodes[i]]);
        sum += widths[i] + CELL_GAP;
    }
    double row = DRAWING_BOX_HEIGHT + CELL_GAP;
    double columns = round(sqrt(aspect * row * sum) / (sum / (double)count));
    grid.rows = (size_t)ceil((double)count / fmax(columns, 1.0));
    // Column i / rows is never after i, so each width is read before its place is used again.
    grid.widths = widths;
    grid.width = -CELL_GAP;
    for (size_t i = 0; i < count; i += grid.rows) {
        double widest = 0.0;
        for (size_t j = i; j < count && j < i + grid.rows; j++) {
            widest = fmax(widest, widths[j]);
        }
        grid.widths[i / grid.rows] = widest;
        grid.width += widest + CELL_GAP;
    }
    grid.height = (double)grid.rows * row - CELL_GAP;
    return grid;
}

static void place_grid(
        struct sketch *sketch, const struct grid *grid, uint32_t panel, double x, double y) {
    for (size_t i = 0; i < grid->count; i++) {
        double width = grid->widths[i / grid->rows];
        sketch->drawing->panel_of[grid->nodes[i]] = panel;
        sketch->drawing->boxes[grid->nodes[i]] = (struct drawing_box){
                .x = x,
                .y = y + (double)(i % grid->rows) * (DRAWING_BOX_HEIGHT + CELL_GAP),
                .width = width,
                .height = DRAWING_BOX_HEIGHT,
        };
        if ((i + 1) % grid->rows == 0) {
            x += width + CELL_GAP;
        }
    }
}

// ---- trees -----------------------------------------------------------------------------------

static void list_children(struct sketch *sketch) {
    const struct graph *graph = sketch->graph;
    uint32_t *first = arena_take_zeroed(sketch->arena, graph->node_count + 2, sizeof *first);
    uint32_t *children = arena_take(sketch->arena, graph->node_count, sizeof *children);
    for (size_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent != GRAPH_NONE) {
            first[graph->nodes[i].parent + 2]++;
        }
    }
    for (size_t i = 2; i < graph->node_count + 2; i++) {
        first[i] += first[i - 1];
    }
    // first[p + 1] is where p's next child goes; when all are in, it is where p + 1's begin.
    for (uint32_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent != GRAPH_NONE) {
            children[first[graph->nodes[i].parent + 1]++] = i;
        }
    }
    sketch->first = first;
    sketch->children = children;
}

static bool is_leaf(const struct sketch *sketch, uint32_t node) {
    return sketch->first[node] == sketch->first[node + 1];
}

// A tree under construction: grids[i] are the leaves in the frame that item i is.
struct growth {
    struct drawing_tree tree;
    struct grid *grids;
};

static void add_item(struct sketch *sketch, struct growth *growth, uint32_t node) {
    size_t i = growth->tree.count++;
    sketch->placed[node] = true;
    growth->tree.nodes[i] = node;
    growth->tree.items[i] = (struct layout_item){
            .width = width_of(sketch->arena, &sketch->graph->nodes[node]),
            .height = DRAWING_BOX_HEIGHT,
    };
}

static void add_frame(
        struct sketch *sketch, struct growth *growth, const uint32_t *leaves, size_t count) {
    size_t i = growth->tree.count++;
    for (size_t j = 0; j < count; j++) {
        sketch->placed[leaves[j]] = true;
    }
    growth->tree.nodes[i] = GRAPH_NONE;
    growth->grids[i] = grid_of(sketch, leaves, count, FRAME_ASPECT);
    growth->tree.items[i] = (struct layout_item){
            .width = growth->grids[i].width + 2.0 * FRAME_PADDING,
            .height = growth->grids[i].height + 2.0 * FRAME_PADDING,
    };
}

// The items of a node's children: many leaves in a row share a frame.
static void add_children(struct sketch *sketch, struct growth *growth, uint32_t item) {
    uint32_t node = growth->tree.nodes[item];
    growth->tree.items[item].first = (uint32_t)growth->tree.count;
    if (node == GRAPH_NONE) {
        return;
    }
    uint32_t end = sketch->first[node + 1];
    for (uint32_t at = sketch->first[node]; at < end;) {
        uint32_t run = 0;
        while (at + run < end && is_leaf(sketch, sketch->children[at + run])) {
            run++;
        }
        if (run >= FRAME_LEAST) {
            add_frame(sketch, growth, &sketch->children[at], run);
            at += run;
        } else {
            add_item(sketch, growth, sketch->children[at]);
            at++;
        }
    }
    growth->tree.items[item].count = (uint32_t)growth->tree.count - growth->tree.items[item].first;
}

// Lays a tree out at the origin. *box gets its size.
static struct growth grow(struct sketch *sketch, uint32_t root, struct pack_box *box) {
    struct growth growth = {
            .tree.items = sketch->items, .tree.nodes = sketch->nodes, .grids = sketch->grids};
    add_item(sketch, &growth, root);
    for (uint32_t i = 0; i < growth.tree.count; i++) {
        add_children(sketch, &growth, i);
    }
    sketch->items += growth.tree.count;
    sketch->nodes += growth.tree.count;
    sketch->grids += growth.tree.count;
    layout_tree(
            sketch->arena, growth.tree.items, growth.tree.count, &gaps, &box->width, &box->height);
    return growth;
}

// Puts a tree where its box is.
static void settle(
        struct sketch *sketch, struct growth *growth, uint32_t panel, double x, double y) {
    for (size_t i = 0; i < growth->tree.count; i++) {
        struct layout_item *item = &growth->tree.items[i];
        item->x = round(item->x + x);
        item->y = round(item->y + y);
        if (growth->tree.nodes[i] == GRAPH_NONE) {
            place_grid(sketch, &growth->grids[i], panel, item->x + FRAME_PADDING,
                    item->y + FRAME_PADDING);
        } else {
            sketch->drawing->panel_of[growth->tree.nodes[i]] = panel;
            sketch->drawing->boxes[growth->tree.nodes[i]] =
                    (struct drawing_box){item->x, item->y, item->width, item->height};
        }
    }
}

// ---- panels ----------------------------------------------------------------------------------

static uint32_t cluster_of(const struct sketch *sketch, uint32_t node) {
    return sketch->graph->nodes[node].cluster;
}

// A list of nodes by cluster, otherwise in the order it had; those in no cluster last.
static uint32_t *by_cluster(const struct sketch *sketch, const uint32_t *nodes, size_t count) {
    size_t clusters = sketch->graph->cluster_count;
    size_t *next = arena_take_zeroed(sketch->arena, clusters + 2, sizeof *next);
    uint32_t *sorted = arena_take(sketch->arena, count, sizeof *sorted);
    for (size_t i = 0; i < count; i++) {
        uint32_t cluster = cluster_of(sketch, nodes[i]);
        next[(cluster == GRAPH_NONE ? clusters : cluster) + 1]++;
    }
    for (size_t c = 1; c < clusters + 2; c++) {
        next[c] += next[c - 1];
    }
    for (size_t i = 0; i < count; i++) {
        uint32_t cluster = cluster_of(sketch, nodes[i]);
        sorted[next[cluster == GRAPH_NONE ? clusters : cluster]++] = nodes[i];
    }
    return sorted;
}

// How many of the nodes, from the first on, are in the cluster of the first.
static size_t run_of(const struct sketch *sketch, const uint32_t *nodes, size_t count) {
    size_t run = 1;
    while (run < count && cluster_of(sketch, nodes[run]) == cluster_of(sketch, nodes[0])) {
        run++;
    }
    return run;
}

static double heading_of(uint32_t cluster) {
    return cluster == GRAPH_NONE ? 0.0 : DRAWING_HEADING;
}

// A panel for content of this size, not placed yet.
static struct pack_box panel_box(
        const struct sketch *sketch, uint32_t cluster, double width, double height) {
    double heading = 0.0;
    if (cluster != GRAPH_NONE) {
        heading = 8.5 * (double)graph_columns(sketch->graph->clusters[cluster]);
    }
    double wanted = fmax(width, heading) + 2.0 * PANEL_PADDING + PANEL_GAP;
    return (struct pack_box){
            .width = ceil(wanted / PANEL_STEP) * PANEL_STEP - PANEL_GAP,
            .height = ceil(height + 2.0 * PANEL_PADDING + heading_of(cluster)),
    };
}

static uint32_t add_panel(
        struct drawing *drawing, uint32_t cluster, const struct pack_box *box, double y) {
    struct drawing_panel *panel = &drawing->panels[drawing->panel_count++];
    *panel = (struct drawing_panel){
            .box = {round(box->x), round(y + box->y), box->width, box->height},
            .cluster = cluster,
    };
    double right = panel->box.x + panel->box.width;
    double bottom = panel->box.y + panel->box.height;
    drawing->width = right > drawing->width ? right : drawing->width;
    drawing->height = bottom > drawing->height ? bottom : drawing->height;
    return (uint32_t)(panel - drawing->panels);
}

// Trees in the order of their roots, and the panels that hold runs of them.
struct forest {
    const uint32_t *roots;
    size_t count;
    struct growth *growths;
    struct pack_box *boxes; // in their panel's content
    struct pack_box *panels;
    size_t *runs; // trees in each panel
    size_t panel_count;
};

// Lays out the trees, and packs those of each cluster together.
static struct forest grow_forest(struct sketch *sketch, const uint32_t *roots, size_t count) {
    struct arena *arena = sketch->arena;
    struct forest forest = {
            .roots = roots,
            .count = count,
            .growths = arena_take(arena, count, sizeof *forest.growths),
            .boxes = arena_take(arena, count, sizeof *forest.boxes),
            .panels = arena_take(arena, count, sizeof *forest.panels),
            .runs = arena_take(arena, count, sizeof *forest.runs),
    };
    size_t run;
    for (size_t i = 0; i < count; i += run) {
        run = run_of(sketch, &roots[i], count - i);
        for (size_t j = i; j < i + run; j++) {
            forest.growths[j] = grow(sketch, roots[j], &forest.boxes[j]);
        }
        struct pack_sheet sheet = {.aspect = TREES_ASPECT, .gap = TREE_GAP};
        pack_boxes(arena, &forest.boxes[i], run, &sheet);
        forest.runs[forest.panel_count] = run;
        forest.panels[forest.panel_count++] =
                panel_box(sketch, cluster_of(sketch, roots[i]), sheet.width, sheet.height);
    }
    return forest;
}

// Panels with trees, one for each cluster that a root is in.
static void place_trees(struct sketch *sketch, const uint32_t *roots, size_t count) {
    struct drawing *drawing = sketch->drawing;
    struct forest forest = grow_forest(sketch, roots, count);
    struct pack_sheet sheet = {.aspect = SHEET_ASPECT, .gap = PANEL_GAP};
    pack_boxes(sketch->arena, forest.panels, forest.panel_count, &sheet);
    drawing->trees = arena_take(sketch->arena, count, sizeof *drawing->trees);
    for (size_t i = 0, p = 0; p < forest.panel_count; i += forest.runs[p++]) {
        uint32_t cluster = cluster_of(sketch, roots[i]);
        uint32_t panel = add_panel(drawing, cluster, &forest.panels[p], 0.0);
        double x = drawing->panels[panel].box.x + PANEL_PADDING;
        double y = drawing->panels[panel].box.y + PANEL_PADDING + heading_of(cluster);
        for (size_t j = i; j < i + forest.runs[p]; j++) {
            settle(sketch, &forest.growths[j], panel, x + forest.boxes[j].x, y + forest.boxes[j].y);
            drawing->trees[drawing->tree_count++] = forest.growths[j].tree;
        }
    }
}

// Panels with grids, one for each cluster, below everything that is there.
static void place_loose(struct sketch *sketch, const uint32_t *nodes, size_t count) {
    struct drawing *drawing = sketch->drawing;
    struct grid *grids = arena_take(sketch->arena, count, sizeof *grids);
    struct pack_box *panels = arena_take(sketch->arena, count, sizeof *panels);
    size_t panel_count = 0;
    for (size_t i = 0; i < count; i += grids[panel_count++].count) {
        size_t run = run_of(sketch, &nodes[i], count - i);
        grids[panel_count] = grid_of(sketch, &nodes[i], run, LOOSE_ASPECT);
        panels[panel_count] = panel_box(sketch, cluster_of(sketch, nodes[i]),
                grids[panel_count].width, grids[panel_count].height);
    }
    struct pack_sheet sheet = {
            .least_width = drawing->width, .aspect = LOOSE_ASPECT, .gap = PANEL_GAP};
    pack_boxes(sketch->arena, panels, panel_count, &sheet);
    drawing->loose_y = drawing->panel_count > 0 ? drawing->height + LOOSE_GAP : 0.0;
    double top = drawing->loose_y + DRAWING_HEADING;
    for (size_t p = 0; p < panel_count; p++) {
        uint32_t cluster = cluster_of(sketch, grids[p].nodes[0]);
        uint32_t panel = add_panel(drawing, cluster, &panels[p], top);
        const struct drawing_box *box = &drawing->panels[panel].box;
        place_grid(sketch, &grids[p], panel, box->x + PANEL_PADDING,
                box->y + PANEL_PADDING + heading_of(cluster));
    }
}

void drawing_place(struct arena *arena, const struct graph *graph, struct drawing *drawing) {
    size_t count = graph->node_count;
    *drawing = (struct drawing){
            .boxes = arena_take(arena, count, sizeof *drawing->boxes),
            .panel_of = arena_take(arena, count, sizeof *drawing->panel_of),
            .panels = arena_take(arena, count, sizeof *drawing->panels),
            .loose_y = -1.0,
    };
    struct sketch sketch = {
            .arena = arena,
            .graph = graph,
            .drawing = drawing,
            .placed = arena_take_zeroed(arena, count, sizeof *sketch.placed),
            .items = arena_take(arena, count, sizeof *sketch.items),
            .nodes = arena_take(arena, count, sizeof *sketch.nodes),
            .grids = arena_take(arena, count, sizeof *sketch.grids),
    };
    list_children(&sketch);
    uint32_t *chosen = arena_take(arena, count, sizeof *chosen);
    size_t chosen_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (graph->nodes[i].parent == GRAPH_NONE && !is_leaf(&sketch, i)) {
            chosen[chosen_count++] = i;
        }
    }
    place_trees(&sketch, by_cluster(&sketch, chosen, chosen_count), chosen_count);
    // What is left has neither parent nor children; or its parents form a ring, which no tree of
    // supervisors does, but a mirror read while it changed may show.
    chosen_count = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (!sketch.placed[i]) {
            chosen[chosen_count++] = i;
        }
    }
    if (chosen_count > 0) {
        place_loose(&sketch, by_cluster(&sketch, chosen, chosen_count), chosen_count);
    }
}
