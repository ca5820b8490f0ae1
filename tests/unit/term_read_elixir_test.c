// Terms from Elixir's syntax: one row for each form, what errors say, and the limits. Many more
// texts are compared with Elixir itself in term_read_oracle_test.c.
#define READ read_elixir
#include "term_read.h"

static void numbers_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"1_000", "1000"}, {"0x1F", "31"}, {"0o17", "15"},
            {"0b1", "1"}, {"?a", "97"}, {"?\\n", "10"}, {"-1", "-1"}, {"+ 1", "1"},
            {"1.5e3", "1500.0"}, {"-0.0", "-0.0"}, {"9223372036854775808", "9223372036854775808"},
            {"-0x8000000000000000", "-9223372036854775808"}, {"1.0e-400", "0.0"}};
    ASSERT_ROWS(rows);
    assert_int_equal(good(STR("-0x8000000000000000")).type, TERM_INTEGER);
    assert_int_equal(good(STR("0x8000000000000000")).type, TERM_BIG);
}

static void atoms_and_modules_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{":ok", ":ok"}, {":\"two words\"", ":\"two words\""},
            {":'a'", ":a"}, {":+", ":+"}, {":{}", ":{}"}, {":Foo", ":Foo"}, {":été", ":été"},
            {"nil", "nil"}, {":nil", "nil"}, {"get_count", ":get_count"}, {"ok?", ":ok?"},
            {"été", ":été"}, {"Foo", "Foo"}, {"Foo.Bar", "Foo.Bar"}, {"Elixir", "Elixir"},
            {":\"Elixir.Foo\"", "Foo"}, {":\"\"", ":\"\""}, {":\"\\x85\"", ":\"\\x85\""}};
    ASSERT_ROWS(rows);
    assert_true(str_is(good(STR("Foo.Bar")).text, "Elixir.Foo.Bar"));
    assert_true(str_is(good(STR("Elixir.Foo")).text, "Elixir.Foo"));
    assert_true(str_is(good(STR(":\"\\x85\"")).text, "\xC2\x85"));
}

static void texts_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"\"a\\tb\"", "\"a\\tb\""},
            {"\"\\u00e9\\xFF\"", "<<195, 169, 255>>"}, {"\"\"", "\"\""}, {"'abc'", "'abc'"},
            {"''", "[]"}, {"~c(abc)", "'abc'"}, {"~s|a\\|b|", "\"a|b\""},
            {"~S(\\n#{})", "\"\\\\n\\#{}\""}, {"~w(a b)", "[\"a\", \"b\"]"},
            {"~w[a b]a", "[:a, :b]"}, {"~w'a b'c", "['a', 'b']"}, {"~w()", "[]"},
            {"\"\"\"\n  a\n   b\n  \"\"\"", "\"a\\n b\\n\""}, {"'''\n  a\n  '''", "'a\\n'"},
            {"~S\"\"\"\n\\n\n\"\"\"", "\"\\\\n\\n\""}};
    ASSERT_ROWS(rows);
}

static void bit_strings_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"<<>>", "\"\""}, {"<<1, 2::size(3)>>", "<<1, 2::size(3)>>"},
            {"<<1::3, \"a\">>", "<<44, 1::size(3)>>"},
            {"<<\"a\", ?é::utf8, -1>>", "<<97, 195, 169, 255>>"},
            {"<<-18446744073709551617::72>>", "<<254, 255, 255, 255, 255, 255, 255, 255, 255>>"}};
    ASSERT_ROWS(rows);
}

static void compound_terms_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"[1, [2 | x], ]", "[1, [2 | :x]]"},
            {"[1 | [2 | [3]]]", "[1, 2, 3]"}, {"{}", "{}"}, {"{:ok, %{}}", "{:ok, %{}}"},
            {"[1, a: 2]", "[1, {:a, 2}]"}, {"{1, a: 2, b: 3}", "{1, [a: 2, b: 3]}"},
            {"[\"a b\": 1, +: 2, Foo: 3, nil: 4]", "[\"a b\": 1, +: 2, Foo: 3, nil: 4]"},
            {"%{\"k\" => 1, a: 2}", "%{:a => 2, \"k\" => 1}"}, {"%{b: 1, a: 2}", "%{a: 2, b: 1}"},
            {"%Foo{b: 1, a: 2}", "%Foo{a: 2, b: 1}"}, {"%Foo.Bar{}", "%Foo.Bar{}"},
            {"1..3", "%Range{first: 1, last: 3, step: 1}"},
            {"?c..-1", "%Range{first: 99, last: -1, step: -1}"},
            {"1..9 // 2", "%Range{first: 1, last: 9, step: 2}"},
            {"[ # one\n 1, # two\n 2]", "[1, 2]"}};
    ASSERT_ROWS(rows);
}

static void identities_belong_to_the_node_that_is_given(void **state) {
    (void)state;
    assert_reads("[#PID<0.1.2>, #Reference<0.3.2.1>, #Port<0.5>]",
            "[#PID<0.1.2>, #Reference<0.3.2.1>, #Port<0.5>]");
    struct term term = good(STR("#PID<0.1.2>"));
    assert_true(str_is(term.pid->node, "a@b"));
    assert_int_equal(term.pid->creation, 7);
    term = good(STR("#Reference<0.3.2.1>"));
    assert_int_equal(term.reference->words[0], 1);
    assert_int_equal(term.reference->creation, 7);
    assert_error("#PID<7.1.2>",
            "This is no identifier of the node itself; those begin with #PID<0. (line 1, column 1, "
            "at \"#PID<7.1.2>\").",
            "\"line\":1,\"column\":1,\"near\":\"#PID<7.1.2>\"");
}

static void errors_say_what_was_expected_and_what_stands_there(void **state) {
    (void)state;
    assert_error("[1 2]", "Expected , or | or ] (line 1, column 4, at \"2]\").",
            "\"line\":1,\"column\":4,\"near\":\"2]\"");
    assert_error("", "Expected a value (line 1, column 1, at the end of the text).",
            "\"line\":1,\"column\":1,\"near\":\"\"");
    assert_error("{é,\n  {日, ",
            "Expected a value (line 2, column 7, at the end of the text, where the bracket of line "
            "2, column 3 is not closed).",
            "\"line\":2,\"column\":7,\"near\":\"\"");
    assert_error("%{1 => 2, a}", "Expected => (line 1, column 12, at \"}\").",
            "\"line\":1,\"column\":12,\"near\":\"}\"");
    assert_error("%{a: 1, b: {2}, a: 3}",
            "The map has the key :a twice (line 1, column 1, at "
            "\"%{a: 1, b: {2}, a: 3\").",
            "\"line\":1,\"column\":1,\"near\":\"%{a: 1, b: {2}, a: 3\"");
    assert_error("ééééééééééééééééééééé(",
            "Nothing is evaluated in a term; the atom is :ééééééééééééééééééééé (line 1, column 1, "
            "at \"éééééééééééééééééééé\").",
            "\"line\":1,\"column\":1,\"near\":\"éééééééééééééééééééé\"");
    assert_error("\"a\n\\xyz\"",
            "Expected \\xHH, \\uHHHH or \\u{H...} with hexadecimal digits (line 2, column 1, at "
            "\"\\xyz\"\").",
            "\"line\":2,\"column\":1,\"near\":\"\\\\xyz\\\"\"");
}

static void what_would_be_evaluated_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"\"#{a}\"", "self()", "Foo.bar", "foo.bar", "1 + 2",
            "\"a\" <> \"b\"", "&Enum.map/2", "fn -> 1 end", "@a", "a = 1", "~r/a/",
            "~D[2020-01-01]", "%{m | a: 1}", "not true", "[1, 2, ...]", "#Function<1.2/3 in Foo>",
            "(1)", "..", "<<a>>", "<<1.5::float>>", "1..2..3", "1..2//0", "{a: 1}", "a: 1",
            "[a: 1, 2]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_bad(str_of(texts[i]));
    }
}

static void keys_twice_are_found_by_exact_equality(void **state) {
    (void)state;
    good(STR("%{1 => a, 1.0 => b}"));
    assert_bad(STR("%{[1, {2}] => a, 3 => b, [1, {2}] => c}"));
    assert_bad(STR("%{%{a: 1, b: 2} => a, %{b: 2, a: 1} => b}"));
    assert_bad(STR("%{\"a\" => 1, <<97>> => 2}"));
    assert_bad(STR("%Foo{__struct__: Bar}"));
}

static void text_must_be_utf8(void **state) {
    (void)state;
    assert_error("[1,\n \"\xC3\"]", "The text must be UTF-8 (line 2, column 3, at \"\").",
            "\"line\":2,\"column\":3,\"near\":\"\"");
}

static void nesting_is_limited_however_it_is_written(void **state) {
    (void)state;
    static const struct {
        const char *opening;
        const char *middle; // has one level more, or is not looked into
        const char *deeper; // has two
        const char *closing;
        size_t levels; // of each opening
    } rows[] = {
            {"[", "[]", "[[]]", "]", 1},
            {"{", "{}", "{1}", "}", 1},
            {"%{1 => ", "%{}", "%Foo{}", "}", 1},
            {"%{%{} => ", "''", "'a'", "}", 1},
            {"%Foo{a: ", "~w()", "~w(a)", "}", 1},
            {"[a: ", "1.5", "1..5", "]", 2},
            {"[1 | ", "\"\"", "{1, a: 2}", "]", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        size_t count = LIMIT_TERM_TEXT_DEPTH / rows[i].levels;
        good(nested(count, rows[i].opening, rows[i].middle, rows[i].closing));
        assert_bad(nested(count, rows[i].opening, rows[i].deeper, rows[i].closing));
        assert_bad(nested(count + 1, rows[i].opening, "1", rows[i].closing));
        assert_bad(nested(50000 / strlen(rows[i].opening), rows[i].opening, "", ""));
    }
    good(nested(63, "[", "~w(a b)", "]"));
    assert_bad(nested(63, "[", "~w(a b)c", "]"));
    // {1, [{:a, …}]} is three levels.
    good(nested(21, "{1, a: ", "[1]", "}"));
    assert_bad(nested(21, "{1, a: ", "[[1]]", "}"));
}

static void sizes_are_limited(void **state) {
    (void)state;
    char *text = arena_take(&arena, LIMIT_TERM_TEXT_BYTES + 1, 1);
    memset(text, ' ', LIMIT_TERM_TEXT_BYTES + 1);
    text[0] = '1';
    good((struct str){text, LIMIT_TERM_TEXT_BYTES});
    assert_bad((struct str){text, LIMIT_TERM_TEXT_BYTES + 1});
    assert_string_equal(error.details, "\"maximum\":262144");
}

static void atoms_are_limited(void **state) {
    (void)state;
    struct str name = nested(254, "é", "", "");
    assert_int_equal(good(arena_printf(&arena, ":a%.*s", STR_ARGS(name))).type, TERM_ATOM);
    assert_bad(arena_printf(&arena, ":aa%.*s", STR_ARGS(name)));
    assert_bad(arena_printf(&arena, "[\"aa%.*s\": 1]", STR_ARGS(name)));
    assert_bad(arena_printf(&arena, "~w(aa%.*s)a", STR_ARGS(name)));
}

static void integers_are_limited_where_reading_them_takes_long(void **state) {
    (void)state;
    struct str digits = nested(LIMIT_BIGNUM_DECIMAL / 2 * 5, "7", "", "");
    assert_int_equal(good(digits).type, TERM_BIG);
    assert_int_equal(good(arena_printf(&arena, "000%.*s", STR_ARGS(digits))).type, TERM_BIG);
    assert_bad(arena_printf(&arena, "7%.*s", STR_ARGS(digits)));
    struct term term = good(arena_printf(&arena, "0x%.*s%.*s", STR_ARGS(digits), STR_ARGS(digits)));
    assert_int_equal(term.big.digits.length, digits.length);
}

static void bit_strings_are_limited_together(void **state) {
    (void)state;
    struct term term = good(STR("<<1::2097152>>"));
    assert_int_equal(term.text.length, LIMIT_TERM_TEXT_BYTES);
    assert_bad(STR("<<1::2097153>>"));
    assert_bad(STR("<<1::18446744073709551616>>"));
    assert_bad(STR("[<<1::2000000>>, <<1::2000000>>]"));
}

static void nothing_is_borrowed(void **state) {
    (void)state;
    char text[] = "{:ok, \"abc\", [key: #PID<0.1.2>], Foo, %{<<\"a\">> => 12345678901234567890}}";
    struct str owner = arena_copy(&arena, node);
    struct term term;
    assert_true(read_elixir(&arena, str_of(text), owner, 7, &term, &error));
    memset(text, 'x', sizeof text - 1);
    memset((char *)owner.at, 'x', owner.length);
    struct buffer printed;
    buffer_init(&printed);
    print_term(&printed, &term, node, &print_default);
    buffer_add_u8(&printed, '\0');
    assert_string_equal(printed.at,
            "{:ok, \"abc\", [key: #PID<0.1.2>], Foo, %{\"a\" => 12345678901234567890}}");
    buffer_finish(&printed);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(numbers_are_read),
            TEST(atoms_and_modules_are_read),
            TEST(texts_are_read),
            TEST(bit_strings_are_read),
            TEST(compound_terms_are_read),
            TEST(identities_belong_to_the_node_that_is_given),
            TEST(errors_say_what_was_expected_and_what_stands_there),
            TEST(what_would_be_evaluated_is_refused),
            TEST(keys_twice_are_found_by_exact_equality),
            TEST(text_must_be_utf8),
            TEST(nesting_is_limited_however_it_is_written),
            TEST(sizes_are_limited),
            TEST(atoms_are_limited),
            TEST(integers_are_limited_where_reading_them_takes_long),
            TEST(bit_strings_are_limited_together),
            TEST(nothing_is_borrowed),
    };
    return cmocka_run_group_tests_name("term_read_elixir", tests, NULL, NULL);
}
