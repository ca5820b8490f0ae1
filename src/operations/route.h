// From a method and a raw path to an operation: the table is the router.
#ifndef WHITEBEAM_OPERATIONS_ROUTE_H
#define WHITEBEAM_OPERATIONS_ROUTE_H

#include "base/arena.h"
#include "operations/operation.h"

#define ROUTE_SEGMENTS 12

struct route {
    const struct operation *operation;
    struct str names[ROUTE_SEGMENTS];     // of the path's arguments
    struct str arguments[ROUTE_SEGMENTS]; // decoded, in the order of the path
    size_t argument_count;
    bool by_name; // POST /api/v1/operations/{operation}: every argument is in the body
};

// HEAD finds what GET finds. Errors: ERROR_BAD_REQUEST for a path that does not decode to UTF-8,
// ERROR_NOT_FOUND, ERROR_OPERATION_NOT_FOUND, ERROR_METHOD_NOT_ALLOWED with *allow filled ("GET,
// DELETE").
bool route_find(struct arena *arena, struct str method, struct str path, struct route *route,
        struct str *allow, struct error *error);

// Percent-decodes; plus is a space when `form` is set. False for a broken escape, a NUL, or bytes
// that are not UTF-8.
bool route_decode(struct arena *arena, struct str raw, bool form, struct str *text);

#endif
