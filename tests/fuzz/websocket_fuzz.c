// Any bytes from a client of a WebSocket: the owner gets messages that are whole and UTF-8 where
// they must be, hears of the end once, and the client gets frames that are well-formed, the close
// frame last. The first byte says how much comes with the request.
#include "base/buffer.h"
#include "base/must.h"
#include "serve/websocket.h"

#include <sys/socket.h>
#include <unistd.h>

#define MOST  1000u // bytes of a message
#define TURNS 8     // of the loop, after which everything must have been said

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static uv_loop_t loop;
static struct websockets *set;
static struct websocket *websocket;
static unsigned closed;

static void text_came(void *owner, struct str message) {
    must(owner == &set && closed == 0);
    must(message.length <= MOST && str_is_utf8(message));
    websocket_send(websocket, message);
}

static void binary_came(void *owner, struct str message) {
    must(owner == &set && closed == 0 && message.length <= MOST);
    if (message.length == 1) {
        websocket_close(websocket, WEBSOCKET_GOING_AWAY, "asked");
    }
}

static void ended(void *owner) {
    must(owner == &set);
    closed++;
}

static void nothing(void *context) {
    (void)context;
}

static void start(void) {
    struct websocket_limits limits = websocket_limits;
    limits.message = MOST;
    must(uv_loop_init(&loop) == 0);
    set = websockets_create(&loop, &limits, nothing, NULL);
}

static void turn(void) {
    for (int i = 0; i < TURNS; i++) {
        uv_run(&loop, UV_RUN_NOWAIT);
    }
}

static void check_frames(const uint8_t *at, size_t length) {
    bool last = false;
    while (length > 0) {
        must(length >= 2 && !last);
        size_t header = 2, payload = at[1];
        must(payload <= 126 && (at[0] & 0x70) == 0 && (at[0] & 0x80));
        if (payload == 126) {
            must(length >= 4);
            payload = (size_t)at[2] << 8 | at[3];
            header = 4;
        }
        uint8_t opcode = at[0] & 0x0F;
        must(opcode == 0x1 || opcode == 0x8 || opcode == 0xA);
        must(payload <= MOST && length >= header + payload);
        last = opcode == 0x8;
        at += header + payload;
        length -= header + payload;
    }
}

static void read_frames(int client) {
    struct buffer in;
    buffer_init(&in);
    ssize_t got;
    while ((got = recv(client, buffer_reserve(&in, 1 << 16), 1 << 16, MSG_DONTWAIT)) > 0) {
        in.length += (size_t)got;
        turn();
    }
    check_frames((const uint8_t *)in.at, in.length);
    buffer_finish(&in);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (set == NULL) {
        start();
    }
    if (size == 0) {
        return 0;
    }
    size_t early = data[0] < size - 1 ? data[0] : size - 1;
    int pair[2];
    must(socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == 0);
    closed = 0;
    static const struct websocket_events events = {text_came, binary_came, ended};
    websocket = websocket_open(
            set, pair[1], (struct str){(const char *)data + 1, early}, &events, &set);
    must(websocket != NULL);
    uv_run(&loop, UV_RUN_NOWAIT);
    (void)!send(pair[0], data + 1 + early, size - 1 - early, MSG_NOSIGNAL | MSG_DONTWAIT);
    turn();
    read_frames(pair[0]);
    close(pair[0]);
    turn();
    must(closed == 1 && websockets_count(set) == 0);
    return 0;
}
