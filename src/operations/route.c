// Paths are split before they are decoded, so that %2F inside a segment is not a separator.
#include "operations/route.h"

static int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool route_decode(struct arena *arena, struct str raw, bool form, struct str *text) {
    char *out = arena_take(arena, raw.length + 1, 1);
    size_t length = 0;
    for (size_t i = 0; i < raw.length; i++) {
        char c = raw.at[i];
        if (c == '%') {
            int high = i + 2 < raw.length ? hex_digit(raw.at[i + 1]) : -1;
            int low = high >= 0 ? hex_digit(raw.at[i + 2]) : -1;
            if (i + 2 == raw.length || i + 1 == raw.length || low < 0) {
                return false;
            }
            c = (char)(high << 4 | low);
            i += 2;
        } else if (c == '+' && form) {
            c = ' ';
        }
        if (c == '\0') {
            return false;
        }
        out[length++] = c;
    }
    out[length] = '\0';
    *text = (struct str){out, length};
    return str_is_utf8(*text);
}

// Cuts the next segment off; false at the end.
static bool next_segment(struct str *path, struct str *segment) {
    if (path->length == 0 || path->at[0] != '/') {
        return false;
    }
    const char *begin = path->at + 1;
    size_t left = path->length - 1;
    const char *slash = memchr(begin, '/', left);
    size_t length = slash ? (size_t)(slash - begin) : left;
    *segment = (struct str){begin, length};
    *path = (struct str){begin + length, left - length};
    return true;
}

// Matches segment by segment; raw arguments are stored.
static bool match(const char *pattern, struct str path, struct route *route) {
    struct str wanted = str_of(pattern);
    struct str want;
    struct str have;
    route->argument_count = 0;
    for (;;) {
        bool more = next_segment(&wanted, &want);
        if (more != next_segment(&path, &have)) {
            return false;
        }
        if (!more) {
            return path.length == 0;
        }
        if (want.length > 0 && want.at[0] == '{') {
            if (have.length == 0) {
                return false;
            }
            route->arguments[route->argument_count++] = have;
        } else if (!str_equal(want, have)) {
            return false;
        }
    }
}

static void add_method(struct arena *arena, struct str *allow, const char *method) {
    *allow = arena_printf(arena, "%.*s%s%s", STR_ARGS(*allow), allow->length ? ", " : "", method);
}

bool route_find(struct arena *arena, struct str method, struct str path, struct route *route,
        struct str *allow, struct error *error) {
    struct str wanted = str_is(method, "HEAD") ? STR("GET") : method;
    *allow = (struct str){"", 0};
    for (size_t i = 0; i < operation_count; i++) {
        if (!match(operations[i].path, path, route)) {
            continue;
        }
        if (!str_is(wanted, operations[i].method)) {
            add_method(arena, allow, operations[i].method);
            continue;
        }
        route->operation = &operations[i];
        *allow = (struct str){"", 0};
        for (size_t a = 0; a < route->argument_count; a++) {
            if (!route_decode(arena, route->arguments[a], false, &route->arguments[a])) {
                return error_set(error, ERROR_BAD_REQUEST,
                        "the path has a broken percent-escape or is not UTF-8");
            }
        }
        return true;
    }
    if (allow->length > 0) {
        return error_set(error, ERROR_METHOD_NOT_ALLOWED, "%.*s does not work here; use %.*s",
                STR_ARGS(method), STR_ARGS(*allow));
    }
    return error_set(error, ERROR_NOT_FOUND,
            "there is nothing at %.*s; the routes are listed in docs/api.md",
            (int)(path.length < 200 ? path.length : 200), path.at);
}
