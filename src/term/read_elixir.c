// Terms in Elixir's syntax. Only literals are read, and bare words as atoms; what Elixir would
// evaluate is refused. Two things are accepted that Elixir refuses: new lines in front of commas,
// and structs with any name and fields.
#include "term/read.h"

#include "term/character.h"
#include "term/elixir_parts.h"
#include "term/print_parts.h"
#include "term/reader.h"

// ---- Space -----------------------------------------------------------------------------------

// What inspect/2 writes behind #; anywhere else # starts a comment.
static const char *const identities[] = {"#PID<", "#Reference<", "#Port<", "#Function<"};

static bool sees_identity(const struct reader *r) {
    for (size_t i = 0; i < sizeof identities / sizeof identities[0]; i++) {
        if (reader_sees(r, identities[i])) {
            return true;
        }
    }
    return false;
}

static bool is_space(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void elixir_skip(struct reader *r) {
    bool comment = false;
    while (r->at < r->end && (comment || is_space(*r->at) || *r->at == '#')) {
        if (*r->at == '#' && !comment && sees_identity(r)) {
            return;
        }
        comment = *r->at != '\n' && (comment || *r->at == '#');
        r->at++;
    }
}

// ---- Names -----------------------------------------------------------------------------------

static bool is_name_start(uint32_t c) {
    return (c | 0x20) - 'a' < 26 || c == '_' || character_is_letter(c);
}

struct str elixir_take_name(struct reader *r) {
    const char *from = r->at;
    uint32_t c;
    size_t length;
    while ((length = reader_character(r, &c)) > 0) {
        bool later = r->at > from && (c - '0' < 10 || c == '@');
        bool last = r->at > from && (c == '?' || c == '!');
        if (!is_name_start(c) && !later && !last) {
            break;
        }
        r->at += length;
        if (last) {
            break;
        }
    }
    return (struct str){from, (size_t)(r->at - from)};
}

// True if the colon of a key stands `ahead` bytes behind r->at, and space behind it.
static bool sees_key_colon(const struct reader *r, size_t ahead) {
    struct str left = reader_left(r);
    return left.length > ahead && left.at[ahead] == ':' &&
           (left.length == ahead + 1 || is_space(left.at[ahead + 1]));
}

static bool make_atom(struct reader *r, const char *at, struct str name, struct reader_item *item) {
    *item = (struct reader_item){.type = READER_VALUE};
    return reader_atom(r, at, name, &item->term);
}

// Makes a key of the name; r->at is at its colon.
static bool make_key(struct reader *r, const char *at, struct str name, struct reader_item *item) {
    if (!reader_key_allowed(r)) {
        return reader_fail(r, at,
                "A key with a colon stands only in lists, maps and structs, and "
                "behind the elements of tuples");
    }
    if (!sees_key_colon(r, 0)) {
        return reader_fail(r, r->at, "Expected a space behind the colon of a key");
    }
    r->at++;
    *item = (struct reader_item){.type = READER_KEY};
    return reader_atom(r, at, name, &item->term);
}

// The name between quotes. inspect/2 writes the characters 80 to 9F of an atom as \x80 to \x9F,
// which Elixir reads as bytes, and these alone are no UTF-8: they are taken as it meant them.
static struct str quoted_name(struct reader *r, struct str text) {
    if (str_is_utf8(text)) {
        return text;
    }
    char *name = arena_take(r->arena, text.length, 2);
    size_t length = 0;
    for (size_t at = 0; at < text.length;) {
        uint32_t c;
        size_t taken = character_take(text, at, &c);
        length += character_put(name + length, taken > 0 ? c : (uint8_t)text.at[at]);
        at += taken > 0 ? taken : 1;
    }
    return (struct str){name, length};
}

// ---- Atoms and modules -----------------------------------------------------------------------

// Behind a colon: a name, an operator, or anything between quotes.
static bool read_colon(struct reader *r, struct reader_item *item) {
    const char *at = r->at++;
    struct str text;
    if (elixir_sees_heredoc(r)) {
        return reader_fail(r, at, "An atom cannot be a heredoc");
    }
    if (reader_sees(r, "\"") || reader_sees(r, "'")) {
        return elixir_quoted(r, &text) && make_atom(r, at, quoted_name(r, text), item);
    }
    struct str name = elixir_take_name(r);
    if (name.length == 0) {
        name = (struct str){r->at, print_operator_at(reader_left(r))};
        r->at += name.length;
    }
    return name.length > 0 ? make_atom(r, at, name, item)
                           : reader_fail(r, at, "Expected a name behind the colon");
}

static bool is_plain(struct str name) {
    for (size_t i = 0; i < name.length; i++) {
        if (character_digit(name.at[i]) == 36 && name.at[i] != '_') {
            return false;
        }
    }
    return true;
}

// Foo or Foo.Bar; r->at is behind `first`. Foo stands for the atom Elixir.Foo.
static bool read_alias(struct reader *r, struct str first, struct term *term) {
    const char *at = first.at;
    bool plain = is_plain(first);
    bool prefixed = str_is(first, "Elixir");
    while (plain && r->end - r->at > 1 && r->at[0] == '.' && r->at[1] >= 'A' && r->at[1] <= 'Z') {
        r->at++;
        plain = is_plain(elixir_take_name(r));
    }
    if (!plain) {
        return reader_fail(r, at, "The names of modules have only ASCII letters, digits and _");
    }
    struct str name = {at, (size_t)(r->at - at)};
    if (!prefixed) {
        name = arena_printf(r->arena, "Elixir.%.*s", STR_ARGS(name));
    }
    return reader_atom(r, at, name, term);
}

static bool is_reserved(struct str name) {
    static const char *const words[] = {"after", "and", "catch", "do", "else", "end", "fn", "in",
            "not", "or", "rescue", "when"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (str_is(name, words[i])) {
            return true;
        }
    }
    return false;
}

// A bare word: the atom of that name.
static bool read_word(struct reader *r, struct str name, struct reader_item *item) {
    uint32_t first;
    character_take(name, 0, &first);
    struct str shown = print_beginning(name, 60);
    if (str_is(name, "fn")) {
        return reader_fail(r, name.at, "Functions cannot be written as text");
    }
    if (is_reserved(name)) {
        return reader_fail(
                r, name.at, "Elixir reserves this word; the atom is :%.*s", STR_ARGS(shown));
    }
    if (first == '_' || character_is_upper(first) || memchr(name.at, '@', name.length) != NULL) {
        return reader_fail(r, name.at,
                "A bare word begins with a lower-case letter and has no @; the atom is :%.*s",
                STR_ARGS(shown));
    }
    if (reader_sees(r, "(") || reader_sees(r, ".")) {
        return reader_fail(
                r, name.at, "Nothing is evaluated in a term; the atom is :%.*s", STR_ARGS(shown));
    }
    return make_atom(r, name.at, name, item);
}

static bool read_name(struct reader *r, struct reader_item *item) {
    struct str name = elixir_take_name(r);
    if (reader_sees(r, ":")) {
        return make_key(r, name.at, name, item);
    }
    if (name.at[0] >= 'A' && name.at[0] <= 'Z') {
        *item = (struct reader_item){.type = READER_VALUE};
        return read_alias(r, name, &item->term);
    }
    return read_word(r, name, item);
}

// ---- Brackets --------------------------------------------------------------------------------

static bool open_plain(struct reader *r, struct reader_item *item) {
    reader_open(r, reader_sees(r, "[") ? READER_LIST : READER_TUPLE, r->at, NULL);
    r->at++;
    item->type = READER_OPENED;
    return true;
}

// %{ or %Foo{
static bool open_map(struct reader *r, struct reader_item *item) {
    const char *at = r->at++;
    bool is_struct = r->at < r->end && *r->at >= 'A' && *r->at <= 'Z';
    struct term name;
    if (is_struct && (!reader_may_nest(r, at, 1) || !read_alias(r, elixir_take_name(r), &name))) {
        return false;
    }
    if (!reader_take(r, "{")) {
        return reader_fail(r, r->at, "Expected {");
    }
    reader_open(r, READER_MAP, at, is_struct ? &name : NULL);
    item->type = READER_OPENED;
    return true;
}

// ---- Everything ------------------------------------------------------------------------------

static bool read_quoted(struct reader *r, struct reader_item *item) {
    const char *at = r->at;
    bool heredoc = elixir_sees_heredoc(r);
    struct str text;
    if (!elixir_quoted(r, &text)) {
        return false;
    }
    if (!heredoc && reader_sees(r, ":")) {
        return make_key(r, at, quoted_name(r, text), item);
    }
    *item = (struct reader_item){.type = READER_VALUE, .term = {.type = TERM_BINARY, .text = text}};
    return *at == '"' || reader_characters(r, at, text, &item->term);
}

static bool read_identity(struct reader *r, struct reader_item *item) {
    item->type = READER_VALUE;
    for (size_t i = 0; i + 1 < sizeof identities / sizeof identities[0]; i++) {
        if (reader_sees(r, identities[i])) {
            return reader_identity(r, identities[i], &item->term);
        }
    }
    return reader_fail(r, r->at, "Functions cannot be written as text");
}

static bool read_function(struct reader *r, struct reader_item *item) {
    (void)item;
    return reader_fail(r, r->at, "Functions cannot be written as text");
}

static bool read_cut(struct reader *r, struct reader_item *item) {
    (void)item;
    return reader_fail(r, r->at, "What was left out at ... cannot be read back");
}

// The operator at r->at if the colon of a key follows; else empty.
static struct str key_operator(const struct reader *r) {
    struct str left = reader_left(r);
    // Most brackets have no colon near; operators have at most four characters.
    if (memchr(left.at, ':', left.length < 5 ? left.length : 5) == NULL) {
        return (struct str){0};
    }
    struct str name = {r->at, print_operator_at(left)};
    // A third colon in front of a space makes an atom of the two others.
    bool key = sees_key_colon(r, name.length) && !str_is(name, "::");
    return key ? name : (struct str){0};
}

static bool read_item(struct reader *r, struct reader_item *item) {
    static const struct {
        const char *beginning;
        reader_read *read;
    } beginnings[] = {{"[", open_plain}, {"{", open_plain}, {"%", open_map}, {"<<", elixir_bits},
            {"\"", read_quoted}, {"'", read_quoted}, {":", read_colon}, {"~", elixir_sigil},
            {"?", elixir_number}, {"-", elixir_number}, {"+", elixir_number}, {"#", read_identity},
            {"&", read_function}, {"...", read_cut}};
    if (reader_sees_digit(r, 0, 10)) {
        return elixir_number(r, item);
    }
    uint32_t c;
    if (reader_character(r, &c) > 0 && is_name_start(c)) {
        return read_name(r, item);
    }
    struct str name = key_operator(r);
    if (name.length > 0) {
        r->at += name.length;
        return make_key(r, name.at, name, item);
    }
    for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
        if (reader_sees(r, beginnings[i].beginning)) {
            return beginnings[i].read(r, item);
        }
    }
    return reader_fail(r, r->at, "Expected a value");
}

bool read_elixir(struct arena *arena, struct str text, struct str node, uint32_t creation,
        struct term *term, struct error *error) {
    static const struct reader_syntax syntax = {
            .skip = elixir_skip, .read = read_item, .trailing_comma = true};
    struct reader r = {
            .arena = arena, .owner = {.node = node, .creation = creation}, .error = error};
    struct term value;
    if (!reader_start(&r, text) || !reader_run(&r, &syntax, &value)) {
        return false;
    }
    if (r.at < r.end) {
        return reader_fail(&r, r.at, "Expected the end of the text");
    }
    *term = value;
    return true;
}
