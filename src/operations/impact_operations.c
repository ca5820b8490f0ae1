// Who would end with a process: its supervisor's strategy and budget, and links.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/impact.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/relations.h"
#include "operations/target.h"
#include "term/print.h"

#define ROWS_SHOWN 1000u

static struct impact_links links_of(
        struct call *call, const struct mirror *mirror, const struct relations *relations) {
    struct impact_pair *pairs = arena_take(&call->arena, relations->count + 1, sizeof *pairs);
    bool *traps = arena_take_zeroed(&call->arena, mirror->slot_count + 1u, sizeof *traps);
    size_t count = 0;
    for (size_t i = 0; i < relations->count; i++) {
        const struct relation *one = &relations->at[i];
        uint32_t a = mirror_find(mirror, one->id, one->serial);
        uint32_t b = mirror_find(mirror, one->to_id, one->to_serial);
        // Both ends tell of a link; it is taken from the one in the lower slot.
        if (!one->monitor && a != MIRROR_NONE && b != MIRROR_NONE && a < b) {
            pairs[count++] = (struct impact_pair){a, b};
        }
    }
    for (size_t i = 0; i < relations->trapping_count; i++) {
        uint32_t slot =
                mirror_find(mirror, relations->trapping[i].id, relations->trapping[i].serial);
        if (slot != MIRROR_NONE) {
            traps[slot] = true;
        }
    }
    return impact_links(&call->arena, mirror, pairs, count, traps);
}

static void write_row(
        struct buffer *out, const struct mirror *mirror, const struct impact *impact, size_t i) {
    const struct impact_row *row = &impact->rows[i];
    json_open_object(out, NULL);
    answer_pid(out, "pid", mirror, row->slot);
    answer_atom(out, "name", mirror, mirror->p.display[row->slot]);
    json_text(out, "why", impact_why_text(row->why));
    answer_pid(out, "because_of", mirror, i > 0 ? impact->rows[row->cause].slot : MIRROR_NONE);
    json_uint(out, "step", row->step);
    json_text(out, "after", impact_after_text(row->after));
    json_close_object(out);
}

static void answer(struct call *call, struct node *node, const struct mirror *mirror,
        const struct impact *impact, bool with_links) {
    struct buffer *out = &call->answer;
    const struct application *application =
            impact->application != MIRROR_NONE ? &mirror->applications[impact->application] : NULL;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    answer_pid(out, "pid", mirror, impact->rows[0].slot);
    json_text(out, "outcome", impact_outcome_text(impact->outcome));
    answer_atom(out, "application_that_stops", mirror, application ? application->name : 0);
    json_bool(out, "node_may_stop", impact->node_may_stop);
    json_bool(out, "certain", impact->certain && with_links);
    json_bool(out, "links_known", with_links);
    json_uint(out, "told_only", impact->told);
    json_uint(out, "total", impact->count);
    json_uint(out, "left_out", impact->count > ROWS_SHOWN ? impact->count - ROWS_SHOWN : 0);
    json_open_array(out, "ends");
    for (size_t i = 0; i < impact->count && i < ROWS_SHOWN; i++) {
        write_row(out, mirror, impact, i);
    }
    json_close_array(out);
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

static void work_out(struct relations *relations) {
    static const enum impact_reason reasons[] = {IMPACT_ERROR, IMPACT_SHUTDOWN, IMPACT_NORMAL};
    struct target *target = relations->state;
    struct call *call = relations->call;
    struct error error;
    const struct mirror *mirror = node_mirror(relations->node, &error);
    uint32_t slot = mirror ? mirror_find(mirror, target->id, target->serial) : MIRROR_NONE;
    if (mirror != NULL && slot == MIRROR_NONE) {
        error_set(&error, ERROR_PROCESS_NOT_FOUND, "process %.*s has ended meanwhile",
                STR_ARGS(target->name));
    }
    if (slot == MIRROR_NONE) {
        call_fail(call, &error);
        return;
    }
    bool with_links = relations->answered > 0;
    struct impact_links links = links_of(call, mirror, relations);
    struct impact_question question = {.slot = slot,
            .reason = reasons[call_value(call, "reason")->integer],
            .now = clock_unix_ms(),
            .links = with_links ? &links : NULL};
    struct impact impact;
    impact_find(&call->arena, mirror, &question, &impact);
    answer(call, relations->node, mirror, &impact, with_links);
}

// Links of all processes, as far as those are not too many: any of them may lead to the next.
static void relate(struct call *call, struct node *node, struct mirror *mirror) {
    uint32_t *slots = arena_take(&call->arena, RELATIONS_MOST, sizeof *slots);
    size_t count = 0;
    for (uint32_t slot = 0; mirror->live <= RELATIONS_MOST && slot < mirror->slot_count; slot++) {
        if ((mirror->p.flags[slot] & PROCESS_LIVE) && count < RELATIONS_MOST) {
            slots[count++] = slot;
        }
    }
    relations_ask(call, node, slots, count, call->state, work_out);
}

static void found(struct target *target) {
    target->call->state = target;
    answer_from_mirror(target->call, LOOK_PROCESSES, relate);
}

void run_failure_impact(struct call *call) {
    target_find(call, found);
}
