// Paths of supervisors, and the names, pids and paths by which people address them.
#include "insight/paths.h"

#include "base/arena.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#include "unit/node_invariants.h"

static struct mirror *mirror;
static struct buffer path;

static uint32_t process(uint32_t id) {
    return mirror_touch(mirror, id, 0);
}

static uint32_t supervisor(uint32_t id) {
    return mirror_supervisor_touch(mirror, process(id));
}

static void add_child(uint32_t parent, uint32_t pid, const char *id, bool is_supervisor) {
    struct child child = {.slot = process(pid),
            .id = intern_add(mirror->strings, str_of(id)),
            .state = CHILD_RUNNING,
            .supervisor = is_supervisor};
    mirror_child_add(mirror, supervisor(parent), &child);
    intern_drop(mirror->strings, child.id);
}

static void name(uint32_t a, const char *name_a, uint32_t b, const char *name_b) {
    mirror_names_begin(mirror);
    mirror_name(mirror, a, 0, str_of(name_a));
    if (b != 0) {
        mirror_name(mirror, b, 0, str_of(name_b));
    }
    mirror_names_end(mirror);
}

// shop: 1 ─ Elixir.Cart: 2 ─ a pool of dynamic children: 3 ─ 4; outside any application: 9 ─ 8.
static int begin(void **state) {
    (void)state;
    buffer_init(&path);
    mirror = mirror_create(STR("n@h"), 9);
    mirror_applications_begin(mirror);
    mirror_application(mirror, STR("shop"), STR("1"), STR(""), 50, 0, process(1));
    mirror_applications_end(mirror);
    add_child(1, 2, "Cart", true);
    mirror_children_end(mirror, supervisor(1), 1);
    add_child(2, 3, "{:pool, #PID<0.77.0>, \"a/b\"}", true);
    mirror_children_end(mirror, supervisor(2), 1);
    mirror->supervisors[supervisor(3)].kind = SUPERVISOR_DYNAMIC;
    add_child(3, 4, "", true);
    mirror_children_end(mirror, supervisor(3), 1);
    add_child(9, 8, ":\"odd name\"", true);
    mirror_children_end(mirror, supervisor(9), 1);
    return 0;
}

static int finish(void **state) {
    (void)state;
    check_mirror(mirror);
    mirror_destroy(mirror);
    buffer_finish(&path);
    return 0;
}

static void assert_path(uint32_t id, const char *expected) {
    path.length = 0;
    path_of_supervisor(mirror, supervisor(id), &path);
    buffer_add_u8(&path, 0);
    assert_string_equal(path.at, expected);
    assert_int_equal(path_resolve(mirror, str_of(expected)), process(id));
}

// ---- paths -----------------------------------------------------------------------------------

static void paths_begin_with_the_application(void **state) {
    (void)state;
    assert_path(1, "shop");
    assert_path(2, "shop/Cart");
}

static void ids_are_encoded_and_pids_in_them_left_out(void **state) {
    (void)state;
    assert_path(3, "shop/Cart/%7B:pool%2C%20_%2C%20%22a%2Fb%22%7D");
}

static void dynamic_children_are_stars(void **state) {
    (void)state;
    assert_path(4, "shop/Cart/%7B:pool%2C%20_%2C%20%22a%2Fb%22%7D/*");
}

static void trees_outside_applications_begin_with_a_dash(void **state) {
    (void)state;
    assert_path(9, "-/_");
    assert_path(8, "-/_/:%22odd%20name%22");
    name(9, "Elixir.My.Tree", 0, NULL);
    assert_path(9, "-/My.Tree");
    assert_path(8, "-/My.Tree/:%22odd%20name%22");
}

static void references_and_broken_pids_in_ids(void **state) {
    (void)state;
    add_child(9, 8, "{#Reference<0.1.2.3>, #PID<0.1", true);
    mirror_children_end(mirror, supervisor(9), 2);
    assert_path(8, "-/_/%7B_%2C%20%23PID%3C0.1");
}

static void any_byte_in_an_id_is_written_in_ascii(void **state) {
    (void)state;
    char id[256];
    for (int i = 1; i < 256; i++) {
        id[i - 1] = (char)i;
    }
    id[255] = '\0';
    add_child(9, 8, id, true);
    mirror_children_end(mirror, supervisor(9), 2);
    path_of_supervisor(mirror, supervisor(8), &path);
    for (size_t i = 4; i < path.length; i++) {
        assert_true(path.at[i] > 0x20 && path.at[i] < 0x7F && path.at[i] != '/');
    }
}

static void a_cycle_does_not_hang(void **state) {
    (void)state;
    add_child(8, 9, "back", true);
    mirror_children_end(mirror, supervisor(8), 2);
    path_of_supervisor(mirror, supervisor(8), &path);
    assert_true(path.length > 0);
    assert_int_equal(path_resolve(mirror, STR("no/such/path")), MIRROR_NONE);
    add_child(8, 8, "self", true);
    mirror_children_end(mirror, supervisor(8), 3);
    path.length = 0;
    path_of_supervisor(mirror, supervisor(8), &path);
    assert_true(path.length > 0 && path.length < 100 * LIMIT_TREE_DEPTH);
}

static void a_tree_deeper_than_the_limit_still_has_paths(void **state) {
    (void)state;
    for (uint32_t i = 1000; i < 1000 + 2 * LIMIT_TREE_DEPTH; i++) {
        add_child(i, i + 1, "c", true);
        mirror_children_end(mirror, supervisor(i), 1);
    }
    path_of_supervisor(mirror, supervisor(1000 + 2 * LIMIT_TREE_DEPTH), &path);
    assert_true(path.length > LIMIT_TREE_DEPTH);
}

// ---- addresses -------------------------------------------------------------------------------

static void capital_names_mean_elixir_first(void **state) {
    (void)state;
    name(1, "Elixir.Cart", 2, "Cart");
    assert_int_equal(path_resolve(mirror, STR("Cart")), process(1));
    assert_int_equal(path_resolve(mirror, STR("Elixir.Cart")), process(1));
    assert_int_equal(path_resolve(mirror, STR(":Cart")), process(2));
    name(2, "Cart", 0, NULL);
    assert_int_equal(path_resolve(mirror, STR("Cart")), process(2));
}

static void small_names_are_plain_atoms(void **state) {
    (void)state;
    name(1, "cart_sup", 2, "Elixir.cart");
    assert_int_equal(path_resolve(mirror, STR("cart_sup")), process(1));
    assert_int_equal(path_resolve(mirror, STR(":cart_sup")), process(1));
    assert_int_equal(path_resolve(mirror, STR("cart")), MIRROR_NONE);
    assert_int_equal(path_resolve(mirror, STR("::cart_sup")), MIRROR_NONE);
}

static void names_of_any_length_are_no_trouble(void **state) {
    (void)state;
    char text[5000];
    memset(text, 'A', sizeof text);
    for (size_t length = 1000; length < sizeof text; length += 7) {
        assert_int_equal(path_resolve(mirror, (struct str){text, length}), MIRROR_NONE);
    }
    assert_int_equal(path_resolve(mirror, STR("")), MIRROR_NONE);
    assert_int_equal(path_resolve(mirror, STR(":")), MIRROR_NONE);
    assert_int_equal(path_resolve(mirror, (struct str){"A\0B", 3}), MIRROR_NONE);
}

static void pids_are_read_in_three_forms(void **state) {
    (void)state;
    static const char *const forms[] = {"#PID<0.2.0>", "<0.2.0>", "0.2.0"};
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(path_resolve(mirror, str_of(forms[i])), process(2));
    }
    static const char *const others[] = {"#PID<0.2.1>", "<1.2.0>", "0.2", "#PID<0.2.0", "0.77.0"};
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(path_resolve(mirror, str_of(others[i])), MIRROR_NONE);
    }
}

static void processes_that_are_no_supervisors_are_not_resolved(void **state) {
    (void)state;
    process(30);
    name(30, "worker", 0, NULL);
    assert_int_equal(path_resolve(mirror, STR("0.30.0")), MIRROR_NONE);
    assert_int_equal(path_resolve(mirror, STR("worker")), MIRROR_NONE);
    bool is_pid = true;
    uint32_t id;
    uint32_t serial;
    assert_int_equal(path_process(mirror, STR("worker"), &is_pid, &id, &serial), process(30));
    assert_false(is_pid);
    assert_int_equal(path_process(mirror, STR("<0.30.0>"), &is_pid, &id, &serial), process(30));
    assert_true(is_pid && id == 30 && serial == 0);
    assert_int_equal(path_process(mirror, STR("<0.31.2>"), &is_pid, &id, &serial), MIRROR_NONE);
    assert_true(is_pid && id == 31 && serial == 2);
}

static void a_path_follows_a_restart(void **state) {
    (void)state;
    mirror_remove(mirror, process(2));
    add_child(1, 20, "Cart", true);
    mirror_children_end(mirror, supervisor(1), 2);
    assert_path(20, "shop/Cart");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(paths_begin_with_the_application),
            TEST(ids_are_encoded_and_pids_in_them_left_out),
            TEST(dynamic_children_are_stars),
            TEST(trees_outside_applications_begin_with_a_dash),
            TEST(references_and_broken_pids_in_ids),
            TEST(any_byte_in_an_id_is_written_in_ascii),
            TEST(a_cycle_does_not_hang),
            TEST(a_tree_deeper_than_the_limit_still_has_paths),
            TEST(capital_names_mean_elixir_first),
            TEST(small_names_are_plain_atoms),
            TEST(names_of_any_length_are_no_trouble),
            TEST(pids_are_read_in_three_forms),
            TEST(processes_that_are_no_supervisors_are_not_resolved),
            TEST(a_path_follows_a_restart),
    };
    return cmocka_run_group_tests_name("insight_paths", tests, NULL, NULL);
}
