// How tests ask a real Elixir about terms: they run a script and read what it prints, lines of
// base64. Skipped where Elixir 1.14 is not installed: the script prints "skip" then.
#ifndef WHITEBEAM_TESTS_TERM_ORACLE_H
#define WHITEBEAM_TESTS_TERM_ORACLE_H

#include "base/buffer.h"
#include "term/base64.h"
#include "term/decode.h"
#include "term/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct str node = {"nonode@nohost", 13};

static struct arena arena;
static struct buffer lines; // what the script printed first
static bool skipped;

// Runs the script, which stands beside the test whose source is `test` and has its name, and
// appends what it prints.
static void run_script(const char *test, const char *arguments, struct buffer *output) {
    int length = (int)(strlen(test) - strlen("_test.c"));
    struct str command = arena_printf(&arena, "elixir '%.*s.exs' %s", length, test, arguments);
    FILE *pipe = popen(command.at, "r");
    assert_non_null(pipe);
    char chunk[4096];
    size_t got;
    while ((got = fread(chunk, 1, sizeof chunk, pipe)) > 0) {
        buffer_add(output, chunk, got);
    }
    assert_int_equal(pclose(pipe), 0);
}

static void start_oracle(const char *test, const char *arguments) {
    arena_init(&arena);
    buffer_init(&lines);
    skipped = system("command -v elixir >/dev/null 2>&1") != 0;
    if (!skipped) {
        run_script(test, arguments, &lines);
        skipped = str_equal(buffer_str(&lines), STR("skip\n"));
    }
}

static int finish_oracle(void **state) {
    (void)state;
    buffer_finish(&lines);
    arena_finish(&arena);
    return 0;
}

// Takes the base64 before `end` from the front of *left.
static struct str take_field(struct str *left, char end) {
    const char *found = memchr(left->at, end, left->length);
    assert_non_null(found);
    struct str field = {left->at, (size_t)(found - left->at)};
    left->at += field.length + 1;
    left->length -= field.length + 1;
    struct str bytes;
    assert_true(base64_decode(&arena, field, &bytes));
    return bytes;
}

// A term in the external format, as a node wants it.
static void encode(struct buffer *out, const struct term *term) {
    encode_version(out);
    encode_term(out, term);
}

#endif
