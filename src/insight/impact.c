// What an end comes to, once its course is known: who is started again, and how far it goes.
#include "insight/impact.h"

#include "base/must.h"
#include "insight/impact_course.h"
#include "limits.h"

// ---- texts -----------------------------------------------------------------------------------

const char *impact_why_text(enum impact_why why) {
    static const char *const texts[] = {"asked", "linked", "restarted_with_sibling",
            "restart_budget", "auto_shutdown", "supervisor_ended", "application_stopped"};
    return texts[why];
}

const char *impact_after_text(enum impact_after after) {
    static const char *const texts[] = {"restarted", "started_anew", "gone", NULL};
    return texts[after];
}

const char *impact_outcome_text(enum impact_outcome outcome) {
    static const char *const texts[] = {
            "contained", "loss", "escalation", "tree_loss", "application_stops", "node_stops"};
    return texts[outcome];
}

// ---- links -----------------------------------------------------------------------------------

struct impact_links impact_links(struct arena *arena, const struct mirror *mirror,
        const struct impact_pair *pairs, size_t count, const bool *traps_exits) {
    struct impact_links links = {
            .first = arena_take_zeroed(arena, (size_t)mirror->slot_count + 2, sizeof *links.first),
            .to = arena_take(arena, 2 * count, sizeof *links.to),
            .traps_exits = traps_exits,
    };
    for (size_t i = 0; i < count; i++) {
        must(pairs[i].a < mirror->slot_count && pairs[i].b < mirror->slot_count);
        links.first[pairs[i].a + 2]++;
        links.first[pairs[i].b + 2]++;
    }
    for (size_t i = 2; i < (size_t)mirror->slot_count + 2; i++) {
        links.first[i] += links.first[i - 1];
    }
    // first[s + 1] is where the next of s goes; when all are in, it is where those of s + 1 begin.
    for (size_t i = 0; i < count; i++) {
        links.to[links.first[pairs[i].a + 1]++] = pairs[i].b;
        links.to[links.first[pairs[i].b + 1]++] = pairs[i].a;
    }
    return links;
}

// ---- what comes of it ------------------------------------------------------------------------

// Children come and go without a specification of their own.
static bool is_dynamic(const struct supervisor *supervisor) {
    return supervisor->kind == SUPERVISOR_DYNAMIC || supervisor->kind == SUPERVISOR_TASK ||
           supervisor->kind == SUPERVISOR_RANCH ||
           supervisor->strategy == STRATEGY_SIMPLE_ONE_FOR_ONE;
}

// What becomes of a row in the end: where its supervisor ends too, that one's fate decides, which
// may be decided by its own. `depth` guards against rings.
static enum impact_after fate(struct course *course, uint32_t slot, unsigned depth) {
    struct impact_row *row = &course->impact->rows[course->row_of[slot]];
    uint32_t index = course->mirror->p.supervisor[slot];
    if (index == MIRROR_NONE) {
        return IMPACT_GONE;
    }
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    if (!course_has_ended(course, supervisor->slot)) {
        return row->after;
    }
    if (depth == LIMIT_TREE_DEPTH) {
        return IMPACT_UNKNOWN;
    }
    enum impact_after above = fate(course, supervisor->slot, depth + 1);
    bool again = above == IMPACT_RESTARTED || above == IMPACT_ANEW;
    return !again ? above : is_dynamic(supervisor) ? IMPACT_GONE : IMPACT_ANEW;
}

static void judge(struct course *course) {
    struct impact *impact = course->impact;
    // Each fate is found before any is written down, since they are found from each other.
    enum impact_after *fates = arena_take(course->arena, impact->count, sizeof *fates);
    for (size_t i = 0; i < impact->count; i++) {
        fates[i] = fate(course, impact->rows[i].slot, 0);
    }
    for (size_t i = 0; i < impact->count; i++) {
        struct impact_row *row = &impact->rows[i];
        bool supervisor = course->mirror->p.supervises[row->slot] != MIRROR_NONE;
        row->after = impact->outcome == IMPACT_NODE_STOPS ? IMPACT_GONE : fates[i];
        if (row->why == IMPACT_BUDGET || row->why == IMPACT_AUTO_SHUTDOWN) {
            course_reach(course, IMPACT_ESCALATION);
        }
        if (row->after == IMPACT_GONE) {
            course_reach(course, supervisor ? IMPACT_TREE_LOSS : IMPACT_LOSS);
        }
    }
}

void impact_find(struct arena *arena, const struct mirror *mirror,
        const struct impact_question *question, struct impact *impact) {
    *impact = (struct impact){.application = MIRROR_NONE, .certain = true};
    struct course course;
    course_init(&course, arena, mirror, question, impact);
    course_run(&course);
    judge(&course);
}
