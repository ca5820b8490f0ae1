// JSON (RFC 8259) written straight into a buffer, without building anything in between.
//
// (json_put_string and json_put_null are not called json_string and json_null because libjansson
// exports functions of those names.)
//
// The writer puts the commas: a value or a key that follows another one is separated by itself. It
// does not check that objects and arrays are closed in order; tests parse every answer.
#ifndef WHITEBEAM_BASE_JSON_WRITER_H
#define WHITEBEAM_BASE_JSON_WRITER_H

#include "base/buffer.h"

// A string with its quotes. Bytes that are not UTF-8 become U+FFFD.
void json_write_string(struct buffer *buffer, struct str text);

// Values inside an object or array. `key` may be NULL inside arrays; keys are plain identifiers of
// ours and are not escaped.
void json_open_object(struct buffer *buffer, const char *key);
void json_close_object(struct buffer *buffer);
void json_open_array(struct buffer *buffer, const char *key);
void json_close_array(struct buffer *buffer);
void json_put_string(struct buffer *buffer, const char *key, struct str value);
void json_text(struct buffer *buffer, const char *key, const char *value); // NULL becomes null
void json_int(struct buffer *buffer, const char *key, int64_t value);
void json_uint(struct buffer *buffer, const char *key, uint64_t value);
// At most three digits after the point; a value that is not finite becomes null.
void json_number(struct buffer *buffer, const char *key, double value);
void json_bool(struct buffer *buffer, const char *key, bool value);
void json_put_null(struct buffer *buffer, const char *key);
// A piece of JSON that is ready.
void json_raw(struct buffer *buffer, const char *key, struct str json);
// Milliseconds since 1970 as RFC 3339 in UTC; negative becomes null.
void json_time(struct buffer *buffer, const char *key, int64_t unix_ms);

#endif
