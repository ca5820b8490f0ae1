// What is true of every mirror between two changes, whatever was put into it. Used by the unit
// tests and by the fuzzer, so it asserts with must.
#ifndef WHITEBEAM_TESTS_NODE_INVARIANTS_H
#define WHITEBEAM_TESTS_NODE_INVARIANTS_H

#include "base/must.h"
#include "node/mirror.h"

static inline void check_text(const struct mirror *mirror, uint32_t interned) {
    must(interned < intern_limit(mirror->strings));
    must(mirror_text(mirror, interned).at != NULL);
    must((interned == 0) == (mirror_text(mirror, interned).length == 0));
}

static inline void check_process(const struct mirror *mirror, uint32_t slot) {
    const struct process_columns *p = &mirror->p;
    must(mirror_find(mirror, p->id[slot], p->serial[slot]) == slot);
    must(p->kind[slot] < KIND_COUNT && p->status[slot] <= STATUS_UNKNOWN);
    const uint32_t texts[] = {p->name[slot], p->label[slot], p->initial_call[slot],
            p->function[slot], p->module[slot], p->display[slot]};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        check_text(mirror, texts[i]);
    }
    must(p->display[slot] == (p->name[slot]           ? p->name[slot]
                                     : p->label[slot] ? p->label[slot]
                                                      : p->initial_call[slot]));
    must(p->leader[slot] == UINT16_MAX || p->leader[slot] < mirror->leader_count);
    uint32_t own = p->supervises[slot];
    must(own == MIRROR_NONE ||
            (own < mirror->supervisor_count && mirror->supervisors[own].slot == slot));
    must(own == MIRROR_NONE || p->kind[slot] == KIND_SUPERVISOR);
    uint32_t parent = p->supervisor[slot];
    if (parent == MIRROR_NONE) {
        return;
    }
    must(parent < mirror->supervisor_count && mirror->supervisors[parent].slot != MIRROR_NONE);
    uint32_t found = 0;
    for (uint32_t i = 0; i < mirror->supervisors[parent].child_count; i++) {
        const struct child *child = &mirror->supervisors[parent].children[i];
        found += child->slot == slot && mirror_child_alive(mirror, parent, child);
    }
    must(found == 1);
}

static inline void check_supervisor(const struct mirror *mirror, uint32_t index) {
    const struct supervisor *supervisor = &mirror->supervisors[index];
    must(supervisor->slot < mirror->slot_count);
    must(mirror->p.flags[supervisor->slot] & PROCESS_LIVE);
    must(mirror->p.supervises[supervisor->slot] == index);
    must(supervisor->kind < SUPERVISOR_KIND_COUNT && supervisor->strategy < STRATEGY_COUNT);
    must(supervisor->auto_shutdown <= 3);
    check_text(mirror, supervisor->module);
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        must(child->slot == MIRROR_NONE || child->slot < mirror->slot_count);
        must(child->restart <= RESTART_TEMPORARY && child->state <= CHILD_RESTARTING);
        must(child->shutdown >= SHUTDOWN_UNKNOWN);
        check_text(mirror, child->id);
        check_text(mirror, child->module);
        must(!mirror_child_alive(mirror, index, child) ||
                (mirror->p.flags[child->slot] & PROCESS_LIVE));
    }
}

static inline void check_processes(const struct mirror *mirror) {
    uint32_t live = 0;
    uint32_t identified = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        uint16_t flags = mirror->p.flags[slot];
        if (flags & PROCESS_LIVE) {
            live++;
            identified += (flags & PROCESS_IDENTIFIED) != 0;
            check_process(mirror, slot);
        } else {
            must(flags == 0 && mirror->p.supervises[slot] == MIRROR_NONE);
            must(mirror->p.supervisor[slot] == MIRROR_NONE);
        }
    }
    must(live == mirror->live && identified == mirror->identified);
    uint32_t entries = 0;
    for (uint32_t cell = 0; cell <= mirror->index_mask; cell++) {
        uint32_t slot = mirror->index[cell];
        must(slot == 0 ||
                (slot <= mirror->slot_count && (mirror->p.flags[slot - 1] & PROCESS_LIVE)));
        entries += slot != 0;
    }
    must(entries == live);
    uint32_t free_slots = 0;
    for (uint32_t slot = mirror->free; slot != MIRROR_NONE; slot = mirror->p.seen[slot]) {
        must(slot < mirror->slot_count && !(mirror->p.flags[slot] & PROCESS_LIVE));
        must(++free_slots <= mirror->slot_count);
    }
    must(free_slots + live == mirror->slot_count);
}

static inline void check_mirror(const struct mirror *mirror) {
    check_processes(mirror);
    uint32_t used = 0;
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        if (mirror->supervisors[i].slot != MIRROR_NONE) {
            used++;
            check_supervisor(mirror, i);
        }
    }
    uint32_t unused = 0;
    for (uint32_t i = mirror->supervisor_free; i != MIRROR_NONE;
            i = mirror->supervisors[i].module) {
        must(mirror->supervisors[i].slot == MIRROR_NONE);
        must(++unused <= mirror->supervisor_count);
    }
    must(used + unused == mirror->supervisor_count);
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        uint32_t top = mirror->applications[i].top;
        must(top == MIRROR_NONE || (mirror->p.flags[top] & PROCESS_LIVE));
        check_text(mirror, mirror->applications[i].name);
    }
    for (uint32_t i = 0; i < mirror->named.count; i++) {
        must(mirror->named.at[i] < mirror->slot_count);
    }
}

#endif
