// Source: "EPMD Protocol" in the Distribution Protocol chapter of the ERTS User's Guide.
#include "link/epmd.h"

#include "base/must.h"
#include "limits.h"
#include "link/big_endian.h"

#define PORT_PLEASE2_REQ  122
#define PORT2_RESP        119
#define HANDSHAKE_VERSION 6 // of OTP 23 and later

// Tag, result, port 2, node type, protocol, highest version 2, lowest version 2, name length 2.
#define ANSWER_FIXED 12u

void epmd_request(struct buffer *out, struct str name) {
    must(name.length <= LIMIT_NODE_NAME);
    buffer_add_u16(out, (uint16_t)(1 + name.length));
    buffer_add_u8(out, PORT_PLEASE2_REQ);
    buffer_add_str(out, name);
}

static enum epmd_result not_epmd(struct error *error) {
    error_set(error, ERROR_NOT_A_BEAM,
            "what answers on epmd's port is not epmd: check the host, the epmd port and whether "
            "another service uses it");
    return EPMD_FAILED;
}

enum epmd_result epmd_answer(
        struct str bytes, struct str name, uint16_t *port, struct error *error) {
    if (bytes.length >= 1 && (uint8_t)bytes.at[0] != PORT2_RESP) {
        return not_epmd(error);
    }
    if (bytes.length < 2) {
        return EPMD_MORE;
    }
    if (bytes.at[1] != 0) {
        error_set(error, ERROR_NODE_NOT_RUNNING,
                "no node named '%.*s' is registered with epmd: is it running, and was it started "
                "with -sname or -name?",
                STR_ARGS(name));
        return EPMD_FAILED;
    }
    if (bytes.length < ANSWER_FIXED) {
        return EPMD_MORE;
    }
    uint64_t found = big_endian(bytes.at + 2, 2);
    uint64_t highest = big_endian(bytes.at + 6, 2);
    uint64_t lowest = big_endian(bytes.at + 8, 2);
    size_t length = (size_t)big_endian(bytes.at + 10, 2);
    if (found == 0 || lowest > highest || length != name.length) {
        return not_epmd(error);
    }
    if (bytes.length < ANSWER_FIXED + length) {
        return EPMD_MORE;
    }
    if (!str_equal((struct str){bytes.at + ANSWER_FIXED, length}, name)) {
        return not_epmd(error);
    }
    if (highest < HANDSHAKE_VERSION) {
        error_set(error, ERROR_BEAM_TOO_OLD,
                "node '%.*s' runs an Erlang/OTP release before 23; Whitebeam needs 25 or later",
                STR_ARGS(name));
        return EPMD_FAILED;
    }
    if (lowest > HANDSHAKE_VERSION) {
        error_set(error, ERROR_NOT_A_BEAM,
                "node '%.*s' speaks only a version of the distribution protocol that is newer "
                "than this Whitebeam knows: update Whitebeam",
                STR_ARGS(name));
        return EPMD_FAILED;
    }
    // What follows is Elen and Extra, which no known node uses.
    *port = (uint16_t)found;
    return EPMD_FOUND;
}
