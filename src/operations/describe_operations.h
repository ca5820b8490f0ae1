// What is behind an operation, for people who want to learn.
#ifndef WHITEBEAM_OPERATIONS_DESCRIBE_OPERATIONS_H
#define WHITEBEAM_OPERATIONS_DESCRIBE_OPERATIONS_H

#include "operations/call.h"

// Adds `"explanation": {…}` to an answer, an object that is complete, if the caller asked for it.
void describe_explain(struct call *call);

#endif
