// The printer: embedded answers of inspect/2 of Elixir 1.14, and what the limits do.
#include "term/decode.h"
#include "term/json.h"
#include "term/print.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct str node = {"nonode@nohost", 13};

static struct arena arena;
static struct buffer text;

static int setup(void **state) {
    (void)state;
    arena_init(&arena);
    buffer_init(&text);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    buffer_finish(&text);
    arena_finish(&arena);
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

// A term is easier to write as JSON than as bytes.
static struct term from_json(const char *json) {
    struct term term;
    struct error error;
    if (!json_to_term(&arena, str_of(json), node, 0, &term, &error)) {
        fail_msg("%s", error.message);
    }
    return term;
}

static void assert_printed(
        const struct term *term, struct print_limits limits, const char *expected) {
    text.length = 0;
    print_term(&text, term, node, &limits);
    buffer_add_u8(&text, '\0');
    assert_string_equal(text.at, expected);
}

static const struct {
    struct str bytes; // of term_to_binary/1
    const char *text; // of inspect/1
} cases[] = {
#define CASE(bytes, text)                                                                          \
    { {bytes, sizeof(bytes) - 1}, text }
        CASE("\203w\002ok", ":ok"),
        CASE("\203w\003nil", "nil"),
        CASE("\203w\004true", "true"),
        CASE("\203w\016Elixir.Foo.Bar", "Foo.Bar"),
        CASE("\203w\012Elixir.foo", ":\"Elixir.foo\""),
        CASE("\203w\011two words", ":\"two words\""),
        CASE("\203w\002a?", ":a?"),
        CASE("\203w\003a@b", ":a@b"),
        CASE("\203w\0021a", ":\"1a\""),
        CASE("\203w\001+", ":+"),
        CASE("\203w\004..//", ":..//"),
        CASE("\203w\006Elixir", "Elixir"),
        CASE("\203w\005\303\251\012#{", ":\"\303\251\\n\\#{\""),
        CASE("\203w\000", ":\"\""),
        CASE("\203a\000", "0"),
        CASE("\203b\377\377\377\377", "-1"),
        CASE("\203n\010\000\000\000\000\000\000\000\000\200", "9223372036854775808"),
        CASE("\203n\011\001\000\000\000\000\000\000\000\000\001", "-18446744073709551616"),
        CASE("\203n\032\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
             "\000\000\000\000\000\000\000\001",
                "1606938044258990275541962092341162602522202993782792835301376"),
        CASE("\203F\077\360\000\000\000\000\000\000", "1.0"),
        CASE("\203F\077\271\231\231\231\231\231\232", "0.1"),
        CASE("\203F\200\000\000\000\000\000\000\000", "-0.0"),
        CASE("\203FD\025\257\035x\265\214@", "1.0e20"),
        CASE("\203F=\333|\337\331\327\275\273", "1.0e-10"),
        CASE("\203FB\334\022!\203w\336@", "123456789012345.0"),
        CASE("\203FCA\303y7\340\200\000", "1.0e16"),
        CASE("\203F\077\0326\342\353\034C-", "0.0001"),
        CASE("\203F>\344\370\265\210\343h\361", "1.0e-5"),
        CASE("\203m\000\000\000\000", "\"\""),
        CASE("\203m\000\000\000\004text", "\"text\""),
        CASE("\203m\000\000\000\023\303\251 \" \\ \012 \033 \177 #{x} #",
                "\"\303\251 \\\" \\\\ \\n \\e \\d \\#{x} #\""),
        CASE("\203m\000\000\000\002\377\000", "<<255, 0>>"),
        CASE("\203M\000\000\000\002\002\001\300", "<<1, 3::size(2)>>"),
        CASE("\203j", "[]"),
        CASE("\203k\000\002\001\002", "[1, 2]"),
        CASE("\203l\000\000\000\002a\001a\002a\003", "[1, 2 | 3]"),
        CASE("\203l\000\000\000\003h\002w\001aa\001h\002w\003b ca\002h\002w\003nila\003j",
                "[a: 1, \"b c\": 2, nil: 3]"),
        CASE("\203l\000\000\000\001h\002w\001aa\001w\001b", "[{:a, 1} | :b]"),
        CASE("\203l\000\000\000\001h\002w\016Elixir.Foo.Bara\001j", "[{Foo.Bar, 1}]"),
        CASE("\203k\000\003abc", "'abc'"),
        CASE("\203k\000\006it's \012", "'it\\'s \\n'"),
        CASE("\203k\000\001\000", "[0]"),
        CASE("\203l\000\000\000\001b\000\000\001,j", "[300]"),
        CASE("\203h\000", "{}"),
        CASE("\203h\002a\001h\001a\002", "{1, {2}}"),
        CASE("\203t\000\000\000\000", "%{}"),
        CASE("\203t\000\000\000\001w\001aa\001", "%{a: 1}"),
        CASE("\203t\000\000\000\001m\000\000\000\001ka\001", "%{\"k\" => 1}"),
        CASE("\203t\000\000\000\002a\001a\002w\001at\000\000\000\001w\001bj",
                "%{1 => 2, :a => %{b: []}}"),
        CASE("\203t\000\000\000\003w\012__struct__w\016Elixir.Foo.Barw\001aa\001w\001bw\003nil",
                "%Foo.Bar{a: 1, b: nil}"),
        CASE("\203t\000\000\000\003w\015__exception__w\004truew\012__struct__w\016Elixir."
             "Failurew\007messagem\000\000\000\002no",
                "%Failure{message: \"no\"}"),
        CASE("\203t\000\000\000\002w\012__struct__w\003foow\001aa\001",
                "%{__struct__: :foo, a: 1}"),
        CASE("\203Xw\015nonode@nohost\000\000\000`\000\000\000\001\000\000\000\000",
                "#PID<0.96.1>"),
        CASE("\203Yw\015nonode@nohost\000\000\000\005\000\000\000\000", "#Port<0.5>"),
        CASE("\203Z\000\003w\015nonode@"
             "nohost\000\000\000\000\000\000\000\003\000\000\000\002\000\000\000\001",
                "#Reference<0.1.2.3>"),
        CASE("\203qw\013Elixir.Enumw\003mapa\002", "&Enum.map/2"),
        CASE("\203qw\005listsw\003mapa\002", "&:lists.map/2"),
        CASE("\203qw\003a bw\003C da\001", "&:\"a b\".\"C d\"/1"),
        CASE("\203qw\006erlangw\001+a\002", "&:erlang.+/2"),
#undef CASE
};

static void terms_print_as_inspect_prints_them(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        struct term term = decode(cases[i].bytes);
        assert_printed(&term, print_default, cases[i].text);
    }
}

static void collections_show_as_many_elements_as_the_width(void **state) {
    (void)state;
    struct print_limits two = {.width = 2, .depth = 12, .bytes = 1000};
    struct term term = from_json("[1, 2]");
    assert_printed(&term, two, "[1, 2]");
    term = from_json("[1, 2, 3]");
    assert_printed(&term, two, "[1, 2, ...]");
    term = from_json("{\"$improper\": [1, 2, 3]}");
    assert_printed(&term, two, "[1, 2 | 3]");
    term = from_json("{\"$improper\": [1, 2, 3, 4]}");
    assert_printed(&term, two, "[1, 2, ...]");
    term = from_json("{\"$tuple\": [1, [1, 2, 3], 3]}");
    assert_printed(&term, two, "{1, [1, 2, ...], ...}");
    term = from_json("{\"a\": 1, \"b\": 2, \"c\": 3}");
    assert_printed(&term, two, "%{a: 1, b: 2, ...}");
    term = from_json("{\"$struct\": \"Foo\", \"a\": 1, \"b\": 2}");
    assert_printed(&term, two, "%Foo{a: 1, b: 2}");
    term = from_json("{\"$struct\": \"Foo\", \"a\": 1, \"b\": 2, \"c\": 3}");
    assert_printed(&term, two, "%Foo{a: 1, b: 2, ...}");
    term = from_json("{\"$map\": [[1, 1], [2, 2], [3, 3]]}");
    assert_printed(&term, two, "%{1 => 1, 2 => 2, ...}");
    struct print_limits none = {.width = 0, .depth = 12, .bytes = 1000};
    assert_printed(&term, none, "%{...}");
}

static void binaries_show_64_bytes_for_each_unit_of_width(void **state) {
    (void)state;
    struct print_limits one = {.width = 1, .depth = 12, .bytes = 1000};
    struct print_limits none = {.width = 0, .depth = 12, .bytes = 1000};
    char bytes[66];
    memset(bytes, 'a', sizeof bytes);
    struct term term = {.type = TERM_BINARY, .text = {bytes, 64}};
    char expected[400];
    snprintf(expected, sizeof expected, "\"%.64s\"", bytes);
    assert_printed(&term, one, expected);
    snprintf(expected, sizeof expected, "\"%.64s\" <> ...", bytes);
    term.text.length = 65;
    assert_printed(&term, one, expected);
    // A character is not cut in two: é takes the bytes 63 and 64.
    memcpy(bytes + 63, "\xc3\xa9", 2);
    snprintf(expected, sizeof expected, "\"%.63s\" <> ...", bytes);
    assert_printed(&term, one, expected);
    assert_printed(&term, none, "\"\" <> ...");
    memset(bytes, 0xff, sizeof bytes);
    assert_printed(&term, none, "\"\" <> ...");
    term.text.length = 64;
    text.length = 0;
    print_term(&text, &term, node, &one);
    assert_int_equal(text.length, strlen("<<>>") + 64 * strlen("255, ") - 2);
    term.text.length = 65;
    print_term(&text, &term, node, &one);
    assert_memory_equal(text.at + text.length - 7, ", ...>>", 7);
}

static void long_charlists_end_with_dots(void **state) {
    (void)state;
    char bytes[4 + 65] = "\x83\x6b\x00\x41";
    memset(bytes + 4, 'a', 65);
    struct term term = decode((struct str){bytes, sizeof bytes});
    struct print_limits one = {.width = 1, .depth = 12, .bytes = 1000};
    char expected[100];
    snprintf(expected, sizeof expected, "'%.64s' ++ ...", bytes + 4);
    assert_printed(&term, one, expected);
}

static void deeper_parts_become_dots(void **state) {
    (void)state;
    struct term term = from_json("[[[[1]]], {\"a\": {\"b\": {}}}, {\"$tuple\": []}]");
    struct print_limits limits = {.width = 50, .depth = 2, .bytes = 1000};
    assert_printed(&term, limits, "[[...], %{a: ...}, {}]");
    limits.depth = 0;
    assert_printed(&term, limits, "...");
    limits.depth = 5;
    assert_printed(&term, limits, "[[[[1]]], %{a: %{b: %{}}}, {}]");
}

static void nesting_beyond_any_depth_needs_no_stack(void **state) {
    (void)state;
    size_t levels = 200000;
    char *bytes = arena_take(&arena, 2 + 2 * levels, 1);
    for (size_t i = 0; i < levels; i++) {
        memcpy(bytes + 1 + 2 * i, "\x68\x01", 2);
    }
    bytes[0] = (char)131;
    bytes[1 + 2 * levels] = 0x6a;
    struct term term = decode((struct str){bytes, 2 + 2 * levels});
    struct print_limits limits = {.width = 50, .depth = UINT32_MAX, .bytes = 1000};
    print_term(&text, &term, node, &limits);
    assert_int_equal(text.length, 64 + 3 + 64);
}

static void text_is_never_longer_than_the_bytes(void **state) {
    (void)state;
    struct term term =
            from_json("{\"$tuple\": [\"\xc3\xa9\xc3\xa9 \\\"\", {\"$atom\": \"\xc3\xa9!\"}, "
                      "[1.5, 10], {\"a\": {\"$binary\": \"/////w==\"}}, "
                      "{\"$map\": [[1, 2]]}, {\"$improper\": [1, 2]}]}");
    struct print_limits limits = print_default;
    print_term(&text, &term, node, &limits);
    size_t whole = text.length;
    for (limits.bytes = 3; limits.bytes < whole; limits.bytes++) {
        text.length = 0;
        buffer_add_text(&text, "before ");
        print_term(&text, &term, node, &limits);
        struct str printed = {text.at + 7, text.length - 7};
        assert_in_range(printed.length, limits.bytes - 1, limits.bytes);
        assert_memory_equal(printed.at + printed.length - 3, "...", 3);
        assert_true(str_is_utf8(printed));
    }
    text.length = 0;
    limits.bytes = whole;
    print_term(&text, &term, node, &limits);
    assert_int_equal(text.length, whole);
    assert_int_equal(text.at[whole - 1], '}');
}

static void large_terms_stop_at_the_bytes(void **state) {
    (void)state;
    size_t length = 8 << 20;
    char *bytes = arena_take(&arena, length, 1);
    memset(bytes, '\n', length);
    struct term term = {.type = TERM_BINARY, .text = {bytes, length}};
    struct print_limits limits = {.width = UINT32_MAX, .depth = 12, .bytes = 100};
    print_term(&text, &term, node, &limits);
    assert_int_equal(text.length, 100);
    assert_true(text.capacity < 4096);
}

static void integers_beyond_the_decimal_limit_are_hexadecimal(void **state) {
    (void)state;
    size_t length = 6 + 4097;
    char *bytes = arena_take_zeroed(&arena, length + 1, 1);
    memcpy(bytes, "\x83\x6f\x00\x00\x10\x01\x01", 7);
    bytes[6 + 4097] = 0x0a;
    struct term term = decode((struct str){bytes, length + 1});
    print_term(&text, &term, node, &print_default);
    assert_int_equal(text.length, strlen("-0xA") + 2 * 4096);
    assert_memory_equal(text.at, "-0xA00", 6);
}

static void identities_of_other_nodes_name_them(void **state) {
    (void)state;
    struct term_pid pid = {.node = {"a@b", 3}, .id = 1, .serial = 2};
    struct term term = {.type = TERM_PID, .pid = &pid};
    assert_printed(&term, print_default, "#PID<a@b.1.2>");
    struct term_port port = {.node = {"a@b", 3}, .id = 5};
    term = (struct term){.type = TERM_PORT, .port = &port};
    assert_printed(&term, print_default, "#Port<a@b.5>");
    text.length = 0;
    print_term(&text, &term, STR(""), &print_default);
    assert_memory_equal(text.at, "#Port<0.5>", text.length);
}

static void pids_print_and_read_back(void **state) {
    (void)state;
    uint32_t id;
    uint32_t serial;
    print_pid(&text, UINT32_MAX, 7);
    assert_memory_equal(text.at, "#PID<0.4294967295.7>", text.length);
    assert_true(print_read_pid(buffer_str(&text), &id, &serial));
    assert_true(id == UINT32_MAX && serial == 7);
    assert_true(print_read_pid(STR("<0.123.4>"), &id, &serial));
    assert_true(id == 123 && serial == 4);
    assert_true(print_read_pid(STR("0.5.6"), &id, &serial));
    assert_true(id == 5 && serial == 6);
}

static void texts_that_are_no_pid_of_the_node_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"", "0", "0.1", "1.2.3", "0.1.2.3", "<0.1.2", "0.1.2>",
            "#PID<0.1.2", "#PID0.1.2", "#PID<1.2.3>", "0.-1.2", "0.+1.2", "0.1.4294967296",
            "0.99999999999999999999.1", " 0.1.2", "0.1.2 ", "<<0.1.2>>", "0..2", "0.1.", "00.1.2",
            "#PID<a@b.1.2>"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t id = 1;
        uint32_t serial = 2;
        if (print_read_pid(str_of(texts[i]), &id, &serial)) {
            fail_msg("%s was read", texts[i]);
        }
        assert_true(id == 1 && serial == 2);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(terms_print_as_inspect_prints_them),
            TEST(collections_show_as_many_elements_as_the_width),
            TEST(binaries_show_64_bytes_for_each_unit_of_width),
            TEST(long_charlists_end_with_dots),
            TEST(deeper_parts_become_dots),
            TEST(nesting_beyond_any_depth_needs_no_stack),
            TEST(text_is_never_longer_than_the_bytes),
            TEST(large_terms_stop_at_the_bytes),
            TEST(integers_beyond_the_decimal_limit_are_hexadecimal),
            TEST(identities_of_other_nodes_name_them),
            TEST(pids_print_and_read_back),
            TEST(texts_that_are_no_pid_of_the_node_are_refused),
    };
    return cmocka_run_group_tests_name("term_print", tests, NULL, NULL);
}
