// UTF-8 characters one by one, and what Elixir's syntax makes of them.
#ifndef WHITEBEAM_TERM_CHARACTER_H
#define WHITEBEAM_TERM_CHARACTER_H

#include "base/str.h"

// Decodes the character at `at`, which is inside the text; returns its bytes, 0 if it is malformed.
size_t character_take(struct str text, size_t at, uint32_t *character);

// Writes a character; returns its bytes, at most 4. It must be one (character_is_valid).
size_t character_put(char *out, uint32_t character);

// True for what UTF-8 can hold: up to 10FFFF and no surrogate.
bool character_is_valid(uint32_t character);

// True for a letter outside ASCII that stands unquoted in Elixir's names whatever stands around it:
// precomposed Latin, kana, and the common ideographs. With others it depends on normalisation and
// on the mixing of scripts.
bool character_is_letter(uint32_t character);

// True for the letters A to Z, and for upper-case ones of character_is_letter.
bool character_is_upper(uint32_t character);

// True for what String.split/1 splits at.
bool character_is_space(uint32_t character);

// The value of a digit in bases up to 36, of either case; 36 for anything else.
uint32_t character_digit(char c);

#endif
