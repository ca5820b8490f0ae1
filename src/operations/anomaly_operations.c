// What is unusual on a node: processes unlike their kin, and children that restart again and again.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/anomalies.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/services.h"
#include "watch/feed.h"

#include <stdio.h>

#define BURST_MS    60000
#define BURST_LEAST 3u
#define BURSTS_MOST 100u

// ---- restarts --------------------------------------------------------------------------------

struct burst {
    struct str path, child, reason; // of the feed
    struct event_pid newest;
    uint32_t count;
};

struct bursts {
    struct str node;
    int64_t since_us;
    struct burst *at;
    size_t count;
};

static void note_restart(void *context, const struct event *event) {
    struct bursts *bursts = context;
    if (event->type != EVENT_CHILD_RESTARTED || event->at_us < bursts->since_us ||
            !str_equal(event->node, bursts->node)) {
        return;
    }
    size_t i = 0;
    while (i < bursts->count && !(str_equal(bursts->at[i].path, event->path) &&
                                        str_equal(bursts->at[i].child, event->child_id))) {
        i++;
    }
    if (i == bursts->count) {
        if (bursts->count == BURSTS_MOST) {
            return;
        }
        bursts->at[bursts->count++] = (struct burst){.path = event->path, .child = event->child_id};
    }
    bursts->at[i].count++;
    bursts->at[i].reason = event->reason;
    bursts->at[i].newest = event->new_pid;
}

static void write_bursts(struct call *call, const struct node *node, uint32_t *total) {
    struct bursts bursts = {.node = node_name(node),
            .since_us = (clock_unix_ms() - BURST_MS) * 1000,
            .at = arena_take(&call->arena, BURSTS_MOST, sizeof(struct burst))};
    struct buffer *out = &call->answer;
    if (call->services->feed != NULL) {
        feed_since(call->services->feed, 0, note_restart, &bursts);
    }
    for (size_t i = 0; i < bursts.count; i++) {
        const struct burst *burst = &bursts.at[i];
        if (burst->count < BURST_LEAST) {
            continue;
        }
        (*total)++;
        json_open_object(out, NULL);
        json_text(out, "type", "restart_burst");
        json_text(out, "severity", burst->count >= 3 * BURST_LEAST ? "high" : "medium");
        json_put_null(out, "pid");
        json_put_string(out, "name", burst->child);
        json_put_string(out, "supervisor_path", burst->path);
        json_uint(out, "value", burst->count);
        json_number(out, "expected", 0);
        json_put_string(out, "message",
                arena_printf(&call->arena,
                        "restarted %u times within the last minute, last for %.*s", burst->count,
                        (int)(burst->reason.length < 200 ? burst->reason.length : 200),
                        burst->reason.at));
        json_close_object(out);
    }
}

// ---- processes -------------------------------------------------------------------------------

static void write_anomaly(
        struct call *call, const struct mirror *mirror, const struct anomaly *one) {
    struct buffer *out = &call->answer;
    double times = (double)one->value / (one->expected > 1 ? one->expected : 1);
    char message[160];
    switch (one->kind) {
    case ANOMALY_MEMORY:
        snprintf(message, sizeof message,
                "its memory is %.0f times that of others with the same initial call", times);
        break;
    case ANOMALY_QUEUE:
        snprintf(message, sizeof message,
                "%.0f times as many messages wait for it as for others with the same initial call",
                times);
        break;
    case ANOMALY_CROWD:
        snprintf(message, sizeof message,
                "%llu processes with this initial call have no supervisor",
                (unsigned long long)one->value);
        break;
    }
    json_open_object(out, NULL);
    json_text(out, "type", anomaly_text(one->kind));
    json_text(out, "severity", times >= 100 ? "high" : "medium");
    answer_pid(out, "pid", mirror, one->slot);
    answer_atom(out, "name", mirror, mirror->p.display[one->slot]);
    json_put_null(out, "supervisor_path");
    json_uint(out, "value", one->value);
    json_number(out, "expected", one->expected);
    json_text(out, "message", message);
    json_close_object(out);
}

static void anomalies(struct call *call, struct node *node, struct mirror *mirror) {
    struct buffer *out = &call->answer;
    struct anomaly *found = arena_take(&call->arena, ANOMALIES_MOST, sizeof *found);
    uint32_t total;
    uint32_t count = anomalies_find(&call->arena, mirror, found, &total);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_open_array(out, "anomalies");
    write_bursts(call, node, &total);
    for (uint32_t i = 0; i < count; i++) {
        write_anomaly(call, mirror, &found[i]);
    }
    json_close_array(out);
    json_uint(out, "total", total);
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_anomalies(struct call *call) {
    answer_from_mirror(call, LOOK_PROCESSES, anomalies);
}
