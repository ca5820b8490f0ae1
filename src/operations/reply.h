// The form of what operations answer, in a short notation that rows of the table are written in:
//
//   text, int, number, bool    what JSON calls them; int without a fraction
//   pid                        "#PID<0.1.0>", or with a node
//   time                       RFC 3339
//   term                       any JSON, in the mapping of term/json.h
//   any, object                any JSON; any object
//   {a: int, b?: text}         an object with these members and no others; b may be absent
//   [T]                        an array
//   T?                         T or null
//   name                       one of the named forms in reply_forms.c
//
// Tests check every answer against it, and the OpenAPI document is made from it.
#ifndef WHITEBEAM_OPERATIONS_REPLY_H
#define WHITEBEAM_OPERATIONS_REPLY_H

#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>

struct reply_form {
    const char *name; // NULL ends the table
    const char *form;
};

extern const struct reply_form reply_forms[];

// Whether the value has the form. The error says where it has not: "data.children[2].pid is 7, not
// a pid".
bool reply_check(const char *form, const json_t *value, struct error *error);

// Whether the notation itself is right and names only forms that exist.
bool reply_is_form(const char *form);

// Appends the form as JSON Schema 2020-12; named forms become {"$ref":
// "#/components/schemas/name"}.
void reply_schema(struct buffer *out, const char *form);

#endif
