// Trees for the tests of impact: supervisors and their children, by pid number.
#ifndef WHITEBEAM_TESTS_IMPACT_FIXTURE_H
#define WHITEBEAM_TESTS_IMPACT_FIXTURE_H

#include "insight/impact.h"
#include "unit/node_mirror_fixture.h"

#define NOW 1000000000

static struct arena arena;
static struct impact_pair pairs[64];
static size_t pair_count;
static bool traps[512];
static enum application_type types[4];
static bool types_known;
static struct impact impact;

static int impact_begin(void **state) {
    arena_init(&arena);
    pair_count = 0;
    memset(traps, 0, sizeof traps);
    types_known = false;
    return begin(state);
}

static int impact_finish(void **state) {
    arena_finish(&arena);
    return finish(state);
}

static inline uint32_t process(uint32_t id) {
    return mirror_touch(mirror, id, 0);
}

// A supervisor that has been read, with a period in which nothing is forgotten.
static inline struct supervisor *supervisor(
        uint32_t id, enum strategy strategy, int64_t intensity, int64_t used) {
    uint32_t index = mirror_supervisor_touch(mirror, process(id));
    struct supervisor *entry = &mirror->supervisors[index];
    entry->kind = SUPERVISOR_OTP;
    entry->strategy = (uint8_t)strategy;
    entry->auto_shutdown = 0;
    entry->read = entry->has_flags = true;
    entry->intensity = intensity;
    entry->period = 3600;
    entry->used = used;
    entry->oldest = used > 0 ? 0 : -1;
    entry->read_at = NOW;
    return entry;
}

struct spec {
    uint32_t id;
    enum restart_type restart;
    bool significant;
    int32_t shutdown;
};

// Its children, in start order; the last has id 0.
static inline void children(uint32_t id, const struct spec *specs) {
    uint32_t index = mirror_supervisor_touch(mirror, process(id));
    mirror_children_begin(mirror, index);
    for (; specs->id != 0; specs++) {
        struct child child = {.slot = process(specs->id),
                .state = CHILD_RUNNING,
                .restart = (uint8_t)specs->restart,
                .shutdown = specs->shutdown,
                .supervisor = mirror->p.supervises[process(specs->id)] != MIRROR_NONE,
                .significant = specs->significant};
        mirror_child_add(mirror, index, &child);
    }
    mirror_children_end(mirror, index, NOW);
}

#define CHILDREN(id, ...) children(id, (const struct spec[]){__VA_ARGS__, {0}})
#define PERMANENT(id)                                                                              \
    { id, RESTART_PERMANENT, false, 5000 }
#define TRANSIENT(id)                                                                              \
    { id, RESTART_TRANSIENT, false, 5000 }
#define TEMPORARY(id)                                                                              \
    { id, RESTART_TEMPORARY, false, 5000 }

static inline void link_to(uint32_t a, uint32_t b) {
    pairs[pair_count++] = (struct impact_pair){process(a), process(b)};
}

static inline void ask(uint32_t id, enum impact_reason reason) {
    struct impact_links links = impact_links(&arena, mirror, pairs, pair_count, traps);
    struct impact_question question = {.slot = process(id),
            .reason = reason,
            .now = NOW,
            .links = &links,
            .types = types_known ? types : NULL};
    impact_find(&arena, mirror, &question, &impact);
}

// The row of a process, NULL if it lives on.
static inline const struct impact_row *row_of(uint32_t id) {
    for (size_t i = 0; i < impact.count; i++) {
        if (impact.rows[i].slot == process(id)) {
            return &impact.rows[i];
        }
    }
    return NULL;
}

#endif
