// Processes in slots and columns: finding, sweeping, identifying, naming.
#include "node/mirror.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/must.h"
#include "base/random.h"
#include "limits.h"
#include "node/kinds.h"

#include <stdio.h>
#include <stdlib.h>

// What a signal of ours may cost its receiver, in reductions, beyond what was read right after it.
#define SETTLING_REDUCTIONS 40
#define LEADERS_FEW         64u
#define WORD_BYTES          8u
// More than this and a process's memory is not asked: it takes a walk over queue or links.
#define FULL_QUEUE          10000u

void slots_add(struct slots *slots, uint32_t slot) {
    if (slots->count == slots->capacity) {
        slots->capacity = slots->capacity ? slots->capacity + slots->capacity / 2 : 64;
        slots->at = memory_resize(slots->at, slots->capacity, sizeof *slots->at);
    }
    slots->at[slots->count++] = slot;
}

void slots_clear(struct slots *slots) {
    free(slots->at);
    *slots = (struct slots){0};
}

struct mirror *mirror_create(struct str node, uint32_t creation) {
    struct mirror *mirror = memory_new(1, sizeof *mirror);
    mirror->node = node;
    mirror->creation = creation;
    mirror->strings = intern_create("Elixir.");
    mirror->free = MIRROR_NONE;
    mirror->supervisor_free = MIRROR_NONE;
    mirror->index_mask = 255;
    mirror->index = memory_new(mirror->index_mask + 1, sizeof *mirror->index);
    mirror->index_seed = random_u32() | 1;
    mirror->as_of = -1;
    return mirror;
}

static void free_columns(struct process_columns *p) {
    void *columns[] = {p->reductions, p->memory, p->queue, p->heap, p->display, p->status, p->kind,
            p->flags, p->id, p->serial, p->name, p->label, p->initial_call, p->function, p->module,
            p->supervisor, p->supervises, p->seen, p->first_seen, p->leader};
    for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++) {
        free(columns[i]);
    }
}

void mirror_destroy(struct mirror *mirror) {
    if (mirror == NULL) {
        return;
    }
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        free(mirror->supervisors[i].children);
        free(mirror->supervisors[i].incoming);
    }
    free(mirror->supervisors);
    free(mirror->leaders);
    free(mirror->applications);
    free(mirror->behaviours);
    for (size_t i = 0; i < MIRROR_ORDERS; i++) {
        free(mirror->orders[i].slots);
    }
    slots_clear(&mirror->fresh);
    slots_clear(&mirror->moved);
    slots_clear(&mirror->named);
    slots_clear(&mirror->was_named);
    slots_clear(&mirror->unknown_modules);
    free_columns(&mirror->p);
    free(mirror->index);
    intern_destroy(mirror->strings);
    free(mirror);
}

// ---- the index: pid to slot ------------------------------------------------------------------

static uint32_t hash_pid(const struct mirror *mirror, uint32_t id, uint32_t serial) {
    uint64_t key = ((uint64_t)serial << 32 | id) + mirror->index_seed;
    key = (key ^ (key >> 31)) * 0x9E3779B97F4A7C15u;
    return (uint32_t)(key >> 32);
}

// Cells hold slot + 1; 0 is empty.
static uint32_t find_cell(const struct mirror *mirror, uint32_t id, uint32_t serial) {
    uint32_t cell = hash_pid(mirror, id, serial) & mirror->index_mask;
    for (;;) {
        uint32_t slot = mirror->index[cell];
        if (slot == 0 || (mirror->p.id[slot - 1] == id && mirror->p.serial[slot - 1] == serial)) {
            return cell;
        }
        cell = (cell + 1) & mirror->index_mask;
    }
}

static void grow_index(struct mirror *mirror) {
    uint32_t *old = mirror->index;
    uint32_t count = mirror->index_mask + 1;
    mirror->index_mask = 2 * count - 1;
    mirror->index = memory_new(2 * (size_t)count, sizeof *mirror->index);
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] != 0) {
            uint32_t slot = old[i] - 1;
            mirror->index[find_cell(mirror, mirror->p.id[slot], mirror->p.serial[slot])] = old[i];
        }
    }
    free(old);
}

static void remove_cell(struct mirror *mirror, uint32_t cell) {
    uint32_t hole = cell;
    for (;;) {
        cell = (cell + 1) & mirror->index_mask;
        if (mirror->index[cell] == 0) {
            break;
        }
        uint32_t slot = mirror->index[cell] - 1;
        uint32_t home =
                hash_pid(mirror, mirror->p.id[slot], mirror->p.serial[slot]) & mirror->index_mask;
        if (((cell - home) & mirror->index_mask) >= ((cell - hole) & mirror->index_mask)) {
            mirror->index[hole] = mirror->index[cell];
            hole = cell;
        }
    }
    mirror->index[hole] = 0;
}

uint32_t mirror_find(const struct mirror *mirror, uint32_t id, uint32_t serial) {
    if (mirror->live == 0) {
        return MIRROR_NONE;
    }
    uint32_t found = mirror->index[find_cell(mirror, id, serial)];
    return found == 0 ? MIRROR_NONE : found - 1;
}

// ---- slots -----------------------------------------------------------------------------------

#define GROW(column) column = memory_resize(column, capacity, sizeof *column)

static void grow_columns(struct mirror *mirror) {
    uint32_t capacity = mirror->capacity + mirror->capacity / 8 + 1024;
    struct process_columns *p = &mirror->p;
    GROW(p->reductions);
    GROW(p->memory);
    GROW(p->queue);
    GROW(p->heap);
    GROW(p->display);
    GROW(p->status);
    GROW(p->kind);
    GROW(p->flags);
    GROW(p->id);
    GROW(p->serial);
    GROW(p->name);
    GROW(p->label);
    GROW(p->initial_call);
    GROW(p->function);
    GROW(p->module);
    GROW(p->supervisor);
    GROW(p->supervises);
    GROW(p->seen);
    GROW(p->first_seen);
    GROW(p->leader);
    mirror->capacity = capacity;
}

static uint32_t take_slot(struct mirror *mirror) {
    if (mirror->free != MIRROR_NONE) {
        uint32_t slot = mirror->free;
        mirror->free = mirror->p.seen[slot];
        return slot;
    }
    if (mirror->slot_count == mirror->capacity) {
        grow_columns(mirror);
    }
    return mirror->slot_count++;
}

static uint32_t add_process(struct mirror *mirror, uint32_t id, uint32_t serial) {
    if ((mirror->live + 1) * 10ull >= (mirror->index_mask + 1) * 7ull) {
        grow_index(mirror);
    }
    uint32_t slot = take_slot(mirror);
    struct process_columns *p = &mirror->p;
    p->reductions[slot] = 0;
    p->memory[slot] = 0;
    p->queue[slot] = p->heap[slot] = p->display[slot] = 0;
    p->status[slot] = STATUS_UNKNOWN;
    p->kind[slot] = KIND_UNKNOWN;
    p->flags[slot] = PROCESS_LIVE | PROCESS_QUEUED | (mirror->sweeps == 0 ? PROCESS_FIRST : 0);
    p->id[slot] = id;
    p->serial[slot] = serial;
    p->name[slot] = p->label[slot] = p->initial_call[slot] = p->function[slot] = 0;
    p->module[slot] = 0;
    p->supervisor[slot] = p->supervises[slot] = MIRROR_NONE;
    p->seen[slot] = mirror->sweep;
    p->first_seen[slot] = clock_unix_ms();
    p->leader[slot] = UINT16_MAX;
    mirror->index[find_cell(mirror, id, serial)] = slot + 1;
    mirror->live++;
    slots_add(&mirror->fresh, slot);
    return slot;
}

uint32_t mirror_touch(struct mirror *mirror, uint32_t id, uint32_t serial) {
    uint32_t slot = mirror_find(mirror, id, serial);
    if (slot == MIRROR_NONE) {
        slot = add_process(mirror, id, serial);
        mirror->version++;
    }
    mirror->p.seen[slot] = mirror->sweep;
    return slot;
}

static void set_text(struct mirror *mirror, uint32_t *column, struct str text) {
    uint32_t old = *column;
    *column = intern_add(mirror->strings, text);
    intern_drop(mirror->strings, old);
}

// The display is not a reference of its own: it is one of three columns that hold one.
static void set_display(struct mirror *mirror, uint32_t slot) {
    struct process_columns *p = &mirror->p;
    p->display[slot] = p->name[slot]    ? p->name[slot]
                       : p->label[slot] ? p->label[slot]
                                        : p->initial_call[slot];
}

void mirror_remove(struct mirror *mirror, uint32_t slot) {
    struct process_columns *p = &mirror->p;
    must(p->flags[slot] & PROCESS_LIVE);
    if (p->supervises[slot] != MIRROR_NONE) {
        mirror_supervisor_remove(mirror, p->supervises[slot]);
    }
    if (p->supervisor[slot] != MIRROR_NONE) {
        mirror->supervisors[p->supervisor[slot]].dirty = true;
    }
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        if (mirror->applications[i].top == slot) {
            mirror->applications[i].top = MIRROR_NONE; // or the slot's next owner would inherit it
        }
    }
    remove_cell(mirror, find_cell(mirror, p->id[slot], p->serial[slot]));
    uint32_t *texts[] = {&p->name[slot], &p->label[slot], &p->initial_call[slot],
            &p->function[slot], &p->module[slot]};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        intern_drop(mirror->strings, *texts[i]);
        *texts[i] = 0;
    }
    if (p->flags[slot] & PROCESS_IDENTIFIED) {
        mirror->identified--;
    }
    p->display[slot] = 0;
    p->supervisor[slot] = MIRROR_NONE;
    p->flags[slot] = 0;
    p->id[slot] = p->serial[slot] = 0;
    p->reductions[slot] = p->memory[slot] = 0;
    p->queue[slot] = 0;
    p->seen[slot] = mirror->free;
    mirror->free = slot;
    mirror->live--;
    mirror->version++;
}

void mirror_collect_fresh(struct mirror *mirror) {
    mirror->fresh.count = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        uint16_t flags = mirror->p.flags[slot];
        if ((flags & PROCESS_LIVE) && !(flags & PROCESS_IDENTIFIED)) {
            slots_add(&mirror->fresh, slot);
        }
    }
}

// ---- sweeps ----------------------------------------------------------------------------------

void mirror_sweep_begin(struct mirror *mirror, int64_t now) {
    mirror->sweep++;
    mirror->sweep_started = now;
}

static void set_cheap(struct mirror *mirror, uint32_t slot, const struct cheap *cheap) {
    struct process_columns *p = &mirror->p;
    p->reductions[slot] = cheap->reductions;
    p->queue[slot] = cheap->queue;
    p->heap[slot] = cheap->heap;
    p->status[slot] = (uint8_t)status_of(cheap->status);
    if (!(p->flags[slot] & PROCESS_MEASURED)) {
        p->memory[slot] = (uint64_t)cheap->heap * WORD_BYTES;
    }
    if (cheap->queue > FULL_QUEUE) {
        p->flags[slot] |= PROCESS_FULL;
    } else {
        p->flags[slot] &= (uint16_t)~PROCESS_FULL;
    }
}

// Whether the process did something of its own since the last sweep.
static bool has_moved(const struct process_columns *p, uint32_t slot, const struct cheap *cheap) {
    uint64_t worked = cheap->reductions - p->reductions[slot];
    bool grown = cheap->queue != p->queue[slot] || cheap->heap != p->heap[slot];
    if (!(p->flags[slot] & PROCESS_SETTLING)) {
        return worked != 0 || grown;
    }
    // A supervisor just read walked over its children for us; what it did for itself meanwhile
    // shows in its children.
    return p->supervises[slot] == MIRROR_NONE && (worked > SETTLING_REDUCTIONS || grown);
}

void mirror_sweep_row(
        struct mirror *mirror, uint32_t id, uint32_t serial, const struct cheap *cheap) {
    struct process_columns *p = &mirror->p;
    uint32_t slot = mirror_find(mirror, id, serial);
    if (slot == MIRROR_NONE) {
        slot = add_process(mirror, id, serial);
    } else if (p->flags[slot] & PROCESS_IDENTIFIED) {
        bool moved = has_moved(p, slot, cheap);
        p->flags[slot] &= (uint16_t)~PROCESS_SETTLING;
        if (moved && !(p->flags[slot] & PROCESS_QUEUED)) {
            p->flags[slot] |= PROCESS_QUEUED;
            slots_add(&mirror->moved, slot);
        }
        if (moved && p->supervises[slot] != MIRROR_NONE) {
            mirror->supervisors[p->supervises[slot]].dirty = true;
        }
    }
    set_cheap(mirror, slot, cheap);
    p->seen[slot] = mirror->sweep;
}

// Group leaders come and go with shells and tests; those that nobody has any more are forgotten.
static void forget_leaders(struct mirror *mirror) {
    uint32_t count = mirror->leader_count;
    uint16_t *moved = memory_new(count, sizeof *moved);
    uint32_t kept = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if ((mirror->p.flags[slot] & PROCESS_LIVE) && mirror->p.leader[slot] < count) {
            moved[mirror->p.leader[slot]] = 1;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        if (moved[i] != 0) {
            mirror->leaders[kept] = mirror->leaders[i];
            moved[i] = (uint16_t)kept++;
        }
    }
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if ((mirror->p.flags[slot] & PROCESS_LIVE) && mirror->p.leader[slot] < count) {
            mirror->p.leader[slot] = moved[mirror->p.leader[slot]];
        }
    }
    free(moved);
    mirror->leader_count = kept;
    mirror->leaders_kept = kept;
}

void mirror_sweep_end(struct mirror *mirror) {
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if ((mirror->p.flags[slot] & PROCESS_LIVE) && mirror->p.seen[slot] != mirror->sweep) {
            mirror_remove(mirror, slot);
        }
    }
    if (mirror->leader_count > LEADERS_FEW + 2 * mirror->leaders_kept) {
        forget_leaders(mirror);
    }
    mirror->as_of = mirror->sweep_started;
    mirror->sweeps++;
    mirror->version++;
}

// ---- what signals read -----------------------------------------------------------------------

void mirror_measure(struct mirror *mirror, uint32_t slot, int64_t memory, struct str function) {
    struct process_columns *p = &mirror->p;
    if (memory >= 0) {
        p->memory[slot] = (uint64_t)memory;
        p->flags[slot] |= PROCESS_MEASURED | PROCESS_SETTLING;
        set_text(mirror, &p->function[slot], function);
    }
    p->flags[slot] &= (uint16_t)~PROCESS_QUEUED;
    mirror->version++;
}

static uint16_t leader_index(struct mirror *mirror, uint32_t id, uint32_t serial) {
    for (uint32_t i = 0; i < mirror->leader_count; i++) {
        if (mirror->leaders[i].id == id && mirror->leaders[i].serial == serial) {
            return (uint16_t)i;
        }
    }
    if (mirror->leader_count >= UINT16_MAX - 1) {
        return UINT16_MAX;
    }
    uint32_t count = mirror->leader_count + 1;
    mirror->leaders = memory_resize(mirror->leaders, count, sizeof *mirror->leaders);
    struct leader *leader = &mirror->leaders[mirror->leader_count];
    *leader = (struct leader){id, serial, MIRROR_NONE};
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        if (mirror->applications[i].master_id == id &&
                mirror->applications[i].master_serial == serial) {
            leader->application = i;
        }
    }
    mirror->applications_stale |= leader->application == MIRROR_NONE;
    mirror->leader_count = count;
    return (uint16_t)(count - 1);
}

enum process_kind mirror_behaviour_of(struct mirror *mirror, uint32_t module) {
    if (module == 0) {
        return KIND_PLAIN;
    }
    if (module < mirror->behaviour_count && mirror->behaviours[module] != 0) {
        uint8_t known = mirror->behaviours[module];
        return known == UINT8_MAX ? KIND_UNKNOWN : (enum process_kind)(known - 1);
    }
    uint32_t limit = intern_limit(mirror->strings);
    if (module >= mirror->behaviour_count) {
        mirror->behaviours = memory_resize(mirror->behaviours, limit, 1);
        memset(mirror->behaviours + mirror->behaviour_count, 0, limit - mirror->behaviour_count);
        mirror->behaviour_count = limit;
    }
    mirror->behaviours[module] = UINT8_MAX; // asked
    slots_add(&mirror->unknown_modules, intern_keep(mirror->strings, module));
    return KIND_UNKNOWN;
}

// The module part of Mod.fun/arity.
static struct str module_of(struct str function) {
    for (size_t i = function.length; i > 0; i--) {
        if (function.at[i - 1] == '.') {
            return (struct str){function.at, i - 1};
        }
    }
    return (struct str){"", 0};
}

// A gen_* process whose dictionary was not read: proc_lib notes Mod:init/1 for it.
static void set_usual_call(struct mirror *mirror, uint32_t slot) {
    struct process_columns *p = &mirror->p;
    bool by_proc_lib = str_starts(mirror_text(mirror, p->initial_call[slot]), "proc_lib.init_p/");
    bool bridge = p->kind[slot] == KIND_SUPERVISOR_BRIDGE;
    bool usual = p->kind[slot] == KIND_GEN_SERVER || p->kind[slot] == KIND_GEN_STATEM || bridge;
    struct str module = mirror_text(mirror, p->module[slot]);
    if (!by_proc_lib || !usual || module.length == 0 || str_is(module, "proc_lib")) {
        return;
    }
    char text[LIMIT_ATOM_BYTES + 32];
    int length = snprintf(text, sizeof text, bridge ? "supervisor_bridge.%.*s/1" : "%.*s.init/1",
            STR_ARGS(module));
    set_text(mirror, &p->initial_call[slot], (struct str){text, (size_t)length});
    set_display(mirror, slot);
}

static bool is_child_of_tasks(const struct mirror *mirror, uint32_t slot) {
    uint32_t supervisor = mirror->p.supervisor[slot];
    return supervisor != MIRROR_NONE && mirror->supervisors[supervisor].kind == SUPERVISOR_TASK;
}

// Finds the kind, once the behaviours of its module are known. `by_module`: the module is that of
// '$initial_call' or of a child spec, so that its behaviour is the process's.
static void decide(struct mirror *mirror, uint32_t slot, bool by_module, struct str initial_module,
        struct str initial_function) {
    struct process_columns *p = &mirror->p;
    if (p->supervises[slot] != MIRROR_NONE) {
        p->kind[slot] = KIND_SUPERVISOR;
        return;
    }
    struct str call = mirror_text(mirror, p->initial_call[slot]);
    if (p->module[slot] == 0) {
        set_text(mirror, &p->module[slot], module_of(call));
    }
    enum process_kind behaviour =
            by_module ? mirror_behaviour_of(mirror, p->module[slot]) : KIND_PLAIN;
    if (is_child_of_tasks(mirror, slot)) {
        p->kind[slot] = KIND_TASK;
        return;
    }
    p->kind[slot] = (uint8_t)kind_decide(initial_module, initial_function,
            mirror_text(mirror, p->module[slot]), behaviour, mirror_text(mirror, p->function[slot]),
            call, mirror->elixir);
    set_usual_call(mirror, slot);
}

static bool proves_supervisor(struct str module) {
    return str_is(module, "supervisor") || str_is(module, "supervisor2") ||
           str_is(module, "ranch_conns_sup");
}

void mirror_identify(struct mirror *mirror, uint32_t slot, const struct identity *identity) {
    struct process_columns *p = &mirror->p;
    set_text(mirror, &p->initial_call[slot], identity->initial_call);
    set_text(mirror, &p->label[slot], identity->label);
    set_display(mirror, slot);
    p->leader[slot] = leader_index(mirror, identity->leader_id, identity->leader_serial);
    if (!(p->flags[slot] & PROCESS_IDENTIFIED)) {
        mirror->identified++;
    }
    p->flags[slot] |= PROCESS_IDENTIFIED;
    p->flags[slot] &= (uint16_t)~PROCESS_QUEUED;
    struct str kind = identity->kind_module;
    // Both texts may be dropped below; they are only looked at before.
    struct str spec = mirror_text(mirror, p->module[slot]);
    if (identity->kind_known && proves_supervisor(kind)) {
        mirror_supervisor_touch(mirror, slot);
    } else if (kind.length > 0 && !str_is(kind, "erl_eval") && !str_is(spec, "Elixir.Agent") &&
               !str_is(spec, "Elixir.Task") &&
               !(str_is(kind, "gen_event") && str_is(identity->kind_function, "init_it"))) {
        set_text(mirror, &p->module[slot], kind);
    }
    bool by_module = kind.length > 0 || (!identity->kind_known && spec.length > 0);
    decide(mirror, slot, by_module, kind, identity->kind_function);
    if (!identity->kind_known && !by_module && p->kind[slot] == KIND_PLAIN) {
        p->kind[slot] = KIND_UNKNOWN; // its dictionary is too large to be read
    }
    uint32_t parent = mirror_find(mirror, identity->parent_id, identity->parent_serial);
    if (parent != MIRROR_NONE && p->supervises[parent] != MIRROR_NONE &&
            p->supervisor[slot] != p->supervises[parent]) {
        mirror->supervisors[p->supervises[parent]].dirty = true;
    }
    mirror->version++;
}

void mirror_behaviour(struct mirror *mirror, struct str module, enum process_kind kind) {
    uint32_t id = intern_find(mirror->strings, module);
    if (id == 0 || id >= mirror->behaviour_count) {
        return;
    }
    mirror->behaviours[id] = (uint8_t)(kind + 1);
    struct process_columns *p = &mirror->p;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (p->module[slot] == id && p->kind[slot] == KIND_UNKNOWN &&
                (p->flags[slot] & PROCESS_IDENTIFIED)) {
            decide(mirror, slot, true, module, STR(""));
        }
    }
    mirror->version++;
}

// ---- names -----------------------------------------------------------------------------------

void mirror_names_begin(struct mirror *mirror) {
    // was_named is empty unless the last list broke off; then who is on either may have a name.
    for (uint32_t i = 0; i < mirror->named.count; i++) {
        mirror->p.flags[mirror->named.at[i]] &= (uint16_t)~PROCESS_NAMED;
        slots_add(&mirror->was_named, mirror->named.at[i]);
    }
    mirror->named.count = 0;
}

void mirror_name(struct mirror *mirror, uint32_t id, uint32_t serial, struct str name) {
    uint32_t slot = mirror_touch(mirror, id, serial);
    struct process_columns *p = &mirror->p;
    if (!str_equal(mirror_text(mirror, p->name[slot]), name)) {
        set_text(mirror, &p->name[slot], name);
        set_display(mirror, slot);
        mirror->version++;
    }
    if (!(p->flags[slot] & PROCESS_NAMED)) {
        p->flags[slot] |= PROCESS_NAMED;
        slots_add(&mirror->named, slot);
    }
}

void mirror_names_end(struct mirror *mirror) {
    struct process_columns *p = &mirror->p;
    for (uint32_t i = 0; i < mirror->was_named.count; i++) {
        uint32_t slot = mirror->was_named.at[i];
        if (!(p->flags[slot] & PROCESS_NAMED) && p->name[slot] != 0) {
            set_text(mirror, &p->name[slot], STR(""));
            set_display(mirror, slot);
            mirror->version++;
        }
    }
    for (uint32_t i = 0; i < mirror->named.count; i++) {
        p->flags[mirror->named.at[i]] &= (uint16_t)~PROCESS_NAMED;
    }
    mirror->was_named.count = 0;
}

static uint32_t find_named(const struct mirror *mirror, const struct slots *slots, uint32_t text) {
    for (uint32_t i = 0; i < slots->count; i++) {
        if (mirror->p.name[slots->at[i]] == text) {
            return slots->at[i];
        }
    }
    return MIRROR_NONE;
}

uint32_t mirror_named(const struct mirror *mirror, struct str name) {
    uint32_t text = intern_find(mirror->strings, name);
    if (text == 0) {
        return MIRROR_NONE;
    }
    // While a list is received, who was on the one before has not lost its name yet.
    uint32_t slot = find_named(mirror, &mirror->named, text);
    return slot != MIRROR_NONE ? slot : find_named(mirror, &mirror->was_named, text);
}
