// A table of a document, drawn over as many pages as it takes.
#ifndef WHITEBEAM_RENDER_TABLE_H
#define WHITEBEAM_RENDER_TABLE_H

#include "render/flow.h"
#include "render/markdown.h"

// The headings are repeated on each page. A cell of more lines than fit well is cut, with an
// ellipsis.
void table_draw(struct flow *flow, const struct block *table);

#endif
