// The loop's side of the store: opening and closing, handing jobs to the thread, telling what
// became of them. All that the two sides share is behind one lock, which is never held over SQL or
// a callback.
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "store/schema.h"
#include "store/store_private.h"

#include <stdlib.h>

// ---- handing over ----------------------------------------------------------------------------

static void copy_texts(struct job *job, struct str *const *texts, size_t count) {
    job->texts = memory_resize(NULL, store_length(texts, count), 1);
    char *at = job->texts;
    for (size_t i = 0; i < count; i++) {
        if (texts[i]->length > 0) {
            memcpy(at, texts[i]->at, texts[i]->length);
        }
        texts[i]->at = at;
        at += texts[i]->length;
    }
}

static bool check_size(const struct job *job, struct error *error) {
    return job->cost <= LIMIT_STORE_JOB ||
           error_set(error, ERROR_STORE,
                   "a record of %zu bytes is too large to be kept; at most %u", job->cost,
                   LIMIT_STORE_JOB);
}

// The store's answer to a client that asks for more than the disk takes: it is told at once, and
// nothing of it is kept.
static bool has_room(struct store *store, size_t cost, struct error *error) {
    uv_mutex_lock(&store->lock);
    bool stopping = store->stopping;
    bool room = store->jobs < LIMIT_STORE_JOBS && store->bytes + cost <= LIMIT_STORE_BYTES;
    if (room && !stopping) {
        store->jobs++;
        store->bytes += cost;
    }
    uv_mutex_unlock(&store->lock);
    if (stopping) {
        return error_set(error, ERROR_UNAVAILABLE, "the daemon is stopping");
    }
    return room || error_set(error, ERROR_UNAVAILABLE,
                           "the store is behind: at most %u jobs and %u MB may wait for the disk; "
                           "try again in a moment",
                           LIMIT_STORE_JOBS, LIMIT_STORE_BYTES >> 20);
}

void store_submit(struct store *store, struct job *job, struct str *const *texts, size_t count) {
    struct error error;
    job->cost = sizeof(struct job) + store_length(texts, count);
    if (!check_size(job, &error) || !has_room(store, job->cost, &error)) {
        job_refuse(job, &error);
        return;
    }
    copy_texts(job, texts, count);
    uv_mutex_lock(&store->lock);
    job_push(&store->waiting, job);
    store->urgent += !job->patient;
    uv_cond_signal(&store->wake);
    uv_mutex_unlock(&store->lock);
}

// ---- telling ---------------------------------------------------------------------------------

// Before the callback: that may submit the next job.
static void give_room_back(struct store *store, const struct job *job) {
    uv_mutex_lock(&store->lock);
    store->jobs--;
    store->bytes -= job->cost;
    if (store->untold_answers > LIMIT_STORE_BYTES) {
        uv_cond_signal(&store->wake); // it waits for answers to be taken
    }
    store->untold_answers -= job->answer.taken;
    uv_mutex_unlock(&store->lock);
}

static void tell_finished(struct store *store) {
    uv_mutex_lock(&store->lock);
    struct job_queue finished = store->finished;
    store->finished = (struct job_queue){0};
    uv_mutex_unlock(&store->lock);
    store->telling = true;
    for (struct job *job = job_pop(&finished); job != NULL; job = job_pop(&finished)) {
        give_room_back(store, job);
        job->kind->tell(job, job->error);
        job_free(job);
    }
    store->telling = false;
}

static void on_arrived(uv_async_t *handle) {
    tell_finished(handle->data);
}

// ---- opening and closing ---------------------------------------------------------------------

static bool open_files(struct store *store, const char *directory, struct error *error) {
    struct sql *secure = &store->files[STORE_SECURE];
    struct sql *documents = &store->files[STORE_DOCUMENTS];
    if (!sql_open(secure, directory, "secure.db", true, error)) {
        return false;
    }
    if (schema_update(secure, &schema_secure, error) && audit_check_newest(secure, error) &&
            sql_open(documents, directory, "documents.db", false, error)) {
        if (schema_update(documents, &schema_documents, error)) {
            return true;
        }
        sql_close(documents);
    }
    sql_close(secure);
    return false;
}

struct store *store_open(uv_loop_t *loop, const char *directory, struct error *error) {
    struct store *store = memory_new(1, sizeof *store);
    if (!open_files(store, directory, error)) {
        free(store);
        return NULL;
    }
    must(uv_mutex_init(&store->lock) == 0);
    must(uv_cond_init(&store->wake) == 0);
    must(uv_async_init(loop, &store->arrived, on_arrived) == 0);
    store->arrived.data = store;
    must(uv_thread_create(&store->thread, batch_thread, store) == 0);
    return store;
}

static void free_store(uv_handle_t *handle) {
    struct store *store = handle->data;
    uv_mutex_destroy(&store->lock);
    uv_cond_destroy(&store->wake);
    free(store);
}

void store_close(struct store *store) {
    if (store == NULL) {
        return;
    }
    must(!store->telling);
    uv_mutex_lock(&store->lock);
    store->stopping = true;
    uv_cond_signal(&store->wake);
    uv_mutex_unlock(&store->lock);
    uv_thread_join(&store->thread);
    tell_finished(store);
    must(store->jobs == 0);
    sql_close(&store->files[STORE_DOCUMENTS]);
    sql_close(&store->files[STORE_SECURE]);
    uv_close((uv_handle_t *)&store->arrived, free_store);
}
