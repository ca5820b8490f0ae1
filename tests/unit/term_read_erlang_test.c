// Terms from Erlang's syntax: one row for each form, what errors say, and the limits. Many more
// texts are compared with Erlang itself in term_read_oracle_test.c.
#define READ read_erlang
#include "term_read.h"

static void numbers_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"1_000", "1000"}, {"16#1F", "31"}, {"36#Zz", "1295"},
            {"-2#101", "-5"}, {"$a", "97"}, {"$\\n", "10"}, {"$\\x{1F600}", "128512"},
            {"$\\^A", "1"}, {"- 1", "-1"}, {"1.5e3", "1500.0"}, {"-0.0", "-0.0"},
            {"-9223372036854775808", "-9223372036854775808"},
            {"3#102010201020102010201020102010201020102010201", "1218653991452218900690"}};
    ASSERT_ROWS(rows);
}

static void atoms_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"ok", ":ok"}, {"'two words'", ":\"two words\""},
            {"'it\\'s'", ":\"it's\""}, {"fooBar@1", ":fooBar@1"}, {"été", ":été"}, {"''", ":\"\""},
            {"'Elixir.Foo'", "Foo"}, {"'end'", ":end"}, {"undefined", ":undefined"}, {"nil", "nil"},
            {"'日本'", ":日本"}, {"'\\351'", ":é"}};
    ASSERT_ROWS(rows);
}

static void strings_are_lists_of_characters(void **state) {
    (void)state;
    static const struct row rows[] = {{"\"abc\"", "'abc'"}, {"\"\"", "[]"},
            {"\"a\" % and\n \"b\"", "'ab'"}, {"\"é日\"", "[233, 26085]"},
            {"\"\\t\\x41\\x{42}\\103\\^[\\s\\\\\"", "'\\tABC\\e \\\\'"}, {"\"\\^\\\"", "[28]"},
            {"\"\\^\\\\\"\"", "[28, 34]"}};
    ASSERT_ROWS(rows);
}

static void bit_strings_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"<<>>", "\"\""}, {"<<1,2:3>>", "<<1, 2::size(3)>>"},
            {"<<\"abc\">>", "\"abc\""}, {"<<\"é\">>", "<<233>>"}, {"<<\"é\"/utf8>>", "\"é\""},
            {"<<\"ab\":4, $c, 233/utf8>>", "<<18, 99, 195, 169>>"}, {"<<\"a\" \"b\">>", "\"ab\""},
            {"<<-1:72>>", "<<255, 255, 255, 255, 255, 255, 255, 255, 255>>"}};
    ASSERT_ROWS(rows);
}

static void compound_terms_are_read(void **state) {
    (void)state;
    static const struct row rows[] = {{"[1,[2|x]]", "[1, [2 | :x]]"}, {"[1|[2|[3]]]", "[1, 2, 3]"},
            {"[1|\"ab\"]", "[1, 97, 98]"}, {"{}", "{}"}, {"{ok,#{}}", "{:ok, %{}}"},
            {"#{b=>1, a => [2]}", "%{a: [2], b: 1}"}, {"[{a,1},{b,2}].", "[a: 1, b: 2]"},
            {"{error, % why\n <<\"no\">>} .\n", "{:error, \"no\"}"}};
    ASSERT_ROWS(rows);
}

static void identities_belong_to_the_node_that_is_given(void **state) {
    (void)state;
    assert_reads(
            "[<0.1.2>,#Ref<0.3.2.1>,#Port<0.5>]", "[#PID<0.1.2>, #Reference<0.3.2.1>, #Port<0.5>]");
    struct term term = good(STR("<0.1.2>"));
    assert_true(str_is(term.pid->node, "a@b"));
    assert_int_equal(term.pid->creation, 7);
    assert_bad(STR("<7.1.2>"));
    assert_bad(STR("#Ref<0.1"));
}

static void errors_say_what_was_expected_and_what_stands_there(void **state) {
    (void)state;
    assert_error("{ok,\n Foo}",
            "Variables have no value here; the atom is 'Foo' (line 2, column 2, at \"Foo}\").",
            "\"line\":2,\"column\":2,\"near\":\"Foo}\"");
    assert_error("[1,2",
            "Expected , or | or ] (line 1, column 5, at the end of the text, where the "
            "bracket of line 1, column 1 is not closed).",
            "\"line\":1,\"column\":5,\"near\":\"\"");
    assert_error("#{a=>1,b}", "Expected => (line 1, column 9, at \"}\").",
            "\"line\":1,\"column\":9,\"near\":\"}\"");
    assert_error("'日\\xZ'",
            "This escape stands for no character (line 1, column 3, at \"\\xZ'\").",
            "\"line\":1,\"column\":3,\"near\":\"\\\\xZ'\"");
}

static void what_would_be_evaluated_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"self()", "foo:bar()", "Foo", "_", "1 + 2",
            "\"a\" ++ \"b\"", "fun() -> ok end", "fun lists:map/2", "#rec{a=1}", "#{a:=1}",
            "?MODULE", "[1|2|3]", "[1,2|...]", "{a,...}", "#Fun<a.1.2>", "end", "<<a>>",
            "<<1.0:64/float>>", "1,2", "ok. ok", "\"\"\"\na\n\"\"\"", "[a,]", ""};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_bad(str_of(texts[i]));
    }
}

static void keys_twice_are_found_by_exact_equality(void **state) {
    (void)state;
    good(STR("#{1=>a,1.0=>b}"));
    assert_bad(STR("#{\"ab\"=>1,[97,98]=>2}"));
    assert_bad(STR("#{#{a=>1,b=>2}=>x,#{b=>2,a=>1}=>y}"));
}

static void nesting_is_limited_however_it_is_written(void **state) {
    (void)state;
    static const char *const openings[][2] = {
            {"[", "]"}, {"{", "}"}, {"#{1=>", "}"}, {"#{#{}=>", "}"}, {"[1|", "]"}};
    for (size_t i = 0; i < sizeof openings / sizeof openings[0]; i++) {
        const char *opening = openings[i][0];
        const char *closing = openings[i][1];
        good(nested(LIMIT_TERM_TEXT_DEPTH, opening, "{}", closing));
        good(nested(LIMIT_TERM_TEXT_DEPTH, opening, "\"\"", closing));
        assert_bad(nested(LIMIT_TERM_TEXT_DEPTH, opening, "\"a\"", closing));
        assert_bad(nested(LIMIT_TERM_TEXT_DEPTH + 1, opening, "1", closing));
        assert_bad(nested(50000 / strlen(opening), opening, "", ""));
    }
}

static void sizes_are_limited(void **state) {
    (void)state;
    char *text = arena_take(&arena, LIMIT_TERM_TEXT_BYTES + 1, 1);
    memset(text, '\n', LIMIT_TERM_TEXT_BYTES + 1);
    text[0] = '1';
    good((struct str){text, LIMIT_TERM_TEXT_BYTES});
    assert_bad((struct str){text, LIMIT_TERM_TEXT_BYTES + 1});

    struct str name = nested(255, "é", "", "");
    assert_int_equal(good(name).type, TERM_ATOM);
    assert_bad(arena_printf(&arena, "'%.*sa'", STR_ARGS(name)));

    struct str digits = nested(LIMIT_BIGNUM_DECIMAL / 2 * 5, "2", "", "");
    assert_int_equal(good(arena_printf(&arena, "3#%.*s", STR_ARGS(digits))).type, TERM_BIG);
    assert_bad(arena_printf(&arena, "3#2%.*s", STR_ARGS(digits)));

    good(STR("<<1:2097152>>"));
    assert_bad(STR("<<1:2097153>>"));
    assert_bad(STR("<<\"aaaaaaaaaa\":1000000>>"));
}

static void long_strings_are_read_whole(void **state) {
    (void)state;
    struct term term = good(nested(60000, "\"a\"\n", "", ""));
    assert_int_equal(term.size, 60000);
    assert_int_equal(term.items[59999].integer, 'a');
}

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(numbers_are_read),
            TEST(atoms_are_read),
            TEST(strings_are_lists_of_characters),
            TEST(bit_strings_are_read),
            TEST(compound_terms_are_read),
            TEST(identities_belong_to_the_node_that_is_given),
            TEST(errors_say_what_was_expected_and_what_stands_there),
            TEST(what_would_be_evaluated_is_refused),
            TEST(keys_twice_are_found_by_exact_equality),
            TEST(nesting_is_limited_however_it_is_written),
            TEST(sizes_are_limited),
            TEST(long_strings_are_read_whole),
    };
    return cmocka_run_group_tests_name("term_read_erlang", tests, NULL, NULL);
}
