// What end-to-end tests share: daemons and BEAM nodes as child processes in a temporary folder, a
// blocking HTTP client, and waiting for a condition with a deadline.
//
// Everything a test gets from here lives until harness_stop, which ends all children, also after a
// failed test. A child that is left over when the test program dies is ended by the kernel.
#ifndef WHITEBEAM_TESTS_HARNESS_H
#define WHITEBEAM_TESTS_HARNESS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <jansson.h>
#include <sys/types.h>

// Group fixtures for cmocka. harness_stop fails when a daemon's end was not clean.
int harness_start(void **state);
int harness_stop(void **state);

const char *harness_folder(void);
const char *harness_host(void); // as in name@host
// Where each operation that gave a good answer is noted.
const char *exercised_folder(void);
// Text that lives until harness_stop.
char *text(const char *format, ...) __attribute__((format(printf, 1, 2)));
// A name nobody else uses.
char *unique(const char *prefix);

// ---- waiting ---------------------------------------------------------------------------------

// for (struct deadline d = deadline_in(10); !condition(); deadline_wait(&d, "the condition"))
struct deadline {
    int64_t end; // ms
};

int64_t now_ms(void);
struct deadline deadline_in(int seconds);
// Waits a moment, or fails the test when the time is over.
void deadline_wait(struct deadline *deadline, const char *what);

// ---- nodes -----------------------------------------------------------------------------------

struct target {
    char *name; // name@host
    char *cookie;
    bool elixir;
    const char *config; // path of its configuration file, or NULL
    pid_t pid;          // 0: not running
    int input, output;
};

// An Erlang node that runs tests/end_to_end/target. Not yet attached.
struct target *target_start(void);
// An Erlang node that was started with a configuration file.
struct target *target_start_with_config(const char *path);
// An Elixir node with the playground application.
struct target *target_start_elixir(void);
// Ends it at once.
void target_kill(struct target *target);
// Starts it again under its name, with its cookie.
void target_start_again(struct target *target);

// Evaluates an Erlang expression on the node. The value as ~w, or as JSON.
const char *evaluate(struct target *target, const char *format, ...)
        __attribute__((format(printf, 2, 3)));
json_t *truth(struct target *target, const char *format, ...) __attribute__((format(printf, 2, 3)));
// True when the value is `true`.
bool holds(struct target *target, const char *format, ...) __attribute__((format(printf, 2, 3)));

// ---- daemons ---------------------------------------------------------------------------------

struct daemon {
    char *state;
    uint16_t port;
    char *key;
    char *log; // path of what it wrote to standard error
    pid_t pid;
};

// A daemon with nothing attached. Returns when it says that it is ready.
struct daemon *daemon_start(void);
// The same with these flags after `serve`, or `demo`; ends with NULL.
struct daemon *daemon_start_with(const char *command, const char *const *flags);
// A daemon in the state directory of one that has ended.
struct daemon *daemon_start_again(const struct daemon *before);
// A file with a cookie that only we can read.
char *cookie_file(const char *cookie);
// Attaches by REST and waits until it is ready.
void attach(struct daemon *daemon, const struct target *target);
void detach(struct daemon *daemon, const struct target *target);
// Sends the signal; for SIGTERM and SIGKILL waits for the end. SIGTERM must end with status 0.
void daemon_signal(struct daemon *daemon, int signal);

// Runs the program and waits for its end. Returns the exit status; *said is its standard error.
int run_daemon(const char *const *arguments, char **said);

// ---- requests --------------------------------------------------------------------------------

struct reply {
    int status;
    char *head; // status line and headers
    char *body;
    json_t *json; // NULL: no JSON
};

// With the key, and the body if it is not NULL.
struct reply request(struct daemon *daemon, const char *method, const char *body, const char *path,
        ...) __attribute__((format(printf, 4, 5)));
// Any bytes.
struct reply request_raw(uint16_t port, const char *bytes, size_t length);
// The value of a header, or NULL.
char *header(const struct reply *reply, const char *name);

// Fails unless the answer has this status. Returns its JSON.
json_t *get(struct daemon *daemon, int status, const char *path, ...)
        __attribute__((format(printf, 3, 4)));
// GET 200, the member `data`.
json_t *data(struct daemon *daemon, const char *path, ...) __attribute__((format(printf, 2, 3)));
// Fails unless the answer has the status and the error code. Returns its details.
json_t *refused(struct reply reply, int status, const char *code);

// ---- JSON ------------------------------------------------------------------------------------

// The value at "a.b.0.c"; JSON null where there is none.
json_t *at(const json_t *json, const char *path);
const char *string_at(const json_t *json, const char *path);
int64_t integer_at(const json_t *json, const char *path);
bool true_at(const json_t *json, const char *path);
// The element of an array whose member `key` is `value`, or NULL.
json_t *find(const json_t *array, const char *key, const char *value);
// Fails with both values unless they are equal.
void expect_same(const json_t *have, const json_t *want, const char *what);
// The same for arrays in any order.
void expect_same_set(const json_t *have, const json_t *want, const char *what);
bool same_set(const json_t *a, const json_t *b);
// Of an array of objects: an array of the values of one member.
json_t *pluck(const json_t *array, const char *key);
json_t *keep(json_t *json); // until harness_stop

#endif
