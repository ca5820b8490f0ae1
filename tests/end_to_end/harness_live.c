// The WebSocket client; see harness_live.h.
#include "end_to_end/harness_live.h"

#include "end_to_end/harness_private.h"

#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_S 20

#define MOST_CLIENTS 256

static struct live_client *clients[MOST_CLIENTS];
static size_t client_count;

// RFC 6455 1.3: its own example of a key and of what the server makes of it.
#define KEY    "dGhlIHNhbXBsZSBub25jZQ=="
#define ACCEPT "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

enum { FRAME_TEXT = 1, FRAME_CLOSE = 8, FRAME_PING = 9, FRAME_PONG = 10 };

// ---- bytes -----------------------------------------------------------------------------------

static void send_all(struct live_client *client, const void *bytes, size_t length) {
    size_t sent = 0;
    while (sent < length) {
        ssize_t step =
                send(client->socket, (const char *)bytes + sent, length - sent, MSG_NOSIGNAL);
        if (step <= 0) {
            fail_msg("the daemon takes no more of the WebSocket");
        }
        sent += (size_t)step;
    }
}

// Waits for bytes for at most so long. False at the end of the connection.
static bool receive(struct live_client *client, int ms) {
    struct pollfd ready = {.fd = client->socket, .events = POLLIN};
    if (client->socket < 0) {
        return false;
    }
    if (poll(&ready, 1, ms) != 1) {
        return true;
    }
    if (client->room - client->length < 65536) {
        client->room = client->room * 2 + 131072;
        client->bytes = realloc(client->bytes, client->room);
        assert_non_null(client->bytes);
    }
    ssize_t got = recv(
            client->socket, client->bytes + client->length, client->room - client->length - 1, 0);
    if (got <= 0) {
        close(client->socket);
        client->socket = -1;
        return false;
    }
    client->length += (size_t)got;
    client->bytes[client->length] = '\0';
    return true;
}

static void drop(struct live_client *client, size_t count) {
    client->length -= count;
    memmove(client->bytes, client->bytes + count, client->length);
}

// RFC 6455 5.2; a client masks what it sends.
static void send_frame(struct live_client *client, uint8_t kind, const char *bytes, size_t length) {
    static const uint8_t mask[4] = {0x37, 0xfa, 0x21, 0x3d};
    uint8_t *frame = malloc(length + 14);
    size_t at = 0;
    assert_non_null(frame);
    assert_true(length < 65536);
    frame[at++] = (uint8_t)(0x80 | kind);
    frame[at++] = (uint8_t)(0x80 | (length < 126 ? length : 126));
    if (length >= 126) {
        frame[at++] = (uint8_t)(length >> 8);
        frame[at++] = (uint8_t)length;
    }
    memcpy(frame + at, mask, 4);
    at += 4;
    for (size_t i = 0; i < length; i++) {
        frame[at + i] = (uint8_t)((uint8_t)bytes[i] ^ mask[i % 4]);
    }
    send_all(client, frame, at + length);
    free(frame);
}

// ---- opening ---------------------------------------------------------------------------------

static int connect_to(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(connection >= 0);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

struct live_client *live_connect(struct daemon *daemon) {
    assert_true(client_count < MOST_CLIENTS);
    struct live_client *client = keep_memory(calloc(1, sizeof *client));
    clients[client_count++] = client;
    client->socket = connect_to(daemon->port);
    client->joins = keep(json_object());
    client->messages = keep(json_array());
    char *head = text("GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1:%u\r\n"
                      "Authorization: Bearer %s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " KEY "\r\n\r\n",
            daemon->port, daemon->key);
    send_all(client, head, strlen(head));
    char *end = NULL;
    for (struct deadline d = deadline_in(ANSWER_S); end == NULL;) {
        if (!receive(client, 100) || now_ms() > d.end) {
            fail_msg("no WebSocket: %s", client->bytes ? client->bytes : "no answer");
        }
        end = client->length > 0 ? strstr(client->bytes, "\r\n\r\n") : NULL;
    }
    if (strncmp(client->bytes, "HTTP/1.1 101 ", 13) != 0 || !strstr(client->bytes, ACCEPT)) {
        fail_msg("no WebSocket: %s", client->bytes);
    }
    drop(client, (size_t)(end + 4 - client->bytes));
    return client;
}

void live_disconnect(struct live_client *client) {
    if (client->socket >= 0) {
        close(client->socket);
        client->socket = -1;
    }
    free(client->bytes);
    client->bytes = NULL;
    client->length = client->room = 0;
}

void live_clients_forget(void) {
    while (client_count > 0) {
        live_disconnect(clients[--client_count]);
    }
}

// ---- messages --------------------------------------------------------------------------------

static void take_frame(
        struct live_client *client, uint8_t first, const char *bytes, size_t length) {
    uint8_t kind = first & 0x0f;
    assert_int_equal(first & 0xf0, 0x80); // whole, no extensions
    if (kind == FRAME_PING) {
        send_frame(client, FRAME_PONG, bytes, length);
    } else if (kind == FRAME_TEXT) {
        json_t *message = json_loadb(bytes, length, 0, NULL);
        assert_int_equal(json_array_size(message), 5);
        json_array_append_new(client->messages, message);
    } else if (kind == FRAME_CLOSE) {
        close(client->socket);
        client->socket = -1;
    } else {
        assert_int_equal(kind, FRAME_PONG);
    }
}

// Takes apart what was received: RFC 6455 5.2.
static void take_frames(struct live_client *client) {
    size_t taken = 0;
    for (;;) {
        const uint8_t *at = (const uint8_t *)client->bytes + taken;
        size_t left = client->length - taken;
        size_t header = left < 2 ? 2 : at[1] < 126 ? 2 : at[1] == 126 ? 4 : 10;
        if (left < header) {
            break;
        }
        uint64_t length = at[1] < 126 ? at[1] : 0;
        for (size_t i = 2; i < header; i++) {
            length = length << 8 | at[i];
        }
        assert_true(at[1] < 128); // a server does not mask
        if (left - header < length) {
            break;
        }
        take_frame(client, at[0], (const char *)at + header, (size_t)length);
        taken += header + (size_t)length;
    }
    drop(client, taken);
}

bool live_read(struct live_client *client, int ms) {
    bool open = receive(client, ms);
    if (client->length > 0) {
        take_frames(client);
    }
    return open && client->socket >= 0;
}

void live_say(
        struct live_client *client, const char *topic, const char *event, const char *payload) {
    char *message = NULL;
    client->ref++;
    if (strcmp(event, "phx_join") == 0) {
        json_object_set_new(client->joins, topic, json_integer(client->ref));
    }
    json_t *join = json_object_get(client->joins, topic);
    char *join_ref =
            join ? text("\"%lld\"", (long long)json_integer_value(join)) : text("%s", "null");
    assert_true(asprintf(&message, "[%s,\"%u\",\"%s\",\"%s\",%s]", join_ref, client->ref, topic,
                        event, payload) > 0);
    send_frame(client, FRAME_TEXT, message, strlen(message));
    free(message);
}

// ---- waiting ---------------------------------------------------------------------------------

// Whether `have` has all that `want` has, to any depth.
static bool includes(const json_t *have, const json_t *want) {
    const char *key;
    json_t *value;
    if (!json_is_object(want) || !json_is_object(have)) {
        return json_equal(have, want);
    }
    json_object_foreach((json_t *)(uintptr_t)want, key, value) {
        if (!includes(json_object_get(have, key), value)) {
            return false;
        }
    }
    return true;
}

static json_t *search(struct live_client *client, size_t from, const char *topic, const char *event,
        const json_t *want) {
    for (size_t i = from; i < json_array_size(client->messages); i++) {
        const json_t *message = json_array_get(client->messages, i);
        json_t *payload = json_array_get(message, 4);
        if (strcmp(json_string_value(json_array_get(message, 2)), topic) == 0 &&
                strcmp(json_string_value(json_array_get(message, 3)), event) == 0 &&
                includes(payload, want)) {
            return payload;
        }
    }
    return NULL;
}

// For a failed test: what came on the topic.
static char *said(struct live_client *client, const char *topic) {
    char *all = text("%s", "");
    size_t count = json_array_size(client->messages);
    for (size_t i = count > client->from + 20 ? count - 20 : client->from; i < count; i++) {
        const json_t *message = json_array_get(client->messages, i);
        if (strcmp(json_string_value(json_array_get(message, 2)), topic) == 0) {
            all = text("%s\n%.600s", all, (char *)keep_memory(json_dumps(message, JSON_COMPACT)));
        }
    }
    return all;
}

static json_t *await(struct live_client *client, int seconds, const char *topic, const char *event,
        json_t *want) {
    struct deadline deadline = deadline_in(seconds);
    size_t from = client->from;
    for (;;) {
        size_t count = json_array_size(client->messages);
        json_t *found = search(client, from, topic, event, want);
        if (found != NULL) {
            return found;
        }
        from = count;
        bool open = live_read(client, 20);
        if ((!open && json_array_size(client->messages) == count) || now_ms() > deadline.end) {
            fail_msg("%s: %s on %s with %s; there came%s",
                    open ? "waited too long" : "the WebSocket ended", event, topic,
                    (char *)keep_memory(json_dumps(want, JSON_COMPACT)), said(client, topic));
        }
    }
}

json_t *live_await(struct live_client *client, int seconds, const char *topic, const char *event,
        const char *format, ...) {
    va_list args;
    va_start(args, format);
    json_t *want = keep(json_vpack_ex(NULL, 0, format, args));
    va_end(args);
    assert_non_null(want);
    return await(client, seconds, topic, event, want);
}

json_t *live_seen(
        struct live_client *client, const char *topic, const char *event, const char *format, ...) {
    va_list args;
    va_start(args, format);
    json_t *want = keep(json_vpack_ex(NULL, 0, format, args));
    va_end(args);
    assert_non_null(want);
    return search(client, client->from, topic, event, want);
}

json_t *live_all(struct live_client *client, const char *topic, const char *event) {
    json_t *all = keep(json_array());
    for (size_t i = client->from; i < json_array_size(client->messages); i++) {
        const json_t *message = json_array_get(client->messages, i);
        if (strcmp(json_string_value(json_array_get(message, 2)), topic) == 0 &&
                strcmp(json_string_value(json_array_get(message, 3)), event) == 0) {
            json_array_append(all, json_array_get(message, 4));
        }
    }
    return all;
}

void live_mark(struct live_client *client) {
    client->from = json_array_size(client->messages);
}

static json_t *reply_to(struct live_client *client, unsigned ref) {
    char *text_of_ref = text("%u", ref);
    for (struct deadline d = deadline_in(ANSWER_S);;) {
        for (size_t i = json_array_size(client->messages); i > 0; i--) {
            const json_t *message = json_array_get(client->messages, i - 1);
            const char *its = json_string_value(json_array_get(message, 1));
            if (its != NULL && strcmp(its, text_of_ref) == 0 &&
                    strcmp(json_string_value(json_array_get(message, 3)), "phx_reply") == 0) {
                return json_array_get(message, 4);
            }
        }
        if (!live_read(client, 20) || now_ms() > d.end) {
            fail_msg("no reply to message %u", ref);
        }
    }
}

json_t *live_ask(
        struct live_client *client, const char *topic, const char *event, const char *payload) {
    live_say(client, topic, event, payload);
    return reply_to(client, client->ref);
}

static json_t *joined(
        struct live_client *client, const char *topic, const char *payload, const char *status) {
    json_t *reply = live_ask(client, topic, "phx_join", payload);
    if (strcmp(string_at(reply, "status"), status) != 0) {
        fail_msg("join of %s: %s", topic, (char *)keep_memory(json_dumps(reply, 0)));
    }
    return json_object_get(reply, "response");
}

json_t *live_join(struct live_client *client, const char *topic, const char *payload) {
    return joined(client, topic, payload, "ok");
}

json_t *live_join_refused(struct live_client *client, const char *topic, const char *payload) {
    return joined(client, topic, payload, "error");
}
