// Which names somebody may have meant who wrote another one.
#ifndef WHITEBEAM_COMMAND_NEAREST_H
#define WHITEBEAM_COMMAND_NEAREST_H

#include "base/buffer.h"

#define NEAREST_MOST 3u

// The names nearest to a word, the nearest first: names that a few slips of the finger make of it,
// then names that contain it. Dashes count as underscores, and capitals as small letters. Returns
// how many were found, at most NEAREST_MOST.
size_t nearest_find(struct str word, const char *const *names, size_t count,
        const char *found[static NEAREST_MOST]);

// Appends "; did you mean a, b or c?", or nothing. With a prefix, names have it and dashes.
void nearest_say(struct buffer *out, struct str word, const char *prefix, const char *const *names,
        size_t count);

// How many insertions, deletions, replacements and swaps of neighbours make one text of the other
// (optimal string alignment; Oommen and Loke 1997). Only the first 64 bytes count.
unsigned nearest_distance(struct str a, struct str b);

#endif
