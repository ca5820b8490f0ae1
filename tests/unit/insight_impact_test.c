// Who ends with whom: the rules of supervisors, as OTP's documentation gives them, one by one.
#include "unit/impact_fixture.h"

// What is said about one process, in a line of a test.
struct said {
    uint32_t id;
    enum impact_why why;
    enum impact_after after;
    uint32_t step;
};

static void check_rows(const struct said *said, size_t count) {
    for (size_t i = 0; i < count; i++) {
        assert_true(i < impact.count);
        const struct impact_row *row = &impact.rows[i];
        assert_int_equal(mirror->p.id[row->slot], said[i].id);
        assert_int_equal(row->why, said[i].why);
        assert_int_equal(row->after, said[i].after);
        assert_int_equal(row->step, said[i].step);
    }
    assert_int_equal(impact.count, count);
}

// All that end, in order.
#define ENDS(...)                                                                                  \
    check_rows((const struct said[]){__VA_ARGS__},                                                 \
            sizeof((const struct said[]){__VA_ARGS__}) / sizeof(struct said))

static void assert_outcome(enum impact_outcome outcome) {
    assert_string_equal(impact_outcome_text(impact.outcome), impact_outcome_text(outcome));
}

// ---- strategies ------------------------------------------------------------------------------

static void one_for_one_restarts_the_one(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3), TEMPORARY(4));
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0});
    assert_outcome(IMPACT_CONTAINED);
    assert_true(impact.certain);
    assert_int_equal(impact.application, MIRROR_NONE);
}

static void one_for_all_restarts_all_but_temporary_ones(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 3, 0);
    CHILDREN(1, PERMANENT(2), TRANSIENT(3), TEMPORARY(4), PERMANENT(5));
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {5, IMPACT_GROUP, IMPACT_RESTARTED, 1},
            {4, IMPACT_GROUP, IMPACT_GONE, 1}, {2, IMPACT_GROUP, IMPACT_RESTARTED, 1});
    assert_outcome(IMPACT_LOSS);
}

static void rest_for_one_restarts_those_started_after(void **state) {
    (void)state;
    supervisor(1, STRATEGY_REST_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3), PERMANENT(4), PERMANENT(5));
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {5, IMPACT_GROUP, IMPACT_RESTARTED, 1},
            {4, IMPACT_GROUP, IMPACT_RESTARTED, 1});
    ask(5, IMPACT_ERROR);
    ENDS({5, IMPACT_ASKED, IMPACT_RESTARTED, 0});
}

static void dynamic_children_are_restarted_one_by_one(void **state) {
    (void)state;
    supervisor(1, STRATEGY_SIMPLE_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3));
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0});
}

static void restart_types_decide_with_the_reason(void **state) {
    (void)state;
    static const struct {
        enum restart_type restart;
        enum impact_reason reason;
        enum impact_after after;
    } rows[] = {
            {RESTART_PERMANENT, IMPACT_NORMAL, IMPACT_RESTARTED},
            {RESTART_PERMANENT, IMPACT_SHUTDOWN, IMPACT_RESTARTED},
            {RESTART_PERMANENT, IMPACT_ERROR, IMPACT_RESTARTED},
            {RESTART_TRANSIENT, IMPACT_NORMAL, IMPACT_GONE},
            {RESTART_TRANSIENT, IMPACT_SHUTDOWN, IMPACT_GONE},
            {RESTART_TRANSIENT, IMPACT_ERROR, IMPACT_RESTARTED},
            {RESTART_TEMPORARY, IMPACT_NORMAL, IMPACT_GONE},
            {RESTART_TEMPORARY, IMPACT_SHUTDOWN, IMPACT_GONE},
            {RESTART_TEMPORARY, IMPACT_ERROR, IMPACT_GONE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        supervisor(1, STRATEGY_ONE_FOR_ALL, 3, 0);
        CHILDREN(1, {2, rows[i].restart, false, 5000}, PERMANENT(3));
        ask(2, rows[i].reason);
        bool again = rows[i].after == IMPACT_RESTARTED;
        assert_int_equal(impact.rows[0].after, rows[i].after);
        assert_int_equal(impact.count, again ? 2 : 1); // who is not restarted takes nobody along
        assert_outcome(again ? IMPACT_CONTAINED : IMPACT_LOSS);
    }
}

static void children_that_do_not_run_are_left_out(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 3, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3));
    mirror->supervisors[0].children[1].state = CHILD_RESTARTING;
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0});
}

// ---- budgets ---------------------------------------------------------------------------------

static void the_restart_after_the_last_ends_the_supervisor(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 5, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 2);
    CHILDREN(1, PERMANENT(2));
    CHILDREN(2, PERMANENT(3), TEMPORARY(4));
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0});
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 3);
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_ANEW, 0}, {2, IMPACT_BUDGET, IMPACT_RESTARTED, 1},
            {4, IMPACT_SUPERVISOR, IMPACT_ANEW, 2});
    assert_outcome(IMPACT_ESCALATION);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 0, 0);
    ask(3, IMPACT_NORMAL);
    assert_int_equal(impact.count, 3);
}

static void budgets_recover_with_time(void **state) {
    (void)state;
    struct supervisor *entry = supervisor(1, STRATEGY_ONE_FOR_ONE, 1, 1);
    CHILDREN(1, PERMANENT(2));
    entry = &mirror->supervisors[0];
    entry->period = 10;
    entry->oldest = 4;
    entry->read_at = NOW - 5000;
    ask(2, IMPACT_ERROR);
    assert_int_equal(impact.count, 2);
    entry->read_at = NOW - 7000;
    ask(2, IMPACT_ERROR);
    assert_int_equal(impact.count, 1);
}

static void escalation_goes_up_to_the_application(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 0, 0);
    supervisor(2, STRATEGY_ONE_FOR_ALL, 1, 1);
    supervisor(3, STRATEGY_ONE_FOR_ONE, 3, 3);
    CHILDREN(1, PERMANENT(2), PERMANENT(9));
    CHILDREN(2, PERMANENT(3), PERMANENT(8));
    CHILDREN(3, PERMANENT(4));
    ask(4, IMPACT_ERROR);
    ENDS({4, IMPACT_ASKED, IMPACT_GONE, 0}, {3, IMPACT_BUDGET, IMPACT_GONE, 1},
            {2, IMPACT_BUDGET, IMPACT_GONE, 2}, {8, IMPACT_SUPERVISOR, IMPACT_GONE, 3},
            {1, IMPACT_BUDGET, IMPACT_GONE, 3}, {9, IMPACT_SUPERVISOR, IMPACT_GONE, 4});
    assert_outcome(IMPACT_TREE_LOSS);
}

// A supervisor that gives up ends with reason shutdown, which is a normal end to its own.
static void a_transient_supervisor_that_gives_up_stays_ended(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 0, 0);
    CHILDREN(1, TRANSIENT(2), PERMANENT(5));
    CHILDREN(2, PERMANENT(3));
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_GONE, 0}, {2, IMPACT_BUDGET, IMPACT_GONE, 1});
    assert_outcome(IMPACT_TREE_LOSS);
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {3, IMPACT_SUPERVISOR, IMPACT_ANEW, 1});
    assert_outcome(IMPACT_CONTAINED);
}

static void dynamic_children_are_lost_with_their_supervisor(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(2, STRATEGY_SIMPLE_ONE_FOR_ONE, 3, 0);
    supervisor(5, STRATEGY_ONE_FOR_ONE, 3, 0)->kind = SUPERVISOR_DYNAMIC;
    CHILDREN(1, PERMANENT(2), PERMANENT(5));
    CHILDREN(2, PERMANENT(3));
    CHILDREN(5, PERMANENT(6));
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {3, IMPACT_SUPERVISOR, IMPACT_GONE, 1});
    assert_outcome(IMPACT_LOSS);
    ask(5, IMPACT_ERROR);
    ENDS({5, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {6, IMPACT_SUPERVISOR, IMPACT_GONE, 1});
}

static void a_group_with_a_supervisor_takes_its_tree_along(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 3, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 0, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(5));
    CHILDREN(2, PERMANENT(3), TEMPORARY(4));
    ask(5, IMPACT_ERROR);
    ENDS({5, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {2, IMPACT_GROUP, IMPACT_RESTARTED, 1},
            {4, IMPACT_SUPERVISOR, IMPACT_ANEW, 2}, {3, IMPACT_SUPERVISOR, IMPACT_ANEW, 2});
    assert_outcome(IMPACT_CONTAINED);
}

// ---- auto_shutdown ---------------------------------------------------------------------------

static void a_significant_child_shuts_its_supervisor_down(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 0)->auto_shutdown = 1; // any_significant
    CHILDREN(1, TRANSIENT(2));
    CHILDREN(2, {3, RESTART_TRANSIENT, true, 5000}, PERMANENT(4));
    ask(3, IMPACT_NORMAL);
    ENDS({3, IMPACT_ASKED, IMPACT_GONE, 0}, {2, IMPACT_AUTO_SHUTDOWN, IMPACT_GONE, 1},
            {4, IMPACT_SUPERVISOR, IMPACT_GONE, 2});
    assert_outcome(IMPACT_TREE_LOSS);
    ask(3, IMPACT_ERROR); // it is restarted, and has not ended for good
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0});
}

static void all_significant_waits_for_the_last(void **state) {
    (void)state;
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 0)->auto_shutdown = 2; // all_significant
    CHILDREN(2, {3, RESTART_TEMPORARY, true, 5000}, {4, RESTART_TEMPORARY, true, 5000},
            PERMANENT(5));
    ask(3, IMPACT_ERROR);
    assert_int_equal(impact.count, 1);
    link_to(3, 4);
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_GONE, 0}, {4, IMPACT_LINKED, IMPACT_GONE, 1},
            {2, IMPACT_AUTO_SHUTDOWN, IMPACT_GONE, 2}, {5, IMPACT_SUPERVISOR, IMPACT_GONE, 3});
}

// ---- links -----------------------------------------------------------------------------------

static void links_take_along_who_does_not_trap_exits(void **state) {
    (void)state;
    link_to(1, 2);
    link_to(2, 3);
    link_to(4, 1);
    traps[process(4)] = true;
    ask(1, IMPACT_ERROR);
    ENDS({1, IMPACT_ASKED, IMPACT_GONE, 0}, {2, IMPACT_LINKED, IMPACT_GONE, 1},
            {3, IMPACT_LINKED, IMPACT_GONE, 2});
    assert_int_equal(impact.told, 1);
    ask(1, IMPACT_SHUTDOWN);
    assert_int_equal(impact.count, 3);
    ask(1, IMPACT_NORMAL); // a normal exit signal is ignored
    assert_int_equal(impact.count, 1);
}

static void linked_siblings_cost_a_restart_each(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 2, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3), PERMANENT(4));
    link_to(2, 3);
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {3, IMPACT_LINKED, IMPACT_RESTARTED, 1});
    link_to(3, 4);
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_GONE, 0}, {3, IMPACT_LINKED, IMPACT_GONE, 1},
            {4, IMPACT_LINKED, IMPACT_GONE, 2}, {1, IMPACT_BUDGET, IMPACT_GONE, 3});
}

static void linked_siblings_in_a_group_cost_one_restart(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 1, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(3), PERMANENT(4));
    link_to(2, 3);
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {3, IMPACT_LINKED, IMPACT_RESTARTED, 1},
            {4, IMPACT_GROUP, IMPACT_RESTARTED, 1});
    assert_outcome(IMPACT_CONTAINED);
}

static void links_cross_trees(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(10, STRATEGY_REST_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2));
    CHILDREN(10, PERMANENT(11), PERMANENT(12));
    link_to(2, 11);
    link_to(12, 20); // who is in no tree
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {11, IMPACT_LINKED, IMPACT_RESTARTED, 1},
            {12, IMPACT_GROUP, IMPACT_RESTARTED, 2}, {20, IMPACT_LINKED, IMPACT_GONE, 3});
    assert_outcome(IMPACT_LOSS);
}

static void supervisors_do_not_end_by_links_of_others(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(5, STRATEGY_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2));
    link_to(2, 1); // what supervision is made of
    link_to(2, 5);
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0});
    assert_int_equal(impact.told, 1);
}

static void without_links_only_supervision_counts(void **state) {
    (void)state;
    struct impact_question question = {.slot = process(7), .reason = IMPACT_ERROR, .now = NOW};
    impact_find(&arena, mirror, &question, &impact);
    ENDS({7, IMPACT_ASKED, IMPACT_GONE, 0});
    assert_outcome(IMPACT_LOSS);
}

// A transient child that has ended well is still specified: a group that is restarted has it again.
static void a_group_brings_back_children_that_ended_well(void **state) {
    (void)state;
    supervisor(1, STRATEGY_REST_FOR_ONE, 1, 0);
    CHILDREN(1, PERMANENT(2), TRANSIENT(3), TEMPORARY(4));
    link_to(3, 2);
    ask(3, IMPACT_SHUTDOWN);
    ENDS({3, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {2, IMPACT_LINKED, IMPACT_RESTARTED, 1},
            {4, IMPACT_GROUP, IMPACT_GONE, 2});
}

// Stopped in order, 3 ends with reason shutdown, which 9 does not survive but is not restarted for;
// killed with its supervisor, it ends with reason killed.
static void a_killed_supervisor_is_worse_than_a_stopped_one(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2), TRANSIENT(9));
    CHILDREN(2, PERMANENT(3));
    link_to(3, 9);
    ask(2, IMPACT_SHUTDOWN);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {3, IMPACT_SUPERVISOR, IMPACT_ANEW, 1},
            {9, IMPACT_LINKED, IMPACT_GONE, 2});
    ask(2, IMPACT_ERROR);
    assert_int_equal(row_of(9)->after, IMPACT_RESTARTED);
    assert_int_equal(row_of(9)->reason, IMPACT_ERROR);
}

// 9 ends while 2 stops its children, so that its supervisor has used its only restart by the time
// that 2 ends.
static void a_supervisor_ends_after_its_children_and_their_links(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 1, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, PERMANENT(2), PERMANENT(9));
    CHILDREN(2, PERMANENT(3));
    link_to(3, 9);
    ask(2, IMPACT_NORMAL);
    assert_int_equal(row_of(1)->why, IMPACT_BUDGET);
    assert_int_equal(impact.rows[row_of(1)->cause].slot, process(2));
}

static void brutal_kill_leaves_children_to_their_links(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 1, 0);
    supervisor(2, STRATEGY_ONE_FOR_ONE, 3, 0);
    CHILDREN(1, {2, RESTART_PERMANENT, false, SHUTDOWN_BRUTAL_KILL}, PERMANENT(9));
    CHILDREN(2, PERMANENT(3));
    ask(9, IMPACT_ERROR);
    ENDS({9, IMPACT_ASKED, IMPACT_RESTARTED, 0}, {2, IMPACT_GROUP, IMPACT_RESTARTED, 1},
            {3, IMPACT_SUPERVISOR, IMPACT_ANEW, 2});
    assert_true(row_of(2)->killed && !row_of(3)->killed);
    assert_int_equal(row_of(3)->reason, IMPACT_ERROR);
}

// ---- applications and the node ---------------------------------------------------------------

static void name(uint32_t id, const char *text) {
    mirror_names_begin(mirror);
    mirror_name(mirror, id, 0, str_of(text));
    mirror_names_end(mirror);
}

static void lead(uint32_t id, uint32_t master) {
    struct identity identity = {.initial_call = STR("m.init/1"), .leader_id = master};
    mirror_identify(mirror, process(id), &identity);
}

// shop: master 50, top 1, whose only child has no restarts left; 30 is a process it has spawned.
static void make_application(const char *application) {
    supervisor(1, STRATEGY_ONE_FOR_ONE, 0, 0);
    CHILDREN(1, PERMANENT(2));
    lead(50, 50);
    lead(30, 50);
    mirror_applications_begin(mirror);
    mirror_application(mirror, str_of(application), STR("1"), STR(""), 50, 0, process(1));
    mirror_applications_end(mirror);
}

static void an_application_ends_with_its_top_and_kills_its_processes(void **state) {
    (void)state;
    make_application("shop");
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_GONE, 0}, {1, IMPACT_BUDGET, IMPACT_GONE, 1},
            {50, IMPACT_APPLICATION, IMPACT_GONE, 2}, {30, IMPACT_APPLICATION, IMPACT_GONE, 2});
    assert_outcome(IMPACT_APPLICATION_STOPS);
    assert_int_equal(impact.application, 0);
    assert_true(impact.node_may_stop);
}

static void the_type_of_the_application_decides_about_the_node(void **state) {
    (void)state;
    make_application("shop");
    static const struct {
        enum application_type type;
        enum impact_reason reason;
        enum impact_outcome outcome;
    } rows[] = {
            {APPLICATION_PERMANENT, IMPACT_NORMAL, IMPACT_NODE_STOPS},
            {APPLICATION_TRANSIENT, IMPACT_NORMAL, IMPACT_APPLICATION_STOPS},
            {APPLICATION_TRANSIENT, IMPACT_SHUTDOWN, IMPACT_NODE_STOPS},
            {APPLICATION_TEMPORARY, IMPACT_ERROR, IMPACT_APPLICATION_STOPS},
    };
    types_known = true;
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        types[0] = rows[i].type;
        ask(1, rows[i].reason);
        assert_outcome(rows[i].outcome);
        assert_false(impact.node_may_stop);
        assert_int_equal(impact.rows[0].after, IMPACT_GONE);
    }
}

static void the_master_s_end_is_the_application_s(void **state) {
    (void)state;
    make_application("shop");
    ask(50, IMPACT_ERROR);
    assert_outcome(IMPACT_APPLICATION_STOPS);
    assert_non_null(row_of(30));
}

static void nothing_outlives_kernel(void **state) {
    (void)state;
    make_application("kernel");
    types_known = true; // whatever is said of it
    types[0] = APPLICATION_TEMPORARY;
    ask(2, IMPACT_ERROR);
    assert_outcome(IMPACT_NODE_STOPS);
    name(70, "init");
    ask(70, IMPACT_NORMAL);
    assert_outcome(IMPACT_NODE_STOPS);
    ENDS({70, IMPACT_ASKED, IMPACT_GONE, 0});
}

// ---- what is not known -----------------------------------------------------------------------

static void what_is_not_known_is_said(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ONE, 3, -1); // restarts not read
    CHILDREN(1, PERMANENT(2), {3, RESTART_UNKNOWN, false, 0});
    ask(2, IMPACT_ERROR);
    ENDS({2, IMPACT_ASKED, IMPACT_RESTARTED, 0});
    assert_false(impact.certain);
    ask(3, IMPACT_ERROR);
    ENDS({3, IMPACT_ASKED, IMPACT_UNKNOWN, 0});
    assert_false(impact.certain);
    assert_null(impact_after_text(impact.rows[0].after));
    supervisor(1, STRATEGY_UNKNOWN, 3, 0);
    ask(2, IMPACT_ERROR);
    assert_false(impact.certain);
    supervisor(8, STRATEGY_ONE_FOR_ONE, 3, 0)->read = false;
    ask(8, IMPACT_ERROR);
    assert_false(impact.certain);
}

static void a_ring_of_supervisors_ends(void **state) {
    (void)state;
    supervisor(1, STRATEGY_ONE_FOR_ALL, 0, 0);
    supervisor(2, STRATEGY_ONE_FOR_ALL, 0, 0);
    CHILDREN(1, PERMANENT(2));
    CHILDREN(2, PERMANENT(1));
    ask(1, IMPACT_ERROR);
    assert_int_equal(impact.count, 2);
}

static void many_rows_keep_their_order(void **state) {
    (void)state;
    for (uint32_t id = 2; id < 60; id++) {
        link_to(id - 1, id);
    }
    ask(1, IMPACT_ERROR);
    assert_int_equal(impact.count, 59);
    for (uint32_t i = 0; i < 59; i++) {
        assert_int_equal(mirror->p.id[impact.rows[i].slot], i + 1);
        assert_int_equal(impact.rows[i].step, i);
        assert_int_equal(impact.rows[i].cause, i == 0 ? 0 : i - 1);
    }
}

#undef TEST
#define TEST(name) cmocka_unit_test_setup_teardown(name, impact_begin, impact_finish)

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(one_for_one_restarts_the_one),
            TEST(one_for_all_restarts_all_but_temporary_ones),
            TEST(rest_for_one_restarts_those_started_after),
            TEST(dynamic_children_are_restarted_one_by_one),
            TEST(restart_types_decide_with_the_reason),
            TEST(children_that_do_not_run_are_left_out),
            TEST(the_restart_after_the_last_ends_the_supervisor),
            TEST(budgets_recover_with_time),
            TEST(escalation_goes_up_to_the_application),
            TEST(a_transient_supervisor_that_gives_up_stays_ended),
            TEST(dynamic_children_are_lost_with_their_supervisor),
            TEST(a_group_with_a_supervisor_takes_its_tree_along),
            TEST(a_significant_child_shuts_its_supervisor_down),
            TEST(all_significant_waits_for_the_last),
            TEST(links_take_along_who_does_not_trap_exits),
            TEST(linked_siblings_cost_a_restart_each),
            TEST(linked_siblings_in_a_group_cost_one_restart),
            TEST(links_cross_trees),
            TEST(supervisors_do_not_end_by_links_of_others),
            TEST(without_links_only_supervision_counts),
            TEST(a_group_brings_back_children_that_ended_well),
            TEST(a_killed_supervisor_is_worse_than_a_stopped_one),
            TEST(a_supervisor_ends_after_its_children_and_their_links),
            TEST(brutal_kill_leaves_children_to_their_links),
            TEST(an_application_ends_with_its_top_and_kills_its_processes),
            TEST(the_type_of_the_application_decides_about_the_node),
            TEST(the_master_s_end_is_the_application_s),
            TEST(nothing_outlives_kernel),
            TEST(what_is_not_known_is_said),
            TEST(a_ring_of_supervisors_ends),
            TEST(many_rows_keep_their_order),
    };
    return cmocka_run_group_tests_name("insight_impact", tests, NULL, NULL);
}
