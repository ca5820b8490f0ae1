// The encoder: the exact bytes of each function, and whole terms that decode to what they were.
#include "term/decode.h"
#include "term/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;
static struct buffer out;

static int setup(void **state) {
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    buffer_finish(&out);
    arena_finish(&arena);
    return 0;
}

// Compares what was written with the expected bytes, and starts again.
static void assert_written(struct str expected) {
    assert_int_equal(out.length, expected.length);
    assert_memory_equal(out.at, expected.at, expected.length);
    out.length = 0;
}

static void integers_take_the_smallest_form(void **state) {
    (void)state;
    encode_integer(&out, 0);
    assert_written(STR("\x61\x00"));
    encode_integer(&out, 255);
    assert_written(STR("\x61\xff"));
    encode_integer(&out, 256);
    assert_written(STR("\x62\x00\x00\x01\x00"));
    encode_integer(&out, -1);
    assert_written(STR("\x62\xff\xff\xff\xff"));
    encode_integer(&out, INT32_MIN);
    assert_written(STR("\x62\x80\x00\x00\x00"));
    encode_integer(&out, (int64_t)INT32_MAX + 1);
    assert_written(STR("\x6e\x04\x00\x00\x00\x00\x80"));
    encode_integer(&out, INT64_MIN);
    assert_written(STR("\x6e\x08\x01\x00\x00\x00\x00\x00\x00\x00\x80"));
    encode_integer(&out, INT64_MAX);
    assert_written(STR("\x6e\x08\x00\xff\xff\xff\xff\xff\xff\xff\x7f"));
}

static void atoms_are_written_as_utf8(void **state) {
    (void)state;
    encode_atom_text(&out, "ok");
    assert_written(STR("\x77\x02ok"));
    char name[256];
    memset(name, 'a', sizeof name);
    encode_atom(&out, (struct str){name, 255});
    assert_int_equal(out.length, 2 + 255);
    out.length = 0;
    encode_atom(&out, (struct str){name, 256});
    assert_int_equal(out.length, 3 + 256);
    assert_memory_equal(out.at, "\x76\x01\x00", 3);
}

static void a_message_can_be_written_part_by_part(void **state) {
    (void)state;
    encode_version(&out);
    encode_tuple(&out, 3);
    encode_float(&out, 2.5);
    encode_list(&out, 1);
    encode_binary(&out, STR("x"));
    encode_nil(&out);
    encode_map(&out, 1);
    encode_atom_text(&out, "a");
    encode_nil(&out);
    assert_written(STR("\x83\x68\x03\x46\x40\x04\x00\x00\x00\x00\x00\x00\x6c\x00\x00\x00\x01\x6d"
                       "\x00\x00\x00\x01x\x6a\x74\x00\x00\x00\x01\x77\x01"
                       "a\x6a"));
}

static void large_tuples_have_four_bytes_of_arity(void **state) {
    (void)state;
    encode_tuple(&out, 255);
    assert_written(STR("\x68\xff"));
    encode_tuple(&out, 256);
    assert_written(STR("\x69\x00\x00\x01\x00"));
}

static void identities_take_their_newest_form(void **state) {
    (void)state;
    struct term_pid pid = {.node = {"a@b", 3}, .id = 1, .serial = 2, .creation = 3};
    encode_pid(&out, &pid);
    assert_written(STR("\x58\x77\x03"
                       "a@b\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03"));
    struct term_reference reference = {
            .node = {"a@b", 3}, .creation = 3, .count = 2, .words = {4, 5}};
    encode_reference(&out, &reference);
    assert_written(STR("\x5a\x00\x02\x77\x03"
                       "a@b\x00\x00\x00\x03\x00\x00\x00\x04\x00\x00\x00\x05"));
    struct term_port port = {.node = {"a@b", 3}, .id = (uint64_t)1 << 32, .creation = 3};
    encode_port(&out, &port);
    assert_written(STR("\x78\x77\x03"
                       "a@b\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x03"));
}

static struct term decode(struct str bytes) {
    struct term term;
    struct error error;
    if (!decode_term(&arena, bytes, &term, &error)) {
        fail_msg("%s", error.message);
    }
    return term;
}

// The bytes are as the encoder writes them, so they must come back whole.
static void assert_unchanged(struct str bytes) {
    struct term term = decode(bytes);
    encode_version(&out);
    encode_term(&out, &term);
    assert_written(bytes);
}

static void terms_in_the_written_form_come_back_unchanged(void **state) {
    (void)state;
    assert_unchanged(STR("\x83\x61\x05"));
    assert_unchanged(STR("\x83\x46\x80\x00\x00\x00\x00\x00\x00\x00")); // -0.0
    assert_unchanged(STR("\x83\x6e\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00\x01"));
    assert_unchanged(STR("\x83\x6e\x08\x00\x00\x00\x00\x00\x00\x00\x00\x80"));
    assert_unchanged(STR("\x83\x4d\x00\x00\x00\x02\x03\x01\x7f"));
    assert_unchanged(STR("\x83\x68\x03\x68\x00\x6a\x74\x00\x00\x00\x00"));
    assert_unchanged(STR("\x83\x6c\x00\x00\x00\x02\x61\x01\x68\x01\x6a\x77\x01t"));
    assert_unchanged(STR("\x83\x74\x00\x00\x00\x02\x6a\x6a\x61\x01\x6d\x00\x00\x00\x00"));
    assert_unchanged(STR("\x83\x71\x77\x05lists\x77\x03map\x61\x02"));
    assert_unchanged(STR("\x83\x5a\x00\x01\x77\x00\x00\x00\x00\x01\x00\x00\x00\x02"));
    // A fun keeps its own bytes, old forms inside included.
    assert_unchanged(STR("\x83\x68\x02\x70\x00\x00\x00\x3d\x01"
                         "0123456789abcdef"
                         "\x00\x00\x00\x03\x00\x00\x00\x01\x73\x01m\x61\x07\x62\x06\x72\xba\xe5"
                         "\x58\x73\x03"
                         "a@b\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00\x6b\x00\x01\x09"
                         "\x6a"));
}

static void large_integers_have_four_bytes_of_length(void **state) {
    (void)state;
    char bytes[6 + 256 + 1];
    memset(bytes, 7, sizeof bytes);
    memcpy(bytes, "\x83\x6f\x00\x00\x01\x00\x01", 7);
    assert_unchanged((struct str){bytes, sizeof bytes});
}

static void old_forms_are_written_in_the_new_form(void **state) {
    (void)state;
    struct term term = decode(STR("\x83\x68\x04\x64\x00\x01\xe9\x6b\x00\x02"
                                  "ab\x67\x73\x01"
                                  "a\x00\x00\x00\x01\x00\x00\x00\x02\x03\x66\x73\x01"
                                  "a\x00\x00\x00\x01\x02"));
    encode_term(&out, &term);
    assert_written(STR("\x68\x04\x77\x02\xc3\xa9\x6c\x00\x00\x00\x02\x61\x61\x61\x62\x6a\x58\x77"
                       "\x01"
                       "a\x00\x00\x00\x01\x00\x00\x00\x02\x00\x00\x00\x03\x78\x77\x01"
                       "a\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x02"));
}

static void deep_nesting_needs_no_stack(void **state) {
    (void)state;
    size_t levels = 200000;
    char *bytes = arena_take(&arena, 2 + 2 * levels, 1);
    bytes[0] = (char)131;
    for (size_t i = 0; i < levels; i++) {
        memcpy(bytes + 1 + 2 * i, "\x68\x01", 2);
    }
    bytes[1 + 2 * levels] = 0x6a;
    assert_unchanged((struct str){bytes, 2 + 2 * levels});
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(integers_take_the_smallest_form),
            TEST(atoms_are_written_as_utf8),
            TEST(a_message_can_be_written_part_by_part),
            TEST(large_tuples_have_four_bytes_of_arity),
            TEST(identities_take_their_newest_form),
            TEST(terms_in_the_written_form_come_back_unchanged),
            TEST(large_integers_have_four_bytes_of_length),
            TEST(old_forms_are_written_in_the_new_form),
            TEST(deep_nesting_needs_no_stack),
    };
    return cmocka_run_group_tests_name("term_encode", tests, NULL, NULL);
}
