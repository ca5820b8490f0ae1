// Supervisors: flags, children, counts and trees are those of the node, restarts are seen, and one
// that does not answer does not hold up the others.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target,
            "target:supervisor(ones, #{strategy => one_for_one, intensity => 3, period => 7}, "
            "[target_worker:spec(a1, #{restart => permanent, shutdown => 1234}), "
            "target_worker:spec(a2, #{restart => transient, shutdown => brutal_kill}), "
            "target_worker:spec(a3, #{restart => temporary, shutdown => infinity})])");
    evaluate(target,
            "target:supervisor(alls, #{strategy => one_for_all, intensity => 10, period => 20, "
            "auto_shutdown => any_significant}, [target_worker:spec(b1, #{}), "
            "target_worker:spec(b2, #{restart => transient, significant => true})])");
    evaluate(target, "target:supervisor(rests, #{strategy => rest_for_one, intensity => 100, "
                     "period => 3600}, [target_worker:spec(c1, #{}), #{id => {inner, 1}, type => "
                     "supervisor, start => {target_supervisor, start_link, [inner, #{}, "
                     "[target_worker:spec(d1, #{}), target_worker:spec(d2, #{})]]}}, "
                     "target_worker:spec(c3, #{})])");
    evaluate(target, "target:supervisor(simples, #{strategy => simple_one_for_one}, [#{id => any, "
                     "start => {target_server, start_any, []}, restart => temporary}])");
    evaluate(target, "[{ok, _} = supervisor:start_child(simples, [N]) || N <- lists:seq(1, 25)]");
    evaluate(target, "target:supervisor(empty, #{}, [])");
    evaluate(target, "target:application([target_worker:spec(e1, #{}), #{id => nested, type => "
                     "supervisor, start => {target_supervisor, start_link, [nested, #{}, "
                     "[target_worker:spec(f1, #{})]]}}])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

#define SUPERVISORS "[P || P <- processes(), {supervisor, _, _} <- [target:initial(P)]]"

static const char *const named[] = {"ones", "alls", "rests", "simples", "empty", "inner",
        "target_top", "nested", "kernel_sup", "net_sup", "logger_sup"};
#define NAMED (sizeof named / sizeof named[0])

static json_t *supervisor(const char *name, const char *query) {
    return data(daemon, "/api/v1/supervisors/%s?fresh=true%s", name, query);
}

static void every_supervisor_is_listed_once(void **state) {
    (void)state;
    json_t *list = data(daemon, "/api/v1/supervisors?fresh=true&per_page=200");
    expect_same_set(pluck(list, "pid"), truth(target, SUPERVISORS), "supervisors");
    for (size_t i = 0; i < NAMED; i++) {
        expect_same(at(find(list, "name", named[i]), "pid"), truth(target, "whereis(%s)", named[i]),
                named[i]);
    }
}

static void flags_are_those_of_the_supervisor(void **state) {
    (void)state;
    json_t *have = supervisor("ones", "");
    assert_string_equal(string_at(have, "configuration.strategy"), "one_for_one");
    assert_int_equal(integer_at(have, "configuration.max_restarts"), 3);
    assert_int_equal(integer_at(have, "configuration.max_seconds"), 7);
    assert_string_equal(string_at(have, "configuration.auto_shutdown"), "never");
    have = supervisor("alls", "");
    assert_string_equal(string_at(have, "configuration.strategy"), "one_for_all");
    assert_int_equal(integer_at(have, "configuration.max_restarts"), 10);
    assert_int_equal(integer_at(have, "configuration.max_seconds"), 20);
    assert_string_equal(string_at(have, "configuration.auto_shutdown"), "any_significant");
    have = supervisor("rests", "");
    assert_string_equal(string_at(have, "strategy"), "rest_for_one");
    assert_int_equal(integer_at(have, "max_restarts"), 100);
    have = supervisor("simples", "");
    assert_string_equal(string_at(have, "strategy"), "simple_one_for_one");
    assert_int_equal(integer_at(have, "max_restarts"), 1); // OTP's own default: 1 in 5 s
    assert_int_equal(integer_at(have, "max_seconds"), 5);
    assert_string_equal(string_at(have, "module"), "target_supervisor");
    assert_string_equal(string_at(have, "type"), "Supervisor");
}

static void counts_are_those_of_count_children(void **state) {
    (void)state;
    for (size_t i = 0; i < NAMED; i++) {
        json_t *have = supervisor(named[i], "");
        expect_same(at(have, "counts"), truth(target, "target:counts(%s)", named[i]), named[i]);
        expect_same(at(have, "active_children"), at(have, "counts.active"), named[i]);
    }
}

static void children_are_those_of_which_children(void **state) {
    (void)state;
    for (size_t i = 0; i < NAMED; i++) {
        json_t *children = json_object_get(supervisor(named[i], "&include=children"), "children");
        json_t *want = truth(target, "target:children(%s)", named[i]);
        bool simple = strcmp(named[i], "simples") == 0; // its children have no id of their own
        expect_same_set(pluck(children, "pid"), pluck(want, "pid"), named[i]);
        size_t index;
        json_t *row;
        json_array_foreach(children, index, row) {
            json_t *same = find(want, "pid", string_at(row, "pid"));
            expect_same(at(row, "type"), at(same, "type"), "type");
            if (!simple && strcmp(string_at(row, "id"), "{:inner, 1}") != 0) {
                expect_same(at(row, "id"), at(same, "id"), "id");
            }
        }
    }
}

static void child_specifications_are_told(void **state) {
    (void)state;
    json_t *children = json_object_get(supervisor("ones", "&include=children"), "children");
    assert_string_equal(string_at(children, "0.id"), "a1"); // in the order of their start
    assert_string_equal(string_at(children, "0.restart_type"), "permanent");
    assert_int_equal(integer_at(children, "0.shutdown"), 1234);
    assert_string_equal(string_at(children, "1.restart_type"), "transient");
    assert_string_equal(string_at(children, "1.shutdown"), "brutal_kill");
    assert_string_equal(string_at(children, "2.restart_type"), "temporary");
    assert_string_equal(string_at(children, "2.shutdown"), "infinity");
    assert_false(true_at(children, "0.significant"));
    children = json_object_get(supervisor("alls", "&include=children"), "children");
    assert_true(true_at(find(children, "id", "b2"), "significant"));
    children = json_object_get(supervisor("rests", "&include=children"), "children");
    json_t *inner = find(children, "id", "{:inner, 1}");
    assert_string_equal(string_at(inner, "type"), "supervisor");
    assert_int_equal(integer_at(find(children, "id", "c1"), "shutdown"), 5000);
}

static void filters_select(void **state) {
    (void)state;
    static const char *const strategies[][2] = {{"one_for_all", "alls"}, {"rest_for_one", "rests"},
            {"simple_one_for_one", "simples"}, {"one_for_one", "ones"}};
    for (size_t i = 0; i < 4; i++) {
        json_t *list =
                data(daemon, "/api/v1/supervisors?per_page=200&strategy=%s", strategies[i][0]);
        assert_non_null(find(list, "name", strategies[i][1]));
        size_t index;
        json_t *row;
        json_array_foreach(list, index, row) {
            assert_string_equal(string_at(row, "strategy"), strategies[i][0]);
        }
    }
    assert_int_equal(
            json_array_size(data(daemon, "/api/v1/supervisors?type=DynamicSupervisor")), 0);
    assert_non_null(
            find(data(daemon, "/api/v1/supervisors?per_page=200&type=Supervisor"), "name", "ones"));
    assert_non_null(
            find(data(daemon, "/api/v1/supervisors?per_page=200&health=healthy"), "name", "empty"));
}

static void includes_add_parts_and_history_is_not_invented(void **state) {
    (void)state;
    json_t *list =
            data(daemon, "/api/v1/supervisors?per_page=200&include=children,analytics,performance");
    json_t *ones = find(list, "name", "ones");
    assert_int_equal(json_array_size(at(ones, "children")), 3);
    assert_true(json_is_null(json_object_get(ones, "analytics")));
    assert_true(integer_at(ones, "performance.memory_usage") > 0);
    assert_true(json_is_null(json_object_get(ones, "restart_count")));
    json_t *one = data(daemon, "/api/v1/supervisors/rests?include=tree,history,analytics&depth=1");
    assert_true(json_is_null(json_object_get(one, "history")));
    assert_string_equal(string_at(one, "supervision_tree.root.name"), "rests");
}

static void applications_and_paths_are_told(void **state) {
    (void)state;
    assert_string_equal(string_at(supervisor("nested", ""), "application"), "target_application");
    assert_string_equal(string_at(supervisor("nested", ""), "path"), "target_application/:nested");
    assert_true(json_is_null(at(supervisor("ones", ""), "application")));
    assert_string_equal(string_at(supervisor("ones", ""), "path"), "-/ones");
    assert_string_equal(string_at(supervisor("inner", ""), "path"), "-/rests/%7B:inner%2C%201%7D");
}

static void supervisors_are_found_by_name_pid_and_path(void **state) {
    (void)state;
    json_t *pid = truth(target, "list_to_binary(pid_to_list(whereis(nested)) -- \"<>\")");
    const char *forms[] = {
            "nested", ":nested", json_string_value(pid), "target_application%2F:nested"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        assert_string_equal(string_at(supervisor(forms[i], ""), "name"), "nested");
    }
    assert_string_equal(
            string_at(supervisor("-%2Frests%2F%257B:inner%252C%25201%257D", ""), "name"), "inner");
}

static void an_unknown_supervisor_is_answered_with_those_that_exist(void **state) {
    (void)state;
    json_t *details = refused(request(daemon, "GET", NULL, "/api/v1/supervisors/nobody"), 404,
            "supervisor_not_found");
    assert_string_equal(string_at(details, "supervisor_name"), "nobody");
    bool found = false;
    size_t index;
    json_t *name;
    json_array_foreach(at(details, "available_supervisors"), index, name) {
        found = found || strcmp(json_string_value(name), "ones") == 0;
    }
    assert_true(found);
    refused(request(daemon, "GET", NULL, "/api/v1/supervisors/a1"), 404, "supervisor_not_found");
    refused(request(daemon, "GET", NULL, "/api/v1/supervisors/nobody/tree"), 404,
            "supervisor_not_found");
}

// ---- trees -----------------------------------------------------------------------------------

static void a_tree_has_all_levels(void **state) {
    (void)state;
    json_t *tree = data(daemon, "/api/v1/supervisors/rests/tree?fresh=true");
    assert_string_equal(string_at(tree, "root.name"), "rests");
    expect_same(at(tree, "root.pid"), truth(target, "whereis(rests)"), "root");
    assert_string_equal(string_at(tree, "root.strategy"), "rest_for_one");
    expect_same(pluck(at(tree, "root.children"), "pid"),
            truth(target, "[whereis(c1), whereis(inner), whereis(c3)]"), "children");
    expect_same(pluck(at(tree, "root.children.1.children"), "pid"),
            truth(target, "[whereis(d1), whereis(d2)]"), "grandchildren");
    assert_int_equal(integer_at(tree, "metadata.total_nodes"), 6);
    assert_int_equal(integer_at(tree, "metadata.depth"), 3);
    assert_int_equal(integer_at(tree, "metadata.supervisor_count"), 2);
    assert_int_equal(integer_at(tree, "metadata.worker_count"), 4);
}

static void depth_cuts_a_tree(void **state) {
    (void)state;
    json_t *tree = data(daemon, "/api/v1/supervisors/rests/tree?depth=1");
    assert_int_equal(json_array_size(at(tree, "root.children")), 3);
    assert_int_equal(json_array_size(at(tree, "root.children.1.children")), 0);
    assert_int_equal(integer_at(tree, "metadata.supervisors_cut_at_depth"), 1);
}

static void dead_children_are_shown_on_request(void **state) {
    (void)state;
    evaluate(target, "ok = supervisor:terminate_child(ones, a1)");
    json_t *tree = data(daemon, "/api/v1/supervisors/ones/tree?fresh=true");
    assert_null(find(at(tree, "root.children"), "id", "a1"));
    tree = data(daemon, "/api/v1/supervisors/ones/tree?fresh=true&include_dead=true");
    json_t *dead = find(at(tree, "root.children"), "id", "a1");
    assert_true(json_is_false(json_object_get(dead, "alive")));
    assert_true(json_is_null(json_object_get(dead, "pid")));
    assert_string_equal(string_at(dead, "state"), "stopped");
    expect_same(
            at(supervisor("ones", ""), "counts"), truth(target, "target:counts(ones)"), "counts");
    evaluate(target, "element(1, supervisor:restart_child(ones, a1))");
    assert_string_equal(string_at(supervisor("ones", ""), "health_status"), "healthy");
}

// ---- restarts --------------------------------------------------------------------------------

static void a_restarted_child_shows_its_new_pid_and_spends_budget(void **state) {
    (void)state;
    assert_int_equal(integer_at(supervisor("rests", ""), "restarts_used"), 0);
    for (int i = 1; i <= 3; i++) {
        json_t *old = truth(target, "whereis(c3)");
        struct reply reply = request(daemon, "DELETE", NULL, "/api/v1/processes/c3");
        assert_int_equal(reply.status, 200);
        for (struct deadline d = deadline_in(5); !holds(target, "is_pid(whereis(c3))");) {
            deadline_wait(&d, "the restart of c3");
        }
        json_t *one = supervisor("rests", "&include=children");
        json_t *child = find(at(one, "children"), "id", "c3");
        expect_same(at(child, "pid"), truth(target, "whereis(c3)"), "new pid");
        assert_false(json_equal(at(child, "pid"), old));
        assert_int_equal(integer_at(one, "restarts_used"), i);
        assert_true(integer_at(one, "budget_frees_in_s") > 3500);
        assert_string_equal(string_at(one, "health_status"), "degraded");
    }
}

static void a_spent_budget_is_critical(void **state) {
    (void)state;
    evaluate(target, "target:supervisor(brink, #{intensity => 2, period => 3600}, "
                     "[target_worker:spec(g1, #{})])");
    for (int i = 1; i <= 2; i++) {
        evaluate(target, "begin O%d = whereis(g1), exit(O%d, kill) end", i, i);
        for (struct deadline d = deadline_in(5);
                !holds(target, "is_pid(whereis(g1)) andalso whereis(g1) =/= O%d", i);) {
            deadline_wait(&d, "the restart of g1");
        }
    }
    json_t *one = supervisor("brink", "");
    assert_int_equal(integer_at(one, "restarts_used"), 2);
    assert_int_equal(integer_at(one, "max_restarts"), 2);
    assert_string_equal(string_at(one, "health_status"), "critical");
    assert_non_null(find(data(daemon, "/api/v1/supervisors?health=critical"), "name", "brink"));
}

static void one_for_all_gives_all_children_new_pids(void **state) {
    (void)state;
    json_t *old = pluck(at(supervisor("alls", "&include=children"), "children"), "pid");
    evaluate(target, "begin OldB2 = whereis(b2), exit(whereis(b1), kill) end");
    for (struct deadline d = deadline_in(5);
            !holds(target, "is_pid(whereis(b2)) andalso whereis(b2) =/= OldB2");) {
        deadline_wait(&d, "the restart of b2");
    }
    json_t *children = json_object_get(supervisor("alls", "&include=children"), "children");
    expect_same(pluck(children, "pid"), truth(target, "[whereis(b1), whereis(b2)]"), "children");
    assert_false(same_set(pluck(children, "pid"), old));
}

static void dynamic_children_come_and_go(void **state) {
    (void)state;
    evaluate(target,
            "[begin exit(P, kill), M = monitor(process, P), receive {'DOWN', M, _, _, _} -> "
            "ok end end || {_, P, _, _} <- lists:sublist(supervisor:which_children("
            "simples), 5)]");
    evaluate(target, "[{ok, _} = supervisor:start_child(simples, [N]) || N <- lists:seq(1, 7)]");
    json_t *one = supervisor("simples", "&include=children");
    expect_same_set(pluck(at(one, "children"), "pid"),
            pluck(truth(target, "target:children(simples)"), "pid"), "children");
    expect_same(at(one, "counts"), truth(target, "target:counts(simples)"), "counts");
}

static void supervisors_come_and_go(void **state) {
    (void)state;
    evaluate(target, "target:supervisor(passing, #{}, [target_worker:spec(h1, #{})])");
    assert_int_equal(
            json_array_size(at(supervisor("passing", "&include=children"), "children")), 1);
    evaluate(target, "exit(whereis(passing), kill)");
    for (struct deadline d = deadline_in(5); holds(target, "is_pid(whereis(passing))");) {
        deadline_wait(&d, "the end of the supervisor");
    }
    refused(request(daemon, "GET", NULL, "/api/v1/supervisors/passing?fresh=true"), 404,
            "supervisor_not_found");
}

static void a_supervisor_busy_in_a_childs_init_holds_up_nobody(void **state) {
    (void)state;
    evaluate(target, "target:supervisor(blocked, #{}, [target_worker:spec(i1, #{})])");
    get(daemon, 200, "/api/v1/supervisors/blocked?fresh=true");
    evaluate(target,
            "spawn(fun() -> supervisor:start_child(blocked, target_worker:slow(i2, #{})) end)");
    for (struct deadline d = deadline_in(5); !holds(target, "is_pid(whereis(i2))");) {
        deadline_wait(&d, "the slow child");
    }
    int64_t start = now_ms();
    get(daemon, 200, "/api/v1/processes?per_page=200");
    get(daemon, 200, "/api/v1/supervisors/ones");
    get(daemon, 200, "/livez");
    assert_true(now_ms() - start < 1000);
    // Each waits for it, for at most a moment; a reading that an event has begun may be under way.
    for (struct deadline d = deadline_in(5);
            !json_is_false(json_object_get(supervisor("blocked", ""), "answers"));) {
        deadline_wait(&d, "the supervisor being told as busy");
    }
    assert_true(now_ms() - start < 6000);
    expect_same(at(supervisor("ones", ""), "counts"), truth(target, "target:counts(ones)"), "ones");
    evaluate(target, "i2 ! go");
    for (struct deadline d = deadline_in(10); !true_at(supervisor("blocked", ""), "answers");) {
        deadline_wait(&d, "an answer of the supervisor");
    }
    assert_int_equal(integer_at(supervisor("blocked", ""), "counts.active"), 2);
    assert_true(
            holds(target, "element(2, process_info(whereis(blocked), message_queue_len)) =:= 0"));
}

static void reading_leaves_the_states_of_supervisors_as_they_are(void **state) {
    (void)state;
    json_t *before = truth(target, "[erlang:phash2(sys:get_state(P)) || P <- " SUPERVISORS "]");
    for (int i = 0; i < 5; i++) {
        get(daemon, 200, "/api/v1/supervisors?fresh=true&include=children");
    }
    expect_same(truth(target, "[erlang:phash2(sys:get_state(P)) || P <- " SUPERVISORS "]"), before,
            "states");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_supervisor_is_listed_once),
            cmocka_unit_test(flags_are_those_of_the_supervisor),
            cmocka_unit_test(counts_are_those_of_count_children),
            cmocka_unit_test(children_are_those_of_which_children),
            cmocka_unit_test(child_specifications_are_told),
            cmocka_unit_test(filters_select),
            cmocka_unit_test(includes_add_parts_and_history_is_not_invented),
            cmocka_unit_test(applications_and_paths_are_told),
            cmocka_unit_test(supervisors_are_found_by_name_pid_and_path),
            cmocka_unit_test(an_unknown_supervisor_is_answered_with_those_that_exist),
            cmocka_unit_test(a_tree_has_all_levels),
            cmocka_unit_test(depth_cuts_a_tree),
            cmocka_unit_test(dead_children_are_shown_on_request),
            cmocka_unit_test(a_restarted_child_shows_its_new_pid_and_spends_budget),
            cmocka_unit_test(a_spent_budget_is_critical),
            cmocka_unit_test(one_for_all_gives_all_children_new_pids),
            cmocka_unit_test(dynamic_children_come_and_go),
            cmocka_unit_test(supervisors_come_and_go),
            cmocka_unit_test(a_supervisor_busy_in_a_childs_init_holds_up_nobody),
            cmocka_unit_test(reading_leaves_the_states_of_supervisors_as_they_are),
    };
    return cmocka_run_group_tests_name("supervisors", tests, set_up, harness_stop);
}
