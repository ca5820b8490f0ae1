// Interned texts: one id for each, references, ids used again, and ranks, beside a naive model.
#include "base/intern.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct intern *intern;

static int begin(void **state) {
    (void)state;
    intern = intern_create("");
    return 0;
}

static int finish(void **state) {
    (void)state;
    intern_destroy(intern);
    return 0;
}

static void equal_texts_have_one_id(void **state) {
    (void)state;
    char copy[] = "gen_server";
    uint32_t id = intern_add(intern, STR("gen_server"));
    assert_int_not_equal(id, 0);
    assert_int_equal(intern_add(intern, str_of(copy)), id);
    assert_int_not_equal(intern_add(intern, STR("gen_serve")), id);
    assert_int_not_equal(intern_add(intern, (struct str){"gen_server\0", 11}), id);
    assert_int_equal(intern_find(intern, STR("gen_server")), id);
    assert_true(str_is(intern_text(intern, id), "gen_server"));
    assert_int_equal(intern_text(intern, id).at[10], 0);
}

static void no_text_is_zero(void **state) {
    (void)state;
    assert_int_equal(intern_add(intern, (struct str){NULL, 0}), 0);
    assert_int_equal(intern_find(intern, STR("")), 0);
    assert_int_equal(intern_keep(intern, 0), 0);
    intern_drop(intern, 0);
    assert_int_equal(intern_text(intern, 0).length, 0);
    assert_true(intern_is_plain(intern, 0));
    assert_int_equal(intern_limit(intern), 1);
    assert_non_null(intern_ranks(intern));
}

static void a_text_lives_as_long_as_its_references(void **state) {
    (void)state;
    uint32_t id = intern_add(intern, STR("a"));
    assert_int_equal(intern_keep(intern, id), id);
    intern_add(intern, STR("a"));
    intern_drop(intern, id);
    intern_drop(intern, id);
    assert_int_equal(intern_find(intern, STR("a")), id);
    intern_drop(intern, id);
    assert_int_equal(intern_find(intern, STR("a")), 0);
}

static void a_free_id_is_used_again(void **state) {
    (void)state;
    uint32_t ids[100];
    char text[16];
    for (uint32_t i = 0; i < 100; i++) {
        snprintf(text, sizeof text, "t%u", i);
        ids[i] = intern_add(intern, str_of(text));
    }
    uint32_t limit = intern_limit(intern);
    for (uint32_t i = 0; i < 100; i += 2) {
        intern_drop(intern, ids[i]);
    }
    for (uint32_t i = 0; i < 50; i++) {
        snprintf(text, sizeof text, "again%u", i);
        uint32_t id = intern_add(intern, str_of(text));
        assert_int_equal((id - ids[0]) % 2, 0);
        assert_true(str_is(intern_text(intern, id), text));
    }
    assert_int_equal(intern_limit(intern), limit);
    for (uint32_t i = 1; i < 100; i += 2) {
        snprintf(text, sizeof text, "t%u", i);
        assert_int_equal(intern_find(intern, str_of(text)), ids[i]);
    }
}

static void plain_means_without_escapes(void **state) {
    (void)state;
    static const char *const plain[] = {"a", "A b~", "Elixir.Foo.bar/1", " "};
    static const char *const others[] = {"\"", "a\\", "\n", "\x7f", "caf\xc3\xa9", "\xff"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        assert_true(intern_is_plain(intern, intern_add(intern, str_of(plain[i]))));
    }
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        assert_false(intern_is_plain(intern, intern_add(intern, str_of(others[i]))));
    }
    assert_false(intern_is_plain(intern, intern_add(intern, (struct str){"\0", 1})));
}

static void ranks_follow_the_order_of_bytes(void **state) {
    (void)state;
    static const char *const sorted[] = {"A", "Aa", "B", "a", "a\x01", "ab", "b", "\xc3\xa9"};
    enum { COUNT = sizeof sorted / sizeof sorted[0] };
    uint32_t ids[COUNT];
    for (size_t i = COUNT; i > 0; i--) {
        ids[i - 1] = intern_add(intern, str_of(sorted[i - 1]));
    }
    const uint32_t *ranks = intern_ranks(intern);
    for (size_t i = 1; i < COUNT; i++) {
        assert_true(ranks[ids[i - 1]] < ranks[ids[i]]);
    }
    // Removing leaves the order, adding in an id used again makes a new one.
    intern_drop(intern, ids[0]);
    ranks = intern_ranks(intern);
    assert_true(ranks[ids[1]] < ranks[ids[2]]);
    assert_int_equal(intern_add(intern, STR("zz")), ids[0]);
    ranks = intern_ranks(intern);
    assert_true(ranks[ids[0]] > ranks[ids[6]]);
    assert_true(ranks[ids[0]] < ranks[ids[7]]);
}

// ---- the model -------------------------------------------------------------------------------

#define TEXTS 700u

static struct {
    char text[24];
    size_t length;
    uint32_t references;
    uint32_t id;
} model[TEXTS];

static void check_model(void) {
    const uint32_t *ranks = intern_ranks(intern);
    uint32_t before = 0;
    for (uint32_t i = 0; i < TEXTS; i++) {
        struct str text = {model[i].text, model[i].length};
        if (model[i].references == 0) {
            assert_int_equal(intern_find(intern, text), 0);
            continue;
        }
        assert_int_equal(intern_find(intern, text), model[i].id);
        assert_true(str_equal(intern_text(intern, model[i].id), text));
        assert_true(ranks[model[i].id] > before);
        before = ranks[model[i].id];
    }
    assert_true(intern_limit(intern) <= TEXTS + 1);
}

static void random_adds_and_drops_agree_with_a_model(void **state) {
    (void)state;
    memset(model, 0, sizeof model);
    for (uint32_t i = 0; i < TEXTS; i++) {
        // In order of bytes, of lengths around the eight that are hashed at once.
        model[i].length = (size_t)snprintf(model[i].text, sizeof model[i].text, "%04u%.*s", i,
                (int)(i % 18), "xxxxxxxxxxxxxxxxx");
    }
    srand(7);
    for (int step = 0; step < 200000; step++) {
        uint32_t i = (uint32_t)rand() % TEXTS;
        struct str text = {model[i].text, model[i].length};
        // Tides: first more come than go, then the other way round.
        bool add = rand() % 10 < (step / 20000 % 2 ? 4 : 6);
        if (add && rand() % 2 && model[i].references > 0) {
            intern_keep(intern, model[i].id);
            model[i].references++;
        } else if (add) {
            uint32_t id = intern_add(intern, text);
            assert_true(model[i].references == 0 || id == model[i].id);
            model[i].id = id;
            model[i].references++;
        } else if (model[i].references > 0) {
            intern_drop(intern, model[i].id);
            model[i].references--;
        }
        if (step % 10000 == 0) {
            check_model();
        }
    }
    check_model();
}

static void many_texts_are_found_after_growth(void **state) {
    (void)state;
    enum { MANY = 60000 };
    uint32_t *ids = calloc(MANY, sizeof *ids);
    char text[32];
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "module_%u.init/1", i * 2654435761u);
        ids[i] = intern_add(intern, str_of(text));
    }
    for (uint32_t i = 0; i < MANY; i++) {
        snprintf(text, sizeof text, "module_%u.init/1", i * 2654435761u);
        assert_int_equal(intern_find(intern, str_of(text)), ids[i]);
    }
    free(ids);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(equal_texts_have_one_id),
            TEST(no_text_is_zero),
            TEST(a_text_lives_as_long_as_its_references),
            TEST(a_free_id_is_used_again),
            TEST(plain_means_without_escapes),
            TEST(ranks_follow_the_order_of_bytes),
            TEST(random_adds_and_drops_agree_with_a_model),
            TEST(many_texts_are_found_after_growth),
    };
    return cmocka_run_group_tests_name("base_intern", tests, NULL, NULL);
}
