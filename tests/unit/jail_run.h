// For tests of the jail: running a script in one, as root and as an ordinary user. A test defines
// run_all, and its main() ends with jail_test_main().
#ifndef WHITEBEAM_TESTS_JAIL_RUN_H
#define WHITEBEAM_TESTS_JAIL_RUN_H

#include "pipe_vm.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define ORDINARY_USER 1500

static uv_loop_t loop;
static char home[] = "/tmp/sandbox_jail_test.XXXXXX"; // only we can enter it
static char shown[64];                                // below it; the jail has it as /agent
static char secret[64];                               // a file beside it

static inline int begin(void **state) {
    (void)state;
    alarm(60); // nothing here takes so long; a hang ends the run
    return uv_loop_init(&loop);
}

static inline int finish(void **state) {
    (void)state;
    return uv_loop_close(&loop);
}

// ---- Running a program ----------------------------------------------------------------------

struct run {
    struct jail *jail;
    struct jail_options options; // the test may set limits before go()
    char text[16384];            // its output
    size_t length;
    size_t longest;
    unsigned lines;
    uint64_t dropped;
    unsigned ends;
    int64_t status;
    int signal;
    bool kill_at_output;
};

static inline void on_output(void *argument, struct str line, uint64_t dropped) {
    struct run *run = argument;
    assert_int_equal(run->ends, 0);
    run->lines += line.length > 0;
    run->dropped += dropped;
    run->longest = line.length > run->longest ? line.length : run->longest;
    if (run->length + line.length + 2 < sizeof run->text) {
        memcpy(run->text + run->length, line.at, line.length);
        run->length += line.length;
        run->text[run->length++] = '\n';
    }
    if (run->kill_at_output) {
        jail_kill(run->jail);
    }
}

static inline void on_end(void *argument, int64_t status, int signal) {
    struct run *run = argument;
    run->ends++;
    run->status = status;
    run->signal = signal;
    run->jail = NULL;
}

static const struct jail_events events = {on_output, on_end};

// Starts `sh -c script`.
static inline void start(struct run *run, const char *script) {
    const char *const arguments[] = {"sh", "-c", script, NULL};
    static const char *const environment[] = {
            "PATH=/usr/bin:/bin", "LANG=C", "GREETING=hi=ho", NULL};
    const struct jail_bind bind = {shown, "/agent"};
    int read_fd;
    int write_fd;
    struct error error;
    run->options.arguments = arguments;
    run->options.environment = environment;
    run->options.binds = &bind;
    run->options.bind_count = 1;
    run->jail = jail_start(&loop, &run->options, &events, run, &read_fd, &write_fd, &error);
    if (run->jail == NULL) {
        fail_msg("%s", error.message);
    }
    close(read_fd);
    close(write_fd);
}

static inline void go(struct run *run, const char *script) {
    start(run, script);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(run->ends, 1);
    run->text[run->length] = '\0';
}

#define WITH_LOOP(test) cmocka_unit_test_setup_teardown(test, begin, finish)

// ---- As root and as an ordinary user ---------------------------------------------------------

// Runs all tests as the user that the process has; `as` names it. Returns how many failed.
static int run_all(const char *as);

// Runs a group whose tests need a jail; where none can be had, says so.
static inline int run_jailed(
        const char *what, const char *as, const struct CMUnitTest *tests, size_t count) {
    char name[100];
    struct error error;
    snprintf(name, sizeof name, "%s, as %s", what, as);
    if (!jail_available(&error)) {
        fprintf(stderr, "skipped %s: %s\n", name, error.message);
        return 0;
    }
    return _cmocka_run_group_tests(name, tests, count, NULL, NULL);
}

static inline void write_file(const char *path, const void *bytes, size_t length, mode_t mode) {
    int file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, mode);
    if (file < 0 || write(file, bytes, length) != (ssize_t)length) {
        abort();
    }
    close(file);
}

// The directory that jails are shown, within one that they cannot reach.
static inline void make_home(void) {
    char path[4200];
    static char code[65536];
    if (mkdtemp(home) == NULL) {
        abort();
    }
    snprintf(shown, sizeof shown, "%s/agent", home);
    snprintf(secret, sizeof secret, "%s/secret", home);
    mkdir(shown, 0755);
    write_file(secret, "classified", 10, 0644);
    vm_modules(path, sizeof path - 30);
    strcat(path, "/whitebeam_pipe.beam");
    int file = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length = read(file, code, sizeof code);
    close(file);
    snprintf(path, sizeof path, "%s/whitebeam_pipe.beam", shown);
    write_file(path, code, length > 0 ? (size_t)length : 0, 0644);
}

static inline void remove_home(void) {
    char path[200];
    snprintf(path, sizeof path, "%s/whitebeam_pipe.beam", shown);
    unlink(path);
    rmdir(shown);
    unlink(secret);
    rmdir(home);
}

static inline int run_as_ordinary_user(void) {
    if (chown(home, ORDINARY_USER, ORDINARY_USER) != 0) {
        return 1;
    }
    pid_t pid = fork();
    if (pid == 0) {
        bool changed = setgroups(0, NULL) == 0 &&
                       setresgid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) == 0 &&
                       setresuid(ORDINARY_USER, ORDINARY_USER, ORDINARY_USER) == 0;
        prctl(PR_SET_DUMPABLE, 1); // as an ordinary user's programs are
        exit(changed ? run_all("an ordinary user") : 1);
    }
    int status = 1;
    waitpid(pid, &status, 0);
    return chown(home, 0, 0) != 0 || status != 0;
}

static inline int jail_test_main(void) {
    umask(022);
    make_home();
    int failed = 0;
    if (geteuid() == 0) {
        failed += run_as_ordinary_user();
        failed += run_all("root");
    } else {
        failed += run_all("an ordinary user");
    }
    remove_home();
    return failed;
}

#endif
