// Frames are read by libwslay, which checks them; everything we send, its control frames included,
// is appended to one buffer per socket and written at the end of the loop's turn, so that many
// messages cost one system call.
//
// A socket is open, then closing (a close frame is queued or sent; what comes is dropped), then
// lingering (everything is sent and our side is shut; we wait for the other's end, because closing
// with unread bytes would reset the connection and could take the close frame from the client).
#include "serve/websocket.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <nettle/sha1.h>
#include <sodium.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>
#include <wslay/wslay.h>

#define READ_AT_ONCE  (64u << 10) // bytes from one socket before the others have a turn
#define SPARE_BYTES   (8u << 10)  // of a buffer's memory that an idle socket may keep
#define LOOKS         8u          // at deadlines, in the shortest of the times
#define REASON_BYTES  123u        // RFC 6455 5.5
#define SECOND_LENGTH 126u        // RFC 6455 5.2: two bytes of length follow
#define EIGHTH_LENGTH 127u        // eight bytes follow

const struct websocket_limits websocket_limits = {
        .sockets = LIMIT_WEBSOCKETS,
        .message = LIMIT_WEBSOCKET_MESSAGE,
        .queue = LIMIT_WEBSOCKET_QUEUE,
        .pause = LIMIT_WEBSOCKET_PAUSE,
        .idle_ms = LIMIT_WEBSOCKET_IDLE_MS,
        .stall_ms = LIMIT_WEBSOCKET_STALL_MS,
        .close_ms = LIMIT_WEBSOCKET_CLOSE_MS,
};

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

static size_t queued(const struct websocket *socket) {
    return socket->out.length - socket->sent;
}

static uint64_t now_of(const struct websockets *set) {
    return uv_now(set->loop);
}

static void mark(struct websocket *socket) {
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

// ---- sending ---------------------------------------------------------------------------------

// Appends what wslay has to say: pongs and close frames.
static void take_control_frames(struct websocket *socket) {
    must(wslay_event_send(socket->frames) == 0);
}

static ssize_t append_frame(wslay_event_context_ptr frames, const uint8_t *bytes, size_t length,
        int flags, void *context) {
    (void)frames;
    (void)flags;
    struct websocket *socket = context;
    if (queued(socket) == 0) {
        socket->progressed = now_of(socket->set);
    }
    buffer_add(&socket->out, bytes, length);
    return (ssize_t)length;
}

static void begin_closing(struct websocket *socket) {
    if (socket->state == STATE_OPEN) {
        socket->state = STATE_CLOSING;
        socket->closing = now_of(socket->set);
        buffer_finish(&socket->inbox);
    }
}

static void add_header(struct buffer *out, size_t length) {
    buffer_add_u8(out, 0x80 | WSLAY_TEXT_FRAME); // FIN
    if (length < SECOND_LENGTH) {
        buffer_add_u8(out, (uint8_t)length);
    } else if (length <= UINT16_MAX) {
        buffer_add_u8(out, SECOND_LENGTH);
        buffer_add_u16(out, (uint16_t)length);
    } else {
        buffer_add_u8(out, EIGHTH_LENGTH);
        buffer_add_u64(out, length);
    }
}

void websocket_send(struct websocket *socket, struct str text) {
    if (socket->state != STATE_OPEN || socket->doomed) {
        return;
    }
    if (queued(socket) == 0) {
        socket->progressed = now_of(socket->set);
        socket->largest = 0;
    }
    if (queued(socket) >= socket->set->limits.queue + socket->largest) {
        socket->doomed = true;
    } else {
        add_header(&socket->out, text.length);
        buffer_add_str(&socket->out, text);
        if (text.length > socket->largest) {
            socket->largest = text.length;
        }
    }
    mark(socket);
}

void websocket_close(struct websocket *socket, unsigned code, const char *reason) {
    if (socket->state != STATE_OPEN) {
        return;
    }
    struct str text = str_of(reason);
    must(text.length <= REASON_BYTES);
    // It refuses when it has queued one already.
    (void)wslay_event_queue_close(
            socket->frames, (uint16_t)code, (const uint8_t *)text.at, text.length);
    take_control_frames(socket);
    begin_closing(socket);
    mark(socket);
}

static void keep_memory_small(struct buffer *buffer) {
    if (buffer->capacity > SPARE_BYTES) {
        buffer_finish(buffer);
    }
    buffer->length = 0;
}

// Writes what the socket takes.
static void flush(struct websocket *socket) {
    while (queued(socket) > 0 && !socket->ended) {
        ssize_t taken = send(socket->descriptor, socket->out.at + socket->sent, queued(socket),
                MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken > 0) {
            socket->sent += (size_t)taken;
            socket->progressed = now_of(socket->set);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            socket->ended = true;
        }
    }
    if (queued(socket) == 0) {
        keep_memory_small(&socket->out);
        socket->sent = 0;
    } else if (socket->sent > socket->out.length / 2) {
        buffer_drop(&socket->out, socket->sent);
        socket->sent = 0;
    }
}

// ---- receiving -------------------------------------------------------------------------------

static bool is_paused(const struct websocket *socket) {
    return queued(socket) > socket->set->limits.pause;
}

static void deliver(struct websocket *socket, bool text, struct str message) {
    take_control_frames(socket); // pongs go before the answers to what came after the pings
    if (socket->state == STATE_OPEN && !socket->doomed) {
        (text ? socket->owner_events->text : socket->owner_events->binary)(socket->owner, message);
    }
}

static void deliver_waiting(struct websocket *socket) {
    size_t used = 0;
    while (used < socket->inbox.length && !is_paused(socket) && socket->state == STATE_OPEN) {
        struct letter letter;
        memcpy(&letter, socket->inbox.at + used, sizeof letter);
        used += sizeof letter;
        deliver(socket, letter.text, (struct str){socket->inbox.at + used, letter.length});
        used += letter.length;
    }
    if (used > 0 && socket->inbox.length > 0) { // closing has emptied it
        buffer_drop(&socket->inbox, used);
        if (socket->inbox.length == 0) {
            keep_memory_small(&socket->inbox);
        }
    }
}

static void message_received(wslay_event_context_ptr frames,
        const struct wslay_event_on_msg_recv_arg *message, void *context) {
    (void)frames;
    struct websocket *socket = context;
    bool text = message->opcode == WSLAY_TEXT_FRAME;
    if (!text && message->opcode != WSLAY_BINARY_FRAME) {
        return;
    }
    struct str bytes = {
            message->msg_length > 0 ? (const char *)message->msg : "", message->msg_length};
    if (socket->inbox.length == 0 && !is_paused(socket)) {
        deliver(socket, text, bytes);
    } else if (socket->state == STATE_OPEN) {
        // What one read brought is finished; until it is delivered, there is no next.
        struct letter letter = {.length = bytes.length, .text = text};
        buffer_add(&socket->inbox, &letter, sizeof letter);
        buffer_add_str(&socket->inbox, bytes);
    }
}

static void frame_received(wslay_event_context_ptr frames, void *context) {
    (void)frames;
    struct websocket *socket = context;
    socket->heard = now_of(socket->set);
}

static ssize_t read_early(struct websocket *socket, uint8_t *at, size_t length) {
    if (length > socket->early.length) {
        length = socket->early.length;
    }
    memcpy(at, socket->early.at, length);
    buffer_drop(&socket->early, length);
    if (socket->early.length == 0) {
        buffer_finish(&socket->early);
    }
    return (ssize_t)length;
}

static ssize_t read_bytes(
        wslay_event_context_ptr frames, uint8_t *at, size_t length, int flags, void *context) {
    (void)flags;
    struct websocket *socket = context;
    if (socket->budget < length || is_paused(socket) || socket->inbox.length > 0) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
        return -1;
    }
    socket->budget -= length;
    if (socket->early.length > 0) {
        return read_early(socket, at, length);
    }
    ssize_t got;
    do {
        got = recv(socket->descriptor, at, length, MSG_DONTWAIT);
    } while (got < 0 && errno == EINTR);
    if (got > 0) {
        return got;
    }
    if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        wslay_event_set_error(frames, WSLAY_ERR_WOULDBLOCK);
    } else {
        socket->ended = true;
        wslay_event_set_error(frames, WSLAY_ERR_CALLBACK_FAILURE);
    }
    return -1;
}

static void receive(struct websocket *socket) {
    socket->budget = READ_AT_ONCE;
    int result = wslay_event_recv(socket->frames);
    if (socket->ended) {
        return;
    }
    if (result == 0) {
        take_control_frames(socket);
    } else if (socket->state == STATE_OPEN) {
        // For faults in a frame's header wslay would send a close frame without a code.
        static const uint8_t fault[] = {0x80 | WSLAY_CONNECTION_CLOSE, 2, WEBSOCKET_PROTOCOL >> 8,
                WEBSOCKET_PROTOCOL & 0xFF};
        append_frame(socket->frames, fault, sizeof fault, 0, socket);
    }
    if (!wslay_event_get_read_enabled(socket->frames)) { // the client's close frame, or a fault
        begin_closing(socket);
    }
}

// Drops what still comes, until the client's end.
static void discard(struct websocket *socket) {
    uint8_t bytes[4096];
    for (size_t round = 0; round < READ_AT_ONCE / sizeof bytes; round++) {
        ssize_t got = recv(socket->descriptor, bytes, sizeof bytes, MSG_DONTWAIT);
        if (got > 0 || (got < 0 && errno == EINTR)) {
            continue;
        }
        socket->ended = got == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
        return;
    }
}

// ---- one turn --------------------------------------------------------------------------------

static void ready(uv_poll_t *poll, int status, int events);

static void watch(struct websocket *socket) {
    int events = 0;
    if (socket->state == STATE_LINGERING || (!is_paused(socket) && socket->inbox.length == 0)) {
        events |= UV_READABLE;
    }
    if (queued(socket) > 0) {
        events |= UV_WRITABLE;
    }
    if (events != socket->events) {
        socket->events = events;
        must(uv_poll_start(&socket->poll, events, ready) == 0);
    }
}

// Does what follows from all that happened: sends, delivers what waited, ends. May free the socket.
static void settle(struct websocket *socket) {
    flush(socket);
    while (socket->inbox.length > 0 && !is_paused(socket) && !socket->ended && !socket->doomed) {
        deliver_waiting(socket);
        flush(socket);
    }
    if (socket->doomed || socket->ended) {
        finish(socket);
        return;
    }
    if (socket->state != STATE_OPEN) {
        tell_closed(socket);
    }
    if (socket->state == STATE_CLOSING && queued(socket) == 0) {
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
        discard(socket);
    } else {
        receive(socket);
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
            receive(socket);
        }
        settle(socket);
    }
}

// ---- deadlines -------------------------------------------------------------------------------

static bool is_past(const struct websocket *socket, uint64_t since, uint64_t most) {
    return now_of(socket->set) - since >= most;
}

static void check_deadlines(struct websocket *socket) {
    const struct websocket_limits *limits = &socket->set->limits;
    if (queued(socket) > 0 && is_past(socket, socket->progressed, limits->stall_ms)) {
        socket->doomed = true;
    }
    switch (socket->state) {
    case STATE_OPEN:
        // One whose messages wait for it to read is stalled, not idle.
        if (!is_paused(socket) && is_past(socket, socket->heard, limits->idle_ms)) {
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

static void start_frames(struct websocket *socket) {
    static const struct wslay_event_callbacks callbacks = {
            .recv_callback = read_bytes,
            .send_callback = append_frame,
            .on_frame_recv_end_callback = frame_received,
            .on_msg_recv_callback = message_received,
    };
    must(wslay_event_context_server_init(&socket->frames, &callbacks, socket) == 0);
    wslay_event_config_set_max_recv_msg_length(socket->frames, socket->set->limits.message);
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
    socket->heard = now_of(set);
    start_frames(socket);
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
    mark(socket);
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
