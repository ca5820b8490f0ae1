// The two packets of the Erlang Port Mapper Daemon that a client needs (PORT_PLEASE2 and its
// answer), as pure functions.
#ifndef WHITEBEAM_LINK_EPMD_H
#define WHITEBEAM_LINK_EPMD_H

#include "base/buffer.h"
#include "base/error.h"

// Appends PORT_PLEASE2_REQ for a node's short name (the part before @).
void epmd_request(struct buffer *out, struct str name);

enum epmd_result { EPMD_MORE, EPMD_FOUND, EPMD_FAILED };

// Reads what epmd has sent so far. FOUND: *port is set. FAILED: error is ERROR_NODE_NOT_RUNNING
// (epmd does not know the name), ERROR_BEAM_TOO_OLD (its version range ends below 6) or
// ERROR_NOT_A_BEAM (not epmd's protocol). MORE: call again when more has come.
enum epmd_result epmd_answer(
        struct str bytes, struct str name, uint16_t *port, struct error *error);

#endif
