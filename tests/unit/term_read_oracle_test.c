// Reading terms from text against Elixir and Erlang themselves: what they make of the texts in
// term_read_elixir.txt and term_read_erlang.txt, and of some thousand texts put together from
// these.
#include "term_oracle.h"

#include "term/read.h"

typedef bool reader(struct arena *arena, struct str text, struct str owner, uint32_t creation,
        struct term *term, struct error *error);

static bool equal(const struct term *a, const struct term *b);

static bool items_equal(const struct term *a, const struct term *b, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (!equal(&a[i], &b[i])) {
            return false;
        }
    }
    return true;
}

// Nodes have an order of their own for the keys of maps.
static bool maps_equal(const struct term *a, const struct term *b) {
    for (size_t i = 0; i < a->size; i++) {
        size_t j = 0;
        while (j < b->size && !items_equal(&a->items[2 * i], &b->items[2 * j], 2)) {
            j++;
        }
        if (j == b->size) {
            return false;
        }
    }
    return true;
}

static bool equal(const struct term *a, const struct term *b) {
    if (a->type != b->type) {
        return false;
    }
    if (a->type == TERM_MAP || a->type == TERM_LIST || a->type == TERM_TUPLE) {
        size_t count = a->type == TERM_LIST ? (size_t)a->size + 1 : a->size;
        return a->size == b->size &&
               (a->type == TERM_MAP ? maps_equal(a, b) : items_equal(a->items, b->items, count));
    }
    struct buffer bytes[2];
    buffer_init(&bytes[0]);
    buffer_init(&bytes[1]);
    encode(&bytes[0], a);
    encode(&bytes[1], b);
    bool same = str_equal(buffer_str(&bytes[0]), buffer_str(&bytes[1]));
    buffer_finish(&bytes[0]);
    buffer_finish(&bytes[1]);
    return same;
}

// What is wrong with our reading of a text, NULL if nothing is.
static const char *judge(bool ours, bool theirs, struct str who, const struct term *our_term,
        const struct term *their_term) {
    if (ours && theirs) {
        if (!equal(our_term, their_term)) {
            return "read as another term";
        }
        return str_is(who, "both") || str_is(who, "any") ? NULL : "no difference any more";
    }
    bool expected = str_is(who, "any") || (!ours && !theirs && str_is(who, "both")) ||
                    (ours && str_is(who, "ours")) || (theirs && str_is(who, "theirs"));
    return expected ? NULL : ours ? "only ours" : theirs ? "only theirs" : "neither";
}

static void compare(const char *syntax, reader *read) {
    start_oracle(__FILE__, syntax);
    if (skipped) {
        skip();
    }
    size_t count = 0;
    size_t terms = 0;
    size_t wrong = 0;
    struct str left = buffer_str(&lines);
    while (left.length > 0) {
        struct str text = take_field(&left, ' ');
        struct str bytes = take_field(&left, ' ');
        struct str who = take_field(&left, '\n');
        struct term our_term;
        struct term their_term;
        struct error error = {0};
        bool theirs = bytes.length > 0;
        bool ours = read(&arena, text, node, 0, &our_term, &error);
        if (theirs) {
            assert_true(decode_term(&arena, bytes, &their_term, &error));
        }
        const char *problem = judge(ours, theirs, who, &our_term, &their_term);
        if (problem != NULL) {
            print_error("%s: %.*s    %s\n", problem, STR_ARGS(text), error.message);
            wrong++;
        }
        count++;
        terms += ours && theirs;
    }
    assert_int_equal(wrong, 0);
    assert_true(count > 4000 && terms > 800);
}

static void elixir_texts_are_read_as_elixir_reads_them(void **state) {
    (void)state;
    compare("elixir", read_elixir);
}

static void erlang_texts_are_read_as_erlang_reads_them(void **state) {
    (void)state;
    compare("erlang", read_erlang);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_teardown(elixir_texts_are_read_as_elixir_reads_them, finish_oracle),
            cmocka_unit_test_teardown(erlang_texts_are_read_as_erlang_reads_them, finish_oracle),
    };
    return cmocka_run_group_tests_name("term_read_oracle", tests, NULL, NULL);
}
