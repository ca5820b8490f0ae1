// The ledger: from what nodes tell as it happens, and from what changed between two readings of a
// supervisor, it makes events: who ended and why, who came instead, how long it took.
//
// The sources overlap and none is complete: a monitor tells the end but not the new process, a
// supervisor's report may come instead or as well, a trace tells both, and reading the supervisor
// again shows who is there now. Each end is told once.
#ifndef WHITEBEAM_WATCH_LEDGER_H
#define WHITEBEAM_WATCH_LEDGER_H

#include "node/watcher.h"
#include "watch/feed.h"

struct ledger;

struct ledger *ledger_create(struct feed *feed);
void ledger_destroy(struct ledger *ledger);

// The functions to hand to a node_watcher, with the ledger as context.
void ledger_down(void *ledger, struct node *node, uint32_t id, uint32_t serial, uint32_t slot,
        const struct term *reason, int64_t time_us);
void ledger_spawned(void *ledger, struct node *node, uint32_t supervisor, uint32_t id,
        uint32_t serial, int64_t time_us);
void ledger_report(void *ledger, struct node *node, uint32_t supervisor, struct str kind,
        const struct term_pid *pid, const struct term *child_id, const struct term *reason,
        int64_t time_us);
void ledger_dropped(void *ledger, struct node *node, uint64_t count);
void ledger_children(void *ledger, struct node *node, uint32_t supervisor, const struct child *old,
        uint32_t old_count);
void ledger_supervisor_gone(void *ledger, struct node *node, uint32_t supervisor);

// The node's processes are another set now (it was lost or detached): what is open is forgotten.
void ledger_forget(struct ledger *ledger, const struct node *node);

#endif
