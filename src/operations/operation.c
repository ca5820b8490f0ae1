// Names of permissions, rates and effects.
#include "operations/operation.h"

#include "base/must.h"

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
