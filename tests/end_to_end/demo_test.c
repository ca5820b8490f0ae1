// `whitebeam demo` starts a playground, attaches it, and takes it along when it ends.
#include "end_to_end/harness.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

static struct daemon *demo;
static pid_t playground;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    const char *none[] = {NULL};
    demo = daemon_start_with("demo", none);
    return 0;
}

static void the_playground_is_ready_with_the_ready_line(void **state) {
    (void)state;
    json_t *nodes = data(demo, "/api/v1/nodes");
    assert_int_equal(json_array_size(nodes), 1);
    assert_string_equal(string_at(nodes, "0.state"), "ready");
    playground = (pid_t)atoi(string_at(nodes, "0.os_pid"));
    assert_true(playground > 1);
    assert_int_equal(kill(playground, 0), 0);
}

static void its_tree_is_shown(void **state) {
    (void)state;
    json_t *tree = data(demo, "/api/v1/supervisors/Playground.Supervisor/tree?fresh=true");
    assert_non_null(find(at(tree, "root.children"), "name", "DemoSupervisor"));
    assert_string_equal(
            string_at(data(demo, "/api/v1/supervisors/DemoSupervisor"), "strategy"), "one_for_one");
}

static void a_killed_worker_is_restarted(void **state) {
    (void)state;
    for (struct deadline d = deadline_in(10);
            request(demo, "GET", NULL, "/api/v1/processes/counter_1").status != 200;) {
        deadline_wait(&d, "the worker");
    }
    json_t *before = at(data(demo, "/api/v1/processes/counter_1"), "pid");
    assert_int_equal(request(demo, "DELETE", NULL, "/api/v1/processes/counter_1").status, 200);
    for (struct deadline d = deadline_in(5);
            request(demo, "GET", NULL, "/api/v1/processes/counter_1").status != 200;) {
        deadline_wait(&d, "the restart");
    }
    json_t *after = at(data(demo, "/api/v1/processes/counter_1"), "pid");
    assert_false(json_equal(before, after));
    assert_int_equal(integer_at(data(demo, "/api/v1/supervisors/DemoSupervisor?fresh=true"),
                             "restarts_used"),
            1);
}

static void health_is_told(void **state) {
    (void)state;
    json_t *health = data(demo, "/api/v1/system/health?fresh=true");
    assert_in_range(integer_at(health, "metrics.total_processes"), 30, 1000);
    assert_true(integer_at(health, "metrics.memory_usage.total") > 1000000);
    assert_true(json_is_number(at(health, "overall_score")));
}

static void the_playground_ends_with_the_daemon(void **state) {
    (void)state;
    daemon_signal(demo, SIGTERM);
    for (struct deadline d = deadline_in(10); kill(playground, 0) == 0;) {
        deadline_wait(&d, "the end of the playground");
    }
    assert_int_equal(errno, ESRCH);
}

static void the_playground_ends_when_the_daemon_is_killed(void **state) {
    (void)state;
    const char *none[] = {NULL};
    struct daemon *second = daemon_start_with("demo", none);
    pid_t pid = (pid_t)atoi(string_at(data(second, "/api/v1/nodes"), "0.os_pid"));
    daemon_signal(second, SIGKILL);
    for (struct deadline d = deadline_in(15); kill(pid, 0) == 0;) {
        if (now_ms() + 100 > d.end) {
            kill(pid, SIGKILL); // nobody else would
        }
        deadline_wait(&d, "the end of the playground");
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(the_playground_is_ready_with_the_ready_line),
            cmocka_unit_test(its_tree_is_shown),
            cmocka_unit_test(a_killed_worker_is_restarted),
            cmocka_unit_test(health_is_told),
            cmocka_unit_test(the_playground_ends_with_the_daemon),
            cmocka_unit_test(the_playground_ends_when_the_daemon_is_killed),
    };
    return cmocka_run_group_tests_name("demo", tests, set_up, harness_stop);
}
