// A peer's side of the handshake: packets with two length bytes, in one run of bytes.
#include "base/must.h"
#include "limits.h"
#include "link/handshake.h"
#include "link/receive.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct dist_options options = {
            .peer = {"rabbit@box", 10},
            .self = {"whitebeam@here", 14},
            .cookie = {"SECRET", 6},
            .creation = 4,
    };
    struct handshake handshake;
    struct receive receive;
    struct buffer out;
    struct error error = {0};
    receive_init(&receive);
    buffer_init(&out);
    handshake_start(&handshake, &options, &out);
    handshake.our_challenge = 0x12345678; // so that a seed can answer it
    for (size_t used = 0; used < size && handshake.state < HANDSHAKE_DONE;) {
        size_t room;
        char *at = receive_room(&receive, &room);
        size_t count = size - used < room ? size - used : room;
        memcpy(at, data + used, count);
        receive_took(&receive, count);
        used += count;
        struct str packet;
        while (handshake.state < HANDSHAKE_DONE &&
                receive_packet(&receive, 2, LIMIT_LINK_HANDSHAKE, &packet) == RECEIVE_PACKET) {
            bool taken = handshake_packet(&handshake, packet, &out, &error);
            must(taken == (handshake.state != HANDSHAKE_FAILED));
            must(taken || error.code != ERROR_OK);
        }
    }
    must(strlen(handshake.peer) <= LIMIT_NODE_NAME);
    must(out.length < 1024);
    if (handshake.state < HANDSHAKE_DONE) {
        must(!handshake_closed(&handshake, receive_rest(&receive).length > 0, &error));
    }
    receive_finish(&receive);
    buffer_finish(&out);
    return 0;
}
