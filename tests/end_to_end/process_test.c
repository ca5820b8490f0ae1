// One process: its details are those of process_info, its state that of the behaviour, its end as
// asked for; what cannot be known or must not be done is refused with a reason.
#include "end_to_end/harness.h"

#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, #{count => 42, list => [1, 2, 3]})");
    evaluate(target, "target:worker(gen_statem, machine, {data, 7})");
    evaluate(target, "target:worker(gen_event, manager, handled)");
    evaluate(target, "target:worker(gen_server, hider, {secret, password})");
    evaluate(target, "target:worker(gen_server, huge, binary:copy(<<0>>, 3000000))");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:plain(frozen), erlang:suspend_process(whereis(frozen))");
    evaluate(target, "target:worker(gen_server, asleep, x), sys:suspend(asleep)");
    evaluate(target, "target:worker(gen_server, busy, x), gen_server:cast(busy, wait)");
    evaluate(target, "begin target:worker(gen_server, full, x), gen_server:cast(full, wait), "
                     "[full ! N || N <- lists:seq(1, 2000)], ok end");
    evaluate(target, "target:supervisor(family, #{}, [target_worker:spec(son, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

// ---- details ---------------------------------------------------------------------------------

static void every_form_of_a_pid_means_the_process(void **state) {
    (void)state;
    json_t *pid = truth(target, "whereis(server)");
    const char *number = text("%.*s", (int)strlen(json_string_value(pid)) - 6,
            json_string_value(pid) + 5); // of "#PID<0.1.0>"
    const char *forms[] = {"server", ":server", number, text("%%3C%s%%3E", number),
            text("%%23PID%%3C%s%%3E", number)};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        json_t *process = data(daemon, "/api/v1/processes/%s", forms[i]);
        expect_same(at(process, "pid"), pid, forms[i]);
        assert_string_equal(string_at(process, "name"), "server");
    }
}

static void figures_are_those_of_process_info(void **state) {
    (void)state;
    static const char *const names[] = {"server", "machine", "manager", "plain", "family"};
    static const char *const keys[] = {"total_heap_size", "heap_size", "stack_size",
            "message_queue_len", "status", "current_function", "initial_call"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *have = data(daemon, "/api/v1/processes/%s", names[i]);
        json_t *want = truth(target,
                "target:process(whereis(%s), [memory, total_heap_size, heap_size, stack_size, "
                "message_queue_len, status, current_function, initial_call])",
                names[i]);
        for (size_t k = 0; k < sizeof keys / sizeof keys[0]; k++) {
            expect_same(at(have, text("performance.%s", keys[k])), at(want, keys[k]),
                    text("%s of %s", keys[k], names[i]));
        }
        int64_t memory = integer_at(want, "memory");
        assert_true(llabs(integer_at(have, "performance.memory") - memory) <= 4096);
    }
}

static void configuration_is_that_of_process_info(void **state) {
    (void)state;
    json_t *want = truth(target,
            "begin {_, G} = process_info(whereis(family), garbage_collection), maps:from_list("
            "process_info(whereis(family), [trap_exit, priority, message_queue_data]) ++ "
            "[lists:keyfind(K, 1, G) || K <- [min_heap_size, min_bin_vheap_size, "
            "fullsweep_after]]) end");
    json_t *have = data(daemon, "/api/v1/processes/family");
    expect_same(at(have, "configuration"), want, "configuration");
}

static void links_and_monitors_are_those_of_process_info(void **state) {
    (void)state;
    evaluate(target, "begin W = spawn(fun() -> monitor(process, son), link(whereis(plain)), "
                     "receive stop -> ok end end), register(watcher, W) end");
    static const char *const names[] = {"family", "son", "watcher", "plain", "kernel_sup"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *have = data(daemon, "/api/v1/processes/%s?include=links,monitors", names[i]);
        json_t *want = truth(
                target, "target:process(whereis(%s), [links, monitors, monitored_by])", names[i]);
        expect_same_set(at(have, "links"), at(want, "links"), text("links of %s", names[i]));
        expect_same_set(at(have, "monitors"), at(want, "monitors"), text("by %s", names[i]));
        expect_same_set(
                at(have, "monitored_by"), at(want, "monitored_by"), text("of %s", names[i]));
    }
}

static void dictionary_and_stack_are_those_of_process_info(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/son?include=dictionary,stack_trace");
    json_t *keys = truth(target,
            "[atom_to_binary(K) || {K, _} <- element(2, process_info(whereis(son), dictionary))]");
    json_t *have_keys = keep(json_array());
    size_t index;
    json_t *row;
    json_array_foreach(at(have, "dictionary"), index, row) {
        json_array_append(have_keys, at(row, "key.$atom"));
    }
    expect_same_set(have_keys, keys, "keys of the dictionary");
    json_t *frames = truth(target,
            "[iolist_to_binary(io_lib:format(\"~s.~s/~b\", [M, F, A])) || {M, F, A, _} <- "
            "element(2, process_info(whereis(son), current_stacktrace))]");
    expect_same(pluck(at(have, "stack_trace"), "function"), frames, "stack");
}

static void parts_come_only_when_asked_for(void **state) {
    (void)state;
    static const char *const parts[] = {
            "links", "monitors", "monitored_by", "dictionary", "stack_trace", "state"};
    json_t *process = data(daemon, "/api/v1/processes/server");
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        assert_null(json_object_get(process, parts[i]));
    }
}

static void an_unreadable_state_does_not_spoil_the_details(void **state) {
    (void)state;
    json_t *process = data(daemon, "/api/v1/processes/plain?include=state,links");
    assert_true(json_is_null(json_object_get(process, "state")));
    assert_string_equal(string_at(process, "state_error.code"), "state_not_available");
    process = data(daemon, "/api/v1/processes/server?include=state");
    assert_int_equal(integer_at(process, "state.count"), 42);
}

static void who_supervises_is_told(void **state) {
    (void)state;
    get(daemon, 200, "/api/v1/processes?fresh=true");
    json_t *son = data(daemon, "/api/v1/processes/son");
    assert_true(true_at(son, "supervised"));
    expect_same(at(son, "supervisor_pid"), truth(target, "whereis(family)"), "supervisor");
    assert_false(true_at(data(daemon, "/api/v1/processes/server"), "supervised"));
}

// ---- state -----------------------------------------------------------------------------------

static void states_of_behaviours_are_told(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/server/state");
    assert_int_equal(integer_at(have, "state.count"), 42);
    assert_int_equal(integer_at(have, "state.list.2"), 3);
    assert_string_equal(string_at(have, "behavior"), "gen_server");
    assert_string_equal(string_at(have, "sys_state"), "running");
    have = data(daemon, "/api/v1/processes/machine/state");
    assert_string_equal(string_at(have, "state_inspect"), "{:open, {:data, 7}}");
    have = data(daemon, "/api/v1/processes/manager/state");
    assert_non_null(strstr(string_at(have, "state_inspect"), ":handled"));
    assert_non_null(strstr(string_at(have, "state_inspect"), ":target_event"));
}

static void what_format_status_hides_stays_hidden(void **state) {
    (void)state;
    struct reply reply = request(daemon, "GET", NULL, "/api/v1/processes/hider/state");
    assert_int_equal(reply.status, 200);
    assert_null(strstr(reply.body, "password"));
}

static void a_suspended_behaviour_still_tells_its_state(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/asleep/state");
    assert_string_equal(string_at(have, "sys_state"), "suspended");
}

static void processes_that_understand_no_system_message_get_none(void **state) {
    (void)state;
    static const char *const names[] = {"plain", "init", "frozen"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        const char *length =
                text("element(2, process_info(whereis(%s), message_queue_len)) =:= 0", names[i]);
        struct reply reply = request(daemon, "GET", NULL, "/api/v1/processes/%s/state", names[i]);
        assert_int_equal(reply.status, 422);
        assert_true(holds(target, "%s", length));
    }
    refused(request(daemon, "GET", NULL, "/api/v1/processes/plain/state"), 422,
            "state_not_available");
}

static void a_large_state_is_refused_with_size_and_limit(void **state) {
    (void)state;
    json_t *details = refused(
            request(daemon, "GET", NULL, "/api/v1/processes/huge/state"), 422, "state_too_large");
    assert_true(integer_at(details, "size") > 3000000);
    assert_int_equal(integer_at(details, "limit"), 1048576);
    details = refused(request(daemon, "GET", NULL, "/api/v1/processes/server/state?max_bytes=10"),
            422, "state_too_large");
    assert_int_equal(integer_at(details, "limit"), 10);
    get(daemon, 200, "/api/v1/processes/huge/state?max_bytes=8000000");
}

static void a_busy_process_is_refused_and_the_question_leaves_no_trace(void **state) {
    (void)state;
    refused(request(daemon, "GET", NULL, "/api/v1/processes/busy/state?timeout_ms=100"), 422,
            "process_busy");
    json_t *details = refused(
            request(daemon, "GET", NULL, "/api/v1/processes/full/state"), 422, "process_busy");
    assert_int_equal(integer_at(details, "queue_length"), 2000);
    assert_true(
            holds(target, "element(2, process_info(whereis(full), message_queue_len)) =:= 2000"));
    evaluate(target, "busy ! go");
    get(daemon, 200, "/api/v1/processes/busy/state");
}

// ---- exit ------------------------------------------------------------------------------------

static void a_dry_run_sends_nothing(void **state) {
    (void)state;
    evaluate(target, "target:plain(victim)");
    struct reply reply = request(daemon, "DELETE", NULL, "/api/v1/processes/victim?dry_run=true");
    assert_int_equal(reply.status, 200);
    assert_true(true_at(reply.json, "data.dry_run"));
    assert_false(true_at(reply.json, "data.sent"));
    assert_true(holds(target, "is_process_alive(whereis(victim))"));
}

static void a_killed_process_is_dead(void **state) {
    (void)state;
    struct reply reply = request(daemon, "DELETE", NULL, "/api/v1/processes/victim");
    assert_int_equal(reply.status, 200);
    assert_true(json_is_false(at(reply.json, "data.alive")));
    assert_string_equal(string_at(reply.json, "data.exit_reason"), "killed");
    assert_true(holds(target, "whereis(victim) =:= undefined"));
    refused(request(daemon, "DELETE", NULL, "/api/v1/processes/victim"), 404, "process_not_found");
}

static void a_reason_is_what_the_process_sees(void **state) {
    (void)state;
    evaluate(target, "target:plain(victim)");
    struct reply reply =
            request(daemon, "DELETE", NULL, "/api/v1/processes/victim?reason=shutdown");
    assert_string_equal(string_at(reply.json, "data.exit_reason"), "shutdown");
    evaluate(target, "target:plain(victim)");
    reply = request(daemon, "DELETE", NULL, "/api/v1/processes/victim?reason=normal&wait_ms=50");
    assert_true(true_at(reply.json, "data.alive")); // normal from others is ignored
    evaluate(target, "begin {A, _} = {erlang:system_info(atom_count), 1}, atoms_before end");
    reply = request(
            daemon, "DELETE", NULL, "/api/v1/processes/victim?reason=%s", unique("no_atom"));
    assert_in_range(reply.status, 400, 422);
    assert_true(holds(target, "erlang:system_info(atom_count) =:= A"));
    assert_true(holds(target, "is_process_alive(whereis(victim))"));
}

static void processes_of_the_runtime_are_protected(void **state) {
    (void)state;
    // Asked without harm: what would be refused is refused in a dry run too.
    static const char *const names[] = {"init", "kernel_sup", "code_server",
            "application_controller", "logger", "net_kernel", "global_name_server", "rex",
            "erl_prim_loader", "user", "file_server_2", "erts_code_purger", "whitebeam_keeper"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *before = truth(target, "whereis(%s)", names[i]);
        struct reply reply =
                request(daemon, "DELETE", NULL, "/api/v1/processes/%s?dry_run=true", names[i]);
        if (reply.status != 403) {
            fail_msg("DELETE %s?dry_run=true: %s%s", names[i], reply.head, reply.body);
        }
        refused(reply, 403, "protected_process");
        expect_same(truth(target, "whereis(%s)", names[i]), before, names[i]);
    }
}

static void dead_and_unknown_processes_are_not_found(void **state) {
    (void)state;
    json_t *pid = truth(target, "begin D = spawn(fun() -> ok end), M = monitor(process, D), "
                                "receive {'DOWN', M, _, _, _} "
                                "-> list_to_binary(pid_to_list(D) -- \"<>\") end end");
    const char *dead = json_string_value(pid);
    refused(request(daemon, "GET", NULL, "/api/v1/processes/%s", dead), 404, "process_not_found");
    refused(request(daemon, "GET", NULL, "/api/v1/processes/%s/state", dead), 404,
            "process_not_found");
    refused(request(daemon, "DELETE", NULL, "/api/v1/processes/%s", dead), 404,
            "process_not_found");
    refused(request(daemon, "GET", NULL, "/api/v1/processes/nobody_here"), 404,
            "process_not_found");
    refused(request(daemon, "GET", NULL, "/api/v1/processes/0.30000.1"), 404, "process_not_found");
}

static void what_is_no_pid_of_the_node_is_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"0.1", "%3C1.50.0%3E", "%3C0.50%3E", "0.99999999999999.0",
            "%23PID%3C%3E", "1234", "%3C0.-1.0%3E"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reply reply = request(daemon, "GET", NULL, "/api/v1/processes/%s", texts[i]);
        json_t *details = refused(reply, 400, "invalid_pid");
        assert_string_equal(string_at(details, "field"), "pid");
    }
}

static void unknown_names_make_no_atoms(void **state) {
    (void)state;
    json_t *before = truth(target, "erlang:system_info(atom_count)");
    for (int i = 0; i < 10; i++) {
        refused(request(daemon, "GET", NULL, "/api/v1/processes/%s", unique("nobody")), 404,
                "process_not_found");
        refused(request(daemon, "GET", NULL, "/api/v1/processes/Nobody.%s", unique("Never")), 404,
                "process_not_found");
    }
    expect_same(truth(target, "erlang:system_info(atom_count)"), before, "atoms");
}

static void pids_that_no_node_can_have_do_not_cost_the_connection(void **state) {
    (void)state;
    static const char *const texts[] = {"0.32768.0", "0.134217727.0", "0.268435455.0",
            "0.4294967295.0", "0.1.8191", "0.1.4294967295", "0.268435455.8191"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct reply reply = request(daemon, "GET", NULL, "/api/v1/processes/%s", texts[i]);
        if (reply.status != 404 && reply.status != 400) {
            fail_msg("GET %s: %s%s", texts[i], reply.head, reply.body);
        }
    }
    get(daemon, 200, "/api/v1/processes/server");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_form_of_a_pid_means_the_process),
            cmocka_unit_test(figures_are_those_of_process_info),
            cmocka_unit_test(configuration_is_that_of_process_info),
            cmocka_unit_test(links_and_monitors_are_those_of_process_info),
            cmocka_unit_test(dictionary_and_stack_are_those_of_process_info),
            cmocka_unit_test(parts_come_only_when_asked_for),
            cmocka_unit_test(an_unreadable_state_does_not_spoil_the_details),
            cmocka_unit_test(who_supervises_is_told),
            cmocka_unit_test(states_of_behaviours_are_told),
            cmocka_unit_test(what_format_status_hides_stays_hidden),
            cmocka_unit_test(a_suspended_behaviour_still_tells_its_state),
            cmocka_unit_test(processes_that_understand_no_system_message_get_none),
            cmocka_unit_test(a_large_state_is_refused_with_size_and_limit),
            cmocka_unit_test(a_busy_process_is_refused_and_the_question_leaves_no_trace),
            cmocka_unit_test(a_dry_run_sends_nothing),
            cmocka_unit_test(a_killed_process_is_dead),
            cmocka_unit_test(a_reason_is_what_the_process_sees),
            cmocka_unit_test(processes_of_the_runtime_are_protected),
            cmocka_unit_test(dead_and_unknown_processes_are_not_found),
            cmocka_unit_test(what_is_no_pid_of_the_node_is_refused),
            cmocka_unit_test(unknown_names_make_no_atoms),
            cmocka_unit_test(pids_that_no_node_can_have_do_not_cost_the_connection),
    };
    return cmocka_run_group_tests_name("process", tests, set_up, harness_stop);
}
