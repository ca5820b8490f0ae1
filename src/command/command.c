// Which command.
#include "command/command.h"

#include "base/log.h"
#include "base/version.h"
#include "command/client.h"
#include "command/completion.h"
#include "command/daemon.h"
#include "command/ending.h"
#include "command/help.h"
#include "command/operate.h"

#include <stdio.h>
#include <string.h>

static int run_daemon(int argc, char **argv) {
    static struct options options;
    struct error error;
    if (!options_read(&options, argc, argv, &error)) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return ENDING_USAGE;
    }
    if (options.verbose) {
        log_set_level(LOG_DEBUG);
    }
    return daemon_run(&options);
}

// Another single-use login URL; the page's session may have ended.
static int print_login(int argc, char **argv) {
    static struct options options;
    struct error error;
    struct client_answer answer;
    if (!options_read(&options, argc, argv, &error)) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return ENDING_USAGE;
    }
    struct client_options where = {options.state_given ? options.state : NULL, NULL};
    struct client *client = client_open(&where, &error);
    bool good = client != NULL &&
                client_ask(client, "POST", "/api/v1/login-tokens", NULL, &answer, &error);
    client_close(client);
    if (!good) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return ENDING_NO_DAEMON;
    }
    const json_t *data = json_object_get(answer.json, "data");
    const char *url = json_string_value(json_object_get(data, "url"));
    if (url != NULL) {
        puts(url);
    } else {
        fprintf(stderr, "whitebeam: the daemon gives no login (status %d)\n", answer.status);
    }
    client_answer_finish(&answer);
    return url != NULL ? ENDING_GOOD : ENDING_REFUSED;
}

static int print_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    puts("whitebeam " WHITEBEAM_VERSION);
    return ENDING_GOOD;
}

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
        {"serve", run_daemon},
        {"demo", run_daemon},
        {"login", print_login},
        {"operations", help_operations},
        {"completion", completion_run},
        {"help", help_run},
        {"version", print_version},
        {NULL, NULL},
};

static const struct command flags[] = {
        {"--help", help_run},
        {"-h", help_run},
        {"--version", print_version},
        {NULL, NULL},
};

const char *command_name(size_t index) {
    return commands[index].name;
}

static const struct command *find(const struct command *table, const char *name) {
    while (table->name != NULL && strcmp(table->name, name) != 0) {
        table++;
    }
    return table->name != NULL ? table : NULL;
}

int command_run(int argc, char **argv) {
    if (argc < 2) {
        fputs("whitebeam: say what to do; `whitebeam help` lists it\n", stderr);
        return ENDING_USAGE;
    }
    const struct command *command = find(commands, argv[1]);
    command = command != NULL ? command : find(flags, argv[1]);
    return command != NULL ? command->run(argc, argv) : operate_run(argc, argv);
}
