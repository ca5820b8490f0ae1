// Operations on supervisors and their children, by route and by name, compared with what the node
// itself says of them afterwards.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct target *elixir;
static struct daemon *daemon;

// A supervisor for each test, so that none sees what another left.
static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static const char *supervisor(const char *flags, const char *children) {
    const char *name = unique("ops");
    evaluate(target, "target:supervisor(%s, %s, %s)", name, flags, children);
    return name;
}

#define TWO "[target_worker:spec(%s_a, #{}), target_worker:spec(%s_b, #{})]"

// With the children NAME_a and NAME_b.
static const char *two(const char *flags) {
    const char *name = unique("ops");
    evaluate(target, "target:supervisor(%s, %s, " TWO ")", name, flags, name, name);
    return name;
}

// The operation by its name. The member `data` of an answer with that status.
static json_t *operate_with(int status, const char *name, const char *body) {
    struct reply reply = request(daemon, "POST", body, "/api/v1/operations/%s", name);
    if (reply.status != status) {
        fail_msg("%s %s: %d %s", name, body, reply.status, reply.body);
    }
    return json_object_get(reply.json, "data");
}

static json_t *operate(const char *name, const char *body) {
    return operate_with(200, name, body);
}

static json_t *at_route(int status, const char *method, const char *body, const char *supervisor,
        const char *rest) {
    struct reply reply =
            request(daemon, method, body, "/api/v1/supervisors/%s%s", supervisor, rest);
    if (reply.status != status) {
        fail_msg("%s %s%s: %d %s", method, supervisor, rest, reply.status, reply.body);
    }
    return json_object_get(reply.json, "data");
}

static const char *named(const char *name) {
    return text("{\"name\": \"%s\"}", name);
}

static void expect_pid(const json_t *answer, const char *path, const char *process) {
    expect_same(at(answer, path), truth(target, "whereis(%s)", process), process);
}

// ---- children --------------------------------------------------------------------------------

static void children_are_told(void **state) {
    (void)state;
    const char *name = two("#{}");
    json_t *answer = at_route(200, "GET", NULL, name, "/children?per_page=1&page=2");
    assert_int_equal(integer_at(answer, "total"), 2);
    assert_string_equal(string_at(answer, "children.0.id"), text("%s_b", name));
    expect_pid(answer, "children.0.pid", text("%s_b", name));
    answer = at_route(200, "GET", NULL, name, "/children/count");
    expect_pid(answer, "supervisor", name);
    json_object_del(answer, "supervisor");
    expect_same(answer, truth(target, "target:counts(%s)", name), "counts");
    assert_int_equal(integer_at(operate("count_children", named(name)), "specs"), 2);
    assert_int_equal(integer_at(operate("which_children", named(name)), "total"), 2);
}

static void a_child_is_added_and_removed(void **state) {
    (void)state;
    const char *name = supervisor("#{}", "[]");
    const char *body = "{\"child_spec\": {\"id\": \"new\", \"start\": {\"module\": "
                       "\"target_server\", \"function\": \"start_any\", \"args\": [17]}, "
                       "\"restart\": \"transient\", \"shutdown\": 100}}";
    json_t *answer = at_route(201, "POST", body, name, "/children");
    expect_same(at(answer, "pid"),
            truth(target, "element(2, hd(supervisor:which_children(%s)))", name), "the new child");
    assert_string_equal(string_at(answer, "restart"), "transient");
    assert_true(holds(target,
            "{ok, #{start := {target_server, start_any, [17]}, shutdown := 100}} = "
            "supervisor:get_childspec(%s, <<\"new\">>), true",
            name));
    refused(request(daemon, "POST", body, "/api/v1/supervisors/%s/children", name), 409,
            "conflict");
    answer = at_route(200, "DELETE", NULL, name, "/children/new?dry_run=true");
    assert_true(true_at(answer, "dry_run"));
    assert_true(holds(target, "length(supervisor:which_children(%s)) =:= 1", name));
    answer = at_route(200, "DELETE", NULL, name, "/children/new?shutdown_reason=shutdown");
    assert_string_equal(string_at(answer, "exit_reason"), ":shutdown");
    assert_false(true_at(answer, "alive"));
    assert_true(holds(target, "supervisor:which_children(%s) =:= []", name));
    refused(request(daemon, "DELETE", NULL, "/api/v1/supervisors/%s/children/new", name), 404,
            "item_not_found");
}

static void children_are_started_with_a_restart_type(void **state) {
    (void)state;
    static const char *const types[] = {"temporary", "transient", "permanent"};
    const char *name = supervisor("#{}", "[]");
    for (size_t i = 0; i < 3; i++) {
        json_t *answer = operate(
                text("start_%s_child", types[i]), text("{\"name\": \"%s\", \"child_spec\": \"{:%s, "
                                                       "{:target_server, :start_any, [1]}, "
                                                       ":permanent, 10, :worker, :dynamic}\"}",
                                                          name, types[i]));
        assert_string_equal(string_at(answer, "restart"), types[i]);
        assert_true(holds(target, "{ok, #{restart := %s}} = supervisor:get_childspec(%s, %s), true",
                types[i], name, types[i]));
    }
}

static void a_dynamic_child_is_added(void **state) {
    (void)state;
    const char *name = supervisor("#{strategy => simple_one_for_one}",
            "[#{id => any, start => {target_server, start_any, []}}]");
    json_t *answer = operate_with(201, "add_dynamic_child",
            text("{\"name\": \"%s\", \"args\": \"[{:state, 1}]\"}", name));
    assert_true(true_at(answer, "listed"));
    assert_true(holds(target,
            "[{_, P, _, _}] = supervisor:which_children(%s), sys:get_state(P) =:= {state, 1}",
            name));
    refused(request(daemon, "POST",
                    text("{\"name\": \"%s\", \"args\": \"[:no_such_atom_of_the_node_at_all]\"}",
                            name),
                    "/api/v1/operations/add_dynamic_child"),
            422, "unknown_atom");
}

static void a_child_is_terminated_restarted_and_deleted(void **state) {
    (void)state;
    const char *name = two("#{}");
    const char *child = text("/children/%s_a", name);
    json_t *answer = at_route(200, "POST", NULL, name, text("%s/terminate", child));
    assert_true(true_at(answer, "listed"));
    assert_true(holds(target, "whereis(%s_a) =:= undefined", name));
    answer = at_route(200, "POST", NULL, name, text("%s/restart", child));
    expect_pid(answer, "pid", text("%s_a", name));
    const json_t *details =
            refused(request(daemon, "POST", NULL, "/api/v1/supervisors/%s%s/delete", name, child),
                    422, "operation_refused");
    assert_string_equal(string_at(details, "closest"), "remove_child");
    const char *body = text("{\"name\": \"%s\", \"child_id\": \"%s_a\"}", name, name);
    operate("terminate_child", body);
    operate("delete_child", body);
    assert_true(holds(target, "length(supervisor:which_children(%s)) =:= 1", name));
    refused(request(daemon, "POST", body, "/api/v1/operations/restart_child"), 404,
            "item_not_found");
}

static void a_specification_is_replaced(void **state) {
    (void)state;
    const char *name = two("#{}");
    json_t *answer = at_route(200, "PUT",
            "{\"child_spec\": {\"start\": {\"module\": \"target_server\", \"function\": "
            "\"start_any\", \"args\": [1]}, \"restart\": \"temporary\"}}",
            name, text("/children/%s_a", name));
    assert_string_equal(string_at(answer, "before.restart"), "permanent");
    assert_string_equal(string_at(answer, "after.restart"), "temporary");
    assert_true(holds(target,
            "{ok, #{restart := temporary, start := {target_server, start_any, _}}} = "
            "supervisor:get_childspec(%s, %s_a), is_pid(whereis(%s_a))",
            name, name, name));
    answer = operate("replace_child_spec",
            text("{\"name\": \"%s\", \"child_id\": \"%s_b\", \"mode\": \"delete_and_start\", "
                 "\"child_spec\": \"{:other, {:target_server, :start_any, [1]}, :permanent, 10, "
                 ":worker, :dynamic}\"}",
                    name, name));
    assert_string_equal(string_at(answer, "after.id"), "other");
    assert_true(holds(target, "whereis(%s_b) =:= undefined", name));
}

// ---- flags -----------------------------------------------------------------------------------

static void expect_flags(const char *name, const char *flags) {
    const char *have = evaluate(target,
            "(fun(S) -> {element(3, S), element(6, S), element(7, S)} end)(sys:get_state(%s))",
            name);
    assert_string_equal(have, flags);
}

static void flags_are_changed(void **state) {
    (void)state;
    const char *name = two("#{intensity => 2, period => 8}");
    json_t *answer = at_route(200, "GET", NULL, name, "/config");
    assert_string_equal(string_at(answer, "strategy"), "one_for_one");
    assert_int_equal(integer_at(answer, "max_restarts"), 2);
    assert_int_equal(integer_at(answer, "left"), 2);
    at_route(200, "PUT", "{\"max_restarts\": 5, \"dry_run\": true}", name, "/config");
    expect_flags(name, "{one_for_one,2,8}");
    answer = at_route(200, "PUT",
            "{\"max_restarts\": 5, \"max_seconds\": 10, \"strategy\": \"one_for_all\"}", name,
            "/config");
    assert_int_equal(integer_at(answer, "before.intensity"), 2);
    assert_int_equal(integer_at(answer, "after.intensity"), 5);
    expect_flags(name, "{one_for_all,5,10}");
    operate("change_supervisor_intensity", text("{\"name\": \"%s\", \"intensity\": 6}", name));
    operate("change_supervisor_period", text("{\"name\": \"%s\", \"period\": 11}", name));
    expect_flags(name, "{one_for_all,6,11}");
    refused(request(daemon, "PUT", "{}", "/api/v1/supervisors/%s/config", name), 400,
            "invalid_parameter");
}

static void strategies_are_changed(void **state) {
    (void)state;
    const char *name = two("#{}");
    json_t *before = truth(target, "whereis(%s_a)", name);
    json_t *answer = at_route(
            200, "POST", "{\"strategy\": \"rest_for_one\", \"restart\": true}", name, "/strategy");
    expect_flags(name, "{rest_for_one,1,5}");
    expect_same(at(answer, "restart.children.0.old_pid"), before, "the old child");
    expect_pid(answer, "restart.children.0.new_pid", text("%s_a", name));
    static const char *const strategies[] = {"one_for_all", "rest_for_one", "one_for_one"};
    for (size_t i = 0; i < 3; i++) {
        operate(text("convert_to_%s", strategies[i]), named(name));
        expect_flags(name, text("{%s,1,5}", strategies[i]));
    }
    const json_t *details = refused(request(daemon, "POST", named(name),
                                            "/api/v1/operations/convert_to_simple_one_for_one"),
            422, "operation_refused");
    assert_string_equal(string_at(details, "closest"), "start_supervisor");
    answer = operate(
            "convert_to_simple_one_for_one", text("{\"name\": \"%s\", \"force\": true}", name));
    assert_int_equal(integer_at(answer, "kept"), 2);
    expect_flags(name, "{simple_one_for_one,1,5}");
    assert_true(holds(target, "length(supervisor:which_children(%s)) =:= 2", name));
}

static void strategies_are_thought_about(void **state) {
    (void)state;
    const char *name = two("#{strategy => one_for_all}");
    json_t *answer = at_route(200, "GET", NULL, name, "/strategy");
    assert_string_equal(string_at(answer, "strategy"), "one_for_all");
    assert_int_equal(integer_at(answer, "children"), 2);
    answer = at_route(200, "GET", NULL, name, "/strategy/test?strategy=one_for_one");
    assert_int_equal(json_array_size(at(answer, "predictions.0.started")), 1);
    answer = operate("test_restart_strategy", named(name));
    assert_int_equal(json_array_size(at(answer, "predictions.0.started")), 2);
    answer = at_route(200, "GET", NULL, name, "/strategy/suggestion");
    assert_string_equal(string_at(answer, "suggested"), "one_for_one");
    assert_true(true_at(answer, "change"));
    expect_flags(name, "{one_for_all,1,5}");
}

// ---- pause, restart, stop --------------------------------------------------------------------

static void a_paused_supervisor_restarts_nothing(void **state) {
    (void)state;
    const char *name = two("#{intensity => 3}");
    json_t *answer = at_route(200, "POST", "{\"duration_ms\": 60000}", name, "/pause");
    assert_true(true_at(answer, "paused"));
    evaluate(target, "exit(whereis(%s_a), kill)", name);
    for (struct deadline d = deadline_in(5); !holds(target, "whereis(%s_a) =:= undefined", name);) {
        deadline_wait(&d, "the child to end");
    }
    refused(request(daemon, "POST", NULL, "/api/v1/supervisors/%s/restart", name), 422,
            "process_busy");
    answer = at_route(200, "POST", NULL, name, "/resume");
    assert_string_equal(string_at(answer, "ended_while_paused.0"), text("%s_a", name));
    assert_int_equal(integer_at(answer, "budget_after.used"), 1);
    assert_true(holds(target, "is_pid(whereis(%s_a))", name));
    refused(request(daemon, "POST", NULL, "/api/v1/supervisors/%s/resume", name), 409, "conflict");
    refused(request(daemon, "POST", NULL, "/api/v1/supervisors/kernel_sup/pause"), 403,
            "protected_process");
}

static void supervisors_and_children_are_restarted(void **state) {
    (void)state;
    const char *name = unique("ops");
    evaluate(target,
            "target:supervisor(%s, #{}, [#{id => {inner, 1}, type => supervisor, start => "
            "{target_supervisor, start_link, [%s_sup, #{}, " TWO "]}}])",
            name, name, name, name);
    json_t *old = truth(target, "[whereis(%s_sup), whereis(%s_a)]", name, name);
    json_t *answer = at_route(200, "POST", "{\"target\": \"supervisor\", \"reason\": \"tests\"}",
            text("%s_sup", name), "/restart");
    expect_same(at(answer, "supervisor"), at(old, "0"), "the old supervisor");
    expect_pid(answer, "new_pid", text("%s_sup", name));
    expect_pid(answer, "parent", name);
    answer = at_route(200, "POST", "{\"target\": \"children\"}", text("%s_sup", name), "/restart");
    expect_pid(answer, "children.0.new_pid", text("%s_a", name));
    answer = operate("restart_supervisor",
            text("{\"name\": \"%s\", \"target\": \"child\", \"child_id\": \"{:inner, 1}\"}", name));
    expect_pid(answer, "child.new_pid", text("%s_sup", name));
    refused(request(daemon, "POST", NULL, "/api/v1/supervisors/%s/restart", name), 422,
            "operation_refused");
    answer = at_route(200, "DELETE", NULL, text("%s_sup", name), "?dry_run=true");
    assert_int_equal(integer_at(answer, "ends.total"), 3);
    answer = at_route(200, "DELETE", NULL, text("%s_sup", name), "");
    assert_string_equal(string_at(answer, "by"), "supervisor");
    assert_true(holds(target, "whereis(%s_a) =:= undefined", name));
    assert_true(holds(target, "is_pid(whereis(%s))", name));
}

// ---- start -----------------------------------------------------------------------------------

static void a_supervisor_is_started_for_a_while(void **state) {
    (void)state;
    evaluate(target, "registered_for_a_while"); // an atom that the node knows
    struct reply reply = request(daemon, "POST",
            "{\"strategy\": \"rest_for_one\", \"max_restarts\": 7, \"register_as\": "
            "\"registered_for_a_while\", \"children\": [{\"id\": \"x\", \"start\": {\"module\": "
            "\"target_server\", \"function\": \"start_any\", \"args\": [1]}}]}",
            "/api/v1/supervisors");
    assert_int_equal(reply.status, 201);
    expect_pid(at(reply.json, "data"), "supervisor", "registered_for_a_while");
    expect_flags("registered_for_a_while", "{rest_for_one,7,5}");
    assert_true(holds(target, "length(supervisor:which_children(registered_for_a_while)) =:= 1"));
    json_t *answer = operate("stop_supervisor", named("registered_for_a_while"));
    assert_string_equal(string_at(answer, "by"), "lease");
    assert_true(holds(target, "whereis(registered_for_a_while) =:= undefined"));
    refused(request(daemon, "POST", "{\"children\": [17]}", "/api/v1/supervisors"), 400,
            "invalid_parameter");
}

static void what_is_wrong_with_a_start_is_told(void **state) {
    (void)state;
    struct reply reply = request(daemon, "POST",
            "{\"children\": {\"start\": {\"module\": \"lists\"}}}", "/api/v1/supervisors");
    refused(reply, 400, "invalid_parameter");
    assert_string_equal(string_at(reply.json, "error.details.field"), "children");
    reply = request(daemon, "POST", "{\"name\": \"not_there_yet\"}", "/api/supervisors");
    refused(reply, 404, "supervisor_not_found");
    assert_non_null(strstr(string_at(reply.json, "error.message"), "is `register_as`"));
    assert_string_equal(string_at(reply.json, "error.details.field"), "name");
    reply = request(daemon, "POST",
            "{\"child_spec\": [{\"id\": \"x\", \"start\": {\"module\": \"lists\"}}]}",
            "/api/v1/supervisors/%s/children", two("#{}"));
    refused(reply, 400, "invalid_parameter");
    assert_string_equal(string_at(reply.json, "error.details.field"), "child_spec");
}

static void a_supervisor_is_linked_to_a_process(void **state) {
    (void)state;
    evaluate(target, "target:plain(linked_partner)");
    json_t *answer = operate_with(201, "start_supervisor_link", "{\"pid\": \"linked_partner\"}");
    assert_true(holds(target,
            "lists:member(list_to_pid(\"%s\"), "
            "element(2, process_info(whereis(linked_partner), links)))",
            string_at(answer, "supervisor") + strlen("#PID")));
    evaluate(target, "exit(whereis(linked_partner), kill)");
    for (struct deadline d = deadline_in(5);
            !holds(target, "is_process_alive(list_to_pid(\"%s\")) =:= false",
                    string_at(answer, "supervisor") + strlen("#PID"));) {
        deadline_wait(&d, "the supervisor to end");
    }
}

// ---- failures --------------------------------------------------------------------------------

static void failures_are_told_as_they_happen(void **state) {
    (void)state;
    const char *name = two("#{intensity => 2, period => 60}");
    json_t *old = truth(target, "whereis(%s_a)", name);
    const char *body = text("{\"scenario\": \"child_crash\", \"target\": \"%s_a\"}", name);
    json_t *answer = at_route(200, "POST",
            text("{\"scenario\": \"child_crash\", \"target\": \"%s_a\", \"dry_run\": true}", name),
            name, "/simulate");
    expect_same(at(answer, "kills.0.pid"), old, "the kill list");
    expect_same(truth(target, "whereis(%s_a)", name), old, "after a dry run");
    answer = at_route(200, "POST", body, name, "/simulate");
    expect_same(at(answer, "kills.0.pid"), old, "who was killed");
    expect_pid(answer, "kills.0.new_pid", text("%s_a", name));
    assert_string_equal(string_at(answer, "kills.0.exit_reason"), ":simulated_failure");
    assert_true(true_at(answer, "survived"));
    assert_int_equal(integer_at(answer, "preflight.budget.left"), 2);
    answer = at_route(
            200, "POST", "{\"scenario\": \"restart_intensity\"}", name, "/simulate-failure");
    assert_false(true_at(answer, "survived"));
    assert_int_equal(integer_at(answer, "count"), 2);
    assert_true(holds(target, "whereis(%s) =:= undefined", name));
}

// ---- Elixir ----------------------------------------------------------------------------------

static json_t *on_elixir(int status, const char *method, const char *body, const char *path) {
    struct reply reply = request(daemon, method, body, "/api/v1/%s%snode=%s", path,
            strchr(path, '?') != NULL ? "&" : "?", elixir->name);
    if (reply.status != status) {
        fail_msg("%s %s: %d %s", method, path, reply.status, reply.body);
    }
    return json_object_get(reply.json, "data");
}

static void elixirs_supervisors_are_operated(void **state) {
    (void)state;
    elixir = target_start_elixir();
    attach(daemon, elixir);
    json_t *answer = on_elixir(201, "POST", "{\"child_spec\": \"{Counter, []}\"}",
            "supervisors/Playground.Pool/children");
    assert_true(true_at(answer, "listed"));
    assert_true(holds(elixir,
            "maps:get(active, 'Elixir.DynamicSupervisor':count_children('Elixir.Playground.Pool')) "
            "=:= 6"));
    const char *pid = string_at(answer, "pid") + strlen("#PID");
    on_elixir(200, "DELETE", NULL,
            text("supervisors/Playground.Pool/children/%.*s", (int)strlen(pid) - 2, pid + 1));
    assert_true(holds(elixir,
            "maps:get(active, 'Elixir.DynamicSupervisor':count_children('Elixir.Playground.Pool')) "
            "=:= 5"));
    answer = on_elixir(200, "PUT", "{\"max_restarts\": 9}", "supervisors/Playground.Pool/config");
    assert_int_equal(integer_at(answer, "after.intensity"), 9);
    assert_true(
            holds(elixir, "maps:get(max_restarts, sys:get_state('Elixir.Playground.Pool')) =:= 9"));
    answer = on_elixir(201, "POST",
            "{\"name\": \"DemoSupervisor\", \"id\": \":added\", \"children\": \"[{Counter, []}]\"}",
            "supervisors");
    assert_true(true_at(answer, "stays"));
    assert_true(holds(elixir, "is_pid(element(2, lists:keyfind(added, 1, "
                              "supervisor:which_children('Elixir.DemoSupervisor'))))"));
    on_elixir(200, "DELETE", NULL, "supervisors/DemoSupervisor/children/added");
    detach(daemon, elixir);
    target_kill(elixir);
}

static void nothing_is_left_behind(void **state) {
    (void)state;
    const char *name = two("#{}");
    operate("pause_supervisor", named(name));
    operate_with(201, "start_supervisor", "{}");
    detach(daemon, target);
    for (struct deadline d = deadline_in(5);
            !holds(target, "whereis(whitebeam_keeper) =:= undefined");) {
        deadline_wait(&d, "the agent to leave");
    }
    assert_true(holds(target, "length(supervisor:which_children(%s)) =:= 2", name));
    assert_true(holds(target, "[] =:= [P || P <- processes(), {_, {M, _, _}} <- "
                              "[process_info(P, current_function)], M =:= whitebeam_agent]"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(children_are_told),
            cmocka_unit_test(a_child_is_added_and_removed),
            cmocka_unit_test(children_are_started_with_a_restart_type),
            cmocka_unit_test(a_dynamic_child_is_added),
            cmocka_unit_test(a_child_is_terminated_restarted_and_deleted),
            cmocka_unit_test(a_specification_is_replaced),
            cmocka_unit_test(flags_are_changed),
            cmocka_unit_test(strategies_are_changed),
            cmocka_unit_test(strategies_are_thought_about),
            cmocka_unit_test(a_paused_supervisor_restarts_nothing),
            cmocka_unit_test(supervisors_and_children_are_restarted),
            cmocka_unit_test(a_supervisor_is_started_for_a_while),
            cmocka_unit_test(what_is_wrong_with_a_start_is_told),
            cmocka_unit_test(a_supervisor_is_linked_to_a_process),
            cmocka_unit_test(failures_are_told_as_they_happen),
            cmocka_unit_test(elixirs_supervisors_are_operated),
            cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests(tests, set_up, harness_stop);
}
