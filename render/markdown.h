// The Markdown that documents are written in: what CommonMark and GitHub's tables mean by it, but
// only this much of them.
//
//   # Heading           up to ####; the first one of level 1 is the document's title
//   Text of a paragraph, whose lines are joined, up to an empty line or another block
//   - item, 1. item     lists; two spaces deeper for each level, up to four; lines of text that
//                       follow belong to the item
//   | a | b |           tables: a row of headings, a row of dashes (:-- left, :-: centre, --:
//   right),
//   |---|--:|           then rows; at most LIMIT_RENDER_COLUMNS columns
//   ```                 code, up to the next ```; what stands behind the first ``` is left out
//
// In text, **bold** and `code`. A backslash before punctuation takes its meaning away, so that any
// text can be written by putting one before each of \ ` * | # - + . < and _ . Everything else is
// text: no HTML, no links, no pictures.
#ifndef WHITEBEAM_RENDER_MARKDOWN_H
#define WHITEBEAM_RENDER_MARKDOWN_H

#include "base/arena.h"
#include "base/buffer.h"

enum block_kind { BLOCK_HEADING, BLOCK_PARAGRAPH, BLOCK_ITEM, BLOCK_CODE, BLOCK_TABLE };

enum alignment { ALIGN_LEFT, ALIGN_CENTRE, ALIGN_RIGHT };

struct block {
    enum block_kind kind;
    unsigned level;    // heading: 1 … 4; item: 0 … 3
    struct str marker; // of an item: "-", or "12."
    struct str text;   // with its marks, one line; of code: as it is, lines kept
    // Table: rows × columns texts, the headings first.
    unsigned columns;
    size_t rows;
    enum alignment *alignments;
    struct str *cells;
};

struct document {
    struct block *blocks;
    size_t count;
};

// NULL, or why it cannot be read. Texts are in the arena or in the input.
const char *markdown_read(struct arena *arena, struct str input, struct document *document);

// Text as Pango's markup, and as plain text; code, which has no marks, as markup.
void markdown_markup(struct buffer *out, struct str text);
void markdown_plain(struct buffer *out, struct str text);
void markdown_code(struct buffer *out, struct str code);

#endif
