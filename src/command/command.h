// The command line.
#ifndef WHITEBEAM_COMMAND_COMMAND_H
#define WHITEBEAM_COMMAND_COMMAND_H

#include <stddef.h>

// Runs a command and returns the exit status: an `enum ending`; 1 where the daemon itself failed.
int command_run(int argc, char **argv);

// Names of the commands that are no operations, without those that are flags; NULL behind the last.
const char *command_name(size_t index);

#endif
