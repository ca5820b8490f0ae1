// What is asked wrongly is refused with a status, a code and the field, and never harms the daemon.
#include "end_to_end/harness.h"

#include <signal.h>
#include <string.h>
#include <sys/stat.h>

static struct target *target;
static struct daemon *whitebeam;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target,
            "target:plain(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab)");
    whitebeam = daemon_start();
    attach(whitebeam, target);
    return 0;
}

// ---- parameters ------------------------------------------------------------------------------

static void expect_field(const char *path, const char *code, const char *field) {
    json_t *details = refused(request(whitebeam, "GET", NULL, "%s", path), 400, code);
    if (strcmp(string_at(details, "field"), field) != 0) {
        fail_msg("%s names the field '%s'", path, string_at(details, "field"));
    }
}

static void integers_out_of_range_are_named_with_their_range(void **state) {
    (void)state;
    json_t *details = refused(request(whitebeam, "GET", NULL, "/api/v1/processes?per_page=10000"),
            400, "invalid_parameter");
    assert_string_equal(string_at(details, "field"), "per_page");
    assert_int_equal(integer_at(details, "minimum"), 1);
    assert_int_equal(integer_at(details, "maximum"), 200);
    expect_field("/api/v1/processes?page=0", "invalid_parameter", "page");
    expect_field("/api/v1/processes?page=-1", "invalid_parameter", "page");
    expect_field("/api/v1/processes?page=99999999999999999999999", "invalid_parameter", "page");
    expect_field("/api/v1/processes?page=1e3", "invalid_parameter", "page");
    expect_field("/api/v1/processes?page=", "invalid_parameter", "page");
    expect_field("/api/v1/processes?page", "invalid_parameter", "page");
    expect_field("/api/v1/nodes?per_page=201", "invalid_parameter", "per_page");
    expect_field("/api/v1/supervisors?per_page=201", "invalid_parameter", "per_page");
    expect_field("/api/v1/supervisors/kernel_sup/tree?depth=65", "invalid_parameter", "depth");
    expect_field("/api/v1/supervisors/kernel_sup?depth=0", "invalid_parameter", "depth");
    expect_field("/api/v1/processes/init/state?timeout_ms=0", "invalid_parameter", "timeout_ms");
    expect_field(
            "/api/v1/processes/init/state?max_bytes=99999999", "invalid_parameter", "max_bytes");
    expect_field("/api/v1/processes?queue_min=4294967296", "invalid_parameter", "queue_min");
    expect_field("/api/v1/processes?memory_min=-5", "invalid_parameter", "memory_min");
}

static void words_that_are_no_choice_are_named(void **state) {
    (void)state;
    static const char *const fields[] = {"type", "behavior", "status", "sort", "order"};
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++) {
        const char *path = text("/api/v1/processes?%s=nonsense", fields[i]);
        json_t *details =
                refused(request(whitebeam, "GET", NULL, "%s", path), 400, "invalid_parameter");
        assert_string_equal(string_at(details, "field"), fields[i]);
        assert_true(json_array_size(at(details, "allowed")) >= 2);
    }
    expect_field("/api/v1/processes?supervised=maybe", "invalid_parameter", "supervised");
    expect_field("/api/v1/processes?fresh=1", "invalid_parameter", "fresh");
    expect_field("/api/v1/processes/init?include=links,everything", "invalid_parameter", "include");
    expect_field("/api/v1/supervisors?health=fine", "invalid_parameter", "health");
    expect_field("/api/v1/supervisors/kernel_sup/tree?format=xml", "invalid_parameter", "format");
}

static void unknown_parameters_are_refused(void **state) {
    (void)state;
    expect_field("/api/v1/processes?colour=red", "unknown_parameter", "colour");
    expect_field("/api/v1/processes?Page=1", "unknown_parameter", "Page");
    expect_field("/api/v1/processes?cookie=x", "unknown_parameter", "cookie");
    expect_field("/livez?x=1", "unknown_parameter", "x");
    expect_field("/api/v1/processes?page=1&page=2", "invalid_parameter", "page");
}

static void broken_escapes_are_refused(void **state) {
    (void)state;
    static const char *const paths[] = {"/api/v1/processes?name_pattern=%",
            "/api/v1/processes?name_pattern=%4", "/api/v1/processes?name_pattern=%zz",
            "/api/v1/processes?name_pattern=%ff", "/api/v1/processes?%=1", "/api/v1/processes/%zz",
            "/api/v1/processes/%ff", "/api/v1/supervisors/%c3%28"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct reply reply = request(whitebeam, "GET", NULL, "%s", paths[i]);
        if (reply.status != 400) {
            fail_msg("%s: %s%s", paths[i], reply.head, reply.body);
        }
    }
}

static void an_invalid_pattern_is_named(void **state) {
    (void)state;
    expect_field("/api/v1/processes?name_pattern=(", "invalid_parameter", "name_pattern");
    expect_field("/api/v1/processes?name_pattern=%5Ba", "invalid_parameter", "name_pattern");
    expect_field("/api/v1/processes?name_pattern=*", "invalid_parameter", "name_pattern");
    char long_pattern[400] = "/api/v1/processes?name_pattern=";
    memset(long_pattern + strlen(long_pattern), 'a', 300);
    expect_field(long_pattern, "invalid_parameter", "name_pattern");
}

static void a_pattern_that_never_ends_is_stopped(void **state) {
    (void)state;
    static const char *const bombs[] = {"(a%2B)%2B$", "(a*)*$", "(a%7Ca)*$", "(.*)*(.*)*(.*)*x$"};
    for (size_t i = 0; i < sizeof bombs / sizeof bombs[0]; i++) {
        int64_t start = now_ms();
        json_t *details = refused(
                request(whitebeam, "GET", NULL, "/api/v1/processes?name_pattern=%s", bombs[i]), 422,
                "pattern_too_costly");
        assert_string_equal(string_at(details, "field"), "name_pattern");
        assert_true(now_ms() - start < 2000);
    }
    get(whitebeam, 200, "/api/v1/processes?name_pattern=aab$");
}

// ---- routes and methods ----------------------------------------------------------------------

static void unknown_routes_are_not_found(void **state) {
    (void)state;
    static const char *const paths[] = {"/nothing", "/api", "/api/v1", "/api/v1/",
            "/api/v2/processes", "/api/v1/processes/", "/api/v1/processes//state",
            "/api/v1/processes/init/nothing", "/api/v1/processes/../processes",
            "//api/v1/processes", "/api/v1/Processes"};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        struct reply reply = request(whitebeam, "GET", NULL, "%s", paths[i]);
        if (reply.status != 404 && reply.status != 400) {
            fail_msg("%s: %s%s", paths[i], reply.head, reply.body);
        }
    }
}

static void a_wrong_method_is_answered_with_those_allowed(void **state) {
    (void)state;
    static const char *const rows[][3] = {{"PUT", "/api/v1/processes", "GET"},
            {"POST", "/api/v1/processes", "GET"}, {"DELETE", "/api/v1/processes", "GET"},
            {"POST", "/api/v1/processes/init", "GET, DELETE"},
            {"DELETE", "/api/v1/nodes", "GET, POST"}, {"GET", "/api/v1/nodes/a@b", "DELETE"},
            {"PATCH", "/livez", "GET"}, {"DELETE", "/api/v1/supervisors/kernel_sup/tree", "GET"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct reply reply = request(whitebeam, rows[i][0], NULL, "%s", rows[i][1]);
        refused(reply, 405, "method_not_allowed");
        const char *allow = header(&reply, "Allow");
        if (allow == NULL || strcmp(allow, rows[i][2]) != 0) {
            fail_msg("%s %s: Allow: %s", rows[i][0], rows[i][1], allow ? allow : "(none)");
        }
    }
}

static void only_a_wrong_method_is_told_what_is_allowed(void **state) {
    (void)state;
    struct reply reply = request(whitebeam, "DELETE", NULL, "/api/v1/processes/init?dry_run=true");
    refused(reply, 403, "protected_process");
    const char *allow = header(&reply, "Allow"); // where it is sent, it must be right
    assert_true(allow == NULL || strstr(allow, "DELETE") != NULL);
}

// ---- who may ask -----------------------------------------------------------------------------

static struct reply with_headers(const char *method, const char *path, const char *headers) {
    char *bytes = text("%s %s HTTP/1.1\r\n%sConnection: close\r\n\r\n", method, path, headers);
    return request_raw(whitebeam->port, bytes, strlen(bytes));
}

static char *host(void) {
    return text("Host: 127.0.0.1:%u\r\n", whitebeam->port);
}

static void without_the_key_nothing_is_answered(void **state) {
    (void)state;
    static const char *const paths[] = {"/api/v1/nodes", "/api/v1/processes",
            "/api/v1/processes/init", "/api/v1/supervisors", "/api/v1/system/health"};
    const char *wrong[] = {"", "Authorization: Bearer \r\n", "Authorization: Bearer wrong\r\n",
            text("Authorization: Basic %s\r\n", whitebeam->key),
            text("Authorization: Bearer %sx\r\n", whitebeam->key),
            text("Authorization: Bearer %.*s\r\n", (int)strlen(whitebeam->key) - 1,
                    whitebeam->key)};
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        for (size_t k = 0; k < sizeof wrong / sizeof wrong[0]; k++) {
            refused(with_headers("GET", paths[i], text("%s%s", host(), wrong[k])), 401,
                    "unauthenticated");
        }
    }
    refused(with_headers("DELETE", "/api/v1/processes/init", host()), 401, "unauthenticated");
    assert_int_equal(with_headers("GET", "/livez", host()).status, 200);
    assert_int_equal(with_headers("GET", "/readyz", host()).status, 200);
}

static void other_hosts_and_origins_are_refused(void **state) {
    (void)state;
    char *key = text("Authorization: Bearer %s\r\n", whitebeam->key);
    refused(with_headers("GET", "/api/v1/nodes", text("Host: evil.example\r\n%s", key)), 421,
            "misdirected_request");
    refused(with_headers("GET", "/livez", "Host: evil.example\r\n"), 421, "misdirected_request");
    refused(with_headers("GET", "/api/v1/nodes",
                    text("%s%sOrigin: http://evil.example\r\n", host(), key)),
            403, "forbidden");
    assert_int_equal(with_headers("GET", "/api/v1/nodes",
                             text("Host: localhost:%u\r\n%s", whitebeam->port, key))
                             .status,
            200);
    assert_int_equal(with_headers("GET", "/livez", "").status, 400); // RFC 9112 3.2
}

static void the_key_is_for_its_owner_only(void **state) {
    (void)state;
    struct stat about;
    assert_int_equal(stat(text("%s/admin.key", whitebeam->state), &about), 0);
    assert_int_equal(about.st_mode & 07777, 0600);
}

// ---- bodies ----------------------------------------------------------------------------------

static void bodies_that_are_no_json_object_are_refused(void **state) {
    (void)state;
    static const char *const bodies[] = {"{", "nonsense", "[1]", "\"x\"", "7", "null",
            "{\"node\":}", "{\"node\":\"a@b\"} x", "{\"node\":\"\\ud800\"}",
            "{\"node\":\"a@b\",\"node\":\"c@d\"}", "{'node':'a@b'}", "{\"node\":\"\xff@b\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        refused(request(whitebeam, "POST", bodies[i], "/api/v1/nodes"), 400, "invalid_json");
    }
    refused(request(whitebeam, "POST", "{}", "/api/v1/nodes"), 400, "missing_parameter");
    refused(request(whitebeam, "POST", NULL, "/api/v1/nodes"), 400, "missing_parameter");
    json_t *details =
            refused(request(whitebeam, "POST", "{\"node\":\"a@b\",\"x\":1}", "/api/v1/nodes"), 400,
                    "unknown_parameter");
    assert_string_equal(string_at(details, "field"), "x");
    refused(request(whitebeam, "GET", "{}", "/api/v1/processes"), 400, "bad_request");
}

static void deep_and_large_bodies_are_refused(void **state) {
    (void)state;
    static char deep[200001];
    memset(deep, '[', sizeof deep - 1);
    refused(request(whitebeam, "POST", deep, "/api/v1/nodes"), 400, "invalid_json");
    static char large[(2 << 20) + 1];
    memset(large, ' ', sizeof large - 1);
    refused(request(whitebeam, "POST", large, "/api/v1/nodes"), 413, "payload_too_large");
}

static void garbage_on_the_socket_does_no_harm(void **state) {
    (void)state;
    static const char *const rows[] = {"\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n",
            "\x16\x03\x01",
            "GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\nConnection: close\r\n\r\n",
            "GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n"
            "Connection: close\r\n\r\n0\r\n\r\n",
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (strstr(rows[i], "\n") != NULL && strlen(rows[i]) > 4) {
            assert_int_not_equal(
                    request_raw(whitebeam->port, rows[i], strlen(rows[i])).status, 200);
        }
    }
    get(whitebeam, 200, "/livez");
}

static void a_problem_is_told_as_rfc_9457_on_request(void **state) {
    (void)state;
    struct reply reply = with_headers("GET", "/api/v1/processes?page=0",
            text("%sAuthorization: Bearer %s\r\nAccept: application/problem+json\r\n", host(),
                    whitebeam->key));
    assert_int_equal(reply.status, 400);
    assert_non_null(strstr(header(&reply, "Content-Type"), "application/problem+json"));
    assert_int_equal(integer_at(reply.json, "status"), 400);
    assert_true(strlen(string_at(reply.json, "title")) > 0);
}

static void a_request_id_comes_back(void **state) {
    (void)state;
    struct reply reply =
            with_headers("GET", "/livez", text("%sX-Request-Id: my-own-id_1\r\n", host()));
    assert_string_equal(header(&reply, "X-Request-Id"), "my-own-id_1");
}

// ---- the command line ------------------------------------------------------------------------

static void expect_end(const char *const *arguments, const char *says) {
    char *said;
    int status = run_daemon(arguments, &said);
    assert_in_range(status, 1, 2);
    if (strstr(said, says) == NULL) {
        fail_msg("expected '%s' in: %s", says, said);
    }
}

static void wrong_flags_end_with_a_sentence(void **state) {
    (void)state;
    const char *unknown[] = {"serve", "--nonsense", NULL};
    expect_end(unknown, "unknown");
    const char *listen[] = {"serve", "--listen", "nowhere", NULL};
    expect_end(listen, "--listen");
    const char *command[] = {"dance", NULL};
    expect_end(command, "dance");
    const char *taken[] = {"serve", "--listen", text("127.0.0.1:%u", whitebeam->port), "--state",
            text("%s/other", harness_folder()), NULL};
    expect_end(taken, text("%u", whitebeam->port));
    const char *absent[] = {"serve", "--listen", "127.0.0.1:0", "--state",
            text("%s/other", harness_folder()), "--attach", "a@b", "--cookie-file", "/nonexistent",
            NULL};
    expect_end(absent, "/nonexistent");
}

static void a_cookie_file_others_can_read_is_refused(void **state) {
    (void)state;
    char *path = cookie_file("secret");
    assert_int_equal(chmod(path, 0644), 0);
    const char *open[] = {"serve", "--listen", "127.0.0.1:0", "--state",
            text("%s/other", harness_folder()), "--attach", "a@b", "--cookie-file", path, NULL};
    expect_end(open, path);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(integers_out_of_range_are_named_with_their_range),
            cmocka_unit_test(words_that_are_no_choice_are_named),
            cmocka_unit_test(unknown_parameters_are_refused),
            cmocka_unit_test(broken_escapes_are_refused),
            cmocka_unit_test(an_invalid_pattern_is_named),
            cmocka_unit_test(a_pattern_that_never_ends_is_stopped),
            cmocka_unit_test(unknown_routes_are_not_found),
            cmocka_unit_test(a_wrong_method_is_answered_with_those_allowed),
            cmocka_unit_test(only_a_wrong_method_is_told_what_is_allowed),
            cmocka_unit_test(without_the_key_nothing_is_answered),
            cmocka_unit_test(other_hosts_and_origins_are_refused),
            cmocka_unit_test(the_key_is_for_its_owner_only),
            cmocka_unit_test(bodies_that_are_no_json_object_are_refused),
            cmocka_unit_test(deep_and_large_bodies_are_refused),
            cmocka_unit_test(garbage_on_the_socket_does_no_harm),
            cmocka_unit_test(a_problem_is_told_as_rfc_9457_on_request),
            cmocka_unit_test(a_request_id_comes_back),
            cmocka_unit_test(wrong_flags_end_with_a_sentence),
            cmocka_unit_test(a_cookie_file_others_can_read_is_refused),
    };
    return cmocka_run_group_tests_name("bad input", tests, set_up, harness_stop);
}
