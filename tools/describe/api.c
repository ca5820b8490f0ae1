// docs/api.md: what holds for all of the REST API, its routes, the forms of its answers, its
// errors.
#include "describe.h"

#include "base/error.h"
#include "operations/reply.h"

#include <ctype.h>

static const char introduction[] =
        "# The REST API\n"
        "\n"
        "This file is written by `make docs` from the rows of `src/operations/rows_*.c`, "
        "`src/operations/reply_forms.c` and `src/base/errors.def`. What each operation does, with "
        "its "
        "arguments and examples: [operations.md](operations.md). The same for programs: "
        "`GET /api/v1/openapi.json` (OpenAPI 3.1, no key needed).\n"
        "\n"
        "## What holds for every operation\n"
        "\n"
        "- **Key.** `Authorization: Bearer KEY`. The admin key is made at the first start, in "
        "`admin.key` of the state directory; it has every permission. Operations whose permission "
        "is *none* need no key.\n"
        "- **By name.** Every operation with a group also answers "
        "`POST /api/v1/operations/NAME` with all its arguments in the body.\n"
        "- **Answers** are JSON: `{\"data\": …, \"meta\": …}`. Lists have "
        "`meta.total`, `page`, `per_page`, `total_pages`, `has_next`, `has_prev`, "
        "`filters_applied` and `links`; the same links are in the `Link` header. `explain=true` "
        "adds `explanation`: what is behind the operation.\n"
        "- **Age.** Lists and trees come from the daemon's copy of the node. `meta.as_of` says "
        "when "
        "it was read, `meta.complete` whether every process has been identified already. "
        "`fresh=true` reads the node again first.\n"
        "- **What is not known** is `null`.\n"
        "- **Nodes.** With one attached node, `node` may be left out. With several it is required "
        "(409 lists them).\n"
        "- **Arguments** are checked: an unknown name, a value out of range, and a name given "
        "twice "
        "are errors that name the field. Of `GET` and `DELETE` they are in the query, of other "
        "methods in the query or in a JSON body; secrets are in the body only. Path segments are "
        "percent-decoded after the path was split, so `%2F` may stand inside one.\n"
        "- **Errors** are `{\"error\": {\"code\", \"message\", \"details\", \"timestamp\", "
        "\"request_id\"}}`, or RFC 9457 with `Accept: application/problem+json`. `X-Request-Id` is "
        "taken from the request if it is letters, digits, `-` and `_`, at most 128, and sent back "
        "in every answer.\n"
        "- **Methods.** `HEAD` works wherever `GET` does.\n"
        "- **Effect.** *none*: answered from what the daemon knows; *read*: asks the node and "
        "changes nothing there; *change*: can be undone; *destroy*: cannot be undone.\n"
        "- **Rate class.** Each class has its own limit for a key "
        "([configuration](configuration.md)); "
        "*free* has none.\n"
        "\n";

static const char notation[] =
        "## Forms of answers\n"
        "\n"
        "What an operation answers stands beside it in this notation: `text`, `int`, `number`, "
        "`bool`; `pid` is `\"#PID<0.1.0>\"`; `time` is RFC 3339; `term` is a term as JSON "
        "([terms.md](terms.md)); `any` and `object` are any JSON and any object; `{a: int, b?: "
        "text}` "
        "has these members and no others, and `b` may be absent; `[T]` is an array; `T?` may be "
        "`null`; other names are those below.\n"
        "\n";

void describe_slug(const char *group, char slug[static 80]) {
    size_t length = 0;
    for (; *group != '\0' && length + 1 < 80; group++) {
        bool plain = isalnum((unsigned char)*group);
        slug[length++] = plain ? (char)tolower((unsigned char)*group) : '-';
    }
    slug[length] = '\0';
}

void describe_route(struct buffer *out, const struct operation *operation) {
    const struct route_pattern *route = &operation->routes[0];
    if (route->method != NULL) {
        buffer_printf(out, "%s %s", route->method, route->path);
    } else {
        buffer_printf(out, "POST /api/v1/operations/%s", operation->name);
    }
}

void describe_cell(struct buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        buffer_add_text(out, *text == '|' ? "\\|" : (char[]){*text, '\0'});
    }
}

static void write_routes(struct buffer *out, const struct operation *operation, const char *slug) {
    size_t r = 0;
    do {
        const struct route_pattern *route = &operation->routes[r];
        buffer_add_text(out, "| `");
        if (r == 0) {
            describe_route(out, operation);
        } else {
            buffer_printf(out, "%s %s", route->method, route->path);
        }
        buffer_printf(
                out, "` | [%s](operations/%s.md#%s) | ", operation->name, slug, operation->name);
        describe_cell(out, operation->summary);
        buffer_add_text(out, " |\n");
        r++;
    } while (r < OPERATION_ROUTES && operation->routes[r].method != NULL);
}

static void write_group(struct buffer *out, const char *group) {
    char slug[80];
    describe_slug(group, slug);
    buffer_printf(out, "### %s\n\n| route | operation | |\n|---|---|---|\n", group);
    for (size_t i = 0; i < operation_count(); i++) {
        if (strcmp(operation_group(operation_at(i)), group) == 0) {
            write_routes(out, operation_at(i), slug);
        }
    }
    buffer_add_u8(out, '\n');
}

static void write_errors(struct buffer *out) {
    buffer_add_text(out, "## Errors\n\n| code | status | meaning |\n|---|---|---|\n");
#define ERROR_ROW(name, text, status, meaning)                                                     \
    if (ERROR_##name != ERROR_OK) {                                                                \
        buffer_printf(out, "| `%s` | %d | %s |\n", text, status, meaning);                         \
    }
#include "base/errors.def"
#undef ERROR_ROW
}

void describe_api(struct buffer *out) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    buffer_add_text(out, introduction);
    buffer_add_text(out, "## Routes\n\n");
    for (size_t i = 0; i < count; i++) {
        write_group(out, groups[i]);
    }
    buffer_add_text(out, notation);
    buffer_add_text(out, "| name | form |\n|---|---|\n");
    for (size_t i = 0; reply_forms[i].name != NULL; i++) {
        buffer_printf(out, "| `%s` | `%s` |\n", reply_forms[i].name, reply_forms[i].form);
    }
    buffer_add_u8(out, '\n');
    write_errors(out);
}
