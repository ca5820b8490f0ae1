// Examples of use, made from the rows: values that fit the arguments, as the playground of
// `whitebeam demo` has them, and what one would type.
#ifndef WHITEBEAM_OPERATIONS_EXAMPLE_H
#define WHITEBEAM_OPERATIONS_EXAMPLE_H

#include "base/buffer.h"
#include "operations/operation.h"

// Whether the argument stands in examples of the operation: what is required, a rehearsal where
// something is destroyed, and one of the others where nothing is required.
bool example_shows(const struct operation *operation, const struct argument *argument);

// "whitebeam get_process counter_1".
void example_command(struct buffer *out, const struct operation *operation);
// "curl -H "$KEY" "$API/processes/counter_1"" over its own route, where $API is the address up to
// and with /api/v1.
void example_curl(struct buffer *out, const struct operation *operation);

#endif
