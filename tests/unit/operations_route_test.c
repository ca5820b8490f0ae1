// Routes: raw paths are cut into segments first and decoded afterwards.
#include "operations/reply.h"
#include "operations/route.h"

#include <glob.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

static struct arena arena;
static struct error error;
static struct route route;
static struct str allow;

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    return 0;
}

// The name of the operation found, or the text of the error.
static const char *find(const char *method, const char *path) {
    bool found = route_find(&arena, str_of(method), str_of(path), &route, &allow, &error);
    return found ? route.operation->name : error_text(error.code);
}

static void assert_found(const char *path, const char *name, const char *argument) {
    assert_string_equal(find("GET", path), name);
    assert_int_equal(route.argument_count, 1);
    assert_true(str_is(route.arguments[0], argument));
}

// Fills {…} in a pattern with the same text everywhere.
static void fill(const char *pattern, const char *text, char *path, size_t size) {
    size_t length = 0;
    for (const char *at = pattern; *at != '\0'; at++) {
        if (*at == '{') {
            length += (size_t)snprintf(path + length, size - length, "%s", text);
            at = strchr(at, '}');
        } else {
            path[length++] = *at;
        }
    }
    path[length] = '\0';
}

static void every_operation_is_found_by_its_own_route(void **state) {
    (void)state;
    char path[400];
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
            fill(operation->routes[r].path, "a%20b", path, sizeof path);
            assert_string_equal(find(operation->routes[r].method, path), operation->name);
        }
        for (size_t a = 0; a < route.argument_count; a++) {
            assert_true(str_is(route.arguments[a], "a b"));
        }
    }
}

// Each {…} of a path is an argument of the operation.
static void check_path(const struct operation *operation, const char *path) {
    size_t braces = 0;
    for (const char *at = strchr(path, '{'); at != NULL; at = strchr(at + 1, '{')) {
        struct str name = {at + 1, strcspn(at + 1, "}")};
        assert_non_null(operation_argument(operation, name));
        braces++;
    }
    assert_true(braces <= ROUTE_SEGMENTS);
}

static void check_argument(const struct argument *argument) {
    bool chooses = argument->type == ARGUMENT_CHOICE || argument->type == ARGUMENT_CHOICES;
    assert_true(chooses == (argument->choices != NULL));
    assert_true(argument->type != ARGUMENT_INTEGER || argument->minimum < argument->maximum);
    assert_non_null(argument->summary);
}

static void the_table_keeps_its_own_rules(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
            check_path(operation, operation->routes[r].path);
        }
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            check_argument(a);
        }
        assert_true(operation->run != NULL && operation->summary != NULL);
        assert_true(operation->routes[0].method != NULL || operation->group != NULL);
        assert_true(operation_find(str_of(operation->name)) == operation);
        if (!reply_is_form(operation->reply)) {
            fail_msg("%s: the form of its reply is not well written", operation->name);
        }
    }
}

// What an operation says to look at next exists.
static void next_operations_exist(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        for (const char *at = operation_at(i)->next; at != NULL && *at != '\0';) {
            size_t length = strcspn(at, "|");
            if (operation_find((struct str){at, length}) == NULL) {
                fail_msg("%s: there is no %.*s", operation_at(i)->name, (int)length, at);
            }
            at += length + (at[length] == '|');
        }
    }
}

// "a" or "a, b": each is an operation.
static void check_closest(const char *path, const char *text, const char *end) {
    while (text < end) {
        size_t length = strcspn(text, ",\"");
        if (operation_find((struct str){text, length}) == NULL) {
            fail_msg("%s: there is no %.*s", path, (int)length, text);
        }
        text += length + strspn(text + length, ", ");
    }
}

// How many there are in a module of the agent.
static size_t check_module(const char *path) {
    static const char mark[] = "closest =>";
    static char text[200000];
    size_t found = 0;
    FILE *file = fopen(path, "r");
    assert_non_null(file);
    size_t length = fread(text, 1, sizeof text - 1, file);
    assert_true(feof(file));
    fclose(file);
    text[length] = '\0';
    for (const char *at = strstr(text, mark); at != NULL; at = strstr(at, mark)) {
        at += strlen(mark);
        at += strspn(at, " \n");
        if (strncmp(at, "<<\"", 3) != 0) {
            fail_msg("%s: %.40s is not a literal", path, at);
        }
        check_closest(path, at + 3, strstr(at + 3, "\">>"));
        found++;
    }
    return found;
}

// What the agent says can be used instead exists.
static void closest_operations_exist(void **state) {
    (void)state;
    glob_t modules;
    size_t found = 0;
    assert_int_equal(glob("agent/src/*.erl", 0, NULL, &modules), 0);
    for (size_t i = 0; i < modules.gl_pathc; i++) {
        found += check_module(modules.gl_pathv[i]);
    }
    globfree(&modules);
    assert_true(found > 30);
}

static void operations_are_found_by_name(void **state) {
    (void)state;
    assert_string_equal(find("POST", "/api/v1/operations/list_processes"), "list_processes");
    assert_true(route.by_name);
    assert_int_equal(route.argument_count, 0);
    assert_string_equal(find("POST", "/api/v1/operations/nothing"), "operation_not_found");
    assert_string_equal(find("POST", "/api/v1/operations/livez"), "operation_not_found");
    assert_string_equal(find("GET", "/api/v1/operations/list_processes"), "get_operation");
    assert_string_equal(find("PUT", "/api/v1/operations/x"), "method_not_allowed");
}

static void a_slash_in_a_segment_is_no_separator(void **state) {
    (void)state;
    assert_found("/api/v1/supervisors/shop%2FCart", "get_supervisor", "shop/Cart");
    assert_found("/api/v1/supervisors/shop%2fCart/tree", "build_supervision_tree", "shop/Cart");
    assert_string_equal(find("GET", "/api/v1/supervisors/shop/Cart"), "not_found");
    assert_found("/api/v1/supervisors/a%252Fb", "get_supervisor", "a%2Fb");
}

static void segments_are_decoded(void **state) {
    (void)state;
    assert_found("/api/v1/processes/%23PID%3C0.1.0%3E", "get_process", "#PID<0.1.0>");
    assert_found("/api/v1/processes/caf%C3%A9", "get_process", "caf\xc3\xa9");
    assert_found("/api/v1/processes/a+b", "get_process", "a+b");
    assert_found("/api/v1/processes/%2e%2E", "get_process", "..");
    // Only whole segments of our own are compared as they are.
    assert_string_equal(find("GET", "/api/v1/%70rocesses"), "not_found");
}

static void broken_escapes_are_bad_requests(void **state) {
    (void)state;
    static const char *const broken[] = {"%", "%2", "%zz", "a%2", "a%", "%2g", "%g2", "%C3", "%FF",
            "%00", "a%00b", "%ED%A0%80", "\xff", "% 41", "%+1"};
    char path[100];
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        snprintf(path, sizeof path, "/api/v1/processes/%s", broken[i]);
        assert_string_equal(find("GET", path), "bad_request");
    }
}

static void paths_are_exact(void **state) {
    (void)state;
    static const char *const wrong[] = {"", "/", "//", "livez", "/livez/", "//livez", "/livez//",
            "/LIVEZ", "/api/v1", "/api/v1/", "/api/v1/nodes/", "/api//v1/nodes", "/api/v1//nodes",
            "/api/v1/processes//state", "/api/v1/processes/1/state/", "/api/v1/processes/1/stat",
            "/api/v1/processes/1/state/x", "/api/v1/supervisors//tree", "/livez?x=1"};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_string_equal(find("GET", wrong[i]), "not_found");
        assert_int_equal(allow.length, 0);
    }
}

static void head_finds_what_get_finds(void **state) {
    (void)state;
    assert_string_equal(find("HEAD", "/livez"), "livez");
    assert_string_equal(find("HEAD", "/api/v1/processes/0.1.0"), "get_process");
    assert_string_equal(find("HEAD", "/nothing"), "not_found");
}

static void other_methods_are_told_which_ones_there_are(void **state) {
    (void)state;
    assert_string_equal(find("PATCH", "/api/v1/nodes"), "method_not_allowed");
    assert_true(str_is(allow, "GET, POST"));
    assert_non_null(strstr(error.message, "GET, POST"));
    assert_string_equal(find("POST", "/api/v1/processes/0.1.0"), "method_not_allowed");
    assert_true(str_is(allow, "GET, DELETE"));
    assert_string_equal(find("get", "/livez"), "method_not_allowed");
    assert_true(str_is(allow, "GET"));
    assert_string_equal(find("", "/livez"), "method_not_allowed");
    // A method that exists leaves nothing to allow behind.
    assert_string_equal(find("GET", "/livez"), "livez");
}

static void a_long_path_does_not_fill_the_message(void **state) {
    (void)state;
    char path[4000];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    assert_string_equal(find("GET", path), "not_found");
    assert_non_null(strstr(error.message, "/api/v1/operations"));
    memset(path, '/', sizeof path - 1);
    assert_string_equal(find("GET", path), "not_found");
}

static void plus_is_a_space_in_forms_alone(void **state) {
    (void)state;
    struct str text;
    assert_true(route_decode(&arena, STR("a+b%2B"), true, &text));
    assert_true(str_is(text, "a b+"));
    assert_true(route_decode(&arena, STR("a+b%2B"), false, &text));
    assert_true(str_is(text, "a+b+"));
    assert_true(route_decode(&arena, (struct str){NULL, 0}, true, &text));
    assert_int_equal(text.length, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(every_operation_is_found_by_its_own_route),
            TEST(the_table_keeps_its_own_rules),
            TEST(next_operations_exist),
            TEST(closest_operations_exist),
            TEST(operations_are_found_by_name),
            TEST(a_slash_in_a_segment_is_no_separator),
            TEST(segments_are_decoded),
            TEST(broken_escapes_are_bad_requests),
            TEST(paths_are_exact),
            TEST(head_finds_what_get_finds),
            TEST(other_methods_are_told_which_ones_there_are),
            TEST(a_long_path_does_not_fill_the_message),
            TEST(plus_is_a_space_in_forms_alone),
    };
    return cmocka_run_group_tests_name("operations_route", tests, NULL, NULL);
}
