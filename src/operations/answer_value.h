// Answers of the agent's operations as JSON. The form is described in
// agent/src/whitebeam_operate.erl.
#ifndef WHITEBEAM_OPERATIONS_ANSWER_VALUE_H
#define WHITEBEAM_OPERATIONS_ANSWER_VALUE_H

#include "node/node.h"

// Writes the value under `key`, or bare for NULL. {'$term', T} under a key becomes two members: the
// term in the mapping of term/json.h, and `key_inspect` with its inspect text.
void answer_value(
        struct buffer *out, const char *key, const struct node *node, const struct term *value);

// Writes the members of a map, for an object that is open, but for the one of the name `without`.
void answer_members(
        struct buffer *out, const struct node *node, const struct term *map, const char *without);

#endif
