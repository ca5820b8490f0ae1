// The handshake against hand-made packets of the peer.
#include "link/handshake.h"

#include "base/memory.h"

#include <nettle/md5.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define PEER_CHALLENGE 0xFEDCBA98u

static const struct dist_options options = {
        .peer = {"rabbit@box", 10},
        .self = {"whitebeam@here", 14},
        .cookie = {"SECRET", 6},
        .creation = 0x01020304,
};

static struct handshake handshake;
static struct buffer out;
static struct error error;

static int begin(void **state) {
    (void)state;
    buffer_init(&out);
    handshake_start(&handshake, &options, &out);
    return 0;
}

static int finish(void **state) {
    (void)state;
    buffer_finish(&out);
    return 0;
}

static void start_again(void) {
    out.length = 0;
    handshake_start(&handshake, &options, &out);
    out.length = 0;
}

// Gives the packet in a block of its exact size, so that reading past it is seen.
static bool give(struct str packet) {
    char *exact = memory_new(packet.length, 1);
    if (packet.length > 0) {
        memcpy(exact, packet.at, packet.length);
    }
    bool taken = handshake_packet(&handshake, (struct str){exact, packet.length}, &out, &error);
    free(exact);
    return taken;
}

static void challenge_packet(struct buffer *packet, uint64_t flags, const char *name) {
    packet->length = 0;
    buffer_add_u8(packet, 'N');
    buffer_add_u64(packet, flags);
    buffer_add_u32(packet, PEER_CHALLENGE);
    buffer_add_u32(packet, 77);
    buffer_add_u16(packet, (uint16_t)strlen(name));
    buffer_add_text(packet, name);
}

static bool give_challenge(uint64_t flags, const char *name) {
    struct buffer packet;
    buffer_init(&packet);
    challenge_packet(&packet, flags, name);
    bool taken = give(buffer_str(&packet));
    buffer_finish(&packet);
    return taken;
}

// Independent of the code under test except for nettle: MD5 of the text "SECRET<challenge>".
static void digest_of(uint32_t challenge, uint8_t digest[16]) {
    char text[32];
    int length = snprintf(text, sizeof text, "SECRET%u", challenge);
    struct md5_ctx md5;
    md5_init(&md5);
    md5_update(&md5, (size_t)length, (const uint8_t *)text);
    md5_digest(&md5, 16, digest);
}

static bool give_ack(uint32_t challenge) {
    char packet[17] = "a";
    digest_of(challenge, (uint8_t *)packet + 1);
    return give((struct str){packet, sizeof packet});
}

static void greeting_carries_flags_creation_and_name(void **state) {
    (void)state;
    static const char expected[] = "\x00\x1DN"
                                   "\x00\x00\x00\x04\x07\x07\x4F\x9C"
                                   "\x01\x02\x03\x04"
                                   "\x00\x0Ewhitebeam@here";
    assert_int_equal(out.length, sizeof expected - 1);
    assert_memory_equal(out.at, expected, sizeof expected - 1);
    assert_int_equal(handshake.state, HANDSHAKE_STATUS);
}

static void challenges_differ_between_handshakes(void **state) {
    (void)state;
    uint32_t first = handshake.our_challenge;
    start_again();
    uint32_t second = handshake.our_challenge;
    start_again();
    assert_false(first == second && second == handshake.our_challenge);
}

static void whole_handshake_ends_done(void **state) {
    (void)state;
    out.length = 0;
    assert_true(give(STR("sok")));
    assert_int_equal(out.length, 0);
    assert_int_equal(handshake.state, HANDSHAKE_CHALLENGE);
    assert_true(give_challenge(handshake_flags, "rabbit@box"));
    assert_int_equal(handshake.state, HANDSHAKE_ACK);
    assert_string_equal(handshake.peer, "rabbit@box");
    assert_int_equal(handshake.peer_creation, 77);
    assert_true(handshake.peer_flags == handshake_flags);
    uint8_t digest[16];
    digest_of(PEER_CHALLENGE, digest);
    assert_int_equal(out.length, 2 + 1 + 4 + 16);
    assert_memory_equal(out.at, "\x00\x15r", 3);
    uint32_t challenge = __builtin_bswap32(handshake.our_challenge);
    assert_memory_equal(out.at + 3, &challenge, 4);
    assert_memory_equal(out.at + 7, digest, 16);
    out.length = 0;
    assert_true(give_ack(handshake.our_challenge));
    assert_int_equal(handshake.state, HANDSHAKE_DONE);
    assert_int_equal(out.length, 0);
}

static void challenge_above_31_bits_is_written_unsigned(void **state) {
    (void)state;
    assert_true(give(STR("sok")));
    out.length = 0;
    assert_true(give_challenge(handshake_flags, "rabbit@box"));
    // printf SECRET4275878552 | md5sum
    static const char digest[] = "\x20\xb7\x89\x04\x56\x50\xaf\xb3"
                                 "\x95\x5d\xc3\x60\x88\x5c\xfd\x42";
    assert_memory_equal(out.at + 7, digest, 16);
}

static void simultaneous_is_as_ok(void **state) {
    (void)state;
    assert_true(give(STR("sok_simultaneous")));
    assert_int_equal(handshake.state, HANDSHAKE_CHALLENGE);
}

static void alive_is_answered_true(void **state) {
    (void)state;
    out.length = 0;
    assert_true(give(STR("salive")));
    assert_int_equal(out.length, 7);
    assert_memory_equal(out.at, "\x00\x05strue", 7);
    assert_int_equal(handshake.state, HANDSHAKE_CHALLENGE);
}

static void every_other_status_fails_with_its_cause(void **state) {
    (void)state;
    static const struct {
        const char *packet;
        enum error_code code;
    } rows[] = {
            {"snok", ERROR_NODE_REFUSED},
            {"snot_allowed", ERROR_NODE_REFUSED},
            {"snamed:a@b", ERROR_NOT_A_BEAM},
            {"s", ERROR_NOT_A_BEAM},
            {"so", ERROR_NOT_A_BEAM},
            {"sokay", ERROR_NOT_A_BEAM},
            {"sok_", ERROR_NOT_A_BEAM},
            {"sok_simultaneously", ERROR_NOT_A_BEAM},
            {"salive ", ERROR_NOT_A_BEAM},
            {"strue", ERROR_NOT_A_BEAM},
            {"", ERROR_NOT_A_BEAM},
            {"ok", ERROR_NOT_A_BEAM},
            {"HTTP/1.1 400", ERROR_NOT_A_BEAM},
            {"Nok", ERROR_NOT_A_BEAM},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        start_again();
        assert_false(give(str_of(rows[i].packet)));
        assert_int_equal(error.code, rows[i].code);
        assert_int_equal(handshake.state, HANDSHAKE_FAILED);
        assert_int_equal(out.length, 0);
    }
}

static void every_truncated_challenge_fails(void **state) {
    (void)state;
    struct buffer packet;
    buffer_init(&packet);
    challenge_packet(&packet, handshake_flags, "rabbit@box");
    for (size_t length = 0; length < packet.length; length++) {
        start_again();
        assert_true(give(STR("sok")));
        assert_false(give((struct str){packet.at, length}));
        assert_int_equal(error.code, ERROR_NOT_A_BEAM);
        assert_int_equal(out.length, 0);
    }
    start_again();
    assert_true(give(STR("sok")));
    buffer_add_text(&packet, "more of a later release");
    assert_true(give(buffer_str(&packet)));
    buffer_finish(&packet);
}

static void challenge_in_the_form_of_otp_22_is_too_old(void **state) {
    (void)state;
    assert_true(give(STR("sok")));
    assert_false(give((struct str){"n\0\5\0\0\0\0\1\2\3\4rabbit@box", 21}));
    assert_int_equal(error.code, ERROR_BEAM_TOO_OLD);
}

static void flags_without_what_otp_25_has_are_too_old(void **state) {
    (void)state;
    static const uint64_t missing[] = {0x4000000, 0x2000000, UINT64_C(0x400000000)};
    for (size_t i = 0; i < sizeof missing / sizeof missing[0]; i++) {
        start_again();
        assert_true(give(STR("sok")));
        assert_false(give_challenge(handshake_flags & ~missing[i], "rabbit@box"));
        assert_int_equal(error.code, ERROR_BEAM_TOO_OLD);
    }
}

static void digest_flag_stands_for_the_mandatory_ones(void **state) {
    (void)state;
    assert_true(give(STR("sok")));
    assert_true(give_challenge(UINT64_C(0x406000000), "rabbit@box"));
}

static void malformed_names_are_not_a_beam(void **state) {
    (void)state;
    static const char *const names[] = {
            "", "@", "rabbit", "rabbit@", "@box", "rabbit@b\nx", "rabbit@\xff", "rabbit@b\x7fx"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        start_again();
        assert_true(give(STR("sok")));
        assert_false(give_challenge(handshake_flags, names[i]));
        assert_int_equal(error.code, ERROR_NOT_A_BEAM);
    }
    char name[258];
    memset(name, 'a', sizeof name);
    memcpy(name, "rabbit@", 7);
    name[256] = '\0';
    start_again();
    assert_true(give(STR("sok")));
    assert_false(give_challenge(handshake_flags, name));
    assert_int_equal(error.code, ERROR_NOT_A_BEAM);
    name[255] = '\0';
    start_again();
    assert_true(give(STR("sok")));
    assert_true(give_challenge(handshake_flags, name));
    assert_string_equal(handshake.peer, name);
}

static void another_host_is_fine_but_another_name_is_not(void **state) {
    (void)state;
    assert_true(give(STR("sok")));
    assert_true(give_challenge(handshake_flags, "rabbit@box.example.org"));
    start_again();
    assert_true(give(STR("sok")));
    assert_false(give_challenge(handshake_flags, "hare@box"));
    assert_int_equal(error.code, ERROR_NODE_NOT_RUNNING);
    assert_int_equal(out.length, 0);
    assert_non_null(strstr(error.message, "hare@box"));
}

static void go_to_ack(void) {
    start_again();
    assert_true(give(STR("sok")));
    assert_true(give_challenge(handshake_flags, "rabbit@box"));
    out.length = 0;
}

static void digest_of_another_cookie_is_refused(void **state) {
    (void)state;
    go_to_ack();
    assert_false(give_ack(handshake.our_challenge + 1));
    assert_int_equal(error.code, ERROR_WRONG_COOKIE);
    assert_int_equal(handshake.state, HANDSHAKE_FAILED);
}

static void every_truncated_or_longer_ack_fails(void **state) {
    (void)state;
    char packet[18] = "a";
    for (size_t length = 0; length <= sizeof packet; length++) {
        go_to_ack();
        digest_of(handshake.our_challenge, (uint8_t *)packet + 1);
        bool taken = give((struct str){packet, length});
        assert_int_equal(taken, length == 17);
        if (!taken) {
            assert_int_equal(error.code, ERROR_NOT_A_BEAM);
        }
    }
    go_to_ack();
    packet[0] = 'b';
    assert_false(give((struct str){packet, 17}));
}

static void closing_is_explained_by_the_state(void **state) {
    (void)state;
    assert_false(handshake_closed(&handshake, false, &error));
    assert_int_equal(error.code, ERROR_NOT_A_BEAM);
    start_again();
    assert_true(give(STR("sok")));
    assert_false(handshake_closed(&handshake, false, &error));
    assert_int_equal(error.code, ERROR_CONNECTION_LOST);
    go_to_ack();
    assert_false(handshake_closed(&handshake, true, &error));
    assert_int_equal(error.code, ERROR_CONNECTION_LOST);
    go_to_ack();
    assert_false(handshake_closed(&handshake, false, &error));
    assert_int_equal(error.code, ERROR_WRONG_COOKIE);
    assert_non_null(strstr(error.message, ".erlang.cookie"));
    assert_null(strstr(error.message, "SECRET"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(greeting_carries_flags_creation_and_name),
            TEST(challenges_differ_between_handshakes),
            TEST(whole_handshake_ends_done),
            TEST(challenge_above_31_bits_is_written_unsigned),
            TEST(simultaneous_is_as_ok),
            TEST(alive_is_answered_true),
            TEST(every_other_status_fails_with_its_cause),
            TEST(every_truncated_challenge_fails),
            TEST(challenge_in_the_form_of_otp_22_is_too_old),
            TEST(flags_without_what_otp_25_has_are_too_old),
            TEST(digest_flag_stands_for_the_mandatory_ones),
            TEST(malformed_names_are_not_a_beam),
            TEST(another_host_is_fine_but_another_name_is_not),
            TEST(digest_of_another_cookie_is_refused),
            TEST(every_truncated_or_longer_ack_fails),
            TEST(closing_is_explained_by_the_state),
    };
    return cmocka_run_group_tests_name("link_handshake", tests, NULL, NULL);
}
