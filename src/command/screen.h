// What the output goes to: how wide it is, and whether it has colours and more than ASCII. Text of
// nodes is made harmless here: a name with an escape sequence in it must not steer the terminal.
#ifndef WHITEBEAM_COMMAND_SCREEN_H
#define WHITEBEAM_COMMAND_SCREEN_H

#include "base/arena.h"
#include "base/buffer.h"

#include <stdio.h>

struct screen {
    size_t width; // columns; SIZE_MAX: lines are as long as they need to be
    bool colour;
    bool unicode;
};

enum tone { TONE_PLAIN, TONE_HEAD, TONE_DIM, TONE_GOOD, TONE_WARN, TONE_BAD };

// Of a terminal its own width, else that of COLUMNS, else none. NO_COLOR and TERM=dumb count
// (https://no-color.org); the locale says whether there is Unicode.
void screen_init(struct screen *screen, FILE *file);

// Text on one line: control characters, and those that turn the direction of text, are shown as
// escapes, broken UTF-8 as U+FFFD.
struct str screen_line(const struct screen *screen, struct arena *arena, struct str text);
// The same of several lines: ends of line and tabs stay.
struct str screen_lines(const struct screen *screen, struct arena *arena, struct str text);

// Columns that a text of screen_line takes.
size_t screen_width(const struct screen *screen, struct str text);
// The beginning of it that fits, with an ellipsis if it is not all.
struct str screen_cut(
        const struct screen *screen, struct arena *arena, struct str text, size_t width);

// Appends with the tone.
void screen_put(const struct screen *screen, struct buffer *out, struct str text, enum tone tone);
void screen_pad(struct buffer *out, size_t columns);

const char *screen_dash(const struct screen *screen);

#endif
