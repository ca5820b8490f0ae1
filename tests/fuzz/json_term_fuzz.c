// JSON from a client: what is read as a term must be encodable, and its own JSON must mean the
// same.
#include "base/must.h"
#include "limits.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str node = {"a@b", 3};

static void encode(struct buffer *out, const struct term *term) {
    encode_version(out);
    encode_term(out, term);
}

// Writes the term as JSON, reads that, and compares both in their encoding.
static void compare_json(struct arena *arena, const struct term *term, struct str encoded) {
    struct print_limits wide = {.width = UINT32_MAX, .depth = 64, .bytes = SIZE_MAX};
    struct buffer json;
    struct buffer again;
    struct term back;
    struct error error;
    buffer_init(&json);
    buffer_init(&again);
    must(json_from_term(&json, term, node, &wide));
    // Escapes make text longer than it came.
    if (json.length <= LIMIT_JSON_TERM_BYTES) {
        must(json_to_term(arena, buffer_str(&json), node, 7, &back, &error));
        encode(&again, &back);
        must(str_equal(encoded, buffer_str(&again)));
    }
    buffer_finish(&again);
    buffer_finish(&json);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct arena arena;
    struct error error;
    struct term term;
    arena_init(&arena);
    if (json_to_term(&arena, (struct str){(const char *)data, size}, node, 7, &term, &error)) {
        struct buffer encoded;
        struct term back;
        buffer_init(&encoded);
        encode(&encoded, &term);
        must(decode_term(&arena, buffer_str(&encoded), &back, &error));
        compare_json(&arena, &term, buffer_str(&encoded));
        compare_json(&arena, &back, buffer_str(&encoded));
        buffer_finish(&encoded);
    } else {
        must(error.code == ERROR_INVALID_JSON || error.code == ERROR_INVALID_TERM);
        must(error.message[0] != '\0');
    }
    arena_finish(&arena);
    return 0;
}
