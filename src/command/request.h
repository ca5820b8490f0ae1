// From what was asked for to requests of the daemon, and what came of them.
#ifndef WHITEBEAM_COMMAND_REQUEST_H
#define WHITEBEAM_COMMAND_REQUEST_H

#include "command/client.h"
#include "command/words.h"

// Asks for the operation with these arguments: by name, or by its own route where it has no group.
// Errors as client_ask has them.
bool request_send(struct client *client, const struct operation *operation, const json_t *arguments,
        struct client_answer *answer, struct error *error);

// The same for a list, page after page; *answer has the rows of all of them in `data`, and the
// first page's `meta` without what counts pages. An answer that is an error ends it and is *answer.
bool request_all(struct client *client, const struct operation *operation, json_t *arguments,
        struct client_answer *answer, struct error *error);

#endif
