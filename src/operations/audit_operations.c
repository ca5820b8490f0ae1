// Reading the audit record.
#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/services.h"
#include "store/store.h"

#include <sodium.h>

static void write_record(struct buffer *out, const struct store_audit *record) {
    char hash[2 * sizeof record->hash + 1];
    sodium_bin2hex(hash, sizeof hash, record->hash, sizeof record->hash);
    json_open_object(out, NULL);
    json_int(out, "id", record->id);
    json_time(out, "at", record->at);
    json_text(out, "phase", record->end ? "end" : "begin");
    json_put_string(out, "request_id", record->request_id);
    json_put_string(out, "actor", record->actor);
    json_put_string(out, "operation", record->operation);
    json_put_string(out, "node", record->node);
    json_put_string(out, "target", record->target);
    if (record->end) {
        json_put_null(out, "arguments");
        json_int(out, "status", record->status);
        json_put_string(out, "outcome", record->outcome);
    } else {
        json_raw(out, "arguments", record->arguments);
        json_put_null(out, "status");
        json_put_null(out, "outcome");
    }
    json_text(out, "hash", hash);
    json_close_object(out);
}

static void listed(void *context, const struct store_audit *rows, size_t count, uint64_t total,
        int64_t broken, const struct error *error) {
    struct call *call = context;
    struct buffer *out = &call->answer;
    (void)broken;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    struct paging paging = answer_paging(call);
    json_open_object(out, NULL);
    json_open_array(out, "data");
    for (size_t i = 0; i < count; i++) {
        write_record(out, &rows[i]);
    }
    json_close_array(out);
    answer_meta(call, &paging, total, NULL, NULL);
    json_close_object(out);
    call_done(call, 200);
}

static struct str given(const struct call *call, const char *name) {
    const struct value *value = call_value(call, name);
    return value->given ? value->text : STR("");
}

void run_audit_list(struct call *call) {
    struct paging paging = answer_paging(call);
    struct store_audit_filter filter = {
            .actor = given(call, "actor"),
            .operation = given(call, "operation"),
            .node = given(call, "of_node"),
            .since = call_value(call, "since_ms")->integer,
            .until = call_value(call, "until_ms")->integer,
            .limit = paging.per_page,
            .offset = paging.offset,
    };
    if (call_has_store(call)) {
        store_audit_list(call->services->store, &filter, false, listed, call);
    }
}

static void verified(void *context, const struct store_audit *rows, size_t count, uint64_t total,
        int64_t broken, const struct error *error) {
    struct call *call = context;
    struct buffer *out = &call->answer;
    (void)rows;
    (void)count;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_bool(out, "intact", broken == 0);
    json_uint(out, "records", total);
    if (broken != 0) {
        json_int(out, "first_broken_id", broken);
    } else {
        json_put_null(out, "first_broken_id");
    }
    json_close_object(out);
    json_close_object(out);
    call_done(call, 200);
}

void run_audit_verify(struct call *call) {
    struct store_audit_filter all = {
            .actor = STR(""), .operation = STR(""), .node = STR(""), .limit = 1};
    if (call_has_store(call)) {
        store_audit_list(call->services->store, &all, true, verified, call);
    }
}
