// The command line.
#ifndef WHITEBEAM_COMMAND_COMMAND_H
#define WHITEBEAM_COMMAND_COMMAND_H

// Runs a command and returns the exit status: 0 good, 1 failed, 2 the words are wrong.
int command_run(int argc, char **argv);

#endif
