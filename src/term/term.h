// An Erlang term in C: what the external term format decodes to.
//
// A term is a tree in an arena. It borrows from the bytes it was decoded from (atoms, binaries,
// digits of big integers), so those bytes must live as long as the arena's use of it.
//
// Source of the format: the External Term Format chapter of the ERTS User's Guide.
#ifndef WHITEBEAM_TERM_TERM_H
#define WHITEBEAM_TERM_TERM_H

#include "base/arena.h"
#include "base/str.h"

enum term_type {
    TERM_INTEGER, // fits int64_t
    TERM_BIG,     // an integer that does not
    TERM_FLOAT,
    TERM_ATOM,
    TERM_BINARY,
    TERM_BITS, // a bit string whose length is not a multiple of eight
    TERM_TUPLE,
    TERM_NIL,
    TERM_LIST, // proper or improper, at least one element
    TERM_MAP,
    TERM_PID,
    TERM_PORT,
    TERM_REFERENCE,
    TERM_FUN,    // a local fun
    TERM_EXPORT, // fun M:F/A
};

struct term_pid {
    struct str node; // the node's name
    uint32_t id;
    uint32_t serial;
    uint32_t creation;
};

struct term_reference {
    struct str node;
    uint32_t creation;
    uint32_t count; // words used, 1 to 5
    uint32_t words[5];
};

struct term_port {
    struct str node;
    uint64_t id;
    uint32_t creation;
};

struct term;

struct term_fun {
    struct str module;   // for TERM_EXPORT too
    struct str function; // TERM_EXPORT only
    uint32_t arity;
    uint32_t index;      // TERM_FUN: position in the module's table
    int64_t old_unique;  // TERM_FUN: OldUniq, which inspect shows
    uint32_t free_count; // TERM_FUN: free variables; not decoded further
    struct str encoded;  // TERM_FUN: its whole external form, for sending it back
};

struct term {
    enum term_type type;
    uint32_t size; // tuple: arity; list: elements before the tail; map: pairs; bits: bits in the
                   // last byte
    union {
        int64_t integer;
        double number;
        struct str text; // atom: UTF-8 characters; binary and bits: bytes
        struct {
            struct str digits; // little-endian magnitude
            bool negative;
        } big;
        // tuple: size items; list: size items and then the tail; map: key, value, key, value, …
        const struct term *items;
        const struct term_pid *pid;
        const struct term_port *port;
        const struct term_reference *reference;
        const struct term_fun *fun;
    };
};

// ---- Questions -------------------------------------------------------------------------------
//
// Each may be asked of NULL, and the answer is no: term_element(term_map_get(t, "k"), 2) is safe.

// True if the term is the atom `name`.
bool term_is_atom(const struct term *term, const char *name);

// True if the term is a tuple of `arity` whose first element is the atom `tag`.
bool term_is_tagged(const struct term *term, const char *tag, uint32_t arity);

// The element of a tuple, counted from 0, or NULL if it is not a tuple of that many.
const struct term *term_element(const struct term *term, uint32_t index);

// The value under an atom key of a map, or NULL.
const struct term *term_map_get(const struct term *map, const char *key);

// The text of a binary or an atom. False for anything else.
bool term_text(const struct term *term, struct str *text);

bool term_integer(const struct term *term, int64_t *value);

// True for a list, proper, or the empty list; *items and *count then describe it.
bool term_list(const struct term *term, const struct term **items, uint32_t *count);

#endif
