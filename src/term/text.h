// Integers, atom names and identities from their text: what JSON and the syntaxes of Elixir and
// Erlang have in common.
#ifndef WHITEBEAM_TERM_TEXT_H
#define WHITEBEAM_TERM_TEXT_H

#include "term/term.h"

// Who the pids, ports and references in a text belong to.
struct text_owner {
    struct str node;
    uint32_t creation;
    bool named; // the texts start with the node's name, not with 0
};

// All return false if the text has another form. Texts are copied where the term keeps them.

// Digits of a base from 2 to 36, without sign and prefix. Also false for more of them than
// LIMIT_BIGNUM_BYTES, or than LIMIT_BIGNUM_DECIMAL can need if the base is no power of two.
bool text_integer(
        struct arena *arena, struct str digits, uint32_t base, bool negative, struct term *term);

// A name of at most LIMIT_ATOM_CHARACTERS in UTF-8.
bool text_atom(struct arena *arena, struct str text, struct term *term);

// #PID<0.1.0>, or what print_read_pid reads.
bool text_pid(
        struct arena *arena, struct str text, const struct text_owner *owner, struct term *term);

// #Port<0.1>
bool text_port(
        struct arena *arena, struct str text, const struct text_owner *owner, struct term *term);

// `opening` and then 0.1.2.3>; it is "#Reference<" or "#Ref<".
bool text_reference(struct arena *arena, struct str text, const char *opening,
        const struct text_owner *owner, struct term *term);

#endif
