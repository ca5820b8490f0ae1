// The paths of the document. Routes that differ in the names of their arguments only are one path
// to OpenAPI, as they are to our router.
#include "operations/openapi.h"

#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"
#include "base/version.h"
#include "operations/handlers.h"
#include "operations/openapi_parts.h"

#include <stdio.h>
#include <stdlib.h>

#define PATH_BYTES 200u

// One route of one operation.
struct use {
    const struct operation *operation;
    struct route_pattern route; // method NULL: by name
    char shape[PATH_BYTES];     // the path, with {} for every argument
    size_t alias;               // 0: its own route
    size_t order;
};

static const char introduction[] =
        "Whitebeam shows the processes and supervision trees of running BEAM nodes and lets you "
        "act on them. Every operation with a group also answers POST /api/v1/operations/NAME with "
        "all its arguments in the body. `explain=true` adds what is behind an operation to its "
        "answer.";

static const char *method_of(const struct use *use) {
    return use->route.method != NULL ? use->route.method : "POST";
}

// ---- collecting ------------------------------------------------------------------------------

static void add_use(struct use *use, const struct operation *operation, size_t alias) {
    *use = (struct use){.operation = operation, .alias = alias};
    bool by_name = alias == OPERATION_ROUTES || operation->routes[alias].method == NULL;
    use->route = by_name ? (struct route_pattern){NULL, NULL} : operation->routes[alias];
    char path[PATH_BYTES];
    int length = by_name ? snprintf(path, sizeof path, "/api/v1/operations/%s", operation->name)
                         : snprintf(path, sizeof path, "%s", use->route.path);
    must(length > 0 && (size_t)length < sizeof path);
    size_t out = 0;
    for (const char *at = path; *at != '\0'; at++) {
        use->shape[out++] = *at;
        if (*at == '{') {
            at = strchr(at, '}');
            use->shape[out++] = '}';
        }
    }
    use->shape[out] = '\0';
}

static int by_shape(const void *a, const void *b) {
    const struct use *one = a;
    const struct use *other = b;
    int order = strcmp(one->shape, other->shape);
    return order != 0 ? order : (one->order > other->order) - (one->order < other->order);
}

static struct use *collect(size_t *count) {
    struct use *uses = memory_new(operation_count() * (OPERATION_ROUTES + 1), sizeof *uses);
    *count = 0;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        size_t routes = 0;
        while (routes < OPERATION_ROUTES && operation->routes[routes].method != NULL) {
            add_use(&uses[(*count)++], operation, routes++);
        }
        if (operation->group != NULL) {
            add_use(&uses[(*count)++], operation, routes == 0 ? 0 : OPERATION_ROUTES);
        }
    }
    for (size_t i = 0; i < *count; i++) {
        uses[i].order = i;
    }
    qsort(uses, *count, sizeof *uses, by_shape);
    return uses;
}

// ---- arguments -------------------------------------------------------------------------------

static bool is_list(const struct argument *argument) {
    return argument->type == ARGUMENT_CHOICES || argument->type == ARGUMENT_TEXTS ||
           argument->type == ARGUMENT_PROCESSES;
}

static void write_parameter(
        struct buffer *out, const struct argument *argument, struct str name, const char *place) {
    json_open_object(out, NULL);
    json_put_string(out, "name", name);
    json_text(out, "in", place);
    json_text(out, "description", argument->summary);
    if (argument->required) {
        json_bool(out, "required", true);
    }
    if (is_list(argument) && strcmp(place, "query") == 0) {
        json_text(out, "style", "form");
        json_bool(out, "explode", false);
    }
    openapi_argument(out, "schema", argument, true);
    json_close_object(out);
}

// The next {name} of a path, or an empty text.
static struct str next_name(const char **at) {
    const char *open = strchr(*at, '{');
    if (open == NULL) {
        return STR("");
    }
    const char *close = strchr(open, '}');
    must(close != NULL);
    *at = close + 1;
    return (struct str){open + 1, (size_t)(close - open - 1)};
}

// The arguments of the path, under the names that the path has in the document.
static void write_path_parameters(
        struct buffer *out, const struct use *use, const struct use *first) {
    const char *own = use->route.path;
    const char *shown = first->route.path;
    for (struct str name; (name = next_name(&own)).length > 0;) {
        const struct argument *argument = operation_argument(use->operation, name);
        must(argument != NULL && argument->required);
        write_parameter(out, argument, next_name(&shown), "path");
    }
}

static void write_parameters(struct buffer *out, const struct use *use, const struct use *first) {
    const struct argument *arguments = use->operation->arguments;
    struct buffer parameters;
    buffer_init(&parameters);
    json_open_array(&parameters, NULL);
    if (use->route.method != NULL) {
        write_path_parameters(&parameters, use, first);
    }
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (argument_place(&use->route, &arguments[i]) == PLACE_QUERY) {
            write_parameter(&parameters, &arguments[i], str_of(arguments[i].name), "query");
        }
    }
    json_close_array(&parameters);
    if (parameters.length > 2) {
        json_raw(out, "parameters", buffer_str(&parameters));
    }
    buffer_finish(&parameters);
}

static void write_body(struct buffer *out, const struct use *use) {
    const struct argument *arguments = use->operation->arguments;
    struct buffer properties;
    struct buffer required;
    buffer_init(&properties);
    buffer_init(&required);
    json_open_object(&properties, NULL);
    json_open_array(&required, NULL);
    bool any = false;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (argument_place(&use->route, &arguments[i]) != PLACE_BODY) {
            continue;
        }
        any = true;
        openapi_argument(&properties, arguments[i].name, &arguments[i], false);
        if (arguments[i].required) {
            json_text(&required, NULL, arguments[i].name);
        }
    }
    json_close_object(&properties);
    json_close_array(&required);
    if (any) {
        json_open_object(out, "requestBody");
        json_bool(out, "required", required.length > 2);
        json_open_object(out, "content");
        json_open_object(out, "application/json");
        json_open_object(out, "schema");
        json_text(out, "type", "object");
        json_bool(out, "additionalProperties", false);
        json_raw(out, "properties", buffer_str(&properties));
        json_raw(out, "required", buffer_str(&required));
        json_close_object(out);
        json_close_object(out);
        json_close_object(out);
        json_close_object(out);
    }
    buffer_finish(&properties);
    buffer_finish(&required);
}

// ---- operations ------------------------------------------------------------------------------

static void write_reference(
        struct buffer *out, const char *key, const char *folder, int status, const char *name) {
    char text[120];
    snprintf(text, sizeof text, status ? "#/components/%s/%s%d" : "#/components/%s/%s", folder,
            name, status);
    json_open_object(out, key);
    json_text(out, "$ref", text);
    json_close_object(out);
}

static void write_responses(struct buffer *out, const struct operation *operation) {
    char key[12];
    int statuses[OPENAPI_STATUSES] = {0};
    size_t count = openapi_statuses(statuses);
    json_open_object(out, "responses");
    snprintf(key, sizeof key, "%d", operation_status(operation));
    write_reference(out, key, "responses", 0, operation->name);
    for (size_t i = 0; i < count; i++) {
        if (openapi_may_answer(operation, statuses[i])) {
            snprintf(key, sizeof key, "%d", statuses[i]);
            write_reference(out, key, "responses", statuses[i], "Error");
        }
    }
    json_close_object(out);
}

static void write_description(struct buffer *out, const struct operation *operation) {
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, operation->summary);
    if (operation->honest != NULL) {
        buffer_printf(&text, "\n\n**To know:** %s", operation->honest);
    }
    if (operation->teaches != NULL) {
        buffer_printf(&text, "\n\n**OTP:** %s", operation->teaches);
    }
    if (operation->functions != NULL) {
        buffer_printf(&text, "\n\n**Behind it:** `%s`", operation->functions);
    }
    json_put_string(out, "description", buffer_str(&text));
    buffer_finish(&text);
}

static void write_names(struct buffer *out, const struct use *use) {
    const struct operation *operation = use->operation;
    char id[120];
    if (use->alias == 0) {
        snprintf(id, sizeof id, "%s", operation->name);
    } else if (use->route.method == NULL) {
        snprintf(id, sizeof id, "%s.by_name", operation->name);
    } else {
        snprintf(id, sizeof id, "%s.%zu", operation->name, use->alias + 1);
    }
    json_text(out, "operationId", id);
    json_open_array(out, "tags");
    json_text(out, NULL, operation_group(operation));
    json_close_array(out);
    json_text(out, "summary", operation->summary);
}

static void write_use(struct buffer *out, const struct use *use, const struct use *first) {
    const struct operation *operation = use->operation;
    char method[12];
    snprintf(method, sizeof method, "%s", method_of(use));
    for (char *at = method; *at != '\0'; at++) {
        *at = (char)(*at | 0x20); // lower case
    }
    json_open_object(out, method);
    write_names(out, use);
    write_description(out, operation);
    json_text(out, "x-effect", effect_name(operation->effect));
    json_text(out, "x-rate-class", rate_name(operation->rate));
    json_text(out, "x-permission", permission_name(operation->permission));
    if (operation->permission == PERMISSION_NONE) {
        json_open_array(out, "security");
        json_close_array(out);
    }
    write_parameters(out, use, first);
    write_body(out, use);
    write_responses(out, operation);
    json_close_object(out);
}

static void write_paths(struct buffer *out) {
    size_t count;
    struct use *uses = collect(&count);
    const struct use *first = NULL;
    json_open_object(out, "paths");
    for (size_t i = 0; i < count; i++) {
        if (first == NULL || strcmp(first->shape, uses[i].shape) != 0) {
            if (first != NULL) {
                json_close_object(out);
            }
            first = &uses[i];
            json_open_object(out, first->route.path != NULL ? first->route.path : first->shape);
        }
        write_use(out, &uses[i], first);
    }
    json_close_object(out);
    json_close_object(out);
    free(uses);
}

// ---- the document ----------------------------------------------------------------------------

static void write_information(struct buffer *out) {
    json_text(out, "openapi", "3.1.0");
    json_open_object(out, "info");
    json_text(out, "title", "Whitebeam");
    json_text(out, "version", WHITEBEAM_VERSION);
    json_text(out, "description", introduction);
    json_open_object(out, "license");
    json_text(out, "name", "Apache License 2.0");
    json_text(out, "identifier", "Apache-2.0");
    json_close_object(out);
    json_close_object(out);
    json_open_array(out, "servers");
    json_open_object(out, NULL);
    json_text(out, "url", "/");
    json_close_object(out);
    json_close_array(out);
    json_raw(out, "security", STR("[{\"key\":[]}]"));
}

static void write_tags(struct buffer *out) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    json_open_array(out, "tags");
    for (size_t i = 0; i < count; i++) {
        json_open_object(out, NULL);
        json_text(out, "name", groups[i]);
        json_close_object(out);
    }
    json_close_array(out);
}

struct str openapi_document(void) {
    static struct buffer document;
    if (document.length == 0) {
        json_open_object(&document, NULL);
        write_information(&document);
        write_tags(&document);
        write_paths(&document);
        openapi_components(&document);
        json_close_object(&document);
    }
    return buffer_str(&document);
}

void run_openapi(struct call *call) {
    buffer_add_str(&call->answer, openapi_document());
    call_done(call, 200);
}
