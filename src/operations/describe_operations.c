// The table of operations as an answer: what can be asked, and what is behind it.
#include "operations/describe_operations.h"

#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/handlers.h"

// A text of parts with a separator between them, as an array.
static void write_parts(
        struct buffer *out, const char *key, const char *text, const char *separator) {
    json_open_array(out, key);
    while (text != NULL && *text != '\0') {
        const char *end = strstr(text, separator);
        size_t length = end ? (size_t)(end - text) : strlen(text);
        json_put_string(out, NULL, (struct str){text, length});
        text += length + (end ? strlen(separator) : 0);
    }
    json_close_array(out);
}

static void write_argument(struct buffer *out, const struct argument *argument) {
    bool bounded = argument->type == ARGUMENT_INTEGER;
    json_open_object(out, NULL);
    json_text(out, "name", argument->name);
    json_text(out, "type", argument_type_name(argument->type));
    json_bool(out, "required", argument->required);
    json_text(out, "default", argument->fallback);
    write_parts(out, "choices", argument->choices, "|");
    if (bounded) {
        json_int(out, "minimum", argument->minimum);
        json_int(out, "maximum", argument->maximum);
    } else {
        json_put_null(out, "minimum");
        json_put_null(out, "maximum");
    }
    json_text(out, "summary", argument->summary);
    json_close_object(out);
}

static void write_routes(struct buffer *out, const struct operation *operation) {
    json_open_array(out, "routes");
    for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
        json_open_object(out, NULL);
        json_text(out, "method", operation->routes[r].method);
        json_text(out, "path", operation->routes[r].path);
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_operation(
        struct buffer *out, const char *key, const struct operation *operation) {
    json_open_object(out, key);
    json_text(out, "name", operation->name);
    json_text(out, "group", operation->group);
    json_text(out, "summary", operation->summary);
    write_routes(out, operation);
    json_open_array(out, "arguments");
    for (size_t i = 0; operation->arguments[i].name != NULL; i++) {
        write_argument(out, &operation->arguments[i]);
    }
    json_close_array(out);
    json_text(out, "permission", permission_name(operation->permission));
    json_text(out, "rate_class", rate_name(operation->rate));
    json_text(out, "effect", effect_name(operation->effect));
    json_text(out, "teaches", operation->teaches);
    write_parts(out, "functions", operation->functions, ", ");
    json_text(out, "honest", operation->honest);
    write_parts(out, "next", operation->next, "|");
    json_text(out, "reply", operation->reply);
    json_close_object(out);
}

void describe_explain(struct call *call) {
    struct buffer *out = &call->answer;
    const struct operation *operation = call->operation;
    if (!call->explain || out->length == 0 || out->at[out->length - 1] != '}') {
        return;
    }
    out->length--;
    json_open_object(out, "explanation");
    json_text(out, "operation", operation->name);
    json_text(out, "summary", operation->summary);
    json_text(out, "concept", operation->teaches);
    write_parts(out, "functions", operation->functions, ", ");
    json_text(out, "honest", operation->honest);
    write_parts(out, "next", operation->next, "|");
    json_close_object(out);
    buffer_add_u8(out, '}');
}

static bool passes(const struct call *call, const struct operation *operation) {
    const struct value *group = call_value(call, "group");
    return !group->given || (operation->group != NULL && str_is(group->text, operation->group));
}

void run_operations_list(struct call *call) {
    struct paging paging = answer_paging(call);
    size_t total = 0;
    json_open_object(&call->answer, NULL);
    json_open_array(&call->answer, "data");
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (!passes(call, operation)) {
            continue;
        }
        if (total >= paging.offset && total - paging.offset < paging.per_page) {
            write_operation(&call->answer, NULL, operation);
        }
        total++;
    }
    json_close_array(&call->answer);
    answer_meta(call, &paging, total, NULL, NULL);
    json_close_object(&call->answer);
    call_done(call, 200);
}

void run_operation_get(struct call *call) {
    struct str name = call_value(call, "operation")->text;
    const struct operation *operation = operation_find(name);
    if (operation == NULL) {
        struct error error;
        error_set(&error, ERROR_OPERATION_NOT_FOUND,
                "there is no operation '%.*s'; GET /api/v1/operations lists them",
                (int)(name.length < 80 ? name.length : 80), name.at);
        error_detail(&error, "operation", name);
        call_fail(call, &error);
        return;
    }
    json_open_object(&call->answer, NULL);
    write_operation(&call->answer, "data", operation);
    json_close_object(&call->answer);
    call_done(call, 200);
}
