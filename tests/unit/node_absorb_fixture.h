// What the tests of absorbing share: a node that is connected to nobody, with an empty mirror,
// which must be whole at the end of each test.
#ifndef WHITEBEAM_TESTS_NODE_ABSORB_FIXTURE_H
#define WHITEBEAM_TESTS_NODE_ABSORB_FIXTURE_H

#include "node/node_private.h"
#include "unit/node_invariants.h"
#include "unit/node_terms.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct node node;
static struct mirror *mirror;
static struct arena arena;

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    node = (struct node){.name = "n@h", .state = NODE_SCANNING};
    arena_init(&node.arena);
    node.guard = (struct term_pid){.node = str_of(node.name), .creation = 9};
    node.nodes = nodes_create(NULL, STR("whitebeam@h"));
    mirror = node.mirror = mirror_create(str_of(node.name), 9);
    return 0;
}

static int finish(void **state) {
    (void)state;
    check_mirror(mirror);
    mirror_destroy(mirror);
    nodes_destroy(node.nodes);
    arena_finish(&node.arena);
    arena_finish(&arena);
    return 0;
}

static inline const struct term *read_term(const char *text) {
    return terms_read(&arena, text);
}

static inline uint32_t slot_of(uint32_t id) {
    return mirror_find(mirror, id, 0);
}

// Whether an interned text is `text`.
static inline bool is(uint32_t interned, const char *text) {
    return str_is(mirror_text(mirror, interned), text);
}

#endif
