// Writes docs/api.md from the table of operations and the table of errors: `make docs`.
#include "base/must.h"
#include "limits.h"
#include "operations/operation.h"

#include <stdio.h>
#include <string.h>

static const char introduction[] =
        "# The REST API\n"
        "\n"
        "This file is written by `make docs` from the rows of `src/operations/rows_*.c` and "
        "`src/base/errors.def`.\n"
        "\n"
        "## What holds for every operation\n"
        "\n"
        "- **Key.** `Authorization: Bearer KEY`. The admin key is made at the first start, in "
        "`admin.key` of the state directory; it has every permission. Operations whose permission "
        "is *none* need no key.\n"
        "- **Answers** are JSON: `{\"data\": …, \"meta\": …}`. Lists have "
        "`meta.total`, `page`, `per_page`, `total_pages`, `has_next`, `has_prev`, "
        "`filters_applied` and `links`; the same links are in the `Link` header.\n"
        "- **Age.** Lists and trees come from the daemon's copy of the node. `meta.as_of` says "
        "when "
        "it was read, `meta.complete` whether every process has been identified already. "
        "`fresh=true` reads the node again first.\n"
        "- **What is not known** is `null`. What needs history is `null` in this version, which "
        "keeps none.\n"
        "- **Nodes.** With one attached node, `node` may be left out. With several it is required "
        "(409 lists them).\n"
        "- **Arguments** are checked: an unknown name, a value out of range, and a name given "
        "twice "
        "are errors that name the field. Path segments are percent-decoded after the path was "
        "split, so `%2F` may stand inside one.\n"
        "- **Errors** are `{\"error\": {\"code\", \"message\", \"details\", \"timestamp\", "
        "\"request_id\"}}`, or RFC 9457 with `Accept: application/problem+json`. `X-Request-Id` is "
        "taken from the request if it is letters, digits, `-` and `_`, at most 128, and sent back "
        "in every answer.\n"
        "- **Methods.** `HEAD` works wherever `GET` does.\n"
        "- **Effect.** *none*: answered from what the daemon knows; *read*: asks the node and "
        "changes nothing there; *change*: can be undone; *destroy*: cannot be undone.\n"
        "- **Rate class.** Written down for each operation; this version limits no rates.\n"
        "\n";

// What an argument may be, in words.
static void write_type(const struct argument *argument) {
    switch (argument->type) {
    case ARGUMENT_TEXT:
        printf("text, at most %u bytes", LIMIT_PARAMETER_BYTES);
        break;
    case ARGUMENT_INTEGER:
        printf("integer, %lld to %lld", (long long)argument->minimum, (long long)argument->maximum);
        break;
    case ARGUMENT_BOOLEAN:
        printf("`true` or `false`");
        break;
    case ARGUMENT_PATTERN:
        printf("regular expression (PCRE2), at most %u bytes", LIMIT_PATTERN_BYTES);
        break;
    case ARGUMENT_PROCESS:
        printf("process");
        break;
    case ARGUMENT_SUPERVISOR:
        printf("supervisor");
        break;
    case ARGUMENT_ATOM:
        printf("atom");
        break;
    case ARGUMENT_TERM:
        printf("term: a string in the syntax of `format`, or other JSON");
        break;
    case ARGUMENT_CHILD_SPEC:
        printf("child specification: an object, or a string with a term");
        break;
    case ARGUMENT_TEXTS:
        printf("array of texts, or one with commas");
        break;
    case ARGUMENT_PROCESSES:
        printf("array of processes, or one text with commas");
        break;
    case ARGUMENT_NODE:
        printf("node, `name@host`");
        break;
    case ARGUMENT_CHOICE:
    case ARGUMENT_CHOICES:
        printf(argument->type == ARGUMENT_CHOICE ? "one of " : "some of, with commas: ");
        for (const char *at = argument->choices; *at != '\0';) {
            size_t length = strcspn(at, "|");
            printf("`%.*s`", (int)length, at);
            at += length;
            if (*at == '|') {
                printf(", ");
                at++;
            }
        }
        break;
    }
}

// Where an argument stands in the operation's own route.
static const char *place(const struct operation *operation, const struct argument *argument) {
    char braces[80];
    snprintf(braces, sizeof braces, "{%s}", argument->name);
    const struct route_pattern *route = &operation->routes[0];
    if (route->method == NULL) {
        return "body";
    }
    return strstr(route->path, braces)         ? "path"
           : strcmp(route->method, "GET") == 0 ? "query"
           : argument->secret                  ? "body"
                                               : "query or body";
}

static void write_arguments(const struct operation *operation) {
    if (operation->arguments[0].name == NULL) {
        printf("No arguments.\n\n");
        return;
    }
    printf("| argument | in | what it may be | without it | meaning |\n|---|---|---|---|---|\n");
    for (const struct argument *argument = operation->arguments; argument->name != NULL;
            argument++) {
        printf("| `%s` | %s | ", argument->name, place(operation, argument));
        write_type(argument);
        if (argument->required) {
            printf(" | required");
        } else if (argument->fallback != NULL) {
            printf(" | `%s`", argument->fallback);
        } else {
            printf(" | –");
        }
        printf(" | %s |\n", argument->summary);
    }
    printf("\n");
}

static void write_operation(const struct operation *operation) {
    must(operation->summary != NULL && operation->reply != NULL);
    printf("### %s\n\n", operation->name);
    for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
        printf("`%s %s`  \n", operation->routes[r].method, operation->routes[r].path);
    }
    if (operation->group != NULL) {
        printf("`POST /api/v1/operations/%s`\n", operation->name);
    }
    printf("\n%s\n\n", operation->summary);
    printf("Permission: %s. Rate class: %s. Effect: %s. Answers: `%s`.",
            permission_name(operation->permission), rate_name(operation->rate),
            effect_name(operation->effect), operation->reply);
    if (operation->teaches != NULL) {
        printf(" OTP: %s", operation->teaches);
    }
    if (operation->functions != NULL) {
        printf(" Behind it: `%s`.", operation->functions);
    }
    if (operation->honest != NULL) {
        printf("\n\n**To know:** %s", operation->honest);
    }
    printf("\n\n");
    write_arguments(operation);
}

static void write_errors(void) {
    printf("## Errors\n\n| code | status | meaning |\n|---|---|---|\n");
#define ERROR_ROW(name, text, status, meaning)                                                     \
    if (ERROR_##name != ERROR_OK) {                                                                \
        printf("| `%s` | %d | %s |\n", text, status, meaning);                                     \
    }
#include "base/errors.def"
#undef ERROR_ROW
}

int main(void) {
    fputs(introduction, stdout);
    printf("## Operations\n\n| operation | route | summary |\n|---|---|---|\n");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        const struct route_pattern *route = &operation->routes[0];
        printf("| [%s](#%s) | `%s %s%s` | %s |\n", operation->name, operation->name,
                route->method ? route->method : "POST",
                route->method ? route->path : "/api/v1/operations/",
                route->method ? "" : operation->name, operation->summary);
    }
    printf("\n");
    for (size_t i = 0; i < operation_count(); i++) {
        write_operation(operation_at(i));
    }
    write_errors();
    return ferror(stdout) || fflush(stdout) != 0;
}
