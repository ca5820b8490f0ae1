// Applications, supervisors and children of the mirror.
#include "base/memory.h"
#include "base/must.h"
#include "node/kinds.h"
#include "node/mirror.h"

#include <stdlib.h>

// ---- applications ----------------------------------------------------------------------------

void mirror_applications_begin(struct mirror *mirror) {
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        struct application *application = &mirror->applications[i];
        intern_drop(mirror->strings, application->name);
        intern_drop(mirror->strings, application->version);
        intern_drop(mirror->strings, application->description);
    }
    mirror->application_count = 0;
}

void mirror_application(struct mirror *mirror, struct str name, struct str version,
        struct str description, uint32_t master_id, uint32_t master_serial, uint32_t top) {
    uint32_t count = mirror->application_count + 1;
    mirror->applications = memory_resize(mirror->applications, count, sizeof *mirror->applications);
    mirror->applications[mirror->application_count] = (struct application){
            .name = intern_add(mirror->strings, name),
            .version = intern_add(mirror->strings, version),
            .description = intern_add(mirror->strings, description),
            .master_id = master_id,
            .master_serial = master_serial,
            .top = top,
    };
    mirror->application_count = count;
}

void mirror_applications_end(struct mirror *mirror) {
    mirror->applications_stale = false;
    for (uint32_t i = 0; i < mirror->leader_count; i++) {
        struct leader *leader = &mirror->leaders[i];
        leader->application = MIRROR_NONE;
        for (uint32_t j = 0; j < mirror->application_count; j++) {
            if (mirror->applications[j].master_id == leader->id &&
                    mirror->applications[j].master_serial == leader->serial) {
                leader->application = j;
            }
        }
    }
    mirror->version++;
}

const struct application *mirror_application_of(const struct mirror *mirror, uint32_t slot) {
    uint16_t leader = mirror->p.leader[slot];
    if (leader >= mirror->leader_count) {
        return NULL;
    }
    uint32_t application = mirror->leaders[leader].application;
    return application < mirror->application_count ? &mirror->applications[application] : NULL;
}

// ---- supervisors -----------------------------------------------------------------------------

uint32_t mirror_supervisor_touch(struct mirror *mirror, uint32_t slot) {
    struct process_columns *p = &mirror->p;
    if (p->supervises[slot] != MIRROR_NONE) {
        return p->supervises[slot];
    }
    uint32_t index = mirror->supervisor_free;
    if (index != MIRROR_NONE) {
        mirror->supervisor_free = mirror->supervisors[index].module;
    } else {
        index = mirror->supervisor_count++;
    }
    if (index == mirror->supervisor_capacity) {
        mirror->supervisor_capacity = index + index / 2 + 16;
        mirror->supervisors = memory_resize(
                mirror->supervisors, mirror->supervisor_capacity, sizeof *mirror->supervisors);
    }
    mirror->supervisors[index] = (struct supervisor){
            .slot = slot, .dirty = true, .used = -1, .oldest = -1, .auto_shutdown = 3};
    p->supervises[slot] = index;
    p->kind[slot] = KIND_SUPERVISOR;
    mirror->version++;
    return index;
}

static void drop_children(struct mirror *mirror, struct child *children, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        intern_drop(mirror->strings, children[i].id);
        intern_drop(mirror->strings, children[i].module);
    }
    free(children);
}

// Its children are nobody's until a supervisor is read that has them.
static void release_children(struct mirror *mirror, uint32_t index) {
    struct supervisor *supervisor = &mirror->supervisors[index];
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        if (mirror_child_alive(mirror, index, child)) {
            mirror->p.supervisor[child->slot] = MIRROR_NONE;
        }
    }
}

void mirror_supervisor_remove(struct mirror *mirror, uint32_t index) {
    struct supervisor *supervisor = &mirror->supervisors[index];
    must(supervisor->slot != MIRROR_NONE);
    if (mirror->observer != NULL && supervisor->read) {
        mirror->observer->supervisor_gone(mirror->observer->context, mirror, index);
    }
    release_children(mirror, index);
    drop_children(mirror, supervisor->children, supervisor->child_count);
    drop_children(mirror, supervisor->incoming, supervisor->incoming_count);
    intern_drop(mirror->strings, supervisor->module);
    mirror->p.supervises[supervisor->slot] = MIRROR_NONE;
    mirror->p.kind[supervisor->slot] = KIND_PLAIN;
    *supervisor = (struct supervisor){.slot = MIRROR_NONE, .module = mirror->supervisor_free};
    mirror->supervisor_free = index;
    mirror->version++;
}

bool mirror_child_alive(
        const struct mirror *mirror, uint32_t supervisor, const struct child *child) {
    return child->slot != MIRROR_NONE && mirror->p.supervisor[child->slot] == supervisor &&
           mirror->p.id[child->slot] == child->process;
}

void mirror_children_begin(struct mirror *mirror, uint32_t index) {
    struct supervisor *supervisor = &mirror->supervisors[index];
    drop_children(mirror, supervisor->incoming, supervisor->incoming_count);
    supervisor->incoming = NULL;
    supervisor->incoming_count = supervisor->incoming_capacity = 0;
}

void mirror_child_add(struct mirror *mirror, uint32_t index, const struct child *child) {
    struct supervisor *supervisor = &mirror->supervisors[index];
    if (supervisor->incoming_count == supervisor->incoming_capacity) {
        uint32_t capacity = supervisor->incoming_capacity;
        supervisor->incoming_capacity = capacity + capacity / 4 + 8;
        supervisor->incoming = memory_resize(
                supervisor->incoming, supervisor->incoming_capacity, sizeof *supervisor->incoming);
    }
    struct child *row = &supervisor->incoming[supervisor->incoming_count++];
    *row = *child;
    row->process = child->slot == MIRROR_NONE ? 0 : mirror->p.id[child->slot];
    intern_keep(mirror->strings, row->id);
    intern_keep(mirror->strings, row->module);
}

// Tasks and Agents run what their caller chose, so that what a process was started with does not
// tell that it is one. Whose child it is does, also when that is read last.
static void prove_kind(struct mirror *mirror, uint32_t index, const struct child *child) {
    uint8_t *kind = &mirror->p.kind[child->slot];
    struct str module = mirror_text(mirror, child->module);
    bool task = mirror->supervisors[index].kind == SUPERVISOR_TASK || str_is(module, "Elixir.Task");
    if (!(mirror->p.flags[child->slot] & PROCESS_IDENTIFIED)) {
        return; // mirror_identify will look at it
    }
    if (task && (*kind == KIND_PLAIN || *kind == KIND_UNKNOWN)) {
        *kind = KIND_TASK;
    } else if (*kind == KIND_GEN_SERVER && str_is(module, "Elixir.Agent")) {
        *kind = KIND_AGENT;
    }
}

// A child takes its module from the spec until it is identified itself. What a spec calls a
// supervisor may be one; the agent will prove it.
static void adopt(struct mirror *mirror, uint32_t index, const struct child *child) {
    struct process_columns *p = &mirror->p;
    p->supervisor[child->slot] = index;
    if (p->leader[child->slot] == UINT16_MAX) {
        // Who is started inherits the group leader; it is read when the process is identified.
        p->leader[child->slot] = p->leader[mirror->supervisors[index].slot];
    }
    if (p->module[child->slot] == 0) {
        p->module[child->slot] = intern_keep(mirror->strings, child->module);
        mirror_behaviour_of(mirror, child->module); // asked now, it spares reading a dictionary
    }
    if (child->supervisor && p->supervises[child->slot] == MIRROR_NONE &&
            p->kind[child->slot] == KIND_UNKNOWN) {
        mirror_supervisor_touch(mirror, child->slot);
    }
    prove_kind(mirror, index, child);
}

void mirror_children_end(struct mirror *mirror, uint32_t index, int64_t now) {
    release_children(mirror, index);
    struct supervisor *supervisor = &mirror->supervisors[index];
    struct child *old = supervisor->children;
    uint32_t old_count = supervisor->child_count;
    bool first = !supervisor->read;
    supervisor->children = supervisor->incoming;
    supervisor->child_count = supervisor->incoming_count;
    supervisor->child_capacity = supervisor->incoming_capacity;
    supervisor->incoming = NULL;
    supervisor->incoming_count = supervisor->incoming_capacity = 0;
    supervisor->read = true;
    supervisor->busy = supervisor->dirty = supervisor->reading = false;
    supervisor->busy_times = 0;
    supervisor->again_at = 0;
    supervisor->read_at = now;
    mirror->p.flags[supervisor->slot] |= PROCESS_SETTLING;
    uint32_t count = supervisor->child_count;
    struct child *children = supervisor->children; // stays where it is when adopt adds supervisors
    for (uint32_t i = 0; i < count; i++) {
        uint32_t slot = children[i].slot;
        if (slot == MIRROR_NONE) {
            continue;
        }
        // A process that is listed twice is a child once: trees would grow without end.
        if (!(mirror->p.flags[slot] & PROCESS_LIVE) || mirror->p.id[slot] != children[i].process ||
                mirror->p.supervisor[slot] == index) {
            children[i].slot = MIRROR_NONE;
            continue;
        }
        adopt(mirror, index, &children[i]);
    }
    if (mirror->observer != NULL && !first) {
        mirror->observer->children(mirror->observer->context, mirror, index, old, old_count);
    }
    drop_children(mirror, old, old_count);
    mirror->version++;
}
