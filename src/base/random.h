// Random bytes from the kernel.
#ifndef WHITEBEAM_BASE_RANDOM_H
#define WHITEBEAM_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *at, size_t length);
uint32_t random_u32(void);

// Digits and letters, each equally often (5.95 bits), in this order as digits of base 62; ends with
// a NUL that length does not count.
#define RANDOM_LETTERS "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
void random_letters(char *text, size_t length);

#endif
