// A graph of processes: who supervises whom, who is linked to and who monitors whom; and its forms
// as text. Pure functions; the caller fills the graph from a mirror and from what the agent read.
#ifndef WHITEBEAM_INSIGHT_GRAPH_H
#define WHITEBEAM_INSIGHT_GRAPH_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/str.h"

#define GRAPH_NONE UINT32_MAX

enum graph_shape { GRAPH_SUPERVISOR, GRAPH_WORKER, GRAPH_OTHER, GRAPH_PORT };

struct graph_node {
    struct str key;   // "#PID<0.1.0>"; unique in the graph
    struct str label; // what people call it: name, child id, or initial call
    enum graph_shape shape;
    uint32_t parent;  // index of its supervisor, GRAPH_NONE for none
    uint32_t cluster; // index into clusters, GRAPH_NONE for none
    struct str note;  // strategy of a supervisor, restart type of a child; may be empty
};

enum graph_edge_kind { GRAPH_SUPERVISES, GRAPH_LINK, GRAPH_MONITOR };

struct graph_edge {
    uint32_t from, to; // a link is kept once, from the lower index
    enum graph_edge_kind kind;
};

struct graph {
    struct graph_node *nodes;
    size_t node_count;
    struct graph_edge *edges;
    size_t edge_count;
    struct str *clusters; // names
    size_t cluster_count;
};

// {"nodes": [{"id","label","type","parent","cluster","note"}], "edges": [{"from","to","type"}],
// "clusters": ["…"]} — the members only, without the braces, for an object that is open.
void graph_json(struct buffer *out, const struct graph *graph);

// Graphviz's language (https://graphviz.org/doc/info/lang.html): clusters as subgraphs, labels
// escaped.
void graph_dot(struct buffer *out, const struct graph *graph, struct str title);

// Mermaid's flowchart (https://mermaid.js.org/syntax/flowchart.html): the supervision tree with
// links and monitors as dotted arrows; labels escaped with its entity codes.
void graph_mermaid(struct buffer *out, const struct graph *graph);

// A drawing, SVG 1.1 without scripts, styles inline, that reads well in light and in dark: the
// trees laid out as tidy trees (left to right), side by side with what is in no tree below in a
// grid, grouped by cluster; links and monitors as curves in other colours; a legend; each node with
// a <title> of its key. *width and *height are in pixels. Works for GRAPH_DRAWN nodes.
#define GRAPH_DRAWN 5000u
void graph_svg(struct buffer *out, const struct graph *graph, struct str title, uint32_t *width,
        uint32_t *height);

#endif
