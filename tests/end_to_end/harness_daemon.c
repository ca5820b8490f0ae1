// Daemons as child processes.
#include "end_to_end/harness_private.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_DAEMONS 32
#define MOST_FLAGS   32
#define READY_S      60

static struct daemon *daemons[MOST_DAEMONS];
static size_t daemon_count;

static char *read_file(const char *path) {
    FILE *file = fopen(path, "re");
    size_t room = 1 << 20;
    char *all = keep_memory(calloc(1, room));
    if (file != NULL) {
        all[fread(all, 1, room - 1, file)] = '\0';
        fclose(file);
    }
    return all;
}

static pid_t start(const char *const *flags, const char *output, const char *errors) {
    char *arguments[MOST_FLAGS] = {text("%s/../whitebeam", harness_build())};
    for (size_t i = 0; flags[i] != NULL; i++) {
        assert_true(i + 2 < MOST_FLAGS);
        arguments[i + 1] = (char *)(uintptr_t)flags[i];
    }
    char *const environment[] = {text("HOME=%s", harness_folder()), text("PATH=%s", getenv("PATH")),
            "LANG=C.UTF-8", NULL};
    int mode = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC;
    int to = open(output, mode, 0600);
    int log = open(errors, mode, 0600);
    struct spawning spawning = {arguments, environment, -1, to, log};
    pid_t pid = child_start(&spawning);
    close(to);
    close(log);
    return pid;
}

static uint16_t ready_port(const char *said) {
    unsigned port = 0;
    const char *line = strstr(said, "whitebeam ready http://127.0.0.1:");
    return line && strchr(line, '\n') &&
                           sscanf(line, "whitebeam ready http://127.0.0.1:%u/", &port) == 1
                   ? (uint16_t)port
                   : 0;
}

// In a state directory, which may have been another daemon's before.
static struct daemon *start_at(char *state, const char *command, const char *const *flags) {
    struct daemon *daemon = keep_memory(calloc(1, sizeof *daemon));
    daemon->state = state;
    char *output = text("%s/%s.out", harness_folder(), unique("daemon"));
    daemon->log = text("%s.log", output);
    const char *all[MOST_FLAGS] = {command, "--listen", "127.0.0.1:0", "--state", daemon->state};
    for (size_t i = 0; flags[i] != NULL; i++) {
        assert_true(i + 6 < MOST_FLAGS);
        all[5 + i] = flags[i];
    }
    daemon->pid = start(all, output, daemon->log);
    daemons[daemon_count++] = daemon;
    for (struct deadline d = deadline_in(READY_S); daemon->port == 0;) {
        int status;
        if (child_ended(daemon->pid, &status)) {
            daemon->pid = 0;
            fail_msg("the daemon ended: %s", read_file(daemon->log));
        }
        deadline_wait(&d, "the daemon's ready line");
        daemon->port = ready_port(read_file(output));
    }
    daemon->key = read_file(text("%s/admin.key", daemon->state));
    daemon->key[strcspn(daemon->key, "\n")] = '\0';
    return daemon;
}

struct daemon *daemon_start_with(const char *command, const char *const *flags) {
    assert_true(daemon_count < MOST_DAEMONS);
    return start_at(text("%s/%s", harness_folder(), unique("state")), command, flags);
}

struct daemon *daemon_start_again(const struct daemon *before) {
    const char *none[] = {NULL};
    return start_at(before->state, "serve", none);
}

struct daemon *daemon_start(void) {
    const char *none[] = {NULL};
    return daemon_start_with("serve", none);
}

char *cookie_file(const char *cookie) {
    char *path = text("%s/%s", harness_folder(), unique("cookie"));
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    assert_true(file >= 0);
    assert_int_equal(write(file, cookie, strlen(cookie)), strlen(cookie));
    close(file);
    return path;
}

void attach(struct daemon *daemon, const struct target *target) {
    char *body = text("{\"node\":\"%s\",\"cookie\":\"%s\"}", target->name, target->cookie);
    struct reply reply = request(daemon, "POST", body, "/api/v1/nodes");
    if (reply.status != 201) {
        fail_msg("attach %s: %s%s", target->name, reply.head, reply.body);
    }
    assert_string_equal(string_at(reply.json, "data.state"), "ready");
}

void detach(struct daemon *daemon, const struct target *target) {
    struct reply reply = request(daemon, "DELETE", NULL, "/api/v1/nodes/%s", target->name);
    if (reply.status != 204) {
        fail_msg("detach %s: %s%s", target->name, reply.head, reply.body);
    }
}

static bool ended_well(struct daemon *daemon, int status) {
    bool well = WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (!well) {
        print_error(
                "a daemon ended with status %#x:\n%s\n", (unsigned)status, read_file(daemon->log));
    }
    return well;
}

void daemon_signal(struct daemon *daemon, int signal) {
    assert_int_equal(kill(daemon->pid, signal), 0);
    if (signal == SIGTERM || signal == SIGKILL) {
        int status = child_wait(daemon->pid, 30, "the end of the daemon");
        daemon->pid = 0;
        assert_true(signal == SIGKILL || ended_well(daemon, status));
    }
}

int daemons_stop(void) {
    int result = 0;
    while (daemon_count > 0) {
        struct daemon *daemon = daemons[--daemon_count];
        if (daemon->pid == 0) {
            continue;
        }
        int status = 1;
        int64_t end = now_ms() + 30000;
        kill(daemon->pid, SIGCONT);
        kill(daemon->pid, SIGTERM);
        while (!child_ended(daemon->pid, &status) && now_ms() < end) {
            usleep(10000);
        }
        result = ended_well(daemon, status) ? result : -1;
    }
    return result;
}

int run_daemon(const char *const *arguments, char **said) {
    char *path = text("%s/%s", harness_folder(), unique("run"));
    pid_t pid = start(arguments, "/dev/null", path);
    int status = child_wait(pid, 20, "the end of the program");
    *said = read_file(path);
    assert_true(WIFEXITED(status));
    return WEXITSTATUS(status);
}
