// Term text from a client, in both syntaxes: what is read must be encodable, and what it prints as
// must be read again as the same term. Redacting must leave it readable too.
#include "base/must.h"
#include "limits.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"
#include "term/print.h"
#include "term/read.h"
#include "term/redact.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct str node = {"a@b", 3};
static const struct print_limits wide = {.width = UINT32_MAX, .depth = 64, .bytes = SIZE_MAX};

typedef bool reader(struct arena *arena, struct str text, struct str owner, uint32_t creation,
        struct term *term, struct error *error);

// inspect/2 leaves the field __exception__ of a struct out.
static bool prints_whole(const struct term *term) {
    if (term_map_get(term, "__struct__") != NULL && term_map_get(term, "__exception__") != NULL) {
        return false;
    }
    size_t count = term->type == TERM_MAP     ? 2 * (size_t)term->size
                   : term->type == TERM_LIST  ? (size_t)term->size + 1
                   : term->type == TERM_TUPLE ? term->size
                                              : 0;
    for (size_t i = 0; i < count; i++) {
        if (!prints_whole(&term->items[i])) {
            return false;
        }
    }
    return true;
}

// The encoding of the term that stands in `text`, which must be one, is `expected`.
static void must_read(struct arena *arena, struct str text, struct str expected) {
    struct term term;
    struct error error;
    struct buffer encoded;
    buffer_init(&encoded);
    must(read_elixir(arena, text, node, 7, &term, &error));
    encode_version(&encoded);
    encode_term(&encoded, &term);
    must(str_equal(buffer_str(&encoded), expected));
    buffer_finish(&encoded);
}

// Through inspect's syntax, and through JSON.
static void compare_texts(struct arena *arena, const struct term *term, struct str encoded) {
    struct buffer text;
    buffer_init(&text);
    print_term(&text, term, node, &wide);
    // Escapes and sizes make text longer than it came.
    if (text.length <= LIMIT_TERM_TEXT_BYTES && prints_whole(term)) {
        must_read(arena, buffer_str(&text), encoded);
    }
    text.length = 0;
    must(json_from_term(&text, term, node, &wide));
    if (text.length <= LIMIT_JSON_TERM_BYTES) {
        struct term back;
        struct error error;
        struct buffer again;
        buffer_init(&again);
        must(json_to_term(arena, buffer_str(&text), node, 7, &back, &error));
        encode_version(&again);
        encode_term(&again, &back);
        must(str_equal(buffer_str(&again), encoded));
        buffer_finish(&again);
    }
    buffer_finish(&text);
}

static void check_term(struct arena *arena, const struct term *term) {
    struct buffer encoded;
    struct term back;
    struct error error;
    buffer_init(&encoded);
    encode_version(&encoded);
    encode_term(&encoded, term);
    must(decode_term(arena, buffer_str(&encoded), &back, &error));
    compare_texts(arena, term, buffer_str(&encoded));
    compare_texts(arena, &back, buffer_str(&encoded));
    buffer_finish(&encoded);

    const struct term *redacted = redact(arena, term, &redact_default);
    must(redact(arena, redacted, &redact_default) != NULL);
    struct buffer text;
    buffer_init(&text);
    print_term(&text, redacted, node, &wide);
    must(str_is_utf8(buffer_str(&text)));
    buffer_finish(&text);
}

static void check_reader(reader *read, struct str text) {
    struct arena arena;
    struct error error = {0};
    struct term term;
    arena_init(&arena);
    if (read(&arena, text, node, 7, &term, &error)) {
        check_term(&arena, &term);
    } else {
        must(error.code == ERROR_INVALID_TERM_TEXT);
        must(error.message[0] != '\0' && error.details[0] != '\0');
        must(str_is_utf8(str_of(error.message)));
    }
    arena_finish(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct str text = {(const char *)data, size};
    check_reader(read_elixir, text);
    check_reader(read_erlang, text);
    return 0;
}
