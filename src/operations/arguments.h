// Arguments of a call: collected from path, query and body, checked against the operation's rows.
#ifndef WHITEBEAM_OPERATIONS_ARGUMENTS_H
#define WHITEBEAM_OPERATIONS_ARGUMENTS_H

#include "operations/call.h"
#include "operations/route.h"

// Fills call->values. Errors name the field: ERROR_UNKNOWN_PARAMETER, ERROR_MISSING_PARAMETER,
// ERROR_INVALID_PARAMETER (with the range or the choices), ERROR_INVALID_JSON, ERROR_BAD_REQUEST.
bool arguments_read(struct call *call, const struct route *route, struct error *error);

#endif
