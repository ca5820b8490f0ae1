// The course of events after an end, by the rules of supervisor.erl and application_master.erl, of
// OTP 25 to 28. See impact.h for what comes of it.
#ifndef WHITEBEAM_INSIGHT_IMPACT_COURSE_H
#define WHITEBEAM_INSIGHT_IMPACT_COURSE_H

#include "insight/impact.h"

enum course_what {
    COURSE_TERMINATES, // a supervisor begins to end
    COURSE_EXITS,      // a process is gone
};

// Something that happens to the process of a row.
struct course_event {
    uint32_t row;
    enum course_what what;
};

// A supervisor that stops its children.
struct course_frame {
    uint32_t row;
    uint32_t left; // children that it has not come to: it begins with the last
};

struct course {
    struct arena *arena;
    const struct mirror *mirror;
    const struct impact_question *question;
    struct impact *impact;
    size_t row_capacity;
    struct course_event *events; // a queue: signals arrive in the order in which they were sent
    size_t event_count;
    size_t event_capacity;
    struct course_frame *frames; // a stack
    size_t frame_count;
    size_t frame_capacity;
    uint32_t *row_of;   // by slot, MIRROR_NONE: it lives
    uint32_t *child_of; // by slot: its place among its supervisor's children
    bool *listed;       // by supervisor: child_of is known for its children
    uint32_t *restarts; // by supervisor: made in this course
    bool *stopped;      // by application
};

void course_init(struct course *course, struct arena *arena, const struct mirror *mirror,
        const struct impact_question *question, struct impact *impact);

// From the end in question until nothing follows, or the node stops. Each row's `after` is what its
// own supervisor does, as if that did not end itself.
void course_run(struct course *course);

static inline bool course_has_ended(const struct course *course, uint32_t slot) {
    return course->row_of[slot] != MIRROR_NONE;
}

// Makes the outcome at least this one.
static inline void course_reach(struct course *course, enum impact_outcome outcome) {
    if (outcome > course->impact->outcome) {
        course->impact->outcome = outcome;
    }
}

#endif
