// docs/operations.md and a page for each group: every operation with its arguments, examples, what
// it honestly means, and what is behind it.
#include "describe.h"

#include "base/must.h"
#include "limits.h"
#include "operations/example.h"

// ---- arguments -------------------------------------------------------------------------------

static void write_choices(struct buffer *out, const char *choices) {
    for (const char *at = choices; *at != '\0';) {
        size_t length = strcspn(at, "|");
        buffer_printf(out, "%s`%.*s`", at == choices ? "" : ", ", (int)length, at);
        at += length + (at[length] == '|');
    }
}

// What an argument may be, in words.
static void write_type(struct buffer *out, const struct argument *argument) {
    switch (argument->type) {
    case ARGUMENT_TEXT:
        buffer_printf(out, "text, at most %u bytes", LIMIT_PARAMETER_BYTES);
        return;
    case ARGUMENT_INTEGER:
        buffer_printf(out, "integer, %lld to %lld", (long long)argument->minimum,
                (long long)argument->maximum);
        return;
    case ARGUMENT_BOOLEAN:
        buffer_add_text(out, "`true` or `false`");
        return;
    case ARGUMENT_PATTERN:
        buffer_printf(out, "regular expression (PCRE2), at most %u bytes", LIMIT_PATTERN_BYTES);
        return;
    case ARGUMENT_PROCESS:
        buffer_add_text(out, "process");
        return;
    case ARGUMENT_SUPERVISOR:
        buffer_add_text(out, "supervisor");
        return;
    case ARGUMENT_ATOM:
        buffer_add_text(out, "atom");
        return;
    case ARGUMENT_TERM:
        buffer_add_text(out, "term: a string in the syntax of `format`, or other JSON");
        return;
    case ARGUMENT_CHILD_SPEC:
        buffer_add_text(out, "child specification: an object, or a string with a term");
        return;
    case ARGUMENT_TEXTS:
        buffer_add_text(out, "array of texts, or one with commas");
        return;
    case ARGUMENT_PROCESSES:
        buffer_add_text(out, "array of processes, or one text with commas");
        return;
    case ARGUMENT_NODE:
        buffer_add_text(out, "node, `name@host`");
        return;
    case ARGUMENT_CHOICE:
        buffer_add_text(out, "one of ");
        write_choices(out, argument->choices);
        return;
    case ARGUMENT_CHOICES:
        buffer_add_text(out, "some of, with commas: ");
        write_choices(out, argument->choices);
        return;
    }
}

static void write_argument(struct buffer *out, const struct argument *argument) {
    buffer_printf(out, "| `%s` | ", argument->name);
    write_type(out, argument);
    if (argument->required) {
        buffer_add_text(out, " | required | ");
    } else if (argument->fallback != NULL) {
        buffer_printf(out, " | `%s` | ", argument->fallback);
    } else {
        buffer_add_text(out, " | – | ");
    }
    describe_cell(out, argument->summary);
    buffer_add_text(out, argument->secret ? " A secret: in the body only. |\n" : " |\n");
}

static void write_arguments(struct buffer *out, const struct operation *operation) {
    if (operation->arguments[0].name == NULL) {
        buffer_add_text(out, "No arguments.\n\n");
        return;
    }
    buffer_add_text(
            out, "| argument | what it may be | without it | meaning |\n|---|---|---|---|\n");
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        write_argument(out, a);
    }
    buffer_add_u8(out, '\n');
}

// ---- operations ------------------------------------------------------------------------------

static void write_examples(struct buffer *out, const struct operation *operation) {
    buffer_add_text(out, "```console\n$ ");
    example_command(out, operation);
    buffer_add_text(out, "\n$ ");
    example_curl(out, operation);
    buffer_add_text(out, "\n```\n\n");
}

static void write_routes(struct buffer *out, const struct operation *operation) {
    for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
        buffer_printf(out, "%s`%s %s`", r > 0 ? ", " : "", operation->routes[r].method,
                operation->routes[r].path);
    }
    if (operation->group != NULL) {
        buffer_printf(out, "%s`POST /api/v1/operations/%s`",
                operation->routes[0].method ? ", " : "", operation->name);
    }
    buffer_add_text(out, "\n\n");
}

static void write_answer(struct buffer *out, const struct operation *operation) {
    if (operation_status(operation) == 204) {
        buffer_add_text(out, "Answers 204, without a body. ");
    } else {
        buffer_printf(out, "Answers %d with %s`%s`%s. ", operation_status(operation),
                operation->list ? "a list of " : "", operation->reply,
                operation->bare ? ", without `data` around it" : "");
    }
    buffer_printf(out, "Permission: %s. Rate class: %s. Effect: %s.\n",
            permission_name(operation->permission), rate_name(operation->rate),
            effect_name(operation->effect));
}

// Links to other operations, on whichever page they are.
static void write_next(struct buffer *out, const struct operation *operation) {
    if (operation->next == NULL) {
        return;
    }
    buffer_add_text(out, "\nNext:");
    for (const char *at = operation->next; *at != '\0';) {
        struct str name = {at, strcspn(at, "|")};
        const struct operation *next = operation_find(name);
        char slug[80];
        must(next != NULL); // the row names an operation that does not exist
        describe_slug(operation_group(next), slug);
        buffer_printf(out, "%s [%s](%s.md#%s)", at == operation->next ? "" : ",", next->name, slug,
                next->name);
        at += name.length + (at[name.length] == '|');
    }
    buffer_add_text(out, ".\n");
}

static void write_operation(struct buffer *out, const struct operation *operation) {
    must(operation->summary != NULL && operation->reply != NULL);
    buffer_printf(out, "## %s\n\n%s\n\n", operation->name, operation->summary);
    if (operation->honest != NULL) {
        buffer_printf(out, "**To know:** %s\n\n", operation->honest);
    }
    write_examples(out, operation);
    write_routes(out, operation);
    write_arguments(out, operation);
    write_answer(out, operation);
    if (operation->teaches != NULL) {
        buffer_printf(out, "\n**OTP:** %s\n", operation->teaches);
    }
    if (operation->functions != NULL) {
        buffer_printf(out, "\nBehind it: `%s`.\n", operation->functions);
    }
    write_next(out, operation);
    buffer_add_u8(out, '\n');
}

// ---- pages -----------------------------------------------------------------------------------

void describe_group(struct buffer *out, const char *group) {
    buffer_printf(out,
            "# %s\n\nThis file is written by `make docs` from the table of operations; all groups: "
            "[operations.md](../operations.md). `$API` and `$KEY` are explained there.\n\n",
            group);
    for (size_t i = 0; i < operation_count(); i++) {
        if (strcmp(operation_group(operation_at(i)), group) == 0) {
            write_operation(out, operation_at(i));
        }
    }
    out->length--; // the empty line at the end
}

static const char introduction[] =
        "# Operations\n"
        "\n"
        "This file is written by `make docs` from the rows of `src/operations/rows_*.c`.\n"
        "\n"
        "Everything that Whitebeam can be asked is an operation, and goes three ways: over "
        "[HTTP](api.md), on the command line as `whitebeam NAME` ([manual page](whitebeam.1), "
        "`man docs/whitebeam.1`), and in the page. Names may be written with dashes on the command "
        "line; required arguments may be given there without their names, in the order of their "
        "table.\n"
        "\n"
        "The examples are made for the playground of `whitebeam demo`; with curl:\n"
        "\n"
        "```console\n"
        "$ API=http://127.0.0.1:4000/api/v1\n"
        "$ KEY=\"Authorization: Bearer $(cat ~/.local/state/whitebeam-demo/admin.key)\"\n"
        "```\n"
        "\n";

void describe_index(struct buffer *out) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    buffer_add_text(out, introduction);
    for (size_t g = 0; g < count; g++) {
        char slug[80];
        describe_slug(groups[g], slug);
        buffer_printf(
                out, "## [%s](operations/%s.md)\n\n| operation | |\n|---|---|\n", groups[g], slug);
        for (size_t i = 0; i < operation_count(); i++) {
            const struct operation *operation = operation_at(i);
            if (strcmp(operation_group(operation), groups[g]) == 0) {
                buffer_printf(out, "| [%s](operations/%s.md#%s) | ", operation->name, slug,
                        operation->name);
                describe_cell(out, operation->summary);
                buffer_add_text(out, " |\n");
            }
        }
        buffer_add_text(out, g + 1 < count ? "\n" : "");
    }
}
