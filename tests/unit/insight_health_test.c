// The formulas of health, computed by hand.
#include "insight/health.h"

#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>
#include <math.h>

static struct mirror *mirror;

static int begin(void **state) {
    (void)state;
    mirror = mirror_create(STR("n@h"), 9);
    return 0;
}

static int finish(void **state) {
    (void)state;
    mirror_destroy(mirror);
    return 0;
}

static uint32_t process(uint32_t id) {
    return mirror_touch(mirror, id, 0);
}

// A supervisor that was read just now.
static struct supervisor *supervisor(uint32_t id, int64_t intensity, int64_t used) {
    uint32_t index = mirror_supervisor_touch(mirror, process(id));
    struct supervisor *entry = &mirror->supervisors[index];
    entry->read = entry->has_flags = true;
    entry->intensity = intensity;
    entry->period = 3600;
    entry->used = used;
    entry->oldest = used > 0 ? 0 : -1;
    entry->read_at = clock_unix_ms();
    return entry;
}

static void assert_near(double value, double expected) {
    if (fabs(value - expected) > 1e-9) {
        fail_msg("%f is not %f", value, expected);
    }
}

// ---- the budget ------------------------------------------------------------------------------

static void a_restart_counts_until_the_period_is_over(void **state) {
    (void)state;
    struct supervisor entry = {.has_flags = true,
            .intensity = 3,
            .period = 10,
            .used = 2,
            .oldest = 4,
            .read_at = 1000000};
    static const struct {
        int64_t after_ms, used, frees_in;
    } rows[] = {{0, 2, 6}, {999, 2, 6}, {1000, 2, 5}, {6000, 2, 0}, {7000, 1, -1}, {60000, 1, -1}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t frees_in = 77;
        assert_int_equal(
                health_budget_used(&entry, 1000000 + rows[i].after_ms, &frees_in), rows[i].used);
        assert_int_equal(frees_in, rows[i].frees_in);
    }
}

static void what_is_not_known_is_minus_one(void **state) {
    (void)state;
    int64_t frees_in;
    struct supervisor no_flags = {.used = 2};
    assert_int_equal(health_budget_used(&no_flags, 5, &frees_in), -1);
    assert_int_equal(frees_in, -1);
    struct supervisor unknown = {.has_flags = true, .used = -1};
    assert_int_equal(health_budget_used(&unknown, 5, &frees_in), -1);
    struct supervisor no_age = {.has_flags = true, .used = 2, .oldest = -1, .period = 5};
    assert_int_equal(health_budget_used(&no_age, 1000000, &frees_in), 2);
    assert_int_equal(frees_in, -1);
    struct supervisor none = {.has_flags = true, .used = 0, .oldest = 3, .period = 5};
    assert_int_equal(health_budget_used(&none, 5, &frees_in), 0);
    assert_int_equal(frees_in, -1);
}

// ---- supervisors -----------------------------------------------------------------------------

static void the_health_of_a_supervisor_is_that_of_its_budget(void **state) {
    (void)state;
    assert_int_equal(health_of_supervisor(mirror, supervisor(1, 3, 0)), HEALTH_HEALTHY);
    assert_int_equal(health_of_supervisor(mirror, supervisor(2, 3, 1)), HEALTH_DEGRADED);
    assert_int_equal(health_of_supervisor(mirror, supervisor(3, 3, 3)), HEALTH_CRITICAL);
    assert_int_equal(health_of_supervisor(mirror, supervisor(4, 3, 9)), HEALTH_CRITICAL);
    assert_int_equal(health_of_supervisor(mirror, supervisor(5, 0, 0)), HEALTH_HEALTHY);
    assert_int_equal(health_of_supervisor(mirror, supervisor(6, 3, -1)), HEALTH_HEALTHY);
}

static void silence_degrades_and_what_was_not_read_is_unknown(void **state) {
    (void)state;
    struct supervisor *entry = supervisor(1, 3, 0);
    entry->read = false;
    assert_int_equal(health_of_supervisor(mirror, entry), HEALTH_UNKNOWN);
    entry->busy = true;
    assert_int_equal(health_of_supervisor(mirror, entry), HEALTH_DEGRADED);
}

static void a_child_that_could_not_be_restarted_degrades(void **state) {
    (void)state;
    struct supervisor *entry = supervisor(1, 3, 0);
    uint32_t index = mirror->p.supervises[process(1)];
    mirror_child_add(mirror, index, &(struct child){.slot = MIRROR_NONE, .state = CHILD_STOPPED});
    mirror_children_end(mirror, index, entry->read_at);
    assert_int_equal(health_of_supervisor(mirror, &mirror->supervisors[index]), HEALTH_HEALTHY);
    mirror_child_add(
            mirror, index, &(struct child){.slot = MIRROR_NONE, .state = CHILD_RESTARTING});
    mirror_children_end(mirror, index, entry->read_at);
    assert_int_equal(health_of_supervisor(mirror, &mirror->supervisors[index]), HEALTH_DEGRADED);
}

static void healths_have_texts(void **state) {
    (void)state;
    assert_string_equal(health_text(HEALTH_HEALTHY), "healthy");
    assert_string_equal(health_text(HEALTH_CRITICAL), "critical");
    assert_null(health_text(HEALTH_UNKNOWN));
}

// ---- the system ------------------------------------------------------------------------------

static const struct health_figures idle = {.processes = 50,
        .process_limit = 1000,
        .ports = 5,
        .port_limit = 100,
        .atoms = 100,
        .atom_limit = 1000,
        .ets = 20,
        .ets_limit = 1000,
        .run_queue = 0,
        .schedulers_online = 4,
        .memory_total = 1000000000};

static void an_empty_node_is_perfectly_healthy(void **state) {
    (void)state;
    struct health_scores scores = health_of_system(mirror, &idle);
    assert_near(scores.overall, 100.0);
    assert_int_equal(scores.status, HEALTH_HEALTHY);
    struct health_figures nothing = {0};
    scores = health_of_system(mirror, &nothing);
    assert_near(scores.overall, 100.0);
}

static void supervision_is_the_mean_of_those_judged(void **state) {
    (void)state;
    supervisor(1, 3, 0);
    supervisor(2, 3, 1);
    supervisor(3, 3, 3);
    supervisor(4, 3, 0)->read = false;
    struct health_scores scores = health_of_system(mirror, &idle);
    assert_near(scores.supervision, 50.0);
    assert_int_equal(scores.supervisors, 4);
    assert_near(scores.overall, 0.4 * 50.0 + 30.0 + 30.0);
    assert_int_equal(scores.status, HEALTH_DEGRADED);
}

static void one_troubled_process_in_a_hundred_costs_ten_points(void **state) {
    (void)state;
    for (uint32_t i = 1; i <= 100; i++) {
        process(i);
    }
    mirror->p.queue[process(7)] = HEALTH_LONG_QUEUE + 1;
    mirror->p.queue[process(8)] = HEALTH_LONG_QUEUE;
    struct health_scores scores = health_of_system(mirror, &idle);
    assert_near(scores.process, 90.0);
    assert_int_equal(scores.long_queues, 1);
    // A process in two kinds of trouble counts once.
    mirror->p.status[process(7)] = STATUS_SUSPENDED;
    mirror->p.memory[process(9)] = 100000001;
    scores = health_of_system(mirror, &idle);
    assert_near(scores.process, 80.0);
    assert_int_equal(scores.suspended, 1);
    assert_int_equal(scores.heavy, 1);
    for (uint32_t i = 20; i < 60; i++) {
        mirror->p.status[process(i)] = STATUS_SUSPENDED;
    }
    assert_near(health_of_system(mirror, &idle).process, 0.0);
}

static void processes_that_ended_do_not_count(void **state) {
    (void)state;
    process(1);
    uint32_t slot = process(2);
    mirror->p.queue[slot] = 5000;
    mirror->p.status[slot] = STATUS_SUSPENDED;
    mirror_remove(mirror, slot);
    struct health_scores scores = health_of_system(mirror, &idle);
    assert_near(scores.process, 100.0);
    assert_int_equal(scores.suspended, 0);
}

static void a_process_is_heavy_by_share_and_by_size(void **state) {
    (void)state;
    uint32_t slot = process(1);
    mirror->p.memory[slot] = HEALTH_HEAVY_LEAST + 1;
    assert_true(health_is_heavy(mirror, slot, 10 * (int64_t)HEALTH_HEAVY_LEAST));
    assert_false(health_is_heavy(mirror, slot, 11 * (int64_t)HEALTH_HEAVY_LEAST));
    mirror->p.memory[slot] = HEALTH_HEAVY_LEAST;
    assert_false(health_is_heavy(mirror, slot, 1000));
    mirror->p.memory[slot] = UINT64_MAX;
    assert_true(health_is_heavy(mirror, slot, INT64_MAX));
}

static double performance_at(int64_t used, int64_t limit, int64_t run_queue) {
    struct health_figures figures = idle;
    figures.ets = used;
    figures.ets_limit = limit;
    figures.run_queue = run_queue;
    return health_of_system(mirror, &figures).performance;
}

static void performance_falls_from_half_of_a_limit_on(void **state) {
    (void)state;
    assert_near(performance_at(500, 1000, 0), 100.0);
    assert_near(performance_at(750, 1000, 0), 50.0);
    assert_near(performance_at(1000, 1000, 0), 0.0);
    assert_near(performance_at(7, 0, 0), 100.0); // no limit known
}

static void performance_falls_with_ten_runnable_processes_a_scheduler(void **state) {
    (void)state;
    assert_near(performance_at(0, 1000, 4), 100.0);
    assert_near(performance_at(0, 1000, 22), 50.0); // 5.5 on each of four
    assert_near(performance_at(0, 1000, 40), 0.0);
    assert_near(performance_at(0, 1000, 4000), 0.0);
    assert_near(performance_at(750, 1000, 40), 0.0); // the worse of both
}

static void a_near_limit_alone_is_no_good_health(void **state) {
    (void)state;
    struct health_figures figures = idle;
    static const struct {
        int64_t atoms;
        enum health status;
    } rows[] = {{650, HEALTH_HEALTHY}, {800, HEALTH_DEGRADED}, {940, HEALTH_DEGRADED},
            {950, HEALTH_CRITICAL}, {1000, HEALTH_CRITICAL}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        figures.atoms = rows[i].atoms;
        assert_int_equal(health_of_system(mirror, &figures).status, rows[i].status);
    }
}

static void impossible_figures_stay_within_the_scale(void **state) {
    (void)state;
    static const int64_t values[] = {INT64_MIN, -1, 0, 1, INT64_MAX};
    for (size_t i = 0; i < 25; i++) {
        int64_t a = values[i / 5];
        int64_t b = values[i % 5];
        struct health_figures figures = {a, b, a, b, a, b, a, b, a, b, a};
        struct health_scores scores = health_of_system(mirror, &figures);
        assert_true(scores.performance >= 0.0 && scores.performance <= 100.0);
        assert_true(scores.overall >= 0.0 && scores.overall <= 100.0);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_restart_counts_until_the_period_is_over),
            TEST(what_is_not_known_is_minus_one),
            TEST(the_health_of_a_supervisor_is_that_of_its_budget),
            TEST(silence_degrades_and_what_was_not_read_is_unknown),
            TEST(a_child_that_could_not_be_restarted_degrades),
            TEST(healths_have_texts),
            TEST(an_empty_node_is_perfectly_healthy),
            TEST(supervision_is_the_mean_of_those_judged),
            TEST(one_troubled_process_in_a_hundred_costs_ten_points),
            TEST(processes_that_ended_do_not_count),
            TEST(a_process_is_heavy_by_share_and_by_size),
            TEST(performance_falls_from_half_of_a_limit_on),
            TEST(performance_falls_with_ten_runnable_processes_a_scheduler),
            TEST(a_near_limit_alone_is_no_good_health),
            TEST(impossible_figures_stay_within_the_scale),
    };
    return cmocka_run_group_tests_name("insight_health", tests, NULL, NULL);
}
