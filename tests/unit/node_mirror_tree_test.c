// Supervisors and their children, applications and leaders in the mirror, and the kinds of
// processes whose behaviours arrive later.
#include "base/memory.h"
#include "unit/node_mirror_fixture.h"

#include <stdio.h>

static uint32_t process(uint32_t id) {
    return mirror_touch(mirror, id, 0);
}

static uint32_t supervisor(uint32_t id) {
    return mirror_supervisor_touch(mirror, process(id));
}

static void receive(uint32_t index, uint32_t pid, const char *id) {
    struct child child = {.slot = pid ? process(pid) : MIRROR_NONE,
            .id = intern_add(mirror->strings, str_of(id)),
            .module = intern_add(mirror->strings, STR("worker_module")),
            .state = pid ? CHILD_RUNNING : CHILD_STOPPED};
    mirror_child_add(mirror, index, &child);
    intern_drop(mirror->strings, child.id);
    intern_drop(mirror->strings, child.module);
}

// Children a, b, c … of the pids of an array that ends with 0.
static void read_children(uint32_t index, const uint32_t *pids) {
    char id[] = "a";
    mirror_children_begin(mirror, index);
    for (; *pids != 0; pids++, id[0]++) {
        receive(index, *pids, id);
    }
    mirror_children_end(mirror, index, 1000);
}

#define CHILDREN(index, ...) read_children(index, (const uint32_t[]){__VA_ARGS__, 0})

static const struct child *child_at(uint32_t index, uint32_t i) {
    assert_true(i < mirror->supervisors[index].child_count);
    return &mirror->supervisors[index].children[i];
}

static bool is_alive(uint32_t index, uint32_t i) {
    return mirror_child_alive(mirror, index, child_at(index, i));
}

// ---- supervisors -----------------------------------------------------------------------------

static void a_supervisor_is_one_entry_and_is_to_be_read(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    assert_int_equal(supervisor(10), index);
    const struct supervisor *entry = &mirror->supervisors[index];
    assert_true(entry->dirty && !entry->read && !entry->has_flags);
    assert_int_equal(entry->used, -1);
    assert_int_equal(mirror->p.kind[process(10)], KIND_SUPERVISOR);
}

static void children_belong_to_their_supervisor_once_all_are_there(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    receive(index, 11, "a");
    receive(index, 0, "b");
    assert_int_equal(mirror->supervisors[index].child_count, 0);
    assert_int_equal(mirror->p.supervisor[process(11)], MIRROR_NONE);
    mirror_children_end(mirror, index, 777);
    assert_int_equal(mirror->supervisors[index].child_count, 2);
    assert_int_equal(mirror->p.supervisor[process(11)], index);
    assert_true(is_alive(index, 0));
    assert_false(is_alive(index, 1));
    const struct supervisor *entry = &mirror->supervisors[index];
    assert_true(entry->read && !entry->dirty);
    assert_int_equal(entry->read_at, 777);
    assert_true(str_is(mirror_text(mirror, mirror->p.module[process(11)]), "worker_module"));
}

static void new_children_replace_the_old_ones(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11, 12, 13);
    CHILDREN(index, 13, 14);
    assert_int_equal(mirror->supervisors[index].child_count, 2);
    assert_int_equal(mirror->p.supervisor[process(11)], MIRROR_NONE);
    assert_int_equal(mirror->p.supervisor[process(12)], MIRROR_NONE);
    assert_int_equal(mirror->p.supervisor[process(13)], index);
    assert_int_equal(mirror->p.supervisor[process(14)], index);
}

static void a_child_that_moved_to_another_supervisor_stays_there(void **state) {
    (void)state;
    uint32_t first = supervisor(10);
    uint32_t second = supervisor(20);
    CHILDREN(first, 11, 12);
    CHILDREN(second, 12);
    assert_int_equal(mirror->p.supervisor[process(12)], second);
    assert_false(is_alive(first, 1));
    CHILDREN(first, 11);
    assert_int_equal(mirror->p.supervisor[process(12)], second);
    mirror_supervisor_remove(mirror, first);
    assert_int_equal(mirror->p.supervisor[process(12)], second);
}

static void a_reading_that_broke_off_leaves_no_children(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    receive(index, 11, "lost");
    CHILDREN(index, 12);
    assert_int_equal(mirror->supervisors[index].child_count, 1);
    assert_int_equal(mirror->p.supervisor[process(11)], MIRROR_NONE);
    assert_int_equal(intern_find(mirror->strings, STR("lost")), 0);
}

static void the_end_of_a_child_makes_its_supervisor_dirty(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11, 12);
    assert_false(mirror->supervisors[index].dirty);
    mirror_remove(mirror, process(11));
    assert_true(mirror->supervisors[index].dirty);
    assert_false(is_alive(index, 0));
    assert_true(is_alive(index, 1));
}

static void a_slot_used_again_is_no_child(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11, 12);
    uint32_t slot = process(11);
    mirror_remove(mirror, slot);
    assert_int_equal(process(99), slot);
    assert_false(is_alive(index, 0));
    // The same number again, after all pids were used once: another process all the same.
    mirror_remove(mirror, slot);
    assert_int_equal(mirror_touch(mirror, 11, 1), slot);
    assert_false(is_alive(index, 0));
    CHILDREN(index, 12);
    assert_int_equal(mirror->p.supervisor[slot], MIRROR_NONE);
}

static void a_child_that_ends_while_children_are_received_is_not_adopted(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    uint32_t zero = mirror_touch(mirror, 0, 0); // the id that free slots have
    struct child child = {.slot = zero, .state = CHILD_RUNNING, .supervisor = true};
    mirror_child_add(mirror, index, &child);
    receive(index, 12, "b");
    mirror_remove(mirror, zero);
    mirror_remove(mirror, process(12));
    mirror_children_end(mirror, index, 1);
    assert_false(is_alive(index, 0));
    assert_false(is_alive(index, 1));
    check_mirror(mirror);
}

static void a_process_listed_twice_is_a_child_once(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11, 11, 10, 10);
    assert_true(is_alive(index, 0));
    assert_false(is_alive(index, 1));
    assert_true(is_alive(index, 2));
    assert_false(is_alive(index, 3));
    CHILDREN(index, 11, 11);
    assert_true(is_alive(index, 0));
}

static void removing_a_supervisor_frees_its_children_and_its_entry(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11, 12);
    mirror_remove(mirror, process(10));
    assert_int_equal(mirror->p.supervisor[process(11)], MIRROR_NONE);
    assert_int_equal(mirror->supervisors[index].slot, MIRROR_NONE);
    assert_int_equal(supervisor(30), index);
    assert_int_equal(mirror->supervisors[index].child_count, 0);
}

static void a_specified_supervisor_is_taken_for_one_until_proven(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    struct child child = {.slot = process(11), .supervisor = true};
    mirror_child_add(mirror, index, &child);
    mirror_children_end(mirror, index, 1);
    uint32_t own = mirror->p.supervises[process(11)];
    assert_int_not_equal(own, MIRROR_NONE);
    mirror_supervisor_remove(mirror, own); // the agent said: not_supervisor
    assert_int_equal(mirror->p.kind[process(11)], KIND_PLAIN);
    // Reading the parent again does not make it one again.
    mirror_child_add(mirror, index, &child);
    mirror_children_end(mirror, index, 1);
    assert_int_equal(mirror->p.supervises[process(11)], MIRROR_NONE);
}

static void a_supervisor_that_was_just_read_does_not_move_by_that(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    uint32_t slot = process(10);
    mirror_identify(mirror, slot, &(struct identity){.initial_call = STR("supervisor.init/1")});
    mirror->supervisors[index].dirty = false;
    CHILDREN(index, 11);
    mirror_sweep_begin(mirror, 1);
    mirror_sweep_row(mirror, 11, 0, &(struct cheap){0});
    mirror_sweep_row(mirror, 10, 0, &(struct cheap){.reductions = 50000, .heap = 9000});
    mirror_sweep_end(mirror);
    assert_false(mirror->supervisors[index].dirty);
    mirror_sweep_begin(mirror, 2);
    mirror_sweep_row(mirror, 11, 0, &(struct cheap){0});
    mirror_sweep_row(mirror, 10, 0, &(struct cheap){.reductions = 50001, .heap = 9000});
    mirror_sweep_end(mirror);
    assert_true(mirror->supervisors[index].dirty);
}

static void a_new_child_that_is_identified_makes_its_parent_dirty(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    CHILDREN(index, 11);
    struct identity identity = {.initial_call = STR("m.init/1"), .parent_id = 10};
    mirror_identify(mirror, process(11), &identity);
    assert_false(mirror->supervisors[index].dirty);
    mirror_identify(mirror, process(12), &identity);
    assert_true(mirror->supervisors[index].dirty);
}

static void random_trees_stay_whole(void **state) {
    (void)state;
    srand(21);
    for (int step = 0; step < 30000; step++) {
        uint32_t id = 1 + (uint32_t)rand() % 60;
        uint32_t slot = mirror_find(mirror, id, 0);
        int what = rand() % 10;
        if (what == 0 && slot != MIRROR_NONE) {
            mirror_remove(mirror, slot);
        } else if (what == 1 && slot != MIRROR_NONE && mirror->p.supervises[slot] != MIRROR_NONE) {
            mirror_supervisor_remove(mirror, mirror->p.supervises[slot]);
        } else if (what < 8) {
            struct child child = {.slot = process(1 + (uint32_t)rand() % 60),
                    .supervisor = rand() % 2,
                    .state = CHILD_RUNNING};
            mirror_child_add(mirror, supervisor(id % 12 + 1), &child);
        } else {
            mirror_children_end(mirror, supervisor(id % 12 + 1), step);
        }
        if (step % 50 == 0) {
            check_mirror(mirror);
        }
    }
}

// ---- applications ----------------------------------------------------------------------------

static void list_applications(uint32_t master, uint32_t top) {
    mirror_applications_begin(mirror);
    mirror_application(mirror, STR("kernel"), STR("8.0"), STR("ERTS"), 50, 0, MIRROR_NONE);
    mirror_application(mirror, STR("shop"), STR("1.0"), STR(""), master, 0, top);
    mirror_applications_end(mirror);
}

static void identify_with_leader(uint32_t id, uint32_t leader) {
    struct identity identity = {.initial_call = STR("m.init/1"), .leader_id = leader};
    mirror_identify(mirror, process(id), &identity);
}

static bool belongs_to(uint32_t id, const char *name) {
    const struct application *application = mirror_application_of(mirror, process(id));
    return name == NULL
                   ? application == NULL
                   : application != NULL && str_is(mirror_text(mirror, application->name), name);
}

static void a_process_belongs_to_the_application_of_its_leader(void **state) {
    (void)state;
    assert_true(belongs_to(1, NULL));
    identify_with_leader(1, 60);
    identify_with_leader(2, 50);
    assert_true(belongs_to(1, NULL));
    list_applications(60, MIRROR_NONE);
    identify_with_leader(3, 60); // known after the applications
    identify_with_leader(4, 70);
    assert_true(belongs_to(1, "shop"));
    assert_true(belongs_to(2, "kernel"));
    assert_true(belongs_to(3, "shop"));
    assert_true(belongs_to(4, NULL));
}

static void an_application_that_stopped_has_no_processes(void **state) {
    (void)state;
    identify_with_leader(1, 60);
    list_applications(60, MIRROR_NONE);
    list_applications(61, MIRROR_NONE); // started again, with another master
    assert_true(belongs_to(1, NULL));
    identify_with_leader(2, 61);
    assert_true(belongs_to(2, "shop"));
    mirror_applications_begin(mirror);
    mirror_applications_end(mirror);
    assert_true(belongs_to(2, NULL));
    assert_int_equal(intern_find(mirror->strings, STR("shop")), 0);
}

static void who_gets_the_slot_of_a_top_is_no_top(void **state) {
    (void)state;
    uint32_t top = process(80);
    list_applications(60, top);
    mirror_remove(mirror, top);
    assert_int_equal(process(81), top);
    assert_int_equal(mirror->applications[1].top, MIRROR_NONE);
}

// ---- kinds -----------------------------------------------------------------------------------

static void identify_module(uint32_t id, const char *module) {
    struct identity identity = {.initial_call = STR("proc_lib.init_p/5"),
            .kind_known = true,
            .kind_module = str_of(module),
            .kind_function = STR("init")};
    mirror_identify(mirror, process(id), &identity);
}

static void behaviours_may_arrive_later(void **state) {
    (void)state;
    identify_module(1, "my_fsm");
    identify_module(2, "my_fsm");
    assert_int_equal(mirror->p.kind[process(1)], KIND_UNKNOWN);
    assert_int_equal(mirror->unknown_modules.count, 1);
    assert_true(str_is(mirror_text(mirror, mirror->unknown_modules.at[0]), "my_fsm"));
    mirror_behaviour(mirror, STR("my_fsm"), KIND_GEN_STATEM);
    assert_int_equal(mirror->p.kind[process(1)], KIND_GEN_STATEM);
    assert_int_equal(mirror->p.kind[process(2)], KIND_GEN_STATEM);
    identify_module(3, "my_fsm");
    assert_int_equal(mirror->p.kind[process(3)], KIND_GEN_STATEM);
    assert_int_equal(mirror->unknown_modules.count, 1);
}

static void a_module_without_behaviour_makes_a_plain_process(void **state) {
    (void)state;
    identify_module(1, "my_loop");
    mirror_behaviour(mirror, STR("my_loop"), KIND_PLAIN);
    assert_int_equal(mirror->p.kind[process(1)], KIND_PLAIN);
}

static void behaviours_of_unknown_modules_are_ignored(void **state) {
    (void)state;
    mirror_behaviour(mirror, STR(""), KIND_GEN_SERVER);
    mirror_behaviour(mirror, STR("nobody"), KIND_GEN_SERVER);
    uint32_t text = intern_add(mirror->strings, STR("only_a_name"));
    mirror_behaviour(mirror, STR("only_a_name"), KIND_GEN_SERVER);
    intern_drop(mirror->strings, text);
}

static void a_module_asked_for_is_not_forgotten_with_its_process(void **state) {
    (void)state;
    identify_module(1, "short_lived");
    mirror_remove(mirror, process(1));
    assert_true(str_is(mirror_text(mirror, mirror->unknown_modules.at[0]), "short_lived"));
    mirror_behaviour(mirror, STR("short_lived"), KIND_GEN_EVENT);
    identify_module(2, "short_lived");
    assert_int_equal(mirror->p.kind[process(2)], KIND_GEN_EVENT);
}

static void many_modules_keep_their_behaviours(void **state) {
    (void)state;
    char name[32];
    for (uint32_t i = 1; i < 2000; i++) {
        snprintf(name, sizeof name, "module_%u", i);
        identify_module(i, name);
    }
    for (uint32_t i = 1; i < 2000; i++) {
        snprintf(name, sizeof name, "module_%u", i);
        mirror_behaviour(mirror, str_of(name), i % 2 ? KIND_GEN_SERVER : KIND_GEN_STATEM);
    }
    for (uint32_t i = 1; i < 2000; i++) {
        assert_int_equal(mirror->p.kind[process(i)], i % 2 ? KIND_GEN_SERVER : KIND_GEN_STATEM);
    }
}

// What it runs is a function of any module, as Task.Supervisor.start_child/4 notes it.
static void identify_function(uint32_t id) {
    struct identity identity = {.initial_call = STR("timer.sleep/1"),
            .kind_module = STR("timer"),
            .kind_function = STR("sleep"),
            .kind_known = true};
    mirror_identify(mirror, slot_of(id), &identity);
    mirror_behaviour(mirror, STR("timer"), KIND_PLAIN);
}

static void a_child_of_a_task_supervisor_is_a_task(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    mirror->supervisors[index].kind = SUPERVISOR_TASK;
    process(11);
    identify_function(11);
    assert_int_equal(mirror->p.kind[slot_of(11)], KIND_PLAIN);
    CHILDREN(index, 11, 12);
    assert_int_equal(mirror->p.kind[slot_of(11)], KIND_TASK);
    identify_function(12);
    assert_int_equal(mirror->p.kind[slot_of(12)], KIND_TASK);
}

static void a_specification_tells_a_task_that_was_identified_before(void **state) {
    (void)state;
    uint32_t index = supervisor(10);
    process(11);
    identify_function(11);
    struct child child = {.slot = process(11),
            .id = intern_add(mirror->strings, STR("a")),
            .module = intern_add(mirror->strings, STR("Elixir.Task")),
            .state = CHILD_RUNNING};
    mirror_children_begin(mirror, index);
    mirror_child_add(mirror, index, &child);
    mirror_children_end(mirror, index, 1000);
    assert_int_equal(mirror->p.kind[slot_of(11)], KIND_TASK);
    intern_drop(mirror->strings, child.id);
    intern_drop(mirror->strings, child.module);
}

static void a_proven_initial_call_makes_a_supervisor(void **state) {
    (void)state;
    identify_module(1, "supervisor");
    assert_int_equal(mirror->p.kind[process(1)], KIND_SUPERVISOR);
    assert_int_not_equal(mirror->p.supervises[process(1)], MIRROR_NONE);
    struct identity unread = {.kind_module = STR("supervisor")};
    mirror_identify(mirror, process(2), &unread);
    assert_int_equal(mirror->p.supervises[process(2)], MIRROR_NONE);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(a_supervisor_is_one_entry_and_is_to_be_read),
            TEST(children_belong_to_their_supervisor_once_all_are_there),
            TEST(new_children_replace_the_old_ones),
            TEST(a_child_that_moved_to_another_supervisor_stays_there),
            TEST(a_reading_that_broke_off_leaves_no_children),
            TEST(the_end_of_a_child_makes_its_supervisor_dirty),
            TEST(a_slot_used_again_is_no_child),
            TEST(a_child_that_ends_while_children_are_received_is_not_adopted),
            TEST(a_process_listed_twice_is_a_child_once),
            TEST(removing_a_supervisor_frees_its_children_and_its_entry),
            TEST(a_specified_supervisor_is_taken_for_one_until_proven),
            TEST(a_supervisor_that_was_just_read_does_not_move_by_that),
            TEST(a_new_child_that_is_identified_makes_its_parent_dirty),
            TEST(random_trees_stay_whole),
            TEST(a_process_belongs_to_the_application_of_its_leader),
            TEST(an_application_that_stopped_has_no_processes),
            TEST(who_gets_the_slot_of_a_top_is_no_top),
            TEST(behaviours_may_arrive_later),
            TEST(a_module_without_behaviour_makes_a_plain_process),
            TEST(behaviours_of_unknown_modules_are_ignored),
            TEST(a_module_asked_for_is_not_forgotten_with_its_process),
            TEST(many_modules_keep_their_behaviours),
            TEST(a_child_of_a_task_supervisor_is_a_task),
            TEST(a_specification_tells_a_task_that_was_identified_before),
            TEST(a_proven_initial_call_makes_a_supervisor),
    };
    return cmocka_run_group_tests_name("node_mirror_tree", tests, NULL, NULL);
}
