// For tests of channels: live topics that do as they are told. Topics that begin with `room:`
// exist.
#ifndef WHITEBEAM_TESTS_SERVE_LIVE_FAKE_H
#define WHITEBEAM_TESTS_SERVE_LIVE_FAKE_H

#include "base/memory.h"
#include "base/must.h"
#include "operations/live.h"

#include <stdlib.h>

struct live {
    struct live_subscription *first;
    unsigned count;
};

struct live_subscription {
    struct live *live;
    struct live_subscription *next;
    live_push *push;
    live_closed *closed;
    void *channel;
    uint64_t permissions;
    struct buffer topic;
};

static struct live fake_live;

static inline void fake_live_remove(struct live_subscription *subscription) {
    struct live_subscription **at = &subscription->live->first;
    while (*at != subscription) {
        must(*at != NULL);
        at = &(*at)->next;
    }
    *at = subscription->next;
    subscription->live->count--;
    buffer_finish(&subscription->topic);
    free(subscription);
}

static inline void fake_live_end(
        struct live_subscription *subscription, const struct error *reason) {
    live_closed *closed = subscription->closed;
    void *channel = subscription->channel;
    fake_live_remove(subscription);
    closed(channel, reason);
}

struct live_subscription *live_join(struct live *live, struct str topic, struct str payload,
        uint64_t permissions, live_push *push, live_closed *closed, void *channel,
        struct buffer *reply, struct error *error) {
    must(payload.length >= 2 && payload.at[0] == '{');
    if (str_is(topic, "room:secret")) {
        error_set(error, ERROR_FORBIDDEN, "not for you");
        error_detail(error, "topic", topic);
        return NULL;
    }
    if (!str_starts(topic, "room:")) {
        error_set(error, ERROR_NOT_FOUND, "no such topic");
        return NULL;
    }
    struct live_subscription *subscription = memory_new(1, sizeof *subscription);
    *subscription = (struct live_subscription){
            .live = live,
            .next = live->first,
            .push = push,
            .closed = closed,
            .channel = channel,
            .permissions = permissions,
    };
    buffer_add_str(&subscription->topic, topic);
    live->first = subscription;
    live->count++;
    buffer_add_text(reply, "{\"joined\":");
    buffer_add_str(reply, payload);
    buffer_add_text(reply, "}");
    return subscription;
}

static inline void fake_live_flood(struct live_subscription *subscription, size_t size) {
    char *text = memory_new(size + 16, 1);
    memcpy(text, "{\"x\":\"", 6);
    memset(text + 6, 'x', size);
    memcpy(text + 6 + size, "\"}", 2);
    subscription->push(subscription->channel, "flood", (struct str){text, size + 8});
    free(text);
}

// echo: the payload is the answer. shout: pushed to all. end, lose: the topic ends. big: an answer
// of 3 MB. Everything else is not understood.
bool live_push_in(struct live_subscription *subscription, struct str event, struct str payload,
        struct buffer *reply, struct error *error) {
    if (str_is(event, "echo")) {
        buffer_add_str(reply, payload);
        return true;
    }
    if (str_is(event, "big")) {
        size_t size = 3u << 20;
        buffer_add_text(reply, "{\"x\":\"");
        memset(buffer_reserve(reply, size), 'x', size);
        reply->length += size;
        buffer_add_text(reply, "\"}");
        return true;
    }
    if (str_is(event, "shout")) {
        struct live_subscription *each = subscription->live->first;
        for (; each != NULL; each = each->next) {
            each->push(each->channel, "heard", payload);
        }
        return true;
    }
    if (str_is(event, "end")) {
        fake_live_end(subscription, NULL);
        return true;
    }
    if (str_is(event, "lose")) {
        struct error reason;
        error_set(&reason, ERROR_CONNECTION_LOST, "the node is gone");
        fake_live_end(subscription, &reason);
        return true;
    }
    error_set(error, ERROR_BAD_REQUEST, "nothing is taken here");
    return false;
}

void live_leave(struct live_subscription *subscription) {
    fake_live_remove(subscription);
}

#endif
