// The playground's BEAM, started beside the daemon for `whitebeam demo`.
#ifndef WHITEBEAM_COMMAND_DEMO_H
#define WHITEBEAM_COMMAND_DEMO_H

#include "base/error.h"

#include <uv.h>

struct demo;

#define DEMO_NODE "demo@127.0.0.1"

// Starts it on a free loopback port, with a cookie of its own in the state directory. `ended` is
// called if it ends before demo_stop. Errors: ERROR_UNAVAILABLE when it cannot be started.
struct demo *demo_start(uv_loop_t *loop, const char *state_directory,
        void (*ended)(void *context, int64_t status), void *context, struct error *error);

uint16_t demo_port(const struct demo *demo);
const char *demo_cookie(const struct demo *demo);

// Ends it and frees demo once it is gone.
void demo_stop(struct demo *demo);

#endif
