// The parts of Elixir's syntax: what read_elixir.c puts together.
#ifndef WHITEBEAM_TERM_ELIXIR_PARTS_H
#define WHITEBEAM_TERM_ELIXIR_PARTS_H

#include "term/reader.h"

// ---- Shared (read_elixir.c) ------------------------------------------------------------------

// Skips space and comments.
void elixir_skip(struct reader *r);

// Takes a name: letters, digits, _ and @, and at its end ? or !. Empty if there is none.
struct str elixir_take_name(struct reader *r);

// ---- Numbers, ranges and bit strings (elixir_number.c) ---------------------------------------

// A number, a character such as ?a, or a range of two; and the space behind it.
bool elixir_number(struct reader *r, struct reader_item *item);

// <<…>>
bool elixir_bits(struct reader *r, struct reader_item *item);

// ---- Strings, charlists, heredocs and sigils (elixir_text.c) ---------------------------------

// True if a heredoc begins at r->at.
bool elixir_sees_heredoc(const struct reader *r);

// Reads "…" or '…', also as a heredoc; r->at is at the quote. The text may hold any bytes (\xFF).
bool elixir_quoted(struct reader *r, struct str *text);

// Reads ~c ~s ~w and their upper-case forms; r->at is at the ~.
bool elixir_sigil(struct reader *r, struct reader_item *item);

// The character behind a backslash, for the letters that mean another one; else itself.
uint32_t elixir_escaped(uint32_t character);

#endif
