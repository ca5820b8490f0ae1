// WebSockets over a pair of sockets: frames that are right, frames that break RFC 6455, clients
// that do not read, do not write, or do not end.
#include "serve/websocket.h"

#include "base/buffer.h"
#include "base/clock.h"
#include "base/memory.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <sys/socket.h>
#include <unistd.h>

#define PATIENCE_MS 20000
#define MOST        100000u // bytes of a message in these tests
#define TEXT        0x1
#define BINARY      0x2
#define CONTINUE    0x0
#define CLOSE       0x8
#define PING        0x9
#define PONG        0xA
#define FIN         0x80
#define NO_CODE     0u // a close frame without one
#define NOTHING     1u // the end without a close frame

static const struct websocket_limits usual = {
        .sockets = 4,
        .message = MOST,
        .queue = 1u << 20,
        .pause = 64u << 10,
        .idle_ms = 60000,
        .stall_ms = 60000,
        .close_ms = 60000,
};

static struct {
    uv_loop_t loop;
    struct websockets *set;
    struct websocket *socket;
    int client;
    struct buffer in;  // what the client received
    bool ended;        // the client has seen the end
    unsigned messages; // that the owner got
    size_t bytes;      // of them
    unsigned closed;   // times that the owner was told
    unsigned emptied;
    bool stopped;
    size_t answer; // bytes to answer each message with; 0: the message itself
} t;

// ---- the owner: answers with what it gets ----------------------------------------------------

static void answer(struct str message) {
    t.messages++;
    t.bytes += message.length;
    assert_int_equal(t.closed, 0);
    if (str_is(message, "close")) {
        websocket_close(t.socket, WEBSOCKET_GOING_AWAY, "as asked");
        websocket_send(t.socket, STR("unheard"));
    } else if (t.answer > 0) {
        char *text = memory_new(t.answer, 1);
        memset(text, 'x', t.answer);
        websocket_send(t.socket, (struct str){text, t.answer});
        free(text);
    } else {
        websocket_send(t.socket, message);
    }
}

static void owner_text(void *owner, struct str message) {
    assert_ptr_equal(owner, &t);
    assert_true(str_is_utf8(message));
    answer(message);
}

static void owner_binary(void *owner, struct str message) {
    assert_ptr_equal(owner, &t);
    (void)message;
    answer(STR("binary"));
}

static void owner_closed(void *owner) {
    assert_ptr_equal(owner, &t);
    t.closed++;
}

static const struct websocket_events events = {owner_text, owner_binary, owner_closed};

static void emptied(void *context) {
    assert_ptr_equal(context, &t);
    t.emptied++;
}

static void stopped(void *context) {
    assert_ptr_equal(context, &t);
    t.stopped = true;
}

static void open_with(const struct websocket_limits *limits, struct str early) {
    memset(&t, 0, sizeof t);
    uv_loop_init(&t.loop);
    t.set = websockets_create(&t.loop, limits, emptied, &t);
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    t.client = pair[0];
    t.socket = websocket_open(t.set, pair[1], early, &events, &t);
    assert_non_null(t.socket);
}

static void open_usual(void) {
    open_with(&usual, STR(""));
}

static void finish(void) {
    websockets_destroy(t.set, stopped, &t);
    assert_int_equal(t.closed, 1);
    assert_int_equal(t.emptied, 1);
    uv_run(&t.loop, UV_RUN_DEFAULT);
    assert_true(t.stopped);
    assert_int_equal(uv_loop_close(&t.loop), 0);
    close(t.client);
    buffer_finish(&t.in);
}

// ---- the client ------------------------------------------------------------------------------

static void turn(void) {
    uv_run(&t.loop, UV_RUN_NOWAIT);
}

static void receive(void) {
    char *at = buffer_reserve(&t.in, 1 << 16);
    ssize_t got = recv(t.client, at, 1 << 16, MSG_DONTWAIT);
    if (got > 0) {
        t.in.length += (size_t)got;
    } else if (got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK)) {
        t.ended = true;
    }
}

static void put(const void *bytes, size_t length) {
    const char *at = bytes;
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (length > 0) {
        ssize_t sent = send(t.client, at, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        if (sent < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
            assert_true(clock_monotonic_ms() < until);
            turn();
            continue;
        }
        if (sent < 0) { // the server has closed
            return;
        }
        at += sent;
        length -= (size_t)sent;
    }
}

static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};

static void add_frame(struct buffer *out, unsigned first, const void *payload, size_t length) {
    buffer_add_u8(out, (uint8_t)first);
    if (length < 126) {
        buffer_add_u8(out, (uint8_t)(0x80 | length));
    } else if (length <= UINT16_MAX) {
        buffer_add_u8(out, 0x80 | 126);
        buffer_add_u16(out, (uint16_t)length);
    } else {
        buffer_add_u8(out, 0x80 | 127);
        buffer_add_u64(out, length);
    }
    buffer_add(out, mask, sizeof mask);
    for (size_t i = 0; i < length; i++) {
        buffer_add_u8(out, ((const uint8_t *)payload)[i] ^ mask[i % 4]);
    }
}

static void put_frame(unsigned first, const void *payload, size_t length) {
    struct buffer out = {0};
    add_frame(&out, first, payload, length);
    put(out.at, out.length);
    buffer_finish(&out);
}

static void put_text(unsigned first, const char *text) {
    put_frame(first, text, strlen(text));
}

struct frame {
    unsigned first;
    struct str payload; // in t.in, until the next frame
    size_t size;        // of all
};

static bool find_frame(struct frame *frame) {
    const uint8_t *at = (const uint8_t *)t.in.at;
    if (t.in.length < 2) {
        return false;
    }
    size_t header = 2, length = at[1];
    assert_true(length < 128); // servers do not mask
    if (length >= 126) {
        size_t bytes = length == 126 ? 2 : 8;
        if (t.in.length < 2 + bytes) {
            return false;
        }
        length = 0;
        for (size_t i = 0; i < bytes; i++) {
            length = length << 8 | at[2 + i];
        }
        header += bytes;
    }
    *frame = (struct frame){at[0], {t.in.at + header, length}, header + length};
    return t.in.length >= frame->size;
}

static bool wait_frame(struct frame *frame) {
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!find_frame(frame)) {
        assert_true(clock_monotonic_ms() < until);
        if (t.ended) {
            return false;
        }
        turn();
        receive();
    }
    return true;
}

static void expect_frame(unsigned first, const char *payload, size_t length) {
    struct frame frame;
    assert_true(wait_frame(&frame));
    assert_int_equal(frame.first, first);
    assert_int_equal(frame.payload.length, length);
    assert_memory_equal(frame.payload.at, payload, length);
    buffer_drop(&t.in, frame.size);
}

static void expect_text(const char *text) {
    expect_frame(FIN | TEXT, text, strlen(text));
}

static void expect_end(void) {
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (!t.ended) {
        assert_true(clock_monotonic_ms() < until);
        turn();
        receive();
    }
    assert_int_equal(t.in.length, 0);
    assert_int_equal(t.closed, 1);
}

// The server closes with this code, then ends the connection.
static void expect_close(unsigned code) {
    struct frame frame;
    if (code == NOTHING) {
        expect_end();
        return;
    }
    assert_true(wait_frame(&frame));
    assert_int_equal(frame.first, FIN | CLOSE);
    if (code == NO_CODE) {
        assert_int_equal(frame.payload.length, 0);
    } else {
        assert_true(frame.payload.length >= 2);
        assert_int_equal((uint8_t)frame.payload.at[0] << 8 | (uint8_t)frame.payload.at[1], code);
    }
    buffer_drop(&t.in, frame.size);
    expect_end();
}

static void run_for(int64_t ms) {
    int64_t until = clock_monotonic_ms() + ms;
    while (clock_monotonic_ms() < until) {
        turn();
        usleep(500);
    }
}

// ---- messages --------------------------------------------------------------------------------

static void messages_of_every_length_come_back(void **state) {
    (void)state;
    static const size_t lengths[] = {0, 1, 125, 126, 127, 4095, 4096, 65535, 65536, MOST};
    char *text = memory_new(MOST + 1, 1);
    memset(text, 'a', MOST);
    open_usual();
    for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
        put_frame(FIN | TEXT, text, lengths[i]);
        expect_frame(FIN | TEXT, text, lengths[i]);
    }
    put_frame(FIN | BINARY, "\xff\x00", 2);
    expect_text("binary");
    finish();
    free(text);
}

static void fragments_become_one_message(void **state) {
    (void)state;
    open_usual();
    put_text(TEXT, "one, ");
    put_text(CONTINUE, "");
    put_text(FIN | PING, "between");
    put_text(CONTINUE, "two \xc3"); // ä in two halves
    put_text(FIN | CONTINUE, "\xa4");
    expect_frame(FIN | PONG, "between", 7);
    expect_text("one, two ä");
    finish();
}

static void pings_are_answered_and_pongs_are_not(void **state) {
    (void)state;
    char most[125];
    memset(most, 'p', sizeof most);
    open_usual();
    put_text(FIN | PONG, "unasked");
    put_text(FIN | PING, "");
    expect_frame(FIN | PONG, "", 0);
    put_frame(FIN | PING, most, sizeof most);
    expect_frame(FIN | PONG, most, sizeof most);
    finish();
}

static void bytes_may_come_one_by_one(void **state) {
    (void)state;
    struct buffer out = {0};
    open_usual();
    add_frame(&out, TEXT, "a", 1);
    add_frame(&out, FIN | CONTINUE, "b", 1);
    for (size_t i = 0; i < out.length; i++) {
        put(out.at + i, 1);
        turn();
    }
    expect_text("ab");
    buffer_finish(&out);
    finish();
}

static void many_frames_may_come_at_once(void **state) {
    (void)state;
    struct buffer out = {0};
    open_usual();
    for (unsigned i = 0; i < 5000; i++) {
        add_frame(&out, FIN | TEXT, "hello", 5);
    }
    put(out.at, out.length);
    for (unsigned i = 0; i < 5000; i++) {
        expect_text("hello");
    }
    buffer_finish(&out);
    finish();
}

static void what_came_behind_the_request_is_read_first(void **state) {
    (void)state;
    struct buffer early = {0};
    add_frame(&early, FIN | TEXT, "early", 5);
    add_frame(&early, FIN | TEXT, "late", 4);
    open_with(&usual, (struct str){early.at, early.length - 3});
    turn();
    put(early.at + early.length - 3, 3);
    expect_text("early");
    expect_text("late");
    buffer_finish(&early);
    finish();
}

// ---- what breaks RFC 6455 --------------------------------------------------------------------

#define RAW(literal)                                                                               \
    { (literal), sizeof(literal) - 1 }
#define MASK "\x00\x00\x00\x00"

static const struct probe {
    const char *what;
    struct str bytes; // masked with zeros
    unsigned code;
} probes[] = {
        {"unmasked frame",
                RAW("\x81\x01"
                    "a"),
                1002},
        {"RSV1", RAW("\xc1\x81" MASK "a"), 1002},
        {"RSV2", RAW("\xa1\x81" MASK "a"), 1002},
        {"RSV3", RAW("\x91\x81" MASK "a"), 1002},
        {"reserved data opcode", RAW("\x83\x81" MASK "a"), 1002},
        {"reserved control opcode", RAW("\x8b\x80" MASK), 1002},
        {"fragmented ping", RAW("\x09\x80" MASK), 1002},
        {"ping of 126 bytes", RAW("\x89\xfe\x00\x7e" MASK), 1002},
        {"fragmented close", RAW("\x08\x80" MASK), 1002},
        {"continuation of nothing", RAW("\x80\x81" MASK "a"), 1002},
        {"message inside fragments", RAW("\x01\x81" MASK "a\x81\x81" MASK "b"), 1002},
        {"length not minimal, two bytes", RAW("\x81\xfe\x00\x7d" MASK), 1002},
        {"length not minimal, eight bytes", RAW("\x81\xff\x00\x00\x00\x00\x00\x00\xff\xff" MASK),
                1002},
        {"length with its top bit", RAW("\x81\xff\x80\x00\x00\x00\x00\x00\x00\x00" MASK), 1002},
        {"2^40 bytes announced", RAW("\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00" MASK "a"), 1009},
        {"one byte too many announced", RAW("\x81\xff\x00\x00\x00\x00\x00\x01\x86\xa1" MASK "a"),
                1009},
        {"not UTF-8", RAW("\x81\x82" MASK "\xc3("), 1007},
        {"UTF-8 cut off", RAW("\x81\x81" MASK "\xc3"), 1007},
        {"UTF-8 surrogate", RAW("\x81\x83" MASK "\xed\xa0\x80"), 1007},
        {"UTF-8 overlong", RAW("\x81\x82" MASK "\xc0\x80"), 1007},
        {"not UTF-8 across fragments", RAW("\x01\x81" MASK "\xc3\x80\x81" MASK "("), 1007},
        {"close", RAW("\x88\x82" MASK "\x03\xe8"), 1000},
        {"close with a reason",
                RAW("\x88\x85" MASK "\x03\xe9"
                    "bye"),
                1001},
        {"close of an application", RAW("\x88\x82" MASK "\x0f\xa0"), 4000},
        {"close without a code", RAW("\x88\x80" MASK), NO_CODE},
        {"close with half a code", RAW("\x88\x81" MASK "\x03"), NO_CODE},
        {"close with code 999", RAW("\x88\x82" MASK "\x03\xe7"), 1002},
        {"close with code 1005", RAW("\x88\x82" MASK "\x03\xed"), 1002},
        {"close with code 1006", RAW("\x88\x82" MASK "\x03\xee"), 1002},
        {"close with code 5000", RAW("\x88\x82" MASK "\x13\x88"), 1002},
        {"close with a reason not UTF-8", RAW("\x88\x83" MASK "\x03\xe8\xff"), 1007},
};

static void each_fault_has_its_close_code(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof probes / sizeof *probes; i++) {
        print_message("           %s\n", probes[i].what);
        open_usual();
        put(probes[i].bytes.at, probes[i].bytes.length);
        put_text(FIN | TEXT, "behind"); // is not heard
        expect_close(probes[i].code);
        assert_int_equal(t.messages, 0);
        finish();
    }
}

static void fragments_that_grow_too_large_are_refused(void **state) {
    (void)state;
    char *text = memory_new(MOST, 1);
    memset(text, 'a', MOST);
    open_usual();
    put_frame(TEXT, text, MOST / 2);
    put_frame(CONTINUE, text, MOST / 2);
    put_frame(FIN | CONTINUE, text, 1);
    expect_close(1009);
    assert_int_equal(t.messages, 0);
    finish();
    free(text);
}

// ---- ends ------------------------------------------------------------------------------------

static void the_owner_may_close_inside_a_message(void **state) {
    (void)state;
    open_usual();
    put_text(FIN | TEXT, "close");
    put_text(FIN | TEXT, "unheard");
    struct frame frame;
    assert_true(wait_frame(&frame));
    assert_int_equal(frame.first, FIN | CLOSE);
    assert_memory_equal(frame.payload.at,
            "\x03\xe9"
            "as asked",
            frame.payload.length);
    buffer_drop(&t.in, frame.size);
    put_frame(FIN | CLOSE, "\x03\xe9", 2);
    expect_end();
    assert_int_equal(t.messages, 1);
    finish();
}

static void a_client_that_vanishes_is_noticed(void **state) {
    (void)state;
    open_usual();
    put_text(TEXT, "half a mess");
    shutdown(t.client, SHUT_WR);
    expect_end();
    finish();
}

static void a_client_that_does_not_close_is_cut(void **state) {
    (void)state;
    struct websocket_limits limits = usual;
    limits.close_ms = 50;
    open_with(&limits, STR(""));
    websocket_close(t.socket, WEBSOCKET_RESTART, "restart");
    expect_close(1012);
    int64_t until = clock_monotonic_ms() + PATIENCE_MS;
    while (websockets_count(t.set) > 0) {
        assert_true(clock_monotonic_ms() < until);
        turn();
    }
    finish();
}

static void a_client_that_is_silent_is_closed(void **state) {
    (void)state;
    struct websocket_limits limits = usual;
    limits.idle_ms = 100;
    open_with(&limits, STR(""));
    for (int i = 0; i < 5; i++) { // any frame counts
        run_for(40);
        put_text(FIN | PONG, "");
    }
    turn();
    assert_int_equal(t.closed, 0);
    // Bytes that never become a frame do not.
    put("\x81\xff\x00\x00\x01\x00\x00\x00\x00\x00", 10);
    expect_close(1001);
    finish();
}

static void all_are_closed_when_the_server_ends(void **state) {
    (void)state;
    open_usual();
    websocket_send(t.socket, STR("last words"));
    websockets_close(t.set, WEBSOCKET_RESTART, "restart");
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_null(websocket_open(t.set, pair[1], STR(""), &events, &t)); // and none is taken
    close(pair[0]);
    expect_text("last words");
    expect_close(1012);
    finish();
}

static void there_is_a_most_of_sockets(void **state) {
    (void)state;
    struct websocket_limits limits = usual;
    limits.sockets = 1;
    open_with(&limits, STR(""));
    int pair[2];
    assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    assert_null(websocket_open(t.set, pair[1], STR(""), &events, &t));
    char byte;
    assert_int_equal(read(pair[0], &byte, 1), 0);
    close(pair[0]);
    put_text(FIN | TEXT, "still here");
    expect_text("still here");
    finish();
}

// ---- clients that do not read ----------------------------------------------------------------

static void a_client_that_does_not_read_is_cut(void **state) {
    (void)state;
    char text[1000];
    memset(text, 'x', sizeof text);
    open_usual();
    unsigned sent = 0;
    while (t.closed == 0) {
        assert_true(++sent < 10000);
        websocket_send(t.socket, (struct str){text, sizeof text});
        turn();
    }
    assert_true(sent > usual.queue / sizeof text); // its queue, and what the kernel holds
    assert_int_equal(websockets_count(t.set), 0);
    finish();
}

static void a_client_that_stops_reading_is_cut(void **state) {
    (void)state;
    struct websocket_limits limits = usual;
    limits.stall_ms = 100;
    open_with(&limits, STR(""));
    char *text = memory_new(900000, 1);
    memset(text, 'x', 900000);
    websocket_send(t.socket, (struct str){text, 900000});
    int64_t from = clock_monotonic_ms();
    while (t.closed == 0) {
        assert_true(clock_monotonic_ms() - from < PATIENCE_MS);
        turn();
    }
    assert_true(clock_monotonic_ms() - from >= 100);
    finish();
    free(text);
}

static void a_slow_reader_gets_everything(void **state) {
    (void)state;
    open_usual();
    char *text = memory_new(3u << 20, 1);
    memset(text, 'x', 3u << 20);
    websocket_send(t.socket, (struct str){text, 3u << 20}); // larger than the queue by itself
    for (int i = 0; i < 500; i++) {
        websocket_send(t.socket, (struct str){text, 1000});
        turn();
    }
    expect_frame(FIN | TEXT, text, 3u << 20);
    for (int i = 0; i < 500; i++) {
        expect_frame(FIN | TEXT, text, 1000);
    }
    assert_int_equal(t.closed, 0);
    finish();
    free(text);
}

static void requests_wait_while_answers_are_not_read(void **state) {
    (void)state;
    struct buffer out = {0};
    open_usual();
    t.answer = 300000;
    for (unsigned i = 0; i < 100; i++) {
        add_frame(&out, FIN | TEXT, "more", 4);
    }
    put(out.at, out.length);
    run_for(50);
    assert_true(t.messages >= 1 && t.messages < 10); // though all 100 were read from the socket
    assert_int_equal(t.closed, 0);
    for (unsigned i = 0; i < 100; i++) {
        struct frame frame;
        assert_true(wait_frame(&frame));
        assert_int_equal(frame.payload.length, 300000);
        buffer_drop(&t.in, frame.size);
    }
    assert_int_equal(t.messages, 100);
    buffer_finish(&out);
    finish();
}

static void the_accept_value_is_that_of_the_standard(void **state) {
    (void)state;
    char accept[WEBSOCKET_ACCEPT_BYTES];
    websocket_accept(STR("dGhlIHNhbXBsZSBub25jZQ=="), accept); // RFC 6455 1.3
    assert_string_equal(accept, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(messages_of_every_length_come_back),
            cmocka_unit_test(fragments_become_one_message),
            cmocka_unit_test(pings_are_answered_and_pongs_are_not),
            cmocka_unit_test(bytes_may_come_one_by_one),
            cmocka_unit_test(many_frames_may_come_at_once),
            cmocka_unit_test(what_came_behind_the_request_is_read_first),
            cmocka_unit_test(each_fault_has_its_close_code),
            cmocka_unit_test(fragments_that_grow_too_large_are_refused),
            cmocka_unit_test(the_owner_may_close_inside_a_message),
            cmocka_unit_test(a_client_that_vanishes_is_noticed),
            cmocka_unit_test(a_client_that_does_not_close_is_cut),
            cmocka_unit_test(a_client_that_is_silent_is_closed),
            cmocka_unit_test(all_are_closed_when_the_server_ends),
            cmocka_unit_test(there_is_a_most_of_sockets),
            cmocka_unit_test(a_client_that_does_not_read_is_cut),
            cmocka_unit_test(a_client_that_stops_reading_is_cut),
            cmocka_unit_test(a_slow_reader_gets_everything),
            cmocka_unit_test(requests_wait_while_answers_are_not_read),
            cmocka_unit_test(the_accept_value_is_that_of_the_standard),
    };
    return cmocka_run_group_tests_name("websocket", tests, NULL, NULL);
}
