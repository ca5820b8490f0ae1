// The state of one decoding, shared by decode.c (compound terms, compression) and decode_value.c
// (everything without parts). Every reader starts behind the tag byte, returns false after it has
// named the problem, and never reads beyond `end`.
#ifndef WHITEBEAM_TERM_DECODER_H
#define WHITEBEAM_TERM_DECODER_H

#include "term/term.h"

struct frame;

struct decoder {
    struct arena *arena;
    const uint8_t *start;
    const uint8_t *at;
    const uint8_t *end;
    struct frame *top;   // of the compound terms that still miss parts
    struct frame *spare; // popped frames, for the next push
    size_t values;       // counted against LIMIT_TERM_NODES
    const char *problem; // what was wrong, once something was
};

// ---- Fields ----------------------------------------------------------------------------------

// Remembers the problem and returns false.
bool decoder_fail(struct decoder *d, const char *problem);

size_t decoder_left(const struct decoder *d);

// A big-endian integer of 1 to 8 bytes.
bool decoder_number(struct decoder *d, size_t bytes, uint64_t *value);
bool decoder_u32(struct decoder *d, uint32_t *value);
bool decoder_bytes(struct decoder *d, size_t length, struct str *bytes);

// Parts of other terms that are themselves terms; these read the tag too.
bool decoder_atom(struct decoder *d, struct str *name);
bool decoder_integer(struct decoder *d, int64_t *value); // one that fits 64 bits
bool decoder_pid(struct decoder *d, struct term_pid *pid);

// The integer of a little-endian magnitude: TERM_INTEGER if it fits, else TERM_BIG.
struct term decoder_big(struct str digits, bool negative);

// ---- Terms without parts ---------------------------------------------------------------------

typedef bool decoder_reader(struct decoder *d, struct term *term);

// The reader for a tag, or NULL if decode_value.c has none.
decoder_reader *decoder_value_reader(uint8_t tag);

#endif
