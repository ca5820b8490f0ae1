// The text of an API key: how it is made and recognised. keys.h says what it consists of.
#ifndef WHITEBEAM_OPERATIONS_KEY_TEXT_H
#define WHITEBEAM_OPERATIONS_KEY_TEXT_H

#include "operations/keys.h"

#define KEY_HASH_BYTES 32

void key_text_make(char text[static KEY_BYTES + 1]);

// False if it has not the form of a key, or its check digits are wrong.
bool key_text_is(struct str text);

// SHA-256.
void key_text_hash(struct str text, uint8_t hash[static KEY_HASH_BYTES]);

#endif
