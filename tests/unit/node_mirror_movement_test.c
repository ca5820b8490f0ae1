// The mirror: what counts as movement of a process. That we read it never does; that it works does.
#include "unit/node_mirror_fixture.h"

// One sweep of process 1 alone; tells whether it counts as moved.
static bool moves(uint64_t reductions, uint32_t queue, uint32_t heap) {
    uint32_t before = mirror->moved.count;
    mirror_sweep_begin(mirror, 1);
    row(1, reductions, queue, heap);
    mirror_sweep_end(mirror);
    bool moved = mirror->moved.count > before;
    assert_int_equal((mirror->p.flags[slot_of(1)] & PROCESS_QUEUED) != 0, moved);
    mirror->p.flags[slot_of(1)] &= (uint16_t)~PROCESS_QUEUED; // as if it were measured
    return moved;
}

// What a signal may cost its receiver without counting as its own work.
#define OF_A_SIGNAL 40u

static void measure(uint32_t id) {
    mirror_measure(mirror, slot_of(id), 2000, STR("gen_server.loop/7"));
}

// Process 1 with these reductions at the last sweep, identified and measured after it.
static uint32_t settled(uint64_t reductions) {
    mirror_sweep_begin(mirror, 1);
    row(1, reductions, 0, 233);
    mirror_sweep_end(mirror);
    identify(1);
    measure(1);
    return slot_of(1);
}

static void a_process_that_is_not_identified_waits_for_that_alone(void **state) {
    (void)state;
    SWEEP(1);
    assert_int_equal(mirror->fresh.count, 1);
    mirror_sweep_begin(mirror, 1);
    row(1, 999999, 7, 7);
    mirror_sweep_end(mirror);
    assert_int_equal(mirror->moved.count, 0);
    assert_int_equal(mirror->fresh.count, 1);
}

static void our_own_signal_is_not_movement(void **state) {
    (void)state;
    settled(150);
    assert_false(moves(150, 0, 233));
    assert_false(moves(150, 0, 233));
    settled(150);
    assert_false(moves(150 + OF_A_SIGNAL, 0, 233)); // what answering us cost it
    assert_false(moves(150 + OF_A_SIGNAL, 0, 233)); // and was adopted
}

static void an_idle_process_never_moves_however_often_it_is_read(void **state) {
    (void)state;
    uint64_t reductions = 150;
    settled(reductions);
    for (uint32_t signals = 0; signals < 100; signals++) {
        reductions += 1 + signals % OF_A_SIGNAL;
        assert_false(moves(reductions, 0, 233));
        measure(1);
    }
    assert_int_equal(mirror->moved.count, 0);
}

static void work_after_a_signal_is_movement(void **state) {
    (void)state;
    settled(150);
    assert_true(moves(150 + OF_A_SIGNAL + 1, 0, 233));
    settled(150);
    assert_true(moves(150, 1, 233));
    settled(150);
    assert_true(moves(150, 0, 377));
    settled(150);
    assert_true(moves(149, 0, 233)); // another process under the same pid, or a wrong answer
}

static void work_is_movement_however_often_the_process_is_read(void **state) {
    (void)state;
    uint64_t reductions = 150;
    settled(reductions);
    for (uint32_t signals = 0; signals < 100; signals++) {
        reductions += OF_A_SIGNAL + 1 + signals;
        assert_true(moves(reductions, 0, 233));
        measure(1);
    }
}

static void a_settled_process_moves_by_a_single_reduction(void **state) {
    (void)state;
    settled(150);
    assert_false(moves(160, 0, 233));
    assert_true(moves(161, 0, 233));
    assert_true(moves(161, 1, 233)); // a suspended process grows without reductions
    assert_true(moves(161, 1, 610));
    assert_true(moves(100, 1, 610)); // another process under the same pid, or a wrong answer
}

static void only_the_next_sweep_after_a_signal_is_lenient(void **state) {
    (void)state;
    uint32_t slot = settled(150);
    assert_true(mirror->p.flags[slot] & PROCESS_SETTLING);
    assert_false(moves(150, 0, 233));
    assert_false(mirror->p.flags[slot] & PROCESS_SETTLING);
    assert_true(moves(151, 0, 233));
    measure(1);
    assert_true(moves(151 + OF_A_SIGNAL + 1, 0, 233)); // it moved, and is settled all the same
    assert_true(moves(151 + OF_A_SIGNAL + 2, 0, 233));
}

// A supervisor answers with its children, which takes as many reductions as they are.
static void a_supervisor_that_was_read_has_not_moved(void **state) {
    (void)state;
    uint32_t slot = settled(150);
    uint32_t supervisor = mirror_supervisor_touch(mirror, slot);
    mirror->supervisors[supervisor].dirty = false; // as if it were read
    assert_false(moves(90000, 0, 610));
    assert_false(mirror->supervisors[supervisor].dirty);
    assert_true(moves(90001, 0, 610));
    assert_true(mirror->supervisors[supervisor].dirty);
}

// A process that is too full gets no signal, so there is nothing to be lenient about.
static void who_was_not_asked_for_memory_does_not_settle(void **state) {
    (void)state;
    SWEEP(1);
    mirror_measure(mirror, slot_of(1), -1, STR(""));
    identify(1);
    assert_int_equal(mirror->p.flags[slot_of(1)] & (PROCESS_SETTLING | PROCESS_MEASURED), 0);
    assert_false(moves(100, 0, 233));
    assert_true(moves(101, 0, 233));
}

static void a_moved_process_waits_in_the_list_once(void **state) {
    (void)state;
    settled(0);
    mirror_sweep_begin(mirror, 1);
    row(1, 100000, 0, 0);
    row(1, 200000, 0, 0);
    mirror_sweep_end(mirror);
    SWEEP(1);
    assert_int_equal(mirror->moved.count, 1);
}

static void what_a_signal_read_stays_until_the_next(void **state) {
    (void)state;
    SWEEP(1);
    uint32_t slot = slot_of(1);
    assert_int_equal(mirror->p.memory[slot], 233 * 8);
    settled(5);
    assert_int_equal(mirror->p.memory[slot], 2000);
    assert_true(mirror->p.flags[slot] & PROCESS_MEASURED);
    assert_true(moves(500, 0, 10000));
    assert_int_equal(mirror->p.memory[slot], 2000);
    // Memory was not asked: what was known of it stays.
    mirror_measure(mirror, slot, -1, STR(""));
    assert_int_equal(mirror->p.memory[slot], 2000);
    assert_true(str_is(mirror_text(mirror, mirror->p.function[slot]), "gen_server.loop/7"));
}

static void a_full_queue_is_known_as_such(void **state) {
    (void)state;
    uint32_t slot = settled(5);
    moves(5, 10001, 233);
    assert_true(mirror->p.flags[slot] & PROCESS_FULL);
    moves(5, 10000, 233);
    assert_false(mirror->p.flags[slot] & PROCESS_FULL);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(a_process_that_is_not_identified_waits_for_that_alone),
            TEST(our_own_signal_is_not_movement),
            TEST(an_idle_process_never_moves_however_often_it_is_read),
            TEST(work_after_a_signal_is_movement),
            TEST(work_is_movement_however_often_the_process_is_read),
            TEST(a_settled_process_moves_by_a_single_reduction),
            TEST(only_the_next_sweep_after_a_signal_is_lenient),
            TEST(a_supervisor_that_was_read_has_not_moved),
            TEST(who_was_not_asked_for_memory_does_not_settle),
            TEST(a_moved_process_waits_in_the_list_once),
            TEST(what_a_signal_read_stays_until_the_next),
            TEST(a_full_queue_is_known_as_such),
    };
    return cmocka_run_group_tests_name("node_mirror_movement", tests, NULL, NULL);
}
