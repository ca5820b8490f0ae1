// Names, groups and registries: what is registered, listed, changed and taken away is what the node
// has. Metadata of plain names are kept by the daemon, those of registries by the node.
#include "end_to_end/harness.h"

#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start_elixir();
    evaluate(target, "begin {ok, _} = 'Elixir.Registry':start_link([{keys, unique}, "
                     "{name, 'Elixir.Jobs'}]), ok end");
    evaluate(target, "begin {ok, _} = 'Elixir.Agent':start(fun() -> 7 end, "
                     "[{name, 'Elixir.Worker'}]), ok end");
    evaluate(target, "[target:plain(Name) || Name <- [plain, other]]");
    evaluate(target, "begin Nameless = spawn(fun() -> receive stop -> ok end end) end");
    evaluate(target, "begin {ok, _} = pg:start(scope), ok end");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static json_t *ask(const char *method, const char *path, const char *body, int status) {
    struct reply reply = request(daemon, method, body, "/api/v1/%s", path);
    if (reply.status != status) {
        fail_msg("%s %s: %s%s", method, path, reply.head, reply.body);
    }
    return at(reply.json, "data");
}

static const char *nameless(void) {
    return json_string_value(truth(target, "Nameless"));
}

// ---- names -----------------------------------------------------------------------------------

static void a_name_is_given_found_and_taken_away(void **state) {
    (void)state;
    const char *body = text("{\"pid\": \"%s\", \"name\": \"scope_of_names\", "
                            "\"create_atoms\": true}",
            nameless());
    assert_true(true_at(ask("POST", "names", body, 200), "registered"));
    assert_true(holds(target, "whereis(scope_of_names) =:= Nameless"));
    json_t *found = ask("GET", "names/scope_of_names", NULL, 200);
    assert_string_equal(string_at(found, "pid"), nameless());
    json_t *details = refused(request(daemon, "POST", body, "/api/v1/names"), 409, "conflict");
    assert_string_equal(string_at(details, "field"), "name");
    ask("DELETE", "names/scope_of_names?dry_run=true", NULL, 200);
    assert_true(holds(target, "whereis(scope_of_names) =:= Nameless"));
    json_t *gone = ask("DELETE", "names/scope_of_names", NULL, 200);
    assert_true(true_at(gone, "unregistered"));
    assert_true(holds(target, "whereis(scope_of_names) =:= undefined"));
    assert_false(true_at(ask("GET", "names/scope_of_names", NULL, 200), "registered"));
    refused(request(daemon, "DELETE", NULL, "/api/v1/names/scope_of_names"), 404, "item_not_found");
    refused(request(daemon, "DELETE", NULL, "/api/v1/names/kernel_sup"), 403, "protected_process");
}

static void names_are_those_of_the_node(void **state) {
    (void)state;
    json_t *have = ask("GET", "names?per_page=200", NULL, 200);
    expect_same(
            pluck(at(have, "names"), "name"), truth(target, "lists:sort(registered())"), "names");
    json_t *some = ask("GET", "names?prefix=kernel_s", NULL, 200);
    expect_same(pluck(at(some, "names"), "name"), truth(target, "[kernel_safe_sup, kernel_sup]"),
            "names with the prefix");
}

static void a_global_name_may_be_any_term(void **state) {
    (void)state;
    const char *body = text("{\"pid\": \"%s\", \"name\": \"{:service, 1}\"}", nameless());
    evaluate(target, "service");
    json_t *have = ask("POST", "global_names", body, 200);
    assert_true(true_at(have, "registered"));
    assert_true(holds(target, "global:whereis_name({service, 1}) =:= Nameless"));
    json_t *found = ask("GET", "global_names/%7B:service,1%7D", NULL, 200);
    assert_string_equal(string_at(found, "pid"), nameless());
    json_t *all = ask("GET", "global_names", NULL, 200);
    assert_string_equal(string_at(at(all, "names.0"), "name_inspect"), "{:service, 1}");
    refused(request(daemon, "POST", body, "/api/v1/global_names"), 409, "conflict");
    assert_true(true_at(ask("DELETE", "global_names/%7B:service,1%7D", NULL, 200), "unregistered"));
    assert_true(holds(target, "global:whereis_name({service, 1}) =:= undefined"));
}

// ---- groups ----------------------------------------------------------------------------------

static void groups_have_members_that_join_and_leave(void **state) {
    (void)state;
    ask("POST", "groups",
            "{\"group\": \":plain\", \"scope\": \"scope\", \"processes\": [\"plain\"]}", 200);
    expect_same(truth(target, "pg:get_members(scope, plain)"), truth(target, "[whereis(plain)]"),
            "members");
    json_t *two =
            ask("POST", "groups/:plain/members", "{\"pid\": \"other\", \"scope\": \"scope\"}", 200);
    assert_int_equal(integer_at(two, "members"), 2);
    json_t *list = ask("GET", "groups", NULL, 200);
    assert_string_equal(string_at(list, "groups.0.group_inspect"), ":plain");
    json_t *members = ask("GET", "groups?group=:plain&scope=scope", NULL, 200);
    expect_same_set(pluck(at(members, "processes"), "pid"),
            truth(target, "[whereis(plain), whereis(other)]"), "members");
    json_t *one = ask("DELETE", "groups/:plain/members/other?scope=scope", NULL, 200);
    assert_int_equal(integer_at(one, "members"), 1);
    json_t *details =
            refused(request(daemon, "POST", "{\"pid\": \"plain\"}", "/api/v1/groups/:g/members"),
                    422, "operation_refused");
    assert_string_equal(string_at(details, "running.0"), "scope");
}

static void a_broadcast_reaches_the_members(void **state) {
    (void)state;
    evaluate(target, "pg:join(scope, news, [whereis(plain), whereis(kernel_safe_sup)])");
    json_t *have = ask("POST", "groups/:news/messages",
            "{\"message\": \"{:news, 1}\", \"scope\": \"scope\"}", 200);
    assert_int_equal(integer_at(have, "sent_count"), 1);
    assert_string_equal(string_at(have, "refused.0.code"), "protected");
    assert_true(
            holds(target, "element(2, process_info(whereis(plain), messages)) =:= [{news, 1}]"));
}

// ---- registries ------------------------------------------------------------------------------

static void an_entry_of_a_registry_is_made_and_changed_inside_its_process(void **state) {
    (void)state;
    json_t *made = ask("POST", "registries/entries",
            "{\"registry\": \"Jobs\", \"key\": \"1\", \"pid\": \"Worker\", "
            "\"metadata\": \"%{name: :plain, count: 1}\"}",
            200);
    assert_true(true_at(made, "registered"));
    assert_string_equal(string_at(made, "kept_in"), "node");
    assert_true(holds(target, "'Elixir.Registry':lookup('Elixir.Jobs', 1) =:= "
                              "[{whereis('Elixir.Worker'), #{name => plain, count => 1}}]"));
    json_t *changed = ask("PUT", "registries/entries",
            "{\"registry\": \"Jobs\", \"key\": \"1\", \"metadata\": \"%{name: :plain, count: 2}\"}",
            200);
    assert_true(true_at(changed, "updated"));
    assert_true(holds(target, "[{_, #{count := 2}}] = 'Elixir.Registry':lookup('Elixir.Jobs', 1), "
                              "true"));
    json_t *found = ask("GET", "registries/search?metadata=%25%7Bcount:%202%7D", NULL, 200);
    assert_string_equal(string_at(found, "entries.0.registry"), "Jobs");
    json_t *contents = ask("GET", "registries", NULL, 200);
    assert_non_null(find(at(contents, "registries"), "registry", "Jobs"));
    json_t *entries = ask("GET", "registries?registry=Jobs", NULL, 200);
    assert_int_equal(integer_at(entries, "total"), 1);
    refused(request(daemon, "POST",
                    "{\"registry\": \"Jobs\", \"key\": \"2\", \"pid\": \"plain\", "
                    "\"metadata\": \"1\"}",
                    "/api/v1/registries/entries"),
            422, "state_not_available");
    json_t *gone = ask("DELETE", "registries/entries?registry=Jobs&key=1&pid=Worker", NULL, 200);
    assert_int_equal(integer_at(gone, "entries"), 1);
    assert_true(holds(target, "'Elixir.Registry':lookup('Elixir.Jobs', 1) =:= []"));
}

// ---- metadata that the daemon keeps ----------------------------------------------------------

static json_t *kept(const char *query) {
    return at(ask("GET", text("registries/search?metadata=%s", query), NULL, 200), "kept");
}

static void metadata_of_a_name_are_kept_found_changed_and_forgotten(void **state) {
    (void)state;
    const char *body =
            text("{\"name\": \"scope_of_meta\", \"create_atoms\": true, \"pid\": \"%s\", "
                 "\"metadata\": \"%%{name: :plain, sub: %%{list: [1, {2}]}}\"}",
                    nameless());
    json_t *made = ask("POST", "registries/entries", body, 200);
    assert_string_equal(string_at(made, "kept_in"), "daemon");
    assert_true(holds(target, "whereis(scope_of_meta) =:= Nameless"));
    json_t *found = kept("%25%7Bsub:%20%25%7Blist:%20%5B1,%7B2%7D%5D%7D%7D");
    assert_string_equal(string_at(found, "0.name"), "scope_of_meta");
    assert_string_equal(string_at(found, "0.pid"), nameless());
    assert_true(true_at(found, "0.registered"));
    assert_int_equal(json_array_size(kept("%25%7Bname:%20:other%7D")), 0);
    ask("PUT", "registries/entries",
            "{\"name\": \"scope_of_meta\", \"metadata\": \"%{name: :other}\"}", 200);
    assert_int_equal(json_array_size(kept("%25%7Bname:%20:other%7D")), 1);
    assert_int_equal(json_array_size(kept("%25%7Bname:%20:plain%7D")), 0);
    refused(request(daemon, "PUT", "{\"name\": \"plain\", \"metadata\": \"1\"}",
                    "/api/v1/registries/entries"),
            404, "item_not_found");
    evaluate(target, "unregister(scope_of_meta)");
    assert_false(true_at(kept("%25%7Bname:%20:other%7D"), "0.registered"));
    evaluate(target, "register(scope_of_meta, Nameless)");
    ask("DELETE", "names/scope_of_meta", NULL, 200);
    assert_int_equal(json_array_size(kept("%25%7Bname:%20:other%7D")), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_name_is_given_found_and_taken_away),
            cmocka_unit_test(names_are_those_of_the_node),
            cmocka_unit_test(a_global_name_may_be_any_term),
            cmocka_unit_test(groups_have_members_that_join_and_leave),
            cmocka_unit_test(a_broadcast_reaches_the_members),
            cmocka_unit_test(an_entry_of_a_registry_is_made_and_changed_inside_its_process),
            cmocka_unit_test(metadata_of_a_name_are_kept_found_changed_and_forgotten),
    };
    return cmocka_run_group_tests_name("registry operations", tests, set_up, harness_stop);
}
