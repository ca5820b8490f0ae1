// Answers of the agent of every wrong shape: each part of each answer is replaced by anything else,
// each tuple cut short, and all of it comes in any order. The mirror stays whole.
#include "unit/node_absorb_fixture.h"

static const char *const good[] = {
        "[{init,<1>},{logger,<2>}]",
        "[{kernel,<3>,\"8.5\",\"text\",<4>},{lib,<5>,\"1\",\"\",undefined}]",
        "{supervisor,<4>,supervisor,m,{one_for_one,3,5,0,-1,never},{2,1,0,2}}",
        "{supervisor,<4>,dynamic_supervisor,m,undefined,{2,1,0,2}}",
        "{children,<4>,[{id,<6>,worker,permanent,5000,true,m},{b,<4>,supervisor,permanent,infinity,"
        "false,s}]}",
        "{dynamic,<4>,{undefined,supervisor,temporary,5000,false,job},[<7>,<4>,<7>,restarting]}",
        "{read,<4>}",
        "{busy,<4>}",
        "{not_supervisor,<8>}",
        "{gone,<8>}",
        "[{m,[gen_server]},{s,[]}]",
        "{5,[{<6>,{m,f,1},<3>,<4>,100,{m,f,1},{m,init,1},\"label\"}],{[<7>,<4>],#{{m,f,1},0,"
        "{m,g,2},1},#{<3>,0},%0000000000000100_0000_0001_0000_0000000000000200_0001_0001_0000}}",
        "{5,[{<6>,100,{m,f,1}}]}",
        "#{protocol,1,otp,27,erts,\"15\",elixir,\"1\",os_pid,\"7\",schedulers,4,started_ms,1,label,"
        "true,initial_call,true,events,<9>}",
};

static const char *const strange[] = {"-1", "9223372036854775807", "-9223372036854775808", "atom",
        "\"\"", "\"text\"", "%ffffffffffffffff_ffff_ffff_ffff", "65535", "{}", "{a}",
        "{a,b,c,d,e,f,g,h,i}", "[]", "[a]", "[<4>,<6>]", "#{}", "#{a,1}", "<4>", "<4294967295>"};

static void feed(const struct term *term) {
    mirror_names_begin(mirror);
    absorb_names(&node, term);
    mirror_names_end(mirror);
    absorb_sweep(&node, term);
    absorb_applications(&node, term);
    absorb_supervisor(&node, term);
    absorb_behaviours(&node, term);
    absorb_identities(&node, term);
    absorb_refresh(&node, term);
    absorb_facts(&node, term);
}

// The parts of a term, itself included, in order; NULL behind the last.
static struct term *part_at(struct term *term, uint32_t *number) {
    if ((*number)-- == 0) {
        return term;
    }
    uint32_t count = term->type == TERM_TUPLE  ? term->size
                     : term->type == TERM_LIST ? term->size + 1
                     : term->type == TERM_MAP  ? 2 * term->size
                                               : 0;
    for (uint32_t i = 0; i < count; i++) {
        struct term *found = part_at((struct term *)&term->items[i], number);
        if (found != NULL) {
            return found;
        }
    }
    return NULL;
}

static void feed_with(const char *text, uint32_t part, const char *instead) {
    arena_reset(&arena);
    struct term *term = terms_read(&arena, text);
    struct term *place = part_at(term, &part);
    *place = *terms_read(&arena, instead);
    feed(term);
}

static uint32_t count_parts(const char *text) {
    struct term *term = terms_read(&arena, text);
    for (uint32_t count = 0;; count++) {
        uint32_t number = count;
        if (part_at(term, &number) == NULL) {
            return count;
        }
    }
}

static void any_part_may_be_anything(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint32_t parts = count_parts(good[i]);
        for (uint32_t part = 0; part < parts; part++) {
            for (size_t j = 0; j < sizeof strange / sizeof strange[0]; j++) {
                feed_with(good[i], part, strange[j]);
                feed(read_term(good[2 + j % 10]));
            }
            check_mirror(mirror);
        }
    }
}

static void any_tuple_may_be_too_short(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        uint32_t parts = count_parts(good[i]);
        for (uint32_t part = 0; part < parts; part++) {
            for (uint32_t size = 0; size < 9; size++) {
                arena_reset(&arena);
                uint32_t number = part;
                struct term *term = terms_read(&arena, good[i]);
                struct term *place = part_at(term, &number);
                if (place->type == TERM_TUPLE && place->size > size) {
                    place->size = size;
                    feed(term);
                }
            }
        }
        check_mirror(mirror);
    }
}

static void answers_may_come_in_any_order(void **state) {
    (void)state;
    srand(31);
    for (int step = 0; step < 20000; step++) {
        arena_reset(&arena);
        feed(read_term(good[(size_t)rand() % (sizeof good / sizeof good[0])]));
        if (rand() % 50 == 0 && mirror->live > 0) {
            uint32_t slot = (uint32_t)rand() % mirror->slot_count;
            if (mirror->p.flags[slot] & PROCESS_LIVE) {
                mirror_remove(mirror, slot);
            }
        }
        if (step % 100 == 0) {
            check_mirror(mirror);
        }
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(any_part_may_be_anything),
            TEST(any_tuple_may_be_too_short),
            TEST(answers_may_come_in_any_order),
    };
    return cmocka_run_group_tests_name("node_absorb_shapes", tests, NULL, NULL);
}
