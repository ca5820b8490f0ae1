// What the daemon keeps for later (states, trees, messages), and what it works out about a node:
// graphs, impact, bottlenecks, reports. Compared with the node.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, #{count => 1, owner => self()})");
    evaluate(target, "target:worker(gen_server, second, #{count => 7})");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:supervisor(ones, #{strategy => one_for_one, intensity => 3, period => "
                     "60}, [target_worker:spec(a, #{}), target_worker:spec(b, #{})])");
    evaluate(target, "target:supervisor(alls, #{strategy => one_for_all, intensity => 3, period => "
                     "60}, [target_worker:spec(c, #{}), target_worker:spec(d, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *post(const char *path, const char *body, int status) {
    struct reply reply = request(daemon, "POST", body, "/api/v1/%s", path);
    if (reply.status != status) {
        fail_msg("POST %s: %s%s", path, reply.head, reply.body);
    }
    return at(reply.json, "data");
}

static void set_count(const char *name, int count) {
    evaluate(target, "begin sys:replace_state(%s, fun(S) -> S#{count => %d} end), ok end", name,
            count);
}

static bool count_is(const char *name, int count) {
    return holds(target, "maps:get(count, sys:get_state(%s)) =:= %d", name, count);
}

// ---- states ----------------------------------------------------------------------------------

static void a_backup_is_put_back(void **state) {
    (void)state;
    set_count("server", 5);
    json_t *backup = post("processes/server/state/backups", "{}", 201);
    assert_int_equal(integer_at(backup, "not_restorable_total"), 1); // the pid in it
    set_count("server", 6);
    const char *id = string_at(backup, "backup");
    json_t *diff = post("processes/server/state/diff", text("{\"backup\": \"%s\"}", id), 200);
    assert_int_equal(integer_at(diff, "total"), 1);
    json_t *restored =
            post("processes/server/state/restore", text("{\"backup\": \"%s\"}", id), 200);
    assert_true(count_is("server", 5));
    post("processes/server/state/restore",
            text("{\"backup\": \"%s\"}", string_at(restored, "undo")), 200);
    assert_true(count_is("server", 6));
    refused(request(daemon, "POST", "{\"backup\": \"nothing\"}",
                    "/api/v1/processes/server/state/restore"),
            404, "item_not_found");
}

static void a_checkpoint_is_rolled_back_to(void **state) {
    (void)state;
    set_count("server", 10);
    post("operations/checkpoint_process_state", "{\"pid\": \"server\"}", 201);
    set_count("server", 11);
    post("operations/checkpoint_process_state", "{\"pid\": \"server\"}", 201);
    set_count("server", 12);
    post("operations/rollback_process_state", "{\"pid\": \"server\"}", 200);
    assert_true(count_is("server", 11)); // the newest
    refused(request(daemon, "POST", "{\"pid\": \"second\"}",
                    "/api/v1/operations/rollback_process_state"),
            404, "item_not_found");
}

static void a_named_state_is_shown_and_loaded(void **state) {
    (void)state;
    set_count("server", 20);
    post("operations/persist_process_state", "{\"pid\": \"server\", \"state_name\": \"good\"}",
            201);
    json_t *shown = post("operations/load_process_state", "{\"state_name\": \"good\"}", 200);
    assert_int_equal(integer_at(shown, "state.count"), 20);
    post("operations/load_process_state", "{\"state_name\": \"good\", \"pid\": \"second\"}", 200);
    assert_true(count_is("second", 20));
    json_t *listed = data(daemon, "/api/v1/states?kind=persisted");
    assert_non_null(find(listed, "id", "good"));
    assert_int_equal(request(daemon, "DELETE", NULL, "/api/v1/states/persisted/good").status, 204);
    refused(request(daemon, "DELETE", NULL, "/api/v1/states/persisted/good"), 404,
            "item_not_found");
}

static void a_state_is_copied_to_other_nodes(void **state) {
    (void)state;
    struct target *other = target_start();
    evaluate(target, "target:worker(gen_server, third, #{count => 1})");
    evaluate(other, "target:worker(gen_server, third, #{count => 0})");
    attach(daemon, other);
    set_count("third", 30);
    json_t *copied = post("operations/replicate_process_state",
            text("{\"pid\": \"third\", \"node\": \"%s\", \"to_nodes\": [\"%s\", \"no@where\"]}",
                    target->name, other->name),
            200);
    assert_int_equal(integer_at(copied, "failed"), 1);
    assert_true(true_at(copied, "nodes.0.replaced"));
    assert_string_equal(string_at(copied, "nodes.1.error.code"), "node_not_found");
    assert_true(holds(other, "maps:get(count, sys:get_state(third)) =:= 30"));
    refused(request(daemon, "POST",
                    text("{\"pid\": \"0.1.0\", \"node\": \"%s\", \"to_nodes\": [\"%s\"]}",
                            target->name, other->name),
                    "/api/v1/operations/replicate_process_state"),
            400, "missing_parameter");
    detach(daemon, other);
}

// ---- messages --------------------------------------------------------------------------------

static void a_recorded_message_is_sent_again(void **state) {
    (void)state;
    struct reply reply = request(daemon, "POST",
            "{\"message\": {\"$tuple\": [{\"$atom\": \"hello\"}, \"one\"]}, \"record\": true}",
            "/api/v1/processes/plain/send");
    assert_int_equal(reply.status, 200);
    const char *id = string_at(reply.json, "meta.recording");
    assert_non_null(find(data(daemon, "/api/v1/recordings"), "recording", id));
    post(text("recordings/%s/replay", id), "{}", 200);
    assert_true(holds(target, "process_info(whereis(plain), messages) =:= {messages, [{hello, "
                              "<<\"one\">>}, {hello, <<\"one\">>}]}"));
    post(text("recordings/%s/replay", id), "{\"dry_run\": true}", 200);
    assert_true(holds(target, "process_info(whereis(plain), message_queue_len) =:= "
                              "{message_queue_len, 2}"));
    assert_int_equal(request(daemon, "DELETE", NULL, "/api/v1/recordings/%s", id).status, 204);
    refused(request(daemon, "POST", "{}", "/api/v1/recordings/%s/replay", id), 404,
            "item_not_found");
}

static void messages_that_wait_are_shown_and_none_that_were_traced(void **state) {
    (void)state;
    evaluate(target, "begin target:plain(waiting), waiting ! {first, 1}, ok end");
    json_t *shown = data(daemon, "/api/v1/processes/waiting/messages");
    assert_int_equal(integer_at(shown, "length"), 1);
    json_t *details =
            refused(request(daemon, "GET", NULL, "/api/v1/processes/waiting/messages?source=trace"),
                    501, "not_implemented");
    assert_string_equal(string_at(details, "field"), "source");
}

// ---- trees -----------------------------------------------------------------------------------

static void a_restart_shows_between_two_trees(void **state) {
    (void)state;
    json_t *before = post("supervisors/ones/tree/snapshots", "{}", 201);
    evaluate(target, "begin P = whereis(a), M = monitor(process, P), exit(P, kill), receive "
                     "{'DOWN', M, _, _, _} -> ok end, W = fun W() -> case whereis(a) of "
                     "undefined -> receive after 5 -> W() end; _ -> ok end end, W() end");
    json_t *after = NULL;
    for (struct deadline d = deadline_in(10);; deadline_wait(&d, "the restart in the tree")) {
        after = data(daemon, "/api/v1/supervisors/ones/tree/diff?fresh=true&before=%s",
                string_at(before, "snapshot"));
        if (json_array_size(at(after, "restarted")) == 1) {
            break;
        }
    }
    assert_int_equal(json_array_size(at(after, "added")), 0);
    assert_int_equal(json_array_size(at(after, "removed")), 0);
    json_t *later = post("supervisors/ones/tree/snapshots", "{}", 201);
    json_t *same = data(daemon, "/api/v1/supervisors/ones/tree/diff?before=%s&after=%s",
            string_at(before, "snapshot"), string_at(later, "snapshot"));
    expect_same(at(same, "restarted"), at(after, "restarted"), "what was restarted");
    refused(request(daemon, "GET", NULL, "/api/v1/supervisors/ones/tree/diff?before=x"), 404,
            "item_not_found");
}

static void trees_have_other_forms(void **state) {
    (void)state;
    json_t *mermaid = data(daemon, "/api/v1/supervisors/ones/tree?format=mermaid");
    assert_non_null(strstr(string_at(mermaid, "mermaid"), "flowchart"));
    json_t *graph = data(daemon, "/api/v1/supervisors/ones/tree?format=graph");
    assert_int_equal(json_array_size(at(graph, "nodes")), 3);
    json_t *whole = post("operations/build_process_tree", "{}", 200);
    assert_true(json_array_size(at(whole, "trees")) >= 3);
    assert_true(integer_at(whole, "unsupervised.total") > 0);
}

static void the_impact_of_an_end_follows_the_strategy(void **state) {
    (void)state;
    json_t *one = data(daemon, "/api/v1/processes/b/impact");
    assert_string_equal(string_at(one, "outcome"), "contained");
    assert_int_equal(json_array_size(at(one, "ends")), 1);
    json_t *all = data(daemon, "/api/v1/processes/c/impact");
    assert_int_equal(json_array_size(at(all, "ends")), 2);
    expect_same_set(
            pluck(at(all, "ends"), "name"), keep(json_pack("[s,s]", "c", "d")), "who ends with c");
    json_t *lost = data(daemon, "/api/v1/processes/plain/impact");
    assert_string_equal(string_at(lost, "ends.0.after"), "gone");
}

static void the_past_of_a_process_is_told(void **state) {
    (void)state;
    evaluate(target, "begin PD = whereis(d), MD = monitor(process, PD), exit(PD, kill), receive "
                     "{'DOWN', MD, _, _, _} -> ok end, WD = fun W() -> case whereis(d) of "
                     "undefined -> receive after 5 -> W() end; _ -> ok end end, WD() end");
    for (struct deadline d = deadline_in(10);; deadline_wait(&d, "the events of d")) {
        json_t *history = data(daemon, "/api/v1/processes/d/history");
        if (find(at(history, "events"), "type", "child_restarted") != NULL) {
            break;
        }
    }
}

// ---- the node --------------------------------------------------------------------------------

static void the_graph_has_links_and_monitors_of_the_node(void **state) {
    (void)state;
    evaluate(target, "begin PT = spawn(fun() -> link(whereis(plain)), monitor(process, server), "
                     "register(tied, self()), receive stop -> ok end end), is_pid(PT) end");
    json_t *graph = data(daemon, "/api/v1/system/topology?fresh=true");
    json_t *tied = find(at(graph, "nodes"), "label", "tied");
    json_t *server = find(at(graph, "nodes"), "label", "server");
    assert_non_null(tied);
    bool linked = false;
    bool monitors = false;
    for (size_t i = 0; i < json_array_size(at(graph, "edges")); i++) {
        json_t *edge = json_array_get(at(graph, "edges"), i);
        bool ours = json_equal(at(edge, "from"), at(tied, "id")) ||
                    json_equal(at(edge, "to"), at(tied, "id"));
        linked = linked || (ours && strcmp(string_at(edge, "type"), "link") == 0);
        monitors = monitors || (ours && strcmp(string_at(edge, "type"), "monitor") == 0 &&
                                       json_equal(at(edge, "to"), at(server, "id")));
    }
    assert_true(linked && monitors);
    struct reply svg = request(daemon, "GET", NULL, "/api/v1/system/topology?format=svg");
    assert_string_equal(header(&svg, "Content-Type"), "image/svg+xml");
    struct reply png = request(daemon, "GET", NULL, "/api/v1/system/topology?format=png");
    assert_string_equal(header(&png, "Content-Type"), "image/png");
    struct reply dot = request(daemon, "GET", NULL, "/api/v1/system/topology?format=dot");
    assert_non_null(strstr(dot.body, "digraph"));
    json_t *relations = data(daemon, "/api/v1/system/graph");
    assert_true(json_array_size(at(relations, "analysis.most_related")) > 0);
}

static void a_long_queue_is_a_bottleneck(void **state) {
    (void)state;
    evaluate(target, "begin target:plain(slow), [slow ! N || N <- lists:seq(1, 5000)], ok end");
    json_t *found = data(daemon, "/api/v1/system/bottlenecks?fresh=true");
    json_t *slow = find(at(found, "bottlenecks"), "name", "slow");
    assert_string_equal(string_at(slow, "type"), "long_message_queue");
    assert_int_equal(integer_at(slow, "metrics.value"), 5000);
    json_t *metrics = data(daemon, "/api/v1/system/metrics");
    assert_true(integer_at(metrics, "processes") > 20);
    evaluate(target, "begin exit(whereis(slow), kill), ok end");
}

static void a_process_unlike_its_kin_is_an_anomaly(void **state) {
    (void)state;
    evaluate(target, "begin Kin = [begin N = list_to_atom(\"kin\" ++ integer_to_list(I)), "
                     "target:plain(N), N end || I <- lists:seq(1, 10)], "
                     "[kin3 ! I || I <- lists:seq(1, 500)], length(Kin) end");
    json_t *found = data(daemon, "/api/v1/system/anomalies?fresh=true");
    json_t *kin = find(at(found, "anomalies"), "name", "kin3");
    assert_string_equal(string_at(kin, "type"), "queue_outlier");
    assert_int_equal(integer_at(kin, "value"), 500);
    assert_null(find(at(found, "anomalies"), "name", "kin4"));
}

static void a_report_has_three_forms(void **state) {
    (void)state;
    json_t *report = data(daemon, "/api/v1/system/report");
    assert_string_equal(string_at(report, "node"), target->name);
    struct reply markdown = request(daemon, "GET", NULL, "/api/v1/system/report?format=markdown");
    assert_non_null(strstr(markdown.body, text("# Report on %s", target->name)));
    struct reply pdf = request(daemon, "GET", NULL, "/api/v1/system/report?format=pdf");
    assert_memory_equal(pdf.body, "%PDF", 4);
}

static void lists_by_kind_are_those_of_the_node(void **state) {
    (void)state;
    struct reply reply = request(daemon, "POST", "{\"per_page\": 200, \"fresh\": true}",
            "/api/v1/operations/list_registered_processes");
    assert_int_equal(integer_at(reply.json, "meta.total"),
            json_integer_value(
                    truth(target, "length([N || N <- registered(), is_pid(whereis(N))])")));
    static const char *const names[] = {"list_all_processes", "list_supervisor_processes",
            "list_genserver_processes", "list_gen_event_processes", "list_gen_statem_processes"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        post(text("operations/%s", names[i]), "{}", 200);
    }
    reply = request(daemon, "POST", "{\"application\": \"kernel\"}",
            "/api/v1/operations/list_application_processes");
    assert_true(integer_at(reply.json, "meta.total") > 10);
    refused(request(daemon, "POST", "{\"application\": \"nothing\"}",
                    "/api/v1/operations/list_application_processes"),
            404, "item_not_found");
}

static void what_is_behind_an_operation_is_told_on_request(void **state) {
    (void)state;
    json_t *answer = get(daemon, 200, "/api/v1/supervisors/ones?explain=true");
    assert_true(strlen(string_at(answer, "explanation.concept")) > 10);
    assert_true(json_array_size(at(answer, "explanation.next")) > 0);
    json_t *listed = get(daemon, 200, "/api/v1/operations?per_page=200");
    assert_true(integer_at(listed, "meta.total") > 150);
    json_t *one = data(daemon, "/api/v1/operations/kill_process");
    assert_string_equal(string_at(one, "permission"), "control:processes");
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_backup_is_put_back),
            cmocka_unit_test(a_checkpoint_is_rolled_back_to),
            cmocka_unit_test(a_named_state_is_shown_and_loaded),
            cmocka_unit_test(a_state_is_copied_to_other_nodes),
            cmocka_unit_test(a_recorded_message_is_sent_again),
            cmocka_unit_test(messages_that_wait_are_shown_and_none_that_were_traced),
            cmocka_unit_test(a_restart_shows_between_two_trees),
            cmocka_unit_test(trees_have_other_forms),
            cmocka_unit_test(the_impact_of_an_end_follows_the_strategy),
            cmocka_unit_test(the_past_of_a_process_is_told),
            cmocka_unit_test(the_graph_has_links_and_monitors_of_the_node),
            cmocka_unit_test(a_long_queue_is_a_bottleneck),
            cmocka_unit_test(a_process_unlike_its_kin_is_an_anomaly),
            cmocka_unit_test(a_report_has_three_forms),
            cmocka_unit_test(lists_by_kind_are_those_of_the_node),
            cmocka_unit_test(what_is_behind_an_operation_is_told_on_request),
    };
    return cmocka_run_group_tests(tests, set_up, harness_stop);
}
