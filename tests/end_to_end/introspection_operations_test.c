// Introspection: what is told of a process, of those around it, and of the runtime is what the node
// itself says.
#include "end_to_end/harness.h"

#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, #{count => 42})");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:supervisor(family, #{}, [target_worker:spec(son, #{})])");
    evaluate(target, "begin W = spawn(fun() -> monitor(process, son), link(whereis(plain)), "
                     "put(colour, green), put(password, <<\"s3cret\">>), receive stop -> ok end "
                     "end), register(watcher, W) end");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *of(const char *process, const char *what) {
    return data(daemon, "/api/v1/processes/%s/%s", process, what);
}

// ---- one process -----------------------------------------------------------------------------

static void keys_are_those_of_process_info(void **state) {
    (void)state;
    static const char *const names[] = {"server", "plain", "family", "watcher", "kernel_sup"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        json_t *have = of(names[i], "info");
        json_t *want = truth(target,
                "maps:from_list(process_info(whereis(%s), [message_queue_len, trap_exit, "
                "priority, heap_size, message_queue_data, fullsweep_after]))",
                names[i]);
        const char *key;
        json_t *value;
        json_object_foreach(want, key, value) {
            expect_same(at(have, key), value, text("%s of %s", key, names[i]));
        }
        assert_string_equal(string_at(have, "registered_name"), names[i]);
    }
}

static void only_the_keys_that_were_asked_for(void **state) {
    (void)state;
    json_t *have = of("server", "info?keys=status,links");
    assert_int_equal(json_object_size(have), 4); // and pid and unsupported
    json_t *details =
            refused(request(daemon, "GET", NULL, "/api/v1/processes/server/info?keys=messages"),
                    400, "invalid_parameter");
    assert_string_equal(string_at(details, "field"), "keys");
}

static void links_and_monitors_are_those_of_the_process(void **state) {
    (void)state;
    static const char *const names[] = {"family", "son", "watcher", "plain"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        expect_same_set(pluck(at(of(names[i], "links"), "links"), "pid"),
                truth(target, "[P || P <- element(2, process_info(whereis(%s), links)), is_pid(P)]",
                        names[i]),
                text("links of %s", names[i]));
        json_t *monitors = of(names[i], "monitors");
        expect_same_set(pluck(at(monitors, "monitored_by.entries"), "pid"),
                truth(target, "element(2, process_info(whereis(%s), monitored_by))", names[i]),
                text("who monitors %s", names[i]));
    }
    assert_string_equal(string_at(of("watcher", "monitors"), "monitors.entries.0.name"), "son");
}

static void names_leader_and_flags_are_those_of_the_process(void **state) {
    (void)state;
    assert_true(true_at(of("family", "trap_exit"), "trap_exit"));
    assert_false(true_at(of("plain", "trap_exit"), "trap_exit"));
    assert_string_equal(string_at(of("plain", "registered_name"), "registered_name"), "plain");
    expect_same(at(of("plain", "group_leader"), "group_leader.pid"),
            truth(target, "element(2, process_info(whereis(plain), group_leader))"), "leader");
    assert_string_equal(string_at(of("kernel_sup", "group_leader"), "application"), "kernel");
}

static void the_dictionary_hides_secrets(void **state) {
    (void)state;
    json_t *have = of("watcher", "dictionary");
    assert_int_equal(integer_at(have, "total"), 2);
    const char *shown = string_at(have, "dictionary_inspect");
    assert_non_null(strstr(shown, "green"));
    assert_null(strstr(shown, "s3cret"));
}

static void memory_is_that_of_the_process(void **state) {
    (void)state;
    json_t *have = of("server", "memory");
    json_t *want = truth(
            target, "maps:from_list(process_info(whereis(server), [total_heap_size, stack_size]))");
    expect_same(at(have, "total_heap_size"), at(want, "total_heap_size"), "heap");
    expect_same(at(have, "stack_size"), at(want, "stack_size"), "stack");
    expect_same(at(have, "binaries.bytes"),
            truth(target, "lists:sum([Size || {_, Size, _} <- "
                          "element(2, process_info(whereis(server), binary))])"),
            "binaries");
}

// ---- around it -------------------------------------------------------------------------------

static void families_are_those_that_the_node_knows(void **state) {
    (void)state;
    json_t *above = of("son", "ancestors");
    expect_same(at(above, "parents.0.pid"), truth(target, "whereis(family)"), "parent of son");
    assert_string_equal(string_at(above, "ancestors.0.name"), "family");
    json_t *below = of("family", "descendants");
    expect_same(pluck(at(below, "descendants"), "pid"), truth(target, "[whereis(son)]"), "below");
    assert_int_equal(integer_at(below, "depth"), 1);
}

static void dependencies_are_links_monitors_and_parents(void **state) {
    (void)state;
    json_t *graph = of("son", "dependencies");
    json_t *monitor = find(at(graph, "edges"), "type", "monitor");
    json_t *link = find(at(graph, "edges"), "type", "link");
    json_t *parent = find(at(graph, "edges"), "type", "parent");
    json_t *son = truth(target, "whereis(son)");
    expect_same(at(monitor, "from"), truth(target, "whereis(watcher)"), "who monitors");
    expect_same(at(monitor, "to"), son, "who is monitored");
    expect_same(at(parent, "to"), truth(target, "whereis(family)"), "parent");
    assert_non_null(link);
    assert_int_equal(json_array_size(at(of("son", "dependencies?depth=2"), "nodes")) >
                             json_array_size(at(graph, "nodes")),
            1);
}

static void a_process_that_is_gone_is_not_found(void **state) {
    (void)state;
    static const char *const parts[] = {"info", "dictionary", "memory", "links", "monitors",
            "trap_exit", "registered_name", "group_leader", "ancestors", "descendants",
            "dependencies"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        refused(request(daemon, "GET", NULL, "/api/v1/processes/nobody/%s", parts[i]), 404,
                "process_not_found");
    }
}

// ---- the runtime -----------------------------------------------------------------------------

static void the_system_is_described(void **state) {
    (void)state;
    json_t *have = data(daemon, "/api/v1/system/info");
    assert_string_equal(string_at(have, "node"), target->name);
    expect_same(at(have, "schedulers.online"),
            truth(target, "erlang:system_info(schedulers_online)"), "schedulers");
    expect_same(
            at(have, "process_limit"), truth(target, "erlang:system_info(process_limit)"), "limit");
    char *all = json_dumps(have, 0);
    assert_null(strstr(all, target->cookie));
    free(all);
}

static void schedulers_are_measured_and_left_as_they_were(void **state) {
    (void)state;
    assert_true(holds(target, "erlang:statistics(scheduler_wall_time) =:= undefined"));
    json_t *have = data(daemon, "/api/v1/system/schedulers?sample_ms=30");
    expect_same(at(have, "total"), truth(target, "erlang:system_info(schedulers)"), "schedulers");
    assert_true(json_number_value(at(have, "utilisation")) >= 0);
    assert_true(holds(target, "erlang:statistics(scheduler_wall_time) =:= undefined"));
}

static void memory_is_told_by_kind_allocator_and_table(void **state) {
    (void)state;
    evaluate(target, "begin T = ets:new(large_table, [public, named_table]), "
                     "ets:give_away(T, whereis(plain), x), ok end");
    evaluate(target, "ets:insert(large_table, [{N, lists:seq(1, 50)} || N <- lists:seq(1, 3000)])");
    json_t *have = data(daemon, "/api/v1/system/memory?limit=1");
    assert_string_equal(string_at(have, "tables.largest.0.name"), "large_table");
    assert_int_equal(integer_at(have, "tables.largest.0.rows"), 3000);
    expect_same(at(have, "tables.largest.0.owner"), truth(target, "whereis(plain)"), "owner");
    assert_non_null(find(at(have, "allocators"), "name", "eheap_alloc"));
    assert_true(integer_at(have, "carriers_bytes") >= integer_at(have, "blocks_bytes"));
}

static void a_deadlock_is_a_cycle(void **state) {
    (void)state;
    json_t *none = data(daemon, "/api/v1/system/cycles");
    assert_int_equal(integer_at(none, "cycles_total"), 0);
    evaluate(target,
            "begin Wait = fun(Name, Other) -> spawn(fun() -> register(Name, self()), receive go -> "
            "ok end, catch gen_server:call(Other, hello, infinity) end) end, "
            "[Wait(one, two), Wait(two, one)] end");
    for (struct deadline d = deadline_in(10); !holds(target, "whereis(one) =/= undefined andalso "
                                                             "whereis(two) =/= undefined");
            deadline_wait(&d, "both names")) {
    }
    evaluate(target, "[Name ! go || Name <- [one, two]]");
    json_t *cycle = NULL;
    for (struct deadline d = deadline_in(10); cycle == NULL; deadline_wait(&d, "the cycle")) {
        json_t *have = data(daemon, "/api/v1/system/cycles");
        cycle = integer_at(have, "cycles_total") == 1 ? at(have, "cycles.0") : NULL;
    }
    expect_same_set(pluck(at(cycle, "processes"), "pid"),
            truth(target, "[whereis(one), whereis(two)]"), "the cycle");
    assert_true(true_at(cycle, "certain"));
    evaluate(target, "[exit(P, kill) || Name <- [one, two], P <- [whereis(Name)], is_pid(P)]");
}

static void what_nobody_would_miss_is_isolated(void **state) {
    (void)state;
    json_t *alone = truth(target, "begin Alone = spawn(fun() -> receive stop -> ok end end) end");
    json_t *have = data(daemon, "/api/v1/system/isolated?limit=1000");
    assert_non_null(find(at(have, "processes"), "pid", json_string_value(alone)));
    assert_null(
            find(at(have, "processes"), "pid", json_string_value(truth(target, "whereis(son)"))));
    evaluate(target, "exit(Alone, kill)");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(keys_are_those_of_process_info),
            cmocka_unit_test(only_the_keys_that_were_asked_for),
            cmocka_unit_test(links_and_monitors_are_those_of_the_process),
            cmocka_unit_test(names_leader_and_flags_are_those_of_the_process),
            cmocka_unit_test(the_dictionary_hides_secrets),
            cmocka_unit_test(memory_is_that_of_the_process),
            cmocka_unit_test(families_are_those_that_the_node_knows),
            cmocka_unit_test(dependencies_are_links_monitors_and_parents),
            cmocka_unit_test(a_process_that_is_gone_is_not_found),
            cmocka_unit_test(the_system_is_described),
            cmocka_unit_test(schedulers_are_measured_and_left_as_they_were),
            cmocka_unit_test(memory_is_told_by_kind_allocator_and_table),
            cmocka_unit_test(a_deadlock_is_a_cycle),
            cmocka_unit_test(what_nobody_would_miss_is_isolated),
    };
    return cmocka_run_group_tests_name("introspection operations", tests, set_up, harness_stop);
}
