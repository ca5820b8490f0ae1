// Bump allocation in blocks of 16 KB or more.
#include "base/arena.h"

#include "base/memory.h"
#include "base/must.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(at, length)   ASAN_POISON_MEMORY_REGION(at, length)
#define UNPOISON(at, length) ASAN_UNPOISON_MEMORY_REGION(at, length)
#else
#define POISON(at, length)   ((void)0)
#define UNPOISON(at, length) ((void)0)
#endif

#define BLOCK_BYTES ((size_t)16 << 10)
#define ALIGNMENT   ((size_t)16)

struct arena_block {
    struct arena_block *older; // owned
    size_t size;               // bytes of data
    size_t used;
    _Alignas(16) char data[];
};

void arena_init(struct arena *arena) {
    *arena = (struct arena){0};
}

static void free_blocks(struct arena_block *block) {
    while (block != NULL) {
        struct arena_block *older = block->older;
        UNPOISON(block->data, block->size);
        free(block);
        block = older;
    }
}

void arena_finish(struct arena *arena) {
    free_blocks(arena->block);
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena) {
    struct arena_block *block = arena->block;
    arena->taken = 0;
    if (block == NULL) {
        return;
    }
    free_blocks(block->older);
    block->older = NULL;
    if (block->size > 16 * BLOCK_BYTES) {
        free_blocks(block);
        arena->block = NULL;
        return;
    }
    block->used = 0;
    POISON(block->data, block->size);
}

static struct arena_block *add_block(struct arena *arena, size_t bytes) {
    size_t size = BLOCK_BYTES - sizeof(struct arena_block);
    if (arena->taken > 8 * BLOCK_BYTES) {
        size = 8 * BLOCK_BYTES; // a large job: fewer, larger blocks
    }
    if (size < bytes) {
        size = bytes;
    }
    struct arena_block *block = malloc(sizeof *block + size);
    must(block != NULL);
    block->older = arena->block;
    block->size = size;
    block->used = 0;
    POISON(block->data, size);
    arena->block = block;
    return block;
}

void *arena_take(struct arena *arena, size_t count, size_t size) {
    size_t bytes;
    must(!__builtin_mul_overflow(count, size, &bytes));
    must(bytes <= SIZE_MAX / 2);
    size_t padded = (bytes + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    struct arena_block *block = arena->block;
    if (block == NULL || block->size - block->used < padded) {
        block = add_block(arena, padded);
    }
    void *at = block->data + block->used;
    block->used += padded;
    arena->taken += padded;
    UNPOISON(at, bytes);
    return at;
}

void *arena_take_zeroed(struct arena *arena, size_t count, size_t size) {
    void *at = arena_take(arena, count, size);
    memset(at, 0, count * size);
    return at;
}

struct str arena_copy(struct arena *arena, struct str text) {
    char *copy = arena_take(arena, text.length + 1, 1);
    if (text.length > 0) {
        memcpy(copy, text.at, text.length);
    }
    copy[text.length] = '\0';
    return (struct str){copy, text.length};
}

struct str arena_printf(struct arena *arena, const char *format, ...) {
    va_list first;
    va_start(first, format);
    va_list second;
    va_copy(second, first);
    int length = vsnprintf(NULL, 0, format, first);
    va_end(first);
    must(length >= 0);
    char *text = arena_take(arena, (size_t)length + 1, 1);
    vsnprintf(text, (size_t)length + 1, format, second);
    va_end(second);
    return (struct str){text, (size_t)length};
}
