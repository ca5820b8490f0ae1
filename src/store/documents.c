// Documents: things that are kept whole, such as backups of states and recordings. The place of one
// that was removed is used again by later ones; the file does not become smaller.
#include "limits.h"
#include "store/store_private.h"

#include <sys/statvfs.h>

#define TEXTS(document)                                                                            \
    {                                                                                              \
        &(document).kind, &(document).id, &(document).node, &(document).subject,                   \
                &(document).about, &(document).body                                                \
    }
#define TEXT_COUNT 6

struct document_job {
    struct job job;
    struct store_document document;
    bool found;
    store_done *done;
    store_document_found *got;
    void *context;
};

static void tell_done(struct job *job, const struct error *error) {
    const struct document_job *own = (struct document_job *)job;
    own->done(own->context, error);
}

// ---- keeping ---------------------------------------------------------------------------------

// A document is written twice, to the log and from there to its place. What it leaves free is for
// the audit record, without which nothing can be changed any more.
static bool check_disk(
        struct sql *sql, const struct store_document *document, struct error *error) {
    struct statvfs disk;
    if (statvfs(sql->path, &disk) != 0) {
        return true; // then the put finds out
    }
    uint64_t room = (uint64_t)disk.f_bavail * disk.f_frsize;
    return room >= 2 * document->body.length + LIMIT_STORE_RESERVE ||
           error_set(error, ERROR_STORE,
                   "the disk is nearly full: %llu MB are free, and %u MB of them are kept for the "
                   "audit record; make room",
                   (unsigned long long)(room >> 20), LIMIT_STORE_RESERVE >> 20);
}

static bool run_put(struct sql *sql, struct job *job, struct error *error) {
    const struct store_document *document = &((struct document_job *)job)->document;
    struct sql_query query;
    if (!check_disk(sql, document, error) ||
            !sql_begin(&query, sql,
                    "INSERT INTO documents (kind, id, node, subject, at, about, body)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET"
                    " node = excluded.node, subject = excluded.subject, at = excluded.at,"
                    " about = excluded.about, body = excluded.body",
                    error)) {
        return false;
    }
    sql_add_text(&query, document->kind);
    sql_add_text(&query, document->id);
    sql_add_text(&query, document->node);
    sql_add_text(&query, document->subject);
    sql_add_int(&query, document->at);
    sql_add_text(&query, document->about);
    sql_add_bytes(&query, document->body.at, document->body.length);
    return sql_write(&query, error);
}

void store_document_put(struct store *store, const struct store_document *document,
        store_done *done, void *context) {
    static const struct job_kind kind = {
            .file = STORE_DOCUMENTS,
            .writes = true,
            .run = run_put,
            .tell = tell_done,
    };
    struct document_job *own = job_new(&kind, sizeof *own);
    own->document = *document;
    own->done = done;
    own->context = context;
    if (document->body.length > LIMIT_DOCUMENT_BYTES) {
        struct error error;
        error_set(&error, ERROR_STORE, "the %.*s has %zu bytes; at most %u can be kept",
                STR_ARGS(document->kind), document->body.length, LIMIT_DOCUMENT_BYTES);
        job_refuse(&own->job, &error);
        return;
    }
    struct str *texts[TEXT_COUNT] = TEXTS(own->document);
    store_submit(store, &own->job, texts, TEXT_COUNT);
}

// ---- finding ---------------------------------------------------------------------------------

static bool run_get(struct sql *sql, struct job *job, struct error *error) {
    struct document_job *own = (struct document_job *)job;
    struct store_document *document = &own->document;
    struct arena *arena = &job->answer;
    struct sql_query query;
    if (!sql_begin(&query, sql,
                "SELECT node, subject, at, about, body FROM documents WHERE kind = ? AND id = ?",
                error)) {
        return false;
    }
    sql_add_text(&query, document->kind);
    sql_add_text(&query, document->id);
    bool good = sql_step(&query, &own->found, error);
    if (good && own->found) {
        document->node = arena_copy(arena, sql_text(&query, 0));
        document->subject = arena_copy(arena, sql_text(&query, 1));
        document->at = sql_int(&query, 2);
        document->about = arena_copy(arena, sql_text(&query, 3));
        document->body = arena_copy(arena, sql_text(&query, 4));
    }
    sql_end(&query);
    return good;
}

static void tell_get(struct job *job, const struct error *error) {
    const struct document_job *own = (struct document_job *)job;
    own->got(own->context, error == NULL && own->found ? &own->document : NULL, error);
}

void store_document_get(struct store *store, struct str kind, struct str id,
        store_document_found *found, void *context) {
    static const struct job_kind get_kind = {
            .file = STORE_DOCUMENTS,
            .run = run_get,
            .tell = tell_get,
    };
    struct document_job *own = job_new(&get_kind, sizeof *own);
    own->document.kind = kind;
    own->document.id = id;
    own->got = found;
    own->context = context;
    struct str *texts[] = {&own->document.kind, &own->document.id};
    store_submit(store, &own->job, texts, 2);
}

// ---- removing --------------------------------------------------------------------------------

static bool run_remove(struct sql *sql, struct job *job, struct error *error) {
    const struct store_document *document = &((struct document_job *)job)->document;
    struct sql_query query;
    if (!sql_begin(&query, sql, "DELETE FROM documents WHERE kind = ? AND id = ?", error)) {
        return false;
    }
    sql_add_text(&query, document->kind);
    sql_add_text(&query, document->id);
    if (!sql_write(&query, error)) {
        return false;
    }
    return sqlite3_changes(sql->handle) > 0 ||
           error_set(error, ERROR_NOT_FOUND, "there is no %.*s with the id %.*s",
                   STR_ARGS(document->kind), STR_ARGS(document->id));
}

void store_document_remove(
        struct store *store, struct str kind, struct str id, store_done *done, void *context) {
    static const struct job_kind remove_kind = {
            .file = STORE_DOCUMENTS,
            .writes = true,
            .run = run_remove,
            .tell = tell_done,
    };
    struct document_job *own = job_new(&remove_kind, sizeof *own);
    own->document.kind = kind;
    own->document.id = id;
    own->done = done;
    own->context = context;
    struct str *texts[] = {&own->document.kind, &own->document.id};
    store_submit(store, &own->job, texts, 2);
}

// ---- listing ---------------------------------------------------------------------------------

struct list {
    struct job job;
    struct str kind, node, subject;
    uint32_t limit, offset;
    store_documents_listed *listed;
    void *context;
    struct store_document *rows; // in the job's answer
    size_t count;
    uint64_t total;
};

// Everything of a kind is looked at: there are thousands, not millions.
#define CHOSEN                                                                                     \
    " FROM documents WHERE kind = ?1 AND (?2 = '' OR node = ?2) AND (?3 = '' OR subject = ?3)"

static bool begin_chosen(struct sql_query *query, struct sql *sql, const struct list *list,
        const char *text, struct error *error) {
    if (!sql_begin(query, sql, text, error)) {
        return false;
    }
    sql_add_text(query, list->kind);
    sql_add_text(query, list->node);
    sql_add_text(query, list->subject);
    return true;
}

static bool count_rows(struct sql *sql, struct list *list, struct error *error) {
    struct sql_query query;
    bool row = false;
    if (!begin_chosen(&query, sql, list, "SELECT count(*)" CHOSEN, error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    list->total = good && row ? (uint64_t)sql_int(&query, 0) : 0;
    sql_end(&query);
    return good;
}

static void keep_row(struct list *list, const struct sql_query *query) {
    struct arena *arena = &list->job.answer;
    list->rows[list->count++] = (struct store_document){
            .kind = list->kind,
            .id = arena_copy(arena, sql_text(query, 0)),
            .node = arena_copy(arena, sql_text(query, 1)),
            .subject = arena_copy(arena, sql_text(query, 2)),
            .at = sql_int(query, 3),
            .about = arena_copy(arena, sql_text(query, 4)),
            .body = {NULL, (size_t)sql_int(query, 5)},
    };
}

static bool run_list(struct sql *sql, struct job *job, struct error *error) {
    struct list *list = (struct list *)job;
    struct sql_query query;
    bool row = false;
    list->rows = arena_take(&job->answer, list->limit, sizeof *list->rows);
    list->count = 0;
    if (!count_rows(sql, list, error) ||
            !begin_chosen(&query, sql, list,
                    "SELECT id, node, subject, at, about, length(body)" CHOSEN
                    " ORDER BY at DESC, number DESC LIMIT ?4 OFFSET ?5",
                    error)) {
        return false;
    }
    sql_add_int(&query, list->limit);
    sql_add_int(&query, list->offset);
    bool good = sql_step(&query, &row, error);
    while (good && row) {
        keep_row(list, &query);
        good = job_check_answer(job, error) && sql_step(&query, &row, error);
    }
    sql_end(&query);
    return good;
}

static void tell_list(struct job *job, const struct error *error) {
    const struct list *list = (struct list *)job;
    if (error != NULL) {
        list->listed(list->context, NULL, 0, 0, error);
    } else {
        list->listed(list->context, list->rows, list->count, list->total, NULL);
    }
}

void store_document_list(struct store *store, struct str kind, struct str node, struct str subject,
        uint32_t limit, uint32_t offset, store_documents_listed *listed, void *context) {
    static const struct job_kind list_kind = {
            .file = STORE_DOCUMENTS,
            .run = run_list,
            .tell = tell_list,
    };
    struct error error;
    struct list *list = job_new(&list_kind, sizeof *list);
    list->kind = kind;
    list->node = node;
    list->subject = subject;
    list->limit = limit;
    list->offset = offset;
    list->listed = listed;
    list->context = context;
    if (!store_check_limit(limit, &error)) {
        job_refuse(&list->job, &error);
        return;
    }
    struct str *texts[] = {&list->kind, &list->node, &list->subject};
    store_submit(store, &list->job, texts, 3);
}
