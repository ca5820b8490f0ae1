// Running whitebeam-render: what comes of pictures and documents, and that whatever the program
// does, the callback comes once and in time. Scripts stand for a program that misbehaves.
#include "sandbox/renderer.h"

#include "base/must.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

static uv_loop_t loop;
static char program[4300]; // the real one
static char home[] = "/tmp/sandbox_renderer_test.XXXXXX";
static char script[64];

struct outcome {
    unsigned calls;
    char *bytes;
    size_t length;
    struct error error;
};

static void take(void *context, struct str bytes, const struct error *error) {
    struct outcome *outcome = context;
    outcome->calls++;
    if (error != NULL) {
        assert_int_equal(bytes.length, 0);
        outcome->error = *error;
        return;
    }
    outcome->length = bytes.length;
    outcome->bytes = realloc(outcome->bytes, bytes.length + 1);
    must(outcome->bytes != NULL);
    memcpy(outcome->bytes, bytes.at, bytes.length);
    outcome->bytes[bytes.length] = '\0';
}

static int begin(void **state) {
    (void)state;
    alarm(60);
    return uv_loop_init(&loop);
}

// Nothing is left over.
static int finish(void **state) {
    (void)state;
    return uv_loop_close(&loop);
}

static void run_loop(void) {
    assert_int_equal(uv_run(&loop, UV_RUN_DEFAULT), 0);
}

static struct outcome run(const char *path, enum renderer_format format, struct str input) {
    struct outcome outcome = {0};
    renderer_run(&loop, path, format, input, take, &outcome);
    run_loop();
    assert_int_equal(outcome.calls, 1);
    return outcome;
}

static void write_script(const char *text) {
    FILE *file = fopen(script, "w");
    must(file != NULL);
    fputs(text, file);
    must(fchmod(fileno(file), 0700) == 0 && fclose(file) == 0);
}

// A program that does what the shell's words say.
static struct outcome run_script(const char *words) {
    char text[500];
    snprintf(text, sizeof text, "#!/bin/sh\n%s\n", words);
    write_script(text);
    return run(script, RENDERER_PNG, STR("input"));
}

static void assert_says(const struct outcome *outcome, enum error_code code, const char *words) {
    if (outcome->error.code != code || strstr(outcome->error.message, words) == NULL) {
        fail_msg("%s: %s", error_text(outcome->error.code), outcome->error.message);
    }
}

static void want_program(void) {
    if (access(program, X_OK) != 0) {
        print_message("whitebeam-render is not built here\n");
        skip();
    }
}

// ---- the real program ------------------------------------------------------------------------

static const char drawing[] =
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"30\" height=\"20\">"
        "<rect width=\"30\" height=\"20\" fill=\"#ff0000\"/>"
        "<text x=\"2\" y=\"15\">t</text></svg>";

static unsigned number_at(const struct outcome *outcome, size_t at) {
    const uint8_t *bytes = (const uint8_t *)outcome->bytes + at;
    return (unsigned)bytes[0] << 24 | (unsigned)bytes[1] << 16 | (unsigned)bytes[2] << 8 | bytes[3];
}

static void a_drawing_becomes_a_png_twice_as_large(void **state) {
    (void)state;
    want_program();
    struct outcome outcome = run(program, RENDERER_PNG, str_of(drawing));
    assert_int_equal(outcome.error.code, ERROR_OK);
    assert_memory_equal(outcome.bytes, "\x89PNG\r\n\x1a\n", 8);
    assert_int_equal(number_at(&outcome, 16), 60);
    assert_int_equal(number_at(&outcome, 20), 40);
    free(outcome.bytes);
}

static void markdown_becomes_a_pdf(void **state) {
    (void)state;
    want_program();
    struct outcome outcome = run(program, RENDERER_PDF, STR("# Report\n\nText.\n\n- a\n- b\n"));
    assert_int_equal(outcome.error.code, ERROR_OK);
    assert_memory_equal(outcome.bytes, "%PDF-1.", 7);
    assert_non_null(memmem(outcome.bytes, outcome.length, "%%EOF", 5));
    free(outcome.bytes);
}

static void what_it_refuses_is_told_in_its_words(void **state) {
    (void)state;
    want_program();
    struct outcome outcome = run(program, RENDERER_PNG, STR("nonsense"));
    assert_says(&outcome, ERROR_UNPROCESSABLE, "this is no SVG");
    outcome = run(program, RENDERER_PNG, STR(""));
    assert_says(&outcome, ERROR_UNPROCESSABLE, "the input is empty");
    outcome = run(program, RENDERER_PNG,
            STR("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"900000\" height=\"100\"/>"));
    assert_says(&outcome, ERROR_UNPROCESSABLE, "too large for a PNG: 900000 by 100");
}

static void drawings_that_refer_to_anything_are_refused(void **state) {
    (void)state;
    want_program();
    static const char *const parts[] = {"<image href=\"/etc/hostname\"/>",
            "<g fill=\"url(http://127.0.0.1/)\"/>", "<use href=\"#a\"/>", "<!-- a -->"};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        char text[300];
        int length = snprintf(text, sizeof text,
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">%s</svg>",
                parts[i]);
        struct outcome outcome = run(program, RENDERER_PNG, (struct str){text, (size_t)length});
        assert_says(&outcome, ERROR_UNPROCESSABLE, "a drawing may not contain");
    }
}

static void documents_have_limits(void **state) {
    (void)state;
    want_program();
    size_t length = LIMIT_RENDER_MARKDOWN + 1;
    char *text = malloc(length);
    must(text != NULL);
    memset(text, 'x', length);
    struct outcome outcome = run(program, RENDERER_PDF, (struct str){text, length});
    assert_says(&outcome, ERROR_UNPROCESSABLE, "more than 2 MB of text");
    for (size_t i = 0; i < 80000; i++) { // more than 500 pages
        memcpy(text + 4 * i, "- a\n", 4);
    }
    outcome = run(program, RENDERER_PDF, (struct str){text, 320000});
    assert_says(&outcome, ERROR_UNPROCESSABLE, "more than 500 pages");
    free(text);
}

// ---- one that is not there or fails ----------------------------------------------------------

static void without_the_program_it_is_said_how_to_get_it(void **state) {
    (void)state;
    static const char *const paths[] = {NULL, "/nothing/whitebeam-render"};
    for (size_t i = 0; i < 2; i++) {
        struct outcome outcome = run(paths[i], RENDERER_PDF, STR("# a"));
        assert_says(&outcome, ERROR_NOT_IMPLEMENTED, "is not installed beside the daemon");
    }
}

static void a_program_that_cannot_be_run_is_an_error(void **state) {
    (void)state;
    write_script("#!/nothing/here\n");
    struct outcome outcome = run(script, RENDERER_PNG, STR("input"));
    assert_says(&outcome, ERROR_UNAVAILABLE, "cannot run /tmp/sandbox_renderer_test.");
}

static void failures_are_told_apart(void **state) {
    (void)state;
    static const struct {
        const char *words;
        enum error_code code;
        const char *message;
    } rows[] = {
            {"cat; echo 'library: noise' >&2; echo 'whitebeam-render: too odd' >&2; exit 3",
                    ERROR_UNPROCESSABLE, "too odd"},
            {"echo 'whitebeam-render: no fonts' >&2; exit 1", ERROR_INTERNAL, "no fonts"},
            {"exit 0", ERROR_INTERNAL, "status 0"},
            {"kill -XCPU $$", ERROR_UNPROCESSABLE, "more time or memory"},
            {"kill -SEGV $$", ERROR_INTERNAL, "signal 11"},
            {"head -c 100000 /dev/zero | tr '\\0' x >&2; echo >&2; echo last >&2; exit 3",
                    ERROR_UNPROCESSABLE, "last"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct outcome outcome = run_script(rows[i].words);
        assert_says(&outcome, rows[i].code, rows[i].message);
        assert_null(strstr(outcome.error.message, "noise"));
    }
}

static void too_much_output_ends_it(void **state) {
    (void)state;
    struct outcome outcome = run_script("exec cat /dev/zero");
    assert_says(&outcome, ERROR_ANSWER_TOO_LARGE, "more than 16 MB");
}

static void all_that_it_writes_arrives(void **state) {
    (void)state;
    struct outcome outcome = run_script("cat >/dev/null; head -c 5000000 /dev/zero");
    assert_int_equal(outcome.error.code, ERROR_OK);
    assert_int_equal(outcome.length, 5000000);
    free(outcome.bytes);
}

static void it_gets_no_environment_and_no_files(void **state) {
    (void)state;
    int leak = fcntl(0, F_DUPFD, 11); // without O_CLOEXEC, as some library might
    assert_true(leak > 10);
    setenv("WHITEBEAM_SECRET", "x", 1);
    struct outcome outcome =
            run_script("cat; echo \" $0 $1\" $(ls /proc/$$/fd); tr '\\0' '\\n' </proc/$$/environ");
    unsetenv("WHITEBEAM_SECRET");
    close(leak);
    assert_int_equal(outcome.error.code, ERROR_OK);
    char expected[100];
    snprintf(expected, sizeof expected, "input %s png 0 1 10 2 3\n", script);
    assert_string_equal(outcome.bytes, expected); // 10 is the shell's script, 3 a pipe of its own
    free(outcome.bytes);
}

// ---- many ------------------------------------------------------------------------------------

// Each says how many run at that moment, itself included.
static void few_run_at_once_and_others_wait_or_are_refused(void **state) {
    (void)state;
    char text[300];
    snprintf(text, sizeof text,
            "#!/bin/sh\nmkdir %s/$$.run && ls -d %s/*.run | wc -l; rmdir %s/$$.run\n", home, home,
            home);
    write_script(text);
    struct outcome outcomes[LIMIT_RENDER_AT_ONCE + LIMIT_RENDER_WAITING + 2] = {0};
    size_t count = sizeof outcomes / sizeof outcomes[0];
    for (size_t i = 0; i < count; i++) {
        renderer_run(&loop, script, RENDERER_PNG, STR("x"), take, &outcomes[i]);
    }
    assert_says(&outcomes[count - 1], ERROR_UNAVAILABLE, "8 pictures and documents wait");
    assert_says(&outcomes[count - 2], ERROR_UNAVAILABLE, "8 pictures and documents wait");
    run_loop();
    for (size_t i = 0; i < count; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_true(i >= count - 2 || outcomes[i].error.code == ERROR_OK);
        assert_true(i >= count - 2 || atoi(outcomes[i].bytes) <= (int)LIMIT_RENDER_AT_ONCE);
        free(outcomes[i].bytes);
    }
}

static void what_takes_too_long_is_ended_and_waiting_too(void **state) {
    (void)state;
    write_script("#!/bin/sh\nsleep 1000 & sleep 1000\n");
    struct outcome outcomes[LIMIT_RENDER_AT_ONCE + 1] = {0};
    for (size_t i = 0; i <= LIMIT_RENDER_AT_ONCE; i++) {
        renderer_set_deadline(i < LIMIT_RENDER_AT_ONCE ? 500 : 100);
        renderer_run(&loop, script, RENDERER_PNG, STR("x"), take, &outcomes[i]);
    }
    run_loop();
    renderer_set_deadline(LIMIT_RENDER_MS);
    for (size_t i = 0; i < LIMIT_RENDER_AT_ONCE; i++) {
        assert_says(&outcomes[i], ERROR_DEADLINE, "was not ready within");
    }
    assert_says(&outcomes[LIMIT_RENDER_AT_ONCE], ERROR_UNAVAILABLE, "did not come within 0.1 s");
}

// Its own end is not the end of what it left behind.
static void a_child_that_keeps_its_output_open_is_ended_too(void **state) {
    (void)state;
    renderer_set_deadline(100);
    struct outcome outcome = run_script("sleep 1000 & echo made");
    renderer_set_deadline(LIMIT_RENDER_MS);
    assert_says(&outcome, ERROR_DEADLINE, "not ready");
}

static void on_tick(uv_timer_t *timer) {
    renderer_stop();
    uv_close((uv_handle_t *)timer, NULL);
}

static void stopping_ends_what_runs_and_what_waits(void **state) {
    (void)state;
    write_script("#!/bin/sh\nsleep 1000 & sleep 1000\n");
    struct outcome outcomes[5] = {0};
    for (size_t i = 0; i < 5; i++) {
        renderer_run(&loop, script, RENDERER_PDF, STR("x"), take, &outcomes[i]);
    }
    uv_timer_t timer;
    uv_timer_init(&loop, &timer);
    uv_timer_start(&timer, on_tick, 1, 0);
    run_loop();
    for (size_t i = 0; i < 5; i++) {
        assert_int_equal(outcomes[i].calls, 1);
        assert_says(&outcomes[i], ERROR_UNAVAILABLE, "stopping");
    }
}

// One of them has failed to begin, and is on its way out.
static void stopping_leaves_others_alone(void **state) {
    (void)state;
    write_script("#!/nothing/here\n");
    struct outcome outcome = {0};
    renderer_run(&loop, script, RENDERER_PDF, STR("x"), take, &outcome);
    renderer_stop();
    run_loop();
    assert_int_equal(outcome.calls, 1);
}

// From its callback, another one is begun: places are free by then.
static void begin_another(void *context, struct str bytes, const struct error *error) {
    take(context, bytes, error);
    struct outcome *outcomes = context;
    renderer_run(&loop, NULL, RENDERER_PDF, STR("x"), take, outcomes + 1);
    renderer_run(&loop, script, RENDERER_PDF, STR("x"), take, outcomes + 2);
}

static void a_callback_may_begin_another(void **state) {
    (void)state;
    struct outcome first = run_script("echo made");
    free(first.bytes);
    struct outcome outcomes[3] = {0};
    renderer_run(&loop, script, RENDERER_PDF, STR("x"), begin_another, outcomes);
    run_loop();
    assert_string_equal(outcomes[0].bytes, "made\n");
    assert_int_equal(outcomes[1].error.code, ERROR_NOT_IMPLEMENTED);
    assert_string_equal(outcomes[2].bytes, "made\n");
    free(outcomes[0].bytes);
    free(outcomes[2].bytes);
}

static int group_begin(void **state) {
    (void)state;
    signal(SIGPIPE, SIG_IGN); // as in the daemon
    must(mkdtemp(home) != NULL);
    snprintf(script, sizeof script, "%s/program", home);
    char self[4096];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    must(length > 0);
    self[length] = '\0';
    *strrchr(self, '/') = '\0';
    snprintf(program, sizeof program, "%s/../whitebeam-render", self);
    return 0;
}

static int group_end(void **state) {
    (void)state;
    unlink(script);
    return rmdir(home);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(a_drawing_becomes_a_png_twice_as_large),
            TEST(markdown_becomes_a_pdf),
            TEST(what_it_refuses_is_told_in_its_words),
            TEST(drawings_that_refer_to_anything_are_refused),
            TEST(documents_have_limits),
            TEST(without_the_program_it_is_said_how_to_get_it),
            TEST(a_program_that_cannot_be_run_is_an_error),
            TEST(failures_are_told_apart),
            TEST(too_much_output_ends_it),
            TEST(all_that_it_writes_arrives),
            TEST(it_gets_no_environment_and_no_files),
            TEST(few_run_at_once_and_others_wait_or_are_refused),
            TEST(what_takes_too_long_is_ended_and_waiting_too),
            TEST(a_child_that_keeps_its_output_open_is_ended_too),
            TEST(stopping_ends_what_runs_and_what_waits),
            TEST(stopping_leaves_others_alone),
            TEST(a_callback_may_begin_another),
    };
    return cmocka_run_group_tests_name("sandbox_renderer", tests, group_begin, group_end);
}
