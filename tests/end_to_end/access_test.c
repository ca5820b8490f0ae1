// Who may ask, from where, and what is recorded: the audit record, retries with an Idempotency-Key,
// ETags, and pages of other origins.
#include "end_to_end/harness.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *serving;

static int start(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    serving = daemon_start();
    attach(serving, target);
    return 0;
}

// With the key and further header lines, each ended by \r\n.
static struct reply with_headers(
        const char *method, const char *path, const char *headers, const char *body) {
    char *bytes = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n%s"
                       "Connection: close\r\n\r\n%s",
            method, path, serving->port, serving->key, strlen(body), headers, body);
    return request_raw(serving->port, bytes, strlen(bytes));
}

// A process that waits for ever; its pid as the API takes it.
static const char *new_process(void) {
    return string_at(truth(target, "list_to_binary(pid_to_list(spawn(fun() -> receive after "
                                   "infinity -> ok end end)))"),
            "");
}

static json_t *newest_records(int count) {
    return data(serving, "/api/v1/audit?per_page=%d", count);
}

// ---- the record ------------------------------------------------------------------------------

static void a_control_operation_has_two_records(void **state) {
    (void)state;
    const char *pid = new_process();
    struct reply reply = request(serving, "DELETE", NULL, "/api/v1/processes/%s", pid);
    assert_int_equal(reply.status, 200);
    json_t *records;
    struct deadline d = deadline_in(5); // the second is written behind the answer
    for (records = newest_records(2); !json_is_integer(at(records, "0.status"));
            records = newest_records(2)) {
        deadline_wait(&d, "the second record");
    }
    assert_string_equal(string_at(records, "0.phase"), "end");
    assert_int_equal(integer_at(records, "0.status"), 200);
    assert_string_equal(string_at(records, "0.outcome"), "ok");
    assert_string_equal(string_at(records, "1.phase"), "begin");
    for (int i = 0; i < 2; i++) {
        json_t *record = json_array_get(records, (size_t)i);
        assert_string_equal(string_at(record, "operation"), "exit_process");
        assert_string_equal(string_at(record, "actor"), "admin");
        assert_string_equal(string_at(record, "target"), pid);
        assert_string_equal(string_at(record, "request_id"), header(&reply, "X-Request-Id"));
    }
    assert_string_equal(string_at(records, "1.arguments.reason"), "kill");
    assert_true(true_at(get(serving, 200, "/api/v1/audit/verification"), "data.intact"));
}

static void what_fails_is_recorded_with_its_error(void **state) {
    (void)state;
    struct reply reply = request(serving, "DELETE", NULL, "/api/v1/processes/init");
    refused(reply, 403, "protected_process");
    json_t *record;
    struct deadline d = deadline_in(5);
    for (record = json_array_get(newest_records(1), 0);
            strcmp(string_at(record, "phase"), "end") != 0;
            record = json_array_get(newest_records(1), 0)) {
        deadline_wait(&d, "the record of the end");
    }
    assert_string_equal(string_at(record, "outcome"), "protected_process");
    assert_int_equal(integer_at(record, "status"), 403);
}

static void what_changes_nothing_is_not_recorded(void **state) {
    (void)state;
    int64_t before = integer_at(newest_records(1), "0.id");
    request(serving, "DELETE", NULL, "/api/v1/processes/%s?dry_run=true", new_process());
    get(serving, 200, "/api/v1/processes");
    assert_int_equal(integer_at(newest_records(1), "0.id"), before);
}

static void secrets_are_not_recorded(void **state) {
    (void)state;
    request(serving, "POST", "{\"node\":\"nobody@127.0.0.1\",\"cookie\":\"very-secret\"}",
            "/api/v1/nodes");
    json_t *begin = find(data(serving, "/api/v1/audit?operation=attach_node"), "phase", "begin");
    assert_string_equal(string_at(begin, "arguments.cookie"), "[redacted]");
    struct reply all = request(serving, "GET", NULL, "/api/v1/audit?per_page=200");
    assert_null(strstr(all.body, "very-secret"));
}

// ---- retries ---------------------------------------------------------------------------------

static void a_retry_gets_the_same_answer_and_does_nothing(void **state) {
    (void)state;
    char *path = text("/api/v1/processes/%s", new_process());
    const char *key = "Idempotency-Key: \"one\"\r\n";
    struct reply first = with_headers("DELETE", path, key, "");
    struct reply second = with_headers("DELETE", path, key, "");
    assert_int_equal(first.status, 200);
    assert_int_equal(second.status, 200);
    assert_null(header(&first, "Idempotency-Replayed"));
    assert_string_equal(header(&second, "Idempotency-Replayed"), "true");
    assert_string_equal(first.body, second.body);
    refused(with_headers("DELETE", text("/api/v1/processes/%s", new_process()), key, ""), 422,
            "idempotency_key_reused");
    refused(with_headers("DELETE", path, "Idempotency-Key: \"\"\r\n", ""), 400, "bad_request");
}

static void errors_are_kept_for_retries_too(void **state) {
    (void)state;
    const char *key = "Idempotency-Key: two\r\n";
    refused(with_headers("DELETE", "/api/v1/processes/init", key, ""), 403, "protected_process");
    struct reply again = with_headers("DELETE", "/api/v1/processes/init", key, "");
    assert_int_equal(again.status, 403);
    assert_string_equal(header(&again, "Idempotency-Replayed"), "true");
}

static void a_retry_after_the_daemon_was_killed_gets_the_same_answer(void **state) {
    (void)state;
    struct target *own = target_start();
    struct daemon *first = serving;
    serving = daemon_start();
    attach(serving, own);
    const char *pid = string_at(
            truth(own, "list_to_binary(pid_to_list(spawn(fun() -> receive after infinity -> ok "
                       "end end)))"),
            "");
    char *path = text("/api/v1/processes/%s", pid);
    struct reply before = with_headers("DELETE", path, "Idempotency-Key: \"three\"\r\n", "");
    assert_int_equal(before.status, 200);
    daemon_signal(serving, SIGKILL);
    serving = daemon_start_again(serving);
    struct reply after = with_headers("DELETE", path, "Idempotency-Key: \"three\"\r\n", "");
    assert_string_equal(after.body, before.body);
    assert_string_equal(header(&after, "Idempotency-Replayed"), "true");
    assert_true(true_at(get(serving, 200, "/api/v1/audit/verification"), "data.intact"));
    serving = first;
}

// ---- what is known already -------------------------------------------------------------------

static void what_did_not_change_is_not_sent_again(void **state) {
    (void)state;
    struct reply first = with_headers("GET", "/api/v1/supervisors", "", "");
    char *etag = header(&first, "ETag");
    assert_non_null(etag);
    for (struct deadline d = deadline_in(5);;) {
        struct reply again =
                with_headers("GET", "/api/v1/supervisors", text("If-None-Match: %s\r\n", etag), "");
        if (again.status == 304) {
            assert_string_equal(again.body, "");
            break;
        }
        assert_int_equal(again.status, 200); // the node was read in between
        etag = header(&again, "ETag");
        deadline_wait(&d, "two answers from one reading");
    }
}

// ---- pages of other origins ------------------------------------------------------------------

static void pages_of_other_origins_are_served_if_the_configuration_names_them(void **state) {
    (void)state;
    char *file = text("%s/%s.conf", harness_folder(), unique("cors"));
    FILE *out = fopen(file, "w");
    fputs("cors_origins = {\"https://tools.example.org\"}\n", out);
    fclose(out);
    struct daemon *first = serving;
    serving = daemon_start_with("serve", (const char *[]){"--config", file, NULL});
    struct reply good =
            with_headers("GET", "/api/v1/nodes", "Origin: https://tools.example.org\r\n", "");
    assert_int_equal(good.status, 200);
    assert_string_equal(header(&good, "Access-Control-Allow-Origin"), "https://tools.example.org");
    struct reply preflight = with_headers("OPTIONS", "/api/v1/nodes",
            "Origin: https://tools.example.org\r\nAccess-Control-Request-Method: POST\r\n", "");
    assert_int_equal(preflight.status, 204);
    assert_non_null(strstr(header(&preflight, "Access-Control-Allow-Methods"), "POST"));
    refused(with_headers("GET", "/api/v1/nodes", "Origin: https://evil.example.org\r\n", ""), 403,
            "forbidden");
    serving = first;
    refused(with_headers("GET", "/api/v1/nodes", "Origin: https://tools.example.org\r\n", ""), 403,
            "forbidden");
}

// ---- keys ------------------------------------------------------------------------------------

static json_t *new_key(const char *permissions) {
    struct reply reply = request(serving, "POST",
            text("{\"key_name\":\"test\",\"permissions\":%s}", permissions), "/api/v1/keys");
    assert_int_equal(reply.status, 201);
    return json_object_get(reply.json, "data");
}

static struct reply with_key(const char *key, const char *method, const char *path) {
    char *bytes = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                       "Content-Length: 0\r\nConnection: close\r\n\r\n",
            method, path, key);
    return request_raw(serving->port, bytes, strlen(bytes));
}

static void a_key_may_do_what_it_was_made_for(void **state) {
    (void)state;
    json_t *made = new_key("[\"read:processes\"]");
    const char *key = string_at(made, "key");
    assert_int_equal(with_key(key, "GET", "/api/v1/processes").status, 200);
    json_t *details = refused(with_key(key, "GET", "/api/v1/supervisors"), 403, "forbidden");
    assert_string_equal(string_at(details, "permission"), "read:supervisors");
    details = refused(with_key(key, "POST", "/api/v1/keys"), 403, "forbidden");
    assert_string_equal(string_at(details, "permission"), "manage:keys");
    refused(with_key("wb_nonsense", "GET", "/api/v1/processes"), 401, "unauthenticated");
    json_t *listed = find(data(serving, "/api/v1/keys"), "id", string_at(made, "id"));
    assert_string_equal(string_at(listed, "state"), "valid");
    struct reply all = request(serving, "GET", NULL, "/api/v1/keys");
    assert_null(strstr(all.body, key));
}

static void a_revoked_key_ends_at_once(void **state) {
    (void)state;
    json_t *made = new_key("[\"read:processes\"]");
    const char *key = string_at(made, "key");
    struct reply reply = request(serving, "DELETE", NULL, "/api/v1/keys/%s", string_at(made, "id"));
    assert_int_equal(reply.status, 200);
    assert_string_equal(string_at(reply.json, "data.state"), "revoked");
    struct reply after = with_key(key, "GET", "/api/v1/processes");
    refused(after, 401, "unauthenticated");
    assert_non_null(strstr(after.body, "revoked"));
    refused(request(serving, "DELETE", NULL, "/api/v1/keys/nosuchkey000"), 404, "item_not_found");
}

static void a_rotated_key_is_replaced(void **state) {
    (void)state;
    json_t *made = new_key("[\"read:processes\"]");
    struct reply reply = request(
            serving, "POST", "{\"overlap_ms\":0}", "/api/v1/keys/%s/rotate", string_at(made, "id"));
    assert_int_equal(reply.status, 201);
    refused(with_key(string_at(made, "key"), "GET", "/api/v1/processes"), 401, "unauthenticated");
    assert_int_equal(
            with_key(string_at(reply.json, "data.key"), "GET", "/api/v1/processes").status, 200);
}

static void a_key_is_shown_once(void **state) {
    (void)state;
    const char *body = "{\"key_name\":\"once\",\"permissions\":[\"read:processes\"]}";
    struct reply first = with_headers("POST", "/api/v1/keys", "Idempotency-Key: k1\r\n", body);
    assert_int_equal(first.status, 201);
    refused(with_headers("POST", "/api/v1/keys", "Idempotency-Key: k1\r\n", body), 409, "conflict");
    struct reply audit = request(serving, "GET", NULL, "/api/v1/audit?per_page=200");
    assert_null(strstr(audit.body, string_at(first.json, "data.key")));
}

static void unknown_permissions_are_named(void **state) {
    (void)state;
    json_t *details =
            refused(request(serving, "POST", "{\"key_name\":\"x\",\"permissions\":[\"fly\"]}",
                            "/api/v1/keys"),
                    400, "invalid_parameter");
    assert_string_equal(string_at(details, "field"), "permissions");
    assert_true(json_array_size(at(details, "allowed")) > 10);
}

static void keys_survive_a_kill(void **state) {
    (void)state;
    struct daemon *first = serving;
    serving = daemon_start();
    json_t *made = new_key("[\"manage:nodes\",\"read:processes\"]");
    daemon_signal(serving, SIGKILL);
    serving = daemon_start_again(serving);
    assert_int_equal(with_key(string_at(made, "key"), "GET", "/api/v1/nodes").status, 200);
    serving = first;
}

static struct reply post_with_key(const char *key, const char *path, const char *body) {
    char *bytes = text("POST %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n"
                       "Connection: close\r\n\r\n%s",
            path, key, strlen(body), body);
    return request_raw(serving->port, bytes, strlen(bytes));
}

static void expect_missing(struct reply reply, const char *permission) {
    json_t *details = refused(reply, 403, "forbidden");
    assert_string_equal(string_at(details, "permission"), permission);
}

// Whatever runs a function of the caller's choice needs manage:code, by whichever way.
static void no_key_runs_code_without_the_permission(void **state) {
    (void)state;
    const char *key = string_at(new_key("[\"write:supervisors\", \"control:supervisors\", "
                                        "\"control:processes\"]"),
            "key");
    expect_missing(post_with_key(key, "/api/v1/operations/start_supervisor",
                           "{\"children\": [{\"id\": \"a\", \"start\": {\"module\": \"os\", "
                           "\"function\": \"cmd\", \"args\": [[105, 100]]}}]}"),
            "manage:code");
    expect_missing(post_with_key(key, "/api/v1/supervisors/kernel_sup/children",
                           "{\"child_spec\": {\"id\": \"a\", \"start\": {\"module\": \"os\", "
                           "\"function\": \"cmd\", \"args\": [[105, 100]]}}}"),
            "manage:code");
    expect_missing(post_with_key(key, "/api/v1/processes/0.1.0/call",
                           "{\"message\": \"x\", \"force_send\": true}"),
            "manage:code");
    expect_missing(post_with_key(key, "/api/v1/operations/spawn_process",
                           "{\"module\": \"os\", \"function\": \"getpid\"}"),
            "manage:code");
    const char *pid = new_process();
    static const char *const letters[] = {"{:system, {1, 2}, {:replace_state, 3}}",
            "{:\"$gen_call\", {1, 2}, {:get, 3}}",
            "{:io_request, 1, 2, {:put_chars, :unicode, :os, :cmd, []}}"};
    for (size_t i = 0; i < sizeof letters / sizeof letters[0]; i++) {
        json_t *body = keep(json_pack("{s:s}", "message", letters[i]));
        char *dumped = json_dumps(body, 0);
        refused(post_with_key(key, text("/api/v1/processes/%s/send", pid), dumped), 422,
                "operation_refused");
        free(dumped);
    }
}

static void the_cookie_is_in_no_answer(void **state) {
    (void)state;
    static const char *const paths[] = {
            "/api/v1/processes/auth/state", "/api/v1/processes/auth?include=state"};
    for (size_t i = 0; i < 2; i++) {
        struct reply reply = request(serving, "GET", NULL, "%s", paths[i]);
        assert_null(strstr(reply.body, target->cookie));
    }
    refused(request(serving, "GET", NULL, "/api/v1/processes/auth/state"), 403,
            "protected_process");
    struct reply backup = request(serving, "POST", "{}", "/api/v1/processes/auth/state/backups");
    assert_true(backup.status >= 400);
}

// The cookie of a session that is logged in with a key.
static char *login_with(const char *key) {
    struct reply made = post_with_key(key, "/api/v1/login-tokens", "");
    char *bytes = text("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n",
            strstr(string_at(made.json, "data.url"), "/login"));
    struct reply login = request_raw(serving->port, bytes, strlen(bytes));
    return text(
            "%.*s", (int)strcspn(header(&login, "Set-Cookie"), ";"), header(&login, "Set-Cookie"));
}

static struct reply with_cookie(const char *cookie, const char *path) {
    char *bytes = text("GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: %s\r\n"
                       "Connection: close\r\n\r\n",
            path, cookie);
    return request_raw(serving->port, bytes, strlen(bytes));
}

static void a_login_ends_with_its_key(void **state) {
    (void)state;
    json_t *made = new_key("[\"manage:keys\", \"read:processes\"]");
    const char *cookie = login_with(string_at(made, "key"));
    assert_int_equal(with_cookie(cookie, "/api/v1/processes").status, 200);
    request(serving, "DELETE", NULL, "/api/v1/keys/%s", string_at(made, "id"));
    refused(with_cookie(cookie, "/api/v1/processes"), 401, "unauthenticated");
}

static void a_key_outlives_none_that_made_it(void **state) {
    (void)state;
    struct reply reply = request(serving, "POST",
            "{\"key_name\":\"short\",\"permissions\":[\"manage:keys\"],\"expires_in_days\":1}",
            "/api/v1/keys");
    assert_int_equal(reply.status, 201);
    json_t *maker = json_object_get(reply.json, "data");
    const char *key = string_at(maker, "key");
    struct reply child = post_with_key(
            key, "/api/v1/keys", "{\"key_name\":\"other\",\"permissions\":[\"manage:keys\"]}");
    assert_int_equal(child.status, 201);
    assert_string_equal(string_at(child.json, "data.expires_at"), string_at(maker, "expires_at"));
    const char *longer =
            "{\"key_name\":\"more\",\"permissions\":[\"manage:keys\"],\"expires_in_days\":2}";
    json_t *details = refused(post_with_key(key, "/api/v1/keys", longer), 403, "forbidden");
    assert_string_equal(string_at(details, "field"), "expires_in_days");
}

static void a_login_has_no_more_rights_than_who_made_it(void **state) {
    (void)state;
    const char *key = string_at(new_key("[\"manage:keys\"]"), "key");
    expect_missing(with_cookie(login_with(key), "/api/v1/processes"), "read:processes");
}

static void a_key_cannot_take_over_one_that_may_do_more(void **state) {
    (void)state;
    json_t *strong = new_key("[\"manage:code\"]");
    const char *key = string_at(new_key("[\"manage:keys\"]"), "key");
    refused(post_with_key(key, text("/api/v1/keys/%s/rotate", string_at(strong, "id")), ""), 403,
            "forbidden");
}

static void secrets_in_messages_are_not_recorded(void **state) {
    (void)state;
    evaluate(target, "target:plain(listener)");
    struct reply sent = request(serving, "POST",
            "{\"message\": {\"password\": \"hunter2\"}, \"create_atoms\": true}",
            "/api/v1/processes/listener/send");
    assert_int_equal(sent.status, 200);
    struct reply audit = request(serving, "GET", NULL, "/api/v1/audit?operation=send_message");
    assert_null(strstr(audit.body, "hunter2"));
    assert_non_null(strstr(audit.body, "[redacted]"));
    json_t *begin = find(at(audit.json, "data"), "phase", "begin");
    assert_string_equal(string_at(begin, "node"), target->name);
}

static void a_login_address_is_made(void **state) {
    (void)state;
    struct reply reply = request(serving, "POST", NULL, "/api/v1/login-tokens");
    assert_int_equal(reply.status, 201);
    assert_non_null(strstr(string_at(reply.json, "data.url"), "/login?token="));
}

static void the_api_describes_itself(void **state) {
    (void)state;
    json_t *document = get(serving, 200, "/api/v1/openapi.json");
    assert_non_null(strstr(string_at(document, "openapi"), "3.1"));
    assert_true(json_object_size(at(document, "paths")) > 150);
}

// ---- rates -----------------------------------------------------------------------------------

static void a_key_has_so_many_requests_an_hour(void **state) {
    (void)state;
    char *file = text("%s/%s.conf", harness_folder(), unique("rates"));
    FILE *out = fopen(file, "w");
    fputs("rate_standard = 3\n", out);
    fclose(out);
    struct daemon *first = serving;
    serving = daemon_start_with("serve", (const char *[]){"--config", file, NULL});
    const char *key = string_at(new_key("[\"read:processes\"]"), "key");
    for (int left = 2; left >= 0; left--) {
        struct reply good = with_key(key, "GET", "/api/v1/nodes");
        assert_int_equal(good.status, 200);
        assert_string_equal(header(&good, "RateLimit-Policy"), "\"standard\";q=3;w=3600");
        assert_non_null(strstr(header(&good, "RateLimit"), text("r=%d;", left)));
    }
    struct reply over = with_key(key, "GET", "/api/v1/nodes");
    json_t *details = refused(over, 429, "rate_limited");
    assert_int_equal(integer_at(details, "limit"), 3);
    int wait = atoi(header(&over, "Retry-After"));
    assert_true(wait > 3500 && wait <= 3600);
    for (int i = 0; i < 10; i++) { // the admin key is not counted
        get(serving, 200, "/api/v1/nodes");
    }
    serving = first;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_control_operation_has_two_records),
            cmocka_unit_test(what_fails_is_recorded_with_its_error),
            cmocka_unit_test(what_changes_nothing_is_not_recorded),
            cmocka_unit_test(secrets_are_not_recorded),
            cmocka_unit_test(a_retry_gets_the_same_answer_and_does_nothing),
            cmocka_unit_test(errors_are_kept_for_retries_too),
            cmocka_unit_test(a_retry_after_the_daemon_was_killed_gets_the_same_answer),
            cmocka_unit_test(what_did_not_change_is_not_sent_again),
            cmocka_unit_test(a_key_may_do_what_it_was_made_for),
            cmocka_unit_test(a_revoked_key_ends_at_once),
            cmocka_unit_test(a_rotated_key_is_replaced),
            cmocka_unit_test(a_key_is_shown_once),
            cmocka_unit_test(unknown_permissions_are_named),
            cmocka_unit_test(keys_survive_a_kill),
            cmocka_unit_test(no_key_runs_code_without_the_permission),
            cmocka_unit_test(the_cookie_is_in_no_answer),
            cmocka_unit_test(a_login_ends_with_its_key),
            cmocka_unit_test(a_key_outlives_none_that_made_it),
            cmocka_unit_test(a_login_has_no_more_rights_than_who_made_it),
            cmocka_unit_test(a_key_cannot_take_over_one_that_may_do_more),
            cmocka_unit_test(secrets_in_messages_are_not_recorded),
            cmocka_unit_test(a_login_address_is_made),
            cmocka_unit_test(the_api_describes_itself),
            cmocka_unit_test(a_key_has_so_many_requests_an_hour),
            cmocka_unit_test(pages_of_other_origins_are_served_if_the_configuration_names_them),
    };
    return cmocka_run_group_tests(tests, start, harness_stop);
}
