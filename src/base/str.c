// Text helpers that need more than a line.
#include "base/str.h"

bool str_to_int(struct str text, int64_t *value) {
    size_t at = 0;
    bool negative = false;
    if (text.length > 0 && (text.at[0] == '-' || text.at[0] == '+')) {
        negative = text.at[0] == '-';
        at = 1;
    }
    if (at == text.length) {
        return false;
    }
    int64_t result = 0;
    for (; at < text.length; at++) {
        char c = text.at[at];
        if (c < '0' || c > '9') {
            return false;
        }
        // Counting downwards reaches INT64_MIN, which has no positive twin.
        if (__builtin_mul_overflow(result, 10, &result) ||
                __builtin_sub_overflow(result, c - '0', &result)) {
            return false;
        }
    }
    if (!negative && __builtin_sub_overflow((int64_t)0, result, &result)) {
        return false;
    }
    *value = result;
    return true;
}

// Length of the well-formed sequence that starts at p, or 0.
static size_t utf8_sequence(const uint8_t *p, size_t left) {
    if (p[0] < 0x80) {
        return 1;
    }
    if (p[0] >= 0xC2 && p[0] <= 0xDF) {
        return left >= 2 && (p[1] & 0xC0) == 0x80 ? 2 : 0;
    }
    if (p[0] >= 0xE0 && p[0] <= 0xEF) {
        uint8_t low = p[0] == 0xE0 ? 0xA0 : 0x80;
        uint8_t high = p[0] == 0xED ? 0x9F : 0xBF;
        return left >= 3 && p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 ? 3 : 0;
    }
    if (p[0] >= 0xF0 && p[0] <= 0xF4) {
        uint8_t low = p[0] == 0xF0 ? 0x90 : 0x80;
        uint8_t high = p[0] == 0xF4 ? 0x8F : 0xBF;
        return left >= 4 && p[1] >= low && p[1] <= high && (p[2] & 0xC0) == 0x80 &&
                               (p[3] & 0xC0) == 0x80
                       ? 4
                       : 0;
    }
    return 0;
}

bool str_is_utf8(struct str text) {
    const uint8_t *p = (const uint8_t *)text.at;
    size_t left = text.length;
    while (left > 0) {
        size_t length = utf8_sequence(p, left);
        if (length == 0) {
            return false;
        }
        p += length;
        left -= length;
    }
    return true;
}

int str_compare(struct str a, struct str b) {
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter ? memcmp(a.at, b.at, shorter) : 0;
    if (order != 0) {
        return order;
    }
    return a.length < b.length ? -1 : a.length > b.length;
}
