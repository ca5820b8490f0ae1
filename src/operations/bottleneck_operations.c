// Bottlenecks of a node with what can be done about them, and its figures now.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/bottlenecks.h"
#include "operations/answer.h"
#include "operations/figures.h"
#include "operations/handlers.h"
#include "operations/node_rows.h"

static void write_bottleneck(
        struct buffer *out, const struct mirror *mirror, const struct bottleneck *bottleneck) {
    uint32_t slot = bottleneck->slot;
    json_open_object(out, NULL);
    json_text(out, "type", bottleneck_text(bottleneck->kind));
    answer_pid(out, "pid", mirror, slot);
    answer_atom(out, "name", mirror, slot != MIRROR_NONE ? mirror->p.name[slot] : 0);
    json_text(out, "what", bottleneck->what);
    json_text(out, "severity", severity_text(bottleneck->severity));
    json_open_object(out, "metrics");
    json_int(out, "value", bottleneck->value);
    json_int(out, "threshold", bottleneck->threshold);
    json_close_object(out);
    json_open_array(out, "recommendations");
    for (const char *const *advice = bottleneck_advice(bottleneck->kind); *advice; advice++) {
        json_text(out, NULL, *advice);
    }
    json_close_array(out);
    json_close_object(out);
}

static void write_summary(
        struct buffer *out, const struct bottleneck *found, uint32_t count, uint32_t total) {
    uint32_t by_severity[3] = {0};
    for (uint32_t i = 0; i < count; i++) {
        by_severity[found[i].severity]++;
    }
    json_open_object(out, "summary");
    json_uint(out, "total_bottlenecks", total);
    json_uint(out, "critical", by_severity[SEVERITY_CRITICAL]);
    json_uint(out, "high", by_severity[SEVERITY_HIGH]);
    json_uint(out, "medium", by_severity[SEVERITY_MEDIUM]);
    json_text(out, "system_impact", count > 0 ? severity_text(found[0].severity) : "none");
    json_close_object(out);
}

static void bottlenecks(struct figures *figures) {
    struct call *call = figures->call;
    struct buffer *out = &call->answer;
    uint32_t total;
    struct bottleneck *found = arena_take(&call->arena, BOTTLENECKS_MOST, sizeof *found);
    uint32_t count =
            bottlenecks_find(figures->mirror, &figures->of, clock_unix_ms(), found, &total);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_open_array(out, "bottlenecks");
    for (uint32_t i = 0; i < count; i++) {
        write_bottleneck(out, figures->mirror, &found[i]);
    }
    json_close_array(out);
    write_summary(out, found, count, total);
    json_close_object(out);
    answer_origin(call, figures->node, figures->mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_bottlenecks(struct call *call) {
    figures_ask(call, bottlenecks);
}

static void metrics(struct figures *figures) {
    struct call *call = figures->call;
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_int(out, "processes", figures->of.processes);
    json_uint(out, "supervisors", figures->mirror->supervisor_count);
    figures_write_memory(out, figures);
    figures_write(out, figures);
    node_impact_write(out, figures->node);
    json_close_object(out);
    answer_origin(call, figures->node, figures->mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_metrics(struct call *call) {
    figures_ask(call, metrics);
}
