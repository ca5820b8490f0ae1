// Heap memory for things that outlive a request. Running out of memory ends the daemon: every
// size an outsider controls was compared with limits.h before, so it means the machine is full.
#ifndef WHITEBEAM_BASE_MEMORY_H
#define WHITEBEAM_BASE_MEMORY_H

#include <stddef.h>

// Zeroed memory for count items of size bytes; never NULL.
void *memory_new(size_t count, size_t size);

// Grows or shrinks an array to count items of size bytes; what is new is not zeroed.
void *memory_resize(void *block, size_t count, size_t size);

// A copy of a C string.
char *memory_string(const char *text);

#endif
