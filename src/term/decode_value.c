// Fields of the external term format and the terms that have no parts: numbers, atoms, binaries,
// identifiers.
#include "limits.h"
#include "term/decoder.h"
#include "term/tags.h"

#include <math.h>
#include <stdlib.h>

// ---- Fields ----------------------------------------------------------------------------------

bool decoder_fail(struct decoder *d, const char *problem) {
    d->problem = problem;
    return false;
}

size_t decoder_left(const struct decoder *d) {
    return (size_t)(d->end - d->at);
}

bool decoder_number(struct decoder *d, size_t bytes, uint64_t *value) {
    if (decoder_left(d) < bytes) {
        return decoder_fail(d, "it ends too early");
    }
    uint64_t result = 0;
    for (size_t i = 0; i < bytes; i++) {
        result = result << 8 | *d->at++;
    }
    *value = result;
    return true;
}

bool decoder_u32(struct decoder *d, uint32_t *value) {
    uint64_t wide;
    if (!decoder_number(d, 4, &wide)) {
        return false;
    }
    *value = (uint32_t)wide;
    return true;
}

bool decoder_bytes(struct decoder *d, size_t length, struct str *bytes) {
    if (decoder_left(d) < length) {
        return decoder_fail(d, "it ends too early");
    }
    *bytes = (struct str){(const char *)d->at, length};
    d->at += length;
    return true;
}

// ---- Atoms -----------------------------------------------------------------------------------

// Latin-1 as UTF-8; text that is ASCII stays where it is.
static struct str latin1_text(struct arena *arena, struct str latin1) {
    size_t high = 0;
    for (size_t i = 0; i < latin1.length; i++) {
        high += (uint8_t)latin1.at[i] >= 0x80;
    }
    if (high == 0) {
        return latin1;
    }
    char *text = arena_take(arena, latin1.length + high, 1);
    size_t length = 0;
    for (size_t i = 0; i < latin1.length; i++) {
        uint8_t c = (uint8_t)latin1.at[i];
        if (c < 0x80) {
            text[length++] = (char)c;
        } else {
            text[length++] = (char)(0xC0 | c >> 6);
            text[length++] = (char)(0x80 | (c & 0x3F));
        }
    }
    return (struct str){text, length};
}

static size_t count_characters(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += (text.at[i] & 0xC0) != 0x80;
    }
    return count;
}

static bool read_utf8_atom(struct decoder *d, size_t length, struct str *name) {
    struct str text;
    if (length > LIMIT_ATOM_BYTES) {
        return decoder_fail(d, "an atom is too long");
    }
    if (!decoder_bytes(d, length, &text)) {
        return false;
    }
    if (!str_is_utf8(text)) {
        return decoder_fail(d, "an atom is not UTF-8");
    }
    if (count_characters(text) > LIMIT_ATOM_CHARACTERS) {
        return decoder_fail(d, "an atom is too long");
    }
    *name = text;
    return true;
}

bool decoder_atom(struct decoder *d, struct str *name) {
    uint64_t tag;
    uint64_t length;
    if (!decoder_number(d, 1, &tag)) {
        return false;
    }
    bool utf8 = tag == TAG_ATOM_UTF8 || tag == TAG_SMALL_ATOM_UTF8;
    bool small = tag == TAG_SMALL_ATOM || tag == TAG_SMALL_ATOM_UTF8;
    if (!utf8 && !small && tag != TAG_ATOM) {
        return decoder_fail(d, "an atom is missing");
    }
    if (!decoder_number(d, small ? 1 : 2, &length)) {
        return false;
    }
    if (utf8) {
        return read_utf8_atom(d, (size_t)length, name);
    }
    struct str latin1;
    if (length > LIMIT_ATOM_CHARACTERS) {
        return decoder_fail(d, "an atom is too long");
    }
    if (!decoder_bytes(d, (size_t)length, &latin1)) {
        return false;
    }
    *name = latin1_text(d->arena, latin1);
    return true;
}

static bool read_atom(struct decoder *d, struct term *term) {
    struct str name;
    d->at--; // decoder_atom reads the tag itself
    if (!decoder_atom(d, &name)) {
        return false;
    }
    *term = (struct term){.type = TERM_ATOM, .text = name};
    return true;
}

// ---- Numbers ---------------------------------------------------------------------------------

static bool read_small_integer(struct decoder *d, struct term *term) {
    uint64_t value;
    if (!decoder_number(d, 1, &value)) {
        return false;
    }
    *term = (struct term){.type = TERM_INTEGER, .integer = (int64_t)value};
    return true;
}

static bool read_integer(struct decoder *d, struct term *term) {
    uint32_t value;
    if (!decoder_u32(d, &value)) {
        return false;
    }
    *term = (struct term){.type = TERM_INTEGER, .integer = (int32_t)value};
    return true;
}

struct term decoder_big(struct str digits, bool negative) {
    while (digits.length > 0 && digits.at[digits.length - 1] == 0) {
        digits.length--;
    }
    uint64_t magnitude = 0;
    for (size_t i = digits.length; i > 0 && digits.length <= 8; i--) {
        magnitude = magnitude << 8 | (uint8_t)digits.at[i - 1];
    }
    if (digits.length <= 8 && magnitude <= (uint64_t)INT64_MAX + negative) {
        uint64_t value = negative ? 0 - magnitude : magnitude;
        return (struct term){.type = TERM_INTEGER, .integer = (int64_t)value};
    }
    return (struct term){.type = TERM_BIG, .big = {.digits = digits, .negative = negative}};
}

static bool read_big(struct decoder *d, size_t length_bytes, struct term *term) {
    uint64_t length;
    uint64_t sign;
    struct str digits;
    if (!decoder_number(d, length_bytes, &length) || !decoder_number(d, 1, &sign) ||
            !decoder_bytes(d, (size_t)length, &digits)) {
        return false;
    }
    if (sign > 1) {
        return decoder_fail(d, "the sign of an integer is wrong");
    }
    if (digits.length > LIMIT_BIGNUM_BYTES) {
        return decoder_fail(d, "an integer is too large");
    }
    *term = decoder_big(digits, sign == 1);
    return true;
}

static bool read_small_big(struct decoder *d, struct term *term) {
    return read_big(d, 1, term);
}

static bool read_large_big(struct decoder *d, struct term *term) {
    return read_big(d, 4, term);
}

bool decoder_integer(struct decoder *d, int64_t *value) {
    uint64_t tag;
    if (!decoder_number(d, 1, &tag)) {
        return false;
    }
    decoder_reader *reader = tag == TAG_SMALL_INTEGER ? read_small_integer
                             : tag == TAG_INTEGER     ? read_integer
                             : tag == TAG_SMALL_BIG   ? read_small_big
                                                      : NULL;
    struct term term;
    if (reader == NULL) {
        return decoder_fail(d, "an integer is missing");
    }
    if (!reader(d, &term)) {
        return false;
    }
    return term_integer(&term, value) || decoder_fail(d, "an integer is too large");
}

static bool read_new_float(struct decoder *d, struct term *term) {
    uint64_t bits;
    if (!decoder_number(d, 8, &bits)) {
        return false;
    }
    double number;
    memcpy(&number, &bits, sizeof number);
    if (!isfinite(number)) {
        return decoder_fail(d, "a float is not finite");
    }
    *term = (struct term){.type = TERM_FLOAT, .number = number};
    return true;
}

// FLOAT_EXT: what sprintf("%.20e") made, filled up with NUL to 31 bytes.
static bool read_float(struct decoder *d, struct term *term) {
    struct str field;
    if (!decoder_bytes(d, 31, &field)) {
        return false;
    }
    char text[32];
    memcpy(text, field.at, 31);
    text[31] = '\0';
    // The character set keeps "inf", "nan" and hexadecimal away from strtod.
    bool plain = text[0] != '\0' && strspn(text, "0123456789+-.eE") == strlen(text);
    char *end = text;
    double number = plain ? strtod(text, &end) : 0;
    if (!plain || *end != '\0' || !isfinite(number)) {
        return decoder_fail(d, "a float is malformed");
    }
    *term = (struct term){.type = TERM_FLOAT, .number = number};
    return true;
}

// ---- Binaries --------------------------------------------------------------------------------

static bool read_binary(struct decoder *d, struct term *term) {
    uint32_t length;
    struct str bytes;
    if (!decoder_u32(d, &length) || !decoder_bytes(d, length, &bytes)) {
        return false;
    }
    *term = (struct term){.type = TERM_BINARY, .text = bytes};
    return true;
}

static bool read_bit_binary(struct decoder *d, struct term *term) {
    uint32_t length;
    uint64_t bits;
    struct str bytes;
    if (!decoder_u32(d, &length) || !decoder_number(d, 1, &bits) ||
            !decoder_bytes(d, length, &bytes)) {
        return false;
    }
    if (bits > 8 || (bits == 0) != (length == 0)) {
        return decoder_fail(d, "the size of a bit string is wrong");
    }
    if (bits == 0 || bits == 8) {
        *term = (struct term){.type = TERM_BINARY, .text = bytes};
    } else {
        *term = (struct term){.type = TERM_BITS, .size = (uint32_t)bits, .text = bytes};
    }
    return true;
}

static bool read_nil(struct decoder *d, struct term *term) {
    (void)d;
    *term = (struct term){.type = TERM_NIL};
    return true;
}

// ---- Identifiers -----------------------------------------------------------------------------

static bool read_creation(struct decoder *d, size_t bytes, uint32_t *creation) {
    uint64_t value;
    if (!decoder_number(d, bytes, &value)) {
        return false;
    }
    *creation = (uint32_t)value;
    return true;
}

bool decoder_pid(struct decoder *d, struct term_pid *pid) {
    uint64_t tag;
    if (!decoder_number(d, 1, &tag)) {
        return false;
    }
    if (tag != TAG_PID && tag != TAG_NEW_PID) {
        return decoder_fail(d, "a pid is missing");
    }
    return decoder_atom(d, &pid->node) && decoder_u32(d, &pid->id) &&
           decoder_u32(d, &pid->serial) && read_creation(d, tag == TAG_PID ? 1 : 4, &pid->creation);
}

static bool read_pid(struct decoder *d, struct term *term) {
    struct term_pid *pid = arena_take_zeroed(d->arena, 1, sizeof *pid);
    d->at--; // decoder_pid reads the tag itself
    *term = (struct term){.type = TERM_PID, .pid = pid};
    return decoder_pid(d, pid);
}

static bool read_sized_port(
        struct decoder *d, size_t id_bytes, size_t creation_bytes, struct term *term) {
    struct term_port *port = arena_take_zeroed(d->arena, 1, sizeof *port);
    *term = (struct term){.type = TERM_PORT, .port = port};
    return decoder_atom(d, &port->node) && decoder_number(d, id_bytes, &port->id) &&
           read_creation(d, creation_bytes, &port->creation);
}

static bool read_port(struct decoder *d, struct term *term) {
    return read_sized_port(d, 4, 1, term);
}

static bool read_new_port(struct decoder *d, struct term *term) {
    return read_sized_port(d, 4, 4, term);
}

static bool read_v4_port(struct decoder *d, struct term *term) {
    return read_sized_port(d, 8, 4, term);
}

// REFERENCE_EXT: one word, and the creation behind it.
static bool read_reference(struct decoder *d, struct term *term) {
    struct term_reference *reference = arena_take_zeroed(d->arena, 1, sizeof *reference);
    *term = (struct term){.type = TERM_REFERENCE, .reference = reference};
    reference->count = 1;
    return decoder_atom(d, &reference->node) && decoder_u32(d, &reference->words[0]) &&
           read_creation(d, 1, &reference->creation);
}

static bool read_counted_reference(struct decoder *d, size_t creation_bytes, struct term *term) {
    struct term_reference *reference = arena_take_zeroed(d->arena, 1, sizeof *reference);
    *term = (struct term){.type = TERM_REFERENCE, .reference = reference};
    uint64_t count;
    if (!decoder_number(d, 2, &count)) {
        return false;
    }
    if (count == 0 || count > sizeof reference->words / sizeof reference->words[0]) {
        return decoder_fail(d, "the size of a reference is wrong");
    }
    reference->count = (uint32_t)count;
    if (!decoder_atom(d, &reference->node) ||
            !read_creation(d, creation_bytes, &reference->creation)) {
        return false;
    }
    for (uint32_t i = 0; i < reference->count; i++) {
        if (!decoder_u32(d, &reference->words[i])) {
            return false;
        }
    }
    return true;
}

static bool read_new_reference(struct decoder *d, struct term *term) {
    return read_counted_reference(d, 1, term);
}

static bool read_newer_reference(struct decoder *d, struct term *term) {
    return read_counted_reference(d, 4, term);
}

static bool read_export(struct decoder *d, struct term *term) {
    struct term_fun *fun = arena_take_zeroed(d->arena, 1, sizeof *fun);
    *term = (struct term){.type = TERM_EXPORT, .fun = fun};
    int64_t arity;
    if (!decoder_atom(d, &fun->module) || !decoder_atom(d, &fun->function) ||
            !decoder_integer(d, &arity)) {
        return false;
    }
    if (arity < 0 || arity > UINT8_MAX) {
        return decoder_fail(d, "the arity of a function is wrong");
    }
    fun->arity = (uint32_t)arity;
    return true;
}

decoder_reader *decoder_value_reader(uint8_t tag) {
    static decoder_reader *const readers[256] = {
            [TAG_NEW_FLOAT] = read_new_float,
            [TAG_BIT_BINARY] = read_bit_binary,
            [TAG_NEW_PID] = read_pid,
            [TAG_NEW_PORT] = read_new_port,
            [TAG_NEWER_REFERENCE] = read_newer_reference,
            [TAG_SMALL_INTEGER] = read_small_integer,
            [TAG_INTEGER] = read_integer,
            [TAG_FLOAT] = read_float,
            [TAG_ATOM] = read_atom,
            [TAG_REFERENCE] = read_reference,
            [TAG_PORT] = read_port,
            [TAG_PID] = read_pid,
            [TAG_NIL] = read_nil,
            [TAG_BINARY] = read_binary,
            [TAG_SMALL_BIG] = read_small_big,
            [TAG_LARGE_BIG] = read_large_big,
            [TAG_EXPORT] = read_export,
            [TAG_NEW_REFERENCE] = read_new_reference,
            [TAG_SMALL_ATOM] = read_atom,
            [TAG_ATOM_UTF8] = read_atom,
            [TAG_SMALL_ATOM_UTF8] = read_atom,
            [TAG_V4_PORT] = read_v4_port,
    };
    return readers[tag];
}
