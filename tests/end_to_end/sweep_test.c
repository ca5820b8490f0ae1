// Every row of the table, by its routes and by name: without a key, with arguments that are
// missing, of the wrong form, out of range, or unknown. Nothing of it may reach a node.
#include "end_to_end/harness.h"

#include "operations/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

// For tools/check_exercised: which operations there are.
static void write_names(void) {
    FILE *file = fopen(text("%s/TABLE", exercised_folder()), "w");
    assert_non_null(file);
    for (size_t i = 0; i < operation_count(); i++) {
        fprintf(file, "%s\n", operation_at(i)->name);
    }
    assert_int_equal(fclose(file), 0);
}

static int start(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    write_names();
    target = target_start();
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

// The path of a route with `0.1.0` for each argument in it, or that of the operation by its name.
static char *path_of(const struct operation *operation, const struct route_pattern *route) {
    char path[400];
    size_t length = 0;
    if (route->method == NULL) {
        return text("/api/v1/operations/%s", operation->name);
    }
    for (const char *at = route->path; *at != '\0'; at++) {
        if (*at == '{') {
            length += (size_t)snprintf(path + length, sizeof path - length, "0.1.0");
            at = strchr(at, '}');
        } else {
            path[length++] = *at;
        }
    }
    path[length] = '\0';
    return text("%s", path);
}

static struct reply ask_by_name(const struct operation *operation, json_t *arguments) {
    char *body = json_dumps(keep(arguments), JSON_ENCODE_ANY);
    struct reply reply = request(daemon, "POST", body, "/api/v1/operations/%s", operation->name);
    free(body);
    return reply;
}

// ---- without a key ---------------------------------------------------------------------------

static void without_key(const struct operation *operation, const char *method, const char *path) {
    char *bytes = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\n"
                       "Connection: close\r\n\r\n",
            method, path);
    struct reply reply = request_raw(daemon->port, bytes, strlen(bytes));
    if (operation->permission == PERMISSION_NONE) {
        assert_int_not_equal(reply.status, 401);
        return;
    }
    refused(reply, 401, "unauthenticated");
}

static void every_route_needs_a_key(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
            without_key(operation, operation->routes[r].method,
                    path_of(operation, &operation->routes[r]));
        }
        if (operation->group != NULL) {
            without_key(operation, "POST", text("/api/v1/operations/%s", operation->name));
        }
    }
}

// A key with every permission but one is refused by exactly the operations that need that one.
static void every_operation_names_the_permission_that_is_missing(void **state) {
    (void)state;
    for (int without = 1; without < PERMISSION_COUNT; without++) {
        json_t *permissions = json_array();
        for (int p = 1; p < PERMISSION_COUNT; p++) {
            if (p != without) {
                json_array_append_new(
                        permissions, json_string(permission_name((enum permission)p)));
            }
        }
        json_t *made =
                json_pack("{s:s,s:o}", "key_name", "all but one", "permissions", permissions);
        char *body = json_dumps(keep(made), 0);
        struct reply reply = request(daemon, "POST", body, "/api/v1/keys");
        free(body);
        const char *key = string_at(reply.json, "data.key");
        for (size_t i = 0; i < operation_count(); i++) {
            const struct operation *operation = operation_at(i);
            if ((int)operation->permission != without || operation->group == NULL) {
                continue;
            }
            char *bytes = text("POST /api/v1/operations/%s HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                               "Authorization: Bearer %s\r\nContent-Length: 0\r\n"
                               "Connection: close\r\n\r\n",
                    operation->name, key);
            json_t *details =
                    refused(request_raw(daemon->port, bytes, strlen(bytes)), 403, "forbidden");
            assert_string_equal(
                    string_at(details, "permission"), permission_name((enum permission)without));
        }
    }
}

// ---- arguments -------------------------------------------------------------------------------

static void expect_field(struct reply reply, int status, const char *code, const char *field) {
    const json_t *details = refused(reply, status, code);
    if (strcmp(string_at(details, "field"), field) != 0) {
        fail_msg("the error does not name the field %s: %s", field, reply.body);
    }
}

static bool is_required(const struct operation *operation) {
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (a->required) {
            return true;
        }
    }
    return false;
}

static void what_is_required_is_missed(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (operation->group != NULL && is_required(operation)) {
            refused(ask_by_name(operation, json_object()), 400, "missing_parameter");
        }
    }
}

static void what_is_unknown_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (operation->group != NULL && operation->arguments[0].name != NULL) {
            json_t *arguments = json_pack("{s:i}", "no_such_argument", 1);
            expect_field(ask_by_name(operation, arguments), 400, "unknown_parameter",
                    "no_such_argument");
        }
    }
}

// Sends one wrong value; what else is required may be missing, the wrong one is told first.
static void expect_wrong(
        const struct operation *operation, const struct argument *argument, json_t *value) {
    json_t *arguments = json_object();
    json_object_set_new(arguments, argument->name, value);
    expect_field(ask_by_name(operation, arguments), 400, "invalid_parameter", argument->name);
}

static void try_integer(const struct operation *operation, const struct argument *argument) {
    expect_wrong(operation, argument, json_string("x"));
    expect_wrong(operation, argument, json_real(1.5));
    expect_wrong(operation, argument, json_integer(argument->minimum - 1));
    expect_wrong(operation, argument, json_integer(argument->maximum + 1));
}

static void try_argument(const struct operation *operation, const struct argument *argument) {
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        try_integer(operation, argument);
        return;
    case ARGUMENT_BOOLEAN:
        expect_wrong(operation, argument, json_string("true"));
        expect_wrong(operation, argument, json_integer(1));
        return;
    case ARGUMENT_CHOICE:
    case ARGUMENT_CHOICES:
        expect_wrong(operation, argument, json_string("none-of-these"));
        expect_wrong(operation, argument, json_integer(1));
        return;
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        expect_wrong(operation, argument, json_array());
        expect_wrong(operation, argument, json_pack("[i]", 1));
        expect_wrong(operation, argument, json_integer(1));
        return;
    case ARGUMENT_TEXT:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
        expect_wrong(operation, argument, json_string(""));
        expect_wrong(operation, argument, json_integer(1));
        expect_wrong(operation, argument, json_pack("{s:i}", "a", 1));
        return;
    case ARGUMENT_TERM:
    case ARGUMENT_CHILD_SPEC:
        expect_wrong(operation, argument, json_string(""));
        return;
    }
}

static void every_wrong_value_is_named(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (const struct argument *a = operation->arguments;
                operation->group != NULL && a->name != NULL; a++) {
            try_argument(operation, a);
        }
    }
}

static void bodies_that_are_no_objects_are_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (operation->group != NULL && operation->arguments[0].name != NULL) {
            refused(ask_by_name(operation, json_array()), 400, "invalid_json");
        }
    }
}

// ---- nodes -----------------------------------------------------------------------------------

static void every_operation_of_a_node_names_the_nodes_there_are(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        bool of_node = operation_argument(operation, (struct str){"node", 4}) != NULL;
        if (!of_node || operation->group == NULL || is_required(operation) ||
                operation->effect >= EFFECT_CHANGE) {
            continue;
        }
        refused(ask_by_name(operation, json_pack("{s:s}", "node", "nobody@nowhere")), 404,
                "node_not_found");
    }
}

static void the_node_is_as_it_was(void **state) {
    (void)state;
    assert_true(holds(target, "is_pid(whereis(whitebeam_keeper))"));
    detach(daemon, target);
    for (struct deadline d = deadline_in(5);
            !holds(target, "whereis(whitebeam_keeper) =:= undefined");) {
        deadline_wait(&d, "the agent to leave");
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_route_needs_a_key),
            cmocka_unit_test(every_operation_names_the_permission_that_is_missing),
            cmocka_unit_test(what_is_required_is_missed),
            cmocka_unit_test(what_is_unknown_is_named),
            cmocka_unit_test(every_wrong_value_is_named),
            cmocka_unit_test(bodies_that_are_no_objects_are_refused),
            cmocka_unit_test(every_operation_of_a_node_names_the_nodes_there_are),
            cmocka_unit_test(the_node_is_as_it_was),
    };
    return cmocka_run_group_tests(tests, start, harness_stop);
}
