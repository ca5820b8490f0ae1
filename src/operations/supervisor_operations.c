// Supervisors: list, one, tree.
#include "base/json_writer.h"
#include "insight/health.h"
#include "insight/paths.h"
#include "node/kinds.h"
#include "operations/answer.h"
#include "operations/encode_arguments.h"
#include "operations/handlers.h"
#include "operations/supervisor_rows.h"
#include "operations/tree_operations.h"

#include <stdlib.h>

// ---- list ------------------------------------------------------------------------------------

enum { LIST_CHILDREN, LIST_ANALYTICS, LIST_PERFORMANCE };

static bool passes(
        const struct call *call, const struct mirror *mirror, const struct supervisor *supervisor) {
    const struct value *type = call_value(call, "type");
    const struct value *strategy = call_value(call, "strategy");
    const struct value *health = call_value(call, "health");
    if (supervisor->slot == MIRROR_NONE) {
        return false;
    }
    if (type->given && !str_is(type->text, supervisor_kind_text(supervisor->kind))) {
        return false;
    }
    if (strategy->given && strategy_of(strategy->text) != supervisor->strategy) {
        return false;
    }
    return !health->given || health->integer == (int64_t)health_of_supervisor(mirror, supervisor);
}

struct named {
    struct str name;
    uint32_t index;
};

static int by_name(const void *a, const void *b) {
    return str_compare(((const struct named *)a)->name, ((const struct named *)b)->name);
}

// All that pass, by name.
static struct named *select_named(struct call *call, const struct mirror *mirror, size_t *count) {
    struct named *list = arena_take(&call->arena, mirror->supervisor_count + 1u, sizeof *list);
    struct buffer name;
    buffer_init(&name);
    *count = 0;
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        if (passes(call, mirror, &mirror->supervisors[i])) {
            name.length = 0;
            supervisor_name(&name, mirror, i);
            list[(*count)++] = (struct named){arena_copy(&call->arena, buffer_str(&name)), i};
        }
    }
    buffer_finish(&name);
    qsort(list, *count, sizeof *list, by_name);
    return list;
}

static void write_listed(struct call *call, const struct mirror *mirror, uint32_t index) {
    struct buffer *out = &call->answer;
    uint32_t include = call_value(call, "include")->choices;
    json_open_object(out, NULL);
    supervisor_summary(out, mirror, index);
    if (include >> LIST_CHILDREN & 1) {
        supervisor_children(out, mirror, index);
    }
    if (include >> LIST_ANALYTICS & 1) {
        json_put_null(out, "analytics");
    }
    if (include >> LIST_PERFORMANCE & 1) {
        supervisor_performance(out, mirror, index);
    }
    json_close_object(out);
}

static void list(struct call *call, struct node *node, struct mirror *mirror) {
    struct paging paging = answer_paging(call);
    size_t count;
    const struct named *named = select_named(call, mirror, &count);
    json_open_object(&call->answer, NULL);
    json_open_array(&call->answer, "data");
    for (size_t i = paging.offset; i < count && i < (size_t)paging.offset + paging.per_page; i++) {
        write_listed(call, mirror, named[i].index);
    }
    json_close_array(&call->answer);
    answer_meta(call, &paging, count, node, mirror);
    json_close_object(&call->answer);
    call_done(call, 200);
}

void run_supervisors_list(struct call *call) {
    answer_from_mirror(call, LOOK_TREES, list);
}

// ---- one -------------------------------------------------------------------------------------

// The supervisor that `name` means, or MIRROR_NONE after the call has failed.
static uint32_t choose(struct call *call, struct node *node, const struct mirror *mirror) {
    uint32_t slot = path_resolve(mirror, call_value(call, "name")->text);
    if (slot == MIRROR_NONE) {
        struct error error;
        supervisor_not_found(node, call_value(call, "name")->text, &error);
        call_fail(call, &error);
        return MIRROR_NONE;
    }
    return mirror->p.supervises[slot];
}

enum { ONE_CHILDREN, ONE_TREE, ONE_ANALYTICS, ONE_PERFORMANCE, ONE_HISTORY };

static void get(struct call *call, struct node *node, struct mirror *mirror) {
    struct buffer *out = &call->answer;
    uint32_t index = choose(call, node, mirror);
    if (index == MIRROR_NONE) {
        return;
    }
    uint32_t include = call_value(call, "include")->choices;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    supervisor_summary(out, mirror, index);
    supervisor_performance(out, mirror, index);
    supervisor_configuration(out, mirror, index);
    if (include >> ONE_CHILDREN & 1) {
        supervisor_children(out, mirror, index);
    }
    if (include >> ONE_TREE & 1) {
        supervisor_tree(out, "supervision_tree", mirror, index,
                (uint32_t)call_value(call, "depth")->integer, false);
    }
    if (include >> ONE_ANALYTICS & 1) {
        json_put_null(out, "analytics");
    }
    if (include >> ONE_HISTORY & 1) {
        json_put_null(out, "history");
    }
    json_close_object(out);
    answer_origin(call, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_supervisor_get(struct call *call) {
    answer_from_mirror(call, LOOK_TREES, get);
}

static void tree(struct call *call, struct node *node, struct mirror *mirror) {
    uint32_t index = choose(call, node, mirror);
    if (index == MIRROR_NONE) {
        return;
    }
    enum { FORMAT_JSON, FORMAT_GRAPH, FORMAT_MERMAID };
    int64_t format = call_value(call, "format")->integer;
    if (format != FORMAT_JSON) {
        tree_as_graph(call, node, mirror, index, format == FORMAT_MERMAID);
        return;
    }
    json_open_object(&call->answer, NULL);
    supervisor_tree(&call->answer, "data", mirror, index,
            (uint32_t)call_value(call, "depth")->integer,
            call_value(call, "include_dead")->integer != 0);
    answer_origin(call, node, mirror);
    json_close_object(&call->answer);
    call_done(call, 200);
}

void run_supervisor_tree(struct call *call) {
    answer_from_mirror(call, LOOK_TREES, tree);
}
