// Folder, memory, waiting and child processes; see harness.h.
#include "end_to_end/harness_private.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_CHILDREN 64

static struct {
    char folder[64];
    char host[256];
    char build[4096]; // where this program lies: build/check/end_to_end
    void **memory;
    size_t memory_count;
    json_t **json;
    size_t json_count;
    pid_t children[MOST_CHILDREN];
    size_t child_count;
} harness;

// ---- memory and names ------------------------------------------------------------------------

// One more place in a list whose room is the next power of two.
static void *grown(void *list, size_t count) {
    if ((count & (count - 1)) != 0) {
        return list;
    }
    list = realloc(list, (count ? 2 * count : 1) * sizeof(void *));
    assert_non_null(list);
    return list;
}

void *keep_memory(void *memory) {
    assert_non_null(memory);
    harness.memory = grown(harness.memory, harness.memory_count);
    harness.memory[harness.memory_count++] = memory;
    return memory;
}

json_t *keep(json_t *json) {
    if (json != NULL) {
        harness.json = grown(harness.json, harness.json_count);
        harness.json[harness.json_count++] = json;
    }
    return json;
}

char *text_of(const char *format, va_list args) {
    char *made = NULL;
    assert_true(vasprintf(&made, format, args) >= 0);
    return keep_memory(made);
}

char *text(const char *format, ...) {
    va_list args;
    va_start(args, format);
    char *made = text_of(format, args);
    va_end(args);
    return made;
}

char *unique(const char *prefix) {
    uint64_t number;
    assert_int_equal(getrandom(&number, sizeof number, 0), sizeof number);
    return text("%s%016llx", prefix, (unsigned long long)number);
}

const char *harness_folder(void) {
    return harness.folder;
}

const char *harness_host(void) {
    return harness.host;
}

const char *harness_build(void) {
    return harness.build;
}

// ---- waiting ---------------------------------------------------------------------------------

int64_t now_ms(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

struct deadline deadline_in(int seconds) {
    return (struct deadline){now_ms() + (int64_t)seconds * 1000};
}

void deadline_wait(struct deadline *deadline, const char *what) {
    if (now_ms() >= deadline->end) {
        fail_msg("waited too long for: %s", what);
    }
    poll(NULL, 0, 20);
}

// ---- children --------------------------------------------------------------------------------

// What happens in the child between fork and exec: only calls that are safe there.
static void become(const struct spawning *spawning) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setsid();
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    int input = spawning->input >= 0 ? spawning->input : nothing;
    int output = spawning->output >= 0 ? spawning->output : nothing;
    int errors = spawning->errors >= 0 ? spawning->errors : nothing;
    if (dup2(input, 0) < 0 || dup2(output, 1) < 0 || dup2(errors, 2) < 0) {
        _exit(126);
    }
    execvpe(spawning->arguments[0], (char **)(uintptr_t)spawning->arguments,
            (char **)(uintptr_t)spawning->environment);
    _exit(127);
}

pid_t child_start(const struct spawning *spawning) {
    assert_true(harness.child_count < MOST_CHILDREN);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        become(spawning);
    }
    harness.children[harness.child_count++] = pid;
    return pid;
}

static void forget(pid_t pid) {
    for (size_t i = 0; i < harness.child_count; i++) {
        if (harness.children[i] == pid) {
            harness.children[i] = harness.children[--harness.child_count];
            return;
        }
    }
}

bool child_ended(pid_t pid, int *status) {
    pid_t result = waitpid(pid, status, WNOHANG);
    assert_true(result >= 0);
    if (result == pid) {
        forget(pid);
    }
    return result == pid;
}

int child_wait(pid_t pid, int seconds, const char *what) {
    int status = 0;
    for (struct deadline d = deadline_in(seconds); !child_ended(pid, &status);) {
        deadline_wait(&d, what);
    }
    return status;
}

// Every child leads a session of its own, so that the programs it started end with it.
void child_kill(pid_t pid) {
    int status;
    kill(-pid, SIGKILL);
    kill(pid, SIGKILL);
    waitpid(pid, &status, 0);
    forget(pid);
}

// ---- start and stop --------------------------------------------------------------------------

static void find_build(void) {
    ssize_t length = readlink("/proc/self/exe", harness.build, sizeof harness.build - 1);
    assert_true(length > 0);
    harness.build[length] = '\0';
    *strrchr(harness.build, '/') = '\0';
}

int harness_start(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN);
    find_build();
    snprintf(harness.folder, sizeof harness.folder, "/tmp/whitebeam_test_XXXXXX");
    if (mkdtemp(harness.folder) == NULL || gethostname(harness.host, sizeof harness.host) != 0) {
        return -1;
    }
    harness.host[strcspn(harness.host, ".")] = '\0';
    return 0;
}

int harness_stop(void **state) {
    (void)state;
    live_clients_forget();
    int daemons = daemons_stop();
    while (harness.child_count > 0) {
        child_kill(harness.children[0]);
    }
    targets_forget();
    while (harness.json_count > 0) {
        json_decref(harness.json[--harness.json_count]);
    }
    char *remove[] = {"rm", "-rf", harness.folder, NULL};
    char *environment[] = {"PATH=/usr/bin:/bin", NULL};
    struct spawning spawning = {remove, environment, -1, -1, -1};
    child_wait(child_start(&spawning), 10, "the end of rm");
    while (harness.memory_count > 0) {
        free(harness.memory[--harness.memory_count]);
    }
    free(harness.memory);
    free(harness.json);
    return daemons;
}
