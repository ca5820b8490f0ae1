// The command line as a child process: what it prints, and with what it ends.
#ifndef WHITEBEAM_TESTS_HARNESS_COMMAND_H
#define WHITEBEAM_TESTS_HARNESS_COMMAND_H

#include "end_to_end/harness.h"

struct said {
    int status; // of its end
    char *output, *errors;
};

// How it is run.
struct running {
    const char *input;   // of standard input; NULL: none
    const char *columns; // of the screen; NULL: lines have no end
    const char *locale;  // NULL: C.UTF-8
};

// `whitebeam WORD…`, the words ending with NULL; all three outputs are files.
struct said command_run_with(const struct running *running, const char *const *words);

// The same against a daemon: --state DIR stands before the words.
struct said command_ask(struct daemon *daemon, ...) __attribute__((sentinel));
// Fails unless it ends well. Its output.
char *command_good(struct daemon *daemon, ...) __attribute__((sentinel));
// The same with --json: its output as JSON.
json_t *command_json(struct daemon *daemon, ...) __attribute__((sentinel));
// Fails unless it ends with the status. What it wrote to standard error.
char *command_bad(struct daemon *daemon, int status, ...) __attribute__((sentinel));

// On a terminal, of which standard input, output and error are one: waits for the question, then
// types the answer. *said.output has everything that stood on the screen.
struct said command_on_terminal(struct daemon *daemon, const char *question, const char *answer,
        ...) __attribute__((sentinel));

#endif
