// Operations that change something are recorded before they are answered, and with an
// Idempotency-Key done once (draft-ietf-httpapi-idempotency-key-header-07).
//
// The record of the beginning is written while the operation runs; the answer waits for both. With
// an Idempotency-Key it is durable before the operation starts, and the answer is kept with it for
// 24 hours: a retry gets the same answer, and one that comes after the daemon died in the middle is
// told that what became of the first is not known.
#ifndef WHITEBEAM_OPERATIONS_CONTROL_H
#define WHITEBEAM_OPERATIONS_CONTROL_H

#include "operations/call.h"

// Runs the call's operation, recorded if it changes something. The call may end before this
// returns.
void control_run(struct call *call);

// The call has its answer. True: it is to be finished now; false: it will be, once it is durable.
bool control_ended(struct call *call);

#endif
