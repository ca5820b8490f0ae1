// States of processes that are kept in the daemon's store: backups, checkpoints, and states that a
// user gave a name. The agent takes them and puts them back; here they are kept and found.
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "operations/answer.h"
#include "operations/answer_terms.h"
#include "operations/answer_value.h"
#include "operations/handlers.h"
#include "operations/on_node.h"
#include "operations/services.h"
#include "store/store.h"
#include "term/decode.h"

#define KIND_BACKUP     "state_backup"
#define KIND_CHECKPOINT "state_checkpoint"
#define KIND_PERSISTED  "state_persisted"

// ---- keeping ---------------------------------------------------------------------------------

struct keeping {
    struct call *call;
    const char *kind;
    const char *member; // of the answer, for the id
    struct str id;
    struct str node;       // that it was taken from
    struct buffer members; // of the answer, without the state itself; owned by the arena's end
    void (*then)(struct keeping *keeping);
    void *state; // of `then`
};

static struct str new_id(struct call *call, const char *prefix) {
    return arena_printf(&call->arena, "%s_%08x%08x", prefix, random_u32(), random_u32());
}

static void answer_kept(struct keeping *keeping) {
    struct call *call = keeping->call;
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_put_string(out, keeping->member, keeping->id);
    buffer_add_u8(out, ',');
    buffer_add_str(out, buffer_str(&keeping->members));
    json_close_object(out);
    json_open_object(out, "meta");
    json_put_string(out, "node", keeping->node);
    json_time(out, "as_of", clock_unix_ms());
    json_close_object(out);
    json_close_object(out);
    buffer_finish(&keeping->members);
    call_done(call, call->operation->status ? call->operation->status : 200);
}

static void kept(void *context, const struct error *error) {
    struct keeping *keeping = context;
    if (error != NULL) {
        buffer_finish(&keeping->members);
        call_fail(keeping->call, error);
        return;
    }
    keeping->then(keeping);
}

// Puts what the agent took into the store.
static void keep(struct asking *asking, const struct term *answer) {
    struct keeping *keeping = asking->state;
    struct call *call = asking->call;
    struct str external;
    struct error error;
    if (!term_text(term_map_get(answer, "external"), &external)) {
        error_set(&error, ERROR_AGENT_FAILED, "the agent gave no state");
        call_fail(call, &error);
        return;
    }
    keeping->node = arena_copy(&call->arena, node_name(asking->node));
    buffer_init(&keeping->members);
    answer_members(&keeping->members, asking->node, answer, "external");
    struct buffer about;
    buffer_init(&about);
    buffer_printf(&about, "{%.*s}", STR_ARGS(buffer_str(&keeping->members)));
    struct store_document document = {
            .kind = str_of(keeping->kind),
            .id = keeping->id,
            .node = node_name(asking->node),
            .subject = call_value(call, "pid")->text,
            .at = clock_unix_ms(),
            .about = buffer_str(&about),
            .body = external,
    };
    store_document_put(call->services->store, &document, kept, keeping);
    buffer_finish(&about);
}

static void take_and_keep(struct call *call, const char *kind, const char *member, struct str id) {
    if (!call_has_store(call)) {
        return;
    }
    struct keeping *keeping = arena_take_zeroed(&call->arena, 1, sizeof *keeping);
    *keeping = (struct keeping){
            .call = call, .kind = kind, .member = member, .id = id, .then = answer_kept};
    on_node(call, "backup_genserver_state", keep, keeping);
}

void run_state_backup(struct call *call) {
    take_and_keep(call, KIND_BACKUP, "backup", new_id(call, "backup"));
}

void run_state_checkpoint(struct call *call) {
    take_and_keep(call, KIND_CHECKPOINT, "checkpoint", new_id(call, "checkpoint"));
}

void run_state_persist(struct call *call) {
    take_and_keep(call, KIND_PERSISTED, "state_name", call_value(call, "state_name")->text);
}

// ---- putting back ----------------------------------------------------------------------------

struct restoring {
    struct call *call;
    const char *kind;
    const char *argument; // that names the document
    struct str id;
    struct further state;
    struct str found_in; // the node that it was taken from
    int64_t taken_at;
    struct keeping before; // the state that it replaces is kept first
};

static void document_not_found(struct restoring *restoring) {
    struct error error;
    error_set(&error, ERROR_ITEM_NOT_FOUND, "there is no %s '%.*s'; GET /api/v1/states lists them",
            restoring->argument, (int)(restoring->id.length < 80 ? restoring->id.length : 80),
            restoring->id.at);
    error_detail(&error, "field", str_of(restoring->argument));
    call_fail(restoring->call, &error);
}

static void restored(struct asking *asking, const struct term *answer) {
    struct restoring *restoring = asking->state;
    struct call *call = asking->call;
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_put_string(out, restoring->argument, restoring->id);
    json_time(out, "taken_at", restoring->taken_at);
    json_put_string(out, "taken_on", restoring->found_in);
    json_put_string(out, "undo", restoring->before.id);
    answer_members(out, asking->node, answer, NULL);
    json_close_object(out);
    answer_now(call, asking->node);
    json_close_object(out);
    call_done(call, 200);
}

// What was there is kept: now it may be replaced.
static void put_back(struct keeping *before) {
    struct restoring *restoring = before->state;
    buffer_finish(&before->members);
    struct on_node_options options = {.further = &restoring->state, .further_count = 1};
    on_node_with(restoring->call, "restore_genserver_state", &options, restored, restoring);
}

static bool hold_state(struct restoring *restoring, struct str body, struct error *error) {
    struct buffer encoded;
    buffer_init(&encoded);
    bool good = encode_kept_term(restoring->call, &encoded, body, error);
    restoring->state =
            (struct further){"state", arena_copy(&restoring->call->arena, buffer_str(&encoded))};
    buffer_finish(&encoded);
    return good;
}

static void take_document(struct restoring *restoring, const struct store_document *document) {
    struct call *call = restoring->call;
    struct error error;
    restoring->found_in = arena_copy(&call->arena, document->node);
    restoring->taken_at = document->at;
    if (!hold_state(restoring, document->body, &error)) {
        call_fail(call, &error);
        return;
    }
    restoring->before = (struct keeping){.call = call,
            .kind = KIND_BACKUP,
            .id = new_id(call, "backup"),
            .then = put_back,
            .state = restoring};
    on_node(call, "backup_genserver_state", keep, &restoring->before);
}

static void found(void *context, const struct store_document *document, const struct error *error) {
    struct restoring *restoring = context;
    if (error != NULL) {
        call_fail(restoring->call, error);
    } else if (document == NULL) {
        document_not_found(restoring);
    } else {
        take_document(restoring, document);
    }
}

static struct restoring *begin(struct call *call, const char *kind, const char *argument) {
    struct restoring *restoring = arena_take_zeroed(&call->arena, 1, sizeof *restoring);
    restoring->call = call;
    restoring->kind = kind;
    restoring->argument = argument;
    restoring->id = call_value(call, argument)->text;
    return restoring;
}

static void find_and_restore(struct restoring *restoring) {
    store_document_get(restoring->call->services->store, str_of(restoring->kind), restoring->id,
            found, restoring);
}

void run_state_restore(struct call *call) {
    if (call_has_store(call)) {
        find_and_restore(begin(call, KIND_BACKUP, "backup"));
    }
}

// Without a checkpoint: the newest of the process, as it was named when that was taken.
static void newest_found(void *context, const struct store_document *rows, size_t count,
        uint64_t total, const struct error *error) {
    struct restoring *restoring = context;
    (void)total;
    if (error != NULL) {
        call_fail(restoring->call, error);
    } else if (count == 0) {
        restoring->id = call_value(restoring->call, "pid")->text;
        document_not_found(restoring);
    } else {
        restoring->id = arena_copy(&restoring->call->arena, rows[0].id);
        find_and_restore(restoring);
    }
}

void run_state_rollback(struct call *call) {
    if (!call_has_store(call)) {
        return;
    }
    struct restoring *restoring = begin(call, KIND_CHECKPOINT, "checkpoint");
    if (call_value(call, "checkpoint")->given) {
        find_and_restore(restoring);
        return;
    }
    store_document_list(call->services->store, STR(KIND_CHECKPOINT), STR(""),
            call_value(call, "pid")->text, 1, 0, newest_found, restoring);
}

// ---- comparing -------------------------------------------------------------------------------

static void found_to_compare(
        void *context, const struct store_document *document, const struct error *error) {
    struct restoring *restoring = context;
    struct call *call = restoring->call;
    struct error why;
    if (error != NULL) {
        call_fail(call, error);
    } else if (document == NULL) {
        document_not_found(restoring);
    } else if (!hold_state(restoring, document->body, &why)) {
        call_fail(call, &why);
    } else {
        struct on_node_options options = {.further = &restoring->state, .further_count = 1};
        on_node_with(call, "diff_genserver_states", &options, on_node_answer, NULL);
    }
}

// With another process, with a state that is given, or with a backup.
void run_state_diff(struct call *call) {
    if (!call_value(call, "backup")->given) {
        on_node(call, "diff_genserver_states", on_node_answer, NULL);
    } else if (call_has_store(call)) {
        struct restoring *restoring = begin(call, KIND_BACKUP, "backup");
        store_document_get(call->services->store, STR(KIND_BACKUP), restoring->id, found_to_compare,
                restoring);
    }
}

// ---- showing ---------------------------------------------------------------------------------

static void write_document(struct buffer *out, const struct store_document *document) {
    json_put_string(out, "id", document->id);
    json_put_string(out, "kind", document->kind);
    json_put_string(out, "node", document->node);
    json_put_string(out, "process", document->subject);
    json_time(out, "taken_at", document->at);
    json_uint(out, "bytes", document->body.length);
    json_raw(out, "about", document->about);
}

// The state itself, beside what is known of it.
static void show(struct call *call, const struct store_document *document) {
    struct buffer *out = &call->answer;
    struct term state;
    struct error error;
    struct node *node = nodes_find(call->nodes, document->node);
    if (!decode_term(&call->arena, document->body, &state, &error)) {
        call_fail(call, &error);
        return;
    }
    json_open_object(out, NULL);
    json_open_object(out, "data");
    write_document(out, document);
    json_raw(out, "state", STR(""));
    answer_json(out, node, &state, &print_default);
    answer_inspect(out, "state_inspect", node, &state, &print_default);
    json_close_object(out);
    json_close_object(out);
    call_done(call, 200);
}

static void found_to_show(
        void *context, const struct store_document *document, const struct error *error) {
    struct restoring *restoring = context;
    if (error != NULL) {
        call_fail(restoring->call, error);
    } else if (document == NULL) {
        document_not_found(restoring);
    } else {
        show(restoring->call, document);
    }
}

// With a process, puts the state into it; without, shows it.
void run_state_load(struct call *call) {
    if (!call_has_store(call)) {
        return;
    }
    struct restoring *restoring = begin(call, KIND_PERSISTED, "state_name");
    if (call_value(call, "pid")->given) {
        find_and_restore(restoring);
        return;
    }
    store_document_get(
            call->services->store, STR(KIND_PERSISTED), restoring->id, found_to_show, restoring);
}

static void listed(void *context, const struct store_document *rows, size_t count, uint64_t total,
        const struct error *error) {
    struct call *call = context;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    struct paging paging = answer_paging(call);
    json_open_object(&call->answer, NULL);
    json_open_array(&call->answer, "data");
    for (size_t i = 0; i < count; i++) {
        json_open_object(&call->answer, NULL);
        write_document(&call->answer, &rows[i]);
        json_close_object(&call->answer);
    }
    json_close_array(&call->answer);
    answer_meta(call, &paging, total, NULL, NULL);
    json_close_object(&call->answer);
    call_done(call, 200);
}

static const char *kind_of(const struct call *call) {
    static const char *const kinds[] = {KIND_BACKUP, KIND_CHECKPOINT, KIND_PERSISTED};
    return kinds[call_value(call, "kind")->integer];
}

void run_states_list(struct call *call) {
    const struct value *process = call_value(call, "process");
    struct paging paging = answer_paging(call);
    if (call_has_store(call)) {
        store_document_list(call->services->store, str_of(kind_of(call)), STR(""),
                process->given ? process->text : STR(""), paging.per_page, paging.offset, listed,
                call);
    }
}

static void removed(void *context, const struct error *error) {
    struct call *call = context;
    if (error == NULL) {
        call_done_empty(call);
        return;
    }
    if (error->code == ERROR_NOT_FOUND) {
        document_not_found(begin(call, kind_of(call), "id"));
        return;
    }
    call_fail(call, error);
}

void run_state_remove(struct call *call) {
    if (call_has_store(call)) {
        store_document_remove(call->services->store, str_of(kind_of(call)),
                call_value(call, "id")->text, removed, call);
    }
}
