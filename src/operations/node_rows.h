// Attached nodes as JSON.
#ifndef WHITEBEAM_OPERATIONS_NODE_ROWS_H
#define WHITEBEAM_OPERATIONS_NODE_ROWS_H

#include "base/buffer.h"
#include "node/node.h"

// `"impact": {…}`: what watching costs the node.
void node_impact_write(struct buffer *out, const struct node *node);

#endif
