// A walk over the notation beside the value. Members that the form does not name come last, and
// what has another type than the form says stays as it is.
#include "command/arrange.h"

#include "base/must.h"
#include "operations/notation.h"

#include <stdio.h>

static json_t *walk(const char **at, const json_t *value);

static json_t *same(const json_t *value) {
    return json_incref((json_t *)(uintptr_t)value);
}

static json_t *walk_members(const char **at, const json_t *value) {
    json_t *arranged = json_is_object(value) ? json_object() : same(value);
    while (!notation_take(at, '}')) {
        char name[80];
        struct str key = notation_word(at);
        snprintf(name, sizeof name, "%.*s", STR_ARGS(key));
        notation_take(at, '?');
        must(notation_take(at, ':'));
        json_t *member = walk(at, json_object_get(value, name));
        if (member != NULL) {
            json_object_set_new(arranged, name, member);
        }
        notation_take(at, ',');
    }
    if (json_is_object(value)) {
        json_object_update_missing(arranged, (json_t *)(uintptr_t)value);
    }
    return arranged;
}

static json_t *walk_array(const char **at, const json_t *value) {
    const char *element = *at;
    json_t *arranged = json_is_array(value) ? json_array() : same(value);
    for (size_t i = 0; json_is_array(value) && i < json_array_size(value); i++) {
        const char *again = element;
        json_array_append_new(arranged, walk(&again, json_array_get(value, i)));
    }
    json_decref(walk(at, NULL));
    must(notation_take(at, ']'));
    return arranged;
}

// NULL for NULL: the walk only reads over the form.
static json_t *walk(const char **at, const json_t *value) {
    json_t *arranged;
    if (notation_take(at, '{')) {
        arranged = walk_members(at, value);
    } else if (notation_take(at, '[')) {
        arranged = walk_array(at, value);
    } else {
        const char *form = notation_form(notation_word(at));
        arranged = form != NULL && value != NULL ? walk(&form, value) : same(value);
    }
    notation_take(at, '?');
    return arranged;
}

json_t *arrange_reply(const struct operation *operation, const json_t *data) {
    const char *at = operation->reply;
    if (!operation->list || !json_is_array(data)) {
        return walk(&at, data);
    }
    json_t *rows = json_array();
    for (size_t i = 0; i < json_array_size(data); i++) {
        at = operation->reply;
        json_array_append_new(rows, walk(&at, json_array_get(data, i)));
    }
    return rows;
}
