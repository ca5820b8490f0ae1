// Names of permissions, rates, effects and types; where arguments are put.
#include "operations/operation.h"

#include "base/must.h"

#include <stdio.h>

const char *permission_name(enum permission permission) {
    static const char *const names[PERMISSION_COUNT] = {"none", "read:supervisors",
            "write:supervisors", "control:supervisors", "read:processes", "control:processes",
            "trace:messages", "manage:sandboxes", "system:diagnostics", "manage:nodes",
            "manage:code", "manage:keys", "manage:alarms", "create:atoms", "force:system"};
    must(permission < PERMISSION_COUNT);
    return names[permission];
}

const char *rate_name(enum rate_class rate) {
    static const char *const names[] = {"standard", "heavy", "education", "free"};
    return names[rate];
}

const char *effect_name(enum effect effect) {
    static const char *const names[] = {"none", "read", "change", "destroy"};
    return names[effect];
}

const char *argument_type_name(enum argument_type type) {
    static const char *const names[] = {
            [ARGUMENT_TEXT] = "text",
            [ARGUMENT_INTEGER] = "integer",
            [ARGUMENT_BOOLEAN] = "boolean",
            [ARGUMENT_CHOICE] = "choice",
            [ARGUMENT_CHOICES] = "choices",
            [ARGUMENT_PATTERN] = "pattern",
            [ARGUMENT_PROCESS] = "process",
            [ARGUMENT_SUPERVISOR] = "supervisor",
            [ARGUMENT_NODE] = "node",
            [ARGUMENT_ATOM] = "atom",
            [ARGUMENT_TERM] = "term",
            [ARGUMENT_CHILD_SPEC] = "child_spec",
            [ARGUMENT_TEXTS] = "texts",
            [ARGUMENT_PROCESSES] = "processes",
    };
    return names[type];
}

// Bodies of DELETE are lost on many ways (RFC 9110 9.3.5), so they are for secrets only.
enum place argument_place(const struct route_pattern *route, const struct argument *argument) {
    char braces[80];
    snprintf(braces, sizeof braces, "{%s}", argument->name);
    if (route->method == NULL) {
        return PLACE_BODY;
    }
    if (strstr(route->path, braces) != NULL) {
        return PLACE_PATH;
    }
    bool query = strcmp(route->method, "GET") == 0 || strcmp(route->method, "DELETE") == 0;
    return query && !argument->secret ? PLACE_QUERY : PLACE_BODY;
}
