// Terms to the external term format. Functions append to a buffer; the caller puts the parts of a
// compound term in order: encode_tuple(b, 2) is followed by two terms.
//
// Only the tags that OTP 25 and later read without flags are written: SMALL_ATOM_UTF8_EXT,
// ATOM_UTF8_EXT, NEW_PID_EXT, NEWER_REFERENCE_EXT, V4_PORT_EXT and the undisputed rest.
#ifndef WHITEBEAM_TERM_ENCODE_H
#define WHITEBEAM_TERM_ENCODE_H

#include "base/buffer.h"
#include "term/term.h"

void encode_version(struct buffer *out); // 131, before a whole term
void encode_integer(struct buffer *out, int64_t value);
void encode_float(struct buffer *out, double value);
void encode_atom(struct buffer *out, struct str name); // UTF-8, at most LIMIT_ATOM_BYTES
void encode_atom_text(struct buffer *out, const char *name);
void encode_binary(struct buffer *out, struct str bytes);
void encode_tuple(struct buffer *out, uint32_t arity);
// A list of count > 0 terms: they follow, and then the tail (encode_nil for a proper list).
void encode_list(struct buffer *out, uint32_t count);
void encode_nil(struct buffer *out);
void encode_map(struct buffer *out, uint32_t pairs);
void encode_pid(struct buffer *out, const struct term_pid *pid);
void encode_reference(struct buffer *out, const struct term_reference *reference);
void encode_port(struct buffer *out, const struct term_port *port);

// A whole term, iteratively. What decode_term gave is written back so that it decodes to an equal
// term.
void encode_term(struct buffer *out, const struct term *term);

#endif
