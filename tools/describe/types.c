// ui/src/state/operations.ts: what operations take and answer, as types of TypeScript, so that the
// page cannot ask for what does not exist.
#include "describe.h"

#include "base/must.h"
#include "operations/notation.h"
#include "operations/reply.h"

#include <ctype.h>

static const char introduction[] =
        "// What operations take and answer, as types. Written by `make docs` from the table of\n"
        "// operations; not to be changed by hand.\n"
        "\n"
        "/** Any JSON: Erlang terms in the mapping of docs/terms.md among it. */\n"
        "export type Json =\n"
        "  | null\n"
        "  | boolean\n"
        "  | number\n"
        "  | string\n"
        "  | readonly Json[]\n"
        "  | { readonly [key: string]: Json };\n"
        "\n";

// ---- forms -----------------------------------------------------------------------------------

static const struct {
    const char *name, *type;
} bases[] = {
        {"text", "string"},
        {"int", "number"},
        {"number", "number"},
        {"bool", "boolean"},
        {"pid", "string"},
        {"time", "string"},
        {"term", "Json"},
        {"any", "Json"},
        {"object", "Readonly<Record<string, Json>>"},
        {"none", "null"},
};

// "process_details" is ProcessDetails.
static void add_type_name(struct buffer *out, struct str name) {
    bool first = true;
    for (size_t i = 0; i < name.length; i++) {
        if (name.at[i] == '_') {
            first = true;
            continue;
        }
        buffer_add_u8(out, (uint8_t)(first ? toupper((unsigned char)name.at[i]) : name.at[i]));
        first = false;
    }
}

static void add_form(struct buffer *out, const char **at, size_t indent);

static void add_spaces(struct buffer *out, size_t count) {
    for (size_t i = 0; i < count; i++) {
        buffer_add_u8(out, ' ');
    }
}

static void add_members(struct buffer *out, const char **at, size_t indent) {
    buffer_add_text(out, "{\n");
    while (!notation_take(at, '}')) {
        struct str key = notation_word(at);
        bool optional = notation_take(at, '?');
        must(notation_take(at, ':'));
        add_spaces(out, indent + 2);
        buffer_printf(out, "readonly %.*s%s: ", STR_ARGS(key), optional ? "?" : "");
        add_form(out, at, indent + 2);
        buffer_add_text(out, ";\n");
        notation_take(at, ',');
    }
    add_spaces(out, indent);
    buffer_add_u8(out, '}');
}

static void add_named(struct buffer *out, struct str name) {
    for (size_t i = 0; i < sizeof bases / sizeof bases[0]; i++) {
        if (str_is(name, bases[i].name)) {
            buffer_add_text(out, bases[i].type);
            return;
        }
    }
    must(notation_form(name) != NULL);
    buffer_add_text(out, "Forms.");
    add_type_name(out, name);
}

static void add_array(struct buffer *out, const char **at, size_t indent) {
    static const char null[] = " | null";
    struct buffer element;
    buffer_init(&element);
    add_form(&element, at, indent);
    size_t length = sizeof null - 1;
    bool either = element.length > length &&
                  memcmp(element.at + element.length - length, null, length) == 0;
    buffer_printf(
            out, either ? "readonly (%.*s)[]" : "readonly %.*s[]", STR_ARGS(buffer_str(&element)));
    buffer_finish(&element);
}

static void add_form(struct buffer *out, const char **at, size_t indent) {
    if (notation_take(at, '{')) {
        add_members(out, at, indent);
    } else if (notation_take(at, '[')) {
        add_array(out, at, indent);
        must(notation_take(at, ']'));
    } else {
        add_named(out, notation_word(at));
    }
    if (notation_take(at, '?')) {
        buffer_add_text(out, " | null");
    }
}

static void write_forms(struct buffer *out) {
    buffer_add_text(out, "/** Forms of answers that have a name. */\nexport namespace Forms {\n");
    for (size_t i = 0; reply_forms[i].name != NULL; i++) {
        const char *at = reply_forms[i].form;
        buffer_add_text(out, i > 0 ? "\n" : "");
        buffer_add_text(out, "  export type ");
        add_type_name(out, str_of(reply_forms[i].name));
        buffer_add_text(out, " = ");
        add_form(out, &at, 2);
        buffer_add_text(out, ";\n");
    }
    buffer_add_text(out, "}\n\n");
}

// ---- arguments -------------------------------------------------------------------------------

static void add_choices(struct buffer *out, const char *choices) {
    for (const char *at = choices; *at != '\0';) {
        size_t length = strcspn(at, "|");
        buffer_printf(out, "%s\"%.*s\"", at == choices ? "" : " | ", (int)length, at);
        at += length + (at[length] == '|');
    }
}

static void add_argument_type(struct buffer *out, const struct argument *argument) {
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        buffer_add_text(out, "number");
        return;
    case ARGUMENT_BOOLEAN:
        buffer_add_text(out, "boolean");
        return;
    case ARGUMENT_CHOICE:
        add_choices(out, argument->choices);
        return;
    case ARGUMENT_CHOICES:
        buffer_add_text(out, "readonly (");
        add_choices(out, argument->choices);
        buffer_add_text(out, ")[]");
        return;
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        buffer_add_text(out, "readonly string[]");
        return;
    case ARGUMENT_TERM:
        buffer_add_text(out, "Json");
        return;
    case ARGUMENT_CHILD_SPEC:
        buffer_add_text(out, "string | Readonly<Record<string, Json>> | readonly Json[]");
        return;
    case ARGUMENT_TEXT:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
        buffer_add_text(out, "string");
        return;
    }
}

// Inside a comment of its own.
static void add_comment(struct buffer *out, size_t indent, const char *text) {
    add_spaces(out, indent);
    buffer_add_text(out, "/** ");
    for (const char *at = text; *at != '\0'; at++) {
        buffer_add_text(out, at[0] == '*' && at[1] == '/' ? "* " : (char[]){*at, '\0'});
    }
    buffer_add_text(out, " */\n");
}

static void write_arguments(struct buffer *out, const struct operation *operation) {
    if (operation->arguments[0].name == NULL) {
        buffer_add_text(out, "Record<string, never>");
        return;
    }
    buffer_add_text(out, "{\n");
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        add_comment(out, 6, a->summary);
        buffer_printf(out, "      readonly %s%s: ", a->name, a->required ? "" : "?");
        add_argument_type(out, a);
        buffer_add_text(out, ";\n");
    }
    buffer_add_text(out, "    }");
}

static void write_operation(struct buffer *out, const struct operation *operation) {
    const char *at = operation->reply;
    add_comment(out, 2, operation->summary);
    buffer_printf(out, "  readonly %s: {\n    readonly arguments: ", operation->name);
    write_arguments(out, operation);
    buffer_add_text(out, ";\n    readonly reply: ");
    if (operation->list) {
        add_array(out, &at, 4);
    } else {
        add_form(out, &at, 4);
    }
    buffer_add_text(out, ";\n  };\n");
}

// What can be asked by name.
static void write_operations(struct buffer *out) {
    buffer_add_text(out, "export interface Operations {\n");
    for (size_t i = 0; i < operation_count(); i++) {
        if (operation_at(i)->group != NULL) {
            write_operation(out, operation_at(i));
        }
    }
    buffer_add_text(out,
            "}\n\n"
            "export type OperationName = keyof Operations;\n"
            "export type Arguments<N extends OperationName> = "
            "Operations[N][\"arguments\"];\n"
            "export type Reply<N extends OperationName> = Operations[N][\"reply\"];\n");
}

static void write_permissions(struct buffer *out) {
    buffer_add_text(out, "export type Permission =");
    for (enum permission p = PERMISSION_NONE + 1; p < PERMISSION_COUNT; p++) {
        buffer_printf(out, "\n  | \"%s\"", permission_name(p));
    }
    buffer_add_text(out, ";\n\n");
}

static void write_codes(struct buffer *out) {
    buffer_add_text(out, "export type ErrorCode =");
#define ERROR_ROW(name, text, status, meaning)                                                     \
    if (ERROR_##name != ERROR_OK) {                                                                \
        buffer_printf(out, "\n  | \"%s\"", text);                                                  \
    }
#include "base/errors.def"
#undef ERROR_ROW
    buffer_add_text(out, ";\n\n");
}

void describe_types(struct buffer *out) {
    buffer_add_text(out, introduction);
    write_permissions(out);
    write_codes(out);
    write_forms(out);
    write_operations(out);
}
