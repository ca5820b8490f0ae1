// The stock `phoenix` client, run by node, against our server. Skipped, and said so, where there is
// no npm or nothing can be installed with it.
#include "serve_fake.h"

#include "serve_live_fake.h"

#define FOLDER "tests/phoenix"

static struct server server;

static void serve_live(void *context) {
    (void)context;
    http_serve_live(server.http, &fake_live);
}

static bool can(const char *command) {
    return system(command) == 0;
}

static const char *why_not(void) {
    if (!can("command -v npm >/dev/null 2>&1 && command -v node >/dev/null 2>&1")) {
        return "node and npm are not installed";
    }
    if (!can("test -d " FOLDER "/node_modules/ws -a -d " FOLDER "/node_modules/phoenix") &&
            !can("cd " FOLDER
                 " && timeout 30 npm ci --ignore-scripts --no-audit --no-fund >/dev/null 2>&1")) {
        return "npm could not install the client in " FOLDER;
    }
    return NULL;
}

static void the_stock_client_finds_everything_it_knows(void **state) {
    (void)state;
    const char *reason = why_not();
    if (reason != NULL) {
        print_message("skipped: %s\n", reason);
        skip();
    }
    server_start(&server, &fake_limits);
    server_do(&server, serve_live, NULL);
    char command[256];
    snprintf(command, sizeof command, "timeout 50 node " FOLDER "/client.mjs %u %s", server.port,
            FAKE_KEY);
    fflush(stdout);
    bool passed = can(command);
    server_stop(&server);
    assert_true(passed);
    assert_int_equal(fake_live.count, 0);
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(the_stock_client_finds_everything_it_knows),
    };
    return cmocka_run_group_tests_name("phoenix", tests, NULL, NULL);
}
