// What the tests of reading terms from text share. Each defines READ as the reader it is about.
#ifndef WHITEBEAM_TESTS_TERM_READ_H
#define WHITEBEAM_TESTS_TERM_READ_H

#include "limits.h"
#include "term/encode.h"
#include "term/print.h"
#include "term/read.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const struct str node = {"a@b", 3};

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

// Reads a text in memory of exactly its size.
static bool read_text(struct str text, struct term *term) {
    char *copy = malloc(text.length);
    if (text.length > 0) {
        memcpy(copy, text.at, text.length);
    }
    bool read = READ(&arena, (struct str){copy, text.length}, node, 7, term, &error);
    free(copy);
    return read;
}

static struct term good(struct str text) {
    struct term term;
    if (!read_text(text, &term)) {
        fail_msg("%.*s: %s", STR_ARGS(text), error.message);
    }
    return term;
}

// What is read from `text` prints as `expected` in the syntax of inspect/2.
static void assert_reads(const char *text, const char *expected) {
    struct term term = good(str_of(text));
    struct buffer printed;
    buffer_init(&printed);
    print_term(&printed, &term, node, &print_default);
    buffer_add_u8(&printed, '\0');
    assert_string_equal(printed.at, expected);
    buffer_finish(&printed);
}

struct row {
    const char *text;
    const char *expected;
};

#define ASSERT_ROWS(rows)                                                                          \
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows)[0]; i++) {                                  \
        assert_reads((rows)[i].text, (rows)[i].expected);                                          \
    }

static void assert_bad(struct str text) {
    struct term term = {.type = TERM_INTEGER, .integer = 4711};
    assert_false(read_text(text, &term));
    assert_int_equal(error.code, ERROR_INVALID_TERM_TEXT);
    assert_int_equal(term.integer, 4711); // untouched
}

// The text is refused with that message and those details.
static void assert_error(const char *text, const char *message, const char *details) {
    assert_bad(str_of(text));
    assert_string_equal(error.message, message);
    assert_string_equal(error.details, details);
}

// `count` times `opening`, then `middle`, then `count` times `closing`.
static inline struct str nested(
        size_t count, const char *opening, const char *middle, const char *closing) {
    struct buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(&text, opening);
    }
    buffer_add_text(&text, middle);
    for (size_t i = 0; i < count; i++) {
        buffer_add_text(&text, closing);
    }
    struct str copy = arena_copy(&arena, buffer_str(&text));
    buffer_finish(&text);
    return copy;
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

#endif
