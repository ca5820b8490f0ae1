// Runs the built program and collects what it says.
#include "end_to_end/harness_command.h"

#include "end_to_end/harness_private.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_WORDS 40
#define END_S      30

static char *read_file(const char *path) {
    FILE *file = fopen(path, "re");
    assert_non_null(file);
    assert_int_equal(fseek(file, 0, SEEK_END), 0);
    long size = ftell(file);
    rewind(file);
    char *all = keep_memory(calloc(1, (size_t)size + 1));
    assert_int_equal(fread(all, 1, (size_t)size, file), size);
    fclose(file);
    return all;
}

static int file_with(const char *path, const char *content) {
    int file = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    size_t length = content ? strlen(content) : 0;
    assert_int_equal(write(file, content ? content : "", length), length);
    assert_int_equal(lseek(file, 0, SEEK_SET), 0);
    return file;
}

static pid_t start(const struct running *running, const char *const *words, int input, int output,
        int errors) {
    char *arguments[MOST_WORDS + 2] = {text("%s/../whitebeam", harness_build())};
    for (size_t i = 0; words[i] != NULL; i++) {
        assert_true(i < MOST_WORDS);
        arguments[i + 1] = (char *)(uintptr_t)words[i];
    }
    char *environment[] = {text("HOME=%s", harness_folder()), text("PATH=%s", getenv("PATH")),
            text("LC_ALL=%s", running->locale ? running->locale : "C.UTF-8"), "TERM=xterm",
            running->columns ? text("COLUMNS=%s", running->columns) : NULL, NULL};
    struct spawning spawning = {arguments, environment, input, output, errors};
    return child_start(&spawning);
}

static int end_of(pid_t pid) {
    int status = child_wait(pid, END_S, "the end of the command");
    if (!WIFEXITED(status)) {
        fail_msg("the command ended with status %#x", (unsigned)status);
    }
    return WEXITSTATUS(status);
}

struct said command_run_with(const struct running *running, const char *const *words) {
    char *path = text("%s/%s", harness_folder(), unique("command"));
    int input = file_with(text("%s.in", path), running->input);
    int output = file_with(text("%s.out", path), NULL);
    int errors = file_with(text("%s.err", path), NULL);
    pid_t pid = start(running, words, input, output, errors);
    close(input);
    close(output);
    close(errors);
    struct said said = {.status = end_of(pid)};
    said.output = read_file(text("%s.out", path));
    said.errors = read_file(text("%s.err", path));
    return said;
}

// ---- against a daemon ------------------------------------------------------------------------

// "--state DIR", what else is given first, and the words.
static void collect(const char **all, struct daemon *daemon, const char *first, va_list words) {
    size_t count = 0;
    all[count++] = "--state";
    all[count++] = daemon->state;
    if (first != NULL) {
        all[count++] = first;
    }
    for (const char *word; (word = va_arg(words, const char *)) != NULL;) {
        assert_true(count < MOST_WORDS);
        all[count++] = word;
    }
    all[count] = NULL;
}

static const struct running plainly = {NULL, NULL, NULL};

#define COLLECT(all, daemon, first, last)                                                          \
    const char *all[MOST_WORDS + 2];                                                               \
    va_list words;                                                                                 \
    va_start(words, last);                                                                         \
    collect(all, daemon, first, words);                                                            \
    va_end(words)

struct said command_ask(struct daemon *daemon, ...) {
    COLLECT(all, daemon, NULL, daemon);
    return command_run_with(&plainly, all);
}

static struct said good(const char *const *all) {
    struct said said = command_run_with(&plainly, all);
    if (said.status != 0) {
        fail_msg("%s ended with %d: %s", all[2], said.status, said.errors);
    }
    return said;
}

char *command_good(struct daemon *daemon, ...) {
    COLLECT(all, daemon, NULL, daemon);
    return good(all).output;
}

json_t *command_json(struct daemon *daemon, ...) {
    COLLECT(all, daemon, "--json", daemon);
    struct said said = good(all);
    json_t *json = keep(json_loads(said.output, 0, NULL));
    if (json == NULL) {
        fail_msg("%s is not JSON", said.output);
    }
    return json;
}

char *command_bad(struct daemon *daemon, int status, ...) {
    COLLECT(all, daemon, NULL, status);
    struct said said = command_run_with(&plainly, all);
    if (said.status != status) {
        fail_msg("%s ended with %d, not %d: %s%s", all[2], said.status, status, said.output,
                said.errors);
    }
    assert_string_equal(said.output, "");
    return said.errors;
}

// ---- on a terminal ---------------------------------------------------------------------------

// Everything that comes until the words stand there, or for NULL until the other side is gone.
static void read_until(int terminal, char *screen, size_t room, const char *words) {
    size_t length = strlen(screen);
    for (struct deadline d = deadline_in(END_S); words == NULL || !strstr(screen, words);) {
        struct pollfd ready = {.fd = terminal, .events = POLLIN};
        if (poll(&ready, 1, 20) == 0) {
            deadline_wait(&d, words ? words : "the end of the command");
            continue;
        }
        ssize_t got = read(terminal, screen + length, room - length - 1);
        if (got <= 0) {
            assert_null(words); // it ended without asking
            return;
        }
        length += (size_t)got;
        screen[length] = '\0';
    }
}

struct said command_on_terminal(
        struct daemon *daemon, const char *question, const char *answer, ...) {
    COLLECT(all, daemon, NULL, answer);
    size_t room = 1 << 20;
    struct said said = {.output = keep_memory(calloc(1, room)), .errors = ""};
    struct winsize size = {.ws_row = 24, .ws_col = 80};
    int terminal = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(terminal >= 0 && grantpt(terminal) == 0 && unlockpt(terminal) == 0);
    int other = open(ptsname(terminal), O_RDWR | O_NOCTTY | O_CLOEXEC);
    assert_true(other >= 0 && ioctl(terminal, TIOCSWINSZ, &size) == 0);
    pid_t pid = start(&plainly, all, other, other, other);
    close(other);
    read_until(terminal, said.output, room, question);
    assert_int_equal(write(terminal, answer, strlen(answer)), strlen(answer));
    read_until(terminal, said.output, room, NULL);
    close(terminal);
    said.status = end_of(pid);
    return said;
}
