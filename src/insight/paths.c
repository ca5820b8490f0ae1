// Paths through supervision trees, and what people write instead of pids.
#include "insight/paths.h"

#include "limits.h"
#include "term/print.h"

#include <stdio.h>

static bool is_unreserved(uint8_t c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           strchr("-._~*:", c) != NULL;
}

void path_add_step(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        struct str rest = {text.at + i, text.length - i};
        if (str_starts(rest, "#PID<") || str_starts(rest, "#Reference<")) {
            const char *end = memchr(rest.at, '>', rest.length);
            if (end != NULL) {
                buffer_add_u8(out, '_');
                i += (size_t)(end - rest.at);
                continue;
            }
        }
        uint8_t c = (uint8_t)text.at[i];
        if (c != '\0' && is_unreserved(c)) {
            buffer_add_u8(out, c);
        } else {
            buffer_printf(out, "%%%02X", c);
        }
    }
}

static bool is_dynamic(const struct supervisor *supervisor) {
    return supervisor->kind == SUPERVISOR_DYNAMIC || supervisor->kind == SUPERVISOR_TASK ||
           supervisor->strategy == STRATEGY_SIMPLE_ONE_FOR_ONE;
}

static void add_child_step(
        const struct mirror *mirror, uint32_t parent, uint32_t slot, struct buffer *out) {
    const struct supervisor *supervisor = &mirror->supervisors[parent];
    if (is_dynamic(supervisor)) {
        buffer_add_u8(out, '*');
        return;
    }
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        if (child->slot == slot && mirror_child_alive(mirror, parent, child)) {
            path_add_step(out, child->id ? mirror_text(mirror, child->id) : STR("*"));
            return;
        }
    }
    buffer_add_u8(out, '*');
}

static const struct application *application_with_top(const struct mirror *mirror, uint32_t slot) {
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        if (mirror->applications[i].top == slot) {
            return &mirror->applications[i];
        }
    }
    return NULL;
}

static void add_root(const struct mirror *mirror, uint32_t slot, struct buffer *out) {
    const struct application *application = application_with_top(mirror, slot);
    if (application != NULL) {
        path_add_step(out, mirror_text(mirror, application->name));
        return;
    }
    buffer_add(out, "-/", 2);
    if (mirror->p.name[slot] != 0) {
        path_add_step(out, mirror_alias(mirror_text(mirror, mirror->p.name[slot])));
    } else {
        buffer_add_u8(out, '_');
    }
}

void path_of_supervisor(const struct mirror *mirror, uint32_t supervisor, struct buffer *out) {
    uint32_t slots[LIMIT_TREE_DEPTH];
    uint32_t depth = 0;
    uint32_t slot = mirror->supervisors[supervisor].slot;
    // A tree has no cycles, but a mirror read while it changed could.
    while (depth < LIMIT_TREE_DEPTH && mirror->p.supervisor[slot] != MIRROR_NONE) {
        slots[depth++] = slot;
        slot = mirror->supervisors[mirror->p.supervisor[slot]].slot;
    }
    add_root(mirror, slot, out);
    while (depth > 0) {
        uint32_t child = slots[--depth];
        buffer_add_u8(out, '/');
        add_child_step(mirror, mirror->p.supervisor[child], child, out);
    }
}

static uint32_t named(const struct mirror *mirror, struct str text) {
    if (text.length > 1 && text.at[0] == ':') {
        return mirror_named(mirror, (struct str){text.at + 1, text.length - 1});
    }
    if (text.length > 0 && text.at[0] >= 'A' && text.at[0] <= 'Z') {
        char alias[LIMIT_ATOM_BYTES + 16];
        int length = snprintf(alias, sizeof alias, "Elixir.%.*s", STR_ARGS(text));
        if (length > 0 && (size_t)length < sizeof alias) {
            uint32_t slot = mirror_named(mirror, (struct str){alias, (size_t)length});
            if (slot != MIRROR_NONE) {
                return slot;
            }
        }
    }
    return mirror_named(mirror, text);
}

uint32_t path_process(const struct mirror *mirror, struct str text, bool *is_pid, uint32_t *id,
        uint32_t *serial) {
    *is_pid = print_read_pid(text, id, serial);
    return *is_pid ? mirror_find(mirror, *id, *serial) : named(mirror, text);
}

// Paths are few enough to be compared one by one; the text may be percent-encoded or not.
static uint32_t by_path(const struct mirror *mirror, struct str text) {
    struct buffer path;
    buffer_init(&path);
    uint32_t found = MIRROR_NONE;
    for (uint32_t i = 0; i < mirror->supervisor_count && found == MIRROR_NONE; i++) {
        if (mirror->supervisors[i].slot == MIRROR_NONE) {
            continue;
        }
        path.length = 0;
        path_of_supervisor(mirror, i, &path);
        if (str_equal(buffer_str(&path), text)) {
            found = mirror->supervisors[i].slot;
        }
    }
    buffer_finish(&path);
    return found;
}

uint32_t path_resolve(const struct mirror *mirror, struct str text) {
    bool is_pid;
    uint32_t id;
    uint32_t serial;
    uint32_t slot = path_process(mirror, text, &is_pid, &id, &serial);
    if (slot == MIRROR_NONE && !is_pid) {
        slot = by_path(mirror, text);
    }
    if (slot == MIRROR_NONE || mirror->p.supervises[slot] == MIRROR_NONE) {
        return MIRROR_NONE;
    }
    return slot;
}
