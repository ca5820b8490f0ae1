// Paths are split before they are decoded, so that %2F inside a segment is not a separator.
#include "operations/route.h"

#include "base/must.h"

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

// ---- the tree of routes ----------------------------------------------------------------------

// A segment of the patterns, and what may follow it. Made once, from the table.
struct step {
    struct str text; // with braces: any segment
    struct step *first, *next;
    struct end *ends; // methods of the patterns that end here
};

struct end {
    const char *method;
    const char *pattern;
    const struct operation *operation; // NULL: the operation that the path's argument names
    struct end *next;
};

static struct arena routes;
static struct step top;

static bool is_argument(struct str segment) {
    return segment.length > 0 && segment.at[0] == '{';
}

// The step below `at` for a segment of a pattern.
static struct step *step_to(struct step *at, struct str segment) {
    struct step **place = &at->first;
    for (; *place != NULL; place = &(*place)->next) {
        bool both = is_argument(segment) && is_argument((*place)->text);
        if (both || str_equal((*place)->text, segment)) {
            return *place;
        }
    }
    *place = arena_take_zeroed(&routes, 1, sizeof **place);
    (*place)->text = segment;
    return *place;
}

static void add_route(const char *method, const char *pattern, const struct operation *operation) {
    struct str path = str_of(pattern);
    struct str segment;
    struct step *at = &top;
    while (next_segment(&path, &segment)) {
        at = step_to(at, segment);
    }
    struct end **place = &at->ends;
    while (*place != NULL) {
        must(strcmp((*place)->method, method) != 0); // two operations with one route
        place = &(*place)->next;
    }
    *place = arena_take_zeroed(&routes, 1, sizeof **place);
    **place = (struct end){method, pattern, operation, NULL};
}

static void make_tree(void) {
    if (top.first != NULL) {
        return;
    }
    arena_init(&routes);
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        const struct route_pattern *pattern = operation->routes;
        for (size_t r = 0; r < OPERATION_ROUTES && pattern[r].method != NULL; r++) {
            add_route(pattern[r].method, pattern[r].path, operation);
        }
    }
    add_route("POST", "/api/v1/operations/{operation}", NULL);
}

// What follows a step: a segment of the same text goes before an argument.
static const struct step *follow(const struct step *at, struct str segment) {
    const struct step *argument = NULL;
    for (const struct step *step = at->first; step != NULL; step = step->next) {
        if (is_argument(step->text)) {
            argument = step;
        } else if (str_equal(step->text, segment)) {
            return step;
        }
    }
    return segment.length > 0 ? argument : NULL;
}

static const struct step *walk(struct str path) {
    const struct step *at = &top;
    struct str segment;
    while (at != NULL && next_segment(&path, &segment)) {
        at = follow(at, segment);
    }
    return path.length == 0 ? at : NULL;
}

// ---- finding ---------------------------------------------------------------------------------

static const struct end *choose(
        struct arena *arena, const struct step *step, struct str method, struct str *allow) {
    struct str wanted = str_is(method, "HEAD") ? STR("GET") : method;
    for (const struct end *end = step->ends; end != NULL; end = end->next) {
        if (str_is(wanted, end->method)) {
            *allow = STR("");
            return end;
        }
        *allow = arena_printf(
                arena, "%.*s%s%s", STR_ARGS(*allow), allow->length ? ", " : "", end->method);
    }
    return NULL;
}

// The arguments that the operation's own pattern for this path names.
static bool read_path(struct arena *arena, struct str path, const char *pattern,
        struct route *route, struct error *error) {
    struct str wanted = str_of(pattern);
    struct str want;
    struct str have;
    while (next_segment(&wanted, &want) && next_segment(&path, &have)) {
        if (!is_argument(want)) {
            continue;
        }
        size_t at = route->argument_count++;
        route->names[at] = (struct str){want.at + 1, want.length - 2};
        if (!route_decode(arena, have, false, &route->arguments[at])) {
            return error_set(error, ERROR_BAD_REQUEST,
                    "the path has a broken percent-escape or is not UTF-8");
        }
    }
    return true;
}

static bool find_by_name(struct route *route, struct error *error) {
    struct str name = route->arguments[0];
    const struct operation *operation = operation_find(name);
    route->argument_count = 0;
    route->by_name = true;
    if (operation == NULL || operation->group == NULL) {
        error_set(error, ERROR_OPERATION_NOT_FOUND,
                "there is no operation '%.*s'; GET /api/v1/operations lists them",
                (int)(name.length < 80 ? name.length : 80), name.at);
        error_detail(error, "operation", name);
        return false;
    }
    route->operation = operation;
    return true;
}

bool route_find(struct arena *arena, struct str method, struct str path, struct route *route,
        struct str *allow, struct error *error) {
    make_tree();
    *route = (struct route){0};
    *allow = STR("");
    const struct step *step = walk(path);
    const struct end *end = step ? choose(arena, step, method, allow) : NULL;
    if (end != NULL) {
        route->operation = end->operation;
        return read_path(arena, path, end->pattern, route, error) &&
               (end->operation != NULL || find_by_name(route, error));
    }
    if (allow->length > 0) {
        return error_set(error, ERROR_METHOD_NOT_ALLOWED, "%.*s does not work here; use %.*s",
                STR_ARGS(method), STR_ARGS(*allow));
    }
    return error_set(error, ERROR_NOT_FOUND,
            "there is nothing at %.*s; GET /api/v1/operations lists what there is",
            (int)(path.length < 200 ? path.length : 200), path.at);
}
