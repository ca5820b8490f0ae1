// Between the files that lead a call through its life.
#ifndef WHITEBEAM_OPERATIONS_CALL_PRIVATE_H
#define WHITEBEAM_OPERATIONS_CALL_PRIVATE_H

#include "operations/call.h"

// The call is over, with the answer and status that are in it.
void call_over(struct call *call);

// Puts an error in the place of the answer.
void call_replace_by_error(struct call *call, const struct error *error);

#endif
