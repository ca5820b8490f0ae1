// The arena: alignment, blocks of any size, and what is left after a reset.
#include "base/arena.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#if defined(__SANITIZE_ADDRESS__)
#include <sanitizer/asan_interface.h>
#define IS_POISONED(at) (__asan_address_is_poisoned(at) != 0)
#else
#define IS_POISONED(at) ((void)(at), true)
#endif

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

static void an_unused_arena_holds_nothing(void **state) {
    (void)state;
    assert_null(arena.block);
    arena_reset(&arena);
    assert_null(arena.block);
    assert_int_equal(arena.taken, 0);
}

static void every_piece_is_aligned_and_apart(void **state) {
    (void)state;
    enum { COUNT = 5000 };
    uint8_t *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_take(&arena, i % 97, 1);
        assert_int_equal((uintptr_t)pieces[i] % 16, 0);
        memset(pieces[i], (int)(i % 251), i % 97);
    }
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < i % 97; j++) {
            assert_int_equal(pieces[i][j], i % 251);
        }
    }
}

static void large_pieces_get_their_own_room(void **state) {
    (void)state;
    static const size_t sizes[] = {16383, 16384, 16385, 1u << 20, 1, 5u << 20, 0, 131072, 200000};
    enum { COUNT = sizeof sizes / sizeof sizes[0] };
    uint8_t *pieces[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        pieces[i] = arena_take(&arena, sizes[i], 1);
        memset(pieces[i], (int)i + 1, sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++) {
        assert_true(sizes[i] == 0 || pieces[i][0] == i + 1);
        assert_true(sizes[i] == 0 || pieces[i][sizes[i] - 1] == i + 1);
    }
}

static void zeroed_memory_is_zero_after_a_reset(void **state) {
    (void)state;
    memset(arena_take(&arena, 4000, 1), 0xAA, 4000);
    arena_reset(&arena);
    const uint8_t *again = arena_take_zeroed(&arena, 1000, 4);
    for (size_t i = 0; i < 4000; i++) {
        assert_int_equal(again[i], 0);
    }
}

static void a_reset_keeps_one_small_block_and_poisons_it(void **state) {
    (void)state;
    char *first = arena_take(&arena, 100, 1);
    assert_int_equal(arena.taken, 112);
    arena_reset(&arena);
    assert_int_equal(arena.taken, 0);
    assert_non_null(arena.block);
    assert_true(IS_POISONED(first));
    assert_ptr_equal(arena_take(&arena, 100, 1), first);
}

static void a_reset_gives_a_huge_block_back(void **state) {
    (void)state;
    arena_take(&arena, 10, 1);
    arena_take(&arena, 1u << 20, 1);
    arena_reset(&arena);
    assert_null(arena.block);
    assert_non_null(arena_take(&arena, 10, 1));
}

static void rounds_of_resets_do_not_mix(void **state) {
    (void)state;
    for (size_t round = 0; round < 200; round++) {
        size_t sum = 0;
        for (size_t i = 0; i < 50; i++) {
            size_t size = (round * 7919 + i * 104729) % 9000;
            memset(arena_take(&arena, size, 1), 1, size);
            sum += (size + 15) & ~(size_t)15;
        }
        assert_int_equal(arena.taken, sum);
        arena_reset(&arena);
    }
}

static void what_lies_behind_a_piece_is_poisoned(void **state) {
    (void)state;
    char *piece = arena_take(&arena, 21, 1);
    arena_take(&arena, 8, 1);
    assert_true(IS_POISONED(piece + 24) || IS_POISONED(piece + 31));
}

static void copies_end_with_a_nul(void **state) {
    (void)state;
    struct str copy = arena_copy(&arena, (struct str){"ab\0c", 4});
    assert_int_equal(copy.length, 4);
    assert_memory_equal(copy.at, "ab\0c", 5);
    struct str empty = arena_copy(&arena, (struct str){NULL, 0});
    assert_int_equal(empty.length, 0);
    assert_int_equal(empty.at[0], 0);
}

static void printf_takes_what_it_needs(void **state) {
    (void)state;
    char *x = memory_new(100001, 1);
    memset(x, 'x', 100000);
    struct str text = arena_printf(&arena, "%s|%d", x, -7);
    assert_int_equal(text.length, 100003);
    assert_string_equal(text.at + 100000, "|-7");
    assert_int_equal(arena_printf(&arena, "%s", "").length, 0);
    free(x);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(an_unused_arena_holds_nothing),
            TEST(every_piece_is_aligned_and_apart),
            TEST(large_pieces_get_their_own_room),
            TEST(zeroed_memory_is_zero_after_a_reset),
            TEST(a_reset_keeps_one_small_block_and_poisons_it),
            TEST(a_reset_gives_a_huge_block_back),
            TEST(rounds_of_resets_do_not_mix),
            TEST(what_lies_behind_a_piece_is_poisoned),
            TEST(copies_end_with_a_nul),
            TEST(printf_takes_what_it_needs),
    };
    return cmocka_run_group_tests_name("base_arena", tests, NULL, NULL);
}
