// The health of a node as a whole.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/health.h"
#include "operations/answer.h"
#include "operations/figures.h"
#include "operations/handlers.h"

#include <stdio.h>

#define WARNINGS_MOST 50u

// ---- warnings --------------------------------------------------------------------------------

static void open_warning(struct buffer *out, const char *type, const char *severity) {
    json_open_object(out, NULL);
    json_text(out, "type", type);
    json_text(out, "severity", severity);
}

static void warn_process(struct buffer *out, const struct mirror *mirror, uint32_t slot,
        const char *type, const char *severity, const char *message, uint64_t value) {
    open_warning(out, type, severity);
    answer_pid(out, "pid", mirror, slot);
    answer_atom(out, "name", mirror, mirror->p.name[slot]);
    json_text(out, "message", message);
    json_uint(out, "value", value);
    json_close_object(out);
}

static uint32_t warn_processes(struct buffer *out, const struct mirror *mirror, int64_t total) {
    uint32_t count = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count && count < WARNINGS_MOST; slot++) {
        const struct process_columns *p = &mirror->p;
        if (!(p->flags[slot] & PROCESS_LIVE)) {
            continue;
        }
        if (health_is_heavy(mirror, slot, total)) {
            count++;
            warn_process(out, mirror, slot, "high_memory_process", "medium",
                    "The process holds more than a tenth of the node's memory", p->memory[slot]);
        }
        if (p->queue[slot] > HEALTH_LONG_QUEUE) {
            count++;
            warn_process(out, mirror, slot, "long_message_queue", "high",
                    "More than 1000 messages wait for the process", p->queue[slot]);
        }
        if (p->status[slot] == STATUS_SUSPENDED) {
            count++;
            warn_process(out, mirror, slot, "suspended_process", "medium",
                    "The process is suspended", 0);
        }
    }
    return count;
}

static void warn_supervisors(struct buffer *out, const struct mirror *mirror, uint32_t count) {
    for (uint32_t i = 0; i < mirror->supervisor_count && count < WARNINGS_MOST; i++) {
        const struct supervisor *supervisor = &mirror->supervisors[i];
        if (supervisor->slot == MIRROR_NONE) {
            continue;
        }
        enum health health = health_of_supervisor(mirror, supervisor);
        if (health == HEALTH_CRITICAL) {
            count++;
            warn_process(out, mirror, supervisor->slot, "restart_budget_used_up", "critical",
                    "The next restart within the period ends this supervisor",
                    (uint64_t)supervisor->used);
        } else if (health == HEALTH_DEGRADED) {
            count++;
            warn_process(out, mirror, supervisor->slot, "supervisor_degraded", "medium",
                    supervisor->busy
                            ? "The supervisor did not answer in time"
                            : "It restarted children lately, or one of them is not running",
                    supervisor->used > 0 ? (uint64_t)supervisor->used : 0);
        }
    }
}

static void warn_limit(struct buffer *out, const char *what, int64_t used, int64_t limit) {
    double share = limit > 0 ? (double)used / (double)limit : 0.0;
    if (share < 0.8) {
        return;
    }
    char message[160];
    snprintf(message, sizeof message, "%s: %lld of %lld are in use", what, (long long)used,
            (long long)limit);
    open_warning(out, "near_limit", share >= 0.95 ? "critical" : "high");
    json_text(out, "message", message);
    json_close_object(out);
}

static void write_warnings(
        struct buffer *out, const struct mirror *mirror, const struct health_figures *figures) {
    json_open_array(out, "warnings");
    warn_limit(out, "processes", figures->processes, figures->process_limit);
    warn_limit(out, "ports", figures->ports, figures->port_limit);
    warn_limit(out, "atoms", figures->atoms, figures->atom_limit);
    warn_limit(out, "ETS tables", figures->ets, figures->ets_limit);
    warn_supervisors(out, mirror, warn_processes(out, mirror, figures->memory_total));
    json_close_array(out);
}

// ---- the answer ------------------------------------------------------------------------------

static void answered(struct figures *figures) {
    struct call *call = figures->call;
    struct buffer *out = &call->answer;
    const struct mirror *mirror = figures->mirror;
    struct health_scores scores = health_of_system(mirror, &figures->of);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_text(out, "status", health_text(scores.status));
    json_number(out, "overall_score", scores.overall);
    json_open_object(out, "metrics");
    json_int(out, "total_processes", figures->of.processes);
    json_uint(out, "total_supervisors", scores.supervisors);
    figures_write_memory(out, figures);
    json_number(out, "supervision_health", scores.supervision);
    json_number(out, "process_health", scores.process);
    json_number(out, "performance_score", scores.performance);
    figures_write(out, figures);
    json_close_object(out);
    write_warnings(out, mirror, &figures->of);
    json_time(out, "timestamp", clock_unix_ms());
    json_close_object(out);
    answer_origin(call, figures->node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_system_health(struct call *call) {
    figures_ask(call, answered);
}
