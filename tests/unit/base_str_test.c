// Texts: integers and their limits, well-formed UTF-8, and the order of bytes.
#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static void assert_integer(const char *text, int64_t expected) {
    int64_t value = 12345;
    assert_true(str_to_int(str_of(text), &value));
    assert_true(value == expected);
}

static void whole_integers_are_read(void **state) {
    (void)state;
    assert_integer("0", 0);
    assert_integer("-0", 0);
    assert_integer("+7", 7);
    assert_integer("007", 7);
    assert_integer("-42", -42);
    assert_integer("9223372036854775807", INT64_MAX);
    assert_integer("-9223372036854775808", INT64_MIN);
    assert_integer("00000000000000000000000000000000001", 1);
}

static void anything_else_is_refused_and_leaves_the_value(void **state) {
    (void)state;
    static const char *const texts[] = {"", "-", "+", "--1", "+-1", " 1", "1 ", "1a", "0x1", "1.0",
            "1e3", "9223372036854775808", "-9223372036854775809", "18446744073709551616",
            "99999999999999999999999999", "\xd9\xa1", "1_000", "/", ":"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        int64_t value = 12345;
        assert_false(str_to_int(str_of(texts[i]), &value));
        assert_int_equal(value, 12345);
    }
    int64_t value = 12345;
    assert_false(str_to_int((struct str){"1\0", 2}, &value));
    assert_false(str_to_int((struct str){NULL, 0}, &value));
}

static void only_the_length_counts(void **state) {
    (void)state;
    int64_t value;
    assert_true(str_to_int((struct str){"123456", 3}, &value));
    assert_int_equal(value, 123);
}

// ---- UTF-8 -----------------------------------------------------------------------------------

// Decodes by arithmetic instead of a table of ranges: the other way to say the same.
static bool naive_is_utf8(const uint8_t *p, size_t length) {
    for (size_t i = 0; i < length;) {
        size_t size = p[i] < 0x80       ? 1
                      : p[i] >> 5 == 6  ? 2
                      : p[i] >> 4 == 14 ? 3
                      : p[i] >> 3 == 30 ? 4
                                        : 0;
        if (size == 0 || size > length - i) {
            return false;
        }
        static const uint8_t masks[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
        static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
        uint32_t point = p[i] & masks[size];
        for (size_t j = 1; j < size; j++) {
            if (p[i + j] >> 6 != 2) {
                return false;
            }
            point = point << 6 | (p[i + j] & 0x3F);
        }
        if (point < least[size] || point > 0x10FFFF || (point >= 0xD800 && point <= 0xDFFF)) {
            return false;
        }
        i += size;
    }
    return true;
}

static void assert_agrees(const uint8_t *p, size_t length) {
    assert_int_equal(str_is_utf8((struct str){(const char *)p, length}), naive_is_utf8(p, length));
}

static void all_short_sequences_agree_with_arithmetic(void **state) {
    (void)state;
    for (uint32_t n = 0; n < 1u << 16; n++) {
        uint8_t two[] = {(uint8_t)(n >> 8), (uint8_t)n};
        assert_agrees(two, 1);
        assert_agrees(two, 2);
    }
    // The second byte decides; the third and fourth matter only as continuations.
    static const uint8_t lasts[] = {0x00, 0x7F, 0x80, 0xA0, 0xBF, 0xC0, 0xFF};
    for (uint32_t n = 0xE0 << 8; n < 1u << 16; n++) {
        for (size_t c = 0; c < sizeof lasts; c++) {
            for (size_t d = 0; d < sizeof lasts; d++) {
                uint8_t four[] = {(uint8_t)(n >> 8), (uint8_t)n, lasts[c], lasts[d]};
                assert_agrees(four, 3);
                assert_agrees(four, 4);
            }
        }
    }
}

static void random_bytes_agree_with_arithmetic(void **state) {
    (void)state;
    srand(5);
    for (int round = 0; round < 200000; round++) {
        static const uint8_t likely[] = {
                0x41, 0xC3, 0xA9, 0xE2, 0x82, 0xAC, 0xF0, 0x9F, 0x90, 0xB1, 0xED};
        uint8_t bytes[8];
        size_t length = (size_t)rand() % (sizeof bytes + 1);
        for (size_t i = 0; i < length; i++) {
            bytes[i] = rand() % 8 ? likely[(size_t)rand() % sizeof likely] : (uint8_t)rand();
        }
        assert_agrees(bytes, length);
    }
}

// ---- comparing -------------------------------------------------------------------------------

static void the_order_is_that_of_bytes(void **state) {
    (void)state;
    static const struct str sorted[] = {
            {NULL, 0}, {"\0", 1}, {"A", 1}, {"a", 1}, {"a\0", 2}, {"aa", 2}, {"b", 1}, {"\xff", 1}};
    enum { COUNT = sizeof sorted / sizeof sorted[0] };
    for (size_t i = 0; i < COUNT; i++) {
        for (size_t j = 0; j < COUNT; j++) {
            int order = str_compare(sorted[i], sorted[j]);
            assert_true(i < j ? order < 0 : i > j ? order > 0 : order == 0);
            assert_int_equal(str_equal(sorted[i], sorted[j]), i == j);
        }
    }
}

static void beginnings_are_recognised(void **state) {
    (void)state;
    assert_true(str_starts(STR("Elixir.Foo"), "Elixir."));
    assert_true(str_starts(STR("x"), ""));
    assert_false(str_starts((struct str){NULL, 0}, "x"));
    assert_false(str_starts(STR("Elixir"), "Elixir."));
    assert_true(str_is(STR("a"), "a"));
    assert_false(str_is((struct str){"a\0", 2}, "a"));
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(whole_integers_are_read),
            cmocka_unit_test(anything_else_is_refused_and_leaves_the_value),
            cmocka_unit_test(only_the_length_counts),
            cmocka_unit_test(all_short_sequences_agree_with_arithmetic),
            cmocka_unit_test(random_bytes_agree_with_arithmetic),
            cmocka_unit_test(the_order_is_that_of_bytes),
            cmocka_unit_test(beginnings_are_recognised),
    };
    return cmocka_run_group_tests_name("base_str", tests, NULL, NULL);
}
