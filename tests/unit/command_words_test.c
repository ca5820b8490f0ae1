// Words of the command line become an operation and its arguments.
#include "command/words.h"

#include "command/command.h"
#include "command/nearest.h"
#include "operations/example.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <wordexp.h>

static struct asked asked;
static struct error error;
static wordexp_t split; // `asked` borrows from it

static int finish(void **state) {
    (void)state;
    words_finish(&asked);
    asked.arguments = NULL;
    wordfree(&split);
    split = (wordexp_t){0};
    return 0;
}

// Takes the words apart as a shell does.
static bool read_words(const char *words) {
    finish(NULL);
    memset(&error, 0, sizeof error);
    assert_int_equal(wordexp(words, &split, WRDE_NOCMD), 0);
    return words_read(&asked, (int)split.we_wordc, split.we_wordv, &error);
}

static void assert_arguments(const char *words, const char *json) {
    if (!read_words(words)) {
        fail_msg("%s: %s", words, error.message);
    }
    char *have = json_dumps(asked.arguments, JSON_COMPACT | JSON_SORT_KEYS);
    assert_string_equal(have, json);
    free(have);
}

static void assert_refused(const char *words, const char *message) {
    assert_false(read_words(words));
    if (strstr(error.message, message) == NULL) {
        fail_msg("%s: %s", words, error.message);
    }
}

static void values_have_the_type_of_their_argument(void **state) {
    (void)state;
    assert_arguments("whitebeam list_processes --page 2 --sort memory --fresh",
            "{\"fresh\":true,\"page\":2,\"sort\":\"memory\"}");
    assert_arguments("whitebeam list-processes --per-page=5", "{\"per_page\":5}");
    assert_arguments("whitebeam get_process 0.1.0 --include links,monitors",
            "{\"include\":[\"links\",\"monitors\"],\"pid\":\"0.1.0\"}");
}

static void booleans_may_stand_alone(void **state) {
    (void)state;
    assert_arguments(
            "whitebeam list_processes --fresh --node a@b", "{\"fresh\":true,\"node\":\"a@b\"}");
    assert_arguments("whitebeam list_processes --supervised false", "{\"supervised\":false}");
    assert_arguments("whitebeam list_processes --supervised=true", "{\"supervised\":true}");
    assert_arguments("whitebeam list_processes --no-supervised", "{\"supervised\":false}");
    assert_refused("whitebeam list_processes --supervised=maybe", "neither true nor false");
    assert_refused("whitebeam list_processes --no-page", "no argument --no-page");
}

static void words_without_a_name_stand_anywhere(void **state) {
    (void)state;
    assert_arguments("whitebeam exit_process --reason shutdown counter_1 --dry-run",
            "{\"dry_run\":true,\"pid\":\"counter_1\",\"reason\":\"shutdown\"}");
    assert_arguments("whitebeam exit_process -- --odd", "{\"pid\":\"--odd\"}");
    assert_arguments("whitebeam exit_process @@home", "{\"pid\":\"@home\"}");
    assert_arguments("whitebeam exit_process --pid -1", "{\"pid\":\"-1\"}");
}

static void flags_stand_before_or_behind(void **state) {
    (void)state;
    assert_arguments("whitebeam --state /x --json get_process a --yes --columns p,q --key-file /k",
            "{\"pid\":\"a\"}");
    assert_string_equal(asked.state, "/x");
    assert_string_equal(asked.key_file, "/k");
    assert_string_equal(asked.columns, "p,q");
    assert_true(asked.json && asked.yes && !asked.all);
    assert_refused(
            "whitebeam --jsn livez", "whitebeam has no argument --jsn; did you mean --json?");
    assert_refused("whitebeam livez --state", "--state needs a value");
    assert_refused("whitebeam livez --json=yes", "--json takes no value");
}

static void what_is_wrong_is_named(void **state) {
    (void)state;
    assert_refused("whitebeam get_proces", "did you mean get_process");
    assert_refused("whitebeam hlep", "did you mean help");
    assert_refused("whitebeam --json help", "help is a command of its own");
    assert_refused("whitebeam zzzzzzzzzz", "`whitebeam operations` lists them");
    assert_refused("whitebeam get_process a --pid b", "one word too many");
    assert_refused("whitebeam list_processes --page 1x", "'1x' is not an integer");
    assert_refused("whitebeam get_process a --nod b@c", "did you mean --node?");
}

// ---- the whole table -------------------------------------------------------------------------

static void no_command_has_the_name_of_an_operation(void **state) {
    (void)state;
    for (size_t i = 0; command_name(i) != NULL; i++) {
        assert_null(operation_find(str_of(command_name(i))));
    }
}

// What the documents show is what the program understands. Its file is replaced by a text, as it
// does not exist here.
static void every_example_is_understood(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        struct buffer words;
        buffer_init(&words);
        example_command(&words, operation);
        buffer_add_u8(&words, '\0');
        if (memchr(words.at, '@', words.length) != NULL && strstr(words.at, " @") != NULL) {
            buffer_finish(&words);
            continue;
        }
        if (!read_words(words.at)) {
            fail_msg("%s: %s", words.at, error.message);
        }
        assert_ptr_equal(asked.operation, operation);
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            assert_int_equal(
                    json_object_get(asked.arguments, a->name) != NULL, example_shows(operation, a));
        }
        buffer_finish(&words);
    }
}

static void every_argument_is_found_with_dashes(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        for (const struct argument *a = operation->arguments; a->name != NULL; a++) {
            struct buffer words;
            buffer_init(&words);
            buffer_printf(&words, "whitebeam %s --help --", operation->name);
            words_dashed(&words, a->name);
            buffer_add_text(&words, a->type == ARGUMENT_INTEGER ? "=1" : "=true");
            buffer_add_u8(&words, '\0');
            bool good = read_words(words.at);
            if (good == a->secret) {
                fail_msg("%s: %s", words.at, error.message);
            }
            buffer_finish(&words);
        }
    }
}

// ---- nearest names ---------------------------------------------------------------------------

static unsigned distance(const char *a, const char *b) {
    return nearest_distance(str_of(a), str_of(b));
}

static void slips_are_counted(void **state) {
    (void)state;
    assert_int_equal(distance("", ""), 0);
    assert_int_equal(distance("abc", ""), 3);
    assert_int_equal(distance("get_process", "get_proces"), 1);
    assert_int_equal(distance("get_process", "gte_process"), 1); // neighbours swapped
    assert_int_equal(distance("get-Process", "get_process"), 0);
    assert_int_equal(distance("kitten", "sitting"), 3);
}

static void the_nearest_come_first(void **state) {
    (void)state;
    const char *names[] = {"resume_process", "suspend_process", "list", "suspend"};
    const char *found[NEAREST_MOST];
    assert_int_equal(nearest_find(STR("suspned"), names, 4, found), 1);
    assert_string_equal(found[0], "suspend");
    assert_int_equal(nearest_find(STR("process"), names, 4, found), 2);
    assert_string_equal(found[0], "resume_process");
    assert_int_equal(nearest_find(STR("xyz"), names, 4, found), 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test_teardown(values_have_the_type_of_their_argument, finish),
            cmocka_unit_test_teardown(booleans_may_stand_alone, finish),
            cmocka_unit_test_teardown(words_without_a_name_stand_anywhere, finish),
            cmocka_unit_test_teardown(flags_stand_before_or_behind, finish),
            cmocka_unit_test_teardown(what_is_wrong_is_named, finish),
            cmocka_unit_test(no_command_has_the_name_of_an_operation),
            cmocka_unit_test_teardown(every_example_is_understood, finish),
            cmocka_unit_test_teardown(every_argument_is_found_with_dashes, finish),
            cmocka_unit_test(slips_are_counted),
            cmocka_unit_test(the_nearest_come_first),
    };
    return cmocka_run_group_tests_name("words", tests, NULL, NULL);
}
