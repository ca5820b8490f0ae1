// Bytes, frames and messages of one WebSocket. Frames are read by libwslay, which checks them;
// everything we send, its control frames included, is appended to one buffer per socket and written
// at the end of the loop's turn, so that many messages cost one system call.
#include "serve/websocket_private.h"

#include "base/must.h"

#include <errno.h>
#include <sys/socket.h>

#define READ_AT_ONCE  (64u << 10) // bytes from one socket before the others have a turn
#define SPARE_BYTES   (8u << 10)  // of a buffer's memory that an idle socket may keep
#define REASON_BYTES  123u        // RFC 6455 5.5
#define SECOND_LENGTH 126u        // RFC 6455 5.2: two bytes of length follow
#define EIGHTH_LENGTH 127u        // eight bytes follow

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
    if (websocket_queued(socket) == 0) {
        socket->progressed = websocket_now(socket);
    }
    buffer_add(&socket->out, bytes, length);
    return (ssize_t)length;
}

static void begin_closing(struct websocket *socket) {
    if (socket->state == STATE_OPEN) {
        socket->state = STATE_CLOSING;
        socket->closing = websocket_now(socket);
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
    if (websocket_queued(socket) == 0) {
        socket->progressed = websocket_now(socket);
        socket->largest = 0;
    }
    if (websocket_queued(socket) >= socket->set->limits.queue + socket->largest) {
        socket->doomed = true;
    } else {
        add_header(&socket->out, text.length);
        buffer_add_str(&socket->out, text);
        if (text.length > socket->largest) {
            socket->largest = text.length;
        }
    }
    websocket_mark(socket);
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
    websocket_mark(socket);
}

static void keep_memory_small(struct buffer *buffer) {
    if (buffer->capacity > SPARE_BYTES) {
        buffer_finish(buffer);
    }
    buffer->length = 0;
}

void frames_flush(struct websocket *socket) {
    while (websocket_queued(socket) > 0 && !socket->ended) {
        ssize_t taken = send(socket->descriptor, socket->out.at + socket->sent,
                websocket_queued(socket), MSG_NOSIGNAL | MSG_DONTWAIT);
        if (taken > 0) {
            socket->sent += (size_t)taken;
            socket->progressed = websocket_now(socket);
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            break;
        } else if (errno != EINTR) {
            socket->ended = true;
        }
    }
    if (websocket_queued(socket) == 0) {
        keep_memory_small(&socket->out);
        socket->sent = 0;
    } else if (socket->sent > socket->out.length / 2) {
        buffer_drop(&socket->out, socket->sent);
        socket->sent = 0;
    }
}

// ---- receiving -------------------------------------------------------------------------------

bool frames_are_paused(const struct websocket *socket) {
    return websocket_queued(socket) > socket->set->limits.pause;
}

static void deliver(struct websocket *socket, bool text, struct str message) {
    take_control_frames(socket); // pongs go before the answers to what came after the pings
    if (socket->state == STATE_OPEN && !socket->doomed) {
        (text ? socket->owner_events->text : socket->owner_events->binary)(socket->owner, message);
    }
}

void frames_deliver_waiting(struct websocket *socket) {
    size_t used = 0;
    while (used < socket->inbox.length && !frames_are_paused(socket) &&
            socket->state == STATE_OPEN) {
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
    if (socket->inbox.length == 0 && !frames_are_paused(socket)) {
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
    socket->heard = websocket_now(socket);
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
    if (socket->budget < length || frames_are_paused(socket) || socket->inbox.length > 0) {
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

void frames_receive(struct websocket *socket) {
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

void frames_discard(struct websocket *socket) {
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

void frames_create(struct websocket *socket) {
    static const struct wslay_event_callbacks callbacks = {
            .recv_callback = read_bytes,
            .send_callback = append_frame,
            .on_frame_recv_end_callback = frame_received,
            .on_msg_recv_callback = message_received,
    };
    must(wslay_event_context_server_init(&socket->frames, &callbacks, socket) == 0);
    wslay_event_config_set_max_recv_msg_length(socket->frames, socket->set->limits.message);
}
