// Reading the notation: one walk over a form serves the check of a value and the schema.
#include "operations/reply.h"

#include "base/must.h"
#include "operations/notation.h"

#include <stdio.h>

#define PATH_BYTES 200u

const char *notation_form(struct str name) {
    for (size_t i = 0; reply_forms[i].name != NULL; i++) {
        if (str_is(name, reply_forms[i].name)) {
            return reply_forms[i].form;
        }
    }
    return NULL;
}

// ---- checking --------------------------------------------------------------------------------

struct checking {
    char path[PATH_BYTES];
    struct error *error;
};

static bool walk(struct checking *checking, const char **at, const json_t *value);

static bool is_pid(const json_t *value) {
    return json_is_string(value) && strncmp(json_string_value(value), "#PID<", 5) == 0;
}

// 2024-01-15T10:30:00…Z
static bool is_time(const json_t *value) {
    const char *text = json_is_string(value) ? json_string_value(value) : "";
    size_t length = strlen(text);
    return length >= 20 && text[4] == '-' && text[7] == '-' && text[10] == 'T' &&
           text[length - 1] == 'Z';
}

static bool is_any(const json_t *value) {
    return value != NULL;
}

static bool is_text(const json_t *value) {
    return json_is_string(value);
}

static bool is_int(const json_t *value) {
    return json_is_integer(value);
}

static bool is_number(const json_t *value) {
    return json_is_number(value);
}

static bool is_bool(const json_t *value) {
    return json_is_boolean(value);
}

static bool is_object(const json_t *value) {
    return json_is_object(value);
}

static bool is_none(const json_t *value) {
    return json_is_null(value);
}

struct base {
    const char *name;
    bool (*is)(const json_t *value);
    const char *schema;
};

static const struct base bases[] = {
        {"text", is_text, "\"type\":\"string\""}, {"int", is_int, "\"type\":\"integer\""},
        {"number", is_number, "\"type\":\"number\""}, {"bool", is_bool, "\"type\":\"boolean\""},
        {"pid", is_pid, "\"type\":\"string\",\"pattern\":\"^#PID<\""},
        {"time", is_time, "\"type\":\"string\",\"format\":\"date-time\""}, {"term", is_any, ""},
        {"any", is_any, ""}, {"object", is_object, "\"type\":\"object\""},
        {"none", is_none, "\"type\":\"null\""}, // 204: there is no body
};

static const struct base *find_base(struct str name) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (str_is(name, bases[i].name)) {
            return &bases[i];
        }
    }
    return NULL;
}

static bool wrong(struct checking *checking, const json_t *value, const char *form, size_t length) {
    char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_COMPACT);
    error_set(checking->error, ERROR_INTERNAL, "%s is %.80s, not %.*s", checking->path,
            text ? text : "absent", (int)(length < 100 ? length : 100), form);
    free(text);
    return false;
}

static void enter(struct checking *checking, size_t length, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

static void enter(struct checking *checking, size_t length, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(checking->path + length, sizeof checking->path - length, format, arguments);
    va_end(arguments);
}

// Walks over the members of a form; with a value, checks them.
static bool walk_members(struct checking *checking, const char **at, const json_t *value) {
    size_t length = strlen(checking->path);
    size_t seen = 0;
    while (!notation_take(at, '}')) {
        struct str key = notation_word(at);
        bool optional = notation_take(at, '?');
        if (key.length == 0 || !notation_take(at, ':')) {
            return false;
        }
        char name[80];
        snprintf(name, sizeof name, "%.*s", STR_ARGS(key));
        const json_t *member = value ? json_object_get(value, name) : NULL;
        enter(checking, length, ".%s", name);
        if (value != NULL && member == NULL && !optional) {
            return wrong(checking, NULL, "there", 5);
        }
        if (!walk(checking, at, member)) {
            return false;
        }
        seen += member != NULL;
        notation_take(at, ',');
        checking->path[length] = '\0';
    }
    if (value != NULL && seen != json_object_size(value)) {
        error_set(checking->error, ERROR_INTERNAL, "%s has members that its form does not name",
                checking->path);
        return false;
    }
    return true;
}

static bool walk_array(struct checking *checking, const char **at, const json_t *value) {
    size_t length = strlen(checking->path);
    const char *element = *at;
    size_t count = value ? json_array_size(value) : 0;
    for (size_t i = 0; i < count; i++) {
        const char *again = element;
        enter(checking, length, "[%zu]", i);
        if (!walk(checking, &again, json_array_get(value, i))) {
            return false;
        }
    }
    checking->path[length] = '\0';
    return walk(checking, at, NULL) && notation_take(at, ']');
}

// Over a form without a value, to its end.
static bool pass(struct checking *checking, const char **at) {
    return walk(checking, at, NULL);
}

static bool walk_named(struct checking *checking, const char **at, const json_t *value) {
    const char *begin = *at;
    struct str name = notation_word(at);
    const struct base *base = find_base(name);
    const char *form = notation_form(name);
    if (base == NULL && form == NULL) {
        return false;
    }
    if (value == NULL) {
        return true;
    }
    return base == NULL      ? walk(checking, &form, value)
           : base->is(value) ? true
                             : wrong(checking, value, begin, name.length);
}

// With a value, checks it against the form at *at; without, only reads over the form.
static bool walk(struct checking *checking, const char **at, const json_t *value) {
    notation_skip(at);
    const char *begin = *at;
    if (value != NULL && json_is_null(value)) {
        bool read = pass(checking, at);
        return read &&
               ((*at)[-1] == '?' || strncmp(begin, "any", 3) == 0 || strncmp(begin, "term", 4) == 0
                               ? true
                               : wrong(checking, value, begin, (size_t)(*at - begin)));
    }
    bool good;
    if (notation_take(at, '{')) {
        good = value == NULL || json_is_object(value) ? walk_members(checking, at, value)
                                                      : wrong(checking, value, "an object", 9);
    } else if (notation_take(at, '[')) {
        good = value == NULL || json_is_array(value) ? walk_array(checking, at, value)
                                                     : wrong(checking, value, "an array", 8);
    } else {
        good = walk_named(checking, at, value);
    }
    if (good) {
        notation_take(at, '?');
    }
    return good;
}

bool reply_check(const char *form, const json_t *value, struct error *error) {
    struct checking checking = {.path = "data", .error = error};
    error_set(error, ERROR_INTERNAL, "the form `%s` is not well written", form);
    const char *at = form;
    return walk(&checking, &at, value);
}

bool reply_is_form(const char *form) {
    struct error error;
    struct checking checking = {.path = "", .error = &error};
    const char *at = form;
    return walk(&checking, &at, NULL) && (notation_skip(&at), *at == '\0');
}

// ---- schema ----------------------------------------------------------------------------------

static void write_schema(struct buffer *out, const char **at);

static void write_members(struct buffer *out, const char **at) {
    struct buffer required;
    buffer_init(&required);
    buffer_add_text(out, "\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
    for (bool first = true; !notation_take(at, '}'); first = false) {
        struct str key = notation_word(at);
        bool optional = notation_take(at, '?');
        must(notation_take(at, ':'));
        buffer_printf(out, "%s\"%.*s\":", first ? "" : ",", STR_ARGS(key));
        if (!optional) {
            buffer_printf(&required, "%s\"%.*s\"", required.length ? "," : "", STR_ARGS(key));
        }
        write_schema(out, at);
        notation_take(at, ',');
    }
    buffer_printf(out, "},\"required\":[%.*s]", STR_ARGS(buffer_str(&required)));
    buffer_finish(&required);
}

static void write_body(struct buffer *out, const char **at) {
    if (notation_take(at, '{')) {
        write_members(out, at);
        return;
    }
    if (notation_take(at, '[')) {
        buffer_add_text(out, "\"type\":\"array\",\"items\":");
        write_schema(out, at);
        must(notation_take(at, ']'));
        return;
    }
    struct str name = notation_word(at);
    const struct base *base = find_base(name);
    if (base != NULL) {
        buffer_add_text(out, base->schema);
    } else {
        buffer_printf(out, "\"$ref\":\"#/components/schemas/%.*s\"", STR_ARGS(name));
    }
}

static void write_schema(struct buffer *out, const char **at) {
    struct buffer body;
    buffer_init(&body);
    notation_skip(at);
    write_body(&body, at);
    if (notation_take(at, '?')) {
        buffer_printf(out, "{\"anyOf\":[{%.*s},{\"type\":\"null\"}]}", STR_ARGS(buffer_str(&body)));
    } else {
        buffer_printf(out, "{%.*s}", STR_ARGS(buffer_str(&body)));
    }
    buffer_finish(&body);
}

void reply_schema(struct buffer *out, const char *form) {
    must(reply_is_form(form));
    const char *at = form;
    write_schema(out, &at);
}
