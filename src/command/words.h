// The words of `whitebeam OPERATION …`: which operation, with which arguments, and how its answer
// is wanted.
//
//   whitebeam [FLAG…] OPERATION [REQUIRED…] [--argument VALUE | --argument=VALUE | FLAG]…
//
// Names may be written with dashes or underscores. Required arguments may be given without their
// names, in the order of the table; the last one takes all words that are left if it is a list. A
// boolean alone is true, and --no-NAME is false. A list may be given several times. @FILE is what a
// file holds, - what standard input holds, @@TEXT the text @TEXT; an end of line at the end is left
// out. Secrets are taken in these ways only: other users can see the words of a command.
//
// An argument of the operation goes before a flag of the same name; such a flag is then given
// before the operation.
#ifndef WHITEBEAM_COMMAND_WORDS_H
#define WHITEBEAM_COMMAND_WORDS_H

#include "base/buffer.h"
#include "operations/operation.h"

#include <jansson.h>

struct asked {
    const struct operation *operation; // NULL: only flags were given
    json_t *arguments;                 // an object; owned
    bool json;                         // the answer as it is
    bool all;                          // all pages
    bool yes;                          // no question before what cannot be undone
    bool help;                         // explain the operation instead
    const char *state, *key_file;      // NULL: the default
    const char *columns;               // "a,b", NULL: chosen by themselves
};

// The flags that operations have beside their arguments.
struct word_flag {
    const char *name;  // NULL ends the table
    const char *value; // what follows it, NULL: nothing
    const char *summary;
    bool lists, destroys; // only for operations that do
};

extern const struct word_flag word_flags[];
bool word_flag_fits(const struct word_flag *flag, const struct operation *operation);

// Reads argv[1] and what follows. Errors: ERROR_INVALID_PARAMETER with a sentence for the user, who
// is told which names are near to one that does not exist.
bool words_read(struct asked *asked, int argc, char **argv, struct error *error);
void words_finish(struct asked *asked);

// Appends the first line of help: "whitebeam get_process PID [--include CHOICES] …".
void words_usage(struct buffer *out, const struct operation *operation);

// Appends a name as it is written on the command line: with dashes.
void words_dashed(struct buffer *out, const char *name);

#endif
