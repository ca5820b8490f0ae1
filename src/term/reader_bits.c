// Binaries and bit strings put together from segments. Their size can be written as a number, so
// all of one text together may have LIMIT_TERM_TEXT_BYTES.
#include "term/reader.h"

#include "term/character.h"

// Makes room for `count` more bits, which are zero.
static bool reserve(struct reader *r, const char *at, struct reader_bits *bits, size_t count) {
    size_t most = (size_t)LIMIT_TERM_TEXT_BYTES * 8;
    if (count > most - r->bits) {
        return reader_fail(r, at, "Bit strings of more than %u bytes together are not read",
                LIMIT_TERM_TEXT_BYTES);
    }
    r->bits += count;
    size_t needed = (bits->count + count + 7) / 8;
    if (needed > bits->room) {
        size_t room = 2 * needed;
        char *bytes = arena_take_zeroed(r->arena, room, 1);
        if (bits->count > 0) {
            memcpy(bytes, bits->bytes, (bits->count + 7) / 8);
        }
        bits->bytes = bytes;
        bits->room = room;
    }
    return true;
}

// There is room.
static void add_bit(struct reader_bits *bits, bool bit) {
    char *byte = &bits->bytes[bits->count / 8];
    *byte = (char)((uint8_t)*byte | bit << (7 - bits->count % 8));
    bits->count++;
}

// ---- Integers --------------------------------------------------------------------------------

// Bit i of a magnitude; zero beyond its end.
static bool magnitude_bit(struct str digits, size_t i) {
    return i / 8 < digits.length && ((uint8_t)digits.at[i / 8] >> (i % 8) & 1);
}

// Bit i of an integer in two's complement; `lowest` is the lowest bit of its magnitude that is set.
static bool integer_bit(const struct term *value, size_t lowest, size_t i) {
    if (value->type == TERM_INTEGER) {
        return (value->integer >> (i < 63 ? i : 63)) & 1;
    }
    bool bit = magnitude_bit(value->big.digits, i);
    // -x is the complement of x - 1, which differs from x up to its lowest bit.
    return value->big.negative && i > lowest ? !bit : bit;
}

static size_t lowest_bit(const struct term *value) {
    size_t i = 0;
    while (value->type == TERM_BIG && !magnitude_bit(value->big.digits, i)) {
        i++;
    }
    return i;
}

bool reader_bits_integer(struct reader *r, const char *at, struct reader_bits *bits,
        const struct term *value, const struct term *size) {
    if (value->type != TERM_INTEGER && value->type != TERM_BIG) {
        return reader_fail(r, at, "Expected an integer or text");
    }
    // Too large for 64 bits is too large; `reserve` says so.
    int64_t count = size->type == TERM_INTEGER ? size->integer : INT64_MAX;
    if (count < 0) {
        return reader_fail(r, at, "A size cannot be negative");
    }
    if (!reserve(r, at, bits, (size_t)count)) {
        return false;
    }
    size_t lowest = lowest_bit(value);
    for (size_t i = (size_t)count; i > 0; i--) {
        add_bit(bits, integer_bit(value, lowest, i - 1));
    }
    return true;
}

bool reader_bits_character(
        struct reader *r, const char *at, struct reader_bits *bits, const struct term *value) {
    if (value->type != TERM_INTEGER || value->integer < 0 || value->integer > UINT32_MAX ||
            !character_is_valid((uint32_t)value->integer)) {
        return reader_fail(r, at, "Expected the number of a character");
    }
    char bytes[4];
    size_t length = character_put(bytes, (uint32_t)value->integer);
    return reader_bits_bytes(r, at, bits, (struct str){bytes, length});
}

// ---- Bytes -----------------------------------------------------------------------------------

bool reader_bits_bytes(
        struct reader *r, const char *at, struct reader_bits *bits, struct str bytes) {
    if (!reserve(r, at, bits, bytes.length * 8)) {
        return false;
    }
    for (size_t i = 0; i < bytes.length * 8; i++) {
        add_bit(bits, (uint8_t)bytes.at[i / 8] >> (7 - i % 8) & 1);
    }
    return true;
}

struct term reader_bits_term(struct reader_bits *bits) {
    uint32_t last = (uint32_t)(bits->count % 8);
    return (struct term){
            .type = last > 0 ? TERM_BITS : TERM_BINARY,
            .size = last,
            .text = {bits->count > 0 ? bits->bytes : "", (bits->count + 7) / 8},
    };
}
