// The life of a jailed program: its start, its output in bounded lines, its end. The output costs
// the daemon a bounded amount of work whatever the program does: beyond LIMIT_JAIL_OUTPUT in a
// second the pipe is left full, and the program waits.
#include "sandbox/jail.h"

#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "sandbox/jail_command.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define SECOND_MS 1000
#define DRAIN_MS  1000 // for output that is still in the pipe when the program has ended

struct jail {
    const struct jail_events *events;
    void *owner; // borrowed
    uv_process_t process;
    uv_pipe_t output; // standard output and error
    uv_timer_t timer; // the next second, or the end of draining
    uv_file lifeline; // as long as it is open, the program may begin
    unsigned handles; // not closed yet: the three handles above
    bool running;
    bool started; // else jail_start failed, and nobody is told of the end
    int64_t status;
    int signal;

    uint64_t second;  // when the present one began; loop time
    size_t bytes;     // read in it
    unsigned lines;   // told in it
    uint64_t dropped; // lines, since the last one that was told
    size_t length;    // of the line that is arriving
    char line[LIMIT_JAIL_LINE];
    char chunk[4096];
};

// ---- The end --------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle) {
    struct jail *jail = handle->data;
    must(jail->handles > 0);
    if (--jail->handles > 0) {
        return;
    }
    if (jail->started) {
        close(jail->lifeline);
        jail->events->exited(jail->owner, jail->status, jail->signal);
    }
    free(jail);
}

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

static void on_timer(uv_timer_t *timer);

// ---- Output ---------------------------------------------------------------------------------

static void begin_second(struct jail *jail) {
    uint64_t now = uv_now(jail->output.loop);
    if (now - jail->second >= SECOND_MS) {
        jail->second = now;
        jail->bytes = 0;
        jail->lines = 0;
    }
}

static void end_line(struct jail *jail) {
    if (jail->lines >= LIMIT_JAIL_LINES) {
        jail->dropped++;
    } else {
        jail->lines++;
        jail->events->output(jail->owner, (struct str){jail->line, jail->length}, jail->dropped);
        jail->dropped = 0;
    }
    jail->length = 0;
}

static void take(struct jail *jail, const char *bytes, size_t count) {
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n') {
            end_line(jail);
        } else if (jail->length < sizeof jail->line) {
            jail->line[jail->length++] = bytes[i];
        }
    }
}

// Nothing more will come.
static void end_output(struct jail *jail) {
    if (uv_is_closing((uv_handle_t *)&jail->output)) {
        return;
    }
    if (jail->length > 0) {
        end_line(jail);
    }
    if (jail->dropped > 0) {
        jail->events->output(jail->owner, (struct str){"", 0}, jail->dropped);
    }
    close_handle(&jail->output);
    if (!jail->running) {
        close_handle(&jail->timer);
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
    (void)suggested;
    struct jail *jail = handle->data;
    *bytes = uv_buf_init(jail->chunk, sizeof jail->chunk);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    struct jail *jail = stream->data;
    if (count < 0) {
        end_output(jail);
        return;
    }
    begin_second(jail);
    jail->bytes += (size_t)count;
    take(jail, bytes->base, (size_t)count);
    if (jail->running && jail->bytes >= LIMIT_JAIL_OUTPUT) {
        uv_read_stop(stream);
        uint64_t passed = uv_now(stream->loop) - jail->second;
        uv_timer_start(&jail->timer, on_timer, SECOND_MS - passed, 0);
    }
}

static void on_timer(uv_timer_t *timer) {
    struct jail *jail = timer->data;
    if (jail->running) {
        uv_read_start((uv_stream_t *)&jail->output, on_room, on_read);
    } else {
        end_output(jail); // somebody else still holds the other end
    }
}

static void on_ended(uv_process_t *process, int64_t status, int signal) {
    struct jail *jail = process->data;
    jail->running = false;
    jail->status = status;
    jail->signal = signal;
    close_handle(process);
    if (uv_is_closing((uv_handle_t *)&jail->output)) {
        close_handle(&jail->timer);
        return;
    }
    uv_read_start((uv_stream_t *)&jail->output, on_room, on_read); // it may have been stopped
    uv_timer_start(&jail->timer, on_timer, DRAIN_MS, 0);
}

// ---- The start ------------------------------------------------------------------------------

// Both ends of four pipes; they are not inherited unless asked for.
struct ends {
    uv_file output[2];
    uv_file to_program[2];
    uv_file from_program[2];
    uv_file lifeline[2];
};

static void close_ends(uv_file ends[2]) {
    for (int i = 0; i < 2; i++) {
        if (ends[i] >= 0) {
            close(ends[i]);
        }
    }
}

static void close_all(struct ends *ends) {
    close_ends(ends->output);
    close_ends(ends->to_program);
    close_ends(ends->from_program);
    close_ends(ends->lifeline);
}

static int make_ends(struct ends *ends) {
    *ends = (struct ends){{-1, -1}, {-1, -1}, {-1, -1}, {-1, -1}};
    int result = uv_pipe(ends->output, UV_NONBLOCK_PIPE, 0);
    if (result == 0) {
        result = uv_pipe(ends->to_program, 0, UV_NONBLOCK_PIPE);
    }
    if (result == 0) {
        result = uv_pipe(ends->from_program, UV_NONBLOCK_PIPE, 0);
    }
    if (result == 0) {
        result = uv_pipe(ends->lifeline, 0, 0);
    }
    return result;
}

static int spawn(struct jail *jail, uv_loop_t *loop, const struct jail_options *options,
        const struct ends *ends) {
    struct arena arena;
    arena_init(&arena);
    char **words = jail_command(&arena, options);
    const char *path = getenv("PATH");
    struct str search = arena_printf(&arena, "PATH=%s", path ? path : "/usr/bin:/bin");
    char *bare[] = {(char *)(uintptr_t)search.at, NULL};
    uv_stdio_container_t streams[] = {{.flags = UV_IGNORE},
            {.flags = UV_INHERIT_FD, .data.fd = ends->output[1]},
            {.flags = UV_INHERIT_FD, .data.fd = ends->output[1]},
            {.flags = UV_INHERIT_FD, .data.fd = ends->to_program[0]},
            {.flags = UV_INHERIT_FD, .data.fd = ends->from_program[1]},
            [JAIL_LIFELINE] = {.flags = UV_INHERIT_FD, .data.fd = ends->lifeline[0]}};
    // Detached: a group of its own, so that jail_kill reaches all of it, and Ctrl-C does not.
    uv_process_options_t process = {.exit_cb = on_ended,
            .file = words[0],
            .args = words,
            .env = options->unjailed ? (char **)(uintptr_t)options->environment : bare,
            .flags = UV_PROCESS_DETACHED,
            .stdio = streams,
            .stdio_count = sizeof streams / sizeof streams[0]};
    int result = uv_spawn(loop, &jail->process, &process);
    arena_finish(&arena);
    return result;
}

static struct jail *create(uv_loop_t *loop, const struct jail_events *events, void *owner) {
    struct jail *jail = memory_new(1, sizeof *jail);
    jail->events = events;
    jail->owner = owner;
    jail->handles = 3;
    jail->process.data = jail->output.data = jail->timer.data = jail;
    must(uv_pipe_init(loop, &jail->output, 0) == 0);
    must(uv_timer_init(loop, &jail->timer) == 0);
    uv_update_time(loop);
    jail->second = uv_now(loop);
    return jail;
}

struct jail *jail_start(uv_loop_t *loop, const struct jail_options *options,
        const struct jail_events *events, void *owner, int *read_fd, int *write_fd,
        struct error *error) {
    if (!options->unjailed && !jail_available(error)) {
        return NULL;
    }
    // A descriptor that somebody opened without O_CLOEXEC must not be a hole in the jail.
    if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) != 0) {
        error_set(error, ERROR_UNAVAILABLE,
                "cannot keep open files out of a sandbox: %s; Linux 5.11 or later is needed",
                strerror(errno));
        return NULL;
    }
    struct ends ends;
    int result = make_ends(&ends);
    if (result != 0) {
        close_all(&ends);
        error_set(error, ERROR_UNAVAILABLE, "cannot make pipes: %s", uv_strerror(result));
        return NULL;
    }
    struct jail *jail = create(loop, events, owner);
    result = spawn(jail, loop, options, &ends);
    if (result != 0) {
        close_all(&ends);
        close_handle(&jail->process);
        close_handle(&jail->output);
        close_handle(&jail->timer);
        error_set(error, ERROR_UNAVAILABLE, "cannot run `%s`: %s",
                options->unjailed ? "setpriv" : "bwrap", uv_strerror(result));
        return NULL;
    }
    close(ends.output[1]);
    close(ends.to_program[0]);
    close(ends.from_program[1]);
    close(ends.lifeline[0]);
    jail->lifeline = ends.lifeline[1];
    must(uv_pipe_open(&jail->output, ends.output[0]) == 0);
    uv_read_start((uv_stream_t *)&jail->output, on_room, on_read);
    jail->running = true;
    jail->started = true;
    *read_fd = ends.from_program[0];
    *write_fd = ends.to_program[1];
    return jail;
}

void jail_kill(struct jail *jail) {
    if (jail->running) {
        // bubblewrap's first process inside dies with the one outside, and with it all the others.
        uv_kill(-jail->process.pid, SIGKILL);
    }
}
