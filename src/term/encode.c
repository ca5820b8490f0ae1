// Terms to the external term format. The caller vouches for sizes: a count or length that does not
// fit its field is our own mistake, not an error.
#include "term/encode.h"

#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "term/tags.h"

#include <stdlib.h>

void encode_version(struct buffer *out) {
    buffer_add_u8(out, TAG_VERSION);
}

// The magnitude of a 64-bit integer, little-endian without leading zeros: SMALL_BIG_EXT.
static void encode_wide(struct buffer *out, int64_t value) {
    uint64_t magnitude = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    uint8_t digits[8];
    uint8_t count = 0;
    for (; magnitude > 0; magnitude >>= 8) {
        digits[count++] = (uint8_t)magnitude;
    }
    buffer_add_u8(out, TAG_SMALL_BIG);
    buffer_add_u8(out, count);
    buffer_add_u8(out, value < 0);
    buffer_add(out, digits, count);
}

void encode_integer(struct buffer *out, int64_t value) {
    if (value >= 0 && value <= UINT8_MAX) {
        buffer_add_u8(out, TAG_SMALL_INTEGER);
        buffer_add_u8(out, (uint8_t)value);
    } else if (value >= INT32_MIN && value <= INT32_MAX) {
        buffer_add_u8(out, TAG_INTEGER);
        buffer_add_u32(out, (uint32_t)value);
    } else {
        encode_wide(out, value);
    }
}

void encode_float(struct buffer *out, double value) {
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    buffer_add_u8(out, TAG_NEW_FLOAT);
    buffer_add_u64(out, bits);
}

void encode_atom(struct buffer *out, struct str name) {
    must(name.length <= LIMIT_ATOM_BYTES);
    if (name.length <= UINT8_MAX) {
        buffer_add_u8(out, TAG_SMALL_ATOM_UTF8);
        buffer_add_u8(out, (uint8_t)name.length);
    } else {
        buffer_add_u8(out, TAG_ATOM_UTF8);
        buffer_add_u16(out, (uint16_t)name.length);
    }
    buffer_add_str(out, name);
}

void encode_atom_text(struct buffer *out, const char *name) {
    encode_atom(out, str_of(name));
}

void encode_binary(struct buffer *out, struct str bytes) {
    must(bytes.length <= UINT32_MAX);
    buffer_add_u8(out, TAG_BINARY);
    buffer_add_u32(out, (uint32_t)bytes.length);
    buffer_add_str(out, bytes);
}

void encode_tuple(struct buffer *out, uint32_t arity) {
    if (arity <= UINT8_MAX) {
        buffer_add_u8(out, TAG_SMALL_TUPLE);
        buffer_add_u8(out, (uint8_t)arity);
    } else {
        buffer_add_u8(out, TAG_LARGE_TUPLE);
        buffer_add_u32(out, arity);
    }
}

void encode_list(struct buffer *out, uint32_t count) {
    must(count > 0);
    buffer_add_u8(out, TAG_LIST);
    buffer_add_u32(out, count);
}

void encode_nil(struct buffer *out) {
    buffer_add_u8(out, TAG_NIL);
}

void encode_map(struct buffer *out, uint32_t pairs) {
    buffer_add_u8(out, TAG_MAP);
    buffer_add_u32(out, pairs);
}

void encode_pid(struct buffer *out, const struct term_pid *pid) {
    buffer_add_u8(out, TAG_NEW_PID);
    encode_atom(out, pid->node);
    buffer_add_u32(out, pid->id);
    buffer_add_u32(out, pid->serial);
    buffer_add_u32(out, pid->creation);
}

void encode_reference(struct buffer *out, const struct term_reference *reference) {
    must(reference->count >= 1 && reference->count <= 5);
    buffer_add_u8(out, TAG_NEWER_REFERENCE);
    buffer_add_u16(out, (uint16_t)reference->count);
    encode_atom(out, reference->node);
    buffer_add_u32(out, reference->creation);
    for (uint32_t i = 0; i < reference->count; i++) {
        buffer_add_u32(out, reference->words[i]);
    }
}

void encode_port(struct buffer *out, const struct term_port *port) {
    buffer_add_u8(out, TAG_V4_PORT);
    encode_atom(out, port->node);
    buffer_add_u64(out, port->id);
    buffer_add_u32(out, port->creation);
}

static void encode_big(struct buffer *out, const struct term *term) {
    size_t length = term->big.digits.length;
    must(length <= UINT32_MAX);
    if (length <= UINT8_MAX) {
        buffer_add_u8(out, TAG_SMALL_BIG);
        buffer_add_u8(out, (uint8_t)length);
    } else {
        buffer_add_u8(out, TAG_LARGE_BIG);
        buffer_add_u32(out, (uint32_t)length);
    }
    buffer_add_u8(out, term->big.negative);
    buffer_add_str(out, term->big.digits);
}

static void encode_bits(struct buffer *out, const struct term *term) {
    must(term->text.length > 0 && term->text.length <= UINT32_MAX);
    must(term->size >= 1 && term->size <= 7);
    buffer_add_u8(out, TAG_BIT_BINARY);
    buffer_add_u32(out, (uint32_t)term->text.length);
    buffer_add_u8(out, (uint8_t)term->size);
    buffer_add_str(out, term->text);
}

static void encode_export(struct buffer *out, const struct term_fun *fun) {
    must(fun->arity <= UINT8_MAX);
    buffer_add_u8(out, TAG_EXPORT);
    encode_atom(out, fun->module);
    encode_atom(out, fun->function);
    encode_integer(out, fun->arity);
}

// Appends the term without what is inside it; returns how many of its items have to follow.
static size_t encode_head(struct buffer *out, const struct term *term) {
    switch (term->type) {
    case TERM_INTEGER:
        encode_integer(out, term->integer);
        return 0;
    case TERM_BIG:
        encode_big(out, term);
        return 0;
    case TERM_FLOAT:
        encode_float(out, term->number);
        return 0;
    case TERM_ATOM:
        encode_atom(out, term->text);
        return 0;
    case TERM_BINARY:
        encode_binary(out, term->text);
        return 0;
    case TERM_BITS:
        encode_bits(out, term);
        return 0;
    case TERM_TUPLE:
        encode_tuple(out, term->size);
        return term->size;
    case TERM_NIL:
        encode_nil(out);
        return 0;
    case TERM_LIST:
        encode_list(out, term->size);
        return (size_t)term->size + 1;
    case TERM_MAP:
        encode_map(out, term->size);
        return 2 * (size_t)term->size;
    case TERM_PID:
        encode_pid(out, term->pid);
        return 0;
    case TERM_PORT:
        encode_port(out, term->port);
        return 0;
    case TERM_REFERENCE:
        encode_reference(out, term->reference);
        return 0;
    case TERM_FUN:
        buffer_add_str(out, term->fun->encoded);
        return 0;
    case TERM_EXPORT:
        encode_export(out, term->fun);
        return 0;
    }
    must(false);
    return 0;
}

struct run {
    const struct term *next;
    const struct term *end;
};

void encode_term(struct buffer *out, const struct term *term) {
    struct run *stack = NULL;
    size_t depth = 0;
    size_t capacity = 0;
    struct run run = {term, term + 1};
    for (;;) {
        if (run.next == run.end) {
            if (depth == 0) {
                break;
            }
            run = stack[--depth];
            continue;
        }
        const struct term *value = run.next++;
        size_t count = encode_head(out, value);
        if (count == 0) {
            continue;
        }
        if (depth == capacity) {
            capacity = capacity ? 2 * capacity : 16;
            stack = memory_resize(stack, capacity, sizeof *stack);
        }
        stack[depth++] = run;
        run = (struct run){value->items, value->items + count};
    }
    free(stack);
}
