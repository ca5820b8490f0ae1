// Messages of the API as the command line says them.
#include "command/wording.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

static void becomes(const char *message, const char *wanted) {
    struct buffer out;
    buffer_init(&out);
    wording_add(&out, message);
    buffer_add_u8(&out, '\0');
    assert_string_equal(out.at, wanted);
    buffer_finish(&out);
}

static void a_parameter_is_a_flag(void **state) {
    (void)state;
    becomes("say which with ?node=name@host", "say which with --node name@host");
    becomes("?per_page=5, ?page=2", "--per-page 5, --page 2");
}

static void a_route_is_a_command(void **state) {
    (void)state;
    becomes("attach one with POST /api/v1/nodes", "attach one with `whitebeam attach_node NODE`");
    becomes("GET /api/v1/recordings lists them", "`whitebeam list_recordings` lists them");
    becomes("see GET /api/v1/operations.", "see `whitebeam list_operations`.");
    becomes("why: GET /api/v1/processes/{pid}?include=stack_trace, or not",
            "why: `whitebeam get_process PID --include stack_trace`, or not");
}

static void other_text_stays(void **state) {
    (void)state;
    static const char *const texts[] = {"", "really? yes", "?", "?=1", "a?b=c", "GET", "GET /",
            "GET /nowhere lists them", "POST /api/v1/nodesX", "é ?é=1", "no process x"};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        becomes(texts[i], texts[i]);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_parameter_is_a_flag),
            cmocka_unit_test(a_route_is_a_command),
            cmocka_unit_test(other_text_stays),
    };
    return cmocka_run_group_tests_name("command_wording", tests, NULL, NULL);
}
