// Memory that lives as long as a request, a message or a job: taken piece by piece, given back at
// once. Nothing in it is freed by hand. With AddressSanitizer, what was given back is poisoned.
#ifndef WHITEBEAM_BASE_ARENA_H
#define WHITEBEAM_BASE_ARENA_H

#include "base/str.h"

struct arena_block;

struct arena {
    struct arena_block *block; // the newest; owned
    size_t taken;              // bytes handed out since the last reset
};

// An empty arena; takes no memory until it is used.
void arena_init(struct arena *arena);
void arena_finish(struct arena *arena);

// Gives everything back but keeps one block for the next round.
void arena_reset(struct arena *arena);

// Memory for count items of size bytes, aligned for any type, not zeroed.
void *arena_take(struct arena *arena, size_t count, size_t size);

// The same, zeroed.
void *arena_take_zeroed(struct arena *arena, size_t count, size_t size);

// Copies; the copies end with a NUL that length does not count.
struct str arena_copy(struct arena *arena, struct str text);
struct str arena_printf(struct arena *arena, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

#endif
