// A client of the daemon's live topics: RFC 6455 over a blocking socket, Phoenix Channels V2 in it.
// It keeps every message that came, so that a test can ask for what was said before it looked.
#ifndef WHITEBEAM_TESTS_HARNESS_LIVE_H
#define WHITEBEAM_TESTS_HARNESS_LIVE_H

#include "end_to_end/harness.h"

struct live_client {
    int socket; // -1: ended
    unsigned ref;
    char *bytes; // received and not yet taken apart
    size_t length, room;
    json_t *joins;    // topic: reference of its join
    json_t *messages; // array of [join_ref, ref, topic, event, payload]
    size_t from;      // live_await looks at messages from this one on
};

// Opens a WebSocket with the daemon's key. It lives until harness_stop.
struct live_client *live_connect(struct daemon *daemon);
void live_disconnect(struct live_client *client);

// Sends a message with a reference of its own, and does not wait. The payload is JSON text.
void live_say(
        struct live_client *client, const char *topic, const char *event, const char *payload);
// The payload of the reply to a message: {"status", "response"}.
json_t *live_ask(
        struct live_client *client, const char *topic, const char *event, const char *payload);
// Joins. The response; fails unless it is `ok`.
json_t *live_join(struct live_client *client, const char *topic, const char *payload);
// The same for a join that is to be refused.
json_t *live_join_refused(struct live_client *client, const char *topic, const char *payload);

// What came before counts no more for live_await.
void live_mark(struct live_client *client);
// The payload of the first push on a topic whose members are those of `format` (as json_pack has
// it) or more. Waits for it, at most SECONDS, then fails.
json_t *live_await(struct live_client *client, int seconds, const char *topic, const char *event,
        const char *format, ...);
// The same among what came already; NULL if there is none.
json_t *live_seen(
        struct live_client *client, const char *topic, const char *event, const char *format, ...);
// Reads what comes within so many milliseconds. False when the connection has ended.
bool live_read(struct live_client *client, int ms);
// Payloads of all pushes of an event since live_mark.
json_t *live_all(struct live_client *client, const char *topic, const char *event);

#endif
