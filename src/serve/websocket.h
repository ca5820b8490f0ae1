// WebSockets (RFC 6455, the server's side) on sockets whose HTTP upgrade is done. Everything
// happens on the loop thread and nothing waits for a client: what it does not read is queued up to
// a limit, then it is cut.
//
// Events come to the owner of a socket from the loop only, never inside a call of its own.
#ifndef WHITEBEAM_SERVE_WEBSOCKET_H
#define WHITEBEAM_SERVE_WEBSOCKET_H

#include "base/str.h"

#include <uv.h>

// Close codes that we begin with, RFC 6455 7.4.1 and the IANA registry.
enum websocket_code {
    WEBSOCKET_GOING_AWAY = 1001,
    WEBSOCKET_PROTOCOL = 1002,
    WEBSOCKET_RESTART = 1012,
};

struct websocket_limits {
    unsigned sockets;  // of a set
    size_t message;    // bytes received as one message; more is answered with 1009
    size_t queue;      // bytes that a client has not read, beside the largest message among them
    size_t pause;      // so many of them, and its own messages wait
    uint64_t idle_ms;  // without a whole frame from it
    uint64_t stall_ms; // bytes are queued and it takes none
    uint64_t close_ms; // for the closing handshake
};

extern const struct websocket_limits websocket_limits;

// All sockets of a server.
struct websockets;
struct websocket;

struct websocket_events {
    void (*text)(void *owner, struct str message); // UTF-8
    void (*binary)(void *owner, struct str message);
    void (*closed)(void *owner); // once; the socket is no longer the owner's
};

// `emptied` is called whenever the last socket has gone.
struct websockets *websockets_create(uv_loop_t *loop, const struct websocket_limits *limits,
        void (*emptied)(void *context), void *context);
unsigned websockets_count(const struct websockets *sockets);
// Takes no more sockets and begins the closing handshake on all.
void websockets_close(struct websockets *sockets, unsigned code, const char *reason);
// Cuts all, frees the set when the loop has closed its handles, then calls done. The owners hear
// `closed` before this returns.
void websockets_destroy(struct websockets *sockets, void (*done)(void *context), void *context);

// Takes the descriptor. `early` are bytes that came behind the request, copied. NULL: there is no
// room for another socket; the descriptor is closed then.
struct websocket *websocket_open(struct websockets *sockets, int descriptor, struct str early,
        const struct websocket_events *events, void *owner);

// Queues a text message, which must be UTF-8. A client that is over its limit is cut instead.
void websocket_send(struct websocket *socket, struct str text);

// Begins the closing handshake. The reason has at most 123 bytes.
void websocket_close(struct websocket *socket, unsigned code, const char *reason);

// Sec-WebSocket-Accept for a Sec-WebSocket-Key, with a NUL (RFC 6455 4.2.2).
#define WEBSOCKET_ACCEPT_BYTES 29
void websocket_accept(struct str key, char accept[static WEBSOCKET_ACCEPT_BYTES]);

#endif
