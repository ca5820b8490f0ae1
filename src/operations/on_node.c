// The way of an operation to the agent and back.
#include "operations/on_node.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "limits.h"
#include "operations/answer.h"
#include "operations/answer_value.h"
#include "operations/encode_arguments.h"
#include "operations/handlers.h"
#include "term/encode.h"

#include <stdio.h>

#define ASK_MS     5000 // beside the time that the arguments give the process
#define LONGEST_MS (LIMIT_HTTP_ANSWER_MS - 2000)

// ---- errors ----------------------------------------------------------------------------------

// What the call is about, as it was asked for.
static struct str subject(const struct call *call, const char **what) {
    static const struct {
        const char *argument, *word;
    } subjects[] = {{"pid", "process"}, {"name", "supervisor"}, {"application", "application"}};
    for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
        const struct argument *argument =
                operation_argument(call->operation, str_of(subjects[i].argument));
        if (argument != NULL && call_value(call, argument->name)->given) {
            bool plain = argument->type == ARGUMENT_TEXT || argument->type == ARGUMENT_TERM ||
                         (argument->type == ARGUMENT_ATOM && i == 1);
            *what = plain ? "name" : subjects[i].word;
            return call_value(call, argument->name)->text;
        }
    }
    *what = NULL;
    return STR("");
}

static const char *advice(enum error_code code) {
    if (code == ERROR_PROTECTED_PROCESS) {
        return "; if you must, use force=true with a key that has force:system";
    }
    if (code == ERROR_NOT_SYS_COMPLIANT) {
        return ", so a system message could stay in its mailbox for ever";
    }
    return "";
}

// Where a supervisor is started, its own name is another argument, which one may have meant.
static void tell_of_its_own_name(const struct call *call, struct error *error) {
    if (operation_argument(call->operation, STR("register_as")) != NULL) {
        size_t length = strlen(error->message);
        snprintf(error->message + length, sizeof error->message - length,
                ": `name` is the supervisor to start it under; its own name is `register_as`");
        error_detail(error, "field", STR("name"));
    }
}

void on_node_fail(struct call *call, struct node *node, const struct error *error) {
    const char *what;
    struct str name = subject(call, &what);
    struct error named = *error;
    if (what != NULL && strcmp(what, "supervisor") == 0 && error->code == ERROR_PROCESS_NOT_FOUND) {
        supervisor_not_found(node, name, &named);
        tell_of_its_own_name(call, &named);
    } else if (what != NULL) {
        snprintf(named.message, sizeof named.message, "%s %.*s: %s%s", what,
                (int)(name.length < 100 ? name.length : 100), name.at, error->message,
                advice(error->code));
        error_detail(&named, strcmp(what, "process") == 0 ? "pid" : what, name);
    }
    call_fail(call, &named);
}

// ---- there and back --------------------------------------------------------------------------

struct way {
    struct asking asking;
    const char *agent_operation;
    struct on_node_options options;
    bool fresh; // the mirror was read anew
};

static void answered(void *context, const struct term *answer, const struct error *error) {
    struct way *way = context;
    if (error != NULL && way->options.failed != NULL) {
        way->options.failed(&way->asking, error);
        return;
    }
    if (error != NULL) {
        on_node_fail(way->asking.call, way->asking.node, error);
        return;
    }
    way->asking.answered(&way->asking, answer);
}

// The time that the caller gave the process, over all arguments that name one.
static int64_t patience(const struct call *call) {
    static const char *const times[] = {"timeout_ms", "wait_ms", "delay_ms", "sample_ms"};
    int64_t total = ASK_MS;
    for (size_t i = 0; i < sizeof times / sizeof times[0]; i++) {
        if (operation_argument(call->operation, str_of(times[i])) != NULL) {
            total += call_value(call, times[i])->integer;
        }
    }
    return total < LONGEST_MS ? total : LONGEST_MS;
}

static void ask(struct way *way) {
    struct call *call = way->asking.call;
    struct error error;
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 2);
    encode_atom_text(&arguments, way->agent_operation);
    if (encode_arguments(call, way->asking.node, way->options.further, way->options.further_count,
                &arguments, &error)) {
        encode_nil(&arguments);
        node_ask(way->asking.node, "operate", buffer_str(&arguments), patience(call), NULL,
                answered, way);
    } else {
        call_fail(call, &error);
    }
    buffer_finish(&arguments);
}

static void looked(void *context, const struct error *error) {
    struct way *way = context;
    struct error why;
    if (error != NULL) {
        call_fail(way->asking.call, error);
        return;
    }
    const struct mirror *mirror = node_mirror(way->asking.node, &why);
    if (mirror != NULL && !way->fresh && supervisor_is_missing(way->asking.call, mirror, true)) {
        way->fresh = true;
        node_look(way->asking.node, LOOK_TREES, true, looked, way);
        return;
    }
    ask(way);
}

static bool names_a_supervisor(const struct call *call) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (arguments[i].type == ARGUMENT_SUPERVISOR && call->values[i].given) {
            return true;
        }
    }
    return false;
}

void on_node_with(struct call *call, const char *agent_operation,
        const struct on_node_options *options,
        void (*take)(struct asking *asking, const struct term *answer), void *state) {
    struct error error;
    struct node *node = options->node;
    if (node == NULL) {
        node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    }
    if (node == NULL || node_mirror(node, &error) == NULL) {
        call_fail(call, &error);
        return;
    }
    struct way *way = arena_take(&call->arena, 1, sizeof *way);
    *way = (struct way){{call, node, take, state}, agent_operation, *options, false};
    if (names_a_supervisor(call)) { // its name may be a path, which the mirror knows
        node_look(node, LOOK_TREES, false, looked, way);
    } else {
        ask(way);
    }
}

void on_node(struct call *call, const char *agent_operation,
        void (*take)(struct asking *asking, const struct term *answer), void *state) {
    on_node_with(call, agent_operation, &(struct on_node_options){0}, take, state);
}

void on_node_answer(struct asking *asking, const struct term *answer) {
    struct call *call = asking->call;
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    answer_value(out, "data", asking->node, answer);
    answer_now(call, asking->node);
    json_close_object(out);
    call_done(call, operation_status(call->operation));
}

void run_on_node(struct call *call) {
    on_node(call, call->operation->name, on_node_answer, NULL);
}
