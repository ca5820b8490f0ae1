// Snapshots of supervision trees, kept in the daemon's store, and what is different between two, or
// between one and now.
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "insight/paths.h"
#include "insight/tree_diff.h"
#include "limits.h"
#include "operations/answer.h"
#include "operations/encode_arguments.h"
#include "operations/handlers.h"
#include "operations/services.h"
#include "operations/supervisor_rows.h"
#include "store/store.h"

#define KIND "tree_snapshot"

// The tree of the supervisor that the call names, as JSON; false after the call has failed.
static bool take_tree(
        struct call *call, struct node *node, const struct mirror *mirror, struct buffer *tree) {
    struct str name = call_value(call, "name")->text;
    uint32_t slot = path_resolve(mirror, name);
    if (slot == MIRROR_NONE) {
        struct error error;
        supervisor_not_found(node, name, &error);
        call_fail(call, &error);
        return false;
    }
    json_open_object(tree, NULL);
    supervisor_tree(tree, "data", mirror, mirror->p.supervises[slot], LIMIT_TREE_DEPTH, true);
    json_close_object(tree);
    return true;
}

// ---- taking ----------------------------------------------------------------------------------

struct snapshot {
    struct call *call;
    struct node *node;
    struct str id;
    int64_t at;
};

static void kept(void *context, const struct error *error) {
    struct snapshot *snapshot = context;
    struct call *call = snapshot->call;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    json_put_string(&call->answer, "snapshot", snapshot->id);
    json_put_string(&call->answer, "supervisor", call_value(call, "name")->text);
    json_time(&call->answer, "taken_at", snapshot->at);
    json_close_object(&call->answer);
    json_close_object(&call->answer);
    call_done(call, 201);
}

static void take(struct call *call, struct node *node, struct mirror *mirror) {
    struct buffer tree;
    buffer_init(&tree);
    if (take_tree(call, node, mirror, &tree)) {
        struct snapshot *snapshot = arena_take(&call->arena, 1, sizeof *snapshot);
        *snapshot = (struct snapshot){call, node,
                arena_printf(&call->arena, "tree_%08x%08x", random_u32(), random_u32()),
                clock_unix_ms()};
        struct store_document document = {.kind = STR(KIND),
                .id = snapshot->id,
                .node = node_name(node),
                .subject = call_value(call, "name")->text,
                .at = snapshot->at,
                .about = STR("{}"),
                .body = buffer_str(&tree)};
        store_document_put(call->services->store, &document, kept, snapshot);
    }
    buffer_finish(&tree);
}

void run_tree_snapshot(struct call *call) {
    if (call_has_store(call)) {
        answer_from_mirror(call, LOOK_TREES, take);
    }
}

// ---- comparing -------------------------------------------------------------------------------

struct comparing {
    struct call *call;
    struct node *node;        // NULL: two snapshots
    struct str before, after; // JSON, in the arena
    int64_t before_at, after_at;
};

static void compare(struct comparing *comparing) {
    struct call *call = comparing->call;
    struct buffer *out = &call->answer;
    struct tree_diff diff;
    struct error error;
    json_t *before = json_loadb(comparing->before.at, comparing->before.length, 0, NULL);
    json_t *after = json_loadb(comparing->after.at, comparing->after.length, 0, NULL);
    if (tree_diff(&call->arena, before, after, &diff, &error)) {
        json_open_object(out, NULL);
        json_open_object(out, "data");
        json_time(out, "before_taken_at", comparing->before_at);
        json_time(out, "after_taken_at", comparing->after_at);
        tree_diff_json(out, &diff);
        json_close_object(out);
        json_close_object(out);
        call_done(call, 200);
    } else {
        call_fail(call, &error);
    }
    json_decref(before);
    json_decref(after);
}

static bool read_snapshot(struct comparing *comparing, const struct store_document *document,
        const struct error *error, const char *argument, struct str *text, int64_t *at) {
    struct error why;
    if (error == NULL && document != NULL) {
        *text = arena_copy(&comparing->call->arena, document->body);
        *at = document->at;
        return true;
    }
    if (error == NULL) {
        error_set(&why, ERROR_ITEM_NOT_FOUND, "there is no snapshot of that id");
        error_detail(&why, "field", str_of(argument));
    }
    call_fail(comparing->call, error != NULL ? error : &why);
    return false;
}

static void after_found(
        void *context, const struct store_document *document, const struct error *error) {
    struct comparing *comparing = context;
    if (read_snapshot(
                comparing, document, error, "after", &comparing->after, &comparing->after_at)) {
        compare(comparing);
    }
}

// Without a second snapshot: the tree as it is now.
static void take_now(struct call *call, struct node *node, struct mirror *mirror) {
    struct comparing *comparing = call->state;
    struct buffer tree;
    buffer_init(&tree);
    if (take_tree(call, node, mirror, &tree)) {
        comparing->after = arena_copy(&call->arena, buffer_str(&tree));
        comparing->after_at = clock_unix_ms();
        compare(comparing);
    }
    buffer_finish(&tree);
}

static void before_found(
        void *context, const struct store_document *document, const struct error *error) {
    struct comparing *comparing = context;
    struct call *call = comparing->call;
    if (!read_snapshot(
                comparing, document, error, "before", &comparing->before, &comparing->before_at)) {
        return;
    }
    if (call_value(call, "after")->given) {
        store_document_get(call->services->store, STR(KIND), call_value(call, "after")->text,
                after_found, comparing);
        return;
    }
    call->state = comparing;
    answer_from_mirror(call, LOOK_TREES, take_now);
}

void run_tree_diff(struct call *call) {
    if (!call_has_store(call)) {
        return;
    }
    struct comparing *comparing = arena_take_zeroed(&call->arena, 1, sizeof *comparing);
    comparing->call = call;
    store_document_get(call->services->store, STR(KIND), call_value(call, "before")->text,
            before_found, comparing);
}
