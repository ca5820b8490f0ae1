// Links and monitors of processes, asked of the node: signals that each process must answer, so
// only as many as a caller is shown.
#ifndef WHITEBEAM_OPERATIONS_RELATIONS_H
#define WHITEBEAM_OPERATIONS_RELATIONS_H

#include "node/node.h"
#include "operations/call.h"

// Processes asked at once: 2 to 3 µs of the node each.
#define RELATIONS_MOST 20000u

struct relation {
    uint32_t id, serial;       // whose
    uint32_t to_id, to_serial; // linked to, or monitored
    bool monitor;
};

struct trapping {
    uint32_t id, serial;
};

struct relations {
    struct call *call;
    struct node *node;
    struct relation *at; // in the call's arena
    size_t count, room;
    struct trapping *trapping; // who traps exits
    size_t trapping_count, trapping_room;
    size_t answered; // processes
    size_t skipped;  // had too long a queue to be asked
    size_t cut;      // links and monitors that were not sent: over 1000 of one process
    void *state;     // the caller's own
    void (*then)(struct relations *relations);
};

// Asks for the relations of these processes (slots of the node's mirror), then calls `then`; the
// mirror may have changed by then. On any error the call fails.
void relations_ask(struct call *call, struct node *node, const uint32_t *slots, size_t count,
        void *state, void (*then)(struct relations *relations));

#endif
