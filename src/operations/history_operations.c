// What was told of a process and of those that it came in place of. The feed keeps the newest
// events in memory; nothing older is known.
#include "base/clock.h"
#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/services.h"
#include "operations/target.h"
#include "term/print.h"
#include "watch/feed.h"

struct collecting {
    struct call *call;
    struct str node;
    const struct event **events; // in the arena
    size_t count;
};

static void collect(void *context, const struct event *event) {
    struct collecting *collecting = context;
    if (str_equal(event->node, collecting->node) && collecting->count < FEED_KEPT) {
        collecting->events[collecting->count++] = event;
    }
}

static bool is_pid(struct event_pid pid, struct event_pid wanted) {
    return pid.id == wanted.id && pid.serial == wanted.serial;
}

// Follows the lives backwards: who came instead of whom. Answers the first of the events that
// belong to them, marked in `own`.
static void follow(const struct collecting *collecting, struct event_pid wanted, bool *own) {
    for (size_t i = collecting->count; i > 0; i--) {
        const struct event *event = collecting->events[i - 1];
        if (is_pid(event->pid, wanted)) {
            own[i - 1] = true;
        } else if (is_pid(event->new_pid, wanted)) {
            own[i - 1] = true;
            if (event->pid.id != 0) {
                wanted = event->pid;
            }
        }
    }
}

static void history(struct target *target) {
    struct call *call = target->call;
    struct feed *feed = call->services->feed;
    struct buffer *out = &call->answer;
    struct collecting collecting = {.call = call, .node = node_name(target->node)};
    collecting.events = arena_take(&call->arena, FEED_KEPT, sizeof(const struct event *));
    bool whole = feed == NULL || feed_since(feed, feed_before(feed), collect, &collecting);
    bool *own = arena_take_zeroed(&call->arena, FEED_KEPT, sizeof *own);
    follow(&collecting, (struct event_pid){target->id, target->serial}, own);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_raw(out, "pid", STR("\""));
    print_pid(out, target->id, target->serial);
    buffer_add_u8(out, '"');
    json_open_array(out, "events");
    for (size_t i = 0; i < collecting.count; i++) {
        if (own[i]) {
            event_write(out, NULL, collecting.events[i]);
        }
    }
    json_close_array(out);
    json_time(out, "known_since", node_attached_at(target->node));
    json_bool(out, "older_events_were_dropped", !whole);
    json_close_object(out);
    answer_now(call, target->node);
    json_close_object(out);
    call_done(call, 200);
}

void run_process_history(struct call *call) {
    target_find(call, history);
}
