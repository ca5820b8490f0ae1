// The carrier that speaks the Erlang distribution protocol over TCP, as a hidden node: epmd lookup,
// handshake version 6, ticks, control messages.
//
// Sources: the Distribution Protocol chapter of the ERTS User's Guide; the flag values are those of
// erts/emulator/beam/dist.h, which differs from the text for MANDATORY_25_DIGEST (bit 26, not 36).
#ifndef WHITEBEAM_LINK_DIST_H
#define WHITEBEAM_LINK_DIST_H

#include "link/link.h"

#include <uv.h>

struct dist_options {
    struct str peer;    // name@host
    struct str self;    // our name@host; fixed for a daemon
    struct str cookie;  // secret
    uint32_t creation;  // ours; > 3, different for each connection
    uint16_t port;      // 0: ask epmd on the peer's host
    uint16_t epmd_port; // 0: 4369
};

// Starts to connect; the answer comes through events->up or events->down. Everything in options is
// copied. The pid we present is <creation>-tagged id 1, serial 0 on our node.
struct link *dist_connect(uv_loop_t *loop, const struct dist_options *options,
        const struct link_events *events, void *owner);

#endif
