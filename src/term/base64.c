// Base64, strict in both directions: one text for each run of bytes.
#include "term/base64.h"

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

void base64_encode(struct buffer *out, struct str bytes) {
    if (bytes.length == 0) {
        return;
    }
    const uint8_t *p = (const uint8_t *)bytes.at;
    char *at = buffer_reserve(out, (bytes.length + 2) / 3 * 4);
    char *start = at;
    for (size_t i = 0; i < bytes.length; i += 3) {
        size_t left = bytes.length - i;
        uint32_t group = (uint32_t)p[i] << 16;
        group |= left > 1 ? (uint32_t)p[i + 1] << 8 : 0;
        group |= left > 2 ? p[i + 2] : 0;
        *at++ = alphabet[group >> 18];
        *at++ = alphabet[group >> 12 & 63];
        *at++ = left > 1 ? alphabet[group >> 6 & 63] : '=';
        *at++ = left > 2 ? alphabet[group & 63] : '=';
    }
    out->length += (size_t)(at - start);
}

// The value of a character, or 64.
static uint32_t digit_value(char c) {
    const char *found = c != '\0' ? strchr(alphabet, c) : NULL;
    return found != NULL ? (uint32_t)(found - alphabet) : 64;
}

bool base64_decode(struct arena *arena, struct str text, struct str *bytes) {
    if (text.length % 4 != 0) {
        return false;
    }
    size_t padding = 0;
    while (padding < 2 && padding < text.length && text.at[text.length - 1 - padding] == '=') {
        padding++;
    }
    size_t length = text.length / 4 * 3 - padding;
    char *at = arena_take(arena, text.length / 4 * 3 + 1, 1);
    for (size_t i = 0; i < text.length; i += 4) {
        uint32_t group = 0;
        for (size_t j = i; j < i + 4; j++) {
            uint32_t value = j < text.length - padding ? digit_value(text.at[j]) : 0;
            if (value > 63) {
                return false;
            }
            group = group << 6 | value;
        }
        // Bits under the padding carry nothing and must be zero.
        if (i + 4 == text.length && (group & ((1u << 8 * padding) - 1)) != 0) {
            return false;
        }
        at[i / 4 * 3] = (char)(group >> 16);
        at[i / 4 * 3 + 1] = (char)(group >> 8);
        at[i / 4 * 3 + 2] = (char)group;
    }
    *bytes = (struct str){at, length};
    return true;
}
