// What the two halves of WebSockets share: websocket.c (the life of sockets and of their set) and
// websocket_frames.c (bytes, frames and messages of one socket).
#ifndef WHITEBEAM_SERVE_WEBSOCKET_PRIVATE_H
#define WHITEBEAM_SERVE_WEBSOCKET_PRIVATE_H

#include "base/buffer.h"
#include "serve/websocket.h"

#include <wslay/wslay.h>

enum state { STATE_OPEN, STATE_CLOSING, STATE_LINGERING, STATE_GONE };

struct websocket {
    struct websockets *set;
    uv_poll_t poll;
    int descriptor;
    enum state state;
    bool told;   // the owner heard `closed`
    bool doomed; // to be cut
    bool ended;  // the client has ended its side, or the connection broke
    bool dirty;  // in the set's list of sockets to settle
    int events;  // polled for
    const struct websocket_events *owner_events;
    void *owner;                             // borrowed
    wslay_event_context_ptr frames;          // owned
    struct buffer early;                     // received before we had the descriptor
    struct buffer inbox;                     // messages that wait, each behind a struct letter
    struct buffer out;                       // frames; the first `sent` bytes have been taken
    size_t sent, largest;                    // largest: of the messages in out
    size_t budget;                           // bytes that may still be read in this turn
    uint64_t heard, progressed, closing;     // loop times
    struct websocket *older, *newer, *after; // after: in the list of dirty ones
};

struct letter {
    size_t length;
    bool text;
};

struct websockets {
    struct websocket_limits limits;
    uv_loop_t *loop; // borrowed
    uv_prepare_t prepare;
    uv_timer_t sweep;
    unsigned handles; // not closed yet, those of sockets included
    unsigned count;
    bool closing;
    struct websocket *newest;
    struct websocket *dirty;
    void (*emptied)(void *context);
    void *context;
    void (*done)(void *context);
    void *done_context;
};

static inline size_t websocket_queued(const struct websocket *socket) {
    return socket->out.length - socket->sent;
}

static inline uint64_t websocket_now(const struct websocket *socket) {
    return uv_now(socket->set->loop);
}

// Has the socket settled at the end of the loop's turn.
void websocket_mark(struct websocket *socket);

// ---- websocket_frames.c ----------------------------------------------------------------------

void frames_create(struct websocket *socket);
// Reads what has come and hands its messages to the owner.
void frames_receive(struct websocket *socket);
// Drops what still comes, until the client's end.
void frames_discard(struct websocket *socket);
// Writes what the kernel takes.
void frames_flush(struct websocket *socket);
// Is there so much to send that the client's messages wait?
bool frames_are_paused(const struct websocket *socket);
// Hands over messages that have waited.
void frames_deliver_waiting(struct websocket *socket);

#endif
