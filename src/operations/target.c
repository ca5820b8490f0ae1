// Finding the process that a call is about.
#include "operations/target.h"

#include "insight/paths.h"
#include "term/encode.h"

#include <stdio.h>

#define FIND_MS 3000

static void not_found(const struct target *target, struct error *error) {
    error_set(error, ERROR_PROCESS_NOT_FOUND, "no process %.*s is alive on %.*s",
            STR_ARGS(target->name), STR_ARGS(node_name(target->node)));
    error_detail(error, "pid", target->name);
}

static void target_not_found(const struct target *target) {
    struct error error;
    not_found(target, &error);
    call_fail(target->call, &error);
}

// An error of the agent, said of the process that was asked for.
static const char *advice(enum error_code code) {
    if (code == ERROR_PROTECTED_PROCESS) {
        return "; if you must, use force=true with a key that has force:system";
    }
    if (code == ERROR_NOT_SYS_COMPLIANT) {
        return ", so a question for its state could stay in its mailbox for ever";
    }
    if (code == ERROR_PROCESS_BUSY) {
        return "; its stack may say why: GET /api/v1/processes/{pid}?include=stack_trace";
    }
    return "";
}

void target_fail(const struct target *target, const struct error *error) {
    if (error->code == ERROR_PROCESS_NOT_FOUND) {
        target_not_found(target);
        return;
    }
    // The agent says what it found of the process; here is who it is and what one can do.
    struct error named = *error;
    snprintf(named.message, sizeof named.message, "process %.*s: %s%s",
            (int)(target->name.length < 100 ? target->name.length : 100), target->name.at,
            error->message, advice(error->code));
    error_detail(&named, "pid", target->name);
    call_fail(target->call, &named);
}

struct finding {
    struct target target;
    target_found *then;
    struct str other; // the name to try when nobody has the first; empty: none
};

static void find_name(struct finding *finding, struct str name);

static void found(void *context, const struct term *answer, const struct error *error) {
    struct finding *finding = context;
    if (error != NULL) {
        target_fail(&finding->target, error);
        return;
    }
    if (answer->type != TERM_PID && finding->other.length > 0) {
        struct str other = finding->other;
        finding->other = STR("");
        find_name(finding, other);
        return;
    }
    if (answer->type != TERM_PID) {
        target_not_found(&finding->target);
        return;
    }
    finding->target.id = answer->pid->id;
    finding->target.serial = answer->pid->serial;
    finding->then(&finding->target);
}

// A name may have moved to another process since the last sweep: the node itself is asked.
static void find_name(struct finding *finding, struct str name) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 1);
    encode_binary(&arguments, name);
    encode_nil(&arguments);
    node_ask(finding->target.node, "whereis_name", buffer_str(&arguments), FIND_MS, NULL, found,
            finding);
    buffer_finish(&arguments);
}

// Foo is Elixir.Foo, else Foo; :foo is foo and nothing else.
static void find_word(struct finding *finding, struct str word) {
    if (word.at[0] >= 'A' && word.at[0] <= 'Z' && !str_starts(word, "Elixir.")) {
        finding->other = word;
        find_name(
                finding, arena_printf(&finding->target.call->arena, "Elixir.%.*s", STR_ARGS(word)));
    } else if (word.at[0] == ':') {
        find_name(finding, (struct str){word.at + 1, word.length - 1});
    } else {
        find_name(finding, word);
    }
}

// Numbers that a user wrote are not sent as a pid before the node itself has made one of them.
static void find_pid(struct finding *finding) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 2);
    encode_integer(&arguments, finding->target.id);
    encode_integer(&arguments, finding->target.serial);
    encode_nil(&arguments);
    node_ask(finding->target.node, "find_pid", buffer_str(&arguments), FIND_MS, NULL, found,
            finding);
    buffer_finish(&arguments);
}

static bool looks_like_pid(struct str text) {
    return str_starts(text, "#PID") || str_starts(text, "<") ||
           (text.length > 0 && text.at[0] >= '0' && text.at[0] <= '9');
}

// Runs `then` with the pid that the argument `pid` means.
void target_find(struct call *call, target_found *then) {
    struct error error;
    struct node *node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    struct mirror *mirror = node ? node_mirror(node, &error) : NULL;
    if (mirror == NULL) {
        call_fail(call, &error);
        return;
    }
    struct finding *finding = arena_take(&call->arena, 1, sizeof *finding);
    struct str text = call_value(call, "pid")->text;
    *finding = (struct finding){{call, node, 0, 0, text}, then, STR("")};
    bool is_pid;
    uint32_t slot =
            path_process(mirror, text, &is_pid, &finding->target.id, &finding->target.serial);
    if (is_pid && slot != MIRROR_NONE) {
        then(&finding->target);
        return;
    }
    if (is_pid) {
        find_pid(finding);
        return;
    }
    if (looks_like_pid(text)) {
        error_set(&error, ERROR_INVALID_PID,
                "'%.*s' is not a pid of this node; it looks like #PID<0.123.0>, <0.123.0> or "
                "0.123.0",
                (int)(text.length < 80 ? text.length : 80), text.at);
        error_detail(&error, "field", STR("pid"));
        call_fail(call, &error);
        return;
    }
    find_word(finding, text);
}

void target_encode(struct buffer *arguments, const struct target *target, uint32_t count) {
    encode_list(arguments, count);
    node_encode_pid(target->node, arguments, target->id, target->serial);
}
