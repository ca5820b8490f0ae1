// Names of processes: of the node, of the cluster, groups, and entries of Elixir's registries.
#include "operations/rows.h"

#define GROUP "Process Registry and Naming"

#define SCOPE ATOM("scope", NULL, "Scope of the groups; pg without it.")
#define START FLAG("start", "Start the scope if it does not run; it stays when Whitebeam leaves.")
#define GROUP_NAME                                                                                 \
    NEED_TERM("group", "Name of the group: any term, as text in the syntax that `format` names.")
#define REGISTRY ATOM("registry", NULL, "Name of an Elixir Registry.")
#define KEY      TERM("key", NULL, "Key of an entry of that Registry.")

static const struct argument register_arguments[] = {
        PID,
        NEED_ATOM("name", "The name."),
        CREATE_ATOMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument unregister_arguments[] = {
        NEED_ATOM("name", "The name."), DRY_RUN, FORCE, NODE, END};

static const struct argument remove_entry_arguments[] = {
        NEED_ATOM("registry", "Name of an Elixir Registry."),
        NEED_TERM("key", "Key of the entry."),
        NEED_PROCESS("pid", "The process whose entry it is."),
        TIMEOUT("1000", 10000),
        FORMAT,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument whereis_arguments[] = {NEED_ATOM("name", "The name."), NODE, END};

static const struct argument names_arguments[] = {
        TEXT("prefix", NULL, "Only names that begin so."),
        PAGE,
        NODE,
        END,
};

static const struct argument global_register_arguments[] = {
        PID,
        NEED_TERM("name", "The name: any term."),
        CHOICE("resolve", "random_exit_name|random_notify_name|notify_all_name", "random_exit_name",
                "What happens to two processes of one name when networks meet."),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument global_unregister_arguments[] = {
        NEED_TERM("name", "The name: any term."),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument global_whereis_arguments[] = {
        NEED_TERM("name", "The name: any term."), FORMAT, NODE, END};

static const struct argument page_arguments[] = {PAGE, NODE, END};

static const struct argument create_group_arguments[] = {
        GROUP_NAME,
        PROCESSES("processes", "Its first members."),
        SCOPE,
        START,
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument join_arguments[] = {
        GROUP_NAME, PID, SCOPE, START, TERMS, DRY_RUN, FORCE, NODE, END};

static const struct argument leave_arguments[] = {
        GROUP_NAME, PID, SCOPE, FORMAT, DRY_RUN, FORCE, NODE, END};

static const struct argument groups_arguments[] = {
        ATOM("scope", NULL, "Only groups of this scope."),
        TERM("group", NULL, "The members of this group instead."),
        PAGE,
        FORMAT,
        NODE,
        END,
};

static const struct argument broadcast_arguments[] = {
        GROUP_NAME,
        NEED_TERM("message", "What each member is sent."),
        SCOPE,
        FLAG("local", "Only members on this node."),
        FLAG("force_send", "Also to processes that provably cannot understand it."),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument metadata_arguments[] = {
        PID,
        ATOM("name", NULL, "A name of the node; its metadata are kept by the daemon."),
        REGISTRY,
        KEY,
        NEED_TERM("metadata", "Any term; a map can be searched by its parts."),
        TIMEOUT("1000", 10000),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument update_metadata_arguments[] = {
        ATOM("name", NULL, "A name of the node that was registered with metadata."),
        REGISTRY,
        KEY,
        NEED_TERM("metadata", "The new metadata."),
        TIMEOUT("1000", 10000),
        TERMS,
        DRY_RUN,
        FORCE,
        NODE,
        END,
};

static const struct argument search_arguments[] = {
        NEED_TERM("metadata", "A value, or a map of which an entry must have all keys and values."),
        ATOM("registry", NULL, "Only this Registry, and nothing that the daemon keeps."),
        PAGE,
        FORMAT,
        NODE,
        END,
};

static const struct argument contents_arguments[] = {
        ATOM("registry", NULL,
                "The entries of this Registry; without it all there is, in numbers."),
        KEY,
        PAGE,
        FORMAT,
        NODE,
        END,
};

static const struct operation rows[] = {
        {.name = "register_process",
                .group = GROUP,
                .summary = "Give a process a name on its node.",
                .routes = {{"POST", "/api/v1/names"}},
                .arguments = register_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{name: text, pid: pid, registered: bool, dry_run?: bool}",
                .teaches = "A registered name is found without knowing the pid, also after a "
                           "restart; it belongs to one process at a time.",
                .functions = "erlang:register/2",
                .next = "whereis_process|unregister_process",
                .run = run_on_node},
        {.name = "unregister_process",
                .group = GROUP,
                .summary = "Take a name away from its process.",
                .routes = {{"DELETE", "/api/v1/names/{name}"}},
                .arguments = unregister_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "{name: text, pid?: pid, port?: text, alive?: bool, unregistered: bool, "
                         "owner_now?: pid?, dry_run?: bool}",
                .teaches = "Who sends to a name that nobody has fails with badarg.",
                .functions = "erlang:unregister/1",
                .next = "whereis_process|register_process|remove_registry_entry",
                .run = run_name_unregister},
        {.name = "whereis_process",
                .group = GROUP,
                .summary = "Who has a name on the node.",
                .routes = {{"GET", "/api/v1/names/{name}"}},
                .arguments = whereis_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{name: text, pid: pid?, port?: text, registered: bool}",
                .teaches = "Between whereis/1 and the next line the process may have ended.",
                .functions = "erlang:whereis/1",
                .next = "get_process|registered_names",
                .run = run_on_node},
        {.name = "registered_names",
                .group = GROUP,
                .summary = "All names of the node, in order.",
                .routes = {{"GET", "/api/v1/names"}},
                .arguments = names_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{names: [{name: text, pid: pid?, port?: text}], page: int, per_page: "
                         "int, total: int}",
                .teaches = "Names are atoms: they are never freed, so they are not made from "
                           "input.",
                .functions = "erlang:registered/0",
                .next = "whereis_process",
                .run = run_on_node},
        {.name = "register_process_globally",
                .group = GROUP,
                .summary = "Give a process a name on all connected nodes.",
                .routes = {{"POST", "/api/v1/global_names"}},
                .arguments = global_register_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{name: any, name_inspect: text, pid: pid, resolve: text, nodes: [text], "
                         "registered: bool, dry_run?: bool}",
                .teaches = "global takes a lock on all nodes; a cluster that was split resolves "
                           "its names when it meets again.",
                .functions = "global:register_name/3",
                .next = "global_whereis_name|unregister_process_globally",
                .run = run_on_node},
        {.name = "unregister_process_globally",
                .group = GROUP,
                .summary = "Take a global name away.",
                .routes = {{"DELETE", "/api/v1/global_names/{name}"}},
                .arguments = global_unregister_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "{name: any, name_inspect: text, pid: pid, alive?: bool, node?: text, "
                         "unregistered: bool, dry_run?: bool}",
                .teaches = "A global name goes with its process by itself.",
                .functions = "global:unregister_name/1",
                .next = "global_whereis_name",
                .run = run_on_node},
        {.name = "global_whereis_name",
                .group = GROUP,
                .summary = "Who has a global name.",
                .routes = {{"GET", "/api/v1/global_names/{name}"}},
                .arguments = global_whereis_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{name: any, name_inspect: text, pid: pid?, alive?: bool, node?: text, "
                         "registered: bool}",
                .teaches = "Each node has a copy of the table of global names: a look-up asks "
                           "nobody.",
                .functions = "global:whereis_name/1",
                .next = "list_global_names",
                .run = run_on_node},
        {.name = "list_global_names",
                .group = GROUP,
                .summary = "All global names that the node knows.",
                .routes = {{"GET", "/api/v1/global_names"}},
                .arguments = page_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{names: [{name: any, name_inspect: text, pid: pid?}], page: int, "
                         "per_page: int, total: int}",
                .teaches = "Each node has a copy of the table of global names.",
                .functions = "global:registered_names/0",
                .next = "global_whereis_name",
                .run = run_on_node},
        {.name = "create_process_group",
                .group = GROUP,
                .summary = "Begin a process group with its first members.",
                .routes = {{"POST", "/api/v1/groups"}},
                .arguments = create_group_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{scope: text, starts_scope?: bool, group: any, group_inspect: text, "
                         "members: int, local: int, joined: [pid], times: int, dry_run?: bool}",
                .teaches = "Groups of pg are there as long as they have members.",
                .functions = "pg:join/3",
                .honest = "An empty group cannot exist, so it is created by its members.",
                .next = "join_process_group|list_process_groups",
                .run = run_on_node},
        {.name = "join_process_group",
                .group = GROUP,
                .summary = "Put a process into a group.",
                .routes = {{"POST", "/api/v1/groups/{group}/members"}},
                .arguments = join_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{scope: text, starts_scope?: bool, group: any, group_inspect: text, "
                         "members: int, local: int, joined: [pid], times: int, dry_run?: bool}",
                .teaches = "A process can be in a group several times, and leaves as often.",
                .functions = "pg:join/3",
                .next = "leave_process_group|broadcast_to_group",
                .run = run_on_node},
        {.name = "leave_process_group",
                .group = GROUP,
                .summary = "Take a process out of a group.",
                .routes = {{"DELETE", "/api/v1/groups/{group}/members/{pid}"}},
                .arguments = leave_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{scope: text, group: any, group_inspect: text, members: int, local: "
                         "int, left: pid, times: int, dry_run?: bool}",
                .teaches = "A process that ends leaves all its groups by itself.",
                .functions = "pg:leave/3",
                .next = "list_process_groups",
                .run = run_on_node},
        {.name = "list_process_groups",
                .group = GROUP,
                .summary = "All groups of the scopes that run, or the members of one.",
                .routes = {{"GET", "/api/v1/groups"}},
                .arguments = groups_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{scopes?: [text], groups?: [{scope: text, group: any, group_inspect: "
                         "text, members: int, local: int}], scope?: text, group?: any, "
                         "group_inspect?: text, members?: int, local?: int, processes?: "
                         "[related], page: int, per_page: int, total: int}",
                .teaches = "Each scope is a process of its own and knows only groups of its own.",
                .functions = "pg:which_groups/1, pg:get_members/2",
                .next = "join_process_group|broadcast_to_group",
                .run = run_on_node},
        {.name = "broadcast_to_group",
                .group = GROUP,
                .summary = "Send a message to every member of a group.",
                .routes = {{"POST", "/api/v1/groups/{group}/messages"}},
                .arguments = broadcast_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "{scope: text, group: any, group_inspect: text, members: int, local: "
                         "int, sent: [pid], sent_count: int, refused: [{pid: pid, code: text, "
                         "why: text}], refused_count: int, total: int, dry_run: bool}",
                .teaches = "A message in a mailbox that nobody expects is logged, or stays.",
                .functions = "pg:get_members/2, erlang:send/3",
                .honest = "Sent is not received: a process tells nobody what it takes from its "
                          "mailbox.",
                .next = "list_process_groups",
                .run = run_on_node},
        {.name = "register_process_with_metadata",
                .group = GROUP,
                .summary = "Register a process together with metadata.",
                .routes = {{"POST", "/api/v1/registries/entries"}},
                .arguments = metadata_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{registry?: text, key?: any, key_inspect?: text, name?: text, pid: pid, "
                         "registered: bool, kept_in: text, metadata?: any, metadata_inspect?: "
                         "text, dry_run?: bool}",
                .teaches = "An entry of a Registry belongs to the process that made it.",
                .functions = "Registry.register/3, erlang:register/2",
                .honest = "An entry of a Registry is made inside the process. A name of the node "
                          "has no room for metadata: the daemon keeps them.",
                .next = "update_process_metadata|search_registry_by_metadata",
                .run = run_metadata_register},
        {.name = "update_process_metadata",
                .group = GROUP,
                .summary = "Change the metadata of an entry or a name.",
                .routes = {{"PUT", "/api/v1/registries/entries"}},
                .arguments = update_metadata_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_CHANGE,
                .reply = "{registry?: text, key?: any, key_inspect?: text, name?: text, pid: "
                         "pid?, old?: any, old_inspect?: text, new?: any, new_inspect?: text, "
                         "metadata?: any, metadata_inspect?: text, updated: bool, kept_in: text, "
                         "dry_run?: bool}",
                .teaches = "Only the owner changes an entry, so it is changed inside it.",
                .functions = "Registry.update_value/3",
                .next = "search_registry_by_metadata",
                .run = run_metadata_update},
        {.name = "remove_registry_entry",
                .group = GROUP,
                .summary = "Remove what a process has under a key of a Registry.",
                .routes = {{"DELETE", "/api/v1/registries/entries"}},
                .arguments = remove_entry_arguments,
                .permission = PERMISSION_CONTROL_PROCESSES,
                .effect = EFFECT_DESTROY,
                .reply = "{registry: text, key: any, key_inspect: text, pid: pid, entries: int, "
                         "removed: bool, dry_run?: bool}",
                .teaches = "An entry goes with its process by itself.",
                .functions = "Registry.unregister/2",
                .next = "list_registry_contents",
                .run = run_on_node},
        {.name = "search_registry_by_metadata",
                .group = GROUP,
                .summary = "Processes by their metadata.",
                .routes = {{"GET", "/api/v1/registries/search"}},
                .arguments = search_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{searched: [text], wanted: any, wanted_inspect: text, entries: "
                         "[{registry: text, key: any, key_inspect: text, pid: pid, value: any, "
                         "value_inspect?: text}], page: int, per_page: int, total: int, kept: "
                         "[{name: text, pid: text, registered: bool, metadata: any, "
                         "metadata_inspect: text}], kept_total: int, kept_unread: int}",
                .teaches = "A Registry is found by key; a search by value reads all entries.",
                .functions = "Registry.select/2",
                .next = "list_registry_contents",
                .run = run_metadata_search},
        {.name = "list_registry_contents",
                .group = GROUP,
                .summary = "All registries of a node, or the entries of one.",
                .routes = {{"GET", "/api/v1/registries"}},
                .arguments = contents_arguments,
                .permission = PERMISSION_READ_PROCESSES,
                .effect = EFFECT_READ,
                .reply = "{local?: {names: int}, global?: {names: int}, groups?: [{scope: text, "
                         "groups: int}], registries?: [{registry: text, keys: text, entries: int, "
                         "pid: pid}], registry?: text, keys?: text, meta?: [{key: any, "
                         "key_inspect: text, value: any, value_inspect?: text}]?, entries?: "
                         "[{key: any, key_inspect: text, pid: pid, value: any, value_inspect?: "
                         "text}], page?: int, per_page?: int, total?: int}",
                .teaches = "Names can be local atoms, global terms, members of groups, or keys of "
                           "a Registry.",
                .functions = "Registry.select/2, Registry.meta/2, erlang:registered/0",
                .next = "registered_names|list_process_groups|search_registry_by_metadata",
                .run = run_on_node},
};

ROWS_ARE(rows_names, rows);
