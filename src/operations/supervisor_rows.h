// Supervisors and trees as JSON.
#ifndef WHITEBEAM_OPERATIONS_SUPERVISOR_ROWS_H
#define WHITEBEAM_OPERATIONS_SUPERVISOR_ROWS_H

#include "base/buffer.h"
#include "node/mirror.h"

// Members of a supervisor that lists and details share, without braces.
void supervisor_summary(struct buffer *out, const struct mirror *mirror, uint32_t supervisor);

// `"performance": {…}`: what the mirror knows of its process.
void supervisor_performance(struct buffer *out, const struct mirror *mirror, uint32_t supervisor);

// `"configuration": {…}` and `"budget": {…}`.
void supervisor_configuration(struct buffer *out, const struct mirror *mirror, uint32_t supervisor);

// `"children": […]`: one level.
void supervisor_children(struct buffer *out, const struct mirror *mirror, uint32_t supervisor);

// `key: {"root": {…}, "metadata": {…}}`. Children that do not run are shown with include_dead.
void supervisor_tree(struct buffer *out, const char *key, const struct mirror *mirror,
        uint32_t supervisor, uint32_t depth, bool include_dead);

// The name by which the API lists a supervisor: its registered name, else its path.
void supervisor_name(struct buffer *out, const struct mirror *mirror, uint32_t supervisor);

#endif
