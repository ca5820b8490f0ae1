// The clocks: one counts forward, the other is written as RFC 3339.
#include "base/clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <cmocka.h>

static void assert_format(int64_t unix_ms, const char *expected) {
    char text[CLOCK_TEXT_BYTES];
    memset(text, 'x', sizeof text);
    clock_format(unix_ms, text);
    assert_string_equal(text, expected);
}

static void times_are_written_as_rfc3339(void **state) {
    (void)state;
    assert_format(0, "1970-01-01T00:00:00.000Z");
    assert_format(1, "1970-01-01T00:00:00.001Z");
    assert_format(999, "1970-01-01T00:00:00.999Z");
    assert_format(951827696789, "2000-02-29T12:34:56.789Z");
    assert_format(1767323045678, "2026-01-02T03:04:05.678Z");
    assert_format(4102444799999, "2099-12-31T23:59:59.999Z");
    assert_format(253402300799999, "9999-12-31T23:59:59.999Z");
}

static void times_before_1970_count_backwards(void **state) {
    (void)state;
    assert_format(-1, "1969-12-31T23:59:59.999Z");
    assert_format(-1000, "1969-12-31T23:59:59.000Z");
    assert_format(-86400001, "1969-12-30T23:59:59.999Z");
}

// A node may say anything about when it started.
static void times_that_rfc3339_cannot_write_are_the_nearest_it_can(void **state) {
    (void)state;
    assert_format(253402300800000, "9999-12-31T23:59:59.999Z");
    assert_format(INT64_MAX, "9999-12-31T23:59:59.999Z");
    assert_format(INT64_MIN, "0000-01-01T00:00:00.000Z");
}

static void the_monotonic_clock_never_goes_back(void **state) {
    (void)state;
    uint64_t before = clock_monotonic_ns();
    for (int i = 0; i < 100000; i++) {
        uint64_t now = clock_monotonic_ns();
        assert_true(now >= before);
        before = now;
    }
    int64_t ms = clock_monotonic_ms();
    assert_true(ms >= (int64_t)(before / 1000000) && ms < (int64_t)(before / 1000000) + 60000);
}

static void the_calendar_is_the_kernels(void **state) {
    (void)state;
    int64_t before = (int64_t)time(NULL) * 1000 - 1000;
    int64_t now = clock_unix_ms();
    assert_true(now >= before && now <= (int64_t)time(NULL) * 1000 + 1000);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(times_are_written_as_rfc3339),
            cmocka_unit_test(times_before_1970_count_backwards),
            cmocka_unit_test(times_that_rfc3339_cannot_write_are_the_nearest_it_can),
            cmocka_unit_test(the_monotonic_clock_never_goes_back),
            cmocka_unit_test(the_calendar_is_the_kernels),
    };
    return cmocka_run_group_tests_name("base_clock", tests, NULL, NULL);
}
