// Routes are filled in here the way the daemon takes them apart.
#include "command/request.h"

#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

// ---- by the operation's own route ------------------------------------------------------------

// A value as it stands in a path or a query.
static void add_text(struct buffer *out, const json_t *value) {
    if (json_is_string(value)) {
        client_escape(out, (struct str){json_string_value(value), json_string_length(value)});
        return;
    }
    if (json_is_array(value)) {
        for (size_t i = 0; i < json_array_size(value); i++) {
            buffer_add_text(out, i > 0 ? "," : "");
            add_text(out, json_array_get(value, i));
        }
        return;
    }
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    client_escape(out, str_of(text));
    free(text);
}

static void add_path(struct buffer *out, const char *pattern, const json_t *arguments) {
    for (const char *at = pattern; *at != '\0';) {
        size_t plain = strcspn(at, "{");
        buffer_add(out, at, plain);
        at += plain;
        if (*at == '{') {
            char name[80];
            size_t length = strcspn(at, "}");
            snprintf(name, sizeof name, "%.*s", (int)length - 1, at + 1);
            add_text(out, json_object_get(arguments, name));
            at += length + 1;
        }
    }
}

static void add_pair(struct buffer *path, const char *name, const json_t *value) {
    buffer_add_text(path, memchr(path->at, '?', path->length) ? "&" : "?");
    buffer_add_text(path, name);
    buffer_add_u8(path, '=');
    add_text(path, value);
}

// What does not stand in the path goes into the query, or into the body, which is NULL without
// anything in it.
static json_t *place_the_others(struct buffer *path, const struct operation *operation,
        const struct route_pattern *route, const json_t *arguments) {
    json_t *body = NULL;
    const char *name;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)arguments, name, value) {
        const struct argument *argument = operation_argument(operation, str_of(name));
        enum place place = argument != NULL ? argument_place(route, argument) : PLACE_QUERY;
        if (place == PLACE_QUERY) {
            add_pair(path, name, value);
        } else if (place == PLACE_BODY) {
            body = body != NULL ? body : json_object();
            json_object_set(body, name, value);
        }
    }
    return body;
}

static bool send_by_route(struct client *client, const struct operation *operation,
        const json_t *arguments, struct client_answer *answer, struct error *error) {
    const struct route_pattern *route = &operation->routes[0];
    struct buffer path;
    must(route->method != NULL);
    buffer_init(&path);
    add_path(&path, route->path, arguments);
    json_t *body = place_the_others(&path, operation, route, arguments);
    buffer_add_u8(&path, '\0');
    bool good = client_ask(client, route->method, path.at, body, answer, error);
    json_decref(body);
    buffer_finish(&path);
    return good;
}

// ---- one request -----------------------------------------------------------------------------

bool request_send(struct client *client, const struct operation *operation, const json_t *arguments,
        struct client_answer *answer, struct error *error) {
    char path[200];
    if (operation->group == NULL) {
        return send_by_route(client, operation, arguments, answer, error);
    }
    snprintf(path, sizeof path, "/api/v1/operations/%s", operation->name);
    // An operation without arguments takes no body.
    const json_t *body = json_object_size(arguments) > 0 ? arguments : NULL;
    return client_ask(client, "POST", path, body, answer, error);
}

// ---- all pages -------------------------------------------------------------------------------

static const json_t *meta_of(const struct client_answer *answer, const char *member) {
    return json_object_get(json_object_get(answer->json, "meta"), member);
}

// What was true of one page.
static void forget_pages(json_t *meta, size_t rows) {
    static const char *const members[] = {
            "page", "per_page", "total_pages", "has_next", "has_prev", "links"};
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        json_object_del(meta, members[i]);
    }
    json_object_set_new(meta, "rows", json_integer((json_int_t)rows));
}

static bool next_page(struct client *client, const struct operation *operation, json_t *arguments,
        json_int_t page, struct client_answer *answer, struct error *error) {
    json_object_set_new(arguments, "page", json_integer(page));
    return request_send(client, operation, arguments, answer, error);
}

bool request_all(struct client *client, const struct operation *operation, json_t *arguments,
        struct client_answer *answer, struct error *error) {
    const struct argument *per_page = operation_argument(operation, STR("per_page"));
    if (per_page != NULL && json_object_get(arguments, "per_page") == NULL) {
        json_object_set_new(arguments, "per_page", json_integer(per_page->maximum));
    }
    if (!next_page(client, operation, arguments, 1, answer, error)) {
        return false;
    }
    json_t *rows = json_object_get(answer->json, "data");
    bool more = answer->status < 300 && json_is_true(meta_of(answer, "has_next"));
    for (json_int_t page = 2; more; page++) {
        struct client_answer next;
        if (!next_page(client, operation, arguments, page, &next, error)) {
            client_answer_finish(answer);
            return false;
        }
        more = json_is_true(meta_of(&next, "has_next"));
        if (next.status >= 300) {
            client_answer_finish(answer);
            *answer = next;
            return true;
        }
        json_array_extend(rows, json_object_get(next.json, "data"));
        client_answer_finish(&next);
    }
    if (answer->status < 300) {
        forget_pages(json_object_get(answer->json, "meta"), json_array_size(rows));
        char *text = json_dumps(answer->json, JSON_COMPACT);
        answer->body.length = 0;
        buffer_add_text(&answer->body, text);
        free(text);
    }
    return true;
}
