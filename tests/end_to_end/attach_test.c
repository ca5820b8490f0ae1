// Attaching: what fails says why, several nodes are told apart, and a node that went away and came
// back is attached again.
#include "end_to_end/harness.h"

#include <arpa/inet.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct target *target;
static struct target *other;
static struct daemon *whitebeam;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    other = target_start();
    whitebeam = daemon_start();
    return 0;
}

static struct reply try_attach(const char *body) {
    return request(whitebeam, "POST", body, "/api/v1/nodes");
}

static const json_t *node_of(const struct target *which) {
    return find(data(whitebeam, "/api/v1/nodes"), "name", which->name);
}

static void without_a_node_nothing_is_answered(void **state) {
    (void)state;
    refused(request(whitebeam, "GET", NULL, "/api/v1/processes"), 503, "no_node");
    assert_int_equal(json_array_size(data(whitebeam, "/api/v1/nodes")), 0);
    get(whitebeam, 200, "/livez");
    get(whitebeam, 200, "/readyz");
}

static void a_wrong_cookie_is_named(void **state) {
    (void)state;
    refused(try_attach(text("{\"node\":\"%s\",\"cookie\":\"wrong\"}", target->name)), 503,
            "wrong_cookie");
    assert_int_equal(json_array_size(data(whitebeam, "/api/v1/nodes")), 0);
}

static void a_failed_attach_can_be_tried_again_at_once(void **state) {
    (void)state;
    for (int i = 0; i < 20; i++) {
        refused(try_attach(text("{\"node\":\"%s\",\"cookie\":\"wrong\"}", target->name)), 503,
                "wrong_cookie");
    }
}

static void an_absent_cookie_is_named(void **state) {
    (void)state;
    json_t *details =
            refused(try_attach(text("{\"node\":\"%s\"}", target->name)), 400, "missing_parameter");
    assert_string_equal(string_at(details, "field"), "cookie");
}

static void an_unknown_name_is_named(void **state) {
    (void)state;
    refused(try_attach(text(
                    "{\"node\":\"%s@%s\",\"cookie\":\"x\"}", unique("absent"), harness_host())),
            503, "node_not_running");
}

static void an_unreachable_host_is_named(void **state) {
    (void)state;
    int64_t start = now_ms();
    refused(try_attach("{\"node\":\"a@no-such-host.invalid\",\"cookie\":\"x\"}"), 503,
            "host_unreachable");
    struct reply reply = try_attach("{\"node\":\"a@192.0.2.1\",\"cookie\":\"x\"}");
    assert_int_equal(reply.status, 503); // no route, or no answer, or no epmd there
    assert_true(now_ms() - start < 15000);
}

// A TCP server that says nothing, and one that closes at once.
static void what_is_not_a_beam_is_named(void **state) {
    (void)state;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
    assert_int_equal(listen(listener, 8), 0);
    assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
    char *body = text(
            "{\"node\":\"a@127.0.0.1\",\"cookie\":\"x\",\"port\":%u}", ntohs(address.sin_port));
    int64_t start = now_ms();
    struct reply reply = try_attach(body); // accepted by the kernel, never answered
    if (reply.status != 503) {
        fail_msg("a silent server: %s%s", reply.head, reply.body);
    }
    assert_true(now_ms() - start < 10000);
    close(listener);
    refused(try_attach(body), 503, "host_unreachable");
    // One that speaks, but not the distribution protocol.
    json_t *port = truth(other,
            "begin {ok, L} = gen_tcp:listen(0, [{ip, {127, 0, 0, 1}}]), spawn(fun() -> {ok, S} = "
            "gen_tcp:accept(L), gen_tcp:send(S, <<\"SSH-2.0-OpenSSH_9.2p1\\r\\n\">>), receive stop "
            "-> ok end end), element(2, inet:port(L)) end");
    refused(try_attach(text("{\"node\":\"a@127.0.0.1\",\"cookie\":\"x\",\"port\":%lld}",
                    json_integer_value(port))),
            503, "not_a_beam");
}

static void bad_names_and_ports_are_refused(void **state) {
    (void)state;
    static const char *const bodies[] = {"{\"node\":\"nohost\",\"cookie\":\"x\"}",
            "{\"node\":\"@host\",\"cookie\":\"x\"}", "{\"node\":\"a@b@c\",\"cookie\":\"x\"}",
            "{\"node\":\"a b@c\",\"cookie\":\"x\"}", "{\"node\":\"\",\"cookie\":\"x\"}",
            "{\"node\":7,\"cookie\":\"x\"}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        json_t *details = refused(try_attach(bodies[i]), 400, "invalid_parameter");
        assert_string_equal(string_at(details, "field"), "node");
    }
    static const char *const ports[] = {"0", "65536", "-1", "\"x\"", "1.5"};
    for (size_t i = 0; i < sizeof ports / sizeof ports[0]; i++) {
        json_t *details = refused(
                try_attach(text("{\"node\":\"a@b\",\"cookie\":\"x\",\"port\":%s}", ports[i])), 400,
                "invalid_parameter");
        assert_string_equal(string_at(details, "field"), "port");
    }
}

static void an_attached_node_says_what_it_is(void **state) {
    (void)state;
    attach(whitebeam, target);
    const json_t *node = node_of(target);
    assert_string_equal(string_at(node, "state"), "ready");
    expect_same(at(node, "otp_release"),
            truth(target, "list_to_integer(erlang:system_info(otp_release))"), "release");
    expect_same(at(node, "os_pid"), truth(target, "list_to_binary(os:getpid())"), "os_pid");
    assert_true(json_is_null(at(node, "elixir_version")));
    assert_true(json_is_number(at(node, "impact.cpu_percent_of_a_scheduler")));
    get(whitebeam, 200, "/api/v1/processes"); // the only node is meant
}

static void the_watcher_is_a_hidden_node(void **state) {
    (void)state;
    assert_string_equal(evaluate(target, "nodes()"), "[]");
    assert_true(holds(target, "length(nodes(hidden)) =:= 1"));
    assert_true(holds(target, "lists:prefix(\"whitebeam_\", atom_to_list(hd(nodes(hidden))))"));
}

static void a_node_is_attached_once(void **state) {
    (void)state;
    refused(try_attach(text("{\"node\":\"%s\",\"cookie\":\"%s\"}", target->name, target->cookie)),
            409, "node_already_attached");
}

static void of_two_nodes_one_must_be_named(void **state) {
    (void)state;
    evaluate(target, "target:plain(only_here)");
    attach(whitebeam, other);
    static const char *const paths[] = {"/api/v1/processes", "/api/v1/supervisors",
            "/api/v1/processes/init", "/api/v1/processes/init/state", "/api/v1/system/health",
            "/api/v1/supervisors/kernel_sup", "/api/v1/supervisors/kernel_sup/tree"};
    json_t *both = keep(json_pack("[ss]", target->name, other->name));
    for (size_t i = 0; i < sizeof paths / sizeof paths[0]; i++) {
        json_t *details =
                refused(request(whitebeam, "GET", NULL, "%s", paths[i]), 409, "node_required");
        expect_same_set(at(details, "available_nodes"), both, paths[i]);
    }
    get(whitebeam, 200, "/api/v1/processes/only_here?node=%s", target->name);
    refused(request(whitebeam, "GET", NULL, "/api/v1/processes/only_here?node=%s", other->name),
            404, "process_not_found");
    json_t *details =
            refused(request(whitebeam, "GET", NULL, "/api/v1/processes?node=absent@nowhere"), 404,
                    "node_not_found");
    expect_same_set(at(details, "available_nodes"), both, "available_nodes");
    json_t *answer = get(whitebeam, 200, "/api/v1/processes?node=%s", other->name);
    assert_string_equal(string_at(answer, "meta.node"), other->name);
}

static void the_node_that_is_left_is_meant_again(void **state) {
    (void)state;
    detach(whitebeam, other);
    get(whitebeam, 200, "/api/v1/processes/only_here");
    refused(request(whitebeam, "DELETE", NULL, "/api/v1/nodes/%s", other->name), 404,
            "node_not_found");
}

static void a_node_that_ends_is_lost_and_comes_back_by_itself(void **state) {
    (void)state;
    target_kill(target);
    for (struct deadline d = deadline_in(10);
            strcmp(string_at(node_of(target), "state"), "lost") != 0;) {
        deadline_wait(&d, "the node being lost");
    }
    assert_true(strlen(string_at(node_of(target), "lost.message")) > 0);
    assert_true(strlen(string_at(node_of(target), "lost.retry_at")) > 0);
    refused(request(whitebeam, "GET", NULL, "/api/v1/processes"), 503, "node_not_ready");
    get(whitebeam, 200, "/readyz");
    target_start_again(target);
    for (struct deadline d = deadline_in(40);
            strcmp(string_at(node_of(target), "state"), "ready") != 0;) {
        deadline_wait(&d, "the node being ready again");
    }
    json_t *answer = get(whitebeam, 200, "/api/v1/processes/init");
    assert_string_equal(string_at(answer, "data.name"), "init");
    refused(request(whitebeam, "GET", NULL, "/api/v1/processes/only_here"), 404,
            "process_not_found");
}

static void a_lost_node_can_be_detached(void **state) {
    (void)state;
    target_kill(target);
    for (struct deadline d = deadline_in(10);
            strcmp(string_at(node_of(target), "state"), "lost") != 0;) {
        deadline_wait(&d, "the node being lost");
    }
    detach(whitebeam, target);
    assert_int_equal(json_array_size(data(whitebeam, "/api/v1/nodes")), 0);
    target_start_again(target);
}

static void the_command_line_attaches_several_nodes(void **state) {
    (void)state;
    struct target *twin = target_start();
    const char *flags[] = {"--attach", target->name, "--attach", twin->name, "--cookie-file",
            cookie_file(target->cookie), NULL};
    struct daemon *serving = daemon_start_with("serve", flags);
    for (struct deadline d = deadline_in(10);
            request(serving, "GET", NULL, "/api/v1/processes?node=%s", target->name).status !=
            200;) {
        deadline_wait(&d, "the node being ready");
    }
    json_t *nodes = data(serving, "/api/v1/nodes"); // the other has another cookie
    assert_int_equal(json_array_size(nodes), 2);
    for (struct deadline d = deadline_in(10);
            strcmp(string_at(find(data(serving, "/api/v1/nodes"), "name", twin->name), "lost.code"),
                    "wrong_cookie") != 0;) {
        deadline_wait(&d, "the wrong cookie being told");
    }
}

static void a_node_that_starts_later_is_attached_when_it_is_there(void **state) {
    (void)state;
    target_kill(other);
    const char *flags[] = {
            "--attach", other->name, "--cookie-file", cookie_file(other->cookie), NULL};
    struct daemon *early = daemon_start_with("serve", flags);
    refused(request(early, "GET", NULL, "/api/v1/processes"), 503, "node_not_ready");
    target_start_again(other);
    for (struct deadline d = deadline_in(20);
            request(early, "GET", NULL, "/api/v1/processes").status != 200;) {
        deadline_wait(&d, "the node being ready");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(without_a_node_nothing_is_answered),
            cmocka_unit_test(a_wrong_cookie_is_named),
            cmocka_unit_test(a_failed_attach_can_be_tried_again_at_once),
            cmocka_unit_test(an_absent_cookie_is_named),
            cmocka_unit_test(an_unknown_name_is_named),
            cmocka_unit_test(an_unreachable_host_is_named),
            cmocka_unit_test(what_is_not_a_beam_is_named),
            cmocka_unit_test(bad_names_and_ports_are_refused),
            cmocka_unit_test(an_attached_node_says_what_it_is),
            cmocka_unit_test(the_watcher_is_a_hidden_node),
            cmocka_unit_test(a_node_is_attached_once),
            cmocka_unit_test(of_two_nodes_one_must_be_named),
            cmocka_unit_test(the_node_that_is_left_is_meant_again),
            cmocka_unit_test(a_node_that_ends_is_lost_and_comes_back_by_itself),
            cmocka_unit_test(a_lost_node_can_be_detached),
            cmocka_unit_test(the_command_line_attaches_several_nodes),
            cmocka_unit_test(a_node_that_starts_later_is_attached_when_it_is_there),
    };
    return cmocka_run_group_tests_name("attach", tests, set_up, harness_stop);
}
