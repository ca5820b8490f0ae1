// Cutting packets out of a stream that arrives in pieces of any size.
#include "link/receive.h"

#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

#define LIMIT (8u << 20)

static struct receive receive;

static int begin(void **state) {
    (void)state;
    receive_init(&receive);
    return 0;
}

static int finish(void **state) {
    (void)state;
    receive_finish(&receive);
    return 0;
}

// Delivers up to `piece` bytes, as a socket would; returns how many.
static size_t deliver(struct str bytes, size_t piece) {
    size_t room;
    char *at = receive_room(&receive, &room);
    assert_true(room > 0);
    size_t count = bytes.length < piece ? bytes.length : piece;
    count = count < room ? count : room;
    memcpy(at, bytes.at, count);
    receive_took(&receive, count);
    return count;
}

static void fill(struct buffer *stream, uint32_t number, uint32_t length) {
    buffer_add_u32(stream, length);
    char *at = buffer_reserve(stream, length);
    memset(at, (int)(number % 251), length);
    stream->length += length;
}

static void check(uint32_t number, uint32_t length, struct str packet) {
    assert_int_equal(packet.length, length);
    for (size_t i = 0; i < packet.length; i++) {
        assert_int_equal((uint8_t)packet.at[i], number % 251);
    }
}

static void packets_come_out_whole_however_they_arrive(void **state) {
    (void)state;
    static const uint32_t lengths[] = {0, 1, 0, 3, 70000, 5, 300000, 0, 262140, 262139, 1, 600000};
    enum { COUNT = sizeof lengths / sizeof lengths[0] };
    struct buffer stream;
    buffer_init(&stream);
    for (uint32_t i = 0; i < COUNT; i++) {
        fill(&stream, i, lengths[i]);
    }
    static const size_t pieces[] = {1021, 4096, 65536, 100000, 4u << 20};
    for (size_t p = 0; p < sizeof pieces / sizeof pieces[0]; p++) {
        struct str rest = buffer_str(&stream);
        uint32_t number = 0;
        while (rest.length > 0) {
            size_t count = deliver(rest, pieces[p]);
            rest = (struct str){rest.at + count, rest.length - count};
            struct str packet;
            while (receive_packet(&receive, 4, LIMIT, &packet) == RECEIVE_PACKET) {
                check(number, lengths[number], packet);
                number++;
            }
            receive_trim(&receive);
        }
        assert_int_equal(number, COUNT);
        assert_int_equal(receive_rest(&receive).length, 0);
    }
    buffer_finish(&stream);
}

static void two_length_bytes_work_byte_by_byte(void **state) {
    (void)state;
    struct str stream = STR("\0\3sok\0\0\0\1x");
    static const char *const expected[] = {"sok", "", "x"};
    size_t number = 0;
    for (size_t i = 0; i < stream.length; i++) {
        assert_int_equal(deliver((struct str){stream.at + i, 1}, 1), 1);
        struct str packet;
        while (receive_packet(&receive, 2, 100, &packet) == RECEIVE_PACKET) {
            assert_true(str_is(packet, expected[number]));
            number++;
        }
    }
    assert_int_equal(number, 3);
}

static void length_over_the_limit_is_refused_before_memory_is_taken(void **state) {
    (void)state;
    struct str packet;
    deliver(STR("\xff\xff\xff\xff"), 4);
    size_t before = receive.capacity;
    assert_int_equal(receive_packet(&receive, 4, LIMIT, &packet), RECEIVE_TOO_LONG);
    size_t room;
    receive_room(&receive, &room);
    assert_int_equal(receive.capacity, before);
    receive_clear(&receive);
    deliver(STR("\0\x80\0\0"), 4);
    assert_int_equal(receive_packet(&receive, 4, LIMIT, &packet), RECEIVE_MORE);
    receive_clear(&receive);
    deliver(STR("\0\x80\0\1"), 4);
    assert_int_equal(receive_packet(&receive, 4, LIMIT, &packet), RECEIVE_TOO_LONG);
}

static void memory_shrinks_after_a_long_packet(void **state) {
    (void)state;
    size_t room;
    receive_room(&receive, &room);
    size_t usual = receive.capacity;
    struct buffer stream;
    buffer_init(&stream);
    fill(&stream, 3, LIMIT);
    fill(&stream, 4, 10);
    struct str rest = buffer_str(&stream);
    struct str packet = {0};
    enum receive_result result = RECEIVE_MORE;
    while (result == RECEIVE_MORE) {
        size_t count = deliver(rest, rest.length);
        rest = (struct str){rest.at + count, rest.length - count};
        result = receive_packet(&receive, 4, LIMIT, &packet);
    }
    check(3, LIMIT, packet);
    // The read that ended the packet did not go on into the next one.
    assert_int_equal(rest.length, 14);
    assert_int_equal(receive_packet(&receive, 4, LIMIT, &packet), RECEIVE_MORE);
    receive_trim(&receive);
    assert_true(receive.capacity <= usual);
    deliver(rest, rest.length);
    assert_int_equal(receive_packet(&receive, 4, LIMIT, &packet), RECEIVE_PACKET);
    check(4, 10, packet);
    assert_int_equal(receive.capacity, usual);
    buffer_finish(&stream);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(packets_come_out_whole_however_they_arrive),
            TEST(two_length_bytes_work_byte_by_byte),
            TEST(length_over_the_limit_is_refused_before_memory_is_taken),
            TEST(memory_shrinks_after_a_long_packet),
    };
    return cmocka_run_group_tests_name("link_receive", tests, NULL, NULL);
}
