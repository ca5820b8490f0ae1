// Live topics: what a client can subscribe to. Like operations, they know no transport: a channel
// hands in a function that pushes events to its client.
//
//   supervisor:lobby    all supervisors of a node: changes of their rows, and every event
//   supervisor:<name>   one supervision tree: levels that changed, and its events
//   process:<pid>       one process, read again once a second while somebody is subscribed
//   system:metrics      figures of the node once a second, and what watching costs
//
// Each may end with @<node>; without it the node is chosen as for requests. process:inspect (with
// "pid" in the payload of the join) is the same as process:<pid>. docs/live.md has every payload.
#ifndef WHITEBEAM_OPERATIONS_LIVE_H
#define WHITEBEAM_OPERATIONS_LIVE_H

#include "base/buffer.h"
#include "base/error.h"

struct feed;
struct live;
struct live_subscription;
struct nodes;

// Pushes an event with a JSON object to the client. May be called at any time between join and
// leave, on the loop thread, never inside live_join.
typedef void live_push(void *channel, const char *event, struct str payload);
// The topic has ended by itself (its process ended, its node was detached). The subscription is
// gone after this call.
typedef void live_closed(void *channel, const struct error *reason);

struct live *live_create(struct nodes *nodes);
void live_destroy(struct live *live); // without subscriptions

// What was told; lives as long as `live`.
struct feed *live_feed(const struct live *live);

// Joins a topic. `payload` is the JSON of the join, `permissions` the caller's as in struct
// request. On success `reply` gets a JSON object: the state from which the pushes go on. Errors:
// ERROR_NOT_FOUND for an unknown topic, ERROR_FORBIDDEN, and those of choosing node, process or
// supervisor.
struct live_subscription *live_join(struct live *live, struct str topic, struct str payload,
        uint64_t permissions, live_push *push, live_closed *closed, void *channel,
        struct buffer *reply, struct error *error);

// Takes a message that the client pushes on a topic it has joined; answers into reply. Topics that
// take none give ERROR_BAD_REQUEST.
bool live_push_in(struct live_subscription *subscription, struct str event, struct str payload,
        struct buffer *reply, struct error *error);

void live_leave(struct live_subscription *subscription);

// To be called a few times a second: sends what is due.
void live_tick(struct live *live);

#endif
