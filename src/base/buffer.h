// A growing run of bytes: what is written to sockets and what answers are built in.
#ifndef WHITEBEAM_BASE_BUFFER_H
#define WHITEBEAM_BASE_BUFFER_H

#include "base/str.h"

struct buffer {
    char *at; // owned
    size_t length;
    size_t capacity;
};

void buffer_init(struct buffer *buffer);
void buffer_finish(struct buffer *buffer);

// Makes room for extra more bytes and returns where they go; length is unchanged.
char *buffer_reserve(struct buffer *buffer, size_t extra);

void buffer_add(struct buffer *buffer, const void *bytes, size_t length);
void buffer_add_str(struct buffer *buffer, struct str text);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_printf(struct buffer *buffer, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

// Big-endian integers, as Erlang's formats have them.
void buffer_add_u8(struct buffer *buffer, uint8_t value);
void buffer_add_u16(struct buffer *buffer, uint16_t value);
void buffer_add_u32(struct buffer *buffer, uint32_t value);
void buffer_add_u64(struct buffer *buffer, uint64_t value);

// Removes count bytes from the front.
void buffer_drop(struct buffer *buffer, size_t count);

static inline struct str buffer_str(const struct buffer *buffer) {
    return (struct str){buffer->at, buffer->length};
}

#endif
