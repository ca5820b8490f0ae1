// An established connection: packets in, packets out, ticks, and the end. A dist is freed when the
// last of its libuv handles is closed, which is also when down() is called: never inside a function
// the owner called.
#include "link/dist.h"

#include "base/memory.h"
#include "base/must.h"
#include "link/control.h"
#include "link/dist_private.h"

#include <stdio.h>
#include <stdlib.h>

const struct dist_times dist_times = {
        .connect = LIMIT_CONNECT_MS,
        // A node with the default net_ticktime (60 s) gives up after 45 to 75 s.
        .tick = 15000,
        .silence = 60000,
        .close = 1000,
        .late = 1000,
};

#define STATE(state) (1u << (state))

// From each state, the ones that may follow.
static const unsigned moves[] = {
        [DIST_RESOLVING] =
                STATE(DIST_CONNECTING_EPMD) | STATE(DIST_CONNECTING_NODE) | STATE(DIST_OVER),
        [DIST_CONNECTING_EPMD] = STATE(DIST_ASKING_EPMD) | STATE(DIST_OVER),
        [DIST_ASKING_EPMD] = STATE(DIST_CONNECTING_NODE) | STATE(DIST_OVER),
        [DIST_CONNECTING_NODE] = STATE(DIST_SHAKING_HANDS) | STATE(DIST_OVER),
        [DIST_SHAKING_HANDS] = STATE(DIST_UP) | STATE(DIST_OVER),
        [DIST_UP] = STATE(DIST_CLOSING) | STATE(DIST_OVER),
        [DIST_CLOSING] = STATE(DIST_OVER),
        [DIST_OVER] = 0,
};

void dist_move(struct dist *dist, enum dist_state state) {
    must(moves[dist->state] & STATE(state));
    dist->state = state;
}

// ---- The end --------------------------------------------------------------------------------

void dist_handle_closed(struct dist *dist) {
    must(dist->handles > 0);
    dist->handles--;
    if (dist->handles > 0) {
        return;
    }
    must(dist->state == DIST_OVER);
    dist->link.events->down(dist->link.owner, &dist->error);
    receive_finish(&dist->in);
    arena_finish(&dist->scratch);
    output_finish(&dist->out);
    explicit_bzero(dist->texts, dist->texts_length);
    free(dist->texts);
    free(dist);
}

static void on_timer_closed(uv_handle_t *handle) {
    dist_handle_closed(handle->data);
}

void dist_over(struct dist *dist) {
    if (dist->state == DIST_OVER) {
        return;
    }
    dist_move(dist, DIST_OVER);
    dist_abandon_lookup(dist);
    uv_close((uv_handle_t *)&dist->timer, on_timer_closed);
    // handles is 2 while there is a connection; it may be closing already, to try another address.
    if (dist->handles > 1 && !uv_is_closing((uv_handle_t *)&dist->tcp)) {
        uv_close((uv_handle_t *)&dist->tcp, dist_tcp_closed);
    }
}

static void lost(struct dist *dist, const char *how) {
    error_set(&dist->error, ERROR_CONNECTION_LOST, "the connection to node %.*s was lost: %s",
            STR_ARGS(dist->options.peer), how);
    dist_over(dist);
}

// ---- The timer ------------------------------------------------------------------------------

static void watch_again(struct dist *dist) {
    uint64_t tick_due = dist->last_write + dist->times.tick;
    uint64_t lost_due = dist->last_read + dist->times.silence;
    dist_set_timer(dist, tick_due < lost_due ? tick_due : lost_due);
}

static void watch(struct dist *dist) {
    uint64_t now = uv_now(dist->loop);
    // What came while the daemon stood still is not read yet: the peer gets another term.
    if (now > dist->due + dist->times.late) {
        dist->last_read = now;
    }
    if (now >= dist->last_read + dist->times.silence) {
        char how[100];
        snprintf(how, sizeof how, "it sent nothing for %u s, not even a tick",
                (unsigned)(dist->times.silence / 1000));
        lost(dist, how);
        return;
    }
    if (output_waiting(&dist->out) > 0) {
        dist->last_write = now; // bytes on their way say as much as a tick
    } else if (now >= dist->last_write + dist->times.tick) {
        buffer_add_u32(&dist->out.queued, 0);
        dist_flush(dist);
        if (dist->state != DIST_UP) {
            return;
        }
    }
    watch_again(dist);
}

static void on_timer(uv_timer_t *timer) {
    struct dist *dist = timer->data;
    switch (dist->state) {
    case DIST_RESOLVING:
    case DIST_CONNECTING_EPMD:
    case DIST_ASKING_EPMD:
    case DIST_CONNECTING_NODE:
    case DIST_SHAKING_HANDS:
        dist_connect_timeout(dist);
        break;
    case DIST_UP:
        watch(dist);
        break;
    case DIST_CLOSING:
        dist_over(dist);
        break;
    case DIST_OVER:
        break;
    }
}

void dist_set_timer(struct dist *dist, uint64_t due) {
    uint64_t now = uv_now(dist->loop);
    dist->due = due > now ? due : now;
    uv_timer_start(&dist->timer, on_timer, dist->due - now, 0);
}

// ---- Output ---------------------------------------------------------------------------------

static void on_shut_down(uv_shutdown_t *shutdown, int status) {
    struct dist *dist = shutdown->data;
    // After success the peer's end of stream is awaited: closing with unread bytes would reset the
    // connection and could take from the peer what was just written.
    if (status < 0) {
        dist_over(dist);
    }
}

void dist_written(void *owner, int status) {
    struct dist *dist = owner;
    if (dist->state == DIST_OVER) {
        return;
    }
    if (status < 0) {
        lost(dist, uv_strerror(status));
        return;
    }
    dist_flush(dist);
}

void dist_flush(struct dist *dist) {
    int status = output_flush(&dist->out, (uv_stream_t *)&dist->tcp);
    if (status < 0) {
        lost(dist, uv_strerror(status));
        return;
    }
    dist->last_write = uv_now(dist->loop);
    if (dist->state == DIST_CLOSING && output_waiting(&dist->out) == 0 && !dist->shutting) {
        dist->shutting = true;
        dist->shutdown.data = dist;
        if (uv_shutdown(&dist->shutdown, (uv_stream_t *)&dist->tcp, on_shut_down) < 0) {
            dist_over(dist);
        }
    }
}

// True if `message` may be queued. A connection that is ending takes nothing, but says so by
// down().
static bool has_room(const struct dist *dist, struct str message) {
    must(dist->state >= DIST_UP);
    return message.length <= LIMIT_LINK_OUTPUT &&
           output_waiting(&dist->out) + message.length <= LIMIT_LINK_OUTPUT;
}

static bool send_pid(struct link *link, const struct term_pid *to, struct str message) {
    struct dist *dist = (struct dist *)link;
    if (!has_room(dist, message)) {
        return false;
    }
    if (dist->state == DIST_UP) {
        control_send(&dist->out.queued, to, message);
        dist_flush(dist);
    }
    return true;
}

static bool send_name(struct link *link, struct str name, struct str message) {
    struct dist *dist = (struct dist *)link;
    if (!has_room(dist, message)) {
        return false;
    }
    if (dist->state == DIST_UP) {
        control_send_name(&dist->out.queued, &dist->self, name, message);
        dist_flush(dist);
    }
    return true;
}

// ---- Input ----------------------------------------------------------------------------------

static bool is_self(const struct dist *dist, const struct term_pid *pid) {
    return pid->creation == dist->self.creation && pid->id == dist->self.id &&
           pid->serial == dist->self.serial && str_equal(pid->node, dist->self.node);
}

static void take_packet(struct dist *dist, struct str packet) {
    struct control control;
    if (!control_read(&dist->scratch, packet, &control, &dist->error)) {
        dist_over(dist);
        return;
    }
    // A pid of an earlier connection may still be held by processes there.
    if (control.is_message && (!control.pid || is_self(dist, control.pid))) {
        dist->link.events->message(dist->link.owner, control.to, control.message);
    }
    arena_reset(&dist->scratch);
}

static void take_packets(struct dist *dist) {
    // message() may close the link.
    while (dist->state == DIST_UP) {
        struct str packet;
        switch (receive_packet(&dist->in, 4, LIMIT_LINK_MESSAGE, &packet)) {
        case RECEIVE_MORE:
            receive_trim(&dist->in);
            return;
        case RECEIVE_TOO_LONG:
            lost(dist, "it sent a packet that is too long");
            return;
        case RECEIVE_PACKET:
            if (packet.length > 0) { // else a tick
                take_packet(dist, packet);
            }
            break;
        }
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
    (void)suggested;
    struct dist *dist = handle->data;
    size_t room;
    char *at = receive_room(&dist->in, &room);
    *bytes = uv_buf_init(at, (unsigned)room);
}

static void on_end(struct dist *dist, int status) {
    if (dist->state < DIST_UP) {
        dist_connect_closed(dist, status);
    } else if (dist->state == DIST_UP) {
        lost(dist, status == UV_EOF ? "the node closed it, or stopped" : uv_strerror(status));
    } else {
        dist_over(dist); // closing: what link_close wanted
    }
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    (void)bytes;
    struct dist *dist = stream->data;
    if (count < 0) {
        on_end(dist, (int)count);
        return;
    }
    receive_took(&dist->in, (size_t)count);
    dist->bytes_in += (uint64_t)count;
    dist->last_read = uv_now(dist->loop);
    if (dist->state < DIST_UP) {
        dist_connect_read(dist);
    }
    if (dist->state == DIST_UP) {
        take_packets(dist);
    }
    if (dist->state == DIST_CLOSING) {
        receive_clear(&dist->in);
    }
}

void dist_start_reading(struct dist *dist) {
    dist->tcp.data = dist;
    uv_read_start((uv_stream_t *)&dist->tcp, on_room, on_read);
}

// ---- The carrier ----------------------------------------------------------------------------

void dist_go_up(struct dist *dist) {
    dist_move(dist, DIST_UP);
    dist->last_write = uv_now(dist->loop);
    watch_again(dist);
    dist->link.events->up(dist->link.owner, &dist->self, str_of(dist->handshake.peer));
}

static void close_link(struct link *link) {
    struct dist *dist = (struct dist *)link;
    if (dist->state >= DIST_CLOSING) {
        return;
    }
    error_set(&dist->error, ERROR_CONNECTION_LOST, "the connection to node %.*s was closed here",
            STR_ARGS(dist->options.peer));
    if (dist->state < DIST_UP) {
        dist_over(dist);
        return;
    }
    dist_move(dist, DIST_CLOSING);
    dist_set_timer(dist, uv_now(dist->loop) + dist->times.close);
    dist_flush(dist);
}

static uint64_t bytes_in(const struct link *link) {
    return ((const struct dist *)link)->bytes_in;
}

static uint64_t bytes_out(const struct link *link) {
    return ((const struct dist *)link)->out.bytes;
}

const struct link_carrier dist_carrier = {
        .send = send_pid,
        .send_name = send_name,
        .close = close_link,
        .bytes_in = bytes_in,
        .bytes_out = bytes_out,
};
