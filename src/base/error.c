// The errors table, and how an error is filled.
#include "base/error.h"

#include "base/buffer.h"
#include "base/json_writer.h"
#include "base/must.h"

#include <stdarg.h>
#include <stdio.h>

struct error_row {
    const char *text;
    int status;
    const char *meaning;
};

static const struct error_row rows[] = {
#define ERROR_ROW(name, text, status, meaning) [ERROR_##name] = {text, status, meaning},
#include "base/errors.def"
#undef ERROR_ROW
};

bool error_set(struct error *error, enum error_code code, const char *format, ...) {
    must(code != ERROR_OK);
    error->code = code;
    error->details[0] = '\0';
    va_list args;
    va_start(args, format);
    vsnprintf(error->message, sizeof error->message, format, args);
    va_end(args);
    return false;
}

// Details are flat, and quotes inside of texts are escaped: this finds names of members only.
static bool has_member(const struct error *error, const char *name) {
    char member[80];
    snprintf(member, sizeof member, "\"%s\":", name);
    return strstr(error->details, member) != NULL;
}

// Appends `"name":json` if there is room for all of it and no member of that name.
static void add_member(struct error *error, const char *name, struct str json) {
    if (has_member(error, name)) {
        return;
    }
    size_t used = strlen(error->details);
    size_t room = sizeof error->details - used;
    int length = snprintf(
            error->details + used, room, "%s\"%s\":%.*s", used ? "," : "", name, STR_ARGS(json));
    if (length < 0 || (size_t)length >= room) {
        error->details[used] = '\0';
    }
}

void error_detail(struct error *error, const char *name, struct str value) {
    struct buffer json;
    buffer_init(&json);
    json_write_string(&json, value);
    add_member(error, name, buffer_str(&json));
    buffer_finish(&json);
}

void error_detail_int(struct error *error, const char *name, int64_t value) {
    char text[32];
    snprintf(text, sizeof text, "%lld", (long long)value);
    add_member(error, name, str_of(text));
}

void error_detail_list(
        struct error *error, const char *name, const struct str *values, size_t count) {
    size_t room = sizeof error->details - strlen(error->details) - strlen(name) - 8;
    struct buffer json;
    buffer_init(&json);
    buffer_add_u8(&json, '[');
    for (size_t i = 0; i < count; i++) {
        size_t before = json.length;
        if (i > 0) {
            buffer_add_u8(&json, ',');
        }
        json_write_string(&json, values[i]);
        if (json.length + 1 > room) {
            json.length = before;
            break;
        }
    }
    buffer_add_u8(&json, ']');
    add_member(error, name, buffer_str(&json));
    buffer_finish(&json);
}

const char *error_text(enum error_code code) {
    return rows[code].text;
}

int error_status(enum error_code code) {
    return rows[code].status;
}

const char *error_meaning(enum error_code code) {
    return rows[code].meaning;
}
