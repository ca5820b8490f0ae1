// getrandom(2), which cannot fail once the kernel has started.
#include "base/random.h"

#include "base/must.h"

#include <sys/random.h>

void random_bytes(void *at, size_t length) {
    char *next = at;
    while (length > 0) {
        size_t piece = length < 256 ? length : 256;
        must(getrandom(next, piece, 0) == (ssize_t)piece);
        next += piece;
        length -= piece;
    }
}

void random_letters(char *text, size_t length) {
    for (size_t i = 0; i < length;) {
        uint8_t byte;
        random_bytes(&byte, 1);
        if (byte < 248) { // 4 × 62: every letter equally often
            text[i++] = RANDOM_LETTERS[byte % 62];
        }
    }
    text[length] = '\0';
}

uint32_t random_u32(void) {
    uint32_t value;
    random_bytes(&value, sizeof value);
    return value;
}
