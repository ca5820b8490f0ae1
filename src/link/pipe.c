// The pipe carrier: greeting, messages both ways, and the end. The VM is not trusted: whatever it
// writes, or leaves half written, ends the link with an error at worst. The link is freed when the
// last of its libuv handles is closed, which is also when down() is called: never inside a function
// the owner called.
#include "link/pipe.h"

#include "base/arena.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "link/output.h"
#include "link/receive.h"
#include "term/decode.h"
#include "term/encode.h"

#include <stdlib.h>

#define VERSION  131  // the first byte of every term
#define CLOSE_MS 1000 // for what is queued, and then for the VM to end

enum pipe_state {
    PIPE_GREETING, // the VM boots; its hello is awaited
    PIPE_UP,
    PIPE_CLOSING, // link_close was called: what is queued is being written
    PIPE_OVER,    // handles are being closed; down() follows
};

#define STATE(state) (1u << (state))

// From each state, the ones that may follow.
static const unsigned moves[] = {
        [PIPE_GREETING] = STATE(PIPE_UP) | STATE(PIPE_OVER),
        [PIPE_UP] = STATE(PIPE_CLOSING) | STATE(PIPE_OVER),
        [PIPE_CLOSING] = STATE(PIPE_OVER),
        [PIPE_OVER] = 0,
};

struct pipe {
    struct link link; // first, so that a pointer to it points to the pipe
    enum pipe_state state;
    struct error error; // why the state is OVER
    uv_pipe_t in;       // what the VM writes
    uv_pipe_t out;
    uv_timer_t timer;
    unsigned handles; // not closed yet: in, out and timer
    struct receive received;
    struct output sending;
    struct arena kept;    // the texts of self and peer
    struct term_pid self; // whitebeam_pipe's pid
    struct str peer;
    uint64_t bytes_in;
};

static void move(struct pipe *pipe, enum pipe_state state) {
    must(moves[pipe->state] & STATE(state));
    pipe->state = state;
}

// ---- The end --------------------------------------------------------------------------------

static void on_closed(uv_handle_t *handle) {
    struct pipe *pipe = handle->data;
    must(pipe->handles > 0);
    pipe->handles--;
    if (pipe->handles > 0) {
        return;
    }
    must(pipe->state == PIPE_OVER);
    pipe->link.events->down(pipe->link.owner, &pipe->error);
    receive_finish(&pipe->received);
    arena_finish(&pipe->kept);
    output_finish(&pipe->sending);
    free(pipe);
}

static void close_handle(void *handle) {
    if (!uv_is_closing(handle)) {
        uv_close(handle, on_closed);
    }
}

// Ends the link for the reason in pipe->error, which the caller has filled.
static void over(struct pipe *pipe) {
    if (pipe->state == PIPE_OVER) {
        return;
    }
    move(pipe, PIPE_OVER);
    close_handle(&pipe->timer);
    close_handle(&pipe->in);
    close_handle(&pipe->out);
}

static void lost(struct pipe *pipe, enum error_code code, const char *how) {
    error_set(&pipe->error, code, "the connection to the VM was lost: %s", how);
    over(pipe);
}

static void on_timer(uv_timer_t *timer) {
    struct pipe *pipe = timer->data;
    if (pipe->state == PIPE_GREETING) {
        error_set(&pipe->error, ERROR_DEADLINE, "the VM was started, but is not up after %u ms",
                (unsigned)LIMIT_CONNECT_MS);
    }
    over(pipe);
}

// ---- Output ---------------------------------------------------------------------------------

static void flush(struct pipe *pipe) {
    int status = output_flush(&pipe->sending, (uv_stream_t *)&pipe->out);
    if (status < 0) {
        lost(pipe, ERROR_CONNECTION_LOST, uv_strerror(status));
        return;
    }
    if (pipe->state == PIPE_CLOSING && output_waiting(&pipe->sending) == 0) {
        close_handle(&pipe->out); // the VM sees the end of file, halts, and so closes its side
    }
}

static void on_written(void *owner, int status) {
    struct pipe *pipe = owner;
    if (pipe->state == PIPE_OVER) {
        return;
    }
    if (status < 0) {
        lost(pipe, ERROR_CONNECTION_LOST, uv_strerror(status));
        return;
    }
    flush(pipe);
}

// True if `message` may be queued. A link that is ending takes nothing, but says so by down().
static bool has_room(const struct pipe *pipe, struct str message) {
    must(pipe->state >= PIPE_UP);
    // Its version byte is left out inside a tuple; compressed terms cannot be put there.
    must(message.length > 1 && (uint8_t)message.at[0] == VERSION && message.at[1] != 'P');
    return message.length <= LIMIT_LINK_OUTPUT &&
           output_waiting(&pipe->sending) + message.length <= LIMIT_LINK_OUTPUT;
}

// Begins {send, …}; returns where the length belongs.
static size_t begin_send(struct pipe *pipe) {
    size_t start = pipe->sending.queued.length;
    buffer_add_u32(&pipe->sending.queued, 0);
    encode_version(&pipe->sending.queued);
    encode_tuple(&pipe->sending.queued, 3);
    encode_atom_text(&pipe->sending.queued, "send");
    return start;
}

static void end_send(struct pipe *pipe, size_t start, struct str message) {
    struct buffer *out = &pipe->sending.queued;
    buffer_add(out, message.at + 1, message.length - 1);
    uint32_t length = (uint32_t)(out->length - start - 4);
    for (size_t i = 0; i < 4; i++) {
        out->at[start + i] = (char)(uint8_t)(length >> (24 - 8 * i));
    }
    flush(pipe);
}

static bool send_pid(struct link *link, const struct term_pid *to, struct str message) {
    struct pipe *pipe = (struct pipe *)link;
    if (!has_room(pipe, message)) {
        return false;
    }
    if (pipe->state == PIPE_UP) {
        size_t start = begin_send(pipe);
        encode_pid(&pipe->sending.queued, to);
        end_send(pipe, start, message);
    }
    return true;
}

static bool send_name(struct link *link, struct str name, struct str message) {
    struct pipe *pipe = (struct pipe *)link;
    if (!has_room(pipe, message)) {
        return false;
    }
    if (pipe->state == PIPE_UP) {
        size_t start = begin_send(pipe);
        encode_atom(&pipe->sending.queued, name);
        end_send(pipe, start, message);
    }
    return true;
}

// ---- Input ----------------------------------------------------------------------------------

// {hello, Pid, Node}
static bool read_hello(struct pipe *pipe, struct str packet) {
    struct error error;
    struct term hello;
    if (!decode_term(&pipe->kept, packet, &hello, &error) || !term_is_tagged(&hello, "hello", 3)) {
        return false;
    }
    const struct term *pid = term_element(&hello, 1);
    const struct term *node = term_element(&hello, 2);
    if (pid->type != TERM_PID || node->type != TERM_ATOM || node->text.length > LIMIT_NODE_NAME ||
            !str_equal(pid->pid->node, node->text)) {
        return false;
    }
    pipe->peer = arena_copy(&pipe->kept, node->text);
    pipe->self = *pid->pid;
    pipe->self.node = pipe->peer;
    return true;
}

static void take_packet(struct pipe *pipe, struct str packet) {
    bool is_term = packet.length > 1 && (uint8_t)packet.at[0] == VERSION;
    if (pipe->state == PIPE_GREETING) {
        if (!is_term || !read_hello(pipe, packet)) {
            lost(pipe, ERROR_NOT_A_BEAM, "its first words are not whitebeam_pipe's");
            return;
        }
        uv_timer_stop(&pipe->timer);
        move(pipe, PIPE_UP);
        pipe->link.events->up(pipe->link.owner, &pipe->self, pipe->peer);
    } else if (!is_term) {
        lost(pipe, ERROR_CONNECTION_LOST, "it sent what is not an Erlang term");
    } else {
        pipe->link.events->message(pipe->link.owner, (struct str){"", 0}, packet);
    }
}

static void take_packets(struct pipe *pipe) {
    // up() and message() may close the link.
    while (pipe->state <= PIPE_UP) {
        struct str packet;
        switch (receive_packet(&pipe->received, 4, LIMIT_LINK_MESSAGE, &packet)) {
        case RECEIVE_MORE:
            receive_trim(&pipe->received);
            return;
        case RECEIVE_TOO_LONG:
            lost(pipe, pipe->state == PIPE_UP ? ERROR_CONNECTION_LOST : ERROR_NOT_A_BEAM,
                    "it sent a packet that is too long");
            return;
        case RECEIVE_PACKET:
            take_packet(pipe, packet);
            break;
        }
    }
}

static void on_room(uv_handle_t *handle, size_t suggested, uv_buf_t *bytes) {
    (void)suggested;
    struct pipe *pipe = handle->data;
    size_t room;
    char *at = receive_room(&pipe->received, &room);
    *bytes = uv_buf_init(at, (unsigned)room);
}

static void on_read(uv_stream_t *stream, ssize_t count, const uv_buf_t *bytes) {
    (void)bytes;
    struct pipe *pipe = stream->data;
    if (count < 0) {
        if (pipe->state == PIPE_CLOSING) {
            over(pipe); // what link_close wanted
        } else if (count != UV_EOF) {
            lost(pipe, ERROR_CONNECTION_LOST, uv_strerror((int)count));
        } else {
            lost(pipe, ERROR_CONNECTION_LOST,
                    pipe->state == PIPE_UP ? "the VM has ended" : "the VM ended while it booted");
        }
        return;
    }
    receive_took(&pipe->received, (size_t)count);
    pipe->bytes_in += (uint64_t)count;
    take_packets(pipe);
    if (pipe->state == PIPE_CLOSING) {
        receive_clear(&pipe->received);
    }
}

// ---- The carrier ----------------------------------------------------------------------------

static void close_link(struct link *link) {
    struct pipe *pipe = (struct pipe *)link;
    if (pipe->state >= PIPE_CLOSING) {
        return;
    }
    error_set(&pipe->error, ERROR_CONNECTION_LOST, "the connection to the VM was closed here");
    if (pipe->state == PIPE_GREETING) {
        over(pipe);
        return;
    }
    move(pipe, PIPE_CLOSING);
    uv_timer_start(&pipe->timer, on_timer, CLOSE_MS, 0);
    flush(pipe);
}

static uint64_t bytes_in(const struct link *link) {
    return ((const struct pipe *)link)->bytes_in;
}

static uint64_t bytes_out(const struct link *link) {
    return ((const struct pipe *)link)->sending.bytes;
}

static const struct link_carrier carrier = {
        .send = send_pid,
        .send_name = send_name,
        .close = close_link,
        .bytes_in = bytes_in,
        .bytes_out = bytes_out,
};

struct link *pipe_open(
        uv_loop_t *loop, int read_fd, int write_fd, const struct link_events *events, void *owner) {
    struct pipe *pipe = memory_new(1, sizeof *pipe);
    pipe->link = (struct link){&carrier, events, owner};
    receive_init(&pipe->received);
    arena_init(&pipe->kept);
    output_init(&pipe->sending, on_written, pipe);
    pipe->handles = 3;
    must(uv_pipe_init(loop, &pipe->in, 0) == 0);
    must(uv_pipe_init(loop, &pipe->out, 0) == 0);
    must(uv_timer_init(loop, &pipe->timer) == 0);
    pipe->in.data = pipe->out.data = pipe->timer.data = pipe;
    must(uv_pipe_open(&pipe->in, read_fd) == 0);
    must(uv_pipe_open(&pipe->out, write_fd) == 0);
    must(uv_read_start((uv_stream_t *)&pipe->in, on_room, on_read) == 0);
    uv_update_time(loop); // the loop may have stood still since it looked at the clock
    uv_timer_start(&pipe->timer, on_timer, LIMIT_CONNECT_MS, 0);
    return &pipe->link;
}
