// `whitebeam demo` starts a playground, attaches it, and takes it along when it ends.
#include "end_to_end/harness.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct daemon *demo;

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
    assert_string_equal(string_at(nodes, "0.name"), "demo");
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

// ---- its end ---------------------------------------------------------------------------------

#define FAMILY 64

static pid_t parent_of(pid_t pid) {
    int parent = 0;
    FILE *file = fopen(text("/proc/%d/stat", (int)pid), "r");
    if (file != NULL) {
        if (fscanf(file, "%*d (%*[^)]) %*c %d", &parent) != 1) {
            parent = 0;
        }
        fclose(file);
    }
    return parent;
}

// All processes that the daemon started, directly or not. The pids in the jail are others.
static size_t family_of(pid_t ancestor, pid_t family[static FAMILY]) {
    size_t count = 0;
    DIR *processes = opendir("/proc");
    assert_non_null(processes);
    for (struct dirent *entry; (entry = readdir(processes)) != NULL && count < FAMILY;) {
        pid_t pid = (pid_t)atoi(entry->d_name);
        for (pid_t up = pid; up > 1; up = parent_of(up)) {
            if (up == ancestor && pid != ancestor) {
                family[count++] = pid;
                break;
            }
        }
    }
    closedir(processes);
    return count;
}

static void the_family_ends_by(int signal) {
    const char *none[] = {NULL};
    pid_t family[FAMILY];
    struct daemon *daemon = daemon_start_with("demo", none);
    size_t count = family_of(daemon->pid, family);
    assert_true(count > 0);
    daemon_signal(daemon, signal);
    for (size_t i = 0; i < count; i++) {
        for (struct deadline d = deadline_in(10); kill(family[i], 0) == 0;) {
            deadline_wait(&d, "the end of the playground");
        }
    }
}

static void the_playground_ends_with_the_daemon(void **state) {
    (void)state;
    the_family_ends_by(SIGTERM);
}

static void the_playground_ends_when_the_daemon_is_killed(void **state) {
    (void)state;
    the_family_ends_by(SIGKILL);
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
