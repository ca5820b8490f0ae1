// Between the files that show answers.
#ifndef WHITEBEAM_COMMAND_SHOW_PRIVATE_H
#define WHITEBEAM_COMMAND_SHOW_PRIVATE_H

#include "command/show.h"

// A value on one line.
struct cell {
    struct str text;
    size_t width; // columns
    bool number;  // aligned to the right
    enum tone tone;
};

// The value of a member, where the name of the object around it may say the unit (NULL: none).
struct cell show_cell(struct show *show, const char *around, const char *key, const json_t *value);
// That of a member: "≥" stands before a number of which another member says that it is the least.
struct cell show_member_cell(
        struct show *show, const char *around, const json_t *object, const char *key);
// A name for people: without underscores, and without a unit that the values have.
struct str show_label(struct show *show, const char *key);
// What is shown for a member; NULL: nothing, because another member says it.
const json_t *show_member(const json_t *object, const char *key);

// It fits on one line by its form: a scalar, a term, or an array of them.
bool show_is_flat(const json_t *value);
// A text of several lines.
bool show_is_block(const json_t *value);

void show_table(struct show *show, const json_t *rows, size_t indent);

// Whether a member is the top of a tree, and its drawing.
bool show_is_tree(const char *key, const json_t *value);
void show_tree(struct show *show, const json_t *root, size_t indent);

// How many columns are left right of the indent.
size_t show_room(const struct show *show, size_t indent);

#endif
