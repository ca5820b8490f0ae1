// A store in a directory of its own, and a loop that runs until what was asked for has been told.
#ifndef WHITEBEAM_TESTS_STORE_FIXTURE_H
#define WHITEBEAM_TESTS_STORE_FIXTURE_H

#include "store/store.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ftw.h>
#include <sqlite3.h>
#include <unistd.h>

static uv_loop_t loop;
static struct store *store;
static char directory[64];
static struct error error;

// ---- directories -----------------------------------------------------------------------------

static int make_directory(void) {
    snprintf(directory, sizeof directory, "/tmp/whitebeam_store_XXXXXX");
    return mkdtemp(directory) != NULL ? 0 : -1;
}

static int delete_one(const char *path, const struct stat *status, int type, struct FTW *ftw) {
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int delete_directory(void) {
    return nftw(directory, delete_one, 8, FTW_DEPTH | FTW_PHYS);
}

static inline const char *in_directory(const char *name) {
    static char path[200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

// ---- opening ---------------------------------------------------------------------------------

static inline void open_store(void) {
    store = store_open(&loop, directory, &error);
    if (store == NULL) {
        fail_msg("%s", error.message);
    }
}

static inline void close_store(void) {
    store_close(store);
    store = NULL;
    uv_run(&loop, UV_RUN_DEFAULT);
}

static inline void reopen_store(void) {
    close_store();
    open_store();
}

static inline void assert_does_not_open(const char *part_of_message) {
    assert_null(store_open(&loop, directory, &error));
    assert_int_equal(error.code, ERROR_STORE);
    if (strstr(error.message, part_of_message) == NULL) {
        fail_msg("\"%s\" does not say \"%s\"", error.message, part_of_message);
    }
}

static inline int begin_with_directory(void **state) {
    (void)state;
    uv_loop_init(&loop);
    return make_directory();
}

static inline int begin(void **state) {
    if (begin_with_directory(state) != 0) {
        return -1;
    }
    open_store();
    return 0;
}

static inline int finish(void **state) {
    (void)state;
    close_store();
    if (uv_loop_close(&loop) != 0) {
        return -1;
    }
    return delete_directory();
}

// ---- telling ---------------------------------------------------------------------------------

// What became of jobs without an answer.
struct told {
    unsigned count;     // of all
    unsigned failed;    // of those that failed
    struct error error; // of the last that failed
};

static inline void on_done(void *context, const struct error *why) {
    struct told *told = context;
    told->count++;
    if (why != NULL) {
        told->failed++;
        told->error = *why;
    }
}

static inline void run_until(const unsigned *count, unsigned wanted) {
    while (*count < wanted) {
        uv_run(&loop, UV_RUN_ONCE);
    }
}

static inline void assert_all_done(const struct told *told, unsigned wanted) {
    run_until(&told->count, wanted);
    if (told->failed > 0) {
        fail_msg("%u failed: %s", told->failed, told->error.message);
    }
}

// ---- another program that opens a file while the store is closed -----------------------------

static inline sqlite3 *open_file(const char *name) {
    sqlite3 *file;
    assert_int_equal(sqlite3_open(in_directory(name), &file), SQLITE_OK);
    return file;
}

static inline void run_sql(const char *name, const char *text) {
    char *message = NULL;
    sqlite3 *file = open_file(name);
    if (sqlite3_exec(file, text, NULL, NULL, &message) != SQLITE_OK) {
        fail_msg("%s: %s", text, message);
    }
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
}

static inline int64_t ask_sql(const char *name, const char *text) {
    sqlite3_stmt *statement;
    sqlite3 *file = open_file(name);
    assert_int_equal(sqlite3_prepare_v2(file, text, -1, &statement, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    int64_t value = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    assert_int_equal(sqlite3_close(file), SQLITE_OK);
    return value;
}

// ---- audit records ---------------------------------------------------------------------------

static inline struct store_audit sample_audit(unsigned number) {
    static char request_id[32];
    snprintf(request_id, sizeof request_id, "req_%u", number);
    return (struct store_audit){
            .at = 1700000000000 + number,
            .end = number % 2 == 0,
            .request_id = str_of(request_id),
            .actor = number % 3 == 0 ? STR("admin") : STR("key1"),
            .operation = STR("process_exit"),
            .node = STR("demo@host"),
            .target = STR("Elixir.Worker"),
            .arguments = number % 2 == 0 ? STR("") : STR("{\"reason\":\"kill\"}"),
            .status = number % 2 == 0 ? 200 : 0,
            .outcome = number % 2 == 0 ? STR("ok") : STR(""),
    };
}

static inline void append_samples(unsigned from, unsigned to) {
    struct told told = {0};
    for (unsigned i = from; i <= to; i++) {
        struct store_audit record = sample_audit(i);
        store_audit_append(store, &record, on_done, &told);
    }
    assert_all_done(&told, to - from + 1);
}

// The answer to a question about the whole chain.
struct verdict {
    unsigned told;
    uint64_t total;
    int64_t broken;
};

static inline void on_verdict(void *context, const struct store_audit *rows, size_t count,
        uint64_t total, int64_t broken, const struct error *why) {
    struct verdict *verdict = context;
    (void)rows;
    (void)count;
    if (why != NULL) {
        fail_msg("%s", why->message);
    }
    *verdict = (struct verdict){1, total, broken};
}

static inline struct verdict verify_chain(void) {
    struct verdict verdict = {0};
    struct store_audit_filter filter = {.limit = 0};
    store_audit_list(store, &filter, true, on_verdict, &verdict);
    run_until(&verdict.told, 1);
    return verdict;
}

#endif
