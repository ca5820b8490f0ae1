// The feed: what happened, in order. Every event gets a 64-bit id when it arrives; order is id. The
// newest FEED_KEPT are kept for who comes late.
#ifndef WHITEBEAM_WATCH_FEED_H
#define WHITEBEAM_WATCH_FEED_H

#include "base/buffer.h"

#define FEED_KEPT 4096u

enum event_type {
    EVENT_CHILD_EXITED,
    EVENT_CHILD_STARTED,
    EVENT_CHILD_RESTARTED,
    EVENT_SUPERVISOR_GONE,
    EVENT_LOST, // the node could not tell so many events
};

struct event_pid {
    uint32_t id, serial; // 0, 0: none
};

struct event {
    uint64_t id; // set by the feed
    enum event_type type;
    int64_t at_us; // the node's calendar, unix microseconds
    struct str node;
    struct str supervisor; // its name
    struct str path;
    struct event_pid supervisor_pid;
    struct str child_id; // inspect text; empty: it has none
    struct str module;
    struct event_pid pid;
    struct event_pid new_pid; // EVENT_CHILD_RESTARTED, EVENT_CHILD_STARTED
    struct str reason;        // inspect text; empty: not known
    int64_t down_us;          // between the end and the new start; -1: not known
    bool down_is_bound;       // it may have been less
    uint64_t count;           // EVENT_LOST
};

struct feed;

struct feed *feed_create(void);
void feed_destroy(struct feed *feed); // nobody may be subscribed any more

// Copies the event, numbers it, and tells every subscriber.
void feed_add(struct feed *feed, const struct event *event);

typedef void feed_told(void *context, const struct event *event);
struct feed_subscriber;
struct feed_subscriber *feed_subscribe(struct feed *feed, feed_told *told, void *context);
void feed_unsubscribe(struct feed *feed, struct feed_subscriber *subscriber);

// The id before the first event of this daemon: all that there were come after it.
uint64_t feed_before(const struct feed *feed);
// The id of the newest event, or of none yet.
uint64_t feed_newest(const struct feed *feed);

// Calls `told` for each kept event after `id`, oldest first. False if older ones are gone already.
bool feed_since(const struct feed *feed, uint64_t id, feed_told *told, void *context);

// Writes an event as a JSON object (docs/live.md).
void event_write(struct buffer *out, const char *key, const struct event *event);

#endif
