// Jobs, and queues of them.
#include "base/memory.h"
#include "limits.h"
#include "store/store_private.h"

#include <stdlib.h>

void job_push(struct job_queue *queue, struct job *job) {
    job->next = NULL;
    if (queue->first == NULL) {
        queue->first = job;
    } else {
        queue->last->next = job;
    }
    queue->last = job;
}

struct job *job_pop(struct job_queue *queue) {
    struct job *job = queue->first;
    if (job != NULL) {
        queue->first = job->next;
        job->next = NULL;
    }
    return job;
}

void job_append(struct job_queue *queue, struct job_queue *more) {
    if (more->first == NULL) {
        return;
    }
    if (queue->first == NULL) {
        queue->first = more->first;
    } else {
        queue->last->next = more->first;
    }
    queue->last = more->last;
    more->first = NULL;
}

void *job_new(const struct job_kind *kind, size_t size) {
    struct job *job = memory_new(1, size);
    job->kind = kind;
    return job;
}

void job_free(struct job *job) {
    arena_finish(&job->answer);
    free(job->error);
    free(job->texts);
    free(job);
}

void job_refuse(struct job *job, const struct error *error) {
    job->kind->tell(job, error);
    job_free(job);
}

bool store_check_limit(uint32_t limit, struct error *error) {
    return limit <= LIMIT_STORE_ROWS ||
           error_set(error, ERROR_INVALID_PARAMETER, "at most %u rows can be asked for at once",
                   LIMIT_STORE_ROWS);
}

bool job_check_answer(const struct job *job, struct error *error) {
    return job->answer.taken <= LIMIT_STORE_ANSWER ||
           error_set(error, ERROR_ANSWER_TOO_LARGE,
                   "the rows are larger than %u MB together; ask for fewer at once",
                   LIMIT_STORE_ANSWER >> 20);
}

size_t store_length(struct str *const *texts, size_t count) {
    size_t length = 0;
    for (size_t i = 0; i < count; i++) {
        length += texts[i]->length;
    }
    return length;
}
