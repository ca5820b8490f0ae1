// A streaming JSON writer. Rows of a process list go through here tens of thousands of times a
// second, so integers are converted by hand and strings are copied in runs.
#include "base/json_writer.h"

#include "base/clock.h"

#include <math.h>
#include <stdio.h>

// Puts the comma that the last byte calls for, then the key.
static void begin(struct buffer *buffer, const char *key) {
    size_t length = key ? strlen(key) : 0;
    char *at = buffer_reserve(buffer, length + 4);
    if (buffer->length > 0) {
        char last = buffer->at[buffer->length - 1];
        if (last != '{' && last != '[' && last != ':' && last != '\n') {
            *at++ = ',';
        }
    }
    if (key != NULL) {
        *at++ = '"';
        memcpy(at, key, length);
        at += length;
        *at++ = '"';
        *at++ = ':';
    }
    buffer->length = (size_t)(at - buffer->at);
}

// The length of the UTF-8 sequence at p, or 0 if it is malformed.
static size_t sequence_length(const uint8_t *p, size_t left) {
    size_t length = p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    return p[0] >= 0xC2 && length <= left && str_is_utf8((struct str){(const char *)p, length})
                   ? length
                   : 0;
}

static void write_escape(struct buffer *buffer, uint8_t c) {
    switch (c) {
    case '"':
        buffer_add(buffer, "\\\"", 2);
        return;
    case '\\':
        buffer_add(buffer, "\\\\", 2);
        return;
    case '\n':
        buffer_add(buffer, "\\n", 2);
        return;
    case '\r':
        buffer_add(buffer, "\\r", 2);
        return;
    case '\t':
        buffer_add(buffer, "\\t", 2);
        return;
    default:
        buffer_printf(buffer, "\\u%04x", c);
        return;
    }
}

void json_write_string(struct buffer *buffer, struct str text) {
    const uint8_t *p = (const uint8_t *)text.at;
    size_t left = text.length;
    buffer_reserve(buffer, left + 2);
    buffer_add_u8(buffer, '"');
    while (left > 0) {
        size_t run = 0;
        while (run < left && p[run] >= 0x20 && p[run] < 0x7F && p[run] != '"' && p[run] != '\\') {
            run++;
        }
        buffer_add(buffer, p, run);
        p += run;
        left -= run;
        if (left == 0) {
            break;
        }
        if (p[0] < 0x80) {
            write_escape(buffer, p[0]);
            p++;
            left--;
            continue;
        }
        size_t length = sequence_length(p, left);
        if (length == 0) {
            buffer_add(buffer, "\xEF\xBF\xBD", 3);
            length = 1;
        } else {
            buffer_add(buffer, p, length);
        }
        p += length;
        left -= length;
    }
    buffer_add_u8(buffer, '"');
}

void json_open_object(struct buffer *buffer, const char *key) {
    begin(buffer, key);
    buffer_add_u8(buffer, '{');
}

void json_close_object(struct buffer *buffer) {
    buffer_add_u8(buffer, '}');
}

void json_open_array(struct buffer *buffer, const char *key) {
    begin(buffer, key);
    buffer_add_u8(buffer, '[');
}

void json_close_array(struct buffer *buffer) {
    buffer_add_u8(buffer, ']');
}

void json_put_string(struct buffer *buffer, const char *key, struct str value) {
    begin(buffer, key);
    json_write_string(buffer, value);
}

void json_text(struct buffer *buffer, const char *key, const char *value) {
    if (value == NULL) {
        json_put_null(buffer, key);
    } else {
        json_put_string(buffer, key, str_of(value));
    }
}

void json_uint(struct buffer *buffer, const char *key, uint64_t value) {
    char digits[20];
    size_t at = sizeof digits;
    do {
        digits[--at] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    begin(buffer, key);
    buffer_add(buffer, digits + at, sizeof digits - at);
}

void json_int(struct buffer *buffer, const char *key, int64_t value) {
    if (value >= 0) {
        json_uint(buffer, key, (uint64_t)value);
        return;
    }
    begin(buffer, key);
    buffer_printf(buffer, "%lld", (long long)value);
}

void json_number(struct buffer *buffer, const char *key, double value) {
    if (!isfinite(value)) {
        json_put_null(buffer, key);
        return;
    }
    double whole = round(value * 1000.0);
    begin(buffer, key);
    if (fabs(whole) < 9e15) {
        // The shortest form of at most three decimals: 1.5, not 1.500.
        buffer_printf(buffer, "%.*f",
                fmod(whole, 1000.0) == 0.0  ? 0
                : fmod(whole, 100.0) == 0.0 ? 1
                : fmod(whole, 10.0) == 0.0  ? 2
                                            : 3,
                whole / 1000.0);
    } else {
        buffer_printf(buffer, "%.17g", value);
    }
}

void json_bool(struct buffer *buffer, const char *key, bool value) {
    begin(buffer, key);
    buffer_add_text(buffer, value ? "true" : "false");
}

void json_put_null(struct buffer *buffer, const char *key) {
    begin(buffer, key);
    buffer_add(buffer, "null", 4);
}

void json_raw(struct buffer *buffer, const char *key, struct str json) {
    begin(buffer, key);
    buffer_add_str(buffer, json);
}

void json_time(struct buffer *buffer, const char *key, int64_t unix_ms) {
    if (unix_ms < 0) {
        json_put_null(buffer, key);
        return;
    }
    char text[CLOCK_TEXT_BYTES];
    clock_format(unix_ms, text);
    begin(buffer, key);
    buffer_add_u8(buffer, '"');
    buffer_add_text(buffer, text);
    buffer_add_u8(buffer, '"');
}
