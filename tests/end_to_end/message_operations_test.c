// Messages and mailboxes: what is said to be sent has arrived, what is said to wait is what
// process_info shows, what cannot be understood is not sent.
#include "end_to_end/harness.h"

#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, nothing)");
    evaluate(target, "target:worker(gen_statem, machine, data)");
    evaluate(target, "target:worker(gen_event, manager, handled)");
    evaluate(target, "target:plain(plain)");
    evaluate(target, "target:supervisor(family, #{intensity => 100, period => 1}, "
                     "[target_worker:spec(son, #{})])");
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

// ---- helpers ---------------------------------------------------------------------------------

static struct reply post(const char *path, const char *body) {
    return request(daemon, "POST", body, "/api/v1/%s", path);
}

// Its `data`; fails unless the answer is good.
static json_t *done(struct reply reply) {
    if (reply.status != 200) {
        fail_msg("%s%s", reply.head, reply.body);
    }
    return at(reply.json, "data");
}

static bool has(const char *name, const char *messages) {
    return holds(target, "process_info(whereis(%s), messages) =:= {messages, %s}", name, messages);
}

// A server that sys:suspend/1 stopped, with these messages.
static void stop_with(const char *name, const char *messages) {
    evaluate(target,
            "begin target:worker(gen_server, %s, nothing), sys:suspend(%s), [%s ! M || M <- %s], "
            "ok end",
            name, name, name, messages);
}

static bool state_is(const char *value) {
    return holds(target, "sys:get_state(server) =:= %s", value);
}

// ---- one process -----------------------------------------------------------------------------

static void a_message_arrives(void **state) {
    (void)state;
    evaluate(target, "target:plain(listener)");
    static const char *const bodies[] = {"{\"message\": \"{:hello, 1}\"}",
            "{\"message\": \"{hello, 1}\", \"format\": \"erlang\"}",
            "{\"message\": {\"$tuple\": [{\"$atom\": \"hello\"}, 1]}}"};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        json_t *sent = done(post("processes/listener/send", bodies[i]));
        assert_true(true_at(sent, "sent"));
        assert_string_equal(string_at(sent, "understood"), "unknown");
        assert_string_equal(string_at(sent, "message"), "{:hello, 1}");
    }
    assert_true(has("listener", "[{hello, 1}, {hello, 1}, {hello, 1}]"));
    json_t *by_type = done(post("processes/listener/message", "{\"message\": \"stop\"}"));
    assert_true(true_at(by_type, "sent"));
    for (struct deadline d = deadline_in(10); holds(target, "is_pid(whereis(listener))");
            deadline_wait(&d, "its end")) {
    }
}

static void what_is_not_understood_is_not_sent(void **state) {
    (void)state;
    refused(post("processes/family/send", "{\"message\": \"ok\"}"), 422, "operation_refused");
    refused(post("processes/manager/send", "{\"message\": \"ok\"}"), 422, "operation_refused");
    refused(post("processes/plain/cast", "{\"message\": \"ok\"}"), 422, "operation_refused");
    json_t *details =
            refused(post("processes/plain/call", "{\"message\": \"ok\", \"force_send\": true}"),
                    422, "operation_refused");
    assert_string_equal(string_at(details, "closest"), "send_message");
    refused(post("processes/kernel_sup/send", "{\"message\": \"ok\"}"), 403, "protected_process");
    assert_true(has("plain", "[]"));
    json_t *forced =
            done(post("processes/manager/send", "{\"message\": \"ok\", \"force_send\": true}"));
    assert_string_equal(string_at(forced, "understood"), "forced");
}

static void an_unknown_atom_is_made_only_if_asked_for(void **state) {
    (void)state;
    const char *name = unique("new_atom");
    json_t *details = refused(
            post("processes/plain/send", text("{\"message\": \"%s\"}", name)), 422, "unknown_atom");
    assert_string_equal(string_at(details, "atom"), name);
    assert_true(has("plain", "[]"));
    refused(post("processes/plain/send", "{\"message\": \"{:a,\"}"), 400, "invalid_term_text");
}

static void a_message_waits_for_its_time(void **state) {
    (void)state;
    evaluate(target, "target:plain(listener)");
    json_t *later = done(post("operations/send_message_after",
            "{\"pid\": \"listener\", \"message\": \"never\", \"delay_ms\": 600000}"));
    assert_true(json_is_false(at(later, "sent")));
    json_t *lease = find(at(data(daemon, "/api/v1/leases"), "leases"), "kind", "message");
    expect_same(at(lease, "id"), at(later, "lease"), "lease");
    done(request(daemon, "DELETE", NULL, "/api/v1/leases/%d", (int)integer_at(later, "lease")));
    done(post("processes/listener/send", "{\"message\": \"stop\", \"delay_ms\": 20}"));
    for (struct deadline d = deadline_in(10); holds(target, "is_pid(whereis(listener))");
            deadline_wait(&d, "the message")) {
    }
    refused(request(daemon, "DELETE", NULL, "/api/v1/leases/%d", (int)integer_at(later, "lease")),
            404, "item_not_found");
}

static void a_cast_changes_the_state(void **state) {
    (void)state;
    done(post("processes/server/cast", "{\"message\": \"{:state, 1}\"}"));
    assert_true(state_is("1"));
    done(post("processes/server/message", "{\"message\": \"{:state, 2}\", \"type\": \"cast\"}"));
    assert_true(state_is("2"));
    done(post("processes/server/cast", "{\"message\": \"{:state, 3}\", \"dry_run\": true}"));
    assert_true(state_is("2"));
}

static void a_call_is_answered_with_the_reply(void **state) {
    (void)state;
    json_t *called =
            done(post("processes/server/call", "{\"message\": \"{:echo, %{count: [1, 2.5]}}\"}"));
    assert_int_equal(integer_at(called, "reply.count.0"), 1);
    assert_string_equal(string_at(called, "reply_inspect"), "%{count: [1, 2.5]}");
    called = done(post("operations/call_process_sync", "{\"pid\": \"server\", \"message\": 7}"));
    assert_string_equal(string_at(called, "reply.$atom"), "ok");
    called = done(
            post("processes/manager/call", "{\"message\": \"ok\", \"handler\": \"target_event\"}"));
    assert_string_equal(string_at(called, "reply.$atom"), "ok");
    refused(post("processes/manager/call", "{\"message\": \"ok\"}"), 400, "invalid_parameter");
    called = done(post("processes/server/message", "{\"message\": 7, \"type\": \"call\"}"));
    assert_string_equal(string_at(called, "reply.$atom"), "ok");
}

static void a_call_that_crashes_tells_what_became_of_it(void **state) {
    (void)state;
    json_t *before = truth(target, "whereis(son)");
    json_t *details = refused(
            post("processes/son/call", "{\"message\": \"crash\"}"), 422, "callback_crashed");
    assert_string_equal(string_at(details, "reason"), ":crash");
    expect_same(at(details, "restarted_as"), truth(target, "whereis(son)"), "successor");
    assert_false(json_equal(before, at(details, "restarted_as")));
    json_t *sent = done(post("processes/son/send", "{\"message\": \"crash\", \"wait_ms\": 5000}"));
    assert_true(true_at(sent, "ended"));
    expect_same(at(sent, "restarted_as"), truth(target, "whereis(son)"), "successor");
}

static void a_call_that_takes_too_long_leaves_nothing(void **state) {
    (void)state;
    json_t *details =
            refused(post("processes/machine/call", "{\"message\": \"ok\", \"timeout_ms\": 50}"),
                    422, "call_timeout");
    assert_int_equal(integer_at(details, "timeout_ms"), 50);
    assert_true(has("machine", "[]"));
}

// ---- many ------------------------------------------------------------------------------------

static void several_are_called_at_once(void **state) {
    (void)state;
    json_t *called = done(post("processes/multi_call",
            "{\"processes\": [\"server\", \"son\", \"plain\", \"nobody_is_here\"], "
            "\"message\": \"{:echo, 7}\"}"));
    assert_int_equal(integer_at(called, "total"), 4);
    assert_int_equal(integer_at(called, "replied"), 2);
    expect_same(at(called, "results.0.pid"), truth(target, "whereis(server)"), "first");
    assert_int_equal(integer_at(called, "results.1.reply"), 7);
    assert_string_equal(string_at(called, "results.2.code"), "refused");
    assert_string_equal(string_at(called, "results.3.code"), "gone");
}

static void a_broadcast_reaches_a_list_or_a_group(void **state) {
    (void)state;
    json_t *sent = done(post("processes/broadcast",
            "{\"processes\": [\"server\", \"son\", \"plain\"], \"message\": \"{:state, 8}\", "
            "\"type\": \"cast\"}"));
    assert_int_equal(integer_at(sent, "sent_count"), 2);
    expect_same(at(sent, "refused.0.pid"), truth(target, "whereis(plain)"), "refused");
    assert_true(state_is("8"));
    refused(post("processes/broadcast", "{\"group\": \"ok\", \"message\": \"ok\"}"), 404,
            "item_not_found");
    evaluate(target, "begin pg:start(pg), pg:join(crew, [whereis(plain)]) end");
    sent = done(post("processes/broadcast", "{\"group\": \"crew\", \"message\": \"ok\"}"));
    expect_same(at(sent, "sent"), truth(target, "[whereis(plain)]"), "members");
    assert_true(has("plain", "[ok]"));
}

static void a_description_selects(void **state) {
    (void)state;
    const char *body = "{\"module\": \"target_server\", \"behaviour\": \"gen_server\", "
                       "\"message\": \"{:state, 9}\", \"type\": \"cast\", \"dry_run\": %s}";
    json_t *want = truth(target, "lists:sort([whereis(server), whereis(son)])");
    json_t *dry = done(post("processes/selective_send", text(body, "true")));
    expect_same_set(at(dry, "sent"), want, "listed");
    assert_false(state_is("9"));
    refused(post("processes/selective_send",
                    "{\"module\": \"target_server\", \"message\": \"ok\", \"limit\": 1}"),
            422, "state_too_large");
    json_t *sent = done(post("processes/selective_send", text(body, "false")));
    expect_same_set(at(sent, "sent"), want, "sent");
    assert_true(state_is("9"));
    refused(post("processes/selective_send", "{\"message\": \"ok\"}"), 400, "invalid_parameter");
}

// ---- mailboxes -------------------------------------------------------------------------------

static void a_mailbox_is_read_and_stays(void **state) {
    (void)state;
    evaluate(target, "begin target:plain(reader), [reader ! M || M <- [{tick, 1}, <<\"text\">>, "
                     "{tick, 2}, {'$gen_cast', x}]], ok end");
    const char *base = "/api/v1/processes/reader/mailbox";
    assert_int_equal(integer_at(data(daemon, "%s/length", base), "length"), 4);
    json_t *peeked = data(daemon, "%s/messages?offset=1&limit=2", base);
    assert_string_equal(string_at(peeked, "messages.0.message"), "text");
    assert_string_equal(string_at(peeked, "messages.1.message_inspect"), "{:tick, 2}");
    assert_int_equal(integer_at(peeked, "left_out"), 1);
    json_t *both_ends = data(daemon, "%s?limit=1", base);
    assert_string_equal(string_at(both_ends, "first.0.message_inspect"), "{:tick, 1}");
    assert_string_equal(string_at(both_ends, "last.0.kind"), "cast");
    json_t *found = data(daemon, "%s/search?pattern=%s", base, "%7B:tick,%20:_%7D");
    assert_int_equal(integer_at(found, "found"), 2);
    found = data(daemon, "%s/search?text=%s", base, "%7B:tick");
    assert_int_equal(integer_at(found, "messages.1.index"), 2);
    json_t *counts = data(daemon, "%s/counts", base);
    assert_int_equal(integer_at(find(at(counts, "by_shape"), "shape", "{:tick, :_}"), "count"), 2);
    json_t *stats = data(daemon, "%s/stats", base);
    expect_same(at(stats, "bytes"),
            truth(target, "lists:sum([erlang:external_size(M) || M <- element(2, "
                          "process_info(whereis(reader), messages))])"),
            "bytes");
    json_t *patterns = data(daemon, "%s/patterns?sample_ms=10", base);
    assert_string_equal(string_at(patterns, "findings.0.finding"), "waiting");
    assert_true(holds(target, "process_info(whereis(reader), message_queue_len) =:= "
                              "{message_queue_len, 4}"));
}

static void messages_are_taken_out_of_a_stopped_server(void **state) {
    (void)state;
    stop_with("stopped", "[a, {tick, 1}, b, {tick, 2}]");
    const char *base = "processes/stopped/mailbox";
    const char *ticks = "{\"pattern\": \"{:tick, :_}\"}";
    json_t *dry = done(
            post(text("%s/filter", base), "{\"pattern\": \"{:tick, :_}\", \"dry_run\": true}"));
    assert_int_equal(integer_at(dry, "removed"), 2);
    refused(post(text("%s/prioritize", base), ticks), 422, "operation_refused");
    done(post(text("%s/prioritize", base), "{\"pattern\": \"{:tick, :_}\", \"confirm\": true}"));
    assert_true(has("stopped", "[{tick, 1}, {tick, 2}, a, b]"));
    assert_int_equal(integer_at(done(post(text("%s/filter", base), ticks)), "removed"), 2);
    assert_true(has("stopped", "[a, b]"));
    json_t *drained = done(post(text("%s/drain", base), "{\"limit\": 1}"));
    assert_string_equal(string_at(drained, "messages.0.message_inspect"), ":a");
    assert_true(has("stopped", "[b]"));
    json_t *moved = done(post(text("%s/compact", base), "{\"stored\": \"off_heap\"}"));
    assert_string_equal(string_at(moved, "after.stored"), "off_heap");
    assert_int_equal(integer_at(done(post(text("%s/flush", base), NULL)), "removed"), 1);
    assert_true(has("stopped", "[]"));
    evaluate(target, "sys:resume(stopped)");
    assert_true(holds(target, "gen_server:call(stopped, {echo, 7}) =:= 7"));
}

static void who_cannot_be_asked_keeps_its_messages(void **state) {
    (void)state;
    static const char *const routes[] = {"flush", "drain", "filter", "prioritize"};
    for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
        const char *body = i < 2 ? NULL : "{\"kind\": \"info\"}";
        json_t *details = refused(post(text("processes/reader/mailbox/%s", routes[i]), body), 422,
                "operation_refused");
        assert_string_equal(string_at(details, "closest"), "kill_process");
    }
    refused(post("processes/reader/mailbox/compact", "{\"stored\": \"off_heap\"}"), 422,
            "operation_refused");
    assert_int_equal(
            integer_at(data(daemon, "/api/v1/processes/reader/mailbox/length"), "length"), 4);
}

static void a_very_long_mailbox_is_not_copied(void **state) {
    (void)state;
    evaluate(target, "begin target:plain(flood), [flood ! N || N <- lists:seq(1, 10001)], ok end");
    json_t *details = refused(request(daemon, "GET", NULL, "/api/v1/processes/flood/mailbox"), 422,
            "state_too_large");
    assert_int_equal(integer_at(details, "queue_length"), 10001);
    json_t *stats = data(daemon, "/api/v1/processes/flood/mailbox/stats");
    assert_true(json_is_false(at(stats, "messages_read")));
    assert_int_equal(integer_at(stats, "length"), 10001);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_message_arrives),
            cmocka_unit_test(what_is_not_understood_is_not_sent),
            cmocka_unit_test(an_unknown_atom_is_made_only_if_asked_for),
            cmocka_unit_test(a_message_waits_for_its_time),
            cmocka_unit_test(a_cast_changes_the_state),
            cmocka_unit_test(a_call_is_answered_with_the_reply),
            cmocka_unit_test(a_call_that_crashes_tells_what_became_of_it),
            cmocka_unit_test(a_call_that_takes_too_long_leaves_nothing),
            cmocka_unit_test(several_are_called_at_once),
            cmocka_unit_test(a_broadcast_reaches_a_list_or_a_group),
            cmocka_unit_test(a_description_selects),
            cmocka_unit_test(a_mailbox_is_read_and_stays),
            cmocka_unit_test(messages_are_taken_out_of_a_stopped_server),
            cmocka_unit_test(who_cannot_be_asked_keeps_its_messages),
            cmocka_unit_test(a_very_long_mailbox_is_not_copied),
    };
    return cmocka_run_group_tests_name("message operations", tests, set_up, harness_stop);
}
