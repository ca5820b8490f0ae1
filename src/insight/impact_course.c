// One event after another: a process exits, its links and its supervisor see it, and what they do
// are further events.
//
// The order is that of real processes. A supervisor that ends in order stops its children first,
// the last one first, and waits for each; who is linked to those ends meanwhile, so its own
// supervisor sees that before it sees the first one's end. A supervisor that is killed cannot do
// so: its children, and its supervisor, see its end at the same time.
#include "insight/impact_course.h"

#include "base/must.h"
#include "insight/health.h"

// ---- what is known ---------------------------------------------------------------------------

static bool is_running(const struct mirror *mirror, uint32_t index, const struct child *child) {
    return child->state == CHILD_RUNNING && mirror_child_alive(mirror, index, child);
}

// The child that a process is of its supervisor, or NULL.
static const struct child *child_of(struct course *course, uint32_t slot) {
    const struct mirror *mirror = course->mirror;
    uint32_t index = mirror->p.supervisor[slot];
    const struct supervisor *supervisor = &mirror->supervisors[index];
    if (!course->listed[index]) {
        course->listed[index] = true;
        for (uint32_t i = 0; i < supervisor->child_count; i++) {
            if (is_running(mirror, index, &supervisor->children[i])) {
                course->child_of[supervisor->children[i].slot] = i;
            }
        }
    }
    uint32_t place = course->child_of[slot];
    return place == MIRROR_NONE ? NULL : &supervisor->children[place];
}

// One restart more, which counts whether it is allowed or not. supervisor.erl, add_restart/1.
static bool spend(struct course *course, uint32_t index) {
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    int64_t frees_in;
    int64_t used = health_budget_used(supervisor, course->question->now, &frees_in);
    course->restarts[index]++;
    if (used < 0) {
        course->impact->certain = false;
        return true;
    }
    return used + course->restarts[index] <= supervisor->intensity;
}

// ---- rows and events --------------------------------------------------------------------------

// Makes room for one more in an array of the arena.
static void *room(struct course *course, void *items, size_t count, size_t *capacity, size_t size) {
    if (count < *capacity) {
        return items;
    }
    *capacity = *capacity * 2 + 64;
    void *larger = arena_take(course->arena, *capacity, size);
    if (count > 0) {
        memcpy(larger, items, count * size);
    }
    return larger;
}

// The row of a process, a new one if it has lived until now.
static uint32_t end_process(struct course *course, uint32_t slot, enum impact_reason reason,
        enum impact_why why, uint32_t cause) {
    struct impact *impact = course->impact;
    if (course_has_ended(course, slot)) {
        return course->row_of[slot];
    }
    impact->rows =
            room(course, impact->rows, impact->count, &course->row_capacity, sizeof *impact->rows);
    course->row_of[slot] = (uint32_t)impact->count;
    impact->rows[impact->count] = (struct impact_row){
            .slot = slot,
            .cause = cause,
            .step = why == IMPACT_ASKED ? 0 : impact->rows[cause].step + 1,
            .why = why,
            .reason = reason,
            .after = IMPACT_GONE,
    };
    return (uint32_t)impact->count++;
}

static void add_event(struct course *course, uint32_t row, enum course_what what) {
    course->events = room(course, course->events, course->event_count, &course->event_capacity,
            sizeof *course->events);
    course->events[course->event_count++] = (struct course_event){row, what};
}

static bool supervises(const struct course *course, uint32_t row) {
    return course->mirror->p.supervises[course->impact->rows[row].slot] != MIRROR_NONE;
}

// The supervisor that the process of a row is.
static uint32_t supervisor_of_row(const struct course *course, uint32_t row) {
    return course->mirror->p.supervises[course->impact->rows[row].slot];
}

// ---- links -----------------------------------------------------------------------------------

// Exit signals go to who is linked; normal ones are ignored. Supervisors trap exits, and do not
// care about processes that are not their children; of those, handle_child tells.
static void signal_linked(struct course *course, uint32_t cause) {
    const struct impact_links *links = course->question->links;
    const struct process_columns *p = &course->mirror->p;
    struct impact_row row = course->impact->rows[cause];
    if (links == NULL) {
        return;
    }
    uint32_t parent = p->supervisor[row.slot];
    for (uint32_t i = links->first[row.slot]; i < links->first[row.slot + 1]; i++) {
        uint32_t other = links->to[i];
        if (course_has_ended(course, other) || !(p->flags[other] & PROCESS_LIVE)) {
            continue;
        }
        if (links->traps_exits[other] || p->supervises[other] != MIRROR_NONE) {
            bool own = parent != MIRROR_NONE && course->mirror->supervisors[parent].slot == other;
            course->impact->told += !own;
        } else if (row.reason != IMPACT_NORMAL) {
            add_event(course, end_process(course, other, row.reason, IMPACT_LINKED, cause),
                    COURSE_EXITS);
        }
    }
}

// ---- stopping children -----------------------------------------------------------------------

static void push_frame(struct course *course, uint32_t row) {
    const struct supervisor *supervisor =
            &course->mirror->supervisors[supervisor_of_row(course, row)];
    if (!supervisor->read) {
        course->impact->certain = false;
    }
    course->frames = room(course, course->frames, course->frame_count, &course->frame_capacity,
            sizeof *course->frames);
    course->frames[course->frame_count++] = (struct course_frame){row, supervisor->child_count};
}

// A child that has been stopped is gone: its links see it. A supervisor that was killed leaves
// children behind, who see it later.
static void leave(struct course *course, uint32_t row) {
    if (course->impact->rows[row].killed && supervises(course, row)) {
        add_event(course, row, COURSE_EXITS);
    } else {
        signal_linked(course, row);
    }
}

// Its supervisor stops a child. One that was dead by then is not seen as an end by itself any more.
// True if it is a supervisor, which has to stop its own first: it is on the stack now.
static bool stop_child(struct course *course, const struct child *child, enum impact_why why,
        enum impact_after after, uint32_t cause) {
    bool brutal = child->shutdown == SHUTDOWN_BRUTAL_KILL;
    bool lived = !course_has_ended(course, child->slot);
    enum impact_reason reason = brutal ? IMPACT_ERROR : IMPACT_SHUTDOWN;
    uint32_t index = end_process(course, child->slot, reason, why, cause);
    struct impact_row *row = &course->impact->rows[index];
    row->handled = true;
    row->after = after;
    if (!lived) {
        return false;
    }
    row->killed = brutal;
    if (supervises(course, index) && !brutal) {
        push_frame(course, index);
        return true;
    }
    leave(course, index);
    return false;
}

// The supervisors on the stack stop their children, the last one first; all but the lowest are gone
// then.
static void stop_in_order(struct course *course) {
    while (course->frame_count > 0) {
        struct course_frame *frame = &course->frames[course->frame_count - 1];
        uint32_t row = frame->row;
        uint32_t index = supervisor_of_row(course, row);
        if (frame->left > 0) {
            const struct child *child = &course->mirror->supervisors[index].children[--frame->left];
            if (is_running(course->mirror, index, child)) {
                stop_child(course, child, IMPACT_SUPERVISOR, IMPACT_GONE, row);
            }
        } else if (--course->frame_count > 0) {
            leave(course, row);
        }
    }
}

// A supervisor ends by itself, in order.
static void terminate(struct course *course, uint32_t row) {
    push_frame(course, row);
    stop_in_order(course);
    add_event(course, row, COURSE_EXITS);
}

// The children of a supervisor that was killed get its exit signal. Those that are supervisors end
// in order, now that their parent has.
static void orphan_children(struct course *course, uint32_t cause) {
    uint32_t index = supervisor_of_row(course, cause);
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    if (!supervisor->read) {
        course->impact->certain = false;
    }
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        if (!is_running(course->mirror, index, child) || course_has_ended(course, child->slot)) {
            continue;
        }
        uint32_t row = end_process(course, child->slot, IMPACT_ERROR, IMPACT_SUPERVISOR, cause);
        course->impact->rows[row].handled = true;
        add_event(course, row, supervises(course, row) ? COURSE_TERMINATES : COURSE_EXITS);
    }
}

// A supervisor gives up. It is busy with that until its children are gone.
static void give_up(struct course *course, uint32_t index, enum impact_why why, uint32_t cause) {
    uint32_t slot = course->mirror->supervisors[index].slot;
    terminate(course, end_process(course, slot, IMPACT_SHUTDOWN, why, cause));
}

// ---- what supervisors do ----------------------------------------------------------------------

static enum impact_after after_group(const struct child *child) {
    static const enum impact_after afters[] = {[RESTART_UNKNOWN] = IMPACT_UNKNOWN,
            [RESTART_PERMANENT] = IMPACT_RESTARTED,
            [RESTART_TRANSIENT] = IMPACT_RESTARTED,
            [RESTART_TEMPORARY] = IMPACT_GONE};
    return afters[child->restart];
}

// Children that are restarted together with `child`: all, or those started after it. They are
// stopped in reverse order; temporary ones are not started again. restart_multiple_children/3.
static void restart_group(
        struct course *course, uint32_t index, const struct child *child, uint32_t cause) {
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    if (supervisor->strategy == STRATEGY_UNKNOWN) {
        course->impact->certain = false;
    }
    bool all = supervisor->strategy == STRATEGY_ONE_FOR_ALL;
    if (!all && supervisor->strategy != STRATEGY_REST_FOR_ONE) {
        return;
    }
    for (uint32_t i = supervisor->child_count; i-- > 0;) {
        const struct child *other = &supervisor->children[i];
        if (other == child) {
            if (!all) {
                return;
            }
        } else if (is_running(course->mirror, index, other)) {
            if (stop_child(course, other, IMPACT_GROUP, after_group(other), cause)) {
                stop_in_order(course);
                leave(course, course->row_of[other->slot]);
            }
        }
    }
}

// True if another significant child is there, as far as the supervisor has seen. supervisor.erl,
// do_auto_shutdown/2.
static bool significant_remains(struct course *course, uint32_t index) {
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        if (!child->significant || !is_running(course->mirror, index, child)) {
            continue;
        }
        const struct impact_row *row = course_has_ended(course, child->slot)
                                               ? &course->impact->rows[course->row_of[child->slot]]
                                               : NULL;
        // The supervisor has not seen the end of one that is not handled.
        if (row == NULL || !row->handled || row->after == IMPACT_RESTARTED) {
            return true;
        }
    }
    return false;
}

static void remove_child(
        struct course *course, uint32_t index, const struct child *child, uint32_t cause) {
    enum { NEVER, ANY, ALL, NOT_KNOWN };
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    if (!child->significant || supervisor->auto_shutdown == NEVER) {
        return;
    }
    if (supervisor->auto_shutdown == NOT_KNOWN) {
        course->impact->certain = false;
        return;
    }
    if (supervisor->auto_shutdown == ANY || !significant_remains(course, index)) {
        give_up(course, index, IMPACT_AUTO_SHUTDOWN, cause);
    }
}

// What the supervisor does when it sees that a child ended by itself. supervisor.erl, do_restart/3.
static void handle_child(struct course *course, uint32_t cause) {
    struct impact_row *row = &course->impact->rows[cause];
    uint32_t index = course->mirror->p.supervisor[row->slot];
    const struct supervisor *supervisor = &course->mirror->supervisors[index];
    if (row->handled || course_has_ended(course, supervisor->slot)) {
        return;
    }
    row->handled = true;
    const struct child *child = child_of(course, row->slot);
    if (child == NULL || child->restart == RESTART_UNKNOWN) {
        row->after = IMPACT_UNKNOWN;
        course->impact->certain = false;
        return;
    }
    bool again = child->restart == RESTART_PERMANENT ||
                 (child->restart == RESTART_TRANSIENT && row->reason == IMPACT_ERROR);
    if (!again) {
        remove_child(course, index, child, cause);
    } else if (!spend(course, index)) {
        give_up(course, index, IMPACT_BUDGET, cause);
    } else {
        row->after = IMPACT_RESTARTED;
        restart_group(course, index, child, cause);
    }
}

// ---- applications and the node ---------------------------------------------------------------

// kernel and stdlib are started by the boot script, as permanent ones.
static enum application_type type_of(const struct course *course, uint32_t application) {
    struct str name = mirror_text(course->mirror, course->mirror->applications[application].name);
    if (str_is(name, "kernel") || str_is(name, "stdlib")) {
        return APPLICATION_PERMANENT;
    }
    return course->question->types ? course->question->types[application] : APPLICATION_UNKNOWN;
}

// The application that ends with a process: it is its top supervisor or its master.
static uint32_t application_of_end(const struct course *course, uint32_t slot) {
    const struct mirror *mirror = course->mirror;
    for (uint32_t i = 0; i < mirror->application_count; i++) {
        const struct application *application = &mirror->applications[i];
        bool is_master = mirror->p.id[slot] == application->master_id &&
                         mirror->p.serial[slot] == application->master_serial;
        if (application->top == slot || is_master) {
            return i;
        }
    }
    return MIRROR_NONE;
}

// Its master kills every process that has it as group leader. application_master.erl,
// kill_all_procs/0.
static void stop_application(struct course *course, uint32_t application, uint32_t cause) {
    const struct mirror *mirror = course->mirror;
    enum impact_reason reason = course->impact->rows[cause].reason;
    if (course->stopped[application]) {
        return;
    }
    course->stopped[application] = true;
    enum application_type type = type_of(course, application);
    bool node = type == APPLICATION_PERMANENT ||
                (type == APPLICATION_TRANSIENT && reason != IMPACT_NORMAL);
    if (course->impact->application == MIRROR_NONE || node) {
        course->impact->application = application;
    }
    course->impact->node_may_stop |= type == APPLICATION_UNKNOWN;
    course_reach(course, node ? IMPACT_NODE_STOPS : IMPACT_APPLICATION_STOPS);
    if (node) {
        return; // everything ends; to list it all says nothing
    }
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        const struct application *own =
                (mirror->p.flags[slot] & PROCESS_LIVE) ? mirror_application_of(mirror, slot) : NULL;
        if (own == &mirror->applications[application] && !course_has_ended(course, slot)) {
            uint32_t row = end_process(course, slot, IMPACT_ERROR, IMPACT_APPLICATION, cause);
            course->impact->rows[row].killed = true;
            add_event(course, row, COURSE_EXITS);
        }
    }
}

// The runtime system stops when one of these ends, whatever the reason: the first kernel processes
// of the boot script (init.erl), and a system process of the emulator.
static bool node_needs(const struct mirror *mirror, uint32_t slot) {
    static const char *const names[] = {
            "init", "application_controller", "logger", "erl_prim_loader", "erts_code_purger"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (str_is(mirror_text(mirror, mirror->p.name[slot]), names[i])) {
            return true;
        }
    }
    return false;
}

// ---- the course ------------------------------------------------------------------------------

static void exits(struct course *course, uint32_t row) {
    const struct process_columns *p = &course->mirror->p;
    uint32_t slot = course->impact->rows[row].slot;
    if (node_needs(course->mirror, slot)) {
        course_reach(course, IMPACT_NODE_STOPS);
        return;
    }
    if (course->impact->rows[row].killed && supervises(course, row)) {
        orphan_children(course, row);
    }
    signal_linked(course, row);
    if (p->supervisor[slot] != MIRROR_NONE) {
        handle_child(course, row);
        return;
    }
    uint32_t application = application_of_end(course, slot);
    if (application != MIRROR_NONE) {
        stop_application(course, application, row);
    }
}

void course_init(struct course *course, struct arena *arena, const struct mirror *mirror,
        const struct impact_question *question, struct impact *impact) {
    must(question->slot < mirror->slot_count);
    uint32_t supervisors = mirror->supervisor_count;
    *course = (struct course){
            .arena = arena,
            .mirror = mirror,
            .question = question,
            .impact = impact,
            .row_of = arena_take(arena, mirror->slot_count, sizeof *course->row_of),
            .child_of = arena_take(arena, mirror->slot_count, sizeof *course->child_of),
            .listed = arena_take_zeroed(arena, supervisors, sizeof *course->listed),
            .restarts = arena_take_zeroed(arena, supervisors, sizeof *course->restarts),
            .stopped = arena_take_zeroed(arena, mirror->application_count, sizeof *course->stopped),
    };
    memset(course->row_of, 0xFF, mirror->slot_count * sizeof *course->row_of); // MIRROR_NONE
    memset(course->child_of, 0xFF, mirror->slot_count * sizeof *course->child_of);
}

void course_run(struct course *course) {
    const struct impact_question *question = course->question;
    uint32_t first = end_process(course, question->slot, question->reason, IMPACT_ASKED, 0);
    bool in_order = supervises(course, first) && question->reason != IMPACT_ERROR;
    course->impact->rows[first].killed = !in_order && question->reason == IMPACT_ERROR;
    add_event(course, first, in_order ? COURSE_TERMINATES : COURSE_EXITS);
    for (size_t i = 0; i < course->event_count; i++) {
        struct course_event event = course->events[i];
        if (event.what == COURSE_TERMINATES) {
            terminate(course, event.row);
        } else {
            exits(course, event.row);
        }
        if (course->impact->outcome == IMPACT_NODE_STOPS) {
            return;
        }
    }
}
