// Between the files that write the OpenAPI document.
#ifndef WHITEBEAM_OPERATIONS_OPENAPI_PARTS_H
#define WHITEBEAM_OPERATIONS_OPENAPI_PARTS_H

#include "base/buffer.h"
#include "operations/operation.h"

// The schema of an argument, as a member; `text`: as it stands in a path or a query.
void openapi_argument(
        struct buffer *out, const char *key, const struct argument *argument, bool text);

// "components": the forms of answers, the answers of operations, the errors.
void openapi_components(struct buffer *out);

// Statuses of errors, ascending.
#define OPENAPI_STATUSES 32u
size_t openapi_statuses(int statuses[static OPENAPI_STATUSES]);
// Whether the operation may answer with it.
bool openapi_may_answer(const struct operation *operation, int status);

#endif
