// Where WebSockets and channels meet: each socket of a server carries the channels of one client.
#include "serve/http_private.h"

#include "base/memory.h"
#include "serve/channel.h"

#include <stdlib.h>

struct client {
    struct websocket *socket; // its end is the end of the client
    struct channels *channels;
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
    free(client);
}

static void open_socket(struct http *http, int descriptor, uint64_t permissions, struct str early) {
    static const struct channel_carrier carrier = {send_message, close_socket};
    static const struct websocket_events events = {text_came, binary_came, socket_ended};
    struct client *client = memory_new(1, sizeof *client);
    client->socket = websocket_open(http->sockets, descriptor, early, &events, client);
    if (client->socket == NULL) {
        free(client);
        return;
    }
    client->channels = channels_create(http->live, permissions, &carrier, client);
}

void http_serve_live(struct http *http, struct live *live) {
    http->live = live;
    http->open_socket = open_socket;
}
