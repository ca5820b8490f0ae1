// The examples of the documents, as people copy them: on the playground of `whitebeam demo` they do
// what they say, but for those that name what only somebody's own system has.
#include "end_to_end/harness.h"
#include "end_to_end/harness_private.h"

#include "operations/example.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct daemon *demo;
static char *folder; // with a `whitebeam` that asks the demo

// Examples that stand for something else.
static const char *const elsewhere[] = {
        // a node, a key, a lease, a backup, a recording, a snapshot or a file of one's own
        "attach_node", "detach_node", "replicate_process_state", "rotate_api_key", "revoke_api_key",
        "release_lease", "restore_genserver_state", "remove_kept_state", "replay_recording",
        "remove_recording", "diff_tree_states", "set_application_env", "load_application_config",
        // a process without a name, an Elixir Registry, a node that was started with -config
        "register_process", "register_process_with_metadata", "update_process_metadata",
        "remove_registry_entry", "reload_application_config",
        // a key that is set, a child that does not run, a supervisor of children that are alike
        "unset_application_env", "delete_child", "restart_child", "convert_to_simple_one_for_one"};

static bool is_elsewhere(const struct operation *operation) {
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        if (strcmp(elsewhere[i], operation->name) == 0) {
            return true;
        }
    }
    return false;
}

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    const char *none[] = {NULL};
    demo = daemon_start_with("demo", none);
    folder = text("%s/%s", harness_folder(), unique("examples"));
    return system(text("mkdir %s && printf '#!/bin/sh\\nexec %s/../whitebeam --state %s \"$@\"\\n' "
                       ">%s/whitebeam && chmod +x %s/whitebeam",
            folder, harness_build(), demo->state, folder, folder));
}

// The line is one for a shell.
static void run(const char *line) {
    char said[1000] = "";
    int status = system(
            text("cd %s && PATH=%s:$PATH && { %s; } </dev/null >said 2>&1", folder, folder, line));
    if (status != 0) {
        FILE *file = fopen(text("%s/said", folder), "re");
        assert_non_null(file);
        said[fread(said, 1, sizeof said - 1, file)] = '\0';
        fclose(file);
        fail_msg("%s\n%s", line, said);
    }
}

static void examples_work_as_they_are_written(void **state) {
    (void)state;
    for (size_t i = 0; i < operation_count(); i++) {
        const struct operation *operation = operation_at(i);
        if (!is_elsewhere(operation)) {
            struct buffer line;
            buffer_init(&line);
            example_command(&line, operation);
            buffer_add_u8(&line, '\0');
            run(line.at);
            buffer_finish(&line);
        }
    }
}

static void what_is_left_out_exists(void **state) {
    (void)state;
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
        assert_non_null(operation_find(str_of(elsewhere[i])));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(examples_work_as_they_are_written),
            cmocka_unit_test(what_is_left_out_exists),
    };
    return cmocka_run_group_tests_name("examples", tests, set_up, harness_stop);
}
