// The playground's BEAM, started for `whitebeam demo`: jailed, and reached over pipes.
#ifndef WHITEBEAM_COMMAND_DEMO_H
#define WHITEBEAM_COMMAND_DEMO_H

#include "base/error.h"

#include <uv.h>

struct demo;

// What it is attached as.
#define DEMO_NODE "demo"

// Starts it; its descriptors become the caller's. `ended` is called if it ends before demo_stop,
// and demo is gone then. Where no jail can be had it runs without one, which *warning says (else it
// is empty). Errors: ERROR_UNAVAILABLE when it cannot be started.
struct demo *demo_start(uv_loop_t *loop, void (*ended)(void *context, int64_t status),
        void *context, int *read_fd, int *write_fd, struct error *warning, struct error *error);

// Ends it and frees demo once it is gone.
void demo_stop(struct demo *demo);

#endif
