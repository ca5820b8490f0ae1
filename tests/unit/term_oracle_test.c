// The term layer against Elixir itself: term_oracle.exs makes terms, inspect/2 says how they print,
// and the runtime compares what is sent back, also after it was read from text.
#include "term_oracle.h"

#include "term/json.h"
#include "term/print.h"
#include "term/read.h"

static const struct print_limits wide = {.width = 2000, .depth = 64, .bytes = 1 << 20};

static int make_terms(void **state) {
    (void)state;
    start_oracle(__FILE__, "terms");
    return 0;
}

static struct term decode(struct str bytes) {
    struct term term;
    struct error error;
    if (!decode_term(&arena, bytes, &term, &error)) {
        fail_msg("%s", error.message);
    }
    return term;
}

// What the script says of one term.
struct line {
    struct term term;
    struct str elixir; // inspect/2
    struct str erlang; // ~0tp
};

static struct line take_line(struct str *left) {
    struct line line = {.term = decode(take_field(left, ' '))};
    line.elixir = take_field(left, ' ');
    line.erlang = take_field(left, '\n');
    return line;
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
        struct line line = take_line(&left);
        struct buffer text;
        buffer_init(&text);
        print_term(&text, &line.term, node, &wide);
        if (!str_equal(buffer_str(&text), line.elixir)) {
            print_error("inspect:    %.*s\nprint_term: %.*s\n", STR_ARGS(line.elixir),
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
    encode(&bytes, term);
    buffer_printf(out, "%zu %s ", index, how);
    base64_encode(out, buffer_str(&bytes));
    buffer_add_u8(out, '\n');
    buffer_finish(&bytes);
}

// Through text in all three formats and back.
static void add_text_lines(struct buffer *out, size_t index, const struct line *line) {
    struct buffer json;
    buffer_init(&json);
    assert_true(json_from_term(&json, &line->term, node, &wide));
    struct str text = arena_copy(&arena, buffer_str(&json));
    buffer_finish(&json);
    if (strstr(text.at, "\"$fun\":") != NULL) {
        return; // there is no text for a fun
    }
    struct term back;
    struct error error;
    if (!json_to_term(&arena, text, node, 0, &back, &error)) {
        fail_msg("%s: %s", error.message, text.at);
    }
    add_line(out, index, "json", &back);
    if (!read_erlang(&arena, line->erlang, node, 0, &back, &error)) {
        fail_msg("%s: %.*s", error.message, STR_ARGS(line->erlang));
    }
    add_line(out, index, "erlang", &back);
    if (strstr(text.at, "\"__exception__\":") != NULL) {
        return; // inspect does not show this field
    }
    if (!read_elixir(&arena, line->elixir, node, 0, &back, &error)) {
        fail_msg("%s: %.*s", error.message, STR_ARGS(line->elixir));
    }
    add_line(out, index, "elixir", &back);
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
        struct line line = take_line(&left);
        add_line(&sent, index, "term", &line.term);
        add_text_lines(&sent, index, &line);
    }
    char path[] = "/tmp/term_oracle_XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_true(write(file, sent.at, sent.length) == (ssize_t)sent.length);
    close(file);
    struct buffer report;
    buffer_init(&report);
    run_script(__FILE__, arena_printf(&arena, "check %s", path).at, &report);
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
    return cmocka_run_group_tests_name("term_oracle", tests, make_terms, finish_oracle);
}
