// The pipe to a VM that the test plays: whatever it says, and wherever it stops, harms nobody.
#include "pipe_vm.h"

#include <fcntl.h>
#include <signal.h>

#define NODE "nonode@nohost"

static uv_loop_t loop;
static int to_daemon;   // the VM's end; -1: closed
static int from_daemon; // the same

static int begin(void **state) {
    (void)state;
    alarm(60); // nothing here takes so long; a hang ends the run
    signal(SIGPIPE, SIG_IGN);
    to_daemon = from_daemon = -1;
    return uv_loop_init(&loop);
}

static void hang_up(int *end) {
    if (*end >= 0) {
        close(*end);
    }
    *end = -1;
}

static int finish(void **state) {
    (void)state;
    hang_up(&to_daemon);
    hang_up(&from_daemon);
    return uv_loop_close(&loop); // fails if a handle was left open
}

// ---- A VM that the test plays ---------------------------------------------------------------

static void open_link(struct owner *owner) {
    int in[2];
    int out[2];
    assert_int_equal(pipe2(in, O_CLOEXEC), 0);
    assert_int_equal(pipe2(out, O_CLOEXEC), 0);
    hang_up(&to_daemon);
    hang_up(&from_daemon);
    to_daemon = in[1];
    from_daemon = out[0];
    assert_true(fcntl(to_daemon, F_SETPIPE_SZ, 1 << 20) >= 1 << 20);
    owner->link = pipe_open(&loop, in[0], out[1], &owner_events, owner);
}

static void say(struct str bytes) {
    assert_int_equal(write(to_daemon, bytes.at, bytes.length), bytes.length);
}

static size_t begin_packet(struct buffer *out) {
    buffer_add_u32(out, 0);
    encode_version(out);
    return out->length;
}

static void end_packet(struct buffer *out, size_t start) {
    uint32_t length = htonl((uint32_t)(out->length - start + 1));
    memcpy(out->at + start - 5, &length, sizeof length);
}

static void add_hello_of(struct buffer *out, const char *pid_node, const char *node) {
    struct term_pid pid = {.node = str_of(pid_node), .id = 77, .serial = 1};
    size_t start = begin_packet(out);
    encode_tuple(out, 3);
    encode_atom_text(out, "hello");
    encode_pid(out, &pid);
    encode_atom_text(out, node);
    end_packet(out, start);
}

static void add_hello(struct buffer *out) {
    add_hello_of(out, NODE, NODE);
}

static void add_message(struct buffer *out, uint32_t length) {
    char *bytes = memory_new(length + 1, 1);
    size_t start = begin_packet(out);
    encode_binary(out, (struct str){bytes, length});
    end_packet(out, start);
    free(bytes);
}

// Says all of it, closes both sides, and runs to the end.
static void play(struct owner *owner, struct str bytes) {
    open_link(owner);
    say(bytes);
    hang_up(&to_daemon);
    run_to_the_end(&loop, owner);
}

static void hello_brings_the_link_up_and_messages_follow(void **state) {
    (void)state;
    struct owner owner = {0};
    struct buffer out;
    buffer_init(&out);
    add_hello(&out);
    for (uint32_t i = 0; i < 1000; i++) {
        add_message(&out, i);
    }
    play(&owner, buffer_str(&out));
    assert_int_equal(owner.ups, 1);
    assert_string_equal(owner.peer, NODE);
    assert_int_equal(owner.self.id, 77);
    assert_int_equal(owner.messages, 1000);
    assert_int_equal(owner.bytes, 999 * 1000 / 2 + 1000 * 6);
    assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
    buffer_finish(&out);
}

static void other_first_words_than_hello_are_not_a_vm(void **state) {
    (void)state;
    struct buffer words[6];
    for (size_t i = 0; i < 6; i++) {
        buffer_init(&words[i]);
    }
    buffer_add_u32(&words[0], 0);
    buffer_add(&words[1], "\0\0\0\5hello", 9);
    buffer_add(&words[2], "GET / HTTP/1.1\r\n\r\n", 18);
    add_message(&words[3], 5);
    add_hello_of(&words[4], NODE, "another@node");
    char longest[LIMIT_NODE_NAME + 2];
    memset(longest, 'n', sizeof longest - 1);
    longest[sizeof longest - 1] = '\0';
    add_hello_of(&words[5], longest, longest);
    for (size_t i = 0; i < 6; i++) {
        struct owner owner = {0};
        play(&owner, buffer_str(&words[i]));
        assert_int_equal(owner.ups, 0);
        assert_int_equal(owner.error.code, ERROR_NOT_A_BEAM);
        buffer_finish(&words[i]);
    }
}

static void garbage_after_the_hello_ends_the_link(void **state) {
    (void)state;
    static const struct str garbage[] = {{"\0\0\0\0", 4}, {"\0\0\0\1\203", 5}, {"\0\0\0\4term", 8},
            {"\1\0\0\1\203", 5}, {"\377\377\377\377", 4}};
    for (size_t i = 0; i < sizeof garbage / sizeof garbage[0]; i++) {
        struct owner owner = {0};
        struct buffer out;
        buffer_init(&out);
        add_hello(&out);
        add_message(&out, 3);
        buffer_add_str(&out, garbage[i]);
        add_message(&out, 3);
        open_link(&owner);
        say(buffer_str(&out)); // and stays: the daemon has to hang up
        run_to_the_end(&loop, &owner);
        assert_int_equal(owner.messages, 1);
        assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
        assert_null(strstr(owner.error.message, "has ended"));
        buffer_finish(&out);
    }
}

// A hello and three messages.
static size_t make_stream(struct buffer *out) {
    buffer_init(out);
    add_hello(out);
    size_t greeting = out->length;
    for (uint32_t i = 0; i < 3; i++) {
        add_message(out, 4);
    }
    return greeting;
}

static void vm_that_ends_at_any_byte_is_an_error(void **state) {
    (void)state;
    struct buffer out;
    size_t greeting = make_stream(&out);
    size_t packet = (out.length - greeting) / 3;
    for (size_t length = 0; length <= out.length; length++) {
        struct owner owner = {0};
        play(&owner, (struct str){out.at, length});
        assert_int_equal(owner.ups, length >= greeting);
        assert_int_equal(owner.messages, owner.ups ? (length - greeting) / packet : 0);
        assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
    }
    buffer_finish(&out);
}

static void no_changed_byte_does_harm(void **state) {
    (void)state;
    struct buffer out;
    make_stream(&out);
    static const int others[] = {0, 1, 127, 128, 131, 255};
    for (size_t i = 0; i < out.length; i++) {
        char right = out.at[i];
        for (size_t k = 0; k < sizeof others / sizeof others[0]; k++) {
            struct owner owner = {0};
            out.at[i] = (char)others[k];
            play(&owner, buffer_str(&out));
            assert_true(owner.ups <= 1 && owner.messages <= 3);
        }
        out.at[i] = right;
    }
    buffer_finish(&out);
}

static void silent_vm_is_given_up(void **state) {
    (void)state;
    struct owner owner = {0};
    open_link(&owner);
    uint64_t start = uv_hrtime();
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.error.code, ERROR_DEADLINE);
    uint64_t passed = (uv_hrtime() - start) / 1000000;
    assert_in_range(passed, LIMIT_CONNECT_MS - 50, LIMIT_CONNECT_MS + 2000);
}

// ---- Sending and closing --------------------------------------------------------------------

// A link whose VM has said hello.
static void open_up(struct owner *owner) {
    struct buffer out;
    buffer_init(&out);
    add_hello(&out);
    open_link(owner);
    say(buffer_str(&out));
    while (owner->ups == 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    buffer_finish(&out);
}

static void close_it(struct owner *owner) {
    link_close(owner->link);
    assert_int_equal(owner->downs, 0);
    link_close(owner->link); // again is harmless
}

static void send_two(struct owner *owner) {
    struct term_pid pid = {.node = STR(NODE), .id = 5, .serial = 2, .creation = 0};
    assert_true(link_send(owner->link, &pid, STR("\203a\1")));
    assert_true(link_send_name(owner->link, STR("rex"), STR("\203a\2")));
    close_it(owner);
    assert_true(link_send(owner->link, &pid, STR("\203a\3"))); // taken, and lost: down() says so
}

// The next {send, …} that the daemon wrote.
static void hear(struct arena *arena, struct term *to, int64_t *message) {
    uint8_t length[4];
    assert_int_equal(read(from_daemon, length, 4), 4);
    assert_true(length[0] == 0 && length[1] == 0 && length[2] == 0);
    char *bytes = arena_take(arena, length[3], 1);
    assert_int_equal(read(from_daemon, bytes, length[3]), length[3]);
    struct term term;
    struct error error;
    assert_true(decode_term(arena, (struct str){bytes, length[3]}, &term, &error));
    assert_true(term_is_tagged(&term, "send", 3));
    *to = *term_element(&term, 1);
    assert_true(term_integer(term_element(&term, 2), message));
}

static void what_is_sent_before_closing_arrives(void **state) {
    (void)state;
    struct owner owner = {.on_up = send_two};
    open_up(&owner);
    struct arena arena;
    struct term to;
    int64_t message;
    arena_init(&arena);
    hear(&arena, &to, &message);
    assert_true(to.type == TERM_PID && to.pid->id == 5 && str_is(to.pid->node, NODE));
    assert_int_equal(message, 1);
    hear(&arena, &to, &message);
    assert_true(term_is_atom(&to, "rex"));
    assert_int_equal(message, 2);
    char byte;
    while (fcntl(from_daemon, F_SETFL, O_NONBLOCK), read(from_daemon, &byte, 1) != 0) {
        uv_run(&loop, UV_RUN_ONCE); // the end of file tells the VM to halt
    }
    assert_int_equal(owner.downs, 0);
    hang_up(&to_daemon);
    run_to_the_end(&loop, &owner);
    arena_finish(&arena);
}

static void link_may_be_closed_before_it_is_up(void **state) {
    (void)state;
    struct owner owner = {0};
    open_link(&owner);
    close_it(&owner);
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.ups, 0);
}

static void close_at_message(struct owner *owner, struct str bytes) {
    (void)bytes;
    close_it(owner);
}

static void link_may_be_closed_inside_a_message(void **state) {
    (void)state;
    struct owner owner = {.on_message = close_at_message};
    struct buffer out;
    make_stream(&out);
    play(&owner, buffer_str(&out));
    assert_int_equal(owner.messages, 1);
    buffer_finish(&out);
}

static size_t sent;

static void send_until_full(struct owner *owner) {
    char *bytes = memory_new(1 << 16, 1);
    bytes[0] = (char)131;
    sent = 0;
    while (link_send_name(owner->link, STR("rex"), (struct str){bytes, 1 << 16})) {
        sent += 1 << 16;
        assert_true(sent <= LIMIT_LINK_OUTPUT + (1 << 20));
    }
    assert_true(sent >= LIMIT_LINK_OUTPUT - (1 << 17));
    free(bytes);
    close_it(owner);
}

static void vm_that_does_not_read_fills_the_output_and_no_more(void **state) {
    (void)state;
    struct owner owner = {.on_up = send_until_full};
    uint64_t start = uv_hrtime();
    open_up(&owner);
    run_to_the_end(&loop, &owner);
    assert_in_range((uv_hrtime() - start) / 1000000, 900, 3000); // link_close waits 1 s
}

static void *read_all(void *argument) {
    static char bytes[1 << 16];
    size_t *total = argument;
    ssize_t got;
    while ((got = read(from_daemon, bytes, sizeof bytes)) > 0) {
        *total += (size_t)got;
    }
    hang_up(&to_daemon);
    return NULL;
}

static void vm_that_reads_slowly_gets_everything(void **state) {
    (void)state;
    struct owner owner = {.on_up = send_until_full};
    open_up(&owner);
    size_t total = 0;
    pthread_t reader;
    assert_int_equal(pthread_create(&reader, NULL, read_all, &total), 0);
    run_to_the_end(&loop, &owner);
    pthread_join(reader, NULL);
    size_t frame = 4 + 1 + 2 + 6 + 5; // length, version, tuple, send, rex
    assert_int_equal(total, sent + sent / (1 << 16) * (frame - 1));
}

static void send_once(struct owner *owner, struct str bytes) {
    (void)bytes;
    link_send_name(owner->link, STR("rex"), STR("\203a\1"));
}

static void vm_that_stops_listening_is_lost(void **state) {
    (void)state;
    struct owner owner = {.on_message = send_once};
    struct buffer out;
    make_stream(&out);
    open_link(&owner);
    hang_up(&from_daemon);
    say(buffer_str(&out));
    run_to_the_end(&loop, &owner);
    assert_int_equal(owner.messages, 1);
    assert_int_equal(owner.error.code, ERROR_CONNECTION_LOST);
    buffer_finish(&out);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    const struct CMUnitTest played[] = {
            TEST(hello_brings_the_link_up_and_messages_follow),
            TEST(other_first_words_than_hello_are_not_a_vm),
            TEST(garbage_after_the_hello_ends_the_link),
            TEST(vm_that_ends_at_any_byte_is_an_error),
            TEST(no_changed_byte_does_harm),
            TEST(silent_vm_is_given_up),
            TEST(what_is_sent_before_closing_arrives),
            TEST(link_may_be_closed_before_it_is_up),
            TEST(link_may_be_closed_inside_a_message),
            TEST(vm_that_does_not_read_fills_the_output_and_no_more),
            TEST(vm_that_reads_slowly_gets_everything),
            TEST(vm_that_stops_listening_is_lost),
    };
    return cmocka_run_group_tests_name("a pipe whose VM the test plays", played, NULL, NULL);
}
