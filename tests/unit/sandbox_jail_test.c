// What a program in a jail can reach, and what is said where no jail can be had. As root everything
// is tried twice: as root, whose programs change to another user, and as an ordinary user.
#include "jail_run.h"

#include <signal.h>

static void program_s_output_and_status_are_told(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "echo out; echo err >&2; printf 'no newline'; exit 7");
    assert_string_equal(run.text, "out\nerr\nno newline\n");
    assert_int_equal(run.status, 7);
    assert_int_equal(run.signal, 0);
    run = (struct run){0};
    go(&run, "kill -SEGV $$");
    assert_int_equal(run.status, 128 + SIGSEGV);
}

static void kill_ends_the_jail(void **state) {
    (void)state;
    struct run run = {.kill_at_output = true};
    go(&run, "sleep 1000 & setsid sleep 1000 & echo here; sleep 1000");
    assert_string_equal(run.text, "here\n");
    assert_int_equal(run.signal, SIGKILL);
}

static void program_that_does_not_exist_is_an_error(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "exec /nothing/here");
    assert_int_equal(run.status, 127);
}

// ---- What it can see ------------------------------------------------------------------------

static void environment_is_only_what_was_given(void **state) {
    (void)state;
    struct run run = {0};
    setenv("WHITEBEAM_SECRET", "x", 1);
    go(&run, "env | grep -vE '^(_|SHLVL)=' | sort; hostname");
    unsetenv("WHITEBEAM_SECRET");
    assert_string_equal(
            run.text, "GREETING=hi=ho\nLANG=C\nPATH=/usr/bin:/bin\nPWD=/tmp\nsandbox\n");
}

static void host_files_are_out_of_reach(void **state) {
    (void)state;
    struct run run = {0};
    char script[500];
    snprintf(script, sizeof script,
            "cat %s; ls -A /tmp; for f in /root /home /var /run /boot /sys /opt /work /etc/passwd; "
            "do"
            " test -e $f && echo $f; done; cd /proc/1/root; ls /proc/*/root/%s; echo done",
            secret, secret);
    go(&run, script);
    assert_null(strstr(run.text, "classified"));
    char *last = strrchr(run.text, ':'); // every line but the last is a refusal
    assert_non_null(last);
    assert_non_null(strstr(last, "\ndone\n"));
    assert_null(strstr(run.text, "\n/"));
    // The bind is there, though its way on the host is closed to others.
    run = (struct run){0};
    go(&run, "ls /agent");
    assert_string_equal(run.text, "whitebeam_pipe.beam\n");
}

static void nothing_can_be_written_but_tmp(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "for d in / /usr /usr/bin /etc /etc/alternatives /dev /dev/shm /agent "
             "/proc/sys/kernel /tmp;"
             "do (: > $d/new) 2>/dev/null && echo $d; done; mkdir /new /usr/new 2>/dev/null;"
             "rm -f /agent/whitebeam_pipe.beam 2>/dev/null; ls /agent");
    assert_string_equal(run.text, "/tmp\nwhitebeam_pipe.beam\n");
}

static void tmp_is_limited(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "head -c 200000000 /dev/zero > /tmp/much 2>/dev/null; stat -c %s /tmp/much");
    assert_true(atoll(run.text) > 0 && atoll(run.text) <= LIMIT_JAIL_TMP);
}

static void other_processes_are_not_visible(void **state) {
    (void)state;
    struct run run = {0};
    go(&run, "ls /proc | grep -c '^[0-9]'; kill -9 1 2>/dev/null; echo here");
    assert_true(atoi(run.text) <= 8);
    assert_non_null(strstr(run.text, "here"));
}

static void it_has_no_rights(void **state) {
    (void)state;
    struct run run = {0};
    go(&run,
            "id -u; grep -hE '^(Cap(Inh|Prm|Eff|Bnd|Amb)|NoNewPrivs)' /proc/self/status | cut -f 2;"
            "mount -t tmpfs none /tmp 2>/dev/null && echo mounted; chroot / true 2>/dev/null && "
            "echo changed");
    static const char none[] = "0000000000000000\n0000000000000000\n0000000000000000\n"
                               "0000000000000000\n0000000000000000\n1\n";
    assert_int_not_equal(atoi(run.text), 0);
    assert_string_equal(strchr(run.text, '\n') + 1, none);
}

static void only_an_own_loopback_is_there(void **state) {
    (void)state;
    int listening = socket(AF_INET, SOCK_STREAM, 0);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof at;
    assert_int_equal(bind(listening, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(listening, 8), 0);
    assert_int_equal(getsockname(listening, (struct sockaddr *)&at, &length), 0);
    char script[300];
    snprintf(script, sizeof script,
            "tail -n +3 /proc/net/dev | cut -d : -f 1 | tr -d ' '; tail -n +2 /proc/net/route;"
            "exec bash -c 'exec 5<>/dev/tcp/127.0.0.1/%d' 2>/dev/null",
            ntohs(at.sin_port));
    struct run run = {0};
    go(&run, script);
    assert_string_equal(run.text, "lo\n");
    assert_int_not_equal(run.status, 0);
    close(listening);
}

static void open_files_of_the_daemon_do_not_leak(void **state) {
    (void)state;
    int leak = open(secret, O_RDONLY); // without O_CLOEXEC, as some library might
    assert_true(leak >= 0);
    struct run run = {0};
    go(&run, "ls /proc/$$/fd");
    close(leak);
    assert_string_equal(run.text, "0\n1\n2\n3\n4\n");
}

// ---- A VM in a jail -------------------------------------------------------------------------

static void call_it(struct owner *owner) {
    assert_true(vm_call(owner, "erlang", "abs", 1, 1, STR("\142\377\377\377\326"))); // -42
}

static void close_it(struct owner *owner, struct str bytes) {
    struct arena arena;
    arena_init(&arena);
    struct term result = vm_result(&arena, bytes, 1);
    assert_true(result.type == TERM_INTEGER && result.integer == 42);
    arena_finish(&arena);
    link_close(owner->link);
}

static void vm_in_a_jail_boots_and_answers(void **state) {
    (void)state;
    const struct jail_bind bind = {shown, "/agent"};
    struct vm vm;
    vm_start(&vm, &loop, NULL, &bind);
    vm.owner.on_up = call_it;
    vm.owner.on_message = close_it;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.messages, 1);
    assert_int_equal(vm.status, 0);
    assert_string_equal(vm.said, "");
}

static void kill_it(struct owner *owner) {
    jail_kill(((struct vm *)owner)->jail);
}

static void killing_the_jail_ends_the_link(void **state) {
    (void)state;
    const struct jail_bind bind = {shown, "/agent"};
    struct vm vm;
    vm_start(&vm, &loop, NULL, &bind);
    vm.owner.on_up = kill_it;
    vm_link(&vm, &loop);
    vm_run_to_the_end(&vm, &loop);
    assert_int_equal(vm.owner.error.code, ERROR_CONNECTION_LOST);
    assert_int_equal(vm.signal, SIGKILL);
}

// ---- Where no jail can be had ---------------------------------------------------------------

// In a process of its own, because the first answer is kept.
static void refused_with(const char *path, const char *words) {
    pid_t pid = fork();
    if (pid == 0) {
        struct error error = {0};
        setenv("PATH", path, 1);
        bool good = !jail_available(&error) && error.code == ERROR_UNAVAILABLE &&
                    strstr(error.message, words) != NULL && !jail_available(&error) &&
                    strstr(error.message, words) != NULL;
        if (!good) {
            fprintf(stderr, "%s\n", error.message);
        }
        _exit(good ? 0 : 1);
    }
    int status = -1;
    waitpid(pid, &status, 0);
    assert_int_equal(status, 0);
}

static void without_bubblewrap_the_package_is_named(void **state) {
    (void)state;
    refused_with("/nothing", "apt-get install bubblewrap");
}

static void what_bubblewrap_says_is_passed_on(void **state) {
    (void)state;
    char path[100];
    snprintf(path, sizeof path, "%s/bwrap", home);
    int file = open(path, O_WRONLY | O_CREAT, 0700);
    static const char script[] = "#!/bin/sh\necho bwrap: no permission to do it >&2\nexit 1\n";
    assert_int_equal(write(file, script, sizeof script - 1), sizeof script - 1);
    close(file);
    refused_with(home, "\"bwrap: no permission to do it\". It needs user namespaces");
    unlink(path);
}

// ---- main -----------------------------------------------------------------------------------

static int run_all(const char *as) {
    const struct CMUnitTest refused[] = {
            WITH_LOOP(without_bubblewrap_the_package_is_named),
            WITH_LOOP(what_bubblewrap_says_is_passed_on),
    };
    const struct CMUnitTest jailed[] = {
            WITH_LOOP(program_s_output_and_status_are_told),
            WITH_LOOP(kill_ends_the_jail),
            WITH_LOOP(program_that_does_not_exist_is_an_error),
            WITH_LOOP(environment_is_only_what_was_given),
            WITH_LOOP(host_files_are_out_of_reach),
            WITH_LOOP(nothing_can_be_written_but_tmp),
            WITH_LOOP(tmp_is_limited),
            WITH_LOOP(other_processes_are_not_visible),
            WITH_LOOP(it_has_no_rights),
            WITH_LOOP(only_an_own_loopback_is_there),
            WITH_LOOP(open_files_of_the_daemon_do_not_leak),
            WITH_LOOP(vm_in_a_jail_boots_and_answers),
            WITH_LOOP(killing_the_jail_ends_the_link),
    };
    int failed = cmocka_run_group_tests_name("where no jail can be had", refused, NULL, NULL);
    return failed + run_jailed("a jail", as, jailed, sizeof jailed / sizeof jailed[0]);
}

int main(void) {
    return jail_test_main();
}
