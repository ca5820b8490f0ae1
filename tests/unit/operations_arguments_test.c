// Arguments: each type, right and wrong, from path, query and body; every error names its field.
#include "operations/arguments.h"

#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/jansson_beside.h"

static const struct argument arguments[] = {
        {.name = "id", .type = ARGUMENT_PROCESS, .required = true},
        {
                .name = "text",
                .type = ARGUMENT_TEXT,
        },
        {.name = "count",
                .type = ARGUMENT_INTEGER,

                .fallback = "5",
                .minimum = -3,
                .maximum = 200},
        {
                .name = "flag",
                .type = ARGUMENT_BOOLEAN,
        },
        {.name = "sort", .type = ARGUMENT_CHOICE, .choices = "name|memory|m"},
        {.name = "include", .type = ARGUMENT_CHOICES, .choices = "a|b|cc"},
        {
                .name = "pattern",
                .type = ARGUMENT_PATTERN,
        },
        {
                .name = "node",
                .type = ARGUMENT_NODE,
        },
        {.name = "must", .type = ARGUMENT_TEXT, .secret = true, .required = true},
        {.name = "port", .type = ARGUMENT_INTEGER, .secret = true, .minimum = 1, .maximum = 65535},
        {
                .name = "sure",
                .type = ARGUMENT_BOOLEAN,
        },
        {.name = "way", .type = ARGUMENT_CHOICE, .secret = true, .choices = "up|down"},
        {.name = NULL},
};

static const struct argument none[] = {{.name = NULL}};
static const struct operation with = {.name = "with", .arguments = arguments};
static const struct operation without = {.name = "without", .arguments = none};

static struct call call;
static struct error error;

static int begin(void **state) {
    (void)state;
    call = (struct call){.operation = &with};
    arena_init(&call.arena);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&call.arena);
    return 0;
}

static bool read_str(struct str query, struct str body) {
    struct route route = {
            .operation = call.operation, .names = {STR("id")}, .arguments = {STR("0.1.0")}};
    route.argument_count = 1;
    call.request.query = query;
    call.request.body = body;
    return arguments_read(&call, &route, &error);
}

static bool read_both(const char *query, const char *body) {
    return read_str(str_of(query), str_of(body));
}

#define GOOD_BODY "{\"must\":\"x\"}"

static const struct value *value(const char *query, const char *body, const char *name) {
    if (!read_both(query, body)) {
        fail_msg("%s", error.message);
    }
    return call_value(&call, name);
}

// The error of a refused query or body; its details must name the field, unless that is NULL.
static enum error_code refused(const char *query, const char *body, const char *field) {
    char details[sizeof error.details + 3];
    error = (struct error){0};
    assert_false(read_both(query, body));
    snprintf(details, sizeof details, "{%s}", error.details);
    json_t *json = json_loads(details, 0, NULL);
    assert_non_null(json);
    if (field != NULL) {
        assert_non_null(json_object_get(json, "field"));
        assert_string_equal(json_string_value(json_object_get(json, "field")), field);
    }
    assert_true(strlen(error.message) > 0);
    json_decref(json);
    return error.code;
}

#define WRONG(query, field)                                                                        \
    assert_int_equal(refused(query, GOOD_BODY, field), ERROR_INVALID_PARAMETER)

// ---- query -----------------------------------------------------------------------------------

static void absent_arguments_fall_back_or_stay_absent(void **state) {
    (void)state;
    assert_int_equal(value("", GOOD_BODY, "count")->integer, 5);
    assert_false(call_value(&call, "text")->given);
    assert_false(call_value(&call, "flag")->given);
    assert_int_equal(call_value(&call, "include")->choices, 0);
    assert_true(str_is(call_value(&call, "id")->text, "0.1.0"));
    assert_true(read_both("&&&", GOOD_BODY));
}

static void texts_are_decoded(void **state) {
    (void)state;
    assert_true(str_is(value("text=a+b%26c%3D", GOOD_BODY, "text")->text, "a b&c="));
    assert_true(str_is(value("%74ext=x", GOOD_BODY, "text")->text, "x"));
    assert_true(str_is(value("text=a=b", GOOD_BODY, "text")->text, "a=b"));
    assert_true(str_is(value("text=caf%C3%A9&", GOOD_BODY, "text")->text, "caf\xc3\xa9"));
    WRONG("text=", "text");
    WRONG("text", "text");
    WRONG("node=", "node");
}

static void texts_have_a_length(void **state) {
    (void)state;
    char query[LIMIT_PARAMETER_BYTES + 20] = "pattern=";
    size_t name = strlen(query);
    memset(query + name, 'x', LIMIT_PATTERN_BYTES);
    assert_int_equal(value(query, GOOD_BODY, "pattern")->text.length, LIMIT_PATTERN_BYTES);
    query[name + LIMIT_PATTERN_BYTES] = 'x';
    WRONG(query, "pattern");
    memcpy(query, "text=xxx", 8);
    memset(query + 8, 'x', LIMIT_PARAMETER_BYTES - 3);
    assert_int_equal(value(query, GOOD_BODY, "text")->text.length, LIMIT_PARAMETER_BYTES);
    query[8 + LIMIT_PARAMETER_BYTES - 3] = 'x';
    WRONG(query, "text");
}

static void integers_have_a_range(void **state) {
    (void)state;
    assert_int_equal(value("count=-3", GOOD_BODY, "count")->integer, -3);
    assert_int_equal(value("count=200", GOOD_BODY, "count")->integer, 200);
    WRONG("count=201", "count");
    assert_non_null(strstr(error.details, "\"minimum\":-3"));
    assert_non_null(strstr(error.details, "\"maximum\":200"));
    assert_non_null(strstr(error.message, "between -3 and 200"));
    WRONG("count=-4", "count");
    WRONG("count=9223372036854775807", "count");
    WRONG("count=9223372036854775808", "count");
    WRONG("count=", "count");
    WRONG("count=1.0", "count");
    WRONG("count=+5", "count"); // a space
    WRONG("count=5%20", "count");
}

static void booleans_are_true_or_false(void **state) {
    (void)state;
    assert_int_equal(value("flag=true", GOOD_BODY, "flag")->integer, 1);
    const struct value *no = value("flag=false", GOOD_BODY, "flag");
    assert_true(no->given && no->integer == 0);
    WRONG("flag=1", "flag");
    WRONG("flag=TRUE", "flag");
    WRONG("flag", "flag");
}

static void choices_are_whole_words(void **state) {
    (void)state;
    assert_int_equal(value("sort=name", GOOD_BODY, "sort")->integer, 0);
    assert_int_equal(value("sort=m", GOOD_BODY, "sort")->integer, 2);
    static const char *const wrong[] = {
            "sort=", "sort=nam", "sort=names", "sort=name|memory", "sort=Name", "sort=%7C"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        WRONG(wrong[i], "sort");
        assert_non_null(strstr(error.details, "\"allowed\":[\"name\",\"memory\",\"m\"]"));
    }
}

static void several_choices_are_separated_by_commas(void **state) {
    (void)state;
    assert_int_equal(value("include=a", GOOD_BODY, "include")->choices, 1);
    assert_int_equal(value("include=cc,a", GOOD_BODY, "include")->choices, 5);
    assert_int_equal(value("include=b%2Cb", GOOD_BODY, "include")->choices, 2);
    WRONG("include=a,x", "include");
    WRONG("include=a,,b", "include");
    WRONG("include=c", "include");
    WRONG("include=,", "include");
}

static void what_is_given_twice_is_refused(void **state) {
    (void)state;
    WRONG("count=1&count=1", "count");
    WRONG("text=a&%74ext=b", "text");
    WRONG("include=a&include=b", "include");
}

static void what_is_unknown_is_named_with_what_is_known(void **state) {
    (void)state;
    assert_int_equal(refused("what=1", GOOD_BODY, "what"), ERROR_UNKNOWN_PARAMETER);
    assert_non_null(strstr(error.details, "\"parameters\":[\"id\",\"text\",\"count\""));
    assert_int_equal(refused("=1", GOOD_BODY, ""), ERROR_UNKNOWN_PARAMETER);
    assert_int_equal(refused("q%22%0A=1", GOOD_BODY, "q\"\n"), ERROR_UNKNOWN_PARAMETER);
}

static void an_argument_stands_in_the_query_or_in_the_body(void **state) {
    (void)state;
    assert_int_equal(value("", "{\"must\":\"x\",\"count\":7}", "count")->integer, 7);
    assert_int_equal(refused("id=x", GOOD_BODY, "id"), ERROR_INVALID_PARAMETER);
    assert_int_equal(
            refused("text=x", "{\"must\":\"x\",\"text\":\"y\"}", "text"), ERROR_INVALID_PARAMETER);
}

static void a_secret_stands_in_the_body_only(void **state) {
    (void)state;
    assert_int_equal(refused("must=x", GOOD_BODY, "must"), ERROR_INVALID_PARAMETER);
}

static void a_text_has_no_nul(void **state) {
    (void)state;
    assert_int_equal(refused("", "{\"must\":\"a\\u0000\"}", "must"), ERROR_INVALID_PARAMETER);
}

static void a_long_unknown_name_is_cut(void **state) {
    (void)state;
    char query[2000];
    memset(query, 'n', sizeof query - 1);
    query[sizeof query - 1] = '\0';
    assert_int_equal(refused(query, GOOD_BODY, NULL), ERROR_UNKNOWN_PARAMETER);
    assert_non_null(strstr(error.details, "\"field\":\"nnn"));
    assert_non_null(strstr(error.details, "parameters"));
}

static void broken_queries_are_bad_requests(void **state) {
    (void)state;
    static const char *const broken[] = {"text=%", "text=%4", "text=%zz", "text=%00", "text=%FF",
            "%=1", "text=\xff", "count=1&%C3"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_int_equal(refused(broken[i], GOOD_BODY, NULL), ERROR_BAD_REQUEST);
    }
}

static void too_many_parameters_are_refused(void **state) {
    (void)state;
    char query[10 * LIMIT_PARAMETERS] = "";
    for (unsigned i = 0; i <= LIMIT_PARAMETERS; i++) {
        strcat(query, "&x=1");
    }
    // The first unknown one is said, before all are counted.
    assert_int_equal(refused(query, GOOD_BODY, "x"), ERROR_UNKNOWN_PARAMETER);
}

static void the_path_is_checked_like_the_rest(void **state) {
    (void)state;
    struct route route = {
            .operation = &with, .names = {STR("id")}, .arguments = {STR("")}, .argument_count = 1};
    assert_false(arguments_read(&call, &route, &error));
    assert_non_null(strstr(error.details, "\"field\":\"id\""));
}

// ---- body ------------------------------------------------------------------------------------

static void bodies_are_read(void **state) {
    (void)state;
    static const char body[] =
            " {\"must\":\"\\u00e9\\n\", \"port\": 65535, \"sure\": true, \"way\":\"down\"}\n";
    assert_true(str_is(value("", body, "must")->text, "\xc3\xa9\n"));
    assert_int_equal(call_value(&call, "port")->integer, 65535);
    assert_int_equal(call_value(&call, "sure")->integer, 1);
    assert_int_equal(call_value(&call, "way")->integer, 1);
}

static void null_is_as_if_absent(void **state) {
    (void)state;
    assert_false(value("", "{\"must\":\"x\",\"port\":null,\"sure\":null}", "port")->given);
    assert_int_equal(refused("", "{\"must\":null}", "must"), ERROR_MISSING_PARAMETER);
}

static void what_is_required_is_missed(void **state) {
    (void)state;
    assert_int_equal(refused("", "{}", "must"), ERROR_MISSING_PARAMETER);
    assert_int_equal(refused("", "", "must"), ERROR_MISSING_PARAMETER);
}

static void bodies_that_are_no_objects_are_refused(void **state) {
    (void)state;
    static const char *const bodies[] = {"x", "{", "{}x", "[]", "1", "\"must\"", "null", "true",
            "{\"must\":}", "{must:1}", "{'must':'x'}", "{\"must\":\"x\",}", "{\"must\":\"\xff\"}",
            "{\"must\":\"x\",\"must\":\"x\"}", "{\"port\":1e999}",
            "{\"port\":99999999999999999999}", "{\"must\":\"\\ud800\"}", " ", "{\"a\":NaN}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        assert_int_equal(refused("", bodies[i], NULL), ERROR_INVALID_JSON);
    }
    assert_false(read_str(STR(""), (struct str){"{}\0", 3}));
    assert_int_equal(error.code, ERROR_INVALID_JSON);
}

static void the_place_of_a_mistake_in_json_is_told(void **state) {
    (void)state;
    assert_int_equal(refused("", "{\n \"must\": oops}", NULL), ERROR_INVALID_JSON);
    assert_non_null(strstr(error.details, "\"line\":2"));
    assert_non_null(strstr(error.details, "\"column\":"));
}

static void deep_bodies_do_not_overflow_the_stack(void **state) {
    (void)state;
    enum { DEPTH = 200000 };
    char *body = malloc(DEPTH + 10);
    assert_non_null(body);
    memcpy(body, "{\"must\":", 8);
    memset(body + 8, '[', DEPTH);
    assert_false(read_str(STR(""), (struct str){body, 8 + DEPTH}));
    assert_int_equal(error.code, ERROR_INVALID_JSON);
    free(body);
}

static void wrong_types_name_their_field(void **state) {
    (void)state;
    static const struct {
        const char *body, *field;
    } rows[] = {
            {"{\"must\":1}", "must"},
            {"{\"must\":true}", "must"},
            {"{\"must\":[\"x\"]}", "must"},
            {"{\"must\":{}}", "must"},
            {"{\"must\":\"\"}", "must"},
            {"{\"port\":\"80\"}", "port"},
            {"{\"port\":80.0}", "port"},
            {"{\"port\":true}", "port"},
            {"{\"port\":0}", "port"},
            {"{\"port\":65536}", "port"},
            {"{\"port\":-9223372036854775808}", "port"},
            {"{\"sure\":1}", "sure"},
            {"{\"sure\":\"true\"}", "sure"},
            {"{\"way\":\"left\"}", "way"},
            {"{\"way\":1}", "way"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(refused("", rows[i].body, rows[i].field), ERROR_INVALID_PARAMETER);
    }
}

static void an_operation_without_a_body_takes_none(void **state) {
    (void)state;
    call.operation = &without;
    struct route route = {.operation = &without};
    call.request.body = STR("{}");
    assert_false(arguments_read(&call, &route, &error));
    assert_int_equal(error.code, ERROR_BAD_REQUEST);
    call.request.body = STR("");
    assert_true(arguments_read(&call, &route, &error));
    call.request.query = STR("x");
    assert_false(arguments_read(&call, &route, &error));
    assert_int_equal(error.code, ERROR_UNKNOWN_PARAMETER);
}

static void every_fallback_of_the_table_is_valid(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        struct route route = {.operation = operation};
        bool asks = false;
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            asks = asks || a->required;
        }
        call.operation = operation;
        if (!arguments_read(&call, &route, &error)) {
            assert_true(asks);
            assert_int_equal(error.code, ERROR_MISSING_PARAMETER);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(absent_arguments_fall_back_or_stay_absent),
            TEST(texts_are_decoded),
            TEST(texts_have_a_length),
            TEST(integers_have_a_range),
            TEST(booleans_are_true_or_false),
            TEST(choices_are_whole_words),
            TEST(several_choices_are_separated_by_commas),
            TEST(what_is_given_twice_is_refused),
            TEST(what_is_unknown_is_named_with_what_is_known),
            TEST(an_argument_stands_in_the_query_or_in_the_body),
            TEST(a_secret_stands_in_the_body_only),
            TEST(a_text_has_no_nul),
            TEST(a_long_unknown_name_is_cut),
            TEST(broken_queries_are_bad_requests),
            TEST(too_many_parameters_are_refused),
            TEST(the_path_is_checked_like_the_rest),
            TEST(bodies_are_read),
            TEST(null_is_as_if_absent),
            TEST(what_is_required_is_missed),
            TEST(bodies_that_are_no_objects_are_refused),
            TEST(the_place_of_a_mistake_in_json_is_told),
            TEST(deep_bodies_do_not_overflow_the_stack),
            TEST(wrong_types_name_their_field),
            TEST(an_operation_without_a_body_takes_none),
            TEST(every_fallback_of_the_table_is_valid),
    };
    return cmocka_run_group_tests_name("operations_arguments", tests, NULL, NULL);
}
