// One contiguous block. What is left of a packet moves to the front only when the space behind it
// runs short, which happens once for several packets.
#include "link/receive.h"

#include "base/memory.h"
#include "base/must.h"
#include "link/big_endian.h"

#include <stdlib.h>

// Several messages of an agent (up to 64 KB each) in one read. The pages of it that are never
// written to cost nothing.
#define RECEIVE_CAPACITY (256u << 10)
// With less room than this, a read is not worth its system call.
#define RECEIVE_ROOM     (64u << 10)

void receive_init(struct receive *receive) {
    *receive = (struct receive){0};
}

void receive_finish(struct receive *receive) {
    free(receive->at);
    *receive = (struct receive){0};
}

char *receive_room(struct receive *receive, size_t *room) {
    size_t held = receive->end - receive->start;
    if (held == 0) {
        receive->start = 0;
        receive->end = 0;
    }
    size_t wanted = receive->needed > held ? receive->needed - held : 1;
    size_t behind = receive->capacity - receive->end;
    if (receive->start > 0 && (behind < wanted || behind < RECEIVE_ROOM)) {
        memmove(receive->at, receive->at + receive->start, held);
        receive->start = 0;
        receive->end = held;
    }
    if (receive->capacity - receive->end < wanted) {
        // Exactly the long packet: the next read ends with it, and nothing has to be moved after.
        size_t capacity = held + wanted;
        receive->capacity = capacity > RECEIVE_CAPACITY ? capacity : RECEIVE_CAPACITY;
        receive->at = memory_resize(receive->at, receive->capacity, 1);
    }
    *room = receive->capacity - receive->end;
    return receive->at + receive->end;
}

void receive_took(struct receive *receive, size_t count) {
    must(count <= receive->capacity - receive->end);
    receive->end += count;
}

enum receive_result receive_packet(
        struct receive *receive, size_t length_bytes, size_t limit, struct str *packet) {
    must(length_bytes == 2 || length_bytes == 4);
    size_t held = receive->end - receive->start;
    receive->needed = 0;
    if (held < length_bytes) {
        return RECEIVE_MORE;
    }
    const char *from = receive->at + receive->start;
    size_t length = (size_t)big_endian(from, length_bytes);
    if (length > limit) {
        return RECEIVE_TOO_LONG;
    }
    if (held - length_bytes < length) {
        receive->needed = length_bytes + length;
        return RECEIVE_MORE;
    }
    *packet = (struct str){from + length_bytes, length};
    receive->start += length_bytes + length;
    return RECEIVE_PACKET;
}

struct str receive_rest(const struct receive *receive) {
    size_t held = receive->end - receive->start;
    return (struct str){held ? receive->at + receive->start : "", held};
}

void receive_clear(struct receive *receive) {
    receive->start = 0;
    receive->end = 0;
    receive->needed = 0;
}

void receive_trim(struct receive *receive) {
    if (receive->start == receive->end && receive->capacity > RECEIVE_CAPACITY) {
        receive_finish(receive);
    }
}
