// The rules, each with what can be done.
#include "insight/bottlenecks.h"

#include <stdlib.h>

struct kind_row {
    const char *text;
    const char *advice[5];
};

static const struct kind_row kinds[] = {
        [BOTTLENECK_MEMORY] = {"high_memory_usage",
                {"Look at its state and mailbox: GET /api/v1/processes/{pid}/state and "
                 "/messages",
                        "Collect its garbage: a heap that shrinks was only not collected "
                        "yet",
                        "Keep large data in ETS or in binaries that are shared", NULL}},
        [BOTTLENECK_QUEUE] = {"long_message_queue",
                {"See what waits: GET /api/v1/processes/{pid}/messages",
                        "Look where it is: its stack says whether it waits for somebody "
                        "else",
                        "Let senders call instead of cast, so that they wait",
                        "Spread its work over several processes", NULL}},
        [BOTTLENECK_SUSPENDED] = {"suspended_process",
                {"Resume it, or look who suspended it: GET /api/v1/leases", NULL}},
        [BOTTLENECK_RESTARTING] = {"restart_budget_low",
                {"See which child restarts and why in the events of the supervisor",
                        "Fix the cause before the budget is spent: then the supervisor "
                        "itself ends",
                        NULL}},
        [BOTTLENECK_SILENT] = {"supervisor_does_not_answer",
                {"Look at its stack: it may be inside a child's init", NULL}},
        [BOTTLENECK_RUN_QUEUE] = {"long_run_queue",
                {"Look at the processes with the most reductions",
                        "More work is ready than the schedulers can do; shed load or add "
                        "schedulers",
                        NULL}},
        [BOTTLENECK_LIMIT] = {"near_limit",
                {"Find what grows: a limit that is reached ends the node or its work",
                        "Raise the limit at the start of the node (+P, +Q, +t, +e)", NULL}},
};

const char *bottleneck_text(enum bottleneck_kind kind) {
    return kinds[kind].text;
}

const char *const *bottleneck_advice(enum bottleneck_kind kind) {
    return kinds[kind].advice;
}

const char *severity_text(enum severity severity) {
    static const char *const texts[] = {"medium", "high", "critical"};
    return texts[severity];
}

struct finding {
    struct bottleneck *found;
    uint32_t count, total;
};

static void add(struct finding *finding, struct bottleneck bottleneck) {
    finding->total++;
    if (finding->count < BOTTLENECKS_MOST) {
        finding->found[finding->count++] = bottleneck;
    }
}

// How often the threshold is exceeded says how bad it is.
static enum severity by_factor(int64_t value, int64_t threshold) {
    return value >= 10 * threshold  ? SEVERITY_CRITICAL
           : value >= 3 * threshold ? SEVERITY_HIGH
                                    : SEVERITY_MEDIUM;
}

static void find_processes(
        struct finding *finding, const struct mirror *mirror, int64_t memory_total) {
    const struct process_columns *p = &mirror->p;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (!(p->flags[slot] & PROCESS_LIVE)) {
            continue;
        }
        if (health_is_heavy(mirror, slot, memory_total)) {
            int64_t threshold = (int64_t)((double)memory_total * HEALTH_HEAVY_SHARE);
            int64_t value = (int64_t)p->memory[slot];
            add(finding, (struct bottleneck){BOTTLENECK_MEMORY, by_factor(value, threshold), slot,
                                 NULL, value, threshold});
        }
        if (p->queue[slot] > HEALTH_LONG_QUEUE) {
            add(finding, (struct bottleneck){BOTTLENECK_QUEUE,
                                 by_factor(p->queue[slot], HEALTH_LONG_QUEUE), slot, NULL,
                                 p->queue[slot], HEALTH_LONG_QUEUE});
        }
        if (p->status[slot] == STATUS_SUSPENDED) {
            add(finding,
                    (struct bottleneck){BOTTLENECK_SUSPENDED, SEVERITY_MEDIUM, slot, NULL, 1, 0});
        }
    }
}

static void find_supervisors(struct finding *finding, const struct mirror *mirror, int64_t now) {
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        const struct supervisor *supervisor = &mirror->supervisors[i];
        int64_t frees_in;
        if (supervisor->slot == MIRROR_NONE) {
            continue;
        }
        int64_t used = health_budget_used(supervisor, now, &frees_in);
        if (supervisor->has_flags && used > 0 && 2 * used >= supervisor->intensity) {
            enum severity severity =
                    used >= supervisor->intensity ? SEVERITY_CRITICAL : SEVERITY_HIGH;
            add(finding, (struct bottleneck){BOTTLENECK_RESTARTING, severity, supervisor->slot,
                                 NULL, used, supervisor->intensity});
        }
        if (supervisor->busy) {
            add(finding, (struct bottleneck){BOTTLENECK_SILENT, SEVERITY_HIGH, supervisor->slot,
                                 NULL, supervisor->busy_times, 0});
        }
    }
}

static void find_limit(struct finding *finding, const char *what, int64_t used, int64_t limit) {
    if (limit > 0 && used * 10 >= limit * 8) {
        add(finding, (struct bottleneck){BOTTLENECK_LIMIT,
                             used * 100 >= limit * 95 ? SEVERITY_CRITICAL : SEVERITY_HIGH,
                             MIRROR_NONE, what, used, limit});
    }
}

static int worst_first(const void *a, const void *b) {
    const struct bottleneck *left = a;
    const struct bottleneck *right = b;
    if (left->severity != right->severity) {
        return left->severity > right->severity ? -1 : 1;
    }
    return left->value > right->value ? -1 : left->value < right->value;
}

uint32_t bottlenecks_find(const struct mirror *mirror, const struct health_figures *figures,
        int64_t now, struct bottleneck found[static BOTTLENECKS_MOST], uint32_t *total) {
    struct finding finding = {.found = found};
    find_limit(&finding, "processes", figures->processes, figures->process_limit);
    find_limit(&finding, "ports", figures->ports, figures->port_limit);
    find_limit(&finding, "atoms", figures->atoms, figures->atom_limit);
    find_limit(&finding, "ets_tables", figures->ets, figures->ets_limit);
    if (figures->run_queue > 10 * figures->schedulers_online) {
        add(&finding,
                (struct bottleneck){BOTTLENECK_RUN_QUEUE,
                        by_factor(figures->run_queue, 10 * figures->schedulers_online), MIRROR_NONE,
                        NULL, figures->run_queue, 10 * figures->schedulers_online});
    }
    find_supervisors(&finding, mirror, now);
    find_processes(&finding, mirror, figures->memory_total);
    qsort(found, finding.count, sizeof *found, worst_first);
    *total = finding.total;
    return finding.count;
}
