// Disks that are full, directories that cannot be written, files that are damaged: every failure is
// told with a sentence that says what to do, and what was acknowledged is there afterwards.
#include "store_fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define SKIPPED 77

// Runs a part in a process of its own, which may lose its rights or die.
static void run_apart(int (*part)(void)) {
    int status;
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        _exit(part());
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    if (WIFEXITED(status) && WEXITSTATUS(status) == SKIPPED) {
        skip();
    }
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 0);
}

// In such a process, where cmocka's assertions would run the wrong tests on.
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            fprintf(stderr, "%s:%d: %s (%s)\n", __FILE__, __LINE__, #condition, error.message);    \
            _exit(1);                                                                              \
        }                                                                                          \
    } while (0)

// ---- files that cannot be opened -------------------------------------------------------------

static int fill_file(const char *path, const void *bytes, size_t length) {
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    bool good = file >= 0 && write(file, bytes, length) == (ssize_t)length;
    if (file >= 0) {
        close(file);
    }
    return good ? 0 : -1;
}

static unsigned mode_of(const char *name) {
    struct stat status;
    assert_int_equal(stat(in_directory(name), &status), 0);
    return status.st_mode & 07777;
}

static void the_files_are_for_their_owner_alone(void **state) {
    (void)state;
    mode_t before = umask(0);
    open_store();
    append_samples(1, 1);
    assert_int_equal(mode_of("secure.db"), 0600);
    assert_int_equal(mode_of("secure.db-wal"), 0600);
    assert_int_equal(mode_of("documents.db"), 0600);
    close_store();
    assert_int_equal(chmod(in_directory("secure.db"), 0644), 0);
    open_store();
    assert_int_equal(mode_of("secure.db"), 0600);
    umask(before);
}

// SQLite opens files by URI, in which these mean something.
static void any_name_of_a_directory_will_do(void **state) {
    (void)state;
    static const char *const names[] = {"a?b=c", "a#b", "a%41b", "a b", "a&b;c'\"", "\xc3\xa4"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        char parent[sizeof directory];
        snprintf(parent, sizeof parent, "%s", directory);
        snprintf(directory, sizeof directory, "%s/%s", parent, names[i]);
        assert_int_equal(mkdir(directory, 0700), 0);
        open_store();
        append_samples(1, 1);
        close_store();
        assert_int_equal(mode_of("secure.db"), 0600);
        open_store();
        assert_int_equal(verify_chain().total, 1);
        close_store();
        snprintf(directory, sizeof directory, "%s", parent);
    }
}

static void a_missing_directory_is_named(void **state) {
    (void)state;
    assert_int_equal(delete_directory(), 0);
    assert_does_not_open("/secure.db: No such file");
    assert_int_equal(mkdir(directory, 0700), 0);
}

static void a_file_that_is_no_database_is_refused(void **state) {
    (void)state;
    static const char *const names[] = {"secure.db", "documents.db"};
    char text[5000];
    memset(text, 'x', sizeof text);
    for (size_t i = 0; i < 2; i++) {
        assert_int_equal(fill_file(in_directory(names[i]), text, sizeof text), 0);
        assert_does_not_open(names[i]);
        assert_non_null(strstr(error.message, "is not a database"));
        assert_int_equal(unlink(in_directory(names[i])), 0);
    }
}

static void a_file_of_a_later_release_is_refused_untouched(void **state) {
    (void)state;
    open_store();
    close_store();
    run_sql("secure.db", "PRAGMA user_version = 99");
    assert_does_not_open("later release");
    assert_int_equal(ask_sql("secure.db", "PRAGMA user_version"), 99);
    run_sql("secure.db", "PRAGMA user_version = 1");
    run_sql("documents.db", "PRAGMA user_version = 2");
    assert_does_not_open("later release");
    run_sql("documents.db", "PRAGMA user_version = 1");
    open_store();
}

static void two_stores_cannot_share_a_directory(void **state) {
    (void)state;
    open_store();
    append_samples(1, 3);
    assert_does_not_open("another program uses the file");
    append_samples(4, 6);
    assert_int_equal(verify_chain().total, 6);
}

// Root may write anywhere, so it becomes nobody first.
static int open_read_only(void) {
    if (geteuid() == 0 &&
            (chown(directory, 65534, 65534) != 0 || setgid(65534) != 0 || setuid(65534) != 0)) {
        return SKIPPED;
    }
    CHECK(chmod(directory, 0500) == 0);
    CHECK(store_open(&loop, directory, &error) == NULL);
    CHECK(error.code == ERROR_STORE && strstr(error.message, "Permission denied") != NULL);
    CHECK(chmod(directory, 0700) == 0);
    store = store_open(&loop, directory, &error);
    CHECK(store != NULL);
    close_store();
    // The files are there, but nothing can be made beside them.
    CHECK(chmod(directory, 0500) == 0);
    CHECK(store_open(&loop, directory, &error) == NULL);
    CHECK(error.code == ERROR_STORE && strstr(error.message, "secure.db: ") != NULL);
    CHECK(strstr(error.message, "check") != NULL);
    return chmod(directory, 0700);
}

static void a_directory_that_cannot_be_written_is_an_error(void **state) {
    (void)state;
    run_apart(open_read_only);
}

// ---- full disks ------------------------------------------------------------------------------

static unsigned acknowledged; // audit records

static void on_acknowledged(void *context, const struct error *why) {
    on_done(context, why);
    acknowledged += why == NULL;
}

// Appends one after the other until the disk takes no more. Returns what the last failure said.
static struct error fill_with_records(void) {
    struct told told = {0};
    char *arguments = malloc(20000);
    memset(arguments, 'x', 20000);
    while (told.failed == 0) {
        struct store_audit record = sample_audit(told.count + 1);
        record.arguments = (struct str){arguments, 20000};
        store_audit_append(store, &record, on_acknowledged, &told);
        run_until(&told.count, told.count + 1);
        CHECK(told.count < 100000);
    }
    free(arguments);
    return told.error;
}

// A document that does not fit, between others that do, all waiting together.
static void put_around_a_large_one(size_t large) {
    struct told small = {0}, over = {0};
    char *body = calloc(1, large);
    for (unsigned i = 0; i < 20; i++) {
        char id[16];
        snprintf(id, sizeof id, "small%u", i);
        struct store_document document = {
                .kind = STR("checkpoint"), .id = str_of(id), .body = STR("x")};
        store_document_put(store, &document, on_done, &small);
        if (i == 10) {
            document.id = STR("large");
            document.body = (struct str){body, large};
            store_document_put(store, &document, on_done, &over);
        }
    }
    free(body);
    run_until(&small.count, 20);
    error = small.error;
    CHECK(small.failed == 0);
    CHECK(over.count == 1 && over.failed == 1 && over.error.code == ERROR_STORE);
}

static void check_all_is_there(void) {
    struct verdict verdict = verify_chain();
    CHECK(verdict.broken == 0);
    CHECK(verdict.total == acknowledged);
}

// A limit on the size of files stands for the full disk where none can be mounted.
static int fill_up_to_a_limit(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_FSIZE, &limit) == 0);
    rlim_t before = limit.rlim_cur;
    signal(SIGXFSZ, SIG_IGN);
    store = store_open(&loop, directory, &error);
    CHECK(store != NULL);
    limit.rlim_cur = 1u << 20;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    put_around_a_large_one(4u << 20);
    error = fill_with_records();
    CHECK(error.code == ERROR_STORE);
    CHECK(strstr(error.message, "secure.db: the disk failed") != NULL);
    CHECK(acknowledged > 10);
    check_all_is_there();
    limit.rlim_cur = before;
    CHECK(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    append_samples(1, 10);
    acknowledged += 10;
    close_store();
    store = store_open(&loop, directory, &error);
    CHECK(store != NULL);
    check_all_is_there();
    close_store();
    return 0;
}

static void a_limit_on_files_loses_nothing_acknowledged(void **state) {
    (void)state;
    run_apart(fill_up_to_a_limit);
}

static bool write_text(const char *path, const char *text) {
    int file = open(path, O_WRONLY | O_CLOEXEC);
    bool good = file >= 0 && write(file, text, strlen(text)) == (ssize_t)strlen(text);
    if (file >= 0) {
        close(file);
    }
    return good;
}

// Root of a namespace of our own, for whoever is not root already.
static bool become_root(void) {
    char user[64], group[64];
    snprintf(user, sizeof user, "0 %u 1", (unsigned)geteuid());
    snprintf(group, sizeof group, "0 %u 1", (unsigned)getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_text("/proc/self/uid_map", user) &&
           write_text("/proc/self/setgroups", "deny") && write_text("/proc/self/gid_map", group);
}

static bool mount_small_disk(void) {
    return (unshare(CLONE_NEWNS) == 0 || become_root()) &&
           mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
           mount("none", directory, "tmpfs", 0, "size=40m,mode=0700") == 0;
}

static int fill_a_disk(void) {
    if (!mount_small_disk()) {
        return SKIPPED;
    }
    uv_loop_init(&loop);
    store = store_open(&loop, directory, &error);
    CHECK(store != NULL);
    put_around_a_large_one(20u << 20);
    error = fill_with_records();
    CHECK(error.code == ERROR_STORE && strstr(error.message, "the disk is full") != NULL);
    CHECK(acknowledged > 10);
    check_all_is_there();
    // Somebody makes room.
    CHECK(mount("none", directory, "tmpfs", MS_REMOUNT, "size=80m,mode=0700") == 0);
    append_samples(1, 10);
    acknowledged += 10;
    check_all_is_there();
    close_store();
    store = store_open(&loop, directory, &error);
    CHECK(store != NULL);
    check_all_is_there();
    close_store();
    return 0;
}

static void a_full_disk_loses_nothing_acknowledged(void **state) {
    (void)state;
    run_apart(fill_a_disk);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_with_directory, finish)
    static const struct CMUnitTest tests[] = {
            TEST(the_files_are_for_their_owner_alone),
            TEST(any_name_of_a_directory_will_do),
            TEST(a_missing_directory_is_named),
            TEST(a_file_that_is_no_database_is_refused),
            TEST(a_file_of_a_later_release_is_refused_untouched),
            TEST(two_stores_cannot_share_a_directory),
            TEST(a_directory_that_cannot_be_written_is_an_error),
            TEST(a_limit_on_files_loses_nothing_acknowledged),
            TEST(a_full_disk_loses_nothing_acknowledged),
    };
    return cmocka_run_group_tests_name("store_faults", tests, NULL, NULL);
}
