// Text between delimiters in Elixir's syntax. First the end of the text is looked for, then what
// is before it loses its backslashes (and its indentation, if it is a heredoc).
#include "term/elixir_parts.h"

#include "term/character.h"

// What stands between the delimiters.
struct body {
    const char *opening; // the first delimiter, for errors
    const char *start;
    const char *end;
    struct str closing; // the second delimiter
    bool raw;           // backslashes stand for themselves, except in front of `closing`
    bool is_heredoc;
    size_t indent; // characters that each line of a heredoc loses
};

// What it becomes. No escape is shorter than what it stands for.
struct output {
    char *at;
    size_t length;
};

// ---- Finding the end -------------------------------------------------------------------------

static bool fail_open(struct reader *r, const struct body *body) {
    return reader_fail(r, body->opening, "Expected %.*s at the end of what begins here",
            STR_ARGS(body->closing));
}

static bool find_end(struct reader *r, struct body *body) {
    body->start = r->at;
    while (r->at < r->end && *r->at != body->closing.at[0]) {
        r->at += *r->at == '\\' && r->end - r->at > 1 ? 2 : 1;
    }
    body->end = r->at;
    if (r->at == r->end) {
        return fail_open(r, body);
    }
    r->at++;
    return true;
}

static const char *after_indent(const char *line, const char *end) {
    while (line < end && (*line == ' ' || *line == '\t')) {
        line++;
    }
    return line;
}

// The end is a line that has only the delimiter, as far as it has to do with the heredoc.
static bool find_heredoc_end(struct reader *r, struct body *body) {
    r->at = after_indent(r->at, r->end);
    reader_take(r, "\r");
    if (!reader_take(r, "\n")) {
        return reader_fail(r, r->at, "A heredoc begins on the line behind its quotes");
    }
    body->start = r->at;
    for (;;) {
        const char *line = r->at;
        r->at = after_indent(line, r->end);
        if (reader_sees(r, body->closing.at)) {
            body->end = line;
            body->indent = (size_t)(r->at - line);
            r->at += body->closing.length;
            return true;
        }
        const char *newline = memchr(r->at, '\n', reader_left(r).length);
        if (newline == NULL) {
            return fail_open(r, body);
        }
        r->at = newline + 1;
    }
}

// ---- Escapes ---------------------------------------------------------------------------------

uint32_t elixir_escaped(uint32_t character) {
    static const uint8_t meanings[] = {['0'] = 1 + 0,
            ['a'] = 1 + 7,
            ['b'] = 1 + 8,
            ['d'] = 1 + 127,
            ['e'] = 1 + 27,
            ['f'] = 1 + 12,
            ['n'] = 1 + 10,
            ['r'] = 1 + 13,
            ['s'] = 1 + 32,
            ['t'] = 1 + 9,
            ['v'] = 1 + 11};
    bool known = character < sizeof meanings && meanings[character] != 0;
    return known ? meanings[character] - 1u : character;
}

// Reads from `least` to `most` hexadecimal digits.
static bool take_hexadecimal(
        const char **at, const char *end, int least, int most, uint32_t *value) {
    int count = 0;
    *value = 0;
    while (count < most && *at < end && character_digit(**at) < 16) {
        *value = *value * 16 + character_digit(*(*at)++);
        count++;
    }
    return count >= least;
}

// Reads the digits of \u or \x; `at` is behind that letter.
static bool take_code(const char **at, const char *end, char letter, uint32_t *value) {
    if (*at < end && **at == '{') {
        ++*at;
        bool read = take_hexadecimal(at, end, 1, 6, value) && *at < end && **at == '}';
        *at += read;
        return read;
    }
    return letter == 'u' ? take_hexadecimal(at, end, 4, 4, value)
                         : take_hexadecimal(at, end, 1, 2, value);
}

static const char *unescape_code(
        struct reader *r, const char *at, const char *end, struct output *out) {
    const char *next = at + 2;
    uint32_t value;
    bool byte = at[1] == 'x' && next < end && *next != '{';
    if (!take_code(&next, end, at[1], &value)) {
        reader_fail(r, at, "Expected \\xHH, \\uHHHH or \\u{H...} with hexadecimal digits");
        return NULL;
    }
    if (byte) {
        out->at[out->length++] = (char)value;
    } else if (character_is_valid(value)) {
        out->length += character_put(out->at + out->length, value);
    } else {
        reader_fail(r, at, "There is no character %X", value);
        return NULL;
    }
    return next;
}

// Appends what the backslash at `at` and the characters behind it stand for; returns where they
// end, NULL if they are wrong.
static const char *unescape(struct reader *r, const char *at, const char *end, struct output *out) {
    if (end - at < 2) {
        out->at[out->length++] = *at;
        return at + 1;
    }
    if (at[1] == '\n') {
        return at + 2;
    }
    if (at[1] == '\r' && end - at > 2 && at[2] == '\n') {
        return at + 3;
    }
    if (at[1] == 'x' || at[1] == 'u') {
        return unescape_code(r, at, end, out);
    }
    out->at[out->length++] = (char)elixir_escaped((uint8_t)at[1]);
    return at + 2;
}

// The same where backslashes stand for themselves.
static const char *unescape_raw(
        const struct body *body, const char *at, const char *end, struct output *out) {
    struct str behind = {at + 1, (size_t)(end - at - 1)};
    if (!str_starts(behind, body->closing.at)) {
        out->at[out->length++] = *at++;
        if (at < end && *at == '\\') {
            out->at[out->length++] = *at++;
        }
        return at;
    }
    memcpy(out->at + out->length, body->closing.at, body->closing.length);
    out->length += body->closing.length;
    return at + 1 + body->closing.length;
}

static bool add_text(struct reader *r, const struct body *body, const char *at, const char *end,
        struct output *out) {
    while (at != NULL && at < end) {
        if (!body->raw && end - at > 1 && at[0] == '#' && at[1] == '{') {
            return reader_fail(r, at, "Nothing is evaluated in a term; \\#{ stands for itself");
        }
        if (*at != '\\') {
            out->at[out->length++] = *at++;
        } else {
            at = body->raw ? unescape_raw(body, at, end, out) : unescape(r, at, end, out);
        }
    }
    return at != NULL;
}

static bool body_text(struct reader *r, const struct body *body, struct str *text) {
    size_t room = (size_t)(body->end - body->start);
    struct output out = {.at = arena_take(r->arena, room, 1)};
    const char *line = body->start;
    while (line < body->end) {
        const char *end = body->end;
        if (body->is_heredoc) {
            const char *begin = after_indent(line, end);
            line = (size_t)(begin - line) < body->indent ? begin : line + body->indent;
            end = (const char *)memchr(line, '\n', (size_t)(end - line)) + 1;
        }
        if (!add_text(r, body, line, end, &out)) {
            return false;
        }
        line = end;
    }
    *text = (struct str){out.at, out.length};
    return true;
}

// ---- Strings and charlists -------------------------------------------------------------------

bool elixir_sees_heredoc(const struct reader *r) {
    return reader_sees(r, "\"\"\"") || reader_sees(r, "'''");
}

// Finds the body of a heredoc at r->at.
static bool open_heredoc(struct reader *r, struct body *body) {
    body->is_heredoc = true;
    body->closing = reader_sees(r, "\"") ? STR("\"\"\"") : STR("'''");
    r->at += body->closing.length;
    return find_heredoc_end(r, body);
}

bool elixir_quoted(struct reader *r, struct str *text) {
    struct body body = {.opening = r->at};
    if (elixir_sees_heredoc(r)) {
        return open_heredoc(r, &body) && body_text(r, &body, text);
    }
    body.closing = reader_sees(r, "\"") ? STR("\"") : STR("'");
    r->at++;
    return find_end(r, &body) && body_text(r, &body, text);
}

// ---- Sigils ----------------------------------------------------------------------------------

static bool open_sigil(struct reader *r, struct body *body) {
    static const char *const pairs[] = {"()", "[]", "{}", "<>", "//", "||", "\"\"", "''"};
    if (elixir_sees_heredoc(r)) {
        return open_heredoc(r, body);
    }
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0] && r->at < r->end; i++) {
        if (*r->at == pairs[i][0]) {
            body->closing = str_of(pairs[i] + 1);
            r->at++;
            return find_end(r, body);
        }
    }
    return reader_fail(r, r->at, "Expected one of ( [ { < / | \" ' behind the letter of a sigil");
}

// The words of a text, between spaces: goes to the next one. False at the end.
static bool next_word(struct str text, size_t *at, struct str *word) {
    size_t start = *at;
    while (*at < text.length) {
        uint32_t character = 0;
        size_t length = character_take(text, *at, &character);
        if (length > 0 && character_is_space(character)) {
            if (*at > start) {
                break;
            }
            start = *at + length;
        }
        *at += length > 0 ? length : 1; // bytes that are no UTF-8 belong to words
    }
    *word = (struct str){text.at + start, *at - start};
    return word->length > 0;
}

static bool make_word(
        struct reader *r, const char *at, struct str word, char modifier, struct term *term) {
    if (modifier == 'a') {
        return reader_atom(r, at, word, term);
    }
    if (modifier == 'c') {
        return reader_characters(r, at, word, term);
    }
    *term = (struct term){.type = TERM_BINARY, .text = word};
    return true;
}

static bool make_words(
        struct reader *r, const char *at, struct str text, char modifier, struct term *term) {
    struct str word;
    size_t count = 0;
    for (size_t from = 0; next_word(text, &from, &word);) {
        count++;
    }
    *term = (struct term){.type = TERM_NIL};
    if (count == 0) {
        return true;
    }
    // Words that are lists have a level more inside.
    if (!reader_may_nest(r, at, modifier == 'c' ? 2 : 1)) {
        return false;
    }
    struct term *items = arena_take(r->arena, count + 1, sizeof *items);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        next_word(text, &from, &word);
        if (!make_word(r, at, word, modifier, &items[i])) {
            return false;
        }
    }
    items[count] = *term;
    *term = (struct term){.type = TERM_LIST, .size = (uint32_t)count, .items = items};
    return true;
}

bool elixir_sigil(struct reader *r, struct reader_item *item) {
    struct term *term = &item->term;
    const char *at = r->at;
    char letter = r->end - at > 1 ? at[1] : '\0';
    char kind = (char)(letter | 0x20); // in lower case
    if (kind != 'c' && kind != 's' && kind != 'w') {
        return reader_fail(r, at, "Expected one of the sigils ~c ~s ~w ~C ~S ~W");
    }
    r->at += 2;
    struct body body = {.opening = at, .raw = letter != kind};
    struct str text;
    if (!open_sigil(r, &body) || !body_text(r, &body, &text)) {
        return false;
    }
    char modifier = 's';
    if (kind == 'w' && (reader_sees(r, "s") || reader_sees(r, "a") || reader_sees(r, "c"))) {
        modifier = *r->at++;
    }
    if (reader_sees_digit(r, 0, 36) && !reader_sees_digit(r, 0, 10)) {
        return reader_fail(r, r->at, "This letter cannot stand behind the sigil");
    }
    item->type = READER_VALUE;
    if (kind == 'w') {
        return make_words(r, at, text, modifier, term);
    }
    if (kind == 'c') {
        return reader_characters(r, at, text, term);
    }
    *term = (struct term){.type = TERM_BINARY, .text = text};
    return true;
}
