// Live topics over HTTP: who gets a WebSocket, what travels on it, how it ends with the server.
#include "serve_fake.h"
#include "serve_live_fake.h"

#include <sys/resource.h>

#define ORIGIN "Origin: http://localhost\r\n"
#define HANDSHAKE                                                                                  \
    "Host: localhost\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n"                 \
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
#define KEY   "Authorization: Bearer " FAKE_KEY "\r\n"
#define OPEN  "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n" HANDSHAKE
#define CROWD 1000u

static struct server server;

static void serve_live(void *context) {
    (void)context;
    http_serve_live(server.http, &fake_live);
}

static int start(void **state) {
    (void)state;
    struct http_limits limits = fake_limits;
    limits.connections = CROWD + 100;
    server_start(&server, &limits);
    server_do(&server, serve_live, NULL);
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    assert_int_equal(fake_live.count, 0);
    return 0;
}

// ---- the client ------------------------------------------------------------------------------

static void add_text_frame(struct buffer *out, const char *text) {
    size_t length = strlen(text);
    assert_true(length < 126);
    buffer_add_u8(out, 0x81);
    buffer_add_u8(out, (uint8_t)(0x80 | length));
    buffer_add_u32(out, 0); // a mask that changes nothing
    buffer_add_text(out, text);
}

static void say_text(struct client *client, const char *text) {
    struct buffer out = {0};
    add_text_frame(&out, text);
    client_send(client, out.at, out.length);
    buffer_finish(&out);
}

// Reads a frame of less than 126 bytes.
static void expect_frame(struct client *client, uint8_t first, const char *payload, size_t length) {
    while (client->text.length < 2 || client->text.length < 2u + (uint8_t)client->text.at[1]) {
        assert_true(client_receive(client));
    }
    assert_int_equal((uint8_t)client->text.at[0], first);
    assert_int_equal((uint8_t)client->text.at[1], length);
    assert_memory_equal(client->text.at + 2, payload, length);
    buffer_drop(&client->text, 2 + length);
}

static void expect_text(struct client *client, const char *text) {
    expect_frame(client, 0x81, text, strlen(text));
}

static void open_socket(struct client *client, const char *request) {
    client_open(client, server.port);
    client_say(client, request);
    struct reply reply = client_read(client, true);
    assert_int_equal(reply.status, 101);
    reply_free(&reply);
}

static void ask_heartbeat(struct client *client) {
    say_text(client, "[null,\"1\",\"phoenix\",\"heartbeat\",{}]");
    expect_text(
            client, "[null,\"1\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void expect_status(const char *request, int status, const char *says) {
    struct reply reply = ask(&server, request);
    assert_int_equal(reply.status, status);
    assert_true(reply_has(&reply, "\r\nContent-Type: application/json\r\n"));
    if (!reply_says(&reply, says)) {
        fail_msg("%s does not say %s", reply.body.at, says);
    }
    reply_free(&reply);
}

// ---- the handshake ---------------------------------------------------------------------------

static void the_handshake_is_that_of_the_standard(void **state) {
    (void)state;
    struct reply reply = ask(&server, OPEN KEY "\r\n");
    assert_int_equal(reply.status, 101);
    assert_true(reply_has(&reply, "\r\nUpgrade: websocket\r\n"));
    assert_true(reply_has(&reply, "\r\nConnection: Upgrade\r\n"));
    assert_true(reply_has(&reply, "\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
    assert_false(reply_has(&reply, "Sec-WebSocket-Protocol"));
    reply_free(&reply);
}

static void a_token_may_come_as_a_subprotocol_and_only_phoenix_is_answered(void **state) {
    (void)state;
    // base64 of FAKE_KEY
    struct reply reply =
            ask(&server, OPEN "Sec-WebSocket-Protocol: phoenix, "
                              "base64url.bearer.phx.MDEyMzQ1Njc4OWFiY2RlZi1zZWNyZXQ\r\n\r\n");
    assert_int_equal(reply.status, 101);
    assert_true(reply_has(&reply, "\r\nSec-WebSocket-Protocol: phoenix\r\n"));
    assert_false(reply_has(&reply, "bearer"));
    reply_free(&reply);
    expect_status(OPEN "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.MDEy\r\n\r\n", 401,
            "unauthenticated");
    expect_status(OPEN "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.=%=\r\n\r\n", 401,
            "unauthenticated");
    expect_status(OPEN "Sec-WebSocket-Protocol: phoenix, base64url.bearer.phx.\r\n\r\n", 401,
            "unauthenticated");
}

static void without_credentials_there_is_none(void **state) {
    (void)state;
    expect_status(OPEN "\r\n", 401, "authToken");
    expect_status(OPEN "Authorization: Bearer wrong\r\n\r\n", 401, "unauthenticated");
    expect_status(OPEN "Cookie: whitebeam_1=x; a=b\r\n\r\n", 401, "unauthenticated");
}

static void foreign_pages_get_none(void **state) {
    (void)state;
    expect_status(OPEN KEY "Origin: http://evil.example\r\n\r\n", 403, "forbidden");
    expect_status(OPEN KEY "Origin: null\r\n\r\n", 403, "forbidden");
    struct reply reply = ask(&server, OPEN KEY ORIGIN "\r\n");
    assert_int_equal(reply.status, 101);
    reply_free(&reply);
}

static void only_protocol_two_is_spoken(void **state) {
    (void)state;
    static const char *const queries[] = {"", "?", "?vsn=1.0.0", "?vsn=", "?vsn=2.1.0",
            "?vsn=3.0.0", "?xvsn=2.0.0", "?vsn=x&vsn=2.0.0"};
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        char text[512];
        snprintf(text, sizeof text, "GET /socket/websocket%s HTTP/1.1\r\n" HANDSHAKE KEY "\r\n",
                queries[i]);
        expect_status(text, 403, "vsn=2.0.0");
    }
    struct reply reply =
            ask(&server, "GET /socket/websocket?a=b&vsn=2.0.0&c HTTP/1.1\r\n" HANDSHAKE KEY "\r\n");
    assert_int_equal(reply.status, 101);
    reply_free(&reply);
}

#define PLAIN "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: localhost\r\n" KEY

static void a_handshake_must_be_complete(void **state) {
    (void)state;
    static const char *const requests[] = {
            PLAIN "\r\n",
            PLAIN "Connection: Upgrade\r\n\r\n",
            PLAIN "Connection: close\r\nUpgrade: websocket\r\n\r\n",
            PLAIN "Connection: Upgrade\r\nUpgrade: h2c\r\nSec-WebSocket-Version: 13\r\n\r\n",
            PLAIN "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\r\n",
            PLAIN "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: short\r\n\r\n",
            PLAIN "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==x\r\n\r\n",
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        expect_status(requests[i], 400, "bad_request");
    }
    expect_status("POST /socket/websocket?vsn=2.0.0 HTTP/1.1\r\n" HANDSHAKE KEY "\r\n", 405, "GET");
    struct reply reply = ask(&server,
            PLAIN "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 8\r\n"
                  "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
    assert_int_equal(reply.status, 400);
    assert_true(reply_has(&reply, "\r\nSec-WebSocket-Version: 13\r\n"));
    reply_free(&reply);
}

static void join_room(struct client *client) {
    say_text(client, "[\"1\",\"1\",\"room:a\",\"phx_join\",{}]");
    expect_text(client, "[\"1\",\"1\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{"
                        "\"joined\":{}}}]");
}

// ---- messages --------------------------------------------------------------------------------

static void topics_are_joined_over_the_socket(void **state) {
    (void)state;
    struct client client;
    open_socket(&client, OPEN KEY "\r\n");
    join_room(&client);
    say_text(&client, "[\"1\",\"2\",\"room:a\",\"shout\",{\"n\":1}]");
    expect_text(&client, "[\"1\",null,\"room:a\",\"heard\",{\"n\":1}]");
    expect_text(
            &client, "[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    ask_heartbeat(&client);
    client_close(&client); // stop() sees that the topic was left
}

static void frames_may_come_right_behind_the_request(void **state) {
    (void)state;
    struct buffer out = {0};
    struct client client;
    client_open(&client, server.port);
    buffer_add_text(&out, OPEN KEY "\r\n");
    add_text_frame(&out, "[null,\"1\",\"phoenix\",\"heartbeat\",{}]");
    client_send(&client, out.at, out.length);
    struct reply reply = client_read(&client, true);
    assert_int_equal(reply.status, 101);
    expect_text(
            &client, "[null,\"1\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    reply_free(&reply);
    buffer_finish(&out);
    client_close(&client);
}

static void a_message_that_is_none_ends_the_socket(void **state) {
    (void)state;
    struct client client;
    open_socket(&client, OPEN KEY "\r\n");
    say_text(&client, "hello");
    while (client_receive(&client)) {
    }
    assert_memory_equal(client.text.at + 2, "\x03\xea", 2); // 1002
    client_close(&client);
}

static void a_round_trip_does_not_wait_for_acknowledgements(void **state) {
    (void)state;
    struct client client;
    open_socket(&client, OPEN KEY "\r\n");
    uint64_t from = uv_hrtime();
    for (int i = 0; i < 500; i++) { // 40 ms each, were it not for TCP_NODELAY
        ask_heartbeat(&client);
    }
    assert_true(uv_hrtime() - from < UINT64_C(5000000000));
    client_close(&client);
}

static void draining_says_that_the_server_restarts(void **state) {
    (void)state;
    struct client client;
    open_socket(&client, OPEN KEY "\r\n");
    join_room(&client);
    server_drain(&server);
    expect_frame(&client, 0x88, "\x03\xf4the server restarts", 21); // 1012
    client_close(&client);
    uv_sem_wait(&server.drained);
    server_finish(&server);
    assert_int_equal(fake_live.count, 0);
}

static void a_client_that_ignores_the_end_does_not_stop_the_drain(void **state) {
    (void)state;
    struct client client;
    open_socket(&client, OPEN KEY "\r\n");
    server_drain(&server);
    uv_sem_wait(&server.drained); // within the time for closing handshakes
    client_close(&client);
    server_finish(&server);
}

static void a_server_without_live_topics_has_no_sockets(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    struct reply reply = ask(&server, OPEN KEY "\r\n");
    assert_int_equal(reply.status, 200); // an operation like any other, here
    reply_free(&reply);
    server_stop(&server);
}

static void a_client_that_never_reads_harms_nobody(void **state) {
    (void)state;
    struct client deaf, other;
    open_socket(&deaf, OPEN KEY "\r\n");
    open_socket(&other, OPEN KEY "\r\n");
    say_text(&deaf, "[\"1\",\"1\",\"room:a\",\"phx_join\",{}]");
    for (int i = 0; i < 10; i++) {
        say_text(&deaf, "[\"1\",\"2\",\"room:a\",\"big\",{}]"); // 3 MB each
    }
    for (int i = 0; i < 100; i++) {
        ask_heartbeat(&other);
    }
    client_close(&deaf);
    client_close(&other);
}

// ---- a crowd ---------------------------------------------------------------------------------

static long resident_kb(void) {
    long pages = 0, resident = 0;
    FILE *file = fopen("/proc/self/statm", "r");
    assert_non_null(file);
    assert_int_equal(fscanf(file, "%ld %ld", &pages, &resident), 2);
    fclose(file);
    return resident * (sysconf(_SC_PAGESIZE) / 1024);
}

static void allow_descriptors(void) {
    struct rlimit limit;
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
    limit.rlim_cur = limit.rlim_max;
    assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
}

static void a_thousand_idle_sockets_are_small_and_alive(void **state) {
    (void)state;
    allow_descriptors();
    struct client *crowd = memory_new(CROWD, sizeof *crowd);
    struct client first;
    open_socket(&first, OPEN KEY "\r\n");
    long before = resident_kb();
    for (unsigned i = 0; i < CROWD; i++) {
        open_socket(&crowd[i], OPEN KEY "\r\n");
        ask_heartbeat(&crowd[i]);
        buffer_finish(&crowd[i].text);
    }
    long grown = resident_kb() - before;
    print_message("           %ld KB for %u sockets\n", grown, CROWD);
#ifndef __SANITIZE_ADDRESS__
    assert_true(grown < 25 * 1024);
#endif
    fake_wait(&fake.peers, 0); // none holds a connection of the HTTP server
    for (unsigned i = 0; i < CROWD; i++) {
        ask_heartbeat(&crowd[i]);
        client_close(&crowd[i]);
    }
    client_close(&first);
    free(crowd);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(the_handshake_is_that_of_the_standard),
            TEST(a_token_may_come_as_a_subprotocol_and_only_phoenix_is_answered),
            TEST(without_credentials_there_is_none),
            TEST(foreign_pages_get_none),
            TEST(only_protocol_two_is_spoken),
            TEST(a_handshake_must_be_complete),
            TEST(topics_are_joined_over_the_socket),
            TEST(frames_may_come_right_behind_the_request),
            TEST(a_message_that_is_none_ends_the_socket),
            TEST(a_round_trip_does_not_wait_for_acknowledgements),
            cmocka_unit_test_setup(draining_says_that_the_server_restarts, start),
            cmocka_unit_test_setup(a_client_that_ignores_the_end_does_not_stop_the_drain, start),
            cmocka_unit_test(a_server_without_live_topics_has_no_sockets),
            TEST(a_client_that_never_reads_harms_nobody),
            TEST(a_thousand_idle_sockets_are_small_and_alive),
    };
    return cmocka_run_group_tests_name("live", tests, NULL, NULL);
}
