// Nothing is left on a node when nobody watches it any more, however the watching ended.
#include "end_to_end/harness.h"

#include <signal.h>

static struct target *target;
static json_t *untouched; // before the first attach
static int64_t atoms;     // after the first detach

static json_t *snapshot(void) {
    return truth(target, "target:snapshot()");
}

static int64_t count_atoms(void) {
    return json_integer_value(truth(target, "erlang:system_info(atom_count)"));
}

// The agent has at most 10 s (5 s without a heartbeat, and as much again).
static void expect_untouched(void) {
    struct deadline d = deadline_in(10);
    json_t *now = snapshot();
    while (!json_equal(now, untouched) && now_ms() < d.end) {
        deadline_wait(&d, "the node as it was before");
        now = snapshot();
    }
    const char *key;
    json_t *was;
    json_object_foreach(untouched, key, was) {
        expect_same(json_object_get(now, key), was, key);
    }
}

static void look_around(struct daemon *daemon) {
    get(daemon, 200, "/api/v1/processes?fresh=true&per_page=200&name_pattern=k");
    get(daemon, 200,
            "/api/v1/processes/worker?include=state,links,monitors,dictionary,stack_trace");
    get(daemon, 200, "/api/v1/processes/worker/state");
    get(daemon, 200, "/api/v1/supervisors?fresh=true&include=children");
    get(daemon, 200, "/api/v1/supervisors/family/tree");
    get(daemon, 200, "/api/v1/system/health");
    get(daemon, 404, "/api/v1/processes/nobody_is_called_so");
    request(daemon, "DELETE", NULL, "/api/v1/processes/worker?dry_run=true");
}

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, worker, x)");
    evaluate(target, "target:supervisor(family, #{}, [target_worker:spec(son, #{})])");
    evaluate(target,
            "logger:add_handler(mine, logger_std_h, #{config => #{type => standard_error}})");
    evaluate(target, "logger:add_primary_filter(mine, {fun(_, _) -> ignore end, []})");
    snapshot(); // loads what it needs
    count_atoms();
    untouched = snapshot();
    return 0;
}

static void detaching_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target);
    look_around(daemon);
    assert_false(json_equal(snapshot(), untouched)); // otherwise the comparison proves nothing
    detach(daemon, target);
    expect_untouched();
    assert_int_equal(json_array_size(data(daemon, "/api/v1/nodes")), 0);
    refused(request(daemon, "GET", NULL, "/api/v1/processes"), 503, "no_node");
    atoms = count_atoms();
}

static void later_attaches_make_no_atoms(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target); // another daemon, another name
    look_around(daemon);
    detach(daemon, target);
    expect_untouched();
    atoms = count_atoms();
    for (int i = 0; i < 10; i++) {
        attach(daemon, target);
        look_around(daemon);
        detach(daemon, target);
        expect_untouched();
        assert_int_equal(count_atoms(), atoms);
    }
}

static void detaching_at_once_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    for (int i = 0; i < 5; i++) {
        attach(daemon, target);
        detach(daemon, target);
    }
    expect_untouched();
}

static void sigterm_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target);
    look_around(daemon);
    daemon_signal(daemon, SIGTERM);
    expect_untouched();
}

static void sigkill_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target);
    look_around(daemon);
    daemon_signal(daemon, SIGKILL);
    expect_untouched();
}

static void sigstop_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target);
    look_around(daemon);
    daemon_signal(daemon, SIGSTOP);
    expect_untouched();
    // Awake again it notices, and attaches again by itself.
    daemon_signal(daemon, SIGCONT);
    for (struct deadline d = deadline_in(20);
            request(daemon, "GET", NULL, "/api/v1/processes?fresh=true").status != 200;) {
        deadline_wait(&d, "the node being attached again");
    }
    detach(daemon, target);
    expect_untouched();
}

static void sigkill_while_a_question_is_open_leaves_the_node_as_it_was(void **state) {
    (void)state;
    struct daemon *daemon = daemon_start();
    attach(daemon, target);
    evaluate(target,
            "target:supervisor(slow, #{}, []), spawn(fun() -> supervisor:start_child(slow, "
            "target_worker:slow(sleeper, #{})) end)");
    for (struct deadline d = deadline_in(5); !holds(target, "is_pid(whereis(sleeper))");) {
        deadline_wait(&d, "the slow child");
    }
    refused(request(daemon, "GET", NULL, "/api/v1/processes/slow/state?timeout_ms=50"), 422,
            "process_busy");
    get(daemon, 200, "/api/v1/supervisors?fresh=true");
    daemon_signal(daemon, SIGKILL);
    for (struct deadline d = deadline_in(10);
            !holds(target, "not lists:any(fun(M) -> lists:prefix(\"whitebeam\", "
                           "atom_to_list(M)) end, erlang:loaded())");) {
        deadline_wait(&d, "the agent's modules being removed");
    }
    // The question is still in the mailbox and finds no agent: the supervisor survives it.
    evaluate(target, "sleeper ! go");
    for (struct deadline d = deadline_in(5);
            !holds(target, "length(supervisor:which_children(slow)) =:= 1");) {
        deadline_wait(&d, "the supervisor's answer");
    }
    evaluate(target,
            "begin M = monitor(process, slow), exit(whereis(slow), kill), receive {'DOWN', "
            "M, _, _, _} -> ok end end");
    for (struct deadline d = deadline_in(5); holds(target, "is_pid(whereis(sleeper))");) {
        deadline_wait(&d, "the end of the child");
    }
    expect_untouched();
}

static void one_of_two_daemons_leaves_and_the_other_still_works(void **state) {
    (void)state;
    struct daemon *first = daemon_start();
    struct daemon *second = daemon_start();
    for (int i = 0; i < 3; i++) {
        attach(first, target);
        attach(second, target);
        look_around(first);
        look_around(second);
        detach(first, target);
        look_around(second);
        detach(second, target);
        expect_untouched();
    }
    attach(first, target);
    attach(second, target);
    daemon_signal(first, SIGKILL);
    look_around(second);
    daemon_signal(second, SIGTERM);
    expect_untouched();
}

static void the_nodes_own_work_goes_on_undisturbed(void **state) {
    (void)state;
    assert_true(holds(target, "gen_server:call(worker, hello) =:= ok"));
    assert_true(holds(target, "length(supervisor:which_children(family)) =:= 1"));
    assert_true(holds(target, "lists:member(mine, logger:get_handler_ids())"));
    assert_true(
            holds(target, "element(2, process_info(whereis(worker), message_queue_len)) =:= 0"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(detaching_leaves_the_node_as_it_was),
            cmocka_unit_test(later_attaches_make_no_atoms),
            cmocka_unit_test(detaching_at_once_leaves_the_node_as_it_was),
            cmocka_unit_test(sigterm_leaves_the_node_as_it_was),
            cmocka_unit_test(sigkill_leaves_the_node_as_it_was),
            cmocka_unit_test(sigstop_leaves_the_node_as_it_was),
            cmocka_unit_test(sigkill_while_a_question_is_open_leaves_the_node_as_it_was),
            cmocka_unit_test(one_of_two_daemons_leaves_and_the_other_still_works),
            cmocka_unit_test(the_nodes_own_work_goes_on_undisturbed),
    };
    return cmocka_run_group_tests_name("detach", tests, set_up, harness_stop);
}
