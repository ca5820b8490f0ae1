// The store's thread: takes jobs that wait, runs them in one transaction for each file, and hands
// them back after the commit.
//
// Each job of a batch has a savepoint: if it fails, it alone is undone. Some failures (a full disk,
// a fault of it) end the whole transaction, at the statement or at the commit; then each job of the
// batch is run again in a transaction of its own, and only those that fail by themselves are told
// so.
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "store/store_private.h"

#include <stdlib.h>

#define PATIENCE_NS 2000000u // that jobs nobody waits for lie

// ---- jobs ------------------------------------------------------------------------------------

static void fail_job(struct job *job, const struct error *error) {
    must(job->error == NULL);
    job->error = memory_new(1, sizeof *job->error);
    *job->error = *error;
}

// What an earlier run of the job has left.
static void renew_job(struct job *job) {
    free(job->error);
    job->error = NULL;
    arena_finish(&job->answer);
}

// Ends a transaction that may have ended by itself. What it has written of the log before the disk
// was full is given back, if that can be done: others need the room.
static void roll_back(struct sql *sql) {
    struct error ignored;
    bool full = sqlite3_errcode(sql->handle) == SQLITE_FULL;
    if (!sqlite3_get_autocommit(sql->handle)) {
        (void)sql_run(sql, "ROLLBACK", &ignored); // what made it necessary is told
    }
    if (full) {
        (void)sqlite3_wal_checkpoint_v2(sql->handle, NULL, SQLITE_CHECKPOINT_TRUNCATE, NULL, NULL);
    }
}

static bool begin(struct sql *sql, bool writes, struct error *error) {
    return sql_run(sql, writes ? "BEGIN IMMEDIATE" : "BEGIN", error);
}

static bool commit(struct sql *sql, struct error *error) {
    if (sql_run(sql, "COMMIT", error)) {
        return true;
    }
    roll_back(sql);
    return false;
}

static void run_alone(struct sql *sql, struct job *job) {
    struct error error;
    renew_job(job);
    if (!begin(sql, job->kind->writes, &error)) {
        fail_job(job, &error);
    } else if (!job->kind->run(sql, job, &error)) {
        roll_back(sql);
        fail_job(job, &error);
    } else if (!commit(sql, &error)) {
        fail_job(job, &error);
    }
}

// False if the whole transaction is lost.
static bool run_at_savepoint(struct sql *sql, struct job *job) {
    struct error error;
    renew_job(job);
    if (!sql_run(sql, "SAVEPOINT job", &error)) {
        return false;
    }
    if (job->kind->run(sql, job, &error)) {
        return sql_run(sql, "RELEASE job", &error);
    }
    fail_job(job, &error);
    return !sqlite3_get_autocommit(sql->handle) && sql_run(sql, "ROLLBACK TO job", &error) &&
           sql_run(sql, "RELEASE job", &error);
}

// ---- batches ---------------------------------------------------------------------------------

static struct job *next_of_file(struct job *job, enum store_file file) {
    while (job != NULL && job->kind->file != file) {
        job = job->next;
    }
    return job;
}

// All jobs of a batch that are for one file, in one transaction. False: none of them is done.
static bool run_together(struct sql *sql, struct job *first, enum store_file file) {
    struct error error;
    if (!begin(sql, true, &error)) {
        return false;
    }
    for (struct job *job = first; job != NULL; job = next_of_file(job->next, file)) {
        if (!run_at_savepoint(sql, job)) {
            roll_back(sql);
            return false;
        }
    }
    return commit(sql, &error);
}

static void run_file(struct store *store, struct job *batch, enum store_file file) {
    struct sql *sql = &store->files[file];
    struct job *first = next_of_file(batch, file);
    if (first == NULL) {
        return;
    }
    if (next_of_file(first->next, file) != NULL && run_together(sql, first, file)) {
        return;
    }
    for (struct job *job = first; job != NULL; job = next_of_file(job->next, file)) {
        run_alone(sql, job);
    }
}

// What waits, as far as it may share a transaction. A job that only reads is the last one of its
// batch: its answer may be large, and answers that nobody has taken are bounded between batches.
static struct job_queue take_batch(struct store *store) {
    struct job_queue batch = {0};
    bool more = true;
    for (size_t count = 0; more && count < LIMIT_STORE_BATCH; count++) {
        struct job *job = job_pop(&store->waiting);
        if (job == NULL) {
            break;
        }
        more = job->kind->writes;
        store->urgent -= !job->patient;
        job_push(&batch, job);
    }
    return batch;
}

// ---- the thread ------------------------------------------------------------------------------

static void hand_back(struct store *store, struct job_queue *finished) {
    if (finished->first == NULL) {
        return;
    }
    size_t answers = 0;
    for (const struct job *job = finished->first; job != NULL; job = job->next) {
        answers += job->answer.taken;
    }
    uv_mutex_lock(&store->lock);
    store->untold_answers += answers;
    job_append(&store->finished, finished);
    uv_mutex_unlock(&store->lock);
    must(uv_async_send(&store->arrived) == 0);
}

static void run_batch(struct store *store, struct job_queue batch) {
    struct job_queue finished = {0};
    for (enum store_file file = 0; file < STORE_FILES; file++) {
        run_file(store, batch.first, file);
    }
    for (struct job *job = job_pop(&batch); job != NULL; job = job_pop(&batch)) {
        bool more = job->error == NULL && job->kind->go_on != NULL;
        job_push(more ? &store->going_on : &finished, job);
    }
    hand_back(store, &finished);
}

// One more piece of each long job.
static void go_on(struct store *store) {
    struct job_queue jobs = store->going_on, finished = {0};
    store->going_on = (struct job_queue){0};
    for (struct job *job = job_pop(&jobs); job != NULL; job = job_pop(&jobs)) {
        struct error error;
        bool more = false;
        if (!job->kind->go_on(&store->files[job->kind->file], job, &more, &error)) {
            fail_job(job, &error);
            more = false;
        }
        job_push(more ? &store->going_on : &finished, job);
    }
    hand_back(store, &finished);
}

// A client that asks again at once would wait for two commits each time: that of its last record,
// which it did not wait for, and its own.
static void await_company(struct store *store) {
    uint64_t until = uv_hrtime() + PATIENCE_NS;
    uint64_t now = uv_hrtime();
    while (!store->stopping && store->urgent == 0 && store->going_on.first == NULL && now < until) {
        (void)uv_cond_timedwait(&store->wake, &store->lock, until - now); // or somebody came
        now = uv_hrtime();
    }
}

// Waits for something to do. False at the end: everything is done and the store closes.
static bool wait_for_work(struct store *store, struct job_queue *batch) {
    uv_mutex_lock(&store->lock);
    while (!store->stopping && ((store->waiting.first == NULL && store->going_on.first == NULL) ||
                                       store->untold_answers > LIMIT_STORE_BYTES)) {
        uv_cond_wait(&store->wake, &store->lock);
    }
    await_company(store);
    *batch = take_batch(store);
    uv_mutex_unlock(&store->lock);
    return batch->first != NULL || store->going_on.first != NULL;
}

void batch_thread(void *context) {
    struct store *store = context;
    struct job_queue batch;
    while (wait_for_work(store, &batch)) {
        run_batch(store, batch);
        go_on(store);
    }
}
