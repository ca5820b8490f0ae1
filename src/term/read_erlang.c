// Terms in Erlang's syntax: what erl_parse:parse_term reads, but for functions and for bit strings
// with types other than integers and UTF-8. Identities are read too.
#include "term/read.h"

#include "base/must.h"
#include "term/character.h"
#include "term/print_parts.h"
#include "term/reader.h"

static void skip(struct reader *r) {
    bool comment = false;
    while (r->at < r->end &&
            (comment || *r->at == ' ' || *r->at == '%' || (*r->at >= '\t' && *r->at <= '\r'))) {
        comment = *r->at != '\n' && (comment || *r->at == '%');
        r->at++;
    }
}

// ---- Escapes ---------------------------------------------------------------------------------

// Takes from `least` to `most` digits.
static bool take_digits(
        struct reader *r, uint32_t base, uint32_t least, uint32_t most, uint32_t *value) {
    uint32_t count = 0;
    *value = 0;
    while (count < most && reader_sees_digit(r, 0, base)) {
        *value = *value * base + character_digit(*r->at++);
        count++;
    }
    return count >= least;
}

// \xHH or \x{H…}; r->at is behind the x.
static bool take_hexadecimal(struct reader *r, uint32_t *value) {
    if (!reader_take(r, "{")) {
        return take_digits(r, 16, 2, 2, value);
    }
    while (reader_sees(r, "0")) { // any number of them
        r->at++;
    }
    bool zero = r->at[-1] == '0';
    return take_digits(r, 16, zero ? 0 : 1, 6, value) && reader_take(r, "}");
}

static uint32_t escaped(uint32_t c) {
    static const uint8_t meanings[] = {['b'] = 8,
            ['d'] = 127,
            ['e'] = 27,
            ['f'] = 12,
            ['n'] = 10,
            ['r'] = 13,
            ['s'] = 32,
            ['t'] = 9,
            ['v'] = 11};
    return c < sizeof meanings && meanings[c] != 0 ? meanings[c] : c;
}

// Reads the character that a backslash makes of what follows it; r->at is behind the backslash.
static bool take_escape(struct reader *r, uint32_t *character) {
    const char *at = r->at - 1;
    uint32_t c;
    size_t length = reader_character(r, &c);
    bool read = length > 0;
    if (reader_sees_digit(r, 0, 8)) {
        read = take_digits(r, 8, 1, 3, character);
    } else if (reader_take(r, "x")) {
        read = take_hexadecimal(r, character);
    } else if (reader_take(r, "^")) {
        // Control and a letter, or one of @ [ \ ] ^ _
        read = reader_character(r, &c) == 1 && ((c >= '@' && c <= '_') || (c >= 'a' && c <= 'z'));
        *character = c & 31;
        r->at += read;
    } else if (read) {
        *character = escaped(c);
        r->at += length;
    }
    return (read && character_is_valid(*character)) ||
           reader_fail(r, at, "This escape stands for no character");
}

// ---- Quoted text -----------------------------------------------------------------------------

// Where the text behind the quote at r->at ends: at a second quote that is no part of an escape.
static const char *find_quote(struct reader *r, char quote) {
    const char *p = r->at + 1;
    while (p < r->end && *p != quote) {
        ptrdiff_t length = *p != '\\' ? 1 : r->end - p > 1 && p[1] == '^' ? 3 : 2;
        p += length < r->end - p ? length : r->end - p;
    }
    if (p == r->end) {
        reader_fail(r, r->at, "Expected %c at the end of what begins here", quote);
        return NULL;
    }
    return p;
}

// Reads what stands between two quotes, as UTF-8. No escape is shorter than its character.
static bool read_quoted(struct reader *r, char quote, struct str *text) {
    const char *end = find_quote(r, quote);
    if (end == NULL) {
        return false;
    }
    char *out = arena_take(r->arena, (size_t)(end - r->at), 1);
    *text = (struct str){out, 0};
    r->at++;
    while (r->at < end) {
        uint32_t character;
        if (*r->at != '\\') {
            out[text->length++] = *r->at++;
            continue;
        }
        r->at++;
        if (!take_escape(r, &character)) {
            return false;
        }
        text->length += character_put(out + text->length, character);
    }
    must(r->at == end);
    r->at++;
    return true;
}

// Reads a string and the strings that follow it, which continue it; moves behind them and the
// space there.
static bool read_string(struct reader *r, struct str *text) {
    struct str joined = {"", 0};
    size_t room = 0;
    while (reader_sees(r, "\"")) {
        struct str part;
        if (reader_sees(r, "\"\"\"")) {
            return reader_fail(r, r->at, "What three quotes mean depends on the release of OTP");
        }
        if (!read_quoted(r, '"', &part)) {
            return false;
        }
        skip(r);
        if (joined.length + part.length > room) {
            room = 2 * (joined.length + part.length);
            char *bytes = arena_take(r->arena, room, 1);
            memcpy(bytes, joined.at, joined.length);
            joined.at = bytes;
        }
        memcpy((char *)joined.at + joined.length, part.at, part.length);
        joined.length += part.length;
    }
    *text = joined;
    return true;
}

// ---- Atoms -----------------------------------------------------------------------------------

// Latin-1, without the signs for multiplication and division.
static bool is_lower(uint32_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 0xDF && c <= 0xFF && c != 0xF7);
}

static bool is_upper(uint32_t c) {
    return (c >= 'A' && c <= 'Z') || (c >= 0xC0 && c <= 0xDE && c != 0xD7);
}

static bool is_reserved(struct str name) {
    static const char *const words[] = {"after", "and", "andalso", "band", "begin", "bnot", "bor",
            "bsl", "bsr", "bxor", "case", "catch", "cond", "div", "end", "fun", "if", "let", "not",
            "of", "or", "orelse", "receive", "rem", "try", "when", "xor"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_is(name, words[i])) {
            return true;
        }
    }
    return false;
}

static struct str take_word(struct reader *r) {
    const char *from = r->at;
    uint32_t c;
    size_t length;
    while ((length = reader_character(r, &c)) > 0 &&
            (is_lower(c) || is_upper(c) || (c >= '0' && c <= '9') || c == '_' || c == '@')) {
        r->at += length;
    }
    return (struct str){from, (size_t)(r->at - from)};
}

static bool read_word(struct reader *r, struct term *term) {
    struct str name = take_word(r);
    struct str shown = print_beginning(name, 60);
    uint32_t first = 0;
    if (name.length > 0) {
        character_take(name, 0, &first);
    }
    if (str_is(name, "fun")) {
        return reader_fail(r, name.at, "Functions cannot be written as text");
    }
    if (is_reserved(name)) {
        return reader_fail(
                r, name.at, "Erlang reserves this word; the atom is '%.*s'", STR_ARGS(shown));
    }
    if (is_upper(first) || first == '_') {
        return reader_fail(
                r, name.at, "Variables have no value here; the atom is '%.*s'", STR_ARGS(shown));
    }
    if (!is_lower(first)) {
        return reader_fail(r, name.at, "Expected a value");
    }
    if (reader_sees(r, "(") || reader_sees(r, ":")) {
        return reader_fail(r, name.at, "Nothing is evaluated in a term");
    }
    return reader_atom(r, name.at, name, term);
}

static bool read_quoted_atom(struct reader *r, struct term *term) {
    const char *at = r->at;
    struct str name;
    return read_quoted(r, '\'', &name) && reader_atom(r, at, name, term);
}

// ---- Numbers ---------------------------------------------------------------------------------

// $a or $\n; r->at is at the dollar sign.
static bool read_character(struct reader *r, struct term *term) {
    const char *at = r->at++;
    uint32_t c;
    if (reader_take(r, "\\")) {
        if (!take_escape(r, &c)) {
            return false;
        }
    } else {
        size_t length = reader_character(r, &c);
        if (length == 0) {
            return reader_fail(r, at, "Expected a character behind the dollar sign");
        }
        r->at += length;
    }
    *term = (struct term){.type = TERM_INTEGER, .integer = c};
    return true;
}

// Digits, a number with a point, or base#digits.
static bool read_unsigned(struct reader *r, bool negative, struct term *term) {
    const char *at = r->at;
    struct term number;
    if (!reader_decimal(r, negative, &number)) {
        return false;
    }
    *term = number;
    if (number.type == TERM_FLOAT || !reader_take(r, "#")) {
        return reader_number_ended(r, at);
    }
    int64_t base = number.type == TERM_INTEGER ? number.integer : 0;
    base = negative ? -base : base;
    if (base < 2 || base > 36) {
        return reader_fail(r, at, "A base is from 2 to 36");
    }
    return reader_integer(r, at, (uint32_t)base, negative, term) && reader_number_ended(r, at);
}

static bool read_number(struct reader *r, struct term *term) {
    bool negative = reader_sees(r, "-");
    if (reader_take(r, "-") || reader_take(r, "+")) {
        skip(r);
    }
    if (reader_sees(r, "$")) {
        if (!read_character(r, term)) {
            return false;
        }
        term->integer = negative ? -term->integer : term->integer;
        return true;
    }
    return reader_sees_digit(r, 0, 10) ? read_unsigned(r, negative, term)
                                       : reader_fail(r, r->at, "Expected a number");
}

// ---- Bit strings -----------------------------------------------------------------------------

// What stands behind a segment's value: how it is written into the bit string.
struct segment {
    struct term size; // in bits
    bool utf8;
};

static bool read_segment_type(struct reader *r, struct segment *segment) {
    *segment = (struct segment){.size = {.type = TERM_INTEGER, .integer = 8}};
    skip(r);
    const char *at = r->at;
    bool sized = reader_take(r, ":");
    if (sized) {
        skip(r);
        at = r->at;
        if (reader_sees(r, "-") || reader_sees(r, "+") || !read_number(r, &segment->size) ||
                segment->size.type == TERM_FLOAT) {
            return reader_fail(r, at, "Expected a number of bits");
        }
        skip(r);
    }
    if (!reader_take(r, "/")) {
        return true;
    }
    skip(r);
    at = r->at;
    struct str type = take_word(r);
    segment->utf8 = str_is(type, "utf8") && !sized;
    return segment->utf8 || str_is(type, "integer") ||
           reader_fail(r, at, "Expected integer, or utf8 without a size");
}

static bool add_segment(struct reader *r, const char *at, struct reader_bits *bits,
        const struct term *value, const struct segment *segment) {
    return segment->utf8 ? reader_bits_character(r, at, bits, value)
                         : reader_bits_integer(r, at, bits, value, &segment->size);
}

// Each character of a string is a segment of its own.
static bool read_string_segment(struct reader *r, struct reader_bits *bits) {
    const char *at = r->at;
    struct str text;
    struct segment segment;
    if (!read_string(r, &text) || !read_segment_type(r, &segment)) {
        return false;
    }
    for (size_t from = 0; from < text.length;) {
        uint32_t c = 0;
        from += character_take(text, from, &c);
        struct term value = {.type = TERM_INTEGER, .integer = c};
        if (!add_segment(r, at, bits, &value, &segment)) {
            return false;
        }
    }
    return true;
}

static bool read_integer_segment(struct reader *r, struct reader_bits *bits) {
    const char *at = r->at;
    struct term value;
    struct segment segment;
    bool number = reader_sees_digit(r, 0, 10) || reader_sees(r, "$") || reader_sees(r, "-") ||
                  reader_sees(r, "+");
    if (!number) {
        return reader_fail(r, at, "Expected an integer or text");
    }
    return read_number(r, &value) && read_segment_type(r, &segment) &&
           add_segment(r, at, bits, &value, &segment);
}

static bool read_bits(struct reader *r, struct term *term) {
    struct reader_bits bits = {0};
    r->at += 2;
    skip(r);
    bool more = !reader_sees(r, ">>");
    while (more) {
        skip(r);
        bool text = reader_sees(r, "\"");
        if (!(text ? read_string_segment(r, &bits) : read_integer_segment(r, &bits))) {
            return false;
        }
        skip(r);
        more = reader_take(r, ",");
    }
    *term = reader_bits_term(&bits);
    return reader_take(r, ">>") || reader_fail(r, r->at, "Expected , or >>");
}

// ---- Everything ------------------------------------------------------------------------------

static bool read_characters(struct reader *r, struct term *term) {
    const char *at = r->at;
    struct str text;
    return read_string(r, &text) && reader_characters(r, at, text, term);
}

static bool read_pid(struct reader *r, struct term *term) {
    return reader_identity(r, "<", term);
}

static bool read_reference(struct reader *r, struct term *term) {
    return reader_identity(r, "#Ref<", term);
}

static bool read_port(struct reader *r, struct term *term) {
    return reader_identity(r, "#Port<", term);
}

static bool read_value(struct reader *r, struct term *term) {
    static const struct {
        const char *beginning;
        bool (*read)(struct reader *r, struct term *term);
    } beginnings[] = {{"'", read_quoted_atom}, {"\"", read_characters}, {"$", read_number},
            {"-", read_number}, {"+", read_number}, {"<<", read_bits}, {"<", read_pid},
            {"#Ref<", read_reference}, {"#Port<", read_port}};
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        if (reader_sees(r, beginnings[i].beginning)) {
            return beginnings[i].read(r, term);
        }
    }
    return reader_sees_digit(r, 0, 10) ? read_number(r, term) : read_word(r, term);
}

static bool read_item(struct reader *r, struct reader_item *item) {
    static const struct {
        const char *bracket;
        enum reader_kind kind;
    } brackets[] = {{"[", READER_LIST}, {"{", READER_TUPLE}, {"#{", READER_MAP}};
    for (size_t i = 0; i < sizeof brackets / sizeof brackets[0]; i++) {
        const char *at = r->at;
        if (reader_take(r, brackets[i].bracket)) {
            reader_open(r, brackets[i].kind, at, NULL);
            item->type = READER_OPENED;
            return true;
        }
    }
    if (reader_sees(r, "...")) {
        return reader_fail(r, r->at, "What was left out at ... cannot be read back");
    }
    item->type = READER_VALUE;
    return read_value(r, &item->term);
}

bool read_erlang(struct arena *arena, struct str text, struct str node, uint32_t creation,
        struct term *term, struct error *error) {
    static const struct reader_syntax syntax = {.skip = skip, .read = read_item};
    struct reader r = {
            .arena = arena, .owner = {.node = node, .creation = creation}, .error = error};
    struct term value;
    if (!reader_start(&r, text) || !reader_run(&r, &syntax, &value)) {
        return false;
    }
    if (reader_take(&r, ".")) {
        skip(&r);
    }
    if (r.at < r.end) {
        return reader_fail(&r, r.at, "Expected the end of the text");
    }
    *term = value;
    return true;
}
