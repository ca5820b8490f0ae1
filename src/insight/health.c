// Scores of a node and of its supervisors.
#include "insight/health.h"

#include "base/clock.h"

const char *health_text(enum health health) {
    static const char *const texts[] = {"healthy", "degraded", "critical", NULL};
    return texts[health];
}

int64_t health_budget_used(const struct supervisor *supervisor, int64_t now, int64_t *frees_in) {
    *frees_in = -1;
    if (!supervisor->has_flags || supervisor->used < 0) {
        return -1;
    }
    int64_t since = (now - supervisor->read_at) / 1000;
    if (supervisor->used == 0 || supervisor->oldest < 0) {
        return supervisor->used;
    }
    int64_t left = supervisor->period - supervisor->oldest - since;
    if (left >= 0) {
        *frees_in = left;
        return supervisor->used;
    }
    // Only the age of the oldest is known: the others are at most that old, so this is a bound
    // until the supervisor is read again, and right when there was one.
    return supervisor->used - 1;
}

enum health health_of_supervisor(const struct mirror *mirror, const struct supervisor *supervisor) {
    (void)mirror;
    if (supervisor->busy) {
        return HEALTH_DEGRADED;
    }
    if (!supervisor->read) {
        return HEALTH_UNKNOWN;
    }
    int64_t frees_in;
    int64_t used = health_budget_used(supervisor, clock_unix_ms(), &frees_in);
    if (used > 0 && supervisor->intensity >= 0 && used >= supervisor->intensity) {
        return HEALTH_CRITICAL;
    }
    if (used > 0) {
        return HEALTH_DEGRADED;
    }
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        if (supervisor->children[i].state == CHILD_RESTARTING) {
            return HEALTH_DEGRADED;
        }
    }
    return HEALTH_HEALTHY;
}

bool health_is_heavy(const struct mirror *mirror, uint32_t slot, int64_t memory_total) {
    uint64_t memory = mirror->p.memory[slot];
    return memory > HEALTH_HEAVY_LEAST &&
           (double)memory > HEALTH_HEAVY_SHARE * (double)memory_total;
}

static double share(int64_t used, int64_t limit) {
    return limit > 0 ? (double)used / (double)limit : 0.0;
}

static double largest(double a, double b) {
    return a > b ? a : b;
}

// How near the node is to a limit at which it stops: the nearest one counts.
static double nearest_limit(const struct health_figures *figures) {
    double most = share(figures->processes, figures->process_limit);
    most = largest(most, share(figures->ports, figures->port_limit));
    most = largest(most, share(figures->atoms, figures->atom_limit));
    most = largest(most, share(figures->ets, figures->ets_limit));
    return most < 1.0 ? most : 1.0; // the limit of ETS tables is only a hint: there can be more
}

// 0 with at most one runnable process for each scheduler, 1 with ten.
static double queueing(const struct health_figures *figures) {
    double each = share(figures->run_queue, figures->schedulers_online);
    double pressure = (each - 1.0) / 9.0;
    return pressure < 0.0 ? 0.0 : pressure > 1.0 ? 1.0 : pressure;
}

static double supervision_score(const struct mirror *mirror, struct health_scores *scores) {
    double sum = 0.0;
    uint32_t judged = 0;
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        const struct supervisor *supervisor = &mirror->supervisors[i];
        if (supervisor->slot == MIRROR_NONE) {
            continue;
        }
        scores->supervisors++;
        enum health health = health_of_supervisor(mirror, supervisor);
        if (health != HEALTH_UNKNOWN) {
            judged++;
            sum += health == HEALTH_HEALTHY ? 1.0 : health == HEALTH_DEGRADED ? 0.5 : 0.0;
        }
    }
    return judged > 0 ? 100.0 * sum / judged : 100.0;
}

static double process_score(
        const struct mirror *mirror, int64_t memory_total, struct health_scores *scores) {
    uint32_t troubled = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (!(mirror->p.flags[slot] & PROCESS_LIVE)) {
            continue;
        }
        bool long_queue = mirror->p.queue[slot] > HEALTH_LONG_QUEUE;
        bool suspended = mirror->p.status[slot] == STATUS_SUSPENDED;
        bool heavy = health_is_heavy(mirror, slot, memory_total);
        scores->long_queues += long_queue;
        scores->suspended += suspended;
        scores->heavy += heavy;
        troubled += long_queue || suspended || heavy;
    }
    // One troubled process in a hundred costs ten points: few are enough to stop a system.
    double lost = mirror->live > 0 ? 1000.0 * troubled / mirror->live : 0.0;
    return lost < 100.0 ? 100.0 - lost : 0.0;
}

struct health_scores health_of_system(
        const struct mirror *mirror, const struct health_figures *figures) {
    struct health_scores scores = {0};
    scores.supervision = supervision_score(mirror, &scores);
    scores.process = process_score(mirror, figures->memory_total, &scores);
    double limit = nearest_limit(figures);
    scores.performance =
            100.0 * (1.0 - largest(limit > 0.5 ? 2.0 * (limit - 0.5) : 0.0, queueing(figures)));
    scores.overall = 0.4 * scores.supervision + 0.3 * scores.process + 0.3 * scores.performance;
    scores.status = scores.overall >= 90.0 && limit < 0.8    ? HEALTH_HEALTHY
                    : scores.overall >= 70.0 && limit < 0.95 ? HEALTH_DEGRADED
                                                             : HEALTH_CRITICAL;
    return scores;
}
