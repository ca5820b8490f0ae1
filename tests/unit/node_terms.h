// Terms for tests, written as text: atoms, integers, "binaries", %00ff_12 for a binary in
// hexadecimal
// (_ only separates), <12> for a pid of the node, {…}, […] and #{key, value, …}. They are encoded
// with term/encode.h and decoded again, as if they had come from a node.
#ifndef WHITEBEAM_TESTS_NODE_TERMS_H
#define WHITEBEAM_TESTS_NODE_TERMS_H

#include "base/must.h"
#include "term/decode.h"
#include "term/encode.h"

#include <stdlib.h>

static inline void terms_parse(const char **at, struct buffer *out);

// Terms up to the closing character; returns how many.
static inline uint32_t terms_parse_all(const char **at, char close, struct buffer *out) {
    uint32_t count = 0;
    while (**at != close) {
        terms_parse(at, out);
        count++;
        if (**at == ',') {
            (*at)++;
        }
    }
    (*at)++;
    return count;
}

static inline void terms_parse_compound(const char **at, struct buffer *out) {
    char open = **at;
    struct buffer parts;
    buffer_init(&parts);
    *at += open == '#' ? 2 : 1;
    uint32_t count = terms_parse_all(at, open == '[' ? ']' : '}', &parts);
    if (open == '{') {
        encode_tuple(out, count);
    } else if (open == '#') {
        encode_map(out, count / 2);
    } else if (count > 0) {
        encode_list(out, count);
    }
    buffer_add_str(out, buffer_str(&parts));
    if (open == '[') {
        encode_nil(out);
    }
    buffer_finish(&parts);
}

static inline void terms_parse_hexadecimal(const char **at, struct buffer *out) {
    static const char digits[] = "0123456789abcdef";
    uint8_t bytes[256];
    size_t count = 0; // digits
    for ((*at)++; **at != '\0' && strchr("_0123456789abcdef", **at) != NULL; (*at)++) {
        if (**at != '_') {
            must(count < 2 * sizeof bytes);
            uint8_t digit = (uint8_t)(strchr(digits, **at) - digits);
            bytes[count / 2] = (uint8_t)(count % 2 == 0 ? digit << 4 : bytes[count / 2] | digit);
            count++;
        }
    }
    must(count % 2 == 0);
    encode_binary(out, (struct str){(const char *)bytes, count / 2});
}

static inline void terms_parse(const char **at, struct buffer *out) {
    while (**at == ' ') {
        (*at)++;
    }
    char c = **at;
    if (c == '{' || c == '[' || c == '#') {
        terms_parse_compound(at, out);
    } else if (c == '<') {
        struct term_pid pid = {.node = STR("n@h"), .creation = 9};
        pid.id = (uint32_t)strtoul(*at + 1, (char **)at, 10);
        must(*(*at)++ == '>');
        encode_pid(out, &pid);
    } else if (c == '"') {
        size_t length = strcspn(*at + 1, "\"");
        encode_binary(out, (struct str){*at + 1, length});
        *at += length + 2;
    } else if (c == '%') {
        terms_parse_hexadecimal(at, out);
    } else if (c == '-' || (c >= '0' && c <= '9')) {
        encode_integer(out, strtoll(*at, (char **)at, 10));
    } else {
        size_t length = strcspn(*at, ",}] ");
        encode_atom(out, (struct str){*at, length});
        *at += length;
    }
    while (**at == ' ') {
        (*at)++;
    }
}

// The term in the arena.
static inline struct term *terms_read(struct arena *arena, const char *text) {
    struct buffer out;
    struct error error;
    struct term *term = arena_take(arena, 1, sizeof *term);
    buffer_init(&out);
    encode_version(&out);
    terms_parse(&text, &out);
    must(*text == '\0');
    must(decode_term(arena, arena_copy(arena, buffer_str(&out)), term, &error));
    buffer_finish(&out);
    return term;
}

#endif
