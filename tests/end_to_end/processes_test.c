// The list of processes says what the node says: every process once, every filter, every order.
#include "end_to_end/harness.h"

#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

// Idle gen_servers of different sizes, one of each other behaviour, a process with a full mailbox,
// one that is suspended.
static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    for (int i = 1; i <= 5; i++) {
        evaluate(target, "target:worker(gen_server, idle_%d, lists:seq(1, %d))", i, i * 5000);
    }
    evaluate(target, "target:worker(gen_statem, machine, data)");
    evaluate(target, "target:worker(gen_event, manager, data)");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:plain(frozen), erlang:suspend_process(whereis(frozen))");
    evaluate(target, "target:worker(gen_server, full, x), gen_server:cast(full, wait), "
                     "[full ! N || N <- lists:seq(1, 30)]");
    evaluate(target, "element(2, target_server:start_any(unnamed))");
    evaluate(target, "target:supervisor(family, #{}, [target_worker:spec(son, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    for (struct deadline d = deadline_in(10);
            !true_at(get(daemon, 200, "/api/v1/processes?fresh=true"), "meta.complete");) {
        deadline_wait(&d, "a complete list");
    }
    return 0;
}

// All rows of a query, by following `next`.
static json_t *all_pages(const char *query, int per_page) {
    json_t *rows = keep(json_array());
    const char *next = text("/api/v1/processes?%sper_page=%d", query, per_page);
    while (next != NULL) {
        json_t *answer = get(daemon, 200, "%s", next);
        json_array_extend(rows, json_object_get(answer, "data"));
        next = json_string_value(at(answer, "meta.links.next"));
    }
    return rows;
}

// Processes of the agent come and go with requests, so that both sides are asked until they agree.
static void expect_pids(const char *query, const char *expression) {
    json_t *have;
    json_t *want;
    struct deadline d = deadline_in(10);
    do {
        have = pluck(all_pages(text("fresh=true&%s", query), 200), "pid");
        want = truth(target, "%s", expression);
    } while (!same_set(have, want) && now_ms() < d.end);
    expect_same_set(have, want, query);
}

static void every_process_of_the_node_is_listed(void **state) {
    (void)state;
    expect_pids("", "processes()");
}

static void names_and_initial_calls_are_those_of_the_node(void **state) {
    (void)state;
    json_t *rows = all_pages("fresh=true&", 200);
    json_t *want = truth(target, "target:processes([registered_name, initial_call])");
    size_t index;
    json_t *row;
    json_array_foreach(want, index, row) {
        json_t *have = find(rows, "pid", string_at(row, "pid"));
        if (have != NULL) {
            expect_same(at(have, "name"), at(row, "name"), "name");
            expect_same(at(have, "initial_call"), at(row, "initial_call"), string_at(row, "pid"));
        }
    }
    assert_true(index > 40);
}

static void figures_of_idle_processes_are_those_of_the_node(void **state) {
    (void)state;
    const char *query = "fresh=true&name_pattern=^(idle_.|machine|manager|plain)$&";
    json_t *rows = all_pages(query, 200);
    // The member is only there where it is true: before a process was measured.
    for (struct deadline d = deadline_in(10);
            json_array_size(pluck(rows, "memory_is_lower_bound")) > 0;
            rows = all_pages(query, 200)) {
        deadline_wait(&d, "the memory of idle processes");
    }
    assert_int_equal(json_array_size(rows), 8);
    size_t index;
    json_t *row;
    json_array_foreach(rows, index, row) {
        const char *name = string_at(row, "name");
        // First what is read without a signal, which costs its receiver a reduction.
        json_t *want = truth(target,
                "target:process(whereis(%s), [message_queue_len, reductions, status])", name);
        json_object_update(want,
                truth(target, "target:process(whereis(%s), [memory, current_function])", name));
        int64_t memory = integer_at(want, "memory");
        assert_true(llabs(integer_at(row, "memory") - memory) <= memory / 5 + 4096);
        // The last reading may itself have cost a reduction that only the next sweep sees.
        int64_t reductions = integer_at(want, "reductions");
        assert_in_range(integer_at(row, "reductions"), reductions - 2, reductions);
        const char *keys[] = {"message_queue_len", "status", "current_function"};
        for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
            expect_same(at(row, keys[i]), at(want, keys[i]), text("%s of %s", keys[i], name));
        }
    }
}

static void types_are_told_apart(void **state) {
    (void)state;
    const char *supervisors = "[P || P <- processes(), {supervisor, _, _} <- [target:initial(P)]]";
    const char *servers =
            "[P || P <- processes(), P =:= whereis(full) orelse target:module(P) =:= gen_server, "
            "case target:initial(P) of {S, _, _} -> not lists:member(S, "
            "[supervisor, supervisor_bridge]); _ -> true end]";
    expect_pids("type=supervisor&", supervisors);
    expect_pids("behavior=supervisor&", supervisors);
    expect_pids("type=genserver&", servers);
    expect_pids("behavior=gen_server&", servers);
    expect_pids("type=worker&", text("(processes() -- %s) -- %s", servers, supervisors));
    expect_pids("type=task&", "[]");
    expect_pids("type=agent&", "[]");
}

static void behaviours_are_told_apart(void **state) {
    (void)state;
    // From OTP 26 on the terminal's processes are such, too.
    expect_pids("behavior=gen_statem&", "[P || P <- processes(), target:module(P) =:= gen_statem]");
    expect_pids("behavior=gen_event&", "[P || P <- processes(), target:module(P) =:= gen_event]");
    expect_pids("behavior=supervisor_bridge&",
            "[P || P <- processes(), {supervisor_bridge, _, _} <- [target:initial(P)]]");
    expect_pids("behavior=gen_fsm&", "[]");
    expect_pids("type=genserver&behavior=supervisor&", "[]");
}

static void supervised_means_being_a_child_of_a_supervisor(void **state) {
    (void)state;
    const char *children = "[C || P <- processes(), {supervisor, _, _} <- [target:initial(P)], {_, "
                           "C, _, _} <- supervisor:which_children(P), is_pid(C)]";
    expect_pids("supervised=true&", children);
    expect_pids("supervised=false&", text("processes() -- %s", children));
    json_t *rows = all_pages("name_pattern=^son$&", 50);
    expect_same(at(rows, "0.supervisor_pid"), truth(target, "whereis(family)"), "supervisor_pid");
}

static void status_selects(void **state) {
    (void)state;
    expect_pids("status=suspended&", "[whereis(frozen)]");
    json_t *rows = all_pages("fresh=true&status=waiting&", 200);
    assert_true(json_array_size(rows) > 40);
    assert_non_null(find(rows, "name", "idle_1"));
    assert_null(find(rows, "name", "frozen"));
    static const char *const others[] = {"running", "runnable", "garbage_collecting", "exiting"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
        rows = all_pages(text("status=%s&", others[i]), 200);
        assert_null(find(rows, "name", "idle_1"));
    }
}

static void queue_bounds_select(void **state) {
    (void)state;
    expect_pids("queue_min=30&", "[whereis(full)]");
    expect_pids("queue_min=31&", "[]");
    expect_pids("queue_min=10&queue_max=30&", "[whereis(full)]");
    assert_null(find(all_pages("queue_max=29&", 200), "name", "full"));
    assert_non_null(find(all_pages("queue_max=30&", 200), "name", "full"));
}

static void memory_bounds_select(void **state) {
    (void)state;
    json_t *three = all_pages("name_pattern=^idle_3$&", 200);
    int64_t memory = integer_at(three, "0.memory");
    expect_pids(text("name_pattern=^idle_&memory_min=%lld&", (long long)memory),
            text("[P || N <- [idle_1, idle_2, idle_3, idle_4, idle_5], P <- [whereis(N)], "
                 "element(2, process_info(P, memory)) >= %lld]",
                    (long long)memory));
    expect_pids(text("name_pattern=^idle_&memory_max=%lld&", (long long)memory),
            text("[P || N <- [idle_1, idle_2, idle_3, idle_4, idle_5], P <- [whereis(N)], "
                 "element(2, process_info(P, memory)) =< %lld]",
                    (long long)memory));
}

static void name_pattern_searches_the_name_else_the_initial_call(void **state) {
    (void)state;
    expect_pids("name_pattern=^idle_[12]$&", "[whereis(idle_1), whereis(idle_2)]");
    expect_pids("name_pattern=DLE&", "[]");
    expect_pids("name_pattern=(%3Fi)DLE_1&", "[whereis(idle_1)]");
    expect_pids("name_pattern=target_server&",
            "[P || P <- processes(), {target_server, _, _} <- [target:initial(P)], "
            "is_list(process_info(P, registered_name))]");
}

static const char *shown_name(const json_t *row) {
    const char *name = string_at(row, "name");
    return *name ? name : string_at(row, "initial_call");
}

static bool in_order(const json_t *a, const json_t *b, const char *sort, bool descending) {
    int64_t order;
    if (strcmp(sort, "name") == 0) {
        order = strcmp(shown_name(a), shown_name(b));
    } else {
        const char *key = strcmp(sort, "queue_length") == 0 ? "message_queue_len" : sort;
        order = integer_at(a, key) - integer_at(b, key);
    }
    return descending ? order >= 0 : order <= 0;
}

static void expect_order(const char *sort, const char *order, bool descending) {
    json_t *answer = get(daemon, 200, "/api/v1/processes?sort=%s%s&per_page=200", sort, order);
    json_t *rows = json_object_get(answer, "data");
    assert_int_equal(json_array_size(rows), integer_at(answer, "meta.total"));
    for (size_t i = 1; i < json_array_size(rows); i++) {
        if (!in_order(json_array_get(rows, i - 1), json_array_get(rows, i), sort, descending)) {
            fail_msg("sort=%s%s: rows %zu and %zu\n%s\n%s", sort, order, i - 1, i,
                    json_dumps(json_array_get(rows, i - 1), 0),
                    json_dumps(json_array_get(rows, i), 0));
        }
    }
}

static void every_order_is_kept(void **state) {
    (void)state;
    static const char *const sorts[] = {"name", "memory", "queue_length", "reductions"};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        expect_order(sorts[i], "", i > 0); // numbers fall, names rise
        expect_order(sorts[i], "&order=asc", false);
        expect_order(sorts[i], "&order=desc", true);
    }
}

static void pages_hold_each_row_once_and_in_order(void **state) {
    (void)state;
    static const char *const sorts[] = {"", "sort=name&", "sort=name&order=desc&"};
    for (size_t i = 0; i < sizeof sorts / sizeof sorts[0]; i++) {
        for (int per_page = 1; per_page <= 11; per_page += 5) {
            json_t *pages = pluck(all_pages(sorts[i], per_page), "pid");
            json_t *whole = pluck(all_pages(sorts[i], 200), "pid");
            expect_same(pages, whole, text("%sper_page=%d", sorts[i], per_page));
        }
    }
}

static void meta_and_links_describe_the_page(void **state) {
    (void)state;
    struct reply reply = request(daemon, "GET", NULL,
            "/api/v1/processes?name_pattern=%%5Eidle_&sort=name&page=2&per_page=2");
    assert_int_equal(reply.status, 200);
    const json_t *meta = at(reply.json, "meta");
    assert_int_equal(integer_at(meta, "total"), 5);
    assert_int_equal(integer_at(meta, "page"), 2);
    assert_int_equal(integer_at(meta, "per_page"), 2);
    assert_int_equal(integer_at(meta, "total_pages"), 3);
    assert_true(true_at(meta, "has_next"));
    assert_true(true_at(meta, "has_prev"));
    assert_string_equal(string_at(meta, "node"), target->name);
    assert_string_equal(string_at(meta, "links.first"),
            "/api/v1/processes?name_pattern=%5Eidle_&sort=name&per_page=2&page=1");
    assert_string_equal(string_at(meta, "links.prev"), string_at(meta, "links.first"));
    assert_string_equal(string_at(meta, "links.next"), string_at(meta, "links.last"));
    assert_non_null(strstr(header(&reply, "Link"), "rel=\"next\""));
    assert_non_null(header(&reply, "X-Request-Id"));
    const json_t *rows = at(reply.json, "data");
    assert_string_equal(string_at(rows, "0.name"), "idle_3");
    assert_string_equal(string_at(rows, "1.name"), "idle_4");
}

static void a_page_after_the_last_is_empty(void **state) {
    (void)state;
    json_t *answer = get(daemon, 200, "/api/v1/processes?page=1000000000&per_page=200");
    assert_int_equal(json_array_size(at(answer, "data")), 0);
    assert_false(true_at(answer, "meta.has_next"));
    assert_true(json_is_null(at(answer, "meta.links.next")));
}

static void new_processes_appear_and_dead_ones_disappear(void **state) {
    (void)state;
    for (int i = 0; i < 5; i++) {
        evaluate(target, "target:plain(short_lived)");
        expect_pids("name_pattern=^short_lived$&", "[whereis(short_lived)]");
        evaluate(target, "exit(whereis(short_lived), kill)");
        expect_pids("name_pattern=^short_lived$&", "[]");
    }
}

static void a_name_that_moves_is_shown_at_its_new_process(void **state) {
    (void)state;
    evaluate(target, "target:plain(first), target:plain(second)");
    expect_pids("name_pattern=^first$&", "[whereis(first)]");
    evaluate(target, "begin P = whereis(first), unregister(first), unregister(second), "
                     "register(second, P) end");
    expect_pids("name_pattern=^second$&", "[whereis(second)]");
    expect_pids("name_pattern=^first$&", "[]");
}

static void watching_adds_no_reductions_to_idle_processes(void **state) {
    (void)state;
    const char *question =
            "[element(2, process_info(whereis(N), reductions)) || N <- [idle_1, idle_2, idle_3, "
            "idle_4, idle_5, machine, manager, plain, family, son, kernel_sup, code_server]]";
    get(daemon, 200, "/api/v1/processes?fresh=true&per_page=200");
    json_t *before = truth(target, "%s", question);
    for (int i = 0; i < 20; i++) {
        get(daemon, 200, "/api/v1/processes?fresh=true&per_page=200&sort=memory");
    }
    expect_same(truth(target, "%s", question), before, "reductions");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(every_process_of_the_node_is_listed),
            cmocka_unit_test(names_and_initial_calls_are_those_of_the_node),
            cmocka_unit_test(figures_of_idle_processes_are_those_of_the_node),
            cmocka_unit_test(types_are_told_apart),
            cmocka_unit_test(behaviours_are_told_apart),
            cmocka_unit_test(supervised_means_being_a_child_of_a_supervisor),
            cmocka_unit_test(status_selects),
            cmocka_unit_test(queue_bounds_select),
            cmocka_unit_test(memory_bounds_select),
            cmocka_unit_test(name_pattern_searches_the_name_else_the_initial_call),
            cmocka_unit_test(every_order_is_kept),
            cmocka_unit_test(pages_hold_each_row_once_and_in_order),
            cmocka_unit_test(meta_and_links_describe_the_page),
            cmocka_unit_test(a_page_after_the_last_is_empty),
            cmocka_unit_test(new_processes_appear_and_dead_ones_disappear),
            cmocka_unit_test(a_name_that_moves_is_shown_at_its_new_process),
            cmocka_unit_test(watching_adds_no_reductions_to_idle_processes),
    };
    return cmocka_run_group_tests_name("processes", tests, set_up, harness_stop);
}
