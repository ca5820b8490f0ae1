// The table of operations as an OpenAPI 3.1 document: every route with its arguments, what it
// answers, and the errors. https://spec.openapis.org/oas/v3.1.0
#ifndef WHITEBEAM_OPERATIONS_OPENAPI_H
#define WHITEBEAM_OPERATIONS_OPENAPI_H

#include "base/str.h"

// JSON; made at the first question and kept.
struct str openapi_document(void);

#endif
