// What each topic sends. A subscription keeps hashes of what it has sent and sends what became
// different. Trees and rows come from the mirror; a process is read by the same operation that
// answers GET /processes/{pid}.
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/memory.h"
#include "insight/health.h"
#include "insight/paths.h"
#include "operations/answer_terms.h"
#include "operations/live_private.h"
#include "operations/node_rows.h"
#include "operations/supervisor_rows.h"

#include <jansson.h>
#include <stdlib.h>

#define TREE_MOST  (4u << 20) // bytes of JSON
#define FIGURES_MS 3000

static uint64_t hash_bytes(struct str text) {
    uint64_t hash = 14695981039346656037u; // FNV-1a
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.at[i]) * 1099511628211u;
    }
    return hash;
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
            mirror->p.name[supervisor->slot], (int64_t)health_of_supervisor(mirror, supervisor),
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
        bool other =
                !there || pid->id != mirror->p.id[slot] || pid->serial != mirror->p.serial[slot];
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

void live_push_rows(struct live_subscription *subscription, const struct mirror *mirror) {
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

void live_reply_lobby(struct live_subscription *subscription, struct buffer *out,
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
            subscription->pids[i] = (struct event_pid){mirror->p.id[slot], mirror->p.serial[slot]};
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
bool live_reply_tree(const struct live_subscription *subscription, struct buffer *out,
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
        return error_set(error, ERROR_ANSWER_TOO_LARGE,
                "the tree is too large to be sent live; use GET /api/v1/supervisors/{name}/tree");
    }
    return true;
}

void live_push_tree(struct live_subscription *subscription, const struct mirror *mirror) {
    struct buffer out;
    struct error error;
    buffer_init(&out);
    json_open_object(&out, NULL);
    if (!live_reply_tree(subscription, &out, mirror, &error)) {
        buffer_finish(&out);
        if (error.code != ERROR_SUPERVISOR_NOT_FOUND) {
            live_close(subscription, &error);
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
    live_close(subscription, &error);
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

void live_read_process(struct live_subscription *subscription) {
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
    call_start(&subscription->call, &subscription->live->services, &request, process_read,
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
    struct node *node = live_node(subscription);
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

void live_read_figures(struct live_subscription *subscription, struct node *node) {
    if (subscription->under_way == 0) {
        subscription->under_way++;
        node_ask(node, "figures", (struct str){"j", 1}, FIGURES_MS, NULL, figures_read,
                subscription);
    }
}

// ---- events ----------------------------------------------------------------------------------

void live_push_event(struct live_subscription *subscription, const struct event *event) {
    struct buffer out;
    buffer_init(&out);
    event_write(&out, NULL, event);
    subscription->changed = true;
    push(subscription, "event", &out);
}
