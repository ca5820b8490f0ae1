// What the two jobs of whitebeam-render share: they get all of the input and give all of the
// output, or end the program with a reason.
#ifndef WHITEBEAM_RENDER_RENDER_H
#define WHITEBEAM_RENDER_RENDER_H

#include "base/buffer.h"

// Exit statuses. A reason, as one line, is the last on standard error.
enum { RENDER_DONE, RENDER_FAILED, RENDER_USAGE, RENDER_REFUSED };

// Ends the program.
_Noreturn void render_end(int status, const char *format, ...)
        __attribute__((format(printf, 2, 3)));

// Adds to the output, as cairo wants it; refuses what is over the limit. `closure` is a struct
// buffer; the result is a cairo_status_t.
int render_add(void *closure, const unsigned char *bytes, unsigned length);

void render_png(struct str input, struct buffer *output);
void render_pdf(struct str input, struct buffer *output);

#endif
