// Login tokens and sessions: single use, ages, limits.
#include "serve/session.h"

#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct sessions *sessions;

static int start(void **state) {
    (void)state;
    sessions = sessions_create();
    return 0;
}

static int stop(void **state) {
    (void)state;
    sessions_destroy(sessions);
    return 0;
}

struct secret {
    char text[SESSION_SECRET_BYTES];
};

static struct secret new_token(int64_t now) {
    struct secret token;
    session_new_token(sessions, now, &(struct session_owner){"key_1", 0x5}, token.text);
    return token;
}

static bool login(int64_t now, struct secret token, struct secret *id) {
    return session_login(sessions, now, str_of(token.text), id->text);
}

static struct secret new_session(int64_t now) {
    struct secret id;
    assert_true(login(now, new_token(now), &id));
    return id;
}

static bool finds(int64_t now, struct secret id) {
    struct session_owner owner = {"", 0};
    bool found = session_find(sessions, now, str_of(id.text), &owner);
    assert_int_equal(owner.permissions, found ? 0x5 : 0); // those of the token
    assert_string_equal(owner.actor, found ? "key_1" : "");
    return found;
}

static void secrets_are_256_bits_that_fit_in_an_address(void **state) {
    (void)state;
    struct secret token = new_token(0), other = new_token(0);
    assert_int_equal(strlen(token.text), 43);
    assert_int_equal(strspn(token.text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                        "0123456789-_"),
            43);
    assert_string_not_equal(token.text, other.text);
}

static void a_token_works_once(void **state) {
    (void)state;
    struct secret token = new_token(0), id, none = {"untouched"};
    assert_true(login(1, token, &id));
    assert_true(finds(2, id));
    assert_false(login(3, token, &none));
    assert_string_equal(none.text, "untouched");
    assert_string_not_equal(token.text, id.text);
}

static void a_token_works_for_ten_minutes(void **state) {
    (void)state;
    struct secret early = new_token(1000), late = new_token(1000), id;
    assert_true(login(1000 + 10 * 60 * 1000 - 1, early, &id));
    assert_false(login(1000 + 10 * 60 * 1000, late, &id));
}

static void what_is_no_token_does_nothing(void **state) {
    (void)state;
    struct secret token = new_token(0), id;
    struct secret wrong = token;
    wrong.text[42] = wrong.text[42] == 'A' ? 'B' : 'A';
    assert_false(login(1, wrong, &id));
    assert_false(session_login(sessions, 1, STR(""), id.text));
    assert_false(session_login(sessions, 1, (struct str){token.text, 42}, id.text));
    struct session_owner owner;
    assert_false(session_find(sessions, 1, STR(""), &owner));
    assert_false(finds(1, token)); // a token is no session
    assert_true(login(1, token, &id));
    assert_false(login(1, id, &id)); // nor a session a token
}

static void the_oldest_unused_token_makes_room(void **state) {
    (void)state;
    struct secret first = new_token(0), second = new_token(1), id;
    for (unsigned i = 2; i < LIMIT_LOGIN_TOKENS + 1; i++) {
        new_token(i);
    }
    assert_false(login(100, first, &id));
    assert_true(login(100, second, &id));
}

static void a_session_ends_twelve_hours_after_its_last_use(void **state) {
    (void)state;
    const int64_t hour = 60 * 60 * 1000;
    struct secret id = new_session(0);
    for (int64_t at = 11; at <= 99; at += 11) {
        assert_true(finds(at * hour, id));
    }
    assert_true(finds(111 * hour - 1, id));
    assert_false(finds(123 * hour, id));
    assert_false(finds(123 * hour, id));
    assert_int_equal(sessions_count(sessions), 0);
}

static void a_thousand_sessions_are_the_most_and_the_idlest_makes_room(void **state) {
    (void)state;
    struct secret idle = new_session(0), used = new_session(1);
    for (unsigned i = 2; i < LIMIT_SESSIONS; i++) {
        new_session(i);
    }
    assert_true(finds(2000, used));
    assert_true(finds(2000, idle));
    assert_true(finds(3000, used));
    struct secret newest = new_session(3000); // takes the place of the one of time 2
    assert_int_equal(sessions_count(sessions), LIMIT_SESSIONS);
    assert_true(finds(3001, idle));
    assert_true(finds(3001, used));
    assert_true(finds(3001, newest));
}

static void a_restart_forgets_everything(void **state) {
    (void)state;
    struct secret token = new_token(0), id = new_session(0), other;
    sessions_destroy(sessions);
    sessions = sessions_create();
    assert_false(login(1, token, &other));
    assert_false(finds(1, id));
}

static void the_cookie_is_found_among_others(void **state) {
    (void)state;
    static const struct {
        const char *header, *value;
    } rows[] = {
            {"w=1", "1"},
            {"a=2; w=1", "1"},
            {"a=2;w=1; b=3", "1"},
            {"w=1; w=2", "1"},
            {"ww=2; w=1", "1"},
            {"a=w=2; w=1", "1"},
            {"w=", ""},
            {"w", ""},
            {"", ""},
            {";;; ;", ""},
            {"xw=1", ""},
            {"W=1", ""},
            {"w=a=b", "a=b"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        assert_true(str_is(session_cookie(str_of(rows[i].header), STR("w")), rows[i].value));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(secrets_are_256_bits_that_fit_in_an_address),
            TEST(a_token_works_once),
            TEST(a_token_works_for_ten_minutes),
            TEST(what_is_no_token_does_nothing),
            TEST(the_oldest_unused_token_makes_room),
            TEST(a_session_ends_twelve_hours_after_its_last_use),
            TEST(a_thousand_sessions_are_the_most_and_the_idlest_makes_room),
            TEST(a_restart_forgets_everything),
            TEST(the_cookie_is_found_among_others),
    };
    return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
