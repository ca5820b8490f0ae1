// Which command, and its help.
#include "command/command.h"

#include "base/log.h"
#include "base/version.h"
#include "command/client.h"
#include "command/daemon.h"

#include <stdio.h>
#include <string.h>

static const char help[] =
        "Whitebeam lets you see and steer the supervision trees of running BEAM systems.\n"
        "\n"
        "  whitebeam serve --attach rabbit@host --cookie-file ~/.erlang.cookie\n"
        "      attach a running node and serve the API; nothing is installed there\n"
        "  whitebeam demo\n"
        "      start a playground and attach it\n"
        "\n"
        "Flags of serve and demo:\n"
        "  --listen ADDRESS:PORT   where to serve (127.0.0.1:4000; port 0 picks a free one)\n"
        "  --state DIR             what is kept between runs (~/.local/state/whitebeam)\n"
        "  --attach NAME@HOST      a node to attach; may be given several times\n"
        "  --cookie-file FILE      its cookie; the file must be readable by you alone\n"
        "  --config FILE           the same settings from a file (docs/configuration.md)\n"
        "  --verbose               more log lines\n"
        "\n"
        "Other commands:\n"
        "  whitebeam login [--state DIR]   print another login URL of the running daemon\n"
        "  whitebeam help, whitebeam version\n"
        "\n"
        "When it is ready, one line on standard output says where: whitebeam ready URL. The URL "
        "logs\n"
        "a browser in, once, within ten minutes. Programs send the API key of DIR/admin.key:\n"
        "  curl -H \"Authorization: Bearer $(cat DIR/admin.key)\" "
        "http://127.0.0.1:4000/api/v1/processes\n";

static int run_daemon(int argc, char **argv) {
    static struct options options;
    struct error error;
    if (!options_read(&options, argc, argv, &error)) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return 2;
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
    json_t *answer = NULL;
    if (!options_read(&options, argc, argv, &error)) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return 2;
    }
    bool good = client_request(options.state, "POST", "/api/v1/login-tokens", &answer, &error);
    if (!good && !options.state_given) {
        // The demo keeps its state beside the other.
        strncat(options.state, "-demo", sizeof options.state - strlen(options.state) - 1);
        good = client_request(options.state, "POST", "/api/v1/login-tokens", &answer, &error);
    }
    if (!good) {
        fprintf(stderr, "whitebeam: %s\n", error.message);
        return 1;
    }
    puts(json_string_value(json_object_get(json_object_get(answer, "data"), "url")));
    json_decref(answer);
    return 0;
}

static int print_help(int argc, char **argv) {
    (void)argc;
    (void)argv;
    fputs(help, stdout);
    return 0;
}

static int print_version(int argc, char **argv) {
    (void)argc;
    (void)argv;
    puts("whitebeam " WHITEBEAM_VERSION);
    return 0;
}

struct command {
    const char *name;
    int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
        {"serve", run_daemon},
        {"demo", run_daemon},
        {"login", print_login},
        {"help", print_help},
        {"--help", print_help},
        {"-h", print_help},
        {"version", print_version},
        {"--version", print_version},
};

int command_run(int argc, char **argv) {
    for (size_t i = 0; argc > 1 && i < sizeof commands / sizeof commands[0]; i++) {
        if (strcmp(argv[1], commands[i].name) == 0) {
            return commands[i].run(argc, argv);
        }
    }
    if (argc > 1) {
        fprintf(stderr, "whitebeam: there is no command '%s'; see `whitebeam help`\n", argv[1]);
    } else {
        fputs(help, stderr);
    }
    return 2;
}
