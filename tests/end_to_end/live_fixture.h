// What the tests of live topics share: a node with a supervisor of each strategy, a daemon attached
// to it, a client in the lobby.
#ifndef WHITEBEAM_TESTS_LIVE_FIXTURE_H
#define WHITEBEAM_TESTS_LIVE_FIXTURE_H

#include "end_to_end/harness_live.h"

#include <string.h>

#define LOBBY "supervisor:lobby"

static struct target *target;
static struct daemon *daemon;
static struct live_client *client; // in the lobby

// The daemon has read the supervisor with all its children.
static void known(struct daemon *by, const char *name) {
    json_t *one = data(by, "/api/v1/supervisors/%s?fresh=true", name);
    assert_true(json_is_object(one));
}

static const char *const trees[] = {"ones", "alls", "rests", "simples", "inner", "outer"};

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target,
            "target:supervisor(ones, #{intensity => 1000, period => 1}, "
            "[target_worker:spec(a1, #{}), target_worker:spec(a2, #{restart => transient}),"
            "target_worker:spec(a3, #{restart => temporary}), target_worker:spec(a4, #{})])");
    evaluate(target, "target:supervisor(alls, #{strategy => one_for_all, intensity => 1000, period "
                     "=> 1}, [target_worker:spec(b1, #{}), target_worker:spec(b2, #{}), "
                     "target_worker:spec(b3, #{})])");
    evaluate(target, "target:supervisor(rests, #{strategy => rest_for_one, intensity => 1000, "
                     "period => 1}, [target_worker:spec(c1, #{}), target_worker:spec(c2, #{}), "
                     "target_worker:spec(c3, #{})])");
    evaluate(target,
            "target:supervisor(simples, #{strategy => simple_one_for_one, intensity => "
            "1000, period => 1}, [#{id => any, start => {target_server, start_any, []}}])");
    evaluate(target, "[{ok, _} = supervisor:start_child(simples, [N]) || N <- lists:seq(1, 5)]");
    evaluate(target, "target:supervisor(outer, #{intensity => 1000, period => 1}, [#{id => {inner, "
                     "1}, type => supervisor, start => {target_supervisor, start_link, [inner, "
                     "#{intensity => 1, period => 3600}, [target_worker:spec(d1, #{})]]}}])");
    daemon = daemon_start();
    attach(daemon, target);
    for (size_t i = 0; i < sizeof trees / sizeof trees[0]; i++) {
        known(daemon, trees[i]);
    }
    client = live_connect(daemon);
    live_join(client, LOBBY, "{}");
    return 0;
}

static json_t *whereis(const char *name) {
    return truth(target, "whereis(%s)", name);
}

static inline void kill_named(const char *name) {
    evaluate(target, "exit(whereis(%s), kill)", name);
}

static inline json_t *await_exit(struct live_client *by, json_t *pid) {
    return live_await(by, 10, LOBBY, "event", "{s:s, s:O}", "type", "child_exited", "pid", pid);
}

static inline json_t *await_restart(struct live_client *by, json_t *pid) {
    return live_await(by, 10, LOBBY, "event", "{s:s, s:O}", "type", "child_restarted", "pid", pid);
}

static inline json_t *await_start(struct live_client *by, json_t *pid) {
    return live_await(by, 10, LOBBY, "event", "{s:s, s:O}", "type", "child_started", "pid", pid);
}

// The restart is told, and who came is who has the name.
static inline json_t *expect_successor(struct live_client *by, json_t *old, const char *name) {
    json_t *restarted = await_restart(by, old);
    expect_same(at(restarted, "new_pid"), whereis(name), name);
    return restarted;
}

#endif

static inline int count_events(const json_t *events, const char *type, const json_t *pid) {
    int count = 0;
    for (size_t i = 0; i < json_array_size(events); i++) {
        const json_t *event = json_array_get(events, i);
        count += strcmp(string_at(event, "type"), type) == 0 && json_equal(at(event, "pid"), pid);
    }
    return count;
}

static inline bool has(const json_t *array, const json_t *value) {
    bool found = false;
    for (size_t i = 0; i < json_array_size(array); i++) {
        found = found || json_equal(json_array_get(array, i), value);
    }
    return found;
}
