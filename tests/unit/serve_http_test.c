// The HTTP server over real sockets: what requests become, what answers carry.
#include "serve_fake.h"

#define HOST "Host: localhost\r\n"

static struct server server;

static int start(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    return 0;
}

// ---- requests --------------------------------------------------------------------------------

static void a_request_reaches_its_operation_raw(void **state) {
    (void)state;
    struct reply reply = ask(&server, "GET /a%2Fb/%00?x=%2B+1&&y?z=%26 HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(reply.status, 200);
    assert_true(reply_says(&reply, "\"method\":\"GET\""));
    assert_true(reply_says(&reply, "\"path\":\"/a%2Fb/%00\""));
    assert_true(reply_says(&reply, "\"query\":\"x=%2B+1&&y?z=%26\""));
    assert_true(reply_says(&reply, "\"body\":\"\""));
    reply_free(&reply);
}

static void every_answer_carries_its_headers(void **state) {
    (void)state;
    struct reply reply = ask(&server, "GET / HTTP/1.1\r\n" HOST "\r\n");
    assert_true(reply_has(&reply, "\r\nContent-Type: application/json\r\n"));
    assert_true(reply_has(&reply, "\r\nX-Request-Id: req_"));
    assert_true(reply_has(&reply, "\r\nCache-Control: no-store\r\n"));
    assert_true(reply_has(&reply, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_true(reply_has(&reply, "\r\nReferrer-Policy: no-referrer\r\n"));
    assert_true(reply_has(&reply, "\r\nDate: "));
    assert_false(reply_has(&reply, "Connection: close"));
    reply_free(&reply);
}

static void a_client_may_name_its_request(void **state) {
    (void)state;
    struct reply reply = ask(&server, "GET / HTTP/1.1\r\n" HOST "X-Request-Id: my_-7\r\n\r\n");
    assert_true(reply_has(&reply, "\r\nX-Request-Id: my_-7\r\n"));
    assert_true(reply_says(&reply, "\"id\":\"my_-7\""));
    reply_free(&reply);
    reply = ask(&server, "GET / HTTP/1.1\r\n" HOST "X-Request-Id: not mine\r\n\r\n");
    assert_true(reply_has(&reply, "\r\nX-Request-Id: req_"));
    reply_free(&reply);
}

static void generated_request_ids_differ(void **state) {
    (void)state;
    char last[21] = "";
    struct client client;
    client_open(&client, server.port);
    for (int i = 0; i < 100; i++) {
        client_say(&client, "GET / HTTP/1.1\r\n" HOST "\r\n");
        struct reply reply = client_read(&client, false);
        const char *id = strstr(reply.head.at, "req_");
        assert_non_null(id);
        assert_int_equal(strspn(id + 4, "0123456789abcdef"), 16);
        assert_memory_not_equal(id, last, 20);
        memcpy(last, id, 20);
        reply_free(&reply);
    }
    client_close(&client);
}

static void head_is_get_without_a_body(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "HEAD /x HTTP/1.1\r\n" HOST "\r\nGET /y HTTP/1.1\r\n" HOST "\r\n");
    struct reply head = client_read(&client, true);
    struct reply get = client_read(&client, false);
    assert_int_equal(head.status, 200);
    assert_int_equal(reply_length(head.head.at), reply_length(get.head.at));
    assert_true(reply_says(&get, "\"path\":\"/y\""));
    reply_free(&head);
    reply_free(&get);
    client_close(&client);
}

static void pipelined_requests_are_answered_in_order(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    struct buffer text = {0};
    for (int i = 0; i < 8; i++) { // every third one is suspended
        buffer_printf(&text, "GET %s?%d HTTP/1.1\r\n" HOST "\r\n", i % 3 ? "/" : "/later", i);
    }
    client_send(&client, text.at, text.length);
    for (int i = 0; i < 8; i++) {
        char query[32];
        snprintf(query, sizeof query, "\"query\":\"%d\"", i);
        struct reply reply = client_read(&client, false);
        assert_int_equal(reply.status, 200);
        assert_true(reply_says(&reply, query));
        reply_free(&reply);
    }
    buffer_finish(&text);
    client_close(&client);
}

static void a_request_may_come_byte_by_byte(void **state) {
    (void)state;
    const char *text = "POST /slow?q HTTP/1.1\r\n" HOST
                       "Content-Type: application/json\r\nContent-Length: 7\r\n\r\n{\"a\":1}";
    struct client client;
    client_open(&client, server.port);
    int on = 1;
    setsockopt(client.socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (const char *at = text; *at != '\0'; at++) {
        assert_true(client_send(&client, at, 1));
    }
    struct reply reply = client_read(&client, false);
    assert_int_equal(reply.status, 200);
    assert_true(reply_says(&reply, "\"body\":\"{\\\"a\\\":1}\""));
    reply_free(&reply);
    client_close(&client);
}

static void a_chunked_post_and_a_get_behind_it_are_two_requests(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "POST /p HTTP/1.1\r\n" HOST "Content-Type: application/json; charset=utf-8"
                        "\r\nTransfer-Encoding: chunked\r\n\r\n"
                        "3\r\n[1,\r\n00002\r\n2]\r\n0\r\nTrailer: 1\r\n\r\n"
                        "GET /behind HTTP/1.1\r\n" HOST "\r\n");
    struct reply post = client_read(&client, false);
    struct reply get = client_read(&client, false);
    assert_int_equal(post.status, 200);
    assert_true(reply_says(&post, "\"method\":\"POST\""));
    assert_true(reply_says(&post, "\"body\":\"[1,2]\""));
    assert_true(reply_says(&get, "\"path\":\"/behind\""));
    assert_true(reply_says(&get, "\"body\":\"\"")); // nothing is left of the post's
    reply_free(&post);
    reply_free(&get);
    client_close(&client);
}

static void http_1_0_needs_no_host_and_ends_the_connection(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "GET / HTTP/1.0\r\n\r\n");
    struct reply reply = client_read(&client, false);
    assert_int_equal(reply.status, 200);
    assert_true(client_ended(&client));
    reply_free(&reply);
    client_close(&client);
}

static void a_client_that_expects_100_gets_it(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "POST / HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n"
                        "Content-Length: 2\r\nExpect: 100-continue\r\n\r\n");
    struct reply reply = client_read(&client, true);
    assert_int_equal(reply.status, 100);
    reply_free(&reply);
    client_say(&client, "{}");
    reply = client_read(&client, false);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    client_close(&client);
}

// ---- answers ---------------------------------------------------------------------------------

static void what_the_call_says_is_passed_on(void **state) {
    (void)state;
    struct reply reply = ask(&server, "GET /missing HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(reply.status, 404);
    assert_false(reply_has(&reply, "\r\nConnection: close"));
    reply_free(&reply);
    reply = ask(&server, "PATCH /method HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(reply.status, 405);
    assert_true(reply_has(&reply, "\r\nAllow: GET, PUT\r\n"));
    reply_free(&reply);
    reply = ask(&server, "GET /linked HTTP/1.1\r\n" HOST "\r\n");
    assert_true(reply_has(&reply, "\r\nLink: </a?page=2>; rel=\"next\"\r\n"));
    reply_free(&reply);
    reply = ask(&server, "DELETE /empty HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(reply.status, 204);
    assert_false(reply_has(&reply, "\r\nContent-Type"));
    reply_free(&reply);
}

static void problems_are_given_to_those_who_accept_them(void **state) {
    (void)state;
    const char *accept = "Accept: application/problem+json\r\n\r\n";
    char text[200];
    snprintf(text, sizeof text, "GET /missing HTTP/1.1\r\n" HOST "%s", accept);
    struct reply reply = ask(&server, text);
    assert_true(reply_has(&reply, "\r\nContent-Type: application/problem+json\r\n"));
    assert_true(reply_says(&reply, "\"type\":\"not_found\""));
    reply_free(&reply);
    snprintf(text, sizeof text, "GET /fine HTTP/1.1\r\n" HOST "%s", accept);
    reply = ask(&server, text);
    assert_true(reply_has(&reply, "\r\nContent-Type: application/json\r\n"));
    reply_free(&reply);
    snprintf(text, sizeof text, "GET /fine HTTP/1.1\r\nHost: evil.example\r\n%s", accept);
    reply = ask(&server, text); // from the gate, too
    assert_int_equal(reply.status, 421);
    assert_true(reply_has(&reply, "\r\nContent-Type: application/problem+json\r\n"));
    reply_free(&reply);
}

static void a_large_answer_arrives_whole(void **state) {
    (void)state;
    struct reply reply = ask(&server, "GET /big HTTP/1.1\r\n" HOST "\r\n");
    assert_int_equal(reply.body.length, FAKE_BIG);
    assert_int_equal(reply.body.at[FAKE_BIG - 1], 'x');
    reply_free(&reply);
}

// ---- keys, hosts, origins --------------------------------------------------------------------

static int status_with(const char *path, const char *header) {
    char text[400];
    snprintf(text, sizeof text, "GET %s HTTP/1.1\r\n%s\r\n", path, header);
    struct reply reply = ask(&server, text);
    int status = reply.status;
    if (status == 401) {
        assert_true(reply_has(&reply, "\r\nWWW-Authenticate: Bearer\r\n"));
    }
    reply_free(&reply);
    return status;
}

static void only_the_right_key_authenticates(void **state) {
    (void)state;
    assert_int_equal(status_with("/locked", HOST), 401);
    assert_int_equal(status_with("/locked", HOST "Authorization: Bearer\r\n"), 401);
    assert_int_equal(status_with("/locked", HOST "Authorization: Bearer x" FAKE_KEY "\r\n"), 401);
    assert_int_equal(status_with("/locked", HOST "Authorization: Basic " FAKE_KEY "\r\n"), 401);
    assert_int_equal(
            status_with("/locked", HOST "Authorization: Bearer 0123456789abcdef-secreT\r\n"), 401);
    assert_int_equal(status_with("/locked", HOST "Authorization: Bearer " FAKE_KEY "\r\n"), 200);
    assert_int_equal(status_with("/locked", HOST "authorization: bearer " FAKE_KEY " \r\n"), 200);
    struct reply reply =
            ask(&server, "GET / HTTP/1.1\r\n" HOST "Authorization: Bearer " FAKE_KEY "\r\n\r\n");
    char all[64];
    snprintf(all, sizeof all, "\"permissions\":%u}", (1u << PERMISSION_COUNT) - 1);
    assert_true(reply_says(&reply, "\"authenticated\":true"));
    assert_true(reply_says(&reply, all));
    reply_free(&reply);
}

static void foreign_hosts_are_misdirected(void **state) {
    (void)state;
    assert_int_equal(status_with("/", "Host: evil.example\r\n"), 421);
    assert_int_equal(status_with("/", "Host: localhost.evil.example:80\r\n"), 421);
    assert_int_equal(status_with("/", "Host: \r\n"), 421);
    assert_int_equal(status_with("/", "Host: BEAM.example:99\r\n"), 200);
    assert_int_equal(status_with("/", "Host: [::1]:1\r\n"), 200);
    assert_int_equal(status_with("/", "Host: 127.0.0.1 \r\n"), 200);
}

static void pages_of_other_origins_are_forbidden(void **state) {
    (void)state;
    assert_int_equal(status_with("/", HOST "Origin: http://evil.example\r\n"), 403);
    assert_int_equal(status_with("/", HOST "Origin: null\r\n"), 403);
    assert_int_equal(status_with("/", HOST "Origin: http://localhost:4000\r\n"), 200);
    assert_int_equal(status_with("/", HOST "Origin: https://beam.example\r\n"), 200);
}

// ---- bodies ----------------------------------------------------------------------------------

static void a_body_must_be_json(void **state) {
    (void)state;
    struct reply reply = ask(&server, "POST / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n{}");
    assert_int_equal(reply.status, 400);
    assert_true(reply_says(&reply, "Content-Type"));
    reply_free(&reply);
    reply = ask(&server,
            "POST / HTTP/1.1\r\n" HOST "Content-Type: text/plain\r\nContent-Length: 2\r\n\r\n{}");
    assert_int_equal(reply.status, 400);
    reply_free(&reply);
    reply = ask(&server, "POST / HTTP/1.1\r\n" HOST "Content-Length: 0\r\n\r\n");
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
}

// Sends a body of so many bytes in two pieces, with its length or in chunks.
static struct reply post(size_t length, bool chunked) {
    struct client client;
    client_open(&client, server.port);
    struct buffer text = {0};
    buffer_add_text(&text, "POST / HTTP/1.1\r\n" HOST "Content-Type: application/json\r\n");
    if (chunked) {
        buffer_printf(&text, "Transfer-Encoding: chunked\r\n\r\n%zx\r\n", length);
    } else {
        buffer_printf(&text, "Content-Length: %zu\r\n\r\n", length);
    }
    memset(buffer_reserve(&text, length), '1', length);
    text.length += length;
    buffer_add_text(&text, chunked ? "\r\n0\r\n\r\n" : "");
    size_t half = text.length / 2;
    if (client_send(&client, text.at, half)) {
        client_send(&client, text.at + half, text.length - half);
    }
    buffer_finish(&text);
    struct reply reply = client_read(&client, false);
    if (reply.status != 200) {
        client_ended(&client); // it was closed
    }
    client_close(&client);
    return reply;
}

static void a_body_up_to_the_limit_is_taken(void **state) {
    (void)state;
    for (int chunked = 0; chunked < 2; chunked++) {
        struct reply reply = post(fake_limits.body, chunked);
        assert_int_equal(reply.status, 200);
        assert_true(reply.body.length > fake_limits.body);
        reply_free(&reply);
    }
}

static void a_larger_body_is_413_and_ends_the_connection(void **state) {
    (void)state;
    size_t lengths[] = {fake_limits.body + 1, 3 * fake_limits.body, 50 * fake_limits.body};
    for (unsigned i = 0; i < 3; i++) {
        struct reply reply = post(lengths[i], false);
        assert_int_equal(reply.status, 413);
        assert_true(reply_says(&reply, "payload_too_large"));
        assert_true(reply_has(&reply, "\r\nConnection: close\r\n"));
        reply_free(&reply);
    }
    struct reply reply = post(fake_limits.body + 1, true);
    assert_int_equal(reply.status, 413);
    assert_true(reply_says(&reply, "payload_too_large"));
    reply_free(&reply);
    reply = post(50 * fake_limits.body, true); // libmicrohttpd takes no answer inside a chunk
    assert_int_equal(reply.status, 0);
    reply_free(&reply);
}

static void a_body_too_large_is_not_asked_for(void **state) {
    (void)state;
    struct reply reply = ask(&server, "POST / HTTP/1.1\r\n" HOST "Content-Length: 70000\r\n"
                                      "Expect: 100-continue\r\n\r\n");
    assert_int_equal(reply.status, 413);
    reply_free(&reply);
}

// ---- the socket ------------------------------------------------------------------------------

static void read_nodelay(void *context) {
    socklen_t length = sizeof(int);
    struct peer *idle = server.http->queues[PHASE_IDLE].oldest;
    struct peer *peer = idle != NULL ? idle : server.http->queues[PHASE_SENDING].oldest;
    getsockopt(peer->socket, IPPROTO_TCP, TCP_NODELAY, context, &length);
}

static void answers_do_not_wait_for_acknowledgements(void **state) {
    (void)state;
    fake_wait(&fake.peers, 0);
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "GET / HTTP/1.1\r\n" HOST "\r\n");
    struct reply reply = client_read(&client, false);
    int nodelay = 0;
    server_do(&server, read_nodelay, &nodelay);
    assert_true(nodelay);
    reply_free(&reply);
    client_close(&client);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_request_reaches_its_operation_raw),
            cmocka_unit_test(every_answer_carries_its_headers),
            cmocka_unit_test(a_client_may_name_its_request),
            cmocka_unit_test(generated_request_ids_differ),
            cmocka_unit_test(head_is_get_without_a_body),
            cmocka_unit_test(pipelined_requests_are_answered_in_order),
            cmocka_unit_test(a_request_may_come_byte_by_byte),
            cmocka_unit_test(a_chunked_post_and_a_get_behind_it_are_two_requests),
            cmocka_unit_test(http_1_0_needs_no_host_and_ends_the_connection),
            cmocka_unit_test(a_client_that_expects_100_gets_it),
            cmocka_unit_test(what_the_call_says_is_passed_on),
            cmocka_unit_test(problems_are_given_to_those_who_accept_them),
            cmocka_unit_test(a_large_answer_arrives_whole),
            cmocka_unit_test(only_the_right_key_authenticates),
            cmocka_unit_test(foreign_hosts_are_misdirected),
            cmocka_unit_test(pages_of_other_origins_are_forbidden),
            cmocka_unit_test(a_body_must_be_json),
            cmocka_unit_test(a_body_up_to_the_limit_is_taken),
            cmocka_unit_test(a_larger_body_is_413_and_ends_the_connection),
            cmocka_unit_test(a_body_too_large_is_not_asked_for),
            cmocka_unit_test(answers_do_not_wait_for_acknowledgements),
    };
    return cmocka_run_group_tests_name("serve http", tests, start, stop);
}
