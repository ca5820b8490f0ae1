// Subscriptions to live topics: joining, leaving, when something is due, and what is told of nodes.
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"
#include "insight/paths.h"
#include "operations/live_private.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define TREE_MS    500  // least time between two trees
#define PROCESS_MS 1000 // between two readings of a process
#define METRICS_MS 1000

// ---- the list of subscriptions ---------------------------------------------------------------

static void collect(struct live *live) {
    if (live->walking > 0) {
        return;
    }
    struct live_subscription **link = &live->subscriptions;
    while (*link != NULL) {
        struct live_subscription *subscription = *link;
        if (subscription->gone && subscription->under_way == 0) {
            *link = subscription->next;
            if (subscription->call.done) {
                call_finish(&subscription->call);
            }
            free(subscription->rows);
            free(subscription->pids);
            free(subscription);
        } else {
            link = &subscription->next;
        }
    }
}

void live_leave(struct live_subscription *subscription) {
    subscription->gone = true;
    collect(subscription->live);
}

// The topic ends by itself.
void live_close(struct live_subscription *subscription, const struct error *error) {
    if (!subscription->gone) {
        subscription->gone = true;
        subscription->closed(subscription->channel, error);
    }
}

struct node *live_node(const struct live_subscription *subscription) {
    return nodes_find(subscription->live->nodes, str_of(subscription->node));
}

// ---- what happens ----------------------------------------------------------------------------

static bool is_of_tree(const struct live_subscription *subscription, const struct event *event) {
    struct node *node = live_node(subscription);
    struct error error;
    const struct mirror *mirror = node ? node_mirror(node, &error) : NULL;
    uint32_t slot = mirror ? path_resolve(mirror, str_of(subscription->subject)) : MIRROR_NONE;
    if (slot == MIRROR_NONE) {
        return str_is(event->supervisor, subscription->subject);
    }
    struct buffer path;
    buffer_init(&path);
    path_of_supervisor(mirror, mirror->p.supervises[slot], &path);
    struct str own = buffer_str(&path);
    bool below = event->path.length >= own.length &&
                 memcmp(event->path.at, own.at, own.length) == 0 &&
                 (event->path.length == own.length || event->path.at[own.length] == '/');
    buffer_finish(&path);
    return below;
}

static void on_event(void *context, const struct event *event) {
    struct live *live = context;
    live->walking++;
    for (struct live_subscription *s = live->subscriptions; s != NULL; s = s->next) {
        if (s->gone || !str_is(event->node, s->node)) {
            continue;
        }
        bool told = s->topic == TOPIC_LOBBY ||
                    (s->topic == TOPIC_SUPERVISOR &&
                            (event->type == EVENT_LOST || is_of_tree(s, event)));
        if (told) {
            live_push_event(s, event);
        }
    }
    live->walking--;
}

static void mark_changed(struct live *live, const struct node *node) {
    for (struct live_subscription *s = live->subscriptions; s != NULL; s = s->next) {
        if (str_equal(str_of(s->node), node_name(node))) {
            s->changed = true;
        }
    }
}

static void watch_swept(void *context, struct node *node) {
    mark_changed(context, node);
}

static void watch_changed(void *context, struct node *node) {
    struct live *live = context;
    if (node_state(node) == NODE_LOST || node_state(node) == NODE_DETACHING) {
        ledger_forget(live->ledger, node);
    }
}

static void watch_down(void *context, struct node *node, uint32_t id, uint32_t serial,
        uint32_t slot, const struct term *reason, int64_t time_us) {
    ledger_down(((struct live *)context)->ledger, node, id, serial, slot, reason, time_us);
}

static void watch_spawned(void *context, struct node *node, uint32_t supervisor, uint32_t id,
        uint32_t serial, int64_t time_us) {
    ledger_spawned(((struct live *)context)->ledger, node, supervisor, id, serial, time_us);
}

static void watch_report(void *context, struct node *node, uint32_t supervisor, struct str kind,
        const struct term_pid *pid, const struct term *child_id, const struct term *reason,
        int64_t time_us) {
    ledger_report(((struct live *)context)->ledger, node, supervisor, kind, pid, child_id, reason,
            time_us);
}

static void watch_dropped(void *context, struct node *node, uint64_t count) {
    ledger_dropped(((struct live *)context)->ledger, node, count);
}

static void watch_children(void *context, struct node *node, uint32_t supervisor,
        const struct child *old, uint32_t old_count) {
    struct live *live = context;
    ledger_children(live->ledger, node, supervisor, old, old_count);
    mark_changed(live, node);
}

static void watch_gone(void *context, struct node *node, uint32_t supervisor) {
    ledger_supervisor_gone(((struct live *)context)->ledger, node, supervisor);
}

struct feed *live_feed(const struct live *live) {
    return live->feed;
}

struct live *live_create(struct nodes *nodes) {
    struct live *live = memory_new(1, sizeof *live);
    live->nodes = live->services.nodes = nodes;
    live->feed = feed_create();
    live->ledger = ledger_create(live->feed);
    live->feed_subscriber = feed_subscribe(live->feed, on_event, live);
    live->watcher = (struct node_watcher){watch_down, watch_spawned, watch_report, watch_dropped,
            watch_children, watch_gone, watch_swept, watch_changed, live};
    nodes_set_watcher(nodes, &live->watcher);
    return live;
}

void live_destroy(struct live *live) {
    if (live == NULL) {
        return;
    }
    collect(live);
    must(live->subscriptions == NULL);
    nodes_set_watcher(live->nodes, NULL);
    feed_unsubscribe(live->feed, live->feed_subscriber);
    ledger_destroy(live->ledger);
    feed_destroy(live->feed);
    free(live);
}

// ---- time ------------------------------------------------------------------------------------

static void stay_awake(void *context, const struct error *error) {
    (void)context;
    (void)error;
}

static void tick(struct live_subscription *subscription, int64_t now) {
    struct error error;
    struct node *node = live_node(subscription);
    if (node == NULL) {
        error_set(&error, ERROR_NODE_NOT_FOUND, "node %s is not attached any more",
                subscription->node);
        live_close(subscription, &error);
        return;
    }
    const struct mirror *mirror = node_mirror(node, &error);
    if (mirror == NULL || now < subscription->due) {
        return; // a node that is lost may come back
    }
    node_look(node, LOOK_TREES, false, stay_awake, NULL);
    switch (subscription->topic) {
    case TOPIC_LOBBY:
        if (subscription->changed) {
            live_push_rows(subscription, mirror);
            subscription->due = now + TREE_MS;
        }
        break;
    case TOPIC_SUPERVISOR:
        if (subscription->changed) {
            live_push_tree(subscription, mirror);
            subscription->due = now + TREE_MS;
        }
        break;
    case TOPIC_PROCESS:
        live_read_process(subscription);
        subscription->due = now + PROCESS_MS;
        break;
    case TOPIC_METRICS:
        live_read_figures(subscription, node);
        subscription->due = now + METRICS_MS;
        break;
    }
    subscription->changed = false;
}

void live_tick(struct live *live) {
    int64_t now = clock_monotonic_ms();
    live->walking++;
    for (struct live_subscription *s = live->subscriptions; s != NULL; s = s->next) {
        if (!s->gone) {
            tick(s, now);
        }
    }
    live->walking--;
    collect(live);
}

// ---- joining ---------------------------------------------------------------------------------

struct topic_row {
    const char *prefix;
    enum topic topic;
    enum permission permission;
    bool exact;
};

static const struct topic_row topics[] = {
        {"supervisor:lobby", TOPIC_LOBBY, PERMISSION_READ_SUPERVISORS, true},
        {"supervisor:", TOPIC_SUPERVISOR, PERMISSION_READ_SUPERVISORS, false},
        {"process:inspect", TOPIC_PROCESS, PERMISSION_READ_PROCESSES, true},
        {"process:", TOPIC_PROCESS, PERMISSION_READ_PROCESSES, false},
        {"system:metrics", TOPIC_METRICS, PERMISSION_READ_PROCESSES, true},
};

// Cuts @node off the end: the part after the last @ if it follows a name. A node's own name has an
// @ too, so @name@host is taken whole.
static struct str cut_node(struct str *topic) {
    const char *first = memchr(topic->at, '@', topic->length);
    if (first == NULL) {
        return (struct str){"", 0};
    }
    size_t before = (size_t)(first - topic->at);
    struct str node = {first + 1, topic->length - before - 1};
    topic->length = before;
    return node;
}

static const struct topic_row *find_topic(struct str topic, struct str *subject) {
    for (size_t i = 0; i < sizeof topics / sizeof topics[0]; i++) {
        size_t length = strlen(topics[i].prefix);
        bool matches = topics[i].exact
                               ? str_is(topic, topics[i].prefix)
                               : str_starts(topic, topics[i].prefix) && topic.length > length;
        if (matches) {
            *subject = topics[i].exact ? STR("")
                                       : (struct str){topic.at + length, topic.length - length};
            return &topics[i];
        }
    }
    return NULL;
}

static bool read_payload(
        struct str payload, int64_t *since, struct live_subscription *subscription) {
    json_t *json = json_loadb(payload.at, payload.length, 0, NULL);
    const json_t *id = json_object_get(json, "since");
    const char *pid = json_string_value(json_object_get(json, "pid"));
    *since = json_is_integer(id) && json_integer_value(id) >= 0 ? json_integer_value(id) : -1;
    if (subscription->subject[0] == '\0' && pid != NULL) {
        snprintf(subscription->subject, sizeof subscription->subject, "%s", pid);
    }
    json_decref(json);
    return true;
}

static bool write_reply(struct live_subscription *subscription, struct node *node, int64_t since,
        struct buffer *reply, struct error *error) {
    const struct mirror *mirror = node_mirror(node, error);
    if (mirror == NULL) {
        return false;
    }
    json_open_object(reply, NULL);
    json_put_string(reply, "node", node_name(node));
    json_time(reply, "as_of", mirror->as_of);
    if (subscription->topic == TOPIC_LOBBY) {
        live_reply_lobby(subscription, reply, mirror, since);
    } else if (subscription->topic == TOPIC_SUPERVISOR &&
               !live_reply_tree(subscription, reply, mirror, error)) {
        if (mirror->sweeps == 0) {
            error_set(error, ERROR_NODE_NOT_READY,
                    "node %s is still being read; join again in a moment", subscription->node);
        }
        return false;
    } else if (subscription->topic == TOPIC_PROCESS) {
        bool is_pid;
        uint32_t id;
        uint32_t serial;
        struct str subject = str_of(subscription->subject);
        if (path_process(mirror, subject, &is_pid, &id, &serial) == MIRROR_NONE) {
            return error_set(error, ERROR_PROCESS_NOT_FOUND, "no process %.100s is alive on %s",
                    subscription->subject, subscription->node);
        }
    }
    json_close_object(reply);
    return true;
}

struct live_subscription *live_join(struct live *live, struct str topic, struct str payload,
        uint64_t permissions, live_push *push_to, live_closed *closed, void *channel,
        struct buffer *reply, struct error *error) {
    struct str subject;
    struct str node_text = cut_node(&topic);
    const struct topic_row *row = find_topic(topic, &subject);
    if (row == NULL) {
        error_set(error, ERROR_NOT_FOUND, "unmatched topic");
        return NULL;
    }
    if (!(permissions >> row->permission & 1)) {
        error_set(error, ERROR_FORBIDDEN, "the key lacks the permission %s",
                permission_name(row->permission));
        return NULL;
    }
    struct node *node = nodes_choose(live->nodes, node_text, error);
    if (node == NULL) {
        return NULL;
    }
    struct live_subscription *subscription = memory_new(1, sizeof *subscription);
    subscription->live = live;
    subscription->topic = row->topic;
    subscription->permissions = permissions;
    subscription->push = push_to;
    subscription->closed = closed;
    subscription->channel = channel;
    snprintf(subscription->node, sizeof subscription->node, "%.*s", STR_ARGS(node_name(node)));
    snprintf(subscription->subject, sizeof subscription->subject, "%.*s", STR_ARGS(subject));
    int64_t since;
    read_payload(payload, &since, subscription);
    if (!write_reply(subscription, node, since, reply, error)) {
        free(subscription->rows);
        free(subscription->pids);
        free(subscription);
        return NULL;
    }
    node_look(node, LOOK_TREES, false, stay_awake, NULL);
    subscription->next = live->subscriptions;
    live->subscriptions = subscription;
    return subscription;
}

bool live_push_in(struct live_subscription *subscription, struct str event, struct str payload,
        struct buffer *reply, struct error *error) {
    (void)subscription;
    (void)payload;
    (void)reply;
    return error_set(error, ERROR_BAD_REQUEST, "this topic takes no '%.*s'",
            (int)(event.length < 60 ? event.length : 60), event.at);
}
