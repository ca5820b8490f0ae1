// An error as it travels up to the person who asked: a code from errors.def, a sentence that says
// what happened and what to do, and details as JSON.
#ifndef WHITEBEAM_BASE_ERROR_H
#define WHITEBEAM_BASE_ERROR_H

#include "base/str.h"

enum error_code {
#define ERROR_ROW(name, text, status, meaning) ERROR_##name,
#include "base/errors.def"
#undef ERROR_ROW
};

struct error {
    enum error_code code;
    char message[400];
    char details[2400]; // members of a JSON object without the braces: "field":"page","maximum":200
};

// Fills the error and returns false, so that a function can end with it. details become empty.
bool error_set(struct error *error, enum error_code code, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

// Add a member to details; one that does not fit whole is left out, and so is a second one of a
// name. name is a plain identifier.
void error_detail(struct error *error, const char *name, struct str value);
void error_detail_int(struct error *error, const char *name, int64_t value);
// Adds an array of strings, as many as fit.
void error_detail_list(
        struct error *error, const char *name, const struct str *values, size_t count);

// The stable text, the HTTP status and the meaning of a code, from errors.def.
const char *error_text(enum error_code code);
int error_status(enum error_code code);
const char *error_meaning(enum error_code code);

#endif
