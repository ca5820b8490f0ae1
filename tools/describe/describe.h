// Between the files that write documents from the table of operations.
#ifndef WHITEBEAM_TOOLS_DESCRIBE_H
#define WHITEBEAM_TOOLS_DESCRIBE_H

#include "base/buffer.h"
#include "operations/operation.h"

void describe_api(struct buffer *out);                      // docs/api.md
void describe_index(struct buffer *out);                    // docs/operations.md
void describe_manual(struct buffer *out);                   // docs/whitebeam.1
void describe_types(struct buffer *out);                    // ui/src/state/operations.ts
void describe_group(struct buffer *out, const char *group); // docs/operations/GROUP.md

// The name of a group's page: "Process Lifecycle" is process-lifecycle.
void describe_slug(const char *group, char slug[static 80]);

// The first route of an operation, "GET /api/v1/processes".
void describe_route(struct buffer *out, const struct operation *operation);

// Text for a cell of a table in Markdown.
void describe_cell(struct buffer *out, const char *text);

#endif
