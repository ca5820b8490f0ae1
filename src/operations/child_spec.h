// Child specifications as JSON: {"id", "start": {"module", "function", "args"}, "restart",
// "shutdown", "type", "modules", "significant"}, the members of supervisor:child_spec().
#ifndef WHITEBEAM_OPERATIONS_CHILD_SPEC_H
#define WHITEBEAM_OPERATIONS_CHILD_SPEC_H

#include "node/node.h"
#include "operations/call.h"

// Appends the specification, or the list of them, as the agent takes it: a map with id {term, …},
// start #{module, function
// => {atom, …}, args => {term, …}}, restart, shutdown, type, modules. What is absent is left out.
// Errors: ERROR_INVALID_PARAMETER that names the member, as `child_spec.start.module`.
bool child_spec_encode(struct call *call, const struct node *node, struct buffer *out,
        const char *field, struct str json, struct error *error);

#endif
