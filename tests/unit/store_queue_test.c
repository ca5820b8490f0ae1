// Jobs on their way to the store's thread and back: in order, bounded, one that fails harms no
// other, and the end loses none.
#include "limits.h"
#include "store/store_private.h"
#include "store_fixture.h"

// ---- order -----------------------------------------------------------------------------------

#define MANY 900u

static unsigned arrived[MANY];
static unsigned arrived_count;

static void note(void *context, const struct error *why) {
    assert_null(why);
    arrived[arrived_count++] = (unsigned)(uintptr_t)context;
}

static void note_retry(void *context, bool found, struct str fingerprint, int status,
        struct str body, const struct error *why) {
    (void)found;
    (void)fingerprint;
    (void)status;
    (void)body;
    note(context, why);
}

static void note_document(
        void *context, const struct store_document *document, const struct error *why) {
    (void)document;
    note(context, why);
}

static struct store_document small_document(const char *id) {
    return (struct store_document){.kind = STR("checkpoint"), .id = str_of(id), .body = STR("x")};
}

static void callbacks_come_in_the_order_of_the_jobs(void **state) {
    (void)state;
    struct store_audit record = sample_audit(1);
    struct store_document document = small_document("one");
    arrived_count = 0;
    srand(11);
    for (unsigned i = 0; i < MANY; i++) {
        void *number = (void *)(uintptr_t)i;
        switch (rand() % 5) {
        case 0:
            store_document_put(store, &document, note, number);
            break;
        case 1:
            store_retry_get(store, STR("a"), STR("b"), note_retry, number);
            break;
        case 2:
            store_document_get(store, STR("checkpoint"), STR("one"), note_document, number);
            break;
        default:
            store_audit_append(store, &record, note, number);
        }
    }
    run_until(&arrived_count, MANY);
    for (unsigned i = 0; i < MANY; i++) {
        assert_int_equal(arrived[i], i);
    }
}

// What a read of a batch sees was put before it, also when both wait together.
static void on_seen(void *context, const struct store_document *document, const struct error *why) {
    assert_null(why);
    *(int64_t *)context = document != NULL ? document->at : -1;
}

static void a_read_sees_what_was_put_before_it(void **state) {
    (void)state;
    struct told told = {0};
    int64_t seen[50];
    struct store_document document = small_document("one");
    for (int64_t i = 0; i < 50; i++) {
        document.at = i;
        store_document_put(store, &document, on_done, &told);
        store_document_get(store, STR("checkpoint"), STR("one"), on_seen, &seen[i]);
    }
    store_document_remove(store, STR("checkpoint"), STR("one"), on_done, &told);
    assert_all_done(&told, 51);
    for (int64_t i = 0; i < 50; i++) {
        assert_int_equal(seen[i], i);
    }
}

static bool is_any_waiting(void) {
    uv_mutex_lock(&store->lock);
    bool any = store->waiting.first != NULL;
    uv_mutex_unlock(&store->lock);
    return any;
}

// Long enough for the store's thread to begin with a record that somebody waits for.
static bool lies_for_a_moment(void) {
    uint64_t until = uv_hrtime() + 500000;
    while (is_any_waiting() && uv_hrtime() < until) {
    }
    return is_any_waiting();
}

// On a busy machine its time may be over before we look; not each time.
static void an_end_lies_until_the_next_record_but_not_for_long(void **state) {
    (void)state;
    struct store_audit begin = sample_audit(1), end = sample_audit(2);
    struct told told = {0};
    bool lay = false;
    unsigned count = 0;
    for (int i = 0; i < 100 && !lay; i++) {
        store_audit_append(store, &end, on_done, &told);
        lay = lies_for_a_moment();
        store_audit_append(store, &begin, on_done, &told);
        run_until(&told.count, count += 2);
    }
    assert_true(lay);
    store_audit_append(store, &end, on_done, &told); // and none after it
    assert_all_done(&told, count + 1);
}

// ---- failures --------------------------------------------------------------------------------

static void one_that_fails_harms_no_other(void **state) {
    (void)state;
    struct told audits = {0}, keys = {0}, documents = {0}, removals = {0};
    for (unsigned i = 0; i < 200; i++) {
        char id[STORE_KEY_ID];
        struct store_audit record = sample_audit(i + 1);
        struct store_key key = {.name = STR("one"), .hash = {7}}; // one hash: only the first fits
        snprintf(key.id, sizeof key.id, "key%u", i);
        snprintf(id, sizeof id, "doc%u", i);
        struct store_document document = small_document(id);
        store_audit_append(store, &record, on_done, &audits);
        store_key_put(store, &key, on_done, &keys);
        store_document_put(store, &document, on_done, &documents);
        store_document_remove(store, STR("no"), STR("such"), on_done, &removals);
    }
    assert_all_done(&audits, 200);
    run_until(&removals.count, 200);
    assert_all_done(&documents, 200);
    assert_int_equal(keys.count, 200);
    assert_int_equal(keys.failed, 199);
    assert_int_equal(keys.error.code, ERROR_STORE);
    assert_int_equal(removals.failed, 200);
    assert_int_equal(removals.error.code, ERROR_NOT_FOUND);
    struct verdict verdict = verify_chain();
    assert_int_equal(verdict.total, 200);
    assert_int_equal(verdict.broken, 0);
    close_store();
    assert_int_equal(ask_sql("documents.db", "SELECT count(*) FROM documents"), 200);
    assert_int_equal(ask_sql("secure.db", "SELECT count(*) FROM keys"), 1);
    open_store();
}

// ---- bounds ----------------------------------------------------------------------------------

static void too_many_jobs_are_refused_at_once(void **state) {
    (void)state;
    struct told told = {0};
    struct store_audit record = sample_audit(1);
    for (unsigned i = 0; i < LIMIT_STORE_JOBS; i++) {
        store_audit_append(store, &record, on_done, &told);
    }
    assert_int_equal(told.count, 0); // they count until they are told
    for (unsigned i = 0; i < 5; i++) {
        store_audit_append(store, &record, on_done, &told);
    }
    assert_int_equal(told.count, 5);
    assert_int_equal(told.failed, 5);
    assert_int_equal(told.error.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(told.error.message, "the store is behind"));
    run_until(&told.count, LIMIT_STORE_JOBS + 5);
    assert_int_equal(told.failed, 5);
    store_audit_append(store, &record, on_done, &told);
    run_until(&told.count, LIMIT_STORE_JOBS + 6);
    assert_int_equal(told.failed, 5);
    struct verdict verdict = verify_chain();
    assert_int_equal(verdict.total, LIMIT_STORE_JOBS + 1);
    assert_int_equal(verdict.broken, 0);
}

static void too_many_bytes_are_refused_at_once(void **state) {
    (void)state;
    struct told told = {0};
    struct store_document document = small_document("large");
    char *body = calloc(1, LIMIT_DOCUMENT_BYTES);
    document.body = (struct str){body, LIMIT_DOCUMENT_BYTES};
    unsigned fit = LIMIT_STORE_BYTES / LIMIT_DOCUMENT_BYTES - 1; // a job is more than its body
    for (unsigned i = 0; i <= fit; i++) {
        store_document_put(store, &document, on_done, &told);
    }
    free(body);
    assert_int_equal(told.failed, 1);
    assert_int_equal(told.error.code, ERROR_UNAVAILABLE);
    run_until(&told.count, fit + 1);
    assert_int_equal(told.failed, 1);
}

// Answers that nobody takes stop the thread before they fill the memory.
struct reading {
    unsigned told;
    size_t most;
};

static void on_read(void *context, const struct store_document *document, const struct error *why) {
    struct reading *reading = context;
    assert_null(why);
    assert_int_equal(document->body.length, LIMIT_DOCUMENT_BYTES);
    uv_mutex_lock(&store->lock);
    size_t untold = store->untold_answers;
    uv_mutex_unlock(&store->lock);
    reading->most = untold > reading->most ? untold : reading->most;
    reading->told++;
}

static void answers_that_wait_are_bounded(void **state) {
    (void)state;
    struct told told = {0};
    struct reading reading = {0};
    struct store_document document = small_document("large");
    char *body = calloc(1, LIMIT_DOCUMENT_BYTES);
    document.body = (struct str){body, LIMIT_DOCUMENT_BYTES};
    store_document_put(store, &document, on_done, &told);
    free(body);
    assert_all_done(&told, 1);
    for (unsigned i = 0; i < 12; i++) {
        store_document_get(store, document.kind, document.id, on_read, &reading);
    }
    run_until(&reading.told, 12);
    assert_true(reading.most <= LIMIT_STORE_BYTES + LIMIT_STORE_JOB);
}

// ---- callbacks that go on, and the end -------------------------------------------------------

static unsigned left;

static void append_another(void *context, const struct error *why) {
    (void)context;
    assert_null(why);
    if (left > 0) {
        struct store_audit record = sample_audit(left--);
        store_audit_append(store, &record, append_another, NULL);
    } else {
        uv_stop(&loop);
    }
}

static void a_callback_may_submit_the_next_job(void **state) {
    (void)state;
    left = 100;
    append_another(NULL, NULL);
    uv_run(&loop, UV_RUN_DEFAULT);
    assert_int_equal(verify_chain().total, 100);
}

struct last {
    struct told own, next;
};

static void try_another(void *context, const struct error *why) {
    struct last *last = context;
    struct store_audit record = sample_audit(1);
    on_done(&last->own, why);
    store_audit_append(store, &record, on_done, &last->next);
}

static void closing_finishes_what_was_submitted(void **state) {
    (void)state;
    struct last last = {0};
    struct verdict verdict = {0};
    struct store_audit record = sample_audit(1);
    for (unsigned i = 0; i < 3000; i++) {
        store_audit_append(store, &record, try_another, &last);
    }
    store_audit_list(store, &(struct store_audit_filter){0}, true, on_verdict, &verdict);
    store_close(store);
    assert_int_equal(last.own.count, 3000);
    assert_int_equal(last.own.failed, 0);
    assert_int_equal(verdict.told, 1);
    assert_int_equal(verdict.broken, 0);
    assert_int_equal(last.next.failed, 3000); // nothing new is taken
    assert_int_equal(last.next.error.code, ERROR_UNAVAILABLE);
    uv_run(&loop, UV_RUN_DEFAULT);
    open_store();
    assert_int_equal(verify_chain().total, 3000);
}

static void closing_nothing_is_fine(void **state) {
    (void)state;
    store_close(NULL);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(callbacks_come_in_the_order_of_the_jobs),
            TEST(a_read_sees_what_was_put_before_it),
            TEST(an_end_lies_until_the_next_record_but_not_for_long),
            TEST(one_that_fails_harms_no_other),
            TEST(too_many_jobs_are_refused_at_once),
            TEST(too_many_bytes_are_refused_at_once),
            TEST(answers_that_wait_are_bounded),
            TEST(a_callback_may_submit_the_next_job),
            TEST(closing_finishes_what_was_submitted),
            TEST(closing_nothing_is_fine),
    };
    return cmocka_run_group_tests_name("store_queue", tests, NULL, NULL);
}
