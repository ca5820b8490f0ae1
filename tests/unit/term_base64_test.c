// Base64: RFC 4648 10 has the vectors.
#include "term/base64.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static const struct {
    const char *bytes;
    const char *text;
} vectors[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
};

static void the_vectors_of_the_rfc_hold_both_ways(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof vectors / sizeof vectors[0]; i++) {
        struct buffer text;
        struct str bytes;
        buffer_init(&text);
        base64_encode(&text, str_of(vectors[i].bytes));
        assert_true(str_is(buffer_str(&text), vectors[i].text));
        assert_true(base64_decode(&arena, buffer_str(&text), &bytes));
        assert_true(str_is(bytes, vectors[i].bytes));
        buffer_finish(&text);
    }
    arena_finish(&arena);
}

static void every_byte_comes_back(void **state) {
    (void)state;
    struct arena arena;
    arena_init(&arena);
    char all[256];
    for (size_t i = 0; i < sizeof all; i++) {
        all[i] = (char)i;
    }
    struct buffer text;
    struct str bytes;
    buffer_init(&text);
    base64_encode(&text, (struct str){all, sizeof all});
    assert_true(base64_decode(&arena, buffer_str(&text), &bytes));
    assert_true(str_equal(bytes, (struct str){all, sizeof all}));
    buffer_finish(&text);
    arena_finish(&arena);
}

static void other_texts_are_refused(void **state) {
    (void)state;
    static const char *const texts[] = {"Z", "Zg",
            "Zg=", "Zg===", "====", "Z===", "Zh==", "Zm9=", "Zm9v\n", "Zm 9", "Zm-_",
            "Zg==Zg==", "=Zg=", "Zm9vZ"};
    struct arena arena;
    arena_init(&arena);
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct str bytes;
        if (base64_decode(&arena, str_of(texts[i]), &bytes)) {
            fail_msg("%s was read", texts[i]);
        }
    }
    struct str bytes;
    assert_false(base64_decode(&arena, STR("Zm9\0"), &bytes));
    arena_finish(&arena);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(the_vectors_of_the_rfc_hold_both_ways),
            cmocka_unit_test(every_byte_comes_back),
            cmocka_unit_test(other_texts_are_refused),
    };
    return cmocka_run_group_tests_name("term_base64", tests, NULL, NULL);
}
