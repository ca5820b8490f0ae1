// Supervisors of an Elixir node: children of each kind are added, removed and restarted, flags and
// strategies changed, failures made, and compared with what Supervisor and sys say on the node.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start_elixir();
    evaluate(target, "[extra_counter, named, first, second, sub, sub_counter, any]"); // known atoms
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

// The member `data` of an answer with that status.
static json_t *ask(
        int status, const char *method, const char *body, const char *name, const char *rest) {
    struct reply reply = request(daemon, method, body, "/api/v1/supervisors/%s%s", name, rest);
    if (reply.status != status) {
        fail_msg("%s %s%s %s: %d %s", method, name, rest, body ? body : "", reply.status,
                reply.body);
    }
    return json_object_get(reply.json, "data");
}

static struct reply posted(const char *body, const char *name, const char *rest) {
    return request(daemon, "POST", body, "/api/v1/supervisors/%s%s", name, rest);
}

static json_t *added(const char *spec, const char *name) {
    json_t *answer = ask(201, "POST", text("{\"child_spec\": %s}", spec), name, "/children");
    assert_true(true_at(answer, "started") && true_at(answer, "listed"));
    return answer;
}

// As 0.12.0, which needs no escapes in a URL.
static const char *bare(const char *pid) {
    return text("%.*s", (int)strlen(pid) - 6, pid + strlen("#PID<"));
}

static json_t *pid_of(const char *name) {
    return truth(target, "whereis(%s)", name);
}

// Which children it has, and how many, by Supervisor's own functions.
static void expect_children(const char *name) {
    json_t *have = ask(200, "GET", NULL, name, "/children?per_page=200");
    expect_same_set(pluck(at(have, "children"), "pid"),
            truth(target, "[P || {_, P, _, _} <- 'Elixir.Supervisor':which_children('Elixir.%s')]",
                    name),
            name);
    json_t *counts = ask(200, "GET", NULL, name, "/children/count");
    expect_same(at(counts, "supervisor"), pid_of(text("'Elixir.%s'", name)), name);
    json_object_del(counts, "supervisor");
    expect_same(
            counts, truth(target, "'Elixir.Supervisor':count_children('Elixir.%s')", name), name);
}

static const char *const kinds[] = {"Playground.Supervisor", "DemoSupervisor", "TestDemoSupervisor",
        "TestDemoSupervisor.Pair", "Playground.Pool", "Playground.Tasks", "Playground.Partitions",
        "Playground.Crew"};

static void children_are_those_of_every_kind(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        expect_children(kinds[i]);
    }
}

// ---- children --------------------------------------------------------------------------------

static void children_are_added_in_the_form_of_json_and_of_elixir(void **state) {
    (void)state;
    json_t *json = added("{\"id\": \"extra\", \"start\": {\"module\": \"Counter\", \"function\": "
                         "\"start_link\", \"args\": [[{\"$tuple\": [{\"$atom\": \"name\"}, "
                         "{\"$atom\": \"extra_counter\"}]}]]}, \"restart\": \"transient\"}",
            "DemoSupervisor");
    expect_same(at(json, "pid"), pid_of("extra_counter"), "the child of a JSON specification");
    assert_string_equal(string_at(json, "id"), "\"extra\"");
    json_t *pair = added("\"{Counter, [name: :named]}\"", "DemoSupervisor");
    expect_same(at(pair, "pid"), pid_of("named"), "the child of {Counter, options}");
    assert_string_equal(string_at(pair, "id"), "Counter");
    json_t *map = added("\"%{id: {:any, 1}, start: {Printer, :start_link, [[name: :any]]}}\"",
            "DemoSupervisor");
    expect_same(at(map, "pid"), pid_of("any"), "the child of a map");
    assert_string_equal(string_at(map, "id"), "{:any, 1}");
    expect_children("DemoSupervisor");
    assert_true(
            holds(target, "{ok, #{restart := transient, start := {'Elixir.Counter', start_link, "
                          "[[{name, extra_counter}]]}}} = supervisor:get_childspec("
                          "'Elixir.DemoSupervisor', <<\"extra\">>), true"));
    refused(posted("{\"child_spec\": \"Counter\"}", "DemoSupervisor", "/children"), 409,
            "conflict");
    struct reply none =
            posted("{\"child_spec\": \"{Supervisor, 1}\"}", "DemoSupervisor", "/children");
    refused(none, 400, "invalid_parameter");
    assert_non_null(strstr(none.body, "there is no Supervisor.child_spec/1"));
}

static void children_are_ended_restarted_and_removed(void **state) {
    (void)state;
    static const char *const rows[][2] = {
            {"extra", "extra_counter"}, {"Counter", "named"}, {"%7B:any,%201%7D", "any"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *child = text("/children/%s", rows[i][0]);
        json_t *old = pid_of(rows[i][1]);
        json_t *answer = ask(200, "POST", NULL, "DemoSupervisor", text("%s/terminate", child));
        expect_same(at(answer, "pid"), old, rows[i][0]);
        assert_true(holds(target, "whereis(%s) =:= undefined", rows[i][1]));
        answer = ask(200, "POST", NULL, "DemoSupervisor", text("%s/restart", child));
        expect_same(at(answer, "pid"), pid_of(rows[i][1]), rows[i][0]);
        answer = ask(200, "DELETE", NULL, "DemoSupervisor", child);
        assert_string_equal(string_at(answer, "exit_reason"), ":shutdown");
        assert_true(holds(target, "whereis(%s) =:= undefined", rows[i][1]));
    }
    expect_children("DemoSupervisor");
    assert_true(holds(target, "length('Elixir.Supervisor':which_children("
                              "'Elixir.DemoSupervisor')) =:= 3"));
}

static void dynamic_children_have_no_ids(void **state) {
    (void)state;
    added("{\"start\": {\"module\": \"Counter\", \"args\": [[]]}}", "Playground.Pool");
    json_t *named = added("\"{Counter, [name: :named]}\"", "Playground.Pool");
    expect_same(at(named, "pid"), pid_of("named"), "the named one");
    assert_true(json_is_null(at(named, "id")));
    expect_children("Playground.Pool");
    json_t *details = refused(posted("{\"child_spec\": \"{Counter, [name: :named]}\"}",
                                      "Playground.Pool", "/children"),
            409, "conflict");
    expect_same(at(details, "pid"), pid_of("named"), "who has the name");
    refused(posted(NULL, "Playground.Pool", "/children/named/delete"), 422, "operation_refused");
    ask(200, "DELETE", NULL, "Playground.Pool", "/children/named");
    assert_true(holds(target, "whereis(named) =:= undefined"));
    json_t *old = truth(target, "[P || {_, P, _, _} <- 'Elixir.DynamicSupervisor':which_children("
                                "'Elixir.Playground.Pool')]");
    json_t *answer = ask(200, "POST", "{\"target\": \"children\"}", "Playground.Pool", "/restart");
    expect_same_set(pluck(at(answer, "children"), "old_pid"), old, "the old children");
    expect_children("Playground.Pool");
    expect_same_set(pluck(at(answer, "children"), "new_pid"),
            truth(target, "[P || {_, P, _, _} <- 'Elixir.DynamicSupervisor':which_children("
                          "'Elixir.Playground.Pool')]"),
            "the new children");
    assert_true(
            holds(target, "maps:get(restarts, sys:get_state('Elixir.Playground.Pool')) =:= []"));
}

static void a_task_supervisor_runs_functions(void **state) {
    (void)state;
    json_t *task = added("{\"start\": {\"module\": \"timer\", \"function\": \"sleep\", \"args\": "
                         "[{\"$atom\": \"infinity\"}]}}",
            "Playground.Tasks");
    assert_string_equal(string_at(task, "restart"), "temporary");
    json_t *same =
            added("\"%{id: :any, start: {Task, :start_link, [:timer, :sleep, [:infinity]]}}\"",
                    "Playground.Tasks");
    expect_same_set(keep(json_pack("[O,O]", at(task, "pid"), at(same, "pid"))),
            truth(target, "'Elixir.Task.Supervisor':children('Elixir.Playground.Tasks')"), "tasks");
    expect_children("Playground.Tasks");
    refused(posted("{\"child_spec\": \"{Task, 1}\"}", "Playground.Tasks", "/children"), 400,
            "invalid_parameter");
    const char *pid = bare(string_at(same, "pid"));
    refused(posted(text("{\"target\": \"child\", \"child_id\": \"%s\"}", pid), "Playground.Tasks",
                    "/restart"),
            422, "operation_refused"); // nobody keeps the arguments of a temporary child
    json_t *ended = ask(200, "DELETE", NULL, "Playground.Tasks", text("/children/%s", pid));
    assert_string_equal(string_at(ended, "exit_reason"), ":shutdown");
    json_t *crash =
            ask(200, "POST", "{\"scenario\": \"child_crash\"}", "Playground.Tasks", "/simulate");
    expect_same(at(crash, "kills.0.pid"), at(task, "pid"), "the task that was killed");
    assert_true(json_is_null(at(crash, "kills.0.new_pid")));
    assert_true(holds(target, "'Elixir.Task.Supervisor':children('Elixir.Playground.Tasks') =:= "
                              "[]"));
}

#define PARTITION                                                                                  \
    "element(2, lists:keyfind(%d, 1, 'Elixir.PartitionSupervisor':which_children("                 \
    "'Elixir.Playground.Partitions')))"

static void partitions_are_supervisors(void **state) {
    (void)state;
    json_t *partition = truth(target, PARTITION, 0);
    json_t *child =
            added("\"{Counter, [name: :named]}\"", "playground%2FPlayground.Partitions%2F0");
    expect_same(at(child, "supervisor"), partition, "the partition");
    assert_true(holds(target, "[{undefined, P, worker, _}] = 'Elixir.DynamicSupervisor':"
                              "which_children({via, 'Elixir.PartitionSupervisor', "
                              "{'Elixir.Playground.Partitions', 0}}), P =:= whereis(named)"));
    json_t *answer = ask(200, "POST", "{\"target\": \"child\", \"child_id\": \"0\"}",
            "Playground.Partitions", "/restart");
    expect_same(at(answer, "child.old_pid"), partition, "the old partition");
    expect_same(at(answer, "child.new_pid"), truth(target, PARTITION, 0), "the new partition");
    assert_true(holds(target, "whereis(named) =:= undefined"));
    expect_children("Playground.Partitions");
}

static void children_of_simple_one_for_one_share_a_specification(void **state) {
    (void)state;
    json_t *answer = ask(201, "POST", "{\"args\": []}", "Playground.Crew", "/children");
    assert_string_equal(string_at(answer, "start.module"), "Printer");
    expect_children("Playground.Crew");
    struct reply wrong = posted("{\"args\": \"[[password: \\\"hunter2\\\"]]\", \"create_atoms\": "
                                "true}",
            "Playground.Crew", "/children");
    refused(wrong, 422, "callback_crashed");
    assert_null(strstr(wrong.body, "hunter2"));
    assert_non_null(strstr(wrong.body, ":undef in Printer.start_link/2"));
    ask(200, "DELETE", NULL, "Playground.Crew",
            text("/children/%s", bare(string_at(answer, "pid"))));
    expect_children("Playground.Crew");
}

static void a_supervisor_is_started_under_one_of_elixir(void **state) {
    (void)state;
    struct reply reply = request(daemon, "POST",
            "{\"name\": \"DemoSupervisor\", \"id\": \"{:sub, 1}\", \"children\": "
            "\"[{Counter, [name: :sub_counter]}]\", \"strategy\": \"one_for_all\", "
            "\"register_as\": \"Sub.Supervisor\", \"create_atoms\": true}",
            "/api/v1/supervisors");
    assert_int_equal(reply.status, 201);
    expect_same(at(reply.json, "data.supervisor"), pid_of("'Elixir.Sub.Supervisor'"), "its name");
    // It is there at once, by each of its names.
    static const char *const names[] = {
            "Sub.Supervisor", "playground%2FDemoSupervisor%2F%257B:sub%252C%25201%257D"};
    for (size_t i = 0; i < 2; i++) {
        expect_same(at(ask(200, "GET", NULL, names[i], ""), "pid"),
                pid_of("'Elixir.Sub.Supervisor'"), names[i]);
        expect_same(at(ask(200, "GET", NULL, names[i], "/config"), "strategy"),
                keep(json_string("one_for_all")), names[i]);
    }
    expect_children("Sub.Supervisor");
    ask(200, "DELETE", NULL, "DemoSupervisor", "/children/%7B:sub,%201%7D");
    assert_true(holds(target, "whereis(sub_counter) =:= undefined"));
}

// ---- flags -----------------------------------------------------------------------------------

static void expect_flags(const char *name, const char *flags) {
    const char *have = evaluate(target,
            "(fun(#{strategy := S, max_restarts := R, max_seconds := T}) -> {S, R, T}; "
            "(S) -> {element(3, S), element(6, S), element(7, S)} end)(sys:get_state('Elixir.%s'))",
            name);
    assert_string_equal(have, flags);
}

static void flags_are_changed_in_place(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"DemoSupervisor", "{one_for_one,3,5}"},
            {"Playground.Pool", "{one_for_one,3,5}"}, {"Playground.Tasks", "{one_for_one,3,5}"},
            {"Playground.Partitions", "{one_for_one,3,5}"},
            {"Playground.Crew", "{simple_one_for_one,3,5}"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *old = pid_of(text("'Elixir.%s'", rows[i][0]));
        json_t *answer =
                ask(200, "PUT", "{\"max_restarts\": 9, \"max_seconds\": 7}", rows[i][0], "/config");
        assert_int_equal(integer_at(answer, "before.intensity"), 3);
        assert_int_equal(integer_at(answer, "after.intensity"), 9);
        json_t *read = ask(200, "GET", NULL, rows[i][0], "/config");
        expect_flags(rows[i][0], text("{%s,9,7}", string_at(read, "strategy")));
        ask(200, "PUT", "{\"max_restarts\": 3, \"max_seconds\": 5}", rows[i][0], "/config");
        expect_flags(rows[i][0], rows[i][1]);
        expect_same(pid_of(text("'Elixir.%s'", rows[i][0])), old, rows[i][0]);
    }
}

static void a_changed_strategy_is_followed(void **state) {
    (void)state;
    const char *name = "TestDemoSupervisor";
    json_t *before = truth(target, "[whereis('Elixir.TestDemoSupervisor.Pair'), "
                                   "whereis(test_counter)]");
    ask(200, "POST", "{\"strategy\": \"one_for_one\"}", name, "/strategy");
    expect_flags(name, "{one_for_one,3,5}");
    json_t *crash = ask(200, "POST", "{\"target\": \"test_counter\"}", name, "/simulate");
    assert_int_equal(integer_at(crash, "kills.0.others_restarted_count"), 0);
    expect_same(pid_of("'Elixir.TestDemoSupervisor.Pair'"), at(before, "0"), "the pair");
    ask(200, "POST", "{\"strategy\": \"rest_for_one\"}", name, "/strategy");
    expect_flags(name, "{rest_for_one,3,5}");
    crash = ask(200, "POST", "{\"target\": \"test_counter\"}", name, "/simulate");
    expect_same(at(crash, "kills.0.others_restarted.0.old_pid"), at(before, "0"), "the old pair");
    expect_same(at(crash, "kills.0.others_restarted.0.new_pid"),
            pid_of("'Elixir.TestDemoSupervisor.Pair'"), "the new pair");
    expect_same(at(crash, "kills.0.new_pid"), pid_of("test_counter"), "the counter");
    refused(posted("{\"strategy\": \"one_for_all\"}", "Playground.Pool", "/strategy"), 422,
            "operation_refused");
    expect_flags("Playground.Pool", "{one_for_one,3,5}");
    json_t *restarted = ask(200, "POST", "{}", name, "/restart"); // a fresh budget
    expect_same(at(restarted, "new_pid"), pid_of("'Elixir.TestDemoSupervisor'"), "restarted");
}

static void a_specification_is_changed_in_place(void **state) {
    (void)state;
    json_t *old = pid_of("counter_2");
    json_t *answer = ask(200, "PUT",
            "{\"child_spec\": \"%{id: :counter_2, start: {Counter, :start_link, [[name: "
            ":counter_2]]}, restart: :transient}\"}",
            "DemoSupervisor", "/children/counter_2");
    assert_string_equal(string_at(answer, "after.restart"), "transient");
    assert_true(holds(target, "{ok, #{restart := transient}} = supervisor:get_childspec("
                              "'Elixir.DemoSupervisor', counter_2), true"));
    expect_same(pid_of("counter_2"), old, "the child");
    refused(request(daemon, "PUT", "{\"child_spec\": \"{Counter, [name: :counter_2]}\"}",
                    "/api/v1/supervisors/DemoSupervisor/children/counter_2"),
            422, "operation_refused"); // its id would be Counter
}

// ---- pause and failure -----------------------------------------------------------------------

static void paused_supervisors_restart_on_resume(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"DemoSupervisor", "whereis(counter_1)"},
            {"Playground.Pool", "element(2, hd('Elixir.DynamicSupervisor':which_children("
                                "'Elixir.Playground.Pool')))"}};
    for (size_t i = 0; i < 2; i++) {
        const char *name = rows[i][0];
        json_t *victim = truth(target, "%s", rows[i][1]);
        assert_true(true_at(ask(200, "POST", "{}", name, "/pause"), "paused"));
        evaluate(target,
                "begin MP%zu = monitor(process, list_to_pid(\"<%s>\")), "
                "exit(list_to_pid(\"<%s>\"), "
                "kill), receive {'DOWN', MP%zu, _, _, _} -> ok end end",
                i, bare(json_string_value(victim)), bare(json_string_value(victim)), i);
        refused(posted("{\"child_spec\": \"{Counter, []}\"}", name, "/children"), 422,
                "process_busy");
        json_t *resumed = ask(200, "POST", NULL, name, "/resume");
        assert_int_equal(integer_at(resumed, "ended_count"), 1);
        assert_int_equal(integer_at(resumed, "budget_after.used"), 1);
        json_t *now = truth(target,
                "[P || {_, P, _, _} <- 'Elixir.Supervisor':which_children('Elixir.%s')]", name);
        assert_true(json_array_size(now) >= 3);
        for (size_t j = 0; j < json_array_size(now); j++) {
            assert_false(json_equal(json_array_get(now, j), victim));
        }
        expect_children(name);
    }
}

static void failures_are_told_as_they_happen(void **state) {
    (void)state;
    json_t *cascade = ask(200, "POST", "{\"scenario\": \"cascade_failure\"}",
            "TestDemoSupervisor.Pair", "/simulate");
    assert_int_equal(integer_at(cascade, "count"), 2);
    assert_int_equal(integer_at(cascade, "kills.1.others_restarted_count"), 1);
    expect_same(at(cascade, "kills.1.new_pid"), pid_of("pair_counter"), "the counter of the pair");
    json_t *dynamic =
            ask(200, "POST", "{\"scenario\": \"child_crash\"}", "Playground.Pool", "/simulate");
    assert_true(holds(target,
            "lists:keymember(list_to_pid(\"<%s>\"), 2, "
            "'Elixir.DynamicSupervisor':which_children('Elixir.Playground.Pool'))",
            bare(string_at(dynamic, "kills.0.new_pid"))));
    json_t *partition = ask(200, "POST", "{\"scenario\": \"child_crash\", \"target\": \"1\"}",
            "Playground.Partitions", "/simulate");
    expect_same(at(partition, "kills.0.new_pid"), truth(target, PARTITION, 1), "the partition");
}

static void a_supervisor_that_gives_up_comes_back(void **state) {
    (void)state;
    json_t *old = pid_of("'Elixir.DemoSupervisor'");
    // Names of children that have not quite ended may fail the first attempts to start it again.
    ask(200, "PUT", "{\"max_restarts\": 100}", "Playground.Supervisor", "/config");
    json_t *answer = ask(200, "POST", "{\"scenario\": \"restart_intensity\"}", "DemoSupervisor",
            "/simulate-failure");
    expect_same(at(answer, "supervisor"), old, "who gave up");
    assert_false(true_at(answer, "survived"));
    assert_string_equal(string_at(answer, "exit_reason"), ":shutdown");
    expect_same(at(answer, "new_pid"), pid_of("'Elixir.DemoSupervisor'"), "the new one");
    // It is found under its name although it is another process than a moment ago.
    expect_same(at(ask(200, "GET", NULL, "DemoSupervisor", ""), "pid"),
            pid_of("'Elixir.DemoSupervisor'"), "by its name");
    expect_children("DemoSupervisor");
    answer =
            ask(200, "POST", "{\"scenario\": \"supervisor_crash\"}", "DemoSupervisor", "/simulate");
    assert_int_equal(integer_at(answer, "kills.0.children_ended"), 3);
    expect_children("DemoSupervisor");
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        expect_children(kinds[i]);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(children_are_those_of_every_kind),
            cmocka_unit_test(children_are_added_in_the_form_of_json_and_of_elixir),
            cmocka_unit_test(children_are_ended_restarted_and_removed),
            cmocka_unit_test(dynamic_children_have_no_ids),
            cmocka_unit_test(a_task_supervisor_runs_functions),
            cmocka_unit_test(partitions_are_supervisors),
            cmocka_unit_test(children_of_simple_one_for_one_share_a_specification),
            cmocka_unit_test(a_supervisor_is_started_under_one_of_elixir),
            cmocka_unit_test(flags_are_changed_in_place),
            cmocka_unit_test(a_changed_strategy_is_followed),
            cmocka_unit_test(a_specification_is_changed_in_place),
            cmocka_unit_test(paused_supervisors_restart_on_resume),
            cmocka_unit_test(failures_are_told_as_they_happen),
            cmocka_unit_test(a_supervisor_that_gives_up_comes_back),
    };
    return cmocka_run_group_tests_name("supervision in Elixir", tests, set_up, harness_stop);
}
