// The JSON writer: what it writes is read back by another implementation (jansson) as the same.
#include "base/json_writer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>
#include <float.h>
#include <math.h>

#include "unit/jansson_beside.h"

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

static json_t *parse(void) {
    json_error_t where;
    json_t *json = json_loadb(buffer.at, buffer.length,
            JSON_DECODE_ANY | JSON_ALLOW_NUL | JSON_REJECT_DUPLICATES, &where);
    if (json == NULL) {
        fail_msg("%s at %d in %.*s", where.text, where.position, (int)buffer.length, buffer.at);
    }
    buffer.length = 0;
    return json;
}

static void assert_written(const char *expected) {
    assert_int_equal(buffer.length, strlen(expected));
    assert_memory_equal(buffer.at, expected, buffer.length);
    buffer.length = 0;
}

// Reads a string back and compares it.
static void assert_reads_back(struct str text, struct str expected) {
    json_write_string(&buffer, text);
    json_t *json = parse();
    assert_int_equal(json_string_length(json), expected.length);
    assert_memory_equal(json_string_value(json), expected.at, expected.length);
    json_decref(json);
}

static void strings_read_back(void **state) {
    (void)state;
    char all[128];
    for (int i = 0; i < 128; i++) {
        all[i] = (char)i;
        assert_reads_back((struct str){all + i, 1}, (struct str){all + i, 1});
    }
    assert_reads_back((struct str){all, 128}, (struct str){all, 128});
    assert_reads_back((struct str){NULL, 0}, STR(""));
    static const char *const texts[] = {"caf\xc3\xa9", "\xe2\x82\xac\"\\", "\xf0\x9f\x90\xb1/",
            "\xf4\x8f\xbf\xbf", "\xef\xbf\xbd", "\xe0\xa0\x80\xed\x9f\xbf\xee\x80\x80",
            "a\nb\tc\r\x1f"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        assert_reads_back(str_of(texts[i]), str_of(texts[i]));
    }
}

#define BAD "\xef\xbf\xbd"

static void bytes_that_are_not_utf8_are_replaced(void **state) {
    (void)state;
    static const struct {
        const char *text, *expected;
    } rows[] = {
            {"\xff", BAD},
            {"a\x80z", "a" BAD "z"},
            {"\xc3", BAD},
            {"\xc3\"", BAD "\""},
            {"\xc0\xaf", BAD BAD},
            {"\xe2\x82", BAD BAD},
            {"\xed\xa0\x80", BAD BAD BAD},
            {"\xf4\x90\x80\x80", BAD BAD BAD BAD},
            {"\xf5\xc3\xa9", BAD "\xc3\xa9"},
            {"\xf0\x9f\x90", BAD BAD BAD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_reads_back(str_of(rows[i].text), str_of(rows[i].expected));
    }
}

static void random_bytes_make_valid_json(void **state) {
    (void)state;
    srand(3);
    for (int round = 0; round < 20000; round++) {
        char text[40];
        size_t length = (size_t)rand() % sizeof text;
        for (size_t i = 0; i < length; i++) {
            text[i] = (char)rand();
        }
        json_write_string(&buffer, (struct str){text, length});
        json_t *json = parse();
        if (str_is_utf8((struct str){text, length})) {
            assert_int_equal(json_string_length(json), length);
            assert_memory_equal(json_string_value(json), text, length);
        }
        json_decref(json);
    }
}

static void integers_read_back(void **state) {
    (void)state;
    static const int64_t values[] = {0, 1, -1, 9, 10, 99, 100, INT32_MAX, INT32_MIN,
            INT64_C(9007199254740993), INT64_MAX, INT64_MIN, -INT64_MAX};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        json_int(&buffer, NULL, values[i]);
        json_t *json = parse();
        assert_true(json_is_integer(json));
        assert_true(json_integer_value(json) == values[i]);
        json_decref(json);
    }
    json_uint(&buffer, NULL, UINT64_MAX);
    assert_written("18446744073709551615");
}

static void numbers_have_at_most_three_decimals(void **state) {
    (void)state;
    static const struct {
        double value;
        const char *expected;
    } rows[] = {
            {0.0, "0"},
            {1.5, "1.5"},
            {-1.25, "-1.25"},
            {100.0, "100"},
            {1.0 / 3.0, "0.333"},
            {2.0 / 3.0, "0.667"},
            {0.1 + 0.2, "0.3"},
            {1e12, "1000000000000"},
            {1234567.891, "1234567.891"},
            {NAN, "null"},
            {INFINITY, "null"},
            {-INFINITY, "null"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        json_number(&buffer, NULL, rows[i].value);
        assert_written(rows[i].expected);
    }
}

static void any_finite_number_is_valid_json_and_near(void **state) {
    (void)state;
    static const double values[] = {DBL_MAX, -DBL_MAX, DBL_MIN, 1e300, 9e12, 8.9999e12, 1e15,
            -0.0004, 4.9e-324, 123456789012345680.0, 1e22};
    for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
        json_number(&buffer, NULL, values[i]);
        json_t *json = parse();
        double back = json_number_value(json);
        assert_true(fabs(back - values[i]) <= 0.0005 || fabs(back / values[i] - 1.0) < 1e-12);
        json_decref(json);
    }
}

static void commas_come_by_themselves(void **state) {
    (void)state;
    json_open_object(&buffer, NULL);
    json_open_array(&buffer, "empty");
    json_close_array(&buffer);
    json_open_array(&buffer, "rows");
    for (int i = 0; i < 2; i++) {
        json_open_object(&buffer, NULL);
        json_int(&buffer, "i", i);
        json_put_null(&buffer, "n");
        json_close_object(&buffer);
    }
    json_put_string(&buffer, NULL, STR("{"));
    json_put_string(&buffer, NULL, STR("[:"));
    json_bool(&buffer, NULL, true);
    json_close_array(&buffer);
    json_text(&buffer, "none", NULL);
    json_text(&buffer, "some", ":");
    json_raw(&buffer, "raw", STR("[1]"));
    json_bool(&buffer, "no", false);
    json_close_object(&buffer);
    assert_written("{\"empty\":[],\"rows\":[{\"i\":0,\"n\":null},{\"i\":1,\"n\":null},\"{\",\"[:\","
                   "true],\"none\":null,\"some\":\":\",\"raw\":[1],\"no\":false}");
}

static void times_are_rfc3339_and_negative_ones_null(void **state) {
    (void)state;
    json_time(&buffer, NULL, 1767323045678);
    assert_written("\"2026-01-02T03:04:05.678Z\"");
    json_time(&buffer, NULL, 0);
    assert_written("\"1970-01-01T00:00:00.000Z\"");
    json_time(&buffer, NULL, -1);
    assert_written("null");
    json_time(&buffer, NULL, INT64_MIN);
    assert_written("null");
}

static void a_time_of_any_size_is_valid_json(void **state) {
    (void)state;
    static const int64_t times[] = {INT64_MAX, INT64_MAX / 1000, INT64_C(253402300799999),
            INT64_C(253402300800000), INT64_C(1) << 60, INT64_C(1) << 53};
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        json_time(&buffer, NULL, times[i]);
        json_t *json = parse();
        assert_true(json_is_string(json) || json_is_null(json));
        json_decref(json);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(strings_read_back),
            TEST(bytes_that_are_not_utf8_are_replaced),
            TEST(random_bytes_make_valid_json),
            TEST(integers_read_back),
            TEST(numbers_have_at_most_three_decimals),
            TEST(any_finite_number_is_valid_json_and_near),
            TEST(commas_come_by_themselves),
            TEST(times_are_rfc3339_and_negative_ones_null),
            TEST(a_time_of_any_size_is_valid_json),
    };
    return cmocka_run_group_tests_name("base_json_writer", tests, NULL, NULL);
}
