// Starting, ending and controlling processes: what an answer says is what the node itself says
// afterwards, and what cannot be done is refused and leaves everything as it was.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, #{count => 42})");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:supervisor(family, #{intensity => 100, period => 1}, "
                     "[target_worker:spec(son, #{}), target_worker:spec(daughter, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

// ---- helpers ---------------------------------------------------------------------------------

// An operation by its name.
static struct reply ask(const char *name, const char *arguments) {
    return request(daemon, "POST", arguments, "/api/v1/operations/%s", name);
}

// Its `data`; fails unless the answer is good.
static json_t *done(struct reply reply) {
    if (reply.status != 200 && reply.status != 201) {
        fail_msg("%s%s", reply.head, reply.body);
    }
    return at(reply.json, "data");
}

static json_t *operate(const char *name, const char *arguments) {
    return done(ask(name, arguments));
}

static json_t *pid_of(const char *name) {
    return truth(target, "whereis(%s)", name);
}

static bool lives(const char *name) {
    return holds(target, "is_pid(whereis(%s))", name);
}

static void release(json_t *lease) {
    struct reply reply =
            request(daemon, "DELETE", NULL, "/api/v1/leases/%d", (int)json_integer_value(lease));
    assert_true(true_at(reply.json, "data.released"));
}

static size_t lease_count(void) {
    return json_array_size(at(data(daemon, "/api/v1/leases"), "leases"));
}

// ---- starting --------------------------------------------------------------------------------

static void started_processes_run_until_their_lease_ends(void **state) {
    (void)state;
    static const char *const names[] = {"spawn_process", "spawn_link_process",
            "spawn_monitor_process", "start_process", "start_link_process",
            "start_monitor_process"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *name = text("started_%zu", i);
        evaluate(target, "%s", name); // so that the node knows the atom
        json_t *started = operate(names[i],
                text("{\"module\": \"target\", \"function\": \"acknowledged\", \"arguments\": "
                     "\"[%s]\"}",
                        name));
        for (struct deadline d = deadline_in(10); !lives(name); deadline_wait(&d, name)) {
        }
        expect_same(at(started, "pid"), pid_of(name), names[i]);
        bool linked = strstr(names[i], "link") != NULL;
        assert_int_equal(true_at(started, "linked"), linked);
        assert_int_equal(true_at(started, "monitored"), strstr(names[i], "monitor") != NULL);
        assert_true(
                holds(target, "(length(element(2, process_info(whereis(%s), links))) > 0) =:= %s",
                        name, linked ? "true" : "false"));
        assert_int_equal(lease_count(), 1);
        release(at(started, "lease"));
        assert_false(lives(name));
        assert_int_equal(lease_count(), 0);
    }
}

static void a_start_function_starts_a_server(void **state) {
    (void)state;
    evaluate(target, "started_server"); // so that the node knows the atom
    json_t *started = operate("start_link_process",
            "{\"module\": \"target_worker\", \"function\": \"start_link\", \"arguments\": "
            "\"[:gen_server, :started_server, 7]\", \"as\": \"start_function\"}");
    expect_same(at(started, "pid"), pid_of("started_server"), "pid");
    assert_true(holds(target, "sys:get_state(started_server) =:= 7"));
    release(at(started, "lease"));
    assert_false(lives("started_server"));
}

static void what_cannot_be_started_is_refused(void **state) {
    (void)state;
    json_t *before = truth(target, "length(processes())");
    refused(ask("spawn_process", "{\"module\": \"target\", \"function\": \"acknowledged\"}"), 404,
            "item_not_found");
    refused(ask("spawn_process", "{\"module\": \"target\", \"function\": \"acknowledged\", "
                                 "\"arguments\": \"no_list_at_all_here\"}"),
            422, "unknown_atom");
    refused(ask("spawn_process", "{\"module\": \"target\", \"function\": \"acknowledged\", "
                                 "\"arguments\": \"{:ok}\"}"),
            400, "invalid_parameter");
    json_t *details = refused(ask("start_process", "{\"module\": \"timer\", \"function\": "
                                                   "\"sleep\", \"arguments\": \"[:infinity]\", "
                                                   "\"timeout_ms\": 50}"),
            422, "call_timeout");
    assert_string_equal(string_at(details, "closest"), "spawn_process");
    expect_same(truth(target, "length(processes())"), before, "processes");
}

// ---- ending ----------------------------------------------------------------------------------

static void a_killed_child_is_followed_by_another(void **state) {
    (void)state;
    static const char *const paths[] = {"/api/v1/processes/son/kill", "/api/processes/son/kill"};
    for (size_t i = 0; i < 2; i++) {
        json_t *before = pid_of("son");
        json_t *killed = done(request(daemon, "POST", NULL, "%s", paths[i]));
        expect_same(at(killed, "pid"), before, "killed");
        assert_true(true_at(killed, "ended"));
        assert_string_equal(string_at(killed, "reason"), ":killed");
        assert_string_equal(string_at(killed, "child"), ":son");
        expect_same(at(killed, "supervisor"), pid_of("family"), "supervisor");
        expect_same(at(killed, "restarted_as"), pid_of("son"), "successor");
    }
}

static void a_dry_run_ends_nothing(void **state) {
    (void)state;
    static const char *const names[] = {
            "kill_process", "send_exit_signal", "shutdown_process", "terminate_process_tree"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *before = pid_of("son");
        json_t *dry = operate(names[i], "{\"pid\": \"son\", \"dry_run\": true}");
        assert_true(true_at(dry, "dry_run"));
        expect_same(pid_of("son"), before, names[i]);
    }
}

static void the_runtime_is_protected(void **state) {
    (void)state;
    static const char *const names[] = {"kill_process", "send_exit_signal", "shutdown_process",
            "terminate_process_tree", "suspend_process", "garbage_collect_process"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        refused(ask(names[i], "{\"pid\": \"kernel_sup\"}"), 403, "protected_process");
        refused(ask(names[i], "{\"pid\": \"nobody_is_here\"}"), 404, "process_not_found");
    }
}

static void a_signal_is_sent_now_or_later_or_not_at_all(void **state) {
    (void)state;
    evaluate(target, "target:plain(victim)");
    json_t *ignored = done(
            request(daemon, "POST", "{\"signal\": \"normal\"}", "/api/v1/processes/victim/signal"));
    assert_true(json_is_false(at(ignored, "ended")));
    assert_non_null(strstr(string_at(ignored, "why"), "normal"));
    json_t *later = done(request(daemon, "POST", "{\"signal\": \"shutdown\", \"delay_ms\": 600000}",
            "/api/v1/processes/victim/signal"));
    release(at(later, "lease"));
    assert_true(lives("victim"));
    done(request(daemon, "POST", "{\"signal\": \"{:shutdown, :now}\", \"delay_ms\": 20}",
            "/api/v1/processes/victim/signal"));
    for (struct deadline d = deadline_in(10); lives("victim"); deadline_wait(&d, "the signal")) {
    }
}

static void a_reason_that_is_trapped_is_told(void **state) {
    (void)state;
    json_t *details =
            refused(request(daemon, "POST", "{\"reason\": \"shutdown\", \"timeout_ms\": 50}",
                            "/api/v1/processes/family/kill"),
                    422, "call_timeout");
    assert_non_null(strstr(string_at(details, "closest"), "kill_process"));
    assert_true(lives("family"));
    evaluate(target, "target:plain(victim)");
    refused(request(daemon, "POST", text("{\"reason\": \"%s\"}", unique("no_atom")),
                    "/api/v1/processes/victim/kill"),
            422, "unknown_atom");
    assert_true(lives("victim"));
}

static void a_shutdown_runs_in_the_way_that_was_asked_for(void **state) {
    (void)state;
    json_t *by_signal = done(request(daemon, "POST", NULL, "/api/v1/processes/victim/shutdown"));
    assert_string_equal(string_at(by_signal, "method"), "exit_signal");
    assert_false(lives("victim"));
    json_t *asked = done(request(daemon, "POST", NULL, "/api/v1/processes/daughter/shutdown"));
    assert_string_equal(string_at(asked, "method"), "system_message");
    expect_same(at(asked, "restarted_as"), pid_of("daughter"), "successor");
    json_t *for_good = done(request(
            daemon, "POST", "{\"method\": \"supervisor\"}", "/api/v1/processes/daughter/shutdown"));
    assert_true(json_is_null(at(for_good, "restarted_as")));
    assert_false(lives("daughter"));
    evaluate(target, "supervisor:restart_child(family, daughter)");
    refused(request(daemon, "POST", "{\"method\": \"supervisor\"}",
                    "/api/v1/processes/plain/shutdown"),
            422, "operation_refused");
}

static void a_tree_ends_as_its_dry_run_says(void **state) {
    (void)state;
    evaluate(target, "begin target:supervisor(clan, #{}, [target_worker:spec(uncle, #{})]), "
                     "spawn(fun() -> link(whereis(uncle)), register(friend, self()), "
                     "receive stop -> ok end end), ok end");
    for (struct deadline d = deadline_in(10); !lives("friend"); deadline_wait(&d, "friend")) {
    }
    json_t *want = truth(target, "[whereis(clan), whereis(uncle), whereis(friend)]");
    json_t *dry = done(request(
            daemon, "POST", "{\"dry_run\": true}", "/api/v1/processes/clan/terminate_tree"));
    expect_same(pluck(at(dry, "processes"), "pid"), want, "to be ended");
    assert_true(lives("clan") && lives("uncle") && lives("friend"));
    refused(request(daemon, "POST", "{\"limit\": 2}", "/api/v1/processes/clan/terminate_tree"), 422,
            "state_too_large");
    json_t *ended = done(request(daemon, "POST", NULL, "/api/v1/processes/clan/terminate_tree"));
    expect_same(pluck(at(ended, "processes"), "pid"), want, "ended");
    assert_int_equal(integer_at(ended, "ended"), 3);
    assert_false(lives("clan") || lives("uncle") || lives("friend"));
}

// ---- stopping --------------------------------------------------------------------------------

static bool is_suspended(const char *name) {
    return holds(target, "process_info(whereis(%s), status) =:= {status, suspended}", name);
}

static void a_process_is_stopped_until_it_is_resumed(void **state) {
    (void)state;
    json_t *stopped = done(request(daemon, "POST", NULL, "/api/v1/processes/plain/suspend"));
    assert_true(true_at(stopped, "suspended"));
    assert_true(is_suspended("plain"));
    json_t *details = refused(
            request(daemon, "POST", NULL, "/api/v1/processes/plain/suspend"), 409, "conflict");
    assert_int_equal(integer_at(details, "lease"), integer_at(stopped, "lease"));
    json_t *resumed = done(request(daemon, "POST", NULL, "/api/v1/processes/plain/resume"));
    assert_true(json_is_false(at(resumed, "suspended")));
    assert_false(is_suspended("plain"));
    refused(request(daemon, "POST", NULL, "/api/v1/processes/plain/resume"), 409, "conflict");
    operate("pause_process_scheduling", "{\"pid\": \"plain\"}");
    assert_true(is_suspended("plain"));
    operate("resume_process_scheduling", "{\"pid\": \"plain\"}");
    assert_false(is_suspended("plain"));
}

static void a_server_is_stopped_between_messages(void **state) {
    (void)state;
    done(request(daemon, "POST", "{\"mode\": \"system\"}", "/api/v1/processes/server/suspend"));
    assert_string_equal(
            string_at(data(daemon, "/api/v1/processes/server/state"), "sys_state"), "suspended");
    refused(request(daemon, "POST", "{\"message\": \"ok\"}", "/api/v1/processes/server/call"), 422,
            "process_busy");
    done(request(daemon, "POST", NULL, "/api/v1/processes/server/resume"));
    assert_true(holds(target, "gen_server:call(server, x) =:= ok"));
    refused(request(daemon, "POST", "{\"mode\": \"system\"}", "/api/v1/processes/plain/suspend"),
            422, "state_not_available");
}

static void suspensions_end_by_themselves_and_at_detach(void **state) {
    (void)state;
    done(request(daemon, "POST", "{\"duration_ms\": 20}", "/api/v1/processes/plain/suspend"));
    for (struct deadline d = deadline_in(10); is_suspended("plain"); deadline_wait(&d, "its end")) {
    }
    done(request(daemon, "POST", NULL, "/api/v1/processes/plain/suspend"));
    detach(daemon, target);
    assert_false(is_suspended("plain"));
    attach(daemon, target);
}

// ---- control ---------------------------------------------------------------------------------

static void the_priority_is_the_nodes(void **state) {
    (void)state;
    json_t *changed = done(
            request(daemon, "PUT", "{\"priority\": \"low\"}", "/api/v1/processes/server/priority"));
    assert_string_equal(string_at(changed, "before"), "normal");
    assert_true(holds(target, "process_info(whereis(server), priority) =:= {priority, low}"));
    refused(request(daemon, "PUT", "{\"priority\": \"max\"}", "/api/v1/processes/server/priority"),
            422, "operation_refused");
    refused(request(daemon, "PUT", "{\"priority\": \"low\"}", "/api/v1/processes/plain/priority"),
            422, "operation_refused");
    assert_true(holds(target, "process_info(whereis(plain), priority) =:= {priority, normal}"));
}

static void a_process_is_bound_and_let_go(void **state) {
    (void)state;
    json_t *pinned = done(
            request(daemon, "PUT", "{\"scheduler\": 1}", "/api/v1/processes/server/scheduler"));
    assert_int_equal(integer_at(pinned, "scheduler"), 1);
    json_t *let_go = done(request(daemon, "DELETE", NULL, "/api/v1/processes/server/scheduler"));
    assert_true(true_at(let_go, "was_pinned"));
    json_t *moved =
            done(request(daemon, "POST", "{\"scheduler\": 1}", "/api/v1/processes/server/migrate"));
    assert_int_equal(integer_at(moved, "scheduler"), 1);
    assert_true(json_is_false(at(moved, "pinned")));
    refused(request(daemon, "PUT", "{\"scheduler\": 1024}", "/api/v1/processes/server/scheduler"),
            400, "invalid_parameter");
}

static void garbage_goes(void **state) {
    (void)state;
    static const char *const routes[] = {"garbage_collect", "compact_heap"};
    for (size_t i = 0; i < 2; i++) {
        evaluate(target, "gen_server:call(server, {echo, lists:seq(1, 100000)})");
        json_t *collected =
                done(request(daemon, "POST", NULL, "/api/v1/processes/server/%s", routes[i]));
        assert_true(integer_at(collected, "freed_bytes") > 100000);
        json_t *memory = truth(target, "element(2, process_info(whereis(server), memory))");
        expect_same(at(collected, "after.memory"), memory, "memory");
    }
}

static void a_server_hibernates_and_wakes(void **state) {
    (void)state;
    evaluate(target, "begin {ok, S} = target_worker:start_link(gen_server, sleeper, x), "
                     "unlink(S) end");
    json_t *asleep = done(request(daemon, "POST", NULL, "/api/v1/processes/sleeper/hibernate"));
    assert_true(true_at(asleep, "hibernates"));
    assert_true(integer_at(asleep, "after_bytes") < integer_at(asleep, "before_bytes"));
    json_t *woken = done(request(daemon, "POST", NULL, "/api/v1/processes/sleeper/wake"));
    assert_true(true_at(woken, "woken"));
    assert_true(holds(target, "gen_server:call(sleeper, {echo, 7}) =:= 7"));
    refused(request(daemon, "POST", NULL, "/api/v1/processes/sleeper/wake"), 409, "conflict");
    json_t *details = refused(request(daemon, "POST", NULL, "/api/v1/processes/plain/hibernate"),
            422, "operation_refused");
    assert_string_equal(string_at(details, "closest"), "garbage_collect_process");
}

static void a_backtrace_is_that_of_the_node(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/son/backtrace");
    json_t *want = truth(target,
            "[iolist_to_binary(io_lib:format(\"~s.~s/~b\", [M, F, A])) || {M, F, A, _} <- "
            "element(2, process_info(whereis(son), current_stacktrace))]");
    expect_same(pluck(at(have, "frames"), "function"), want, "frames");
    assert_non_null(strstr(string_at(have, "functions.0"), "gen_server:loop/"));
    assert_true(true_at(have, "complete"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(started_processes_run_until_their_lease_ends),
            cmocka_unit_test(a_start_function_starts_a_server),
            cmocka_unit_test(what_cannot_be_started_is_refused),
            cmocka_unit_test(a_killed_child_is_followed_by_another),
            cmocka_unit_test(a_dry_run_ends_nothing),
            cmocka_unit_test(the_runtime_is_protected),
            cmocka_unit_test(a_signal_is_sent_now_or_later_or_not_at_all),
            cmocka_unit_test(a_reason_that_is_trapped_is_told),
            cmocka_unit_test(a_shutdown_runs_in_the_way_that_was_asked_for),
            cmocka_unit_test(a_tree_ends_as_its_dry_run_says),
            cmocka_unit_test(a_process_is_stopped_until_it_is_resumed),
            cmocka_unit_test(a_server_is_stopped_between_messages),
            cmocka_unit_test(suspensions_end_by_themselves_and_at_detach),
            cmocka_unit_test(the_priority_is_the_nodes),
            cmocka_unit_test(a_process_is_bound_and_let_go),
            cmocka_unit_test(garbage_goes),
            cmocka_unit_test(a_server_hibernates_and_wakes),
            cmocka_unit_test(a_backtrace_is_that_of_the_node),
    };
    return cmocka_run_group_tests_name("lifecycle operations", tests, set_up, harness_stop);
}
