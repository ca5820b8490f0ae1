// Queries to the mirror, beside a naive filter and sort of the same processes.
#include "node/mirror_query.h"

#include "base/clock.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/node_invariants.h"

static struct mirror *mirror;
static struct arena arena;
static struct error error;

static const struct process_filter everything = {
        .supervised = -1, .memory_max = UINT64_MAX, .queue_max = UINT32_MAX};

static int finish(void **state) {
    (void)state;
    check_mirror(mirror);
    mirror_destroy(mirror);
    arena_finish(&arena);
    return 0;
}

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    mirror = mirror_create(STR("n@h"), 9);
    return 0;
}

static void identify(uint32_t slot, const char *call, const char *label) {
    struct identity identity = {.initial_call = str_of(call), .label = str_of(label)};
    mirror_identify(mirror, slot, &identity);
}

// `count` random processes with many equal keys, in slots with holes between them.
static void fill(uint32_t count, unsigned seed) {
    char text[64];
    srand(seed);
    uint32_t boss = MIRROR_NONE;
    mirror_sweep_begin(mirror, 1);
    for (uint32_t i = 1; i <= count + count / 5; i++) {
        struct cheap cheap = {.reductions = (uint64_t)rand() % 50 * 1000000007u,
                .queue = (uint32_t)rand() % 4,
                .heap = (uint32_t)rand() % 30,
                .status = (uint8_t)(rand() % 8)};
        mirror_sweep_row(mirror, i * 7919u, i % 3, &cheap);
    }
    mirror_sweep_end(mirror);
    for (uint32_t slot = 0; mirror->live > count; slot = (slot + 3) % mirror->slot_count) {
        if (mirror->p.flags[slot] & PROCESS_LIVE) {
            mirror_remove(mirror, slot);
        }
    }
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (!(mirror->p.flags[slot] & PROCESS_LIVE)) {
            continue;
        }
        boss = boss == MIRROR_NONE ? mirror_supervisor_touch(mirror, slot) : boss;
        snprintf(text, sizeof text, "Elixir.Worker%d", rand() % 300);
        identify(slot, rand() % 10 ? "proc_lib.init_p/5" : "", rand() % 3 ? text : "");
        if (slot % 4 == 0) {
            mirror_child_add(mirror, boss, &(struct child){.slot = slot});
        }
        if (mirror->p.supervises[slot] == MIRROR_NONE) {
            mirror->p.kind[slot] = (uint8_t)(rand() % KIND_SUPERVISOR);
        }
    }
    if (boss != MIRROR_NONE) {
        mirror_children_end(mirror, boss, 1);
    }
}

// ---- the naive way ---------------------------------------------------------------------------

static enum process_sort naive_sort;
static bool naive_descending;

static int compare_numbers(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

static int compare_names(uint32_t a, uint32_t b) {
    uint32_t left = mirror->p.display[a];
    uint32_t right = mirror->p.display[b];
    if (left == 0 || right == 0) {
        return compare_numbers(left == 0, right == 0); // who has none comes last
    }
    return str_compare(mirror_text(mirror, left), mirror_text(mirror, right));
}

static int compare_slots(const void *left, const void *right) {
    uint32_t a = *(const uint32_t *)left;
    uint32_t b = *(const uint32_t *)right;
    const struct process_columns *p = &mirror->p;
    int order = 0;
    switch (naive_sort) {
    case SORT_PID:
        order = p->serial[a] != p->serial[b] ? compare_numbers(p->serial[a], p->serial[b])
                                             : compare_numbers(p->id[a], p->id[b]);
        break;
    case SORT_NAME:
        order = compare_names(a, b);
        break;
    case SORT_MEMORY:
        order = compare_numbers(p->memory[a], p->memory[b]);
        break;
    case SORT_QUEUE:
        order = compare_numbers(p->queue[a], p->queue[b]);
        break;
    case SORT_REDUCTIONS:
        order = compare_numbers(p->reductions[a], p->reductions[b]);
        break;
    case SORT_COUNT:
        break;
    }
    order = naive_descending ? -order : order;
    return order != 0 ? order : compare_numbers(a, b);
}

static bool naive_passes(const struct process_filter *filter, uint32_t slot) {
    const struct process_columns *p = &mirror->p;
    bool supervised = p->supervisor[slot] != MIRROR_NONE;
    return (p->flags[slot] & PROCESS_LIVE) &&
           (filter->kinds == 0 || (filter->kinds & 1u << p->kind[slot])) &&
           (filter->statuses == 0 || (filter->statuses & 1u << p->status[slot])) &&
           (filter->supervised < 0 || supervised == (filter->supervised == 1)) &&
           p->memory[slot] >= filter->memory_min && p->memory[slot] <= filter->memory_max &&
           p->queue[slot] >= filter->queue_min && p->queue[slot] <= filter->queue_max;
}

static uint32_t *naive_order(const struct process_filter *filter, uint32_t *total) {
    uint32_t *slots = memory_new(mirror->slot_count + 1u, sizeof *slots);
    *total = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (naive_passes(filter, slot)) {
            slots[(*total)++] = slot;
        }
    }
    qsort(slots, *total, sizeof *slots, compare_slots);
    return slots;
}

// ---- comparing -------------------------------------------------------------------------------

static struct process_page ask(
        const struct process_filter *filter, uint32_t offset, uint32_t limit) {
    struct process_page page;
    arena_reset(&arena);
    if (!mirror_query(mirror, &arena, filter, naive_sort, naive_descending, offset, limit, &page,
                &error)) {
        fail_msg("%s", error.message);
    }
    return page;
}

static void compare_page(const struct process_filter *filter, const uint32_t *expected,
        uint32_t total, uint32_t offset, uint32_t limit) {
    struct process_page page = ask(filter, offset, limit);
    uint32_t rest = offset < total ? total - offset : 0;
    assert_int_equal(page.total, total);
    assert_int_equal(page.count, rest < limit ? rest : limit);
    for (uint32_t i = 0; i < page.count; i++) {
        assert_int_equal(page.slots[i], expected[offset + i]);
    }
}

// Pages at both ends, in the middle, around the rows that are remembered, and beyond the end.
static void compare_pages(const struct process_filter *filter) {
    uint32_t total;
    uint32_t *expected = naive_order(filter, &total);
    const uint32_t offsets[] = {0, 1, 199, total / 3, total / 2, 800, 801, 949, 950, 951, 999, 1000,
            1001, 1500, total > 1200 ? total - 1200 : 0, total > 1001 ? total - 1001 : 0,
            total > 1000 ? total - 1000 : 0, total > 50 ? total - 50 : 0, total ? total - 1 : 0,
            total, total + 1, UINT32_MAX};
    static const uint32_t limits[] = {1, 50, 200};
    for (size_t i = 0; i < sizeof offsets / sizeof offsets[0]; i++) {
        compare_page(filter, expected, total, offsets[i], limits[i % 3]);
    }
    free(expected);
}

static void compare_orders(const struct process_filter *filter) {
    for (naive_sort = SORT_PID; naive_sort < SORT_COUNT; naive_sort++) {
        naive_descending = false;
        compare_pages(filter);
        naive_descending = true;
        compare_pages(filter);
    }
}

static void compare_filters(void) {
    compare_orders(&everything);
    struct process_filter filter = everything;
    filter.any = true;
    compare_orders(&filter); // the same rows, on the way of filtered ones
    filter.kinds = 1u << KIND_GEN_SERVER | 1u << KIND_PLAIN;
    compare_orders(&filter);
    filter.kinds = 1u << 31;
    compare_orders(&filter);
    filter = everything;
    filter.any = true;
    filter.statuses = 1u << STATUS_WAITING | 1u << STATUS_UNKNOWN;
    filter.supervised = 1;
    compare_orders(&filter);
    filter.supervised = 0;
    filter.memory_min = 40;
    filter.memory_max = 160;
    compare_orders(&filter);
    filter = everything;
    filter.any = true;
    filter.queue_min = filter.queue_max = 2;
    compare_orders(&filter);
}

static void an_empty_mirror_has_empty_pages(void **state) {
    (void)state;
    compare_filters();
}

static void one_process_is_one_page(void **state) {
    (void)state;
    fill(1, 1);
    compare_filters();
}

static void fifty_processes_are_ordered(void **state) {
    (void)state;
    fill(50, 2);
    compare_filters();
}

static void the_edge_of_the_remembered_rows_is_no_edge(void **state) {
    (void)state;
    for (uint32_t count = 999; count <= 1001; count++) {
        fill(count, count);
        compare_filters();
        mirror_destroy(mirror);
        mirror = mirror_create(STR("n@h"), 9);
    }
}

static void many_processes_are_ordered(void **state) {
    (void)state;
    fill(20000, 3);
    compare_orders(&everything);
    struct process_filter filter = everything;
    filter.any = true;
    filter.kinds = 1u << KIND_GEN_SERVER | 1u << KIND_TASK | 1u << KIND_PLAIN;
    compare_orders(&filter);
}

static void equal_keys_are_ordered_by_slot(void **state) {
    (void)state;
    mirror_sweep_begin(mirror, 1);
    for (uint32_t i = 1; i <= 5000; i++) {
        mirror_sweep_row(mirror, i, 0, &(struct cheap){.reductions = 7, .heap = 5});
    }
    mirror_sweep_end(mirror);
    compare_orders(&everything);
}

static void already_sorted_keys_are_no_trap(void **state) {
    (void)state;
    for (uint32_t i = 1; i <= 20000; i++) {
        uint32_t slot = mirror_touch(mirror, i, 0);
        mirror->p.reductions[slot] = i;
        mirror->p.memory[slot] = 20000 - i;
        mirror->p.queue[slot] = i < 10000 ? i : 20000 - i; // an organ pipe
    }
    int64_t start = clock_monotonic_ms();
    compare_orders(&everything);
    assert_true(clock_monotonic_ms() - start < 20000);
}

static void extreme_keys_keep_their_order(void **state) {
    (void)state;
    static const uint64_t keys[] = {
            0, UINT64_MAX, 1, UINT64_MAX - 1, UINT64_C(1) << 63, 0, UINT64_MAX};
    for (uint32_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        uint32_t slot = mirror_touch(mirror, UINT32_MAX - i, i % 2 ? UINT32_MAX : 0);
        mirror->p.reductions[slot] = mirror->p.memory[slot] = keys[i];
        mirror->p.queue[slot] = (uint32_t)keys[i];
    }
    compare_filters();
}

static void a_remembered_order_follows_changes(void **state) {
    (void)state;
    fill(500, 9);
    naive_sort = SORT_REDUCTIONS;
    naive_descending = true;
    compare_pages(&everything);
    srand(5);
    for (int round = 0; round < 20; round++) {
        mirror_remove(mirror, ask(&everything, (uint32_t)rand() % 100, 1).slots[0]);
        compare_pages(&everything);
        mirror_touch(mirror, 1000000u + (uint32_t)round, 0);
        compare_pages(&everything);
        mirror_sweep_begin(mirror, round);
        for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
            if (mirror->p.flags[slot] & PROCESS_LIVE) {
                mirror_sweep_row(mirror, mirror->p.id[slot], mirror->p.serial[slot],
                        &(struct cheap){.reductions = (uint64_t)rand()});
            }
        }
        mirror_sweep_end(mirror);
        compare_pages(&everything);
    }
}

// ---- patterns --------------------------------------------------------------------------------

static uint32_t matching(const char *pattern) {
    struct process_filter filter = everything;
    filter.any = true;
    filter.pattern = str_of(pattern);
    naive_sort = SORT_NAME;
    naive_descending = false;
    return ask(&filter, 0, 100).total;
}

static enum error_code refused(const char *pattern) {
    struct process_filter filter = everything;
    struct process_page page;
    filter.any = true;
    filter.pattern = str_of(pattern);
    arena_reset(&arena);
    assert_false(mirror_query(mirror, &arena, &filter, SORT_PID, false, 0, 50, &page, &error));
    assert_non_null(strstr(error.details, "name_pattern"));
    return error.code;
}

static void name(uint32_t id, const char *text) {
    mirror_names_begin(mirror);
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (mirror->p.name[slot] != 0) {
            mirror_name(mirror, mirror->p.id[slot], 0, mirror_text(mirror, mirror->p.name[slot]));
        }
    }
    mirror_name(mirror, id, 0, str_of(text));
    mirror_names_end(mirror);
}

static void patterns_search_names_as_people_write_them(void **state) {
    (void)state;
    name(1, "Elixir.Shop.Cart");
    name(2, "code_server");
    name(3, "caf\xc3\xa9");
    identify(mirror_touch(mirror, 4, 0), "shop.init/1", "");
    mirror_touch(mirror, 5, 0); // nothing is known of it
    assert_int_equal(matching("Shop"), 1);
    assert_int_equal(matching("(?i)shop"), 2);
    assert_int_equal(matching("^Shop\\.Cart$"), 1);
    assert_int_equal(matching("Elixir"), 0);
    assert_int_equal(matching("_"), 1);
    assert_int_equal(matching("^caf.$"), 1); // one character, not one byte
    assert_int_equal(matching(""), 5);
    assert_int_equal(matching("x*"), 4);
    assert_int_equal(matching("nothing like it"), 0);
}

static void wrong_patterns_are_named_with_their_place(void **state) {
    (void)state;
    name(1, "a");
    static const char *const wrong[] = {"(", "[a", "*", "a{2,1}", "\\C", "(?<n", "a\\", "\xff",
            "((((((((((((((((((a))))))))))))))))))", "(?(DEFINE)(?<a>b)",
            "(((((a{9999}){9999}){9999})))"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_int_equal(refused(wrong[i]), ERROR_INVALID_PARAMETER);
        assert_non_null(strstr(error.details, "\"offset\":"));
    }
}

static void costly_patterns_are_stopped(void **state) {
    (void)state;
    name(1, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
    int64_t start = clock_monotonic_ms();
    // [bc], since a single letter that has to come is looked for before anything else.
    static const char *const costly[] = {"^(a+)+[bc]", "^(a|a)*[bc]", "(*NO_JIT)^(a+)+[bc]",
            "(*LIMIT_MATCH=4000000000)^(a+)+[bc]", "^(?:a?){60}a{60}[bc]",
            "(*NO_JIT)(*LIMIT_DEPTH=4000000000)^(a|a(?1))+[bc]"};
    for (size_t i = 0; i < sizeof costly / sizeof costly[0]; i++) {
        assert_int_equal(refused(costly[i]), ERROR_PATTERN_TOO_COSTLY);
    }
    assert_true(clock_monotonic_ms() - start < 5000);
}

static void many_slow_matches_end_in_time(void **state) {
    (void)state;
    char text[250];
    memset(text, 'a', sizeof text);
    mirror_names_begin(mirror);
    for (uint32_t i = 1; i <= 3000; i++) {
        snprintf(text + 200, 20, "%u", i);
        mirror_name(mirror, i, 0, str_of(text));
    }
    mirror_names_end(mirror);
    struct process_filter filter = everything;
    struct process_page page;
    filter.any = true;
    filter.pattern = STR("(*NO_JIT)a.*a.*[^0-9a]");
    int64_t start = clock_monotonic_ms();
    if (!mirror_query(mirror, &arena, &filter, SORT_PID, false, 0, 50, &page, &error)) {
        assert_int_equal(error.code, ERROR_PATTERN_TOO_COSTLY);
    }
    assert_true(clock_monotonic_ms() - start < 3000);
}

static void names_that_are_not_utf8_match_nothing_and_break_nothing(void **state) {
    (void)state;
    name(1, "bad\xff\xfe");
    name(2, "bad\xc3");
    name(3, "bad");
    assert_int_equal(matching("bad"), 1);
    assert_int_equal(matching("."), 1);
    naive_sort = SORT_NAME;
    compare_pages(&everything);
}

static void a_pattern_and_other_filters_hold_together(void **state) {
    (void)state;
    name(1, "worker_a");
    name(2, "worker_b");
    mirror->p.queue[mirror_find(mirror, 2, 0)] = 5;
    struct process_filter filter = everything;
    filter.any = true;
    filter.pattern = STR("worker");
    filter.queue_min = 1;
    naive_sort = SORT_PID;
    struct process_page page = ask(&filter, 0, 10);
    assert_int_equal(page.total, 1);
    assert_int_equal(page.slots[0], mirror_find(mirror, 2, 0));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(an_empty_mirror_has_empty_pages),
            TEST(one_process_is_one_page),
            TEST(fifty_processes_are_ordered),
            TEST(the_edge_of_the_remembered_rows_is_no_edge),
            TEST(many_processes_are_ordered),
            TEST(equal_keys_are_ordered_by_slot),
            TEST(already_sorted_keys_are_no_trap),
            TEST(extreme_keys_keep_their_order),
            TEST(a_remembered_order_follows_changes),
            TEST(patterns_search_names_as_people_write_them),
            TEST(wrong_patterns_are_named_with_their_place),
            TEST(costly_patterns_are_stopped),
            TEST(many_slow_matches_end_in_time),
            TEST(names_that_are_not_utf8_match_nothing_and_break_nothing),
            TEST(a_pattern_and_other_filters_hold_together),
    };
    return cmocka_run_group_tests_name("node_mirror_query", tests, NULL, NULL);
}
