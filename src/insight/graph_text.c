// Characters of labels.
#include "insight/graph_text.h"

#include "base/must.h"

uint32_t graph_next_character(struct str *rest) {
    const uint8_t *at = (const uint8_t *)rest->at;
    size_t length = at[0] < 0x80 ? 1 : at[0] < 0xE0 ? 2 : at[0] < 0xF0 ? 3 : 4;
    if (length > rest->length || !str_is_utf8((struct str){rest->at, length})) {
        *rest = (struct str){rest->at + 1, rest->length - 1};
        return GRAPH_REPLACEMENT;
    }
    uint32_t character = length == 1 ? at[0] : at[0] & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        character = character << 6 | (at[i] & 0x3Fu);
    }
    *rest = (struct str){rest->at + length, rest->length - length};
    // XML 1.0, 2.2. It allows some controls too, but they cannot be drawn.
    bool control = character < 0x20 || (character >= 0x7F && character < 0xA0);
    bool allowed = !control && character != 0xFFFE && character != 0xFFFF;
    return allowed ? character : GRAPH_REPLACEMENT;
}

void graph_add_character(struct buffer *out, uint32_t character) {
    uint8_t bytes[4];
    size_t length = character < 0x80 ? 1 : character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t first[] = {0, 0x00, 0xC0, 0xE0, 0xF0};
    for (size_t i = length; i-- > 1;) {
        bytes[i] = (uint8_t)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    bytes[0] = (uint8_t)(first[length] | character);
    buffer_add(out, bytes, length);
}

// ---- width -----------------------------------------------------------------------------------

struct range {
    uint32_t first, last;
};

// The large blocks of UAX #11's wide characters and of combining marks: a label that is estimated
// wrong by a rare script is a little too narrow or wide, nothing worse.
static const struct range wide[] = {{0x1100, 0x115F}, {0x2E80, 0x303E}, {0x3041, 0xA4CF},
        {0xAC00, 0xD7A3}, {0xF900, 0xFAFF}, {0xFE30, 0xFE6F}, {0xFF01, 0xFF60}, {0xFFE0, 0xFFE6},
        {0x1F300, 0x1FAFF}, {0x20000, 0x3FFFD}};
static const struct range narrowest[] = {{0x0300, 0x036F}, {0x0483, 0x0489}, {0x0591, 0x05BD},
        {0x064B, 0x065F}, {0x1AB0, 0x1AFF}, {0x1DC0, 0x1DFF}, {0x200B, 0x200F}, {0x202A, 0x202E},
        {0x2060, 0x2064}, {0x20D0, 0x20FF}, {0xFE00, 0xFE0F}, {0xFE20, 0xFE2F}};

static bool within(const struct range *ranges, size_t count, uint32_t character) {
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

static size_t columns_of(uint32_t character) {
    if (character < 0x300) {
        return 1;
    }
    if (within(narrowest, sizeof narrowest / sizeof narrowest[0], character)) {
        return 0;
    }
    return within(wide, sizeof wide / sizeof wide[0], character) ? 2 : 1;
}

size_t graph_columns(struct str text) {
    size_t columns = 0;
    while (text.length > 0) {
        columns += columns_of(graph_next_character(&text));
    }
    return columns;
}

struct str graph_cut(struct arena *arena, struct str text, size_t columns) {
    must(columns >= 8);
    size_t all = graph_columns(text);
    if (all <= columns) {
        return text;
    }
    size_t front = (columns - 1) * 2 / 5;
    size_t back = columns - 1 - front;
    struct str rest = text;
    struct str end = text;
    size_t passed = 0;
    while (passed < all - back) {
        size_t width = columns_of(graph_next_character(&rest));
        if (passed + width <= front) {
            end = rest;
        }
        passed += width;
    }
    static const char ellipsis[] = "\u2026";
    size_t kept = text.length - end.length;
    char *cut = arena_take(arena, kept + sizeof ellipsis - 1 + rest.length, 1);
    memcpy(cut, text.at, kept);
    memcpy(cut + kept, ellipsis, sizeof ellipsis - 1);
    memcpy(cut + kept + sizeof ellipsis - 1, rest.at, rest.length);
    return (struct str){cut, kept + sizeof ellipsis - 1 + rest.length};
}

// ---- XML -------------------------------------------------------------------------------------

void graph_add_xml(struct buffer *out, struct str text) {
    while (text.length > 0) {
        uint32_t character = graph_next_character(&text);
        if (character == '&') {
            buffer_add_text(out, "&amp;");
        } else if (character == '<') {
            buffer_add_text(out, "&lt;");
        } else if (character == '>') {
            buffer_add_text(out, "&gt;");
        } else if (character == '"') {
            buffer_add_text(out, "&quot;");
        } else {
            graph_add_character(out, character);
        }
    }
}
