// Allocation that aborts instead of failing.
#include "base/memory.h"

#include "base/must.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

void *memory_new(size_t count, size_t size) {
    void *block = calloc(count ? count : 1, size ? size : 1);
    must(block != NULL);
    return block;
}

void *memory_resize(void *block, size_t count, size_t size) {
    must(size == 0 || count <= SIZE_MAX / size);
    size_t bytes = count * size;
    void *grown = realloc(block, bytes > 0 ? bytes : 1);
    must(grown != NULL);
    return grown;
}

char *memory_string(const char *text) {
    char *copy = strdup(text);
    must(copy != NULL);
    return copy;
}
