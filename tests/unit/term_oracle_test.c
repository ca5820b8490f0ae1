// The term layer against Elixir itself: term_oracle.exs makes terms, inspect/2 says how they print,
// and the runtime compares what is sent back. Skipped where Elixir 1.14 is not installed.
#include "term/base64.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"
#include "term/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

static const struct print_limits wide = {.width = 2000, .depth = 64, .bytes = 1 << 20};
static const struct str node = {"nonode@nohost", 13};

static struct arena arena;
static struct buffer lines; // what `terms` printed
static bool skipped;

// The script stands beside this file.
static struct str script_path(void) {
    struct str path = arena_printf(&arena, "%s", __FILE__);
    return arena_printf(&arena, "%.*s.exs", (int)(path.length - strlen("_test.c")), path.at);
}

// Runs the script and appends what it prints.
static void run_script(const char *arguments, struct buffer *output) {
    struct str command =
            arena_printf(&arena, "elixir '%.*s' %s", STR_ARGS(script_path()), arguments);
    FILE *pipe = popen(command.at, "r");
    assert_non_null(pipe);
    char chunk[4096];
    size_t length;
    while ((length = fread(chunk, 1, sizeof chunk, pipe)) > 0) {
        buffer_add(output, chunk, length);
    }
    assert_int_equal(pclose(pipe), 0);
}

static int make_terms(void **state) {
    (void)state;
    arena_init(&arena);
    buffer_init(&lines);
    skipped = system("command -v elixir >/dev/null 2>&1") != 0;
    if (!skipped) {
        run_script("terms", &lines);
        skipped = str_equal(buffer_str(&lines), STR("skip\n"));
    }
    return 0;
}

static int free_terms(void **state) {
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

static struct term decode(struct str bytes) {
    struct term term;
    struct error error;
    if (!decode_term(&arena, bytes, &term, &error)) {
        fail_msg("%s", error.message);
    }
    return term;
}

static void terms_print_as_inspect_prints_them(void **state) {
    (void)state;
    if (skipped) {
        skip();
    }
    struct str left = buffer_str(&lines);
    size_t count = 0;
    size_t different = 0;
    while (left.length > 0) {
        struct term term = decode(take_field(&left, ' '));
        struct str expected = take_field(&left, '\n');
        struct buffer text;
        buffer_init(&text);
        print_term(&text, &term, node, &wide);
        if (!str_equal(buffer_str(&text), expected)) {
            print_error("inspect:    %.*s\nprint_term: %.*s\n", STR_ARGS(expected),
                    STR_ARGS(buffer_str(&text)));
            different++;
        }
        buffer_finish(&text);
        count++;
    }
    assert_int_equal(different, 0);
    assert_true(count >= 300);
}

static void add_line(struct buffer *out, size_t index, const char *how, const struct term *term) {
    struct buffer bytes;
    buffer_init(&bytes);
    encode_version(&bytes);
    encode_term(&bytes, term);
    buffer_printf(out, "%zu %s ", index, how);
    base64_encode(out, buffer_str(&bytes));
    buffer_add_u8(out, '\n');
    buffer_finish(&bytes);
}

// Through JSON and back, unless there is a fun inside.
static void add_json_line(struct buffer *out, size_t index, const struct term *term) {
    struct buffer json;
    buffer_init(&json);
    assert_true(json_from_term(&json, term, node, &wide));
    struct str text = buffer_str(&json);
    buffer_add_u8(&json, '\0');
    text.at = json.at; // adding may have moved it
    if (strstr(text.at, "\"$fun\":") == NULL) {
        struct term back;
        struct error error;
        if (!json_to_term(&arena, text, node, 0, &back, &error)) {
            fail_msg("%s: %s", error.message, text.at);
        }
        add_line(out, index, "json", &back);
    }
    buffer_finish(&json);
}

static void terms_come_back_to_the_runtime_unchanged(void **state) {
    (void)state;
    if (skipped) {
        skip();
    }
    struct buffer sent;
    buffer_init(&sent);
    struct str left = buffer_str(&lines);
    for (size_t index = 0; left.length > 0; index++) {
        struct term term = decode(take_field(&left, ' '));
        take_field(&left, '\n');
        add_line(&sent, index, "term", &term);
        add_json_line(&sent, index, &term);
    }
    char path[] = "/tmp/term_oracle_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_true(write(file, sent.at, sent.length) == (ssize_t)sent.length);
    close(file);
    struct buffer report;
    buffer_init(&report);
    run_script(arena_printf(&arena, "check %s", path).at, &report);
    unlink(path);
    buffer_add_u8(&report, '\0');
    assert_string_equal(report.at, "checked\n");
    buffer_finish(&report);
    buffer_finish(&sent);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(terms_print_as_inspect_prints_them),
            cmocka_unit_test(terms_come_back_to_the_runtime_unchanged),
    };
    return cmocka_run_group_tests_name("term_oracle", tests, make_terms, free_terms);
}
