// Trees in other forms than one supervisor's as JSON: drawings as text, and the whole node.
#include "operations/tree_operations.h"
#include "base/json_writer.h"
#include "insight/graph_of.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/process_rows.h"
#include "operations/supervisor_rows.h"

#define OTHERS_MOST 200u

void tree_as_graph(struct call *call, struct node *node, const struct mirror *mirror,
        uint32_t supervisor, bool mermaid) {
    struct buffer *out = &call->answer;
    struct graph_of of;
    graph_of_begin(&of, &call->arena, mirror, CLUSTER_NONE, GRAPH_NODES_MOST);
    graph_of_tree(&of, supervisor, (uint32_t)call_value(call, "depth")->integer);
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_text(out, "format", mermaid ? "mermaid" : "graph");
    if (mermaid) {
        struct buffer text;
        buffer_init(&text);
        graph_mermaid(&text, &of.graph);
        json_put_string(out, "mermaid", buffer_str(&text));
        buffer_finish(&text);
    } else {
        graph_json(out, &of.graph);
    }
    json_uint(out, "left_out", of.left_out);
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

// ---- the whole node --------------------------------------------------------------------------

static bool is_root(const struct mirror *mirror, uint32_t index) {
    uint32_t slot = mirror->supervisors[index].slot;
    return slot != MIRROR_NONE && mirror->p.supervisor[slot] == MIRROR_NONE;
}

static void write_trees(struct call *call, const struct mirror *mirror) {
    uint32_t depth = (uint32_t)call_value(call, "depth")->integer;
    json_open_array(&call->answer, "trees");
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        if (!is_root(mirror, i)) {
            continue;
        }
        const struct application *application =
                mirror_application_of(mirror, mirror->supervisors[i].slot);
        json_open_object(&call->answer, NULL);
        answer_atom(&call->answer, "application", mirror, application ? application->name : 0);
        supervisor_tree(&call->answer, "tree", mirror, i, depth, false);
        json_close_object(&call->answer);
    }
    json_close_array(&call->answer);
}

// In no tree, and no supervisor itself.
static bool is_outside(const struct mirror *mirror, uint32_t slot) {
    return (mirror->p.flags[slot] & PROCESS_LIVE) && mirror->p.supervisor[slot] == MIRROR_NONE &&
           mirror->p.supervises[slot] == MIRROR_NONE;
}

static void write_others(struct buffer *out, const struct mirror *mirror) {
    uint64_t total = 0;
    json_open_object(out, "unsupervised");
    json_open_array(out, "processes");
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (is_outside(mirror, slot) && total++ < OTHERS_MOST) {
            if (total > 1) {
                buffer_add_u8(out, ',');
            }
            process_row(out, mirror, slot);
        }
    }
    json_close_array(out);
    json_uint(out, "total", total);
    json_uint(out, "left_out", total > OTHERS_MOST ? total - OTHERS_MOST : 0);
    json_close_object(out);
}

static void process_tree(struct call *call, struct node *node, struct mirror *mirror) {
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    write_trees(call, mirror);
    write_others(&call->answer, mirror);
    json_close_object(&call->answer);
    answer_origin(call, node, mirror);
    json_close_object(&call->answer);
    call_done(call, 200);
}

void run_process_tree(struct call *call) {
    answer_from_mirror(call, LOOK_PROCESSES, process_tree);
}
