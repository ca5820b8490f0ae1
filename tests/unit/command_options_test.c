// Flags and the configuration file of serve and demo.
#include "command/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <unistd.h>

static struct options options;
static struct error error;
static char path[64];

static int begin(void **state) {
    (void)state;
    snprintf(path, sizeof path, "/tmp/whitebeam_options_XXXXXX");
    int file = mkstemp(path);
    close(file);
    setenv("HOME", "/home/somebody", 1);
    unsetenv("XDG_STATE_HOME");
    return file >= 0 ? 0 : -1;
}

static int finish(void **state) {
    (void)state;
    return unlink(path);
}

// Words are separated by spaces; the flags follow `serve`, unless the words begin otherwise.
static bool read_words(const char *words) {
    static char text[70000];
    static char *argv[500];
    int argc = 1;
    argv[0] = "whitebeam";
    snprintf(text, sizeof text, "%s", words);
    for (char *word = strtok(text, " "); word != NULL; word = strtok(NULL, " ")) {
        argv[argc++] = word;
    }
    argv[argc] = NULL;
    memset(&error, 0, sizeof error);
    return options_read(&options, argc, argv, &error);
}

static void assert_good(const char *words) {
    if (!read_words(words)) {
        fail_msg("%s: %s", words, error.message);
    }
}

static void assert_refused(const char *words, const char *part) {
    assert_false(read_words(words));
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
    if (strstr(error.message, part) == NULL) {
        fail_msg("'%s' does not say '%s'", error.message, part);
    }
}

static const char *with_config(const char *text) {
    static char words[200];
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    snprintf(words, sizeof words, "serve --config %s", path);
    return words;
}

// ---- flags -----------------------------------------------------------------------------------

static void without_flags_there_are_defaults(void **state) {
    (void)state;
    assert_good("serve");
    assert_string_equal(options.address, "127.0.0.1");
    assert_int_equal(options.port, 4000);
    assert_string_equal(options.state, "/home/somebody/.local/state/whitebeam");
    assert_false(options.demo || options.verbose);
    assert_int_equal(options.attach_count, 0);
    assert_good("demo");
    assert_true(options.demo);
    assert_string_equal(options.state, "/home/somebody/.local/state/whitebeam-demo");
}

static void state_follows_the_environment(void **state) {
    (void)state;
    setenv("XDG_STATE_HOME", "/x/state", 1);
    assert_good("serve");
    assert_string_equal(options.state, "/x/state/whitebeam");
    setenv("XDG_STATE_HOME", "relative", 1); // the specification wants such to be ignored
    assert_good("serve");
    assert_string_equal(options.state, "/home/somebody/.local/state/whitebeam");
    unsetenv("XDG_STATE_HOME");
    unsetenv("HOME");
    assert_refused("serve", "--state");
    assert_good("serve --state /s");
    assert_string_equal(options.state, "/s");
}

static void flags_are_taken(void **state) {
    (void)state;
    assert_good("serve --attach a@h --listen=0.0.0.0:80 --cookie-file /c --verbose --attach b@h");
    assert_string_equal(options.address, "0.0.0.0");
    assert_int_equal(options.port, 80);
    assert_string_equal(options.cookie_file, "/c");
    assert_true(options.verbose);
    assert_int_equal(options.attach_count, 2);
    assert_string_equal(options.attach[0], "a@h");
    assert_string_equal(options.attach[1], "b@h");
    // Nothing of one reading is left in the next.
    assert_good("serve");
    assert_int_equal(options.attach_count, 0);
    assert_int_equal(options.port, 4000);
}

static void addresses_of_both_families_are_taken(void **state) {
    (void)state;
    static const struct {
        const char *words, *address;
        uint16_t port;
    } rows[] = {
            {"serve --listen [::1]:4001", "::1", 4001},
            {"serve --listen ::1:4001", "::1", 4001},
            {"serve --listen [::]:0", "::", 0},
            {"serve --listen [fe80::1%eth0]:65535", "fe80::1%eth0", 65535},
            {"serve --listen :5000", "127.0.0.1", 5000},
            {"serve --listen 10.0.0.1:1", "10.0.0.1", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_good(rows[i].words);
        assert_string_equal(options.address, rows[i].address);
        assert_int_equal(options.port, rows[i].port);
    }
}

static void wrong_addresses_are_refused(void **state) {
    (void)state;
    static const char *const wrong[] = {"4000", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "[::1]",
            "127.0.0.1:65536", "127.0.0.1:-1", "127.0.0.1:99999999999999999999", "127.0.0.1:80x"};
    char words[200];
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        snprintf(words, sizeof words, "serve --listen %s", wrong[i]);
        assert_refused(words, wrong[i]);
    }
    snprintf(words, sizeof words, "serve --listen %0100d:80", 1);
    assert_refused(words, "too long");
}

static void unknown_words_are_refused(void **state) {
    (void)state;
    assert_refused("serve --nothing", "whitebeam help");
    assert_refused("serve --listen", "whitebeam help");
    assert_refused("serve --verbose=1", "whitebeam help");
    assert_refused("serve -x", "whitebeam help");
    assert_refused("serve word", "'word'");
    assert_refused("serve word --listen 127.0.0.1:1", "'word'");
    assert_refused("serve --listen 127.0.0.1:1 -- word", "'word'");
}

static void values_that_are_too_long_are_refused(void **state) {
    (void)state;
    static char words[6000];
    snprintf(words, sizeof words, "serve --state /%05000d", 1);
    assert_refused(words, "--state");
    snprintf(words, sizeof words, "serve --attach %0300d@h", 1);
    assert_refused(words, "--attach");
    snprintf(words, sizeof words, "serve --cookie-file /%05000d", 1);
    assert_refused(words, "--cookie-file");
}

static void only_so_many_nodes_can_be_attached(void **state) {
    (void)state;
    static char words[4000] = "serve";
    for (unsigned i = 0; i < LIMIT_NODES; i++) {
        strcat(words, " --attach a@h");
    }
    assert_good(words);
    assert_int_equal(options.attach_count, LIMIT_NODES);
    strcat(words, " --attach a@h");
    assert_refused(words, "64");
}

// ---- the file --------------------------------------------------------------------------------

static void the_file_is_read(void **state) {
    (void)state;
    assert_good(with_config("# a comment\n"
                            "listen = \"[::1]:7000\"\n"
                            "state = \"/var/lib/whitebeam\"\n"
                            "cookie_file = \"/etc/cookie\"\n"
                            "attach = {\"a@h\", \"b@h\"}\n"
                            "hosts = {\"bench.example.org\"}\n"));
    assert_string_equal(options.address, "::1");
    assert_int_equal(options.port, 7000);
    assert_string_equal(options.state, "/var/lib/whitebeam");
    assert_string_equal(options.cookie_file, "/etc/cookie");
    assert_int_equal(options.attach_count, 2);
    assert_string_equal(options.attach[1], "b@h");
    assert_int_equal(options.host_count, 1);
    assert_string_equal(options.hosts[0], "bench.example.org");
}

static void flags_win_over_the_file(void **state) {
    (void)state;
    char words[400];
    snprintf(words, sizeof words, "serve --listen 127.0.0.1:1 %s --state /s --attach c@h",
            with_config("listen = \"127.0.0.1:2\"\nstate = \"/t\"\nattach = {\"a@h\"}\n") + 6);
    assert_good(words);
    assert_int_equal(options.port, 1);
    assert_string_equal(options.state, "/s");
    assert_int_equal(options.attach_count, 2);
}

static void an_empty_file_changes_nothing(void **state) {
    (void)state;
    assert_good(with_config(""));
    assert_int_equal(options.port, 4000);
}

static void mistakes_in_the_file_are_told_with_their_line(void **state) {
    (void)state;
    char place[100];
    static const struct {
        const char *text;
        int line;
    } rows[] = {
            {"listen = \"127.0.0.1:1\"\nnothing = 5\n", 2},
            {"nothing = 5\n", 1},
            {"\n\n\nlisten \"x\"\n", 4},
            {"attach = {\"a@h\", }}\n", 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        snprintf(place, sizeof place, "%s:%d:", path, rows[i].line);
        assert_refused(with_config(rows[i].text), place);
    }
}

static void every_broken_file_has_a_message(void **state) {
    (void)state;
    static const char *const broken[] = {"listen = \"no end", "listen", "listen =", "= 5",
            "listen = {\"a\"}", "}", "attach = {", "listen = \"a\" \"b\""};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        assert_refused(with_config(broken[i]), "");
        assert_true(strlen(error.message) > 0);
    }
    assert_refused(with_config("listen = \"nowhere\"\n"), "nowhere");
    assert_refused("serve --config /no/such/file", "/no/such/file");
}

static void more_hosts_than_fit_are_refused(void **state) {
    (void)state;
    char text[600] = "hosts = {\"h0\"";
    for (int i = 1; i < 16; i++) {
        strcat(text, ", \"h\"");
    }
    size_t length = strlen(text);
    strcat(text, "}\n");
    assert_good(with_config(text));
    assert_int_equal(options.host_count, 16);
    snprintf(text + length, sizeof text - length, ", \"one_more\"}\n");
    assert_refused(with_config(text), "hosts");
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(without_flags_there_are_defaults),
            TEST(state_follows_the_environment),
            TEST(flags_are_taken),
            TEST(addresses_of_both_families_are_taken),
            TEST(wrong_addresses_are_refused),
            TEST(unknown_words_are_refused),
            TEST(values_that_are_too_long_are_refused),
            TEST(only_so_many_nodes_can_be_attached),
            TEST(the_file_is_read),
            TEST(flags_win_over_the_file),
            TEST(an_empty_file_changes_nothing),
            TEST(mistakes_in_the_file_are_told_with_their_line),
            TEST(every_broken_file_has_a_message),
            TEST(more_hosts_than_fit_are_refused),
    };
    return cmocka_run_group_tests_name("command_options", tests, NULL, NULL);
}
