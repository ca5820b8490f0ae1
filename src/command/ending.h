// With what the program ends; scripts depend on it (docs/whitebeam.1).
#ifndef WHITEBEAM_COMMAND_ENDING_H
#define WHITEBEAM_COMMAND_ENDING_H

enum ending {
    ENDING_GOOD = 0,
    ENDING_REFUSED = 1,   // by the daemon (4xx), or at the question whether to go on
    ENDING_USAGE = 2,     // the words of the command line are wrong
    ENDING_NO_DAEMON = 3, // none runs, or it cannot be reached
    ENDING_FAILED = 4,    // the daemon or the node failed (5xx)
};

#endif
