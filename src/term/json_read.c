// JSON text to terms. Recursive, but never deeper than LIMIT_JSON_TERM_DEPTH; everything that the
// term keeps is copied into the arena.
#include "term/json.h"

#include "limits.h"
#include "term/base64.h"
#include "term/order.h"
#include "term/text.h"

#include <jansson.h>

struct reader {
    struct arena *arena;
    struct text_owner owner; // the node itself
    struct error *error;
};

static bool read_value(struct reader *r, json_t *json, uint32_t level, struct term *term);

static struct str string_text(const json_t *string) {
    return (struct str){json_string_value(string), json_string_length(string)};
}

// ---- Arrays ----------------------------------------------------------------------------------

// Reads the elements of an array and leaves room for `extra` more terms behind them.
static struct term *read_elements(struct reader *r, json_t *array, uint32_t level, size_t extra) {
    size_t count = json_array_size(array);
    struct term *items = arena_take(r->arena, count + extra, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        if (!read_value(r, json_array_get(array, i), level, &items[i])) {
            return NULL;
        }
    }
    return items;
}

static bool read_array(struct reader *r, json_t *array, uint32_t level, struct term *term) {
    size_t count = json_array_size(array);
    if (count == 0) {
        *term = (struct term){.type = TERM_NIL};
        return true;
    }
    struct term *items = read_elements(r, array, level, 1);
    if (items == NULL) {
        return false;
    }
    items[count] = (struct term){.type = TERM_NIL};
    *term = (struct term){.type = TERM_LIST, .size = (uint32_t)count, .items = items};
    return true;
}

// ---- Objects with a "$…" member --------------------------------------------------------------

enum form_result {
    FORM_READ,
    FORM_WRONG,  // not as the table says
    FORM_FAILED, // the error is filled already
};

// Reads a "$…" object; `value` is what stands under its name.
typedef enum form_result form_reader(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term);

static enum form_result form_if(bool read) {
    return read ? FORM_READ : FORM_WRONG;
}

// Decimal, or hexadecimal behind 0x.
static bool read_integer(struct arena *arena, struct str text, struct term *term) {
    bool negative = str_starts(text, "-");
    if (negative) {
        text = (struct str){text.at + 1, text.length - 1};
    }
    bool hexadecimal = str_starts(text, "0x");
    if (hexadecimal) {
        text = (struct str){text.at + 2, text.length - 2};
    }
    return text_integer(arena, text, hexadecimal ? 16 : 10, negative, term);
}

static enum form_result read_int_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    return form_if(json_object_size(object) == 1 && json_is_string(value) &&
                   read_integer(r->arena, string_text(value), term));
}

static enum form_result read_atom_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    return form_if(json_object_size(object) == 1 && json_is_string(value) &&
                   text_atom(r->arena, string_text(value), term));
}

static enum form_result read_binary_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    *term = (struct term){.type = TERM_BINARY};
    return form_if(json_object_size(object) == 1 && json_is_string(value) &&
                   base64_decode(r->arena, string_text(value), &term->text));
}

static enum form_result read_bits_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    json_t *size = json_object_get(object, "size");
    struct str bytes;
    if (json_object_size(object) != 2 || !json_is_string(value) || !json_is_integer(size) ||
            !base64_decode(r->arena, string_text(value), &bytes)) {
        return FORM_WRONG;
    }
    json_int_t bits = json_integer_value(size);
    json_int_t whole = (json_int_t)bytes.length * 8;
    if (bits < 0 || bits > whole || bits <= whole - 8) {
        return FORM_WRONG;
    }
    *term = (struct term){.type = TERM_BINARY, .text = bytes};
    if (bits < whole) {
        // Bits beyond the size mean nothing; equal bit strings must have equal bytes.
        char *copy = arena_take(r->arena, bytes.length, 1);
        memcpy(copy, bytes.at, bytes.length);
        copy[bytes.length - 1] = (char)(copy[bytes.length - 1] & (0xFF << (whole - bits)));
        *term = (struct term){
                .type = TERM_BITS, .size = (uint32_t)(bits % 8), .text = {copy, bytes.length}};
    }
    return FORM_READ;
}

static enum form_result read_tuple_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    if (json_object_size(object) != 1 || !json_is_array(value)) {
        return FORM_WRONG;
    }
    struct term *items = read_elements(r, value, level, 0);
    if (items == NULL) {
        return FORM_FAILED;
    }
    *term = (struct term){
            .type = TERM_TUPLE, .size = (uint32_t)json_array_size(value), .items = items};
    return FORM_READ;
}

static enum form_result read_improper_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    size_t count = json_array_size(value);
    if (json_object_size(object) != 1 || !json_is_array(value) || count < 2) {
        return FORM_WRONG;
    }
    struct term *items = read_elements(r, value, level, 0);
    if (items == NULL) {
        return FORM_FAILED;
    }
    // A tail that is a list would make the whole a longer list, with two ways to write it.
    enum term_type tail = items[count - 1].type;
    *term = (struct term){.type = TERM_LIST, .size = (uint32_t)count - 1, .items = items};
    return form_if(tail != TERM_NIL && tail != TERM_LIST);
}

static enum form_result read_map_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    size_t count = json_array_size(value);
    if (json_object_size(object) != 1 || !json_is_array(value)) {
        return FORM_WRONG;
    }
    struct term *items = arena_take(r->arena, 2 * count, sizeof *items);
    for (size_t i = 0; i < count; i++) {
        json_t *pair = json_array_get(value, i);
        if (json_array_size(pair) != 2) { // also of what is no array
            return FORM_WRONG;
        }
        if (!read_value(r, json_array_get(pair, 0), level, &items[2 * i]) ||
                !read_value(r, json_array_get(pair, 1), level, &items[2 * i + 1])) {
            return FORM_FAILED;
        }
    }
    *term = (struct term){.type = TERM_MAP, .size = (uint32_t)count, .items = items};
    return form_if(order_sort_pairs(items, term->size));
}

// Finds whose identity the object is: of the node itself, or of the one it names.
static bool read_owner(const struct reader *r, json_t *object, struct text_owner *owner) {
    *owner = r->owner;
    if (json_object_size(object) == 1) {
        return true;
    }
    json_t *node = json_object_get(object, "node");
    json_t *creation = json_object_get(object, "creation");
    if (json_object_size(object) != 3 || !json_is_string(node) || !json_is_integer(creation) ||
            json_integer_value(creation) < 0 || json_integer_value(creation) > UINT32_MAX) {
        return false;
    }
    *owner = (struct text_owner){.node = string_text(node),
            .creation = (uint32_t)json_integer_value(creation),
            .named = true};
    return owner->node.length <= LIMIT_NODE_NAME && !str_equal(owner->node, r->owner.node);
}

static enum form_result read_pid_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    struct text_owner owner;
    return form_if(json_is_string(value) && read_owner(r, object, &owner) &&
                   text_pid(r->arena, string_text(value), &owner, term));
}

static enum form_result read_port_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    struct text_owner owner;
    return form_if(json_is_string(value) && read_owner(r, object, &owner) &&
                   text_port(r->arena, string_text(value), &owner, term));
}

static enum form_result read_reference_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)level;
    struct text_owner owner;
    return form_if(json_is_string(value) && read_owner(r, object, &owner) &&
                   text_reference(r->arena, string_text(value), "#Reference<", &owner, term));
}

static enum form_result read_no_form(
        struct reader *r, json_t *object, json_t *value, uint32_t level, struct term *term) {
    (void)r, (void)object, (void)value, (void)level, (void)term;
    return FORM_WRONG;
}

static const struct form {
    const char *name;
    const char *expected;
    form_reader *read;
} forms[] = {
#define FORM(name, expected, read)                                                                 \
    { name, expected, read }
#define ELSEWHERE ", of another node with \"node\" and \"creation\""
        // "$cut" comes first: it stands beside other names and decides.
        FORM("$cut", "absent: what was cut off cannot be read back", read_no_form),
        FORM("$int", "a string of decimal digits, or 0x and hexadecimal ones", read_int_form),
        FORM("$atom", "a string of at most 255 characters", read_atom_form),
        FORM("$binary", "a string in base64 with padding", read_binary_form),
        FORM("$bits", "a string in base64, and \"size\" its number of bits", read_bits_form),
        FORM("$improper", "an array of at least two, the last no list", read_improper_form),
        FORM("$tuple", "an array", read_tuple_form),
        FORM("$map", "an array of [key, value] pairs, each key once", read_map_form),
        FORM("$pid", "a string like #PID<0.1.0>" ELSEWHERE, read_pid_form),
        FORM("$ref", "a string like #Reference<0.1.2.3>" ELSEWHERE, read_reference_form),
        FORM("$port", "a string like #Port<0.1>" ELSEWHERE, read_port_form),
        FORM("$fun", "absent: functions cannot be read back", read_no_form),
#undef ELSEWHERE
#undef FORM
};

static bool read_form(struct reader *r, json_t *object, const struct form *form, uint32_t level,
        struct term *term) {
    json_t *value = json_object_get(object, form->name);
    switch (form->read(r, object, value, level, term)) {
    case FORM_READ:
        return true;
    case FORM_WRONG:
        error_set(r->error, ERROR_INVALID_TERM, "\"%s\" must be %s.", form->name, form->expected);
        error_detail(r->error, "object", str_of(form->name));
        error_detail(r->error, "expected", str_of(form->expected));
        return false;
    case FORM_FAILED:
        return false;
    }
    return false;
}

// ---- Objects that are maps -------------------------------------------------------------------

static bool fail_key(struct reader *r, const char *key, const char *problem) {
    error_set(r->error, ERROR_INVALID_TERM, "The key \"%.100s\" %s.", key, problem);
    error_detail(r->error, "key", str_of(key));
    return false;
}

// The value under "$struct": the module's name without Elixir's prefix.
static bool read_struct_name(struct reader *r, const json_t *value, struct term *term) {
    struct str name = json_is_string(value) ? string_text(value) : (struct str){0};
    if (name.length > 0 && name.length <= LIMIT_ATOM_BYTES) {
        struct str whole = arena_printf(r->arena, "Elixir.%.*s", STR_ARGS(name));
        // A NUL would end the printed text early.
        if (whole.length == name.length + strlen("Elixir.") && text_atom(r->arena, whole, term)) {
            return true;
        }
    }
    return fail_key(r, "$struct", "must have the name of a module as its value");
}

static bool read_object(struct reader *r, json_t *object, uint32_t level, struct term *term) {
    size_t count = json_object_size(object);
    struct term *items = arena_take(r->arena, 2 * count, sizeof *items);
    struct term *pair = items;
    const char *key;
    json_t *value;
    json_object_foreach(object, key, value) {
        if (strcmp(key, "$struct") == 0) {
            pair[0] = (struct term){.type = TERM_ATOM, .text = STR("__struct__")};
            if (!read_struct_name(r, value, &pair[1])) {
                return false;
            }
        } else if (key[0] == '$') {
            return fail_key(r, key, "is not known; keys that begin with $ are written with $map");
        } else if (!text_atom(r->arena, str_of(key), &pair[0])) {
            return fail_key(r, key, "is too long for an atom");
        } else if (!read_value(r, value, level, &pair[1])) {
            return false;
        }
        pair += 2;
    }
    *term = (struct term){.type = TERM_MAP, .size = (uint32_t)count, .items = items};
    return order_sort_pairs(items, term->size) ||
           fail_key(r, "__struct__", "stands beside $struct");
}

static bool read_any_object(struct reader *r, json_t *object, uint32_t level, struct term *term) {
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        if (json_object_get(object, forms[i].name) != NULL) {
            return read_form(r, object, &forms[i], level, term);
        }
    }
    return read_object(r, object, level, term);
}

// ---- Values ----------------------------------------------------------------------------------

// Reads a value; `level` is the number of lists, tuples and maps around it.
static bool read_value(struct reader *r, json_t *json, uint32_t level, struct term *term) {
    if (level > LIMIT_JSON_TERM_DEPTH) {
        error_set(r->error, ERROR_INVALID_JSON, "The term is nested deeper than %u levels.",
                LIMIT_JSON_TERM_DEPTH);
        error_detail_int(r->error, "maximum", LIMIT_JSON_TERM_DEPTH);
        return false;
    }
    switch (json_typeof(json)) {
    case JSON_OBJECT:
        return read_any_object(r, json, level + 1, term);
    case JSON_ARRAY:
        return read_array(r, json, level + 1, term);
    case JSON_STRING:
        *term = (struct term){.type = TERM_BINARY, .text = arena_copy(r->arena, string_text(json))};
        return true;
    case JSON_INTEGER:
        *term = (struct term){.type = TERM_INTEGER, .integer = json_integer_value(json)};
        return true;
    case JSON_REAL:
        *term = (struct term){.type = TERM_FLOAT, .number = json_real_value(json)};
        return true;
    case JSON_TRUE:
        *term = (struct term){.type = TERM_ATOM, .text = STR("true")};
        return true;
    case JSON_FALSE:
        *term = (struct term){.type = TERM_ATOM, .text = STR("false")};
        return true;
    case JSON_NULL:
        *term = (struct term){.type = TERM_ATOM, .text = STR("nil")};
        return true;
    }
    return false;
}

bool json_to_term(struct arena *arena, struct str json, struct str node, uint32_t creation,
        struct term *term, struct error *error) {
    if (json.length > LIMIT_JSON_TERM_BYTES) {
        error_set(error, ERROR_INVALID_JSON, "The JSON text has %zu bytes; %u are allowed.",
                json.length, LIMIT_JSON_TERM_BYTES);
        error_detail_int(error, "maximum", LIMIT_JSON_TERM_BYTES);
        return false;
    }
    json_error_t problem;
    json_t *root = json_loadb(json.length > 0 ? json.at : "", json.length,
            JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_ALLOW_NUL, &problem);
    if (root == NULL) {
        error_set(error, ERROR_INVALID_JSON,
                "The JSON text is malformed at line %d, column %d: %s.", problem.line,
                problem.column, problem.text);
        error_detail_int(error, "line", problem.line);
        error_detail_int(error, "column", problem.column);
        return false;
    }
    struct reader r = {
            .arena = arena, .owner = {.node = node, .creation = creation}, .error = error};
    struct term value;
    bool read = read_value(&r, root, 0, &value);
    json_decref(root);
    if (read) {
        *term = value;
    }
    return read;
}
