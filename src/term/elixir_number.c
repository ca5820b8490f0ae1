// Numbers, ranges and bit strings in Elixir's syntax.
#include "term/elixir_parts.h"

#include "term/order.h"

// ---- Numbers ---------------------------------------------------------------------------------

// ?a or ?\n; r->at is at the question mark.
static bool read_character(struct reader *r, struct term *term) {
    const char *at = r->at++;
    bool escaped = reader_take(r, "\\");
    uint32_t c;
    size_t length = reader_character(r, &c);
    if (length == 0) {
        return reader_fail(r, at, "Expected a character behind the question mark");
    }
    r->at += length;
    *term = (struct term){.type = TERM_INTEGER, .integer = escaped ? elixir_escaped(c) : c};
    return true;
}

// A number without a sign, or a character.
static bool read_unsigned(struct reader *r, bool negative, struct term *term) {
    static const struct {
        const char *prefix;
        uint32_t base;
    } bases[] = {{"0x", 16}, {"0o", 8}, {"0b", 2}};
    const char *at = r->at;
    if (reader_sees(r, "?")) {
        if (!read_character(r, term)) {
            return false;
        }
        term->integer = negative ? -term->integer : term->integer;
        return true;
    }
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (reader_take(r, bases[i].prefix)) {
            return reader_integer(r, at, bases[i].base, negative, term) &&
                   reader_number_ended(r, at);
        }
    }
    return reader_decimal(r, negative, term) && reader_number_ended(r, at);
}

static bool sees_number(const struct reader *r) {
    return reader_sees_digit(r, 0, 10) || reader_sees(r, "?") || reader_sees(r, "-") ||
           reader_sees(r, "+");
}

static bool read_signed(struct reader *r, struct term *term) {
    bool negative = reader_sees(r, "-");
    if (reader_take(r, "-") || reader_take(r, "+")) {
        elixir_skip(r);
    }
    if (!reader_sees_digit(r, 0, 10) && !reader_sees(r, "?")) {
        return reader_fail(r, r->at, "Expected a number");
    }
    return read_unsigned(r, negative, term);
}

static bool is_integer(const struct term *term) {
    return term->type == TERM_INTEGER || term->type == TERM_BIG;
}

static bool read_integer(struct reader *r, struct term *term) {
    elixir_skip(r);
    const char *at = r->at;
    return read_signed(r, term) && (is_integer(term) || reader_fail(r, at, "Expected an integer"));
}

// The struct that first..last and first..last//step stand for; r->at is behind the two points.
static bool read_range(
        struct reader *r, const char *at, const struct term *first, struct term *term) {
    static const char *const keys[] = {"__struct__", "first", "last", "step"};
    struct term values[] = {{.type = TERM_ATOM, .text = STR("Elixir.Range")}, *first, {0}, {0}};
    if (!reader_may_nest(r, at, 1) || !read_integer(r, &values[2])) {
        return false;
    }
    elixir_skip(r);
    values[3] = (struct term){
            .type = TERM_INTEGER, .integer = order_compare(first, &values[2]) > 0 ? -1 : 1};
    if (reader_take(r, "//") && !read_integer(r, &values[3])) {
        return false;
    }
    if (values[3].type == TERM_INTEGER && values[3].integer == 0) {
        return reader_fail(r, at, "The step of a range cannot be 0");
    }
    struct term *items = arena_take(r->arena, 8, sizeof *items);
    for (size_t i = 0; i < 4; i++) {
        items[2 * i] = (struct term){.type = TERM_ATOM, .text = str_of(keys[i])};
        items[2 * i + 1] = values[i];
    }
    *term = (struct term){.type = TERM_MAP, .size = 4, .items = items};
    return true;
}

bool elixir_number(struct reader *r, struct reader_item *item) {
    const char *at = r->at;
    struct term number;
    if (!read_signed(r, &number)) {
        return false;
    }
    *item = (struct reader_item){.type = READER_VALUE, .term = number};
    elixir_skip(r);
    return !is_integer(&number) || reader_sees(r, "...") || !reader_take(r, "..") ||
           read_range(r, at, &number, &item->term);
}

// ---- Bit strings -----------------------------------------------------------------------------

// What stands behind the :: of a segment: how it is written into the bit string.
struct segment {
    enum { SEGMENT_INTEGER, SEGMENT_UTF8, SEGMENT_BYTES } type;
    struct term size; // of an integer, in bits
};

static bool read_segment_type(struct reader *r, struct segment *segment) {
    elixir_skip(r);
    const char *at = r->at;
    segment->type = SEGMENT_INTEGER;
    if (reader_sees_digit(r, 0, 10)) {
        return read_integer(r, &segment->size);
    }
    struct str word = elixir_take_name(r);
    if (str_is(word, "size") && reader_take(r, "(")) {
        if (!read_integer(r, &segment->size)) {
            return false;
        }
        elixir_skip(r);
        return reader_take(r, ")") || reader_fail(r, r->at, "Expected )");
    }
    bool bytes = str_is(word, "binary") || str_is(word, "bitstring");
    segment->type = str_is(word, "utf8") ? SEGMENT_UTF8 : bytes ? SEGMENT_BYTES : SEGMENT_INTEGER;
    return segment->type != SEGMENT_INTEGER || str_is(word, "integer") ||
           reader_fail(r, at, "Expected size(bits), integer, utf8, binary or bitstring");
}

// Reads the type, if there is one.
static bool read_any_type(struct reader *r, struct segment *segment) {
    elixir_skip(r);
    return !reader_take(r, "::") || read_segment_type(r, segment);
}

static bool read_text_segment(struct reader *r, struct reader_bits *bits) {
    const char *at = r->at;
    struct str text;
    struct segment segment = {.type = SEGMENT_BYTES};
    if (!elixir_quoted(r, &text) || !read_any_type(r, &segment)) {
        return false;
    }
    if (segment.type == SEGMENT_INTEGER) {
        return reader_fail(r, at, "Text is written as utf8, binary or bitstring");
    }
    if (segment.type == SEGMENT_UTF8 && !str_is_utf8(text)) {
        return reader_fail(r, at, "The text is not UTF-8");
    }
    return reader_bits_bytes(r, at, bits, text);
}

static bool read_integer_segment(struct reader *r, struct reader_bits *bits) {
    const char *at = r->at;
    struct term value;
    struct segment segment = {.size = {.type = TERM_INTEGER, .integer = 8}};
    if (!sees_number(r)) {
        return reader_fail(r, at, "Expected an integer or text");
    }
    if (!read_integer(r, &value) || !read_any_type(r, &segment)) {
        return false;
    }
    switch (segment.type) {
    case SEGMENT_INTEGER:
        return reader_bits_integer(r, at, bits, &value, &segment.size);
    case SEGMENT_UTF8:
        return reader_bits_character(r, at, bits, &value);
    case SEGMENT_BYTES:
        break;
    }
    return reader_fail(r, at, "Only text is written as binary or bitstring");
}

bool elixir_bits(struct reader *r, struct reader_item *item) {
    struct reader_bits bits = {0};
    r->at += 2;
    for (;;) {
        elixir_skip(r);
        if (reader_take(r, ">>")) {
            *item = (struct reader_item){.type = READER_VALUE, .term = reader_bits_term(&bits)};
            return true;
        }
        bool text = reader_sees(r, "\"");
        if (!(text ? read_text_segment(r, &bits) : read_integer_segment(r, &bits))) {
            return false;
        }
        elixir_skip(r);
        if (!reader_take(r, ",") && !reader_sees(r, ">>")) {
            return reader_fail(r, r->at, "Expected , or >>");
        }
    }
}
