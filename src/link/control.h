// What arrives on an established connection: one packet, of which only sends carry a message for
// us. Everything else that a process may do to our pid (link, unlink, monitor, exit, group leader,
// spawn requests) is read and ignored, so that nobody on the node can end the connection by it.
#ifndef WHITEBEAM_LINK_CONTROL_H
#define WHITEBEAM_LINK_CONTROL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"
#include "term/term.h"

struct control {
    bool is_message;
    // The pid the message is for, in the arena; NULL when it is for a name. The caller compares: a
    // process may hold a pid of ours from an earlier connection.
    const struct term_pid *pid;
    struct str to;      // the registered name; empty when the message is for a pid
    struct str message; // external form with version byte; borrowed from the packet
};

// Reads a packet (without its four length bytes, not empty: empty is a tick). `arena` holds the
// control tuple of a message. Errors: ERROR_NOT_A_BEAM when the packet has no form we know.
bool control_read(
        struct arena *arena, struct str packet, struct control *control, struct error *error);

// Appends a whole packet, length included: SEND (2) to a pid, REG_SEND (6) to a name.
void control_send(struct buffer *out, const struct term_pid *to, struct str message);
void control_send_name(
        struct buffer *out, const struct term_pid *from, struct str name, struct str message);

#endif
