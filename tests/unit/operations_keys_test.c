// API keys: their form, that they are found, that nothing is told before it is kept, and how many
// there may be.
#include "operations_keys_fixture.h"

#include <fcntl.h>

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
            TEST(the_last_use_is_stored_once_a_minute),
            TEST(a_last_use_that_could_not_be_stored_is_tried_again),
            TEST(many_keys_are_found_and_bounded),
    };
    return cmocka_run_group_tests_name("operations_keys", tests, NULL, NULL);
}
