// The life of WebSockets: opening, one turn of the loop, deadlines, the end.
//
// A socket is open, then closing (a close frame is queued or sent; what comes is dropped), then
// lingering (everything is sent and our side is shut; we wait for the other's end, because closing
// with unread bytes would reset the connection and could take the close frame from the client).
#include "serve/websocket_private.h"

#include "base/memory.h"
#include "base/must.h"
#include "limits.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nettle/sha1.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOKS 8u // at deadlines, in the shortest of the times

const struct websocket_limits websocket_limits = {
        .sockets = LIMIT_WEBSOCKETS,
        .message = LIMIT_WEBSOCKET_MESSAGE,
        .queue = LIMIT_WEBSOCKET_QUEUE,
        .pause = LIMIT_WEBSOCKET_PAUSE,
        .idle_ms = LIMIT_WEBSOCKET_IDLE_MS,
        .stall_ms = LIMIT_WEBSOCKET_STALL_MS,
        .close_ms = LIMIT_WEBSOCKET_CLOSE_MS,
};

void websocket_mark(struct websocket *socket) {
    if (!socket->dirty && socket->state != STATE_GONE) {
        socket->dirty = true;
        socket->after = socket->set->dirty;
        socket->set->dirty = socket;
    }
}

// ---- the end of a socket ---------------------------------------------------------------------

static void handle_closed(struct websockets *set) {
    if (--set->handles == 0) {
        void (*done)(void *) = set->done;
        void *context = set->done_context;
        free(set);
        done(context);
    }
}

static void socket_closed(uv_handle_t *handle) {
    struct websocket *socket = handle->data;
    struct websockets *set = socket->set;
    free(socket);
    handle_closed(set);
}

static void unlink_dirty(struct websocket *socket) {
    struct websocket **at = &socket->set->dirty;
    while (socket->dirty && *at != NULL) {
        if (*at == socket) {
            *at = socket->after;
            socket->dirty = false;
            return;
        }
        at = &(*at)->after;
    }
}

static void tell_closed(struct websocket *socket) {
    if (!socket->told) {
        socket->told = true;
        socket->owner_events->closed(socket->owner);
    }
}

// The descriptor goes at once, the memory when the loop has let go of the handle.
static void finish(struct websocket *socket) {
    struct websockets *set = socket->set;
    must(socket->state != STATE_GONE);
    socket->state = STATE_GONE;
    tell_closed(socket);
    unlink_dirty(socket);
    if (socket->newer != NULL) {
        socket->newer->older = socket->older;
    } else {
        set->newest = socket->older;
    }
    if (socket->older != NULL) {
        socket->older->newer = socket->newer;
    }
    uv_close((uv_handle_t *)&socket->poll, socket_closed);
    if (socket->doomed) { // the kernel need not keep what the client will not take
        struct linger reset = {.l_onoff = 1, .l_linger = 0};
        setsockopt(socket->descriptor, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }
    close(socket->descriptor);
    wslay_event_context_free(socket->frames);
    buffer_finish(&socket->early);
    buffer_finish(&socket->inbox);
    buffer_finish(&socket->out);
    if (--set->count == 0) {
        uv_timer_stop(&set->sweep);
        set->emptied(set->context);
    }
}

// ---- one turn --------------------------------------------------------------------------------

static void ready(uv_poll_t *poll, int status, int events);

static void watch(struct websocket *socket) {
    int events = 0;
    if (socket->state == STATE_LINGERING ||
            (!frames_are_paused(socket) && socket->inbox.length == 0)) {
        events |= UV_READABLE;
    }
    if (websocket_queued(socket) > 0) {
        events |= UV_WRITABLE;
    }
    if (events != socket->events) {
        socket->events = events;
        must(uv_poll_start(&socket->poll, events, ready) == 0);
    }
}

// Does what follows from all that happened: sends, delivers what waited, ends. May free the socket.
static void settle(struct websocket *socket) {
    frames_flush(socket);
    while (socket->inbox.length > 0 && !frames_are_paused(socket) && !socket->ended &&
            !socket->doomed) {
        frames_deliver_waiting(socket);
        frames_flush(socket);
    }
    if (socket->doomed || socket->ended) {
        finish(socket);
        return;
    }
    if (socket->state != STATE_OPEN) {
        tell_closed(socket);
    }
    if (socket->state == STATE_CLOSING && websocket_queued(socket) == 0) {
        socket->state = STATE_LINGERING;
        shutdown(socket->descriptor, SHUT_WR);
    }
    watch(socket);
}

static void ready(uv_poll_t *poll, int status, int events) {
    struct websocket *socket = poll->data;
    if (status < 0) {
        socket->ended = true;
    } else if (!(events & UV_READABLE)) {
        // only room to write
    } else if (socket->state == STATE_LINGERING || !wslay_event_get_read_enabled(socket->frames)) {
        frames_discard(socket);
    } else {
        frames_receive(socket);
    }
    settle(socket);
}

// Before the loop waits for events: the sockets that were written to in this turn.
static void turn_over(uv_prepare_t *prepare) {
    struct websockets *set = prepare->data;
    while (set->dirty != NULL) {
        struct websocket *socket = set->dirty;
        set->dirty = socket->after;
        socket->dirty = false;
        if (socket->early.length > 0 && socket->state == STATE_OPEN) {
            frames_receive(socket);
        }
        settle(socket);
    }
}

// ---- deadlines -------------------------------------------------------------------------------

static bool is_past(const struct websocket *socket, uint64_t since, uint64_t most) {
    return websocket_now(socket) - since >= most;
}

static void check_deadlines(struct websocket *socket) {
    const struct websocket_limits *limits = &socket->set->limits;
    if (websocket_queued(socket) > 0 && is_past(socket, socket->progressed, limits->stall_ms)) {
        socket->doomed = true;
    }
    switch (socket->state) {
    case STATE_OPEN:
        // One whose messages wait for it to read is stalled, not idle.
        if (!frames_are_paused(socket) && is_past(socket, socket->heard, limits->idle_ms)) {
            websocket_close(socket, WEBSOCKET_GOING_AWAY, "no frame came for too long");
        }
        break;
    case STATE_CLOSING:
    case STATE_LINGERING:
        if (is_past(socket, socket->closing, limits->close_ms)) {
            socket->doomed = socket->state == STATE_CLOSING;
            socket->ended = true;
        }
        break;
    case STATE_GONE:
        must(false);
    }
    settle(socket);
}

static void sweep(uv_timer_t *timer) {
    struct websockets *set = timer->data;
    struct websocket *older;
    for (struct websocket *socket = set->newest; socket != NULL; socket = older) {
        older = socket->older;
        check_deadlines(socket);
    }
}

static uint64_t sweep_ms(const struct websocket_limits *limits) {
    uint64_t least = limits->idle_ms;
    least = limits->stall_ms < least ? limits->stall_ms : least;
    least = limits->close_ms < least ? limits->close_ms : least;
    return least / LOOKS + 1;
}

// ---- sockets ---------------------------------------------------------------------------------

static void set_options(int descriptor) {
    int flags = fcntl(descriptor, F_GETFL);
    must(flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0);
    // Without it each small message waits for the acknowledgement of the one before. Tests use
    // socket pairs, which do not have it.
    int on = 1;
    setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

struct websocket *websocket_open(struct websockets *set, int descriptor, struct str early,
        const struct websocket_events *events, void *owner) {
    struct websocket *socket = memory_new(1, sizeof *socket);
    if (set->closing || set->count >= set->limits.sockets ||
            uv_poll_init(set->loop, &socket->poll, descriptor) != 0) {
        free(socket);
        close(descriptor);
        return NULL;
    }
    set_options(descriptor);
    socket->set = set;
    socket->poll.data = socket;
    socket->descriptor = descriptor;
    socket->owner_events = events;
    socket->owner = owner;
    buffer_add_str(&socket->early, early);
    socket->heard = uv_now(set->loop);
    frames_create(socket);
    socket->older = set->newest;
    if (set->newest != NULL) {
        set->newest->newer = socket;
    }
    set->newest = socket;
    set->handles++;
    if (set->count++ == 0) {
        uint64_t period = sweep_ms(&set->limits);
        uv_timer_start(&set->sweep, sweep, period, period);
    }
    websocket_mark(socket);
    return socket;
}

// ---- the set ---------------------------------------------------------------------------------

struct websockets *websockets_create(uv_loop_t *loop, const struct websocket_limits *limits,
        void (*emptied)(void *context), void *context) {
    struct websockets *set = memory_new(1, sizeof *set);
    set->loop = loop;
    set->limits = *limits;
    set->emptied = emptied;
    set->context = context;
    uv_prepare_init(loop, &set->prepare);
    uv_timer_init(loop, &set->sweep);
    set->prepare.data = set->sweep.data = set;
    set->handles = 2;
    uv_prepare_start(&set->prepare, turn_over);
    return set;
}

unsigned websockets_count(const struct websockets *set) {
    return set->count;
}

void websockets_close(struct websockets *set, unsigned code, const char *reason) {
    set->closing = true;
    for (struct websocket *socket = set->newest; socket != NULL; socket = socket->older) {
        websocket_close(socket, code, reason);
    }
}

static void prepare_closed(uv_handle_t *handle) {
    handle_closed(handle->data);
}

void websockets_destroy(struct websockets *set, void (*done)(void *context), void *context) {
    set->done = done;
    set->done_context = context;
    set->closing = true;
    while (set->newest != NULL) {
        finish(set->newest);
    }
    uv_close((uv_handle_t *)&set->prepare, prepare_closed);
    uv_close((uv_handle_t *)&set->sweep, prepare_closed);
}

void websocket_accept(struct str key, char accept[static WEBSOCKET_ACCEPT_BYTES]) {
    static const char suffix[] = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    uint8_t digest[SHA1_DIGEST_SIZE];
    struct sha1_ctx sha1;
    sha1_init(&sha1);
    sha1_update(&sha1, key.length, (const uint8_t *)key.at);
    sha1_update(&sha1, sizeof suffix - 1, (const uint8_t *)suffix);
    sha1_digest(&sha1, sizeof digest, digest);
    sodium_bin2base64(
            accept, WEBSOCKET_ACCEPT_BYTES, digest, sizeof digest, sodium_base64_VARIANT_ORIGINAL);
}
