// Growth by doubling; everything else is a copy.
#include "base/buffer.h"

#include "base/memory.h"
#include "base/must.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void buffer_init(struct buffer *buffer) {
    *buffer = (struct buffer){0};
}

void buffer_finish(struct buffer *buffer) {
    free(buffer->at);
    *buffer = (struct buffer){0};
}

char *buffer_reserve(struct buffer *buffer, size_t extra) {
    must(extra <= SIZE_MAX / 4);
    size_t needed = buffer->length + extra;
    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity : 256;
        while (capacity < needed) {
            capacity *= 2;
        }
        buffer->at = memory_resize(buffer->at, capacity, 1);
        buffer->capacity = capacity;
    }
    return buffer->at + buffer->length;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t length) {
    if (length > 0) {
        memcpy(buffer_reserve(buffer, length), bytes, length);
        buffer->length += length;
    }
}

void buffer_add_str(struct buffer *buffer, struct str text) {
    buffer_add(buffer, text.at, text.length);
}

void buffer_add_text(struct buffer *buffer, const char *text) {
    buffer_add(buffer, text, strlen(text));
}

void buffer_printf(struct buffer *buffer, const char *format, ...) {
    va_list first;
    va_start(first, format);
    va_list second;
    va_copy(second, first);
    int length = vsnprintf(NULL, 0, format, first);
    va_end(first);
    must(length >= 0);
    char *at = buffer_reserve(buffer, (size_t)length + 1);
    vsnprintf(at, (size_t)length + 1, format, second);
    va_end(second);
    buffer->length += (size_t)length;
}

void buffer_add_u8(struct buffer *buffer, uint8_t value) {
    buffer_add(buffer, &value, 1);
}

void buffer_add_u16(struct buffer *buffer, uint16_t value) {
    uint16_t big = __builtin_bswap16(value);
    buffer_add(buffer, &big, sizeof big);
}

void buffer_add_u32(struct buffer *buffer, uint32_t value) {
    uint32_t big = __builtin_bswap32(value);
    buffer_add(buffer, &big, sizeof big);
}

void buffer_add_u64(struct buffer *buffer, uint64_t value) {
    uint64_t big = __builtin_bswap64(value);
    buffer_add(buffer, &big, sizeof big);
}

void buffer_drop(struct buffer *buffer, size_t count) {
    must(count <= buffer->length);
    buffer->length -= count;
    if (buffer->length > 0 && count > 0) {
        memmove(buffer->at, buffer->at + count, buffer->length);
    }
}
