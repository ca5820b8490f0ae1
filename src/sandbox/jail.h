// Running a program where it can do no harm: bubblewrap, resource limits, an unprivileged user.
//
// What the program sees: the host's /usr, /lib, /bin read-only, and only what is listed beside them;
// its own /tmp in memory; no network but a loopback of its own; no other processes. It dies with
// the daemon.
#ifndef WHITEBEAM_SANDBOX_JAIL_H
#define WHITEBEAM_SANDBOX_JAIL_H

#include "base/error.h"

#include <uv.h>

struct jail;

struct jail_bind {
    const char *source; // on the host
    const char *target; // inside; read-only
};

struct jail_options {
    const char *const *arguments; // argv, NULL at the end; argv[0] is looked up in PATH
    const char *const *environment; // NAME=value, NULL at the end
    const struct jail_bind *binds;
    size_t bind_count;
    uint64_t memory_bytes; // RLIMIT_DATA
    uint64_t cpu_seconds;  // RLIMIT_CPU; 0: none
    uint32_t processes;    // RLIMIT_NPROC
    uint32_t files;        // RLIMIT_NOFILE
    bool unjailed;         // run it as it is: only for our own code, where no jail can be had
};

struct jail_events {
    // A line of its standard output or error, without the newline; long ones are cut, and lines over
    // 200 a second are dropped and counted in `dropped`.
    void (*output)(void *owner, struct str line, uint64_t dropped);
    // It ended; signal is 0 for a normal exit. The jail frees itself after this call.
    void (*exited)(void *owner, int64_t status, int signal);
};

// Whether a jail can be made here: bwrap exists and user namespaces work. The first answer is found
// by trying (it may block for some 50 ms) and kept. Errors: ERROR_UNAVAILABLE with what to do.
bool jail_available(struct error *error);

// Starts it. Its descriptors 3 (it reads) and 4 (it writes) are pipes, whose other ends *read_fd
// and *write_fd become the caller's. As root, the program runs as an unprivileged user.
struct jail *jail_start(uv_loop_t *loop, const struct jail_options *options,
        const struct jail_events *events, void *owner, int *read_fd, int *write_fd,
        struct error *error);

// Kills it and all it started; exited() follows.
void jail_kill(struct jail *jail);

#endif
