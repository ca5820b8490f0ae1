// API keys in memory on a store of its own, which may be made to fail.
#ifndef WHITEBEAM_TESTS_OPERATIONS_KEYS_FIXTURE_H
#define WHITEBEAM_TESTS_OPERATIONS_KEYS_FIXTURE_H

#include "limits.h"
#include "operations/keys_private.h"
#include "operations/operation.h"
#include "store_fixture.h"

#define NOW    INT64_C(1800000000000)
#define HOUR   INT64_C(3600000)
#define MINUTE INT64_C(60000)
#define READ   (UINT64_C(1) << PERMISSION_READ_PROCESSES)
#define KILL   (UINT64_C(1) << PERMISSION_CONTROL_PROCESSES)

static struct keys *keys;

static inline void load(void) {
    keys = keys_load(store, &error);
    if (keys == NULL) {
        fail_msg("%s", error.message);
    }
}

static inline int begin_keys(void **state) {
    if (begin(state) != 0) {
        return -1;
    }
    load();
    return 0;
}

static inline void close_keys(void) {
    keys_flush(keys);
    close_store();
    keys_destroy(keys);
    keys = NULL;
}

static inline int finish_keys(void **state) {
    if (keys != NULL) {
        close_keys();
    }
    return finish(state);
}

static inline void restart(void) {
    close_keys();
    open_store();
    load();
}

// Another program changes the file, or makes changes of keys fail from now on.
static inline void restart_with(const char *sql) {
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

static inline void on_made(
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

static inline struct made create(const char *name, uint64_t permissions, int64_t expires_at) {
    struct made made = {0};
    keys_create(keys, str_of(name), permissions, expires_at, NOW, on_made, &made);
    run_until(&made.told, 1);
    return made;
}

static inline struct made create_fine(const char *name, int64_t expires_at) {
    struct made made = create(name, READ, expires_at);
    if (made.failed) {
        fail_msg("%s", made.error.message);
    }
    return made;
}

static inline struct made rotate(const char *id, int64_t overlap_ms, int64_t now) {
    struct made made = {0};
    keys_rotate(keys, str_of(id), overlap_ms, now, on_made, &made);
    run_until(&made.told, 1);
    return made;
}

static inline void assert_state(const char *text, int64_t now, enum key_state wanted) {
    enum key_state state;
    const struct key_holder *holder = keys_find(keys, str_of(text), now, &state);
    assert_string_equal(key_state_name(state), key_state_name(wanted));
    assert_true((holder != NULL) == (wanted == KEY_VALID));
}

static inline void assert_error(const struct made *made, enum error_code code) {
    assert_true(made->failed);
    assert_string_equal(error_text(made->error.code), error_text(code));
}

#endif
