// Phoenix Channels, message by message: what the stock client and its server agree on.
#include "serve/channel.h"

#include "limits.h"
#include "serve_live_fake.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define JOIN(ref, topic) "[\"" ref "\",\"" ref "\",\"" topic "\",\"phx_join\",{}]"
#define UNMATCHED(ref, topic)                                                                      \
    "[null," ref ",\"" topic                                                                       \
    "\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":\"unmatched topic\"}}]"

static struct {
    struct channels *channels;
    char *said[512]; // owned
    unsigned count, read;
    unsigned code;
    char reason[124];
} peer;

static void record(void *carrier, struct str message) {
    assert_ptr_equal(carrier, &peer);
    assert_int_equal(peer.code, 0);
    assert_true(peer.count < sizeof peer.said / sizeof *peer.said);
    assert_true(str_is_utf8(message));
    peer.said[peer.count++] = strndup(message.at, message.length);
}

static void record_close(void *carrier, unsigned code, const char *reason) {
    assert_ptr_equal(carrier, &peer);
    assert_int_equal(peer.code, 0);
    peer.code = code;
    snprintf(peer.reason, sizeof peer.reason, "%s", reason);
}

static int start(void **state) {
    (void)state;
    static const struct channel_carrier functions = {record, record_close};
    memset(&peer, 0, sizeof peer);
    peer.channels = channels_create(&fake_live, 5, &functions, &peer);
    return 0;
}

static int stop(void **state) {
    (void)state;
    channels_destroy(peer.channels);
    for (unsigned i = 0; i < peer.count; i++) {
        free(peer.said[i]);
    }
    assert_int_equal(fake_live.count, 0);
    return 0;
}

static void hear(const char *text) {
    channels_text(peer.channels, str_of(text));
}

static void expect(const char *text) {
    if (peer.read == peer.count) {
        fail_msg("nothing was said instead of %s", text);
    }
    assert_string_equal(peer.said[peer.read++], text);
}

static void expect_nothing(void) {
    if (peer.read < peer.count) {
        fail_msg("unexpected: %s", peer.said[peer.read]);
    }
}

static void expect_joined(const char *ref, const char *topic) {
    char text[256];
    snprintf(text, sizeof text,
            "[\"%s\",\"%s\",\"%s\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"joined\":{}}}]",
            ref, ref, topic);
    expect(text);
}

static void hear_and_expect(const char *text, const char *answer) {
    hear(text);
    expect(answer);
    expect_nothing();
    assert_int_equal(peer.code, 0);
}

// ---- joining and leaving ---------------------------------------------------------------------

static void a_join_is_answered_with_the_state_of_the_topic(void **state) {
    (void)state;
    hear_and_expect("[\"1\",\"2\",\"room:a\",\"phx_join\",{\"since\": 17, \"x\":[1,\"\\u00e4\"]}]",
            "[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"joined\":"
            "{\"since\":17,\"x\":[1,\"ä\"]}}}]");
    assert_int_equal(fake_live.first->permissions, 5);
}

static void an_unknown_topic_is_unmatched(void **state) {
    (void)state;
    hear_and_expect(JOIN("1", "attic"), UNMATCHED("\"1\"", "attic"));
    hear_and_expect(JOIN("1", "phoenix"), UNMATCHED("\"1\"", "phoenix"));
}

static void a_refused_join_says_why(void **state) {
    (void)state;
    hear_and_expect(JOIN("1", "room:secret"),
            "[\"1\",\"1\",\"room:secret\",\"phx_reply\",{\"status\":\"error\",\"response\":"
            "{\"reason\":\"not for you\",\"code\":\"forbidden\",\"details\":{\"topic\":"
            "\"room:secret\"}}}]");
    hear_and_expect("[\"1\",\"1\",\"room:secret\",\"echo\",{}]", UNMATCHED("\"1\"", "room:secret"));
}

static void a_join_needs_an_object(void **state) {
    (void)state;
    hear_and_expect("[\"1\",\"1\",\"room:a\",\"phx_join\",[]]",
            "[\"1\",\"1\",\"room:a\",\"phx_reply\",{\"status\":\"error\",\"response\":"
            "{\"reason\":\"the payload of a join must be a JSON object\"}}]");
    assert_int_equal(fake_live.count, 0);
}

static void leaving_is_answered_and_then_the_channel_closes(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear("[\"1\",\"2\",\"room:a\",\"phx_leave\",{}]");
    expect("[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    expect("[\"1\",\"1\",\"room:a\",\"phx_close\",{}]");
    expect_nothing();
    assert_int_equal(fake_live.count, 0);
}

static void leaving_what_was_not_joined_is_fine(void **state) {
    (void)state;
    hear_and_expect("[\"3\",\"4\",\"room:a\",\"phx_leave\",{}]",
            "[\"3\",\"4\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void a_second_join_closes_the_first(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear(JOIN("4", "room:a"));
    expect("[\"1\",\"1\",\"room:a\",\"phx_close\",{}]");
    expect_joined("4", "room:a");
    expect_nothing();
    assert_int_equal(fake_live.count, 1);
}

static void a_hundred_channels_are_the_most(void **state) {
    (void)state;
    char text[128];
    for (unsigned i = 0; i < LIMIT_CHANNELS; i++) {
        snprintf(text, sizeof text, "[\"%u\",\"%u\",\"room:%u\",\"phx_join\",{}]", i, i, i);
        hear(text);
    }
    assert_int_equal(peer.count, LIMIT_CHANNELS);
    peer.read = peer.count;
    hear_and_expect(JOIN("x", "room:x"),
            "[\"x\",\"x\",\"room:x\",\"phx_reply\",{\"status\":\"error\",\"response\":"
            "{\"reason\":\"too many channels joined\"}}]");
    hear(JOIN("y", "room:7")); // takes the place of the one it closes
    expect("[\"7\",\"7\",\"room:7\",\"phx_close\",{}]");
    expect_joined("y", "room:7");
    assert_int_equal(fake_live.count, LIMIT_CHANNELS);
}

// ---- messages --------------------------------------------------------------------------------

static void a_heartbeat_is_answered(void **state) {
    (void)state;
    hear_and_expect("[null,\"7\",\"phoenix\",\"heartbeat\",{}]",
            "[null,\"7\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    hear_and_expect("[null,\"8\",\"phoenix\",\"other\",{}]", UNMATCHED("\"8\"", "phoenix"));
}

static void a_push_is_answered_with_its_reference(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear_and_expect("[\"1\",\"2\",\"room:a\",\"echo\",{\"n\":1}]",
            "[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"n\":1}}]");
    hear_and_expect("[\"1\",\"3\",\"room:a\",\"sing\",{}]",
            "[\"1\",\"3\",\"room:a\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
            "\"nothing is taken here\",\"code\":\"bad_request\"}}]");
    hear_and_expect("[\"1\",\"4\",\"room:a\",\"echo\",4]",
            "[\"1\",\"4\",\"room:a\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
            "\"the payload must be a JSON object\"}}]");
}

static void a_push_without_a_reference_gets_no_answer(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear("[\"1\",null,\"room:a\",\"echo\",{}]");
    expect_nothing();
}

static void a_push_on_a_topic_not_joined_is_unmatched(void **state) {
    (void)state;
    hear_and_expect("[\"1\",\"2\",\"room:a\",\"echo\",{}]", UNMATCHED("\"2\"", "room:a"));
    hear_and_expect("[null,null,\"room:a\",\"echo\",{}]", UNMATCHED("null", "room:a"));
}

static void a_message_of_an_earlier_join_is_dropped(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear("[\"0\",\"5\",\"room:a\",\"echo\",{}]");
    hear("[\"0\",\"6\",\"room:a\",\"phx_leave\",{}]");
    expect_nothing();
    assert_int_equal(fake_live.count, 1);
    hear_and_expect("[null,\"7\",\"room:a\",\"echo\",{}]",
            "[\"1\",\"7\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void what_a_topic_pushes_carries_the_join(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    hear("[null,\"2\",\"room:b\",\"phx_join\",{}]");
    peer.read = peer.count;
    hear("[\"1\",\"3\",\"room:a\",\"shout\",{\"n\":2}]");
    expect("[null,null,\"room:b\",\"heard\",{\"n\":2}]");
    expect("[\"1\",null,\"room:a\",\"heard\",{\"n\":2}]");
    expect("[\"1\",\"3\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    expect_nothing();
}

static void a_topic_that_ends_closes_the_channel(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    fake_live_end(fake_live.first, NULL);
    expect("[\"1\",\"1\",\"room:a\",\"phx_close\",{}]");
    hear_and_expect("[\"1\",\"2\",\"room:a\",\"echo\",{}]", UNMATCHED("\"2\"", "room:a"));
}

static void a_topic_that_is_lost_is_an_error_after_which_clients_join_again(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear("[\"1\",\"2\",\"room:a\",\"lose\",{}]");
    expect("[\"1\",\"1\",\"room:a\",\"phx_error\",{\"reason\":\"the node is gone\",\"code\":"
           "\"connection_lost\"}]");
    expect("[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    expect_nothing();
}

static void a_topic_may_end_while_it_takes_a_message(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    hear("[\"1\",\"2\",\"room:a\",\"end\",{}]");
    expect("[\"1\",\"1\",\"room:a\",\"phx_close\",{}]");
    expect("[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    expect_nothing();
}

static void references_may_be_numbers_and_come_back_as_such(void **state) {
    (void)state;
    hear_and_expect("[1,2,\"room:a\",\"phx_join\",{}]",
            "[1,2,\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{\"joined\":{}}}]");
    hear_and_expect("[1,-3,\"room:a\",\"echo\",{}]",
            "[1,-3,\"room:a\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
    hear("[\"1\",4,\"room:a\",\"echo\",{}]"); // another reference
    expect_nothing();
}

static void further_elements_are_ignored(void **state) {
    (void)state;
    hear_and_expect("[null,\"7\",\"phoenix\",\"heartbeat\",{},1,[2]]",
            "[null,\"7\",\"phoenix\",\"phx_reply\",{\"status\":\"ok\",\"response\":{}}]");
}

static void names_are_escaped(void **state) {
    (void)state;
    hear_and_expect("[\"\\\"\",\"\\n\",\"a\\\\\\\"\",\"x\",{}]", UNMATCHED("\"\\n\"", "a\\\\\\\""));
}

static void what_is_not_a_message_ends_the_connection(void **state) {
    const char *texts[] = {"", " ", "null", "{}", "[]", "[null,null,\"a\",\"b\"]", "[1,2,3,4,5]",
            "[[],null,\"a\",\"b\",{}]", "[null,{},\"a\",\"b\",{}]", "[null,1.5,\"a\",\"b\",{}]",
            "[null,true,\"a\",\"b\",{}]", "[null,null,null,\"b\",{}]", "[null,null,\"a\",1,{}]",
            "[null,null,\"a\",\"b\",{}", "[null,null,\"a\",\"b\",{}] x", "[null,null,\"a\",\"b\",]",
            "[null,null,\"a\",\"b\",{\"x\":1,\"x\":2}]", "[null,null,\"a\\u0000\",\"b\",{}]",
            "[null,null,\"a\",\"b\",1e999]", "{\"topic\":\"a\",\"event\":\"b\"}"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        hear(JOIN("1", "room:a"));
        hear(texts[i]);
        assert_int_equal(peer.code, 1002);
        assert_string_equal(
                peer.reason, "a message is JSON: [join_ref, ref, topic, event, payload]");
        unsigned before = peer.count;
        hear(JOIN("2", "room:b")); // nothing more is heard or said
        fake_live_end(fake_live.first, NULL);
        assert_int_equal(peer.count, before);
        stop(state);
        start(state);
    }
}

static void a_reference_has_a_length(void **state) {
    (void)state;
    char text[LIMIT_CHANNEL_REF + 64];
    snprintf(text, sizeof text, "[null,\"%0*d\",\"phoenix\",\"heartbeat\",{}]",
            (int)LIMIT_CHANNEL_REF - 2, 7);
    hear(text);
    assert_int_equal(peer.count, 1);
    snprintf(text, sizeof text, "[null,\"%0*d\",\"phoenix\",\"heartbeat\",{}]",
            (int)LIMIT_CHANNEL_REF - 1, 7);
    hear(text);
    assert_int_equal(peer.code, 1002);
}

static void deep_json_ends_the_connection_and_nothing_else(void **state) {
    (void)state;
    size_t size = 60000;
    char *text = memory_new(size, 1);
    memset(text, '[', size);
    channels_text(peer.channels, (struct str){text, size});
    assert_int_equal(peer.code, 1002);
    free(text);
}

// ---- binary ----------------------------------------------------------------------------------

static void binary(const char *bytes, size_t length) {
    channels_binary(peer.channels, (struct str){bytes, length});
}

#define BINARY(literal) binary(literal, sizeof(literal) - 1)

static void a_binary_push_is_refused_by_its_topic(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    expect_joined("1", "room:a");
    BINARY("\0\1\1\6\4"
           "12room:aecho\xff\xfe");
    expect("[\"1\",\"2\",\"room:a\",\"phx_reply\",{\"status\":\"error\",\"response\":{\"reason\":"
           "\"this topic takes no binary payloads\"}}]");
    BINARY("\0\0\1\6\4"
           "3room:becho");
    expect(UNMATCHED("\"3\"", "room:b"));
    BINARY("\0\1\1\6\4"
           "03room:aecho"); // of an earlier join
    expect_nothing();
    assert_int_equal(peer.code, 0);
}

static void a_broken_binary_message_ends_the_connection(void **state) {
    static const struct {
        const char *bytes;
        size_t length;
    } frames[] = {{"", 0}, {"\0", 1}, {"\0\0\0\0", 4}, {"\1\0\0\1\1ab", 7}, {"\0\0\0\2\1ab", 7},
            {"\0\377\0\0\0", 5}, {"\0\0\0\1\1\377b", 7}};
    for (size_t i = 0; i < sizeof frames / sizeof *frames; i++) {
        binary(frames[i].bytes, frames[i].length);
        assert_int_equal(peer.code, 1002);
        stop(state);
        start(state);
    }
}

static void the_end_of_the_client_leaves_all_topics(void **state) {
    (void)state;
    hear(JOIN("1", "room:a"));
    hear(JOIN("2", "room:b"));
    assert_int_equal(fake_live.count, 2); // stop() sees that none is left
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(a_join_is_answered_with_the_state_of_the_topic),
            TEST(an_unknown_topic_is_unmatched),
            TEST(a_refused_join_says_why),
            TEST(a_join_needs_an_object),
            TEST(leaving_is_answered_and_then_the_channel_closes),
            TEST(leaving_what_was_not_joined_is_fine),
            TEST(a_second_join_closes_the_first),
            TEST(a_hundred_channels_are_the_most),
            TEST(a_heartbeat_is_answered),
            TEST(a_push_is_answered_with_its_reference),
            TEST(a_push_without_a_reference_gets_no_answer),
            TEST(a_push_on_a_topic_not_joined_is_unmatched),
            TEST(a_message_of_an_earlier_join_is_dropped),
            TEST(what_a_topic_pushes_carries_the_join),
            TEST(a_topic_that_ends_closes_the_channel),
            TEST(a_topic_that_is_lost_is_an_error_after_which_clients_join_again),
            TEST(a_topic_may_end_while_it_takes_a_message),
            TEST(references_may_be_numbers_and_come_back_as_such),
            TEST(further_elements_are_ignored),
            TEST(names_are_escaped),
            TEST(what_is_not_a_message_ends_the_connection),
            TEST(a_reference_has_a_length),
            TEST(deep_json_ends_the_connection_and_nothing_else),
            TEST(a_binary_push_is_refused_by_its_topic),
            TEST(a_broken_binary_message_ends_the_connection),
            TEST(the_end_of_the_client_leaves_all_topics),
    };
    return cmocka_run_group_tests_name("channel", tests, NULL, NULL);
}
