// Files whose bytes were changed or cut: the store opens and what it says then is right, or it says
// which file is damaged. It never crashes, and never calls a changed record whole.
#include "store_fixture.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define RECORDS 60u

struct bytes {
    uint8_t *at; // owned
    size_t length;
};

static struct bytes read_file(const char *name) {
    struct stat status;
    struct bytes bytes;
    int file = open(in_directory(name), O_RDONLY | O_CLOEXEC);
    assert_true(file >= 0);
    assert_int_equal(fstat(file, &status), 0);
    bytes.length = (size_t)status.st_size;
    bytes.at = malloc(bytes.length + 1);
    assert_int_equal(read(file, bytes.at, bytes.length), bytes.length);
    close(file);
    return bytes;
}

static void write_file(const char *name, const uint8_t *at, size_t length) {
    int file = open(in_directory(name), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(file >= 0);
    assert_int_equal(write(file, at, length), length);
    close(file);
}

// ---- what a damaged file says ----------------------------------------------------------------

struct reading {
    unsigned told;
    bool failed;
    size_t count;
    int64_t broken;
    uint8_t newest[32];
};

static void on_listed(void *context, const struct store_audit *rows, size_t count, uint64_t total,
        int64_t broken, const struct error *why) {
    struct reading *reading = context;
    (void)total;
    *reading = (struct reading){.told = 1, .failed = why != NULL, .count = count, .broken = broken};
    if (why != NULL) {
        assert_int_equal(why->code, ERROR_STORE);
    } else if (count > 0) {
        memcpy(reading->newest, rows[0].hash, sizeof reading->newest);
    }
}

// Opens, lists with the check, and closes. False if the store did not open.
static bool read_all(struct reading *reading) {
    *reading = (struct reading){0};
    store = store_open(&loop, directory, &error);
    if (store == NULL) {
        assert_int_equal(error.code, ERROR_STORE);
        assert_non_null(strstr(error.message, "secure.db"));
        return false;
    }
    store_audit_list(store, &(struct store_audit_filter){.limit = 1000}, true, on_listed, reading);
    run_until(&reading->told, 1);
    close_store();
    return true;
}

// The records as they were written; the newest hash stands for all of them.
static struct reading whole;

static void make_file(void) {
    open_store();
    append_samples(1, RECORDS);
    close_store();
    assert_true(read_all(&whole));
    assert_int_equal(whole.count, RECORDS);
    assert_int_equal(whole.broken, 0);
}

// Counts how a damage showed: at the opening, at the list, as a broken chain, or not at all, and
// then the records must be those that were written.
struct tally {
    unsigned closed, failed, broken, unharmed;
};

static void look(struct tally *tally) {
    struct reading reading;
    if (!read_all(&reading)) {
        tally->closed++;
    } else if (reading.failed) {
        tally->failed++;
    } else if (reading.broken != 0) {
        tally->broken++;
    } else {
        tally->unharmed++;
        assert_int_equal(reading.count, RECORDS);
        assert_memory_equal(reading.newest, whole.newest, sizeof whole.newest);
    }
}

static void a_page_of_other_bytes_shows(void **state) {
    (void)state;
    struct tally tally = {0};
    make_file();
    struct bytes good = read_file("secure.db");
    uint8_t *bad = malloc(good.length);
    for (size_t at = 0; at < good.length; at += 4096) {
        memcpy(bad, good.at, good.length);
        memset(bad + at, 0xA5, 4096);
        write_file("secure.db", bad, good.length);
        look(&tally);
    }
    assert_true(tally.closed > 0);
    assert_true(tally.closed + tally.failed + tally.broken >= 5);
    free(bad);
    write_file("secure.db", good.at, good.length);
    free(good.at);
    open_store();
}

static void a_flipped_bit_shows_or_does_no_harm(void **state) {
    (void)state;
    struct tally tally = {0};
    make_file();
    struct bytes good = read_file("secure.db");
    srand(5);
    for (int i = 0; i < 400; i++) {
        size_t at = ((size_t)rand() << 8 ^ (size_t)rand()) % good.length;
        uint8_t bit = (uint8_t)(1u << rand() % 8);
        good.at[at] ^= bit;
        write_file("secure.db", good.at, good.length);
        look(&tally);
        good.at[at] ^= bit;
    }
    assert_true(tally.broken + tally.closed + tally.failed > 10);
    assert_true(tally.unharmed > 10); // indexes and free places
    write_file("secure.db", good.at, good.length);
    free(good.at);
    open_store();
}

static void a_file_that_was_cut_shows(void **state) {
    (void)state;
    struct tally tally = {0};
    make_file();
    struct bytes good = read_file("secure.db");
    for (size_t length = good.length - 1; length > 0; length -= length < 997 ? length : 997) {
        write_file("secure.db", good.at, length);
        look(&tally);
    }
    assert_int_equal(tally.unharmed, 0);
    write_file("secure.db", good.at, good.length);
    free(good.at);
    open_store();
}

// ---- the log ---------------------------------------------------------------------------------

// A process that ends without closing leaves its records in the log.
static void leave_a_log(void) {
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        uv_loop_init(&loop);
        open_store();
        for (unsigned i = 1; i <= RECORDS; i++) {
            append_samples(i, i);
        }
        _exit(0);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_int_equal(status, 0);
}

// Whatever part of the log reached the disk: the chain is whole as far as it goes, and goes on.
static size_t check_prefix(void) {
    struct reading reading;
    if (!read_all(&reading)) {
        fail_msg("%s", error.message);
    }
    assert_false(reading.failed);
    assert_int_equal(reading.broken, 0);
    open_store();
    append_samples(1, 2);
    struct verdict verdict = verify_chain();
    assert_int_equal(verdict.broken, 0);
    assert_int_equal(verdict.total, reading.count + 2);
    close_store();
    return reading.count;
}

static void a_log_that_was_cut_leaves_a_whole_chain(void **state) {
    (void)state;
    size_t before = 0;
    leave_a_log();
    struct bytes file = read_file("secure.db"), log = read_file("secure.db-wal");
    assert_true(log.length > 100000);
    for (size_t length = 0; length <= log.length; length += 6007) {
        write_file("secure.db", file.at, file.length);
        write_file("secure.db-wal", log.at, length);
        size_t count = check_prefix();
        assert_true(count >= before);
        before = count;
    }
    write_file("secure.db", file.at, file.length);
    write_file("secure.db-wal", log.at, log.length);
    assert_int_equal(check_prefix(), RECORDS);
    free(file.at);
    free(log.at);
    open_store();
}

static void a_flipped_bit_in_the_log_leaves_a_whole_chain(void **state) {
    (void)state;
    leave_a_log();
    struct bytes file = read_file("secure.db"), log = read_file("secure.db-wal");
    srand(6);
    for (int i = 0; i < 100; i++) {
        size_t at = ((size_t)rand() << 8 ^ (size_t)rand()) % log.length;
        log.at[at] ^= 1;
        write_file("secure.db", file.at, file.length);
        write_file("secure.db-wal", log.at, log.length);
        assert_true(check_prefix() <= RECORDS);
        log.at[at] ^= 1;
    }
    free(file.at);
    free(log.at);
    open_store();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_with_directory, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_page_of_other_bytes_shows),
            TEST(a_flipped_bit_shows_or_does_no_harm),
            TEST(a_file_that_was_cut_shows),
            TEST(a_log_that_was_cut_leaves_a_whole_chain),
            TEST(a_flipped_bit_in_the_log_leaves_a_whole_chain),
    };
    return cmocka_run_group_tests_name("store_damage", tests, NULL, NULL);
}
