// Asking the running daemon: what commands other than `serve` and `demo` are made of.
#ifndef WHITEBEAM_COMMAND_CLIENT_H
#define WHITEBEAM_COMMAND_CLIENT_H

#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>

struct client;

struct client_options {
    const char *state;    // the daemon's state directory; NULL: the default, else the demo's
    const char *key_file; // of another key than admin.key; NULL: that one
};

struct client_answer {
    int status;         // HTTP's
    struct buffer body; // as it came
    json_t *json;       // NULL: the body is empty, or not JSON
};

// Finds the daemon by daemon.json and admin.key of the state directory. Errors: ERROR_UNAVAILABLE
// when no daemon runs there or the key cannot be read.
struct client *client_open(const struct client_options *options, struct error *error);
void client_close(struct client *client);

// Sends a request, with a body unless it is NULL, and waits for the whole answer, of any status;
// it is the caller's to finish. Errors: ERROR_UNAVAILABLE when the daemon does not answer.
bool client_ask(struct client *client, const char *method, const char *path, const json_t *body,
        struct client_answer *answer, struct error *error);
void client_answer_finish(struct client_answer *answer);

// Appends text as it stands in a path segment or a query.
void client_escape(struct buffer *out, struct str text);

#endif
