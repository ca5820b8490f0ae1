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
    ARGUMENT_CHOICES, // several of `choices`, separated by commas or as an array; at most 32 exist
    ARGUMENT_PATTERN, // PCRE2, at most LIMIT_PATTERN_BYTES
    ARGUMENT_PROCESS, // a pid or a registered name, see print_read_pid
    ARGUMENT_SUPERVISOR, // a registered name, a pid, or a path
    ARGUMENT_NODE,       // name@host
    ARGUMENT_ATOM,       // a module, function, application or name: Foo, :foo, foo
    ARGUMENT_TERM,       // a string in the syntax that the argument `format` names, or other JSON
    ARGUMENT_CHILD_SPEC, // an object, an array of these, or a string with a term
    ARGUMENT_TEXTS,      // an array of texts, or one text with commas
    ARGUMENT_PROCESSES,  // the same of processes
};

// Where an argument stands follows from its route: in the path if the route names it; else in the
// query, or in the body of a method that has one.
struct argument {
    const char *name; // NULL ends the list
    enum argument_type type;
    bool required;
    bool secret; // only in the body, and not in the audit record
    bool ours;   // for the daemon alone: the agent does not get it
    const char *summary;
    const char *choices;  // "a|b|c"
    const char *fallback; // what counts when it is absent; NULL: absent
    int64_t minimum, maximum;
};

#define OPERATION_ROUTES 5

struct route_pattern {
    const char *method; // GET, POST, PUT, DELETE; NULL ends the list
    const char *path;   // segments; {name} is the argument `name`
};

// API keys are stored with these numbers: new ones are added before PERMISSION_COUNT, and no one's
// number ever changes.
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
    const char *group; // of related operations, for the documentation
    const char *summary;
    // The first is its own; the others answer the same. Every operation with a group also answers
    // POST /api/v1/operations/{operation} with all arguments in the body.
    struct route_pattern routes[OPERATION_ROUTES];
    const struct argument *arguments;
    enum permission permission;
    enum rate_class rate;
    enum effect effect;
    int status;            // of success; 0: 200, or 204 where the reply is none
    const char *reply;     // the form of `data`, see reply.h
    bool list;             // `data` is a list of `reply`, with pages in `meta`
    bool bare;             // the answer is `reply` itself, without `data` and `meta`
    const char *teaches;   // the OTP concept behind it
    const char *functions; // the OTP functions behind it, "erlang:exit/2, proc_lib:spawn/3"
    const char *honest;    // how it differs from what its name promises; NULL: it does not
    const char *next;      // operations to look at next, "get_process|list_processes"
    void (*run)(struct call *call);
};

// All rows, in the order of the documentation.
size_t operation_count(void);
const struct operation *operation_at(size_t index);
// NULL: there is none of that name.
const struct operation *operation_find(struct str name);

// The argument of that name, or NULL.
const struct argument *operation_argument(const struct operation *operation, struct str name);

// The status of success.
int operation_status(const struct operation *operation);
// Its group, or that of operations without one, which only answer at their own routes.
const char *operation_group(const struct operation *operation);
// The groups, in the order in which they first appear; at most GROUPS_MOST.
#define GROUPS_MOST 64u
size_t operation_groups(const char *groups[static GROUPS_MOST]);

// Where a client puts an argument on a route; without a method it is the route by name.
enum place { PLACE_PATH, PLACE_QUERY, PLACE_BODY };
enum place argument_place(const struct route_pattern *route, const struct argument *argument);
// "text", "integer", …
const char *argument_type_name(enum argument_type type);

const char *permission_name(enum permission permission);
const char *rate_name(enum rate_class rate);
const char *effect_name(enum effect effect);

#endif
