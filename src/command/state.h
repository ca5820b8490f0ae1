// The state directory: what a daemon keeps between runs. Read and written only at the start and the
// end, so it may block.
#ifndef WHITEBEAM_COMMAND_STATE_H
#define WHITEBEAM_COMMAND_STATE_H

#include "base/error.h"

#include <sys/types.h>

struct state {
    char directory[4096];
    char id[17];         // of the directory; part of our node name
    char admin_key[128]; // the secret of admin.key
    int lock;            // held while the daemon runs
};

// Makes the directory (0700) if needed, locks it, and reads or creates id and admin.key (0600).
// Errors: ERROR_UNAVAILABLE that says what cannot be made, or who runs there already.
bool state_open(struct state *state, const char *directory, struct error *error);

// Writes daemon.json: where the running daemon is.
bool state_announce(
        const struct state *state, const char *address, uint16_t port, struct error *error);

// Removes daemon.json and gives the lock back.
void state_close(struct state *state);

// Reads a cookie file: its first line. Errors when it cannot be read, is empty, or can be read by
// others than its owner.
bool state_read_cookie(const char *path, char *cookie, size_t size, struct error *error);

#endif
