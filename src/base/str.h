// A piece of text that knows its length and owns nothing.
#ifndef WHITEBEAM_BASE_STR_H
#define WHITEBEAM_BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct str {
    const char *at; // borrowed; not terminated by NUL
    size_t length;  // bytes
};

// For "%.*s" in printf.
#define STR_ARGS(text) (int)(text).length, (text).at
#define STR(literal)   ((struct str){(literal), sizeof(literal) - 1})

static inline struct str str_of(const char *text) {
    return (struct str){text, strlen(text)};
}

static inline bool str_equal(struct str a, struct str b) {
    return a.length == b.length && (a.length == 0 || memcmp(a.at, b.at, a.length) == 0);
}

static inline bool str_is(struct str a, const char *b) {
    return str_equal(a, str_of(b));
}

static inline bool str_starts(struct str a, const char *prefix) {
    size_t length = strlen(prefix);
    return a.length >= length && memcmp(a.at, prefix, length) == 0;
}

// Reads the whole text as a decimal integer with an optional sign. False if it is not one or does
// not fit; *value is untouched then.
bool str_to_int(struct str text, int64_t *value);

// True if the bytes are well-formed UTF-8 (Unicode 15, table 3-7): no overlong forms, no
// surrogates.
bool str_is_utf8(struct str text);

// Order by bytes, shorter first when one is the beginning of the other.
int str_compare(struct str a, struct str b);

#endif
