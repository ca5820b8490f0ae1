// `whitebeam OPERATION …` against a daemon: it says what REST says, asks before what cannot be
// undone, and ends with the status that it promises.
#include "end_to_end/harness_command.h"

#include "operations/openapi.h"
#include "operations/operation.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct target *target;
static struct daemon *daemon;

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    daemon = daemon_start();
    attach(daemon, target);
    return 0;
}

static bool has(const char *text_there, const char *part) {
    return strstr(text_there, part) != NULL;
}

static void expect(const char *text_there, const char *part) {
    if (!has(text_there, part)) {
        fail_msg("'%s' is not in:\n%s", part, text_there);
    }
}

static bool is_alive(const char *name) {
    return holds(target, "is_pid(whereis(%s))", name);
}

// A process of that name that does nothing.
static void start_idle(const char *name) {
    assert_true(holds(target, "register(%s, spawn(fun() -> receive stop -> ok end end))", name));
}

// ---- the same as REST ------------------------------------------------------------------------

static void a_list_is_what_rest_says(void **state) {
    (void)state;
    json_t *rest = data(daemon, "/api/v1/supervisors?per_page=200");
    json_t *mine = command_json(daemon, "list_supervisors", "--per-page", "200", NULL);
    expect_same_set(pluck(at(mine, "data"), "name"), pluck(rest, "name"), "supervisors");
    assert_int_equal(integer_at(mine, "meta.total"), json_array_size(rest));
}

static void names_may_have_dashes(void **state) {
    (void)state;
    json_t *one = command_json(daemon, "list-supervisors", "--per-page=1", NULL);
    json_t *other = command_json(daemon, "list_supervisors", "--per_page", "1", NULL);
    expect_same(pluck(at(one, "data"), "pid"), pluck(at(other, "data"), "pid"), "one row");
    assert_int_equal(json_array_size(at(one, "data")), 1);
}

static void what_is_required_needs_no_name(void **state) {
    (void)state;
    json_t *rest = data(daemon, "/api/v1/processes/code_server");
    json_t *bare = at(command_json(daemon, "get_process", "code_server", NULL), "data");
    json_t *named = at(command_json(daemon, "get_process", "--pid", "code_server", NULL), "data");
    assert_string_equal(string_at(bare, "pid"), string_at(rest, "pid"));
    assert_string_equal(string_at(named, "pid"), string_at(rest, "pid"));
}

static void operations_without_a_group_go_by_their_route(void **state) {
    (void)state;
    json_t *rest = data(daemon, "/api/v1/nodes");
    json_t *mine = at(command_json(daemon, "list_nodes", NULL), "data");
    expect_same(pluck(mine, "name"), pluck(rest, "name"), "nodes");
    expect(command_good(daemon, "livez", NULL), "ok");
}

static void all_pages_are_one_list(void **state) {
    (void)state;
    json_t *one = command_json(daemon, "list_processes", "--per-page", "200", NULL);
    json_t *all = command_json(daemon, "list_processes", "--all", "--per-page", "7", NULL);
    assert_true(integer_at(one, "meta.total") > 14);
    assert_int_equal(json_array_size(at(all, "data")), integer_at(all, "meta.total"));
    expect_same_set(pluck(at(all, "data"), "pid"), pluck(at(one, "data"), "pid"), "processes");
    assert_true(json_is_null(at(all, "meta.page")));
}

static void a_list_of_choices_may_be_given_in_parts(void **state) {
    (void)state;
    json_t *answer = command_json(daemon, "get_process", "code_server", "--include", "links",
            "--include", "monitors,dictionary", NULL);
    assert_true(json_is_array(at(answer, "data.links")));
    assert_true(json_is_array(at(answer, "data.monitors")));
    assert_true(json_is_array(at(answer, "data.dictionary")));
}

static void the_openapi_document_needs_no_key(void **state) {
    (void)state;
    const char *bytes = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: localhost\r\n"
                        "Connection: close\r\n\r\n";
    struct reply reply = request_raw(daemon->port, bytes, strlen(bytes));
    struct str document = openapi_document();
    json_t *mine = command_json(daemon, "get_openapi", NULL);
    assert_int_equal(reply.status, 200);
    assert_string_equal(string_at(reply.json, "openapi"), "3.1.0");
    expect_same(reply.json, keep(json_loadb(document.at, document.length, 0, NULL)), "openapi");
    expect_same(mine, reply.json, "openapi by name");
    expect_same(get(daemon, 200, "/api/v1/openapi.json"), mine, "openapi with a key");
}

// ---- for people ------------------------------------------------------------------------------

static void a_table_has_a_row_for_each(void **state) {
    (void)state;
    json_t *rows = data(daemon, "/api/v1/supervisors");
    char *table = command_good(daemon, "list_supervisors", NULL);
    for (size_t i = 0; i < json_array_size(rows); i++) {
        expect(table, string_at(json_array_get(rows, i), "pid"));
        expect(table, string_at(json_array_get(rows, i), "name"));
    }
}

static size_t longest_line(const char *text_there) {
    size_t longest = 0;
    while (*text_there != '\0') {
        size_t length = strcspn(text_there, "\n");
        longest = length > longest ? length : longest;
        text_there += length + (text_there[length] == '\n');
    }
    return longest;
}

static void lines_are_as_wide_as_the_screen(void **state) {
    (void)state;
    static const char *const widths[] = {"40", "80", "140"};
    const char *words[] = {"--state", daemon->state, "list_processes", NULL};
    for (size_t i = 0; i < 3; i++) {
        struct running narrow = {NULL, widths[i], "C"}; // a byte is a column
        struct said said = command_run_with(&narrow, words);
        assert_int_equal(said.status, 0);
        assert_in_range(longest_line(said.output), 30, atoi(widths[i]));
        expect(said.output, "not shown: ");
    }
}

static void columns_may_be_chosen(void **state) {
    (void)state;
    char *table = command_good(daemon, "list_processes", "--columns", "reductions,pid",
            "--name-pattern", "^code_server$", NULL);
    assert_true(strncmp(table, "reductions  pid", 15) == 0);
    assert_false(has(table, "code_server"));
    expect(command_bad(daemon, 2, "list_processes", "--columns", "reduction", NULL),
            "did you mean reductions?");
}

static void a_tree_is_drawn(void **state) {
    (void)state;
    char *tree = command_good(daemon, "build_supervision_tree", "kernel_sup", NULL);
    const char *top = strstr(tree, "kernel_sup");
    const char *child = strstr(tree, "├─ code_server");
    const char *below = strstr(tree, "─ logger_sup");
    assert_true(top == tree && child > top && below > child);
    expect(below, "  ├─ logger_handler_watcher");
    expect(below, "└─ ");
}

static void a_tree_needs_no_unicode(void **state) {
    (void)state;
    const char *words[] = {"--state", daemon->state, "build_supervision_tree", "kernel_sup", NULL};
    struct running plain = {NULL, NULL, "C"};
    struct said said = command_run_with(&plain, words);
    expect(said.output, "|- code_server");
    expect(said.output, "- logger_sup");
    expect(said.output, "`- ");
}

static void units_are_for_people(void **state) {
    (void)state;
    char *process = command_good(daemon, "get_process", "code_server", NULL);
    expect(process, "  memory             ");
    expect(process, " KB\n");
    expect(process, "uptime          ≥ ");
    expect(process, "label           –\n");
}

static void a_name_cannot_steer_the_terminal(void **state) {
    (void)state;
    start_idle("list_to_atom(\"steer\\e]0;x\\x07\")");
    char *table =
            command_good(daemon, "list_processes", "--name-pattern", "^steer", "--fresh", NULL);
    expect(table, "steer\\e]0;x\\x07");
    assert_null(strchr(table, '\033'));
    assert_null(strchr(table, '\a'));
}

static void more_pages_are_told_of(void **state) {
    (void)state;
    struct said said = command_ask(daemon, "list_processes", "--per-page", "2", NULL);
    assert_int_equal(said.status, 0);
    expect(said.errors, "rows 1 to 2 of ");
    expect(said.errors, "--page 2 has the next, --all has all");
    assert_string_equal(command_ask(daemon, "list_supervisors", NULL).errors, "");
}

// ---- arguments from elsewhere ----------------------------------------------------------------

static char *file_of(const char *content) {
    char *path = text("%s/%s", harness_folder(), unique("value"));
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    assert_true(fputs(content, file) >= 0);
    fclose(file);
    return path;
}

static void a_value_may_be_in_a_file(void **state) {
    (void)state;
    char *from = text("@%s", file_of("code_server\n"));
    json_t *answer = command_json(daemon, "get_process", from, NULL);
    assert_string_equal(string_at(answer, "data.name"), "code_server");
    expect(command_bad(daemon, 2, "get_process", "@/no/such/file", NULL), "/no/such/file");
}

static void a_value_may_be_standard_input(void **state) {
    (void)state;
    const char *words[] = {"--state", daemon->state, "--json", "get_process", "-", NULL};
    struct running piped = {"code_server\n", NULL, NULL};
    struct said said = command_run_with(&piped, words);
    assert_int_equal(said.status, 0);
    expect(said.output, "\"name\":\"code_server\"");
}

static void a_secret_is_not_taken_from_the_words(void **state) {
    (void)state;
    struct target *other = target_start();
    char *errors = command_bad(daemon, 2, "attach_node", other->name, "--cookie", "oops", NULL);
    expect(errors, "cookie is a secret");
    assert_null(find(data(daemon, "/api/v1/nodes"), "name", other->name));
    char *cookie = text("@%s", file_of(other->cookie));
    json_t *node = command_json(daemon, "attach_node", other->name, "--cookie", cookie, NULL);
    assert_string_equal(string_at(node, "data.state"), "ready");
    assert_string_equal(command_good(daemon, "detach_node", other->name, NULL), "done\n");
    assert_null(find(data(daemon, "/api/v1/nodes"), "name", other->name));
    target_kill(other);
}

static void nothing_is_said_in_a_word(void **state) {
    (void)state;
    assert_string_equal(command_good(daemon, "list_api_keys", NULL), "none\n");
    assert_string_equal(command_good(daemon, "list_recordings", "--columns", "id", NULL), "none\n");
    assert_int_equal(json_array_size(at(command_json(daemon, "list_api_keys", NULL), "data")), 0);
}

static void advice_is_of_the_command_line(void **state) {
    (void)state;
    struct target *other = target_start();
    attach(daemon, other);
    char *errors = command_bad(daemon, 1, "list_processes", NULL);
    expect(errors, "--node name@host (node_required)");
    detach(daemon, other);
    target_kill(other);
    errors = command_bad(daemon, 1, "remove_recording", "77", NULL);
    expect(errors, "`whitebeam list_recordings`");
    assert_false(has(errors, "GET"));
}

// ---- what cannot be undone -------------------------------------------------------------------

static void scripts_are_not_asked(void **state) {
    (void)state;
    start_idle("victim_1");
    json_t *answer = command_json(daemon, "exit_process", "victim_1", NULL);
    assert_true(true_at(answer, "data.sent"));
    assert_false(is_alive("victim_1"));
}

static void people_are_asked_and_may_say_no(void **state) {
    (void)state;
    start_idle("victim_2");
    struct said said =
            command_on_terminal(daemon, "Go on? [y/N]", "n\n", "exit_process", "victim_2", NULL);
    assert_int_equal(said.status, 1);
    expect(said.output, "What would happen:");
    expect(said.output, "nothing was done");
    assert_true(is_alive("victim_2"));
}

static void people_may_say_yes(void **state) {
    (void)state;
    start_idle("victim_3");
    struct said said =
            command_on_terminal(daemon, "Go on? [y/N]", "y\n", "exit_process", "victim_3", NULL);
    assert_int_equal(said.status, 0);
    assert_false(is_alive("victim_3"));
}

static void people_may_say_yes_beforehand(void **state) {
    (void)state;
    start_idle("victim_4");
    struct said said =
            command_on_terminal(daemon, NULL, "", "exit_process", "victim_4", "--yes", NULL);
    assert_int_equal(said.status, 0);
    assert_false(has(said.output, "Go on?"));
    assert_false(is_alive("victim_4"));
}

static void a_rehearsal_is_not_asked_about(void **state) {
    (void)state;
    start_idle("victim_5");
    struct said said =
            command_on_terminal(daemon, NULL, "", "exit_process", "victim_5", "--dry-run", NULL);
    assert_int_equal(said.status, 0);
    assert_false(has(said.output, "Go on?"));
    assert_true(is_alive("victim_5"));
    const char *output = command_good(daemon, "exit_process", "victim_5", "--dry-run", NULL);
    assert_true(strncmp(output, "dry run: nothing was done\n", 26) == 0);
    assert_true(is_alive("victim_5"));
}

// ---- how it ends -----------------------------------------------------------------------------

static void a_refusal_ends_with_1(void **state) {
    (void)state;
    char *errors = command_bad(daemon, 1, "get_process", "nobody_here", NULL);
    expect(errors, "nobody_here");
    expect(errors, "(process_not_found)");
    errors = command_bad(daemon, 1, "list_processes", "--status", "asleep", NULL);
    expect(errors, "  field    status");
    expect(errors, "garbage_collecting");
}

static void a_refusal_is_json_when_that_is_wanted(void **state) {
    (void)state;
    char *errors = command_bad(daemon, 1, "get_process", "nobody_here", "--json", NULL);
    json_t *json = keep(json_loads(errors, 0, NULL));
    assert_string_equal(string_at(json, "error.code"), "process_not_found");
}

static void wrong_words_end_with_2(void **state) {
    (void)state;
    expect(command_bad(daemon, 2, "list_proceses", NULL), "did you mean list_processes");
    expect(command_bad(daemon, 2, "get_process", "code_server", "--inclde", "links", NULL),
            "did you mean --include?");
    expect(command_bad(daemon, 2, "get_process", NULL),
            "pid is missing: whitebeam get_process PID");
    expect(command_bad(daemon, 2, "get_process", "a", "b", NULL), "'b' is one word too many");
    expect(command_bad(daemon, 2, "list_processes", "--page", "one", NULL), "not an integer");
    expect(command_bad(daemon, 2, "list_processes", "--page", "1", "--page", "2", NULL),
            "more than once");
    expect(command_bad(daemon, 2, "get_process", "a", "--all", NULL), "no pages");
}

static void no_daemon_ends_with_3(void **state) {
    (void)state;
    struct daemon nowhere = {.state = text("%s/nowhere", harness_folder())};
    expect(command_bad(&nowhere, 3, "list_processes", NULL), "no daemon runs");
    const char *login[] = {"login", "--state", nowhere.state, NULL};
    const struct running plainly = {NULL, NULL, NULL};
    assert_int_equal(command_run_with(&plainly, login).status, 3);
}

static void another_key_is_used(void **state) {
    (void)state;
    char *key = file_of("wb_wrong\n");
    char *errors = command_bad(daemon, 1, "list_processes", "--key-file", key, NULL);
    expect(errors, "(unauthenticated)");
    char *good = text("%s/admin.key", daemon->state);
    command_good(daemon, "list_processes", "--key-file", good, NULL);
}

static void a_failure_ends_with_4(void **state) {
    (void)state;
    struct daemon *empty = daemon_start();
    expect(command_bad(empty, 4, "list_processes", NULL), "(no_node)");
}

static void login_prints_an_address(void **state) {
    (void)state;
    const char *words[] = {"login", "--state", daemon->state, NULL};
    const struct running plainly = {NULL, NULL, NULL};
    struct said said = command_run_with(&plainly, words);
    assert_int_equal(said.status, 0);
    expect(said.output, text("http://127.0.0.1:%u/login?token=", daemon->port));
}

// ---- help ------------------------------------------------------------------------------------

static struct said run(const char *one, const char *two, const char *three) {
    const char *words[] = {one, two, three, NULL};
    const struct running plainly = {NULL, "80", NULL};
    return command_run_with(&plainly, words);
}

static void help_explains_an_operation(void **state) {
    (void)state;
    struct said said = run("help", "get-process", NULL);
    assert_int_equal(said.status, 0);
    expect(said.output, "whitebeam get_process PID");
    expect(said.output, "--include CHOICE");
    assert_string_equal(run("get_process", "--help", NULL).output, said.output);
    assert_int_equal(run("help", "get_proces", NULL).status, 2);
    said = run("help", "serve", NULL);
    expect(said.output, "--attach ");
    assert_in_range(longest_line(said.output), 60, 80);
}

static void operations_are_listed_by_group(void **state) {
    (void)state;
    struct said said = run("operations", NULL, NULL);
    assert_in_range(longest_line(said.output), 60, 80);
    expect(said.output, "Processes\n");
    for (size_t i = 0; i < operation_count(); i++) {
        expect(said.output, text("\n  %s ", operation_at(i)->name));
    }
    struct said group = run("operations", "--group", "processes");
    expect(group.output, "  list_processes ");
    assert_false(has(group.output, "get_supervisor"));
    assert_int_equal(run("operations", "--group", "nothing").status, 2);
}

static void bash_completes(void **state) {
    (void)state;
    char *script = file_of(run("completion", "bash", NULL).output);
    char *ask = file_of(text("source %s\n"
                             "try() { COMP_WORDS=(whitebeam \"$@\"); COMP_CWORD=$#; COMPREPLY=(); "
                             "_whitebeam; echo \"$*: ${COMPREPLY[*]}\"; }\n"
                             "try get_process_st\n"
                             "try get-process-st\n"
                             "try get_process --inc\n"
                             "try --state /tmp list-processes --order ''\n"
                             "try completion f\n",
            script));
    char *path = text("%s.out", ask);
    assert_int_equal(system(text("bash --norc %s >%s 2>&1", ask, path)), 0);
    FILE *file = fopen(path, "r");
    char said[2000] = "";
    assert_non_null(file);
    said[fread(said, 1, sizeof said - 1, file)] = '\0';
    fclose(file);
    assert_string_equal(said, "get_process_st: get_process_state\n"
                              "get-process-st: get-process-state\n"
                              "get_process --inc: --include\n"
                              "--state /tmp list-processes --order : asc desc\n"
                              "completion f: fish\n");
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(a_list_is_what_rest_says),
            cmocka_unit_test(names_may_have_dashes),
            cmocka_unit_test(what_is_required_needs_no_name),
            cmocka_unit_test(operations_without_a_group_go_by_their_route),
            cmocka_unit_test(all_pages_are_one_list),
            cmocka_unit_test(a_list_of_choices_may_be_given_in_parts),
            cmocka_unit_test(the_openapi_document_needs_no_key),
            cmocka_unit_test(a_table_has_a_row_for_each),
            cmocka_unit_test(lines_are_as_wide_as_the_screen),
            cmocka_unit_test(columns_may_be_chosen),
            cmocka_unit_test(a_tree_is_drawn),
            cmocka_unit_test(a_tree_needs_no_unicode),
            cmocka_unit_test(units_are_for_people),
            cmocka_unit_test(a_name_cannot_steer_the_terminal),
            cmocka_unit_test(more_pages_are_told_of),
            cmocka_unit_test(a_value_may_be_in_a_file),
            cmocka_unit_test(a_value_may_be_standard_input),
            cmocka_unit_test(a_secret_is_not_taken_from_the_words),
            cmocka_unit_test(nothing_is_said_in_a_word),
            cmocka_unit_test(advice_is_of_the_command_line),
            cmocka_unit_test(scripts_are_not_asked),
            cmocka_unit_test(people_are_asked_and_may_say_no),
            cmocka_unit_test(people_may_say_yes),
            cmocka_unit_test(people_may_say_yes_beforehand),
            cmocka_unit_test(a_rehearsal_is_not_asked_about),
            cmocka_unit_test(a_refusal_ends_with_1),
            cmocka_unit_test(a_refusal_is_json_when_that_is_wanted),
            cmocka_unit_test(wrong_words_end_with_2),
            cmocka_unit_test(no_daemon_ends_with_3),
            cmocka_unit_test(another_key_is_used),
            cmocka_unit_test(a_failure_ends_with_4),
            cmocka_unit_test(login_prints_an_address),
            cmocka_unit_test(help_explains_an_operation),
            cmocka_unit_test(operations_are_listed_by_group),
            cmocka_unit_test(bash_completes),
    };
    return cmocka_run_group_tests_name("command", tests, set_up, harness_stop);
}
