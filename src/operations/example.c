// Values by the argument's name where it says more than its type, and of one operation where that
// says more still.
#include "operations/example.h"

#include "base/json_writer.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define CHILD_SPEC           "{Counter, []}"
#define COUNTER(id, options) "%{id: " id ", start: {Counter, :start_link, [" options "]}}"

// When an argument stands in examples.
enum shown {
    REQUIRED,    // if it is required
    INFORMATIVE, // also where the operation has no value of its own for it
    ALWAYS,
};

static const struct {
    const char *name, *value;
    enum argument_type type;
    enum shown shown;
} known[] = {
        {"application", "playground", ARGUMENT_ATOM, REQUIRED},
        {"module", "timer", ARGUMENT_ATOM, REQUIRED},
        {"function", "sleep", ARGUMENT_ATOM, REQUIRED},
        {"name", "counter_1", ARGUMENT_ATOM, INFORMATIVE},
        {"key", "level", ARGUMENT_ATOM, REQUIRED},
        {"scope", "pg", ARGUMENT_ATOM, REQUIRED},
        {"registry", "MyRegistry", ARGUMENT_ATOM, REQUIRED},
        {"sort", "memory", ARGUMENT_CHOICE, REQUIRED},
        {"application", "playground", ARGUMENT_TEXT, REQUIRED},
        {"operation", "list_processes", ARGUMENT_TEXT, REQUIRED},
        {"group", "Processes", ARGUMENT_TEXT, REQUIRED},
        {"reason", "shutdown", ARGUMENT_TEXT, REQUIRED},
        {"query", "counter", ARGUMENT_TEXT, REQUIRED},
        {"prefix", "counter", ARGUMENT_TEXT, REQUIRED},
        {"name_prefix", "counter", ARGUMENT_TEXT, INFORMATIVE},
        {"path", "/etc/shop/sys.config", ARGUMENT_TEXT, INFORMATIVE},
        {"process", "counter_1", ARGUMENT_TEXT, REQUIRED},
        {"child_id", "counter_1", ARGUMENT_TEXT, REQUIRED},
        {"id", "1", ARGUMENT_TEXT, REQUIRED},
        {"backup", "1", ARGUMENT_TEXT, REQUIRED},
        {"before", "1", ARGUMENT_TEXT, REQUIRED},
        {"recording", "1", ARGUMENT_TEXT, REQUIRED},
        {"actor", "admin", ARGUMENT_TEXT, REQUIRED},
        {"key_name", "dashboard", ARGUMENT_TEXT, REQUIRED},
        {"supervisor", "DemoSupervisor", ARGUMENT_TEXT, REQUIRED},
        {"max_restarts", "5", ARGUMENT_INTEGER, INFORMATIVE},
        {"state", "%{count: 5}", ARGUMENT_TERM, REQUIRED},
        {"path", "[:count]", ARGUMENT_TERM, INFORMATIVE},
        {"value", "5", ARGUMENT_TERM, INFORMATIVE},
        {"pattern", "{:reset, :_}", ARGUMENT_TERM, INFORMATIVE},
        {"shape", "%{count: :integer}", ARGUMENT_TERM, REQUIRED},
        {"mapping", "%{rename: %{count: :size}}", ARGUMENT_TERM, REQUIRED},
        {"metadata", "%{name: :counter}", ARGUMENT_TERM, REQUIRED},
        {"group", ":workers", ARGUMENT_TERM, REQUIRED},
        {"name", ":counter_1", ARGUMENT_TERM, REQUIRED},
        {"key", ":key", ARGUMENT_TERM, REQUIRED},
        {"args", "[]", ARGUMENT_TERM, REQUIRED},
        {"arguments", "[60000]", ARGUMENT_TERM, ALWAYS},
        {"reason", ":shutdown", ARGUMENT_TERM, REQUIRED},
        {"to", "printer_1", ARGUMENT_PROCESS, REQUIRED},
        {"target", "printer_1", ARGUMENT_PROCESS, REQUIRED},
        {"other", "counter_2", ARGUMENT_PROCESS, INFORMATIVE},
        {"processes", "counter_1,counter_2", ARGUMENT_PROCESSES, INFORMATIVE},
        {"child_spec", CHILD_SPEC, ARGUMENT_CHILD_SPEC, INFORMATIVE},
        {"permissions", "read:processes,read:supervisors", ARGUMENT_TEXTS, REQUIRED},
        {"to_nodes", "shop@web2", ARGUMENT_TEXTS, REQUIRED},
};

#define KNOWN (sizeof known / sizeof known[0])

// Arguments that stand in the examples of one operation, or do not where there is no value.
static const struct particular {
    const char *operation, *argument, *value;
} particulars[] = {
        {"start_process", "module", "Counter"},
        {"start_process", "function", "start_link"},
        {"start_process", "arguments", "[[]]"},
        {"start_process", "as", "start_function"},
        {"start_link_process", "module", "Counter"},
        {"start_link_process", "function", "start_link"},
        {"start_link_process", "arguments", "[[]]"},
        {"start_link_process", "as", "start_function"},
        {"start_monitor_process", "module", "Counter"},
        {"start_monitor_process", "function", "start_link"},
        {"start_monitor_process", "arguments", "[[]]"},
        {"start_monitor_process", "as", "start_function"},
        {"start_application", "application", "sasl"},
        {"load_application_config", "config", "[playground: [level: 5]]"},
        {"load_application_config", "path", NULL},
        {"register_process", "pid", "#PID<0.123.0>"}, // one without a name has only this
        {"register_process", "name", "counter"},
        {"register_process_with_metadata", "pid", "#PID<0.123.0>"},
        {"register_process_with_metadata", "name", "counter"},
        {"update_process_metadata", "name", "counter"},
        {"create_process_group", "start", "true"},
        {"migrate_process_state", "path", NULL},
        {"add_dynamic_child", "name", "Playground.Pool"},
        {"start_temporary_child", "child_spec", COUNTER("\"counter_7\"", "[]")},
        {"start_transient_child", "child_spec", COUNTER("\"counter_8\"", "[]")},
        {"start_permanent_child", "child_spec", COUNTER("\"counter_9\"", "[]")},
        {"replace_child_spec", "child_spec", COUNTER(":counter_1", "[name: :counter_1]")},
};

// NULL: there is nothing particular about it.
static const struct particular *find_particular(
        const struct operation *operation, const struct argument *argument) {
    for (size_t i = 0; i < sizeof particulars / sizeof particulars[0]; i++) {
        if (strcmp(particulars[i].operation, operation->name) == 0 &&
                strcmp(particulars[i].argument, argument->name) == 0) {
            return &particulars[i];
        }
    }
    return NULL;
}

// A text that says what it stands for.
static const char *stand_in(const struct argument *argument) {
    static char text[80];
    snprintf(text, sizeof text, "my_%s", argument->name);
    return text;
}

static bool is_choice(const struct argument *argument, const char *value) {
    const char *at = argument->choices ? strstr(argument->choices, value) : NULL;
    return at != NULL && (at == argument->choices || at[-1] == '|') &&
           strchr("|", at[strlen(value)]) != NULL;
}

// The first of "a|b".
static const char *first_choice(const char *choices) {
    static char text[80];
    snprintf(text, sizeof text, "%.*s", (int)strcspn(choices, "|"), choices);
    return text;
}

// A second, where it is a time; else the least.
static const char *number(const struct argument *argument) {
    static char text[24];
    size_t length = strlen(argument->name);
    bool time = length > 3 && strcmp(argument->name + length - 3, "_ms") == 0;
    int64_t least = time ? 1000 : 1;
    int64_t value = argument->minimum > least ? argument->minimum : least;
    value = value > argument->maximum ? argument->maximum : value;
    snprintf(text, sizeof text, "%lld", (long long)value);
    return text;
}

// The row of `known` for the argument, or KNOWN.
static size_t find_known(const struct argument *argument) {
    size_t i = 0;
    while (i < KNOWN &&
            (known[i].type != argument->type || strcmp(known[i].name, argument->name) != 0)) {
        i++;
    }
    return i < KNOWN && argument->choices != NULL && !is_choice(argument, known[i].value) ? KNOWN
                                                                                          : i;
}

static bool is_informative(const struct argument *argument) {
    size_t row = find_known(argument);
    enum shown shown = row < KNOWN ? known[row].shown : REQUIRED;
    return shown == ALWAYS || (shown == INFORMATIVE && argument->fallback == NULL);
}

// Of any operation that has such an argument.
static const char *common_value(const struct argument *argument) {
    size_t row = find_known(argument);
    if (row < KNOWN) {
        return known[row].value;
    }
    switch (argument->type) {
    case ARGUMENT_TEXT:
        return argument->fallback != NULL ? argument->fallback : stand_in(argument);
    case ARGUMENT_INTEGER:
        return argument->fallback != NULL ? argument->fallback : number(argument);
    case ARGUMENT_BOOLEAN:
        return "true";
    case ARGUMENT_CHOICE:
    case ARGUMENT_CHOICES:
        return first_choice(argument->choices);
    case ARGUMENT_PATTERN:
        return "^counter";
    case ARGUMENT_PROCESS:
        return "counter_1";
    case ARGUMENT_SUPERVISOR:
        return "DemoSupervisor";
    case ARGUMENT_NODE:
        return "shop@web1";
    case ARGUMENT_ATOM:
        return "counter_1";
    case ARGUMENT_TERM:
        return "increment";
    case ARGUMENT_CHILD_SPEC:
        return CHILD_SPEC;
    case ARGUMENT_TEXTS:
        return "first,second";
    case ARGUMENT_PROCESSES:
        return "counter_1,counter_2";
    }
    return "";
}

// A value of the argument as text.
static const char *example_value(
        const struct operation *operation, const struct argument *argument) {
    const struct particular *particular = find_particular(operation, argument);
    return particular != NULL && particular->value != NULL ? particular->value
                                                           : common_value(argument);
}

// Of a row that requires nothing, what one would most likely give.
static const struct argument *likely(const struct operation *operation) {
    static const char *const ordinary[] = {"page", "per_page", "node", "fresh", "order", "format",
            "create_atoms", "force", "dry_run", "scope", "registry"};
    const struct argument *sort = operation_argument(operation, STR("sort"));
    if (sort != NULL) {
        return sort;
    }
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        bool plain = a->required || a->secret;
        for (size_t i = 0; i < sizeof ordinary / sizeof ordinary[0]; i++) {
            plain = plain || strcmp(a->name, ordinary[i]) == 0;
        }
        if (!plain) {
            return a;
        }
    }
    return NULL;
}

bool example_shows(const struct operation *operation, const struct argument *argument) {
    const struct particular *particular = find_particular(operation, argument);
    if (argument->required) {
        return true;
    }
    if (particular != NULL) {
        return particular->value != NULL;
    }
    if (strcmp(argument->name, "dry_run") == 0) {
        return operation->effect == EFFECT_DESTROY;
    }
    if (is_informative(argument)) {
        return true;
    }
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (a->required || is_informative(a)) {
            return false;
        }
    }
    return operation->effect != EFFECT_DESTROY && likely(operation) == argument;
}

// ---- the command line ------------------------------------------------------------------------

static void add_word(struct buffer *out, const char *text) {
    bool plain = *text != '\0' && *text != '~';
    for (const char *at = text; *at != '\0'; at++) {
        plain = plain && (isalnum((unsigned char)*at) || strchr("_-./:@,~", *at) != NULL);
    }
    if (plain) {
        buffer_add_text(out, text);
        return;
    }
    buffer_add_u8(out, '\'');
    for (; *text != '\0'; text++) {
        buffer_add_text(out, *text == '\'' ? "'\\''" : (char[]){*text, '\0'});
    }
    buffer_add_u8(out, '\'');
}

void example_command(struct buffer *out, const struct operation *operation) {
    buffer_printf(out, "whitebeam %s", operation->name);
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        if (!example_shows(operation, a)) {
            continue;
        }
        buffer_add_u8(out, ' ');
        if (!a->required) {
            buffer_add_text(out, "--");
            for (const char *at = a->name; *at != '\0'; at++) {
                buffer_add_u8(out, *at == '_' ? '-' : (uint8_t)*at);
            }
            if (a->type == ARGUMENT_BOOLEAN) {
                continue;
            }
            buffer_add_u8(out, ' ');
        }
        if (a->secret) {
            buffer_printf(out, "@%s.txt", a->name);
        } else {
            add_word(out, example_value(operation, a));
        }
    }
}

// ---- curl ------------------------------------------------------------------------------------

static void add_escaped(struct buffer *out, const char *text) {
    for (; *text != '\0'; text++) {
        if (isalnum((unsigned char)*text) || strchr("-._~,:@", *text) != NULL) {
            buffer_add_u8(out, (uint8_t)*text);
        } else {
            buffer_printf(out, "%%%02X", (unsigned char)*text);
        }
    }
}

static void add_path(struct buffer *out, const struct operation *operation, const char *path) {
    const char *at = strncmp(path, "/api/v1", 7) == 0 ? path + 7 : path;
    buffer_add_text(out, at == path ? "${API%/api/v1}" : "$API");
    while (*at != '\0') {
        size_t plain = strcspn(at, "{");
        buffer_add(out, at, plain);
        at += plain;
        if (*at == '{') {
            size_t length = strcspn(at, "}");
            struct str name = {at + 1, length - 1};
            add_escaped(out, example_value(operation, operation_argument(operation, name)));
            at += length + 1;
        }
    }
}

static void add_member(struct buffer *out, const struct argument *argument, const char *value) {
    switch (argument->type) {
    case ARGUMENT_INTEGER:
    case ARGUMENT_BOOLEAN:
        json_raw(out, argument->name, str_of(value));
        return;
    case ARGUMENT_CHOICES:
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        json_open_array(out, argument->name);
        for (const char *at = value; *at != '\0';) {
            size_t length = strcspn(at, ",");
            json_put_string(out, NULL, (struct str){at, length});
            at += length + (at[length] == ',');
        }
        json_close_array(out);
        return;
    case ARGUMENT_TEXT:
    case ARGUMENT_CHOICE:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
    case ARGUMENT_TERM:
    case ARGUMENT_CHILD_SPEC:
        json_text(out, argument->name, value);
        return;
    }
}

void example_curl(struct buffer *out, const struct operation *operation) {
    const struct route_pattern *route = &operation->routes[0];
    bool by_name = route->method == NULL;
    const char *method = by_name ? "POST" : route->method;
    struct buffer query;
    struct buffer body;
    buffer_init(&query);
    buffer_init(&body);
    json_open_object(&body, NULL);
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        enum place place = argument_place(route, a);
        if (!example_shows(operation, a) || place == PLACE_PATH) {
            continue;
        }
        if (place == PLACE_BODY) {
            add_member(&body, a, example_value(operation, a));
        } else {
            buffer_printf(&query, "%s%s=", query.length > 0 ? "&" : "?", a->name);
            add_escaped(&query, example_value(operation, a));
        }
    }
    json_close_object(&body);
    buffer_add_text(out, "curl -H \"$KEY\" ");
    if (strcmp(method, "GET") != 0) {
        buffer_printf(out, "-X %s ", method);
    }
    if (body.length > 2) {
        buffer_add_text(out, "--json ");
        buffer_add_u8(&body, '\0');
        add_word(out, body.at);
        buffer_add_u8(out, ' ');
    }
    buffer_add_u8(out, '"');
    if (by_name) {
        buffer_printf(out, "$API/operations/%s", operation->name);
    } else {
        add_path(out, operation, route->path);
    }
    buffer_add_str(out, buffer_str(&query));
    buffer_add_u8(out, '"');
    buffer_finish(&query);
    buffer_finish(&body);
}
