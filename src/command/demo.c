// Starting a BEAM with the playground in a jail: no network, a read-only system, bounded memory and
// processes. What it prints goes to our log.
#include "command/demo.h"

#include "base/log.h"
#include "base/memory.h"
#include "sandbox/jail.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MEMORY_BYTES ((uint64_t)1 << 30)
#define PROCESSES    256u
#define FILES        1024u

struct demo {
    struct jail *jail; // NULL once it has ended
    bool stopping;
    void (*ended)(void *context, int64_t status);
    void *context;
};

// A folder beside the program, in a build, or installed.
static bool find_folder(const char *name, char *path, size_t size, struct error *error) {
    static const char *const places[] = {"", "../lib/whitebeam/"};
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        *strrchr(self, '/') = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            snprintf(path, size, "%s/%s%s", self, places[i], name);
            if (access(path, R_OK) == 0) {
                return true;
            }
        }
    }
    return error_set(error, ERROR_UNAVAILABLE,
            "the folder %s is not beside the program; build it with `make`", name);
}

static void on_output(void *owner, struct str line, uint64_t dropped) {
    (void)owner;
    log_line(LOG_INFO, "demo.output", "line=\"%.*s\"", STR_ARGS(line));
    if (dropped > 0) {
        log_line(LOG_WARNING, "demo.output", "dropped=%llu", (unsigned long long)dropped);
    }
}

static void jail_ended(void *owner, int64_t status, int signal) {
    struct demo *demo = owner;
    demo->jail = NULL;
    if (!demo->stopping) {
        demo->ended(demo->context, signal ? 128 + signal : status);
    }
    free(demo);
}

static struct jail *start_jail(uv_loop_t *loop, struct demo *demo, bool unjailed, int *read_fd,
        int *write_fd, struct error *error) {
    static const struct jail_events events = {on_output, jail_ended};
    // The pipe is opened last: who attaches finds the whole tree there.
    static const char program[] = "{:ok, _} = Application.ensure_all_started(:playground); "
                                  ":whitebeam_pipe.start()";
    static const char *const environment[] = {
            "HOME=/tmp", "LANG=C.UTF-8", "PATH=/usr/local/bin:/usr/bin:/bin", NULL};
    char agent[4200];
    char playground[4200];
    if (!find_folder("agent", agent, sizeof agent, error) ||
            !find_folder("playground", playground, sizeof playground, error)) {
        return NULL;
    }
    const struct jail_bind binds[] = {{agent, "/agent"}, {playground, "/playground"}};
    const char *const arguments[] = {"elixir", "--erl",
            "-noinput +S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none", "-pa",
            unjailed ? agent : "/agent", "-pa", unjailed ? playground : "/playground", "--no-halt",
            "-e", program, NULL};
    struct jail_options options = {.arguments = arguments,
            .environment = environment,
            .binds = binds,
            .bind_count = 2,
            .memory_bytes = MEMORY_BYTES,
            .processes = PROCESSES,
            .files = FILES,
            .unjailed = unjailed};
    return jail_start(loop, &options, &events, demo, read_fd, write_fd, error);
}

struct demo *demo_start(uv_loop_t *loop, void (*ended)(void *context, int64_t status),
        void *context, int *read_fd, int *write_fd, struct error *warning, struct error *error) {
    struct demo *demo = memory_new(1, sizeof *demo);
    *demo = (struct demo){.ended = ended, .context = context};
    *warning = (struct error){0};
    bool jailed = jail_available(warning);
    demo->jail = start_jail(loop, demo, !jailed, read_fd, write_fd, error);
    if (demo->jail == NULL) {
        free(demo);
        return NULL;
    }
    return demo;
}

void demo_stop(struct demo *demo) {
    if (demo != NULL && !demo->stopping) {
        demo->stopping = true;
        jail_kill(demo->jail); // it has nothing to save
    }
}
