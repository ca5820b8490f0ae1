// Unsigned integers of the network's byte order, read from bytes whose number was checked before.
#ifndef WHITEBEAM_LINK_BIG_ENDIAN_H
#define WHITEBEAM_LINK_BIG_ENDIAN_H

#include <stddef.h>
#include <stdint.h>

// count is 1 to 8.
static inline uint64_t big_endian(const char *at, size_t count) {
    uint64_t value = 0;
    for (size_t i = 0; i < count; i++) {
        value = value << 8 | (uint8_t)at[i];
    }
    return value;
}

#endif
