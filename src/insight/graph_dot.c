// A graph in Graphviz's language. Nodes are called by their keys, so that a hand-written file can
// refer to them.
#include "insight/graph.h"

#include "insight/graph_parts.h"
#include "insight/graph_text.h"

// Within quotes. Backslashes begin escapes of labels, and & begins an HTML entity there.
static void add_label(struct buffer *out, struct str text) {
    while (text.length > 0) {
        uint32_t character = graph_next_character(&text);
        if (character == '"' || character == '\\') {
            buffer_add_u8(out, '\\');
        }
        if (character == '&') {
            buffer_add_text(out, "&amp;");
        } else {
            graph_add_character(out, character);
        }
    }
}

static void add_quoted(struct buffer *out, struct str text) {
    buffer_add_u8(out, '"');
    add_label(out, text);
    buffer_add_u8(out, '"');
}

static void add_node(struct buffer *out, const struct graph_node *node, const char *indent) {
    static const char *const attributes[] = {
            [GRAPH_SUPERVISOR] =
                    "shape=box, style=filled, fillcolor=\"#dbe7f6\", color=\"#2f6db3\", "
                    "penwidth=2",
            [GRAPH_WORKER] = "shape=box, style=\"rounded,filled\", fillcolor=\"#e3f1e4\", "
                             "color=\"#4a9150\"",
            [GRAPH_OTHER] = "shape=box, style=\"rounded,filled,dashed\", fillcolor=\"#efefef\", "
                            "color=\"#8a8f98\"",
            [GRAPH_PORT] = "shape=hexagon, style=filled, fillcolor=\"#f9ead2\", color=\"#c08a2e\"",
    };
    buffer_add_text(out, indent);
    add_quoted(out, node->key);
    buffer_add_text(out, " [label=\"");
    add_label(out, node->label.length > 0 ? node->label : node->key);
    if (node->note.length > 0) {
        buffer_add_text(out, "\\n");
        add_label(out, node->note);
    }
    buffer_add_text(out, "\", tooltip=");
    add_quoted(out, node->key);
    buffer_printf(out, ", %s];\n", attributes[node->shape]);
}

// The nodes of each cluster, by one pass over all: they are listed by cluster, the others last.
static void add_nodes(struct buffer *out, const struct graph *graph) {
    struct arena arena;
    arena_init(&arena);
    size_t groups = graph->cluster_count + 1;
    uint32_t *first = arena_take(&arena, groups, sizeof *first);
    uint32_t *next = arena_take(&arena, graph->node_count, sizeof *next);
    memset(first, 0xFF, groups * sizeof *first); // GRAPH_NONE
    for (uint32_t i = (uint32_t)graph->node_count; i-- > 0;) {
        uint32_t cluster = graph->nodes[i].cluster;
        uint32_t *head = &first[cluster == GRAPH_NONE ? groups - 1 : cluster];
        next[i] = *head;
        *head = i;
    }
    for (size_t c = 0; c < groups; c++) {
        bool named = c < graph->cluster_count;
        if (named) {
            buffer_printf(out, "  subgraph cluster_%zu {\n    label=", c);
            add_quoted(out, graph->clusters[c]);
            buffer_add_text(out, ";\n    color=\"#9aa1ab\";\n");
        }
        for (uint32_t i = first[c]; i != GRAPH_NONE; i = next[i]) {
            add_node(out, &graph->nodes[i], named ? "    " : "  ");
        }
        if (named) {
            buffer_add_text(out, "  }\n");
        }
    }
    arena_finish(&arena);
}

static void add_edge(struct buffer *out, const struct graph *graph, uint32_t from, uint32_t to,
        enum graph_edge_kind kind) {
    static const char *const attributes[] = {
            [GRAPH_SUPERVISES] = "",
            [GRAPH_LINK] = " [dir=none, color=\"#d9772b\", constraint=false]",
            [GRAPH_MONITOR] = " [style=dashed, color=\"#8a63d2\", constraint=false]",
    };
    buffer_add_text(out, "  ");
    add_quoted(out, graph->nodes[from].key);
    buffer_add_text(out, " -> ");
    add_quoted(out, graph->nodes[to].key);
    buffer_printf(out, "%s;\n", attributes[kind]);
}

void graph_dot(struct buffer *out, const struct graph *graph, struct str title) {
    graph_check(graph);
    buffer_add_text(out, "digraph ");
    add_quoted(out, title);
    buffer_add_text(out, " {\n  label=");
    add_quoted(out, title);
    buffer_add_text(out, ";\n  labelloc=t;\n  rankdir=LR;\n  node [fontname=\"monospace\", "
                         "fontsize=11];\n  edge [color=\"#7b828c\", arrowsize=0.7];\n");
    add_nodes(out, graph);
    for (uint32_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent != GRAPH_NONE) {
            add_edge(out, graph, graph->nodes[i].parent, i, GRAPH_SUPERVISES);
        }
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (!graph_edge_is_implied(graph, edge)) {
            add_edge(out, graph, edge->from, edge->to, edge->kind);
        }
    }
    buffer_add_text(out, "}\n");
}
