// Terms as JSON, both ways: each row of the mapping, what limits cut, and what is refused.
#include "limits.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

static const struct str node = {"a@b", 3};

static struct arena arena;
static struct buffer text;
static struct error error;

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

static struct term read_json(const char *json) {
    struct term term;
    if (!json_to_term(&arena, str_of(json), node, 3, &term, &error)) {
        fail_msg("%s: %s", json, error.message);
    }
    return term;
}

static void assert_json(const struct term *term, const char *expected) {
    text.length = 0;
    assert_true(json_from_term(&text, term, node, &print_default));
    buffer_add_u8(&text, '\0');
    assert_string_equal(text.at, expected);
}

// The mapping has one text for each term, so what is read is written the same.
static void assert_both_ways(const char *json) {
    struct term term = read_json(json);
    assert_json(&term, json);
}

static struct term decode(struct str bytes) {
    struct term term;
    if (!decode_term(&arena, bytes, &term, &error)) {
        fail_msg("%s", error.message);
    }
    return term;
}

static void every_row_of_the_mapping_goes_both_ways(void **state) {
    (void)state;
    static const char *const rows[] = {"0", "-1", "9007199254740992", "-9007199254740992",
            "{\"$int\":\"9007199254740993\"}", "{\"$int\":\"-9223372036854775808\"}",
            "{\"$int\":\"9223372036854775808\"}", "{\"$int\":\"-123456789012345678901234567890\"}",
            "1.0", "-0.0", "0.1", "1.0e20", "5.0e-324", "true", "false", "null",
            "{\"$atom\":\"ok\"}", "{\"$atom\":\"\"}", "{\"$atom\":\"a\\u0000b\"}", "\"\"",
            "\"text\"", "\"\\u0000\\n\xc3\xa9\"", "{\"$binary\":\"/wA=\"}",
            "{\"$bits\":\"AWA=\",\"size\":11}", "[]", "[1,[2],\"x\"]", "{\"$improper\":[1,2]}",
            "{\"$improper\":[[],{}]}", "{\"$tuple\":[]}",
            "{\"$tuple\":[{\"$atom\":\"ok\"},{\"$tuple\":[1]}]}", "{}", "{\"a\":1,\"nil\":[]}",
            "{\"$struct\":\"Foo.Bar\",\"a\":{\"b\":2}}", "{\"$struct\":\"foo\"}",
            "{\"__struct__\":{\"$atom\":\"foo\"},\"a\":1}", "{\"__struct__\":null}",
            "{\"$map\":[[{\"$atom\":\"$a\"},1]]}", "{\"$map\":[[{\"$atom\":\"a\\u0000\"},1]]}",
            "{\"$map\":[[1,2],[{\"$atom\":\"a\"},[]],[\"k\",{}]]}", "{\"$pid\":\"#PID<0.1.2>\"}",
            "{\"$ref\":\"#Reference<0.1.2.3>\"}", "{\"$port\":\"#Port<0.5>\"}",
            "{\"$pid\":\"#PID<c@10.0.0.1.1.2>\",\"node\":\"c@10.0.0.1\",\"creation\":7}",
            "{\"$ref\":\"#Reference<c@10.0.0.1.1.2>\",\"node\":\"c@10.0.0.1\",\"creation\":7}",
            "{\"$port\":\"#Port<0.1>\",\"node\":\"0\",\"creation\":7}"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_both_ways(rows[i]);
    }
}

static void numbers_without_a_point_are_integers(void **state) {
    (void)state;
    assert_int_equal(read_json("1").type, TERM_INTEGER);
    assert_int_equal(read_json("1.0").type, TERM_FLOAT);
    assert_int_equal(read_json("1e2").type, TERM_FLOAT);
    assert_true(read_json("9223372036854775807").integer == INT64_MAX);
    assert_true(read_json("{\"$int\":\"0xff\"}").integer == 255);
    assert_true(read_json("{\"$int\":\"-0\"}").integer == 0);
    assert_true(read_json("{\"$int\":\"-0x8000000000000000\"}").integer == INT64_MIN);
    assert_int_equal(read_json("{\"$int\":\"0x8000000000000000\"}").type, TERM_BIG);
}

static void pids_belong_to_the_node_that_is_given(void **state) {
    (void)state;
    struct term term = read_json("{\"$pid\":\"#PID<0.1.2>\"}");
    assert_int_equal(term.type, TERM_PID);
    assert_true(str_is(term.pid->node, "a@b"));
    assert_int_equal(term.pid->creation, 3);
    assert_int_equal(term.pid->id, 1);
    assert_int_equal(term.pid->serial, 2);
    term = read_json("{\"$ref\":\"#Reference<0.1.2.3>\"}");
    assert_int_equal(term.reference->count, 3);
    assert_int_equal(term.reference->words[0], 3);
    assert_int_equal(term.reference->creation, 3);
}

static void nothing_is_borrowed_from_the_text(void **state) {
    (void)state;
    char json[] = "[\"abc\", {\"$atom\": \"ok\"}, {\"$pid\": \"#PID<0.1.2>\"}]";
    struct str name = arena_copy(&arena, node);
    struct term term;
    assert_true(json_to_term(&arena, str_of(json), name, 3, &term, &error));
    memset(json, 'x', sizeof json - 1);
    memset((char *)name.at, 'x', name.length);
    assert_json(&term, "[\"abc\",{\"$atom\":\"ok\"},{\"$pid\":\"#PID<0.1.2>\"}]");
}

static void maps_are_read_in_the_order_of_small_maps(void **state) {
    (void)state;
    struct term term = read_json("{\"$map\":[[\"b\",1],[{\"z\":1,\"y\":2},1],[[2],1],[[1,2],1],"
                                 "[{\"$improper\":[1,2]},1],[2.5,1],[{\"$int\":\"-99999999999999999"
                                 "999\"},1],[10,1],[{\"$tuple\":[]},1],[null,1],[[],1],"
                                 "[{\"$pid\":\"0.1.2\"},1],[{\"$bits\":\"YA==\",\"size\":3},1]]}");
    assert_json(&term, "{\"$map\":[[{\"$int\":\"-99999999999999999999\"},1],[10,1],[2.5,1],"
                       "[null,1],[{\"$pid\":\"#PID<0.1.2>\"},1],[{\"$tuple\":[]},1],"
                       "[{\"y\":2,\"z\":1},1],[[],1],[{\"$improper\":[1,2]},1],[[1,2],1],[[2],1],"
                       "[{\"$bits\":\"YA==\",\"size\":3},1],[\"b\",1]]}");
}

static void funs_are_shown_only(void **state) {
    (void)state;
    struct term term = decode(STR("\x83\x71\x77\x05lists\x77\x03map\x61\x02"));
    assert_json(&term, "{\"$fun\":\"&:lists.map/2\"}");
    assert_false(json_to_term(&arena, STR("{\"$fun\":\"&:lists.map/2\"}"), node, 3, &term, &error));
    assert_int_equal(error.code, ERROR_INVALID_TERM);
}

static void values_follow_what_is_in_the_buffer(void **state) {
    (void)state;
    struct term term = {.type = TERM_INTEGER, .integer = 5};
    buffer_add_text(&text, "[");
    json_from_term(&text, &term, node, &print_default);
    json_from_term(&text, &term, node, &print_default);
    assert_memory_equal(text.at, "[5,5", text.length);
}

static void assert_cut(const char *json, struct print_limits limits, const char *expected) {
    struct term term = read_json(json);
    text.length = 0;
    assert_false(json_from_term(&text, &term, node, &limits));
    buffer_add_u8(&text, '\0');
    assert_string_equal(text.at, expected);
    // What was cut is still JSON, and does not pass for a term.
    assert_false(json_to_term(&arena, str_of(expected), node, 3, &term, &error));
    assert_int_equal(error.code, ERROR_INVALID_TERM);
}

static void the_width_cuts_and_says_how_much(void **state) {
    (void)state;
    struct print_limits two = {.width = 2, .depth = 12, .bytes = 1000};
    assert_cut("[1,2,3,4]", two, "[1,2,{\"$cut\":2}]");
    assert_cut("{\"$improper\":[1,2,3,4]}", two, "{\"$improper\":[1,2,{\"$cut\":1},4]}");
    assert_cut("{\"$tuple\":[1,2,3]}", two, "{\"$tuple\":[1,2,{\"$cut\":1}]}");
    assert_cut("{\"a\":1,\"b\":2,\"c\":3}", two, "{\"a\":1,\"b\":2,\"$cut\":1}");
    assert_cut("{\"$struct\":\"F\",\"a\":1,\"b\":2,\"c\":3}", two,
            "{\"$struct\":\"F\",\"a\":1,\"b\":2,\"$cut\":1}");
    assert_cut("{\"$map\":[[1,1],[2,2],[3,3]]}", two, "{\"$map\":[[1,1],[2,2],{\"$cut\":1}]}");
    struct term term = read_json("{\"$struct\":\"F\",\"a\":1,\"b\":2}");
    assert_true(json_from_term(&text, &term, node, &two));
}

static void the_depth_cuts_and_says_how_much(void **state) {
    (void)state;
    struct print_limits one = {.width = 50, .depth = 1, .bytes = 1000};
    assert_cut("[1,[2,3],[],{\"a\":1}]", one, "[1,{\"$cut\":2},[],{\"$cut\":1}]");
}

static void long_binaries_are_cut_between_characters(void **state) {
    (void)state;
    struct print_limits one = {.width = 1, .depth = 12, .bytes = 1000};
    char json[200];
    char expected[200];
    snprintf(json, sizeof json, "\"%063d\xc3\xa9\xc3\xa9\"", 0);
    snprintf(expected, sizeof expected, "{\"$text\":\"%063d\",\"$cut\":4}", 0);
    assert_cut(json, one, expected);
    snprintf(json, sizeof json, "\"%064d\"", 0);
    struct term term = read_json(json);
    assert_true(json_from_term(&text, &term, node, &one));
    char bytes[65];
    memset(bytes, 0xff, sizeof bytes);
    term = (struct term){.type = TERM_BINARY, .text = {bytes, sizeof bytes}};
    text.length = 0;
    assert_false(json_from_term(&text, &term, node, &one));
    assert_memory_equal(text.at, "{\"$binary\":\"/////", 17);
    assert_memory_equal(text.at + text.length - 12, "=\",\"$cut\":1}", 12);
    term.type = TERM_BITS;
    term.size = 3;
    text.length = 0;
    assert_false(json_from_term(&text, &term, node, &one));
    assert_memory_equal(text.at + text.length - 12, "=\",\"$cut\":1}", 12);
}

static void the_bytes_cut_and_what_is_open_is_closed(void **state) {
    (void)state;
    struct term term = read_json("[{\"a\":[1,2,3]},{\"$tuple\":[1,{\"$improper\":[4,5]}]},"
                                 "{\"$map\":[[1,2],[3,\"four\"]]},{\"$pid\":\"0.1.2\"}]");
    text.length = 0;
    assert_true(json_from_term(&text, &term, node, &print_default));
    struct print_limits limits = print_default;
    size_t whole = text.length;
    for (limits.bytes = 0; limits.bytes < whole; limits.bytes++) {
        text.length = 0;
        bool complete = json_from_term(&text, &term, node, &limits);
        assert_true(complete || limits.bytes < whole - 4);
        json_t *parsed = json_loadb(text.at, text.length, JSON_DECODE_ANY, NULL);
        assert_non_null(parsed);
        json_decref(parsed);
        assert_true(text.length <= limits.bytes + 200);
    }
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
    struct print_limits limits = {.width = 50, .depth = UINT32_MAX, .bytes = 1 << 20};
    assert_false(json_from_term(&text, &term, node, &limits));
}

static void assert_refused(const char *json, enum error_code code) {
    struct term term = {.type = TERM_INTEGER, .integer = 42};
    if (json_to_term(&arena, str_of(json), node, 3, &term, &error)) {
        fail_msg("%s was read", json);
    }
    if (error.code != code) {
        fail_msg("%s: %s", json, error.message);
    }
    assert_int_equal(term.integer, 42);
    assert_int_not_equal(error.details[0], '\0');
}

static void malformed_json_is_refused_with_its_place(void **state) {
    (void)state;
    static const char *const texts[] = {"", "[", "{\"a\":1,\"a\":2}", "[1] 2", "nope", "\"\xff\"",
            "1e999", "99999999999999999999", "{\"a\\u0000\":1}", "'a'", "[1,]"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_refused(texts[i], ERROR_INVALID_JSON);
    }
    assert_refused("[1,\n 2,\n x]", ERROR_INVALID_JSON);
    assert_non_null(strstr(error.details, "\"line\":3,\"column\":"));
    struct term term;
    assert_false(json_to_term(&arena, (struct str){0}, node, 3, &term, &error));
}

static void objects_of_a_wrong_form_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"{\"$int\":1}", "{\"$int\":\"\"}", "{\"$int\":\"-\"}",
            "{\"$int\":\"1x\"}", "{\"$int\":\"0x\"}", "{\"$int\":\"0xg\"}", "{\"$int\":\"+1\"}",
            "{\"$int\":\"1\\u0000\"}", "{\"$int\":\"1\",\"a\":1}", "{\"$atom\":1}",
            "{\"$atom\":\"a\",\"b\":1}", "{\"$binary\":\"a\"}", "{\"$binary\":1}",
            "{\"$binary\":\"\",\"a\":1}", "{\"$bits\":\"AWA=\"}", "{\"$bits\":\"AWA=\",\"size\":8}",
            "{\"$bits\":\"AWA=\",\"size\":17}", "{\"$bits\":\"AWA=\",\"size\":-1}",
            "{\"$bits\":\"AWA=\",\"size\":9.0}", "{\"$bits\":\"\",\"size\":-7}",
            "{\"$improper\":[1]}", "{\"$improper\":[]}", "{\"$improper\":1}",
            "{\"$improper\":[1,[]]}", "{\"$improper\":[1,[2]]}",
            "{\"$improper\":[1,{\"$improper\":[1,2]}]}", "{\"$tuple\":1}", "{\"$tuple\":{}}",
            "{\"$tuple\":[],\"a\":1}", "{\"$map\":1}", "{\"$map\":[1]}", "{\"$map\":[[1]]}",
            "{\"$map\":[[1,2,3]]}", "{\"$map\":[[1,2],[1,3]]}", "{\"$map\":[],\"a\":1}",
            "{\"$pid\":\"x\"}", "{\"$pid\":1}", "{\"$pid\":\"#PID<c@d.1.2>\"}",
            "{\"$pid\":\"#PID<c@d.1.2>\",\"node\":\"c@d\"}",
            "{\"$pid\":\"#PID<a@b.1.2>\",\"node\":\"a@b\",\"creation\":1}",
            "{\"$pid\":\"#PID<c@d.1.2>\",\"node\":\"c@e\",\"creation\":1}",
            "{\"$pid\":\"#PID<c@d.1.2>\",\"node\":\"c@d\",\"creation\":-1}",
            "{\"$pid\":\"#PID<c@d.1.2>\",\"node\":\"c@d\",\"creation\":4294967296}",
            "{\"$pid\":\"#PID<c@d.1.2.3>\",\"node\":\"c@d\",\"creation\":1}",
            "{\"$pid\":\"#PID<c@d.4294967296.2>\",\"node\":\"c@d\",\"creation\":1}",
            "{\"$ref\":\"#Reference<0>\"}", "{\"$ref\":\"#Reference<0.1.2.3.4.5.6>\"}",
            "{\"$ref\":\"#Reference<0.4294967296>\"}", "{\"$ref\":\"#Reference<0.1\"}",
            "{\"$ref\":\"#Reference<0..1>\"}", "{\"$port\":\"#Port<0.1.2>\"}",
            "{\"$port\":\"#Port<0.99999999999999999999>\"}", "{\"$port\":\"0.1\"}",
            "{\"$fun\":\"x\"}", "{\"$cut\":1}", "{\"$text\":\"x\",\"$cut\":1}", "{\"$other\":1}",
            "{\"a\":1,\"$\":1}", "{\"$struct\":1}", "{\"$struct\":\"\"}",
            "{\"$struct\":\"a\\u0000b\"}", "{\"$struct\":\"Foo\",\"__struct__\":1}",
            "{\"a\":[{\"$tuple\":[{\"$int\":1}]}]}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_refused(texts[i], ERROR_INVALID_TERM);
    }
}

static void a_key_twice_is_found_whatever_the_key(void **state) {
    (void)state;
    static const char *const keys[] = {"1", "-1.5", "\"k\"", "null", "[]", "[1,2]",
            "{\"$improper\":[1,2]}", "{\"$tuple\":[1]}", "{\"$binary\":\"/w==\"}",
            "{\"$bits\":\"YA==\",\"size\":3}", "{\"$pid\":\"0.1.2\"}",
            "{\"$ref\":\"#Reference<0.1.2.3>\"}", "{\"$port\":\"#Port<0.5>\"}",
            "{\"$int\":\"99999999999999999999\"}", "{\"$int\":\"-99999999999999999999\"}"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        char json[300];
        snprintf(json, sizeof json, "{\"$map\":[[%s,1],[\"other\",2],[%s,3]]}", keys[i], keys[i]);
        assert_refused(json, ERROR_INVALID_TERM);
    }
    // The order of the members makes no other map.
    assert_refused("{\"$map\":[[{\"a\":1,\"b\":2},1],[{\"b\":2,\"a\":1},2]]}", ERROR_INVALID_TERM);
    assert_refused("{\"$map\":[[{\"$int\":\"1\"},1],[1,2]]}", ERROR_INVALID_TERM);
    assert_refused("{\"$map\":[[0.0,1],[-0.0,2]]}", ERROR_INVALID_TERM);
    assert_refused("{\"$map\":[[{\"$bits\":\"YA==\",\"size\":3},1],"
                   "[{\"$bits\":\"fw==\",\"size\":3},1]]}",
            ERROR_INVALID_TERM);
    read_json("{\"$map\":[[1,1],[1.0,2]]}");
}

static void atoms_are_limited_to_255_characters(void **state) {
    (void)state;
    char json[1100];
    size_t length = (size_t)sprintf(json, "{\"$atom\":\"");
    for (size_t i = 0; i < 255; i++) {
        memcpy(json + length, "\xc3\xa9", 2);
        length += 2;
    }
    strcpy(json + length, "\"}");
    assert_int_equal(read_json(json).text.length, 510);
    strcpy(json + length, "x\"}");
    assert_refused(json, ERROR_INVALID_TERM);
    snprintf(json, sizeof json, "{\"%0256d\":1}", 0);
    assert_refused(json, ERROR_INVALID_TERM);
    snprintf(json, sizeof json, "{\"$struct\":\"%0249d\"}", 0);
    assert_refused(json, ERROR_INVALID_TERM);
}

static void nesting_is_limited_to_the_depth(void **state) {
    (void)state;
    char json[2 * 3000 + 1];
    for (size_t levels = LIMIT_JSON_TERM_DEPTH; levels <= LIMIT_JSON_TERM_DEPTH + 1; levels++) {
        memset(json, '[', levels);
        json[levels] = '1';
        memset(json + levels + 1, ']', levels);
        json[2 * levels + 1] = '\0';
        if (levels <= LIMIT_JSON_TERM_DEPTH) {
            struct term term = read_json(json);
            struct print_limits limits = {.width = 50, .depth = 64, .bytes = 1 << 20};
            assert_true(json_from_term(&text, &term, node, &limits));
            assert_memory_equal(text.at, json, text.length);
        } else {
            assert_refused(json, ERROR_INVALID_JSON);
        }
    }
    memset(json, '[', 3000);
    memset(json + 3000, ']', 3000);
    json[6000] = '\0';
    assert_refused(json, ERROR_INVALID_JSON);
}

static void long_texts_and_long_decimals_are_refused(void **state) {
    (void)state;
    size_t length = LIMIT_JSON_TERM_BYTES + 1;
    char *json = arena_take(&arena, length, 1);
    memset(json, ' ', length);
    json[0] = '1';
    struct term term;
    assert_true(json_to_term(&arena, (struct str){json, length - 1}, node, 3, &term, &error));
    assert_false(json_to_term(&arena, (struct str){json, length}, node, 3, &term, &error));
    assert_int_equal(error.code, ERROR_INVALID_JSON);
    memset(json, '7', length);
    memcpy(json, "{\"$int\":\"", 9);
    memcpy(json + 9 + 10240, "\"}", 3);
    assert_int_equal(read_json(json).type, TERM_BIG);
    memcpy(json + 9 + 10240, "7\"}", 4);
    assert_refused(json, ERROR_INVALID_TERM);
}

static void long_integers_go_both_ways_in_hexadecimal(void **state) {
    (void)state;
    char json[30 + 8194];
    memset(json, '7', sizeof json);
    memcpy(json, "{\"$int\":\"-0xA", 13);
    strcpy(json + 13 + 8192, "\"}");
    assert_both_ways(json);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
            TEST(every_row_of_the_mapping_goes_both_ways),
            TEST(numbers_without_a_point_are_integers),
            TEST(pids_belong_to_the_node_that_is_given),
            TEST(nothing_is_borrowed_from_the_text),
            TEST(maps_are_read_in_the_order_of_small_maps),
            TEST(funs_are_shown_only),
            TEST(values_follow_what_is_in_the_buffer),
            TEST(the_width_cuts_and_says_how_much),
            TEST(the_depth_cuts_and_says_how_much),
            TEST(long_binaries_are_cut_between_characters),
            TEST(the_bytes_cut_and_what_is_open_is_closed),
            TEST(nesting_beyond_any_depth_needs_no_stack),
            TEST(malformed_json_is_refused_with_its_place),
            TEST(objects_of_a_wrong_form_are_refused),
            TEST(a_key_twice_is_found_whatever_the_key),
            TEST(atoms_are_limited_to_255_characters),
            TEST(nesting_is_limited_to_the_depth),
            TEST(long_texts_and_long_decimals_are_refused),
            TEST(long_integers_go_both_ways_in_hexadecimal),
    };
    return cmocka_run_group_tests_name("term_json", tests, NULL, NULL);
}
