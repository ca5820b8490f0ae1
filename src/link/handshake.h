// The handshake of the distribution protocol, version 6, as a pure state machine: packets in,
// packets out, no sockets. We are always the side that connects.
#ifndef WHITEBEAM_LINK_HANDSHAKE_H
#define WHITEBEAM_LINK_HANDSHAKE_H

#include "base/buffer.h"
#include "base/error.h"
#include "link/dist.h"

enum handshake_state {
    HANDSHAKE_STATUS,    // sent our name; waiting for the status
    HANDSHAKE_CHALLENGE, // waiting for the peer's challenge
    HANDSHAKE_ACK,       // sent our reply; waiting for the peer's digest
    HANDSHAKE_DONE,
    HANDSHAKE_FAILED,
};

struct handshake {
    enum handshake_state state;
    const struct dist_options *options; // borrowed
    uint32_t our_challenge;
    uint64_t peer_flags;
    uint32_t peer_creation;
    char peer[256]; // the name the peer gave, with a NUL
};

// Begins: appends the SEND_NAME packet (with its two length bytes) to out.
void handshake_start(
        struct handshake *handshake, const struct dist_options *options, struct buffer *out);

// Takes one packet without its length bytes and appends the answer, if there is one, to out.
// False with an error that names the cause, by the peer's words:
//   nok, not_allowed -> ERROR_NODE_REFUSED; alive -> answered `true` (the old connection is ours,
//   with an earlier creation: the peer drops it); sok_simultaneous -> as sok;
//   a digest that does not match -> ERROR_WRONG_COOKIE; a challenge in the form of OTP 22, or flags
//   that lack what OTP 25 has -> ERROR_BEAM_TOO_OLD; another name before the @ than was asked for
//   -> ERROR_NODE_NOT_RUNNING; anything else -> ERROR_NOT_A_BEAM.
// Must not be called when the state is DONE or FAILED.
bool handshake_packet(
        struct handshake *handshake, struct str packet, struct buffer *out, struct error *error);

// The peer closed the connection before the state was DONE; `partial` says that it had sent the
// beginning of a packet. Fills the error (a node closes instead of an ACK when it does not like our
// digest: ERROR_WRONG_COOKIE) and returns false.
bool handshake_closed(struct handshake *handshake, bool partial, struct error *error);

// The flags we offer: those of OTP 25's own hidden C nodes, which OTP 25 to 29 accept.
extern const uint64_t handshake_flags;

#endif
