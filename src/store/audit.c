// The audit record: a chain of hashes.
//
// The hash of a record is SHA-256 over the following, in this order, integers big-endian:
//
//     "whitebeam audit 1"                 17 bytes
//     hash of the record before           32 bytes; zeros before the first one
//     id, at                              64 bits each
//     end (1) or begin (0)                8 bits
//     status                              32 bits
//     request_id, actor, operation, node, target, arguments, outcome
//                                         each as its length in 64 bits, then its bytes
//
// Every field has one place and one length, so that no two records have the same encoding. Ids
// count up from 1 without gaps. A record that was changed, removed, added or moved does not follow
// from the one before it; the newest ones cannot be removed either without it showing, since
// audit_head names the last. Whoever may write the file can make a whole new chain: against that,
// keep a hash elsewhere.
#include "base/arena.h"
#include "base/buffer.h"
#include "limits.h"
#include "store/store_private.h"

#include <sodium.h>

#define HASH_BYTES  32
#define CHECK_SLICE 2000 // records between two batches, some milliseconds

#define COLUMNS                                                                                    \
    "id, at, ended, request_id, actor, operation, node, target, arguments, status, outcome, hash"

#define TEXTS(record)                                                                              \
    {                                                                                              \
        &(record).request_id, &(record).actor, &(record).operation, &(record).node,                \
                &(record).target, &(record).arguments, &(record).outcome                           \
    }
#define TEXT_COUNT 7

// ---- the chain -------------------------------------------------------------------------------

// Where the chain has come to.
struct link {
    int64_t id;
    uint8_t hash[HASH_BYTES];
};

static void add_integer(crypto_hash_sha256_state *state, uint64_t value, unsigned bytes) {
    uint8_t digits[8];
    for (unsigned i = 0; i < bytes; i++) {
        digits[i] = (uint8_t)(value >> (8 * (bytes - 1 - i)));
    }
    crypto_hash_sha256_update(state, digits, bytes);
}

// The hash that the record has after a record with the hash `before`.
static void hash_record(
        const struct store_audit *record, const uint8_t *before, uint8_t hash[HASH_BYTES]) {
    static const char version[] = "whitebeam audit 1";
    const struct str *const texts[TEXT_COUNT] = TEXTS(*record);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const uint8_t *)version, sizeof version - 1);
    crypto_hash_sha256_update(&state, before, HASH_BYTES);
    add_integer(&state, (uint64_t)record->id, 8);
    add_integer(&state, (uint64_t)record->at, 8);
    add_integer(&state, record->end, 1);
    add_integer(&state, (uint64_t)record->status, 4);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        add_integer(&state, texts[i]->length, 8);
        crypto_hash_sha256_update(&state, (const uint8_t *)texts[i]->at, texts[i]->length);
    }
    crypto_hash_sha256_final(&state, hash);
}

static bool follows(const struct store_audit *record, const struct link *before) {
    uint8_t hash[HASH_BYTES];
    if (record->id != before->id + 1) {
        return false;
    }
    hash_record(record, before->hash, hash);
    return memcmp(hash, record->hash, HASH_BYTES) == 0;
}

// The row of a query over COLUMNS. Its texts live until the next step.
static struct store_audit read_row(const struct sql_query *query) {
    struct store_audit record = {
            .id = sql_int(query, 0),
            .at = sql_int(query, 1),
            .end = sql_int(query, 2) != 0,
            .request_id = sql_text(query, 3),
            .actor = sql_text(query, 4),
            .operation = sql_text(query, 5),
            .node = sql_text(query, 6),
            .target = sql_text(query, 7),
            .arguments = sql_text(query, 8),
            .status = (int)sql_int(query, 9),
            .outcome = sql_text(query, 10),
    };
    sql_bytes(query, 11, record.hash, HASH_BYTES);
    // Integers that we did not write so do not pass for what they are cut to.
    if (sql_int(query, 2) != record.end || sql_int(query, 9) != record.status) {
        memset(record.hash, 0, HASH_BYTES);
    }
    return record;
}

static bool read_head(struct sql *sql, struct link *head, struct error *error) {
    struct sql_query query;
    bool row = false;
    *head = (struct link){0};
    if (!sql_begin(&query, sql, "SELECT id, hash FROM audit_head WHERE one = 1", error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    if (good && row) {
        head->id = sql_int(&query, 0);
        sql_bytes(&query, 1, head->hash, HASH_BYTES);
    }
    sql_end(&query);
    return good;
}

// ---- appending -------------------------------------------------------------------------------

struct append {
    struct job job;
    struct store_audit record;
    store_done *done;
    void *context;
};

static bool insert(struct sql *sql, const struct store_audit *record, struct error *error) {
    struct sql_query query;
    if (!sql_begin(&query, sql,
                "INSERT INTO audit (" COLUMNS ") VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                error)) {
        return false;
    }
    sql_add_int(&query, record->id);
    sql_add_int(&query, record->at);
    sql_add_int(&query, record->end);
    sql_add_text(&query, record->request_id);
    sql_add_text(&query, record->actor);
    sql_add_text(&query, record->operation);
    sql_add_text(&query, record->node);
    sql_add_text(&query, record->target);
    sql_add_text(&query, record->arguments);
    sql_add_int(&query, record->status);
    sql_add_text(&query, record->outcome);
    sql_add_bytes(&query, record->hash, HASH_BYTES);
    return sql_write(&query, error);
}

static bool move_head(struct sql *sql, const struct store_audit *record, struct error *error) {
    struct sql_query query;
    if (!sql_begin(&query, sql, "UPDATE audit_head SET id = ?, hash = ? WHERE one = 1", error)) {
        return false;
    }
    sql_add_int(&query, record->id);
    sql_add_bytes(&query, record->hash, HASH_BYTES);
    return sql_write(&query, error);
}

// The head is read anew for each record: what was rolled back has left nothing behind.
static bool run_append(struct sql *sql, struct job *job, struct error *error) {
    struct append *append = (struct append *)job;
    struct link head;
    if (!read_head(sql, &head, error)) {
        return false;
    }
    append->record.id = head.id + 1;
    hash_record(&append->record, head.hash, append->record.hash);
    return insert(sql, &append->record, error) && move_head(sql, &append->record, error);
}

static void tell_append(struct job *job, const struct error *error) {
    const struct append *append = (struct append *)job;
    append->done(append->context, error);
}

void store_audit_append(
        struct store *store, const struct store_audit *record, store_done *done, void *context) {
    static const struct job_kind kind = {
            .file = STORE_SECURE,
            .writes = true,
            .run = run_append,
            .tell = tell_append,
    };
    struct append *append = job_new(&kind, sizeof *append);
    append->job.patient = record->end;
    append->record = *record;
    append->done = done;
    append->context = context;
    struct str *texts[TEXT_COUNT] = TEXTS(append->record);
    store_submit(store, &append->job, texts, TEXT_COUNT);
}

// ---- checking --------------------------------------------------------------------------------

struct check {
    struct link at;
    int64_t broken; // 0 so far
};

// One slice of the chain. *more: there may be further records.
static bool check_slice(struct sql *sql, struct check *check, bool *more, struct error *error) {
    struct sql_query query;
    bool row = false;
    int count = 0;
    if (!sql_begin(&query, sql, "SELECT " COLUMNS " FROM audit WHERE id > ? ORDER BY id LIMIT ?",
                error)) {
        return false;
    }
    // Not from 1: a record below it was put there by somebody else.
    sql_add_int(&query, check->at.id == 0 ? INT64_MIN : check->at.id);
    sql_add_int(&query, CHECK_SLICE);
    bool good = sql_step(&query, &row, error);
    while (good && row && check->broken == 0) {
        struct store_audit record = read_row(&query);
        if (!follows(&record, &check->at)) {
            check->broken = record.id > 0 ? record.id : 1; // 0 would say that nothing is
        }
        check->at.id = record.id;
        memcpy(check->at.hash, record.hash, HASH_BYTES);
        count++;
        good = sql_step(&query, &row, error);
    }
    sql_end(&query);
    *more = check->broken == 0 && count == CHECK_SLICE;
    return good;
}

// The last record must be the one that the head names, else newer ones were removed.
static bool check_end(struct sql *sql, struct check *check, struct error *error) {
    struct link head;
    if (!read_head(sql, &head, error)) {
        return false;
    }
    if (check->broken == 0 && head.id != check->at.id) {
        check->broken = check->at.id + 1;
    } else if (check->broken == 0 && memcmp(head.hash, check->at.hash, HASH_BYTES) != 0) {
        check->broken = head.id;
    }
    return true;
}

bool audit_check_newest(struct sql *sql, struct error *error) {
    struct check check = {0};
    struct sql_query query;
    bool row = false, more;
    // The newest but one is taken as it is; all of them are a matter of store_audit_list.
    if (!sql_begin(&query, sql, "SELECT id, hash FROM audit ORDER BY id DESC LIMIT 1 OFFSET 1",
                error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    if (good && row) {
        check.at.id = sql_int(&query, 0);
        sql_bytes(&query, 1, check.at.hash, HASH_BYTES);
    }
    sql_end(&query);
    if (!good || !check_slice(sql, &check, &more, error) || !check_end(sql, &check, error)) {
        return false;
    }
    return check.broken == 0 ||
           error_set(error, ERROR_STORE,
                   "the audit record in %s was changed by somebody else: record %lld does not "
                   "follow from the one before it. Keep the file for whoever investigates; restore "
                   "a backup, or move it away to begin a new one (API keys are in it too)",
                   sql->path, (long long)check.broken);
}

// ---- listing ---------------------------------------------------------------------------------

struct list {
    struct job job;
    struct store_audit_filter filter;
    struct check check;
    store_audit_listed *listed;
    void *context;
    struct store_audit *rows; // in the job's answer
    size_t count;
    uint64_t total;
};

static bool run_list(struct sql *sql, struct job *job, struct error *error);
static bool go_on_checking(struct sql *sql, struct job *job, bool *more, struct error *error);
static void tell_list(struct job *job, const struct error *error);

static const struct job_kind list_kind = {
        .file = STORE_SECURE,
        .run = run_list,
        .tell = tell_list,
};

static const struct job_kind verify_kind = {
        .file = STORE_SECURE,
        .run = run_list,
        .go_on = go_on_checking,
        .tell = tell_list,
};

// Only the conditions that there are: so that each finds its index.
static void write_where(struct buffer *text, const struct store_audit_filter *filter) {
    const char *word = " WHERE ";
    const struct {
        bool wanted;
        const char *condition;
    } parts[] = {
            {filter->actor.length > 0, "actor = ?"},
            {filter->operation.length > 0, "operation = ?"},
            {filter->node.length > 0, "node = ?"},
            {filter->since != 0, "at >= ?"},
            {filter->until != 0, "at < ?"},
    };
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (parts[i].wanted) {
            buffer_printf(text, "%s%s", word, parts[i].condition);
            word = " AND ";
        }
    }
}

static bool begin_filtered(struct sql_query *query, struct sql *sql,
        const struct store_audit_filter *filter, const char *before, const char *after,
        struct error *error) {
    struct buffer text;
    buffer_init(&text);
    buffer_add_text(&text, before);
    write_where(&text, filter);
    buffer_add_text(&text, after);
    bool good = sql_begin_once(query, sql, buffer_str(&text), error);
    buffer_finish(&text);
    if (!good) {
        return false;
    }
    const struct str texts[] = {filter->actor, filter->operation, filter->node};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        if (texts[i].length > 0) {
            sql_add_text(query, texts[i]);
        }
    }
    if (filter->since != 0) {
        sql_add_int(query, filter->since);
    }
    if (filter->until != 0) {
        sql_add_int(query, filter->until);
    }
    return true;
}

static bool count_rows(struct sql *sql, struct list *list, struct error *error) {
    struct sql_query query;
    bool row = false;
    if (!begin_filtered(&query, sql, &list->filter, "SELECT count(*) FROM audit", "", error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    list->total = good && row ? (uint64_t)sql_int(&query, 0) : 0;
    sql_end(&query);
    return good;
}

static void keep_row(struct list *list, const struct sql_query *query) {
    struct arena *arena = &list->job.answer;
    struct store_audit *record = &list->rows[list->count++];
    *record = read_row(query);
    struct str *texts[TEXT_COUNT] = TEXTS(*record);
    for (size_t i = 0; i < TEXT_COUNT; i++) {
        *texts[i] = arena_copy(arena, *texts[i]);
    }
}

static bool run_list(struct sql *sql, struct job *job, struct error *error) {
    struct list *list = (struct list *)job;
    struct sql_query query;
    bool row = false;
    list->rows = arena_take(&job->answer, list->filter.limit, sizeof *list->rows);
    list->count = 0;
    if (!count_rows(sql, list, error) ||
            !begin_filtered(&query, sql, &list->filter, "SELECT " COLUMNS " FROM audit",
                    " ORDER BY id DESC LIMIT ? OFFSET ?", error)) {
        return false;
    }
    sql_add_int(&query, list->filter.limit);
    sql_add_int(&query, list->filter.offset);
    bool good = sql_step(&query, &row, error);
    while (good && row) {
        keep_row(list, &query);
        good = job_check_answer(job, error) && sql_step(&query, &row, error);
    }
    sql_end(&query);
    return good;
}

static bool go_on_checking(struct sql *sql, struct job *job, bool *more, struct error *error) {
    struct list *list = (struct list *)job;
    return check_slice(sql, &list->check, more, error) &&
           (*more || check_end(sql, &list->check, error));
}

static void tell_list(struct job *job, const struct error *error) {
    const struct list *list = (struct list *)job;
    if (error != NULL) {
        list->listed(list->context, NULL, 0, 0, 0, error);
    } else {
        list->listed(list->context, list->rows, list->count, list->total, list->check.broken, NULL);
    }
}

void store_audit_list(struct store *store, const struct store_audit_filter *filter, bool verify,
        store_audit_listed *listed, void *context) {
    struct error error;
    struct list *list = job_new(verify ? &verify_kind : &list_kind, sizeof *list);
    list->filter = *filter;
    list->listed = listed;
    list->context = context;
    if (!store_check_limit(filter->limit, &error)) {
        job_refuse(&list->job, &error);
        return;
    }
    struct str *texts[] = {&list->filter.actor, &list->filter.operation, &list->filter.node};
    store_submit(store, &list->job, texts, sizeof texts / sizeof texts[0]);
}
