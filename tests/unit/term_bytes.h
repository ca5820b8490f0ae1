// What the tests of the decoder share: bodies of terms in memory of exactly their size.
#ifndef WHITEBEAM_TESTS_TERM_BYTES_H
#define WHITEBEAM_TESTS_TERM_BYTES_H

#include "limits.h"
#include "term/decode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static struct error error;

static int setup(void **state) {
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_finish(&arena);
    return 0;
}

// Decodes the version byte and `body` from memory of exactly that size.
static bool decode_body(struct str body, struct term *term) {
    char *bytes = arena_take(&arena, body.length + 1, 1);
    bytes[0] = (char)131;
    memcpy(bytes + 1, body.at, body.length);
    return decode_term(&arena, (struct str){bytes, body.length + 1}, term, &error);
}

static inline struct term good(struct str body) {
    struct term term;
    if (!decode_body(body, &term)) {
        fail_msg("%s", error.message);
    }
    return term;
}

static inline void assert_bad(struct str body) {
    struct term term;
    assert_false(decode_body(body, &term));
    assert_int_equal(error.code, ERROR_INVALID_TERM);
    assert_int_not_equal(error.message[0], '\0');
}

static inline void assert_text(struct str text, const char *expected) {
    assert_int_equal(text.length, strlen(expected));
    assert_memory_equal(text.at, expected, text.length);
}

// fun m:-f/1-fun-0-/1, index 3, with one free variable.
#define FUN_HEAD                                                                                   \
    "\x01"                                                                                         \
    "0123456789abcdef"                                                                             \
    "\x00\x00\x00\x03\x00\x00\x00\x01\x73\x01m\x61\x07\x62\x06\x72\xba\xe5\x58\x73\x03"            \
    "a@b\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00"

// A tuple of 40 empty lists.
#define COMPRESSED "\x83\x50\x00\x00\x00\x2a\x78\x9c\xcb\xd0\xc8\x22\x12\x00\x00\x6b\x39\x11\x21"

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
