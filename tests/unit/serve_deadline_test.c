// The HTTP server and time: clients that are too slow, that vanish, calls that never end, draining,
// and too many connections.
#include "serve_fake.h"

#include "base/clock.h"

#define GET(path) "GET " path " HTTP/1.1\r\nHost: localhost\r\n\r\n"
#define SHORT_MS  300

static struct server server;

static struct http_limits short_requests(void) {
    struct http_limits limits = fake_limits;
    limits.request_ms = SHORT_MS;
    return limits;
}

static struct http_limits short_answers(void) {
    struct http_limits limits = fake_limits;
    limits.answer_ms = SHORT_MS;
    return limits;
}

static struct http_limits short_drain(void) {
    struct http_limits limits = fake_limits;
    limits.drain_ms = SHORT_MS;
    limits.grace_ms = SHORT_MS;
    return limits;
}

// ---- clients that are too slow ---------------------------------------------------------------

// Says `start`, then a byte of `drip` every 20 ms, until the server has closed. Tells how long that
// took in milliseconds.
static int64_t drip_until_closed(struct client *client, const char *start, const char *drip) {
    int64_t from = clock_monotonic_ms();
    client_say(client, start);
    while (!client_hears_end(client, 20)) {
        assert_true(clock_monotonic_ms() - from < FAKE_PATIENCE * 1000);
        client_send(client, drip, *drip ? 1 : 0);
    }
    return clock_monotonic_ms() - from;
}

static void a_new_connection_must_send_a_request_in_time(void **state) {
    (void)state;
    const char *scripts[][2] = {
            {"", ""},                                          // nothing at all
            {"GET / HT", ""},                                  // half a line
            {"GET /", "a"},                                    // a line that never ends
            {"GET / HTTP/1.1\r\nHost: localhost\r\nX: ", "a"}, // a header that never ends
            {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Content-Length: 9999\r\n\r\n",
                    "1"}, // a slow body
            {"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
             "Transfer-Encoding: chunked\r\n\r\nFFFF\r\n",
                    "1"}, // a slow chunk
    };
    struct http_limits limits = short_requests();
    server_start(&server, &limits);
    for (size_t i = 0; i < sizeof scripts / sizeof *scripts; i++) {
        struct client client;
        client_open(&client, server.port);
        int64_t took = drip_until_closed(&client, scripts[i][0], scripts[i][1]);
        assert_in_range(took, SHORT_MS - 50, 10 * SHORT_MS);
        client_close(&client);
    }
    assert_int_equal(fake.started, 0);
    server_stop(&server);
}

static void a_second_request_has_the_same_time(void **state) {
    (void)state;
    struct http_limits limits = short_requests();
    server_start(&server, &limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/"));
    struct reply reply = client_read(&client, false);
    int64_t took = drip_until_closed(&client, "GET /", "a");
    assert_in_range(took, SHORT_MS - 50, 10 * SHORT_MS);
    reply_free(&reply);
    client_close(&client);
    server_stop(&server);
}

static void an_idle_connection_may_stay(void **state) {
    (void)state;
    struct http_limits limits = short_requests();
    server_start(&server, &limits);
    struct client client;
    client_open(&client, server.port);
    for (int i = 0; i < 2; i++) {
        client_say(&client, GET("/"));
        struct reply reply = client_read(&client, false);
        assert_int_equal(reply.status, 200);
        reply_free(&reply);
        assert_false(client_hears_end(&client, 3 * SHORT_MS)); // idle for longer than a request may
    }
    client_close(&client);
    server_stop(&server);
}

static void an_answer_that_nobody_takes_is_dropped(void **state) {
    (void)state;
    struct http_limits limits = short_answers();
    server_start(&server, &limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/big"));
    fake_wait(&fake.peers, 1);
    fake_wait(&fake.peers, 0);
    while (client_receive(&client)) {
    }
    assert_true(client.text.length < FAKE_BIG);
    client_close(&client);
    server_stop(&server);
}

static void answers_that_nobody_takes_do_not_fill_the_memory(void **state) {
    (void)state;
    struct http_limits limits = fake_limits;
    limits.untaken = 2 * FAKE_BIG;
    server_start(&server, &limits);
    struct client clients[5];
    unsigned before = fake.started;
    for (unsigned i = 0; i < 5; i++) {
        client_open(&clients[i], server.port);
        client_say(&clients[i], GET("/big"));
        fake_wait(&fake.started, before + i + 1);
    }
    fake_wait(&fake.peers, 2); // the newest ones
    for (unsigned i = 0; i < 5; i++) {
        while (client_receive(&clients[i]) && clients[i].text.length < FAKE_BIG) {
        }
        assert_int_equal(clients[i].text.length >= FAKE_BIG, i >= 3);
        client_close(&clients[i]);
    }
    server_stop(&server);
}

// ---- calls that do not end -------------------------------------------------------------------

static void a_call_that_does_not_end_is_answered_for(void **state) {
    (void)state;
    struct http_limits limits = short_answers();
    server_start(&server, &limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/never") GET("/next"));
    struct reply late = client_read(&client, false);
    struct reply next = client_read(&client, false);
    assert_int_equal(late.status, 503);
    assert_true(reply_says(&late, "\"error\":\"deadline_exceeded\""));
    assert_true(reply_has(&late, "\r\nContent-Type: application/json\r\n"));
    assert_int_equal(next.status, 200); // the connection goes on
    assert_int_equal(fake.waiting, 1);
    server_do(&server, fake_release, NULL); // and the call may still end
    fake_wait(&fake.live, 0);
    client_say(&client, GET("/again"));
    struct reply again = client_read(&client, false);
    assert_int_equal(again.status, 200);
    reply_free(&late);
    reply_free(&next);
    reply_free(&again);
    client_close(&client);
    server_stop(&server);
}

static void a_client_that_leaves_while_its_call_runs_leaks_nothing(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/never"));
    fake_wait(&fake.waiting, 1);
    client_close(&client);
    server_do(&server, fake_release, NULL);
    fake_wait(&fake.live, 0);
    fake_wait(&fake.peers, 0);
    server_stop(&server);
}

static void a_client_that_left_is_let_go_at_the_deadline(void **state) {
    (void)state;
    struct http_limits limits = short_answers();
    server_start(&server, &limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/never"));
    fake_wait(&fake.waiting, 1);
    client_close(&client);
    fake_wait(&fake.peers, 0);
    assert_int_equal(fake.live, 1); // the call has not been told
    server_do(&server, fake_release, NULL);
    fake_wait(&fake.live, 0);
    server_stop(&server);
}

#define MANY 300

static void vanish(const char *request) {
    static struct client clients[MANY];
    for (int i = 0; i < MANY; i++) {
        client_open(&clients[i], server.port);
        client_say(&clients[i], request);
    }
    fake_wait(&fake.started, MANY);
    struct linger reset = {.l_onoff = 1};
    for (int i = 0; i < MANY; i++) {
        if (i % 2) { // half of them with a reset
            setsockopt(clients[i].socket, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        }
        client_close(&clients[i]);
    }
    fake_wait(&fake.peers, 0);
}

static void three_hundred_clients_vanish_before_their_deadline(void **state) {
    (void)state;
    struct http_limits limits = short_answers();
    server_start(&server, &limits);
    vanish(GET("/never"));
    assert_int_equal(fake.live, MANY);
    server_do(&server, fake_release, NULL);
    fake_wait(&fake.live, 0);
    struct reply reply = ask(&server, GET("/"));
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    server_stop(&server);
}

static void three_hundred_clients_vanish_before_their_answer(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    vanish(GET("/later"));
    fake_wait(&fake.live, 0);
    server_stop(&server);
}

// ---- draining --------------------------------------------------------------------------------

static void draining_lets_a_running_call_end(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    struct client client, idle;
    client_open(&idle, server.port);
    client_say(&idle, GET("/"));
    struct reply reply = client_read(&idle, false);
    reply_free(&reply);
    client_open(&client, server.port);
    client_say(&client, GET("/never"));
    fake_wait(&fake.waiting, 1);
    server_drain(&server);
    assert_true(client_ended(&idle)); // at once
    assert_false(client_hears_end(&client, 0));
    server_do(&server, fake_release, NULL);
    reply = client_read(&client, false);
    assert_int_equal(reply.status, 200);
    assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
    assert_true(client_ended(&client));
    uv_sem_wait(&server.drained);
    server_finish(&server);
    reply_free(&reply);
    client_close(&client);
    client_close(&idle);
}

static void draining_answers_for_a_call_that_does_not_end(void **state) {
    (void)state;
    struct http_limits limits = short_drain();
    server_start(&server, &limits);
    struct client clients[3];
    for (int i = 0; i < 3; i++) {
        client_open(&clients[i], server.port);
        client_say(&clients[i], GET("/never"));
    }
    fake_wait(&fake.waiting, 3);
    server_drain(&server);
    for (int i = 0; i < 3; i++) {
        struct reply reply = client_read(&clients[i], false);
        assert_int_equal(reply.status, 503);
        assert_true(reply_says(&reply, "\"error\":\"unavailable\""));
        assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
        assert_true(client_ended(&clients[i]));
        reply_free(&reply);
        client_close(&clients[i]);
    }
    uv_sem_wait(&server.drained);
    assert_int_equal(fake.waiting, 3);
    server_finish(&server); // the calls outlive the server
}

static void draining_ends_in_spite_of_clients_that_do_nothing(void **state) {
    (void)state;
    struct http_limits limits = short_drain();
    server_start(&server, &limits);
    struct client silent, half, deaf;
    client_open(&silent, server.port);
    client_open(&half, server.port);
    client_say(&half, "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\n");
    client_open(&deaf, server.port);
    client_say(&deaf, GET("/big"));
    fake_wait(&fake.started, 1);
    fake_wait(&fake.peers, 3);
    server_drain(&server);
    uv_sem_wait(&server.drained);
    server_finish(&server);
    client_close(&silent);
    client_close(&half);
    client_close(&deaf);
}

static void a_drained_server_takes_no_connections(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    server_drain(&server);
    uv_sem_wait(&server.drained);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(server.port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int refused = socket(AF_INET, SOCK_STREAM, 0);
    assert_int_equal(connect(refused, (struct sockaddr *)&at, sizeof at), -1);
    assert_int_equal(errno, ECONNREFUSED);
    close(refused);
    server_finish(&server);
}

static void a_server_may_be_destroyed_without_a_drain(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, GET("/never"));
    fake_wait(&fake.waiting, 1);
    server_finish(&server);
    assert_true(client_ended(&client));
    client_close(&client);
}

// ---- the listener ----------------------------------------------------------------------------

static void a_full_server_serves_who_waits_when_there_is_room_again(void **state) {
    (void)state;
    struct http_limits limits = fake_limits;
    limits.connections = 2;
    server_start(&server, &limits);
    struct client first, second, third;
    client_open(&first, server.port);
    client_open(&second, server.port);
    fake_wait(&fake.peers, 2);
    client_open(&third, server.port); // by the kernel only
    client_say(&third, GET("/"));
    client_close(&first);
    client_close(&second);
    struct reply reply = client_read(&third, false);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    client_close(&third);
    server_stop(&server);
}

static void few_descriptors_are_shared_with_others(void **state) {
    (void)state;
    struct http_limits limits = http_limits_of(1024);
    assert_true(limits.connections >= 512);
    assert_true(limits.sockets >= 128);
    assert_true(limits.connections + limits.sockets <= 1024 - 100);
    limits = http_limits_of(UINT64_MAX);
    assert_int_equal(limits.connections, http_limits.connections);
    assert_int_equal(limits.sockets, http_limits.sockets);
}

static void create_with(struct http_options options, const char *sentence) {
    uv_loop_t loop;
    struct error error;
    uv_loop_init(&loop);
    assert_null(http_create(&loop, &options, NULL, &error));
    assert_int_equal(error.code, ERROR_UNAVAILABLE);
    if (strstr(error.message, sentence) == NULL) {
        fail_msg("%s", error.message);
    }
    assert_int_equal(uv_loop_close(&loop), 0);
}

static void an_address_that_cannot_be_used_is_named(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    char taken[64];
    snprintf(taken, sizeof taken, "cannot listen on 127.0.0.1:%u: another program", server.port);
    create_with((struct http_options){"127.0.0.1", server.port, STR("k"), NULL, 0, NULL, 0}, taken);
    create_with((struct http_options){"192.0.2.1", 4000, STR("k"), NULL, 0, NULL, 0},
            "192.0.2.1:4000: it is not an address");
    create_with((struct http_options){"2001:db8::1", 4000, STR("k"), NULL, 0, NULL, 0},
            "cannot listen on [2001:db8::1]:4000");
    create_with((struct http_options){"localhost", 4000, STR("k"), NULL, 0, NULL, 0}, "numeric");
    server_stop(&server);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_new_connection_must_send_a_request_in_time),
            cmocka_unit_test(a_second_request_has_the_same_time),
            cmocka_unit_test(an_idle_connection_may_stay),
            cmocka_unit_test(an_answer_that_nobody_takes_is_dropped),
            cmocka_unit_test(answers_that_nobody_takes_do_not_fill_the_memory),
            cmocka_unit_test(a_call_that_does_not_end_is_answered_for),
            cmocka_unit_test(a_client_that_leaves_while_its_call_runs_leaks_nothing),
            cmocka_unit_test(a_client_that_left_is_let_go_at_the_deadline),
            cmocka_unit_test(three_hundred_clients_vanish_before_their_deadline),
            cmocka_unit_test(three_hundred_clients_vanish_before_their_answer),
            cmocka_unit_test(draining_lets_a_running_call_end),
            cmocka_unit_test(draining_answers_for_a_call_that_does_not_end),
            cmocka_unit_test(draining_ends_in_spite_of_clients_that_do_nothing),
            cmocka_unit_test(a_drained_server_takes_no_connections),
            cmocka_unit_test(a_server_may_be_destroyed_without_a_drain),
            cmocka_unit_test(a_full_server_serves_who_waits_when_there_is_room_again),
            cmocka_unit_test(few_descriptors_are_shared_with_others),
            cmocka_unit_test(an_address_that_cannot_be_used_is_named),
    };
    return cmocka_run_group_tests_name("serve deadline", tests, NULL, NULL);
}
