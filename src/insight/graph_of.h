// Graphs of what a mirror knows: one tree, or the whole node.
#ifndef WHITEBEAM_INSIGHT_GRAPH_OF_H
#define WHITEBEAM_INSIGHT_GRAPH_OF_H

#include "insight/graph.h"
#include "node/mirror.h"

enum graph_cluster { CLUSTER_NONE, CLUSTER_SUPERVISOR, CLUSTER_APPLICATION, CLUSTER_MODULE };

// A graph under construction. Lives in the arena.
struct graph_of {
    struct graph graph;
    struct arena *arena;
    const struct mirror *mirror;
    enum graph_cluster cluster;
    uint32_t *node_of; // by slot: its node, or GRAPH_NONE
    uint32_t *slot_of; // by node: its slot, or MIRROR_NONE
    size_t room, edge_room, cluster_room;
    uint32_t most; // nodes; what is beyond is counted
    size_t left_out;
};

void graph_of_begin(struct graph_of *of, struct arena *arena, const struct mirror *mirror,
        enum graph_cluster cluster, uint32_t most);

// Adds a supervisor and what is below it, `depth` levels.
void graph_of_tree(struct graph_of *of, uint32_t supervisor, uint32_t depth);

// Adds every tree of the node, then, with `others`, the processes that are in none.
void graph_of_node(struct graph_of *of, bool others);

// Adds an edge between two processes that the graph has; false if it has not. Links are kept once.
bool graph_of_link(struct graph_of *of, uint32_t a, uint32_t b); // slots
bool graph_of_monitor(struct graph_of *of, uint32_t from, uint32_t to);

#endif
