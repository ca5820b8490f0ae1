// A graph as JSON, and what its other forms have in common with that.
#include "insight/graph.h"

#include "base/json_writer.h"
#include "base/must.h"
#include "insight/graph_parts.h"

const char *graph_shape_text(enum graph_shape shape) {
    static const char *const texts[] = {"supervisor", "worker", "other", "port"};
    return texts[shape];
}

const char *graph_edge_text(enum graph_edge_kind kind) {
    static const char *const texts[] = {"supervises", "link", "monitor"};
    return texts[kind];
}

void graph_check(const struct graph *graph) {
    for (size_t i = 0; i < graph->node_count; i++) {
        const struct graph_node *node = &graph->nodes[i];
        must(node->parent == GRAPH_NONE || node->parent < graph->node_count);
        must(node->cluster == GRAPH_NONE || node->cluster < graph->cluster_count);
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        must(graph->edges[i].from < graph->node_count && graph->edges[i].to < graph->node_count);
    }
}

bool graph_edge_repeats(const struct graph *graph, const struct graph_edge *edge) {
    return edge->kind == GRAPH_SUPERVISES && graph->nodes[edge->to].parent == edge->from;
}

bool graph_edge_is_implied(const struct graph *graph, const struct graph_edge *edge) {
    bool family = graph->nodes[edge->to].parent == edge->from ||
                  graph->nodes[edge->from].parent == edge->to;
    return graph_edge_repeats(graph, edge) || (edge->kind == GRAPH_LINK && family);
}

static void put_key(
        struct buffer *out, const char *name, const struct graph *graph, uint32_t node) {
    if (node == GRAPH_NONE) {
        json_put_null(out, name);
    } else {
        json_put_string(out, name, graph->nodes[node].key);
    }
}

static void put_node(struct buffer *out, const struct graph *graph, const struct graph_node *node) {
    json_open_object(out, NULL);
    json_put_string(out, "id", node->key);
    json_put_string(out, "label", node->label);
    json_text(out, "type", graph_shape_text(node->shape));
    put_key(out, "parent", graph, node->parent);
    if (node->cluster == GRAPH_NONE) {
        json_put_null(out, "cluster");
    } else {
        json_put_string(out, "cluster", graph->clusters[node->cluster]);
    }
    if (node->note.length == 0) {
        json_put_null(out, "note");
    } else {
        json_put_string(out, "note", node->note);
    }
    json_close_object(out);
}

static void put_edge(struct buffer *out, const struct graph *graph, uint32_t from, uint32_t to,
        enum graph_edge_kind kind) {
    json_open_object(out, NULL);
    put_key(out, "from", graph, from);
    put_key(out, "to", graph, to);
    json_text(out, "type", graph_edge_text(kind));
    json_close_object(out);
}

void graph_json(struct buffer *out, const struct graph *graph) {
    graph_check(graph);
    json_open_array(out, "nodes");
    for (size_t i = 0; i < graph->node_count; i++) {
        put_node(out, graph, &graph->nodes[i]);
    }
    json_close_array(out);
    json_open_array(out, "edges");
    for (uint32_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent != GRAPH_NONE) {
            put_edge(out, graph, graph->nodes[i].parent, i, GRAPH_SUPERVISES);
        }
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (!graph_edge_repeats(graph, edge)) {
            put_edge(out, graph, edge->from, edge->to, edge->kind);
        }
    }
    json_close_array(out);
    json_open_array(out, "clusters");
    for (size_t i = 0; i < graph->cluster_count; i++) {
        json_put_string(out, NULL, graph->clusters[i]);
    }
    json_close_array(out);
}
