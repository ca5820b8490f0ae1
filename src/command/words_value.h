// One value of an argument, from a word of the command line.
#ifndef WHITEBEAM_COMMAND_WORDS_VALUE_H
#define WHITEBEAM_COMMAND_WORDS_VALUE_H

#include "operations/operation.h"

#include <jansson.h>

// Puts the value into the object of arguments; a list grows by it. Errors as words_read has them.
bool words_put(
        json_t *arguments, const struct argument *argument, const char *word, struct error *error);

bool words_is_list(const struct argument *argument);

#endif
