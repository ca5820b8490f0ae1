// Messages that are kept, to be sent again: what was asked for, as it was asked for.
#include "base/clock.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "operations/answer.h"
#include "operations/answer_value.h"
#include "operations/handlers.h"
#include "operations/on_node.h"
#include "operations/services.h"
#include "store/store.h"

#include <jansson.h>
#include <stdlib.h>

#define KIND "recording"

// ---- recording -------------------------------------------------------------------------------

static void write_argument(
        struct buffer *out, const struct argument *argument, const struct value *value) {
    if (argument->type == ARGUMENT_INTEGER) {
        json_int(out, argument->name, value->integer);
    } else if (argument->type == ARGUMENT_BOOLEAN) {
        json_bool(out, argument->name, value->integer != 0);
    } else if (value->json) {
        json_raw(out, argument->name, value->text);
    } else {
        json_put_string(out, argument->name, value->text);
    }
}

// The body of a request that does the same again.
static void write_request(struct buffer *out, const struct call *call) {
    const struct argument *arguments = call->operation->arguments;
    json_open_object(out, NULL);
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        bool told = strcmp(arguments[i].name, "record") != 0 &&
                    strcmp(arguments[i].name, "dry_run") != 0 &&
                    strcmp(arguments[i].name, "node") != 0;
        if (told && call->values[i].given) {
            write_argument(out, &arguments[i], &call->values[i]);
        }
    }
    json_close_object(out);
}

struct recording {
    struct call *call;
    struct str id;
};

static void kept(void *context, const struct error *error) {
    struct recording *recording = context;
    struct call *call = recording->call;
    if (error != NULL) {
        struct error with = *error;
        error_detail(&with, "sent", STR("the message was sent, but could not be recorded"));
        call_fail(call, &with);
        return;
    }
    call_done(call, call->operation->status ? call->operation->status : 200);
}

static void keep(struct asking *asking, const struct term *answer) {
    struct recording *recording = asking->state;
    struct call *call = asking->call;
    struct buffer *out = &call->answer;
    struct buffer about;
    struct buffer body;
    json_open_object(out, NULL);
    answer_value(out, "data", asking->node, answer);
    json_open_object(out, "meta");
    json_put_string(out, "node", node_name(asking->node));
    json_time(out, "as_of", clock_unix_ms());
    json_put_string(out, "recording", recording->id);
    json_close_object(out);
    json_close_object(out);
    buffer_init(&about);
    buffer_init(&body);
    json_open_object(&about, NULL);
    json_text(&about, "operation", call->operation->name);
    json_close_object(&about);
    write_request(&body, call);
    struct store_document document = {.kind = STR(KIND),
            .id = recording->id,
            .node = node_name(asking->node),
            .subject = call_value(call, "pid")->text,
            .at = clock_unix_ms(),
            .about = buffer_str(&about),
            .body = buffer_str(&body)};
    store_document_put(call->services->store, &document, kept, recording);
    buffer_finish(&about);
    buffer_finish(&body);
}

void run_recordable(struct call *call) {
    if (call_value(call, "record")->integer == 0 || call_value(call, "dry_run")->integer != 0) {
        on_node(call, call->operation->name, on_node_answer, NULL);
        return;
    }
    if (call_has_store(call)) {
        struct recording *recording = arena_take(&call->arena, 1, sizeof *recording);
        *recording = (struct recording){
                call, arena_printf(&call->arena, "recording_%08x%08x", random_u32(), random_u32())};
        on_node(call, call->operation->name, keep, recording);
    }
}

// ---- replaying -------------------------------------------------------------------------------

// A call inside the call: the operation that was recorded, authorised and recorded as any other.
struct replay {
    struct call *call;
    struct call inner;
    struct str path, body; // in the call's arena
};

static void replayed(struct call *inner) {
    struct replay *replay = inner->transport;
    struct call *call = replay->call;
    int status = inner->status;
    call->failed_with = inner->failed_with;
    call->answer.length = 0;
    buffer_add_str(&call->answer, buffer_str(&inner->answer));
    call_finish(inner);
    call_done(call, status);
}

static bool make_request(struct replay *replay, const struct store_document *document) {
    struct call *call = replay->call;
    const struct value *pid = call_value(call, "pid");
    const struct value *node = call_value(call, "node");
    json_t *about = json_loadb(document->about.at, document->about.length, 0, NULL);
    json_t *body = json_loadb(document->body.at, document->body.length, JSON_ALLOW_NUL, NULL);
    const char *operation = json_string_value(json_object_get(about, "operation"));
    bool good = operation != NULL && json_is_object(body);
    if (good) {
        struct str at = node->given ? node->text : document->node;
        json_object_set_new(body, "node", json_stringn(at.at, at.length));
        json_object_set_new(body, "dry_run", json_boolean(call_value(call, "dry_run")->integer));
        if (pid->given) {
            json_object_set_new(body, "pid", json_stringn(pid->text.at, pid->text.length));
        }
        char *text = json_dumps(body, JSON_COMPACT);
        replay->body = arena_copy(&call->arena, str_of(text));
        replay->path = arena_printf(&call->arena, "/api/v1/operations/%s", operation);
        free(text);
    }
    json_decref(about);
    json_decref(body);
    return good;
}

static void not_there(struct call *call) {
    struct error error;
    struct str id = call_value(call, "recording")->text;
    error_set(&error, ERROR_ITEM_NOT_FOUND,
            "there is no recording '%.*s'; GET /api/v1/recordings lists them",
            (int)(id.length < 80 ? id.length : 80), id.at);
    error_detail(&error, "field", STR("recording"));
    call_fail(call, &error);
}

static void found(void *context, const struct store_document *document, const struct error *error) {
    struct replay *replay = context;
    struct call *call = replay->call;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    if (document == NULL || !make_request(replay, document)) {
        not_there(call);
        return;
    }
    struct request request = call->request;
    request.method = STR("POST");
    request.path = replay->path;
    request.query = STR("");
    request.body = replay->body;
    request.idempotency_key = STR("");
    request.if_none_match = STR("");
    call_start(&replay->inner, call->services, &request, replayed, replay);
}

void run_recording_replay(struct call *call) {
    if (call_has_store(call)) {
        struct replay *replay = arena_take_zeroed(&call->arena, 1, sizeof *replay);
        replay->call = call;
        store_document_get(call->services->store, STR(KIND), call_value(call, "recording")->text,
                found, replay);
    }
}

// ---- listing and removing --------------------------------------------------------------------

static void listed(void *context, const struct store_document *rows, size_t count, uint64_t total,
        const struct error *error) {
    struct call *call = context;
    struct buffer *out = &call->answer;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    struct paging paging = answer_paging(call);
    json_open_object(out, NULL);
    json_open_array(out, "data");
    for (size_t i = 0; i < count; i++) {
        json_open_object(out, NULL);
        json_put_string(out, "recording", rows[i].id);
        json_put_string(out, "process", rows[i].subject);
        json_put_string(out, "node", rows[i].node);
        json_time(out, "recorded_at", rows[i].at);
        json_raw(out, "about", rows[i].about);
        json_close_object(out);
    }
    json_close_array(out);
    answer_meta(call, &paging, total, NULL, NULL);
    json_close_object(out);
    call_done(call, 200);
}

void run_recordings_list(struct call *call) {
    const struct value *process = call_value(call, "process");
    struct paging paging = answer_paging(call);
    if (call_has_store(call)) {
        store_document_list(call->services->store, STR(KIND), STR(""),
                process->given ? process->text : STR(""), paging.per_page, paging.offset, listed,
                call);
    }
}

static void removed(void *context, const struct error *error) {
    struct call *call = context;
    if (error == NULL) {
        call_done_empty(call);
    } else if (error->code == ERROR_NOT_FOUND) {
        not_there(call);
    } else {
        call_fail(call, error);
    }
}

void run_recording_remove(struct call *call) {
    if (call_has_store(call)) {
        store_document_remove(call->services->store, STR(KIND), call_value(call, "recording")->text,
                removed, call);
    }
}
