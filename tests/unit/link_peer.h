// For tests of the link layer: a peer that is played by a thread with blocking sockets, and an
// owner that keeps what its link tells. A peer's script ends when the bytes it may say are used up.
#ifndef WHITEBEAM_TESTS_LINK_PEER_H
#define WHITEBEAM_TESTS_LINK_PEER_H

#include "base/memory.h"
#include "link/dist_private.h"
#include "term/encode.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <nettle/md5.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define PEER_NAME   "rabbit@127.0.0.1"
#define PEER_COOKIE "SECRET"
#define SELF_NAME   "whitebeam@here"
#define CREATION    0x1234u

// ---- The peer -------------------------------------------------------------------------------

struct peer {
    int listening;
    uint16_t port;
    pthread_t thread;
    bool started;
    void (*play)(struct peer *peer); // runs in the thread with a connection
    size_t budget;                   // bytes it may still say
    int socket;
    struct buffer heard; // after the handshake, until the end of the stream
    uint16_t other_port; // for an epmd: what it answers
    uv_async_t *nudge;   // for scripts that make the loop act
};

static inline void peer_listen_at(struct peer *peer, const char *address) {
    *peer = (struct peer){.budget = SIZE_MAX};
    buffer_init(&peer->heard);
    struct sockaddr_in at = {.sin_family = AF_INET};
    assert_int_equal(inet_pton(AF_INET, address, &at.sin_addr), 1);
    peer->listening = socket(AF_INET, SOCK_STREAM, 0);
    assert_true(peer->listening >= 0);
    assert_int_equal(bind(peer->listening, (struct sockaddr *)&at, sizeof at), 0);
    assert_int_equal(listen(peer->listening, 8), 0);
    socklen_t length = sizeof at;
    assert_int_equal(getsockname(peer->listening, (struct sockaddr *)&at, &length), 0);
    peer->port = ntohs(at.sin_port);
}

static inline void peer_listen(struct peer *peer) {
    peer_listen_at(peer, "127.0.0.1");
}

// Reads count bytes; false at the end of the stream.
static inline bool peer_hear(struct peer *peer, void *at, size_t count) {
    char *next = at;
    while (count > 0) {
        ssize_t got = recv(peer->socket, next, count, 0);
        if (got <= 0) {
            return false;
        }
        next += got;
        count -= (size_t)got;
    }
    return true;
}

// Writes what the budget allows; false when it is used up or nobody listens any more.
static inline bool peer_say(struct peer *peer, const void *bytes, size_t length) {
    size_t count = length < peer->budget ? length : peer->budget;
    peer->budget -= count;
    const char *next = bytes;
    while (count > 0) {
        ssize_t sent = send(peer->socket, next, count, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        next += sent;
        count -= (size_t)sent;
    }
    return peer->budget > 0;
}

static inline bool peer_say_str(struct peer *peer, struct str bytes) {
    return peer_say(peer, bytes.at, bytes.length);
}

static inline void peer_hear_all(struct peer *peer) {
    for (;;) {
        char *at = buffer_reserve(&peer->heard, 65536);
        ssize_t got = recv(peer->socket, at, 65536, 0);
        if (got <= 0) {
            return;
        }
        peer->heard.length += (size_t)got;
    }
}

static inline void *peer_main(void *argument) {
    struct peer *peer = argument;
    peer->socket = accept(peer->listening, NULL, NULL);
    if (peer->socket >= 0) {
        peer->play(peer);
        // Only a peer that has read everything closes without resetting the connection.
        shutdown(peer->socket, SHUT_WR);
        peer_hear_all(peer);
        close(peer->socket);
    }
    return NULL;
}

static inline void peer_start(struct peer *peer, void (*play)(struct peer *peer)) {
    peer->play = play;
    peer->started = true;
    assert_int_equal(pthread_create(&peer->thread, NULL, peer_main, peer), 0);
}

// Waits until the script is done and the connection is closed.
static inline void peer_join(struct peer *peer) {
    if (peer->started) {
        pthread_join(peer->thread, NULL);
        peer->started = false;
    }
}

static inline void peer_finish(struct peer *peer) {
    shutdown(peer->listening, SHUT_RDWR); // wakes an accept that got nothing
    peer_join(peer);
    close(peer->listening);
    buffer_finish(&peer->heard);
}

// The node's side of the handshake, with digests for `cookie`.
static inline bool peer_shake_hands(struct peer *peer, const char *status, const char *cookie) {
    char packet[512];
    size_t greeting = 2 + 15 + strlen(SELF_NAME);
    if (!peer_hear(peer, packet, greeting)) {
        return false;
    }
    struct buffer out;
    buffer_init(&out);
    buffer_add_u16(&out, (uint16_t)strlen(status));
    buffer_add_text(&out, status);
    bool going = peer_say_str(peer, buffer_str(&out));
    if (going && strcmp(status, "salive") == 0) {
        going = peer_hear(peer, packet, 7) && memcmp(packet, "\0\5strue", 7) == 0;
    }
    out.length = 0;
    buffer_add_u16(&out, (uint16_t)(19 + strlen(PEER_NAME)));
    buffer_add_u8(&out, 'N');
    buffer_add_u64(&out, handshake_flags);
    buffer_add_u32(&out, 0x01020304);
    buffer_add_u32(&out, 7);
    buffer_add_u16(&out, (uint16_t)strlen(PEER_NAME));
    buffer_add_text(&out, PEER_NAME);
    going = going && peer_say_str(peer, buffer_str(&out)) && peer_hear(peer, packet, 23);
    if (going) {
        uint32_t challenge;
        memcpy(&challenge, packet + 3, sizeof challenge);
        char text[300];
        int length = snprintf(text, sizeof text, "%s%u", cookie, ntohl(challenge));
        uint8_t ack[19] = "\0\x11"
                          "a";
        struct md5_ctx md5;
        md5_init(&md5);
        md5_update(&md5, (size_t)length, (const uint8_t *)text);
        md5_digest(&md5, 16, ack + 3);
        going = peer_say(peer, ack, sizeof ack);
    }
    buffer_finish(&out);
    return going;
}

#define PEER_HANDSHAKE_BYTES (5 + 2 + 19 + strlen(PEER_NAME) + 19)

// Appends a packet with a message of `length` bytes for pid 1 of SELF_NAME.
static inline void peer_add_message(struct buffer *out, uint32_t creation, uint32_t length) {
    struct term_pid pid = {.node = STR(SELF_NAME), .id = 1, .creation = creation};
    size_t start = out->length;
    buffer_add_u32(out, 0);
    buffer_add_u8(out, 112);
    encode_version(out);
    encode_tuple(out, 3);
    encode_integer(out, 2);
    encode_atom_text(out, "");
    encode_pid(out, &pid);
    encode_version(out);
    char *bytes = memory_new(length, 1);
    encode_binary(out, (struct str){bytes, length});
    free(bytes);
    uint32_t packet = htonl((uint32_t)(out->length - start - 4));
    memcpy(out->at + start, &packet, sizeof packet);
}

// ---- The owner ------------------------------------------------------------------------------

struct owner {
    struct link *link; // NULL after down()
    unsigned ups;
    unsigned messages;
    unsigned downs;
    size_t bytes; // of all messages
    struct error error;
    struct term_pid self;
    char peer[256];
    char to[64]; // of the last message
    // What the test does inside the callbacks; NULL: nothing.
    void (*on_up)(struct owner *owner);
    void (*on_message)(struct owner *owner, struct str bytes);
};

static inline void owner_up(void *argument, const struct term_pid *self, struct str peer) {
    struct owner *owner = argument;
    assert_int_equal(owner->downs, 0);
    owner->ups++;
    owner->self = *self;
    snprintf(owner->peer, sizeof owner->peer, "%.*s", STR_ARGS(peer));
    if (owner->on_up) {
        owner->on_up(owner);
    }
}

static inline void owner_message(void *argument, struct str to, struct str bytes) {
    struct owner *owner = argument;
    assert_int_equal(owner->ups, 1);
    assert_int_equal(owner->downs, 0);
    owner->messages++;
    owner->bytes += bytes.length;
    snprintf(owner->to, sizeof owner->to, "%.*s", STR_ARGS(to));
    if (owner->on_message) {
        owner->on_message(owner, bytes);
    }
}

static inline void owner_down(void *argument, const struct error *error) {
    struct owner *owner = argument;
    owner->downs++;
    owner->error = *error;
    owner->link = NULL;
}

static const struct link_events owner_events = {owner_up, owner_message, owner_down};

static inline struct dist_options peer_options(const struct peer *peer) {
    return (struct dist_options){
            .peer = STR(PEER_NAME),
            .self = STR(SELF_NAME),
            .cookie = STR(PEER_COOKIE),
            .creation = CREATION,
            .port = peer->port,
    };
}

// Runs until the loop has nothing left, which means that the link is freed.
static inline void run_to_the_end(uv_loop_t *loop, struct owner *owner) {
    uv_run(loop, UV_RUN_DEFAULT);
    assert_int_equal(owner->downs, 1);
    assert_null(owner->link);
}

static inline void connect_and_run(
        uv_loop_t *loop, const struct dist_options *options, struct owner *owner) {
    owner->link = dist_connect(loop, options, &owner_events, owner);
    run_to_the_end(loop, owner);
}

#endif
