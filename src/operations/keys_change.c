// API keys are made, rotated and revoked.
#include "base/memory.h"
#include "base/random.h"
#include "limits.h"
#include "operations/keys_private.h"
#include "operations/operation.h"

#include <sodium.h>
#include <stdlib.h>

#define ALL_PERMISSIONS (((UINT64_C(1) << PERMISSION_COUNT) - 1) & ~UINT64_C(1)) // not NONE

// ---- making ----------------------------------------------------------------------------------

// A key on its way into the store.
struct making {
    struct keys *keys;
    struct record *record; // owned until it is in the table
    struct record *old;    // that it replaces, or NULL
    int64_t overlap_ms, now;
    int64_t old_expires_at; // before the rotation
    char text[KEY_BYTES + 1];
    keys_made *made;
    void *context;
};

static void finish_making(struct making *making, const struct error *error) {
    struct str text = {making->text, KEY_BYTES};
    making->keys->being_made--;
    if (making->old != NULL) {
        making->old->rotating = false;
    }
    if (error != NULL) {
        making->made(making->context, NULL, STR(""), error);
    } else {
        keys_add(making->keys, making->record);
        making->made(making->context, &making->record->holder, text, NULL);
        making->record = NULL;
    }
    if (making->record != NULL) {
        keys_record_free(making->record);
    }
    sodium_memzero(making->text, sizeof making->text);
    free(making);
}

// An id that no key has; two that are being made at once differ by chance (71 bits).
static void choose_id(const struct keys *keys, char id[static STORE_KEY_ID]) {
    do {
        random_letters(id, STORE_KEY_ID - 1);
    } while (keys_find_id(keys, str_of(id)) != NULL);
}

static struct making *start_making(
        struct keys *keys, struct store_key *row, int64_t now, keys_made *made, void *context) {
    struct making *making = memory_new(1, sizeof *making);
    making->keys = keys;
    making->now = now;
    making->made = made;
    making->context = context;
    choose_id(keys, row->id);
    key_text_make(making->text);
    key_text_hash(str_of(making->text), row->hash);
    row->created_at = now;
    making->record = keys_record(keys, row);
    keys->being_made++;
    return making;
}

static bool has_room(const struct keys *keys, int64_t now, struct error *error) {
    size_t valid = keys->being_made;
    for (size_t i = 0; i < keys->count; i++) {
        valid += key_state(&keys->records[i]->holder, now) == KEY_VALID;
    }
    if (valid >= LIMIT_KEYS) {
        return error_set(
                error, ERROR_UNAVAILABLE, "%u API keys are in force; revoke one first", LIMIT_KEYS);
    }
    return keys->count + keys->being_made < LIMIT_KEYS_EVER ||
           error_set(error, ERROR_UNAVAILABLE,
                   "%u API keys were made in this state directory; "
                   "no more fit",
                   LIMIT_KEYS_EVER);
}

static bool name_is_text(struct str name) {
    for (size_t i = 0; i < name.length; i++) {
        if ((uint8_t)name.at[i] < 0x20 || name.at[i] == 0x7f) {
            return false;
        }
    }
    return str_is_utf8(name);
}

static bool check_wish(struct str name, uint64_t permissions, int64_t expires_at, int64_t now,
        struct error *error) {
    if (name.length == 0 || name.length > LIMIT_KEY_NAME || !name_is_text(name)) {
        error_set(error, ERROR_INVALID_PARAMETER,
                "name must be text of 1 to %u bytes, without control characters", LIMIT_KEY_NAME);
        error_detail(error, "field", STR("name"));
        return false;
    }
    if (permissions == 0 || (permissions & ~ALL_PERMISSIONS) != 0) {
        error_set(error, ERROR_INVALID_PARAMETER, "a key needs one permission or more");
        error_detail(error, "field", STR("permissions"));
        return false;
    }
    if (expires_at != 0 && expires_at <= now) {
        error_set(error, ERROR_INVALID_PARAMETER, "the key would have expired already");
        error_detail(error, "field", STR("expires_at"));
        return false;
    }
    return true;
}

static void on_created(void *context, const struct error *error) {
    struct making *making = context;
    making->keys->changing--;
    finish_making(making, error);
}

void keys_create(struct keys *keys, struct str name, uint64_t permissions, int64_t expires_at,
        int64_t now, keys_made *made, void *context) {
    struct store_key row = {.name = name, .permissions = permissions, .expires_at = expires_at};
    struct error error;
    if (!check_wish(name, permissions, expires_at, now, &error) || !has_room(keys, now, &error)) {
        made(context, NULL, STR(""), &error);
        return;
    }
    struct making *making = start_making(keys, &row, now, made, context);
    keys_put(making->record, on_created, making);
}

// ---- rotating --------------------------------------------------------------------------------

// Two rows, one after the other: the new key, then what becomes of the old one. If the daemon dies
// in between, there is a new key that nobody has, and the old one is as it was.

static void on_given_up(void *context, const struct error *error) {
    struct keys *keys = context;
    (void)error; // nobody has the key
    keys->changing--;
}

// The new key was stored and will not be given to anybody.
static void give_up(struct making *making, const struct error *error) {
    making->record->holder.revoked_at = making->now;
    keys_put(making->record, on_given_up, making->keys);
    finish_making(making, error);
}

static void on_old_changed(void *context, const struct error *error) {
    struct making *making = context;
    struct key_holder *old = &making->old->holder;
    making->keys->changing--;
    if (error == NULL) {
        finish_making(making, NULL);
        return;
    }
    old->expires_at = making->old_expires_at;
    old->replaced_by[0] = '\0';
    give_up(making, error);
}

static void on_new_stored(void *context, const struct error *error) {
    struct making *making = context;
    struct key_holder *old = &making->old->holder;
    struct error ended;
    int64_t end = making->now + making->overlap_ms;
    making->keys->changing--;
    if (error != NULL) {
        finish_making(making, error);
        return;
    }
    if (old->revoked_at != 0) { // meanwhile
        error_set(&ended, ERROR_CONFLICT, "the key %s was revoked", old->id);
        give_up(making, &ended);
        return;
    }
    making->old_expires_at = old->expires_at;
    old->expires_at = old->expires_at == 0 || end < old->expires_at ? end : old->expires_at;
    memcpy(old->replaced_by, making->record->holder.id, sizeof old->replaced_by);
    keys_put(making->old, on_old_changed, making);
}

static bool check_rotation(const struct keys *keys, const struct record *old, int64_t overlap_ms,
        int64_t now, struct error *error) {
    if (old == NULL) {
        return error_set(error, ERROR_ITEM_NOT_FOUND, "there is no API key with that id");
    }
    const struct key_holder *holder = &old->holder;
    enum key_state state = key_state(holder, now);
    if (overlap_ms < 0 || overlap_ms > LIMIT_KEY_OVERLAP_MS) {
        error_set(error, ERROR_INVALID_PARAMETER, "the overlap must be 0 to %lld milliseconds",
                LIMIT_KEY_OVERLAP_MS);
        return false;
    }
    if (old->rotating || holder->replaced_by[0] != '\0') {
        return error_set(
                error, ERROR_CONFLICT, "the key %s is replaced by another one already", holder->id);
    }
    if (state != KEY_VALID) {
        return error_set(error, ERROR_CONFLICT, "the key %s is not valid any more: it is %s",
                holder->id, key_state_name(state));
    }
    return has_room(keys, now, error);
}

void keys_rotate(struct keys *keys, struct str id, int64_t overlap_ms, int64_t now, keys_made *made,
        void *context) {
    struct record *old = keys_find_id(keys, id);
    struct error error;
    if (!check_rotation(keys, old, overlap_ms, now, &error)) {
        made(context, NULL, STR(""), &error);
        return;
    }
    const struct key_holder *holder = &old->holder;
    struct store_key row = {.name = holder->name, .permissions = holder->permissions};
    if (holder->expires_at != 0) {
        row.expires_at = now + holder->expires_at - holder->created_at;
    }
    struct making *making = start_making(keys, &row, now, made, context);
    making->old = old;
    making->overlap_ms = overlap_ms;
    old->rotating = true;
    keys_put(making->record, on_new_stored, making);
}

// ---- revoking --------------------------------------------------------------------------------

struct revoking {
    struct keys *keys;
    store_done *done;
    void *context;
};

static void on_revoked(void *context, const struct error *error) {
    struct revoking *revoking = context;
    struct error told;
    revoking->keys->changing--;
    if (error != NULL) {
        error_set(&told, error->code,
                "The key is refused now, but this could not be stored: after a restart of the "
                "daemon it would work again. Revoke it once more. The reason: %s",
                error->message);
        memcpy(told.details, error->details, sizeof told.details);
    }
    revoking->done(revoking->context, error != NULL ? &told : NULL);
    free(revoking);
}

void keys_revoke(struct keys *keys, struct str id, int64_t now, store_done *done, void *context) {
    struct record *record = keys_find_id(keys, id);
    struct error error;
    if (record == NULL) {
        error_set(&error, ERROR_ITEM_NOT_FOUND, "there is no API key with that id");
        done(context, &error);
        return;
    }
    if (record->holder.revoked_at == 0) {
        record->holder.revoked_at = now;
    }
    struct revoking *revoking = memory_new(1, sizeof *revoking);
    *revoking = (struct revoking){keys, done, context};
    keys_put(record, on_revoked, revoking);
}
