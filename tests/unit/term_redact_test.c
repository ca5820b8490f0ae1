// Which keys are secret, what is left of a term without its secrets, and that the rest is shared.
#include "limits.h"
#include "term/print.h"
#include "term/read.h"
#include "term/redact.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

#include <cmocka.h>

static struct arena arena;
static struct error error;

static int setup(void **state) {
    (void)state;
    arena_init(&arena);
    return 0;
}

static int teardown(void **state) {
    (void)state;
    arena_finish(&arena);
    return 0;
}

static const struct term *read_term(const char *text) {
    struct term *term = arena_take(&arena, 1, sizeof *term);
    if (!read_elixir(&arena, str_of(text), STR("a@b"), 0, term, &error)) {
        fail_msg("%s: %s", text, error.message);
    }
    return term;
}

static void assert_prints(const struct term *term, const char *expected) {
    struct buffer text;
    buffer_init(&text);
    print_term(&text, term, STR("a@b"), &print_default);
    buffer_add_u8(&text, '\0');
    assert_string_equal(text.at, expected);
    buffer_finish(&text);
}

static void assert_redacted(const char *text, const char *expected) {
    const struct term *term = read_term(text);
    assert_prints(redact(&arena, term, &redact_default), expected);
    assert_prints(term, arena_printf(&arena, "%s", text).at); // as it was
}

static void names_match_by_whole_words(void **state) {
    (void)state;
    static const char *const secret[] = {"password", "Password", "PASSWORD", "db_password",
            "dbPassword", "DBPassword", "db-password", "password_hash", "password2", "db.password",
            "apiKey", "APIKey", "api_key", "api-key", "apikey", "API_KEY", "stripe_api_key_id",
            "X-Api-Key", "accessToken", "OAuth2TokenUrl", "token", "passwd", "secret",
            "secret_key_base", "clientSecret", "privateKey", "privatekey", "cookie", "Set-Cookie",
            "credentials", "aws_credentials", "authorization", "Proxy-Authorization", "_token_",
            "token?"};
    for (size_t i = 0; i < sizeof secret / sizeof secret[0]; i++) {
        if (!redact_matches(&redact_default, str_of(secret[i]))) {
            fail_msg("%s should be secret", secret[i]);
        }
    }
    static const char *const plain[] = {"", "_", "passwordless", "tokenizer", "secretary", "key",
            "api", "api_the_key", "keyApi", "monkey", "author", "author_ization_x", "cookiecutter",
            "Elixir.Token", "Elixir.MyApp.Secret", "p", "tok", "private", "private_keyring",
            "名前"};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) {
        if (redact_matches(&redact_default, str_of(plain[i]))) {
            fail_msg("%s should not be secret", plain[i]);
        }
    }
}

static void other_names_may_be_written_in_any_way(void **state) {
    (void)state;
    const struct str names[] = {STR("Credit-Card"), STR("iban2"), STR(""), STR("--"), STR("größe")};
    struct redaction redaction = redact_names(&arena, names, sizeof names / sizeof names[0]);
    assert_int_equal(redaction.count, 3);
    assert_true(redact_matches(&redaction, STR("creditCard")));
    assert_true(redact_matches(&redaction, STR("the_credit_card_number")));
    assert_true(redact_matches(&redaction, STR("CREDITCARD")));
    assert_true(redact_matches(&redaction, STR("myIBAN2")));
    assert_true(redact_matches(&redaction, STR("die_größe")));
    assert_false(redact_matches(&redaction, STR("credit")));
    assert_false(redact_matches(&redaction, STR("password")));
    struct redaction none = redact_names(&arena, NULL, 0);
    assert_false(redact_matches(&none, STR("password")));
}

static void long_names_are_compared_up_to_the_limit(void **state) {
    (void)state;
    char name[LIMIT_ATOM_BYTES + 1];
    for (size_t i = 0; i < sizeof name; i++) {
        name[i] = i % 2 == 0 ? 'a' : 'B'; // a word each
    }
    memcpy(name + 4, "Token", 5);
    assert_true(redact_matches(&redact_default, (struct str){name, LIMIT_ATOM_BYTES}));
    assert_false(redact_matches(&redact_default, (struct str){name, LIMIT_ATOM_BYTES + 1}));
}

static void values_of_secret_keys_are_replaced(void **state) {
    (void)state;
    assert_redacted("%{a: 1, password: \"x\"}", "%{a: 1, password: \"[redacted]\"}");
    assert_redacted(
            "%{\"apiKey\" => %{a: 1}, \"b\" => 2}", "%{\"apiKey\" => \"[redacted]\", \"b\" => 2}");
    assert_redacted("[name: 1, token: nil]", "[name: 1, token: \"[redacted]\"]");
    assert_redacted("{:ok, %Repo{opts: [host: \"h\", db_password: 'pw']}}",
            "{:ok, %Repo{opts: [host: \"h\", db_password: \"[redacted]\"]}}");
    assert_redacted("{\"authorization\", \"Bearer 1\"}", "{\"authorization\", \"[redacted]\"}");
    assert_redacted("[{'authorization', 'Basic 1'}, {'host', 'h'}]",
            "[{'authorization', \"[redacted]\"}, {'host', 'h'}]");
    assert_redacted("[1 | {:secret, 2}]", "[1 | {:secret, \"[redacted]\"}]");
    assert_redacted("%{{:token, 1} => {:token, 2}}",
            "%{{:token, \"[redacted]\"} => {:token, \"[redacted]\"}}");
    assert_redacted("%{secret: %{secret: 1}}", "%{secret: \"[redacted]\"}");
    assert_redacted("{:secret, [1, 2]}", "{:secret, \"[redacted]\"}");
}

static void what_is_not_the_value_of_a_key_stays(void **state) {
    (void)state;
    static const char *const texts[] = {":password", "[:password, 1]", "{:password}",
            "{:password, 1, 2}", "{1, :password}", "%{1 => :password}", "[]", "{}", "%{}",
            "{{:password}, 1}", "{'', 1}", "{[1 | 2], 3}", "%{:passwordless => 1, \"key\" => 2}",
            "{MyApp.Token, 1}", "{<<112::5>>, 1}"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        const struct term *term = read_term(texts[i]);
        assert_ptr_equal(redact(&arena, term, &redact_default), term);
    }
}

static void unchanged_parts_are_shared(void **state) {
    (void)state;
    const struct term *term = read_term("{[1, 2], %{password: 1}, {3, [4]}}");
    const struct term *redacted = redact(&arena, term, &redact_default);
    assert_ptr_not_equal(redacted, term);
    assert_ptr_equal(redacted->items[0].items, term->items[0].items);
    assert_ptr_not_equal(redacted->items[1].items, term->items[1].items);
    assert_ptr_equal(redacted->items[2].items, term->items[2].items);
}

static void deep_terms_take_no_stack(void **state) {
    (void)state;
    const size_t depth = 1000000;
    struct term *cells = arena_take(&arena, depth + 1, 2 * sizeof *cells);
    cells[0] = (struct term){.type = TERM_ATOM, .text = STR("token")};
    cells[1] = (struct term){.type = TERM_INTEGER, .integer = 1};
    for (size_t i = 1; i <= depth; i++) {
        cells[2 * i] = (struct term){.type = TERM_INTEGER, .integer = 1};
        cells[2 * i + 1] = (struct term){.type = TERM_TUPLE, .size = 2, .items = &cells[2 * i - 2]};
    }
    struct term top = {.type = TERM_TUPLE, .size = 2, .items = &cells[2 * depth]};
    const struct term *inner = redact(&arena, &top, &redact_default);
    for (size_t i = 0; i < depth; i++) {
        inner = &inner->items[1];
    }
    assert_prints(inner, "{:token, \"[redacted]\"}");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static void passwords_in_addresses_are_redacted(void **state) {
    (void)state;
    assert_redacted("[url: \"postgres://me:hunter2@db:5432/shop?a=b\"]",
            "[url: \"postgres://me:[redacted]@db:5432/shop?a=b\"]");
    assert_redacted("{\"amqp://u:a:b@h\"}", "{\"amqp://u:[redacted]@h\"}");
    assert_redacted("\"see https://u:p@h and more\"", "\"see https://u:[redacted]@h and more\"");
    static const char *const harmless[] = {"\"http://h:80/a@b\"", "\"a@b.c\"", "\"://\"",
            "\"http://user@h\"", "\"http://u:@h\"", "\"12:30 user@h\""};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        assert_redacted(harmless[i], harmless[i]);
    }
}

static void values_in_texts_are_redacted(void **state) {
    (void)state;
    assert_redacted("\"password=hunter2&user=me\"", "\"password=[redacted]&user=me\"");
    assert_redacted("{\"login with password: hunter2 failed, token=abc\"}",
            "{\"login with password: [redacted] failed, token=[redacted]\"}");
    assert_redacted("\"Authorization: Bearer hunter2\"", "\"Authorization: Bearer [redacted]\"");
    assert_redacted("\"{\\\"api_key\\\":\\\"hunter2\\\",\\\"a\\\":1}\"",
            "\"{\\\"api_key\\\":\\\"[redacted]\\\",\\\"a\\\":1}\"");
    assert_redacted("\"%{secret => 'hunter2'}\"", "\"%{secret => '[redacted]'}\"");
    assert_redacted("'password=hunter2'", "\"password=[redacted]\"");
    assert_redacted("['postgres://me:hunter2@db/x', 1]", "[\"postgres://me:[redacted]@db/x\", 1]");
    static const char *const harmless[] = {"\"a=b\"", "\"password\"", "\"password=\"", "\"=:=\"",
            "\"no password, none: really\"", "'a: b'"};
    for (size_t i = 0; i < sizeof harmless / sizeof harmless[0]; i++) {
        assert_redacted(harmless[i], harmless[i]);
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            TEST(names_match_by_whole_words),
            TEST(passwords_in_addresses_are_redacted),
            TEST(values_in_texts_are_redacted),
            TEST(other_names_may_be_written_in_any_way),
            TEST(long_names_are_compared_up_to_the_limit),
            TEST(values_of_secret_keys_are_replaced),
            TEST(what_is_not_the_value_of_a_key_stays),
            TEST(unchanged_parts_are_shared),
            TEST(deep_terms_take_no_stack),
    };
    return cmocka_run_group_tests_name("term_redact", tests, NULL, NULL);
}
