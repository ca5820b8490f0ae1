// How often a key may ask: for each key and rate class a window of an hour that begins with the
// first request in it. Never more than the limit in a window; a request that is refused does not
// count.
//
// In memory only: a restart of the daemon forgives. Memory is bounded and each question takes the
// same few steps: with more pairs of key and class in an hour than LIMIT_RATE_ENTRIES, the counts
// that would end first are forgotten.
#ifndef WHITEBEAM_OPERATIONS_RATE_H
#define WHITEBEAM_OPERATIONS_RATE_H

#include "base/str.h"
#include "operations/operation.h"

#define RATE_WINDOW_MS (60 * 60 * 1000)

struct rates;

// Requests an hour for RATE_STANDARD, RATE_HEAVY and RATE_EDUCATION, in this order; 0: unlimited.
// RATE_FREE always is.
struct rates *rates_create(const int64_t an_hour[static RATE_FREE]);
void rates_destroy(struct rates *rates);

struct rate_answer {
    bool allowed;
    int64_t limit;     // 0: there is none, and the others are 0 too
    int64_t remaining; // after this request
    int64_t reset_s;   // until the window ends, rounded up; to wait for when it is not allowed
};

// Counts one request of `key` (the id of a key). `now_ms` of a clock that never goes back.
struct rate_answer rate_take(
        struct rates *rates, struct str key, enum rate_class rate, int64_t now_ms);

#endif
