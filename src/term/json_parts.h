// The texts inside "$…" objects, from JSON to terms: what json_read.c leaves to json_text.c.
#ifndef WHITEBEAM_TERM_JSON_PARTS_H
#define WHITEBEAM_TERM_JSON_PARTS_H

#include "term/term.h"

// Who the pids, ports and references in the JSON belong to.
struct json_owner {
    struct str node;
    uint32_t creation;
    bool named; // by a "node" member: the texts start with its name, not with 0
};

// All return false if the text has another form. Texts are copied where the term keeps them.
bool json_read_integer(struct arena *arena, struct str text, struct term *term);
bool json_read_atom(struct arena *arena, struct str text, struct term *term);
bool json_read_pid(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term);
bool json_read_port(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term);
bool json_read_reference(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term);

#endif
