// Asking the running daemon: what commands other than `serve` and `demo` are made of.
#ifndef WHITEBEAM_COMMAND_CLIENT_H
#define WHITEBEAM_COMMAND_CLIENT_H

#include "base/error.h"

#include <jansson.h>

// Finds the daemon by daemon.json and admin.key of the state directory, sends a request with an
// empty body, and gives its answer; *answer is the caller's to free with json_decref, NULL when
// there was no body. Errors: ERROR_UNAVAILABLE when no daemon runs there or it does not answer; an
// error answer of the daemon with its own sentence.
bool client_request(const char *state_directory, const char *method, const char *path,
        json_t **answer, struct error *error);

#endif
