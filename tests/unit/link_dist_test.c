// The carrier against a real node, which the test starts. The program is `erl` or what the
// environment variable WHITEBEAM_TEST_ERL names, for other releases.
#include "base/random.h"
#include "link_peer.h"

#include "term/decode.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>

#define START_MS 30000

// Answers pings, acts on the sender's pid as a hostile process might, and sends what it is asked
// for.
static const char program[] =
        "register(echo, spawn(fun Loop() -> receive"
        "  {From, ping} -> From ! {pong, self()}, Loop();"
        "  {From, named} -> {whitebeam, node(From)} ! hello, Loop();"
        "  {From, {bytes, N}} -> From ! binary:copy(<<0>>, N), Loop();"
        "  {From, signals} ->"
        "    process_flag(trap_exit, true), link(From), unlink(From), link(From),"
        "    demonitor(monitor(process, From)), monitor(process, From),"
        "    monitor(process, {whitebeam, node(From)}),"
        "    exit(From, normal), exit(From, kill), exit(From, lists:duplicate(100000, tired)),"
        "    spawn(fun() -> link(From), exit(crash) end),"
        "    catch group_leader(self(), From), From ! {pong, self()}, Loop()"
        " end end)), io:format(\"ready ~s~n\", [node()]).";

struct node {
    pid_t pid;
    int output; // its standard output, kept open so that it may log
    char cookie[32];
    char name[256]; // in full, as the node itself says it
};

static struct node shared;
static uv_loop_t loop;

static struct node node_start(const char *distribution, const char *host) {
    struct node node = {0};
    char name[280];
    snprintf(name, sizeof name, "whitebeam_test_%08x%s%s", random_u32(), *host ? "@" : "", host);
    snprintf(node.cookie, sizeof node.cookie, "cookie_%08x%08x", random_u32(), random_u32());
    const char *erl = getenv("WHITEBEAM_TEST_ERL");
    erl = erl ? erl : "erl";
    const char *const arguments[] = {erl, "-noinput", "-proto_dist", distribution,
            *host ? "-name" : "-sname", name, "-setcookie", node.cookie, "-eval", program, NULL};
    int out[2];
    assert_int_equal(pipe(out), 0);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, out[1], 1);
    posix_spawn_file_actions_addclose(&actions, out[0]);
    extern char **environ;
    assert_int_equal(posix_spawnp(&node.pid, erl, &actions, NULL,
                             (char *const *)(uintptr_t)arguments, environ),
            0);
    posix_spawn_file_actions_destroy(&actions);
    close(out[1]);
    node.output = out[0];
    char line[512];
    size_t length = 0;
    while (length == 0 || line[length - 1] != '\n') {
        struct pollfd readable = {.fd = out[0], .events = POLLIN};
        assert_int_equal(poll(&readable, 1, START_MS), 1);
        ssize_t got = read(out[0], line + length, sizeof line - 1 - length);
        assert_true(got > 0);
        length += (size_t)got;
    }
    line[length] = '\0';
    assert_int_equal(sscanf(line, "ready %255s", node.name), 1);
    return node;
}

static void node_stop(struct node *node) {
    kill(node->pid, SIGKILL);
    waitpid(node->pid, NULL, 0);
    close(node->output);
}

static int start_shared(void **state) {
    (void)state;
    alarm(120);
    shared = node_start("inet_tcp", "");
    return 0;
}

static int stop_shared(void **state) {
    (void)state;
    node_stop(&shared);
    return 0;
}

static int begin(void **state) {
    (void)state;
    return uv_loop_init(&loop);
}

static int finish(void **state) {
    (void)state;
    return uv_loop_close(&loop);
}

static struct dist_options options_for(const struct node *node, uint32_t creation) {
    return (struct dist_options){
            .peer = str_of(node->name),
            .self = STR("whitebeam_test@here"),
            .cookie = str_of(node->cookie),
            .creation = creation,
    };
}

// Sends {self, What} to the process `echo`.
static void ask(struct owner *owner, const char *what) {
    struct buffer message;
    buffer_init(&message);
    encode_version(&message);
    encode_tuple(&message, 2);
    encode_pid(&message, &owner->self);
    encode_atom_text(&message, what);
    assert_true(link_send_name(owner->link, STR("echo"), buffer_str(&message)));
    buffer_finish(&message);
}

static void ask_for_bytes(struct owner *owner, int64_t count) {
    struct buffer message;
    buffer_init(&message);
    encode_version(&message);
    encode_tuple(&message, 2);
    encode_pid(&message, &owner->self);
    encode_tuple(&message, 2);
    encode_atom_text(&message, "bytes");
    encode_integer(&message, count);
    assert_true(link_send_name(owner->link, STR("echo"), buffer_str(&message)));
    buffer_finish(&message);
}

// ---- Messages -------------------------------------------------------------------------------

static void ping(struct owner *owner) {
    ask(owner, "ping");
}

// After the first {pong, Pid} it pings that pid, and closes after the second.
static void take_pong(struct owner *owner, struct str bytes) {
    struct arena arena;
    arena_init(&arena);
    struct term term;
    struct error error;
    assert_true(decode_term(&arena, bytes, &term, &error));
    assert_true(term_is_tagged(&term, "pong", 2));
    const struct term *from = term_element(&term, 1);
    assert_int_equal(from->type, TERM_PID);
    assert_true(str_is(from->pid->node, owner->peer));
    if (owner->messages == 1) {
        struct buffer message;
        buffer_init(&message);
        encode_version(&message);
        encode_tuple(&message, 2);
        encode_pid(&message, &owner->self);
        encode_atom_text(&message, "ping");
        assert_true(link_send(owner->link, from->pid, buffer_str(&message)));
        buffer_finish(&message);
    } else {
        link_close(owner->link);
    }
    arena_finish(&arena);
}

static void messages_go_both_ways(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1000);
    struct owner owner = {.on_up = ping, .on_message = take_pong};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.messages, 2);
    assert_string_equal(owner.peer, shared.name);
    assert_string_equal(owner.to, "");
}

static void ask_named(struct owner *owner) {
    ask(owner, "named");
}

static void close_at_message(struct owner *owner, struct str bytes) {
    (void)bytes;
    link_close(owner->link);
}

static void message_to_a_name_says_which(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1001);
    struct owner owner = {.on_up = ask_named, .on_message = close_at_message};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.messages, 1);
    assert_string_equal(owner.to, "whitebeam");
}

static void ask_signals(struct owner *owner) {
    ask(owner, "signals");
}

static void no_signal_ends_the_connection(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1002);
    struct owner owner = {.on_up = ask_signals, .on_message = take_pong};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.messages, 2);
    assert_non_null(strstr(owner.error.message, "closed here"));
}

static void ask_for_15_mb(struct owner *owner) {
    ask_for_bytes(owner, 15 << 20);
}

static void ask_for_17_mb(struct owner *owner) {
    ask_for_bytes(owner, 17 << 20);
}

static void long_messages_arrive_up_to_the_limit(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1003);
    struct owner owner = {.on_up = ask_for_15_mb, .on_message = close_at_message};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.bytes, (15 << 20) + 6);
    options.creation++;
    owner = (struct owner){.on_up = ask_for_17_mb, .on_message = close_at_message};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.messages, 0);
    assert_non_null(strstr(owner.error.message, "too long"));
}

// ---- Refusals -------------------------------------------------------------------------------

static void wrong_cookie_is_told(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1005);
    options.cookie = STR("not the cookie");
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 0);
    assert_int_equal(owner.error.code, ERROR_WRONG_COOKIE);
    options.cookie = STR("");
    owner = (struct owner){0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_WRONG_COOKIE);
}

static void unknown_name_is_told(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 1006);
    char peer[300];
    snprintf(peer, sizeof peer, "no_such_node_%08x%s", random_u32(), strchr(shared.name, '@'));
    options.peer = str_of(peer);
    struct owner owner = {0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.error.code, ERROR_NODE_NOT_RUNNING);
}

// ---- The same name twice --------------------------------------------------------------------

static struct owner second;

static void connect_second(struct owner *owner) {
    (void)owner;
    struct dist_options options = options_for(&shared, 2001);
    second.link = dist_connect(&loop, &options, &owner_events, &second);
}

static void new_connection_replaces_the_old_one(void **state) {
    (void)state;
    second = (struct owner){.on_up = ping, .on_message = take_pong};
    struct owner first = {.on_up = connect_second};
    struct dist_options options = options_for(&shared, 2000);
    first.link = dist_connect(&loop, &options, &owner_events, &first);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(first.ups, 1);
    assert_int_equal(first.downs, 1);
    assert_int_equal(first.error.code, ERROR_CONNECTION_LOST);
    assert_int_equal(second.ups, 1);
    assert_int_equal(second.messages, 2);
    assert_int_equal(second.downs, 1);
}

static void many_connections_in_a_row(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 50; i++) {
        struct dist_options options = options_for(&shared, 3000 + i);
        struct owner owner = {.on_up = ping, .on_message = take_pong};
        connect_and_run(&loop, &options, &owner);
        assert_int_equal(owner.messages, 2);
    }
}

// ---- The end of a node ----------------------------------------------------------------------

static struct node victim;

static void kill_victim(struct owner *owner) {
    (void)owner;
    kill(victim.pid, SIGKILL);
}

static void killed_node_is_down_and_then_unknown(void **state) {
    (void)state;
    victim = node_start("inet_tcp", "");
    struct dist_options options = options_for(&victim, 4000);
    struct owner owner = {.on_up = kill_victim};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 1);
    assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
    node_stop(&victim);
    owner = (struct owner){0};
    connect_and_run(&loop, &options, &owner);
    assert_int_equal(owner.ups, 0);
    assert_true(owner.error.code == ERROR_NODE_NOT_RUNNING ||
                owner.error.code == ERROR_HOST_UNREACHABLE); // epmd has not noticed yet
}

static void stopped_node_ends_with_the_deadline(void **state) {
    (void)state;
    struct dist_options options = options_for(&shared, 4001);
    struct dist_times times = dist_times;
    times.connect = 200;
    struct owner owner = {0};
    kill(shared.pid, SIGSTOP);
    owner.link = dist_connect_timed(&loop, &options, &owner_events, &owner, &times);
    run_to_the_end(&loop, &owner);
    kill(shared.pid, SIGCONT);
    assert_int_equal(owner.error.code, ERROR_DEADLINE);
}

static void ipv6_literal_is_a_host(void **state) {
    (void)state;
    struct sockaddr_in6 loopback = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    int probe = socket(AF_INET6, SOCK_STREAM, 0);
    bool available = probe >= 0 && bind(probe, (struct sockaddr *)&loopback, sizeof loopback) == 0;
    close(probe);
    if (!available) {
        skip();
    }
    struct node node = node_start("inet6_tcp", "::1");
    assert_non_null(strstr(node.name, "@::1"));
    struct dist_options options = options_for(&node, 5000);
    struct owner owner = {.on_up = ping, .on_message = take_pong};
    connect_and_run(&loop, &options, &owner);
    node_stop(&node);
    assert_int_equal(owner.messages, 2);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(messages_go_both_ways),
            TEST(message_to_a_name_says_which),
            TEST(no_signal_ends_the_connection),
            TEST(long_messages_arrive_up_to_the_limit),
            TEST(wrong_cookie_is_told),
            TEST(unknown_name_is_told),
            TEST(new_connection_replaces_the_old_one),
            TEST(many_connections_in_a_row),
            TEST(killed_node_is_down_and_then_unknown),
            TEST(stopped_node_ends_with_the_deadline),
            TEST(ipv6_literal_is_a_host),
    };
    return cmocka_run_group_tests_name("link_dist", tests, start_shared, stop_shared);
}
