// The daemon: everything that runs behind `serve` and `demo`, its start and its end.
#ifndef WHITEBEAM_COMMAND_DAEMON_H
#define WHITEBEAM_COMMAND_DAEMON_H

#include "command/options.h"

// Runs until SIGTERM or SIGINT. Returns the exit status.
int daemon_run(const struct options *options);

#endif
