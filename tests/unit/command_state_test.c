// The state directory: who may read what is in it, and who may use it.
#include "command/state.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

static char root[64];
static char directory[200];
static struct error error;

static int begin(void **state) {
    (void)state;
    snprintf(root, sizeof root, "/tmp/whitebeam_state_XXXXXX");
    if (mkdtemp(root) == NULL) {
        return -1;
    }
    snprintf(directory, sizeof directory, "%s/deep/er/state", root);
    umask(0); // the modes must not depend on it
    return 0;
}

static int delete_one(const char *path, const struct stat *status, int type, struct FTW *ftw) {
    (void)status;
    (void)type;
    (void)ftw;
    return remove(path);
}

static int finish(void **state) {
    (void)state;
    return nftw(root, delete_one, 8, FTW_DEPTH | FTW_PHYS);
}

static const char *in_directory(const char *name) {
    static char path[300];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return path;
}

static unsigned mode_of(const char *path) {
    struct stat status;
    assert_int_equal(stat(path, &status), 0);
    return status.st_mode & 07777;
}

static void write_text(const char *path, const char *text, mode_t mode) {
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    assert_int_equal(chmod(path, mode), 0);
}

static void assert_open(struct state *state) {
    if (!state_open(state, directory, &error)) {
        fail_msg("%s", error.message);
    }
}

static void the_first_start_makes_everything_for_the_owner_alone(void **state) {
    (void)state;
    struct state opened;
    assert_open(&opened);
    assert_int_equal(mode_of(directory), 0700);
    assert_int_equal(mode_of(in_directory("id")), 0600);
    assert_int_equal(mode_of(in_directory("admin.key")), 0600);
    assert_int_equal(mode_of(in_directory("lock")), 0600);
    assert_int_equal(strlen(opened.id), 8);
    assert_int_equal(strspn(opened.id, "0123456789abcdef"), 8);
    assert_int_equal(strlen(opened.admin_key), 9 + 43);
    state_close(&opened);
}

static void later_starts_find_the_same_id_and_key(void **state) {
    (void)state;
    struct state first;
    struct state second;
    assert_open(&first);
    state_close(&first);
    assert_open(&second);
    assert_string_equal(first.id, second.id);
    assert_string_equal(first.admin_key, second.admin_key);
    state_close(&second);
}

static void keys_of_different_directories_differ(void **state) {
    (void)state;
    struct state first;
    struct state second;
    assert_open(&first);
    snprintf(directory, sizeof directory, "%s/other", root);
    assert_open(&second);
    assert_string_not_equal(first.id, second.id);
    assert_string_not_equal(first.admin_key, second.admin_key);
    state_close(&first);
    state_close(&second);
}

static void a_second_daemon_is_refused_and_does_no_harm(void **state) {
    (void)state;
    struct state first;
    struct state second;
    assert_open(&first);
    assert_true(state_announce(&first, "127.0.0.1", 4000, &error));
    assert_false(state_open(&second, directory, &error));
    assert_int_equal(error.code, ERROR_UNAVAILABLE);
    assert_non_null(strstr(error.message, directory));
    state_close(&second); // what a caller may do after a failure
    assert_int_equal(access(in_directory("daemon.json"), F_OK), 0);
    assert_false(state_open(&second, directory, &error));
    state_close(&first);
    assert_open(&second);
    state_close(&second);
}

static void the_running_daemon_says_where_it_is(void **state) {
    (void)state;
    struct state opened;
    char text[400] = "";
    assert_open(&opened);
    assert_true(state_announce(&opened, "::1", 4001, &error));
    assert_int_equal(mode_of(in_directory("daemon.json")), 0600);
    FILE *file = fopen(in_directory("daemon.json"), "r");
    assert_non_null(file);
    assert_true(fread(text, 1, sizeof text - 1, file) > 0);
    fclose(file);
    assert_non_null(strstr(text, "\"url\":\"http://[::1]:4001\""));
    state_close(&opened);
    assert_int_equal(access(in_directory("daemon.json"), F_OK), -1);
    assert_int_equal(access(in_directory("admin.key"), F_OK), 0);
    state_close(&opened);
}

static void a_key_from_outside_is_used(void **state) {
    (void)state;
    struct state opened;
    assert_open(&opened);
    state_close(&opened);
    write_text(in_directory("admin.key"), "my own key\r\nsecond line\n", 0600);
    assert_open(&opened);
    assert_string_equal(opened.admin_key, "my own key");
    state_close(&opened);
    write_text(in_directory("admin.key"), "", 0600);
    assert_open(&opened);
    assert_int_equal(strlen(opened.admin_key), 9 + 43);
    assert_int_equal(mode_of(in_directory("admin.key")), 0600);
    state_close(&opened);
}

static void a_key_that_cannot_be_read_is_not_replaced(void **state) {
    (void)state;
    struct state opened;
    assert_open(&opened);
    state_close(&opened);
    unlink(in_directory("admin.key"));
    assert_int_equal(symlink("admin.key", in_directory("admin.key")), 0); // a loop: ELOOP
    assert_false(state_open(&opened, directory, &error));
    assert_non_null(strstr(error.message, "admin.key"));
    struct stat status;
    assert_int_equal(lstat(in_directory("admin.key"), &status), 0);
    assert_true(S_ISLNK(status.st_mode));
    // The failure has given the directory back.
    unlink(in_directory("admin.key"));
    assert_open(&opened);
    state_close(&opened);
}

static void directories_that_cannot_be_made_are_told(void **state) {
    (void)state;
    struct state opened;
    static char long_path[6000];
    snprintf(directory, sizeof directory, "%s/file", root);
    write_text(directory, "x", 0600);
    assert_false(state_open(&opened, directory, &error));
    assert_false(state_open(&opened, in_directory("below"), &error));
    assert_non_null(strstr(error.message, "file"));
    memset(long_path, 'x', sizeof long_path - 1);
    assert_false(state_open(&opened, long_path, &error));
    assert_false(state_open(&opened, "/proc/nowhere/state", &error));
    assert_false(state_open(&opened, "", &error));
}

// ---- cookies ---------------------------------------------------------------------------------

static bool read_cookie(const char *text, mode_t mode, char cookie[256]) {
    char path[300];
    snprintf(path, sizeof path, "%s/cookie", root);
    write_text(path, text, mode);
    return state_read_cookie(path, cookie, 256, &error);
}

static void a_cookie_is_the_first_line_of_a_private_file(void **state) {
    (void)state;
    char cookie[256];
    assert_true(read_cookie("SECRET", 0400, cookie));
    assert_string_equal(cookie, "SECRET");
    assert_true(read_cookie("SECRET\nmore\n", 0600, cookie));
    assert_string_equal(cookie, "SECRET");
    assert_true(read_cookie("WINDOWS\r\n", 0600, cookie));
    assert_string_equal(cookie, "WINDOWS");
}

static void a_cookie_that_others_can_read_is_refused(void **state) {
    (void)state;
    char cookie[256];
    static const mode_t modes[] = {0440, 0404, 0420, 0402, 0410, 0401, 0644, 0777};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        assert_false(read_cookie("SECRET", modes[i], cookie));
        assert_non_null(strstr(error.message, "chmod"));
        assert_null(strstr(error.message, "SECRET"));
    }
}

static void a_cookie_file_must_hold_one(void **state) {
    (void)state;
    char cookie[256];
    assert_false(read_cookie("", 0400, cookie));
    assert_non_null(strstr(error.message, "empty"));
    assert_false(read_cookie("\nSECRET\n", 0400, cookie));
    assert_false(state_read_cookie("/no/such/cookie", cookie, sizeof cookie, &error));
    assert_non_null(strstr(error.message, "/no/such/cookie"));
    assert_int_equal(chmod(root, 0700), 0);
    assert_false(state_read_cookie(root, cookie, sizeof cookie, &error)); // a directory
}

static void a_cookie_that_is_too_long_is_not_cut(void **state) {
    (void)state;
    char cookie[256];
    char text[300];
    memset(text, 'c', sizeof text);
    text[254] = '\0';
    assert_true(read_cookie(text, 0400, cookie));
    assert_string_equal(cookie, text);
    text[254] = 'c';
    text[299] = '\0';
    assert_false(read_cookie(text, 0400, cookie));
    assert_non_null(strstr(error.message, "longer"));
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(the_first_start_makes_everything_for_the_owner_alone),
            TEST(later_starts_find_the_same_id_and_key),
            TEST(keys_of_different_directories_differ),
            TEST(a_second_daemon_is_refused_and_does_no_harm),
            TEST(the_running_daemon_says_where_it_is),
            TEST(a_key_from_outside_is_used),
            TEST(a_key_that_cannot_be_read_is_not_replaced),
            TEST(directories_that_cannot_be_made_are_told),
            TEST(a_cookie_is_the_first_line_of_a_private_file),
            TEST(a_cookie_that_others_can_read_is_refused),
            TEST(a_cookie_file_must_hold_one),
            TEST(a_cookie_that_is_too_long_is_not_cut),
    };
    return cmocka_run_group_tests_name("command_state", tests, NULL, NULL);
}
