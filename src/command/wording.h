// What the API says, in the words of the command line: a route becomes the command that asks it,
// and a parameter of the query the argument's flag.
#ifndef WHITEBEAM_COMMAND_WORDING_H
#define WHITEBEAM_COMMAND_WORDING_H

#include "base/buffer.h"

// Appends the message. "POST /api/v1/nodes" becomes "`whitebeam attach_node NODE`" and
// "?node=name@host" "--node name@host"; what is no route of the table stays as it is.
void wording_add(struct buffer *out, const char *message);

#endif
