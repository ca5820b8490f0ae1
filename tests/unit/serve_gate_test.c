// What the gate lets in and what it refuses.
#include "limits.h"
#include "serve/gate.h"

#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

// The header lines "Name: value", separated by newlines.
static bool passes(const char *lines, bool http_1_1, struct gate *gate, struct error *error) {
    *gate = (struct gate){0};
    while (*lines != '\0') {
        const char *end = lines + strcspn(lines, "\n");
        const char *colon = memchr(lines, ':', (size_t)(end - lines));
        assert_non_null(colon);
        const char *value = colon[1] == ' ' ? colon + 2 : colon + 1;
        gate_line(gate, (struct str){lines, (size_t)(colon - lines)},
                (struct str){value, (size_t)(end - value)});
        lines = *end == '\n' ? end + 1 : end;
    }
    return gate_check(gate, http_1_1, error);
}

static void accepts(const char *lines) {
    struct gate gate;
    struct error error;
    if (!passes(lines, true, &gate, &error)) {
        fail_msg("refused: %s: %s", lines, error.message);
    }
}

static void refuses(const char *lines, const char *sentence) {
    struct gate gate;
    struct error error;
    assert_false(passes(lines, true, &gate, &error));
    assert_int_equal(error.code, ERROR_BAD_REQUEST);
    if (strstr(error.message, sentence) == NULL) {
        fail_msg("%s: %s", lines, error.message);
    }
}

static void ordinary_headers_pass(void **state) {
    (void)state;
    accepts("Host: a");
    accepts("host: a\nContent-Length: 0");
    accepts("Host: a\nContent-Length: 17\nX-Any!#$%&'*+-.^_`|~: \xC3\xA4 \t b");
    accepts("Host: a\nTransfer-Encoding: Chunked");
    accepts("Host:a\nAccept: x/y\nAccept: z/w");
}

static void what_can_be_read_in_two_ways_is_refused(void **state) {
    (void)state;
    refuses("Host: a\nContent-Length: 5\nContent-Length: 5", "Content-Length came more than once");
    refuses("Host: a\nContent-Length: 5\nTransfer-Encoding: chunked", "exclude each other");
    refuses("Host: a\nTransfer-Encoding: chunked\nTransfer-Encoding: chunked", "more than once");
    refuses("Host: a\nTransfer-Encoding: gzip, chunked", "Transfer-Encoding");
    refuses("Host: a\nTransfer-Encoding: xchunked", "Transfer-Encoding");
    refuses("Host: a\nTransfer-Encoding: chunked ", "Transfer-Encoding");
    refuses("Host: a\nTransfer-Encoding: ", "Transfer-Encoding");
    refuses("Host: a\nContent-Length: +5", "digits");
    refuses("Host: a\nContent-Length: -1", "digits");
    refuses("Host: a\nContent-Length: 0x5", "digits");
    refuses("Host: a\nContent-Length: 5, 5", "digits");
    refuses("Host: a\nContent-Length: 5 ", "digits");
    refuses("Host: a\nContent-Length: ", "digits");
}

static void a_header_of_bad_form_is_refused(void **state) {
    (void)state;
    refuses("Host: a\nBad Name: 1", "name");
    refuses("Host: a\nBad\tName: 1", "name");
    refuses("Host : a", "name");
    refuses(": a\nHost: a", "name");
    refuses("Host: a\nN\xC3\xA4me: 1", "name");
    refuses("Host: a\nX: a\rb", "control");
    refuses("Host: a\nX: \x7F", "control");
    refuses("Host: a\nX: \x01", "control");
}

static void http_1_1_needs_one_host(void **state) {
    (void)state;
    struct gate gate;
    struct error error;
    refuses("Accept: a", "Host is missing");
    refuses("Host: a\nHost: a", "Host came more than once");
    assert_true(passes("Accept: a", false, &gate, &error));
    assert_false(passes("Host: a\nHost: b", false, &gate, &error));
    assert_false(passes("Transfer-Encoding: chunked", false, &gate, &error));
}

static void lengths_that_do_not_fit_are_the_largest(void **state) {
    (void)state;
    struct gate gate;
    struct error error;
    assert_true(passes("Host: a\nContent-Length: 00042", true, &gate, &error));
    assert_int_equal(gate.length, 42);
    assert_true(passes("Host: a\nContent-Length: 18446744073709551615", true, &gate, &error));
    assert_true(gate.length == UINT64_MAX);
    assert_true(passes("Host: a\nContent-Length: 18446744073709551616", true, &gate, &error));
    assert_true(gate.length == UINT64_MAX);
    assert_true(passes("Host: a\nContent-Length: 99999999999999999999990001", true, &gate, &error));
    assert_true(gate.length == UINT64_MAX);
}

static void a_problem_is_what_accept_names(void **state) {
    (void)state;
    struct gate gate;
    struct error error;
    assert_true(passes("Host: a\nAccept: */*\nAccept: text/html, Application/Problem+JSON;q=1",
            true, &gate, &error));
    assert_true(gate.problem);
    assert_true(passes("Host: a\nAccept: application/json", true, &gate, &error));
    assert_false(gate.problem);
}

static bool splits(struct str target, const char *path, const char *query) {
    struct str found_path, found_query;
    struct error error;
    return gate_target(target, &found_path, &found_query, &error) && str_is(found_path, path) &&
           str_is(found_query, query);
}

static void targets_are_split_but_not_decoded(void **state) {
    (void)state;
    assert_true(splits(STR("/"), "/", ""));
    assert_true(splits(STR("/a%2Fb"), "/a%2Fb", ""));
    assert_true(splits(STR("/a?x=%00+&y?z"), "/a", "x=%00+&y?z"));
    assert_true(splits(STR("/a?"), "/a", ""));
}

static void bad_targets_are_refused(void **state) {
    (void)state;
    static char longest[LIMIT_HTTP_PATH + 1];
    struct str bad[] = {STR(""), STR("*"), STR("a"), STR("http://localhost/"), STR("/a\0b"),
            STR("/a b"), STR("/a\tb"), STR("/a\x7F"), STR("/\xC3\xA4"), STR("/a?\n"), STR("?/")};
    struct str path, query;
    struct error error;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(gate_target(bad[i], &path, &query, &error));
        assert_int_equal(error.code, ERROR_BAD_REQUEST);
    }
    memset(longest, '/', sizeof longest);
    assert_true(gate_target((struct str){longest, LIMIT_HTTP_PATH}, &path, &query, &error));
    assert_false(gate_target((struct str){longest, sizeof longest}, &path, &query, &error));
}

static void methods_are_short_tokens(void **state) {
    (void)state;
    struct error error;
    assert_true(gate_method(STR("GET"), 8, &error));
    assert_true(gate_method(STR("M-SEARCH"), 8, &error));
    assert_false(gate_method(STR("M-SEARCHX"), 8, &error));
    assert_false(gate_method(STR("G\rT"), 8, &error));
    assert_false(gate_method(STR(""), 8, &error));
}

static const struct str names[] = {
        {"localhost", 9}, {"127.0.0.1", 9}, {"[::1]", 5}, {"beam.example", 12}};
static const struct gate_hosts hosts = {names, 4};

static void our_hosts_are_known_with_any_port(void **state) {
    (void)state;
    const char *good[] = {"localhost", "LOCALHOST:1", "127.0.0.1:4000", "[::1]", "[::1]:65535",
            "beam.example", "localhost:"};
    const char *bad[] = {"", ":80", "evil.example", "localhost.evil.example", "localhost:80:90",
            "localhost:80x", "localhost:123456", "localhost@evil", "[::1", "[::1]x", "::1", "[::2]",
            "127.0.0.1.", "local", "beam.example/", " localhost"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(gate_host(&hosts, str_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        if (gate_host(&hosts, str_of(bad[i]))) {
            fail_msg("accepted %s", bad[i]);
        }
    }
}

static void origins_are_http_of_our_hosts(void **state) {
    (void)state;
    const char *good[] = {"http://localhost:4000", "https://beam.example", "HTTP://[::1]:4000"};
    const char *bad[] = {"null", "", "localhost", "http://evil.example", "http://",
            "ftp://localhost", "http://localhost/", "http://localhost@evil.example",
            "https://evil.example:localhost", "http://localhost http://evil.example"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(gate_origin(&hosts, str_of(good[i])));
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_false(gate_origin(&hosts, str_of(bad[i])));
    }
}

static void only_bearer_carries_a_key(void **state) {
    (void)state;
    assert_true(str_is(gate_bearer(STR("Bearer abc")), "abc"));
    assert_true(str_is(gate_bearer(STR("bearer  abc ")), "abc"));
    assert_int_equal(gate_bearer(STR("Basic abc")).length, 0);
    assert_int_equal(gate_bearer(STR("Bearer")).length, 0);
    assert_int_equal(gate_bearer(STR("Bearerabc")).length, 0);
    assert_int_equal(gate_bearer(STR("")).length, 0);
}

static void request_ids_are_plain_and_short(void **state) {
    (void)state;
    char text[129];
    memset(text, 'a', sizeof text);
    assert_true(gate_request_id(STR("Az09_-")));
    assert_true(gate_request_id((struct str){text, 128}));
    assert_false(gate_request_id((struct str){text, 129}));
    assert_false(gate_request_id(STR("")));
    assert_false(gate_request_id(STR("a b")));
    assert_false(gate_request_id(STR("a\"b")));
    assert_false(gate_request_id(STR("a.b")));
}

static void json_may_have_parameters(void **state) {
    (void)state;
    assert_true(gate_is_json(STR("application/json")));
    assert_true(gate_is_json(STR("Application/JSON ; charset=utf-8")));
    assert_false(gate_is_json(STR("application/json5")));
    assert_false(gate_is_json(STR("text/plain; application/json")));
    assert_false(gate_is_json((struct str){0}));
}

// Walks over pieces, given by position and length, as the parser leaves "A: b\r\nC: d\r\n\r\n".
static bool walks(struct str header, const size_t (*pieces)[2], size_t count) {
    struct gate_walk walk = {header.at, header.at + header.length};
    for (size_t i = 0; i < count; i++) {
        if (!gate_walk_over(&walk, (struct str){header.at + pieces[i][0], pieces[i][1]})) {
            return false;
        }
    }
    return gate_walk_end(&walk);
}

static void a_walk_over_all_pieces_in_order_succeeds(void **state) {
    (void)state;
    const size_t pieces[][2] = {{0, 1}, {3, 1}, {6, 1}, {9, 1}};
    assert_true(walks(STR("A\0 b\0\0C\0 d\0\0\0\0"), pieces, 4));
    assert_true(walks(STR("A: b\r\nC: d\r\n\r\n"), pieces, 4));
}

static void a_walk_finds_what_the_parser_hides(void **state) {
    (void)state;
    const size_t pieces[][2] = {{0, 1}, {3, 1}, {8, 1}, {10, 1}};
    const size_t backwards[][2] = {{3, 1}, {0, 1}};
    const size_t outside[][2] = {{0, 20}};
    assert_true(walks(STR("A\0 b\0\0\0\0C\0d\0\0"), pieces, 4));
    assert_false(walks(STR("A\0 b\0\0 xC\0d\0\0"), pieces, 4));  // a folded line
    assert_false(walks(STR("A\0 b\0x\0\0C\0d\0\0"), pieces, 4)); // a NUL in a value
    assert_false(walks(STR("A\0 b\0\0\0\0C\0d\0x"), pieces, 4)); // at the end
    assert_false(walks(STR("A\0 b\0\0"), backwards, 2));
    assert_false(walks(STR("A\0 b\0\0"), outside, 1));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(ordinary_headers_pass),
            cmocka_unit_test(what_can_be_read_in_two_ways_is_refused),
            cmocka_unit_test(a_header_of_bad_form_is_refused),
            cmocka_unit_test(http_1_1_needs_one_host),
            cmocka_unit_test(lengths_that_do_not_fit_are_the_largest),
            cmocka_unit_test(a_problem_is_what_accept_names),
            cmocka_unit_test(targets_are_split_but_not_decoded),
            cmocka_unit_test(bad_targets_are_refused),
            cmocka_unit_test(methods_are_short_tokens),
            cmocka_unit_test(our_hosts_are_known_with_any_port),
            cmocka_unit_test(origins_are_http_of_our_hosts),
            cmocka_unit_test(only_bearer_carries_a_key),
            cmocka_unit_test(request_ids_are_plain_and_short),
            cmocka_unit_test(json_may_have_parameters),
            cmocka_unit_test(a_walk_over_all_pieces_in_order_succeeds),
            cmocka_unit_test(a_walk_finds_what_the_parser_hides),
    };
    return cmocka_run_group_tests_name("serve gate", tests, NULL, NULL);
}
