// API keys: made, listed, rotated, given an end, revoked. A key is shown once, in the answer that
// makes it.
#include "base/clock.h"
#include "base/json_writer.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/keys.h"
#include "operations/services.h"

#define DAY_MS (24 * 60 * 60 * (int64_t)1000)

static void put_time(struct buffer *out, const char *key, int64_t at) {
    json_time(out, key, at != 0 ? at : -1);
}

static void write_holder(struct buffer *out, const struct key_holder *holder) {
    json_put_string(out, "id", str_of(holder->id));
    json_put_string(out, "name", holder->name);
    json_text(out, "state", key_state_name(key_state(holder, clock_unix_ms())));
    json_open_array(out, "permissions");
    for (int p = 1; p < PERMISSION_COUNT; p++) {
        if (holder->permissions >> p & 1) {
            json_text(out, NULL, permission_name((enum permission)p));
        }
    }
    json_close_array(out);
    put_time(out, "created_at", holder->created_at);
    put_time(out, "expires_at", holder->expires_at);
    put_time(out, "revoked_at", holder->revoked_at);
    put_time(out, "last_used_at", holder->last_used_at);
    json_text(out, "replaced_by", holder->replaced_by[0] ? holder->replaced_by : NULL);
}

static bool has_keys(struct call *call) {
    struct error error;
    if (call->services->keys != NULL) {
        return true;
    }
    error_set(&error, ERROR_NOT_IMPLEMENTED, "this daemon keeps no keys");
    call_fail(call, &error);
    return false;
}

// ---- making ----------------------------------------------------------------------------------

static void made(
        void *context, const struct key_holder *holder, struct str key, const struct error *error) {
    struct call *call = context;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    json_put_string(&call->answer, "key", key);
    write_holder(&call->answer, holder);
    json_close_object(&call->answer);
    json_close_object(&call->answer);
    call->secret = true;
    call_done(call, 201);
}

// The permissions by their names, as bits. A key cannot hand out what it has not got itself.
static bool read_permissions(const struct call *call, uint64_t *permissions, struct error *error) {
    const struct value *names = call_value(call, "permissions");
    struct str known[PERMISSION_COUNT];
    *permissions = 0;
    for (int p = 1; p < PERMISSION_COUNT; p++) {
        known[p - 1] = str_of(permission_name((enum permission)p));
    }
    for (size_t i = 0; i < names->count; i++) {
        int p = 1;
        while (p < PERMISSION_COUNT && !str_equal(known[p - 1], names->items[i])) {
            p++;
        }
        if (p == PERMISSION_COUNT) {
            error_set(error, ERROR_INVALID_PARAMETER, "there is no permission '%.*s'",
                    (int)(names->items[i].length < 60 ? names->items[i].length : 60),
                    names->items[i].at);
            error_detail(error, "field", STR("permissions"));
            error_detail_list(error, "allowed", known, PERMISSION_COUNT - 1);
            return false;
        }
        if (!(call->request.permissions >> p & 1)) {
            error_set(error, ERROR_FORBIDDEN,
                    "a key cannot give the permission %s, which it has not got itself",
                    permission_name((enum permission)p));
            error_detail(error, "permission", known[p - 1]);
            return false;
        }
        *permissions |= UINT64_C(1) << p;
    }
    return true;
}

// A key does not outlive the one that makes it: without an end of its own it has the same. Times
// are unix ms, 0 for never.
static bool read_end(const struct call *call, int64_t *end, struct error *error) {
    const struct key_holder *maker = keys_get(call->services->keys, call->request.actor);
    if (maker == NULL || maker->expires_at == 0) {
        return true;
    }
    if (*end > maker->expires_at) {
        error_set(error, ERROR_FORBIDDEN,
                "a key cannot outlive the one that makes it: leave expires_in_days out to give it "
                "the same end");
        error_detail(error, "field", STR("expires_in_days"));
        return false;
    }
    *end = *end != 0 ? *end : maker->expires_at;
    return true;
}

void run_key_create(struct call *call) {
    uint64_t permissions;
    struct error error;
    int64_t days = call_value(call, "expires_in_days")->integer;
    int64_t now = clock_unix_ms();
    int64_t end = days ? now + days * DAY_MS : 0;
    if (!has_keys(call)) {
        return;
    }
    if (!read_permissions(call, &permissions, &error) || !read_end(call, &end, &error)) {
        call_fail(call, &error);
        return;
    }
    keys_create(call->services->keys, call_value(call, "key_name")->text, permissions, end, now,
            made, call);
}

// Whoever rotates a key gets it in the hand, so it may not be one that can do more.
static bool may_have(struct call *call, struct str id) {
    const struct key_holder *holder = keys_get(call->services->keys, id);
    struct error error;
    if (holder == NULL || (holder->permissions & ~call->request.permissions) == 0) {
        return true;
    }
    error_set(&error, ERROR_FORBIDDEN,
            "the key has permissions that the caller's has not, so the caller may not get it");
    error_detail(&error, "id", id);
    call_fail(call, &error);
    return false;
}

void run_key_rotate(struct call *call) {
    if (has_keys(call) && may_have(call, call_value(call, "id")->text)) {
        keys_rotate(call->services->keys, call_value(call, "id")->text,
                call_value(call, "overlap_ms")->integer, clock_unix_ms(), made, call);
    }
}

// ---- ending and reading ----------------------------------------------------------------------

static void answer_holder(struct call *call, const struct key_holder *holder) {
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    write_holder(&call->answer, holder);
    json_close_object(&call->answer);
    json_close_object(&call->answer);
    call_done(call, 200);
}

static void revoked(void *context, const struct error *error) {
    struct call *call = context;
    if (error != NULL) {
        call_fail(call, error);
        return;
    }
    answer_holder(call, keys_get(call->services->keys, call_value(call, "id")->text));
}

void run_key_revoke(struct call *call) {
    if (has_keys(call)) {
        keys_revoke(
                call->services->keys, call_value(call, "id")->text, clock_unix_ms(), revoked, call);
    }
}

void run_keys_list(struct call *call) {
    if (!has_keys(call)) {
        return;
    }
    const struct keys *keys = call->services->keys;
    struct paging paging = answer_paging(call);
    size_t total = keys_count(keys);
    json_open_object(&call->answer, NULL);
    json_open_array(&call->answer, "data");
    for (size_t i = paging.offset; i < total && i - paging.offset < paging.per_page; i++) {
        json_open_object(&call->answer, NULL);
        write_holder(&call->answer, keys_at(keys, i));
        json_close_object(&call->answer);
    }
    json_close_array(&call->answer);
    answer_meta(call, &paging, total, NULL, NULL);
    json_close_object(&call->answer);
    call_done(call, 200);
}
