// Connections that take too long. libmicrohttpd's timeout starts again with every byte, so a client
// that sends one byte a second holds a connection for ever; here each phase of a request has a
// fixed end. All peers of a phase are given the same time, so each queue is sorted by itself.
//
// Nobody tells us of the first byte of a further request on a connection, only of its complete
// request line. Idle connections are therefore looked at four times in the time a request may take:
// if bytes came but no request line did, the request counts as begun.
#include "serve/http_private.h"

#include "base/must.h"
#include "serve/socket_bytes.h"

#include <sys/socket.h>

#define LOOKS      4u  // at an idle connection, in request_ms
#define ROUNDING   40u // the timer is set to at least this part of request_ms
#define NOT_LOOKED UINT64_MAX

static uint64_t duration(const struct http *http, enum phase phase) {
    switch (phase) {
    case PHASE_ARRIVING:
        return http->limits.request_ms;
    case PHASE_WAITING:
    case PHASE_SENDING:
        return http->limits.answer_ms;
    case PHASE_IDLE:
        return http->limits.request_ms / LOOKS;
    case PHASE_COUNT:
        break;
    }
    must(false);
    return 0;
}

static void arm(struct http *http, uint64_t due) {
    uint64_t now = uv_now(http->loop);
    uint64_t least = http->limits.request_ms / ROUNDING + 1;
    uint64_t wait = due > now + least ? due - now : least;
    if (now + wait >= http->sweep_due) {
        return;
    }
    http->sweep_due = now + wait;
    uv_timer_start(&http->sweep, deadline_expired, wait, 0);
}

static void append(struct peer *peer) {
    struct peer_queue *queue = &peer->http->queues[peer->phase];
    peer->older = queue->newest;
    peer->newer = NULL;
    if (queue->newest != NULL) {
        queue->newest->newer = peer;
    } else {
        queue->oldest = peer;
    }
    queue->newest = peer;
}

static void weigh_nothing(struct peer *peer) {
    peer->http->untaken -= peer->untaken;
    peer->untaken = 0;
}

void deadline_leave(struct peer *peer) {
    if (peer->phase == PHASE_COUNT) {
        return;
    }
    weigh_nothing(peer);
    struct peer_queue *queue = &peer->http->queues[peer->phase];
    if (peer->older != NULL) {
        peer->older->newer = peer->newer;
    } else {
        queue->oldest = peer->newer;
    }
    if (peer->newer != NULL) {
        peer->newer->older = peer->older;
    } else {
        queue->newest = peer->older;
    }
    peer->phase = PHASE_COUNT;
}

void deadline_enter(struct peer *peer, enum phase phase) {
    must(phase < PHASE_COUNT);
    deadline_leave(peer);
    struct http *http = peer->http;
    peer->phase = phase;
    peer->due = uv_now(http->loop) + duration(http, phase);
    peer->heard = NOT_LOOKED;
    append(peer);
    arm(http, peer->due);
}

// Answers can be megabytes, and clients that take none of them many.
void deadline_weigh(struct peer *peer, size_t bytes) {
    must(peer->phase == PHASE_SENDING && peer->untaken == 0);
    struct http *http = peer->http;
    peer->untaken = bytes;
    http->untaken += bytes;
    struct peer *older = http->queues[PHASE_SENDING].oldest;
    for (; http->untaken > http->limits.untaken && older != peer; older = older->newer) {
        if (older->untaken > 0) {
            shutdown(older->socket, SHUT_RDWR); // libmicrohttpd sees the end and closes it
            weigh_nothing(older);
        }
    }
}

static void look(struct peer *peer) {
    uint64_t before = peer->heard;
    uint64_t heard = socket_bytes_received(peer->socket);
    if (before != NOT_LOOKED && heard > before) {
        deadline_enter(peer, PHASE_ARRIVING);
        return;
    }
    deadline_enter(peer, PHASE_IDLE);
    peer->heard = heard;
}

// The peer goes to the end of its queue, so that it is not seen again before it is gone.
static void expire(struct peer *peer) {
    enum phase phase = peer->phase;
    switch (phase) {
    case PHASE_ARRIVING:
    case PHASE_SENDING:
        shutdown(peer->socket, SHUT_RDWR); // libmicrohttpd sees the end and closes it
        deadline_enter(peer, phase);
        return;
    case PHASE_WAITING:
        deadline_leave(peer);
        exchange_overdue(peer->exchange, ERROR_DEADLINE);
        return;
    case PHASE_IDLE:
        look(peer);
        return;
    case PHASE_COUNT:
        break;
    }
    must(false);
}

void deadline_expired(uv_timer_t *timer) {
    struct http *http = timer->data;
    uint64_t now = uv_now(http->loop);
    http->sweep_due = UINT64_MAX;
    for (enum phase phase = 0; phase < PHASE_COUNT; phase++) {
        struct peer *peer = http->queues[phase].oldest;
        while (peer != NULL && peer->due <= now) {
            expire(peer);
            peer = http->queues[phase].oldest;
        }
        if (peer != NULL) {
            arm(http, peer->due);
        }
    }
}

void deadline_cut_unused(struct http *http) {
    for (struct peer *peer = http->queues[PHASE_IDLE].oldest; peer != NULL; peer = peer->newer) {
        shutdown(peer->socket, SHUT_RD);
    }
    struct peer *peer = http->queues[PHASE_ARRIVING].oldest;
    for (; peer != NULL; peer = peer->newer) {
        if (peer->exchange == NULL) {
            shutdown(peer->socket, SHUT_RD);
        }
    }
}

void deadline_cut_arriving(struct http *http) {
    struct peer *peer = http->queues[PHASE_ARRIVING].oldest;
    for (; peer != NULL; peer = peer->newer) {
        shutdown(peer->socket, SHUT_RDWR);
    }
}
