// Starting a BEAM with the playground: distribution on loopback only, no epmd, the cookie in a file
// that only we can read. Its output goes to our standard error.
#include "command/demo.h"

#include "base/memory.h"
#include "base/random.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

struct demo {
    uv_process_t process;
    uint16_t port;
    bool stopping;
    bool exited;
    char cookie[33];
    char home[4200];
    void (*ended)(void *context, int64_t status);
    void *context;
};

// A port that is free now. Somebody else may take it before the BEAM does; then it fails to start.
static uint16_t free_port(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int probe = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    bool good = probe >= 0 && bind(probe, (struct sockaddr *)&address, length) == 0 &&
                getsockname(probe, (struct sockaddr *)&address, &length) == 0;
    if (probe >= 0) {
        close(probe);
    }
    return good ? ntohs(address.sin_port) : 0;
}

static bool write_cookie(struct demo *demo, const char *state, struct error *error) {
    uint8_t bytes[16];
    char path[4300];
    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) {
        snprintf(demo->cookie + 2 * i, 3, "%02x", bytes[i]);
    }
    snprintf(demo->home, sizeof demo->home, "%s/playground", state);
    snprintf(path, sizeof path, "%s/.erlang.cookie", demo->home);
    if (mkdir(demo->home, 0700) != 0 && errno != EEXIST) {
        return error_set(
                error, ERROR_UNAVAILABLE, "cannot make %s: %s", demo->home, strerror(errno));
    }
    unlink(path);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0400);
    bool good = file >= 0 && write(file, demo->cookie, 32) == 32;
    if (file >= 0) {
        close(file);
    }
    return good ? true
                : error_set(error, ERROR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

// Where the playground's compiled modules are: beside the program in a build, or installed.
static bool find_modules(char *path, size_t size, struct error *error) {
    static const char *const places[] = {"playground", "../lib/whitebeam/playground"};
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    if (length > 0) {
        self[length] = '\0';
        *strrchr(self, '/') = '\0';
        for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
            snprintf(path, size, "%s/%s", self, places[i]);
            if (access(path, R_OK) == 0) {
                return true;
            }
        }
    }
    return error_set(error, ERROR_UNAVAILABLE,
            "the playground's modules are not beside the program; build them with `make`");
}

static void freed(uv_handle_t *handle) {
    free(handle->data);
}

static void exited(uv_process_t *process, int64_t status, int signal) {
    struct demo *demo = process->data;
    demo->exited = true;
    if (demo->stopping) {
        uv_close((uv_handle_t *)process, freed);
    } else {
        demo->ended(demo->context, signal ? 128 + signal : status);
    }
}

static int spawn(struct demo *demo, uv_loop_t *loop, const char *modules) {
    char port[16];
    char home[4300];
    char path[4200];
    snprintf(port, sizeof port, "%u", demo->port);
    snprintf(home, sizeof home, "HOME=%s", demo->home);
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    char erl[400];
    snprintf(erl, sizeof erl,
            "-noinput -start_epmd false -erl_epmd_port %s "
            "-kernel inet_dist_use_interface {127,0,0,1} +sbwt none +sbwtdcpu none +sbwtdio none",
            port);
    // Distribution is started last: who can attach finds the whole tree there.
    static const char program[] =
            "{:ok, _} = Application.ensure_all_started(:playground); "
            "{:ok, _} = :net_kernel.start(:\"" DEMO_NODE "\", %{name_domain: :longnames})";
    // It ends with us, however we end.
    char *const arguments[] = {"setpriv", "--pdeathsig", "KILL", "elixir", "--erl", erl, "-pa",
            (char *)modules, "--no-halt", "-e", (char *)(uintptr_t)program, NULL};
    char *const environment[] = {home, path, "LANG=C.UTF-8", NULL};
    uv_stdio_container_t streams[] = {{.flags = UV_IGNORE},
            {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO},
            {.flags = UV_INHERIT_FD, .data.fd = STDERR_FILENO}};
    uv_process_options_t options = {.exit_cb = exited,
            .file = "setpriv",
            .args = (char **)(uintptr_t)arguments,
            .env = (char **)(uintptr_t)environment,
            .stdio = streams,
            .stdio_count = 3};
    demo->process.data = demo;
    return uv_spawn(loop, &demo->process, &options);
}

struct demo *demo_start(uv_loop_t *loop, const char *state_directory,
        void (*ended)(void *context, int64_t status), void *context, struct error *error) {
    char modules[4200];
    struct demo *demo = memory_new(1, sizeof *demo);
    demo->ended = ended;
    demo->context = context;
    demo->port = free_port();
    if (!find_modules(modules, sizeof modules, error) ||
            !write_cookie(demo, state_directory, error)) {
        free(demo);
        return NULL;
    }
    int result = spawn(demo, loop, modules);
    if (result != 0) {
        error_set(error, ERROR_UNAVAILABLE,
                "cannot start `elixir` for the playground: %s; `tools/setup` installs it",
                uv_strerror(result));
        uv_close((uv_handle_t *)&demo->process, freed);
        return NULL;
    }
    return demo;
}

uint16_t demo_port(const struct demo *demo) {
    return demo->port;
}

const char *demo_cookie(const struct demo *demo) {
    return demo->cookie;
}

void demo_stop(struct demo *demo) {
    if (demo == NULL || demo->stopping) {
        return;
    }
    demo->stopping = true;
    if (demo->exited) {
        uv_close((uv_handle_t *)&demo->process, freed);
    } else {
        uv_process_kill(&demo->process, SIGKILL); // it has nothing to save
    }
}
