// The product as one table. Everything that can be asked of Whitebeam is a row: its name, what it
// does, its routes, its arguments, who may ask, what it costs and changes, and who answers. The
// router, the validation of arguments, authorisation and the documentation derive from the rows.
//
// Nothing in this folder knows of HTTP, sockets or sessions; it sees a `struct call`.
#ifndef WHITEBEAM_OPERATIONS_OPERATION_H
#define WHITEBEAM_OPERATIONS_OPERATION_H

#include "base/error.h"

struct call;

enum argument_type {
    ARGUMENT_TEXT,    // any text up to LIMIT_PARAMETER_BYTES
    ARGUMENT_INTEGER, // within minimum … maximum
    ARGUMENT_BOOLEAN, // true or false
    ARGUMENT_CHOICE,  // one of `choices`
    ARGUMENT_CHOICES, // several of `choices`, separated by commas; at most 32 exist
    ARGUMENT_PATTERN, // PCRE2, at most LIMIT_PATTERN_BYTES
    ARGUMENT_PROCESS, // a pid or a registered name, see print_read_pid
    ARGUMENT_NODE,    // name@host
};

enum argument_place { PLACE_PATH, PLACE_QUERY, PLACE_BODY };

struct argument {
    const char *name; // NULL ends the list
    enum argument_type type;
    enum argument_place place;
    bool required;
    const char *summary;
    const char *choices;  // "a|b|c"
    const char *fallback; // what counts when it is absent; NULL: absent
    int64_t minimum, maximum;
};

enum permission {
    PERMISSION_NONE, // open to everybody
    PERMISSION_READ_SUPERVISORS,
    PERMISSION_WRITE_SUPERVISORS,
    PERMISSION_CONTROL_SUPERVISORS,
    PERMISSION_READ_PROCESSES,
    PERMISSION_CONTROL_PROCESSES,
    PERMISSION_TRACE_MESSAGES,
    PERMISSION_MANAGE_SANDBOXES,
    PERMISSION_SYSTEM_DIAGNOSTICS,
    PERMISSION_MANAGE_NODES,
    PERMISSION_MANAGE_CODE,
    PERMISSION_MANAGE_KEYS,
    PERMISSION_MANAGE_ALARMS,
    PERMISSION_CREATE_ATOMS,
    PERMISSION_FORCE_SYSTEM,
    PERMISSION_COUNT,
};

enum rate_class { RATE_STANDARD, RATE_HEAVY, RATE_EDUCATION, RATE_FREE };

enum effect {
    EFFECT_NONE,    // answered from what the daemon knows
    EFFECT_READ,    // asks the node, changes nothing there
    EFFECT_CHANGE,  // changes the node or the daemon, can be undone
    EFFECT_DESTROY, // cannot be undone
};

struct operation {
    const char *name;
    const char *summary;
    const char *method; // GET, POST, PUT, DELETE
    const char *path;   // segments; {name} is the path argument `name`
    const struct argument *arguments;
    enum permission permission;
    enum rate_class rate;
    enum effect effect;
    const char *reply;   // the type of `data` in docs/api.md
    const char *teaches; // the OTP concept behind it
    void (*run)(struct call *call);
};

extern const struct operation operations[];
extern const size_t operation_count;

const char *permission_name(enum permission permission);
const char *rate_name(enum rate_class rate);
const char *effect_name(enum effect effect);

#endif
