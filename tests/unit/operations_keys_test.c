// API keys: their form, that they are valid only when and as long as they should be, that nothing
// is told before it is kept, and what happens when the store fails.
#include "limits.h"
#include "operations/keys_private.h"
#include "operations/operation.h"
#include "store_fixture.h"

#include <fcntl.h>

#define NOW    INT64_C(1800000000000)
#define HOUR   INT64_C(3600000)
#define MINUTE INT64_C(60000)
#define READ   (UINT64_C(1) << PERMISSION_READ_PROCESSES)
#define KILL   (UINT64_C(1) << PERMISSION_CONTROL_PROCESSES)

static struct keys *keys;

static void load(void) {
    keys = keys_load(store, &error);
    if (keys == NULL) {
        fail_msg("%s", error.message);
    }
}

static int begin_keys(void **state) {
    if (begin(state) != 0) {
        return -1;
    }
    load();
    return 0;
}

static void close_keys(void) {
    keys_flush(keys);
    close_store();
    keys_destroy(keys);
    keys = NULL;
}

static int finish_keys(void **state) {
    if (keys != NULL) {
        close_keys();
    }
    return finish(state);
}

static void restart(void) {
    close_keys();
    open_store();
    load();
}

// Another program changes the file, or makes changes of keys fail from now on.
static void restart_with(const char *sql) {
    close_keys();
    run_sql("secure.db", sql);
    open_store();
    load();
}

#define NO_NEW_KEYS                                                                                \
    "CREATE TRIGGER t1 BEFORE INSERT ON keys BEGIN SELECT RAISE(ABORT, 'no new keys'); END"
#define NO_CHANGES                                                                                 \
    "CREATE TRIGGER t2 BEFORE UPDATE ON keys BEGIN SELECT RAISE(ABORT, 'no changes'); END"

// ---- making ----------------------------------------------------------------------------------

struct made {
    unsigned told;
    bool failed;
    struct error error;
    char text[KEY_BYTES + 1];
    const struct key_holder *holder;
};

static void on_made(
        void *context, const struct key_holder *holder, struct str key, const struct error *why) {
    struct made *made = context;
    made->told++;
    made->failed = why != NULL;
    made->holder = holder;
    snprintf(made->text, sizeof made->text, "%.*s", STR_ARGS(key));
    if (why != NULL) {
        made->error = *why;
        assert_null(holder);
        assert_int_equal(key.length, 0);
    }
}

static struct made create(const char *name, uint64_t permissions, int64_t expires_at) {
    struct made made = {0};
    keys_create(keys, str_of(name), permissions, expires_at, NOW, on_made, &made);
    run_until(&made.told, 1);
    return made;
}

static struct made create_fine(const char *name, int64_t expires_at) {
    struct made made = create(name, READ, expires_at);
    if (made.failed) {
        fail_msg("%s", made.error.message);
    }
    return made;
}

static struct made rotate(const char *id, int64_t overlap_ms, int64_t now) {
    struct made made = {0};
    keys_rotate(keys, str_of(id), overlap_ms, now, on_made, &made);
    run_until(&made.told, 1);
    return made;
}

static void assert_state(const char *text, int64_t now, enum key_state wanted) {
    enum key_state state;
    const struct key_holder *holder = keys_find(keys, str_of(text), now, &state);
    assert_string_equal(key_state_name(state), key_state_name(wanted));
    assert_true((holder != NULL) == (wanted == KEY_VALID));
}

static void assert_error(const struct made *made, enum error_code code) {
    assert_true(made->failed);
    assert_string_equal(error_text(made->error.code), error_text(code));
}

static void a_key_is_given_once_and_found_again(void **state) {
    (void)state;
    enum key_state found;
    struct made made = {0};
    keys_create(keys, STR("deploy"), READ | KILL, NOW + HOUR, NOW, on_made, &made);
    assert_int_equal(made.told, 0); // not before it is durable
    assert_int_equal(keys_count(keys), 0);
    run_until(&made.told, 1);
    assert_false(made.failed);
    char id[STORE_KEY_ID];
    memcpy(id, made.holder->id, sizeof id);
    assert_int_equal(strlen(id), STORE_KEY_ID - 1);
    for (int i = 0; i < 2; i++) { // also after a restart
        const struct key_holder *holder = keys_find(keys, str_of(made.text), NOW, &found);
        assert_non_null(holder);
        assert_string_equal(holder->id, id);
        assert_true(str_is(holder->name, "deploy"));
        assert_true(holder->permissions == (READ | KILL));
        assert_int_equal(holder->created_at, NOW);
        assert_int_equal(holder->expires_at, NOW + HOUR);
        assert_int_equal(holder->revoked_at, 0);
        assert_ptr_equal(keys_get(keys, str_of(id)), holder);
        assert_ptr_equal(keys_at(keys, 0), holder);
        restart();
    }
}

// zlib's CRC-32, bit by bit.
static uint32_t crc_of(const char *at, size_t length) {
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= (uint8_t)at[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static void a_key_has_the_documented_form(void **state) {
    (void)state;
    static const char letters[] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    unsigned seen[62] = {0};
    for (int i = 0; i < 300; i++) {
        char text[KEY_BYTES + 1];
        uint64_t check = 0;
        key_text_make(text);
        assert_int_equal(strlen(text), 40);
        assert_memory_equal(text, "wb_", 3);
        assert_int_equal(strspn(text + 3, letters), 30);
        assert_int_equal(text[33], '_');
        assert_int_equal(strspn(text + 34, letters), 6);
        for (int digit = 34; digit < 40; digit++) {
            check = 62 * check + (uint64_t)(strchr(letters, text[digit]) - letters);
        }
        assert_int_equal(check, crc_of(text, 33));
        assert_true(key_text_is(str_of(text)));
        for (int j = 3; j < 33; j++) {
            seen[strchr(letters, text[j]) - letters]++;
        }
    }
    for (int i = 0; i < 62; i++) {
        assert_in_range(seen[i], 60, 240); // 145 on average; far beyond chance
    }
}

static void a_mistyped_key_is_recognised(void **state) {
    (void)state;
    struct made made = create_fine("one", 0);
    char text[KEY_BYTES + 8];
    for (size_t i = 0; i < KEY_BYTES; i++) {
        memcpy(text, made.text, sizeof made.text);
        text[i] = text[i] == 'x' ? 'y' : 'x';
        assert_false(key_text_is(str_of(text)));
        assert_state(text, NOW, KEY_UNKNOWN);
    }
    for (size_t length = 0; length < KEY_BYTES; length++) {
        enum key_state found;
        assert_null(keys_find(keys, (struct str){made.text, length}, NOW, &found));
    }
    snprintf(text, sizeof text, "%s ", made.text);
    assert_state(text, NOW, KEY_UNKNOWN);
    key_text_make(text); // of the right form, and nobody's
    assert_state(text, NOW, KEY_UNKNOWN);
    assert_state("wb_admin_0123456789012345678901234567890123456789012", NOW, KEY_UNKNOWN);
    assert_state(made.text, NOW, KEY_VALID);
}

static void the_key_itself_is_not_on_the_disk(void **state) {
    (void)state;
    static char bytes[1 << 20];
    struct made made = create_fine("one", 0);
    close_keys();
    int file = open(in_directory("secure.db"), O_RDONLY | O_CLOEXEC);
    ssize_t length = read(file, bytes, sizeof bytes);
    close(file);
    assert_true(length > 4096);
    assert_null(memmem(bytes, (size_t)length, made.text + 3, 30));
    assert_non_null(memmem(bytes, (size_t)length, "one", 3));
    open_store();
    load();
}

static void what_cannot_be_a_key_is_refused(void **state) {
    (void)state;
    char longest[LIMIT_KEY_NAME + 2] = "";
    memset(longest, 'n', LIMIT_KEY_NAME);
    create_fine(longest, 0);
    longest[LIMIT_KEY_NAME] = 'n';
    static const char *const names[] = {"", "a\nb", "\xff", "a\x7f"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        struct made made = create(names[i], READ, 0);
        assert_error(&made, ERROR_INVALID_PARAMETER);
        assert_non_null(strstr(made.error.details, "\"name\""));
    }
    struct made made = create(longest, READ, 0);
    assert_error(&made, ERROR_INVALID_PARAMETER);
    static const uint64_t wrong[] = {0, 1, READ | UINT64_C(1) << PERMISSION_COUNT, UINT64_MAX};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        made = create("one", wrong[i], 0);
        assert_error(&made, ERROR_INVALID_PARAMETER);
    }
    made = create("one", READ, NOW);
    assert_error(&made, ERROR_INVALID_PARAMETER);
    assert_int_equal(keys_count(keys), 1);
}

static void a_key_that_cannot_be_stored_is_none(void **state) {
    (void)state;
    restart_with(NO_NEW_KEYS);
    struct made made = create("one", READ, 0);
    assert_error(&made, ERROR_STORE);
    assert_int_equal(keys_count(keys), 0);
    restart_with("DROP TRIGGER t1");
    assert_int_equal(keys_count(keys), 0);
}

// They are stored as bits: what a bit means can never change.
static void permissions_keep_their_numbers(void **state) {
    (void)state;
    static const char *const names[] = {"none", "read:supervisors", "write:supervisors",
            "control:supervisors", "read:processes", "control:processes", "trace:messages",
            "manage:sandboxes", "system:diagnostics", "manage:nodes", "manage:code", "manage:keys",
            "manage:alarms", "create:atoms", "force:system"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        assert_string_equal(permission_name((enum permission)i), names[i]);
    }
    assert_true(PERMISSION_COUNT <= 64);
}

// ---- ending ----------------------------------------------------------------------------------

static void a_key_is_valid_until_its_expiry(void **state) {
    (void)state;
    struct made made = create_fine("one", NOW + HOUR);
    assert_state(made.text, NOW + HOUR - 1, KEY_VALID);
    assert_state(made.text, NOW + HOUR, KEY_EXPIRED);
    restart();
    assert_state(made.text, NOW + HOUR, KEY_EXPIRED);
    made = create_fine("forever", 0);
    assert_state(made.text, NOW + 1000000 * HOUR, KEY_VALID);
}

static void a_revoked_key_is_refused_at_once_and_for_ever(void **state) {
    (void)state;
    struct told told = {0};
    struct made made = create_fine("one", 0);
    struct made other = create_fine("other", 0);
    char id[STORE_KEY_ID];
    memcpy(id, made.holder->id, sizeof id);
    keys_revoke(keys, str_of(id), NOW + 5, on_done, &told);
    assert_state(made.text, NOW + 5, KEY_REVOKED);
    assert_int_equal(told.count, 0);
    assert_all_done(&told, 1);
    keys_revoke(keys, str_of(id), NOW + 9, on_done, &told);
    assert_all_done(&told, 2);
    restart();
    assert_state(made.text, NOW + 5, KEY_REVOKED);
    assert_state(other.text, NOW + 5, KEY_VALID);
    assert_int_equal(keys_get(keys, str_of(id))->revoked_at, NOW + 5);
}

static void an_unknown_id_is_an_error(void **state) {
    (void)state;
    static const char *const ids[] = {"", "x", "000000000000", "longer than any id"};
    create_fine("one", 0);
    for (size_t i = 0; i < sizeof ids / sizeof ids[0]; i++) {
        struct told told = {0};
        keys_revoke(keys, str_of(ids[i]), NOW, on_done, &told);
        assert_int_equal(told.error.code, ERROR_ITEM_NOT_FOUND);
        struct made made = rotate(ids[i], 0, NOW);
        assert_error(&made, ERROR_ITEM_NOT_FOUND);
        assert_null(keys_get(keys, str_of(ids[i])));
    }
}

static void a_revocation_that_cannot_be_stored_holds_until_the_restart(void **state) {
    (void)state;
    struct told told = {0};
    struct made made = create_fine("one", 0);
    restart_with(NO_CHANGES);
    keys_revoke(keys, str_of(keys_at(keys, 0)->id), NOW, on_done, &told);
    run_until(&told.count, 1);
    assert_int_equal(told.error.code, ERROR_STORE);
    assert_non_null(strstr(told.error.message, "after a restart"));
    assert_state(made.text, NOW, KEY_REVOKED);
    restart_with("DROP TRIGGER t2");
    assert_state(made.text, NOW, KEY_VALID);
}

// ---- rotating --------------------------------------------------------------------------------

static void both_keys_are_valid_while_they_overlap(void **state) {
    (void)state;
    struct made old = create("one", READ | KILL, NOW + 10 * HOUR);
    char id[STORE_KEY_ID];
    memcpy(id, old.holder->id, sizeof id);
    struct made new = rotate(id, MINUTE, NOW + HOUR);
    assert_false(new.failed);
    assert_true(str_is(new.holder->name, "one"));
    assert_true(new.holder->permissions == (READ | KILL));
    assert_int_equal(new.holder->expires_at, NOW + 11 * HOUR); // it lives as long
    assert_string_not_equal(new.holder->id, id);
    for (int i = 0; i < 2; i++) {
        assert_state(old.text, NOW + HOUR + MINUTE - 1, KEY_VALID);
        assert_state(old.text, NOW + HOUR + MINUTE, KEY_EXPIRED);
        assert_state(new.text, NOW + HOUR, KEY_VALID);
        assert_state(new.text, NOW + 11 * HOUR - 1, KEY_VALID);
        assert_string_equal(keys_get(keys, str_of(id))->replaced_by, keys_at(keys, 1)->id);
        restart();
    }
    struct made again = rotate(id, MINUTE, NOW + HOUR);
    assert_error(&again, ERROR_CONFLICT);
}

static void an_overlap_makes_no_key_live_longer(void **state) {
    (void)state;
    struct made old = create_fine("one", NOW + HOUR);
    struct made new = rotate(old.holder->id, 2 * HOUR, NOW);
    assert_false(new.failed);
    assert_state(old.text, NOW + HOUR, KEY_EXPIRED);
    old = create_fine("two", 0);
    new = rotate(old.holder->id, 0, NOW);
    assert_false(new.failed);
    assert_int_equal(new.holder->expires_at, 0);
    assert_state(old.text, NOW, KEY_EXPIRED);
    assert_state(new.text, NOW, KEY_VALID);
}

static void what_has_ended_is_not_rotated(void **state) {
    (void)state;
    struct told told = {0};
    struct made expired = create_fine("one", NOW + HOUR);
    struct made revoked = create_fine("two", 0);
    struct made fine = create_fine("three", 0);
    keys_revoke(keys, str_of(revoked.holder->id), NOW, on_done, &told);
    assert_all_done(&told, 1);
    struct made made = rotate(expired.holder->id, 0, NOW + HOUR);
    assert_error(&made, ERROR_CONFLICT);
    made = rotate(revoked.holder->id, 0, NOW);
    assert_error(&made, ERROR_CONFLICT);
    made = rotate(fine.holder->id, -1, NOW);
    assert_error(&made, ERROR_INVALID_PARAMETER);
    made = rotate(fine.holder->id, LIMIT_KEY_OVERLAP_MS + 1, NOW);
    assert_error(&made, ERROR_INVALID_PARAMETER);
    assert_int_equal(keys_count(keys), 3);
}

static void of_two_rotations_at_once_one_is_refused(void **state) {
    (void)state;
    struct made old = create_fine("one", 0);
    struct made first = {0}, second = {0};
    keys_rotate(keys, str_of(old.holder->id), MINUTE, NOW, on_made, &first);
    keys_rotate(keys, str_of(old.holder->id), MINUTE, NOW, on_made, &second);
    assert_error(&second, ERROR_CONFLICT);
    run_until(&first.told, 1);
    assert_false(first.failed);
    assert_int_equal(keys_count(keys), 2);
}

// Revoking wins: whoever revokes a key does not want another one in its place.
static void a_key_that_is_revoked_meanwhile_gets_no_successor(void **state) {
    (void)state;
    struct told told = {0};
    struct made made = {0};
    struct made old = create_fine("one", 0);
    keys_rotate(keys, str_of(old.holder->id), MINUTE, NOW, on_made, &made);
    keys_revoke(keys, str_of(old.holder->id), NOW, on_done, &told);
    run_until(&made.told, 1);
    assert_error(&made, ERROR_CONFLICT);
    assert_all_done(&told, 1);
    restart();
    assert_state(old.text, NOW, KEY_REVOKED);
    for (size_t i = 0; i < keys_count(keys); i++) { // the one that was stored, too
        assert_int_equal(key_state(keys_at(keys, i), NOW), KEY_REVOKED);
    }
}

static void a_rotation_that_fails_leaves_the_old_key_as_it_was(void **state) {
    (void)state;
    struct made old = create_fine("one", NOW + 5 * HOUR);
    char id[STORE_KEY_ID];
    memcpy(id, old.holder->id, sizeof id);
    restart_with(NO_NEW_KEYS); // then not even the first row is stored
    struct made made = rotate(id, MINUTE, NOW);
    assert_error(&made, ERROR_STORE);
    restart_with("DROP TRIGGER t1;"
                 "CREATE TRIGGER t2 BEFORE UPDATE ON keys WHEN NEW.replaced_by != ''"
                 " BEGIN SELECT RAISE(ABORT, 'no rotation'); END");
    made = rotate(id, MINUTE, NOW); // the second one is not
    assert_error(&made, ERROR_STORE);
    assert_state(old.text, NOW + 5 * HOUR - 1, KEY_VALID);
    assert_string_equal(keys_get(keys, str_of(id))->replaced_by, "");
    assert_int_equal(keys_count(keys), 1);
    restart_with("DROP TRIGGER t2");
    assert_state(old.text, NOW + 5 * HOUR - 1, KEY_VALID);
    for (size_t i = 0; i < keys_count(keys); i++) { // the new one has ended
        const struct key_holder *holder = keys_at(keys, i);
        assert_true(strcmp(holder->id, id) == 0 || key_state(holder, NOW) == KEY_REVOKED);
    }
    made = rotate(id, MINUTE, NOW);
    assert_false(made.failed);
}

// ---- the last use, and many ------------------------------------------------------------------

static void the_last_use_is_stored_once_a_minute(void **state) {
    (void)state;
    struct made made = create_fine("one", 0);
    keys_tick(keys, NOW);
    assert_int_equal(keys->changing, 0); // nobody has used it
    assert_state(made.text, NOW + 1, KEY_VALID);
    keys_tick(keys, NOW + 2);
    assert_int_equal(keys->changing, 1);
    while (keys->changing > 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    for (int64_t later = 3; later < MINUTE; later += 1000) {
        assert_state(made.text, NOW + later, KEY_VALID);
        keys_tick(keys, NOW + later);
        assert_int_equal(keys->changing, 0);
    }
    keys_tick(keys, NOW + 2 + MINUTE);
    assert_int_equal(keys->changing, 1);
    assert_state(made.text, NOW + 3 * MINUTE, KEY_VALID);
    restart(); // which stores the last one, too
    assert_int_equal(keys_at(keys, 0)->last_used_at, NOW + 3 * MINUTE);
}

static void a_last_use_that_could_not_be_stored_is_tried_again(void **state) {
    (void)state;
    struct made made = create_fine("one", 0);
    restart_with(NO_CHANGES);
    assert_state(made.text, NOW, KEY_VALID);
    keys_tick(keys, NOW);
    while (keys->changing > 0) {
        uv_run(&loop, UV_RUN_ONCE);
    }
    keys_tick(keys, NOW + MINUTE);
    assert_int_equal(keys->changing, 1);
    restart_with("DROP TRIGGER t2");
    assert_int_equal(keys_at(keys, 0)->last_used_at, 0);
}

static void many_keys_are_found_and_bounded(void **state) {
    (void)state;
    struct made *made = calloc(LIMIT_KEYS + 1, sizeof *made);
    for (unsigned i = 0; i < LIMIT_KEYS; i++) {
        keys_create(keys, STR("many"), READ, 0, NOW, on_made, &made[i]);
    }
    struct made over = create("over", READ, 0);
    assert_error(&over, ERROR_UNAVAILABLE);
    run_until(&made[LIMIT_KEYS - 1].told, 1);
    for (unsigned i = 0; i < LIMIT_KEYS; i++) {
        assert_state(made[i].text, NOW, KEY_VALID);
    }
    over = rotate(made[0].holder->id, 0, NOW);
    assert_error(&over, ERROR_UNAVAILABLE);
    struct told told = {0};
    keys_revoke(keys, str_of(made[0].holder->id), NOW, on_done, &told);
    assert_all_done(&told, 1);
    create_fine("in its place", 0);
    restart();
    assert_int_equal(keys_count(keys), LIMIT_KEYS + 1);
    for (unsigned i = 1; i < LIMIT_KEYS; i++) {
        assert_state(made[i].text, NOW, KEY_VALID);
        assert_ptr_equal(keys_get(keys, str_of(keys_at(keys, i)->id)), keys_at(keys, i));
    }
    free(made);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_keys, finish_keys)
    static const struct CMUnitTest tests[] = {
            TEST(a_key_is_given_once_and_found_again),
            TEST(a_key_has_the_documented_form),
            TEST(a_mistyped_key_is_recognised),
            TEST(the_key_itself_is_not_on_the_disk),
            TEST(what_cannot_be_a_key_is_refused),
            TEST(a_key_that_cannot_be_stored_is_none),
            TEST(permissions_keep_their_numbers),
            TEST(a_key_is_valid_until_its_expiry),
            TEST(a_revoked_key_is_refused_at_once_and_for_ever),
            TEST(an_unknown_id_is_an_error),
            TEST(a_revocation_that_cannot_be_stored_holds_until_the_restart),
            TEST(both_keys_are_valid_while_they_overlap),
            TEST(an_overlap_makes_no_key_live_longer),
            TEST(what_has_ended_is_not_rotated),
            TEST(of_two_rotations_at_once_one_is_refused),
            TEST(a_key_that_is_revoked_meanwhile_gets_no_successor),
            TEST(a_rotation_that_fails_leaves_the_old_key_as_it_was),
            TEST(the_last_use_is_stored_once_a_minute),
            TEST(a_last_use_that_could_not_be_stored_is_tried_again),
            TEST(many_keys_are_found_and_bounded),
    };
    return cmocka_run_group_tests_name("operations_keys", tests, NULL, NULL);
}
