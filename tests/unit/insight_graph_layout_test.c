// Tidy trees and packed rectangles: what is true of every layout, tried on thousands of trees.
#include "insight/graph_layout.h"

#include "insight/graph_pack.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

#define MOST 100001u

static const struct layout_gaps gaps = {.parent = 30.0, .siblings = 5.0, .subtrees = 12.0};
static struct layout_item items[MOST];
static size_t item_count;
static double width;
static double height;
static struct arena arena;

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    return 0;
}

static void lay_out(void) {
    layout_tree(&arena, items, item_count, &gaps, &width, &height);
}

// A tree of equal boxes with so many children for each, in breadth-first order.
static void make(const uint32_t *counts, size_t count) {
    item_count = count;
    uint32_t next = 1;
    for (size_t i = 0; i < count; i++) {
        items[i] = (struct layout_item){
                .width = 50.0, .height = 20.0, .first = next, .count = counts[i]};
        next += counts[i];
    }
    assert_int_equal(next, count);
}

#define MAKE(...)                                                                                  \
    make((const uint32_t[]){__VA_ARGS__}, sizeof(uint32_t[]){__VA_ARGS__} / sizeof(uint32_t))

static void make_random(unsigned seed, size_t count) {
    srand(seed);
    item_count = 1;
    for (size_t i = 0; i < item_count; i++) {
        uint32_t children = (uint32_t)(rand() % 100 < 45 ? rand() % 7 : 0);
        if (i + 1 == item_count && children == 0) {
            children = 1; // it is not to die out
        }
        if (item_count + children > count) {
            children = (uint32_t)(count - item_count);
        }
        items[i] = (struct layout_item){.width = 10.0 + rand() % 90,
                .height = rand() % 10 ? 20.0 : 20.0 + rand() % 100,
                .first = (uint32_t)item_count,
                .count = children};
        item_count += children;
    }
}

static double middle(const struct layout_item *item) {
    return item->y + item->height / 2.0;
}

static void assert_near(double value, double expected) {
    if (fabs(value - expected) > 1e-6) {
        fail_msg("%f is not %f", value, expected);
    }
}

static void check_apart(const struct layout_item *a, const struct layout_item *b) {
    bool apart = a->x + a->width <= b->x || b->x + b->width <= a->x ||
                 a->y + a->height + gaps.siblings <= b->y + 1e-6 ||
                 b->y + b->height + gaps.siblings <= a->y + 1e-6;
    if (!apart) {
        fail_msg("boxes at %f %f and %f %f touch", a->x, a->y, b->x, b->y);
    }
}

static void check_tree(void) {
    for (size_t i = 0; i < item_count; i++) {
        const struct layout_item *parent = &items[i];
        assert_true(parent->x >= 0.0 && parent->y >= 0.0);
        assert_true(parent->x + parent->width <= width && parent->y + parent->height <= height);
        for (uint32_t j = 0; j < parent->count; j++) {
            const struct layout_item *child = &items[parent->first + j];
            assert_near(child->x, parent->x + parent->width + gaps.parent);
            assert_true(j == 0 || child->y > child[-1].y);
        }
        if (parent->count > 0) {
            const struct layout_item *first = &items[parent->first];
            const struct layout_item *last = first + parent->count - 1;
            assert_near(middle(parent), (first->y + last->y + last->height) / 2.0);
        }
        for (size_t j = 0; j < i; j++) {
            check_apart(&items[j], &items[i]);
        }
    }
}

// ---- trees -----------------------------------------------------------------------------------

static void a_single_box_is_at_the_origin(void **state) {
    (void)state;
    MAKE(0);
    lay_out();
    assert_near(items[0].x, 0.0);
    assert_near(items[0].y, 0.0);
    assert_near(width, 50.0);
    assert_near(height, 20.0);
}

static void siblings_are_a_gap_apart_and_cousins_more(void **state) {
    (void)state;
    MAKE(2, 2, 2, 0, 0, 0, 0);
    lay_out();
    assert_near(items[4].y - items[3].y, 25.0);
    assert_near(items[5].y - items[4].y, 32.0);
    check_tree();
}

// The first child is deep, the second a leaf, and the third so deep that the first one pushes it.
static void small_trees_between_large_ones_are_spread_evenly(void **state) {
    (void)state;
    MAKE(5, 5, 0, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    lay_out();
    check_tree();
    double step = middle(&items[2]) - middle(&items[1]);
    for (size_t i = 3; i <= 5; i++) {
        assert_near(middle(&items[i]) - middle(&items[i - 1]), step);
    }
}

static void equal_subtrees_look_equal(void **state) {
    (void)state;
    MAKE(3, 3, 0, 3, 0, 2, 0, 0, 2, 0, 0, 0, 0, 0);
    lay_out();
    check_tree();
    for (uint32_t i = 0; i < 3; i++) {
        assert_near(items[4 + i].y - items[1].y, items[7 + i].y - items[3].y);
    }
    assert_near(items[11].y - items[10].y, items[13].y - items[12].y);
}

static void a_mirrored_tree_is_drawn_mirrored(void **state) {
    (void)state;
    MAKE(3, 4, 0, 1, 0, 0, 0, 0, 0);
    lay_out();
    double down[3] = {middle(&items[1]), middle(&items[2]), middle(&items[3])};
    double all = height;
    MAKE(3, 1, 0, 4, 0, 0, 0, 0, 0);
    lay_out();
    for (size_t i = 0; i < 3; i++) {
        assert_near(all - middle(&items[3 - i]), down[i]);
    }
}

static void nothing_touches_in_any_tree(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 1500; seed++) {
        make_random(seed, 2 + seed % 90);
        lay_out();
        check_tree();
        arena_reset(&arena);
    }
    make_random(7, 3000);
    lay_out();
    check_tree();
}

// A chain is the deepest tree; in a comb, a leaf at each level stands beside all that is below.
// Walking whole outlines again and again, or recursion, would not survive 100 000 levels.
static void deep_trees_take_linear_time(void **state) {
    (void)state;
    item_count = MOST;
    for (uint32_t i = 0; i < MOST; i++) {
        items[i] = (struct layout_item){
                .width = 1.0, .height = 2.0, .first = i + 1, .count = i + 1 < MOST};
    }
    lay_out();
    assert_near(width, MOST + 30.0 * (MOST - 1));
    assert_near(height, 2.0);
    for (uint32_t i = 0; i < MOST; i += 2) { // each level: a leaf, and what goes on
        bool ends = i + 2 >= MOST;
        items[i].first = i + 1;
        items[i].count = ends ? 0 : 2;
        if (!ends) {
            items[i + 1].first = i + 3;
            items[i + 1].count = 0;
        }
    }
    lay_out();
    assert_near(items[MOST - 1].x, 31.0 * (MOST / 2));
}

// ---- packing ---------------------------------------------------------------------------------

static void packed_boxes_keep_apart_and_in_shape(void **state) {
    (void)state;
    for (unsigned seed = 1; seed <= 300; seed++) {
        srand(seed);
        struct pack_box boxes[60];
        size_t count = 1 + seed % 60;
        for (size_t i = 0; i < count; i++) {
            boxes[i] = (struct pack_box){.width = 1 + rand() % 300, .height = 1 + rand() % 200};
        }
        struct pack_sheet sheet = {.aspect = 1.5, .gap = 10.0};
        pack_boxes(&arena, boxes, count, &sheet);
        for (size_t i = 0; i < count; i++) {
            assert_true(boxes[i].x >= 0.0 && boxes[i].y >= 0.0);
            assert_true(boxes[i].x + boxes[i].width <= sheet.width);
            assert_true(boxes[i].y + boxes[i].height <= sheet.height);
            for (size_t j = 0; j < i; j++) {
                assert_true(boxes[i].x >= boxes[j].x + boxes[j].width + sheet.gap ||
                            boxes[j].x >= boxes[i].x + boxes[i].width + sheet.gap ||
                            boxes[i].y >= boxes[j].y + boxes[j].height + sheet.gap ||
                            boxes[j].y >= boxes[i].y + boxes[i].height + sheet.gap);
            }
        }
        assert_true(count < 20 ||
                    (sheet.width < 3.0 * sheet.height && sheet.height < 1.5 * sheet.width));
        arena_reset(&arena);
    }
}

static void equal_boxes_are_packed_in_rows(void **state) {
    (void)state;
    struct pack_box boxes[6];
    for (size_t i = 0; i < 6; i++) {
        boxes[i] = (struct pack_box){.width = 100.0, .height = 100.0};
    }
    struct pack_sheet sheet = {.aspect = 1.5, .gap = 20.0};
    pack_boxes(&arena, boxes, 6, &sheet);
    assert_near(sheet.width, 340.0);
    assert_near(sheet.height, 220.0);
    assert_near(boxes[2].x, 240.0);
    assert_near(boxes[3].y, 120.0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_single_box_is_at_the_origin),
            TEST(siblings_are_a_gap_apart_and_cousins_more),
            TEST(small_trees_between_large_ones_are_spread_evenly),
            TEST(equal_subtrees_look_equal),
            TEST(a_mirrored_tree_is_drawn_mirrored),
            TEST(nothing_touches_in_any_tree),
            TEST(deep_trees_take_linear_time),
            TEST(packed_boxes_keep_apart_and_in_shape),
            TEST(equal_boxes_are_packed_in_rows),
    };
    return cmocka_run_group_tests_name("insight_graph_layout", tests, NULL, NULL);
}
