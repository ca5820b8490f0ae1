// What the daemon keeps between runs: the audit record, API keys, answers for retries, and
// documents (backups of states, checkpoints, recordings). All SQL of the product is in this folder.
//
// One thread owns the databases; the functions here queue a job for it and return. A job's callback
// comes on the loop, after the job's transaction was committed: with synchronous=FULL for secure.db
// (audit, keys, retries), with synchronous=NORMAL for documents.db, both in WAL mode. Jobs that
// wait together share one commit. Callbacks come in the order of the jobs, but for one that
// verifies the audit record: that lets others pass while it reads. Texts are copied.
//
// What is refused unseen is told within the call: ERROR_UNAVAILABLE when too much waits for the
// disk (LIMIT_STORE_JOBS, LIMIT_STORE_BYTES) or the store closes; ERROR_STORE or
// ERROR_INVALID_PARAMETER when something is over its limit.
#ifndef WHITEBEAM_STORE_STORE_H
#define WHITEBEAM_STORE_STORE_H

#include "base/error.h"
#include "base/str.h"

#include <uv.h>

struct store;

// Opens or makes the databases in `directory` (files of mode 0600), brings their schema up to date
// (PRAGMA user_version), checks the newest audit record's hash. Blocks; for the start only.
// Errors: ERROR_STORE with what SQLite said and which file; a database of a newer version is
// refused.
struct store *store_open(uv_loop_t *loop, const char *directory, struct error *error);

// Finishes every queued job, calls their callbacks, closes. Blocks; for the end, and not from
// within a callback. What the callbacks submit is refused. The loop must run once more to let go of
// the store's handle. NULL is fine.
void store_close(struct store *store);

// NULL: it worked.
typedef void store_done(void *context, const struct error *error);

// ---- audit -----------------------------------------------------------------------------------

// One control operation has two records: `begin` before it is answered, `end` with what became of
// it.
struct store_audit {
    int64_t id; // given by the store, ascending without gaps
    int64_t at; // unix ms
    bool end;   // false: begin
    struct str request_id;
    struct str actor; // id of the key, "admin", or "session"
    struct str operation;
    struct str node;      // may be empty
    struct str target;    // process, supervisor or application, as it was asked for; may be empty
    struct str arguments; // JSON object, redacted by the caller; `end`: empty
    int status;           // `end`: HTTP's; `begin`: 0
    struct str outcome;   // `end`: error code or "ok"; `begin`: empty
    uint8_t hash[32];     // SHA-256 of the previous record's hash and all fields of this one
};

// Appends a record; its id and hash are given by the store. An `end` may lie some milliseconds
// before it is written: it shares the commit of what comes next, so nobody should wait for it.
void store_audit_append(
        struct store *store, const struct store_audit *record, store_done *done, void *context);

struct store_audit_filter {
    struct str actor, operation, node; // empty: any
    int64_t since, until;              // unix ms, since <= at < until; 0: any
    uint32_t limit, offset;            // newest first; limit is at most LIMIT_STORE_ROWS
};

// `rows` live during the call only. `broken` is the id of the first record of the whole chain whose
// hash does not follow from the one before it, 0 if all do; it is checked only when `verify` is
// set.
typedef void store_audit_listed(void *context, const struct store_audit *rows, size_t count,
        uint64_t total, int64_t broken, const struct error *error);
void store_audit_list(struct store *store, const struct store_audit_filter *filter, bool verify,
        store_audit_listed *listed, void *context);

// ---- keys ------------------------------------------------------------------------------------

#define STORE_KEY_ID 13 // 12 characters and a NUL

struct store_key {
    char id[STORE_KEY_ID];
    struct str name;
    uint8_t hash[32]; // SHA-256 of the key; the key itself is never kept
    uint64_t permissions;
    int64_t created_at, expires_at, revoked_at, last_used_at; // unix ms, 0: never
    char replaced_by[STORE_KEY_ID];                           // after a rotation; else empty
};

// Inserts the key, or replaces the one with its id.
void store_key_put(
        struct store *store, const struct store_key *key, store_done *done, void *context);

// All keys, oldest first, read before this returns; for the start only. False on an error.
typedef void store_key_each(void *context, const struct store_key *key);
bool store_keys(struct store *store, store_key_each *each, void *context, struct error *error);

// ---- answers for retries (Idempotency-Key) ---------------------------------------------------

// Keeps the answer that a request with this key got. Records older than 24 hours are removed.
void store_retry_put(struct store *store, struct str actor, struct str key, struct str fingerprint,
        int status, struct str body, store_done *done, void *context);

// `found` false: no such key. Texts live during the call only.
typedef void store_retry_found(void *context, bool found, struct str fingerprint, int status,
        struct str body, const struct error *error);
void store_retry_get(struct store *store, struct str actor, struct str key,
        store_retry_found *found, void *context);

// ---- documents -------------------------------------------------------------------------------

// Something that is kept whole. (kind, id) is its key: "state_backup", "checkpoint", "recording"…
struct store_document {
    struct str kind, id;
    struct str node;    // may be empty
    struct str subject; // what it is of: a path, a name; may be empty
    int64_t at;         // unix ms
    struct str about;   // JSON object
    struct str body;    // any bytes, at most LIMIT_DOCUMENT_BYTES
};

// Inserts or replaces. ERROR_STORE if the body is too large or the disk is full.
void store_document_put(struct store *store, const struct store_document *document,
        store_done *done, void *context);

// NULL: there is none. It lives during the call only.
typedef void store_document_found(
        void *context, const struct store_document *document, const struct error *error);
void store_document_get(struct store *store, struct str kind, struct str id,
        store_document_found *found, void *context);

// Newest first, without bodies (body.length is right, body.at is NULL). Empty node or subject: any.
typedef void store_documents_listed(void *context, const struct store_document *rows, size_t count,
        uint64_t total, const struct error *error);
void store_document_list(struct store *store, struct str kind, struct str node, struct str subject,
        uint32_t limit, uint32_t offset, store_documents_listed *listed, void *context);

// `done` gets ERROR_NOT_FOUND if there was none.
void store_document_remove(
        struct store *store, struct str kind, struct str id, store_done *done, void *context);

#endif
