// The daemon itself and the nodes that it is attached to.
#include "operations/rows.h"

static const struct argument no_arguments[] = {END};

static const struct argument nodes_list_arguments[] = {PAGE, END};

static const struct argument nodes_attach_arguments[] = {
        {.name = "node",
                .type = ARGUMENT_NODE,
                .required = true,
                .summary = "Full name, name@host."},
        {.name = "cookie",
                .type = ARGUMENT_TEXT,
                .summary = "The node's cookie; the daemon's own without it."},
        {.name = "port",
                .type = ARGUMENT_INTEGER,
                .minimum = 1,
                .maximum = 65535,
                .summary = "Its distribution port, for hosts without epmd."},
        END,
};

static const struct argument node_detach_arguments[] = {
        {.name = "node",
                .type = ARGUMENT_NODE,
                .required = true,
                .summary = "Full name, name@host."},
        END,
};

static const struct argument operations_list_arguments[] = {
        PAGE,
        TEXT("group", NULL, "Only operations of this group."),
        END,
};

static const struct argument operation_get_arguments[] = {
        NEED_TEXT("operation", "Name of the operation."),
        END,
};

static const struct operation rows[] = {
        {.name = "livez",
                .summary = "The daemon runs.",
                .routes = {{"GET", "/livez"}},
                .arguments = no_arguments,
                .rate = RATE_FREE,
                .reply = "{status: text}",
                .run = run_livez},
        {.name = "readyz",
                .summary = "The daemon can answer.",
                .routes = {{"GET", "/readyz"}},
                .arguments = no_arguments,
                .rate = RATE_FREE,
                .reply = "{status: text}",
                .run = run_readyz},
        {.name = "create_login_token",
                .summary = "A URL that logs a browser in once, within ten minutes.",
                .routes = {{"POST", "/api/v1/login-tokens"}},
                .arguments = no_arguments,
                .permission = PERMISSION_MANAGE_KEYS,
                .effect = EFFECT_CHANGE,
                .reply = "{url: text, expires_in_s: int}",
                .run = run_login_token},
        {.name = "list_nodes",
                .summary = "Attached nodes, their state, and what watching costs them.",
                .routes = {{"GET", "/api/v1/nodes"}},
                .arguments = nodes_list_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .reply = "node",
                .list = true,
                .teaches = "Distributed Erlang: a node is a named runtime system.",
                .run = run_nodes_list},
        {.name = "attach_node",
                .summary = "Attach a running node; nothing needs to be installed there.",
                .routes = {{"POST", "/api/v1/nodes"}},
                .arguments = nodes_attach_arguments,
                .permission = PERMISSION_MANAGE_NODES,
                .effect = EFFECT_CHANGE,
                .reply = "node",
                .teaches = "Hidden nodes, cookies, and loading code into a running system.",
                .run = run_nodes_attach},
        {.name = "detach_node",
                .summary = "Detach a node and leave it as it was.",
                .routes = {{"DELETE", "/api/v1/nodes/{node}"}},
                .arguments = node_detach_arguments,
                .permission = PERMISSION_MANAGE_NODES,
                .effect = EFFECT_CHANGE,
                .reply = "none",
                .teaches = "Code purging: removing modules from a running system.",
                .run = run_node_detach},
        {.name = "list_operations",
                .group = "Operations",
                .summary =
                        "Everything that can be asked, with its arguments and what is behind it.",
                .routes = {{"GET", "/api/v1/operations"}},
                .arguments = operations_list_arguments,
                .permission = PERMISSION_NONE,
                .reply = "operation",
                .list = true,
                .run = run_operations_list},
        {.name = "get_operation",
                .group = "Operations",
                .summary = "One operation, with its arguments and what is behind it.",
                .routes = {{"GET", "/api/v1/operations/{operation}"}},
                .arguments = operation_get_arguments,
                .permission = PERMISSION_NONE,
                .reply = "operation",
                .run = run_operation_get},
};

ROWS_ARE(rows_daemon, rows);
