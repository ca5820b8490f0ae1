// What dist.c (an established connection) and dist_connect.c (the way there) share. Tests use it to
// connect with shorter times.
#ifndef WHITEBEAM_LINK_DIST_PRIVATE_H
#define WHITEBEAM_LINK_DIST_PRIVATE_H

#include "base/arena.h"
#include "limits.h"
#include "link/dist.h"
#include "link/handshake.h"
#include "link/output.h"
#include "link/receive.h"

#define DIST_ADDRESSES 8u // of one host that are tried

enum dist_state {
    DIST_RESOLVING,
    DIST_CONNECTING_EPMD,
    DIST_ASKING_EPMD,
    DIST_CONNECTING_NODE,
    DIST_SHAKING_HANDS,
    DIST_UP,
    DIST_CLOSING, // link_close was called: what is queued is being written
    DIST_OVER,    // handles are being closed; down() follows
};

// Milliseconds.
struct dist_times {
    uint64_t connect; // from dist_connect to up(), in all
    uint64_t tick;    // a tick is sent when nothing was sent for so long
    uint64_t silence; // a peer that sent nothing for so long is lost
    uint64_t close;   // to write what is queued after link_close
    uint64_t late;    // a timer this late means that the daemon itself stood still
};

extern const struct dist_times dist_times;

struct dist_lookup;

struct dist {
    struct link link; // first, so that a pointer to it points to the dist
    enum dist_state state;
    struct error error; // why the state is OVER
    struct dist_times times;
    struct dist_options options; // its texts lie in `texts`
    char *texts;                 // owned; holds the cookie
    size_t texts_length;
    struct str name;      // the peer's, before the @
    struct term_pid self; // what up() tells

    uv_loop_t *loop; // borrowed
    uv_tcp_t tcp;    // one after the other: epmd, the node, each at one address or more
    uv_timer_t timer;
    uv_connect_t connect;
    uv_shutdown_t shutdown;
    unsigned handles; // not closed yet: the timer and, while there is a connection, tcp
    bool shutting;    // shutdown was asked for

    struct dist_lookup *lookup; // owned while it runs
    char host[LIMIT_NODE_NAME + 1];
    struct sockaddr_storage addresses[DIST_ADDRESSES];
    size_t address_count;
    size_t address; // in use or to be used next
    size_t tried;   // addresses of this phase, with the one in use
    uint16_t epmd_port;
    uint16_t port;     // the node's
    uint64_t deadline; // of connecting; loop time
    uint64_t due;      // when the timer shall fire; loop time

    struct handshake handshake;
    struct receive in;
    struct output out;
    struct arena scratch; // one packet's control tuple
    uint64_t last_read;   // loop time
    uint64_t last_write;
    uint64_t bytes_in;
};

// dist_connect with other times.
struct link *dist_connect_timed(uv_loop_t *loop, const struct dist_options *options,
        const struct link_events *events, void *owner, const struct dist_times *times);

// ---- dist.c ---------------------------------------------------------------------------------

void dist_move(struct dist *dist, enum dist_state state);
void dist_set_timer(struct dist *dist, uint64_t due);

// Ends the connection for the reason in dist->error, which the caller has filled.
void dist_over(struct dist *dist);

// To be called when a handle was closed.
void dist_handle_closed(struct dist *dist);

void dist_start_reading(struct dist *dist);

// Writes what is queued, as far as that goes without waiting; libuv writes the rest. May end in
// dist_over.
void dist_flush(struct dist *dist);
void dist_written(void *dist, int status); // what libuv tells of the rest

// ---- dist_connect.c -------------------------------------------------------------------------

extern const struct link_carrier dist_carrier; // in dist.c

void dist_tcp_closed(uv_handle_t *handle);

// The state is before UP: the timer fired; bytes came; the peer closed the connection.
void dist_connect_timeout(struct dist *dist);
void dist_connect_read(struct dist *dist);
void dist_connect_closed(struct dist *dist, int status);

// The lookup's answer is not wanted any more.
void dist_abandon_lookup(struct dist *dist);

// The handshake is done.
void dist_go_up(struct dist *dist);

#endif
