// Operations on states: what they show and change is what sys says of the process before and after.
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
    evaluate(target, "target:worker(gen_server, old, #{old => 1, gone => 2})");
    evaluate(target, "target:plain(plain)");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static const char *state_of(const char *process) {
    return evaluate(target, "sys:get_state(%s)", process);
}

static json_t *change(const char *method, const char *path, const char *body, int status) {
    struct reply reply = request(daemon, method, body, "/api/v1/processes/%s", path);
    if (reply.status != status) {
        fail_msg("%s %s: %s%s", method, path, reply.head, reply.body);
    }
    return at(reply.json, "data");
}

static const char *hash_of(const char *process) {
    return string_at(data(daemon, "/api/v1/processes/%s/genserver_state", process), "hash");
}

// ---- reading ---------------------------------------------------------------------------------

static void a_state_is_shown_with_a_hash(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/processes/server/genserver_state");
    assert_int_equal(integer_at(have, "state.count"), 42);
    assert_string_equal(string_at(have, "kind"), "gen_server");
    assert_string_equal(string_at(have, "module"), "target_server");
    expect_same(at(have, "hash"),
            truth(target, "list_to_binary(string:lowercase(binary_to_list(binary:encode_hex("
                          "erlang:md5(term_to_binary(sys:get_state(server), [deterministic]))))))"),
            "hash");
    json_t *machine = data(daemon, "/api/v1/processes/machine/genserver_state");
    assert_string_equal(string_at(machine, "kind"), "gen_statem");
    json_t *manager = data(daemon, "/api/v1/processes/manager/genserver_state");
    assert_string_equal(string_at(manager, "handlers.0.handler"), "target_event");
}

static void a_process_of_no_behaviour_is_refused_and_gets_nothing(void **state) {
    (void)state;
    refused(request(daemon, "GET", NULL, "/api/v1/processes/plain/genserver_state"), 422,
            "state_not_available");
    refused(request(daemon, "PUT", "{\"state\": 1}", "/api/v1/processes/plain/state"), 422,
            "state_not_available");
    assert_true(holds(target, "process_info(whereis(plain), messages) =:= {messages, []}"));
}

// ---- changing --------------------------------------------------------------------------------

static void a_state_is_replaced_if_it_is_the_one_expected(void **state) {
    (void)state;
    const char *before = hash_of("server");
    json_t *done = change("PUT", "server/state",
            text("{\"state\": {\"count\": 43, \"list\": []}, \"expected\": \"%s\"}", before), 200);
    assert_true(holds(target, "sys:get_state(server) =:= #{count => 43, list => []}"));
    assert_true(true_at(done, "replaced"));
    assert_true(true_at(done, "same_form"));
    assert_string_equal(string_at(done, "hash"), hash_of("server"));
    json_t *details =
            refused(request(daemon, "PUT", text("{\"state\": 1, \"expected\": \"%s\"}", before),
                            "/api/v1/processes/server/state"),
                    409, "conflict");
    assert_string_equal(string_at(details, "hash"), hash_of("server"));
    assert_true(holds(target, "map_get(count, sys:get_state(server)) =:= 43"));
}

static void a_dry_run_changes_nothing(void **state) {
    (void)state;
    const char *before = state_of("server");
    json_t *have = change("PUT", "server/state",
            "{\"state\": \"{:other, 1}\", \"dry_run\": true, \"format\": \"term\"}", 200);
    assert_false(true_at(have, "replaced"));
    assert_true(true_at(have, "dry_run"));
    assert_string_equal(string_at(have, "new_form"), "tuple other of 2");
    assert_string_equal(state_of("server"), before);
}

static void a_part_is_changed_by_its_path(void **state) {
    (void)state;
    json_t *have =
            change("POST", "server/state/update", "{\"path\": [\"count\"], \"value\": 44}", 200);
    assert_int_equal(integer_at(have, "new"), 44);
    assert_true(holds(target, "map_get(count, sys:get_state(server)) =:= 44"));
    json_t *details = refused(request(daemon, "POST", "{\"path\": [\"nobody\"], \"value\": 1}",
                                      "/api/v1/processes/server/state/update"),
            404, "item_not_found");
    assert_string_equal(string_at(details, "field"), "path");
    change("POST", "machine/state/update", "{\"path\": \"[1, 1]\", \"value\": 8}", 200);
    assert_true(holds(target, "element(2, sys:get_state(machine)) =:= {data, 8}"));
}

static void a_function_runs_only_where_code_is_allowed(void **state) {
    (void)state;
    const char *function = "fun(State) -> State#{count => 7 * 6} end";
    refused(request(daemon, "POST", text("{\"function\": \"%s\"}", function),
                    "/api/v1/processes/server/state/update"),
            422, "operation_refused");
    change("POST", "server/state/update",
            text("{\"function\": \"%s\", \"allow_code\": true}", function), 200);
    assert_true(holds(target, "map_get(count, sys:get_state(server)) =:= 42"));
    refused(request(daemon, "POST",
                    "{\"function\": \"fun(_) -> 1 div 0 end\", \"allow_code\": true}",
                    "/api/v1/processes/server/state/update"),
            422, "callback_crashed");
    assert_true(holds(target, "map_get(count, sys:get_state(server)) =:= 42"));
}

static void states_of_supervisors_and_of_the_runtime_are_not_touched(void **state) {
    (void)state;
    refused(request(daemon, "PUT", "{\"state\": 1}", "/api/v1/processes/kernel_safe_sup/state"),
            403, "protected_process");
    json_t *details = refused(request(daemon, "PUT", "{\"state\": 1, \"force\": true}",
                                      "/api/v1/processes/kernel_safe_sup/state"),
            422, "operation_refused");
    assert_non_null(string_at(details, "closest"));
    assert_true(holds(target, "is_tuple(sys:get_state(kernel_safe_sup))"));
}

// ---- comparing -------------------------------------------------------------------------------

static void a_state_is_compared_with_a_shape(void **state) {
    (void)state;
    json_t *good =
            change("POST", "server/state/validate", "{\"shape\": {\"count\": \"integer\"}}", 200);
    assert_true(true_at(good, "valid"));
    json_t *bad = change("POST", "server/state/validate",
            "{\"shape\": {\"count\": \"binary\"}, \"format\": \"json\"}", 200);
    assert_false(true_at(bad, "valid"));
    assert_string_equal(string_at(bad, "problems.0.found"), "integer");
    refused(request(daemon, "POST", "{\"shape\": \"nothing_of_the_kind\", \"create_atoms\": true}",
                    "/api/v1/processes/server/state/validate"),
            400, "invalid_parameter");
}

static void a_state_is_migrated(void **state) {
    (void)state;
    json_t *have = change("POST", "old/state/migrate",
            "{\"mapping\": \"%{rename: %{old: :list}, drop: [:gone], add: %{count: 3}}\"}", 200);
    assert_true(true_at(have, "replaced"));
    assert_true(holds(target, "sys:get_state(old) =:= #{list => 1, count => 3}"));
    refused(request(daemon, "POST", "{\"mapping\": {\"drop\": []}}",
                    "/api/v1/processes/old/state/migrate"),
            400, "invalid_parameter");
}

static void compressing_says_what_it_is_worth(void **state) {
    (void)state;
    json_t *have = change("POST", "server/state/compress", "{}", 200);
    expect_same(at(have, "bytes"),
            truth(target, "byte_size(term_to_binary(sys:get_state(server), [deterministic]))"),
            "bytes");
    assert_false(true_at(have, "stored_compressed"));
    assert_true(true_at(have, "collected"));
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_state_is_shown_with_a_hash),
            cmocka_unit_test(a_process_of_no_behaviour_is_refused_and_gets_nothing),
            cmocka_unit_test(a_state_is_replaced_if_it_is_the_one_expected),
            cmocka_unit_test(a_dry_run_changes_nothing),
            cmocka_unit_test(a_part_is_changed_by_its_path),
            cmocka_unit_test(a_function_runs_only_where_code_is_allowed),
            cmocka_unit_test(states_of_supervisors_and_of_the_runtime_are_not_touched),
            cmocka_unit_test(a_state_is_compared_with_a_shape),
            cmocka_unit_test(a_state_is_migrated),
            cmocka_unit_test(compressing_says_what_it_is_worth),
    };
    return cmocka_run_group_tests_name("state operations", tests, set_up, harness_stop);
}
