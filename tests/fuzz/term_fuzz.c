// Bytes from a node: whatever decodes must print, become JSON, and come back from its own encoding.
#include "base/must.h"
#include "limits.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"
#include "term/print.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str node = {"a@b", 3};

// Prints under limits that the input chooses, and under the default ones.
static void print_ways(const struct term *term, uint8_t choice) {
    struct print_limits tight = {
            .width = choice & 7, .depth = choice >> 3 & 7, .bytes = 4 + 16 * (size_t)(choice >> 6)};
    struct buffer text;
    buffer_init(&text);
    print_term(&text, term, node, &tight);
    must(text.length <= tight.bytes && str_is_utf8(buffer_str(&text)));
    text.length = 0;
    print_term(&text, term, node, &print_default);
    must(text.length <= print_default.bytes && str_is_utf8(buffer_str(&text)));
    text.length = 0;
    json_from_term(&text, term, node, &tight);
    buffer_finish(&text);
}

// What JSON holds whole must be read back, unless it holds a fun or a key twice.
static void through_json(struct arena *arena, const struct term *term) {
    struct print_limits wide = {.width = UINT32_MAX, .depth = 64, .bytes = LIMIT_JSON_TERM_BYTES};
    struct buffer json;
    buffer_init(&json);
    if (json_from_term(&json, term, node, &wide)) {
        struct term back;
        struct error error;
        struct buffer again;
        buffer_init(&again);
        if (json_to_term(arena, buffer_str(&json), node, 0, &back, &error)) {
            must(json_from_term(&again, &back, node, &wide));
        }
        buffer_finish(&again);
    }
    buffer_finish(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct error error;
    struct term term;
    arena_init(&arena);
    if (decode_term(&arena, (struct str){(const char *)data, size}, &term, &error)) {
        print_ways(&term, size > 0 ? data[size - 1] : 0);
        through_json(&arena, &term);
        struct buffer first;
        buffer_init(&first);
        encode_version(&first);
        encode_term(&first, &term);
        struct term back;
        must(decode_term(&arena, buffer_str(&first), &back, &error));
        struct buffer second;
        buffer_init(&second);
        encode_version(&second);
        encode_term(&second, &back);
        must(str_equal(buffer_str(&first), buffer_str(&second)));
        buffer_finish(&second);
        buffer_finish(&first);
    } else {
        must(error.code == ERROR_INVALID_TERM);
    }
    arena_finish(&arena);
    return 0;
}
