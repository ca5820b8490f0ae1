// One pass over the words; what stands without a name is given one at the end.
#include "command/words.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "command/command.h"
#include "command/nearest.h"
#include "command/words_value.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#define NAME_BYTES 80u

enum flag {
    FLAG_JSON,
    FLAG_ALL,
    FLAG_COLUMNS,
    FLAG_YES,
    FLAG_EXPLAIN,
    FLAG_STATE,
    FLAG_KEY,
    FLAG_HELP
};

// clang-format off
const struct word_flag word_flags[] = {
        [FLAG_JSON] = {"json", NULL, "Print the answer of the daemon as it is.", false, false},
        [FLAG_ALL] = {"all", NULL, "All pages of a list.", true, false},
        [FLAG_COLUMNS] = {"columns", "NAMES", "Which columns of a list, in this order: a,b.", true, false},
        [FLAG_YES] = {"yes", NULL, "Do not ask before what cannot be undone.", false, true},
        [FLAG_EXPLAIN] = {"explain", NULL, "Say also what is behind the operation.", false, false},
        [FLAG_STATE] = {"state", "DIR", "State directory of the daemon.", false, false},
        [FLAG_KEY] = {"key-file", "FILE",
                "File with the API key; admin.key of the state directory without it.", false, false},
        [FLAG_HELP] = {"help", NULL, "Explain the operation.", false, false},
        {NULL, NULL, NULL, false, false},
};
// clang-format on

bool word_flag_fits(const struct word_flag *flag, const struct operation *operation) {
    return (!flag->lists || operation->list) &&
           (!flag->destroys || operation->effect == EFFECT_DESTROY);
}

struct reading {
    struct asked *asked;
    int argc;
    char **argv;
    int at;            // the next word
    const char **bare; // words without a name
    size_t bare_count;
    struct error *error;
};

static bool usage(struct reading *reading, const struct buffer *message) {
    return error_set(
            reading->error, ERROR_INVALID_PARAMETER, "%.*s", STR_ARGS(buffer_str(message)));
}

// The text with underscores for dashes. False if it is longer than any name.
static bool plain_name(struct str text, char name[static NAME_BYTES]) {
    if (text.length >= NAME_BYTES) {
        return false;
    }
    for (size_t i = 0; i < text.length; i++) {
        name[i] = text.at[i] == '-' ? '_' : text.at[i];
    }
    name[text.length] = '\0';
    return true;
}

void words_dashed(struct buffer *out, const char *name) {
    for (; *name != '\0'; name++) {
        buffer_add_u8(out, *name == '_' ? '-' : (uint8_t)*name);
    }
}

// ---- the operation ---------------------------------------------------------------------------

static bool no_operation(struct reading *reading, const char *word) {
    size_t commands = 0;
    while (command_name(commands) != NULL) {
        commands++;
    }
    const char **names = memory_new(commands + operation_count(), sizeof *names);
    struct buffer message;
    for (size_t i = 0; i < commands; i++) {
        names[i] = command_name(i);
        if (strcmp(word, names[i]) == 0) {
            free(names);
            return error_set(reading->error, ERROR_INVALID_PARAMETER,
                    "%s is a command of its own, which comes first: whitebeam %s", word, word);
        }
    }
    for (size_t i = 0; i < operation_count(); i++) {
        names[commands + i] = operation_at(i)->name;
    }
    buffer_init(&message);
    buffer_printf(&message, "there is no command or operation '%.80s'", word);
    size_t length = message.length;
    nearest_say(&message, str_of(word), "", names, commands + operation_count());
    if (message.length == length) {
        buffer_add_text(&message, "; `whitebeam operations` lists them");
    }
    usage(reading, &message);
    buffer_finish(&message);
    free(names);
    return false;
}

static bool take_operation(struct reading *reading, const char *word) {
    char name[NAME_BYTES];
    if (plain_name(str_of(word), name)) {
        reading->asked->operation = operation_find(str_of(name));
    }
    return reading->asked->operation != NULL ? true : no_operation(reading, word);
}

// ---- arguments and flags ---------------------------------------------------------------------

static bool unknown(struct reading *reading, struct str name) {
    const char *names[128];
    size_t count = 0;
    const struct operation *operation = reading->asked->operation;
    struct buffer message;
    for (size_t i = 0; operation != NULL && operation->arguments[i].name != NULL && count < 64;
            i++) {
        names[count++] = operation->arguments[i].name;
    }
    for (size_t i = 0; word_flags[i].name != NULL; i++) {
        names[count++] = word_flags[i].name;
    }
    buffer_init(&message);
    buffer_printf(&message, "%s has no argument --%.*s", operation ? operation->name : "whitebeam",
            (int)(name.length < 80 ? name.length : 80), name.at);
    size_t length = message.length;
    nearest_say(&message, name, "--", names, count);
    if (operation != NULL && message.length == length) {
        buffer_printf(&message, "; see `whitebeam help %s`", operation->name);
    }
    usage(reading, &message);
    buffer_finish(&message);
    return false;
}

// The value of --name=VALUE, or the next word.
static const char *value_of(struct reading *reading, struct str name, const char *given) {
    if (given != NULL) {
        return given;
    }
    if (reading->at < reading->argc) {
        return reading->argv[reading->at++];
    }
    error_set(reading->error, ERROR_INVALID_PARAMETER, "--%.*s needs a value", STR_ARGS(name));
    return NULL;
}

static bool take_boolean(
        struct reading *reading, const struct argument *argument, const char *given) {
    const char *next = reading->at < reading->argc ? reading->argv[reading->at] : "";
    if (given == NULL && (strcmp(next, "true") == 0 || strcmp(next, "false") == 0)) {
        given = next;
        reading->at++;
    }
    return words_put(reading->asked->arguments, argument, given ? given : "true", reading->error);
}

// True if it is an argument of the operation; *good says whether its value is.
static bool take_argument(struct reading *reading, struct str name, const char *given, bool *good) {
    char plain[NAME_BYTES];
    const struct operation *operation = reading->asked->operation;
    if (operation == NULL || !plain_name(name, plain)) {
        return false;
    }
    const struct argument *argument = operation_argument(operation, str_of(plain));
    if (argument == NULL && strncmp(plain, "no_", 3) == 0 && given == NULL) {
        argument = operation_argument(operation, str_of(plain + 3));
        given = "false";
        if (argument == NULL || argument->type != ARGUMENT_BOOLEAN) {
            return false;
        }
    }
    if (argument == NULL) {
        return false;
    }
    if (argument->type == ARGUMENT_BOOLEAN) {
        *good = take_boolean(reading, argument, given);
        return true;
    }
    const char *value = value_of(reading, name, given);
    *good = value != NULL && words_put(reading->asked->arguments, argument, value, reading->error);
    return true;
}

static bool set_flag(struct asked *asked, enum flag flag, const char *value) {
    switch (flag) {
    case FLAG_JSON:
        asked->json = true;
        break;
    case FLAG_ALL:
        asked->all = true;
        break;
    case FLAG_COLUMNS:
        asked->columns = value;
        break;
    case FLAG_YES:
        asked->yes = true;
        break;
    case FLAG_EXPLAIN:
        json_object_set_new(asked->arguments, "explain", json_true());
        break;
    case FLAG_STATE:
        asked->state = value;
        break;
    case FLAG_KEY:
        asked->key_file = value;
        break;
    case FLAG_HELP:
        asked->help = true;
        break;
    }
    return true;
}

static bool take_flag(struct reading *reading, struct str name, const char *given) {
    for (size_t i = 0; word_flags[i].name != NULL; i++) {
        if (!str_is(name, word_flags[i].name)) {
            continue;
        }
        if (word_flags[i].value == NULL && given != NULL) {
            return error_set(reading->error, ERROR_INVALID_PARAMETER, "--%s takes no value",
                    word_flags[i].name);
        }
        const char *value = word_flags[i].value != NULL ? value_of(reading, name, given) : "";
        return value != NULL && set_flag(reading->asked, (enum flag)i, value);
    }
    return unknown(reading, name);
}

// A word that begins with --.
static bool take_named(struct reading *reading, const char *word) {
    const char *equals = strchr(word, '=');
    struct str name = {word + 2, equals ? (size_t)(equals - word) - 2 : strlen(word) - 2};
    const char *given = equals ? equals + 1 : NULL;
    bool good;
    return take_argument(reading, name, given, &good) ? good : take_flag(reading, name, given);
}

// ---- words without a name --------------------------------------------------------------------

static bool missing(struct reading *reading, const struct argument *argument) {
    struct buffer message;
    buffer_init(&message);
    buffer_printf(&message, "%s is missing: ", argument->name);
    words_usage(&message, reading->asked->operation);
    usage(reading, &message);
    buffer_finish(&message);
    return false;
}

static bool is_last_required(const struct argument *argument) {
    for (argument++; argument->name != NULL; argument++) {
        if (argument->required) {
            return false;
        }
    }
    return true;
}

static bool name_the_bare(struct reading *reading) {
    struct asked *asked = reading->asked;
    size_t used = 0;
    for (const struct argument *a = asked->operation->arguments; a->name != NULL; a++) {
        if (!a->required || json_object_get(asked->arguments, a->name) != NULL) {
            continue;
        }
        if (used == reading->bare_count) {
            return missing(reading, a);
        }
        do {
            if (!words_put(asked->arguments, a, reading->bare[used++], reading->error)) {
                return false;
            }
        } while (words_is_list(a) && is_last_required(a) && used < reading->bare_count);
    }
    if (used < reading->bare_count) {
        struct buffer message;
        buffer_init(&message);
        buffer_printf(&message, "'%.80s' is one word too many: ", reading->bare[used]);
        words_usage(&message, asked->operation);
        usage(reading, &message);
        buffer_finish(&message);
        return false;
    }
    return true;
}

// ---- all -------------------------------------------------------------------------------------

static bool read_all(struct reading *reading) {
    bool named = true;
    while (reading->at < reading->argc) {
        const char *word = reading->argv[reading->at++];
        bool good = true;
        if (named && strcmp(word, "--") == 0) {
            named = false;
        } else if (named && strcmp(word, "-h") == 0) {
            reading->asked->help = true;
        } else if (named && strncmp(word, "--", 2) == 0) {
            good = take_named(reading, word);
        } else if (reading->asked->operation == NULL) {
            good = take_operation(reading, word);
        } else {
            reading->bare[reading->bare_count++] = word;
        }
        if (!good) {
            return false;
        }
    }
    return reading->asked->help || reading->asked->operation == NULL || name_the_bare(reading);
}

bool words_read(struct asked *asked, int argc, char **argv, struct error *error) {
    *asked = (struct asked){.arguments = json_object()};
    struct reading reading = {.asked = asked,
            .argc = argc,
            .argv = argv,
            .at = 1,
            .bare = memory_new((size_t)argc + 1, sizeof(char *)),
            .error = error};
    bool good = read_all(&reading);
    free(reading.bare);
    return good;
}

void words_finish(struct asked *asked) {
    json_decref(asked->arguments);
}

// "PID", or "PIDS…" for a list that takes the rest.
static void add_place(struct buffer *out, const struct argument *argument) {
    for (const char *at = argument->name; *at != '\0'; at++) {
        buffer_add_u8(out, (uint8_t)toupper((unsigned char)*at));
    }
    buffer_add_text(out, words_is_list(argument) ? "..." : "");
}

void words_usage(struct buffer *out, const struct operation *operation) {
    bool more = false;
    buffer_printf(out, "whitebeam %s", operation->name);
    for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
        more = more || !a->required;
        if (a->required) {
            buffer_add_u8(out, ' ');
            add_place(out, a);
        }
    }
    buffer_add_text(out, more ? " [--argument VALUE]..." : "");
}
