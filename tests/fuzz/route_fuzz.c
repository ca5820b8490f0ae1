// Any method, path, query and body through the whole way of a call: it ends with a status and with
// valid JSON, and no node needs to be attached for that. Without a node every operation ends at
// once; attaching one would connect, so of that only the arguments are read.
//
// Input: a byte of flags, then method, path, query and body, each up to a newline, the body up to
// the end. A digit as path chooses a route of the table, so that the arguments are reached quickly.
#include "base/must.h"
#include "node/nodes.h"
#include "operations/arguments.h"
#include "operations/handlers.h"
#include "operations/services.h"

#include <jansson.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FLAG_KEY = 1, FLAG_ALL = 2, FLAG_PROBLEM = 4 };

static unsigned finished;

static void count(struct call *call) {
    (void)call;
    finished++;
}

static void check_answer(const struct buffer *answer, int status) {
    must(status >= 200 && status < 600);
    if (answer->length == 0) {
        must(status == 204);
        return;
    }
    json_t *json =
            json_loadb(answer->at, answer->length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    must(json_is_object(json));
    must(status < 400 || json_object_get(json, "error") != NULL ||
            json_object_get(json, "status") != NULL);
    json_decref(json);
}

static struct str next_line(struct str *rest) {
    const char *end = rest->length ? memchr(rest->at, '\n', rest->length) : NULL;
    size_t length = end ? (size_t)(end - rest->at) : rest->length;
    size_t used = length + (end != NULL);
    struct str line = {rest->at, length};
    *rest = (struct str){rest->at + used, rest->length - used};
    return line;
}

static void check_decoding(struct str raw) {
    struct arena arena;
    struct str text;
    arena_init(&arena);
    for (int form = 0; form < 2; form++) {
        if (route_decode(&arena, raw, form, &text)) {
            must(text.length <= raw.length && str_is_utf8(text));
            must(text.length == 0 || memchr(text.at, '\0', text.length) == NULL);
        }
    }
    arena_finish(&arena);
}

// The arguments of any operation, found by its route or not.
static void read_arguments(const struct operation *operation, const struct request *request) {
    struct call call = {.operation = operation, .request = *request};
    struct route route = {.operation = operation};
    struct error error;
    struct buffer out;
    for (size_t i = 0; i < ROUTE_SEGMENTS && operation->arguments[i].name != NULL; i++) {
        if (operation->arguments[i].required) {
            route.names[route.argument_count] = str_of(operation->arguments[i].name);
            route.arguments[route.argument_count++] = STR("0.1.0");
        }
    }
    arena_init(&call.arena);
    buffer_init(&out);
    if (!arguments_read(&call, &route, &error)) {
        call_write_error(&out, &error, request->request_id, request->problem);
        check_answer(&out, error_status(error.code));
    }
    buffer_finish(&out);
    arena_finish(&call.arena);
}

static bool attaches(const struct request *request) {
    struct arena arena;
    struct route route;
    struct str allow;
    struct error error;
    arena_init(&arena);
    bool found = route_find(&arena, request->method, request->path, &route, &allow, &error);
    must(!found || route.argument_count <= ROUTE_SEGMENTS);
    must(found || error_status(error.code) >= 400);
    bool result = found && route.operation->run == run_nodes_attach;
    arena_finish(&arena);
    return result;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0) {
        return 0;
    }
    uint8_t flags = data[0];
    struct str rest = {(const char *)data + 1, size - 1};
    struct request request = {.request_id = STR("fuzz"),
            .authenticated = (flags & FLAG_KEY) != 0,
            .permissions = flags & FLAG_ALL ? UINT64_MAX : 0,
            .problem = (flags & FLAG_PROBLEM) != 0};
    request.method = next_line(&rest);
    request.path = next_line(&rest);
    request.query = next_line(&rest);
    request.body = rest;
    int64_t row;
    if (str_to_int(request.path, &row) && row >= 0 && (size_t)row < operation_count()) {
        const struct operation *operation = operation_at((size_t)row);
        const struct route_pattern *own = &operation->routes[0];
        request.path = str_of(own->method ? own->path : "/api/v1/operations/");
        request.method = str_of(own->method ? own->method : "POST");
        read_arguments(operation, &request);
    }
    check_decoding(request.path);
    check_decoding(request.query);
    if (attaches(&request)) {
        return 0;
    }
    struct nodes *nodes = nodes_create(NULL, STR("whitebeam@h"));
    struct services services = {.nodes = nodes};
    struct call call;
    finished = 0;
    call_start(&call, &services, &request, count, NULL);
    must(finished == 1);
    check_answer(&call.answer, call.status);
    call_finish(&call);
    nodes_destroy(nodes);
    return 0;
}
