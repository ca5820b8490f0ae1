// The decoder: everything that is not a term, and terms beyond the limits.
#include "term_bytes.h"

#define BYTES(literal)                                                                             \
    { (literal), sizeof(literal) - 1 }

static void local_funs_of_a_wrong_size_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x70\x00\x00\x00\x3e" FUN_HEAD "\x6b\x00\x01\x09"));
    assert_bad(STR("\x70\x00\x00\x00\x3c" FUN_HEAD "\x6b\x00\x01\x09"));
    assert_bad(STR("\x70\x00\x00\x00\x03" FUN_HEAD "\x6b\x00\x01\x09"));
    assert_bad(STR("\x70\xff\xff\xff\xff" FUN_HEAD "\x6b\x00\x01\x09"));
    // A free variable with an unknown tag.
    assert_bad(STR("\x70\x00\x00\x00\x3d" FUN_HEAD "\x01\x00\x01\x09"));
}

static void unknown_tags_and_versions_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x00"));
    assert_bad(STR("\x52\x00")); // ATOM_CACHE_REF
    assert_bad(STR("\x75\x00\x00\x00\x00"));
    assert_bad(STR("\x79\x00\x00\x00\x00\x6a"));
    assert_bad(STR("\x83\x6a"));
    assert_bad(STR("\x68\x01\x50\x00\x00\x00\x01")); // COMPRESSED inside
    struct term term;
    assert_false(decode_term(&arena, STR("\x82\x6a"), &term, &error));
    assert_false(decode_term(&arena, STR(""), &term, &error));
    assert_false(decode_term(&arena, (struct str){0}, &term, &error));
}

static void bytes_behind_the_term_are_refused(void **state) {
    (void)state;
    assert_bad(STR("\x6a\x6a"));
}

static void a_failed_decoding_leaves_its_outputs_alone(void **state) {
    (void)state;
    struct term term = {.type = TERM_INTEGER, .integer = 42};
    size_t used = 17;
    assert_false(decode_first(&arena, STR("\x83\x68\x02\x61\x01"), &term, &used, &error));
    assert_int_equal(term.integer, 42);
    assert_int_equal(used, 17);
}

static void huge_counts_take_no_memory(void **state) {
    (void)state;
    assert_bad(STR("\x69\xff\xff\xff\xff\x6a"));
    assert_bad(STR("\x6c\xff\xff\xff\xff\x6a\x6a"));
    assert_bad(STR("\x74\xff\xff\xff\xff\x6a\x6a"));
    assert_bad(STR("\x74\x80\x00\x00\x00\x6a\x6a"));
    assert_bad(STR("\x6d\xff\xff\xff\xff\x6a"));
    assert_bad(STR("\x4d\xff\xff\xff\xff\x01\x6a"));
    assert_bad(STR("\x6b\xff\xff\x6a"));
    assert_bad(STR("\x70\x00\x00\x00\x3d\x01"
                   "0123456789abcdef"
                   "\x00\x00\x00\x03\xff\xff\xff\xff\x73\x01m\x61\x07\x62\x06\x72\xba\xe5\x58\x73"
                   "\x03"
                   "a@b\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00\x6b\x00\x01\x09"));
    assert_true(arena.taken < 64 << 10);
}

static void the_number_of_values_is_limited(void **state) {
    (void)state;
    size_t length = LIMIT_TERM_NODES + 16;
    char *bytes = malloc(length);
    memset(bytes, 0x6a, length);
    uint32_t arity = __builtin_bswap32(LIMIT_TERM_NODES - 1);
    bytes[0] = 0x69;
    memcpy(bytes + 1, &arity, 4);
    assert_int_equal(
            good((struct str){bytes, 5 + LIMIT_TERM_NODES - 1}).size, LIMIT_TERM_NODES - 1);
    arity = __builtin_bswap32(LIMIT_TERM_NODES);
    memcpy(bytes + 1, &arity, 4);
    assert_bad((struct str){bytes, 5 + LIMIT_TERM_NODES});
    free(bytes);
}

// `levels` times `opening`, then NIL, then `levels` times `closing`.
static struct str nest(size_t levels, struct str opening, struct str closing) {
    size_t length = levels * (opening.length + closing.length) + 1;
    char *bytes = arena_take(&arena, length, 1);
    char *at = bytes;
    for (size_t i = 0; i < levels; i++, at += opening.length) {
        memcpy(at, opening.at, opening.length);
    }
    *at++ = 0x6a;
    for (size_t i = 0; i < levels; i++, at += closing.length) {
        memcpy(at, closing.at, closing.length);
    }
    return (struct str){bytes, length};
}

static void deep_nesting_needs_no_stack(void **state) {
    (void)state;
    assert_int_equal(good(nest(200000, STR("\x68\x01"), STR(""))).type, TERM_TUPLE);
    assert_int_equal(good(nest(200000, STR("\x6c\x00\x00\x00\x01"), STR("\x6a"))).type, TERM_LIST);
    assert_int_equal(good(nest(200000, STR("\x74\x00\x00\x00\x01\x6a"), STR(""))).type, TERM_MAP);
    assert_int_equal(good(nest(200000, STR("\x6c\x00\x00\x00\x00"), STR(""))).type, TERM_NIL);
    assert_bad(nest(LIMIT_TERM_NODES, STR("\x68\x01"), STR("")));
    assert_bad(nest(LIMIT_TERM_NODES, STR("\x6c\x00\x00\x00\x00"), STR("")));
}

static void assert_changed_compressed_is_bad(size_t at, uint8_t value) {
    char bytes[] = COMPRESSED;
    bytes[at] = (char)value;
    struct term term;
    assert_false(decode_term(&arena, (struct str){bytes, sizeof bytes - 1}, &term, &error));
}

static void compressed_terms_of_a_wrong_size_are_refused(void **state) {
    (void)state;
    assert_changed_compressed_is_bad(5, 0x29);
    assert_changed_compressed_is_bad(5, 0x2b);
    assert_changed_compressed_is_bad(5, 0x00);
    assert_changed_compressed_is_bad(2, 0xff);  // over the limit
    assert_changed_compressed_is_bad(2, 0x01);  // more than deflate could hold
    assert_changed_compressed_is_bad(6, 0x00);  // no zlib header
    assert_changed_compressed_is_bad(18, 0x00); // checksum
    assert_true(arena.taken < 64 << 10);
}

// One term with most tags, from OTP 25, and one fun that holds a fun.
static const struct str corpus[] = {
        BYTES("\x83\x68\x16\x64\x00\x02\x6f\x6b\x6d\x00\x00\x00\x04\x74\x65\x78\x74\x6b\x00\x05\x63"
              "\x68"
              "\x61\x72\x73\x6c\x00\x00\x00\x02\x61\x01\x46\x40\x04\x00\x00\x00\x00\x00\x00\x64\x00"
              "\x04"
              "\x74\x61\x69\x6c\x74\x00\x00\x00\x02\x64\x00\x01\x61\x61\x01\x6d\x00\x00\x00\x01\x62"
              "\x6c"
              "\x00\x00\x00\x02\x64\x00\x03\x6e\x69\x6c\x64\x00\x04\x74\x72\x75\x65\x6a\x58\x64\x00"
              "\x0d"
              "\x6e\x6f\x6e\x6f\x64\x65\x40\x6e\x6f\x68\x6f\x73\x74\x00\x00\x00\x60\x00\x00\x00\x00"
              "\x00"
              "\x00\x00\x00\x5a\x00\x03\x64\x00\x0d\x6e\x6f\x6e\x6f\x64\x65\x40\x6e\x6f\x68\x6f\x73"
              "\x74"
              "\x00\x00\x00\x00\x00\x03\xcb\x65\x9e\xbc\x00\x01\x83\x59\xc4\x03\x59\x64\x00\x0d\x6e"
              "\x6f"
              "\x6e\x6f\x64\x65\x40\x6e\x6f\x68\x6f\x73\x74\x00\x00\x00\x00\x00\x00\x00\x00\x71\x64"
              "\x00"
              "\x0b\x45\x6c\x69\x78\x69\x72\x2e\x45\x6e\x75\x6d\x64\x00\x03\x6d\x61\x70\x61\x02\x4d"
              "\x00"
              "\x00\x00\x03\x03\x01\x02\x60\x62\xff\xff\xff\xff\x62\x00\x00\x01\x2c\x62\x00\x01\x11"
              "\x70"
              "\x6e\x06\x00\x00\x00\x00\x00\x00\x01\x6e\x09\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"
              "\x6e"
              "\x09\x01\x00\x00\x00\x00\x00\x00\x00\x00\x40\x64\x00\x01\xe9\x64\x00\x0e\x45\x6c\x69"
              "\x78"
              "\x69\x72\x2e\x46\x6f\x6f\x2e\x42\x61\x72\x68\x00\x6a\x74\x00\x00\x00\x00\x46\x3d\xdb"
              "\x7c"
              "\xdf\xd9\xd7\xbd\xbb"),
        BYTES("\x83\x70\x00\x00\x00\xc6\x01\xce\x57\x5c\xad\xf5\x5f\x44\x0d\x04\x84\x20\xb3\x37\xd4"
              "\xb2"
              "\x8b\x00\x00\x00\x03\x00\x00\x00\x02\x64\x00\x11\x65\x6c\x69\x78\x69\x72\x5f\x63\x6f"
              "\x6d"
              "\x70\x69\x6c\x65\x72\x5f\x30\x61\x03\x62\x06\x72\xba\xe5\x58\x64\x00\x0d\x6e\x6f\x6e"
              "\x6f"
              "\x64\x65\x40\x6e\x6f\x68\x6f\x73\x74\x00\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00"
              "\x6c"
              "\x00\x00\x00\x01\x74\x00\x00\x00\x01\x64\x00\x01\x61\x70\x00\x00\x00\x5f\x01\xce\x57"
              "\x5c"
              "\xad\xf5\x5f\x44\x0d\x04\x84\x20\xb3\x37\xd4\xb2\x8b\x00\x00\x00\x03\x00\x00\x00\x02"
              "\x64"
              "\x00\x11\x65\x6c\x69\x78\x69\x72\x5f\x63\x6f\x6d\x70\x69\x6c\x65\x72\x5f\x30\x61\x03"
              "\x62"
              "\x06\x72\xba\xe5\x58\x64\x00\x0d\x6e\x6f\x6e\x6f\x64\x65\x40\x6e\x6f\x68\x6f\x73\x74"
              "\x00"
              "\x00\x00\x60\x00\x00\x00\x00\x00\x00\x00\x00\x64\x00\x01\x79\x6d\x00\x00\x00\x01\x78"
              "\x6a"
              "\x61\x01"),
        BYTES(COMPRESSED),
        BYTES("\x83\x74\x00\x00\x00\x01\x66\x73\x01"
              "a\x00\x00\x00\x05\x02\x68\x06\x67\x73\x01"
              "a\x00\x00\x00\x60\x00\x00\x00\x02\x03\x78\x77\x01"
              "a\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x01\x72\x00\x01\x73\x01"
              "a\x03\x00\x00\x00\x05\x65\x73\x01"
              "a\x00\x00\x00\x05\x02\x69\x00\x00\x00\x01\x6f\x00\x00\x00\x01\x00\x07\x76\x00\x01z"),
};

static void a_term_cut_off_anywhere_is_refused(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof corpus / sizeof corpus[0]; i++) {
        struct term term;
        if (!decode_term(&arena, corpus[i], &term, &error)) {
            fail_msg("corpus %zu: %s", i, error.message);
        }
        for (size_t length = 0; length < corpus[i].length; length++) {
            // Memory of exactly this size, so that a read behind it is seen.
            char *bytes = malloc(length);
            memcpy(bytes, corpus[i].at, length);
            assert_false(decode_term(&arena, (struct str){bytes, length}, &term, &error));
            assert_int_equal(error.code, ERROR_INVALID_TERM);
            free(bytes);
        }
    }
}

static void a_term_over_the_byte_limit_is_refused(void **state) {
    (void)state;
    size_t length = (size_t)LIMIT_TERM_BYTES + 1;
    char *bytes = calloc(length, 1);
    uint32_t size = __builtin_bswap32((uint32_t)length - 6);
    memcpy(bytes, "\x83\x6d", 2);
    memcpy(bytes + 2, &size, 4);
    struct term term;
    assert_false(decode_term(&arena, (struct str){bytes, length}, &term, &error));
    free(bytes);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(local_funs_of_a_wrong_size_are_refused),
            TEST(unknown_tags_and_versions_are_refused),
            TEST(bytes_behind_the_term_are_refused),
            TEST(a_failed_decoding_leaves_its_outputs_alone),
            TEST(huge_counts_take_no_memory),
            TEST(the_number_of_values_is_limited),
            TEST(deep_nesting_needs_no_stack),
            TEST(compressed_terms_of_a_wrong_size_are_refused),
            TEST(a_term_cut_off_anywhere_is_refused),
            TEST(a_term_over_the_byte_limit_is_refused),
    };
    return cmocka_run_group_tests_name("term_malformed", tests, NULL, NULL);
}
