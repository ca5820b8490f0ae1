// Who ends if a process ends: what its supervisor does about it, whether that is one restart too
// many, who is linked to it; and so on, until nothing more follows. Worked out from a mirror by the
// rules of OTP's supervisor and application modules; nothing is touched.
//
// What it cannot know: whether a restart succeeds, what a process does that traps exits or monitors
// another, and which of two comes first where both happen at once. Where the mirror lacks something
// that matters to the answer, `certain` is false.
#ifndef WHITEBEAM_INSIGHT_IMPACT_H
#define WHITEBEAM_INSIGHT_IMPACT_H

#include "base/arena.h"
#include "node/mirror.h"

// As supervisors tell exit reasons apart.
enum impact_reason {
    IMPACT_NORMAL,   // normal
    IMPACT_SHUTDOWN, // shutdown, {shutdown, _}
    IMPACT_ERROR,    // any other; for a supervisor, it is taken to be killed
};

enum impact_why {
    IMPACT_ASKED,  // it is the one in question
    IMPACT_LINKED, // linked to the cause, and does not trap exits
    IMPACT_GROUP,  // stopped with the cause, which its supervisor restarts with others
    IMPACT_BUDGET, // a supervisor that would have to restart the cause more often than it may
    IMPACT_AUTO_SHUTDOWN, // a supervisor whose significant child, the cause, has ended
    IMPACT_SUPERVISOR,    // its supervisor, the cause, has ended
    IMPACT_APPLICATION,   // its application has ended with the cause
};

enum impact_after {
    IMPACT_RESTARTED, // by its supervisor
    IMPACT_ANEW,      // its supervisor ends too, and when that is started again it starts this one
    IMPACT_GONE,      // nobody starts it again
    IMPACT_UNKNOWN,   // its child specification is not known
};

// Each includes what is possible with those before it.
enum impact_outcome {
    IMPACT_CONTAINED,         // all that end are restarted
    IMPACT_LOSS,              // some are not
    IMPACT_ESCALATION,        // a supervisor gives up, and is restarted itself
    IMPACT_TREE_LOSS,         // a supervisor ends for good
    IMPACT_APPLICATION_STOPS, // and with it its application
    IMPACT_NODE_STOPS,
};

// The type an application was started with, which decides what its end means (application:start/2).
enum application_type {
    APPLICATION_UNKNOWN,
    APPLICATION_PERMANENT,
    APPLICATION_TRANSIENT,
    APPLICATION_TEMPORARY,
};

// Links between processes, by slot; those of slot s are to[first[s]] … to[first[s + 1] - 1].
struct impact_links {
    uint32_t *first; // one more than there are slots
    uint32_t *to;
    const bool *traps_exits; // by slot
};

struct impact_pair {
    uint32_t a, b; // slots
};

// Links from a list of pairs, in any order, each link once. `traps_exits` is borrowed.
struct impact_links impact_links(struct arena *arena, const struct mirror *mirror,
        const struct impact_pair *pairs, size_t count, const bool *traps_exits);

struct impact_question {
    uint32_t slot;
    enum impact_reason reason;
    int64_t now;                        // unix ms: budgets recover
    const struct impact_links *links;   // NULL: not known, and left out
    const enum application_type *types; // by application of the mirror; NULL: not known
};

struct impact_row {
    uint32_t slot;
    uint32_t cause; // row; its own for the first
    uint32_t step;  // causes between it and the first
    enum impact_why why;
    enum impact_reason reason;
    enum impact_after after;
    bool killed;  // by a signal that nobody can trap: it could not stop its children in order
    bool handled; // its supervisor has nothing more to do about it
};

struct impact {
    struct impact_row *rows; // in the arena; causes before what they cause; each slot once
    size_t count;
    enum impact_outcome outcome;
    uint32_t application; // of the mirror, the one that stops; MIRROR_NONE for none
    bool node_may_stop;   // it does if that was started permanent, or transient, which is not known
    bool certain;         // nothing that mattered was unknown
    size_t told;          // links to processes that trap exits: they get a message
};

void impact_find(struct arena *arena, const struct mirror *mirror,
        const struct impact_question *question, struct impact *impact);

const char *impact_why_text(enum impact_why why);             // "linked", …
const char *impact_after_text(enum impact_after after);       // "restarted", …; NULL for unknown
const char *impact_outcome_text(enum impact_outcome outcome); // "contained", …

#endif
