// The members of an answer in the order in which its row's form names them: that is the order for
// people, while answers of nodes come in that of the alphabet.
#ifndef WHITEBEAM_COMMAND_ARRANGE_H
#define WHITEBEAM_COMMAND_ARRANGE_H

#include "operations/operation.h"

#include <jansson.h>

// What the row calls its reply, arranged: a list for a list. The caller frees it.
json_t *arrange_reply(const struct operation *operation, const json_t *data);

#endif
