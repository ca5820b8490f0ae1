// Kin are compared with the mean of the others among them: one pass sums up, one compares.
#include "insight/anomalies.h"

#include <stdlib.h>

#define KIN_LEAST    8u
#define TIMES        10.0
#define MEMORY_LEAST (1u << 20)
#define QUEUE_LEAST  100u
#define CROWD_LEAST  1000u

const char *anomaly_text(enum anomaly_kind kind) {
    static const char *const texts[] = {"memory_outlier", "queue_outlier", "unsupervised_crowd"};
    return texts[kind];
}

// What is known of all processes with one initial call.
struct kin {
    uint32_t call; // interned; 0: the entry is free
    uint32_t count, unsupervised;
    uint32_t one; // slot of an unsupervised one
    uint64_t memory, queue;
};

struct families {
    struct kin *table;
    size_t mask, used;
    struct arena *arena;
};

static struct kin *find(struct families *families, uint32_t call) {
    size_t at = (call * UINT64_C(0x9e3779b97f4a7c15)) >> 32 & families->mask;
    while (families->table[at].call != 0 && families->table[at].call != call) {
        at = (at + 1) & families->mask;
    }
    return &families->table[at];
}

static void grow(struct families *families) {
    struct kin *old = families->table;
    size_t room = families->mask + 1;
    families->table = arena_take_zeroed(families->arena, 2 * room, sizeof *families->table);
    families->mask = 2 * room - 1;
    for (size_t i = 0; i < room; i++) {
        if (old[i].call != 0) {
            *find(families, old[i].call) = old[i];
        }
    }
}

static struct kin *kin_of(struct families *families, uint32_t call) {
    struct kin *kin = find(families, call);
    if (kin->call == 0) {
        if (2 * ++families->used > families->mask) {
            grow(families);
            kin = find(families, call);
        }
        kin->call = call;
    }
    return kin;
}

static bool counts(const struct mirror *mirror, uint32_t slot) {
    return (mirror->p.flags[slot] & PROCESS_LIVE) && mirror->p.initial_call[slot] != 0;
}

static void sum_up(struct families *families, const struct mirror *mirror) {
    const struct process_columns *p = &mirror->p;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (!counts(mirror, slot)) {
            continue;
        }
        struct kin *kin = kin_of(families, p->initial_call[slot]);
        kin->count++;
        kin->memory += p->memory[slot];
        kin->queue += p->queue[slot];
        if (p->supervisor[slot] == MIRROR_NONE && p->supervises[slot] == MIRROR_NONE) {
            kin->unsupervised++;
            kin->one = slot;
        }
    }
}

struct finding {
    struct anomaly *found;
    uint32_t count, total;
};

static double distance(const struct anomaly *anomaly) {
    return (double)anomaly->value / (anomaly->expected > 1 ? anomaly->expected : 1);
}

// Keeps the furthest, in order.
static void add(struct finding *finding, struct anomaly anomaly) {
    finding->total++;
    uint32_t at = finding->count;
    while (at > 0 && distance(&finding->found[at - 1]) < distance(&anomaly)) {
        at--;
    }
    if (at == ANOMALIES_MOST) {
        return;
    }
    if (finding->count < ANOMALIES_MOST) {
        finding->count++;
    }
    memmove(&finding->found[at + 1], &finding->found[at],
            (finding->count - 1 - at) * sizeof anomaly);
    finding->found[at] = anomaly;
}

static void compare(struct finding *finding, const struct kin *kin, uint32_t slot,
        enum anomaly_kind kind, uint64_t value, uint64_t sum, uint64_t least) {
    double mean = (double)(sum - value) / (kin->count - 1);
    if (value > least && (double)value > TIMES * mean) {
        add(finding, (struct anomaly){kind, slot, value, mean});
    }
}

uint32_t anomalies_find(struct arena *arena, const struct mirror *mirror,
        struct anomaly found[static ANOMALIES_MOST], uint32_t *total) {
    struct families families = {.arena = arena, .mask = 255};
    struct finding finding = {.found = found};
    const struct process_columns *p = &mirror->p;
    families.table = arena_take_zeroed(arena, 256, sizeof *families.table);
    sum_up(&families, mirror);
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        const struct kin *kin =
                counts(mirror, slot) ? find(&families, p->initial_call[slot]) : NULL;
        if (kin != NULL && kin->count >= KIN_LEAST) {
            compare(&finding, kin, slot, ANOMALY_MEMORY, p->memory[slot], kin->memory,
                    MEMORY_LEAST);
            compare(&finding, kin, slot, ANOMALY_QUEUE, p->queue[slot], kin->queue, QUEUE_LEAST);
        }
    }
    for (size_t i = 0; i <= families.mask; i++) {
        const struct kin *kin = &families.table[i];
        if (kin->call != 0 && kin->unsupervised > CROWD_LEAST) {
            add(&finding,
                    (struct anomaly){ANOMALY_CROWD, kin->one, kin->unsupervised, CROWD_LEAST});
        }
    }
    *total = finding.total;
    return finding.count;
}
