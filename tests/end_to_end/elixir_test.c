// An Elixir node: its kinds of supervisors and processes are told as Elixir names them.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start_elixir();
    evaluate(target, "begin {ok, Agent} = 'Elixir.Agent':start(fun() -> #{kept => 7} end, "
                     "[{name, 'Elixir.Kept.Agent'}]) end");
    evaluate(target, "begin #{pid := Task} = 'Elixir.Task.Supervisor':async_nolink("
                     "'Elixir.Playground.Tasks', fun() -> receive stop -> ok end end) end");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *supervisor(const char *name, const char *query) {
    return data(daemon, "/api/v1/supervisors/%s?fresh=true%s", name, query);
}

static void kinds_of_supervisors_are_told_apart(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"Playground.Supervisor", "Supervisor"},
            {"DemoSupervisor", "Supervisor"}, {"Playground.Pool", "DynamicSupervisor"},
            {"Playground.Partitions", "PartitionSupervisor"},
            {"Playground.Tasks", "Task.Supervisor"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_string_equal(string_at(supervisor(rows[i][0], ""), "type"), rows[i][1]);
        json_t *list = data(daemon, "/api/v1/supervisors?per_page=200&type=%s", rows[i][1]);
        assert_non_null(find(list, "name", rows[i][0]));
    }
}

static void counts_and_children_are_those_of_the_supervisors(void **state) {
    (void)state;
    static const char *const names[] = {"Playground.Supervisor", "DemoSupervisor",
            "Playground.Pool", "Playground.Partitions", "Playground.Tasks", "TestDemoSupervisor",
            "TestDemoSupervisor.Pair"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *have = supervisor(names[i], "&include=children");
        // DynamicSupervisor counts in its own words, Supervisor in OTP's: both have these.
        expect_same(at(have, "counts"), truth(target, "target:counts('Elixir.%s')", names[i]),
                names[i]);
        expect_same_set(pluck(at(have, "children"), "pid"),
                pluck(truth(target, "target:children('Elixir.%s')", names[i]), "pid"), names[i]);
    }
}

static void elixirs_defaults_are_told(void **state) {
    (void)state;
    json_t *have = supervisor("TestDemoSupervisor", "");
    assert_int_equal(integer_at(have, "max_restarts"), 3); // OTP's own default is 1
    assert_int_equal(integer_at(have, "max_seconds"), 5);
    assert_string_equal(string_at(have, "strategy"), "rest_for_one");
    assert_string_equal(string_at(have, "module"), "TestDemoSupervisor");
    assert_string_equal(string_at(have, "application"), "playground");
    assert_string_equal(string_at(supervisor("Playground.Pool", ""), "strategy"), "one_for_one");
}

static void types_of_processes_are_told_apart(void **state) {
    (void)state;
    for (struct deadline d = deadline_in(10);
            !true_at(get(daemon, 200, "/api/v1/processes?fresh=true"), "meta.complete");) {
        deadline_wait(&d, "a complete list");
    }
    json_t *agents = data(daemon, "/api/v1/processes?type=agent&name_pattern=Kept");
    expect_same(pluck(agents, "pid"), truth(target, "[Agent]"), "agents");
    json_t *tasks = data(daemon, "/api/v1/processes?type=task");
    expect_same(pluck(tasks, "pid"), truth(target, "[Task]"), "tasks");
    json_t *counter = data(daemon, "/api/v1/processes?type=genserver&name_pattern=^counter_1$");
    assert_string_equal(string_at(counter, "0.module"), "Counter");
    assert_string_equal(string_at(counter, "0.application"), "playground");
}

static void names_are_those_of_elixir(void **state) {
    (void)state;
    json_t *pid = truth(target, "whereis('Elixir.DemoSupervisor')");
    static const char *const forms[] = {
            "DemoSupervisor", "Elixir.DemoSupervisor", ":Elixir.DemoSupervisor"};
    for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
        expect_same(at(data(daemon, "/api/v1/processes/%s", forms[i]), "pid"), pid, forms[i]);
    }
    assert_string_equal(
            string_at(data(daemon, "/api/v1/processes/DemoSupervisor"), "name"), "DemoSupervisor");
    assert_string_equal(string_at(supervisor("TestDemoSupervisor.Pair", ""), "path"),
            "playground/TestDemoSupervisor/:pair");
}

static void states_are_told_in_elixirs_words(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/Kept.Agent/state");
    assert_string_equal(string_at(have, "state_inspect"), "%{kept: 7}");
    json_t *expected = truth(target, "sys:get_state(counter_1)");
    (void)expected;
    have = data(daemon, "/api/v1/processes/counter_1/state");
    assert_true(json_object_size(have) > 3);
    have = data(daemon, "/api/v1/processes/Playground.Pool/state");
    assert_non_null(strstr(string_at(have, "state_inspect"), "%DynamicSupervisor{"));
}

static void the_node_says_its_elixir(void **state) {
    (void)state;
    json_t *node = data(daemon, "/api/v1/nodes");
    expect_same(
            at(node, "0.elixir_version"), truth(target, "'Elixir.System':version()"), "version");
}

static void a_tree_holds_all_kinds(void **state) {
    (void)state;
    json_t *tree = data(daemon, "/api/v1/supervisors/Playground.Supervisor/tree?fresh=true");
    json_t *children = at(tree, "root.children");
    assert_int_equal(json_array_size(children), 6);
    json_t *partitions = find(children, "name", "Playground.Partitions");
    expect_same_set(pluck(at(partitions, "children"), "pid"),
            pluck(truth(target, "target:children('Elixir.Playground.Partitions')"), "pid"),
            "partitions");
    json_t *crew = find(children, "name", "Playground.Crew");
    assert_string_equal(string_at(crew, "strategy"), "simple_one_for_one");
    expect_same_set(pluck(at(crew, "children"), "pid"),
            pluck(truth(target, "target:children('Elixir.Playground.Crew')"), "pid"), "the crew");
    json_t *pool = find(children, "name", "Playground.Pool");
    assert_int_equal(json_array_size(at(pool, "children")), 5);
    assert_int_equal(integer_at(tree, "metadata.depth"), 4);
}

static void budget_of_a_dynamic_supervisor_is_told(void **state) {
    (void)state;
    json_t *before =
            pluck(at(supervisor("Playground.Pool", "&include=children"), "children"), "pid");
    const char *first = text("%s", json_string_value(json_array_get(before, 0)));
    struct reply reply = request(daemon, "DELETE", NULL, "/api/v1/processes/%%23PID%%3C%.*s%%3E",
            (int)strlen(first) - 6, first + 5);
    assert_int_equal(reply.status, 200);
    for (struct deadline d = deadline_in(5);
            !holds(target, "proplists:get_value(active, supervisor:count_children("
                           "'Elixir.Playground.Pool')) =:= 5");) {
        deadline_wait(&d, "the restart");
    }
    json_t *after = supervisor("Playground.Pool", "&include=children");
    assert_int_equal(integer_at(after, "restarts_used"), 1);
    assert_int_equal(json_array_size(at(after, "children")), 5);
    assert_null(find(at(after, "children"), "pid", first));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(kinds_of_supervisors_are_told_apart),
            cmocka_unit_test(counts_and_children_are_those_of_the_supervisors),
            cmocka_unit_test(elixirs_defaults_are_told),
            cmocka_unit_test(types_of_processes_are_told_apart),
            cmocka_unit_test(names_are_those_of_elixir),
            cmocka_unit_test(states_are_told_in_elixirs_words),
            cmocka_unit_test(the_node_says_its_elixir),
            cmocka_unit_test(a_tree_holds_all_kinds),
            cmocka_unit_test(budget_of_a_dynamic_supervisor_is_told),
    };
    return cmocka_run_group_tests_name("elixir", tests, set_up, harness_stop);
}
