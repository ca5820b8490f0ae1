// The way of a call: who may ask, and errors that are valid JSON whatever their messages hold.
#include "operations/call.h"

#include "node/nodes.h"
#include "operations/services.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/jansson_beside.h"

static struct nodes *nodes; // none is attached
static struct services services;
static struct call call;
static unsigned finished;

static int begin(void **state) {
    (void)state;
    nodes = nodes_create(NULL, STR("whitebeam@h"));
    services.nodes = nodes;
    finished = 0;
    return 0;
}

static int finish(void **state) {
    (void)state;
    nodes_destroy(nodes);
    return 0;
}

static void count(struct call *done) {
    assert_ptr_equal(done, &call);
    assert_true(done->done);
    finished++;
}

static json_t *parse(const struct buffer *text) {
    json_error_t where;
    json_t *json = json_loadb(text->at, text->length, JSON_REJECT_DUPLICATES, &where);
    if (json == NULL) {
        fail_msg("%s in %.*s", where.text, (int)text->length, text->at);
    }
    return json;
}

// Runs a request to its end; the answer must be valid JSON.
static json_t *run(struct request request, int status) {
    unsigned before = finished;
    call_start(&call, &services, &request, count, NULL);
    assert_int_equal(finished, before + 1);
    assert_int_equal(call.status, status);
    json_t *json = parse(&call.answer);
    call_finish(&call);
    return json;
}

#define REQUEST(m, p)                                                                              \
    (struct request) {                                                                             \
        .method = STR(m), .path = STR(p), .query = STR(""), .body = STR(""),                       \
        .request_id = STR("req-1"), .permissions = UINT64_MAX, .authenticated = true               \
    }

// Braces in its path stand for themselves here: they are text like any other.
static struct request request_of(const struct operation *operation) {
    struct request request = REQUEST("", "");
    if (operation->routes[0].method == NULL) {
        static char path[200];
        snprintf(path, sizeof path, "/api/v1/operations/%s", operation->name);
        request.method = STR("POST");
        request.path = str_of(path);
        return request;
    }
    request.method = str_of(operation->routes[0].method);
    request.path = str_of(operation->routes[0].path);
    return request;
}

static const char *text(const json_t *object, const char *key) {
    const char *found = json_string_value(json_object_get(object, key));
    assert_non_null(found);
    return found;
}

// Runs, expects this status and code, and checks every member of the API's error shape.
static json_t *run_refused(struct request request, int status, const char *code) {
    json_t *json = run(request, status);
    const json_t *error = json_object_get(json, "error");
    assert_int_equal(json_object_size(json), 1);
    assert_string_equal(text(error, "code"), code);
    assert_true(strlen(text(error, "message")) > 0);
    assert_true(json_is_object(json_object_get(error, "details")));
    assert_int_equal(strlen(text(error, "timestamp")), strlen("2026-01-02T03:04:05.678Z"));
    assert_true(json_is_string(json_object_get(error, "request_id")));
    return json;
}

static void open_operations_need_no_key(void **state) {
    (void)state;
    struct request request = REQUEST("GET", "/livez");
    request.authenticated = false;
    request.permissions = 0;
    json_t *json = run(request, 200);
    assert_string_equal(text(json, "status"), "ok");
    json_decref(json);
    request.method = STR("HEAD");
    json_decref(run(request, 200));
}

static void every_other_operation_needs_a_key(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (operation->permission == PERMISSION_NONE) {
            continue;
        }
        struct request request = request_of(operation);
        request.authenticated = false;
        json_decref(run_refused(request, 401, "unauthenticated"));
    }
}

static void a_key_needs_the_permission_of_the_operation(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (operation->permission == PERMISSION_NONE) {
            continue;
        }
        struct request request = request_of(operation);
        request.permissions = ~(UINT64_C(1) << operation->permission);
        json_t *json = run_refused(request, 403, "forbidden");
        const json_t *details = json_object_get(json_object_get(json, "error"), "details");
        assert_string_equal(text(details, "permission"), permission_name(operation->permission));
        json_decref(json);
    }
}

// Who may not ask does not learn what the arguments are.
static void the_key_is_checked_before_the_arguments(void **state) {
    (void)state;
    struct request request = REQUEST("GET", "/api/v1/processes");
    request.query = STR("page=x&nothing=%");
    request.authenticated = false;
    json_decref(run_refused(request, 401, "unauthenticated"));
    request.authenticated = true;
    request.permissions = 0;
    json_decref(run_refused(request, 403, "forbidden"));
    request.permissions = UINT64_MAX;
    json_decref(run_refused(request, 400, "invalid_parameter"));
}

static void unknown_paths_and_methods_are_told(void **state) {
    (void)state;
    json_decref(run_refused(REQUEST("GET", "/api/v2/\"x\"\\"), 404, "not_found"));
    json_decref(run_refused(REQUEST("GET", "/api/v1/processes/%ff"), 400, "bad_request"));
    struct request request = REQUEST("PUT", "/api/v1/nodes");
    call_start(&call, &services, &request, count, NULL);
    assert_int_equal(call.status, 405);
    assert_true(str_is(call.allow, "GET, POST"));
    call_finish(&call);
    json_decref(run_refused(request, 405, "method_not_allowed"));
}

static void without_a_node_there_is_nothing_to_answer_from(void **state) {
    (void)state;
    struct request request = REQUEST("GET", "/api/v1/processes");
    json_decref(run_refused(request, 503, "no_node"));
    request.query = STR("node=\"a\"@h");
    json_t *json = run_refused(request, 404, "node_not_found");
    const json_t *details = json_object_get(json_object_get(json, "error"), "details");
    assert_string_equal(text(details, "node"), "\"a\"@h");
    assert_true(json_is_array(json_object_get(details, "available_nodes")));
    json_decref(json);
    json_decref(run_refused(REQUEST("GET", "/api/v1/system/health"), 503, "no_node"));
    json_decref(run_refused(REQUEST("GET", "/api/v1/supervisors/x"), 503, "no_node"));
    json_decref(run_refused(REQUEST("DELETE", "/api/v1/processes/0.1.0"), 503, "no_node"));
    json_decref(run_refused(REQUEST("DELETE", "/api/v1/nodes/a@b"), 404, "node_not_found"));
}

static void an_empty_list_has_a_whole_meta(void **state) {
    (void)state;
    struct request request = REQUEST("GET", "/api/v1/nodes");
    request.query = STR("per_page=7&page=3&");
    json_t *json = run(request, 200);
    assert_int_equal(json_array_size(json_object_get(json, "data")), 0);
    const json_t *meta = json_object_get(json, "meta");
    assert_int_equal(json_integer_value(json_object_get(meta, "total")), 0);
    assert_int_equal(json_integer_value(json_object_get(meta, "page")), 3);
    assert_int_equal(json_integer_value(json_object_get(meta, "per_page")), 7);
    assert_int_equal(json_integer_value(json_object_get(meta, "total_pages")), 1);
    assert_true(json_is_false(json_object_get(meta, "has_next")));
    assert_true(json_is_true(json_object_get(meta, "has_prev")));
    const json_t *links = json_object_get(meta, "links");
    assert_string_equal(text(links, "first"), "/api/v1/nodes?per_page=7&page=1");
    assert_true(json_is_null(json_object_get(links, "next")));
    json_decref(json);
}

static void attaching_checks_name_and_cookie(void **state) {
    (void)state;
    static const struct {
        const char *body, *code;
    } rows[] = {
            {"{\"node\":\"no_host\"}", "invalid_parameter"},
            {"{\"node\":\"@h\"}", "invalid_parameter"},
            {"{\"node\":\"a@\"}", "invalid_parameter"},
            {"{\"node\":\"a@b@c\"}", "invalid_parameter"},
            {"{\"node\":\"a b@c\"}", "invalid_parameter"},
            {"{\"node\":\"a@b\"}", "missing_parameter"},
            {"{\"cookie\":\"x\"}", "missing_parameter"},
            {"{\"node\":\"a@b\",\"port\":0}", "invalid_parameter"},
            {"[]", "invalid_json"},
    };
    struct request request = REQUEST("POST", "/api/v1/nodes");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        request.body = str_of(rows[i].body);
        json_decref(run_refused(request, 400, rows[i].code));
    }
    char body[800];
    snprintf(body, sizeof body, "{\"node\":\"%0300d@h\",\"cookie\":\"c\"}", 1);
    request.body = str_of(body);
    json_decref(run_refused(request, 400, "invalid_parameter"));
    snprintf(body, sizeof body, "{\"node\":\"a@h\",\"cookie\":\"%0256d\"}", 1);
    request.body = str_of(body);
    json_decref(run_refused(request, 400, "invalid_parameter"));
}

// ---- writing errors --------------------------------------------------------------------------

static void assert_written(const char *message, struct str id, bool problem) {
    struct error error;
    struct buffer out;
    buffer_init(&out);
    error_set(&error, ERROR_INVALID_PARAMETER, "%s", message);
    error_detail(&error, "field", str_of(message));
    error_detail_int(&error, "most", 5);
    call_write_error(&out, &error, id, problem);
    json_t *json = parse(&out);
    const json_t *shape = problem ? json : json_object_get(json, "error");
    assert_string_equal(text(shape, problem ? "detail" : "message"), error.message);
    assert_string_equal(text(shape, "code"), "invalid_parameter");
    assert_string_equal(text(json_object_get(shape, "details"), "field"), message);
    assert_true(strlen(text(shape, "timestamp")) > 0);
    assert_int_equal(json_string_length(json_object_get(shape, "request_id")), id.length);
    if (problem) {
        assert_string_equal(text(shape, "type"), "about:blank");
        assert_string_equal(text(shape, "title"), error_meaning(ERROR_INVALID_PARAMETER));
        assert_int_equal(json_integer_value(json_object_get(shape, "status")), 400);
    }
    json_decref(json);
    buffer_finish(&out);
}

static void errors_are_valid_json_whatever_they_say(void **state) {
    (void)state;
    static const char *const messages[] = {"plain", "with \"quotes\" and \\", "two\nlines\t\r",
            "\x01\x1f\x7f", "caf\xc3\xa9 \xf0\x9f\x90\xb1", "{\"json\":[1,}", ""};
    for (size_t i = 0; i < sizeof messages / sizeof messages[0]; i++) {
        assert_written(messages[i], STR("id \"7\""), false);
        assert_written(messages[i], STR("id \"7\""), true);
        assert_written(messages[i], STR(""), true);
    }
}

static void a_message_cut_within_a_character_is_valid_json(void **state) {
    (void)state;
    char message[800] = "";
    for (int shift = 0; shift < 4; shift++) {
        struct error error;
        struct buffer out;
        memset(message, 'x', (size_t)shift);
        message[shift] = '\0';
        for (int i = 0; i < 150; i++) {
            strcat(message, "\xf0\x9f\x90\xb1");
        }
        buffer_init(&out);
        error_set(&error, ERROR_INTERNAL, "%s", message);
        call_write_error(&out, &error, STR("r"), shift % 2);
        json_decref(parse(&out));
        buffer_finish(&out);
    }
}

static void problems_are_written_when_they_are_asked_for(void **state) {
    (void)state;
    struct request request = REQUEST("GET", "/nothing");
    request.problem = true;
    json_t *json = run(request, 404);
    assert_string_equal(text(json, "code"), "not_found");
    assert_string_equal(text(json, "request_id"), "req-1");
    assert_int_equal(json_integer_value(json_object_get(json, "status")), 404);
    json_decref(json);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(open_operations_need_no_key),
            TEST(every_other_operation_needs_a_key),
            TEST(a_key_needs_the_permission_of_the_operation),
            TEST(the_key_is_checked_before_the_arguments),
            TEST(unknown_paths_and_methods_are_told),
            TEST(without_a_node_there_is_nothing_to_answer_from),
            TEST(an_empty_list_has_a_whole_meta),
            TEST(attaching_checks_name_and_cookie),
            TEST(errors_are_valid_json_whatever_they_say),
            TEST(a_message_cut_within_a_character_is_valid_json),
            TEST(problems_are_written_when_they_are_asked_for),
    };
    return cmocka_run_group_tests_name("operations_call", tests, NULL, NULL);
}
