// Running whitebeam-render: one process for each picture or document, with three pipes and a
// deadline.
#include "sandbox/renderer.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define REFUSED      3 // its exit status when the input is at fault
#define REASON_BYTES 1000u

// waiting → running → ending, when nothing is expected any more; or waiting → ending.
enum job_state { JOB_WAITING, JOB_RUNNING, JOB_ENDING };

struct job {
    struct job *next; // in the list of its state
    enum job_state state;
    const char *program; // borrowed: it is a constant of the daemon's
    enum renderer_format format;
    renderer_done *done;
    void *context;
    uv_loop_t *loop;
    uv_process_t process;
    uv_pipe_t input;
    uv_pipe_t output;
    uv_pipe_t reasons; // standard error
    uv_timer_t timer;  // for its turn, then for its end
    unsigned handles;  // not closed yet
    uv_write_t write;
    struct buffer bytes; // of the input until they are written; not touched then
    struct buffer made;
    size_t reason_length;
    char reason[REASON_BYTES]; // the last of what came on standard error
    int group;                 // of processes, which it leads; 0 until it has begun
    bool ended;
    int64_t status; // when it has ended
    int signal;
    struct error error; // known before it ended; code 0: none
};

static struct {
    struct job *waiting; // the first is the next
    struct job *running;
    unsigned waiting_count;
    unsigned running_count;
} jobs;

static uint64_t deadline_ms = LIMIT_RENDER_MS;

static void start_next(void);

void renderer_set_deadline(uint64_t ms) {
    deadline_ms = ms;
}

const char *renderer_program(void) {
    static const char *const places[] = {"", "../lib/whitebeam/"};
    static char path[4200];
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) {
        return NULL;
    }
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
        snprintf(path, sizeof path, "%s/%swhitebeam-render", self, places[i]);
        if (access(path, X_OK) == 0) {
            return path;
        }
    }
    return NULL;
}

// ---- the end ---------------------------------------------------------------------------------

static void unlink_job(struct job **list, struct job *job) {
    while (*list != job) {
        list = &(*list)->next;
    }
    *list = job->next;
}

// The last line that it said, without its name. Libraries may have said something before.
static struct str reason_of(struct job *job) {
    static const char name[] = "whitebeam-render: ";
    size_t end = job->reason_length;
    while (end > 0 && job->reason[end - 1] == '\n') {
        end--;
    }
    const char *before = memrchr(job->reason, '\n', end);
    size_t start = before ? (size_t)(before + 1 - job->reason) : 0;
    struct str line = {job->reason + start, end - start};
    if (str_starts(line, name)) {
        line = (struct str){line.at + sizeof name - 1, line.length - (sizeof name - 1)};
    }
    return line;
}

// What its end means. False with the error if nothing was made.
static bool judge(struct job *job, struct error *error) {
    if (job->error.code != ERROR_OK) {
        *error = job->error;
        return false;
    }
    struct str reason = reason_of(job);
    if (job->signal == SIGXCPU || job->signal == SIGKILL || job->signal == SIGABRT) {
        return error_set(error, ERROR_UNPROCESSABLE,
                "this needs more time or memory than whitebeam-render may take; ask for less of "
                "it, "
                "or for SVG, Markdown or JSON");
    }
    if (job->signal != 0) {
        return error_set(
                error, ERROR_INTERNAL, "whitebeam-render was ended by signal %d", job->signal);
    }
    if (job->status == REFUSED) {
        return error_set(error, ERROR_UNPROCESSABLE, "%.*s", STR_ARGS(reason));
    }
    if (job->status != 0 || job->made.length == 0) {
        return error_set(error, ERROR_INTERNAL, "whitebeam-render failed with status %lld: %.*s",
                (long long)job->status, STR_ARGS(reason));
    }
    return true;
}

static void finish_job(struct job *job) {
    struct error error = {0};
    bool good = judge(job, &error);
    job->done(job->context, good ? buffer_str(&job->made) : (struct str){"", 0},
            good ? NULL : &error);
    buffer_finish(&job->bytes);
    buffer_finish(&job->made);
    free(job);
}

static void on_closed(uv_handle_t *handle) {
    struct job *job = handle->data;
    must(job->handles > 0);
    if (--job->handles > 0) {
        return;
    }
    if (job->state == JOB_RUNNING) {
        unlink_job(&jobs.running, job);
        jobs.running_count--;
        job->state = JOB_ENDING;
    }
    finish_job(job);
    start_next();
}

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

static void close_pipes(struct job *job) {
    close_handle(&job->input);
    close_handle(&job->output);
    close_handle(&job->reasons);
}

// When it has ended and all it wrote was read, there is nothing left to wait for.
static void settle(struct job *job) {
    if (job->ended && uv_is_closing((uv_handle_t *)&job->output) &&
            uv_is_closing((uv_handle_t *)&job->reasons)) {
        close_handle(&job->timer);
    }
}

// It is not to go on, for a reason of ours. Its end is awaited.
static void kill_job(struct job *job) {
    must(job->state == JOB_RUNNING);
    if (job->group > 0) {
        uv_kill(-job->group, SIGKILL); // when it has ended, others in it keep the pipes open
    }
    close_pipes(job);
    settle(job);
}

// One that waits will not get its turn.
static void drop_job(struct job *job) {
    must(job->state == JOB_WAITING);
    unlink_job(&jobs.waiting, job);
    jobs.waiting_count--;
    job->state = JOB_ENDING;
    close_handle(&job->timer);
}

static void on_late(uv_timer_t *timer) {
    struct job *job = timer->data;
    if (job->state == JOB_WAITING) {
        error_set(&job->error, ERROR_UNAVAILABLE,
                "other pictures and documents are being made, and the turn of this one did not "
                "come within %g s; try again later",
                (double)deadline_ms / 1000.0);
        drop_job(job);
    } else {
        error_set(&job->error, ERROR_DEADLINE,
                "the picture or document was not ready within %g s; ask for less of it",
                (double)deadline_ms / 1000.0);
        kill_job(job);
    }
}

// ---- running ---------------------------------------------------------------------------------

static void on_ended(uv_process_t *process, int64_t status, int signal) {
    struct job *job = process->data;
    job->status = status;
    job->signal = signal;
    job->ended = true;
    close_handle(process);
    close_handle(&job->input);
    settle(job);
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room) {
    struct job *job = handle->data;
    *room = uv_buf_init(buffer_reserve(&job->made, suggested), (unsigned)suggested);
}

static void on_output(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    (void)bytes; // they are where on_room said, behind what was made before
    struct job *job = stream->data;
    if (count < 0) {
        close_handle(stream);
        settle(job);
        return;
    }
    job->made.length += (size_t)count;
    if (job->made.length > LIMIT_RENDER_OUTPUT) {
        error_set(&job->error, ERROR_ANSWER_TOO_LARGE,
                "the picture or document has more than %u MB; ask for less of it",
                LIMIT_RENDER_OUTPUT >> 20);
        kill_job(job);
    }
}

// The last is kept: when there is no room, the first half goes.
static void on_reason_room(uv_handle_t *handle, size_t suggested, uv_buf_t *room) {
    (void)suggested;
    struct job *job = handle->data;
    if (job->reason_length == REASON_BYTES) {
        job->reason_length = REASON_BYTES / 2;
        memmove(job->reason, job->reason + REASON_BYTES - job->reason_length, job->reason_length);
    }
    *room = uv_buf_init(
            job->reason + job->reason_length, (unsigned)(REASON_BYTES - job->reason_length));
}

static void on_reason(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    (void)bytes;
    struct job *job = stream->data;
    if (count < 0) {
        close_handle(stream);
        settle(job);
        return;
    }
    job->reason_length += (size_t)count;
}

// It closes its end early when it refuses: that is no error of ours.
static void on_written(uv_write_t *write, int status) {
    (void)status;
    struct job *job = write->data;
    close_handle(&job->input);
}

static int spawn(struct job *job) {
    static const char *const words[] = {[RENDERER_PNG] = "png", [RENDERER_PDF] = "pdf"};
    char *arguments[] = {
            (char *)(uintptr_t)job->program, (char *)(uintptr_t)words[job->format], NULL};
    char *environment[] = {NULL};
    uv_stdio_container_t streams[] = {
            {.flags = UV_CREATE_PIPE | UV_READABLE_PIPE, .data.stream = (uv_stream_t *)&job->input},
            {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                    .data.stream = (uv_stream_t *)&job->output},
            {.flags = UV_CREATE_PIPE | UV_WRITABLE_PIPE,
                    .data.stream = (uv_stream_t *)&job->reasons},
    };
    uv_process_options_t options = {.exit_cb = on_ended,
            .file = job->program,
            .args = arguments,
            .env = environment,
            .flags = UV_PROCESS_DETACHED, // Ctrl-C is for the daemon, which ends it in order
            .stdio = streams,
            .stdio_count = 3};
    return uv_spawn(job->loop, &job->process, &options);
}

// A descriptor that somebody opened without O_CLOEXEC is not for libraries that read foreign names.
static bool keep_files_in(struct error *error) {
    if (close_range(3, ~0u, CLOSE_RANGE_CLOEXEC) == 0) {
        return true;
    }
    return error_set(error, ERROR_UNAVAILABLE,
            "cannot keep open files from whitebeam-render: %s; Linux 5.11 or later is needed",
            strerror(errno));
}

// Makes the pipes and the process. False with the error if there is no process.
static bool begin(struct job *job) {
    job->process.data = job->input.data = job->output.data = job->reasons.data = job;
    must(uv_pipe_init(job->loop, &job->input, 0) == 0);
    must(uv_pipe_init(job->loop, &job->output, 0) == 0);
    must(uv_pipe_init(job->loop, &job->reasons, 0) == 0);
    job->handles += 3;
    if (!keep_files_in(&job->error)) {
        return false;
    }
    int result = spawn(job);
    job->handles++;
    if (result == 0) {
        job->group = job->process.pid;
        return true;
    }
    close_handle(&job->process);
    return error_set(
            &job->error, ERROR_UNAVAILABLE, "cannot run %s: %s", job->program, uv_strerror(result));
}

static void start(struct job *job) {
    jobs.waiting = job->next;
    jobs.waiting_count--;
    job->state = JOB_RUNNING;
    job->next = jobs.running;
    jobs.running = job;
    jobs.running_count++;
    if (!begin(job)) {
        close_pipes(job);
        close_handle(&job->timer);
        return;
    }
    uv_update_time(job->loop);
    uv_timer_start(&job->timer, on_late, deadline_ms, 0);
    uv_read_start((uv_stream_t *)&job->output, on_room, on_output);
    uv_read_start((uv_stream_t *)&job->reasons, on_reason_room, on_reason);
    uv_buf_t bytes = uv_buf_init(job->bytes.at, (unsigned)job->bytes.length);
    job->write.data = job;
    if (uv_write(&job->write, (uv_stream_t *)&job->input, &bytes, 1, on_written) != 0) {
        close_handle(&job->input);
    }
}

static void start_next(void) {
    while (jobs.waiting != NULL && jobs.running_count < LIMIT_RENDER_AT_ONCE) {
        start(jobs.waiting);
    }
}

// ---- beginning -------------------------------------------------------------------------------

static bool may_wait(const char *program, struct str input, struct error *error) {
    if (program == NULL || access(program, X_OK) != 0) {
        return error_set(error, ERROR_NOT_IMPLEMENTED,
                "whitebeam-render, which makes PNG and PDF, is not installed beside the daemon: it "
                "is built where librsvg, cairo and pango are (tools/setup); SVG, Markdown and JSON "
                "need nothing");
    }
    if (input.length > LIMIT_RENDER_INPUT) {
        return error_set(error, ERROR_UNPROCESSABLE,
                "this has more than %u MB, too much for a picture or document; ask for less of it",
                LIMIT_RENDER_INPUT >> 20);
    }
    if (jobs.waiting_count >= LIMIT_RENDER_WAITING) {
        return error_set(error, ERROR_UNAVAILABLE,
                "%u pictures and documents wait to be made already; try again later",
                jobs.waiting_count);
    }
    return true;
}

void renderer_run(uv_loop_t *loop, const char *program, enum renderer_format format,
        struct str input, renderer_done *done, void *context) {
    struct error error;
    if (!may_wait(program, input, &error)) {
        done(context, (struct str){"", 0}, &error);
        return;
    }
    struct job *job = memory_new(1, sizeof *job);
    job->program = program;
    job->format = format;
    job->done = done;
    job->context = context;
    job->loop = loop;
    buffer_init(&job->bytes);
    buffer_init(&job->made);
    buffer_add_str(&job->bytes, input);
    job->handles = 1;
    job->timer.data = job;
    must(uv_timer_init(loop, &job->timer) == 0);
    uv_update_time(loop);
    uv_timer_start(&job->timer, on_late, deadline_ms, 0);
    struct job **last = &jobs.waiting;
    while (*last != NULL) {
        last = &(*last)->next;
    }
    *last = job;
    jobs.waiting_count++;
    start_next();
}

void renderer_stop(void) {
    while (jobs.waiting != NULL) {
        struct job *job = jobs.waiting;
        error_set(&job->error, ERROR_UNAVAILABLE, "the daemon is stopping");
        drop_job(job);
    }
    for (struct job *job = jobs.running; job != NULL; job = job->next) {
        error_set(&job->error, ERROR_UNAVAILABLE, "the daemon is stopping");
        kill_job(job);
    }
}
