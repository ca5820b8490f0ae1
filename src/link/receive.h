// The bytes that a socket delivered and that are not used up yet, cut into packets where they lie:
// a packet is never copied out. The memory grows to the packet that is arriving and shrinks when
// everything is used up.
#ifndef WHITEBEAM_LINK_RECEIVE_H
#define WHITEBEAM_LINK_RECEIVE_H

#include "base/str.h"

struct receive {
    char *at; // owned
    size_t start;
    size_t end;
    size_t capacity;
    size_t needed; // bytes of the packet at start, with its length bytes; 0: not known yet
};

enum receive_result { RECEIVE_MORE, RECEIVE_PACKET, RECEIVE_TOO_LONG };

void receive_init(struct receive *receive);
void receive_finish(struct receive *receive);

// Where the socket shall write next, and how much at most (*room > 0). Packets that were handed out
// are no longer valid.
char *receive_room(struct receive *receive, size_t *room);

// The socket wrote count bytes there.
void receive_took(struct receive *receive, size_t count);

// Takes the next packet, which begins with its length in length_bytes (2 or 4) big-endian bytes;
// *packet is without them. TOO_LONG: it has more than limit bytes; nothing is taken.
enum receive_result receive_packet(
        struct receive *receive, size_t length_bytes, size_t limit, struct str *packet);

// What has arrived and was not taken.
struct str receive_rest(const struct receive *receive);

// Forgets what has arrived.
void receive_clear(struct receive *receive);

// Gives memory back that a long packet needed, if nothing is left in it. Packets that were handed
// out are no longer valid.
void receive_trim(struct receive *receive);

#endif
