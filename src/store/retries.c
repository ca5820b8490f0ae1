// Answers that are kept for a day, so that a request which comes again gets the answer of the first
// time instead of being done twice (Idempotency-Key).
#include "base/clock.h"
#include "limits.h"
#include "store/store_private.h"

struct retry {
    struct job job;
    struct str actor, key, fingerprint, body;
    int status;
    bool found;
    store_done *done;
    store_retry_found *got;
    void *context;
};

static int64_t oldest(void) {
    return clock_unix_ms() - LIMIT_RETRY_MS;
}

// ---- keeping ---------------------------------------------------------------------------------

static bool remove_old(struct sql *sql, struct error *error) {
    struct sql_query query = {0};
    if (!sql_begin(&query, sql, "DELETE FROM retries WHERE at < ?", error)) {
        return false;
    }
    sql_add_int(&query, oldest());
    return sql_write(&query, error);
}

static bool run_put(struct sql *sql, struct job *job, struct error *error) {
    const struct retry *retry = (struct retry *)job;
    struct sql_query query = {0};
    if (!remove_old(sql, error) ||
            !sql_begin(&query, sql,
                    "INSERT INTO retries (actor, key, at, fingerprint, status, body)"
                    " VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (actor, key) DO UPDATE SET"
                    " at = excluded.at, fingerprint = excluded.fingerprint,"
                    " status = excluded.status, body = excluded.body",
                    error)) {
        return false;
    }
    sql_add_text(&query, retry->actor);
    sql_add_text(&query, retry->key);
    sql_add_int(&query, clock_unix_ms());
    sql_add_bytes(&query, retry->fingerprint.at, retry->fingerprint.length);
    sql_add_int(&query, retry->status);
    sql_add_bytes(&query, retry->body.at, retry->body.length);
    return sql_write(&query, error);
}

static void tell_put(struct job *job, const struct error *error) {
    const struct retry *retry = (struct retry *)job;
    retry->done(retry->context, error);
}

void store_retry_put(struct store *store, struct str actor, struct str key, struct str fingerprint,
        int status, struct str body, store_done *done, void *context) {
    static const struct job_kind kind = {
            .file = STORE_SECURE,
            .writes = true,
            .run = run_put,
            .tell = tell_put,
    };
    struct retry *retry = job_new(&kind, sizeof *retry);
    retry->actor = actor;
    retry->key = key;
    retry->fingerprint = fingerprint;
    retry->body = body;
    retry->status = status;
    retry->done = done;
    retry->context = context;
    struct str *texts[] = {&retry->actor, &retry->key, &retry->fingerprint, &retry->body};
    store_submit(store, &retry->job, texts, 4);
}

// ---- finding ---------------------------------------------------------------------------------

static bool run_get(struct sql *sql, struct job *job, struct error *error) {
    struct retry *retry = (struct retry *)job;
    struct sql_query query = {0};
    if (!sql_begin(&query, sql,
                "SELECT fingerprint, status, body FROM retries"
                " WHERE actor = ? AND key = ? AND at >= ?",
                error)) {
        return false;
    }
    sql_add_text(&query, retry->actor);
    sql_add_text(&query, retry->key);
    sql_add_int(&query, oldest());
    bool good = sql_step(&query, &retry->found, error);
    if (good && retry->found) {
        retry->fingerprint = arena_copy(&job->answer, sql_text(&query, 0));
        retry->status = (int)sql_int(&query, 1);
        retry->body = arena_copy(&job->answer, sql_text(&query, 2));
    }
    sql_end(&query);
    return good;
}

static void tell_get(struct job *job, const struct error *error) {
    const struct retry *retry = (struct retry *)job;
    if (error != NULL || !retry->found) {
        retry->got(retry->context, false, STR(""), 0, STR(""), error);
    } else {
        retry->got(retry->context, true, retry->fingerprint, retry->status, retry->body, NULL);
    }
}

void store_retry_get(struct store *store, struct str actor, struct str key,
        store_retry_found *found, void *context) {
    static const struct job_kind kind = {
            .file = STORE_SECURE,
            .run = run_get,
            .tell = tell_get,
    };
    struct retry *retry = job_new(&kind, sizeof *retry);
    retry->actor = actor;
    retry->key = key;
    retry->got = found;
    retry->context = context;
    struct str *texts[] = {&retry->actor, &retry->key};
    store_submit(store, &retry->job, texts, 2);
}
