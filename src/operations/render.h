// Answers that are pictures and documents.
#ifndef WHITEBEAM_OPERATIONS_RENDER_H
#define WHITEBEAM_OPERATIONS_RENDER_H

#include "operations/call.h"

// Ends the call with the SVG that its answer holds made into a PNG.
void render_png(struct call *call);
// With the Markdown that its answer holds made into a PDF.
void render_pdf(struct call *call);

#endif
