// The command line that puts a program into a jail: bubblewrap, and util-linux's setpriv and
// prlimit, each of which becomes the next one.
#ifndef WHITEBEAM_SANDBOX_JAIL_COMMAND_H
#define WHITEBEAM_SANDBOX_JAIL_COMMAND_H

#include "base/arena.h"
#include "sandbox/jail.h"

// The words of the command, NULL at the end, in the arena. options->environment is part of it, in a
// jail; the command itself needs no environment but PATH.
char **jail_command(struct arena *arena, const struct jail_options *options);

#endif
