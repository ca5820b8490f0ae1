// epmd's packets, byte by byte.
#include "link/epmd.h"

#include "base/memory.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct error error;
static uint16_t port;

// From a block of the exact size, so that reading past it is seen.
static enum epmd_result ask(struct str bytes) {
    char *exact = memory_new(bytes.length, 1);
    if (bytes.length > 0) {
        memcpy(exact, bytes.at, bytes.length);
    }
    enum epmd_result result =
            epmd_answer((struct str){exact, bytes.length}, STR("rabbit"), &port, &error);
    free(exact);
    return result;
}

#define FOUND(highest, lowest, length, name) "w\0\x12\x34M\0\0" highest "\0" lowest "\0" length name

static void request_asks_for_the_port_of_a_name(void **state) {
    (void)state;
    struct buffer out;
    buffer_init(&out);
    epmd_request(&out, STR("rabbit"));
    assert_int_equal(out.length, 9);
    assert_memory_equal(out.at, "\0\7zrabbit", 9);
    buffer_finish(&out);
}

static void answer_gives_the_port(void **state) {
    (void)state;
    port = 0;
    assert_int_equal(ask(STR(FOUND("\6", "\5", "\6", "rabbit") "\0\0")), EPMD_FOUND);
    assert_int_equal(port, 0x1234);
    assert_int_equal(ask(STR(FOUND("\6", "\6", "\6", "rabbit"))), EPMD_FOUND);
    assert_int_equal(ask(STR(FOUND("\7", "\5", "\6", "rabbit") "\0\3abc")), EPMD_FOUND);
}

static void every_beginning_of_an_answer_asks_for_more(void **state) {
    (void)state;
    struct str answer = STR(FOUND("\6", "\5", "\6", "rabbit"));
    for (answer.length--; answer.length > 0; answer.length--) {
        assert_int_equal(ask(answer), EPMD_MORE);
    }
    assert_int_equal(ask(answer), EPMD_MORE);
}

static void unknown_name_is_a_node_that_does_not_run(void **state) {
    (void)state;
    assert_int_equal(ask(STR("w\1")), EPMD_FAILED);
    assert_int_equal(error.code, ERROR_NODE_NOT_RUNNING);
    assert_non_null(strstr(error.message, "'rabbit'"));
}

static void versions_below_6_are_too_old(void **state) {
    (void)state;
    assert_int_equal(ask(STR(FOUND("\5", "\5", "\6", "rabbit"))), EPMD_FAILED);
    assert_int_equal(error.code, ERROR_BEAM_TOO_OLD);
}

static void what_epmd_never_says_is_not_a_beam(void **state) {
    (void)state;
    static const char another_name[] = FOUND("\6", "\5", "\6", "rabbis");
    static const char longer_name[] = FOUND("\6", "\5", "\7", "rabbits");
    static const char long_length[] = FOUND("\6", "\5", "\xff", "rabbit");
    static const char highest_below_lowest[] = FOUND("\5", "\6", "\6", "rabbit");
    static const char not_invented_yet[] = FOUND("\7", "\7", "\6", "rabbit");
    static const char port_zero[] = "w\0\0\0M\0\0\6\0\5\0\6rabbit";
    const struct str answers[] = {
            STR("HTTP/1.1 400 Bad Request"),
            STR("v"),
            STR("\0"),
            STR(another_name),
            STR(longer_name),
            STR(long_length),
            STR(highest_below_lowest),
            STR(not_invented_yet),
            STR(port_zero),
    };
    for (size_t i = 0; i < sizeof answers / sizeof answers[0]; i++) {
        port = 7;
        assert_int_equal(ask(answers[i]), EPMD_FAILED);
        assert_int_equal(error.code, ERROR_NOT_A_BEAM);
        assert_int_equal(port, 7);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(request_asks_for_the_port_of_a_name),
            cmocka_unit_test(answer_gives_the_port),
            cmocka_unit_test(every_beginning_of_an_answer_asks_for_more),
            cmocka_unit_test(unknown_name_is_a_node_that_does_not_run),
            cmocka_unit_test(versions_below_6_are_too_old),
            cmocka_unit_test(what_epmd_never_says_is_not_a_beam),
    };
    return cmocka_run_group_tests_name("link_epmd", tests, NULL, NULL);
}
