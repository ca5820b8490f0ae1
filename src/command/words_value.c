// From text to the JSON that the daemon takes. What a value may be is the daemon's to judge; here
// only its form counts.
#include "command/words_value.h"

#include "base/buffer.h"
#include "limits.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

bool words_is_list(const struct argument *argument) {
    return argument->type == ARGUMENT_CHOICES || argument->type == ARGUMENT_TEXTS ||
           argument->type == ARGUMENT_PROCESSES;
}

// ---- where a value comes from ----------------------------------------------------------------

static bool read_all(FILE *file, const char *what, struct buffer *text, struct error *error) {
    size_t got;
    do {
        got = fread(buffer_reserve(text, 1 << 16), 1, 1 << 16, file);
        text->length += got;
    } while (got > 0 && text->length <= LIMIT_HTTP_BODY);
    if (ferror(file)) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "%s cannot be read: %s", what, strerror(errno));
    }
    if (text->length > LIMIT_HTTP_BODY) {
        return error_set(error, ERROR_INVALID_PARAMETER, "%s holds more than %u bytes", what,
                LIMIT_HTTP_BODY);
    }
    if (text->length > 0 && text->at[text->length - 1] == '\n') {
        text->length--;
        text->length -= text->length > 0 && text->at[text->length - 1] == '\r';
    }
    return true;
}

static bool read_input(struct buffer *text, struct error *error) {
    if (feof(stdin)) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "standard input was read already; only one argument can be -");
    }
    return read_all(stdin, "standard input", text, error);
}

// ~ is the shell's to expand, and it does not behind an @.
static bool read_file(const char *name, struct buffer *text, struct error *error) {
    char path[4200];
    const char *home = getenv("HOME");
    bool ours = home != NULL && strncmp(name, "~/", 2) == 0;
    snprintf(path, sizeof path, "%s%s", ours ? home : "", ours ? name + 1 : name);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "%s cannot be read: %s", path, strerror(errno));
    }
    bool good = read_all(file, path, text, error);
    fclose(file);
    return good;
}

static bool fetch(const struct argument *argument, const char *word, struct buffer *text,
        struct error *error) {
    if (strcmp(word, "-") == 0) {
        return read_input(text, error);
    }
    if (word[0] == '@' && word[1] != '@') {
        return read_file(word + 1, text, error);
    }
    if (argument->secret) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "%s is a secret, and other users can see the words of a command: give @FILE, or - "
                "for standard input",
                argument->name);
    }
    buffer_add_text(text, word[0] == '@' ? word + 1 : word);
    return true;
}

// ---- its form --------------------------------------------------------------------------------

static bool wrong(
        const struct argument *argument, struct str text, const char *what, struct error *error) {
    return error_set(error, ERROR_INVALID_PARAMETER, "%s: '%.*s' is %s", argument->name,
            (int)(text.length < 80 ? text.length : 80), text.at, what);
}

// "a,b", or an array for values that hold commas.
static bool add_items(
        json_t *list, const struct argument *argument, struct str text, struct error *error) {
    if (text.length > 0 && text.at[0] == '[') {
        json_t *items = json_loadb(text.at, text.length, 0, NULL);
        if (items == NULL) {
            return wrong(argument, text, "not a JSON array", error);
        }
        json_array_extend(list, items);
        json_decref(items);
        return true;
    }
    while (text.length > 0) {
        const char *comma = memchr(text.at, ',', text.length);
        size_t length = comma ? (size_t)(comma - text.at) : text.length;
        json_array_append_new(list, json_stringn(text.at, length));
        length += comma != NULL;
        text = (struct str){text.at + length, text.length - length};
    }
    return true;
}

// Objects and arrays are such to the daemon; other text is a term in its own syntax.
static json_t *specification(struct str text) {
    json_t *json = json_loadb(text.at, text.length, JSON_REJECT_DUPLICATES, NULL);
    if (json_is_object(json) || json_is_array(json)) {
        return json;
    }
    json_decref(json);
    return json_stringn(text.at, text.length);
}

static json_t *to_json(const struct argument *argument, struct str text, struct error *error) {
    int64_t number;
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        if (str_to_int(text, &number)) {
            return json_integer(number);
        }
        wrong(argument, text, "not an integer", error);
        return NULL;
    case ARGUMENT_BOOLEAN:
        if (str_is(text, "true") || str_is(text, "false")) {
            return json_boolean(str_is(text, "true"));
        }
        wrong(argument, text, "neither true nor false", error);
        return NULL;
    case ARGUMENT_CHILD_SPEC:
        return specification(text);
    case ARGUMENT_CHOICES:
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
    case ARGUMENT_TEXT:
    case ARGUMENT_CHOICE:
    case ARGUMENT_PATTERN:
    case ARGUMENT_PROCESS:
    case ARGUMENT_SUPERVISOR:
    case ARGUMENT_NODE:
    case ARGUMENT_ATOM:
    case ARGUMENT_TERM: // the daemon reads it in the syntax of `format`
        return json_stringn(text.at, text.length);
    }
    return NULL;
}

static bool put(
        json_t *arguments, const struct argument *argument, struct str text, struct error *error) {
    json_t *known = json_object_get(arguments, argument->name);
    if (words_is_list(argument)) {
        if (known == NULL) {
            known = json_array();
            json_object_set_new(arguments, argument->name, known);
        }
        return add_items(known, argument, text, error);
    }
    if (known != NULL) {
        return error_set(
                error, ERROR_INVALID_PARAMETER, "%s is given more than once", argument->name);
    }
    json_t *value = to_json(argument, text, error);
    return value != NULL && json_object_set_new(arguments, argument->name, value) == 0;
}

bool words_put(
        json_t *arguments, const struct argument *argument, const char *word, struct error *error) {
    struct buffer text;
    buffer_init(&text);
    buffer_reserve(&text, 1);
    bool good = fetch(argument, word, &text, error);
    if (good && !str_is_utf8(buffer_str(&text))) {
        good = error_set(error, ERROR_INVALID_PARAMETER, "%s is not UTF-8", argument->name);
    }
    good = good && put(arguments, argument, buffer_str(&text), error);
    explicit_bzero(text.at, text.length);
    buffer_finish(&text);
    return good;
}
