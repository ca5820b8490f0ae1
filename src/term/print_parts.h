// Pieces of printed terms that print.c and json_write.c share.
#ifndef WHITEBEAM_TERM_PRINT_PARTS_H
#define WHITEBEAM_TERM_PRINT_PARTS_H

#include "base/buffer.h"
#include "term/print.h"
#include "term/term.h"

// More nesting than this is never printed, whatever the limits say: the printers are recursive.
#define PRINT_DEPTH_MAX 64u

// The shortest decimal text that reads back as the same number, laid out as inspect/2 does.
void print_float(struct buffer *out, double number);

// An integer over 64 bits: decimal, or 0x… beyond LIMIT_BIGNUM_DECIMAL.
void print_big(struct buffer *out, struct str digits, bool negative);

// A pid, port, reference, local fun or external fun.
void print_identity(struct buffer *out, const struct term *term, struct str node);

// True if inspect/2 shows the bytes as a string: UTF-8, and every character printable.
bool print_is_text(struct str bytes);

// Text between quotes, without them: escapes as inspect/2 puts them.
void print_escaped(struct buffer *out, struct str text, char quote);

// An atom as the key of a keyword list or map, with its colon: `a:`, `"two words":`.
void print_key(struct buffer *out, struct str name);

// A function's name behind `Mod.`.
void print_function(struct buffer *out, struct str name);

// The length of the longest operator that the text begins with and that is an atom behind a colon,
// or 0.
size_t print_operator_at(struct str text);

// True for the names that Elixir's aliases stand for: Elixir.Foo, Elixir.Foo.Bar.
bool print_is_alias(struct str name);

// The longest beginning of at most `limit` bytes that does not cut a UTF-8 character in two.
struct str print_beginning(struct str text, size_t limit);

#endif
