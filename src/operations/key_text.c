// The text of an API key.
#include "operations/key_text.h"

#include "base/random.h"

#include <sodium.h>
#include <zlib.h>

#define PREFIX       "wb_"
#define PREFIX_BYTES 3
#define SECRET_BYTES 30
#define DIGITS       6 // 62^6 is more than 2^32
#define CHECKED      (PREFIX_BYTES + SECRET_BYTES)

_Static_assert(CHECKED + 1 + DIGITS == KEY_BYTES, "the parts of a key");

// `_` and the check digits, the highest first, of the CHECKED bytes.
static void write_check(const char *text, char check[static DIGITS + 1]) {
    uint32_t crc = (uint32_t)crc32(0, (const uint8_t *)text, CHECKED);
    check[0] = '_';
    for (int i = DIGITS; i > 0; i--) {
        check[i] = RANDOM_LETTERS[crc % 62];
        crc /= 62;
    }
}

void key_text_make(char text[static KEY_BYTES + 1]) {
    memcpy(text, PREFIX, PREFIX_BYTES);
    random_letters(text + PREFIX_BYTES, SECRET_BYTES);
    write_check(text, text + CHECKED);
    text[KEY_BYTES] = '\0';
}

bool key_text_is(struct str text) {
    char check[DIGITS + 1];
    if (text.length != KEY_BYTES || !str_starts(text, PREFIX)) {
        return false;
    }
    write_check(text.at, check);
    return memcmp(text.at + CHECKED, check, sizeof check) == 0;
}

void key_text_hash(struct str text, uint8_t hash[static KEY_HASH_BYTES]) {
    crypto_hash_sha256(hash, (const uint8_t *)text.at, text.length);
}
