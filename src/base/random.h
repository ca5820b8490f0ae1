// Random bytes from the kernel.
#ifndef WHITEBEAM_BASE_RANDOM_H
#define WHITEBEAM_BASE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

void random_bytes(void *at, size_t length);
uint32_t random_u32(void);

#endif
