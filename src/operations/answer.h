// What handlers share: choosing the node, waiting for its mirror, and the form of lists.
#ifndef WHITEBEAM_OPERATIONS_ANSWER_H
#define WHITEBEAM_OPERATIONS_ANSWER_H

#include "node/nodes.h"
#include "operations/call.h"

// Runs `then` with the mirror of the node that the call means, once it is fit to be shown (see
// node_look; the argument `fresh`, where the operation has it, counts). On any error the call
// fails.
typedef void answer_with(struct call *call, struct node *node, struct mirror *mirror);
void answer_from_mirror(struct call *call, enum look look, answer_with *then);

struct paging {
    uint32_t page, per_page;
    uint32_t offset;
};

struct paging answer_paging(const struct call *call);

// Writes `"meta": {…}` of a list, and sets the call's Link header. `mirror` may be NULL: the list
// was not taken from one. Closes nothing.
void answer_meta(struct call *call, const struct paging *paging, uint64_t total,
        const struct node *node, const struct mirror *mirror);

// Writes `"meta": {"node": …, "as_of": …}` of a single answer.
void answer_origin(struct call *call, const struct node *node, const struct mirror *mirror);

// The same of an answer that the node gave just now.
void answer_now(struct call *call, const struct node *node);

// "#PID<0.1.0>" as a JSON string; null for MIRROR_NONE.
void answer_pid(struct buffer *out, const char *key, const struct mirror *mirror, uint32_t slot);

// An interned atom as people write it, null for none.
void answer_atom(
        struct buffer *out, const char *key, const struct mirror *mirror, uint32_t interned);

#endif
