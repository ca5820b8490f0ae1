// What the tests of the mirror share: an empty mirror for each test, which must be whole at its
// end, and sweeps of it.
#ifndef WHITEBEAM_TESTS_NODE_MIRROR_FIXTURE_H
#define WHITEBEAM_TESTS_NODE_MIRROR_FIXTURE_H

#include "unit/node_invariants.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct mirror *mirror;

static int begin(void **state) {
    (void)state;
    mirror = mirror_create(STR("n@h"), 9);
    return 0;
}

static int finish(void **state) {
    (void)state;
    check_mirror(mirror);
    mirror_destroy(mirror);
    return 0;
}

static inline void row(uint32_t id, uint64_t reductions, uint32_t queue, uint32_t heap) {
    struct cheap cheap = {.reductions = reductions, .queue = queue, .heap = heap};
    mirror_sweep_row(mirror, id, 0, &cheap);
}

// A sweep that sees the ids of an array that ends with 0, each unmoved.
static inline void sweep(const uint32_t *ids) {
    mirror_sweep_begin(mirror, 1000);
    for (; *ids != 0; ids++) {
        row(*ids, 100, 0, 233);
    }
    mirror_sweep_end(mirror);
}

#define SWEEP(...) sweep((const uint32_t[]){__VA_ARGS__, 0})

static inline uint32_t slot_of(uint32_t id) {
    return mirror_find(mirror, id, 0);
}

static inline void identify(uint32_t id) {
    struct identity identity = {.initial_call = STR("proc_lib.init_p/5"), .kind_known = true};
    mirror_identify(mirror, slot_of(id), &identity);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

#endif
