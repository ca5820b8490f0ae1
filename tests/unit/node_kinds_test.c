// Names of kinds, and how the kind of a process follows from what is known of it.
#include "node/kinds.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static void every_kind_but_unknown_has_a_type_of_the_api(void **state) {
    (void)state;
    static const char *const types[] = {"supervisor", "genserver", "task", "agent", "worker"};
    assert_null(kind_type(KIND_UNKNOWN));
    assert_null(kind_behavior(KIND_UNKNOWN));
    for (int kind = KIND_UNKNOWN + 1; kind < KIND_COUNT; kind++) {
        bool known = false;
        for (size_t i = 0; i < sizeof types / sizeof types[0]; i++) {
            known = known || str_is(str_of(kind_type((enum process_kind)kind)), types[i]);
        }
        assert_true(known);
    }
    assert_string_equal(kind_behavior(KIND_AGENT), "gen_server");
    assert_string_equal(kind_behavior(KIND_GEN_STATEM), "gen_statem");
    assert_null(kind_behavior(KIND_TASK));
}

static void statuses_have_texts_and_strange_codes_none(void **state) {
    (void)state;
    for (int code = 0; code < 256; code++) {
        enum process_status status = status_of((uint8_t)code);
        assert_true(code < STATUS_UNKNOWN ? (int)status == code : status == STATUS_UNKNOWN);
        assert_true(code < STATUS_UNKNOWN || str_is(str_of(status_text(status)), "unknown"));
    }
    assert_string_equal(status_text(STATUS_SUSPENDED), "suspended");
    assert_string_equal(status_text(STATUS_GARBAGE_COLLECTING), "garbage_collecting");
}

static void strategies_and_restarts_read_what_they_write(void **state) {
    (void)state;
    for (int i = 1; i < STRATEGY_COUNT; i++) {
        assert_int_equal(strategy_of(str_of(strategy_text((enum strategy)i))), i);
    }
    for (int i = 1; i <= RESTART_TEMPORARY; i++) {
        assert_int_equal(restart_of(str_of(restart_text((enum restart_type)i))), i);
    }
    assert_null(strategy_text(STRATEGY_UNKNOWN));
    assert_null(restart_text(RESTART_UNKNOWN));
    assert_int_equal(strategy_of(STR("one_for")), STRATEGY_UNKNOWN);
    assert_int_equal(strategy_of(STR("")), STRATEGY_UNKNOWN);
    assert_int_equal(restart_of(STR("Permanent")), RESTART_UNKNOWN);
    assert_int_equal(restart_of(STR("intrinsic")), RESTART_PERMANENT);
}

static void supervisors_are_called_by_what_was_proven_and_their_module(void **state) {
    (void)state;
    static const struct {
        const char *proven, *module, *text;
    } rows[] = {
            {"supervisor", "my_sup", "Supervisor"},
            {"supervisor", "Elixir.PartitionSupervisor", "PartitionSupervisor"},
            {"dynamic_supervisor", "Elixir.DynamicSupervisor", "DynamicSupervisor"},
            {"dynamic_supervisor", "Elixir.Task.Supervisor", "Task.Supervisor"},
            {"supervisor2", "rabbit_sup", "supervisor2"},
            {"supervisor2", "mirrored_supervisor", "mirrored_supervisor"},
            {"ranch_conns_sup", "", "ranch_conns_sup"},
            {"", "", "Supervisor"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        enum supervisor_kind kind =
                supervisor_kind_of(str_of(rows[i].proven), str_of(rows[i].module));
        assert_string_equal(supervisor_kind_text(kind), rows[i].text);
    }
}

static void behaviours_of_otp_prove_kinds(void **state) {
    (void)state;
    assert_int_equal(kind_of_behaviour(STR("gen_server")), KIND_GEN_SERVER);
    assert_int_equal(kind_of_behaviour(STR("Elixir.GenServer")), KIND_GEN_SERVER);
    assert_int_equal(kind_of_behaviour(STR("gen_statem")), KIND_GEN_STATEM);
    assert_int_equal(kind_of_behaviour(STR("gen_event")), KIND_GEN_EVENT);
    assert_int_equal(kind_of_behaviour(STR("supervisor_bridge")), KIND_SUPERVISOR_BRIDGE);
    // A supervisor is proven by the agent alone.
    assert_int_equal(kind_of_behaviour(STR("supervisor")), KIND_PLAIN);
    assert_int_equal(kind_of_behaviour(STR("")), KIND_PLAIN);
    assert_int_equal(kind_of_behaviour(STR("gen_server_")), KIND_PLAIN);
}

static void the_kind_follows_from_what_is_known(void **state) {
    (void)state;
    static const struct {
        const char *module, *function, *spec;
        enum process_kind behaviour;
        const char *current, *initial;
        enum process_kind expected;
    } rows[] = {
            {"", "", "", KIND_PLAIN, "", "", KIND_PLAIN},
            {"", "", "", KIND_UNKNOWN, "", "", KIND_UNKNOWN},
            {"my", "init", "my", KIND_GEN_SERVER, "lists.map/2", "proc_lib.init_p/5",
                    KIND_GEN_SERVER},
            {"my", "init", "my", KIND_PLAIN, "gen_server.loop/7", "", KIND_GEN_SERVER},
            {"my", "init", "my", KIND_UNKNOWN, "gen_server.loop/5", "", KIND_GEN_SERVER},
            {"my", "init", "my", KIND_UNKNOWN, "gen_statem.loop_receive/3", "", KIND_GEN_STATEM},
            {"my", "init", "my", KIND_UNKNOWN, "gen_event.fetch_msg/6", "", KIND_GEN_EVENT},
            {"my", "init", "my", KIND_UNKNOWN, "gen_server.loop", "", KIND_UNKNOWN},
            {"my", "init", "my", KIND_UNKNOWN, "lists.map/2", "", KIND_UNKNOWN},
            {"gen_event", "init_it", "", KIND_PLAIN, "", "", KIND_GEN_EVENT},
            {"gen_event", "other", "", KIND_PLAIN, "", "", KIND_PLAIN},
            {"supervisor_bridge", "x", "", KIND_UNKNOWN, "", "", KIND_SUPERVISOR_BRIDGE},
            {"Elixir.Agent.Server", "init", "Elixir.Agent", KIND_GEN_SERVER, "gen_server.loop/7",
                    "", KIND_AGENT},
            {"x", "init", "Elixir.Agent", KIND_PLAIN, "x.y/1", "", KIND_PLAIN},
            {"Elixir.Task.Supervised", "noreply", "", KIND_PLAIN, "", "", KIND_TASK},
            {"", "", "Elixir.Task", KIND_PLAIN, "", "", KIND_TASK},
            {"erl_eval", "-expr/6-fun-2-", "", KIND_PLAIN, "gen_server.loop/7", "", KIND_AGENT},
            {"my", "-start/0-fun-0-", "", KIND_PLAIN, "my.loop/0", "", KIND_PLAIN},
            {"", "", "", KIND_PLAIN, "", "application_master.start_it/4", KIND_APPLICATION_MASTER},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(
                kind_decide(str_of(rows[i].module), str_of(rows[i].function), str_of(rows[i].spec),
                        rows[i].behaviour, str_of(rows[i].current), str_of(rows[i].initial), true),
                rows[i].expected);
    }
}

static void functions_started_without_elixir_are_no_agents(void **state) {
    (void)state;
    assert_int_equal(kind_decide(STR("my"), STR("-start/0-fun-0-"), STR(""), KIND_PLAIN,
                             STR("gen_server.loop/7"), STR(""), false),
            KIND_GEN_SERVER);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_kind_but_unknown_has_a_type_of_the_api),
            cmocka_unit_test(statuses_have_texts_and_strange_codes_none),
            cmocka_unit_test(strategies_and_restarts_read_what_they_write),
            cmocka_unit_test(supervisors_are_called_by_what_was_proven_and_their_module),
            cmocka_unit_test(behaviours_of_otp_prove_kinds),
            cmocka_unit_test(the_kind_follows_from_what_is_known),
            cmocka_unit_test(functions_started_without_elixir_are_no_agents),
    };
    return cmocka_run_group_tests_name("node_kinds", tests, NULL, NULL);
}
