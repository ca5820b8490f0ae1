// The OpenAPI document says what the table says. Whether it is well formed by the standard is
// judged by tests/openapi.
#include "operations/openapi.h"
#include "operations/operation.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>
#include <jansson.h>

static json_t *document;

static int begin(void **state) {
    (void)state;
    struct str text = openapi_document();
    document = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    return document ? 0 : -1;
}

static int finish(void **state) {
    (void)state;
    json_decref(document);
    return 0;
}

// A path without the names of its arguments.
static void shape(const char *path, char *text, size_t size) {
    size_t length = 0;
    for (const char *at = path; *at != '\0' && length + 1 < size; at++) {
        text[length++] = *at;
        at = *at == '{' ? strchr(at, '}') - 1 : at;
    }
    text[length] = '\0';
}

// The document's operation at a route, or NULL.
static json_t *at_route(const char *method, const char *path) {
    char wanted[200];
    char have[200];
    char small[12] = "";
    const char *key;
    json_t *item;
    shape(path, wanted, sizeof wanted);
    for (size_t i = 0; method[i] != '\0' && i + 1 < sizeof small; i++) {
        small[i] = (char)(method[i] | 0x20);
    }
    json_object_foreach(json_object_get(document, "paths"), key, item) {
        shape(key, have, sizeof have);
        if (strcmp(have, wanted) == 0) {
            return json_object_get(item, small);
        }
    }
    return NULL;
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text ? text : "";
}

static json_t *parameter(const json_t *operation, const char *name) {
    size_t i;
    json_t *one;
    json_array_foreach(json_object_get(operation, "parameters"), i, one) {
        if (strcmp(text_of(one, "name"), name) == 0) {
            return one;
        }
    }
    return NULL;
}

static json_t *body_of(const json_t *operation) {
    const json_t *content = json_object_get(json_object_get(operation, "requestBody"), "content");
    return json_object_get(json_object_get(content, "application/json"), "schema");
}

static void expect_row(const struct operation *row, const json_t *shown) {
    char status[12];
    assert_non_null(shown);
    snprintf(status, sizeof status, "%d", operation_status(row));
    assert_string_equal(text_of(shown, "summary"), row->summary);
    assert_string_equal(text_of(shown, "x-effect"), effect_name(row->effect));
    assert_string_equal(text_of(shown, "x-rate-class"), rate_name(row->rate));
    assert_string_equal(text_of(shown, "x-permission"), permission_name(row->permission));
    assert_non_null(json_object_get(json_object_get(shown, "responses"), status));
    assert_int_equal(
            row->permission == PERMISSION_NONE, json_is_array(json_object_get(shown, "security")));
}

static void every_route_and_alias_stands_in_it(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *row = operation_at(i);
        for (size_t r = 0; r < OPERATION_ROUTES && row->routes[r].method != NULL; r++) {
            expect_row(row, at_route(row->routes[r].method, row->routes[r].path));
        }
        char path[200];
        snprintf(path, sizeof path, "/api/v1/operations/%s", row->name);
        const json_t *item = json_object_get(json_object_get(document, "paths"), path);
        if (row->group != NULL) {
            expect_row(row, json_object_get(item, "post"));
        } else {
            assert_null(item);
        }
    }
}

// Looks for an argument where a client puts it on the operation's own route.
static void expect_argument(const struct operation *row, const struct argument *argument) {
    const struct route_pattern *route = &row->routes[0];
    const json_t *shown = at_route(route->method, route->path);
    const json_t *body = body_of(shown);
    const json_t *in_body = json_object_get(json_object_get(body, "properties"), argument->name);
    switch (argument_place(route, argument)) {
    case PLACE_PATH: // it may go by another name there
        assert_null(in_body);
        return;
    case PLACE_QUERY:
        assert_null(in_body);
        assert_string_equal(text_of(parameter(shown, argument->name), "in"), "query");
        return;
    case PLACE_BODY:
        assert_non_null(in_body);
        assert_null(parameter(shown, argument->name));
        return;
    }
}

static void every_argument_stands_in_its_place(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *row = operation_at(i);
        for (size_t a = 0; row->arguments[a].name != NULL; a++) {
            assert_non_null(row->arguments[a].summary);
            if (row->routes[0].method != NULL) {
                expect_argument(row, &row->arguments[a]);
            }
        }
    }
}

static void secrets_are_never_in_an_address(void **state) {
    (void)state;
    const struct argument *cookie =
            operation_argument(operation_find(STR("attach_node")), STR("cookie"));
    struct route_pattern get = {"GET", "/x"};
    struct route_pattern delete = {"DELETE", "/x"};
    assert_true(cookie->secret);
    assert_int_equal(argument_place(&get, cookie), PLACE_BODY);
    assert_int_equal(argument_place(&delete, cookie), PLACE_BODY);
}

static void lists_have_their_envelope(void **state) {
    (void)state;
    const json_t *answers = json_object_get(json_object_get(document, "components"), "responses");
    const json_t *content = json_object_get(json_object_get(answers, "list_processes"), "content");
    const json_t *schema = json_object_get(json_object_get(content, "application/json"), "schema");
    const json_t *members = json_object_get(schema, "properties");
    const json_t *items = json_object_get(json_object_get(members, "data"), "items");
    assert_string_equal(text_of(items, "$ref"), "#/components/schemas/process");
    assert_string_equal(
            text_of(json_object_get(members, "meta"), "$ref"), "#/components/schemas/list_meta");
}

static void it_is_made_once(void **state) {
    (void)state;
    assert_ptr_equal(openapi_document().at, openapi_document().at);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_route_and_alias_stands_in_it),
            cmocka_unit_test(every_argument_stands_in_its_place),
            cmocka_unit_test(secrets_are_never_in_an_address),
            cmocka_unit_test(lists_have_their_envelope),
            cmocka_unit_test(it_is_made_once),
    };
    return cmocka_run_group_tests_name("openapi", tests, begin, finish);
}
