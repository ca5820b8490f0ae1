// The words and marks of the notation that reply.h describes, for those who read it.
#ifndef WHITEBEAM_OPERATIONS_NOTATION_H
#define WHITEBEAM_OPERATIONS_NOTATION_H

#include "base/str.h"

#include <ctype.h>

static inline void notation_skip(const char **at) {
    while (**at == ' ') {
        (*at)++;
    }
}

// Takes the mark if it is the next thing.
static inline bool notation_take(const char **at, char mark) {
    notation_skip(at);
    if (**at != mark) {
        return false;
    }
    (*at)++;
    return true;
}

// A name; empty if there is none.
static inline struct str notation_word(const char **at) {
    notation_skip(at);
    const char *begin = *at;
    while (isalnum((unsigned char)**at) || **at == '_') {
        (*at)++;
    }
    return (struct str){begin, (size_t)(*at - begin)};
}

// The form of that name in reply_forms, or NULL.
const char *notation_form(struct str name);

#endif
