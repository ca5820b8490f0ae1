// Where WebSockets and channels meet: each socket of a server carries the channels of one client.
#include "serve/http_private.h"

#include "base/clock.h"
#include "base/memory.h"
#include "operations/keys.h"
#include "operations/services.h"
#include "serve/channel.h"

#include <stdlib.h>
#include <string.h>

struct client {
    struct http *http;
    struct client *next, **place; // among all clients of the server
    struct websocket *socket;     // its end is the end of the client
    struct channels *channels;
    char actor[EXCHANGE_ACTOR_BYTES]; // whose key opened it
};

static void send_message(void *context, struct str message) {
    struct client *client = context;
    websocket_send(client->socket, message);
}

static void close_socket(void *context, unsigned code, const char *reason) {
    struct client *client = context;
    websocket_close(client->socket, code, reason);
}

static void text_came(void *context, struct str message) {
    struct client *client = context;
    channels_text(client->channels, message);
}

static void binary_came(void *context, struct str message) {
    struct client *client = context;
    channels_binary(client->channels, message);
}

static void socket_ended(void *context) {
    struct client *client = context;
    channels_destroy(client->channels);
    *client->place = client->next;
    if (client->next != NULL) {
        client->next->place = client->place;
    }
    free(client);
}

static void open_socket(
        struct http *http, int descriptor, const struct peer *by, struct str early) {
    static const struct channel_carrier carrier = {send_message, close_socket};
    static const struct websocket_events events = {text_came, binary_came, socket_ended};
    struct client *client = memory_new(1, sizeof *client);
    client->socket = websocket_open(http->sockets, descriptor, early, &events, client);
    if (client->socket == NULL) {
        free(client);
        return;
    }
    client->http = http;
    memcpy(client->actor, by->actor, sizeof client->actor);
    client->next = http->clients;
    client->place = &http->clients;
    if (http->clients != NULL) {
        http->clients->place = &client->next;
    }
    http->clients = client;
    client->channels = channels_create(http->live, by->permissions, &carrier, client);
}

void http_serve_live(struct http *http, struct live *live) {
    http->live = live;
    http->open_socket = open_socket;
}

// A key that was revoked or has expired since opens nothing any more; what it has opened is closed.
void http_check_live(struct http *http) {
    const struct keys *keys = http->services->keys;
    struct client *next;
    for (struct client *client = http->clients; keys != NULL && client != NULL; client = next) {
        next = client->next;
        const struct key_holder *holder = keys_get(keys, str_of(client->actor));
        if (holder != NULL && key_state(holder, clock_unix_ms()) != KEY_VALID) {
            websocket_close(client->socket, 1008, "the API key is not valid any more");
        }
    }
}
