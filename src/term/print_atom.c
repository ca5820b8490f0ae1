// Names and text in Elixir's syntax: when an atom needs quotes, and what is escaped inside them.
//
// Letters outside ASCII stand unquoted only where that cannot depend on their surroundings
// (character_is_letter). All others are quoted, which Elixir reads as the same atom.
#include "term/print_parts.h"

#include "term/character.h"

#include <string.h>

// ---- Characters ------------------------------------------------------------------------------

static bool is_lower(uint32_t c) {
    return c >= 'a' && c <= 'z';
}

static bool is_upper(uint32_t c) {
    return c >= 'A' && c <= 'Z';
}

static bool is_digit(uint32_t c) {
    return c >= '0' && c <= '9';
}

struct str print_beginning(struct str text, size_t limit) {
    if (text.length <= limit) {
        return text;
    }
    size_t end = limit;
    while (end > 0 && limit - end < 3 && (text.at[end] & 0xC0) == 0x80) {
        end--;
    }
    return (struct str){text.at, end};
}

// String.printable?/1
static bool is_printable(uint32_t c) {
    if (c < 0x20) {
        return (c >= 7 && c <= 13) || c == 27;
    }
    return (c <= 0x7F || c >= 0xA0) && c != 0xFFFE && c != 0xFFFF;
}

bool print_is_text(struct str bytes) {
    for (size_t at = 0; at < bytes.length;) {
        uint32_t character;
        size_t length = character_take(bytes, at, &character);
        if (length == 0 || !is_printable(character)) {
            return false;
        }
        at += length;
    }
    return true;
}

// The letter behind the backslash, or 0.
static char escape_letter(uint32_t c) {
    static const char letters[] = {[0] = '0',
            [7] = 'a',
            [8] = 'b',
            [9] = 't',
            [10] = 'n',
            [11] = 'v',
            [12] = 'f',
            [13] = 'r',
            [27] = 'e'};
    return c < sizeof letters ? letters[c] : c == 127 ? 'd' : '\0';
}

static void escape_character(struct buffer *out, uint32_t c) {
    char letter = escape_letter(c);
    if (letter != '\0') {
        buffer_add_u8(out, '\\');
        buffer_add_u8(out, (uint8_t)letter);
    } else if (c <= 0xFF) {
        buffer_printf(out, "\\x%02X", c);
    } else if (c == 0xFEFF) {
        buffer_add_text(out, "\\uFEFF");
    } else {
        buffer_printf(out, "\\x{%X}", c);
    }
}

void print_escaped(struct buffer *out, struct str text, char quote) {
    for (size_t at = 0; at < text.length;) {
        uint32_t c;
        size_t length = character_take(text, at, &c);
        if (length == 0) {
            escape_character(out, (uint8_t)text.at[at]);
            at++;
            continue;
        }
        bool marker = c == '#' && at + 1 < text.length && text.at[at + 1] == '{';
        if (c == (uint8_t)quote || c == '\\' || marker) {
            buffer_add_u8(out, '\\');
            buffer_add_u8(out, (uint8_t)c);
        } else if (is_printable(c) && c >= 0x20 && c != 0x7F && c != 0xFEFF) {
            buffer_add(out, text.at + at, length);
        } else {
            escape_character(out, c);
        }
        at += length;
    }
}

// ---- Names -----------------------------------------------------------------------------------

bool print_is_alias(struct str name) {
    const char prefix[] = "Elixir";
    if (!str_starts(name, prefix) || name.length == sizeof prefix - 1) {
        return false;
    }
    size_t at = sizeof prefix - 1;
    while (at < name.length) {
        if (name.at[at] != '.' || at + 1 == name.length || !is_upper((uint8_t)name.at[at + 1])) {
            return false;
        }
        at++;
        while (at < name.length && name.at[at] != '.') {
            uint8_t c = (uint8_t)name.at[at];
            if (!is_lower(c) && !is_upper(c) && !is_digit(c) && c != '_') {
                return false;
            }
            at++;
        }
    }
    return true;
}

// True for an atom that stands behind a colon without quotes because it looks like a word.
static bool is_word(struct str name) {
    for (size_t at = 0; at < name.length;) {
        uint32_t c;
        size_t length = character_take(name, at, &c);
        bool letter =
                length > 0 && (is_lower(c) || is_upper(c) || c == '_' || character_is_letter(c));
        bool later = at > 0 && (is_digit(c) || c == '@');
        bool last = at > 0 && at + 1 == name.length && (c == '?' || c == '!');
        if (length == 0 || !(letter || later || last)) {
            return false;
        }
        at += length;
    }
    return name.length > 0;
}

// Operators and special forms: where they stand without quotes.
static const struct {
    const char *name;
    bool atom;
    bool function; // behind `Mod.`
} operators[] = {
        {"!", true, true},
        {"%", true, false},
        {"&", true, true},
        {"*", true, true},
        {"+", true, true},
        {"-", true, true},
        {".", true, false},
        {"/", true, true},
        {"<", true, true},
        {"=", true, true},
        {">", true, true},
        {"@", true, true},
        {"^", true, true},
        {"|", true, true},
        {"!=", true, true},
        {"&&", true, true},
        {"**", true, true},
        {"++", true, true},
        {"--", true, true},
        {"->", true, false},
        {"..", true, false},
        {"<-", true, true},
        {"<=", true, true},
        {"<>", true, true},
        {"<~", true, true},
        {"==", true, true},
        {"=~", true, true},
        {">=", true, true},
        {"\\\\", true, true},
        {"|>", true, true},
        {"||", true, true},
        {"~>", true, true},
        {"{}", true, false},
        {"!==", true, true},
        {"%{}", true, false},
        {"&&&", true, true},
        {"+++", true, true},
        {"---", true, true},
        {"...", true, false},
        {"<<<", true, true},
        {"<<~", true, true},
        {"<~>", true, true},
        {"===", true, true},
        {">>>", true, true},
        {"|||", true, true},
        {"~>>", true, true},
        {"..//", true, false},
        {"<<>>", true, false},
        {"::", false, true},
        {"<|>", false, true},
        {"^^^", false, true},
        {"~~~", false, true},
};

static bool is_operator(struct str name, bool function) {
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (str_is(name, operators[i].name)) {
            return function ? operators[i].function : operators[i].atom;
        }
    }
    return false;
}

size_t print_operator_at(struct str text) {
    size_t longest = 0;
    for (size_t i = 0; i < sizeof operators / sizeof operators[0]; i++) {
        if (str_starts(text, operators[i].name) && strlen(operators[i].name) > longest) {
            longest = strlen(operators[i].name);
        }
    }
    return longest;
}

static void add_quoted(struct buffer *out, struct str name) {
    buffer_add_u8(out, '"');
    print_escaped(out, name, '"');
    buffer_add_u8(out, '"');
}

// A name without its colon.
static void add_name(struct buffer *out, struct str name) {
    // Elixir itself is the one word that would read as an alias.
    if (!str_is(name, "Elixir") && (is_word(name) || is_operator(name, false))) {
        buffer_add_str(out, name);
    } else {
        add_quoted(out, name);
    }
}

void print_atom(struct buffer *out, struct str name) {
    if (str_is(name, "nil") || str_is(name, "true") || str_is(name, "false") ||
            str_is(name, "Elixir")) {
        buffer_add_str(out, name);
    } else if (print_is_alias(name)) {
        // Behind the prefix, Elixir would read as the prefix again.
        bool twice = str_is(name, "Elixir.Elixir") || str_starts(name, "Elixir.Elixir.");
        size_t prefix = twice ? 0 : strlen("Elixir.");
        buffer_add(out, name.at + prefix, name.length - prefix);
    } else {
        buffer_add_u8(out, ':');
        add_name(out, name);
    }
}

void print_key(struct buffer *out, struct str name) {
    add_name(out, name);
    buffer_add_u8(out, ':');
}

void print_function(struct buffer *out, struct str name) {
    uint32_t first;
    bool word = is_word(name) && memchr(name.at, '@', name.length) == NULL &&
                character_take(name, 0, &first) == 1 && !is_upper(first);
    if (word || is_operator(name, true)) {
        buffer_add_str(out, name);
    } else {
        add_quoted(out, name);
    }
}
