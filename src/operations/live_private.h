// The inside of live topics, for live.c (subscriptions, joins, time) and live_topics.c (what each
// topic sends).
#ifndef WHITEBEAM_OPERATIONS_LIVE_PRIVATE_H
#define WHITEBEAM_OPERATIONS_LIVE_PRIVATE_H

#include "limits.h"
#include "node/nodes.h"
#include "node/watcher.h"
#include "operations/call.h"
#include "operations/live.h"
#include "operations/services.h"
#include "watch/feed.h"
#include "watch/ledger.h"

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
    bool gone;              // left; freed when nothing is under way
    unsigned under_way;     // calls and requests that will come back
    int64_t due;            // monotonic ms: when something may be sent again
    bool changed;           // since the last one
    uint64_t sent;          // hash of what was sent last
    uint64_t *rows;         // TOPIC_LOBBY: hashes by supervisor index; owned
    struct event_pid *pids; // TOPIC_LOBBY: whose row it was; owned
    uint32_t row_count;
    struct call call; // TOPIC_PROCESS: the reading that is under way
};

struct live {
    struct nodes *nodes;      // borrowed
    struct services services; // of the questions it asks itself
    struct feed *feed;        // owned
    struct feed_subscriber *feed_subscriber;
    struct ledger *ledger; // owned
    struct node_watcher watcher;
    struct live_subscription *subscriptions;
    unsigned walking; // depth of walks over subscriptions
};

// The subscription's node, or NULL when it is not attached any more.
struct node *live_node(const struct live_subscription *subscription);
// Ends a topic by itself.
void live_close(struct live_subscription *subscription, const struct error *error);

// Each sends what became different since the last time.
void live_push_rows(struct live_subscription *subscription, const struct mirror *mirror);
void live_push_tree(struct live_subscription *subscription, const struct mirror *mirror);
void live_read_process(struct live_subscription *subscription);
void live_read_figures(struct live_subscription *subscription, struct node *node);
void live_push_event(struct live_subscription *subscription, const struct event *event);

// Members of the reply to a join.
void live_reply_lobby(struct live_subscription *subscription, struct buffer *out,
        const struct mirror *mirror, int64_t since);
bool live_reply_tree(const struct live_subscription *subscription, struct buffer *out,
        const struct mirror *mirror, struct error *error);

#endif
