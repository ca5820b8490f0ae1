// Ends and restarts of children, told at once and as the node itself has them: who ended and why,
// who came instead, and how often.
#include "end_to_end/live_fixture.h"

#include <stdio.h>
#include <stdlib.h>

// ---- restarts --------------------------------------------------------------------------------

static void a_killed_worker_is_told_with_its_reason_and_its_successor(void **state) {
    (void)state;
    live_mark(client);
    json_t *old = whereis("a1");
    kill_named("a1");
    json_t *exited = await_exit(client, old);
    assert_string_equal(string_at(exited, "reason"), "killed");
    assert_string_equal(string_at(exited, "child_id"), "a1");
    assert_string_equal(string_at(exited, "supervisor"), "ones");
    assert_string_equal(string_at(exited, "path"), "-/ones");
    assert_string_equal(string_at(exited, "node"), target->name);
    expect_same(at(exited, "supervisor_pid"), whereis("ones"), "supervisor");
    assert_true(json_is_null(at(exited, "new_pid")));
    json_t *restarted = await_restart(client, old);
    expect_same(at(restarted, "new_pid"), whereis("a1"), "new pid");
    assert_string_equal(string_at(restarted, "child_id"), "a1");
    assert_string_equal(string_at(restarted, "reason"), "killed");
    assert_true(json_number_value(at(restarted, "down_ms")) >= 0);
    assert_true(json_number_value(at(restarted, "down_ms")) < 5000);
    assert_true(integer_at(restarted, "id") > integer_at(exited, "id"));
}

static void reasons_are_told_as_they_are(void **state) {
    (void)state;
    static const char *const reasons[][2] = {{"crash", "crash"},
            {"{bad, \"day\"}", "{:bad, ~c\"day\"}"}, {"{shutdown, 7}", "{:shutdown, 7}"},
            {"#{a => <<\"b\">>}", "%{a: \"b\"}"}};
    for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++) {
        live_mark(client);
        json_t *old = whereis("a1");
        evaluate(target, "exit(whereis(a1), %s)", reasons[i][0]);
        const char *have = string_at(await_exit(client, old), "reason");
        if (i == 1) { // as Elixir of the daemon's time writes charlists
            assert_true(strcmp(have, reasons[i][1]) == 0 || strcmp(have, "{:bad, 'day'}") == 0);
        } else {
            assert_string_equal(have, reasons[i][1]);
        }
        expect_successor(client, old, "a1");
    }
    live_mark(client);
    json_t *old = whereis("a1");
    evaluate(target, "exit(whereis(a1), lists:duplicate(100000, {long, reason}))");
    assert_true(strlen(string_at(await_exit(client, old), "reason")) <= 510);
    await_restart(client, old);
}

// Kills the first name; all others end with it. Each gets an exit with a reason and a successor.
static void killed_together(const char *const *names, size_t count) {
    json_t *old[4];
    live_mark(client);
    for (size_t i = 0; i < count; i++) {
        old[i] = whereis(names[i]);
    }
    kill_named(names[0]);
    for (size_t i = 0; i < count; i++) {
        json_t *exited = await_exit(client, old[i]);
        assert_string_equal(string_at(exited, "reason"), i == 0 ? "killed" : "shutdown");
        assert_string_equal(string_at(exited, "child_id"), names[i]);
        json_t *restarted = await_restart(client, old[i]);
        expect_same(at(restarted, "new_pid"), whereis(names[i]), names[i]);
        assert_string_equal(string_at(restarted, "child_id"), names[i]);
    }
    json_t *events = live_all(client, LOBBY, "event");
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(count_events(events, "child_exited", old[i]), 1);
        assert_int_equal(count_events(events, "child_restarted", old[i]), 1);
    }
    assert_int_equal(json_array_size(events), 2 * count);
}

static void one_for_all_tells_all_children(void **state) {
    (void)state;
    static const char *const names[] = {"b2", "b1", "b3"};
    killed_together(names, 3);
}

static void rest_for_one_tells_the_child_and_those_after_it(void **state) {
    (void)state;
    static const char *const names[] = {"c2", "c3"};
    json_t *first = whereis("c1");
    killed_together(names, 2);
    assert_null(live_seen(client, LOBBY, "event", "{s:O}", "pid", first));
    static const char *const last[] = {"c3"};
    killed_together(last, 1);
}

static void dynamic_children_are_told(void **state) {
    (void)state;
    json_t *before = truth(target, "[P || {_, P, _, _} <- supervisor:which_children(simples)]");
    live_mark(client);
    json_t *old = json_array_get(before, 2);
    evaluate(target, "exit(list_to_pid(\"%s\"), kill)", json_string_value(old) + 4);
    json_t *exited = await_exit(client, old);
    assert_string_equal(string_at(exited, "reason"), "killed");
    assert_string_equal(string_at(exited, "supervisor"), "simples");
    assert_true(json_is_null(at(exited, "child_id")));
    json_t *restarted = await_restart(client, old);
    json_t *after = truth(target, "[P || {_, P, _, _} <- supervisor:which_children(simples)]");
    assert_true(has(after, at(restarted, "new_pid")));
    assert_false(has(before, at(restarted, "new_pid")));
    assert_false(has(after, old));
}

static void a_temporary_child_only_exits(void **state) {
    (void)state;
    live_mark(client);
    json_t *old = whereis("a3");
    kill_named("a3");
    assert_string_equal(string_at(await_exit(client, old), "reason"), "killed");
    json_t *next = whereis("a1"); // what comes after it has come
    kill_named("a1");
    await_restart(client, next);
    assert_null(
            live_seen(client, LOBBY, "event", "{s:s, s:O}", "type", "child_restarted", "pid", old));
    assert_null(live_seen(client, LOBBY, "event", "{s:s}", "type", "child_started"));
}

static void a_transient_child_that_is_done_only_exits(void **state) {
    (void)state;
    live_mark(client);
    json_t *old = whereis("a2");
    evaluate(target, "gen_server:stop(a2)");
    assert_string_equal(string_at(await_exit(client, old), "reason"), "normal");
    evaluate(target, "supervisor:restart_child(ones, a2)");
    json_t *started = live_await(
            client, 10, LOBBY, "event", "{s:s, s:s}", "type", "child_started", "child_id", "a2");
    expect_same(at(started, "pid"), whereis("a2"), "pid");
    live_mark(client);
    old = whereis("a2");
    kill_named("a2");
    expect_successor(client, old, "a2");
}

static void children_started_by_hand_are_told(void **state) {
    (void)state;
    live_mark(client);
    evaluate(target, "supervisor:start_child(ones, target_worker:spec(a5, #{}))");
    json_t *pid = whereis("a5");
    json_t *started = await_start(client, pid);
    assert_string_equal(string_at(started, "child_id"), "a5");
    assert_string_equal(string_at(started, "supervisor"), "ones");
    evaluate(target, "{ok, By_hand} = supervisor:start_child(simples, [by_hand])");
    await_start(client, truth(target, "By_hand"));
    evaluate(target, "supervisor:terminate_child(ones, a5)");
    assert_string_equal(string_at(await_exit(client, pid), "reason"), "shutdown");
    assert_null(live_seen(client, LOBBY, "event", "{s:s}", "type", "child_restarted"));
}

// Waits until the lobby was pushed the row of a supervisor, or its end.
static void await_row(json_t *pid, const char *list) {
    for (struct deadline d = deadline_in(10);; deadline_wait(&d, list)) {
        json_t *pushes = live_all(client, LOBBY, "supervisors");
        for (size_t i = 0; i < json_array_size(pushes); i++) {
            json_t *rows = at(json_array_get(pushes, i), list);
            for (size_t j = 0; j < json_array_size(rows); j++) {
                const json_t *row = json_array_get(rows, j);
                if (json_equal(json_is_object(row) ? at(row, "pid") : row, pid)) {
                    return;
                }
            }
        }
        live_read(client, 20);
    }
}

// What somebody has ended is not restarted by the start of another.
static void a_start_after_an_end_by_hand_is_no_restart(void **state) {
    (void)state;
    live_mark(client);
    evaluate(target, "{ok, First_by_hand} = supervisor:start_child(simples, [by_hand])");
    json_t *first = truth(target, "First_by_hand");
    await_start(client, first);
    evaluate(target, "supervisor:terminate_child(simples, First_by_hand)");
    assert_string_equal(string_at(await_exit(client, first), "reason"), "shutdown");
    known(daemon, "simples");
    evaluate(target, "{ok, Second_by_hand} = supervisor:start_child(simples, [by_hand])");
    await_start(client, truth(target, "Second_by_hand"));
    json_t *fixed = whereis("a4");
    evaluate(target, "supervisor:terminate_child(ones, a4)");
    await_exit(client, fixed);
    known(daemon, "ones");
    evaluate(target, "supervisor:restart_child(ones, a4)");
    await_start(client, whereis("a4"));
    assert_null(live_seen(client, LOBBY, "event", "{s:s}", "type", "child_restarted"));
}

static void a_spent_budget_ends_the_supervisor(void **state) {
    (void)state;
    evaluate(target, "target:supervisor(brink, #{intensity => 1, period => 3600}, "
                     "[target_worker:spec(e1, #{})])");
    known(daemon, "brink");
    json_t *pid = whereis("brink");
    await_row(pid, "changed");
    live_mark(client);
    json_t *old = whereis("e1");
    kill_named("e1");
    json_t *next = at(await_restart(client, old), "new_pid");
    kill_named("e1");
    assert_string_equal(string_at(await_exit(client, next), "reason"), "killed");
    json_t *gone = live_await(
            client, 10, LOBBY, "event", "{s:s, s:O}", "type", "supervisor_gone", "pid", pid);
    assert_string_equal(string_at(gone, "supervisor"), "brink");
    assert_string_equal(string_at(gone, "reason"), "shutdown");
    await_row(pid, "removed");
}

static void a_supervisor_below_another_is_restarted_with_all_it_has(void **state) {
    (void)state;
    live_mark(client);
    json_t *supervisor = whereis("inner");
    for (int i = 0; i < 2; i++) {
        json_t *old = whereis("d1");
        kill_named("d1");
        await_exit(client, old);
        for (struct deadline d = deadline_in(5);
                !holds(target, "is_pid(whereis(d1)) andalso is_pid(whereis(inner))");) {
            deadline_wait(&d, "the restart of d1");
        }
    }
    live_await(
            client, 10, LOBBY, "event", "{s:s, s:O}", "type", "supervisor_gone", "pid", supervisor);
    assert_string_equal(string_at(await_exit(client, supervisor), "reason"), "shutdown");
    json_t *restarted = await_restart(client, supervisor);
    expect_same(at(restarted, "new_pid"), whereis("inner"), "the new supervisor");
    assert_string_equal(string_at(restarted, "supervisor"), "outer");
    // Its children are watched as before.
    for (struct deadline d = deadline_in(10);
            request(daemon, "GET", NULL, "/api/v1/supervisors/inner").status != 200;) {
        deadline_wait(&d, "the new supervisor");
    }
    known(daemon, "inner");
    live_mark(client);
    json_t *old = whereis("d1");
    kill_named("d1");
    expect_successor(client, old, "d1");
}

static void a_node_that_logs_nothing_tells_all_the_same(void **state) {
    (void)state;
    evaluate(target, "begin #{level := Level} = logger:get_primary_config(), "
                     "logger:set_primary_config(level, none) end");
    static const char *const one[] = {"a1"};
    static const char *const all[] = {"b1", "b2", "b3"};
    killed_together(one, 1);
    killed_together(all, 3);
    dynamic_children_are_told(state);
    evaluate(target, "logger:set_primary_config(level, Level)");
}

// ---- Elixir ----------------------------------------------------------------------------------

#define ELIXIR_CHILDREN "[P || {_, P, _, _} <- supervisor:which_children('Elixir.%s')]"

static void kinds_of_elixir_are_told(void **state) {
    (void)state;
    struct target *elixir = target_start_elixir();
    struct daemon *own_daemon = daemon_start();
    attach(own_daemon, elixir);
    known(own_daemon, "Playground.Pool");
    struct live_client *own = live_connect(own_daemon);
    live_join(own, LOBBY, "{}");
    live_join(own, "supervisor:Playground.Pool", "{}");
    json_t *before = truth(elixir, ELIXIR_CHILDREN, "Playground.Pool");
    json_t *old = json_array_get(before, 1);
    evaluate(elixir, "exit(list_to_pid(\"%s\"), kill)", json_string_value(old) + 4);
    json_t *exited = await_exit(own, old);
    assert_string_equal(string_at(exited, "reason"), "killed");
    assert_string_equal(string_at(exited, "supervisor"), "Playground.Pool");
    assert_string_equal(string_at(exited, "module"), "Counter");
    json_t *new_pid = at(await_restart(own, old), "new_pid");
    json_t *after = truth(elixir, ELIXIR_CHILDREN, "Playground.Pool");
    assert_true(has(after, new_pid) && !has(before, new_pid) && !has(after, old));
    live_await(own, 10, "supervisor:Playground.Pool", "event", "{s:O}", "new_pid", new_pid);

    evaluate(elixir,
            "'Elixir.DynamicSupervisor':terminate_child('Elixir.Playground.Pool', "
            "list_to_pid(\"%s\"))",
            json_string_value(new_pid) + 4);
    assert_string_equal(string_at(await_exit(own, new_pid), "reason"), "shutdown");
    known(own_daemon, "Playground.Pool");
    evaluate(elixir, "{ok, Counter} = 'Elixir.DynamicSupervisor':start_child("
                     "'Elixir.Playground.Pool', 'Elixir.Counter':child_spec([]))");
    await_start(own, truth(elixir, "Counter"));

    evaluate(elixir, "#{pid := Task} = 'Elixir.Task.Supervisor':async_nolink("
                     "'Elixir.Playground.Tasks', fun() -> receive stop -> ok end end)");
    json_t *task = truth(elixir, "Task");
    await_start(own, task);
    // One that ends in the moment in which it is seen first has ended before it could be watched.
    evaluate(elixir, "Task ! stop");
    const char *reason = string_at(await_exit(own, task), "reason");
    assert_true(strcmp(reason, "normal") == 0 || strcmp(reason, "") == 0);

    old = truth(elixir, "whereis(test_printer)"); // one_for_all: the pair
    json_t *pair = truth(elixir, "whereis(pair_counter)");
    evaluate(elixir, "exit(whereis(test_printer), kill)");
    json_t *first = await_restart(own, old);
    json_t *second = await_restart(own, pair);
    expect_same(at(first, "new_pid"), truth(elixir, "whereis(test_printer)"), "printer");
    expect_same(at(second, "new_pid"), truth(elixir, "whereis(pair_counter)"), "counter");
    assert_string_equal(string_at(first, "path"), "playground/TestDemoSupervisor/:pair");
    live_disconnect(own);
}

// ---- a storm ---------------------------------------------------------------------------------

// What the node recorded: for each child its pids in order.
static json_t *lives_of_children(const json_t *starts) {
    json_t *lives = keep(json_object());
    for (size_t i = 0; i < json_array_size(starts); i++) {
        const json_t *start = json_array_get(starts, i);
        const char *key = text("%s/%lld", json_string_value(json_array_get(start, 0)),
                (long long)json_integer_value(json_array_get(start, 1)));
        json_t *pids = json_object_get(lives, key);
        if (pids == NULL) {
            pids = json_array();
            json_object_set_new(lives, key, pids);
        }
        json_array_append(pids, json_array_get(start, 2));
    }
    return lives;
}

// Events by pid: {"#PID<…>": [EVENT…]}
static json_t *by_pid(const json_t *events, const char *type) {
    json_t *map = keep(json_object());
    for (size_t i = 0; i < json_array_size(events); i++) {
        json_t *event = json_array_get(events, i);
        const char *pid = string_at(event, "pid");
        if (strcmp(string_at(event, "type"), type) != 0) {
            continue;
        }
        if (json_object_get(map, pid) == NULL) {
            json_object_set_new(map, pid, json_array());
        }
        json_array_append(json_object_get(map, pid), event);
    }
    return map;
}

struct tally {
    int restarts;      // by the node's own record
    int exits_told;    // once, with the reason
    int restarts_told; // once, with the right new pid
};

static struct tally compare_with_record(struct live_client *by) {
    json_t *lives = lives_of_children(truth(target, "target_counted:starts()"));
    json_t *events = live_all(by, LOBBY, "event");
    json_t *exits = by_pid(events, "child_exited");
    json_t *restarts = by_pid(events, "child_restarted");
    struct tally tally = {0};
    const char *key;
    json_t *pids;
    json_object_foreach(lives, key, pids) {
        for (size_t i = 0; i + 1 < json_array_size(pids); i++) {
            const char *pid = json_string_value(json_array_get(pids, i));
            const json_t *exit_events = json_object_get(exits, pid);
            const json_t *restart_events = json_object_get(restarts, pid);
            tally.restarts++;
            tally.exits_told += json_array_size(exit_events) == 1 &&
                                strcmp(string_at(exit_events, "0.reason"), "killed") == 0;
            tally.restarts_told +=
                    json_array_size(restart_events) == 1 &&
                    json_equal(at(restart_events, "0.new_pid"), json_array_get(pids, i + 1)) &&
                    strcmp(string_at(restart_events, "0.child_id"), strchr(key, '/') + 1) == 0;
        }
    }
    return tally;
}

static void expect_all_told(struct live_client *by, int restarts) {
    struct tally tally = {0};
    int64_t end = now_ms() + 20000;
    do {
        for (int i = 0; i < 10; i++) {
            live_read(by, 20);
        }
        tally = compare_with_record(by);
    } while ((tally.restarts < restarts || tally.restarts_told < tally.restarts) && now_ms() < end);
    print_message("%d restarts, %d exits with their reason, %d restarts with the right new pid\n",
            tally.restarts, tally.exits_told, tally.restarts_told);
    assert_int_equal(tally.restarts, restarts);
    assert_int_equal(tally.exits_told, restarts);
    assert_int_equal(tally.restarts_told, restarts);
    assert_null(live_seen(by, LOBBY, "event", "{s:s}", "type", "events_lost"));
}

static void a_thousand_restarts_in_a_second_are_all_told(void **state) {
    (void)state;
    evaluate(
            target, "begin target_counted:start_record(), target_counted:supervisors(100, 10) end");
    known(daemon, "storm_100");
    struct live_client *own = live_connect(daemon);
    live_join(own, LOBBY, "{}");
    int took = atoi(evaluate(target, "target_counted:storm(100, 10)"));
    print_message("1000 were killed in %d ms\n", took);
    expect_all_told(own, 1000);
    live_disconnect(own);
}

static void the_same_child_killed_again_and_again_is_told_each_time(void **state) {
    (void)state;
    struct live_client *own = live_connect(daemon);
    live_join(own, LOBBY, "{}");
    evaluate(target, "begin unregister(target_record), target_counted:start_record(), "
                     "target_counted:chase(100, 3, 1) end"); // whose pids the record then has
    for (struct deadline d = deadline_in(10);
            !holds(target, "length(target_counted:starts()) =:= 100");) {
        deadline_wait(&d, "the restarts");
    }
    evaluate(target, "target_counted:chase(100, 3, 9)");
    expect_all_told(own, 900);
    live_disconnect(own);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_killed_worker_is_told_with_its_reason_and_its_successor),
            cmocka_unit_test(reasons_are_told_as_they_are),
            cmocka_unit_test(one_for_all_tells_all_children),
            cmocka_unit_test(rest_for_one_tells_the_child_and_those_after_it),
            cmocka_unit_test(dynamic_children_are_told),
            cmocka_unit_test(a_temporary_child_only_exits),
            cmocka_unit_test(a_transient_child_that_is_done_only_exits),
            cmocka_unit_test(children_started_by_hand_are_told),
            cmocka_unit_test(a_start_after_an_end_by_hand_is_no_restart),
            cmocka_unit_test(a_spent_budget_ends_the_supervisor),
            cmocka_unit_test(a_supervisor_below_another_is_restarted_with_all_it_has),
            cmocka_unit_test(a_node_that_logs_nothing_tells_all_the_same),
            cmocka_unit_test(kinds_of_elixir_are_told),
            cmocka_unit_test(a_thousand_restarts_in_a_second_are_all_told),
            cmocka_unit_test(the_same_child_killed_again_and_again_is_told_each_time),
    };
    return cmocka_run_group_tests_name("restarts", tests, set_up, harness_stop);
}
