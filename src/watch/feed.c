// A ring of events, each in a block of its own with its texts.
#include "watch/feed.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

struct feed_subscriber {
    struct feed_subscriber *next; // owned by the feed
    feed_told *told;
    void *context;
    bool gone;
};

struct feed {
    struct event *ring[FEED_KEPT]; // owned
    uint64_t before;               // id before the first one that there was
    uint64_t first;                // id of the oldest kept
    uint64_t next;                 // id of the next one
    struct feed_subscriber *subscribers;
    unsigned telling; // depth of feed_add
};

// Ids go on over restarts of the daemon: they begin with the time of its start.
struct feed *feed_create(void) {
    struct feed *feed = memory_new(1, sizeof *feed);
    feed->next = (uint64_t)(clock_unix_ms() / 1000) << 20;
    feed->first = feed->next;
    feed->before = feed->next - 1;
    return feed;
}

void feed_destroy(struct feed *feed) {
    if (feed == NULL) {
        return;
    }
    must(feed->subscribers == NULL);
    for (size_t i = 0; i < FEED_KEPT; i++) {
        free(feed->ring[i]);
    }
    free(feed);
}

static struct event *copy_event(const struct event *event) {
    struct event copy = *event;
    struct str *texts[] = {
            &copy.node, &copy.supervisor, &copy.path, &copy.child_id, &copy.module, &copy.reason};
    size_t length = 0;
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        length += texts[i]->length;
    }
    struct event *kept = memory_resize(NULL, sizeof *kept + length + 1, 1);
    char *at = (char *)(kept + 1);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i]->length > 0) {
            memcpy(at, texts[i]->at, texts[i]->length);
        }
        texts[i]->at = at;
        at += texts[i]->length;
    }
    *kept = copy;
    return kept;
}

static void sweep_subscribers(struct feed *feed) {
    struct feed_subscriber **link = &feed->subscribers;
    while (*link != NULL) {
        struct feed_subscriber *subscriber = *link;
        if (subscriber->gone) {
            *link = subscriber->next;
            free(subscriber);
        } else {
            link = &subscriber->next;
        }
    }
}

void feed_add(struct feed *feed, const struct event *event) {
    struct event *kept = copy_event(event);
    kept->id = feed->next++;
    size_t at = kept->id % FEED_KEPT;
    if (feed->ring[at] != NULL) {
        feed->first = feed->ring[at]->id + 1;
        free(feed->ring[at]);
    }
    feed->ring[at] = kept;
    feed->telling++;
    for (struct feed_subscriber *s = feed->subscribers; s != NULL; s = s->next) {
        if (!s->gone) {
            s->told(s->context, kept);
        }
    }
    if (--feed->telling == 0) {
        sweep_subscribers(feed);
    }
}

struct feed_subscriber *feed_subscribe(struct feed *feed, feed_told *told, void *context) {
    struct feed_subscriber *subscriber = memory_new(1, sizeof *subscriber);
    *subscriber = (struct feed_subscriber){feed->subscribers, told, context, false};
    feed->subscribers = subscriber;
    return subscriber;
}

void feed_unsubscribe(struct feed *feed, struct feed_subscriber *subscriber) {
    subscriber->gone = true;
    if (feed->telling == 0) {
        sweep_subscribers(feed);
    }
}

uint64_t feed_before(const struct feed *feed) {
    return feed->before;
}

uint64_t feed_newest(const struct feed *feed) {
    return feed->next - 1;
}

bool feed_since(const struct feed *feed, uint64_t id, feed_told *told, void *context) {
    uint64_t from = id + 1 > feed->first ? id + 1 : feed->first;
    for (uint64_t i = from; i < feed->next; i++) {
        told(context, feed->ring[i % FEED_KEPT]);
    }
    return id + 1 >= feed->first;
}

// ---- JSON ------------------------------------------------------------------------------------

static void write_pid(struct buffer *out, const char *key, struct event_pid pid) {
    if (pid.id == 0 && pid.serial == 0) {
        json_put_null(out, key);
        return;
    }
    char text[48];
    snprintf(text, sizeof text, "#PID<0.%u.%u>", pid.id, pid.serial);
    json_text(out, key, text);
}

static void write_text(struct buffer *out, const char *key, struct str text) {
    if (text.length == 0) {
        json_put_null(out, key);
    } else {
        json_put_string(out, key, text);
    }
}

void event_write(struct buffer *out, const char *key, const struct event *event) {
    static const char *const types[] = {
            "child_exited", "child_started", "child_restarted", "supervisor_gone", "events_lost"};
    // A plain atom without its colon, as child ids are shown everywhere.
    struct str id = event->child_id;
    if (id.length > 1 && id.at[0] == ':' && id.at[1] != '"') {
        id = (struct str){id.at + 1, id.length - 1};
    }
    json_open_object(out, key);
    json_uint(out, "id", event->id);
    json_text(out, "type", types[event->type]);
    json_put_string(out, "node", event->node);
    json_time(out, "at", event->at_us / 1000);
    write_text(out, "supervisor", event->supervisor);
    write_pid(out, "supervisor_pid", event->supervisor_pid);
    write_text(out, "path", event->path);
    write_text(out, "child_id", id);
    write_text(out, "module", event->module);
    write_pid(out, "pid", event->pid);
    write_pid(out, "new_pid", event->new_pid);
    write_text(out, "reason", event->reason);
    if (event->down_us >= 0) {
        json_number(out, "down_ms", (double)event->down_us / 1000.0);
        json_bool(out, "down_ms_is_upper_bound", event->down_is_bound);
    } else {
        json_put_null(out, "down_ms");
    }
    if (event->type == EVENT_LOST) {
        json_uint(out, "count", event->count);
    }
    json_close_object(out);
}
