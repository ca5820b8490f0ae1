// Questions to the mirror: which processes, in which order, which page.
#ifndef WHITEBEAM_NODE_MIRROR_QUERY_H
#define WHITEBEAM_NODE_MIRROR_QUERY_H

#include "base/arena.h"
#include "base/error.h"
#include "node/mirror.h"

enum process_sort { SORT_PID, SORT_NAME, SORT_MEMORY, SORT_QUEUE, SORT_REDUCTIONS, SORT_COUNT };

struct process_filter {
    bool any;                              // something below is set
    uint32_t kinds;                        // bit k: enum process_kind k passes; 0: all pass
    uint32_t statuses;                     // bit s: enum process_status s passes; 0: all pass
    bool named;                            // only registered ones
    const struct application *application; // only those of this one; NULL: all pass
    int supervised;                        // 1 only supervised, 0 only others, -1 all
    uint64_t memory_min, memory_max;       // bytes
    uint32_t queue_min, queue_max;
    struct str pattern; // PCRE2, searched for in the display name; empty: all pass
};

struct process_page {
    uint32_t *slots; // as many as fit from offset on; in the arena
    uint32_t count;
    uint32_t total; // processes that pass the filter
};

// Fills the page [offset, offset + limit) of the processes that pass, in the order asked for; equal
// ones are ordered by slot. Errors: ERROR_INVALID_PARAMETER for a pattern that does not compile
// (with the place), ERROR_PATTERN_TOO_COSTLY for one that exceeds its step or time limit.
//
// Cost: an unfiltered page among the first 1000 is remembered until the mirror changes; else one
// pass over the column, and a selection where the page is deep.
bool mirror_query(struct mirror *mirror, struct arena *arena, const struct process_filter *filter,
        enum process_sort sort, bool descending, uint32_t offset, uint32_t limit,
        struct process_page *page, struct error *error);

#endif
