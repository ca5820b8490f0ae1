// The command line that puts a program into a jail: bubblewrap, util-linux's setpriv and prlimit,
// and a shell, each of which becomes the next one.
#ifndef WHITEBEAM_SANDBOX_JAIL_COMMAND_H
#define WHITEBEAM_SANDBOX_JAIL_COMMAND_H

#include "base/arena.h"
#include "sandbox/jail.h"

// The descriptor that the command must have beside those of jail_start: the read end of a pipe into
// which nobody writes, and whose other end only the daemon has.
#define JAIL_LIFELINE 5

// The words of the command, NULL at the end, in the arena. options->environment is part of it, in a
// jail; the command itself needs no environment but PATH.
char **jail_command(struct arena *arena, const struct jail_options *options);

#endif
