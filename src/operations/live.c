// Topics and their subscriptions.
//
// A subscription keeps hashes of what it has sent and sends what became different. Trees and rows
// come from the mirror; a process is read by the same operation that answers GET /processes/{pid}.
#include "operations/live.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"
#include "insight/health.h"
#include "insight/paths.h"
#include "limits.h"
#include "node/nodes.h"
#include "node/watcher.h"
#include "operations/answer_terms.h"
#include "operations/call.h"
#include "operations/node_rows.h"
#include "operations/supervisor_rows.h"
#include "watch/feed.h"
#include "watch/ledger.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#define TREE_MS      500  // least time between two trees
#define PROCESS_MS   1000 // between two readings of a process
#define METRICS_MS   1000
#define TREE_MOST    (4u << 20) // bytes of JSON
#define FIGURES_MS   3000

enum topic { TOPIC_LOBBY, TOPIC_SUPERVISOR, TOPIC_PROCESS, TOPIC_METRICS };

struct live_subscription {
    struct live_subscription *next; // owned by live
    struct live *live;
    enum topic topic;
    char node[LIMIT_NODE_NAME + 1];
    char subject[LIMIT_PARAMETER_BYTES + 1]; // supervisor or process, as it was addressed
    uint64_t permissions;
    live_push *push;
    live_closed *closed;
    void *channel;
    bool gone;            // left; freed when nothing is under way
    unsigned under_way;   // calls and requests that will come back
    int64_t due;          // monotonic ms: when something may be sent again
    bool changed;         // since the last one
    uint64_t sent;        // hash of what was sent last
    uint64_t *rows;       // TOPIC_LOBBY: hashes by supervisor index; owned
    struct event_pid *pids; // TOPIC_LOBBY: whose row it was; owned
    uint32_t row_count;
    struct call call;     // TOPIC_PROCESS: the reading that is under way
};

struct live {
    struct nodes *nodes; // borrowed
    struct feed *feed;   // owned
    struct feed_subscriber *feed_subscriber;
    struct ledger *ledger; // owned
    struct node_watcher watcher;
    struct live_subscription *subscriptions;
    unsigned walking; // depth of walks over subscriptions
};

static uint64_t hash_bytes(struct str text) {
    uint64_t hash = 14695981039346656037u; // FNV-1a
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.at[i]) * 1099511628211u;
    }
    return hash;
}

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
static void close_topic(struct live_subscription *subscription, const struct error *error) {
    if (!subscription->gone) {
        subscription->gone = true;
        subscription->closed(subscription->channel, error);
    }
}

static struct node *node_of(const struct live_subscription *subscription) {
    return nodes_find(subscription->live->nodes, str_of(subscription->node));
}

static void push(struct live_subscription *subscription, const char *event, struct buffer *out) {
    if (!subscription->gone) {
        subscription->push(subscription->channel, event, buffer_str(out));
    }
    buffer_finish(out);
}

// ---- the lobby -------------------------------------------------------------------------------

// What of a supervisor's row counts as a change: not its age, nor its memory to the byte.
static uint64_t row_hash(const struct mirror *mirror, uint32_t index) {
    const struct supervisor *supervisor = &mirror->supervisors[index];
    int64_t frees_in;
    int64_t facts[] = {supervisor->kind, supervisor->strategy, supervisor->intensity,
            supervisor->period, health_budget_used(supervisor, clock_unix_ms(), &frees_in),
            supervisor->child_count, supervisor->active, supervisor->busy, supervisor->module,
            mirror->p.name[supervisor->slot],
            (int64_t)health_of_supervisor(mirror, supervisor),
            (int64_t)(mirror->p.memory[supervisor->slot] >> 12)};
    return hash_bytes((struct str){(const char *)facts, sizeof facts});
}

static void write_row(struct buffer *out, const struct mirror *mirror, uint32_t index) {
    json_open_object(out, NULL);
    supervisor_summary(out, mirror, index);
    json_close_object(out);
}

static void grow_rows(struct live_subscription *subscription, uint32_t count) {
    if (count <= subscription->row_count) {
        return;
    }
    subscription->rows = memory_resize(subscription->rows, count, sizeof *subscription->rows);
    subscription->pids = memory_resize(subscription->pids, count, sizeof *subscription->pids);
    for (uint32_t i = subscription->row_count; i < count; i++) {
        subscription->rows[i] = 0;
        subscription->pids[i] = (struct event_pid){0, 0};
    }
    subscription->row_count = count;
}

// Writes `"changed": […], "removed": […]`; false if both are empty.
static bool write_changes(
        struct live_subscription *subscription, struct buffer *out, const struct mirror *mirror) {
    struct buffer removed;
    bool any = false;
    buffer_init(&removed);
    grow_rows(subscription, mirror->supervisor_count);
    json_open_array(out, "changed");
    for (uint32_t i = 0; i < subscription->row_count; i++) {
        uint32_t slot = i < mirror->supervisor_count ? mirror->supervisors[i].slot : MIRROR_NONE;
        struct event_pid *pid = &subscription->pids[i];
        bool there = slot != MIRROR_NONE;
        bool other = !there || pid->id != mirror->p.id[slot] || pid->serial != mirror->p.serial[slot];
        if (other && pid->id != 0) {
            buffer_printf(&removed, "%s\"#PID<0.%u.%u>\"", removed.length ? "," : "", pid->id,
                    pid->serial);
            *pid = (struct event_pid){0, 0};
            any = true;
        }
        uint64_t hash = there ? row_hash(mirror, i) : 0;
        if (there && (other || hash != subscription->rows[i])) {
            write_row(out, mirror, i);
            *pid = (struct event_pid){mirror->p.id[slot], mirror->p.serial[slot]};
            any = true;
        }
        subscription->rows[i] = hash;
    }
    json_close_array(out);
    json_open_array(out, "removed");
    buffer_add_str(out, buffer_str(&removed));
    json_close_array(out);
    buffer_finish(&removed);
    return any;
}

static void push_rows(struct live_subscription *subscription, const struct mirror *mirror) {
    struct buffer out;
    buffer_init(&out);
    json_open_object(&out, NULL);
    json_time(&out, "as_of", mirror->as_of);
    if (!write_changes(subscription, &out, mirror)) {
        buffer_finish(&out);
        return;
    }
    json_close_object(&out);
    push(subscription, "supervisors", &out);
}

struct backlog {
    struct buffer *out;
    const struct live_subscription *subscription;
};

static void write_backlog(void *context, const struct event *event) {
    struct backlog *backlog = context;
    if (str_is(event->node, backlog->subscription->node)) {
        event_write(backlog->out, NULL, event);
    }
}

static void reply_lobby(struct live_subscription *subscription, struct buffer *out,
        const struct mirror *mirror, int64_t since) {
    struct feed *feed = subscription->live->feed;
    grow_rows(subscription, mirror->supervisor_count);
    json_uint(out, "last_event_id", feed_newest(feed));
    json_open_array(out, "supervisors");
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        uint32_t slot = mirror->supervisors[i].slot;
        if (slot != MIRROR_NONE) {
            write_row(out, mirror, i);
            subscription->rows[i] = row_hash(mirror, i);
            subscription->pids[i] =
                    (struct event_pid){mirror->p.id[slot], mirror->p.serial[slot]};
        }
    }
    json_close_array(out);
    if (since >= 0) {
        struct backlog backlog = {out, subscription};
        json_open_array(out, "events");
        bool whole = feed_since(feed, (uint64_t)since, write_backlog, &backlog);
        json_close_array(out);
        json_bool(out, "gap", !whole);
    }
}

// ---- trees -----------------------------------------------------------------------------------

// Writes the tree, or fails: ERROR_SUPERVISOR_NOT_FOUND, ERROR_UNPROCESSABLE when it is too large.
static bool write_tree(const struct live_subscription *subscription, struct buffer *out,
        const struct mirror *mirror, struct error *error) {
    uint32_t slot = path_resolve(mirror, str_of(subscription->subject));
    if (slot == MIRROR_NONE) {
        return error_set(error, ERROR_SUPERVISOR_NOT_FOUND, "Supervisor '%.200s' not found on %s",
                subscription->subject, subscription->node);
    }
    size_t before = out->length;
    supervisor_tree(out, "tree", mirror, mirror->p.supervises[slot], LIMIT_TREE_DEPTH, true);
    if (out->length - before > TREE_MOST) {
        out->length = before;
        return error_set(error, ERROR_UNPROCESSABLE,
                "the tree is too large to be sent live; use GET /api/v1/supervisors/{name}/tree");
    }
    return true;
}

static void push_tree(struct live_subscription *subscription, const struct mirror *mirror) {
    struct buffer out;
    struct error error;
    buffer_init(&out);
    json_open_object(&out, NULL);
    if (!write_tree(subscription, &out, mirror, &error)) {
        buffer_finish(&out);
        if (error.code != ERROR_SUPERVISOR_NOT_FOUND) {
            close_topic(subscription, &error);
        } // else it may be restarting: its name comes back
        return;
    }
    uint64_t hash = hash_bytes(buffer_str(&out));
    if (hash == subscription->sent) {
        buffer_finish(&out);
        return;
    }
    subscription->sent = hash;
    json_time(&out, "as_of", clock_unix_ms());
    json_close_object(&out);
    push(subscription, "tree", &out);
}

// ---- one process -----------------------------------------------------------------------------

static void end_process(struct live_subscription *subscription, const struct call *call) {
    struct buffer out;
    struct error error;
    buffer_init(&out);
    json_open_object(&out, NULL);
    json_put_null(&out, "reason");
    json_close_object(&out);
    push(subscription, "gone", &out);
    error_set(&error, call->status == 404 ? ERROR_PROCESS_NOT_FOUND : ERROR_NODE_NOT_READY,
            "the process is not there any more");
    close_topic(subscription, &error);
}

// Sends the `data` of an answer as {"process": …} if it differs from the last one.
static void push_process(struct live_subscription *subscription, struct str answer) {
    json_t *whole = json_loadb(answer.at, answer.length, 0, NULL);
    json_t *data = json_object_get(whole, "data");
    if (data != NULL) {
        json_object_del(data, "uptime_ms"); // the only member that changes by itself
    }
    char *text = data ? json_dumps(data, JSON_COMPACT) : NULL;
    if (text != NULL && hash_bytes(str_of(text)) != subscription->sent) {
        struct buffer out;
        buffer_init(&out);
        subscription->sent = hash_bytes(str_of(text));
        json_open_object(&out, NULL);
        json_raw(&out, "process", str_of(text));
        json_close_object(&out);
        push(subscription, "process", &out);
    }
    free(text);
    json_decref(whole);
}

static void process_read(struct call *call) {
    struct live_subscription *subscription = call->transport;
    struct live *live = subscription->live;
    live->walking++;
    if (call->status == 200) {
        push_process(subscription, buffer_str(&call->answer));
    } else if (call->status == 404) {
        end_process(subscription, call);
    }
    subscription->under_way--;
    live->walking--;
}

static void percent_encode(struct buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        uint8_t c = (uint8_t)*text;
        bool plain = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        if (plain) {
            buffer_add_u8(out, c);
        } else {
            buffer_printf(out, "%%%02X", c);
        }
    }
}

static void read_process(struct live_subscription *subscription) {
    if (subscription->under_way > 0) {
        return; // the last one is not back yet
    }
    struct buffer path;
    struct buffer query;
    buffer_init(&path);
    buffer_init(&query);
    buffer_add_text(&path, "/api/v1/processes/");
    percent_encode(&path, subscription->subject);
    buffer_add_text(&query, "include=links,monitors,stack_trace&node=");
    percent_encode(&query, subscription->node);
    struct request request = {.method = STR("GET"),
            .path = buffer_str(&path),
            .query = buffer_str(&query),
            .body = STR(""),
            .request_id = STR("live"),
            .permissions = subscription->permissions,
            .authenticated = true};
    if (subscription->call.done) {
        call_finish(&subscription->call);
    }
    subscription->under_way++;
    call_start(&subscription->call, subscription->live->nodes, &request, process_read,
            subscription);
    subscription->call.request = (struct request){0}; // its texts end here
    buffer_finish(&path);
    buffer_finish(&query);
}

// ---- metrics ---------------------------------------------------------------------------------

static void write_metrics(struct buffer *out, struct node *node, const struct term *figures) {
    static const char *const keys[] = {
            "total", "processes", "system", "atom", "binary", "code", "ets"};
    const struct term *memory = term_map_get(figures, "memory");
    json_open_object(out, NULL);
    json_time(out, "at", clock_unix_ms());
    answer_integer(out, "processes", term_map_get(figures, "processes"));
    answer_integer(out, "process_limit", term_map_get(figures, "process_limit"));
    answer_integer(out, "run_queue", term_map_get(figures, "run_queue"));
    json_open_object(out, "memory");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        answer_integer(out, keys[i], term_map_get(memory, keys[i]));
    }
    json_close_object(out);
    node_impact_write(out, node);
    json_close_object(out);
}

static void figures_read(void *context, const struct term *answer, const struct error *error) {
    struct live_subscription *subscription = context;
    struct live *live = subscription->live;
    struct node *node = node_of(subscription);
    live->walking++;
    if (error == NULL && node != NULL) {
        struct buffer out;
        buffer_init(&out);
        write_metrics(&out, node, answer);
        push(subscription, "metrics", &out);
    }
    subscription->under_way--;
    live->walking--;
}

static void read_figures(struct live_subscription *subscription, struct node *node) {
    if (subscription->under_way == 0) {
        subscription->under_way++;
        node_ask(node, "figures", (struct str){"j", 1}, FIGURES_MS, NULL, figures_read,
                subscription);
    }
}

// ---- what happens ----------------------------------------------------------------------------

static bool is_of_tree(const struct live_subscription *subscription, const struct event *event) {
    struct node *node = node_of(subscription);
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
            struct buffer out;
            buffer_init(&out);
            event_write(&out, NULL, event);
            s->changed = true;
            push(s, "event", &out);
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

struct live *live_create(struct nodes *nodes) {
    struct live *live = memory_new(1, sizeof *live);
    live->nodes = nodes;
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
    struct node *node = node_of(subscription);
    if (node == NULL) {
        error_set(&error, ERROR_NODE_NOT_FOUND, "node %s is not attached any more",
                subscription->node);
        close_topic(subscription, &error);
        return;
    }
    const struct mirror *mirror = node_mirror(node, &error);
    if (mirror == NULL || now < subscription->due) {
        return; // a node that is lost may come back
    }
    node_look(node, false, stay_awake, NULL);
    switch (subscription->topic) {
    case TOPIC_LOBBY:
        if (subscription->changed) {
            push_rows(subscription, mirror);
            subscription->due = now + TREE_MS;
        }
        break;
    case TOPIC_SUPERVISOR:
        if (subscription->changed) {
            push_tree(subscription, mirror);
            subscription->due = now + TREE_MS;
        }
        break;
    case TOPIC_PROCESS:
        read_process(subscription);
        subscription->due = now + PROCESS_MS;
        break;
    case TOPIC_METRICS:
        read_figures(subscription, node);
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
        bool matches = topics[i].exact ? str_is(topic, topics[i].prefix)
                                       : str_starts(topic, topics[i].prefix) && topic.length > length;
        if (matches) {
            *subject = topics[i].exact ? STR("")
                                       : (struct str){topic.at + length, topic.length - length};
            return &topics[i];
        }
    }
    return NULL;
}

static bool read_payload(struct str payload, int64_t *since, struct live_subscription *subscription) {
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
        reply_lobby(subscription, reply, mirror, since);
    } else if (subscription->topic == TOPIC_SUPERVISOR &&
               !write_tree(subscription, reply, mirror, error)) {
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
    node_look(node, false, stay_awake, NULL);
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
