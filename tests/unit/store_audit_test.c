// The audit record: what is appended is listed, over restarts, and the chain shows every change
// that somebody else makes to the file.
#include "limits.h"
#include "store_fixture.h"

// ---- listing ---------------------------------------------------------------------------------

#define MOST_ROWS 8

// Copies, since rows live during the call only.
struct listed {
    unsigned told;
    size_t count;
    uint64_t total;
    struct store_audit rows[MOST_ROWS];
    char texts[MOST_ROWS][7][64];
    bool failed;
};

static void copy_text(struct str *text, char at[static 64]) {
    snprintf(at, 64, "%.*s", STR_ARGS(*text));
    text->at = at;
}

static void on_listed(void *context, const struct store_audit *rows, size_t count, uint64_t total,
        int64_t broken, const struct error *why) {
    struct listed *listed = context;
    *listed = (struct listed){.told = 1, .count = count, .total = total, .failed = why != NULL};
    assert_int_equal(broken, 0);
    assert_true(count <= MOST_ROWS);
    for (size_t i = 0; i < count; i++) {
        struct store_audit *row = &listed->rows[i];
        *row = rows[i];
        struct str *texts[] = {&row->request_id, &row->actor, &row->operation, &row->node,
                &row->target, &row->arguments, &row->outcome};
        for (size_t j = 0; j < 7; j++) {
            copy_text(texts[j], listed->texts[i][j]);
        }
    }
    if (why != NULL) {
        error = *why;
    }
}

static void list(const struct store_audit_filter *filter, struct listed *listed) {
    listed->told = 0;
    store_audit_list(store, filter, false, on_listed, listed);
    run_until(&listed->told, 1);
}

static void assert_ids(const struct listed *listed, const int64_t *ids, size_t count) {
    assert_int_equal(listed->count, count);
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(listed->rows[i].id, ids[i]);
    }
}

static void a_record_comes_back_with_every_field(void **state) {
    (void)state;
    struct listed listed;
    append_samples(1, 2);
    reopen_store();
    list(&(struct store_audit_filter){.limit = 8}, &listed);
    assert_ids(&listed, (int64_t[]){2, 1}, 2);
    assert_int_equal(listed.total, 2);
    for (unsigned i = 0; i < 2; i++) {
        const struct store_audit *row = &listed.rows[i];
        struct store_audit sample = sample_audit(2 - i);
        assert_int_equal(row->at, sample.at);
        assert_int_equal(row->end, sample.end);
        assert_int_equal(row->status, sample.status);
        assert_true(str_equal(row->request_id, sample.request_id));
        assert_true(str_equal(row->actor, sample.actor));
        assert_true(str_equal(row->operation, sample.operation));
        assert_true(str_equal(row->node, sample.node));
        assert_true(str_equal(row->target, sample.target));
        assert_true(str_equal(row->arguments, sample.arguments));
        assert_true(str_equal(row->outcome, sample.outcome));
    }
}

static void filters_and_pages_choose_newest_first(void **state) {
    (void)state;
    struct listed listed;
    append_samples(1, 9); // admin: 3, 6, 9
    list(&(struct store_audit_filter){.actor = STR("admin"), .limit = 2}, &listed);
    assert_ids(&listed, (int64_t[]){9, 6}, 2);
    assert_int_equal(listed.total, 3);
    list(&(struct store_audit_filter){.actor = STR("admin"), .limit = 2, .offset = 2}, &listed);
    assert_ids(&listed, (int64_t[]){3}, 1);
    list(&(struct store_audit_filter){.since = 1700000000004, .until = 1700000000007, .limit = 8},
            &listed);
    assert_ids(&listed, (int64_t[]){6, 5, 4}, 3);
    list(&(struct store_audit_filter){.actor = STR("admin"),
                 .operation = STR("process_exit"),
                 .node = STR("demo@host"),
                 .since = 1700000000004,
                 .limit = 8},
            &listed);
    assert_ids(&listed, (int64_t[]){9, 6}, 2);
    list(&(struct store_audit_filter){.node = STR("other@host"), .limit = 8}, &listed);
    assert_int_equal(listed.count, 0);
    assert_int_equal(listed.total, 0);
    assert_false(listed.failed);
}

static void too_many_rows_are_refused(void **state) {
    (void)state;
    struct listed listed;
    list(&(struct store_audit_filter){.limit = LIMIT_STORE_ROWS + 1}, &listed);
    assert_true(listed.failed);
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
}

static void rows_that_are_too_large_together_are_an_error(void **state) {
    (void)state;
    struct listed listed;
    struct told told = {0};
    struct store_audit record = sample_audit(1);
    size_t length = 3u << 20;
    char *arguments = calloc(1, length);
    memset(arguments, 'x', length);
    record.arguments = (struct str){arguments, length};
    for (unsigned i = 1; i <= 12; i++) {
        store_audit_append(store, &record, on_done, &told);
        run_until(&told.count, i);
    }
    free(arguments);
    assert_all_done(&told, 12);
    list(&(struct store_audit_filter){.limit = 100}, &listed);
    assert_true(listed.failed);
    assert_int_equal(error.code, ERROR_ANSWER_TOO_LARGE);
}

static void any_bytes_are_kept_as_they_are(void **state) {
    (void)state;
    struct listed listed;
    struct told told = {0};
    struct store_audit record = sample_audit(1);
    record.target = (struct str){"a\0b\xff'\"", 6};
    store_audit_append(store, &record, on_done, &told);
    assert_all_done(&told, 1);
    reopen_store();
    assert_int_equal(verify_chain().broken, 0);
    list(&(struct store_audit_filter){.limit = 1}, &listed);
    assert_int_equal(listed.rows[0].target.length, 6);
}

// ---- the chain -------------------------------------------------------------------------------

// Computed by another program from the description in audit.c.
static void the_hash_is_the_one_that_is_documented(void **state) {
    (void)state;
    static const char *const hashes[] = {
            "c5575dbea7d4d5aff4778083fe8307add81368989c33e2f126dc9cdaf0a95151",
            "5a2c1ba290546d75ece4859394238cda641643624ce3ca3cf1d8de12cf276d5f",
    };
    struct listed listed;
    append_samples(1, 2);
    list(&(struct store_audit_filter){.limit = 2}, &listed);
    for (int i = 0; i < 2; i++) {
        char hex[65];
        for (int j = 0; j < 32; j++) {
            snprintf(hex + 2 * j, 3, "%02x", listed.rows[1 - i].hash[j]);
        }
        assert_string_equal(hex, hashes[i]);
    }
}

static void the_chain_goes_on_over_restarts(void **state) {
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        append_samples(1 + 10 * i, 10 + 10 * i);
        reopen_store();
    }
    struct verdict verdict = verify_chain();
    assert_int_equal(verdict.total, 50);
    assert_int_equal(verdict.broken, 0);
}

static void an_empty_chain_is_whole(void **state) {
    (void)state;
    assert_int_equal(verify_chain().broken, 0);
    reopen_store();
    assert_int_equal(verify_chain().total, 0);
}

// Longer than what is checked at a time, with jobs that come in between.
static void a_long_chain_is_checked_beside_other_work(void **state) {
    (void)state;
    struct verdict verdict = {0};
    struct told told = {0};
    for (unsigned i = 0; i < 8; i++) {
        append_samples(i * 5000 + 1, (i + 1) * 5000); // at most 10 000 may wait
    }
    store_audit_list(store, &(struct store_audit_filter){.limit = 0}, true, on_verdict, &verdict);
    struct store_audit record = sample_audit(1);
    store_audit_append(store, &record, on_done, &told);
    run_until(&told.count, 1);
    assert_int_equal(verdict.told, 0); // it did not wait for the check
    run_until(&verdict.told, 1);
    assert_int_equal(verdict.broken, 0);
    assert_int_equal(verdict.total, 40000);
}

// What somebody does to the file, and the first record that then does not follow.
static const struct change {
    const char *sql;
    int64_t broken;
} changes[] = {
        {"UPDATE audit SET at = at + 1 WHERE id = 3", 3},
        {"UPDATE audit SET ended = 1 - ended WHERE id = 3", 3},
        {"UPDATE audit SET ended = 2 WHERE id = 4", 4},
        {"UPDATE audit SET request_id = 'other' WHERE id = 3", 3},
        {"UPDATE audit SET actor = 'other' WHERE id = 3", 3},
        {"UPDATE audit SET operation = 'process_list' WHERE id = 3", 3},
        {"UPDATE audit SET node = '' WHERE id = 3", 3},
        {"UPDATE audit SET target = 'other' WHERE id = 3", 3},
        {"UPDATE audit SET arguments = '{}' WHERE id = 3", 3},
        {"UPDATE audit SET status = 403 WHERE id = 3", 3},
        {"UPDATE audit SET status = 4294967496 WHERE id = 4", 4}, // 200, cut to 32 bits
        {"UPDATE audit SET outcome = 'forbidden' WHERE id = 3", 3},
        // Bytes moved from one field to the next.
        {"UPDATE audit SET operation = 'process_exitd', node = 'emo@host' WHERE id = 3", 3},
        {"UPDATE audit SET hash = zeroblob(32) WHERE id = 3", 3},
        {"UPDATE audit SET hash = zeroblob(31) WHERE id = 3", 3},
        {"DELETE FROM audit WHERE id = 1", 2},
        {"DELETE FROM audit WHERE id = 4", 5},
        {"DELETE FROM audit WHERE id IN (1, 2, 3, 4)", 5},
        // Two records change places.
        {"UPDATE audit SET id = -id WHERE id IN (3, 4);"
         "UPDATE audit SET id = id + 7 WHERE id < 0",
                3},
        {"INSERT INTO audit SELECT 0, at, ended, request_id, actor, operation, node, target,"
         " arguments, status, outcome, hash FROM audit WHERE id = 1",
                1},
};

static void every_change_in_the_middle_shows(void **state) {
    (void)state;
    append_samples(1, 8);
    close_store();
    run_sql("secure.db", "CREATE TABLE kept AS SELECT * FROM audit;"
                         "CREATE TABLE kept_head AS SELECT * FROM audit_head");
    for (size_t i = 0; i < sizeof changes / sizeof changes[0]; i++) {
        run_sql("secure.db", changes[i].sql);
        open_store();
        struct verdict verdict = verify_chain();
        assert_int_equal(verdict.broken, changes[i].broken);
        close_store();
        run_sql("secure.db",
                "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;"
                "DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head");
    }
    open_store();
    assert_int_equal(verify_chain().broken, 0);
}

// What is done to the newest records shows at once.
static void a_change_of_the_newest_record_ends_the_start(void **state) {
    (void)state;
    static const char *const newest[] = {
            "UPDATE audit SET actor = 'other' WHERE id = 8",
            "DELETE FROM audit WHERE id = 8",
            "DELETE FROM audit WHERE id >= 6",
            "DELETE FROM audit",
            "INSERT INTO audit SELECT 9, at, ended, request_id, actor, operation, node, target,"
            " arguments, status, outcome, hash FROM audit WHERE id = 8",
            // One more in between, and everything after it moves up.
            "UPDATE audit SET id = -id WHERE id >= 3; UPDATE audit SET id = 1 - id WHERE id < 0;"
            "INSERT INTO audit SELECT 3, at, ended, request_id, actor, operation, node, target,"
            " arguments, status, outcome, hash FROM audit WHERE id = 2;"
            "UPDATE audit_head SET id = id + 1",
            "UPDATE audit_head SET id = 7",
            "UPDATE audit_head SET hash = zeroblob(32)",
            "DELETE FROM audit_head",
    };
    append_samples(1, 8);
    close_store();
    run_sql("secure.db", "CREATE TABLE kept AS SELECT * FROM audit;"
                         "CREATE TABLE kept_head AS SELECT * FROM audit_head");
    for (size_t i = 0; i < sizeof newest / sizeof newest[0]; i++) {
        run_sql("secure.db", newest[i]);
        assert_does_not_open("was changed by somebody else");
        run_sql("secure.db",
                "DELETE FROM audit; INSERT INTO audit SELECT * FROM kept;"
                "DELETE FROM audit_head; INSERT INTO audit_head SELECT * FROM kept_head");
    }
    open_store();
    assert_int_equal(verify_chain().total, 8);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_record_comes_back_with_every_field),
            TEST(filters_and_pages_choose_newest_first),
            TEST(too_many_rows_are_refused),
            TEST(rows_that_are_too_large_together_are_an_error),
            TEST(any_bytes_are_kept_as_they_are),
            TEST(the_hash_is_the_one_that_is_documented),
            TEST(the_chain_goes_on_over_restarts),
            TEST(an_empty_chain_is_whole),
            TEST(a_long_chain_is_checked_beside_other_work),
            TEST(every_change_in_the_middle_shows),
            TEST(a_change_of_the_newest_record_ends_the_start),
    };
    return cmocka_run_group_tests_name("store_audit", tests, NULL, NULL);
}
