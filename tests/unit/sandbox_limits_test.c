// What a program in a jail can use up, what it can write to us, and that it dies with the daemon.
// As root everything is tried twice: as root and as an ordinary user.
#include "jail_run.h"

#include <dirent.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>

// ---- What it can use up ---------------------------------------------------------------------

static void memory_is_limited(void **state) {
    (void)state;
    struct run run = {.options.memory_bytes = 64 << 20};
    go(&run, "tail /dev/zero; echo $?"); // keeps all of a line that does not end
    assert_non_null(strstr(run.text, "memory exhausted"));
    assert_non_null(strstr(run.text, "\n1\n"));
}

static void processes_are_limited_for_each_jail(void **state) {
    (void)state;
    static const char bomb[] = "(i=0; while [ $i -lt 100 ]; do sleep 1000 & i=$((i+1)); echo n; "
                               "done); exec sleep 1000";
    struct run runs[2] = {{.options.processes = 20}, {.options.processes = 20}};
    start(&runs[0], bomb);
    while (runs[0].length == 0 || strstr(runs[0].text, "ork") == NULL) {
        uv_run(&loop, UV_RUN_ONCE);
        assert_int_equal(runs[0].ends, 0);
    }
    assert_in_range(runs[0].lines, 5, 25);
    // The first is full; that is nothing to the second.
    start(&runs[1], "true && sleep 0 && echo works");
    while (runs[1].jail != NULL) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    assert_string_equal(runs[1].text, "works\n");
    assert_int_equal(runs[0].ends, 0);
    jail_kill(runs[0].jail);
    uv_run(&loop, UV_RUN_DEFAULT);
}

static void processor_time_is_limited(void **state) {
    (void)state;
    struct run run = {.options.cpu_seconds = 1};
    go(&run, "while :; do :; done");
    assert_int_equal(run.status, 128 + SIGKILL);
}

static void open_files_are_limited(void **state) {
    (void)state;
    struct run run = {.options.files = 32};
    go(&run, "ulimit -n; ulimit -c; ulimit -n 33 2>/dev/null || echo no");
    assert_string_equal(run.text, "32\n0\nno\n");
}

static void limit_above_our_own_is_not_in_the_way(void **state) {
    (void)state;
    struct run run = {.options.files = UINT32_MAX, .options.processes = UINT32_MAX};
    go(&run, "echo here");
    assert_string_equal(run.text, "here\n");
}

// ---- Output ---------------------------------------------------------------------------------

static void lines_over_the_limit_are_dropped_and_counted(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "seq 50000");
    assert_in_range(run.lines, LIMIT_JAIL_LINES, 5 * LIMIT_JAIL_LINES);
    assert_int_equal(run.lines + run.dropped, 50000);
}

static void long_line_is_cut(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "head -c 300000 /dev/zero; echo; echo next");
    assert_int_equal(run.longest, LIMIT_JAIL_LINE);
    assert_int_equal(run.lines, 2);
    assert_int_equal(run.dropped, 0);
}

static void program_that_writes_without_end_has_to_wait(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "timeout 2 yes");
    // Two seconds, and what the pipe and the last moment held; `yes` alone writes gigabytes.
    assert_in_range(2 * (run.lines + run.dropped), 1 << 20, 5 << 20);
}

// ---- The end of the daemon ------------------------------------------------------------------

// Opens the processes whose command line has the word.
static size_t find(const char *word, int *found, size_t most) {
    size_t count = 0;
    DIR *all = opendir("/proc");
    assert_non_null(all);
    for (struct dirent *one; count < most && (one = readdir(all)) != NULL;) {
        char path[300];
        char line[4096];
        snprintf(path, sizeof path, "/proc/%s/cmdline", one->d_name);
        int file = one->d_name[0] >= '0' && one->d_name[0] <= '9' ? open(path, O_RDONLY) : -1;
        ssize_t length = file >= 0 ? read(file, line, sizeof line) : 0;
        if (file >= 0) {
            close(file);
        }
        if (length > 0 && memmem(line, (size_t)length, word, strlen(word)) != NULL) {
            found[count] = pidfd_open(atoi(one->d_name), 0);
            count += found[count] >= 0;
        }
    }
    closedir(all);
    return count;
}

// A daemon that does nothing but run the script; it says when the program has begun.
static pid_t run_daemon(const char *script, bool unjailed) {
    int began[2];
    assert_int_equal(pipe(began), 0);
    pid_t pid = fork();
    if (pid == 0) {
        struct run run = {.options.unjailed = unjailed};
        uv_loop_fork(&loop);
        start(&run, script);
        while (run.length == 0) {
            uv_run(&loop, UV_RUN_ONCE);
        }
        _exit(write(began[1], "x", 1) == 1 && uv_run(&loop, UV_RUN_DEFAULT) == 0);
    }
    close(began[1]);
    char byte;
    assert_int_equal(read(began[0], &byte, 1), 1);
    close(began[0]);
    return pid;
}

static void dies_with_daemon(bool unjailed, const char *prefix) {
    char word[32];
    char script[200];
    int found[16];
    snprintf(word, sizeof word, "1000.%d", getpid());
    snprintf(script, sizeof script, "echo began; %s sleep %s", prefix, word);
    pid_t daemon = run_daemon(script, unjailed);
    size_t count = 0;
    while (count == 0) { // until the shell has become, or started, sleep
        count = find(word, found, 16);
    }
    kill(daemon, SIGKILL);
    waitpid(daemon, NULL, 0);
    for (size_t i = 0; i < count; i++) {
        struct pollfd end = {.fd = found[i], .events = POLLIN};
        assert_int_equal(poll(&end, 1, 5000), 1);
        close(found[i]);
    }
    assert_int_equal(find(word, found, 16), 0);
}

static void jail_dies_with_a_killed_daemon(void **state) {
    (void)state;
    dies_with_daemon(false, "");
    dies_with_daemon(false, "setsid nohup");
}

static void unjailed_program_dies_with_a_killed_daemon(void **state) {
    (void)state;
    dies_with_daemon(true, "exec");
}

// Kills daemons at every half millisecond of a jail's start, in which bubblewrap alone would leave
// some programs behind.
static void dies_with_young_daemon(bool unjailed) {
    char word[32];
    char script[64];
    int found[64];
    snprintf(word, sizeof word, "2000.%d", getpid());
    snprintf(script, sizeof script, "exec sleep %s", word);
    for (unsigned i = 0; i < 50; i++) {
        pid_t daemon = fork();
        if (daemon == 0) {
            struct run run = {.options.unjailed = unjailed};
            uv_loop_fork(&loop);
            start(&run, script);
            _exit(uv_run(&loop, UV_RUN_DEFAULT));
        }
        usleep(i * 500);
        kill(daemon, SIGKILL);
        waitpid(daemon, NULL, 0);
    }
    uint64_t deadline = uv_hrtime() + 5000000000u;
    size_t count;
    while ((count = find(word, found, 64)) > 0 && uv_hrtime() < deadline) {
        for (size_t i = 0; i < count; i++) {
            struct pollfd end = {.fd = found[i], .events = POLLIN};
            poll(&end, 1, 100);
            close(found[i]);
        }
    }
    for (size_t i = 0; i < count; i++) {
        pidfd_send_signal(found[i], SIGKILL, NULL, 0);
        close(found[i]);
    }
    assert_int_equal(count, 0);
}

static void jail_dies_with_a_daemon_killed_while_it_starts(void **state) {
    (void)state;
    dies_with_young_daemon(false);
}

static void unjailed_program_dies_with_a_daemon_killed_while_it_starts(void **state) {
    (void)state;
    dies_with_young_daemon(true);
}

// ---- main -----------------------------------------------------------------------------------

static int run_all(const char *as) {
    const struct CMUnitTest bare[] = {
            WITH_LOOP(unjailed_program_dies_with_a_killed_daemon),
            WITH_LOOP(unjailed_program_dies_with_a_daemon_killed_while_it_starts),
    };
    const struct CMUnitTest jailed[] = {
            WITH_LOOP(memory_is_limited),
            WITH_LOOP(processes_are_limited_for_each_jail),
            WITH_LOOP(processor_time_is_limited),
            WITH_LOOP(open_files_are_limited),
            WITH_LOOP(limit_above_our_own_is_not_in_the_way),
            WITH_LOOP(lines_over_the_limit_are_dropped_and_counted),
            WITH_LOOP(long_line_is_cut),
            WITH_LOOP(program_that_writes_without_end_has_to_wait),
            WITH_LOOP(jail_dies_with_a_killed_daemon),
            WITH_LOOP(jail_dies_with_a_daemon_killed_while_it_starts),
    };
    int failed =
            cmocka_run_group_tests_name("the end of a program without a jail", bare, NULL, NULL);
    return failed + run_jailed("limits of a jail", as, jailed, sizeof jailed / sizeof jailed[0]);
}

int main(void) {
    return jail_test_main();
}
