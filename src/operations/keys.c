// The table of API keys: loading, finding, and when they were last used.
#include "operations/keys_private.h"

#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "operations/key_text.h"

#include <sodium.h>
#include <stdlib.h>

// ---- tables ----------------------------------------------------------------------------------

// The bytes are hashes or random letters; multiplying spreads the letters.
static uint32_t first_cell(const struct table *table, const void *bytes) {
    uint64_t word;
    memcpy(&word, bytes, sizeof word);
    return (uint32_t)(word * 0x9E3779B97F4A7C15u >> 32) & table->mask;
}

// How long it takes must not say how much of a hash was right.
static bool has_bytes(const struct table *table, const struct record *record, const void *bytes) {
    return sodium_memcmp((const uint8_t *)record + table->offset, bytes, table->length) == 0;
}

static struct record *table_find(
        const struct keys *keys, const struct table *table, const void *bytes) {
    uint32_t cell = first_cell(table, bytes);
    for (; table->cells[cell] != 0; cell = (cell + 1) & table->mask) {
        struct record *record = keys->records[table->cells[cell] - 1];
        if (has_bytes(table, record, bytes)) {
            return record;
        }
    }
    return NULL;
}

static void table_put(const struct keys *keys, struct table *table, size_t index) {
    const uint8_t *bytes = (const uint8_t *)keys->records[index] + table->offset;
    uint32_t cell = first_cell(table, bytes);
    while (table->cells[cell] != 0) {
        cell = (cell + 1) & table->mask;
    }
    table->cells[cell] = (uint32_t)index + 1;
}

// Makes room for twice as many cells as there is room for records.
static void table_build(const struct keys *keys, struct table *table) {
    free(table->cells);
    table->mask = (uint32_t)(2 * keys->room - 1);
    table->cells = memory_new(2 * keys->room, sizeof *table->cells);
    for (size_t i = 0; i < keys->count; i++) {
        table_put(keys, table, i);
    }
}

// ---- records ---------------------------------------------------------------------------------

struct record *keys_record(struct keys *keys, const struct store_key *row) {
    struct record *record = memory_new(1, sizeof *record);
    char *name = memory_new(row->name.length + 1, 1);
    memcpy(name, row->name.at, row->name.length);
    *record = (struct record){
            .holder = {.name = {name, row->name.length},
                    .permissions = row->permissions,
                    .created_at = row->created_at,
                    .expires_at = row->expires_at,
                    .revoked_at = row->revoked_at,
                    .last_used_at = row->last_used_at},
            .keys = keys,
    };
    memcpy(record->holder.id, row->id, sizeof row->id);
    memcpy(record->holder.replaced_by, row->replaced_by, sizeof row->replaced_by);
    memcpy(record->hash, row->hash, sizeof row->hash);
    return record;
}

void keys_record_free(struct record *record) {
    free((char *)record->holder.name.at);
    free(record);
}

void keys_add(struct keys *keys, struct record *record) {
    if (keys->count == keys->room) {
        keys->room *= 2;
        keys->records = memory_resize(keys->records, keys->room, sizeof(struct record *));
        table_build(keys, &keys->by_hash);
        table_build(keys, &keys->by_id);
    }
    keys->records[keys->count++] = record;
    table_put(keys, &keys->by_hash, keys->count - 1);
    table_put(keys, &keys->by_id, keys->count - 1);
}

struct record *keys_find_id(const struct keys *keys, struct str id) {
    char bytes[STORE_KEY_ID] = "";
    if (id.length == 0 || id.length >= sizeof bytes) {
        return NULL;
    }
    memcpy(bytes, id.at, id.length);
    return table_find(keys, &keys->by_id, bytes);
}

void keys_put(const struct record *record, store_done *done, void *context) {
    const struct key_holder *holder = &record->holder;
    struct store_key row = {
            .name = holder->name,
            .permissions = holder->permissions,
            .created_at = holder->created_at,
            .expires_at = holder->expires_at,
            .revoked_at = holder->revoked_at,
            .last_used_at = holder->last_used_at,
    };
    memcpy(row.id, holder->id, sizeof row.id);
    memcpy(row.replaced_by, holder->replaced_by, sizeof row.replaced_by);
    memcpy(row.hash, record->hash, sizeof row.hash);
    record->keys->changing++;
    store_key_put(record->keys->store, &row, done, context);
}

// ---- the whole -------------------------------------------------------------------------------

static void load_one(void *context, const struct store_key *row) {
    keys_add(context, keys_record(context, row));
}

struct keys *keys_load(struct store *store, struct error *error) {
    struct keys *keys = memory_new(1, sizeof *keys);
    *keys = (struct keys){
            .store = store,
            .room = 16,
            .by_hash = {.offset = offsetof(struct record, hash), .length = KEY_HASH_BYTES},
            .by_id = {.offset = offsetof(struct record, holder.id), .length = STORE_KEY_ID},
    };
    keys->records = memory_new(keys->room, sizeof(struct record *));
    table_build(keys, &keys->by_hash);
    table_build(keys, &keys->by_id);
    if (!store_keys(store, load_one, keys, error)) {
        keys_destroy(keys);
        return NULL;
    }
    return keys;
}

void keys_destroy(struct keys *keys) {
    if (keys == NULL) {
        return;
    }
    must(keys->changing == 0); // the store was closed, and has told all
    for (size_t i = 0; i < keys->count; i++) {
        keys_record_free(keys->records[i]);
    }
    free(keys->records);
    free(keys->by_hash.cells);
    free(keys->by_id.cells);
    free(keys);
}

// ---- finding ---------------------------------------------------------------------------------

enum key_state key_state(const struct key_holder *holder, int64_t now) {
    if (holder->revoked_at != 0) {
        return KEY_REVOKED;
    }
    return holder->expires_at != 0 && holder->expires_at <= now ? KEY_EXPIRED : KEY_VALID;
}

const char *key_state_name(enum key_state state) {
    static const char *const names[] = {"valid", "unknown", "expired", "revoked"};
    return names[state];
}

const struct key_holder *keys_find(
        struct keys *keys, struct str text, int64_t now, enum key_state *state) {
    uint8_t hash[KEY_HASH_BYTES];
    *state = KEY_UNKNOWN;
    if (!key_text_is(text)) {
        return NULL;
    }
    key_text_hash(text, hash);
    struct record *record = table_find(keys, &keys->by_hash, hash);
    if (record == NULL) {
        return NULL;
    }
    *state = key_state(&record->holder, now);
    if (*state != KEY_VALID) {
        return NULL;
    }
    record->holder.last_used_at = now;
    record->used = true;
    keys->any_used = true;
    return &record->holder;
}

static void on_flushed(void *context, const struct error *error) {
    struct record *record = context;
    record->keys->changing--;
    if (error != NULL) {
        record->used = true; // the next flush tries again
        record->keys->any_used = true;
    }
}

void keys_flush(struct keys *keys) {
    keys->any_used = false;
    for (size_t i = 0; i < keys->count; i++) {
        struct record *record = keys->records[i];
        if (record->used) {
            record->used = false;
            keys_put(record, on_flushed, record);
        }
    }
}

void keys_tick(struct keys *keys, int64_t now) {
    if (keys->any_used && now - keys->flushed_at >= LIMIT_KEY_FLUSH_MS) {
        keys->flushed_at = now;
        keys_flush(keys);
    }
}

size_t keys_count(const struct keys *keys) {
    return keys->count;
}

const struct key_holder *keys_at(const struct keys *keys, size_t index) {
    must(index < keys->count);
    return &keys->records[index]->holder;
}

const struct key_holder *keys_get(const struct keys *keys, struct str id) {
    const struct record *record = keys_find_id(keys, id);
    return record != NULL ? &record->holder : NULL;
}
