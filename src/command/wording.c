// Finding routes and parameters in a message.
#include "command/wording.h"

#include "command/words.h"
#include "operations/operation.h"

// What a route or a parameter may have in it.
#define SIGNS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.@/{}%~"
#define NAME  "abcdefghijklmnopqrstuvwxyz_"

static const struct operation *find_route(struct str method, struct str path) {
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (size_t r = 0; r < OPERATION_ROUTES && operation->routes[r].method != NULL; r++) {
            if (str_is(method, operation->routes[r].method) &&
                    str_is(path, operation->routes[r].path)) {
                return operation;
            }
        }
    }
    return NULL;
}

// Bytes of "name=value", or 0.
static size_t parameter_length(const char *text) {
    size_t name = strspn(text, NAME);
    size_t value = name > 0 && text[name] == '=' ? strspn(text + name + 1, SIGNS) : 0;
    return value > 0 ? name + 1 + value : 0;
}

// Appends "--name value".
static void add_parameter(struct buffer *out, const char *text, size_t length) {
    buffer_add_text(out, "--");
    for (size_t i = 0; i < length; i++) {
        bool name = memchr(text, '=', i) == NULL;
        buffer_add_u8(out, name && text[i] == '='   ? ' '
                           : name && text[i] == '_' ? '-'
                                                    : (uint8_t)text[i]);
    }
}

// Appends "whitebeam get_process PID", without what says that there are other arguments.
static void add_command(struct buffer *out, const struct operation *operation) {
    size_t begin = out->length;
    words_usage(out, operation);
    const char *more = memmem(out->at + begin, out->length - begin, " [", 2);
    out->length = more != NULL ? (size_t)(more - out->at) : out->length;
}

// How much of the text is a route of the table; 0: it begins with none.
static size_t add_route(struct buffer *out, const char *text) {
    struct str method = {text, strcspn(text, " ")};
    if (strncmp(text + method.length, " /", 2) != 0) {
        return 0;
    }
    struct str path = {text + method.length + 1, strspn(text + method.length + 1, SIGNS)};
    while (path.length > 0 && path.at[path.length - 1] == '.') {
        path.length--; // the end of a sentence
    }
    const struct operation *operation = find_route(method, path);
    if (operation == NULL) {
        return 0;
    }
    const char *at = path.at + path.length;
    size_t length = *at == '?' ? parameter_length(at + 1) : 0;
    buffer_add_u8(out, '`');
    add_command(out, operation);
    if (length > 0) {
        buffer_add_u8(out, ' ');
        add_parameter(out, at + 1, length);
        at += 1 + length;
    }
    buffer_add_u8(out, '`');
    return (size_t)(at - text);
}

void wording_add(struct buffer *out, const char *message) {
    bool begins = true; // a word
    while (*message != '\0') {
        size_t parameter = begins && *message == '?' ? parameter_length(message + 1) : 0;
        size_t taken = begins ? add_route(out, message) : 0;
        if (parameter > 0) {
            add_parameter(out, message + 1, parameter);
            taken = 1 + parameter;
        } else if (taken == 0) {
            buffer_add_u8(out, (uint8_t)*message);
            taken = 1;
        }
        begins = message[taken - 1] == ' ';
        message += taken;
    }
}
