// Reading and checking arguments. What a field may be is said by the table alone.
#include "operations/arguments.h"

#include "limits.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

static bool bad(struct error *error, const struct argument *argument, const char *what) {
    error_set(error, ERROR_INVALID_PARAMETER, "%s %s", argument->name, what);
    error_detail(error, "field", str_of(argument->name));
    return false;
}

// ---- choices ---------------------------------------------------------------------------------

// The index of a choice in "a|b|c", or -1.
static int choice_index(const char *choices, struct str text) {
    int index = 0;
    while (*choices != '\0') {
        size_t length = strcspn(choices, "|");
        if (str_equal(text, (struct str){choices, length})) {
            return index;
        }
        choices += length + (choices[length] == '|');
        index++;
    }
    return -1;
}

static bool not_a_choice(struct error *error, const struct argument *argument, struct str text) {
    struct str list[32];
    size_t count = 0;
    for (const char *at = argument->choices; *at != '\0' && count < 32;) {
        size_t length = strcspn(at, "|");
        list[count++] = (struct str){at, length};
        at += length + (at[length] == '|');
    }
    error_set(error, ERROR_INVALID_PARAMETER, "%s cannot be '%.*s'; it is one of %s",
            argument->name, (int)(text.length < 80 ? text.length : 80), text.at, argument->choices);
    error_detail(error, "field", str_of(argument->name));
    error_detail_list(error, "allowed", list, count);
    return false;
}

static bool set_choices(struct value *value, const struct argument *argument, struct str text,
        struct error *error) {
    while (text.length > 0) {
        const char *comma = memchr(text.at, ',', text.length);
        struct str one = {text.at, comma ? (size_t)(comma - text.at) : text.length};
        int index = choice_index(argument->choices, one);
        if (index < 0) {
            return not_a_choice(error, argument, one);
        }
        value->choices |= 1u << index;
        size_t used = one.length + (comma != NULL);
        text = (struct str){text.at + used, text.length - used};
    }
    return true;
}

// ---- lists -----------------------------------------------------------------------------------

static bool too_many(struct error *error, const struct argument *argument) {
    error_set(error, ERROR_INVALID_PARAMETER, "%s has more than %u items", argument->name,
            LIMIT_PARAMETER_ITEMS);
    error_detail(error, "field", str_of(argument->name));
    error_detail_int(error, "maximum", LIMIT_PARAMETER_ITEMS);
    return false;
}

// "a,b,c"
static bool split_items(struct call *call, struct value *value, const struct argument *argument,
        struct str text, struct error *error) {
    value->items = arena_take(&call->arena, LIMIT_PARAMETER_ITEMS, sizeof *value->items);
    value->count = 0;
    while (text.length > 0) {
        const char *comma = memchr(text.at, ',', text.length);
        struct str one = {text.at, comma ? (size_t)(comma - text.at) : text.length};
        size_t used = one.length + (comma != NULL);
        text = (struct str){text.at + used, text.length - used};
        if (value->count == LIMIT_PARAMETER_ITEMS) {
            return too_many(error, argument);
        }
        if (one.length == 0) {
            return bad(error, argument, "has an empty item");
        }
        value->items[value->count++] = one;
    }
    return value->count > 0 ? true : bad(error, argument, "is empty");
}

// ---- one argument ----------------------------------------------------------------------------

static bool set_integer(
        struct value *value, const struct argument *argument, int64_t number, struct error *error) {
    if (number < argument->minimum || number > argument->maximum) {
        error_set(error, ERROR_INVALID_PARAMETER, "%s is %lld; it must be between %lld and %lld",
                argument->name, (long long)number, (long long)argument->minimum,
                (long long)argument->maximum);
        error_detail(error, "field", str_of(argument->name));
        error_detail_int(error, "minimum", argument->minimum);
        error_detail_int(error, "maximum", argument->maximum);
        return false;
    }
    value->integer = number;
    return true;
}

static size_t characters(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += (text.at[i] & 0xc0) != 0x80; // not the rest of one
    }
    return count;
}

static size_t most_bytes(const struct argument *argument) {
    if (argument->type == ARGUMENT_TERM || argument->type == ARGUMENT_CHILD_SPEC) {
        return LIMIT_TERM_TEXT_BYTES;
    }
    return argument->type == ARGUMENT_PATTERN ? LIMIT_PATTERN_BYTES : LIMIT_PARAMETER_BYTES;
}

static bool set_text(struct call *call, struct value *value, const struct argument *argument,
        struct str text, struct error *error) {
    value->given = true;
    value->text = text;
    int64_t number;
    size_t most = most_bytes(argument);
    if (text.length > most) {
        error_set(error, ERROR_INVALID_PARAMETER, "%s has %zu bytes; at most %zu are allowed",
                argument->name, text.length, most);
        error_detail(error, "field", str_of(argument->name));
        return false;
    }
    if (most != LIMIT_TERM_TEXT_BYTES && memchr(text.at, '\0', text.length) != NULL) {
        return bad(error, argument, "has a NUL character");
    }
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        return str_to_int(text, &number) ? set_integer(value, argument, number, error)
                                         : bad(error, argument, "is not an integer");
    case ARGUMENT_BOOLEAN:
        value->integer = str_is(text, "true");
        return value->integer || str_is(text, "false")
                       ? true
                       : bad(error, argument, "is neither true nor false");
    case ARGUMENT_CHOICE:
        value->integer = choice_index(argument->choices, text);
        return value->integer >= 0 ? true : not_a_choice(error, argument, text);
    case ARGUMENT_CHOICES:
        return set_choices(value, argument, text, error);
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        return split_items(call, value, argument, text, error);
    case ARGUMENT_ATOM:
        return text.length == 0 ? bad(error, argument, "is empty")
               : characters(text) > LIMIT_ATOM_CHARACTERS
                       ? bad(error, argument, "is longer than an atom may be")
                       : true;
    case ARGUMENT_TEXT:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_TERM:
    case ARGUMENT_CHILD_SPEC:
        return text.length > 0 ? true : bad(error, argument, "is empty");
    }
    return false;
}

static bool unknown(struct error *error, const struct operation *operation, struct str name) {
    struct str list[32];
    size_t count = 0;
    for (size_t i = 0; operation->arguments[i].name != NULL && count < 32; i++) {
        list[count++] = str_of(operation->arguments[i].name);
    }
    size_t shown = name.length < 80 ? name.length : 80;
    error_set(error, ERROR_UNKNOWN_PARAMETER, "%s has no parameter '%.*s'", operation->name,
            (int)shown, name.at);
    error_detail(error, "field", (struct str){name.at, shown});
    error_detail_list(error, "parameters", list, count);
    return false;
}

// The value that a name outside the path stands for, or NULL with the reason.
static struct value *take(
        struct call *call, struct str name, const struct argument **argument, struct error *error) {
    *argument = operation_argument(call->operation, name);
    if (*argument == NULL) {
        unknown(error, call->operation, name);
        return NULL;
    }
    struct value *value = &call->values[*argument - call->operation->arguments];
    if (value->given) {
        bad(error, *argument, "is given twice");
        return NULL;
    }
    return value;
}

// ---- query -----------------------------------------------------------------------------------

static bool read_pair(struct call *call, struct str pair, struct error *error) {
    const char *equals = memchr(pair.at, '=', pair.length);
    size_t split = equals ? (size_t)(equals - pair.at) : pair.length;
    struct str name;
    struct str text = {"", 0};
    struct str raw = {pair.at + split + (equals != NULL), pair.length - split - (equals != NULL)};
    if (!route_decode(&call->arena, (struct str){pair.at, split}, true, &name) ||
            !route_decode(&call->arena, raw, true, &text)) {
        return error_set(
                error, ERROR_BAD_REQUEST, "the query has a broken percent-escape or is not UTF-8");
    }
    if (str_is(name, "explain") && (str_is(text, "true") || str_is(text, "false"))) {
        call->explain = str_is(text, "true");
        return true;
    }
    const struct argument *argument;
    struct value *value = take(call, name, &argument, error);
    if (value == NULL) {
        return false;
    }
    return argument->secret ? bad(error, argument, "is a secret: send it in the body")
                            : set_text(call, value, argument, text, error);
}

static bool read_query(struct call *call, struct error *error) {
    struct str query = call->request.query;
    unsigned count = 0;
    while (query.length > 0) {
        const char *end = memchr(query.at, '&', query.length);
        struct str pair = {query.at, end ? (size_t)(end - query.at) : query.length};
        size_t used = pair.length + (end != NULL);
        query = (struct str){query.at + used, query.length - used};
        if (pair.length == 0) {
            continue;
        }
        if (++count > LIMIT_PARAMETERS) {
            return error_set(error, ERROR_BAD_REQUEST, "more than %u parameters", LIMIT_PARAMETERS);
        }
        if (!read_pair(call, pair, error)) {
            return false;
        }
    }
    return true;
}

// ---- body ------------------------------------------------------------------------------------

static struct str dump(struct call *call, const json_t *json) {
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    struct str copy = arena_copy(&call->arena, str_of(text));
    free(text);
    return copy;
}

// An array of strings, as items or, for choices, as bits.
static bool set_array(struct call *call, struct value *value, const struct argument *argument,
        const json_t *json, struct error *error) {
    size_t count = json_array_size(json);
    if (count > LIMIT_PARAMETER_ITEMS) {
        return too_many(error, argument);
    }
    value->items = arena_take(&call->arena, count + 1, sizeof *value->items);
    for (size_t i = 0; i < count; i++) {
        const json_t *item = json_array_get(json, i);
        struct str text = {json_string_value(item), json_string_length(item)};
        if (!json_is_string(item) || text.length == 0 || text.length > LIMIT_PARAMETER_BYTES) {
            return bad(error, argument, "must be an array of texts that are not empty");
        }
        value->items[value->count++] = arena_copy(&call->arena, text);
        if (argument->type == ARGUMENT_CHOICES && !set_choices(value, argument, text, error)) {
            return false;
        }
    }
    return count > 0 ? true : bad(error, argument, "is empty");
}

static bool is_list(const struct argument *argument) {
    return argument->type == ARGUMENT_TEXTS || argument->type == ARGUMENT_PROCESSES ||
           argument->type == ARGUMENT_CHOICES;
}

static bool set_json(struct call *call, struct value *value, const struct argument *argument,
        const json_t *json, struct error *error) {
    bool term = argument->type == ARGUMENT_TERM || argument->type == ARGUMENT_CHILD_SPEC;
    if (json_is_null(json) && !(term && argument->required)) {
        return true; // as if absent
    }
    value->given = true;
    if (argument->type == ARGUMENT_INTEGER) {
        return json_is_integer(json) ? set_integer(value, argument, json_integer_value(json), error)
                                     : bad(error, argument, "must be an integer");
    }
    if (argument->type == ARGUMENT_BOOLEAN) {
        value->integer = json_is_true(json);
        return json_is_boolean(json) ? true : bad(error, argument, "must be true or false");
    }
    if (is_list(argument) && json_is_array(json)) {
        return set_array(call, value, argument, json, error);
    }
    if (term && !json_is_string(json)) {
        value->json = true;
        return set_text(call, value, argument, dump(call, json), error);
    }
    if (!json_is_string(json)) {
        return bad(error, argument, "must be a string");
    }
    struct str text = {json_string_value(json), json_string_length(json)};
    return set_text(call, value, argument, arena_copy(&call->arena, text), error);
}

static bool read_members(struct call *call, json_t *body, struct error *error) {
    const char *name;
    json_t *member;
    json_object_foreach(body, name, member) {
        const struct argument *argument;
        if (strcmp(name, "explain") == 0 && json_is_boolean(member)) {
            call->explain = json_is_true(member);
            continue;
        }
        struct value *value = take(call, str_of(name), &argument, error);
        if (value == NULL || !set_json(call, value, argument, member, error)) {
            return false;
        }
    }
    return true;
}

static bool read_body(struct call *call, struct error *error) {
    struct str text = call->request.body;
    if (str_is(call->request.method, "GET") || call->operation->arguments[0].name == NULL) {
        return text.length == 0 ? true
                                : error_set(error, ERROR_BAD_REQUEST, "%s takes no body",
                                          call->operation->name);
    }
    if (text.length == 0) {
        return true;
    }
    json_error_t where;
    json_t *body =
            json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &where);
    if (body == NULL) {
        error_set(error, ERROR_INVALID_JSON, "the body is not JSON: %s (line %d, column %d)",
                where.text, where.line, where.column);
        error_detail_int(error, "line", where.line);
        error_detail_int(error, "column", where.column);
        return false;
    }
    bool good = json_is_object(body)
                        ? read_members(call, body, error)
                        : error_set(error, ERROR_INVALID_JSON, "the body must be a JSON object");
    json_decref(body);
    return good;
}

// ---- all -------------------------------------------------------------------------------------

static bool fill_absent(struct call *call, struct error *error) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (call->values[i].given) {
            continue;
        }
        if (arguments[i].required) {
            error_set(error, ERROR_MISSING_PARAMETER, "%s is missing", arguments[i].name);
            error_detail(error, "field", str_of(arguments[i].name));
            return false;
        }
        if (arguments[i].fallback != NULL && !set_text(call, &call->values[i], &arguments[i],
                                                     str_of(arguments[i].fallback), error)) {
            return false;
        }
    }
    return true;
}

bool arguments_read(struct call *call, const struct route *route, struct error *error) {
    const struct argument *arguments = call->operation->arguments;
    size_t count = 0;
    while (arguments[count].name != NULL) {
        count++;
    }
    call->values = arena_take_zeroed(&call->arena, count + 1, sizeof *call->values);
    for (size_t i = 0; i < route->argument_count; i++) {
        const struct argument *argument;
        struct value *value = take(call, route->names[i], &argument, error);
        if (value == NULL || !set_text(call, value, argument, route->arguments[i], error)) {
            return false;
        }
    }
    return read_query(call, error) && read_body(call, error) && fill_absent(call, error);
}
