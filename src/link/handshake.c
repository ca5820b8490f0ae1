// The connecting side of handshake version 6. Packets are checked to their last byte before
// anything is taken from them; what the peer says is never repeated in an error unless it is a
// well-formed name.
//
// Source: "Distribution Handshake" in the Distribution Protocol chapter of the ERTS User's Guide.
#include "link/handshake.h"

#include "base/must.h"
#include "base/random.h"
#include "limits.h"
#include "link/big_endian.h"

#include <nettle/md5.h>
#include <nettle/memops.h>
#include <stdio.h>

// Capabilities, as in erts/emulator/beam/dist.h. The User's Guide gives MANDATORY_25_DIGEST as bit
// 36; every release has it as bit 26.
#define FLAG_EXTENDED_REFERENCES UINT64_C(0x4)
#define FLAG_DIST_MONITOR        UINT64_C(0x8)
#define FLAG_FUN_TAGS            UINT64_C(0x10)
#define FLAG_NEW_FUN_TAGS        UINT64_C(0x80)
#define FLAG_EXTENDED_PIDS_PORTS UINT64_C(0x100)
#define FLAG_EXPORT_PTR_TAG      UINT64_C(0x200)
#define FLAG_BIT_BINARIES        UINT64_C(0x400)
#define FLAG_NEW_FLOATS          UINT64_C(0x800)
#define FLAG_SMALL_ATOM_TAGS     UINT64_C(0x4000)
#define FLAG_UTF8_ATOMS          UINT64_C(0x10000)
#define FLAG_MAP_TAG             UINT64_C(0x20000)
#define FLAG_BIG_CREATION        UINT64_C(0x40000)
#define FLAG_HANDSHAKE_23        UINT64_C(0x1000000)
#define FLAG_UNLINK_ID           UINT64_C(0x2000000)
#define FLAG_MANDATORY_25_DIGEST UINT64_C(0x4000000)
#define FLAG_V4_NC               UINT64_C(0x400000000)

// Not offered: PUBLISHED (we are hidden), DIST_HDR_ATOM_CACHE and FRAGMENTS (every packet stands
// for itself), DIST_MONITOR_NAME, SPAWN, ALIAS, EXIT_PAYLOAD, SEND_SENDER (nothing here uses them).
const uint64_t handshake_flags =
        FLAG_EXTENDED_REFERENCES | FLAG_DIST_MONITOR | FLAG_FUN_TAGS | FLAG_NEW_FUN_TAGS |
        FLAG_EXTENDED_PIDS_PORTS | FLAG_EXPORT_PTR_TAG | FLAG_BIT_BINARIES | FLAG_NEW_FLOATS |
        FLAG_SMALL_ATOM_TAGS | FLAG_UTF8_ATOMS | FLAG_MAP_TAG | FLAG_BIG_CREATION |
        FLAG_HANDSHAKE_23 | FLAG_UNLINK_ID | FLAG_MANDATORY_25_DIGEST | FLAG_V4_NC;

// The digest stands for everything that OTP 25 made mandatory, so a peer may leave those bits out.
static const uint64_t required_flags = FLAG_MANDATORY_25_DIGEST | FLAG_UNLINK_ID | FLAG_V4_NC;

// Tag, flags 8, challenge 4, creation 4, name length 2.
#define CHALLENGE_FIXED 19u

static bool fail(struct handshake *handshake) {
    handshake->state = HANDSHAKE_FAILED;
    return false;
}

static bool not_a_beam(struct handshake *handshake, struct error *error) {
    error_set(error, ERROR_NOT_A_BEAM,
            "what answers for node %.*s does not speak the Erlang distribution protocol: check the "
            "host and the port",
            STR_ARGS(handshake->options->peer));
    return fail(handshake);
}

static bool too_old(struct handshake *handshake, struct error *error) {
    error_set(error, ERROR_BEAM_TOO_OLD,
            "node %.*s runs an Erlang/OTP release before 25; Whitebeam needs 25 or later",
            STR_ARGS(handshake->options->peer));
    return fail(handshake);
}

static bool wrong_cookie(struct handshake *handshake, struct error *error) {
    error_set(error, ERROR_WRONG_COOKIE,
            "node %.*s does not accept our cookie: give the contents of the .erlang.cookie file in "
            "the home directory of the user it runs as, or the value of its -setcookie",
            STR_ARGS(handshake->options->peer));
    return fail(handshake);
}

// gen_digest of dist_util.erl: MD5 over the cookie and the challenge in decimal.
static void digest_of(struct str cookie, uint32_t challenge, uint8_t digest[MD5_DIGEST_SIZE]) {
    char decimal[16];
    int length = snprintf(decimal, sizeof decimal, "%u", challenge);
    must(length > 0);
    struct md5_ctx md5;
    md5_init(&md5);
    md5_update(&md5, cookie.length, (const uint8_t *)cookie.at);
    md5_update(&md5, (size_t)length, (const uint8_t *)decimal);
    md5_digest(&md5, MD5_DIGEST_SIZE, digest);
}

void handshake_start(
        struct handshake *handshake, const struct dist_options *options, struct buffer *out) {
    must(options->creation > 3);
    must(options->self.length <= LIMIT_NODE_NAME);
    *handshake = (struct handshake){
            .state = HANDSHAKE_STATUS,
            .options = options,
            .our_challenge = random_u32(),
    };
    buffer_add_u16(out, (uint16_t)(1 + 8 + 4 + 2 + options->self.length));
    buffer_add_u8(out, 'N');
    buffer_add_u64(out, handshake_flags);
    buffer_add_u32(out, options->creation);
    buffer_add_u16(out, (uint16_t)options->self.length);
    buffer_add_str(out, options->self);
}

// Step 3) of the handshake, and 3B) for `alive`.
static bool take_status(
        struct handshake *handshake, struct str packet, struct buffer *out, struct error *error) {
    if (packet.length < 1 || packet.at[0] != 's') {
        return not_a_beam(handshake, error);
    }
    struct str peer = handshake->options->peer;
    struct str status = {packet.at + 1, packet.length - 1};
    if (str_is(status, "ok") || str_is(status, "ok_simultaneous")) {
        handshake->state = HANDSHAKE_CHALLENGE;
        return true;
    }
    if (str_is(status, "alive")) {
        buffer_add_u16(out, 5);
        buffer_add_text(out, "strue");
        handshake->state = HANDSHAKE_CHALLENGE;
        return true;
    }
    if (str_is(status, "nok")) {
        error_set(error, ERROR_NODE_REFUSED,
                "node %.*s is setting up another connection with the name %.*s: try again in a few "
                "seconds",
                STR_ARGS(peer), STR_ARGS(handshake->options->self));
        return fail(handshake);
    }
    if (str_is(status, "not_allowed")) {
        error_set(error, ERROR_NODE_REFUSED,
                "node %.*s refuses connections from %.*s: let it call net_kernel:allow/1 with that "
                "name",
                STR_ARGS(peer), STR_ARGS(handshake->options->self));
        return fail(handshake);
    }
    // `named:` belongs to NAME_ME, which we never ask for.
    return not_a_beam(handshake, error);
}

// A full node name without characters that would spoil a log line.
static bool is_node_name(struct str name) {
    const char *sign = name.length > 0 ? memchr(name.at, '@', name.length) : NULL;
    if (!sign || sign == name.at || sign == name.at + name.length - 1 ||
            name.length > LIMIT_NODE_NAME || !str_is_utf8(name)) {
        return false;
    }
    for (size_t i = 0; i < name.length; i++) {
        if ((uint8_t)name.at[i] < ' ' || name.at[i] == 127) {
            return false;
        }
    }
    return true;
}

static struct str before_at(struct str name) {
    const char *sign = memchr(name.at, '@', name.length);
    return (struct str){name.at, sign ? (size_t)(sign - name.at) : name.length};
}

// Step 4): who the peer is, what it can do and what it wants to see proven.
static bool read_challenge(
        struct handshake *handshake, struct str packet, uint32_t *challenge, struct error *error) {
    if (packet.length >= 1 && packet.at[0] == 'n') {
        return too_old(handshake, error);
    }
    if (packet.length < CHALLENGE_FIXED || packet.at[0] != 'N') {
        return not_a_beam(handshake, error);
    }
    handshake->peer_flags = big_endian(packet.at + 1, 8);
    *challenge = (uint32_t)big_endian(packet.at + 9, 4);
    handshake->peer_creation = (uint32_t)big_endian(packet.at + 13, 4);
    struct str name = {packet.at + CHALLENGE_FIXED, (size_t)big_endian(packet.at + 17, 2)};
    // More after the name is allowed, for releases to come.
    if (packet.length - CHALLENGE_FIXED < name.length || !is_node_name(name)) {
        return not_a_beam(handshake, error);
    }
    memcpy(handshake->peer, name.at, name.length);
    handshake->peer[name.length] = '\0';
    if ((handshake->peer_flags & required_flags) != required_flags) {
        return too_old(handshake, error);
    }
    // The host may differ (an address, an alias), but another node would take orders that were not
    // meant for it: a port is soon reused.
    if (!str_equal(before_at(name), before_at(handshake->options->peer))) {
        error_set(error, ERROR_NODE_NOT_RUNNING,
                "where node %.*s should be, a node named %s answered: check the name and the port",
                STR_ARGS(handshake->options->peer), handshake->peer);
        return fail(handshake);
    }
    return true;
}

// Step 5): our proof and our own challenge.
static bool take_challenge(
        struct handshake *handshake, struct str packet, struct buffer *out, struct error *error) {
    uint32_t challenge = 0;
    if (!read_challenge(handshake, packet, &challenge, error)) {
        return false;
    }
    uint8_t digest[MD5_DIGEST_SIZE];
    digest_of(handshake->options->cookie, challenge, digest);
    buffer_add_u16(out, 1 + 4 + MD5_DIGEST_SIZE);
    buffer_add_u8(out, 'r');
    buffer_add_u32(out, handshake->our_challenge);
    buffer_add(out, digest, sizeof digest);
    handshake->state = HANDSHAKE_ACK;
    return true;
}

// Step 6).
static bool take_ack(struct handshake *handshake, struct str packet, struct error *error) {
    if (packet.length != 1 + MD5_DIGEST_SIZE || packet.at[0] != 'a') {
        return not_a_beam(handshake, error);
    }
    uint8_t digest[MD5_DIGEST_SIZE];
    digest_of(handshake->options->cookie, handshake->our_challenge, digest);
    if (!memeql_sec(digest, packet.at + 1, sizeof digest)) {
        return wrong_cookie(handshake, error);
    }
    handshake->state = HANDSHAKE_DONE;
    return true;
}

bool handshake_packet(
        struct handshake *handshake, struct str packet, struct buffer *out, struct error *error) {
    switch (handshake->state) {
    case HANDSHAKE_STATUS:
        return take_status(handshake, packet, out, error);
    case HANDSHAKE_CHALLENGE:
        return take_challenge(handshake, packet, out, error);
    case HANDSHAKE_ACK:
        return take_ack(handshake, packet, error);
    case HANDSHAKE_DONE:
    case HANDSHAKE_FAILED:
        break;
    }
    must(handshake->state < HANDSHAKE_DONE);
    return false;
}

bool handshake_closed(struct handshake *handshake, bool partial, struct error *error) {
    must(handshake->state < HANDSHAKE_DONE);
    if (handshake->state == HANDSHAKE_ACK && !partial) {
        return wrong_cookie(handshake, error);
    }
    if (handshake->state == HANDSHAKE_STATUS) {
        error_set(error, ERROR_NOT_A_BEAM,
                "what answers for node %.*s closed the connection at our greeting: check that it "
                "is an Erlang/OTP node of release 25 or later and does not use TLS for "
                "distribution",
                STR_ARGS(handshake->options->peer));
        return fail(handshake);
    }
    error_set(error, ERROR_CONNECTION_LOST,
            "node %.*s closed the connection in the middle of the handshake: see its log, then try "
            "again",
            STR_ARGS(handshake->options->peer));
    return fail(handshake);
}
