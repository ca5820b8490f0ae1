// Composes the command line of a jail, and finds out whether such a command works here.
//
// An ordinary user's jail lives in a user namespace of its own, in which no further ones can be
// made. Root needs none: bubblewrap then mounts as root, so that it can show directories which only
// root can reach (a build below /root), and setpriv changes to an unprivileged user inside, before
// the program runs. Each jail gets another user id, because RLIMIT_NPROC counts by user: a jail
// that is full of processes does not hinder the next one.
#include "sandbox/jail_command.h"

#include "base/random.h"
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

// The ids that systemd keeps for services without an account of their own (DynamicUser=): nothing
// on the host belongs to them.
#define FIRST_USER 61184u
#define USERS      4336u

#define TRIAL_MS 3000 // to see whether a jail can be made; 10 to 50 are usual

#define TEXT_OF(number)    #number
#define TEXT(number)       TEXT_OF(number)
#define WAIT_FOR_PROCESS_1 "while read -r _ _ s _ </proc/1/stat && [ \"$s\" != S ]; do :; done; "
#define LOOK               "read -t 0 <&" TEXT(JAIL_LIFELINE) " && exit 1; exec \"$@\" " TEXT(JAIL_LIFELINE) "<&-"

struct words {
    struct arena *arena;
    char **at;
    size_t count;
};

static void add(struct words *words, const char *word) {
    // argv is not const by tradition; nobody writes to it.
    words->at[words->count++] = (char *)(uintptr_t)word;
}

static void add_all(struct words *words, const char *const *list) {
    for (; *list != NULL; list++) {
        add(words, *list);
    }
}

// ---- Limits and users -----------------------------------------------------------------------

// A limit of 0 is none. One above what we may have ourselves could not be set, and is not needed.
static void add_limit(
        struct words *words, const char *option, __rlimit_resource_t resource, uint64_t value) {
    struct rlimit ours;
    if (value == 0 || (getrlimit(resource, &ours) == 0 && ours.rlim_max < value)) {
        return;
    }
    add(words, arena_printf(words->arena, "%s=%llu", option, (unsigned long long)value).at);
}

static void add_limits(struct words *words, const struct jail_options *options) {
    add(words, "/usr/bin/prlimit");
    add(words, "--core=0");
    add_limit(words, "--data", RLIMIT_DATA, options->memory_bytes);
    add_limit(words, "--cpu", RLIMIT_CPU, options->cpu_seconds);
    add_limit(words, "--nofile", RLIMIT_NOFILE, options->files);
    // Set inside the user namespace, it counts only what runs there (Linux 5.14). Without a jail it
    // would count all that the user runs.
    if (!options->unjailed) {
        add_limit(words, "--nproc", RLIMIT_NPROC, options->processes);
    }
    add(words, "--");
}

static void add_user(struct words *words) {
    static uint32_t next; // from an arbitrary start
    static bool started;
    if (!started) {
        next = random_u32();
        started = true;
    }
    unsigned user = FIRST_USER + next++ % USERS;
    add(words, "/usr/bin/setpriv");
    add(words, arena_printf(words->arena, "--reuid=%u", user).at);
    add(words, arena_printf(words->arena, "--regid=%u", user).at);
    static const char *const rest[] = {"--clear-groups", "--bounding-set=-all", "--inh-caps=-all",
            "--no-new-privs", "--", NULL};
    add_all(words, rest);
}

// Ends, instead of becoming the program, if the daemon has died meanwhile; JAIL_LIFELINE is then at
// its end of file (`read -t 0` looks, and takes nothing). A process asks to be killed with its
// parent only once it runs, so a parent that dies before is not noticed. bubblewrap's process 1
// asks when it has started us; after that it does nothing but wait, which shows as the state S.
static void add_last_look(struct words *words, const struct jail_options *options) {
    add(words, "/bin/bash");
    add(words, "-c");
    add(words, options->unjailed ? LOOK : WAIT_FOR_PROCESS_1 LOOK);
    add(words, "bash"); // $0
}

// ---- bubblewrap -----------------------------------------------------------------------------

static void add_bind(struct words *words, const char *how, const char *from, const char *to) {
    add(words, how);
    add(words, from);
    add(words, to);
}

static void add_namespaces(struct words *words) {
    static const char *const common[] = {"bwrap", "--unshare-ipc", "--unshare-pid", "--unshare-net",
            "--unshare-uts", "--unshare-cgroup-try", "--die-with-parent", "--new-session",
            "--hostname", "sandbox", "--cap-drop", "ALL", NULL};
    static const char *const root[] = {"--cap-add", "CAP_SETUID", "--cap-add", "CAP_SETGID",
            "--cap-add", "CAP_SETPCAP", NULL}; // setpriv gives them up
    static const char *const user[] = {"--unshare-user", "--disable-userns", NULL};
    add_all(words, common);
    add_all(words, geteuid() == 0 ? root : user);
}

static void add_files(struct words *words, const struct jail_options *options) {
    static const char *const system[] = {"/usr", "/lib", "/lib32", "/lib64", "/libx32", "/bin",
            "/sbin", "/etc/alternatives", "/etc/ld.so.cache", "/etc/localtime"};
    for (size_t i = 0; i < sizeof system / sizeof system[0]; i++) {
        add_bind(words, "--ro-bind-try", system[i], system[i]);
    }
    static const char *const own[] = {
            "--proc", "/proc", "--dev", "/dev", "--perms", "1777", "--size", NULL};
    add_all(words, own);
    add(words, arena_printf(words->arena, "%u", LIMIT_JAIL_TMP).at);
    add(words, "--tmpfs");
    add(words, "/tmp");
    for (size_t i = 0; i < options->bind_count; i++) {
        add_bind(words, "--ro-bind", options->binds[i].source, options->binds[i].target);
    }
    // / and /dev are in memory, which nobody would count.
    static const char *const closed[] = {
            "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", "/tmp", NULL};
    add_all(words, closed);
}

static void add_environment(struct words *words, const struct jail_options *options) {
    add(words, "--clearenv");
    for (const char *const *one = options->environment; *one != NULL; one++) {
        const char *value = strchr(*one, '=');
        if (value != NULL) {
            int length = (int)(value - *one);
            add_bind(words, "--setenv", arena_printf(words->arena, "%.*s", length, *one).at,
                    value + 1);
        }
    }
    add(words, "--");
}

static size_t count_of(const char *const *list) {
    size_t count = 0;
    while (list[count] != NULL) {
        count++;
    }
    return count;
}

char **jail_command(struct arena *arena, const struct jail_options *options) {
    size_t most = 100 + 3 * options->bind_count + 3 * count_of(options->environment) +
                  count_of(options->arguments);
    struct words words = {arena, arena_take(arena, most, sizeof(char *)), 0};
    if (options->unjailed) {
        static const char *const bare[] = {"/usr/bin/setpriv", "--pdeathsig=KILL", "--", NULL};
        add_all(&words, bare);
    } else {
        add_namespaces(&words);
        add_files(&words, options);
        add_environment(&words, options);
        if (geteuid() == 0) {
            add_user(&words);
        }
    }
    add_limits(&words, options);
    add_last_look(&words, options);
    add_all(&words, options->arguments);
    words.at[words.count] = NULL;
    return words.at;
}

// ---- Whether it works -----------------------------------------------------------------------

// Reads what the program says until it closes its end, or until the time is up (false). The text is
// cut to size - 1 bytes.
static bool listen_to(int from, char *text, size_t size) {
    size_t length = 0;
    for (;;) {
        char byte[256];
        struct pollfd ready = {.fd = from, .events = POLLIN};
        int count = poll(&ready, 1, TRIAL_MS);
        if (count < 0 && errno == EINTR) {
            continue;
        }
        ssize_t got = count > 0 ? read(from, byte, sizeof byte) : -1;
        if (got <= 0) {
            text[length] = '\0';
            return got == 0;
        }
        size_t room = size - 1 - length;
        size_t taken = (size_t)got < room ? (size_t)got : room;
        memcpy(text + length, byte, taken);
        length += taken;
    }
}

// Runs a command whose standard error is a pipe. 0 or what posix_spawn says.
static int spawn(char **words, int errors, int lifeline, pid_t *pid) {
    char path[4096];
    snprintf(path, sizeof path, "PATH=%s", getenv("PATH") ? getenv("PATH") : "/usr/bin:/bin");
    char *environment[] = {path, NULL};
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    posix_spawn_file_actions_adddup2(&actions, errors, STDERR_FILENO);
    posix_spawn_file_actions_adddup2(&actions, lifeline, JAIL_LIFELINE);
    int result = posix_spawnp(pid, words[0], &actions, NULL, words, environment);
    posix_spawn_file_actions_destroy(&actions);
    return result;
}

static bool tell(struct error *error, const char *said) {
    return error_set(error, ERROR_UNAVAILABLE,
            "no sandbox can be made on this host: bubblewrap says \"%.*s\". It needs user "
            "namespaces: see the sysctls user.max_user_namespaces, "
            "kernel.unprivileged_userns_clone "
            "and kernel.apparmor_restrict_unprivileged_userns; in a container, ask who runs it",
            (int)strcspn(said, "\n"), said);
}

static bool try(struct error *error) {
    static const char *const arguments[] = {"/bin/true", NULL};
    static const char *const environment[] = {NULL};
    struct jail_options options = {.arguments = arguments, .environment = environment};
    int ends[2];
    int lifeline[2];
    char said[120];
    pid_t pid = 0;
    if (pipe2(ends, O_CLOEXEC) != 0) {
        return error_set(error, ERROR_UNAVAILABLE, "cannot try a sandbox: %s", strerror(errno));
    }
    if (pipe2(lifeline, O_CLOEXEC) != 0) {
        close(ends[0]);
        close(ends[1]);
        return error_set(error, ERROR_UNAVAILABLE, "cannot try a sandbox: %s", strerror(errno));
    }
    struct arena arena;
    arena_init(&arena);
    int result = spawn(jail_command(&arena, &options), ends[1], lifeline[0], &pid);
    arena_finish(&arena);
    close(ends[1]);
    int status = -1;
    if (result == 0) {
        bool ended = listen_to(ends[0], said, sizeof said);
        if (!ended) {
            snprintf(said, sizeof said, "nothing for %d ms", TRIAL_MS);
            kill(pid, SIGKILL);
        }
        while (waitpid(pid, &status, 0) < 0 && errno == EINTR) {
        }
    }
    close(ends[0]);
    close(lifeline[0]);
    close(lifeline[1]);
    if (result == ENOENT) {
        return error_set(error, ERROR_UNAVAILABLE,
                "sandboxes need bubblewrap, which is not installed: apt-get install bubblewrap");
    }
    if (result != 0) {
        return error_set(error, ERROR_UNAVAILABLE, "cannot run bwrap: %s", strerror(result));
    }
    return status == 0 ? true : tell(error, said);
}

bool jail_available(struct error *error) {
    static bool tried;
    static bool works;
    static struct error reason;
    if (!tried) {
        works = try(&reason);
        tried = true;
    }
    if (!works) {
        *error = reason;
    }
    return works;
}
