// Running a program where it can do no harm: bubblewrap, resource limits, an unprivileged user.
//
// What the program sees: the host's /usr, /lib, /bin read-only, and only what is listed beside
// them; its own /tmp in memory; no network but a loopback of its own; no other processes. It dies
// with the daemon.
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
    const char *const *arguments;   // argv, NULL at the end; [0] is looked up in its PATH
    const char *const *environment; // NAME=value, NULL at the end
    const struct jail_bind *binds;
    size_t bind_count;
    // Of each process, but `processes`, which counts the threads of all together. 0: no limit.
    uint64_t memory_bytes; // RLIMIT_DATA
    uint64_t cpu_seconds;  // RLIMIT_CPU
    uint32_t processes; // RLIMIT_NPROC; not without a jail: it would count all that the user runs
    uint32_t files;     // RLIMIT_NOFILE
    // Run it as it is, as the same user: only for our own code, where no jail can be had. It still
    // dies with the daemon.
    bool unjailed;
};

struct jail_events {
    // A line of its standard output or error, without the newline, in whatever bytes the program
    // wrote; long ones are cut, and lines over LIMIT_JAIL_LINES a second are not told. `dropped`:
    // how many were not told since the last one that was. An empty line comes before exited() if
    // some were dropped at the end.
    void (*output)(void *owner, struct str line, uint64_t dropped);
    // It ended, and its output was told. signal is 0 for a normal exit; in a jail, a program that a
    // signal ends shows as the status 128 + signal. The jail frees itself after this call.
    void (*exited)(void *owner, int64_t status, int signal);
};

// Whether a jail can be made here: bwrap exists and user namespaces work. The first answer is found
// by trying (it may block for some 50 ms) and kept. Errors: ERROR_UNAVAILABLE with what to do.
bool jail_available(struct error *error);

// Starts it. Its descriptors 3 (it reads) and 4 (it writes) are pipes, whose other ends *write_fd
// and *read_fd become the caller's. As root, the program in the jail runs as an unprivileged user,
// who needs permission to read what is in `binds`, but not to reach it on the host.
// All other open files of the daemon become close-on-exec.
struct jail *jail_start(uv_loop_t *loop, const struct jail_options *options,
        const struct jail_events *events, void *owner, int *read_fd, int *write_fd,
        struct error *error);

// Kills it and all it started; exited() follows.
void jail_kill(struct jail *jail);

#endif
