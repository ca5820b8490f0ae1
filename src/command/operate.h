// `whitebeam OPERATION …`: asks the running daemon and shows the answer.
#ifndef WHITEBEAM_COMMAND_OPERATE_H
#define WHITEBEAM_COMMAND_OPERATE_H

// argv[1] and what follows as words.h has it. Returns an `enum ending`.
int operate_run(int argc, char **argv);

#endif
