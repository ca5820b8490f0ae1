// Judgements over a mirror, as pure functions. docs/health.md gives every formula to users.
#ifndef WHITEBEAM_INSIGHT_HEALTH_H
#define WHITEBEAM_INSIGHT_HEALTH_H

#include "node/mirror.h"

enum health { HEALTH_HEALTHY, HEALTH_DEGRADED, HEALTH_CRITICAL, HEALTH_UNKNOWN };

const char *health_text(enum health health); // NULL for unknown

// critical: the restart budget is used up, so the next restart within the period ends the
// supervisor. degraded: some of the budget is used, a child could not be restarted yet, or
// the supervisor did not answer. A child that is stopped counts as meant to be: its start function
// may have answered `ignore`. unknown: it was not read yet.
enum health health_of_supervisor(const struct mirror *mirror, const struct supervisor *supervisor);

// What of the budget is used now: restarts older than the period since the read do not count any
// more. -1 when it is not known. *frees_in gets seconds until the oldest stops counting, -1 for
// none.
int64_t health_budget_used(const struct supervisor *supervisor, int64_t now, int64_t *frees_in);

// Counts and limits of the node, from the agent.
struct health_figures {
    int64_t processes, process_limit;
    int64_t ports, port_limit;
    int64_t atoms, atom_limit;
    int64_t ets, ets_limit;
    int64_t run_queue, schedulers_online;
    int64_t memory_total;
};

struct health_scores {
    double supervision; // 0 … 100
    double process;
    double performance;
    double overall;
    enum health status;
    uint32_t supervisors;
    uint32_t long_queues; // processes over HEALTH_LONG_QUEUE
    uint32_t suspended;
    uint32_t heavy; // processes over HEALTH_HEAVY_SHARE of all memory
};

#define HEALTH_LONG_QUEUE  1000u
#define HEALTH_HEAVY_SHARE 0.10
#define HEALTH_HEAVY_LEAST (10u << 20) // bytes: smaller processes are never called heavy

struct health_scores health_of_system(
        const struct mirror *mirror, const struct health_figures *figures);

// Whether a process alone gets more memory than is good, see HEALTH_HEAVY_SHARE.
bool health_is_heavy(const struct mirror *mirror, uint32_t slot, int64_t memory_total);

#endif
