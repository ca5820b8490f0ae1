// How fast audit records become durable: many on their way at once, which share commits, and one
// after the other; beside the same rows written by a bare SQLite loop with a commit for each. Both
// wait for the same disk: WAL, synchronous=FULL. The store also chains hashes, keeps four indexes,
// and passes each record to its thread and back.
//
//   store DIRECTORY ROUNDS     prints: records/s at once, p50 and p99 of one in microseconds;
//                              then the same of the bare loop: commits/s, p50, p99
#include "store/store.h"
#include "base/clock.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT_ONCE 256
#define MANY    20000
#define ONE     2000

static uv_loop_t loop;
static struct store *store;

static void fail(const char *why) {
    fprintf(stderr, "store: %s\n", why);
    exit(1);
}

static struct store_audit record(void) {
    return (struct store_audit){
            .at = clock_unix_ms(),
            .request_id = STR("req_0123456789abcdef"),
            .actor = STR("k3JxYz81QwEr"),
            .operation = STR("process_exit"),
            .node = STR("shop@10.0.0.7"),
            .target = STR("Elixir.Shop.Cart"),
            .arguments = STR("{\"reason\":\"kill\",\"dry_run\":false}"),
    };
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double percentile(double *values, size_t count, unsigned percent) {
    qsort(values, count, sizeof *values, compare);
    return values[(count * percent + 99) / 100 - 1];
}

// ---- the store -------------------------------------------------------------------------------

static unsigned left, told;
static double waits[ONE];
static uint64_t asked;

static void append_next(void *context, const struct error *error);

static void append(void) {
    struct store_audit next = record();
    left--;
    store_audit_append(store, &next, append_next, NULL);
}

static void append_next(void *context, const struct error *error) {
    (void)context;
    if (error != NULL) {
        fail(error->message);
    }
    told++;
    if (left > 0) {
        append();
    }
}

static double many_at_once(void) {
    uint64_t start = clock_monotonic_ns();
    left = MANY;
    told = 0;
    for (int i = 0; i < AT_ONCE; i++) {
        append();
    }
    while (told < MANY) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    return MANY * 1e9 / (double)(clock_monotonic_ns() - start);
}

static void one_by_one(double *p50, double *p99) {
    for (unsigned i = 0; i < ONE; i++) {
        told = 0;
        left = 1;
        asked = clock_monotonic_ns();
        append();
        while (told == 0) {
            uv_run(&loop, UV_RUN_ONCE);
        }
        waits[i] = (double)(clock_monotonic_ns() - asked) / 1000;
    }
    *p50 = percentile(waits, ONE, 50);
    *p99 = percentile(waits, ONE, 99);
}

// ---- the bare loop ---------------------------------------------------------------------------

static sqlite3 *bare;
static sqlite3_stmt *insert;

static void open_bare(const char *directory) {
    char path[4200];
    snprintf(path, sizeof path, "%s/bare.db", directory);
    if (sqlite3_open(path, &bare) != SQLITE_OK ||
            sqlite3_exec(bare,
                    "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL;"
                    "PRAGMA synchronous=FULL;"
                    "CREATE TABLE audit (id INTEGER PRIMARY KEY, at INTEGER, request_id TEXT,"
                    " actor TEXT, operation TEXT, node TEXT, target TEXT, arguments TEXT)",
                    NULL, NULL, NULL) != SQLITE_OK ||
            sqlite3_prepare_v2(bare,
                    "INSERT INTO audit (at, request_id, actor, operation, node, target, arguments)"
                    " VALUES (?, ?, ?, ?, ?, ?, ?)",
                    -1, &insert, NULL) != SQLITE_OK) {
        fail(sqlite3_errmsg(bare));
    }
}

static void insert_bare(void) {
    struct store_audit row = record();
    const struct str texts[] = {
            row.request_id, row.actor, row.operation, row.node, row.target, row.arguments};
    sqlite3_bind_int64(insert, 1, row.at);
    for (int i = 0; i < 6; i++) {
        sqlite3_bind_text(insert, i + 2, texts[i].at, (int)texts[i].length, SQLITE_STATIC);
    }
    if (sqlite3_step(insert) != SQLITE_DONE) {
        fail(sqlite3_errmsg(bare));
    }
    sqlite3_reset(insert);
}

static double bare_loop(double *p50, double *p99) {
    uint64_t start = clock_monotonic_ns();
    for (unsigned i = 0; i < ONE; i++) {
        uint64_t before = clock_monotonic_ns();
        insert_bare();
        waits[i] = (double)(clock_monotonic_ns() - before) / 1000;
    }
    double rate = ONE * 1e9 / (double)(clock_monotonic_ns() - start);
    *p50 = percentile(waits, ONE, 50);
    *p99 = percentile(waits, ONE, 99);
    return rate;
}

// ---- rounds, one beside the other ------------------------------------------------------------

#define MOST_ROUNDS 20

int main(int argc, char **argv) {
    static double figures[6][MOST_ROUNDS];
    struct error error;
    size_t rounds = argc == 3 ? strtoul(argv[2], NULL, 10) : 0;
    if (rounds == 0 || rounds > MOST_ROUNDS) {
        fprintf(stderr, "usage: store DIRECTORY ROUNDS (at most %d)\n", MOST_ROUNDS);
        return 2;
    }
    uv_loop_init(&loop);
    store = store_open(&loop, argv[1], &error);
    if (store == NULL) {
        fail(error.message);
    }
    open_bare(argv[1]);
    for (size_t i = 0; i < rounds; i++) {
        figures[0][i] = many_at_once();
        one_by_one(&figures[1][i], &figures[2][i]);
        figures[3][i] = bare_loop(&figures[4][i], &figures[5][i]);
    }
    for (int i = 0; i < 6; i++) {
        printf("%.0f%c", percentile(figures[i], rounds, 50), i < 5 ? ' ' : '\n');
    }
    sqlite3_finalize(insert);
    sqlite3_close(bare);
    store_close(store);
    uv_run(&loop, UV_RUN_DEFAULT);
    uv_loop_close(&loop);
    return 0;
}
