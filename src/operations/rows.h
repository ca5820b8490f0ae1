// The words that rows of the table are written in: arguments that many operations share, and short
// forms of the others. Included by the rows_*.c files only.
#ifndef WHITEBEAM_OPERATIONS_ROWS_H
#define WHITEBEAM_OPERATIONS_ROWS_H

#include "limits.h"
#include "operations/handlers.h"

// clang-format off
#define END {.name = NULL}

// One argument each. `otherwise` is the text that counts when it is absent, or NULL.
#define TEXT(n, otherwise, s) {.name = n, .type = ARGUMENT_TEXT, .fallback = otherwise, .summary = s}
#define INTEGER(n, otherwise, least, most, s) {.name = n, .type = ARGUMENT_INTEGER, \
    .fallback = otherwise, .minimum = least, .maximum = most, .summary = s}
#define FLAG(n, s) {.name = n, .type = ARGUMENT_BOOLEAN, .fallback = "false", .summary = s}
#define CHOICE(n, of, otherwise, s) {.name = n, .type = ARGUMENT_CHOICE, .choices = of, \
    .fallback = otherwise, .summary = s}
#define CHOICES(n, of, s) {.name = n, .type = ARGUMENT_CHOICES, .choices = of, .summary = s}
#define ATOM(n, otherwise, s) {.name = n, .type = ARGUMENT_ATOM, .fallback = otherwise, .summary = s}
#define TERM(n, otherwise, s) {.name = n, .type = ARGUMENT_TERM, .fallback = otherwise, .summary = s}
#define TEXTS(n, s) {.name = n, .type = ARGUMENT_TEXTS, .summary = s}
#define PROCESS(n, s) {.name = n, .type = ARGUMENT_PROCESS, .summary = s}
#define PROCESSES(n, s) {.name = n, .type = ARGUMENT_PROCESSES, .summary = s}

// For the daemon alone: the agent does not get them.
#define OUR_FLAG(n, s) {.name = n, .type = ARGUMENT_BOOLEAN, .fallback = "false", .ours = true, \
    .summary = s}
#define OUR_TEXT(n, s) {.name = n, .type = ARGUMENT_TEXT, .ours = true, .summary = s}
#define NEED_OUR_TEXT(n, s) {.name = n, .type = ARGUMENT_TEXT, .ours = true, .required = true, \
    .summary = s}

// The same, required.
#define NEED_TEXT(n, s) {.name = n, .type = ARGUMENT_TEXT, .required = true, .summary = s}
#define NEED_INTEGER(n, least, most, s) {.name = n, .type = ARGUMENT_INTEGER, .required = true, \
    .minimum = least, .maximum = most, .summary = s}
#define NEED_CHOICE(n, of, s) {.name = n, .type = ARGUMENT_CHOICE, .choices = of, .required = true, \
    .summary = s}
#define NEED_ATOM(n, s) {.name = n, .type = ARGUMENT_ATOM, .required = true, .summary = s}
#define NEED_TERM(n, s) {.name = n, .type = ARGUMENT_TERM, .required = true, .summary = s}
#define NEED_TEXTS(n, s) {.name = n, .type = ARGUMENT_TEXTS, .required = true, .summary = s}
#define NEED_PROCESS(n, s) {.name = n, .type = ARGUMENT_PROCESS, .required = true, .summary = s}
#define NEED_PROCESSES(n, s) {.name = n, .type = ARGUMENT_PROCESSES, .required = true, .summary = s}
#define NEED_SPEC(n, s) {.name = n, .type = ARGUMENT_CHILD_SPEC, .required = true, .summary = s}

// What many operations take.
#define PID NEED_PROCESS("pid", "#PID<0.123.0>, <0.123.0>, 0.123.0, or a registered name.")
#define SUPERVISOR {.name = "name", .type = ARGUMENT_SUPERVISOR, .required = true, \
    .summary = "Registered name, pid, or path (percent-encoded in a URL)."}
#define APPLICATION NEED_ATOM("application", "Name of the application.")
#define NODE {.name = "node", .type = ARGUMENT_NODE, .ours = true, \
    .summary = "The attached node; needed only when several are attached."}
#define FRESH OUR_FLAG("fresh", "Read the node again before answering.")
#define PAGE \
    INTEGER("page", "1", 1, 1000000000, "Page number."), \
    INTEGER("per_page", "50", 1, LIMIT_PER_PAGE, "Rows on a page.")
#define ORDER CHOICE("order", "asc|desc", NULL, \
    "Direction; numbers are descending and names ascending without it.")
#define DRY_RUN FLAG("dry_run", "Check everything, say what would happen, and do nothing.")
#define FORCE FLAG("force", "Also processes of the runtime system; needs force:system.")
#define TIMEOUT(otherwise, most) INTEGER("timeout_ms", otherwise, 1, most, \
    "How long an answer may take.")
#define DURATION INTEGER("duration_ms", "60000", 1, 3600000, \
    "How long it is held; it ends by itself then, and when Whitebeam leaves the node.")
// Beside arguments with terms.
#define FORMAT {.name = "format", .type = ARGUMENT_CHOICE, .choices = "term|erlang|json", \
    .fallback = "term", .ours = true, .summary = \
    "Syntax of terms given as strings: Elixir, Erlang, or JSON. Other JSON is always JSON."}
#define CREATE_ATOMS OUR_FLAG("create_atoms", \
    "Make atoms that the node does not know yet; needs create:atoms.")
#define TERMS FORMAT, CREATE_ATOMS
// clang-format on

// The rows, a group in each file.
struct rows {
    const struct operation *at;
    size_t count;
};

#define ROWS(name) extern const struct rows name
ROWS(rows_daemon);
ROWS(rows_access);
ROWS(rows_processes);
ROWS(rows_lifecycle);
ROWS(rows_process_control);
ROWS(rows_messages);
ROWS(rows_mailboxes);
ROWS(rows_leases);
ROWS(rows_supervisors);
ROWS(rows_supervision);
ROWS(rows_children);
ROWS(rows_applications);
ROWS(rows_system);
ROWS(rows_kept_states);
ROWS(rows_introspection);
ROWS(rows_states);
ROWS(rows_names);
#undef ROWS

// Ends a file of rows.
#define ROWS_ARE(name, list) const struct rows name = {list, sizeof list / sizeof list[0]}

#endif
