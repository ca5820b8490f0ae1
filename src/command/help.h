// Help from the table: of one operation, of all of them, of the program.
#ifndef WHITEBEAM_COMMAND_HELP_H
#define WHITEBEAM_COMMAND_HELP_H

#include "operations/operation.h"

// Explains an operation, or the program for NULL, on standard output. Returns an `enum ending`, as
// all of these do.
int help_print(const struct operation *operation);

// `whitebeam help [OPERATION]`
int help_run(int argc, char **argv);

// `whitebeam operations [--group GROUP] [WORD]`: the operations by groups, or those of one group,
// or those with a word in them.
int help_operations(int argc, char **argv);

#endif
