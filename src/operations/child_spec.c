// Reading child specifications. Values of id and args are JSON in the mapping of term/json.h.
#include "operations/child_spec.h"

#include "operations/encode_arguments.h"
#include "term/encode.h"

#include <jansson.h>
#include <stdlib.h>

struct reading {
    struct call *call;
    const struct node *node;
    struct buffer *out;
    const char *field; // the argument's name
    struct error *error;
};

static bool wrong(const struct reading *reading, const char *member, const char *what) {
    error_set(reading->error, ERROR_INVALID_PARAMETER, "%s.%s %s", reading->field, member, what);
    struct str field = arena_printf(&reading->call->arena, "%s.%s", reading->field, member);
    error_detail(reading->error, "field", field);
    return false;
}

static bool put_term(const struct reading *reading, const char *member, const json_t *json) {
    char *text = json_dumps(json, JSON_ENCODE_ANY | JSON_COMPACT);
    bool good = encode_user_term(
            reading->call, reading->node, reading->out, member, str_of(text), true, reading->error);
    free(text);
    return good;
}

static bool put_atom(const struct reading *reading, const char *member, const json_t *json) {
    struct str text = {json_string_value(json), json_string_length(json)};
    if (text.length == 0) {
        return wrong(reading, member, "must be the name of an atom");
    }
    encode_user_atom(reading->call, reading->out, text);
    return true;
}

static bool put_choice(const struct reading *reading, const char *member, const json_t *json,
        const char *const *choices) {
    for (size_t i = 0; choices[i] != NULL && json_is_string(json); i++) {
        if (strcmp(choices[i], json_string_value(json)) == 0) {
            encode_atom_text(reading->out, choices[i]);
            return true;
        }
    }
    return wrong(reading, member, "is none of the words that it can be");
}

// ---- members ---------------------------------------------------------------------------------

static bool put_start(const struct reading *reading, const char *member, const json_t *json) {
    (void)member;
    const json_t *arguments = json_object_get(json, "args");
    const json_t *function = json_object_get(json, "function");
    if (!json_is_object(json)) {
        return wrong(reading, "start", "must be an object with module, function and args");
    }
    if (arguments != NULL && !json_is_array(arguments)) {
        return wrong(reading, "start.args", "must be an array");
    }
    encode_map(reading->out, 3);
    encode_atom_text(reading->out, "module");
    if (!put_atom(reading, "start.module", json_object_get(json, "module"))) {
        return false;
    }
    encode_atom_text(reading->out, "function");
    json_t *fallback = json_string("start_link");
    json_t *empty = json_array();
    bool good = put_atom(reading, "start.function", function != NULL ? function : fallback);
    encode_atom_text(reading->out, "args");
    good = good && put_term(reading, "start.args", arguments != NULL ? arguments : empty);
    json_decref(fallback);
    json_decref(empty);
    return good;
}

static bool put_restart(const struct reading *reading, const char *member, const json_t *json) {
    static const char *const choices[] = {"permanent", "transient", "temporary", NULL};
    return put_choice(reading, member, json, choices);
}

static bool put_shutdown(const struct reading *reading, const char *member, const json_t *json) {
    static const char *const choices[] = {"brutal_kill", "infinity", NULL};
    if (json_is_integer(json) && json_integer_value(json) >= 0) {
        encode_integer(reading->out, json_integer_value(json));
        return true;
    }
    return put_choice(reading, member, json, choices);
}

static bool put_type(const struct reading *reading, const char *member, const json_t *json) {
    static const char *const choices[] = {"worker", "supervisor", NULL};
    return put_choice(reading, member, json, choices);
}

static bool put_modules(const struct reading *reading, const char *member, const json_t *json) {
    size_t count = json_array_size(json);
    if (json_is_string(json) && strcmp(json_string_value(json), "dynamic") == 0) {
        encode_atom_text(reading->out, "dynamic");
        return true;
    }
    if (!json_is_array(json) || count == 0 || count > 16) {
        return wrong(reading, member, "must be an array of one module, or \"dynamic\"");
    }
    encode_list(reading->out, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        if (!put_atom(reading, member, json_array_get(json, i))) {
            return false;
        }
    }
    encode_nil(reading->out);
    return true;
}

static bool put_flag(const struct reading *reading, const char *member, const json_t *json) {
    if (!json_is_boolean(json)) {
        return wrong(reading, member, "must be true or false");
    }
    encode_atom_text(reading->out, json_is_true(json) ? "true" : "false");
    return true;
}

struct member {
    const char *name;
    bool (*put)(const struct reading *reading, const char *member, const json_t *json);
};

static const struct member members[] = {
        {"id", put_term},
        {"start", put_start},
        {"restart", put_restart},
        {"shutdown", put_shutdown},
        {"type", put_type},
        {"modules", put_modules},
        {"significant", put_flag},
};

#define MEMBERS (sizeof members / sizeof members[0])

static const struct member *find(const char *name) {
    for (size_t i = 0; i < MEMBERS; i++) {
        if (strcmp(members[i].name, name) == 0) {
            return &members[i];
        }
    }
    return NULL;
}

static bool put_all(const struct reading *reading, json_t *spec) {
    const char *name;
    json_t *value;
    if (json_object_get(spec, "start") == NULL) {
        return wrong(reading, "start", "is missing");
    }
    encode_map(reading->out, (uint32_t)json_object_size(spec));
    json_object_foreach(spec, name, value) {
        const struct member *member = find(name);
        if (member == NULL) {
            return wrong(reading, name, "is not a member of a child specification");
        }
        encode_atom_text(reading->out, member->name);
        if (!member->put(reading, member->name, value)) {
            return false;
        }
    }
    return true;
}

static bool put_list(const struct reading *reading, json_t *list) {
    size_t count = json_array_size(list);
    if (count > 0) {
        encode_list(reading->out, (uint32_t)count);
    }
    for (size_t i = 0; i < count; i++) {
        json_t *spec = json_array_get(list, i);
        if (!json_is_object(spec)) {
            return wrong(reading, "*", "must be an object");
        }
        if (!put_all(reading, spec)) {
            return false;
        }
    }
    encode_nil(reading->out);
    return true;
}

bool child_spec_encode(struct call *call, const struct node *node, struct buffer *out,
        const char *field, struct str json, struct error *error) {
    struct reading reading = {call, node, out, field, error};
    json_t *spec = json_loadb(json.at, json.length, JSON_ALLOW_NUL, NULL);
    bool good = false;
    if (json_is_array(spec)) {
        good = put_list(&reading, spec);
    } else if (json_is_object(spec)) {
        good = put_all(&reading, spec);
    } else {
        error_set(error, ERROR_INVALID_PARAMETER, "%s must be an object, or a string with a term",
                field);
        error_detail(error, "field", str_of(field));
    }
    json_decref(spec);
    return good;
}
