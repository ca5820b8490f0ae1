// The state of a process put into processes of other attached nodes, one after the other.
#include "base/clock.h"
#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/answer_value.h"
#include "operations/handlers.h"
#include "operations/on_node.h"
#include "term/encode.h"

struct replicating {
    struct call *call;
    struct node *from;
    struct further further[2]; // pid, state
    size_t next;               // of the nodes to put it on
    struct buffer results;
    unsigned failed;
};

static void go_on(struct replicating *replicating);

static void open_result(struct replicating *replicating) {
    const struct value *nodes = call_value(replicating->call, "to_nodes");
    json_open_object(&replicating->results, NULL);
    json_put_string(&replicating->results, "node", nodes->items[replicating->next]);
}

static void refused(struct replicating *replicating, const struct error *error) {
    struct buffer *out = &replicating->results;
    open_result(replicating);
    json_bool(out, "replaced", false);
    json_open_object(out, "error");
    json_text(out, "code", error_text(error->code));
    json_text(out, "message", error->message);
    json_close_object(out);
    json_close_object(out);
    replicating->failed++;
    replicating->next++;
    go_on(replicating);
}

static void failed_there(struct asking *asking, const struct error *error) {
    refused(asking->state, error);
}

static void replaced_there(struct asking *asking, const struct term *answer) {
    struct replicating *replicating = asking->state;
    open_result(replicating);
    json_bool(&replicating->results, "replaced", true);
    json_raw(&replicating->results, "result", STR("{"));
    answer_members(&replicating->results, asking->node, answer, NULL);
    json_close_object(&replicating->results);
    json_close_object(&replicating->results);
    replicating->next++;
    go_on(replicating);
}

static void finish(struct replicating *replicating) {
    struct call *call = replicating->call;
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_put_string(out, "process", call_value(call, "pid")->text);
    json_uint(out, "failed", replicating->failed);
    json_raw(out, "nodes", STR("["));
    buffer_add_str(out, buffer_str(&replicating->results));
    json_close_array(out);
    json_close_object(out);
    answer_now(call, replicating->from);
    json_close_object(out);
    buffer_finish(&replicating->results);
    call_done(call, 200);
}

static void go_on(struct replicating *replicating) {
    struct call *call = replicating->call;
    const struct value *nodes = call_value(call, "to_nodes");
    struct error error;
    if (replicating->next == nodes->count) {
        finish(replicating);
        return;
    }
    struct node *node = nodes_choose(call->nodes, nodes->items[replicating->next], &error);
    if (node == NULL || node_mirror(node, &error) == NULL) {
        refused(replicating, &error);
        return;
    }
    struct on_node_options options = {.node = node,
            .further = replicating->further,
            .further_count = 2,
            .failed = failed_there};
    on_node_with(call, "restore_genserver_state", &options, replaced_there, replicating);
}

static void taken(struct asking *asking, const struct term *answer) {
    struct replicating *replicating = asking->state;
    struct call *call = asking->call;
    struct str external;
    struct error error;
    struct buffer encoded;
    replicating->from = asking->node;
    buffer_init(&encoded);
    if (!term_text(term_map_get(answer, "external"), &external) ||
            !encode_kept_term(call, &encoded, external, &error)) {
        error_set(&error, ERROR_AGENT_FAILED, "the agent gave no state");
        buffer_finish(&encoded);
        call_fail(call, &error);
        return;
    }
    replicating->further[1] =
            (struct further){"state", arena_copy(&call->arena, buffer_str(&encoded))};
    encoded.length = 0;
    const struct value *to = call_value(call, "to");
    encode_tuple(&encoded, 2);
    encode_atom_text(&encoded, "name");
    encode_binary(&encoded, to->given ? to->text : call_value(call, "pid")->text);
    replicating->further[0] =
            (struct further){"pid", arena_copy(&call->arena, buffer_str(&encoded))};
    buffer_finish(&encoded);
    buffer_init(&replicating->results);
    go_on(replicating);
}

void run_state_replicate(struct call *call) {
    struct str name = call_value(call, "pid")->text;
    bool is_pid =
            name.at[0] == '#' || name.at[0] == '<' || (name.at[0] >= '0' && name.at[0] <= '9');
    if (is_pid && !call_value(call, "to")->given) {
        struct error error;
        error_set(&error, ERROR_MISSING_PARAMETER,
                "to is missing: a pid means nothing on another node; name the process there");
        error_detail(&error, "field", STR("to"));
        call_fail(call, &error);
        return;
    }
    struct replicating *replicating = arena_take_zeroed(&call->arena, 1, sizeof *replicating);
    replicating->call = call;
    on_node(call, "backup_genserver_state", taken, replicating);
}
