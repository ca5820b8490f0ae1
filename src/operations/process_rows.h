// Rows of the process list, written straight from the mirror's columns.
#ifndef WHITEBEAM_OPERATIONS_PROCESS_ROWS_H
#define WHITEBEAM_OPERATIONS_PROCESS_ROWS_H

#include "base/buffer.h"
#include "node/mirror.h"

// Bytes of a row that are rarely exceeded.
#define PROCESS_ROW_USUAL 512u

// Appends one row as a JSON object, without a comma.
void process_row(struct buffer *out, const struct mirror *mirror, uint32_t slot);

#endif
