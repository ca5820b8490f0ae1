// Buffers: growth, big-endian integers, and dropping from the front.
#include "base/buffer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

static struct buffer buffer;

static int begin(void **state) {
    (void)state;
    buffer_init(&buffer);
    return 0;
}

static int finish(void **state) {
    (void)state;
    buffer_finish(&buffer);
    return 0;
}

static void an_empty_buffer_takes_no_memory(void **state) {
    (void)state;
    buffer_add(&buffer, NULL, 0);
    buffer_add_text(&buffer, "");
    buffer_add_str(&buffer, (struct str){NULL, 0});
    assert_null(buffer.at);
    assert_int_equal(buffer.capacity, 0);
    assert_int_equal(buffer_str(&buffer).length, 0);
    buffer_drop(&buffer, 0);
}

static void growth_keeps_every_byte(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 300000; i++) {
        buffer_add_u8(&buffer, (uint8_t)(i * 31));
    }
    assert_int_equal(buffer.length, 300000);
    for (uint32_t i = 0; i < 300000; i++) {
        assert_int_equal((uint8_t)buffer.at[i], (uint8_t)(i * 31));
    }
}

static void reserving_makes_room_and_nothing_else(void **state) {
    (void)state;
    buffer_add_text(&buffer, "abc");
    char *at = buffer_reserve(&buffer, 100000);
    assert_int_equal(buffer.length, 3);
    assert_true(buffer.capacity >= 100003);
    assert_ptr_equal(at, buffer.at + 3);
    memset(at, 'x', 100000);
    assert_memory_equal(buffer.at, "abcx", 4);
    assert_ptr_equal(buffer_reserve(&buffer, 100000), at);
}

static void integers_are_big_endian(void **state) {
    (void)state;
    buffer_add_u8(&buffer, 0x01);
    buffer_add_u16(&buffer, 0x0203);
    buffer_add_u32(&buffer, 0x04050607);
    buffer_add_u64(&buffer, 0x08090A0B0C0D0E0F);
    assert_int_equal(buffer.length, 15);
    for (uint8_t i = 0; i < 15; i++) {
        assert_int_equal(buffer.at[i], i + 1);
    }
}

static void printf_appends_without_its_nul(void **state) {
    (void)state;
    for (int i = 0; i < 1000; i++) {
        buffer_printf(&buffer, "%d,", i);
    }
    assert_int_equal(buffer.length, 10 * 2 + 90 * 3 + 900 * 4);
    assert_memory_equal(buffer.at + buffer.length - 8, "998,999,", 8);
    buffer.length = 0;
    buffer_printf(&buffer, "%*s", 5000, "x");
    assert_int_equal(buffer.length, 5000);
    assert_int_equal(buffer.at[4999], 'x');
}

// Adds at the end and drops at the front, as a socket's output does, beside a plain array.
static void dropping_from_the_front_keeps_the_rest(void **state) {
    (void)state;
    uint64_t written = 0;
    uint64_t read = 0;
    srand(1);
    for (int round = 0; round < 3000; round++) {
        size_t more = (size_t)rand() % 400;
        for (size_t i = 0; i < more; i++) {
            buffer_add_u8(&buffer, (uint8_t)(written++ % 251));
        }
        size_t less = buffer.length ? (size_t)rand() % (buffer.length + 1) : 0;
        for (size_t i = 0; i < less; i++) {
            assert_int_equal((uint8_t)buffer.at[i], read++ % 251);
        }
        buffer_drop(&buffer, less);
        assert_int_equal(buffer.length, written - read);
    }
    buffer_drop(&buffer, buffer.length);
    assert_int_equal(buffer.length, 0);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(an_empty_buffer_takes_no_memory),
            TEST(growth_keeps_every_byte),
            TEST(reserving_makes_room_and_nothing_else),
            TEST(integers_are_big_endian),
            TEST(printf_appends_without_its_nul),
            TEST(dropping_from_the_front_keeps_the_rest),
    };
    return cmocka_run_group_tests_name("base_buffer", tests, NULL, NULL);
}
