// The tables. A step that was released is never edited: add another one. The version of a file is
// SQLite's user_version.
#include "store/schema.h"

#include <stdio.h>

static const char *const secure_steps[] = {
        // `ended`: the record of an end. audit_head repeats the id and hash of the newest record,
        // so
        // that removing the newest ones shows as well.
        "CREATE TABLE audit ("
        " id INTEGER PRIMARY KEY,"
        " at INTEGER NOT NULL,"
        " ended INTEGER NOT NULL,"
        " request_id TEXT NOT NULL,"
        " actor TEXT NOT NULL,"
        " operation TEXT NOT NULL,"
        " node TEXT NOT NULL,"
        " target TEXT NOT NULL,"
        " arguments TEXT NOT NULL,"
        " status INTEGER NOT NULL,"
        " outcome TEXT NOT NULL,"
        " hash BLOB NOT NULL"
        ") STRICT;"
        "CREATE INDEX audit_at ON audit (at);"
        "CREATE INDEX audit_actor ON audit (actor);"
        "CREATE INDEX audit_operation ON audit (operation);"
        "CREATE INDEX audit_node ON audit (node);"
        "CREATE TABLE audit_head ("
        " one INTEGER PRIMARY KEY CHECK (one = 1),"
        " id INTEGER NOT NULL,"
        " hash BLOB NOT NULL"
        ") STRICT;"
        "INSERT INTO audit_head VALUES (1, 0, zeroblob(32));"

        "CREATE TABLE keys ("
        " number INTEGER PRIMARY KEY,"
        " id TEXT NOT NULL UNIQUE,"
        " name TEXT NOT NULL,"
        " hash BLOB NOT NULL UNIQUE,"
        " permissions INTEGER NOT NULL,"
        " created_at INTEGER NOT NULL,"
        " expires_at INTEGER NOT NULL,"
        " revoked_at INTEGER NOT NULL,"
        " last_used_at INTEGER NOT NULL,"
        " replaced_by TEXT NOT NULL"
        ") STRICT;"

        "CREATE TABLE retries ("
        " actor TEXT NOT NULL,"
        " key TEXT NOT NULL,"
        " at INTEGER NOT NULL,"
        " fingerprint BLOB NOT NULL,"
        " status INTEGER NOT NULL,"
        " body BLOB NOT NULL,"
        " PRIMARY KEY (actor, key)"
        ") STRICT;"
        "CREATE INDEX retries_at ON retries (at);",
};

static const char *const documents_steps[] = {
        // The body comes last: rows are listed without its pages being read.
        "CREATE TABLE documents ("
        " number INTEGER PRIMARY KEY,"
        " kind TEXT NOT NULL,"
        " id TEXT NOT NULL,"
        " node TEXT NOT NULL,"
        " subject TEXT NOT NULL,"
        " at INTEGER NOT NULL,"
        " about TEXT NOT NULL,"
        " body BLOB NOT NULL,"
        " UNIQUE (kind, id)"
        ") STRICT;"
        "CREATE INDEX documents_newest ON documents (kind, at);",
};

#define STEPS(steps)                                                                               \
    { steps, sizeof steps / sizeof steps[0] }

const struct schema schema_secure = STEPS(secure_steps);
const struct schema schema_documents = STEPS(documents_steps);

// Each step commits together with its version.
static bool take_step(struct sql *sql, const char *step, int64_t version, struct error *error) {
    char set_version[64];
    struct error ignored;
    snprintf(set_version, sizeof set_version, "PRAGMA user_version=%lld", (long long)version);
    if (!sql_run(sql, "BEGIN IMMEDIATE", error)) {
        return false;
    }
    if (sql_script(sql, step, error) && sql_script(sql, set_version, error) &&
            sql_run(sql, "COMMIT", error)) {
        return true;
    }
    if (!sqlite3_get_autocommit(sql->handle)) {
        (void)sql_run(sql, "ROLLBACK", &ignored); // the first failure is what is told
    }
    return false;
}

bool schema_update(struct sql *sql, const struct schema *schema, struct error *error) {
    int64_t version;
    if (!sql_integer(sql, "PRAGMA user_version", &version, error)) {
        return false;
    }
    if (version < 0 || version > schema->count) {
        return error_set(error, ERROR_STORE,
                "%s was written by a later release (its version is %lld, this one knows %lld); "
                "use that release, or another state directory",
                sql->path, (long long)version, (long long)schema->count);
    }
    for (; version < schema->count; version++) {
        if (!take_step(sql, schema->steps[version], version + 1, error)) {
            return false;
        }
    }
    return true;
}
