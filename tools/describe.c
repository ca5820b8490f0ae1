// Writes docs/api.md from the table of operations and the table of errors: `make docs`.
#include "base/must.h"
#include "limits.h"
#include "operations/operation.h"

#include <stdio.h>

static const char introduction[] =
        "# The REST API\n"
        "\n"
        "This file is written by `make docs` from `src/operations/table.c` and "
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

static void write_arguments(const struct operation *operation) {
    static const char *const places[] = {"path", "query", "body"};
    if (operation->arguments[0].name == NULL) {
        printf("No arguments.\n\n");
        return;
    }
    printf("| argument | in | what it may be | without it | meaning |\n|---|---|---|---|---|\n");
    for (const struct argument *argument = operation->arguments; argument->name != NULL;
            argument++) {
        printf("| `%s` | %s | ", argument->name, places[argument->place]);
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
    printf("### %s\n\n`%s %s`\n\n%s\n\n", operation->name, operation->method, operation->path,
            operation->summary);
    printf("Permission: %s. Rate class: %s. Effect: %s. Answers: `%s`.",
            permission_name(operation->permission), rate_name(operation->rate),
            effect_name(operation->effect), operation->reply);
    if (operation->teaches != NULL) {
        printf(" OTP: %s", operation->teaches);
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
    for (size_t i = 0; i < operation_count; i++) {
        printf("| [%s](#%s) | `%s %s` | %s |\n", operations[i].name, operations[i].name,
                operations[i].method, operations[i].path, operations[i].summary);
    }
    printf("\n");
    for (size_t i = 0; i < operation_count; i++) {
        write_operation(&operations[i]);
    }
    write_errors();
    return ferror(stdout) || fflush(stdout) != 0;
}
