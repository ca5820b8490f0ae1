// Answers of the agent into the mirror: right ones arrive whole, and figures out of any range are
// unknown. What comes in cells is in node_absorb_bulk_test.c, wrong shapes in
// node_absorb_shapes_test.c.
#include "base/clock.h"
#include "node/kinds.h"
#include "unit/node_absorb_fixture.h"

#include <stdio.h>

static struct supervisor *supervisor_of(uint32_t id) {
    uint32_t slot = slot_of(id);
    assert_int_not_equal(slot, MIRROR_NONE);
    assert_int_not_equal(mirror->p.supervises[slot], MIRROR_NONE);
    return &mirror->supervisors[mirror->p.supervises[slot]];
}

// {Nanoseconds, Pids, Rows} with `bytes` of rows; each row has its number as reductions.
static struct term *sweep_term(int64_t took, uint32_t count, size_t bytes) {
    struct buffer text;
    buffer_init(&text);
    buffer_printf(&text, "{%lld,[", (long long)took);
    for (uint32_t i = count; i > 0; i--) {
        buffer_printf(&text, "<%u>%s", i, i > 1 ? "," : ""); // in reverse, as the agent sends them
    }
    buffer_add_text(&text, "],rows}");
    buffer_add_u8(&text, 0);
    struct term *term = terms_read(&arena, text.at);
    text.length = 0;
    for (uint32_t i = 1; text.length < bytes; i++) {
        buffer_add_u64(&text, i);
        buffer_add_u32(&text, 10 * i);
        buffer_add_u32(&text, 100 * i);
        buffer_add_u8(&text, (uint8_t)(i % 8));
    }
    struct term *rows = (struct term *)&term->items[2];
    *rows = (struct term){
            .type = TERM_BINARY, .text = arena_copy(&arena, (struct str){text.at, bytes})};
    buffer_finish(&text);
    return term;
}

static void a_sweep_fills_the_columns(void **state) {
    (void)state;
    mirror_sweep_begin(mirror, 1);
    assert_int_equal(absorb_sweep(&node, sweep_term(500, 300, 300 * 17)), 500);
    mirror_sweep_end(mirror);
    assert_int_equal(mirror->live, 300);
    for (uint32_t i = 1; i <= 300; i++) {
        uint32_t slot = slot_of(i);
        assert_int_equal(mirror->p.reductions[slot], i);
        assert_int_equal(mirror->p.queue[slot], 10 * i);
        assert_int_equal(mirror->p.heap[slot], 100 * i);
        assert_int_equal(mirror->p.status[slot], i % 8 < 6 ? i % 8 : STATUS_UNKNOWN);
    }
}

static void a_sweep_whose_rows_and_pids_differ_in_number_is_ignored(void **state) {
    (void)state;
    mirror_sweep_begin(mirror, 1);
    assert_int_equal(absorb_sweep(&node, sweep_term(5, 3, 2 * 17)), 0);
    assert_int_equal(absorb_sweep(&node, sweep_term(5, 3, 4 * 17)), 0);
    assert_int_equal(absorb_sweep(&node, sweep_term(5, 3, 3 * 17 - 1)), 0);
    assert_int_equal(absorb_sweep(&node, sweep_term(5, 0, 1)), 0);
    assert_int_equal(mirror->live, 0);
    assert_int_equal(absorb_sweep(&node, sweep_term(5, 0, 0)), 0);
}

static void a_sweep_cannot_have_cost_more_than_its_rows(void **state) {
    (void)state;
    mirror_sweep_begin(mirror, 1);
    assert_true(absorb_sweep(&node, sweep_term(INT64_MAX, 3, 51)) < 100000);
    assert_true(absorb_sweep(&node, sweep_term(-1, 3, 51)) < 100000);
}

static void names_arrive(void **state) {
    (void)state;
    mirror_names_begin(mirror);
    absorb_names(&node, read_term("[{init,<0>},{\"logger\",<3>},{bad,4},{<5>,<6>},{x}]"));
    mirror_names_end(mirror);
    assert_int_equal(mirror_named(mirror, STR("init")), slot_of(0));
    assert_int_equal(mirror_named(mirror, STR("logger")), slot_of(3));
    assert_int_equal(mirror_named(mirror, STR("bad")), MIRROR_NONE);
}

static void applications_arrive_with_their_tops(void **state) {
    (void)state;
    absorb_applications(&node, read_term("[{kernel,<40>,\"8.5\",\"ERTS CXC 138 "
                                         "10\",<41>},{lib,<42>,\"1\",\"\",undefined},"
                                         "{broken,none,\"1\",\"\",<43>},{short}]"));
    assert_int_equal(mirror->application_count, 2);
    assert_true(is(mirror->applications[0].name, "kernel"));
    assert_true(is(mirror->applications[0].version, "8.5"));
    assert_int_equal(mirror->applications[0].top, slot_of(41));
    assert_int_equal(mirror->applications[1].top, MIRROR_NONE);
    assert_true(supervisor_of(41)->dirty);
}

// ---- supervisors -----------------------------------------------------------------------------

static void absorb_all(const char *const *texts) {
    for (; *texts != NULL; texts++) {
        absorb_supervisor(&node, read_term(*texts));
    }
}

static void read_shop(void) {
    static const char *const texts[] = {"{supervisor,<10>,supervisor,shop_sup,{rest_for_one,3,5,1,"
                                        "2,any_significant},{3,2,1,2}}",
            "{children,<10>,[{cart,<11>,worker,permanent,5000,true,Elixir.Cart},"
            "{{a,\"b\"},<12>,supervisor,transient,infinity,false,stock_sup},"
            "{gone,undefined,worker,temporary,brutal_kill,false,gone},"
            "{late,restarting,worker,permanent,99999999999,false,late}]}",
            "{read,<10>}", NULL};
    mirror_supervisor_touch(mirror, mirror_touch(mirror, 10, 0));
    absorb_all(texts);
}

static void a_supervisor_arrives_with_flags_and_counts(void **state) {
    (void)state;
    read_shop();
    const struct supervisor *shop = supervisor_of(10);
    assert_true(shop->read && shop->has_flags && !shop->dirty && !shop->busy);
    assert_int_equal(shop->strategy, STRATEGY_REST_FOR_ONE);
    assert_int_equal(shop->intensity, 3);
    assert_int_equal(shop->period, 5);
    assert_int_equal(shop->used, 1);
    assert_int_equal(shop->oldest, 2);
    assert_int_equal(shop->auto_shutdown, 1);
    assert_int_equal(shop->specs, 3);
    assert_int_equal(shop->workers, 2);
    assert_true(is(shop->module, "shop_sup"));
    assert_true(is(mirror->p.module[slot_of(10)], "shop_sup"));
}

static void children_arrive_with_their_specs(void **state) {
    (void)state;
    read_shop();
    const struct supervisor *shop = supervisor_of(10);
    assert_int_equal(shop->child_count, 4);
    const struct child *cart = &shop->children[0];
    assert_true(is(cart->id, ":cart") && is(cart->module, "Elixir.Cart"));
    assert_true(cart->significant && cart->shutdown == 5000 && cart->state == CHILD_RUNNING);
    assert_int_equal(cart->restart, RESTART_PERMANENT);
    assert_true(is(shop->children[1].id, "{:a, \"b\"}"));
    assert_int_equal(shop->children[1].shutdown, SHUTDOWN_INFINITY);
    assert_int_not_equal(mirror->p.supervises[slot_of(12)], MIRROR_NONE);
    assert_int_equal(shop->children[2].state, CHILD_STOPPED);
    assert_int_equal(shop->children[2].shutdown, SHUTDOWN_BRUTAL_KILL);
    assert_int_equal(shop->children[3].state, CHILD_RESTARTING);
    assert_int_equal(shop->children[3].shutdown, SHUTDOWN_UNKNOWN);
}

static void dynamic_children_share_a_spec(void **state) {
    (void)state;
    static const char *const texts[] = {
            "{dynamic,<10>,{undefined,worker,temporary,5000,false,job},[<21>,<22>,restarting]}",
            "{dynamic,<10>,{undefined,worker,temporary,5000,false,job},[<23>]}", "{read,<10>}",
            NULL};
    mirror_supervisor_touch(mirror, mirror_touch(mirror, 10, 0));
    absorb_all(texts);
    const struct supervisor *pool = supervisor_of(10);
    assert_int_equal(pool->child_count, 4);
    for (uint32_t i = 0; i < 4; i++) {
        assert_true(pool->children[i].id == 0 && is(pool->children[i].module, "job"));
    }
    assert_int_equal(pool->children[2].state, CHILD_RESTARTING);
    assert_int_equal(mirror->p.supervisor[slot_of(23)], mirror->p.supervises[slot_of(10)]);
}

static void what_is_no_supervisor_is_forgotten_as_one(void **state) {
    (void)state;
    read_shop();
    absorb_supervisor(&node, read_term("{busy,<10>}"));
    assert_true(supervisor_of(10)->busy);
    absorb_supervisor(&node, read_term("{not_supervisor,<10>}"));
    assert_int_equal(mirror->p.supervises[slot_of(10)], MIRROR_NONE);
    assert_int_equal(mirror->p.supervisor[slot_of(11)], MIRROR_NONE);
    absorb_supervisor(&node, read_term("{read,<10>}"));
    absorb_supervisor(&node, read_term("{not_supervisor,<10>}"));
    absorb_supervisor(&node, read_term("{gone,<999>}"));
}

static void flags_out_of_any_range_are_unknown(void **state) {
    (void)state;
    read_shop();
    absorb_supervisor(&node, read_term("{supervisor,<10>,supervisor,m,{no_such_strategy,"
                                       "9223372036854775807,-9223372036854775807,-3,"
                                       "9223372036854775807,sometimes},{-1,a,\"b\",{}}}"));
    const struct supervisor *shop = supervisor_of(10);
    assert_int_equal(shop->strategy, STRATEGY_UNKNOWN);
    assert_int_equal(shop->auto_shutdown, 3);
    assert_int_equal(shop->used, -1);
    assert_int_equal(shop->period, -1);
    assert_true(shop->oldest == -1 && shop->intensity == -1); // no time and no count is so large
    assert_int_equal(shop->specs, -1);
    assert_int_equal(shop->active, -1);
}

// ---- identities ------------------------------------------------------------------------------

static void identities_arrive(void **state) {
    (void)state;
    mirror_supervisor_touch(mirror, mirror_touch(mirror, 10, 0));
    mirror_touch(mirror, 11, 0);
    mirror_touch(mirror, 12, 0);
    uint64_t took = absorb_identities(
            &node, read_term("{700,[{<11>,{proc_lib,init_p,5},<40>,<10>,4096,{gen_server,loop,7},"
                             "{cart,init,1},\"cart no. 1\"},"
                             "{<12>,{m,f,1},<40>,<10>,1,{m,f,1},none},"
                             "{<999>,{m,f,1},<40>,<10>,1,{m,f,1},none,undefined}],"
                             "{[],#{},#{},%}}"));
    assert_int_equal(took, 700);
    uint32_t slot = slot_of(11);
    const struct process_columns *p = &mirror->p;
    assert_true(is(p->initial_call[slot], "cart.init/1")); // what proc_lib noted
    assert_true(is(p->function[slot], "gen_server.loop/7"));
    assert_true(is(p->label[slot], "cart no. 1") && is(p->module[slot], "cart"));
    assert_int_equal(p->memory[slot], 4096);
    assert_true(p->flags[slot] & PROCESS_IDENTIFIED);
    assert_true(p->flags[slot] & PROCESS_SETTLING);
    assert_false(p->flags[slot_of(12)] & PROCESS_IDENTIFIED); // its row was cut short
    assert_int_equal(slot_of(999), MIRROR_NONE);
    assert_true(mirror->supervisors[p->supervises[slot_of(10)]].dirty);
}

static void a_label_of_any_size_is_cut(void **state) {
    (void)state;
    mirror_touch(mirror, 11, 0);
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, "{1,[{<11>,{m,f,1},<40>,<10>,1,{m,f,1},none,\"x");
    for (int i = 0; i < 2000; i++) {
        buffer_add_text(&text, "\xc3\xa9");
    }
    buffer_add_text(&text, "\"}],{[],#{},#{},%}}");
    buffer_add_u8(&text, 0);
    absorb_identities(&node, read_term(text.at));
    buffer_finish(&text);
    struct str label = mirror_text(mirror, mirror->p.label[slot_of(11)]);
    assert_true(label.length > 100 && label.length <= LIMIT_LABEL_BYTES);
    assert_true(str_is_utf8(label));
}

static void labels_may_be_any_term(void **state) {
    (void)state;
    mirror_touch(mirror, 11, 0);
    absorb_identities(&node, read_term("{1,[{<11>,{m,f,1},<40>,<10>,1,{m,f,1},none,"
                                       "{worker,[1,2]}}],{[],#{},#{},%}}"));
    assert_true(is(mirror->p.label[slot_of(11)], "{:worker, [1, 2]}"));
}

static void a_process_that_was_too_full_for_a_signal_does_not_settle(void **state) {
    (void)state;
    mirror_touch(mirror, 11, 0);
    absorb_identities(&node, read_term("{1,[{<11>,{m,f,1},<40>,<10>,unknown,unknown,unknown,"
                                       "undefined}],{[],#{},#{},%}}"));
    assert_true(is(mirror->p.initial_call[slot_of(11)], "m.f/1"));
    assert_true(mirror->p.flags[slot_of(11)] & PROCESS_IDENTIFIED);
    assert_false(mirror->p.flags[slot_of(11)] & (PROCESS_SETTLING | PROCESS_MEASURED));
}

static void refreshed_processes_are_measured(void **state) {
    (void)state;
    mirror_touch(mirror, 11, 0);
    assert_int_equal(
            absorb_refresh(&node, read_term("{33,[{<11>,5000,{m,f,2}},{<12>,1,{m,f,1}},"
                                            "{<11>,x,{m,f,3}},{<11>,-1,{m,f,3}},{<11>},{},x]}")),
            33);
    assert_int_equal(mirror->p.memory[slot_of(11)], 5000);
    assert_true(is(mirror->p.function[slot_of(11)], "m.f/2"));
    assert_true(mirror->p.flags[slot_of(11)] & PROCESS_MEASURED);
    assert_true(mirror->p.flags[slot_of(11)] & PROCESS_SETTLING);
    assert_int_equal(slot_of(12), MIRROR_NONE);
}

static void no_answer_costs_more_time_than_it_could_take(void **state) {
    (void)state;
    static const char *const texts[] = {
            "{-1,[],{[],#{},#{},%}}", "{9223372036854775807,[],{[],#{},#{},%}}"};
    for (size_t i = 0; i < 2; i++) {
        assert_true(absorb_identities(&node, read_term(texts[i])) <= UINT64_C(60000000000));
        assert_true(absorb_refresh(&node, read_term(texts[i])) <= UINT64_C(60000000000));
    }
}

static void behaviours_arrive(void **state) {
    (void)state;
    struct identity identity = {.kind_known = true, .kind_module = STR("cart")};
    mirror_identify(mirror, mirror_touch(mirror, 11, 0), &identity);
    absorb_behaviours(&node, read_term("[{cart,[other,gen_statem,gen_server]},{x,y},{z}]"));
    assert_int_equal(mirror->p.kind[slot_of(11)], KIND_GEN_STATEM);
}

static void facts_arrive(void **state) {
    (void)state;
    assert_true(absorb_facts(&node,
            read_term("#{protocol,1,otp,27,erts,\"15.2\",elixir,\"1.18.1\",os_pid,\"77\","
                      "schedulers,4,"
                      "started_ms,1767323045678,label,true,initial_call,false,events,<5>,traces,"
                      "true}")));
    const struct node_facts *facts = &node.facts;
    assert_int_equal(facts->otp, 27);
    assert_string_equal(facts->erts, "15.2");
    assert_string_equal(facts->elixir, "1.18.1");
    assert_int_equal(facts->schedulers, 4);
    assert_true(facts->started_at == 1767323045678);
    assert_true(facts->labels && !facts->cheap_kind);
    assert_false(absorb_facts(&node, read_term("#{protocol,2,events,<5>}")));
    assert_false(absorb_facts(&node, read_term("[]")));
    assert_false(absorb_facts(&node, NULL));
}

static void long_texts_of_facts_are_cut(void **state) {
    (void)state;
    assert_true(absorb_facts(&node,
            read_term(
                    "#{protocol,1,events,<5>,elixir,not_loaded,erts,\"0123456789012345678901234567"
                    "8901234567890123456789\",os_pid,\"0123456789012345678901234567890\"}")));
    assert_int_equal(strlen(node.facts.erts), sizeof node.facts.erts - 1);
    assert_int_equal(strlen(node.facts.os_pid), sizeof node.facts.os_pid - 1);
    assert_string_equal(node.facts.elixir, "");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_sweep_fills_the_columns),
            TEST(a_sweep_whose_rows_and_pids_differ_in_number_is_ignored),
            TEST(a_sweep_cannot_have_cost_more_than_its_rows),
            TEST(names_arrive),
            TEST(applications_arrive_with_their_tops),
            TEST(a_supervisor_arrives_with_flags_and_counts),
            TEST(children_arrive_with_their_specs),
            TEST(dynamic_children_share_a_spec),
            TEST(what_is_no_supervisor_is_forgotten_as_one),
            TEST(flags_out_of_any_range_are_unknown),
            TEST(identities_arrive),
            TEST(a_label_of_any_size_is_cut),
            TEST(labels_may_be_any_term),
            TEST(a_process_that_was_too_full_for_a_signal_does_not_settle),
            TEST(refreshed_processes_are_measured),
            TEST(no_answer_costs_more_time_than_it_could_take),
            TEST(behaviours_arrive),
            TEST(facts_arrive),
            TEST(long_texts_of_facts_are_cut),
    };
    return cmocka_run_group_tests_name("node_absorb", tests, NULL, NULL);
}
