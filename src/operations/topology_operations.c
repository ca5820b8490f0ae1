// The processes of a node as a graph: who supervises, is linked to and monitors whom.
#include "operations/topology_operations.h"
#include "base/json_writer.h"
#include "insight/graph_of.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/relations.h"
#include "operations/render.h"

#include <stdlib.h>

#define TOPOLOGY_MOST 100000u // nodes without links and monitors
#define TITLE         "Processes of "

struct topology {
    struct call *call;
    struct node *node;
    topology_then *then;
    bool links, monitors, others;
    enum graph_cluster cluster;
    struct relations *relations; // NULL: not asked
};

static void build(struct topology *topology) {
    struct call *call = topology->call;
    struct error error;
    const struct mirror *mirror = node_mirror(topology->node, &error);
    if (mirror == NULL) {
        call_fail(call, &error);
        return;
    }
    struct graph_of of;
    graph_of_begin(&of, &call->arena, mirror, topology->cluster, TOPOLOGY_MOST);
    graph_of_node(&of, topology->others);
    const struct relations *relations = topology->relations;
    for (size_t i = 0; relations != NULL && i < relations->count; i++) {
        const struct relation *one = &relations->at[i];
        uint32_t from = mirror_find(mirror, one->id, one->serial);
        uint32_t to = mirror_find(mirror, one->to_id, one->to_serial);
        if (one->monitor && topology->monitors) {
            graph_of_monitor(&of, from, to);
        } else if (!one->monitor && topology->links) {
            graph_of_link(&of, from, to);
        }
    }
    topology->then(call, topology->node, mirror, &of, relations);
}

static void related(struct relations *relations) {
    struct topology *topology = relations->state;
    topology->relations = relations;
    build(topology);
}

static void fail_too_large(struct call *call, size_t count, size_t most, const char *instead) {
    struct error error;
    error_set(&error, ERROR_ANSWER_TOO_LARGE, "the graph has %zu processes, at most %zu can be %s",
            count, most, instead);
    error_detail_int(&error, "size", (int64_t)count);
    error_detail_int(&error, "limit", (int64_t)most);
    call_fail(call, &error);
}

static void looked(struct call *call, struct node *node, struct mirror *mirror) {
    struct topology *topology = call->state;
    topology->node = node;
    if (!topology->links && !topology->monitors) {
        build(topology);
        return;
    }
    uint32_t *slots = arena_take(&call->arena, RELATIONS_MOST, sizeof *slots);
    size_t count = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        bool shown = (mirror->p.flags[slot] & PROCESS_LIVE) &&
                     (topology->others || mirror->p.supervisor[slot] != MIRROR_NONE ||
                             mirror->p.supervises[slot] != MIRROR_NONE);
        if (shown && count == RELATIONS_MOST) {
            fail_too_large(call, mirror->live, RELATIONS_MOST,
                    "asked for their links and monitors; use include_links=false and "
                    "include_monitors=false");
            return;
        }
        if (shown) {
            slots[count++] = slot;
        }
    }
    relations_ask(call, node, slots, count, topology, related);
}

void topology_ask(struct call *call, bool links, bool monitors, bool others,
        enum graph_cluster cluster, topology_then *then) {
    struct topology *topology = arena_take_zeroed(&call->arena, 1, sizeof *topology);
    *topology = (struct topology){.call = call,
            .then = then,
            .links = links,
            .monitors = monitors,
            .others = others,
            .cluster = cluster};
    call->state = topology;
    answer_from_mirror(call, LOOK_PROCESSES, looked);
}

// ---- topology --------------------------------------------------------------------------------

enum { FORMAT_JSON, FORMAT_DOT, FORMAT_SVG, FORMAT_PNG };

static void write_metadata(
        struct buffer *out, const struct graph_of *of, const struct relations *relations) {
    size_t counts[3] = {0};
    for (size_t i = 0; i < of->graph.edge_count; i++) {
        counts[of->graph.edges[i].kind]++;
    }
    json_open_object(out, "metadata");
    json_uint(out, "nodes", of->graph.node_count);
    json_uint(out, "supervises", counts[GRAPH_SUPERVISES]);
    json_uint(out, "links", counts[GRAPH_LINK]);
    json_uint(out, "monitors", counts[GRAPH_MONITOR]);
    json_uint(out, "left_out", of->left_out);
    json_uint(out, "not_asked", relations ? relations->skipped : 0);
    json_uint(out, "relations_cut", relations ? relations->cut : 0);
    json_close_object(out);
}

static void answer_json(struct call *call, struct node *node, const struct mirror *mirror,
        const struct graph_of *of, const struct relations *relations) {
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    graph_json(out, &of->graph);
    write_metadata(out, of, relations);
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

static void answer_drawing(
        struct call *call, struct str title, const struct graph_of *of, bool png) {
    uint32_t width;
    uint32_t height;
    if (of->graph.node_count > GRAPH_DRAWN) {
        fail_too_large(call, of->graph.node_count, GRAPH_DRAWN,
                "drawn; use format=dot or json, or ask for one tree");
        return;
    }
    graph_svg(&call->answer, &of->graph, title, &width, &height);
    if (png) {
        render_png(call);
        return;
    }
    call->content_type = "image/svg+xml";
    call_done(call, 200);
}

static void topology(struct call *call, struct node *node, const struct mirror *mirror,
        const struct graph_of *of, const struct relations *relations) {
    struct str title = arena_printf(&call->arena, TITLE "%.*s", STR_ARGS(node_name(node)));
    int64_t format = call_value(call, "format")->integer;
    if (format == FORMAT_JSON) {
        answer_json(call, node, mirror, of, relations);
    } else if (format == FORMAT_DOT) {
        graph_dot(&call->answer, &of->graph, title);
        call->content_type = "text/vnd.graphviz; charset=utf-8";
        call_done(call, 200);
    } else {
        answer_drawing(call, title, of, format == FORMAT_PNG);
    }
}

static enum graph_cluster cluster_of(const struct call *call) {
    static const enum graph_cluster clusters[] = {
            CLUSTER_SUPERVISOR, CLUSTER_APPLICATION, CLUSTER_MODULE};
    const struct value *cluster = call_value(call, "cluster_by");
    return cluster->given ? clusters[cluster->integer] : CLUSTER_NONE;
}

void run_topology(struct call *call) {
    topology_ask(call, call_value(call, "include_links")->integer != 0,
            call_value(call, "include_monitors")->integer != 0,
            call_value(call, "include_unsupervised")->integer != 0, cluster_of(call), topology);
}

// ---- relationships ---------------------------------------------------------------------------

struct degree {
    uint32_t node;
    uint32_t links, monitors, monitored;
};

static int most_related(const void *a, const void *b) {
    const struct degree *left = a;
    const struct degree *right = b;
    uint64_t l = (uint64_t)left->links + left->monitors + left->monitored;
    uint64_t r = (uint64_t)right->links + right->monitors + right->monitored;
    return l != r ? (l > r ? -1 : 1) : (left->node > right->node) - (left->node < right->node);
}

static struct degree *count_degrees(struct call *call, const struct graph *graph) {
    struct degree *degrees =
            arena_take_zeroed(&call->arena, graph->node_count + 1, sizeof *degrees);
    for (size_t i = 0; i < graph->node_count; i++) {
        degrees[i].node = (uint32_t)i;
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (edge->kind == GRAPH_LINK) {
            degrees[edge->from].links++;
            degrees[edge->to].links++;
        } else if (edge->kind == GRAPH_MONITOR) {
            degrees[edge->from].monitors++;
            degrees[edge->to].monitored++;
        }
    }
    qsort(degrees, graph->node_count, sizeof *degrees, most_related);
    return degrees;
}

// Links between processes that have no supervisor in common: what a failure crosses trees by.
static size_t count_crossing(const struct graph *graph) {
    size_t crossing = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_node *from = &graph->nodes[graph->edges[i].from];
        const struct graph_node *to = &graph->nodes[graph->edges[i].to];
        bool family = from->parent == graph->edges[i].to || to->parent == graph->edges[i].from ||
                      (from->parent == to->parent && from->parent != GRAPH_NONE);
        crossing += graph->edges[i].kind == GRAPH_LINK && !family;
    }
    return crossing;
}

static void relationships(struct call *call, struct node *node, const struct mirror *mirror,
        const struct graph_of *of, const struct relations *relations) {
    const struct graph *graph = &of->graph;
    struct buffer *out = &call->answer;
    const struct degree *degrees = count_degrees(call, graph);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    graph_json(out, graph);
    write_metadata(out, of, relations);
    json_open_object(out, "analysis");
    json_uint(out, "links_across_families", count_crossing(graph));
    json_open_array(out, "most_related");
    for (size_t i = 0; i < graph->node_count && i < 10; i++) {
        const struct graph_node *at = &graph->nodes[degrees[i].node];
        json_open_object(out, NULL);
        json_put_string(out, "pid", at->key);
        json_put_string(out, "label", at->label);
        json_uint(out, "links", degrees[i].links);
        json_uint(out, "monitors", degrees[i].monitors);
        json_uint(out, "monitored_by", degrees[i].monitored);
        json_close_object(out);
    }
    json_close_array(out);
    json_close_object(out);
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_relationships(struct call *call) {
    topology_ask(call, true, true, true, CLUSTER_APPLICATION, relationships);
}
