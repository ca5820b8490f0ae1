// Identities that come in cells: {Pids, Calls, Leaders, Cells}, the third part of what
// whitebeam_sweep:identify/1 answers. A cell is memory:64, function:16, initial call:16, leader:16;
// what is wrong about one process is not taken for another.
#include "unit/node_absorb_fixture.h"

#include <stdio.h>

static int begin_with_processes(void **state) {
    begin(state);
    for (uint32_t id = 11; id <= 13; id++) {
        mirror_touch(mirror, id, 0);
    }
    return 0;
}

static uint64_t absorb(const char *text) {
    return absorb_identities(&node, terms_read(&arena, text));
}

static bool identified(uint32_t id) {
    uint16_t flags = mirror->p.flags[slot_of(id)];
    bool known = flags & PROCESS_IDENTIFIED;
    // One comes with the other, and a signal was sent.
    assert_int_equal((flags & PROCESS_MEASURED) != 0, known);
    assert_int_equal((flags & PROCESS_SETTLING) != 0, known);
    return known;
}

// Pids, and a map of each kind, for cells of a test's own.
#define CALLS   "#{{m,loop,2},0,{m,start,0},1}"
#define LEADERS "#{<40>,0,<41>,1}"
#define CELL    "0000000000001000_0000_0001_0000"

// ---- right ones ------------------------------------------------------------------------------

static void cells_arrive(void **state) {
    (void)state;
    absorb_applications(&node,
            terms_read(&arena,
                    "[{shop,<40>,\"1\",\"\",undefined},{kernel,<41>,\"1\",\"\",undefined}]"));
    assert_int_equal(absorb("{700,[],{[<11>,<12>,<999>,<13>]," CALLS "," LEADERS ","
                            "%0000000000001000_0000_0001_0000"
                            "_0000000100000001_0001_0001_0001"
                            "_0000000000000005_0000_0000_0000"
                            "_7fffffffffffffff_0001_0000_0000}}"),
            700);
    const struct process_columns *p = &mirror->p;
    assert_true(identified(11) && identified(12) && identified(13));
    assert_int_equal(p->memory[slot_of(11)], 4096);
    assert_true(p->memory[slot_of(12)] == (UINT64_C(1) << 32) + 1);
    assert_true(p->memory[slot_of(13)] == INT64_MAX);
    assert_true(is(p->function[slot_of(11)], "m.loop/2"));
    assert_true(is(p->function[slot_of(12)], "m.start/0"));
    assert_true(is(p->initial_call[slot_of(11)], "m.start/0"));
    assert_true(is(p->initial_call[slot_of(13)], "m.loop/2"));
    assert_true(is(mirror_application_of(mirror, slot_of(11))->name, "shop"));
    assert_true(is(mirror_application_of(mirror, slot_of(12))->name, "kernel"));
    assert_int_equal(slot_of(999), MIRROR_NONE);
}

static void cells_and_rows_arrive_together(void **state) {
    (void)state;
    absorb("{1,[{<12>,{m,f,1},<40>,<10>,50,{m,g,1},none,undefined}],"
           "{[<11>]," CALLS "," LEADERS ",%" CELL "}}");
    assert_true(identified(11) && identified(12) && !identified(13));
    assert_int_equal(mirror->p.memory[slot_of(12)], 50);
    assert_int_equal(mirror->p.memory[slot_of(11)], 4096);
}

// Cells are for those whose kind is known from the specs of their supervisors.
static void the_kind_is_that_of_the_child_spec(void **state) {
    (void)state;
    static const char *const texts[] = {
            "{supervisor,<10>,supervisor,shop_sup,{one_for_one,3,5,0,-1,never},{1,1,0,1}}",
            "{children,<10>,[{cart,<11>,worker,permanent,5000,false,cart}]}", "{read,<10>}"};
    mirror_supervisor_touch(mirror, mirror_touch(mirror, 10, 0));
    for (size_t i = 0; i < 3; i++) {
        absorb_supervisor(&node, terms_read(&arena, texts[i]));
    }
    absorb("{1,[],{[<11>],#{{proc_lib,init_p,5},0,{gen_server,loop,7},1}," LEADERS ","
           "%0000000000001000_0001_0000_0000}}");
    absorb_behaviours(&node, terms_read(&arena, "[{cart,[gen_server]}]"));
    assert_int_equal(mirror->p.kind[slot_of(11)], KIND_GEN_SERVER);
    assert_true(is(mirror->p.initial_call[slot_of(11)], "cart.init/1"));
}

// Each of the largest batch may have calls of its own.
static void as_many_calls_as_a_batch_can_have_arrive(void **state) {
    (void)state;
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, "{1,[],{[<11>],#{");
    for (uint32_t i = 0; i < 4000; i++) {
        buffer_printf(&text, "{m,f%u,1},%u,", i, i);
    }
    buffer_add_text(&text, "{m,last,1},4000}," LEADERS ",%0000000000001000_0fa0_0f9f_0000}}");
    buffer_add_u8(&text, 0);
    absorb(text.at);
    buffer_finish(&text);
    assert_true(identified(11));
    assert_true(is(mirror->p.function[slot_of(11)], "m.last/1"));
    assert_true(is(mirror->p.initial_call[slot_of(11)], "m.f3999/1"));
}

// ---- wrong ones ------------------------------------------------------------------------------

static void an_index_out_of_range_skips_its_process_alone(void **state) {
    (void)state;
    static const char *const cells[] = {
            "0000000000001000_0002_0001_0000",
            "0000000000001000_0000_0002_0000",
            "0000000000001000_0000_0001_0002",
            "0000000000001000_ffff_ffff_ffff",
            "8000000000000000_0000_0001_0000", // memory that no node has
            "ffffffffffffffff_0000_0001_0000",
    };
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        char text[400];
        mirror_remove(mirror, slot_of(11));
        mirror_touch(mirror, 11, 0);
        snprintf(text, sizeof text, "{1,[],{[<12>,<11>,<13>]," CALLS "," LEADERS ",%%%s%s%s}}",
                CELL, cells[i], CELL);
        absorb(text);
        assert_false(identified(11));
        assert_int_equal(mirror->p.memory[slot_of(11)], 0);
        assert_true(identified(12) && identified(13));
    }
}

static void cells_of_a_wrong_length_are_ignored(void **state) {
    (void)state;
    static const char *const cells[] = {"%", "%" CELL, "%" CELL "_00", "%" CELL CELL "_00",
            "%" CELL "0000000000001000_0000_0001_00", "%" CELL CELL CELL, "[]", "atom", "28"};
    for (size_t i = 0; i < sizeof cells / sizeof cells[0]; i++) {
        char text[400];
        snprintf(text, sizeof text,
                "{9,[{<13>,{m,f,1},<40>,<10>,50,{m,g,1},none,undefined}],"
                "{[<11>,<12>]," CALLS "," LEADERS ",%s}}",
                cells[i]);
        assert_int_equal(absorb(text), 9);
        assert_false(identified(11) || identified(12));
        assert_true(identified(13)); // the rows beside them count
    }
}

static void a_map_that_is_no_permutation_leaves_texts_empty(void **state) {
    (void)state;
    // Calls and leaders whose indexes repeat, are out of range, or are none; 0 is the only one.
    static const char *const maps[][2] = {
            {"#{{m,a,1},0,{m,b,1},0}", "#{<40>,0,<41>,0}"},
            {"#{{m,a,1},0,{m,b,1},2}", "#{<40>,0,<41>,2}"},
            {"#{{m,a,1},-1,{m,b,1},0}", "#{<40>,-1,<41>,0}"},
            {"#{{m,a,1},0,{m,b,1},9223372036854775807}", "#{<40>,0,<41>,9223372036854775807}"},
            {"#{{m,a,1},x,{m,b,1},0}", "#{<40>,x,<41>,0}"},
    };
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        char text[400];
        snprintf(text, sizeof text,
                "{1,[],{[<11>,<12>],%s,%s,%%0000000000001000_0000_0000_0000"
                "_0000000000001000_0001_0001_0001}}",
                maps[i][0], maps[i][1]);
        absorb(text);
        assert_true(identified(11) && identified(12));
        struct str known = mirror_text(mirror, mirror->p.function[slot_of(11)]);
        assert_true(str_is(known, "m.a/1") || str_is(known, "m.b/1"));
        assert_int_equal(mirror->p.function[slot_of(12)], 0);
        assert_int_equal(mirror->p.initial_call[slot_of(12)], 0);
        assert_int_not_equal(mirror->p.leader[slot_of(11)], mirror->p.leader[slot_of(12)]);
        check_mirror(mirror);
    }
}

static void calls_that_are_none_are_empty(void **state) {
    (void)state;
    absorb("{1,[],{[<11>,<12>,<13>],#{undefined,0,{m,f},1,{m,f,-1},2}," LEADERS ","
           "%0000000000001000_0000_0001_0000_0000000000001000_0001_0002_0000"
           "_0000000000001000_0002_0000_0000}}");
    for (uint32_t id = 11; id <= 13; id++) {
        assert_true(identified(id));
        assert_int_equal(mirror->p.function[slot_of(id)], 0);
        assert_int_equal(mirror->p.initial_call[slot_of(id)], 0);
    }
}

static void a_leader_that_is_no_pid_leads_to_no_application(void **state) {
    (void)state;
    absorb_applications(&node,
            terms_read(&arena, "[{shop,<40>,\"1\",\"\",undefined},{x,y,\"1\",\"\",undefined}]"));
    absorb("{1,[],{[<11>,<12>,<13>]," CALLS ",#{<40>,0,undefined,1,4711,2},"
           "%0000000000001000_0000_0001_0000_0000000000001000_0000_0001_0001"
           "_0000000000001000_0000_0001_0002}}");
    assert_true(identified(11) && identified(12) && identified(13));
    assert_true(is(mirror_application_of(mirror, slot_of(11))->name, "shop"));
    assert_null(mirror_application_of(mirror, slot_of(12)));
    assert_null(mirror_application_of(mirror, slot_of(13)));
    assert_int_equal(mirror->p.leader[slot_of(12)], mirror->p.leader[slot_of(13)]);
}

static void what_is_no_pid_keeps_its_cell(void **state) {
    (void)state;
    absorb("{1,[],{[x,<11>,12]," CALLS "," LEADERS ",%" CELL "0000000000000777_0000_0001_0000" CELL
           "}}");
    assert_true(identified(11));
    assert_int_equal(mirror->p.memory[slot_of(11)], 0x777);
    assert_false(identified(12));
}

static void maps_that_are_none_or_too_large_name_nothing(void **state) {
    (void)state;
    static const char *const maps[] = {"[]", "atom", "{}", "#{}"};
    for (size_t i = 0; i < sizeof maps / sizeof maps[0]; i++) {
        char text[400];
        snprintf(text, sizeof text, "{1,[],{[<11>],%s," LEADERS ",%%" CELL "}}", maps[i]);
        absorb(text);
        snprintf(text, sizeof text, "{1,[],{[<11>]," CALLS ",%s,%%" CELL "}}", maps[i]);
        absorb(text);
    }
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, "{1,[],{[<11>],#{");
    for (uint32_t i = 0; i <= 4096; i++) {
        buffer_printf(&text, "{m,f,%u},%u,", i, i);
    }
    buffer_add_text(&text, "}," LEADERS ",%" CELL "}}");
    buffer_add_u8(&text, 0);
    absorb(text.at);
    buffer_finish(&text);
    assert_false(identified(11));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_with_processes, finish)
    static const struct CMUnitTest tests[] = {
            TEST(cells_arrive),
            TEST(cells_and_rows_arrive_together),
            TEST(the_kind_is_that_of_the_child_spec),
            TEST(as_many_calls_as_a_batch_can_have_arrive),
            TEST(an_index_out_of_range_skips_its_process_alone),
            TEST(cells_of_a_wrong_length_are_ignored),
            TEST(a_map_that_is_no_permutation_leaves_texts_empty),
            TEST(calls_that_are_none_are_empty),
            TEST(a_leader_that_is_no_pid_leads_to_no_application),
            TEST(what_is_no_pid_keeps_its_cell),
            TEST(maps_that_are_none_or_too_large_name_nothing),
    };
    return cmocka_run_group_tests_name("node_absorb_bulk", tests, NULL, NULL);
}
