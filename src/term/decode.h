// The external term format, from bytes to terms. Nothing here trusts the bytes: every length is
// compared with what is left, nesting costs no stack, and the number of values is limited.
#ifndef WHITEBEAM_TERM_DECODE_H
#define WHITEBEAM_TERM_DECODE_H

#include "base/error.h"
#include "term/term.h"

// Decodes one term that starts at bytes.at: first the version byte 131, as term_to_binary/1 gives
// it (COMPRESSED included). All bytes must be used.
// Errors: ERROR_INVALID_TERM for malformed, truncated or trailing bytes, and for anything over
// LIMIT_TERM_BYTES, LIMIT_TERM_NODES, LIMIT_TERM_INFLATED, LIMIT_BIGNUM_BYTES, LIMIT_ATOM_BYTES.
bool decode_term(struct arena *arena, struct str bytes, struct term *term, struct error *error);

// The same for a run of bytes that holds several terms, each with its version byte, as in a
// distribution message. *used gets the bytes of the first one.
bool decode_first(struct arena *arena, struct str bytes, struct term *term, size_t *used,
        struct error *error);

#endif
