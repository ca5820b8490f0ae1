// API keys end when they should, at once or after an overlap, and what happens when the store
// fails.
#include "operations_keys_fixture.h"

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

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin_keys, finish_keys)
    static const struct CMUnitTest tests[] = {
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
    };
    return cmocka_run_group_tests_name("operations_keys_change", tests, NULL, NULL);
}
