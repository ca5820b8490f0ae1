// Schemas: of arguments, of answers, of errors.
#include "base/json_writer.h"
#include "limits.h"
#include "operations/openapi_parts.h"
#include "operations/reply.h"

#include <stdio.h>
#include <stdlib.h>

// ---- arguments -------------------------------------------------------------------------------

static void write_choices(struct buffer *out, const char *choices) {
    json_text(out, "type", "string");
    json_open_array(out, "enum");
    for (const char *at = choices; *at != '\0';) {
        size_t length = strcspn(at, "|");
        json_put_string(out, NULL, (struct str){at, length});
        at += length + (at[length] == '|');
    }
    json_close_array(out);
}

static void write_list(struct buffer *out, const struct argument *argument) {
    json_text(out, "type", "array");
    json_int(out, "minItems", 1);
    json_int(out, "maxItems", LIMIT_PARAMETER_ITEMS);
    json_open_object(out, "items");
    if (argument->type == ARGUMENT_CHOICES) {
        write_choices(out, argument->choices);
    } else {
        json_text(out, "type", "string");
        json_int(out, "minLength", 1);
    }
    json_close_object(out);
}

static void write_string(struct buffer *out, int64_t most) {
    json_text(out, "type", "string");
    json_int(out, "minLength", 1);
    json_int(out, "maxLength", most);
}

static void write_type(struct buffer *out, const struct argument *argument, bool text) {
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        json_text(out, "type", "integer");
        json_int(out, "minimum", argument->minimum);
        json_int(out, "maximum", argument->maximum);
        return;
    case ARGUMENT_BOOLEAN:
        json_text(out, "type", "boolean");
        return;
    case ARGUMENT_CHOICE:
        write_choices(out, argument->choices);
        return;
    case ARGUMENT_CHOICES:
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        write_list(out, argument);
        return;
    case ARGUMENT_TERM:
    case ARGUMENT_CHILD_SPEC:
        if (text) {
            write_string(out, LIMIT_TERM_TEXT_BYTES);
        } else if (argument->type == ARGUMENT_CHILD_SPEC) {
            json_raw(out, "type", STR("[\"object\",\"array\",\"string\"]"));
        }
        return; // a term is any JSON
    case ARGUMENT_PATTERN:
        write_string(out, LIMIT_PATTERN_BYTES);
        return;
    case ARGUMENT_TEXT:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
        write_string(out, LIMIT_PARAMETER_BYTES);
        return;
    }
}

void openapi_argument(
        struct buffer *out, const char *key, const struct argument *argument, bool text) {
    json_open_object(out, key);
    write_type(out, argument, text);
    if (!text) { // a parameter has its description beside the schema
        json_text(out, "description", argument->summary);
    }
    if (argument->secret) {
        json_bool(out, "writeOnly", true);
    }
    if (argument->fallback != NULL) {
        bool plain = argument->type == ARGUMENT_INTEGER || argument->type == ARGUMENT_BOOLEAN;
        bool list = argument->type == ARGUMENT_CHOICES || argument->type == ARGUMENT_TEXTS ||
                    argument->type == ARGUMENT_PROCESSES;
        if (plain) {
            json_raw(out, "default", str_of(argument->fallback));
        } else if (!list) { // a list has no form of its own for a default with commas
            json_text(out, "default", argument->fallback);
        }
    }
    json_close_object(out);
}

// ---- errors ----------------------------------------------------------------------------------

static const enum error_code codes[] = {
#define ERROR_ROW(name, text, status, meaning) ERROR_##name,
#include "base/errors.def"
#undef ERROR_ROW
};

#define CODES (sizeof codes / sizeof codes[0])

static int ascending(const void *a, const void *b) {
    return *(const int *)a - *(const int *)b;
}

size_t openapi_statuses(int statuses[static OPENAPI_STATUSES]) {
    size_t count = 0;
    for (size_t i = 0; i < CODES && count < OPENAPI_STATUSES; i++) {
        int status = error_status(codes[i]);
        size_t known = 0;
        while (known < count && statuses[known] != status) {
            known++;
        }
        if (codes[i] != ERROR_OK && known == count) {
            statuses[count++] = status;
        }
    }
    qsort(statuses, count, sizeof *statuses, ascending);
    return count;
}

bool openapi_may_answer(const struct operation *operation, int status) {
    switch (status) {
    case 401:
        return operation->permission != PERMISSION_NONE;
    case 404:
    case 409:
    case 413:
    case 422:
    case 501:
        return operation->arguments[0].name != NULL;
    case 405:
        return false; // that is another method
    default:
        return true;
    }
}

// Which codes the status may have, as a constraint on the member `code`.
static void write_codes(struct buffer *out, int status) {
    json_open_object(out, "properties");
    json_open_object(out, "code");
    json_open_array(out, "enum");
    for (size_t i = 0; i < CODES; i++) {
        if (error_status(codes[i]) == status) {
            json_text(out, NULL, error_text(codes[i]));
        }
    }
    json_close_array(out);
    json_close_object(out);
    json_close_object(out);
}

// Our own shape, {"error": {…}}.
static void write_error_schema(struct buffer *out, int status) {
    json_open_object(out, "application/json");
    json_open_object(out, "schema");
    json_text(out, "type", "object");
    json_raw(out, "required", STR("[\"error\"]"));
    json_open_object(out, "properties");
    json_open_object(out, "error");
    json_text(out, "$ref", "#/components/schemas/error_body");
    write_codes(out, status);
    json_close_object(out);
    json_close_object(out);
    json_close_object(out);
    json_close_object(out);
}

static void write_problem_schema(struct buffer *out, int status) {
    json_open_object(out, "application/problem+json");
    json_open_object(out, "schema");
    json_text(out, "$ref", "#/components/schemas/problem");
    write_codes(out, status);
    json_close_object(out);
    json_close_object(out);
}

static void write_error(struct buffer *out, int status) {
    struct buffer text;
    char name[16];
    buffer_init(&text);
    for (size_t i = 0; i < CODES; i++) {
        if (error_status(codes[i]) == status) {
            buffer_printf(&text, "%s`%s`: %s", text.length ? "\n\n" : "", error_text(codes[i]),
                    error_meaning(codes[i]));
        }
    }
    snprintf(name, sizeof name, "Error%d", status);
    json_open_object(out, name);
    json_put_string(out, "description", buffer_str(&text));
    json_open_object(out, "content");
    write_error_schema(out, status);
    write_problem_schema(out, status);
    json_close_object(out);
    json_close_object(out);
    buffer_finish(&text);
}

// ---- answers ---------------------------------------------------------------------------------

static void write_form(struct buffer *out, const char *key, const char *form) {
    json_raw(out, key, STR(""));
    reply_schema(out, form);
}

static void write_envelope(struct buffer *out, const struct operation *operation) {
    json_text(out, "type", "object");
    json_raw(out, "required", operation->list ? STR("[\"data\",\"meta\"]") : STR("[\"data\"]"));
    json_open_object(out, "properties");
    if (operation->list) {
        json_open_object(out, "data");
        json_text(out, "type", "array");
        write_form(out, "items", operation->reply);
        json_close_object(out);
    } else {
        write_form(out, "data", operation->reply);
    }
    write_form(out, "meta", operation->list ? "list_meta" : "meta");
    write_form(out, "explanation", "explanation");
    json_close_object(out);
}

// The forms that an argument `format` offers beside JSON.
static void write_other_forms(struct buffer *out, const struct operation *operation) {
    static const struct {
        const char *choice, *type;
    } forms[] = {{"svg", "image/svg+xml"}, {"png", "image/png"}, {"pdf", "application/pdf"},
            {"dot", "text/vnd.graphviz"}, {"markdown", "text/markdown"}};
    const struct argument *format = operation_argument(operation, STR("format"));
    if (format == NULL || format->choices == NULL) {
        return;
    }
    for (const char *at = format->choices; *at != '\0';) {
        struct str choice = {at, strcspn(at, "|")};
        for (size_t i = 0; i < sizeof forms / sizeof forms[0]; i++) {
            if (str_is(choice, forms[i].choice)) {
                json_open_object(out, forms[i].type);
                json_close_object(out);
            }
        }
        at += choice.length + (at[choice.length] == '|');
    }
}

static void write_answer(struct buffer *out, const struct operation *operation) {
    json_open_object(out, operation->name);
    json_text(out, "description",
            operation_status(operation) == 204 ? "Done; there is no body." : "Done.");
    if (operation_status(operation) != 204) {
        json_open_object(out, "content");
        json_open_object(out, "application/json");
        if (operation->bare) {
            write_form(out, "schema", operation->reply);
        } else {
            json_open_object(out, "schema");
            write_envelope(out, operation);
            json_close_object(out);
        }
        json_close_object(out);
        write_other_forms(out, operation);
        json_close_object(out);
    }
    json_close_object(out);
}

// ---- all -------------------------------------------------------------------------------------

static void write_schemas(struct buffer *out) {
    json_open_object(out, "schemas");
    for (size_t i = 0; reply_forms[i].name != NULL; i++) {
        write_form(out, reply_forms[i].name, reply_forms[i].form);
    }
    json_close_object(out);
}

static bool is_answered(int status) {
    for (size_t i = 0; i < operation_count(); i++) {
        if (openapi_may_answer(operation_at(i), status)) {
            return true;
        }
    }
    return false;
}

static void write_all_responses(struct buffer *out) {
    int statuses[OPENAPI_STATUSES] = {0};
    size_t count = openapi_statuses(statuses);
    json_open_object(out, "responses");
    for (size_t i = 0; i < count; i++) {
        if (is_answered(statuses[i])) {
            write_error(out, statuses[i]);
        }
    }
    for (size_t i = 0; i < operation_count(); i++) {
        write_answer(out, operation_at(i));
    }
    json_close_object(out);
}

void openapi_components(struct buffer *out) {
    json_open_object(out, "components");
    json_raw(out, "securitySchemes",
            STR("{\"key\":{\"type\":\"http\",\"scheme\":\"bearer\",\"description\":\"An API key; "
                "the first one is in admin.key of the daemon's state directory.\"}}"));
    write_schemas(out);
    write_all_responses(out);
    json_close_object(out);
}
