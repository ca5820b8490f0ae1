// Answers as people see them.
#include "command/show.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static struct buffer out;
static struct screen screen;
static struct show show = {&screen, &arena, &out, NULL};

static int begin(void **state) {
    (void)state;
    setenv("LC_ALL", "C.UTF-8", 1);
    unsetenv("COLUMNS");
    screen_init(&screen, stdin); // the locale
    screen = (struct screen){.width = SIZE_MAX, .unicode = true};
    arena_init(&arena);
    buffer_init(&out);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    buffer_finish(&out);
    return 0;
}

static void expect_text(const char *wanted) {
    buffer_add_u8(&out, '\0');
    assert_string_equal(out.at, wanted);
    out.length = 0;
}

static void shown_as(const char *text, const char *wanted) {
    json_t *json = json_loads(text, JSON_DECODE_ANY, NULL);
    assert_non_null(json);
    show_value(&show, json, 0);
    json_decref(json);
    expect_text(wanted);
}

static void table_is(const char *text, const char *columns, const char *wanted) {
    struct error error;
    json_t *json = json_loads(text, 0, NULL);
    assert_non_null(json);
    assert_true(show_list(&show, json, columns, &error));
    json_decref(json);
    expect_text(wanted);
}

static void units_are_in_the_names(void **state) {
    (void)state;
    shown_as("{\"memory\":1023}", "memory  1023 B\n");
    shown_as("{\"memory\":2764800}", "memory  2.6 MB\n");
    shown_as("{\"bytes_per_second\":623.883}", "bytes per second  624 B/s\n");
    shown_as("{\"wait_ms\":500}", "wait  500 ms\n");
    shown_as("{\"uptime_ms\":61000}", "uptime  1 min 1 s\n");
    shown_as("{\"period_s\":3600}", "period  1 h\n");
    shown_as("{\"took_us\":1500}", "took  1.5 ms\n");
    shown_as("{\"memory_percent\":12.5}", "memory percent  12.5\n");
    shown_as("{\"memory_usage\":{\"total\":2048,\"used_percent\":3}}",
            "memory usage\n  total         2.0 KB\n  used percent  3\n");
    shown_as("{\"count\":12345678901}", "count  12345678901\n");
}

static void what_is_not_known_is_a_dash(void **state) {
    (void)state;
    shown_as("{\"a\":null,\"b\":[],\"c\":\"\",\"d\":{}}", "a  –\nb  none\nc  \"\"\nd  none\n");
}

static void a_least_value_says_so(void **state) {
    (void)state;
    shown_as("{\"uptime_ms\":100,\"uptime_is_lower_bound\":true}", "uptime  ≥ 100 ms\n");
    shown_as("{\"memory\":100,\"memory_is_lower_bound\":false}", "memory  100 B\n");
}

static void terms_are_shown_as_text(void **state) {
    (void)state;
    shown_as("{\"state\":{\"count\":0},\"state_inspect\":\"%{count: 0}\"}", "state  %{count: 0}\n");
    shown_as("{\"reply\":{\"$tuple\":[{\"$atom\":\"ok\"},\"done\"]}}", "reply  {:ok, \"done\"}\n");
    shown_as("{\"cut\":{\"$cut\":5}}", "cut  {\"$cut\": 5}\n");
    shown_as("[{\"key\":1,\"value\":2,\"inspect\":\"{1, 2}\"}]", "inspect\n{1, 2}\n");
}

static void objects_are_indented(void **state) {
    (void)state;
    shown_as("{\"name\":\"a\",\"more\":{\"x\":1,\"deeper\":{\"y\":true}},\"long_name\":[1,2]}",
            "name       a\nmore\n  x  1\n  deeper\n    y  yes\nlong name  1, 2\n");
}

static void lists_of_nested_objects_have_dashes(void **state) {
    (void)state;
    shown_as("{\"all\":[{\"a\":1,\"b\":{\"c\":2}},{\"a\":3,\"b\":{\"c\":4}}]}",
            "all\n  - a  1\n    b\n      c  2\n  - a  3\n    b\n      c  4\n");
}

static void lines_of_a_text_stay(void **state) {
    (void)state;
    shown_as("{\"dot\":\"graph {\\n  a\\n}\"}", "dot\n  graph {\n    a\n  }\n");
}

static void long_texts_are_wrapped(void **state) {
    (void)state;
    screen.width = 30;
    shown_as("{\"message\":\"one two three four five six seven\"}",
            "message  one two three four\n         five six seven\n");
}

static void control_characters_are_harmless(void **state) {
    (void)state;
    shown_as("{\"name\":\"a\\u001b[31m\\u0007\\n\\u0085\\u202eb\"}",
            "name\n  a\\e[31m\\x07\n  \\x85\\u{202E}b\n");
}

static void tables_align_numbers_to_the_right(void **state) {
    (void)state;
    table_is("[{\"name\":\"a\",\"memory\":1},{\"name\":\"bcd\",\"memory\":204800}]", NULL,
            "name  memory\na        1 B\nbcd   200 KB\n");
}

static void columns_that_nobody_fills_are_left_out(void **state) {
    (void)state;
    table_is("[{\"name\":\"a\",\"x\":null},{\"name\":\"b\",\"x\":null}]", NULL, "name\na\nb\n");
}

static void headings_break_over_narrow_columns(void **state) {
    (void)state;
    table_is("[{\"pid\":\"p\",\"message_queue_len\":1},{\"pid\":\"q\",\"message_queue_len\":2}]",
            NULL, "     message\n       queue\npid      len\np          1\nq          2\n");
}

static void what_identifies_a_row_comes_first(void **state) {
    (void)state;
    table_is("[{\"size\":1,\"name\":\"a\"},{\"size\":2,\"name\":\"b\"}]", NULL,
            "name  size\na        1\nb        2\n");
}

static void chosen_columns_keep_their_order(void **state) {
    (void)state;
    struct error error;
    const char *rows = "[{\"name\":\"a\",\"size\":1,\"kind\":\"x\"}]";
    table_is(rows, "kind,name", "kind  name\nx     a\n");
    json_t *json = json_loads(rows, 0, NULL);
    assert_false(show_list(&show, json, "sise", &error));
    assert_string_equal(error.message, "no row has a column 'sise'; did you mean size?");
    json_decref(json);
}

static void narrow_screens_show_less_and_say_so(void **state) {
    (void)state;
    screen.width = 38;
    table_is("[{\"name\":\"first\",\"text\":\"something long\",\"other\":\"and something else\"},"
             "{\"name\":\"second\",\"text\":\"more of this\",\"other\":\"and more of that\"}]",
            NULL,
            "name    text\nfirst   something long\nsecond  more of this\n"
            "not shown: other\n");
}

static void wide_characters_count_twice(void **state) {
    (void)state;
    table_is("[{\"name\":\"日本\",\"n\":1},{\"name\":\"abcd\",\"n\":2}]", NULL,
            "name  n\n日本  1\nabcd  2\n");
}

static void trees_are_drawn(void **state) {
    (void)state;
    shown_as("{\"root\":{\"name\":\"top\",\"pid\":\"#PID<0.1.0>\",\"strategy\":\"one_for_one\","
             "\"children\":[{\"id\":\"a\",\"name\":null,\"pid\":\"#PID<0.2.0>\",\"module\":\"M\","
             "\"state\":\"running\",\"children\":[{\"id\":\"b\",\"pid\":null,"
             "\"state\":\"stopped\",\"children\":[]}]},{\"id\":\"c\",\"pid\":\"#PID<0.3.0>\","
             "\"restart_type\":\"temporary\"}]}}",
            "top      #PID<0.1.0>  one_for_one\n"
            "├─ a     #PID<0.2.0>  M\n"
            "│  └─ b  stopped\n"
            "└─ c     #PID<0.3.0>  temporary\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
            TEST(units_are_in_the_names),
            TEST(what_is_not_known_is_a_dash),
            TEST(a_least_value_says_so),
            TEST(terms_are_shown_as_text),
            TEST(objects_are_indented),
            TEST(lists_of_nested_objects_have_dashes),
            TEST(lines_of_a_text_stay),
            TEST(long_texts_are_wrapped),
            TEST(control_characters_are_harmless),
            TEST(tables_align_numbers_to_the_right),
            TEST(columns_that_nobody_fills_are_left_out),
            TEST(headings_break_over_narrow_columns),
            TEST(what_identifies_a_row_comes_first),
            TEST(chosen_columns_keep_their_order),
            TEST(narrow_screens_show_less_and_say_so),
            TEST(wide_characters_count_twice),
            TEST(trees_are_drawn),
    };
    return cmocka_run_group_tests_name("show", tests, NULL, NULL);
}
