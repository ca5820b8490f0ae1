// Terms of a node as parts of answers. Each may be NULL: then null is written. The node may be NULL
// when it is not attached any more: then pids are shown as its own.
#ifndef WHITEBEAM_OPERATIONS_ANSWER_TERMS_H
#define WHITEBEAM_OPERATIONS_ANSWER_TERMS_H

#include "node/node.h"
#include "term/print.h"
#include "term/redact.h"

// Whose values are not shown; borrowed, for the whole life of the daemon. Without it:
// redact_default.
void answer_redact_with(const struct redaction *redaction);

// Appends the term in the JSON mapping of term/json.h, without what is secret in it.
void answer_json(struct buffer *out, const struct node *node, const struct term *term,
        const struct print_limits *limits);

// The value as it may be shown under that key: "[redacted]" where the key says that it is secret.
const struct term *answer_under(
        struct arena *arena, const struct term *key, const struct term *value);

// The text of an atom or binary, or `otherwise`.
struct str answer_word(const struct term *term, const char *otherwise);

void answer_integer(struct buffer *out, const char *key, const struct term *term);

// In the JSON mapping of term/json.h.
void answer_term(
        struct buffer *out, const char *key, const struct node *node, const struct term *term);

// As inspect text.
void answer_inspect(struct buffer *out, const char *key, const struct node *node,
        const struct term *term, const struct print_limits *limits);

// {M, F, A, …} as M.F/A.
void answer_function(struct buffer *out, const char *key, const struct term *mfa);

#endif
