// Logging in over HTTP: the link, the cookie, what a session may do from where; and the page
// itself.
#include "serve_fake.h"

#include "serve_live_fake.h"

#define HOST "Host: localhost\r\n"
#define SAME "Sec-Fetch-Site: same-origin\r\n"
#define UPGRADE                                                                                    \
    "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"                   \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

static const struct asset rows[] = {
        {"/index.html", "text/html; charset=utf-8", "\"one\"", (const uint8_t *)"<p>page", NULL, 7,
                0, false},
        {"/app-ABCD1234.js", "text/javascript; charset=utf-8", "\"two\"",
                (const uint8_t *)"x=1;x=1;x=1;", (const uint8_t *)"packed", 12, 6, true},
};

static struct server server;
static struct buffer url; // of a login, with a NUL

static void make_url(void *context) {
    (void)context;
    url.length = 0;
    http_login_url(server.http, STR(""), UINT64_MAX, &url);
    buffer_add(&url, "", 1);
}

static void serve_all(void *context) {
    (void)context;
    http_serve_page(server.http, (struct assets){rows, 2});
    http_serve_live(server.http, &fake_live);
}

static int start(void **state) {
    (void)state;
    server_start(&server, &fake_limits);
    server_do(&server, serve_all, NULL);
    server_do(&server, make_url, NULL);
    return 0;
}

static int stop(void **state) {
    (void)state;
    server_stop(&server);
    buffer_finish(&url);
    return 0;
}

// The link's path and query, without its authority.
static const char *link_target(void) {
    char start_text[64];
    snprintf(start_text, sizeof start_text, "http://127.0.0.1:%u/login?token=", server.port);
    assert_int_equal(strncmp(url.at, start_text, strlen(start_text)), 0);
    return strchr(url.at + strlen("http://"), '/');
}

static struct reply ask_with(const char *method, const char *target, const char *headers) {
    char text[2048];
    snprintf(text, sizeof text, "%s %s HTTP/1.1\r\n%s\r\n", method, target, headers);
    return ask(&server, text);
}

static int status_of(const char *method, const char *target, const char *headers) {
    struct reply reply = ask_with(method, target, headers);
    int status = reply.status;
    reply_free(&reply);
    return status;
}

// Logs in; `headers` gets Host, the cookie and more.
static void log_in(char *headers, size_t size, const char *more) {
    struct reply reply = ask_with("GET", link_target(), HOST);
    assert_int_equal(reply.status, 303);
    const char *cookie = strstr(reply.head.at, "\r\nSet-Cookie: ");
    assert_non_null(cookie);
    cookie += strlen("\r\nSet-Cookie: ");
    snprintf(headers, size, HOST "Cookie: theme=dark; %.*s\r\n%s", (int)strcspn(cookie, ";"),
            cookie, more);
    reply_free(&reply);
}

// ---- the link --------------------------------------------------------------------------------

static void the_link_becomes_a_cookie_and_leads_to_the_page(void **state) {
    (void)state;
    struct reply reply = ask_with("GET", link_target(), HOST);
    assert_int_equal(reply.status, 303);
    assert_true(reply_has(&reply, "\r\nLocation: /\r\n"));
    assert_true(reply_has(&reply, "\r\nCache-Control: no-store\r\n"));
    assert_true(reply_has(&reply, "\r\nReferrer-Policy: no-referrer\r\n"));
    char cookie[64];
    snprintf(cookie, sizeof cookie, "\r\nSet-Cookie: whitebeam_%u=", server.port);
    const char *at = strstr(reply.head.at, cookie);
    assert_non_null(at);
    at += strlen(cookie);
    assert_int_equal(strcspn(at, ";"), 43);
    assert_int_equal(strncmp(at + 43, "; Path=/; HttpOnly; SameSite=Strict\r\n", 37), 0);
    assert_null(strstr(url.at, (char[]){at[0], at[1], at[2], at[3], at[4], at[5], at[6], 0}));
    reply_free(&reply);
}

static void a_link_works_once(void **state) {
    (void)state;
    assert_int_equal(status_of("GET", link_target(), HOST), 303);
    struct reply reply = ask_with("GET", link_target(), HOST);
    assert_int_equal(reply.status, 403);
    assert_true(reply_says(&reply, "whitebeam login"));
    assert_true(reply_has(&reply, "\r\nContent-Type: text/plain; charset=utf-8\r\n"));
    assert_false(reply_has(&reply, "Set-Cookie"));
    reply_free(&reply);
    assert_int_equal(status_of("GET", "/login", HOST), 403);
    assert_int_equal(status_of("GET", "/login?token=", HOST), 403);
    assert_int_equal(status_of("GET", "/login?token=wrong", HOST), 403);
    server_do(&server, make_url, NULL);
    assert_int_equal(status_of("GET", link_target(), HOST), 303);
}

static void only_opening_a_link_uses_it_up(void **state) {
    (void)state;
    struct reply reply = ask_with("HEAD", link_target(), HOST);
    assert_int_equal(reply.status, 405);
    assert_true(reply_has(&reply, "\r\nAllow: GET\r\n"));
    reply_free(&reply);
    assert_int_equal(status_of("POST", link_target(), HOST), 405);
    assert_int_equal(status_of("GET", link_target(), "Host: evil.example\r\n"), 421);
    assert_int_equal(status_of("GET", link_target(), HOST "Origin: http://evil.example\r\n"), 403);
    assert_int_equal(status_of("GET", link_target(), HOST), 303);
}

// ---- sessions --------------------------------------------------------------------------------

static void a_session_may_do_what_the_key_may(void **state) {
    (void)state;
    char headers[512];
    log_in(headers, sizeof headers, "");
    assert_int_equal(status_of("GET", "/locked", HOST), 401);
    struct reply reply = ask_with("GET", "/locked", headers);
    assert_int_equal(reply.status, 200);
    assert_true(reply_says(&reply, "\"authenticated\":true"));
    reply_free(&reply);
    assert_int_equal(
            status_of("GET", "/locked", HOST "Cookie: whitebeam_1=x; whitebeam=y\r\n"), 401);
}

static void a_wrong_key_is_not_mended_by_a_cookie(void **state) {
    (void)state;
    char headers[512];
    log_in(headers, sizeof headers, "Authorization: Bearer wrong\r\n");
    assert_int_equal(status_of("GET", "/locked", headers), 401);
}

static void a_session_changes_things_only_from_our_own_page(void **state) {
    (void)state;
    char cookie[512], headers[1024];
    log_in(cookie, sizeof cookie, "");
    static const struct {
        const char *method, *more;
        int status;
    } requests[] = {
            {"GET", "", 200},
            {"HEAD", "", 200},
            {"POST", "", 403},
            {"DELETE", "", 403},
            {"PATCH", "Sec-Fetch-Site: none\r\n", 403},
            {"POST", "Sec-Fetch-Site: same-site\r\n", 403},
            {"POST", SAME, 200},
            {"DELETE", SAME, 200},
            {"POST", "Origin: http://localhost\r\n", 200},
            {"PUT", "Origin: https://LOCALHOST\r\n", 200},
            {"POST", "Origin: http://localhost:3000\r\n", 403},
            {"POST", "Origin: http://127.0.0.1\r\n", 403},
            {"POST", "Origin: http://localhost:3000\r\n" SAME, 403},
            {"POST", "Origin: http://evil.example\r\n" SAME, 403},
    };
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        snprintf(headers, sizeof headers, "%s%s", cookie, requests[i].more);
        if (status_of(requests[i].method, "/locked", headers) != requests[i].status) {
            fail_msg("%s with %s", requests[i].method, requests[i].more);
        }
    }
}

static void a_session_opens_a_socket_only_from_our_own_page(void **state) {
    (void)state;
    char headers[1024];
    log_in(headers, sizeof headers, UPGRADE);
    const char *target = "/socket/websocket?vsn=2.0.0";
    assert_int_equal(status_of("GET", target, headers), 403);
    char with[2048];
    snprintf(with, sizeof with, "%sOrigin: http://localhost:3000\r\n", headers);
    assert_int_equal(status_of("GET", target, with), 403);
    snprintf(with, sizeof with, "%sOrigin: http://localhost\r\n", headers);
    assert_int_equal(status_of("GET", target, with), 101);
}

static void two_cookie_headers_are_refused(void **state) {
    (void)state;
    assert_int_equal(status_of("GET", "/", HOST "Cookie: a=1\r\nCookie: b=2\r\n"), 400);
}

// ---- the page --------------------------------------------------------------------------------

static void the_page_needs_no_login_and_is_well_guarded(void **state) {
    (void)state;
    struct reply reply = ask_with("GET", "/", HOST);
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body.at, "<p>page");
    assert_true(reply_has(&reply, "\r\nContent-Type: text/html; charset=utf-8\r\n"));
    assert_true(reply_has(&reply, "\r\nContent-Security-Policy: default-src 'none'; script-src"));
    assert_true(reply_has(&reply, "\r\nX-Content-Type-Options: nosniff\r\n"));
    assert_true(reply_has(&reply, "\r\nCross-Origin-Opener-Policy: same-origin\r\n"));
    assert_true(reply_has(&reply, "\r\nCross-Origin-Resource-Policy: same-origin\r\n"));
    assert_true(reply_has(&reply, "\r\nCache-Control: no-cache\r\n"));
    assert_true(reply_has(&reply, "\r\nETag: \"one\"\r\n"));
    assert_true(reply_has(&reply, "\r\nX-Request-Id: "));
    reply_free(&reply);
}

static void the_page_is_not_sent_twice(void **state) {
    (void)state;
    struct client client;
    client_open(&client, server.port);
    client_say(&client, "GET / HTTP/1.1\r\n" HOST "If-None-Match: \"one\"\r\n\r\n");
    struct reply reply = client_read(&client, true);
    assert_int_equal(reply.status, 304);
    assert_true(reply_has(&reply, "\r\nETag: \"one\"\r\n"));
    reply_free(&reply);
    client_say(&client, "GET / HTTP/1.1\r\n" HOST "\r\n"); // the connection goes on
    reply = client_read(&client, false);
    assert_int_equal(reply.status, 200);
    reply_free(&reply);
    client_close(&client);
}

static void scripts_are_sent_compressed_and_kept(void **state) {
    (void)state;
    struct reply reply = ask_with("GET", "/app-ABCD1234.js", HOST "Accept-Encoding: gzip, br\r\n");
    assert_int_equal(reply.status, 200);
    assert_string_equal(reply.body.at, "packed");
    assert_true(reply_has(&reply, "\r\nContent-Encoding: gzip\r\n"));
    assert_true(reply_has(&reply, "\r\nVary: Accept-Encoding\r\n"));
    assert_true(reply_has(&reply, "immutable"));
    assert_true(reply_has(&reply, "\r\nETag: \"two-gzip\"\r\n"));
    reply_free(&reply);
    reply = ask_with("HEAD", "/app-ABCD1234.js", HOST);
    assert_int_equal(reply.status, 200);
    assert_int_equal(reply_length(reply.head.at), 12);
    assert_false(reply_has(&reply, "Content-Encoding"));
    reply_free(&reply);
}

static void other_paths_and_methods_are_operations(void **state) {
    (void)state;
    struct reply reply = ask_with("GET", "/missing", HOST);
    assert_int_equal(reply.status, 404);
    reply_free(&reply);
    reply = ask_with("POST", "/", HOST);
    assert_true(reply_says(&reply, "\"method\":\"POST\"")); // it reached the fake
    reply_free(&reply);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(the_link_becomes_a_cookie_and_leads_to_the_page),
            TEST(a_link_works_once),
            TEST(only_opening_a_link_uses_it_up),
            TEST(a_session_may_do_what_the_key_may),
            TEST(a_wrong_key_is_not_mended_by_a_cookie),
            TEST(a_session_changes_things_only_from_our_own_page),
            TEST(a_session_opens_a_socket_only_from_our_own_page),
            TEST(two_cookie_headers_are_refused),
            TEST(the_page_needs_no_login_and_is_well_guarded),
            TEST(the_page_is_not_sent_twice),
            TEST(scripts_are_sent_compressed_and_kept),
            TEST(other_paths_and_methods_are_operations),
    };
    return cmocka_run_group_tests_name("login", tests, NULL, NULL);
}
