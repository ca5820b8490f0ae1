// API keys as rows: what a key may do and until when, by the hash of it. What the rows mean is the
// business of operations/keys.h.
#include "base/must.h"
#include "store/store_private.h"

#include <stdio.h>

#define HASH_BYTES 32

// ---- writing ---------------------------------------------------------------------------------

struct put {
    struct job job;
    struct store_key key;
    store_done *done;
    void *context;
};

static bool run_put(struct sql *sql, struct job *job, struct error *error) {
    const struct store_key *key = &((struct put *)job)->key;
    struct sql_query query = {0};
    if (!sql_begin(&query, sql,
                "INSERT INTO keys (id, name, hash, permissions, created_at, expires_at,"
                " revoked_at, last_used_at, replaced_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
                " ON CONFLICT (id) DO UPDATE SET name = excluded.name, hash = excluded.hash,"
                " permissions = excluded.permissions, created_at = excluded.created_at,"
                " expires_at = excluded.expires_at, revoked_at = excluded.revoked_at,"
                " last_used_at = excluded.last_used_at, replaced_by = excluded.replaced_by",
                error)) {
        return false;
    }
    sql_add_text(&query, str_of(key->id));
    sql_add_text(&query, key->name);
    sql_add_bytes(&query, key->hash, HASH_BYTES);
    sql_add_int(&query, (int64_t)key->permissions); // the same 64 bits
    sql_add_int(&query, key->created_at);
    sql_add_int(&query, key->expires_at);
    sql_add_int(&query, key->revoked_at);
    sql_add_int(&query, key->last_used_at);
    sql_add_text(&query, str_of(key->replaced_by));
    return sql_write(&query, error);
}

static void tell_put(struct job *job, const struct error *error) {
    const struct put *put = (struct put *)job;
    put->done(put->context, error);
}

void store_key_put(
        struct store *store, const struct store_key *key, store_done *done, void *context) {
    static const struct job_kind kind = {
            .file = STORE_SECURE,
            .writes = true,
            .run = run_put,
            .tell = tell_put,
    };
    must(memchr(key->id, '\0', sizeof key->id) != NULL && key->id[0] != '\0');
    must(memchr(key->replaced_by, '\0', sizeof key->replaced_by) != NULL);
    struct put *put = job_new(&kind, sizeof *put);
    put->key = *key;
    put->done = done;
    put->context = context;
    struct str *texts[] = {&put->key.name};
    store_submit(store, &put->job, texts, 1);
}

// ---- reading ---------------------------------------------------------------------------------

// False if the text is no id: then the row is not one of ours.
static bool read_id(const struct sql_query *query, int column, char id[static STORE_KEY_ID]) {
    struct str text = sql_text(query, column);
    if (text.length >= STORE_KEY_ID) {
        return false;
    }
    snprintf(id, STORE_KEY_ID, "%.*s", STR_ARGS(text));
    return true;
}

static bool read_key(struct sql *sql, const struct sql_query *query, struct store_key *key,
        struct error *error) {
    *key = (struct store_key){
            .name = sql_text(query, 1),
            .permissions = (uint64_t)sql_int(query, 3),
            .created_at = sql_int(query, 4),
            .expires_at = sql_int(query, 5),
            .revoked_at = sql_int(query, 6),
            .last_used_at = sql_int(query, 7),
    };
    struct str hash = sql_text(query, 2);
    if (!read_id(query, 0, key->id) || !read_id(query, 8, key->replaced_by) ||
            hash.length != HASH_BYTES) {
        return error_set(error, ERROR_STORE,
                "%s: the API key with the id %.*s was changed by somebody else; restore a backup",
                sql->path, STR_ARGS(sql_text(query, 0)));
    }
    memcpy(key->hash, hash.at, HASH_BYTES);
    return true;
}

static bool read_keys(struct sql *sql, store_key_each *each, void *context, struct error *error) {
    struct sql_query query = {0};
    struct store_key key;
    bool row = false;
    if (!sql_begin(&query, sql,
                "SELECT id, name, hash, permissions, created_at, expires_at, revoked_at,"
                " last_used_at, replaced_by FROM keys ORDER BY number",
                error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    while (good && row) {
        good = read_key(sql, &query, &key, error);
        if (good) {
            each(context, &key);
            good = sql_step(&query, &row, error);
        }
    }
    sql_end(&query);
    return good;
}

// The file belongs to the thread from the first job on; until then it waits for the lock.
bool store_keys(struct store *store, store_key_each *each, void *context, struct error *error) {
    uv_mutex_lock(&store->lock);
    must(store->jobs == 0);
    bool good = read_keys(&store->files[STORE_SECURE], each, context, error);
    uv_mutex_unlock(&store->lock);
    return good;
}
