// The arguments of a call as the agent takes them; the forms are in
// agent/src/whitebeam_operate.erl.
#ifndef WHITEBEAM_OPERATIONS_ENCODE_ARGUMENTS_H
#define WHITEBEAM_OPERATIONS_ENCODE_ARGUMENTS_H

#include "node/nodes.h"
#include "operations/call.h"

// An argument that a handler adds to those of the call, or puts in the place of one: its name for
// the agent, and its external form without the version byte.
struct further {
    const char *name;
    struct str encoded;
};

// Appends a map of all arguments that are given or have a fallback, but for those that are the
// daemon's own, and of what the handler adds. Errors name the field. ERROR_SUPERVISOR_NOT_FOUND
// carries the supervisors that there are.
bool encode_arguments(struct call *call, struct node *node, const struct further *further,
        size_t further_count, struct buffer *out, struct error *error);

// Appends a term that was kept, in external form with its version byte, as one that a user wrote:
// the node may not know its atoms any more.
bool encode_kept_term(
        struct call *call, struct buffer *out, struct str external, struct error *error);

// Reads a term that a user wrote, as the call's `format` says. `vm` and `creation` are those of its
// pids.
bool read_user_term(struct call *call, struct str vm, uint32_t creation, struct str text, bool json,
        struct term *term, struct error *error);

// Appends {term, Atoms, External} or {term, Atoms, External, create} of a term that a user wrote: a
// JSON value in the mapping of term/json.h, or text in the syntax that the call's `format` names.
bool encode_user_term(struct call *call, const struct node *node, struct buffer *out,
        const char *field, struct str text, bool json, struct error *error);

// Appends {atom, Name} or {atom, Name, create}.
void encode_user_atom(const struct call *call, struct buffer *out, struct str name);

// True if the call names a supervisor that the mirror does not have: it may have started a moment
// ago. With `paths_only` also names count as known, since the node itself looks them up.
bool supervisor_is_missing(const struct call *call, const struct mirror *mirror, bool paths_only);

// No supervisor has this name: the seed's error with those that exist, as many as fit.
void supervisor_not_found(const struct node *node, struct str name, struct error *error);

#endif
