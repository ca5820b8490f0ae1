// The mirror: processes that come and end, and their names.
#include "unit/node_mirror_fixture.h"

// ---- processes -------------------------------------------------------------------------------

static void an_empty_mirror_finds_nobody(void **state) {
    (void)state;
    assert_int_equal(slot_of(1), MIRROR_NONE);
    assert_int_equal(slot_of(0), MIRROR_NONE);
    assert_int_equal(mirror_named(mirror, STR("x")), MIRROR_NONE);
    assert_int_equal(mirror->as_of, -1);
    mirror_sweep_begin(mirror, 5);
    mirror_sweep_end(mirror);
    assert_int_equal(mirror->as_of, 5);
    assert_int_equal(mirror->live, 0);
}

static void a_sweep_adds_and_the_next_one_removes(void **state) {
    (void)state;
    uint64_t version = mirror->version;
    SWEEP(1, 2, 3);
    assert_int_equal(mirror->live, 3);
    assert_true(mirror->version > version);
    SWEEP(1, 3, 4);
    assert_int_equal(mirror->live, 3);
    assert_int_equal(slot_of(2), MIRROR_NONE);
    assert_int_not_equal(slot_of(1), MIRROR_NONE);
    assert_true(mirror->p.flags[slot_of(1)] & PROCESS_FIRST);
    assert_false(mirror->p.flags[slot_of(4)] & PROCESS_FIRST);
}

static void the_serial_tells_processes_apart(void **state) {
    (void)state;
    uint32_t a = mirror_touch(mirror, 7, 0);
    uint32_t b = mirror_touch(mirror, 7, 1);
    uint32_t init = mirror_touch(mirror, 0, 0);
    assert_true(a != b && b != init);
    mirror_remove(mirror, a);
    assert_int_equal(mirror_find(mirror, 7, 0), MIRROR_NONE);
    assert_int_equal(mirror_find(mirror, 7, 1), b);
    assert_int_equal(mirror_find(mirror, 0, 0), init);
    mirror_remove(mirror, init);
    assert_int_equal(mirror_find(mirror, 0, 0), MIRROR_NONE);
}

#define OF_A_LIFE (PROCESS_IDENTIFIED | PROCESS_MEASURED | PROCESS_SETTLING | PROCESS_FULL)

static void a_slot_is_used_again_without_traces(void **state) {
    (void)state;
    SWEEP(1, 2);
    uint32_t slot = slot_of(1);
    mirror_names_begin(mirror);
    mirror_name(mirror, 1, 0, STR("one"));
    mirror_names_end(mirror);
    identify(1);
    row(1, 100, 20000, 233);
    mirror_measure(mirror, slot, 5000, STR("m.f/1"));
    mirror_supervisor_touch(mirror, slot);
    mirror_remove(mirror, slot);
    assert_int_equal(mirror_touch(mirror, 3, 0), slot);
    const struct process_columns *p = &mirror->p;
    assert_int_equal(p->name[slot] | p->display[slot] | p->function[slot] | p->module[slot], 0);
    assert_int_equal(p->memory[slot], 0);
    assert_int_equal(p->queue[slot], 0);
    assert_int_equal(p->kind[slot], KIND_UNKNOWN);
    assert_int_equal(p->supervises[slot], MIRROR_NONE);
    assert_int_equal(p->flags[slot] & OF_A_LIFE, 0);
    assert_int_equal(mirror_named(mirror, STR("one")), MIRROR_NONE);
    assert_int_equal(mirror->identified, 0);
}

static void a_sweep_that_is_abandoned_removes_nobody(void **state) {
    (void)state;
    SWEEP(1, 2, 3);
    mirror_sweep_begin(mirror, 2000);
    row(1, 100, 0, 233);
    SWEEP(2, 3);
    assert_int_equal(slot_of(1), MIRROR_NONE);
    assert_int_equal(mirror->live, 2);
    assert_int_equal(mirror->sweeps, 2);
}

static void who_is_touched_during_a_sweep_stays(void **state) {
    (void)state;
    SWEEP(1);
    mirror_sweep_begin(mirror, 2000);
    mirror_touch(mirror, 1, 0);
    mirror_touch(mirror, 9, 0);
    mirror_sweep_end(mirror);
    assert_int_equal(mirror->live, 2);
}

static void an_unknown_status_is_unknown(void **state) {
    (void)state;
    mirror_sweep_begin(mirror, 1);
    mirror_sweep_row(mirror, 1, 0, &(struct cheap){.status = 200});
    mirror_sweep_row(mirror, 2, 0, &(struct cheap){.status = STATUS_SUSPENDED});
    mirror_sweep_end(mirror);
    assert_int_equal(mirror->p.status[slot_of(1)], STATUS_UNKNOWN);
    assert_int_equal(mirror->p.status[slot_of(2)], STATUS_SUSPENDED);
}

// ---- the model -------------------------------------------------------------------------------

#define PIDS 3000u

static void random_pids_agree_with_a_model(void **state) {
    (void)state;
    static bool alive[PIDS];
    static uint32_t ids[PIDS];
    memset(alive, 0, sizeof alive);
    srand(11);
    for (uint32_t i = 0; i < PIDS; i++) {
        // Dense, sparse and huge ids; some share an id and differ by serial.
        ids[i] = i % 3 == 0 ? i : i % 3 == 1 ? i * 65536 : UINT32_MAX - i;
    }
    for (int step = 0; step < 200000; step++) {
        uint32_t i = (uint32_t)rand() % PIDS;
        uint32_t slot = mirror_find(mirror, ids[i], i % 7);
        assert_int_equal(slot != MIRROR_NONE, alive[i]);
        if (slot != MIRROR_NONE && rand() % 10 < (step / 30000 % 2 ? 7 : 3)) {
            mirror_remove(mirror, slot);
            alive[i] = false;
        } else {
            slot = mirror_touch(mirror, ids[i], i % 7);
            alive[i] = true;
            assert_true(mirror->p.id[slot] == ids[i] && mirror->p.serial[slot] == i % 7);
        }
        if (step % 20000 == 0) {
            check_mirror(mirror);
        }
    }
    assert_true(mirror->slot_count <= PIDS);
}

static void random_sweeps_agree_with_a_model(void **state) {
    (void)state;
    static bool alive[PIDS];
    srand(12);
    for (int round = 0; round < 60; round++) {
        uint32_t count = 0;
        int share = rand() % 100;
        mirror_sweep_begin(mirror, round);
        for (uint32_t i = 0; i < PIDS; i++) {
            alive[i] = rand() % 100 < share;
            if (alive[i]) {
                row(i * 977, (uint64_t)round, i, i);
                count++;
            }
        }
        mirror_sweep_end(mirror);
        assert_int_equal(mirror->live, count);
        for (uint32_t i = 0; i < PIDS; i++) {
            uint32_t slot = slot_of(i * 977);
            assert_int_equal(slot != MIRROR_NONE, alive[i]);
            assert_true(!alive[i] || mirror->p.queue[slot] == i);
        }
        check_mirror(mirror);
    }
}

// ---- names -----------------------------------------------------------------------------------

static void name_all(uint32_t a, const char *name_a, uint32_t b, const char *name_b) {
    mirror_names_begin(mirror);
    if (a != 0) {
        mirror_name(mirror, a, 0, str_of(name_a));
    }
    if (b != 0) {
        mirror_name(mirror, b, 0, str_of(name_b));
    }
    mirror_names_end(mirror);
}

static void names_come_and_go(void **state) {
    (void)state;
    SWEEP(1, 2);
    name_all(1, "a", 2, "b");
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(1));
    assert_int_equal(mirror_named(mirror, STR("b")), slot_of(2));
    name_all(2, "c", 0, NULL);
    assert_int_equal(mirror_named(mirror, STR("a")), MIRROR_NONE);
    assert_int_equal(mirror_named(mirror, STR("b")), MIRROR_NONE);
    assert_int_equal(mirror_named(mirror, STR("c")), slot_of(2));
    assert_int_equal(mirror->p.name[slot_of(1)], 0);
    name_all(0, NULL, 0, NULL);
    assert_int_equal(mirror_named(mirror, STR("c")), MIRROR_NONE);
}

static void a_name_moves_from_one_process_to_another(void **state) {
    (void)state;
    SWEEP(1, 2);
    name_all(1, "a", 2, "b");
    name_all(2, "a", 1, "b");
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(2));
    assert_int_equal(mirror_named(mirror, STR("b")), slot_of(1));
    name_all(1, "a", 0, NULL);
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(1));
    assert_int_equal(mirror->p.name[slot_of(2)], 0);
}

static void names_are_known_while_new_ones_are_received(void **state) {
    (void)state;
    SWEEP(1, 2);
    name_all(1, "a", 2, "b");
    mirror_names_begin(mirror);
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(1));
    mirror_name(mirror, 2, 0, STR("a"));
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(2));
    mirror_names_end(mirror);
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(2));
    assert_int_equal(mirror_named(mirror, STR("b")), MIRROR_NONE);
}

static void names_survive_a_list_that_broke_off(void **state) {
    (void)state;
    SWEEP(1, 2, 3);
    name_all(1, "a", 2, "b");
    mirror_names_begin(mirror);
    mirror_name(mirror, 1, 0, STR("a"));
    // No end: the agent did not answer. The next list comes whole, and 2 has lost its name.
    name_all(1, "a", 3, "c");
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(1));
    assert_int_equal(mirror_named(mirror, STR("c")), slot_of(3));
    assert_int_equal(mirror_named(mirror, STR("b")), MIRROR_NONE);
    assert_int_equal(mirror->p.name[slot_of(2)], 0);
    name_all(1, "a", 0, NULL);
    assert_int_equal(mirror_named(mirror, STR("a")), slot_of(1));
}

static void a_name_comes_before_a_label_and_that_before_the_initial_call(void **state) {
    (void)state;
    SWEEP(1);
    uint32_t slot = slot_of(1);
    struct identity identity = {.initial_call = STR("m.init/1"), .label = STR("worker 1")};
    mirror_identify(mirror, slot, &identity);
    assert_true(str_is(mirror_text(mirror, mirror->p.display[slot]), "worker 1"));
    name_all(1, "n", 0, NULL);
    assert_true(str_is(mirror_text(mirror, mirror->p.display[slot]), "n"));
    name_all(0, NULL, 0, NULL);
    assert_true(str_is(mirror_text(mirror, mirror->p.display[slot]), "worker 1"));
    identity.label = STR("");
    mirror_identify(mirror, slot, &identity);
    assert_true(str_is(mirror_text(mirror, mirror->p.display[slot]), "m.init/1"));
    assert_int_equal(mirror->identified, 1);
}

static void texts_are_forgotten_with_their_process(void **state) {
    (void)state;
    SWEEP(1);
    name_all(1, "only_here", 0, NULL);
    assert_int_not_equal(intern_find(mirror->strings, STR("only_here")), 0);
    mirror_remove(mirror, slot_of(1));
    assert_int_equal(intern_find(mirror->strings, STR("only_here")), 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(an_empty_mirror_finds_nobody),
            TEST(a_sweep_adds_and_the_next_one_removes),
            TEST(the_serial_tells_processes_apart),
            TEST(a_slot_is_used_again_without_traces),
            TEST(a_sweep_that_is_abandoned_removes_nobody),
            TEST(who_is_touched_during_a_sweep_stays),
            TEST(an_unknown_status_is_unknown),
            TEST(random_pids_agree_with_a_model),
            TEST(random_sweeps_agree_with_a_model),
            TEST(names_come_and_go),
            TEST(a_name_moves_from_one_process_to_another),
            TEST(names_are_known_while_new_ones_are_received),
            TEST(names_survive_a_list_that_broke_off),
            TEST(a_name_comes_before_a_label_and_that_before_the_initial_call),
            TEST(texts_are_forgotten_with_their_process),
    };
    return cmocka_run_group_tests_name("node_mirror", tests, NULL, NULL);
}
