// What was acknowledged survives a loss of power at any moment, also on a disk that tears sectors;
// one sync serves many; a disk that fails now and then costs nothing that was acknowledged.
#include "store_disk.h"

#include <sys/stat.h>

static char elsewhere[80]; // where the state after a loss of power is looked at

// What is written meanwhile.
static struct {
    unsigned audits, keys; // acknowledged
    unsigned failed;       // jobs
    unsigned left;         // jobs that are still to be submitted
    unsigned on_their_way; // jobs that were
    unsigned looks;        // at the disk
    unsigned look_every;   // acknowledgements
    bool look;             // now
} work;

static int begin_on_disk(void **state) {
    if (begin_with_directory(state) != 0) {
        return -1;
    }
    snprintf(elsewhere, sizeof elsewhere, "%s/after", directory);
    disk_plug_in();
    return mkdir(elsewhere, 0700);
}

static int finish_on_disk(void **state) {
    work.left = 0;
    disk_close_gate(false);
    close_store();
    disk_unplug();
    return finish(state);
}

// ---- after the loss --------------------------------------------------------------------------

struct after {
    uv_loop_t loop;
    struct store *store;
    struct verdict verdict;
    unsigned keys;
};

static void count_key(void *context, const struct store_key *key) {
    struct after *after = context;
    (void)key;
    after->keys++;
}

static void check_documents_file(void) {
    char path[120];
    sqlite3 *file;
    sqlite3_stmt *statement;
    snprintf(path, sizeof path, "%s/documents.db", elsewhere);
    assert_int_equal(sqlite3_open(path, &file), SQLITE_OK);
    assert_int_equal(
            sqlite3_prepare_v2(file, "PRAGMA integrity_check", -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    assert_string_equal((const char *)sqlite3_column_text(statement, 0), "ok");
    sqlite3_finalize(statement);
    sqlite3_close(file);
}

static void empty_elsewhere(void) {
    static const char *const names[] = {
            "secure.db", "secure.db-wal", "documents.db", "documents.db-wal"};
    for (size_t i = 0; i < 4; i++) {
        char path[160];
        snprintf(path, sizeof path, "%s/%s", elsewhere, names[i]);
        unlink(path);
    }
}

// The daemon starts again on the disk as it would be found now.
static void lose_power_and_look(enum disk_luck luck, unsigned audits, unsigned keys) {
    struct after after = {.keys = 0};
    empty_elsewhere();
    disk_lose_power(elsewhere, luck);
    sqlite3_vfs_register(disk.real, 1);
    uv_loop_init(&after.loop);
    after.store = store_open(&after.loop, elsewhere, &error);
    if (after.store == NULL) {
        fail_msg("%s", error.message);
    }
    assert_true(store_keys(after.store, count_key, &after, &error));
    store_audit_list(
            after.store, &(struct store_audit_filter){0}, true, on_verdict, &after.verdict);
    store_close(after.store);
    uv_run(&after.loop, UV_RUN_DEFAULT);
    uv_loop_close(&after.loop);
    assert_int_equal(after.verdict.told, 1);
    assert_int_equal(after.verdict.broken, 0);
    assert_true(after.verdict.total >= audits);
    assert_true(after.keys >= keys);
    check_documents_file();
    sqlite3_vfs_register(&disk.vfs, 1);
}

// ---- writing meanwhile -----------------------------------------------------------------------

static unsigned next_key; // of all tests

static void submit_next(void);

static void on_any(const struct error *why, unsigned *acknowledged) {
    work.on_their_way--;
    if (why != NULL) {
        work.failed++;
        assert_int_equal(why->code, ERROR_STORE);
    } else if (acknowledged != NULL) {
        ++*acknowledged;
    }
    work.look = work.look || (unsigned)rand() % work.look_every == 0;
    submit_next();
}

static void on_audit(void *context, const struct error *why) {
    (void)context;
    on_any(why, &work.audits);
}

static void on_key(void *context, const struct error *why) {
    (void)context;
    on_any(why, &work.keys);
}

static void on_document(void *context, const struct error *why) {
    (void)context;
    on_any(why, NULL);
}

static void submit_next(void) {
    if (work.left == 0) {
        return;
    }
    work.on_their_way++;
    switch (work.left-- % 8) {
    case 0: {
        static char body[9000];
        struct store_document document = {.kind = STR("checkpoint"),
                .id = STR("one"),
                .body = {body, (size_t)rand() % sizeof body}};
        memset(body, rand(), sizeof body);
        store_document_put(store, &document, on_document, NULL);
        break;
    }
    case 1: {
        struct store_key key = {.name = STR("k")};
        unsigned number = next_key++;
        snprintf(key.id, sizeof key.id, "%u", number);
        memcpy(key.hash, &number, sizeof number);
        store_key_put(store, &key, on_key, NULL);
        break;
    }
    default: {
        struct store_audit record = sample_audit(work.left);
        store_audit_append(store, &record, on_audit, NULL);
    }
    }
}

static void write_jobs(unsigned count, unsigned at_once, unsigned look_every) {
    memset(&work, 0, sizeof work);
    work.left = count;
    work.look_every = look_every;
    for (unsigned i = 0; i < at_once; i++) {
        submit_next();
    }
    while (work.on_their_way > 0) {
        uv_run(&loop, UV_RUN_ONCE);
        if (work.look) { // while the store's thread goes on
            lose_power_and_look((enum disk_luck)(work.looks++ % 3), work.audits, work.keys);
            work.look = false;
        }
    }
}

static void what_was_acknowledged_survives_a_loss_of_power(void **state) {
    (void)state;
    srand(3);
    open_store();
    write_jobs(2500, 5, 10); // enough for some checkpoints
    assert_int_equal(work.failed, 0);
    assert_true(work.looks > 100);
    lose_power_and_look(DISK_NOTHING, work.audits, work.keys);
}

static void one_sync_serves_many(void **state) {
    (void)state;
    struct told told = {0};
    struct store_audit record = sample_audit(1);
    open_store();
    append_samples(1, 1);
    disk_close_gate(true);
    for (unsigned i = 0; i < 1000; i++) {
        store_audit_append(store, &record, on_done, &told);
    }
    unsigned before = disk.syncs; // nobody syncs now
    disk_close_gate(false);
    assert_all_done(&told, 1000);
    assert_true(disk.syncs - before <= 4); // what was first there, the rest, and a checkpoint
    assert_int_equal(verify_chain().total, 1001);
}

static void a_sync_that_fails_is_told(void **state) {
    (void)state;
    struct told told = {0};
    struct store_audit record = sample_audit(1);
    open_store();
    append_samples(1, 3);
    disk.fail_syncs = true;
    for (unsigned i = 0; i < 10; i++) {
        store_audit_append(store, &record, on_done, &told);
    }
    run_until(&told.count, 10);
    assert_int_equal(told.failed, 10);
    assert_int_equal(told.error.code, ERROR_STORE);
    assert_non_null(strstr(told.error.message, "the disk failed"));
    disk.fail_syncs = false;
    append_samples(4, 6);
    assert_int_equal(verify_chain().total, 6);
    lose_power_and_look(DISK_NOTHING, 6, 0);
}

static void a_disk_that_fails_now_and_then_loses_nothing(void **state) {
    (void)state;
    srand(4);
    open_store();
    for (unsigned round = 0; round < 30; round++) {
        disk.fail_every = 30;
        write_jobs(150, 20, 50);
        disk.fail_every = 0;
        struct verdict verdict = verify_chain();
        assert_int_equal(verdict.broken, 0);
        assert_true(verdict.total >= work.audits);
        reopen_store();
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_on_disk, finish_on_disk)
    static const struct CMUnitTest tests[] = {
            TEST(what_was_acknowledged_survives_a_loss_of_power),
            TEST(one_sync_serves_many),
            TEST(a_sync_that_fails_is_told),
            TEST(a_disk_that_fails_now_and_then_loses_nothing),
    };
    return cmocka_run_group_tests_name("store_power", tests, NULL, NULL);
}
