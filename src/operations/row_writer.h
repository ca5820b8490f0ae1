// Writing rows by hand: for lists of tens of thousands of rows a second and trees of hundreds of
// thousands of nodes. Each function writes at `at` and returns where it ended; the caller has made
// room for ROW_FIXED_BYTES before.
#ifndef WHITEBEAM_OPERATIONS_ROW_WRITER_H
#define WHITEBEAM_OPERATIONS_ROW_WRITER_H

#include "base/json_writer.h"
#include "node/mirror.h"

// More than the fixed part of a row ever needs: keys, integers, three pids.
#define ROW_FIXED_BYTES 640u

#define PUT(at, literal) (memcpy(at, literal, sizeof(literal) - 1), (at) + sizeof(literal) - 1)

static inline char *put_uint(char *at, uint64_t value) {
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    memcpy(at, digits + from, sizeof digits - from);
    return at + (sizeof digits - from);
}

static inline char *put_pid(char *at, const struct mirror *mirror, uint32_t slot) {
    if (slot == MIRROR_NONE) {
        return PUT(at, "null");
    }
    at = PUT(at, "\"#PID<0.");
    at = put_uint(at, mirror->p.id[slot]);
    *at++ = '.';
    at = put_uint(at, mirror->p.serial[slot]);
    return PUT(at, ">\"");
}

static inline char *put_word(char *at, const char *word) {
    if (word == NULL) {
        return PUT(at, "null");
    }
    size_t length = strlen(word);
    *at++ = '"';
    memcpy(at, word, length);
    at += length;
    *at++ = '"';
    return at;
}

// Writes an interned text, as an alias; needs room for it when it is plain. A text that needs
// escapes goes through the writer, which may move the buffer: the new place is returned.
static inline char *put_text(
        struct buffer *out, char *at, const struct mirror *mirror, uint32_t id) {
    if (id == 0) {
        return PUT(at, "null");
    }
    struct str text = mirror_alias(mirror_text(mirror, id));
    out->length = (size_t)(at - out->at);
    if (!intern_is_plain(mirror->strings, id)) {
        json_write_string(out, text);
        return buffer_reserve(out, ROW_FIXED_BYTES);
    }
    at = buffer_reserve(out, text.length + ROW_FIXED_BYTES);
    *at++ = '"';
    memcpy(at, text.at, text.length);
    at += text.length;
    *at++ = '"';
    return at;
}

#endif
