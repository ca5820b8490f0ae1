// API keys and answers for retries as rows: what was put is there after a restart, and the last put
// counts.
#include "store_fixture.h"

// ---- keys ------------------------------------------------------------------------------------

static struct {
    size_t count;
    struct store_key keys[8];
    char names[8][32];
} read_back;

static void keep_key(void *context, const struct store_key *key) {
    (void)context;
    size_t i = read_back.count++;
    read_back.keys[i] = *key;
    snprintf(read_back.names[i], sizeof read_back.names[i], "%.*s", STR_ARGS(key->name));
}

static void read_keys(void) {
    reopen_store();
    read_back.count = 0;
    assert_true(store_keys(store, keep_key, NULL, &error));
}

static struct store_key sample_key(const char *id, int64_t created_at) {
    struct store_key key = {
            .name = STR("deploy"),
            .permissions = UINT64_MAX - 5, // every bit is kept, the sign too
            .created_at = created_at,
            .expires_at = 5,
            .revoked_at = 6,
            .last_used_at = 7,
            .replaced_by = "replacement1",
    };
    snprintf(key.id, sizeof key.id, "%s", id);
    memset(key.hash, id[0], sizeof key.hash);
    return key;
}

static void put_key(const struct store_key *key) {
    struct told told = {0};
    store_key_put(store, key, on_done, &told);
    assert_all_done(&told, 1);
}

static void a_key_comes_back_with_every_field(void **state) {
    (void)state;
    struct store_key key = sample_key("aaaaaaaaaaaa", 4);
    put_key(&key);
    read_keys();
    assert_int_equal(read_back.count, 1);
    const struct store_key *back = &read_back.keys[0];
    assert_string_equal(back->id, key.id);
    assert_string_equal(read_back.names[0], "deploy");
    assert_memory_equal(back->hash, key.hash, sizeof key.hash);
    assert_true(back->permissions == key.permissions);
    assert_int_equal(back->created_at, 4);
    assert_int_equal(back->expires_at, 5);
    assert_int_equal(back->revoked_at, 6);
    assert_int_equal(back->last_used_at, 7);
    assert_string_equal(back->replaced_by, key.replaced_by);
}

static void keys_come_oldest_first_also_after_changes(void **state) {
    (void)state;
    struct store_key first = sample_key("zzzzzzzzzzzz", 1);
    struct store_key second = sample_key("aaaaaaaaaaaa", 2);
    struct store_key third = sample_key("mmmmmmmmmmmm", 3);
    put_key(&first);
    put_key(&second);
    put_key(&third);
    first.name = STR("renamed");
    put_key(&first);
    read_keys();
    assert_int_equal(read_back.count, 3);
    assert_string_equal(read_back.keys[0].id, first.id);
    assert_string_equal(read_back.names[0], "renamed");
    assert_string_equal(read_back.keys[1].id, second.id);
    assert_string_equal(read_back.keys[2].id, third.id);
}

static void two_keys_cannot_have_one_hash(void **state) {
    (void)state;
    struct told told = {0};
    struct store_key key = sample_key("aaaaaaaaaaaa", 1);
    put_key(&key);
    snprintf(key.id, sizeof key.id, "another");
    store_key_put(store, &key, on_done, &told);
    run_until(&told.count, 1);
    assert_int_equal(told.error.code, ERROR_STORE);
    read_keys();
    assert_int_equal(read_back.count, 1);
}

static void a_row_that_is_no_key_is_an_error(void **state) {
    (void)state;
    static const char *const changed[] = {
            "UPDATE keys SET id = 'longer than an id can be'",
            "UPDATE keys SET id = 'ok', replaced_by = 'longer than an id can be'",
            "UPDATE keys SET replaced_by = '', hash = x'00'",
    };
    struct store_key key = sample_key("aaaaaaaaaaaa", 1);
    put_key(&key);
    for (size_t i = 0; i < sizeof changed / sizeof changed[0]; i++) {
        close_store();
        run_sql("secure.db", changed[i]);
        open_store();
        assert_false(store_keys(store, keep_key, NULL, &error));
        assert_int_equal(error.code, ERROR_STORE);
    }
}

// ---- retries ---------------------------------------------------------------------------------

static struct {
    unsigned told;
    bool found, failed;
    int status;
    char fingerprint[32], body[32];
} answer;

static void on_found(void *context, bool found, struct str fingerprint, int status, struct str body,
        const struct error *why) {
    (void)context;
    answer.told++;
    answer.found = found;
    answer.failed = why != NULL;
    answer.status = status;
    snprintf(answer.fingerprint, sizeof answer.fingerprint, "%.*s", STR_ARGS(fingerprint));
    snprintf(answer.body, sizeof answer.body, "%.*s", STR_ARGS(body));
}

static void get_answer(const char *actor, const char *key) {
    memset(&answer, 0, sizeof answer);
    store_retry_get(store, str_of(actor), str_of(key), on_found, NULL);
    run_until(&answer.told, 1);
    assert_false(answer.failed);
}

static void put_answer(const char *actor, const char *key, const char *body) {
    struct told told = {0};
    store_retry_put(
            store, str_of(actor), str_of(key), STR("print"), 201, str_of(body), on_done, &told);
    assert_all_done(&told, 1);
}

static void an_answer_is_found_by_actor_and_key(void **state) {
    (void)state;
    put_answer("key1", "abc", "{\"a\":1}");
    put_answer("key2", "abc", "{\"b\":1}");
    reopen_store();
    get_answer("key1", "abc");
    assert_true(answer.found);
    assert_int_equal(answer.status, 201);
    assert_string_equal(answer.fingerprint, "print");
    assert_string_equal(answer.body, "{\"a\":1}");
    get_answer("key2", "abc");
    assert_string_equal(answer.body, "{\"b\":1}");
    get_answer("key1", "ab");
    assert_false(answer.found);
    get_answer("", "");
    assert_false(answer.found);
}

static void the_last_answer_counts(void **state) {
    (void)state;
    put_answer("key1", "abc", "first");
    put_answer("key1", "abc", "");
    get_answer("key1", "abc");
    assert_true(answer.found);
    assert_string_equal(answer.body, "");
}

static void answers_are_forgotten_after_a_day(void **state) {
    (void)state;
    put_answer("key1", "old", "x");
    put_answer("key1", "new", "x");
    close_store();
    run_sql("secure.db",
            "UPDATE retries SET at = at - 86400001 WHERE key = 'old';"
            "UPDATE retries SET at = at - 86340000 WHERE key = 'new'"); // a minute less
    open_store();
    get_answer("key1", "old"); // also before anything removes it
    assert_false(answer.found);
    get_answer("key1", "new");
    assert_true(answer.found);
    put_answer("key1", "other", "x");
    close_store();
    assert_int_equal(ask_sql("secure.db", "SELECT count(*) FROM retries"), 2);
    open_store();
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_key_comes_back_with_every_field),
            TEST(keys_come_oldest_first_also_after_changes),
            TEST(two_keys_cannot_have_one_hash),
            TEST(a_row_that_is_no_key_is_an_error),
            TEST(an_answer_is_found_by_actor_and_key),
            TEST(the_last_answer_counts),
            TEST(answers_are_forgotten_after_a_day),
    };
    return cmocka_run_group_tests_name("store_keys", tests, NULL, NULL);
}
