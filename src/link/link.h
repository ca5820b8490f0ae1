// A link carries messages between the daemon and one BEAM. This is the interface; a carrier (the
// distribution protocol in dist.h; a pipe) fills in the functions. Everything happens on the loop
// thread and nothing blocks.
//
// Life: created connecting; up() once; then message() any number of times; down() exactly once, at
// the latest after link_close. After down() the link frees itself: the owner drops its pointer.
#ifndef WHITEBEAM_LINK_LINK_H
#define WHITEBEAM_LINK_LINK_H

#include "base/error.h"
#include "term/term.h"

struct link;

// What the owner of a link is told. `owner` is the pointer given at creation.
struct link_events {
    // The peer accepted us. `self` is the pid that stands for the daemon on this connection;
    // `peer` the peer's full node name. Both borrowed until down().
    void (*up)(void *owner, const struct term_pid *self, struct str peer);
    // A message to our pid or to any registered name here. `bytes` is the message in the external
    // term format with its version byte; valid during the call. `to` is empty for our pid.
    void (*message)(void *owner, struct str to, struct str bytes);
    // The connection is over or was never made; error says why. The link is freed after this call.
    void (*down)(void *owner, const struct error *error);
};

struct link_carrier {
    bool (*send)(struct link *link, const struct term_pid *to, struct str message);
    bool (*send_name)(struct link *link, struct str name, struct str message);
    void (*close)(struct link *link);
    uint64_t (*bytes_in)(const struct link *link);
    uint64_t (*bytes_out)(const struct link *link);
};

// The common head of every carrier's own struct.
struct link {
    const struct link_carrier *carrier;
    const struct link_events *events;
    void *owner; // borrowed
};

// Sends one encoded term (with its version byte) to a pid, or to a registered process. False when
// LIMIT_LINK_OUTPUT bytes wait already; nothing is queued then. Must not be called before up().
static inline bool link_send(struct link *link, const struct term_pid *to, struct str message) {
    return link->carrier->send(link, to, message);
}

static inline bool link_send_name(struct link *link, struct str name, struct str message) {
    return link->carrier->send_name(link, name, message);
}

// Ends the connection after what is queued was written, or 1 s; down() follows later, never during
// this call.
static inline void link_close(struct link *link) {
    link->carrier->close(link);
}

static inline uint64_t link_bytes_in(const struct link *link) {
    return link->carrier->bytes_in(link);
}

static inline uint64_t link_bytes_out(const struct link *link) {
    return link->carrier->bytes_out(link);
}

#endif
