// Live topics over a WebSocket: who may join what, what is pushed, and what becomes of clients and
// nodes that go and come back. What is told of restarts is in restarts_test.c.
#include "end_to_end/live_fixture.h"

#include <poll.h>
#include <sys/socket.h>

// ---- joining ---------------------------------------------------------------------------------

static void the_lobby_lists_the_supervisors_of_the_node(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    json_t *response = live_join(own, LOBBY, "{}");
    assert_string_equal(string_at(response, "node"), target->name);
    assert_true(integer_at(response, "last_event_id") > 0);
    json_t *rows = at(response, "supervisors");
    expect_same_set(pluck(rows, "pid"),
            truth(target, "[P || P <- processes(), {supervisor, _, _} <- [target:initial(P)]]"),
            "supervisors");
    expect_same(at(find(rows, "name", "ones"), "pid"), whereis("ones"), "ones");
    assert_int_equal(integer_at(find(rows, "name", "simples"), "active_children"), 5);
    live_disconnect(own);
}

static void a_supervisor_is_joined_by_name_pid_and_path(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    const char *pid = json_string_value(whereis("inner"));
    const char *topics[] = {"supervisor:inner", text("supervisor:%s", pid),
            text("supervisor:inner@%s", target->name), "supervisor:-/outer/%7B:inner%2C%201%7D"};
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        json_t *response = live_join(own, topics[i], "{}");
        expect_same(at(response, "tree.root.pid"), whereis("inner"), topics[i]);
        expect_same(pluck(at(response, "tree.root.children"), "pid"),
                truth(target, "[whereis(d1)]"), topics[i]);
    }
    live_disconnect(own);
}

static void unknown_topics_are_refused(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    static const char *const unmatched[] = {
            "nothing", "nothing:here", "supervisor:", "process:", "system:other", "SYSTEM:metrics"};
    for (size_t i = 0; i < sizeof unmatched / sizeof unmatched[0]; i++) {
        json_t *response = live_join_refused(own, unmatched[i], "{}");
        assert_string_equal(string_at(response, "reason"), "unmatched topic");
    }
    json_t *response = live_join_refused(own, "supervisor:not_there", "{}");
    assert_string_equal(string_at(response, "code"), "supervisor_not_found");
    response = live_join_refused(own, "process:not_there", "{}");
    assert_string_equal(string_at(response, "code"), "process_not_found");
    response = live_join_refused(own, "process:#PID<0.99999999.0>", "{}");
    assert_string_equal(string_at(response, "code"), "process_not_found");
    response = live_join_refused(own, "supervisor:a1", "{}"); // no supervisor
    assert_string_equal(string_at(response, "code"), "supervisor_not_found");
    response = live_join_refused(own, "supervisor:lobby@nobody@nowhere", "{}");
    assert_string_equal(string_at(response, "code"), "node_not_found");
    live_join(own, LOBBY, "{}"); // and it goes on
    live_disconnect(own);
}

// ---- one process, figures --------------------------------------------------------------------

static void a_process_is_shown_until_it_ends(void **state) {
    (void)state;
    json_t *old = whereis("a4");
    const char *topics[] = {"process:a4", text("process:%s", json_string_value(old))};
    struct live_client *own = live_connect(daemon);
    for (size_t i = 0; i < 2; i++) {
        live_join(own, topics[i], "{}");
        json_t *push =
                live_await(own, 10, topics[i], "process", "{s:{s:O}}", "process", "pid", old);
        assert_string_equal(string_at(push, "process.name"), "a4");
        assert_true(json_is_array(at(push, "process.links")));
    }
    evaluate(target, "begin sys:suspend(a4), [a4 ! N || N <- lists:seq(1, 7)] end");
    live_await(own, 10, topics[0], "process", "{s:{s:{s:i}}}", "process", "performance",
            "message_queue_len", 7);
    kill_named("a4");
    live_await(own, 10, topics[1], "gone", "{}");
    live_await(own, 10, topics[1], "phx_close", "{}");
    live_disconnect(own);
}

static void figures_of_the_node_come_each_second(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    live_join(own, "system:metrics", "{}");
    for (int i = 0; i < 2; i++) {
        live_mark(own);
        json_t *push = live_await(own, 5, "system:metrics", "metrics", "{}");
        int64_t count = json_integer_value(truth(target, "erlang:system_info(process_count)"));
        assert_in_range(integer_at(push, "processes"), count - 10, count + 10);
        assert_true(integer_at(push, "memory.total") > integer_at(push, "memory.processes"));
        assert_true(json_is_object(at(push, "impact")));
    }
    live_disconnect(own);
}

// ---- trees -----------------------------------------------------------------------------------

static void the_tree_shows_the_new_pid(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    live_join(own, "supervisor:rests", "{}");
    live_join(own, "supervisor:outer", "{}");
    json_t *old = whereis("c1");
    kill_named("c1");
    live_await(own, 10, "supervisor:rests", "event", "{s:s, s:O}", "type", "child_restarted", "pid",
            old);
    json_t *want = truth(target, "[whereis(c1), whereis(c2), whereis(c3)]");
    bool shown = false;
    for (struct deadline d = deadline_in(10); !shown; deadline_wait(&d, "the tree")) {
        live_read(own, 20);
        json_t *pushes = live_all(own, "supervisor:rests", "tree");
        size_t count = json_array_size(pushes);
        json_t *last = count > 0 ? json_array_get(pushes, count - 1) : NULL;
        shown = same_set(pluck(at(last, "tree.root.children"), "pid"), want);
    }
    assert_null(live_seen(own, "supervisor:outer", "event", "{}"));
    json_t *below = whereis("d1"); // an event of a level further down
    kill_named("d1");
    live_await(own, 10, "supervisor:outer", "event", "{s:s, s:O}", "type", "child_exited", "pid",
            below);
    assert_null(live_seen(own, "supervisor:rests", "event", "{s:O}", "pid", below));
    live_disconnect(own);
}

// ---- coming back -----------------------------------------------------------------------------

static void who_comes_back_gets_what_was_missed(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    live_mark(client);
    int64_t since = integer_at(live_join(own, LOBBY, "{}"), "last_event_id");
    live_disconnect(own);
    json_t *old = whereis("a1");
    kill_named("a1");
    json_t *restarted = await_restart(client, old);
    own = live_connect(daemon);
    json_t *response = live_join(own, LOBBY, text("{\"since\":%lld}", (long long)since));
    json_t *events = at(response, "events");
    assert_int_equal(count_events(events, "child_exited", old), 1);
    assert_int_equal(count_events(events, "child_restarted", old), 1);
    for (size_t i = 0; i < json_array_size(events); i++) {
        assert_int_equal(integer_at(json_array_get(events, i), "id"), since + 1 + (int64_t)i);
        assert_true(has(live_all(client, LOBBY, "event"), json_array_get(events, i)));
    }
    assert_true(json_is_false(at(response, "gap")));
    assert_true(integer_at(response, "last_event_id") >= integer_at(restarted, "id"));
    response = live_join(own, LOBBY, "{\"since\":1}");
    assert_true(true_at(response, "gap"));
    response =
            live_join(own, LOBBY, text("{\"since\":%lld}", (long long)integer_at(restarted, "id")));
    assert_int_equal(json_array_size(at(response, "events")), 0);
    assert_true(json_is_false(at(response, "gap")));
    assert_true(json_is_null(at(live_join(own, LOBBY, "{}"), "gap")));
    live_disconnect(own);
}

static void a_node_that_comes_back_is_told_again(void **state) {
    (void)state;
    struct target *other = target_start();
    struct daemon *own_daemon = daemon_start();
    static const char top[] = "target:supervisor(again, #{intensity => 100}, "
                              "[target_worker:spec(f1, #{})])";
    evaluate(other, top);
    attach(own_daemon, other);
    struct live_client *own = live_connect(own_daemon);
    known(own_daemon, "again"); // which no application leads to
    live_join(own, LOBBY, "{}");
    live_join(own, "supervisor:again", "{}");
    json_t *old = truth(other, "whereis(again)");
    target_kill(other);
    for (struct deadline d = deadline_in(10);
            strcmp(string_at(data(own_daemon, "/api/v1/nodes"), "0.state"), "lost") != 0;) {
        deadline_wait(&d, "the node being lost");
    }
    struct live_client *late = live_connect(own_daemon);
    assert_string_equal(string_at(live_join_refused(late, LOBBY, "{}"), "code"), "node_not_ready");
    target_start_again(other);
    evaluate(other, top);
    for (struct deadline d = deadline_in(40);
            request(own_daemon, "GET", NULL, "/api/v1/supervisors/again?fresh=true").status !=
            200;) {
        deadline_wait(&d, "the node being ready again");
    }
    live_mark(own);
    json_t *worker = truth(other, "whereis(f1)");
    evaluate(other, "exit(whereis(f1), kill)");
    assert_string_equal(string_at(await_exit(own, worker), "reason"), "killed");
    json_t *restarted = await_restart(own, worker);
    expect_same(at(restarted, "new_pid"), truth(other, "whereis(f1)"), "new pid");
    live_await(own, 10, "supervisor:again", "event", "{s:O}", "pid", worker);
    json_t *rows = at(live_join(late, LOBBY, "{}"), "supervisors");
    assert_null(json_equal(old, truth(other, "whereis(again)"))
                        ? NULL
                        : find(rows, "pid", json_string_value(old)));
    live_disconnect(own);
    live_disconnect(late);
}

static void detaching_closes_the_topics_of_the_node(void **state) {
    (void)state;
    struct target *other = target_start();
    struct daemon *own_daemon = daemon_start();
    evaluate(other, "target:supervisor(leaving, #{}, [target_worker:spec(g1, #{})])");
    attach(own_daemon, other);
    struct live_client *own = live_connect(own_daemon);
    static const char *const topics[] = {
            LOBBY, "supervisor:leaving", "process:g1", "system:metrics"};
    known(own_daemon, "leaving");
    for (size_t i = 0; i < 4; i++) {
        live_join(own, topics[i], "{}");
    }
    detach(own_daemon, other);
    for (size_t i = 0; i < 4; i++) {
        live_await(own, 10, topics[i], "phx_close", "{}");
    }
    assert_string_equal(string_at(live_ask(own, "phoenix", "heartbeat", "{}"), "status"), "ok");
    assert_true(strlen(string_at(live_join_refused(own, LOBBY, "{}"), "code")) > 0);
    live_disconnect(own);
}

// ---- clients ---------------------------------------------------------------------------------

static void a_client_that_never_reads_is_cut_and_no_other(void **state) {
    (void)state;
    evaluate(target, "target:supervisor(crowd, #{intensity => 100000, period => 1}, "
                     "[#{id => N, start => {target_server, start_any, [N]}} || N <- "
                     "lists:seq(1, 1500)])");
    known(daemon, "crowd");
    struct live_client *deaf = live_connect(daemon);
    int small = 4096;
    setsockopt(deaf->socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    for (int i = 0; i < 60; i++) {
        live_say(deaf, "supervisor:crowd", "phx_join", "{}");
    }
    struct live_client *other = live_connect(daemon);
    live_join(other, LOBBY, "{}");
    struct pollfd end = {.fd = deaf->socket, .events = 0};
    for (struct deadline d = deadline_in(40); poll(&end, 1, 0) == 0;) {
        int64_t start = now_ms();
        live_mark(other);
        json_t *old = whereis("a1");
        kill_named("a1");
        expect_successor(other, old, "a1");
        assert_true(now_ms() - start < 3000);
        assert_string_equal(
                string_at(live_ask(other, "phoenix", "heartbeat", "{}"), "status"), "ok");
        deadline_wait(&d, "the end of the deaf client");
    }
    assert_true(end.revents & (POLLHUP | POLLERR));
    live_disconnect(deaf);
    live_disconnect(other);
    evaluate(target, "exit(whereis(crowd), kill)");
}

static void a_hundred_topics_are_joined_and_no_more(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    evaluate(target, "[target:plain(list_to_atom(\"plain_\" ++ integer_to_list(N))) || N <- "
                     "lists:seq(1, 101)]");
    get(daemon, 200, "/api/v1/processes?fresh=true");
    for (int i = 1; i <= 100; i++) {
        live_join(own, text("process:plain_%d", i), "{}");
    }
    json_t *refusal = live_join_refused(own, "process:plain_101", "{}");
    assert_string_equal(string_at(refusal, "reason"), "too many channels joined");
    live_ask(own, "process:plain_1", "phx_leave", "{}");
    live_join(own, "process:plain_101", "{}");
    live_await(
            own, 10, "process:plain_101", "process", "{s:{s:s}}", "process", "name", "plain_101");
    live_disconnect(own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(the_lobby_lists_the_supervisors_of_the_node),
            cmocka_unit_test(a_supervisor_is_joined_by_name_pid_and_path),
            cmocka_unit_test(unknown_topics_are_refused),
            cmocka_unit_test(a_process_is_shown_until_it_ends),
            cmocka_unit_test(figures_of_the_node_come_each_second),
            cmocka_unit_test(the_tree_shows_the_new_pid),
            cmocka_unit_test(who_comes_back_gets_what_was_missed),
            cmocka_unit_test(a_hundred_topics_are_joined_and_no_more),
            cmocka_unit_test(a_node_that_comes_back_is_told_again),
            cmocka_unit_test(detaching_closes_the_topics_of_the_node),
            cmocka_unit_test(a_client_that_never_reads_is_cut_and_no_other),
    };
    return cmocka_run_group_tests_name("live", tests, set_up, harness_stop);
}
