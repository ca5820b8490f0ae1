// Base64 as in RFC 4648 4: the alphabet with + and /, with padding.
#ifndef WHITEBEAM_TERM_BASE64_H
#define WHITEBEAM_TERM_BASE64_H

#include "base/arena.h"
#include "base/buffer.h"

void base64_encode(struct buffer *out, struct str bytes);

// False if the text is not exactly what base64_encode writes for some bytes.
bool base64_decode(struct arena *arena, struct str text, struct str *bytes);

#endif
