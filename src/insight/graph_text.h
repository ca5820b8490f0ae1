// Labels in a drawing: characters one by one, how wide they are, and how long labels are cut.
// Labels come from nodes, so any bytes must be fit for XML.
#ifndef WHITEBEAM_INSIGHT_GRAPH_TEXT_H
#define WHITEBEAM_INSIGHT_GRAPH_TEXT_H

#include "base/arena.h"
#include "base/buffer.h"

#define GRAPH_REPLACEMENT 0xFFFDu // stands for what is no character

// Takes the first character off *rest, which is not empty. Bytes that are not UTF-8, and characters
// that XML 1.0 does not allow, are U+FFFD.
uint32_t graph_next_character(struct str *rest);

void graph_add_character(struct buffer *out, uint32_t character);

// Columns of a monospaced font: 2 for East Asian wide characters and emoji, 0 for marks that are
// drawn over the character before them.
size_t graph_columns(struct str text);

// The text itself, or, if it is wider than `columns` (at least 8), its beginning and its end with
// an ellipsis between them: ends of module names tell more than their middles.
struct str graph_cut(struct arena *arena, struct str text, size_t columns);

// Text for XML's content and attributes.
void graph_add_xml(struct buffer *out, struct str text);

#endif
