// Graphs for the tests of their forms: built node by node in a test's own arrays.
#ifndef WHITEBEAM_TESTS_GRAPH_FIXTURE_H
#define WHITEBEAM_TESTS_GRAPH_FIXTURE_H

#include "insight/graph.h"

#include "base/must.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct graph_node nodes[GRAPH_DRAWN];
static struct graph_edge edges[GRAPH_DRAWN];
static struct str clusters[64];
static struct graph graph;
static struct arena arena;
static struct buffer out;

static int begin(void **state) {
    (void)state;
    graph = (struct graph){.nodes = nodes, .edges = edges, .clusters = clusters};
    arena_init(&arena);
    buffer_init(&out);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    buffer_finish(&out);
    return 0;
}

// A process; its key is #PID<0.100.0> for the first, and so on.
static inline uint32_t add(const char *label, enum graph_shape shape, uint32_t parent) {
    uint32_t index = (uint32_t)graph.node_count++;
    must(index < GRAPH_DRAWN);
    nodes[index] = (struct graph_node){
            .key = arena_printf(&arena, "#PID<0.%u.0>", 100 + index),
            .label = str_of(label),
            .shape = shape,
            .parent = parent,
            .cluster = GRAPH_NONE,
    };
    return index;
}

static inline void connect(uint32_t from, uint32_t to, enum graph_edge_kind kind) {
    edges[graph.edge_count++] = (struct graph_edge){from, to, kind};
}

static inline uint32_t cluster(const char *name) {
    clusters[graph.cluster_count] = str_of(name);
    return (uint32_t)graph.cluster_count++;
}

// What was written, as C text.
static inline const char *written(void) {
    buffer_add_u8(&out, 0);
    out.length--;
    return out.at;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

#endif
