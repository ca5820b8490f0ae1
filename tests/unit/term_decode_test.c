// The decoder: every tag of the external term format.
#include "term_bytes.h"

static void assert_integer(struct str body, int64_t expected) {
    struct term term = good(body);
    assert_int_equal(term.type, TERM_INTEGER);
    assert_true(term.integer == expected);
}

static void integers_of_all_sizes_are_read(void **state) {
    (void)state;
    assert_integer(STR("\x61\xff"), 255);
    assert_integer(STR("\x62\xff\xff\xff\xff"), -1);
    assert_integer(STR("\x62\x7f\xff\xff\xff"), INT32_MAX);
    assert_integer(STR("\x6e\x06\x00\x00\x00\x00\x00\x00\x01"), (int64_t)1 << 40);
    assert_integer(STR("\x6e\x08\x01\x00\x00\x00\x00\x00\x00\x00\x80"), INT64_MIN);
    assert_integer(STR("\x6e\x0a\x00\x05\x00\x00\x00\x00\x00\x00\x00\x00\x00"), 5);
    assert_integer(STR("\x6e\x00\x01"), 0);
    assert_integer(STR("\x6f\x00\x00\x00\x01\x01\x07"), -7);
}

static void integers_over_64_bits_keep_their_digits(void **state) {
    (void)state;
    struct term term = good(STR("\x6e\x08\x00\x00\x00\x00\x00\x00\x00\x00\x80"));
    assert_int_equal(term.type, TERM_BIG);
    assert_false(term.big.negative);
    assert_int_equal(term.big.digits.length, 8);
    term = good(STR("\x6f\x00\x00\x00\x0b\x01\x01\x02\x03\x04\x05\x06\x07\x08\x09\x0a\x00"));
    assert_int_equal(term.type, TERM_BIG);
    assert_true(term.big.negative);
    assert_int_equal(term.big.digits.length, 10);
    assert_int_equal(term.big.digits.at[9], 10);
}

static void integers_of_a_wrong_form_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x6e\x01\x02\x05"));
    assert_bad(STR("\x6f\xff\xff\xff\xff\x00\x01"));
    size_t length = 6 + LIMIT_BIGNUM_BYTES + 1;
    char *bytes = calloc(length, 1);
    memcpy(bytes, "\x6f\x00\x10\x00\x01", 5);
    assert_bad((struct str){bytes, length});
    free(bytes);
}

// FLOAT_EXT: 31 bytes of text, filled up with NUL.
static struct str float_text(const char *text) {
    char *body = arena_take_zeroed(&arena, 32, 1);
    body[0] = 0x63;
    memcpy(body + 1, text, strlen(text));
    return (struct str){body, 32};
}

static void floats_are_read_in_both_forms(void **state) {
    (void)state;
    struct term term = good(STR("\x46\x40\x04\x00\x00\x00\x00\x00\x00"));
    assert_int_equal(term.type, TERM_FLOAT);
    assert_true(term.number == 2.5);
    term = good(float_text("-2.50000000000000000000e+01"));
    assert_int_equal(term.type, TERM_FLOAT);
    assert_true(term.number == -25.0);
}

static void floats_that_are_not_finite_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x46\x7f\xf0\x00\x00\x00\x00\x00\x00"));
    assert_bad(STR("\x46\xff\xf0\x00\x00\x00\x00\x00\x00"));
    assert_bad(STR("\x46\x7f\xf8\x00\x00\x00\x00\x00\x00"));
    assert_bad(float_text("nan"));
    assert_bad(float_text("inf"));
    assert_bad(float_text("-infinity"));
    assert_bad(float_text("1.0e999"));
}

static void floats_that_are_no_decimal_text_are_refused(void **state) {
    (void)state;
    assert_bad(float_text(""));
    assert_bad(float_text(" 1.0"));
    assert_bad(float_text("1.0 "));
    assert_bad(float_text("0x1.8p3"));
    assert_bad(float_text("1.0e+"));
    assert_bad(float_text("..........................1.0.."));
}

static void assert_atom(struct str body, const char *expected) {
    struct term term = good(body);
    assert_int_equal(term.type, TERM_ATOM);
    assert_text(term.text, expected);
}

static void atoms_are_utf8_whatever_their_form(void **state) {
    (void)state;
    assert_atom(STR("\x64\x00\x02ok"), "ok");
    assert_atom(STR("\x73\x02ok"), "ok");
    assert_atom(STR("\x73\x00"), "");
    assert_atom(STR("\x64\x00\x02\xe9!"), "\xc3\xa9!");
    assert_atom(STR("\x76\x00\x02\xc3\xa9"), "\xc3\xa9");
    assert_atom(STR("\x77\x02\xc3\xa9"), "\xc3\xa9");
}

static void atoms_are_limited_to_255_characters(void **state) {
    (void)state;
    char bytes[3 + 2 * 256];
    for (size_t i = 3; i < sizeof bytes; i += 2) {
        memcpy(bytes + i, "\xc3\xa9", 2);
    }
    memcpy(bytes, "\x76\x01\xfe", 3);
    struct term term = good((struct str){bytes, 3 + 510});
    assert_int_equal(term.text.length, 510);
    memcpy(bytes, "\x76\x02\x00", 3);
    assert_bad((struct str){bytes, sizeof bytes});
    memset(bytes, 'a', sizeof bytes);
    memcpy(bytes, "\x64\x01\x00", 3);
    assert_bad((struct str){bytes, 3 + 256});
}

static void atoms_that_are_not_utf8_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x77\x01\xe9"));
    assert_bad(STR("\x77\x02\xc0\x80"));
    assert_bad(STR("\x76\x00\x03\xed\xa0\x80"));
}

static void binaries_and_bit_strings_are_read(void **state) {
    (void)state;
    struct term term = good(STR("\x6d\x00\x00\x00\x02\x00\xff"));
    assert_int_equal(term.type, TERM_BINARY);
    assert_int_equal(term.text.length, 2);
    term = good(STR("\x4d\x00\x00\x00\x02\x03\x01\x60"));
    assert_int_equal(term.type, TERM_BITS);
    assert_int_equal(term.size, 3);
    assert_int_equal(term.text.length, 2);
    assert_int_equal(good(STR("\x4d\x00\x00\x00\x01\x08\x01")).type, TERM_BINARY);
    assert_int_equal(good(STR("\x4d\x00\x00\x00\x00\x00")).type, TERM_BINARY);
    assert_bad(STR("\x4d\x00\x00\x00\x01\x09\x01"));
    assert_bad(STR("\x4d\x00\x00\x00\x01\x00\x01"));
    assert_bad(STR("\x4d\x00\x00\x00\x00\x03"));
}

static void tuples_are_read_in_both_sizes(void **state) {
    (void)state;
    struct term term = good(STR("\x68\x02\x73\x02ok\x61\x05"));
    assert_true(term_is_tagged(&term, "ok", 2));
    assert_false(term_is_tagged(&term, "ok", 3));
    assert_int_equal(term_element(&term, 1)->integer, 5);
    assert_null(term_element(&term, 2));
    term = good(STR("\x69\x00\x00\x00\x01\x61\x05"));
    assert_int_equal(term.type, TERM_TUPLE);
    assert_int_equal(term.size, 1);
    assert_int_equal(good(STR("\x68\x00")).size, 0);
}

static void lists_are_read_with_their_tails(void **state) {
    (void)state;
    const struct term *items;
    uint32_t count;
    struct term term = good(STR("\x6a"));
    assert_int_equal(term.type, TERM_NIL);
    assert_true(term_list(&term, &items, &count));
    assert_int_equal(count, 0);
    term = good(STR("\x6c\x00\x00\x00\x01\x61\x05\x6a"));
    assert_true(term_list(&term, &items, &count));
    assert_int_equal(count, 1);
    assert_int_equal(items[0].integer, 5);
    term = good(STR("\x6c\x00\x00\x00\x01\x61\x05\x61\x06"));
    assert_int_equal(term.type, TERM_LIST);
    assert_false(term_list(&term, &items, &count));
    assert_int_equal(term.items[1].integer, 6);
}

static void a_list_of_no_elements_is_its_tail(void **state) {
    (void)state;
    assert_int_equal(good(STR("\x6c\x00\x00\x00\x00\x6a")).type, TERM_NIL);
    assert_integer(STR("\x6c\x00\x00\x00\x00\x6c\x00\x00\x00\x00\x61\x07"), 7);
    struct term term = good(STR("\x6c\x00\x00\x00\x01\x61\x05\x6c\x00\x00\x00\x00\x6a"));
    assert_int_equal(term.items[1].type, TERM_NIL);
}

static void a_list_whose_tail_is_a_list_is_refused(void **state) {
    (void)state;
    assert_bad(STR("\x6c\x00\x00\x00\x01\x61\x05\x6c\x00\x00\x00\x01\x61\x06\x6a"));
    assert_bad(STR("\x6c\x00\x00\x00\x01\x61\x05\x6b\x00\x01\x06"));
}

static void strings_become_lists_of_integers(void **state) {
    (void)state;
    struct term term = good(STR("\x6b\x00\x02\x01\xff"));
    const struct term *items;
    uint32_t count;
    assert_true(term_list(&term, &items, &count));
    assert_int_equal(count, 2);
    assert_int_equal(items[1].integer, 255);
    assert_int_equal(good(STR("\x6b\x00\x00")).type, TERM_NIL);
}

static void maps_keep_the_order_they_came_in(void **state) {
    (void)state;
    struct term term = good(STR("\x74\x00\x00\x00\x02\x73\x01z\x61\x01\x73\x01"
                                "a\x61\x02"));
    assert_int_equal(term.type, TERM_MAP);
    assert_int_equal(term.size, 2);
    assert_text(term.items[0].text, "z");
    assert_int_equal(term_map_get(&term, "a")->integer, 2);
    assert_null(term_map_get(&term, "b"));
    assert_int_equal(good(STR("\x74\x00\x00\x00\x00")).size, 0);
}

static void pids_are_read_in_both_forms(void **state) {
    (void)state;
    struct term term = good(STR("\x67\x73\x03"
                                "a@b\x00\x00\x00\x60\x00\x00\x00\x02\x03"));
    assert_int_equal(term.type, TERM_PID);
    assert_text(term.pid->node, "a@b");
    assert_int_equal(term.pid->id, 96);
    assert_int_equal(term.pid->serial, 2);
    assert_int_equal(term.pid->creation, 3);
    term = good(STR("\x58\x77\x03"
                    "a@b\xff\xff\xff\xff\x00\x00\x00\x02\x65\x00\x00\x01"));
    assert_true(term.pid->id == UINT32_MAX);
    assert_true(term.pid->creation == 0x65000001);
    assert_bad(STR("\x67\x61\x01\x00\x00\x00\x60\x00\x00\x00\x02\x03"));
}

static void ports_are_read_in_all_forms(void **state) {
    (void)state;
    struct term term = good(STR("\x66\x73\x03"
                                "a@b\x00\x00\x00\x05\x02"));
    assert_int_equal(term.type, TERM_PORT);
    assert_int_equal(term.port->id, 5);
    assert_int_equal(term.port->creation, 2);
    term = good(STR("\x59\x73\x03"
                    "a@b\x00\x00\x00\x05\x00\x00\x01\x00"));
    assert_int_equal(term.port->creation, 256);
    term = good(STR("\x78\x73\x03"
                    "a@b\x01\x00\x00\x00\x00\x00\x00\x05\x00\x00\x01\x00"));
    assert_true(term.port->id == ((uint64_t)1 << 56 | 5));
    assert_text(term.port->node, "a@b");
}

static void references_are_read_in_all_forms(void **state) {
    (void)state;
    struct term term = good(STR("\x65\x73\x03"
                                "a@b\x00\x00\x00\x05\x02"));
    assert_int_equal(term.type, TERM_REFERENCE);
    assert_int_equal(term.reference->count, 1);
    assert_int_equal(term.reference->creation, 2);
    term = good(STR("\x72\x00\x02\x73\x03"
                    "a@b\x03\x00\x00\x00\x05\x00\x00\x00\x06"));
    assert_int_equal(term.reference->creation, 3);
    assert_int_equal(term.reference->words[1], 6);
    term = good(STR("\x5a\x00\x05\x73\x03"
                    "a@b\x00\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"
                    "\x00\x00\x00\x04\x00\x00\x00\x05"));
    assert_int_equal(term.reference->count, 5);
    assert_int_equal(term.reference->words[4], 5);
    assert_bad(STR("\x5a\x00\x00\x73\x03"
                   "a@b\x00\x00\x00\x04"));
    assert_bad(STR("\x5a\x00\x06\x73\x03"
                   "a@b\x00\x00\x00\x04\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"
                   "\x00\x00\x00\x04\x00\x00\x00\x05\x00\x00\x00\x06"));
}

static void external_funs_are_read(void **state) {
    (void)state;
    struct term term = good(STR("\x71\x73\x05lists\x73\x03map\x61\x02"));
    assert_int_equal(term.type, TERM_EXPORT);
    assert_text(term.fun->module, "lists");
    assert_text(term.fun->function, "map");
    assert_int_equal(term.fun->arity, 2);
    assert_bad(STR("\x71\x73\x05lists\x61\x03\x61\x02"));
    assert_bad(STR("\x71\x73\x05lists\x73\x03map\x62\x00\x00\x01\x00"));
    assert_bad(STR("\x71\x73\x05lists\x73\x03map\x62\xff\xff\xff\xff"));
}

static void local_funs_are_checked_and_kept_whole(void **state) {
    (void)state;
    struct str body = STR("\x70\x00\x00\x00\x3d" FUN_HEAD "\x6b\x00\x01\x09");
    struct term term = good(body);
    assert_int_equal(term.type, TERM_FUN);
    assert_text(term.fun->module, "m");
    assert_int_equal(term.fun->arity, 1);
    assert_int_equal(term.fun->index, 3);
    assert_int_equal(term.fun->free_count, 1);
    assert_true(term.fun->old_unique == 0x0672bae5);
    assert_int_equal(term.fun->encoded.length, body.length);
    assert_memory_equal(term.fun->encoded.at, body.at, body.length);
}

static void the_first_of_several_terms_tells_its_length(void **state) {
    (void)state;
    struct term term;
    size_t used;
    struct str bytes = STR("\x83\x61\x05\x83\x6a");
    assert_true(decode_first(&arena, bytes, &term, &used, &error));
    assert_int_equal(used, 3);
    assert_int_equal(term.integer, 5);
    assert_true(decode_first(&arena, (struct str){bytes.at + 3, 2}, &term, &used, &error));
    assert_int_equal(used, 2);
}

static void compressed_terms_are_inflated(void **state) {
    (void)state;
    struct term term;
    assert_true(decode_term(&arena, STR(COMPRESSED), &term, &error));
    assert_int_equal(term.type, TERM_TUPLE);
    assert_int_equal(term.size, 40);
    size_t used;
    assert_true(decode_first(&arena, STR(COMPRESSED "\x83\x6a"), &term, &used, &error));
    assert_int_equal(used, sizeof COMPRESSED - 1);
    assert_false(decode_term(&arena, STR(COMPRESSED "\x83\x6a"), &term, &error));
}

static void texts_are_found_in_binaries_and_atoms_only(void **state) {
    (void)state;
    struct str text;
    int64_t value;
    struct term term = good(STR("\x6d\x00\x00\x00\x02hi"));
    assert_true(term_text(&term, &text));
    assert_text(text, "hi");
    assert_false(term_integer(&term, &value));
    term = good(STR("\x73\x02ok"));
    assert_true(term_text(&term, &text));
    assert_true(term_is_atom(&term, "ok"));
    assert_false(term_is_atom(&term, "o"));
    term = good(STR("\x61\x09"));
    assert_false(term_text(&term, &text));
    assert_true(term_integer(&term, &value));
    assert_int_equal(value, 9);
    assert_null(term_map_get(&term, "a"));
    assert_null(term_element(&term, 0));
}

static void questions_about_nothing_are_answered_with_no(void **state) {
    (void)state;
    struct str text;
    int64_t value;
    const struct term *items;
    uint32_t count;
    assert_false(term_is_atom(NULL, "ok"));
    assert_false(term_is_tagged(NULL, "ok", 1));
    assert_null(term_element(NULL, 0));
    assert_null(term_map_get(NULL, "a"));
    assert_false(term_text(NULL, &text));
    assert_false(term_integer(NULL, &value));
    assert_false(term_list(NULL, &items, &count));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(integers_of_all_sizes_are_read),
            TEST(integers_over_64_bits_keep_their_digits),
            TEST(integers_of_a_wrong_form_are_refused),
            TEST(floats_are_read_in_both_forms),
            TEST(floats_that_are_not_finite_are_refused),
            TEST(floats_that_are_no_decimal_text_are_refused),
            TEST(atoms_are_utf8_whatever_their_form),
            TEST(atoms_are_limited_to_255_characters),
            TEST(atoms_that_are_not_utf8_are_refused),
            TEST(binaries_and_bit_strings_are_read),
            TEST(tuples_are_read_in_both_sizes),
            TEST(lists_are_read_with_their_tails),
            TEST(a_list_of_no_elements_is_its_tail),
            TEST(a_list_whose_tail_is_a_list_is_refused),
            TEST(strings_become_lists_of_integers),
            TEST(maps_keep_the_order_they_came_in),
            TEST(pids_are_read_in_both_forms),
            TEST(ports_are_read_in_all_forms),
            TEST(references_are_read_in_all_forms),
            TEST(external_funs_are_read),
            TEST(local_funs_are_checked_and_kept_whole),
            TEST(the_first_of_several_terms_tells_its_length),
            TEST(compressed_terms_are_inflated),
            TEST(texts_are_found_in_binaries_and_atoms_only),
            TEST(questions_about_nothing_are_answered_with_no),
    };
    return cmocka_run_group_tests_name("term_decode", tests, NULL, NULL);
}
