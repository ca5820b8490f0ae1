// Applications: what runs, start and stop, and their environment.
#include "operations/rows.h"

#define GROUP "Application Management"

// clang-format off
#define KEY NEED_ATOM("key", "Key of the environment.")
#define CHANGE NODE, DRY_RUN, FORCE
#define PERSISTENT FLAG("persistent", "Also when the application is loaded again.")
// clang-format on

static const struct argument of_node[] = {NODE, END};
static const struct argument of_application[] = {APPLICATION, NODE, END};
static const struct argument list_arguments[] = {
        FLAG("running", "Only those that run."), NODE, END};
static const struct argument start_arguments[] = {
        APPLICATION,
        CHOICE("type", "temporary|transient|permanent", "temporary",
                "What its end means for the node: nothing, or the end of the node."),
        FLAG("ensure_all_started", "Start what it needs first."),
        CREATE_ATOMS,
        TIMEOUT("20000", 22000),
        NODE,
        DRY_RUN,
        END,
};
static const struct argument stop_arguments[] = {
        APPLICATION,
        TIMEOUT("20000", 22000),
        NODE,
        DRY_RUN,
        FLAG("force", "Also one that running applications need; needs force:system."),
        END,
};
static const struct argument restart_arguments[] = {
        APPLICATION,
        FLAG("dependents", "Restart the applications that need it too, in order."),
        TIMEOUT("10000", 22000),
        NODE,
        DRY_RUN,
        FLAG("force", "Also one that running applications need; needs force:system."),
        END,
};
static const struct argument key_arguments[] = {APPLICATION, KEY, NODE, END};
static const struct argument set_arguments[] = {
        APPLICATION,
        KEY,
        {.name = "value",
                .type = ARGUMENT_TERM,
                .required = true,
                .secret = true,
                .summary = "The new value."},
        PERSISTENT,
        TERMS,
        CHANGE,
        END,
};
static const struct argument unset_arguments[] = {APPLICATION, KEY, PERSISTENT, CHANGE, END};
static const struct argument load_arguments[] = {
        {.name = "config",
                .type = ARGUMENT_TERM,
                .secret = true,
                .summary = "List of {application, [{key, value}]}."},
        TEXT("path", NULL, "A *.config file of the node, instead of config."),
        FLAG("notify", "Tell running applications, by Mod:config_change/3."),
        PERSISTENT,
        TERMS,
        CHANGE,
        END,
};
static const struct argument reload_arguments[] = {
        {.name = "notify",
                .type = ARGUMENT_BOOLEAN,
                .fallback = "true",
                .summary = "Tell running applications, by Mod:config_change/3."},
        PERSISTENT,
        CHANGE,
        END,
};

#define READS(p)     .permission = p, .effect = EFFECT_READ
#define CONTROLS(e)  .permission = PERMISSION_CONTROL_SUPERVISORS, .effect = e, .run = run_on_node
#define WRITES       .permission = PERMISSION_WRITE_SUPERVISORS, .effect = EFFECT_CHANGE
#define APP_AT(rest) "/api/v1/applications/{application}" rest

#define CONFIGURED                                                                                 \
    "{files: [text], total: int, changes: [{application: text, key: text, change: text}], "        \
    "set?: int, told: [{application: text, callback: text, result: text}], dry_run?: bool}"
#define KEY_CHANGED                                                                                \
    "application: text, key: text, loaded: bool, persistent: bool, was_set: bool, "                \
    "previous: term, previous_inspect?: text, set?: bool, dry_run?: bool"

static const struct operation rows[] = {
        {.name = "start_application",
                .group = GROUP,
                .summary = "Start an application.",
                .routes = {{"POST", APP_AT("/start")}},
                .arguments = start_arguments,
                CONTROLS(EFFECT_CHANGE),
                .reply = "{application: text, type: text?, starts?: [text], running?: bool, "
                         "top?: pid?, started?: [text], dry_run?: bool}",
                .teaches = "An application is a supervision tree with a name and a list of what it "
                           "needs.",
                .functions = "application:start/2, application:ensure_all_started/2",
                .honest = "It is started as temporary and becomes transient or permanent when it "
                          "runs: a permanent one that fails to start would end the node.",
                .next = "get_application_info"},
        {.name = "stop_application",
                .group = GROUP,
                .summary = "Stop an application.",
                .routes = {{"POST", APP_AT("/stop")}},
                .arguments = stop_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = "{application: text, running: bool, type: text?, top: pid?, "
                         "ends: ended_family, dependents: [text], still_alive?: [pid], "
                         "dry_run?: bool}",
                .teaches = "Stopping an application ends its tree from the top; it stays loaded.",
                .functions = "application:stop/1",
                .honest = "kernel and stdlib are never stopped, and what running applications need "
                          "only with force.",
                .next = "start_application"},
        {.name = "restart_application",
                .group = GROUP,
                .summary = "Stop an application and start it again as what it was.",
                .routes = {{"POST", APP_AT("/restart")}},
                .arguments = restart_arguments,
                CONTROLS(EFFECT_DESTROY),
                .reply = "{application: text, stops: [text], starts: [text], "
                         "dependents_left_running: [text], top: pid?, old_top?: pid?, "
                         "started?: [{application: text, running: bool, type: text?, "
                         "error: text?}], running?: bool, type?: text?, ends?: ended_family, "
                         "dry_run?: bool}",
                .teaches = "Applications are started in the order of what they need.",
                .functions = "application:stop/1, application:start/2",
                .honest =
                        "What cannot be started again stays down, and the answer says so; it does "
                        "not take the node with it.",
                .next = "get_application_info"},
        {.name = "get_application_info",
                .group = GROUP,
                .summary = "One application: what it is, needs, and is needed by.",
                .routes = {{"GET", APP_AT("")}},
                .arguments = of_application,
                READS(PERMISSION_READ_SUPERVISORS),
                .reply = "{name: text, description: text?, version: text?, id: text?, "
                         "running: bool, type: text?, master: pid?, top: pid?, "
                         "applications: [text], included_applications: [text], "
                         "optional_applications: [text], dependents: [text], registered: [text], "
                         "modules: [text], module_count: int, callback: text?, "
                         "start_phases: [text], environment_keys: int}",
                .teaches = "The application resource file: name.app.",
                .functions = "application:get_all_key/1",
                .next = "get_all_application_env|build_supervision_tree",
                .run = run_on_node},
        {.name = "list_applications",
                .group = GROUP,
                .summary = "Applications that are loaded, and whether they run.",
                .routes = {{"GET", "/api/v1/applications"}},
                .arguments = list_arguments,
                READS(PERMISSION_READ_SUPERVISORS),
                .reply = "{applications: [{name: text, description: text?, version: text?, "
                         "running: bool, type: text?, master: pid?}], total: int}",
                .teaches = "Loaded, started, running: three states of an application.",
                .functions = "application:loaded_applications/0, application:info/0",
                .next = "get_application_info",
                .run = run_on_node},
        {.name = "which_applications",
                .group = GROUP,
                .summary = "Applications that run, with versions, the newest first.",
                .arguments = of_node,
                READS(PERMISSION_READ_SUPERVISORS),
                .reply = "{applications: [{name: text, description: text?, version: text?}], "
                         "total: int}",
                .teaches = "application:which_applications/0 asks the application controller.",
                .functions = "application:which_applications/1",
                .next = "get_application_info",
                .run = run_on_node},
        {.name = "application_controller_info",
                .group = GROUP,
                .summary = "What the application controller knows, and how it fares.",
                .routes = {{"GET", "/api/v1/system/application_controller"}},
                .arguments = of_node,
                READS(PERMISSION_SYSTEM_DIAGNOSTICS),
                .reply = "{pid: pid, message_queue_len: int, memory: int, reductions: int, "
                         "loaded: [text], loading: [text], starting: [text], "
                         "not_permitted: [text], running: [text], "
                         "started: [{name: text, type: text}]}",
                .teaches = "One process starts and stops all applications, and ends the node with "
                           "a permanent one.",
                .functions = "application:info/0",
                .next = "list_applications",
                .run = run_on_node},
        {.name = "get_application_env",
                .group = GROUP,
                .summary = "One key of the environment of an application.",
                .routes = {{"GET", APP_AT("/env/{key}")}},
                .arguments = key_arguments,
                READS(PERMISSION_SYSTEM_DIAGNOSTICS),
                .reply = "{application: text, key: text, set: bool, value: term, "
                         "value_inspect?: text, too_large?: bool, words?: int}",
                .teaches = "Configuration of an application is its environment: keys and values.",
                .functions = "application:get_env/2",
                .honest = "Values of keys that name secrets are not shown.",
                .next = "set_application_env|get_all_application_env",
                .run = run_application_environment},
        {.name = "set_application_env",
                .group = GROUP,
                .summary = "Set a key of the environment of an application.",
                .routes = {{"PUT", APP_AT("/env/{key}")}},
                .arguments = set_arguments,
                WRITES,
                .reply = "{" KEY_CHANGED ", value: term, value_inspect?: text, too_large: bool, "
                         "words?: int}",
                .teaches = "A value is read when somebody reads it: many applications do so only "
                           "when they start.",
                .functions = "application:set_env/4",
                .next = "restart_application|get_application_env",
                .run = run_application_environment},
        {.name = "unset_application_env",
                .group = GROUP,
                .summary = "Remove a key from the environment of an application.",
                .routes = {{"DELETE", APP_AT("/env/{key}")}},
                .arguments = unset_arguments,
                WRITES,
                .reply = "{" KEY_CHANGED "}",
                .teaches = "Without a key an application falls back to what its code says.",
                .functions = "application:unset_env/3",
                .next = "get_all_application_env",
                .run = run_application_environment},
        {.name = "get_all_application_env",
                .group = GROUP,
                .summary = "The environment of an application.",
                .routes = {{"GET", APP_AT("/env")}},
                .arguments = of_application,
                READS(PERMISSION_SYSTEM_DIAGNOSTICS),
                .reply = "{application: text, total: int, environment: [{key: text, value: term, "
                         "value_inspect?: text, too_large: bool, words?: int}]}",
                .teaches = "The environment comes from the .app file, then configuration files, "
                           "then the command line.",
                .functions = "application:get_all_env/1",
                .honest = "Values of keys that name secrets are not shown.",
                .next = "get_application_env|set_application_env",
                .run = run_application_environment},
        {.name = "load_application_config",
                .group = GROUP,
                .summary = "Set many keys, from a list or a file of the node.",
                .routes = {{"POST", "/api/v1/applications/config"}},
                .arguments = load_arguments,
                WRITES,
                .reply = CONFIGURED,
                .teaches = "A sys.config is a list of applications with their keys.",
                .functions = "application:set_env/2, file:consult/1",
                .honest = "Atoms that a file names are made, as at the start of the node.",
                .next = "reload_application_config|get_all_application_env",
                .run = run_on_node},
        {.name = "reload_application_config",
                .group = GROUP,
                .summary = "Read the configuration files of the command line again.",
                .routes = {{"POST", "/api/v1/applications/config/reload"}},
                .arguments = reload_arguments,
                WRITES,
                .reply = CONFIGURED,
                .teaches = "config_change/3 tells an application what has changed, as in a release "
                           "upgrade.",
                .functions = "application_controller:config_change/1, init:get_arguments/0",
                .honest = "Keys that no file has any more stay, and those of the command line. The "
                          "callbacks run in a process of Whitebeam.",
                .next = "get_all_application_env",
                .run = run_on_node},
};

ROWS_ARE(rows_applications, rows);
