// Operations on applications and their environment, compared with what application says of them.
#include "end_to_end/harness.h"

#include <stdio.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:application([target_worker:spec(app_a, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *ask(int status, const char *method, const char *body, const char *path) {
    struct reply reply = request(daemon, method, body, "/api/v1/%s", path);
    if (reply.status != status) {
        fail_msg("%s %s: %d %s", method, path, reply.status, reply.body);
    }
    return json_object_get(reply.json, "data");
}

#define APPLICATION "applications/target_application"

static void applications_are_told(void **state) {
    (void)state;
    json_t *answer = ask(200, "GET", NULL, "applications?running=true");
    expect_same_set(pluck(at(answer, "applications"), "name"),
            truth(target, "[N || {N, _, _} <- application:which_applications()]"), "running");
    answer = ask(200, "GET", NULL, "applications");
    expect_same_set(pluck(at(answer, "applications"), "name"),
            truth(target, "[N || {N, _, _} <- application:loaded_applications()]"), "loaded");
    answer = ask(200, "POST", "{}", "operations/which_applications");
    expect_same(pluck(at(answer, "applications"), "name"),
            truth(target, "[N || {N, _, _} <- application:which_applications()]"), "which");
    answer = ask(200, "GET", NULL, APPLICATION);
    assert_string_equal(string_at(answer, "version"), "1.2.3");
    assert_string_equal(string_at(answer, "type"), "temporary");
    expect_same(at(answer, "top"), truth(target, "whereis(target_top)"), "top");
    answer = ask(200, "GET", NULL, "system/application_controller");
    expect_same(at(answer, "pid"), truth(target, "whereis(application_controller)"), "controller");
    refused(request(daemon, "GET", NULL, "/api/v1/applications/lists"), 404, "item_not_found");
    refused(request(daemon, "GET", NULL, "/api/v1/applications/no_such_application_here"), 422,
            "unknown_atom");
}

static void an_application_is_stopped_started_and_restarted(void **state) {
    (void)state;
    json_t *old = truth(target, "whereis(target_top)");
    json_t *answer = ask(200, "POST", "{\"dry_run\": true}", APPLICATION "/stop");
    assert_int_equal(integer_at(answer, "ends.total"), 2);
    answer = ask(200, "POST", NULL, APPLICATION "/restart");
    expect_same(at(answer, "old_top"), old, "the old top");
    expect_same(at(answer, "top"), truth(target, "whereis(target_top)"), "the new top");
    answer = ask(200, "POST", NULL, "supervisors/target_top/restart");
    expect_same(at(answer, "new_pid"), truth(target, "whereis(target_top)"), "the top again");
    ask(200, "POST", NULL, APPLICATION "/stop");
    assert_true(holds(target, "whereis(target_top) =:= undefined"));
    refused(request(daemon, "POST", NULL, "/api/v1/" APPLICATION "/stop"), 422,
            "operation_refused");
    answer = ask(200, "POST", "{\"type\": \"transient\"}", APPLICATION "/start");
    assert_string_equal(string_at(answer, "type"), "transient");
    assert_true(holds(target, "proplists:get_value(target_application, "
                              "proplists:get_value(started, application:info())) =:= transient"));
    refused(request(daemon, "POST", NULL, "/api/v1/" APPLICATION "/start"), 409, "conflict");
    refused(request(daemon, "POST", "{\"force\": true}", "/api/v1/applications/kernel/stop"), 403,
            "protected_process");
}

static void an_environment_is_changed(void **state) {
    (void)state;
    evaluate(target, "{color, red, db_password}"); // atoms that the node knows
    json_t *answer = ask(200, "PUT", "{\"value\": \"{:red, 1}\"}", APPLICATION "/env/color");
    assert_true(true_at(answer, "set"));
    assert_string_equal(
            evaluate(target, "application:get_env(target_application, color)"), "{ok,{red,1}}");
    answer = ask(200, "GET", NULL, APPLICATION "/env/color");
    assert_string_equal(string_at(answer, "value_inspect"), "{:red, 1}");
    answer = ask(200, "DELETE", NULL, APPLICATION "/env/color");
    assert_string_equal(string_at(answer, "previous_inspect"), "{:red, 1}");
    assert_string_equal(
            evaluate(target, "application:get_env(target_application, color)"), "undefined");
    refused(request(daemon, "DELETE", NULL, "/api/v1/" APPLICATION "/env/color"), 404,
            "item_not_found");
}

static void what_is_secret_is_not_shown(void **state) {
    (void)state;
    ask(200, "PUT", "{\"value\": {\"user\": \"me\"}}", APPLICATION "/env/color");
    ask(200, "PUT", "{\"value\": \"\\\"hunter2\\\"\"}", APPLICATION "/env/db_password");
    assert_string_equal(evaluate(target, "application:get_env(target_application, db_password)"),
            "{ok,<<104,117,110,116,101,114,50>>}");
    static const char *const paths[] = {APPLICATION "/env/db_password", APPLICATION "/env"};
    for (size_t i = 0; i < 2; i++) {
        struct reply reply = request(daemon, "GET", NULL, "/api/v1/%s", paths[i]);
        assert_int_equal(reply.status, 200);
        assert_null(strstr(reply.body, "hunter2"));
        assert_non_null(strstr(reply.body, "[redacted]"));
    }
    json_t *rows = at(ask(200, "GET", NULL, APPLICATION "/env"), "environment");
    assert_string_equal(string_at(find(rows, "key", "db_password"), "value"), "[redacted]");
    assert_string_equal(string_at(find(rows, "key", "color"), "value_inspect"), "%{user: \"me\"}");
}

static void configurations_are_set(void **state) {
    (void)state;
    evaluate(target, "{shape, round, square}");
    json_t *answer = ask(200, "POST",
            "{\"format\": \"erlang\", \"config\": \"[{target_application, [{shape, round}]}]\"}",
            "applications/config");
    assert_int_equal(integer_at(answer, "set"), 1);
    assert_string_equal(string_at(answer, "changes.0.key"), "shape");
    char *path = text("%s/some.config", harness_folder());
    evaluate(target, "file:write_file(\"%s\", \"[{target_application, [{shape, square}]}].\")",
            path);
    answer = ask(200, "POST", text("{\"path\": \"%s\"}", path), "applications/config");
    assert_string_equal(string_at(answer, "changes.0.change"), "changed");
    assert_string_equal(
            evaluate(target, "application:get_env(target_application, shape)"), "{ok,square}");
    refused(request(daemon, "POST", "{\"path\": \"/etc/passwd\"}", "/api/v1/applications/config"),
            400, "invalid_parameter");
    const json_t *details =
            refused(request(daemon, "POST", NULL, "/api/v1/applications/config/reload"), 422,
                    "operation_refused");
    assert_string_equal(string_at(details, "closest"), "load_application_config");
}

static void write_config(const char *path, const char *value) {
    FILE *file = fopen(path, "w");
    fprintf(file, "[{target_application, [{from_file, %s}]}].\n", value);
    assert_int_equal(fclose(file), 0);
}

static void configuration_files_are_read_again(void **state) {
    (void)state;
    char *path = text("%s/again.config", harness_folder());
    write_config(path, "1");
    struct target *own = target_start_with_config(path);
    evaluate(own, "target:application([])");
    attach(daemon, own);
    assert_true(holds(own, "application:get_env(target_application, from_file) =:= {ok, 1}"));
    write_config(path, "{two, 2}");
    struct reply reply = request(daemon, "POST", text("{\"node\": \"%s\"}", own->name),
            "/api/v1/applications/config/reload");
    assert_int_equal(reply.status, 200);
    assert_true(
            holds(own, "application:get_env(target_application, from_file) =:= {ok, {two, 2}}"));
    detach(daemon, own);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(applications_are_told),
            cmocka_unit_test(an_application_is_stopped_started_and_restarted),
            cmocka_unit_test(an_environment_is_changed),
            cmocka_unit_test(what_is_secret_is_not_shown),
            cmocka_unit_test(configurations_are_set),
            cmocka_unit_test(configuration_files_are_read_again),
    };
    return cmocka_run_group_tests(tests, set_up, harness_stop);
}
