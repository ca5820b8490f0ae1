// Messages, states, registries, names, graphs and applications of an Elixir node, in the words of
// an Elixir developer: terms in Elixir's syntax, structs, modules without their prefix. Each is
// compared with what the node itself says. Supervisors are in elixir_supervision_test.c.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

// A GenServer as people write them: a struct with a secret, options, replies of every form.
static const char shelf[] =
        "defmodule Shelf do\\n"
        "use GenServer\\n"
        "defstruct items: %{}, owner: nil, password: nil\\n"
        "def start_link(options), do: GenServer.start_link(__MODULE__, options, "
        "Keyword.take(options, [:name]))\\n"
        "def init(options), do: {:ok, %Shelf{password: options[:password]}}\\n"
        "def handle_call({:set, map}, _, shelf), do: "
        "{:reply, :ok, %{shelf | items: Map.merge(shelf.items, map)}}\\n"
        "def handle_call({:get, key}, _, shelf), do: "
        "{:reply, Map.fetch(shelf.items, key), shelf}\\n"
        "def handle_cast({:put, key, value}, shelf), do: "
        "{:noreply, put_in(shelf.items[key], value)}\\n"
        "def handle_info({:forget, key}, shelf), do: "
        "{:noreply, update_in(shelf.items, &Map.delete(&1, key))}\\n"
        "end";

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start_elixir();
    evaluate(target, "begin 'Elixir.Code':eval_string(<<\"%s\">>), ok end", shelf);
    evaluate(target, "begin {ok, Shelf} = 'Elixir.Shelf':start_link([{name, 'Elixir.Shelf'}, "
                     "{password, <<\"hunter2\">>}]), unlink(Shelf) end");
    evaluate(target, "begin {ok, _} = 'Elixir.Agent':start(fun() -> #{kept => 7} end, "
                     "[{name, 'Elixir.Kept.Agent'}]), ok end");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *ask(int status, const char *method, const char *body, const char *path) {
    struct reply reply = request(daemon, method, body, "/api/v1/%s", path);
    if (reply.status != status) {
        fail_msg("%s %s %s: %d %s", method, path, body ? body : "", reply.status, reply.body);
    }
    return json_object_get(reply.json, "data");
}

static json_t *post(const char *path, const char *body) {
    return ask(200, "POST", body, path);
}

static json_t *get_at(const char *path) {
    return ask(200, "GET", NULL, path);
}

static struct reply posted(const char *path, const char *body) {
    return request(daemon, "POST", body, "/api/v1/%s", path);
}

// ---- messages --------------------------------------------------------------------------------

static void a_word_is_an_atom(void **state) {
    (void)state;
    static const char *const bodies[] = {"{\"message\": \"increment\"}",
            "{\"message\": \":increment\"}", "{\"message\": {\"$atom\": \"increment\"}}",
            "{\"message\": \"increment\", \"format\": \"erlang\"}"};
    for (int64_t i = 0; i < 4; i++) {
        json_t *called = post("processes/counter_1/call", bodies[i]);
        assert_int_equal(integer_at(called, "reply"), i + 1);
        assert_string_equal(string_at(called, "module"), "Counter");
        assert_true(
                holds(target, "'Elixir.GenServer':call(counter_1, get_count) =:= %d", (int)i + 1));
    }
    post("processes/counter_1/cast", "{\"message\": \"increment\"}");
    json_t *count =
            post("processes/counter_1/message", "{\"message\": \"get_count\", \"type\": \"call\"}");
    assert_int_equal(integer_at(count, "reply"), 5);
}

// What arrives is the term that Elixir would have made of the text, or JSON of the mapping.
static void terms_arrive_as_elixir_reads_them(void **state) {
    (void)state;
    static const char *const rows[][2] = {{"\"{:put, :v, %{a: 1}}\"", "#{a => 1}"},
            {"\"{:put, :v, 'charlist'}\"", "\"charlist\""},
            {"\"{:put, :v, ~c\\\"text\\\"}\"", "\"text\""},
            {"\"{:put, :v, \\\"text\\\"}\"", "<<\"text\">>"},
            {"\"{:put, :v, [a: 1, owner: nil]}\"", "[{a, 1}, {owner, nil}]"},
            {"\"{:put, :v, 1..3}\"", "'Elixir.Range':new(1, 3)"},
            {"\"{:put, :v, %{\\\"k\\\" => 2.5, 1 => true}}\"", "#{<<\"k\">> => 2.5, 1 => true}"},
            {"\"{:put, :v, <<1, 2::size(3)>>}\"", "<<1, 2:3>>"},
            {"\"{:put, :v, ~w(ok error)a}\"", "[ok, error]"},
            {"\"{:put, :v, Shelf}\"", "'Elixir.Shelf'"},
            {"\"{:put, :v, %Shelf{items: %{}, owner: Counter, password: nil}}\"",
                    "('Elixir.Shelf':'__struct__'())#{owner := 'Elixir.Counter'}"},
            {"{\"$tuple\": [{\"$atom\": \"put\"}, {\"$atom\": \"v\"}, {\"$struct\": \"Range\", "
             "\"first\": 1, \"last\": 3, \"step\": 1}]}",
                    "'Elixir.Range':new(1, 3)"},
            {"{\"$tuple\": [{\"$atom\": \"put\"}, {\"$atom\": \"v\"}, [104, 105]]}", "\"hi\""}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        post("processes/Shelf/cast", text("{\"message\": %s}", rows[i][0]));
        if (!holds(target, "maps:get(v, maps:get(items, sys:get_state('Elixir.Shelf'))) =:= %s",
                    rows[i][1])) {
            fail_msg("%s", rows[i][0]);
        }
    }
}

static void replies_are_shown_as_inspect_writes_them(void **state) {
    (void)state;
    static const char *const values[] = {"%{a: 1}", "{:ok, \\\"text\\\"}", "[a: 1, owner: nil]",
            "%{1 => [2.5 | :ok]}", "{Counter, Elixir.Counter}"};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        json_t *set = post(
                "processes/Shelf/call", text("{\"message\": \"{:set, %%{v: %s}}\"}", values[i]));
        assert_string_equal(string_at(set, "reply.$atom"), "ok");
        json_t *got = post("processes/Shelf/call", "{\"message\": \"{:get, :v}\"}");
        expect_same(at(got, "reply_inspect"),
                truth(target, "'Elixir.Kernel':inspect('Elixir.GenServer':call('Elixir.Shelf', "
                              "{get, v}))"),
                values[i]);
    }
    // As Elixir up to 1.14 writes charlists.
    post("processes/Shelf/call", "{\"message\": \"{:set, %{v: ~c\\\"charlist\\\"}}\"}");
    assert_string_equal(string_at(post("processes/Shelf/call", "{\"message\": \"{:get, :v}\"}"),
                                "reply_inspect"),
            "{:ok, 'charlist'}");
    json_t *struct_reply =
            post("processes/Shelf/call", "{\"message\": \"{:set, %{v: 1..2, w: 'hi'}}\"}");
    assert_true(json_is_object(struct_reply));
    json_t *got = post("processes/Shelf/call", "{\"message\": \"{:get, :v}\"}");
    assert_string_equal(string_at(got, "reply.$tuple.1.$struct"), "Range");
    assert_int_equal(integer_at(got, "reply.$tuple.1.last"), 2);
}

static void a_message_reaches_handle_info(void **state) {
    (void)state;
    post("processes/Shelf/call", "{\"message\": \"{:set, %{gone: 1}}\"}");
    json_t *sent = post("processes/Shelf/send", "{\"message\": \"{:forget, :gone}\"}");
    assert_string_equal(string_at(sent, "understood"), "yes");
    assert_true(
            holds(target, "not is_map_key(gone, maps:get(items, sys:get_state('Elixir.Shelf')))"));
}

static void a_crash_is_told_in_elixirs_words(void **state) {
    (void)state;
    json_t *cast = post("processes/counter_2/cast", "{\"message\": \"crash\", \"wait_ms\": 5000}");
    assert_true(true_at(cast, "ended"));
    assert_non_null(
            strstr(string_at(cast, "reason"), "%RuntimeError{message: \"crash on request\"}"));
    expect_same(at(cast, "restarted_as"), truth(target, "whereis(counter_2)"), "the successor");
    expect_same(at(cast, "supervisor"), truth(target, "whereis('Elixir.DemoSupervisor')"), "whose");
    json_t *old = truth(target, "whereis(printer_1)");
    json_t *details = refused(
            posted("processes/printer_1/call", "{\"message\": \"{:login, \\\"hunter2\\\"}\", "
                                               "\"create_atoms\": true}"),
            422, "callback_crashed");
    assert_non_null(
            strstr(string_at(details, "reason"), ":function_clause in Printer.handle_call/3"));
    assert_null(strstr(string_at(details, "reason"), "hunter2"));
    expect_same(at(details, "pid"), old, "who crashed");
    expect_same(at(details, "restarted_as"), truth(target, "whereis(printer_1)"), "the successor");
}

static void agents_take_functions_only(void **state) {
    (void)state;
    refused(posted("processes/Kept.Agent/cast", "{\"message\": \"increment\"}"), 422,
            "operation_refused");
    refused(posted("processes/Kept.Agent/call", "{\"message\": \"increment\"}"), 422,
            "operation_refused");
    ask(200, "PUT", "{\"state\": \"%{kept: 8}\"}", "processes/Kept.Agent/state");
    post("processes/Kept.Agent/state/update",
            "{\"path\": \"[:kept]\", \"value\": \"{9, 'nine'}\"}");
    assert_true(holds(target, "'Elixir.Agent':get('Elixir.Kept.Agent', fun(S) -> S end) =:= "
                              "#{kept => {9, \"nine\"}}"));
}

static void a_task_is_told_and_ends(void **state) {
    (void)state;
    evaluate(target, "begin {ok, Task} = 'Elixir.Task.Supervisor':start_child("
                     "'Elixir.Playground.Tasks', fun() -> receive stop -> ok end end), Task end");
    evaluate(target, "begin {ok, Sleeper} = 'Elixir.Task.Supervisor':start_child("
                     "'Elixir.Playground.Tasks', timer, sleep, [infinity]), Sleeper end");
    json_t *tasks = get_at("processes?type=task&fresh=true");
    expect_same_set(pluck(tasks, "pid"), truth(target, "[Task, Sleeper]"), "tasks");
    const char *pid = json_string_value(truth(target, "Task")) + strlen("#PID<");
    const char *path = text("processes/%.*s", (int)strlen(pid) - 1, pid);
    refused(posted(text("%s/call", path), "{\"message\": \"stop\"}"), 422, "operation_refused");
    refused(posted(text("%s/cast", path), "{\"message\": \"stop\"}"), 422, "operation_refused");
    json_t *sent = post(text("%s/send", path), "{\"message\": \"stop\", \"wait_ms\": 5000}");
    assert_string_equal(string_at(sent, "reason"), ":normal");
    assert_true(json_is_null(at(sent, "restarted_as")));
    assert_true(holds(target, "'Elixir.Task.Supervisor':children('Elixir.Playground.Tasks') =:= "
                              "[Sleeper]"));
    evaluate(target, "exit(Sleeper, kill)");
}

static void modules_and_prefixes_select(void **state) {
    (void)state;
    json_t *sent = post("processes/selective_send", "{\"module\": \"Counter\", \"message\": "
                                                    "\"increment\", \"type\": \"cast\", "
                                                    "\"dry_run\": true}");
    expect_same_set(at(sent, "sent"),
            truth(target, "[P || P <- processes(), target:initial(P) =:= {'Elixir.Counter', init, "
                          "1}]"),
            "counters");
    sent = post("processes/selective_send", "{\"name_prefix\": \"Playground.\", \"message\": "
                                            "\"ok\", \"dry_run\": true}");
    assert_int_equal(integer_at(sent, "sent_count"), 0); // supervisors, all of them
    expect_same_set(pluck(at(sent, "refused"), "pid"),
            truth(target, "[whereis(N) || N <- registered(), "
                          "lists:prefix(\"Elixir.Playground.\", atom_to_list(N))]"),
            "names of Playground");
}

// ---- states ----------------------------------------------------------------------------------

static void a_struct_is_shown_without_its_secrets(void **state) {
    (void)state;
    ask(200, "PUT",
            "{\"state\": \"%Shelf{items: %{k: 'v'}, owner: nil, password: \\\"hunter2\\\"}\"}",
            "processes/Shelf/state");
    assert_true(holds(target, "maps:get(password, sys:get_state('Elixir.Shelf')) =:= "
                              "<<\"hunter2\">>"));
    static const char *const routes[] = {"state", "genserver_state"};
    for (size_t i = 0; i < 2; i++) {
        json_t *have = get_at(text("processes/Shelf/%s", routes[i]));
        assert_string_equal(string_at(have, "state.$struct"), "Shelf");
        assert_string_equal(string_at(have, "state.password"), "[redacted]");
        // The fields are in the order of the map, which is any from OTP 26 on.
        const char *shown = string_at(have, "state_inspect");
        assert_non_null(strstr(shown, "%Shelf{"));
        assert_non_null(strstr(shown, "items: %{k: 'v'}"));
        assert_non_null(strstr(shown, "password: \"[redacted]\""));
        assert_null(strstr(shown, "hunter2"));
    }
    struct reply kept = posted(
            "operations/persist_process_state", "{\"pid\": \"Shelf\", \"state_name\": \"shelf\"}");
    assert_int_equal(kept.status, 201);
    assert_string_equal(string_at(kept.json, "meta.node"), target->name);
    struct reply shown = posted("operations/load_process_state", "{\"state_name\": \"shelf\"}");
    assert_string_equal(string_at(shown.json, "data.state.$struct"), "Shelf");
    assert_null(strstr(shown.body, "hunter2"));
    evaluate(target,
            "begin sys:replace_state('Elixir.Shelf', fun(S) -> S#{items := #{}} end), ok end");
    post("operations/load_process_state", "{\"state_name\": \"shelf\", \"pid\": \"Shelf\"}");
    assert_true(holds(target, "sys:get_state('Elixir.Shelf') =:= ('Elixir.Shelf':'__struct__'())#"
                              "{items := #{k => \"v\"}, password := <<\"hunter2\">>}"));
}

static void a_struct_is_changed_by_its_keys(void **state) {
    (void)state;
    json_t *changed = post("processes/Shelf/state/update",
            "{\"path\": [\"owner\"], \"value\": \"Playground.Pool\"}");
    assert_string_equal(string_at(changed, "new_inspect"), "Playground.Pool");
    assert_true(holds(target, "maps:get(owner, sys:get_state('Elixir.Shelf')) =:= "
                              "'Elixir.Playground.Pool'"));
    refused(posted("processes/Shelf/state/update",
                    "{\"path\": [\"ok\"], \"value\": 1, \"create\": true}"),
            422, "operation_refused");
    json_t *valid = post("processes/Shelf/state/validate",
            "{\"shape\": \"{:struct, Shelf, %{items: :map, password: :string}}\"}");
    assert_true(true_at(valid, "valid"));
    struct reply refusal =
            posted("processes/Shelf/state/migrate", "{\"mapping\": \"%{rename: %{owner: :ok}}\"}");
    refused(refusal, 422, "operation_refused");
    assert_non_null(strstr(refusal.body, "the struct would lack [:owner] and have too much [:ok]"));
    assert_true(holds(target, "map_size(sys:get_state('Elixir.Shelf')) =:= 4"));
}

// ---- names and registries --------------------------------------------------------------------

static void names_are_written_without_their_prefix(void **state) {
    (void)state;
    expect_same(pluck(at(get_at("names?prefix=Playground."), "names"), "name"),
            truth(target,
                    "lists:sort([N || N <- registered(), lists:prefix(\"Elixir.Playground.\", "
                    "atom_to_list(N))])"),
            "names with the prefix");
    evaluate(target, "begin {ok, Late} = 'Elixir.Agent':start(fun() -> 1 end, "
                     "[{name, 'Elixir.Late.Agent'}]), Late end");
    static const char *const routes[] = {"names/Late.Agent", "processes/Late.Agent",
            "processes/Elixir.Late.Agent", "processes/:Elixir.Late.Agent/state"};
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) { // no sweep has seen it yet
        expect_same(at(get_at(routes[i]), "pid"), truth(target, "Late"), routes[i]);
    }
    refused(request(daemon, "GET", NULL, "/api/v1/processes/:Late.Agent"), 404,
            "process_not_found");
}

static json_t *entries(const char *registry) {
    return at(get_at(text("registries?registry=%s", registry)), "entries");
}

static void registries_are_listed_and_changed(void **state) {
    (void)state;
    evaluate(target, "begin {ok, _} = 'Elixir.Registry':start_link([{keys, unique}, {name, "
                     "'Elixir.Users'}, {partitions, 2}]), ok end");
    evaluate(target, "begin {ok, _} = 'Elixir.Registry':start_link([{keys, duplicate}, {name, "
                     "'Elixir.Topics'}]), ok end");
    evaluate(target, "begin {ok, Via} = 'Elixir.Agent':start(fun() -> 1 end, [{name, {via, "
                     "'Elixir.Registry', {'Elixir.Users', <<\"user:1\">>}}}]), Via end");
    json_t *one = entries("Users");
    assert_string_equal(string_at(one, "0.key_inspect"), "\"user:1\"");
    expect_same(pluck(one, "pid"), truth(target, "[Via]"), "the owner");
    json_t *updated = ask(200, "PUT",
            "{\"registry\": \"Users\", \"key\": \"\\\"user:1\\\"\", \"metadata\": \"[ok: 'yes']\"}",
            "registries/entries");
    assert_string_equal(string_at(updated, "new_inspect"), "[ok: 'yes']");
    assert_true(holds(target, "'Elixir.Registry':lookup('Elixir.Users', <<\"user:1\">>) =:= "
                              "[{Via, [{ok, \"yes\"}]}]"));
    for (int i = 1; i <= 2; i++) {
        post("registries/entries",
                text("{\"registry\": \"Topics\", \"key\": \"{:news, %d}\", \"pid\": \"Shelf\", "
                     "\"metadata\": \"%%{kept: %d}\", \"create_atoms\": true}",
                        i % 2, i));
    }
    expect_same_set(pluck(entries("Topics"), "value_inspect"),
            truth(target, "['Elixir.Kernel':inspect(V) || V <- 'Elixir.Registry':select("
                          "'Elixir.Topics', [{{'_', '_', '$1'}, [], ['$1']}])]"),
            "values");
    json_t *found = get_at("registries/search?registry=Topics&metadata=%25%7Bkept:%202%7D");
    assert_string_equal(string_at(found, "entries.0.key_inspect"), "{:news, 0}");
    ask(200, "DELETE", NULL, "registries/entries?registry=Topics&key=%7B:news,%200%7D&pid=Shelf");
    assert_true(holds(target, "'Elixir.Registry':keys('Elixir.Topics', whereis('Elixir.Shelf')) "
                              "=:= [{news, 1}]"));
    refused(request(daemon, "GET", NULL, "/api/v1/registries?registry=Counter"), 404,
            "item_not_found");
}

// ---- graphs ----------------------------------------------------------------------------------

static void labels_of_the_topology_are_elixirs_names(void **state) {
    (void)state;
    json_t *graph = get_at("system/topology?fresh=true&cluster_by=application");
    json_t *nodes = at(graph, "nodes");
    static const char *const rows[][2] = {{"Playground.Supervisor", ""},
            {"DemoSupervisor", "Playground.Supervisor"}, {"counter_1", "DemoSupervisor"},
            {"TestDemoSupervisor.Pair", "TestDemoSupervisor"},
            {"pair_counter", "TestDemoSupervisor.Pair"},
            {"Playground.Tasks", "Playground.Supervisor"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_t *node = find(nodes, "label", rows[i][0]);
        assert_non_null(node);
        assert_string_equal(string_at(node, "cluster"), "playground");
        assert_string_equal(
                string_at(node, "parent"), string_at(find(nodes, "label", rows[i][1]), "id"));
    }
    json_t *of_pool = keep(json_array());
    json_t *pool = truth(target, "whereis('Elixir.Playground.Pool')");
    for (size_t i = 0; i < json_array_size(nodes); i++) {
        json_t *node = json_array_get(nodes, i);
        if (json_equal(at(node, "parent"), pool)) {
            assert_string_equal(string_at(node, "label"), "Counter.init/1");
            json_array_append(of_pool, at(node, "id"));
        }
    }
    expect_same_set(of_pool,
            truth(target, "[P || {_, P, _, _} <- 'Elixir.DynamicSupervisor':which_children("
                          "'Elixir.Playground.Pool')]"),
            "the pool");
}

static void the_impact_follows_links_and_strategies(void **state) {
    (void)state;
    json_t *one = get_at("processes/counter_1/impact?fresh=true");
    assert_string_equal(string_at(one, "outcome"), "contained");
    expect_same(pluck(at(one, "ends"), "name"), keep(json_pack("[s]", "counter_1")), "one_for_one");
    json_t *rest = get_at("processes/test_counter/impact");
    expect_same_set(pluck(at(rest, "ends"), "pid"),
            truth(target, "[whereis(N) || N <- [test_counter, 'Elixir.TestDemoSupervisor.Pair', "
                          "test_printer, pair_counter]]"),
            "rest_for_one");
    json_t *all = get_at("processes/pair_counter/impact");
    expect_same_set(pluck(at(all, "ends"), "name"),
            keep(json_pack("[s,s]", "pair_counter", "test_printer")), "one_for_all");
    json_t *top = get_at("processes/Playground.Supervisor/impact");
    assert_string_equal(string_at(top, "application_that_stops"), "playground");
    json_t *linked = get_at("processes/Shelf/impact");
    assert_string_equal(string_at(linked, "ends.0.after"), "gone");
}

// ---- the application -------------------------------------------------------------------------

static void the_environment_of_an_application_is_changed(void **state) {
    (void)state;
    json_t *info = get_at("applications/playground");
    assert_string_equal(string_at(info, "callback"), "Playground");
    expect_same(at(info, "top"), truth(target, "whereis('Elixir.Playground.Supervisor')"), "top");
    ask(200, "PUT", "{\"value\": \"[size: 5, password: \\\"hunter2\\\"]\", \"create_atoms\": true}",
            "applications/playground/env/Playground.Pool");
    expect_same(truth(target, "'Elixir.Kernel':inspect('Elixir.Application':get_env(playground, "
                              "'Elixir.Playground.Pool'))"),
            keep(json_string("[size: 5, password: \"hunter2\"]")), "on the node");
    json_t *all = at(get_at("applications/playground/env"), "environment");
    assert_string_equal(string_at(find(all, "key", "Playground.Pool"), "value_inspect"),
            "[size: 5, password: \"[redacted]\"]");
    post("applications/config",
            "{\"config\": \"[playground: [{Playground.Pool, [size: 6]}, {:owner, :ok}]]\"}");
    expect_same_set(
            pluck(at(get_at("applications/playground/env"), "environment"), "value_inspect"),
            truth(target, "['Elixir.Kernel':inspect(V) || {_, V} <- "
                          "'Elixir.Application':get_all_env(playground)]"),
            "the environment");
    ask(200, "DELETE", NULL, "applications/playground/env/Playground.Pool");
    assert_true(holds(target, "'Elixir.Application':get_all_env(playground) =:= [{owner, ok}]"));
    expect_same_set(pluck(post("operations/list_application_processes",
                                  "{\"application\": \"playground\", \"fresh\": true, "
                                  "\"behavior\": \"gen_server\"}"),
                            "pid"),
            truth(target, "[P || P <- processes(), application:get_application(P) =:= {ok, "
                          "playground}, {_, init, 1} <- [target:initial(P)]]"),
            "processes of the application");
}

static void an_application_is_restarted(void **state) {
    (void)state;
    json_t *restarted = post("applications/playground/restart", "{}");
    expect_same(at(restarted, "top"), truth(target, "whereis('Elixir.Playground.Supervisor')"),
            "the new top");
    // What has just come back is there, although no sweep has seen it.
    expect_same(at(get_at("supervisors/DemoSupervisor/tree"), "root.pid"),
            truth(target, "whereis('Elixir.DemoSupervisor')"), "the tree");
    json_t *history = get_at("processes/counter_1/history");
    assert_false(true_at(history, "older_events_were_dropped"));
}

static void nothing_is_left_behind(void **state) {
    (void)state;
    detach(daemon, target);
    for (struct deadline d = deadline_in(10);
            !holds(target, "[] =:= [M || {M, _} <- code:all_loaded(), "
                           "lists:prefix(\"whitebeam\", atom_to_list(M))]");) {
        deadline_wait(&d, "the agent to leave");
    }
    assert_true(holds(target, "whereis(whitebeam_keeper) =:= undefined"));
    assert_true(holds(target, "is_pid(whereis('Elixir.Shelf'))"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_word_is_an_atom),
            cmocka_unit_test(terms_arrive_as_elixir_reads_them),
            cmocka_unit_test(replies_are_shown_as_inspect_writes_them),
            cmocka_unit_test(a_message_reaches_handle_info),
            cmocka_unit_test(a_crash_is_told_in_elixirs_words),
            cmocka_unit_test(agents_take_functions_only),
            cmocka_unit_test(a_task_is_told_and_ends),
            cmocka_unit_test(modules_and_prefixes_select),
            cmocka_unit_test(a_struct_is_shown_without_its_secrets),
            cmocka_unit_test(a_struct_is_changed_by_its_keys),
            cmocka_unit_test(names_are_written_without_their_prefix),
            cmocka_unit_test(registries_are_listed_and_changed),
            cmocka_unit_test(labels_of_the_topology_are_elixirs_names),
            cmocka_unit_test(the_impact_follows_links_and_strategies),
            cmocka_unit_test(the_environment_of_an_application_is_changed),
            cmocka_unit_test(an_application_is_restarted),
            cmocka_unit_test(nothing_is_left_behind),
    };
    return cmocka_run_group_tests_name("operations on Elixir", tests, set_up, harness_stop);
}
