// Completions for shells, from the table: operations, their arguments, and what arguments may be.
#ifndef WHITEBEAM_COMMAND_COMPLETION_H
#define WHITEBEAM_COMMAND_COMPLETION_H

#include "base/buffer.h"

struct completion {
    const char *shell; // NULL ends the table
    const char *file;  // how the shell wants its file to be called
    void (*write)(struct buffer *out);
};

extern const struct completion completions[];

// `whitebeam completion SHELL` prints one. Returns an `enum ending`.
int completion_run(int argc, char **argv);

#endif
