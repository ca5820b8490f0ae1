// What the files of this folder share: the store, and the jobs that pass between the loop and the
// store's thread.
//
//     loop: store_submit ─▶ waiting ─▶ thread: batch_run ─▶ finished ─▶ loop: the job's tell
//
// The thread takes what waits, as far as it may go into one transaction, and commits; what comes in
// the meantime waits and goes together into the next one. Where all that waits is patient, the
// commit comes some milliseconds later, unless somebody else's job does.
#ifndef WHITEBEAM_STORE_STORE_PRIVATE_H
#define WHITEBEAM_STORE_STORE_PRIVATE_H

#include "base/arena.h"
#include "store/sql.h"
#include "store/store.h"

struct job;

enum store_file { STORE_SECURE, STORE_DOCUMENTS, STORE_FILES };

struct job_kind {
    enum store_file file;
    bool writes; // false: it only reads, what may be much; then it ends its batch
    // On the thread, in a transaction. It may be called again after that was rolled back, and then
    // finds the job as it was submitted.
    bool (*run)(struct sql *sql, struct job *job, struct error *error);
    // On the thread, after the commit, again and again until *more is false, with other batches in
    // between: what would keep others waiting for long. NULL: there is nothing of the kind.
    bool (*go_on)(struct sql *sql, struct job *job, bool *more, struct error *error);
    // On the loop, once. NULL: it worked.
    void (*tell)(struct job *job, const struct error *error);
};

// The beginning of every kind of job.
struct job {
    struct job *next;
    const struct job_kind *kind;
    bool patient;        // nobody waits for it: it may lie a moment and share the next commit
    char *texts;         // owned: copies of the texts that came with it
    size_t cost;         // bytes that count against LIMIT_STORE_BYTES
    struct error *error; // owned; NULL: none so far
    struct arena answer; // made by the thread, read by tell
};

// Jobs in the order in which they came.
struct job_queue {
    struct job *first, *last;
};

void job_push(struct job_queue *queue, struct job *job);
struct job *job_pop(struct job_queue *queue);                     // NULL when it is empty
void job_append(struct job_queue *queue, struct job_queue *more); // empties `more`

// A zeroed job of a kind; `size` is that of the struct which begins with it.
void *job_new(const struct job_kind *kind, size_t size);
void job_free(struct job *job);

struct store {
    uv_async_t arrived; // finished is not empty
    uv_thread_t thread;
    uv_mutex_t lock;
    uv_cond_t wake;
    bool telling; // the loop is inside a callback

    // Under the lock.
    struct job_queue waiting, finished;
    size_t urgent;         // in `waiting`, and not patient
    size_t jobs, bytes;    // submitted and not told
    size_t untold_answers; // bytes of answers in `finished`
    bool stopping;

    // The thread's, from the first job on.
    struct sql files[STORE_FILES];
    struct job_queue going_on; // jobs whose go_on has more to do
};

// Hands a job over. The texts, which point to memory of the caller, are copied and then point to
// the copies. When too much waits, the job is told so within the call.
void store_submit(struct store *store, struct job *job, struct str *const *texts, size_t count);
// Tells a job an error within the call and frees it.
void job_refuse(struct job *job, const struct error *error);

// The store's thread.
void batch_thread(void *store);

// The newest audit record must follow from the one before it; for the start.
bool audit_check_newest(struct sql *sql, struct error *error);

// A list of more than LIMIT_STORE_ROWS cannot be asked for, and not from a row beyond any.
bool store_check_limit(uint32_t limit, struct error *error);

// ERROR_ANSWER_TOO_LARGE once the answer of a list has become too large.
bool job_check_answer(const struct job *job, struct error *error);

// Sum of the lengths of texts.
size_t store_length(struct str *const *texts, size_t count);

#endif
