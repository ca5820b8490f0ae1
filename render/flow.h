// Pages that text flows over: what does not fit goes to the next one. Lengths are in points.
#ifndef WHITEBEAM_RENDER_FLOW_H
#define WHITEBEAM_RENDER_FLOW_H

#include "base/buffer.h"

#include <pango/pangocairo.h>
#include <stdbool.h>

#define PAGE_WIDTH   595.276 // A4
#define PAGE_HEIGHT  841.89
#define PAGE_MARGIN  56.0
#define PAGE_BOTTOM  (PAGE_HEIGHT - 64.0) // text ends above it, the footer is below
#define PAGE_CONTENT (PAGE_WIDTH - 2.0 * PAGE_MARGIN)

struct flow {
    cairo_t *cr;       // owned by the caller
    const char *title; // at the foot of pages; borrowed
    unsigned page;     // the one being filled, from 1
    unsigned pages;    // in all; 0 while they are counted
    double y;          // where the next line begins
};

void flow_begin(struct flow *flow);
// The last page.
void flow_end(struct flow *flow);

// Ends the page if less than so much is left of it, unless it is empty. True if it did.
bool flow_need(struct flow *flow, double height);

// Space before a block, but not at the top of a page.
void flow_skip(struct flow *flow, double height);

// Text in the given font ("Mono 8"), as Pango's markup; broken into lines at `width`. Owned by the
// caller.
PangoLayout *flow_text(const struct flow *flow, const char *font, struct str markup, double width);

// Its height in all.
double flow_height(PangoLayout *text);

// Draws it line by line, over as many pages as it takes. With `ground`, each line stands on a grey
// band that is as wide as the content.
void flow_draw(struct flow *flow, PangoLayout *text, double x, bool ground);

#endif
