// BEAM nodes as child processes, asked over their standard input.
#include "end_to_end/harness_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST_TARGETS 32
#define ANSWER_S     30

static struct target *targets[MOST_TARGETS];
static size_t target_count;

static void open_pipes(struct target *target, int *child_input, int *child_output) {
    int input[2];
    int output[2];
    assert_int_equal(pipe2(input, O_CLOEXEC), 0);
    assert_int_equal(pipe2(output, O_CLOEXEC), 0);
    *child_input = input[0];
    *child_output = output[1];
    target->input = input[1];
    target->output = output[0];
}

static void start(struct target *target) {
    int input;
    int output;
    char *modules = text("%s/ebin", harness_build());
    char *playground = text("%s/../playground", harness_build());
    char *const environment[] = {text("HOME=%s", harness_folder()), text("PATH=%s", getenv("PATH")),
            "LANG=C.UTF-8", "ERL_CRASH_DUMP_SECONDS=0",
            target->config ? text("ERL_AFLAGS=-config %s", target->config) : NULL, NULL};
    char *short_name = text("%.*s", (int)strcspn(target->name, "@"), target->name);
    char *const erlang[] = {"erl", "-noshell", "-sname", short_name, "-setcookie", target->cookie,
            "-pa", modules, "+sbwt", "none", "-s", "target", "run", NULL};
    char *const elixir[] = {"elixir", "--sname", short_name, "--cookie", target->cookie, "-pa",
            modules, "-pa", playground, "--no-halt", "-e",
            "{:ok, _} = Application.ensure_all_started(:playground); :target.run()", NULL};
    open_pipes(target, &input, &output);
    int errors = open(text("%s/%s.log", harness_folder(), short_name),
            O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    struct spawning spawning = {
            target->elixir ? elixir : erlang, environment, input, output, errors};
    target->pid = child_start(&spawning);
    close(input);
    close(output);
    close(errors);
    assert_string_equal(evaluate(target, "is_alive()"), "true");
}

static struct target *start_new(bool elixir, const char *config) {
    assert_true(target_count < MOST_TARGETS);
    struct target *target = keep_memory(calloc(1, sizeof *target));
    target->name = text("%s@%s", unique("target"), harness_host());
    target->cookie = unique("cookie");
    target->elixir = elixir;
    target->config = config;
    targets[target_count++] = target;
    start(target);
    return target;
}

struct target *target_start(void) {
    return start_new(false, NULL);
}

struct target *target_start_with_config(const char *path) {
    return start_new(false, path);
}

struct target *target_start_elixir(void) {
    return start_new(true, NULL);
}

static void close_pipes(struct target *target) {
    if (target->pid != 0) {
        close(target->input);
        close(target->output);
        target->pid = 0;
    }
}

void target_kill(struct target *target) {
    child_kill(target->pid);
    close_pipes(target);
}

void target_start_again(struct target *target) {
    assert_int_equal(target->pid, 0);
    start(target);
}

void targets_forget(void) {
    while (target_count > 0) {
        close_pipes(targets[--target_count]);
    }
}

// ---- questions -------------------------------------------------------------------------------

static char *read_line(struct target *target, struct deadline *deadline) {
    size_t length = 0;
    size_t room = 256;
    char *line = malloc(room);
    for (;;) {
        struct pollfd ready = {.fd = target->output, .events = POLLIN};
        int64_t left = deadline->end - now_ms();
        if (poll(&ready, 1, left > 0 ? (int)left : 0) != 1 ||
                read(target->output, line + length, 1) != 1) {
            free(line);
            fail_msg("%s does not answer", target->name);
        }
        if (line[length] == '\n') {
            line[length] = '\0';
            return keep_memory(line);
        }
        if (++length == room) {
            room *= 2;
            line = realloc(line, room);
        }
    }
}

// The answer to one expression; what else the node printed is skipped.
static char *ask(struct target *target, const char *expression) {
    struct deadline deadline = deadline_in(ANSWER_S);
    char *line = text("%s.\n", expression);
    size_t length = strlen(line);
    if (write(target->input, line, length) != (ssize_t)length) {
        fail_msg("%s takes no question", target->name);
    }
    do {
        line = read_line(target, &deadline);
    } while (strncmp(line, "@@ ", 3) != 0);
    if (strncmp(line + 3, "{failed,", 8) == 0) {
        fail_msg("%s\n%s", expression, line + 3);
    }
    return line + 3;
}

const char *evaluate(struct target *target, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *expression = text_of(format, args);
    va_end(args);
    return ask(target, expression);
}

bool holds(struct target *target, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *expression = text_of(format, args);
    va_end(args);
    return strcmp(ask(target, expression), "true") == 0;
}

json_t *truth(struct target *target, const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *expression = text_of(format, args);
    va_end(args);
    const char *answer = ask(target, text("{text, target:json(begin %s end)}", expression));
    json_error_t error;
    json_t *json = json_loads(answer, JSON_DECODE_ANY, &error);
    if (json == NULL) {
        fail_msg("%s is not JSON: %s\n%s", expression, error.text, answer);
    }
    return keep(json);
}
