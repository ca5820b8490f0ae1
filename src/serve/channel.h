// Phoenix Channels, protocol 2.0.0, for one client: joins, leaves, pushes and heartbeats on one
// side, live topics on the other. It sees messages, not sockets: whoever carries them hands in two
// functions and calls channels_text for each message that comes.
#ifndef WHITEBEAM_SERVE_CHANNEL_H
#define WHITEBEAM_SERVE_CHANNEL_H

#include "base/str.h"

struct channels;
struct live;

// What the carrier does for us. Neither may call back into the channels.
struct channel_carrier {
    void (*send)(void *carrier, struct str message); // as a text message; borrowed
    // Ends the connection with a close code of RFC 6455 7.4 and a reason of at most 123 bytes.
    void (*close)(void *carrier, unsigned code, const char *reason);
};

// `permissions` as in struct request. Everything is borrowed.
struct channels *channels_create(struct live *live, uint64_t permissions,
        const struct channel_carrier *functions, void *carrier);

// Leaves all topics, without a word to the client.
void channels_destroy(struct channels *channels);

// A message came. One that breaks the protocol closes the connection; those after it are ignored.
void channels_text(struct channels *channels, struct str message);
// Binary pushes are understood, but no topic takes them: they are answered with an error.
void channels_binary(struct channels *channels, struct str message);

#endif
