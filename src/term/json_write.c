// Terms as JSON, straight into a buffer. Recursive, but never deeper than PRINT_DEPTH_MAX.
#include "term/json.h"

#include "base/json_writer.h"
#include "term/base64.h"
#include "term/print_parts.h"

#define BYTES_PER_WIDTH 64u               // of a binary, for each unit of width
#define EXACT_INTEGERS  9007199254740992L // 2^53: what every JSON reader keeps exact

struct writer {
    struct buffer *out;
    struct str node;
    size_t start; // length of `out` before
    size_t bytes; // allowed; checked before each value, so that what is open can be closed
    size_t width;
    uint32_t depth;
    bool cut;
};

static void write_value(struct writer *w, const struct term *term, uint32_t level);

// ---- What is left out ------------------------------------------------------------------------

static bool is_full(const struct writer *w) {
    return w->out->length - w->start >= w->bytes;
}

static void write_cut(struct writer *w, size_t count) {
    w->cut = true;
    json_open_object(w->out, NULL);
    json_uint(w->out, "$cut", count);
    json_close_object(w->out);
}

// True if element `index` of a compound term may still be written.
static bool is_shown(const struct writer *w, size_t index) {
    return index < w->width && !is_full(w);
}

// ---- Values without parts --------------------------------------------------------------------

static void write_wrapped(struct writer *w, const char *name, struct str text) {
    json_open_object(w->out, NULL);
    json_put_string(w->out, name, text);
    json_close_object(w->out);
}

static void write_base64(struct writer *w, const char *name, struct str bytes) {
    struct buffer text;
    buffer_init(&text);
    base64_encode(&text, bytes);
    json_put_string(w->out, name, buffer_str(&text));
    buffer_finish(&text);
}

static void write_big(struct writer *w, struct str digits, bool negative) {
    struct buffer text;
    buffer_init(&text);
    print_big(&text, digits, negative);
    write_wrapped(w, "$int", buffer_str(&text));
    buffer_finish(&text);
}

static void write_integer(struct writer *w, int64_t value) {
    if (value >= -EXACT_INTEGERS && value <= EXACT_INTEGERS) {
        json_int(w->out, NULL, value);
    } else {
        struct buffer text;
        buffer_init(&text);
        buffer_printf(&text, "%lld", (long long)value);
        write_wrapped(w, "$int", buffer_str(&text));
        buffer_finish(&text);
    }
}

static void write_float(struct writer *w, double number) {
    struct buffer text;
    buffer_init(&text);
    print_float(&text, number);
    json_raw(w->out, NULL, buffer_str(&text));
    buffer_finish(&text);
}

static void write_atom(struct writer *w, struct str name) {
    if (str_is(name, "nil")) {
        json_put_null(w->out, NULL);
    } else if (str_is(name, "true") || str_is(name, "false")) {
        json_bool(w->out, NULL, name.length == 4);
    } else {
        write_wrapped(w, "$atom", name);
    }
}

static void write_bits(struct writer *w, const struct term *term) {
    size_t limit = w->width * BYTES_PER_WIDTH;
    bool whole = term->text.length <= limit;
    json_open_object(w->out, NULL);
    if (whole) {
        write_base64(w, "$bits", term->text);
        json_uint(w->out, "size", (term->text.length - 1) * 8 + term->size);
    } else {
        w->cut = true;
        write_base64(w, "$binary", (struct str){term->text.at, limit});
        json_uint(w->out, "$cut", term->text.length - limit);
    }
    json_close_object(w->out);
}

static void write_binary(struct writer *w, struct str bytes) {
    struct str shown = print_beginning(bytes, w->width * BYTES_PER_WIDTH);
    bool text = str_is_utf8(shown);
    bool whole = shown.length == bytes.length;
    if (text && whole) {
        json_put_string(w->out, NULL, bytes);
        return;
    }
    json_open_object(w->out, NULL);
    if (text) {
        json_put_string(w->out, "$text", shown);
    } else {
        write_base64(w, "$binary", shown);
    }
    if (!whole) {
        w->cut = true;
        json_uint(w->out, "$cut", bytes.length - shown.length);
    }
    json_close_object(w->out);
}

// Pids, ports, references, funs. Those of another node name it: its name may end in numbers too.
static void write_identity(struct writer *w, const struct term *term) {
    struct str owner = {0};
    uint32_t creation = 0;
    const char *name = "$fun";
    if (term->type == TERM_PID) {
        name = "$pid";
        owner = term->pid->node;
        creation = term->pid->creation;
    } else if (term->type == TERM_PORT) {
        name = "$port";
        owner = term->port->node;
        creation = term->port->creation;
    } else if (term->type == TERM_REFERENCE) {
        name = "$ref";
        owner = term->reference->node;
        creation = term->reference->creation;
    }
    bool fun = term->type == TERM_FUN || term->type == TERM_EXPORT;
    struct buffer text;
    buffer_init(&text);
    print_identity(&text, term, w->node);
    json_open_object(w->out, NULL);
    json_put_string(w->out, name, buffer_str(&text));
    if (!fun && w->node.length > 0 && !str_equal(owner, w->node)) {
        json_put_string(w->out, "node", owner);
        json_uint(w->out, "creation", creation);
    }
    json_close_object(w->out);
    buffer_finish(&text);
}

// ---- Compound terms --------------------------------------------------------------------------

// The elements of an array that is open.
static void write_elements(
        struct writer *w, const struct term *items, size_t count, uint32_t level) {
    for (size_t i = 0; i < count; i++) {
        if (!is_shown(w, i)) {
            write_cut(w, count - i);
            return;
        }
        write_value(w, &items[i], level);
    }
}

static void write_list(struct writer *w, const struct term *list, uint32_t level) {
    const struct term *tail = &list->items[list->size];
    bool proper = tail->type == TERM_NIL;
    if (!proper) {
        json_open_object(w->out, NULL);
    }
    json_open_array(w->out, proper ? NULL : "$improper");
    write_elements(w, list->items, list->size, level);
    if (!proper) {
        write_value(w, tail, level);
    }
    json_close_array(w->out);
    if (!proper) {
        json_close_object(w->out);
    }
}

static void write_tuple(struct writer *w, const struct term *tuple, uint32_t level) {
    json_open_object(w->out, NULL);
    json_open_array(w->out, "$tuple");
    write_elements(w, tuple->items, tuple->size, level);
    json_close_array(w->out);
    json_close_object(w->out);
}

// True if the map can be an object: readers of JSON must be able to tell its keys from ours, and
// ours cannot hold NUL in a key.
static bool is_object(const struct term *map) {
    for (size_t i = 0; i < map->size; i++) {
        const struct term *key = &map->items[2 * i];
        if (key->type != TERM_ATOM || str_starts(key->text, "$") ||
                (key->text.length > 0 && memchr(key->text.at, '\0', key->text.length) != NULL)) {
            return false;
        }
    }
    return true;
}

static void write_member(struct writer *w, const struct term *pair, uint32_t level) {
    struct buffer key;
    buffer_init(&key);
    json_write_string(&key, pair[0].text);
    json_raw(w->out, NULL, buffer_str(&key));
    buffer_add_u8(w->out, ':');
    write_value(w, &pair[1], level);
    buffer_finish(&key);
}

static void write_object(struct writer *w, const struct term *map, uint32_t level) {
    const char prefix[] = "Elixir.";
    const struct term *name = term_map_get(map, "__struct__");
    bool is_struct = name != NULL && name->type == TERM_ATOM && str_starts(name->text, prefix);
    json_open_object(w->out, NULL);
    if (is_struct) {
        size_t skipped = sizeof prefix - 1;
        json_put_string(w->out, "$struct",
                (struct str){name->text.at + skipped, name->text.length - skipped});
    }
    size_t count = 0;
    for (size_t i = 0; i < map->size; i++) {
        const struct term *pair = &map->items[2 * i];
        if (is_struct && &pair[1] == name) {
            continue;
        }
        if (!is_shown(w, count)) {
            w->cut = true;
            json_uint(w->out, "$cut", map->size - (is_struct ? 1 : 0) - count);
            break;
        }
        write_member(w, pair, level);
        count++;
    }
    json_close_object(w->out);
}

static void write_map(struct writer *w, const struct term *map, uint32_t level) {
    if (is_object(map)) {
        write_object(w, map, level);
        return;
    }
    json_open_object(w->out, NULL);
    json_open_array(w->out, "$map");
    for (size_t i = 0; i < map->size; i++) {
        if (!is_shown(w, i)) {
            write_cut(w, map->size - i);
            break;
        }
        json_open_array(w->out, NULL);
        write_value(w, &map->items[2 * i], level);
        write_value(w, &map->items[2 * i + 1], level);
        json_close_array(w->out);
    }
    json_close_array(w->out);
    json_close_object(w->out);
}

// Writes the term; `level` is the number of compound terms around it.
static void write_value(struct writer *w, const struct term *term, uint32_t level) {
    bool compound = term->type == TERM_TUPLE || term->type == TERM_LIST || term->type == TERM_MAP;
    if (is_full(w) || (compound && term->size > 0 && level >= w->depth)) {
        write_cut(w, compound ? term->size : 1);
        return;
    }
    switch (term->type) {
    case TERM_INTEGER:
        write_integer(w, term->integer);
        break;
    case TERM_BIG:
        write_big(w, term->big.digits, term->big.negative);
        break;
    case TERM_FLOAT:
        write_float(w, term->number);
        break;
    case TERM_ATOM:
        write_atom(w, term->text);
        break;
    case TERM_BINARY:
        write_binary(w, term->text);
        break;
    case TERM_BITS:
        write_bits(w, term);
        break;
    case TERM_TUPLE:
        write_tuple(w, term, level + 1);
        break;
    case TERM_NIL:
        json_open_array(w->out, NULL);
        json_close_array(w->out);
        break;
    case TERM_LIST:
        write_list(w, term, level + 1);
        break;
    case TERM_MAP:
        write_map(w, term, level + 1);
        break;
    case TERM_PID:
    case TERM_PORT:
    case TERM_REFERENCE:
    case TERM_FUN:
    case TERM_EXPORT:
        write_identity(w, term);
        break;
    }
}

bool json_from_term(struct buffer *out, const struct term *term, struct str node,
        const struct print_limits *limits) {
    struct writer w = {
            .out = out,
            .node = node,
            .start = out->length,
            .bytes = limits->bytes,
            .width = limits->width,
            .depth = limits->depth < PRINT_DEPTH_MAX ? limits->depth : PRINT_DEPTH_MAX,
    };
    write_value(&w, term, 0);
    return !w.cut;
}
