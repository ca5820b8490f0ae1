// Terms as text for people, in the syntax of Elixir's inspect/2. Recursive, but never deeper than
// PRINT_DEPTH_MAX; stops as soon as the text has its bytes.
#include "term/print.h"

#include "term/print_parts.h"

const struct print_limits print_default = {.width = 50, .depth = 12, .bytes = (size_t)64 << 10};

// Bytes of a binary, or characters of a charlist, that are shown for each unit of width.
#define BYTES_PER_WIDTH 64u

struct printer {
    struct buffer *out;
    struct str node;
    size_t start; // length of `out` before
    size_t bytes; // allowed
    size_t width;
    uint32_t depth;
    bool over; // the bytes are used up and the text is ended
};

static void print_value(struct printer *p, const struct term *term, uint32_t level);

// ---- The bytes -------------------------------------------------------------------------------

// True while more may be written. The first time that the text is too long, cuts it and ends it.
static bool room(struct printer *p) {
    if (p->over || p->out->length - p->start <= p->bytes) {
        return !p->over;
    }
    size_t kept = p->bytes > 3 ? p->bytes - 3 : 0;
    struct str text = {p->out->at + p->start, p->out->length - p->start};
    p->out->length = p->start + print_beginning(text, kept).length;
    buffer_add_text(p->out, "...");
    p->over = true;
    return false;
}

static void put(struct printer *p, const char *text) {
    if (!p->over) {
        buffer_add_text(p->out, text);
        room(p);
    }
}

// Goes on to element `index` of a compound term. False at its end as far as it is shown.
static bool next_element(struct printer *p, size_t index, size_t count) {
    if (index == count || p->over) {
        return false;
    }
    if (index > 0) {
        put(p, ", ");
    }
    if (index == p->width) {
        put(p, "...");
        return false;
    }
    return !p->over;
}

// ---- Binaries and charlists ------------------------------------------------------------------

// How many bytes of `length` are shown. What the whole text has no room for is not looked at.
static size_t shown_bytes(const struct printer *p, size_t length) {
    size_t limit = p->width * BYTES_PER_WIDTH;
    if (limit > p->bytes) {
        limit = p->bytes + 1;
    }
    return length < limit ? length : limit;
}

static void print_text(struct printer *p, struct str text, char quote, const char *cut) {
    char marks[] = {quote, '\0'};
    put(p, marks);
    if (p->over) {
        return;
    }
    print_escaped(p->out, text, quote);
    if (room(p)) {
        put(p, marks);
        put(p, cut);
    }
}

// `last_bits` is 0 if the last byte is whole.
static void print_bytes(struct printer *p, struct str bytes, uint32_t last_bits) {
    size_t shown = shown_bytes(p, bytes.length);
    put(p, "<<");
    for (size_t i = 0; i < shown && !p->over; i++) {
        uint32_t byte = (uint8_t)bytes.at[i];
        if (i > 0) {
            put(p, ", ");
        }
        if (p->over) {
            return;
        }
        if (last_bits > 0 && i + 1 == bytes.length) {
            buffer_printf(p->out, "%u::size(%u)", byte >> (8 - last_bits), last_bits);
        } else {
            buffer_printf(p->out, "%u", byte);
        }
        room(p);
    }
    if (shown < bytes.length) {
        put(p, shown > 0 ? ", ..." : "...");
    }
    put(p, ">>");
}

static void print_binary(struct printer *p, struct str bytes) {
    struct str shown = print_beginning(bytes, shown_bytes(p, bytes.length));
    if (print_is_text(shown)) {
        print_text(p, shown, '"', shown.length < bytes.length ? " <> ..." : "");
    } else {
        print_bytes(p, bytes, 0);
    }
}

static bool is_charlist(const struct printer *p, const struct term *list) {
    if (list->items[list->size].type != TERM_NIL) {
        return false;
    }
    size_t shown = shown_bytes(p, list->size);
    for (size_t i = 0; i < shown; i++) {
        int64_t c;
        if (!term_integer(&list->items[i], &c) || c < 7 || c > 126 ||
                (c > 13 && c < 32 && c != 27)) {
            return false;
        }
    }
    return shown > 0;
}

static void print_charlist(struct printer *p, const struct term *list) {
    size_t shown = shown_bytes(p, list->size);
    struct buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < shown; i++) {
        buffer_add_u8(&text, (uint8_t)list->items[i].integer);
    }
    print_text(p, buffer_str(&text), '\'', shown < list->size ? " ++ ..." : "");
    buffer_finish(&text);
}

// ---- Compound terms --------------------------------------------------------------------------

static bool is_plain_key(const struct term *key) {
    return key->type == TERM_ATOM && !str_starts(key->text, "Elixir.");
}

static bool is_keyword_list(const struct term *list) {
    for (size_t i = 0; i < list->size; i++) {
        const struct term *item = &list->items[i];
        if (item->type != TERM_TUPLE || item->size != 2 || !is_plain_key(&item->items[0])) {
            return false;
        }
    }
    return list->items[list->size].type == TERM_NIL;
}

static bool is_keyword_map(const struct term *map) {
    for (size_t i = 0; i < map->size; i++) {
        if (!is_plain_key(&map->items[2 * i])) {
            return false;
        }
    }
    return true;
}

// `pair` is a key and the value behind it.
static void print_pair(struct printer *p, const struct term *pair, uint32_t level) {
    print_key(p->out, pair[0].text);
    put(p, " ");
    print_value(p, &pair[1], level);
}

static void print_list(struct printer *p, const struct term *list, uint32_t level) {
    if (is_charlist(p, list)) {
        print_charlist(p, list);
        return;
    }
    bool keyword = is_keyword_list(list);
    const struct term *tail = &list->items[list->size];
    put(p, "[");
    for (size_t i = 0; next_element(p, i, list->size); i++) {
        if (keyword) {
            print_pair(p, list->items[i].items, level);
        } else {
            print_value(p, &list->items[i], level);
        }
    }
    if (tail->type != TERM_NIL && list->size <= p->width) {
        put(p, " | ");
        print_value(p, tail, level);
    }
    put(p, "]");
}

static void print_tuple(struct printer *p, const struct term *tuple, uint32_t level) {
    put(p, "{");
    for (size_t i = 0; next_element(p, i, tuple->size); i++) {
        print_value(p, &tuple->items[i], level);
    }
    put(p, "}");
}

// The fields of a struct; __struct__ and __exception__ show in its name already.
static void print_fields(struct printer *p, const struct term *map, uint32_t level) {
    size_t count = 0;
    for (size_t i = 0; i < map->size; i++) {
        const struct term *pair = &map->items[2 * i];
        if (term_is_atom(pair, "__struct__") || term_is_atom(pair, "__exception__")) {
            continue;
        }
        // The count of what follows is not known, only that there is something.
        if (!next_element(p, count, count + 1)) {
            return;
        }
        print_pair(p, pair, level);
        count++;
    }
}

static void print_map(struct printer *p, const struct term *map, uint32_t level) {
    bool keyword = is_keyword_map(map);
    const struct term *name = keyword ? term_map_get(map, "__struct__") : NULL;
    if (name != NULL && name->type == TERM_ATOM && print_is_alias(name->text)) {
        put(p, "%");
        if (!p->over) {
            print_atom(p->out, name->text);
        }
        put(p, "{");
        print_fields(p, map, level);
        put(p, "}");
        return;
    }
    put(p, "%{");
    for (size_t i = 0; next_element(p, i, map->size); i++) {
        const struct term *pair = &map->items[2 * i];
        if (keyword) {
            print_pair(p, pair, level);
        } else {
            print_value(p, &pair[0], level);
            put(p, " => ");
            print_value(p, &pair[1], level);
        }
    }
    put(p, "}");
}

// Writes the term; `level` is the number of compound terms around it.
static void print_value(struct printer *p, const struct term *term, uint32_t level) {
    if (p->over) {
        return;
    }
    bool compound = term->type == TERM_TUPLE || term->type == TERM_LIST || term->type == TERM_MAP;
    if (compound && term->size > 0 && level >= p->depth) {
        put(p, "...");
        return;
    }
    switch (term->type) {
    case TERM_INTEGER:
        buffer_printf(p->out, "%lld", (long long)term->integer);
        break;
    case TERM_BIG:
        print_big(p->out, term->big.digits, term->big.negative);
        break;
    case TERM_FLOAT:
        print_float(p->out, term->number);
        break;
    case TERM_ATOM:
        print_atom(p->out, term->text);
        break;
    case TERM_BINARY:
        print_binary(p, term->text);
        break;
    case TERM_BITS:
        print_bytes(p, term->text, term->size);
        break;
    case TERM_TUPLE:
        print_tuple(p, term, level + 1);
        break;
    case TERM_NIL:
        buffer_add_text(p->out, "[]");
        break;
    case TERM_LIST:
        print_list(p, term, level + 1);
        break;
    case TERM_MAP:
        print_map(p, term, level + 1);
        break;
    case TERM_PID:
    case TERM_PORT:
    case TERM_REFERENCE:
    case TERM_FUN:
    case TERM_EXPORT:
        print_identity(p->out, term, p->node);
        break;
    }
    room(p);
}

void print_term(struct buffer *out, const struct term *term, struct str node,
        const struct print_limits *limits) {
    struct printer p = {
            .out = out,
            .node = node,
            .start = out->length,
            .bytes = limits->bytes,
            .width = limits->width,
            .depth = limits->depth < PRINT_DEPTH_MAX ? limits->depth : PRINT_DEPTH_MAX,
    };
    print_value(&p, term, 0);
}
