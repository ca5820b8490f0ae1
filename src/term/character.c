// UTF-8 characters one by one, and what Elixir's syntax makes of them.
#include "term/character.h"

#include "base/must.h"

size_t character_take(struct str text, size_t at, uint32_t *character) {
    const uint8_t *p = (const uint8_t *)text.at + at;
    size_t length = p[0] < 0x80 ? 1 : p[0] < 0xE0 ? 2 : p[0] < 0xF0 ? 3 : 4;
    if (length > text.length - at || !str_is_utf8((struct str){text.at + at, length})) {
        return 0;
    }
    static const uint8_t first_bits[] = {0, 0x7F, 0x1F, 0x0F, 0x07};
    uint32_t value = p[0] & first_bits[length];
    for (size_t i = 1; i < length; i++) {
        value = value << 6 | (p[i] & 0x3F);
    }
    *character = value;
    return length;
}

bool character_is_valid(uint32_t character) {
    return character <= 0x10FFFF && (character < 0xD800 || character > 0xDFFF);
}

size_t character_put(char *out, uint32_t character) {
    must(character_is_valid(character));
    if (character < 0x80) {
        out[0] = (char)character;
        return 1;
    }
    size_t length = character < 0x800 ? 2 : character < 0x10000 ? 3 : 4;
    static const uint8_t marks[] = {0, 0, 0xC0, 0xE0, 0xF0};
    for (size_t i = length - 1; i > 0; i--) {
        out[i] = (char)(0x80 | (character & 0x3F));
        character >>= 6;
    }
    out[0] = (char)(marks[length] | character);
    return length;
}

struct range {
    uint32_t first;
    uint32_t last;
};

static bool is_in(const struct range *ranges, size_t count, uint32_t character) {
    for (size_t i = 0; i < count; i++) {
        if (character >= ranges[i].first && character <= ranges[i].last) {
            return true;
        }
    }
    return false;
}

#define IS_IN(ranges, character) is_in(ranges, sizeof(ranges) / sizeof(ranges)[0], character)

bool character_is_letter(uint32_t character) {
    static const struct range letters[] = {
            {0x00C0, 0x00D6},                   // Latin-1
            {0x00D8, 0x00F6}, {0x00F8, 0x0131}, // Latin Extended-A, without what NFKC would replace
            {0x0134, 0x013E}, {0x0141, 0x0148}, {0x014A, 0x017E},
            {0x1E00, 0x1E99},                                     // Latin Extended Additional
            {0x1E9E, 0x1E9E}, {0x1EA0, 0x1EF9}, {0x3041, 0x3096}, // Hiragana
            {0x30A1, 0x30FA},                                     // Katakana
            {0x4E00, 0x9FFF},                                     // CJK Unified Ideographs
    };
    return IS_IN(letters, character);
}

bool character_is_upper(uint32_t character) {
    static const struct range whole[] = {
            {'A', 'Z'}, {0xC0, 0xDE}, {0x178, 0x178}, {0x1E9E, 0x1E9E}};
    // Upper and lower case take turns; in these, the even or the odd ones are upper.
    static const struct range even[] = {
            {0x100, 0x137}, {0x14A, 0x177}, {0x1E00, 0x1E95}, {0x1EA0, 0x1EFF}};
    static const struct range odd[] = {{0x139, 0x148}, {0x179, 0x17E}};
    return (IS_IN(whole, character) && character != 0xD7) ||
           (IS_IN(even, character) && character % 2 == 0) ||
           (IS_IN(odd, character) && character % 2 == 1);
}

bool character_is_space(uint32_t character) {
    // Unicode's White_Space without the no-break spaces.
    static const struct range spaces[] = {{0x09, 0x0D}, {0x20, 0x20}, {0x85, 0x85},
            {0x1680, 0x1680}, {0x2000, 0x2006}, {0x2008, 0x200A}, {0x2028, 0x2029},
            {0x205F, 0x205F}, {0x3000, 0x3000}};
    return IS_IN(spaces, character);
}

uint32_t character_digit(char c) {
    return c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
           : c >= 'a' && c <= 'z' ? (uint32_t)(c - 'a' + 10)
           : c >= 'A' && c <= 'Z' ? (uint32_t)(c - 'A' + 10)
                                  : 36;
}
