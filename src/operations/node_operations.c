// Attached nodes: list, attach, detach; and whether the daemon itself is well.
#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/node_rows.h"

void node_impact_write(struct buffer *out, const struct node *node) {
    struct node_impact impact = node_impact(node);
    json_open_object(out, "impact");
    json_number(out, "cpu_percent_of_a_scheduler", impact.cpu_percent);
    json_number(out, "bytes_per_second", impact.bytes_per_second);
    json_int(out, "interval_ms", impact.interval_ms);
    json_uint(out, "sweeps", impact.sweeps);
    json_number(out, "last_sweep_ms", (double)impact.last_sweep_ns / 1e6);
    json_uint(out, "bytes_received", impact.bytes_in);
    json_uint(out, "bytes_sent", impact.bytes_out);
    json_bool(out, "idle", impact.idle);
    json_close_object(out);
}

static void write_facts(struct buffer *out, struct node *node) {
    const struct node_facts *facts = node_facts(node);
    struct error error;
    const struct mirror *mirror = node_mirror(node, &error);
    if (mirror == NULL) {
        return;
    }
    json_int(out, "otp_release", facts->otp);
    json_text(out, "erts_version", facts->erts);
    json_text(out, "elixir_version", facts->elixir[0] ? facts->elixir : NULL);
    json_text(out, "os_pid", facts->os_pid);
    json_int(out, "schedulers_online", facts->schedulers);
    json_time(out, "started_at", facts->started_at);
    json_uint(out, "processes", mirror->live);
    json_uint(out, "processes_identified", mirror->identified);
    json_time(out, "as_of", mirror->as_of);
    node_impact_write(out, node);
}

static void write_node(struct buffer *out, struct node *node) {
    json_open_object(out, NULL);
    json_put_string(out, "name", node_name(node));
    json_text(out, "state", node_state_text(node_state(node)));
    json_time(out, "attached_at", node_attached_at(node) ? node_attached_at(node) : -1);
    write_facts(out, node);
    const struct error *lost = node_state(node) == NODE_LOST ? node_lost_reason(node) : NULL;
    if (lost != NULL) {
        json_open_object(out, "lost");
        json_text(out, "code", error_text(lost->code));
        json_text(out, "message", lost->message);
        json_time(out, "retry_at", node_retry_at(node));
        json_close_object(out);
    }
    json_close_object(out);
}

void run_nodes_list(struct call *call) {
    struct paging paging = answer_paging(call);
    size_t count = nodes_count(call->nodes);
    json_open_object(&call->answer, NULL);
    json_open_array(&call->answer, "data");
    for (size_t i = paging.offset; i < count && i < (size_t)paging.offset + paging.per_page; i++) {
        write_node(&call->answer, nodes_at(call->nodes, i));
    }
    json_close_array(&call->answer);
    answer_meta(call, &paging, count, NULL, NULL);
    json_close_object(&call->answer);
    call_done(call, 200);
}

static void attached(void *context, struct node *node, const struct error *error) {
    struct call *call = context;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    json_open_object(&call->answer, NULL);
    json_raw(&call->answer, "data", STR(""));
    write_node(&call->answer, node);
    json_close_object(&call->answer);
    call_done(call, 201);
}

void run_nodes_attach(struct call *call) {
    struct error error;
    struct attach_options options = {
            .name = call_value(call, "node")->text,
            .cookie = call_value(call, "cookie")->text,
            .port = (uint16_t)call_value(call, "port")->integer,
    };
    if (!nodes_attach(call->nodes, &options, attached, call, &error)) {
        call_fail(call, &error);
    }
}

static void detached(void *context) {
    call_done_empty(context);
}

void run_node_detach(struct call *call) {
    struct error error;
    struct node *node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    if (node == NULL) {
        call_fail(call, &error);
        return;
    }
    if (node_state(node) == NODE_DETACHING) {
        error_set(&error, ERROR_NODE_NOT_READY, "node %.*s is being detached already",
                STR_ARGS(node_name(node)));
        call_fail(call, &error);
        return;
    }
    if (memchr(node_name(node).at, '@', node_name(node).length) == NULL) {
        error_set(&error, ERROR_REFUSED,
                "%.*s is the daemon's own playground, which cannot be attached again; it ends with "
                "the "
                "daemon",
                STR_ARGS(node_name(node)));
        call_fail(call, &error);
        return;
    }
    nodes_detach(node, detached, call);
}

static void well(struct call *call) {
    json_open_object(&call->answer, NULL);
    json_text(&call->answer, "status", "ok");
    json_close_object(&call->answer);
    call_done(call, 200);
}

void run_livez(struct call *call) {
    well(call);
}

// Nodes that are lost do not make the daemon unready: it answers for the others, and says so.
void run_readyz(struct call *call) {
    well(call);
}
