// Answers for people, from the JSON alone: a list becomes a table, an object lines of names and
// values, a supervision tree a drawing. Bytes and times get units, what is not known is a dash.
// What stands beside a term as `inspect` text is shown in its place.
#ifndef WHITEBEAM_COMMAND_SHOW_H
#define WHITEBEAM_COMMAND_SHOW_H

#include "base/error.h"
#include "command/screen.h"

#include <jansson.h>

struct show {
    const struct screen *screen;
    struct arena *arena; // for everything that is made on the way
    struct buffer *out;
    const char *sort; // the column that a list is sorted by, or NULL
};

// Appends a text of ours, wrapped at spaces. The first line begins where the cursor is, which is
// not right of the indent; the others begin behind the indent.
void show_text(struct show *show, struct str text, size_t indent, enum tone tone);

// Appends any JSON, in lines, all behind the indent.
void show_value(struct show *show, const json_t *value, size_t indent);

// Appends a list of objects as a table. `columns`: names in the order wanted, with commas; NULL:
// those that say most and fit. Errors: ERROR_INVALID_PARAMETER when no row has such a column.
bool show_list(struct show *show, const json_t *rows, const char *columns, struct error *error);

#endif
