// Errors: messages that are cut, details that do not fit, and the table of codes.
#include "base/error.h"

#include "base/arena.h"
#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <jansson.h>

static struct error error;

static int begin(void **state) {
    (void)state;
    memset(&error, 'x', sizeof error);
    error_set(&error, ERROR_INVALID_PARAMETER, "page is %d", 0);
    return 0;
}

// The details as an object; they must be valid whatever was added.
static json_t *details(void) {
    char text[sizeof error.details + 3];
    assert_true(strnlen(error.details, sizeof error.details) < sizeof error.details);
    snprintf(text, sizeof text, "{%s}", error.details);
    json_error_t where;
    json_t *json = json_loads(text, 0, &where);
    if (json == NULL) {
        fail_msg("%s in %s", where.text, text);
    }
    return json;
}

static void setting_fills_and_returns_false(void **state) {
    (void)state;
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
    assert_string_equal(error.message, "page is 0");
    assert_string_equal(error.details, "");
    assert_false(error_set(&error, ERROR_NO_NODE, "none"));
    error_detail_int(&error, "a", 1);
    error_set(&error, ERROR_NO_NODE, "again");
    assert_string_equal(error.details, "");
}

static void a_long_message_is_cut(void **state) {
    (void)state;
    char text[3000];
    memset(text, 'm', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    error_set(&error, ERROR_INTERNAL, "%s", text);
    assert_int_equal(strlen(error.message), sizeof error.message - 1);
}

static void details_are_members_of_an_object(void **state) {
    (void)state;
    struct str list[] = {STR("a\"b"), STR("\n"), STR("")};
    error_detail(&error, "field", STR("na\"me\\\x01"));
    error_detail_int(&error, "least", INT64_MIN);
    error_detail_list(&error, "list", list, 3);
    error_detail_list(&error, "none", list, 0);
    json_t *json = details();
    assert_string_equal(json_string_value(json_object_get(json, "field")), "na\"me\\\x01");
    assert_true(json_integer_value(json_object_get(json, "least")) == INT64_MIN);
    assert_int_equal(json_array_size(json_object_get(json, "list")), 3);
    assert_string_equal(
            json_string_value(json_array_get(json_object_get(json, "list"), 0)), "a\"b");
    assert_int_equal(json_array_size(json_object_get(json, "none")), 0);
    json_decref(json);
}

static void a_second_detail_of_a_name_is_left_out(void **state) {
    (void)state;
    error_detail(&error, "text", STR("\"pid\":,"));
    error_detail(&error, "pid", STR("#PID<0.1.0>"));
    error_detail(&error, "pid", STR("init"));
    error_detail_int(&error, "text", 1);
    json_t *json = details();
    assert_string_equal(json_string_value(json_object_get(json, "pid")), "#PID<0.1.0>");
    assert_string_equal(error.details, "\"text\":\"\\\"pid\\\":,\",\"pid\":\"#PID<0.1.0>\"");
    json_decref(json);
}

static void a_detail_that_does_not_fit_is_left_out(void **state) {
    (void)state;
    char *text = memory_new(3000, 1);
    memset(text, '"', 2999); // each becomes two bytes
    error_detail(&error, "long", str_of(text));
    assert_string_equal(error.details, "");
    error_detail_int(&error, "short", 1);
    error_detail(&error, "long", str_of(text));
    assert_string_equal(error.details, "\"short\":1");
    free(text);
}

// Every length around the end of the room.
static void details_stay_valid_at_the_edge_of_their_room(void **state) {
    (void)state;
    char text[2400];
    memset(text, 'd', sizeof text);
    for (size_t length = 2300; length < sizeof text; length++) {
        error.details[0] = '\0';
        error_detail(&error, "a", (struct str){text, length});
        bool fits = error.details[0] != '\0';
        assert_int_equal(fits, strlen("\"a\":\"\"") + length < sizeof error.details);
        error_detail_int(&error, "number", 123456789);
        error_detail(&error, "b", STR("x"));
        struct str list[] = {STR("one"), STR("two"), STR("three")};
        error_detail_list(&error, "l", list, 3);
        json_decref(details());
    }
}

static void a_list_gets_as_many_as_fit(void **state) {
    (void)state;
    char texts[1000][16];
    struct str list[1000];
    for (size_t i = 0; i < 1000; i++) {
        snprintf(texts[i], sizeof texts[i], "name \"%zu\"", i);
        list[i] = str_of(texts[i]);
    }
    error_detail(&error, "before", STR("x"));
    error_detail_list(&error, "names", list, 1000);
    json_t *json = details();
    size_t count = json_array_size(json_object_get(json, "names"));
    assert_true(count > 100 && count < 1000);
    for (size_t i = 0; i < count; i++) {
        assert_string_equal(
                json_string_value(json_array_get(json_object_get(json, "names"), i)), texts[i]);
    }
    json_decref(json);
}

static void the_first_element_of_a_list_may_be_too_long(void **state) {
    (void)state;
    char *text = memory_new(5000, 1);
    memset(text, 'x', 4999);
    struct str list[] = {str_of(text), STR("b")};
    error_detail_list(&error, "names", list, 2);
    json_t *json = details();
    assert_int_equal(json_array_size(json_object_get(json, "names")), 0);
    json_decref(json);
    free(text);
}

static void every_code_has_a_text_a_status_and_a_meaning(void **state) {
    (void)state;
    static const enum error_code codes[] = {
#define ERROR_ROW(name, text, status, meaning) ERROR_##name,
#include "base/errors.def"
#undef ERROR_ROW
    };
    enum { COUNT = sizeof codes / sizeof codes[0] };
    for (size_t i = 0; i < COUNT; i++) {
        int status = error_status(codes[i]);
        assert_true(codes[i] == ERROR_OK ? status == 200 : status >= 400 && status < 600);
        assert_true(strlen(error_meaning(codes[i])) > 0);
        for (size_t j = 0; j < i; j++) {
            assert_string_not_equal(error_text(codes[i]), error_text(codes[j]));
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup(name, begin)
    static const struct CMUnitTest tests[] = {
            TEST(setting_fills_and_returns_false),
            TEST(a_long_message_is_cut),
            TEST(details_are_members_of_an_object),
            TEST(a_second_detail_of_a_name_is_left_out),
            TEST(a_detail_that_does_not_fit_is_left_out),
            TEST(details_stay_valid_at_the_edge_of_their_room),
            TEST(a_list_gets_as_many_as_fit),
            TEST(the_first_element_of_a_list_may_be_too_long),
            TEST(every_code_has_a_text_a_status_and_a_meaning),
    };
    return cmocka_run_group_tests_name("base_error", tests, NULL, NULL);
}
