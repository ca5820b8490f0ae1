// Limits an hour for each key and class, beside a naive model.
#include "operations/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static const int64_t usual[RATE_FREE] = {1000, 100, 500};
static struct rates *rates;

static int begin(void **state) {
    (void)state;
    rates = rates_create(usual);
    return 0;
}

static int finish(void **state) {
    (void)state;
    rates_destroy(rates);
    return 0;
}

static void the_limit_is_the_most_in_a_window(void **state) {
    (void)state;
    for (int64_t i = 1; i <= 100; i++) {
        struct rate_answer answer = rate_take(rates, STR("key"), RATE_HEAVY, 5000 + i);
        assert_true(answer.allowed);
        assert_int_equal(answer.limit, 100);
        assert_int_equal(answer.remaining, 100 - i);
    }
    for (int64_t i = 0; i < 10; i++) {
        struct rate_answer answer = rate_take(rates, STR("key"), RATE_HEAVY, 6000);
        assert_false(answer.allowed);
        assert_int_equal(answer.remaining, 0);
    }
}

// The window begins with the first request in it, and lasts an hour.
static void whoever_waits_as_long_as_told_may_ask_again(void **state) {
    (void)state;
    const int64_t start = 123456;
    struct rate_answer answer = rate_take(rates, STR("key"), RATE_HEAVY, start);
    assert_int_equal(answer.reset_s, 3600);
    for (int i = 1; i < 100; i++) {
        rate_take(rates, STR("key"), RATE_HEAVY, start);
    }
    answer = rate_take(rates, STR("key"), RATE_HEAVY, start + 10);
    assert_false(answer.allowed);
    assert_int_equal(answer.reset_s, 3600); // rounded up: not too early
    answer = rate_take(rates, STR("key"), RATE_HEAVY, start + RATE_WINDOW_MS - 1);
    assert_false(answer.allowed);
    assert_int_equal(answer.reset_s, 1);
    answer = rate_take(rates, STR("key"), RATE_HEAVY, start + RATE_WINDOW_MS);
    assert_true(answer.allowed);
    assert_int_equal(answer.remaining, 99);
    assert_int_equal(answer.reset_s, 3600);
}

static void classes_and_keys_are_counted_by_themselves(void **state) {
    (void)state;
    assert_int_equal(rate_take(rates, STR("a"), RATE_STANDARD, 0).remaining, 999);
    assert_int_equal(rate_take(rates, STR("a"), RATE_HEAVY, 0).remaining, 99);
    assert_int_equal(rate_take(rates, STR("a"), RATE_EDUCATION, 0).remaining, 499);
    assert_int_equal(rate_take(rates, STR("b"), RATE_STANDARD, 0).remaining, 999);
    assert_int_equal(rate_take(rates, STR(""), RATE_STANDARD, 0).remaining, 999);
    assert_int_equal(rate_take(rates, STR("a"), RATE_STANDARD, 0).remaining, 998);
}

static void what_is_free_or_unlimited_is_not_counted(void **state) {
    (void)state;
    rates_destroy(rates);
    rates = rates_create((int64_t[RATE_FREE]){0, 1, 1});
    for (int i = 0; i < 5000; i++) {
        struct rate_answer free = rate_take(rates, STR("a"), RATE_FREE, 0);
        struct rate_answer unlimited = rate_take(rates, STR("a"), RATE_STANDARD, 0);
        assert_true(free.allowed && unlimited.allowed);
        assert_int_equal(free.limit + free.remaining + free.reset_s, 0);
        assert_int_equal(unlimited.limit, 0);
    }
    assert_true(rate_take(rates, STR("a"), RATE_HEAVY, 0).allowed);
    assert_false(rate_take(rates, STR("a"), RATE_HEAVY, 0).allowed);
}

// Hundreds of thousands of keys in one hour: the table stays as it is, and goes on counting.
static void more_keys_than_fit_are_still_limited(void **state) {
    (void)state;
    char text[16];
    for (unsigned i = 0; i < 300000; i++) {
        snprintf(text, sizeof text, "key%u", i);
        struct rate_answer answer = rate_take(rates, str_of(text), RATE_HEAVY, i);
        assert_true(answer.allowed);
        assert_int_equal(answer.remaining, 99);
    }
    unsigned allowed = 0;
    for (unsigned i = 0; i < 1000; i++) {
        allowed += rate_take(rates, STR("busy"), RATE_HEAVY, 300000).allowed;
    }
    assert_int_equal(allowed, 100);
}

// ---- the model -------------------------------------------------------------------------------

#define KEYS 200

static struct { int64_t end, used; } model[KEYS][RATE_FREE];

static void random_requests_agree_with_a_model(void **state) {
    (void)state;
    int64_t now = 1;
    char text[16];
    memset(model, 0, sizeof model);
    srand(9);
    for (int step = 0; step < 200000; step++) {
        int key = rand() % (step % 3 == 0 ? KEYS : 5); // a few are busy
        enum rate_class rate = (enum rate_class)(rand() % RATE_FREE);
        now += rand() % 100 == 0 ? rand() % 60000 : rand() % 3;
        snprintf(text, sizeof text, "%d", key);
        if (model[key][rate].end <= now) {
            model[key][rate].end = now + 3600000;
            model[key][rate].used = 0;
        }
        bool allowed = model[key][rate].used < usual[rate];
        model[key][rate].used += allowed;
        struct rate_answer answer = rate_take(rates, str_of(text), rate, now);
        assert_int_equal(answer.allowed, allowed);
        assert_int_equal(answer.remaining, usual[rate] - model[key][rate].used);
        assert_true(now + answer.reset_s * 1000 >= model[key][rate].end);
        assert_true(now + (answer.reset_s - 1) * 1000 < model[key][rate].end);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(the_limit_is_the_most_in_a_window),
            TEST(whoever_waits_as_long_as_told_may_ask_again),
            TEST(classes_and_keys_are_counted_by_themselves),
            TEST(what_is_free_or_unlimited_is_not_counted),
            TEST(more_keys_than_fit_are_still_limited),
            TEST(random_requests_agree_with_a_model),
    };
    return cmocka_run_group_tests_name("operations_rate", tests, NULL, NULL);
}
