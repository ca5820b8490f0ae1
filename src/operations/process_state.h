// The state of a process, for the operations that show it.
#ifndef WHITEBEAM_OPERATIONS_PROCESS_STATE_H
#define WHITEBEAM_OPERATIONS_PROCESS_STATE_H

#include "operations/target.h"

// Asks for the state; the answer is {SysState, Module, State}.
void process_state_ask(struct target *target, int64_t timeout_ms, int64_t max_bytes,
        node_answered *answered, void *context);

// Writes the members state, state_inspect and sys_state.
void process_state_write(
        struct buffer *out, const struct target *target, const struct term *answer);

#endif
