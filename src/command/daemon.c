// Start order: state, nodes, HTTP, then the demo and the nodes to attach; the ready line. End: no
// more requests, every node detached, the demo stopped.
#include "command/daemon.h"

#include "base/clock.h"
#include "base/log.h"
#include "command/demo.h"
#include "command/state.h"
#include "node/nodes.h"
#include "operations/keys.h"
#include "operations/live.h"
#include "operations/rate.h"
#include "operations/services.h"
#include "sandbox/renderer.h"
#include "serve/assets.h"
#include "serve/http.h"
#include "store/store.h"
#include "term/redact.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>
#include <uv.h>

#define DEMO_AGAIN_MS 1000
#define STOP_MOST_MS  10000
#define LIVE_TICK_MS  100

struct daemon {
    const struct options *options;
    uv_loop_t loop;
    struct state state;
    struct nodes *nodes;
    struct services services; // what calls work with
    struct redaction redaction;
    struct arena arena; // what lives as long as the daemon
    struct live *live;
    uv_timer_t live_timer;
    struct http *http;
    struct demo *demo;
    uv_signal_t signals[2];
    uv_timer_t timer; // starts the demo anew, then bounds the end
    bool ready;
    bool stopping;
    bool failed;
};

static void complain(const struct error *error) {
    fprintf(stderr, "whitebeam: %s\n", error->message);
}

static void say_ready(struct daemon *daemon) {
    struct buffer url;
    buffer_init(&url);
    http_login_url(daemon->http, STR(""), UINT64_MAX, &url);
    printf("whitebeam ready %.*s\n", STR_ARGS(buffer_str(&url)));
    fflush(stdout);
    buffer_finish(&url);
    fprintf(stderr, "The API key is in %s/admin.key\n", daemon->state.directory);
}

// Thousands of live connections need as many descriptors.
static void raise_files(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
        limit.rlim_cur = limit.rlim_max;
        setrlimit(RLIMIT_NOFILE, &limit); // with fewer, connections are refused earlier
    }
}

// ---- the end ---------------------------------------------------------------------------------

static void give_up_waiting(uv_timer_t *timer) {
    (void)timer;
    log_line(LOG_ERROR, "daemon.stop", "reason=\"did not end in %d ms\"", STOP_MOST_MS);
    _exit(1);
}

static void all_detached(void *context) {
    struct daemon *daemon = context;
    demo_stop(daemon->demo);
    daemon->demo = NULL;
    if (daemon->services.keys != NULL) {
        keys_flush(daemon->services.keys);
    }
    store_close(daemon->services.store);
    keys_destroy(daemon->services.keys);
    rates_destroy(daemon->services.rates);
    daemon->services = (struct services){.nodes = daemon->nodes};
    uv_close((uv_handle_t *)&daemon->timer, NULL);
    if (daemon->live != NULL) {
        uv_close((uv_handle_t *)&daemon->live_timer, NULL);
    }
    uv_close((uv_handle_t *)&daemon->signals[0], NULL);
    uv_close((uv_handle_t *)&daemon->signals[1], NULL);
}

static void drained(void *context) {
    struct daemon *daemon = context;
    renderer_stop();
    http_destroy(daemon->http);
    daemon->http = NULL;
    nodes_detach_all(daemon->nodes, all_detached, daemon);
}

static void stop(struct daemon *daemon) {
    if (daemon->stopping) {
        return;
    }
    daemon->stopping = true;
    uv_timer_start(&daemon->timer, give_up_waiting, STOP_MOST_MS, 0);
    if (daemon->http != NULL) {
        http_drain(daemon->http, drained, daemon);
    } else {
        nodes_detach_all(daemon->nodes, all_detached, daemon);
    }
}

static void on_signal(uv_signal_t *handle, int number) {
    struct daemon *daemon = handle->data;
    log_line(LOG_INFO, "daemon.stop", "signal=%d", number);
    stop(daemon);
}

// ---- the demo --------------------------------------------------------------------------------

static bool start_demo(struct daemon *daemon, struct error *error);

// The playground may be broken on purpose; then it is started anew.
static void restart_demo(uv_timer_t *timer) {
    struct daemon *daemon = timer->data;
    struct error error;
    if (!daemon->stopping && !start_demo(daemon, &error)) {
        log_line(LOG_ERROR, "demo.start", "reason=\"%s\"", error.message);
        uv_timer_start(&daemon->timer, restart_demo, DEMO_AGAIN_MS, 0);
    }
}

static void demo_ended(void *context, int64_t status) {
    struct daemon *daemon = context;
    daemon->demo = NULL;
    log_line(LOG_WARNING, "demo.ended", "status=%lld", (long long)status);
    if (daemon->stopping) {
        return;
    }
    if (!daemon->ready) {
        fprintf(stderr, "whitebeam: the playground ended while it started (status %lld)\n",
                (long long)status);
        daemon->failed = true;
        stop(daemon);
        return;
    }
    uv_timer_start(&daemon->timer, restart_demo, DEMO_AGAIN_MS, 0);
}

static void demo_attached(void *context, struct node *node, const struct error *error) {
    struct daemon *daemon = context;
    if (daemon->stopping || daemon->ready) {
        return;
    }
    if (node == NULL) {
        complain(error);
        daemon->failed = true;
        stop(daemon);
        return;
    }
    daemon->ready = true;
    say_ready(daemon);
}

static bool start_demo(struct daemon *daemon, struct error *error) {
    struct error warning;
    struct attach_options options = {.name = str_of(DEMO_NODE), .piped = true, .keep = true};
    daemon->demo = demo_start(&daemon->loop, demo_ended, daemon, &options.read_fd,
            &options.write_fd, &warning, error);
    if (daemon->demo == NULL) {
        return false;
    }
    if (warning.code != ERROR_OK && !daemon->ready) {
        fprintf(stderr,
                "WARNING: the playground runs without a jail: %s\n"
                "WARNING: what you do in it is done with your own rights on this machine.\n",
                warning.message);
    }
    return nodes_attach(daemon->nodes, &options, demo_attached, daemon, error);
}

// ---- the start -------------------------------------------------------------------------------

static bool set_cookie(struct daemon *daemon, struct error *error) {
    char cookie[LIMIT_COOKIE + 1];
    if (daemon->options->cookie_file[0] == '\0') {
        return true;
    }
    if (!state_read_cookie(daemon->options->cookie_file, cookie, sizeof cookie, error)) {
        return false;
    }
    nodes_set_cookie(daemon->nodes, str_of(cookie));
    return true;
}

static bool attach_all(struct daemon *daemon, struct error *error) {
    for (size_t i = 0; i < daemon->options->attach_count; i++) {
        struct attach_options options = {.name = str_of(daemon->options->attach[i]), .keep = true};
        if (!nodes_attach(daemon->nodes, &options, NULL, NULL, error)) {
            return false;
        }
    }
    return true;
}

static bool listen_http(struct daemon *daemon, struct error *error) {
    struct str hosts[16];
    for (size_t i = 0; i < daemon->options->host_count; i++) {
        hosts[i] = str_of(daemon->options->hosts[i]);
    }
    struct str origins[16];
    for (size_t i = 0; i < daemon->options->cors_count; i++) {
        origins[i] = str_of(daemon->options->cors_origins[i]);
    }
    struct http_options options = {.address = daemon->options->address,
            .port = daemon->options->port,
            .admin_key = str_of(daemon->state.admin_key),
            .hosts = hosts,
            .host_count = daemon->options->host_count,
            .origins = origins,
            .origin_count = daemon->options->cors_count};
    daemon->http = http_create(&daemon->loop, &options, &daemon->services, error);
    if (daemon->http == NULL) {
        return false;
    }
    http_serve_live(daemon->http, daemon->live);
    http_serve_page(daemon->http, (struct assets){asset_table, asset_count});
    return true;
}

// The usual names of secrets, and those of the configuration.
static void set_redaction(struct daemon *daemon) {
    const struct options *options = daemon->options;
    size_t count = 0;
    struct str *names =
            arena_take(&daemon->arena, options->redact_count + redact_default.count, sizeof *names);
    for (size_t i = 0; i < redact_default.count; i++) {
        names[count++] = redact_default.names[i];
    }
    for (size_t i = 0; i < options->redact_count; i++) {
        names[count++] = str_of(options->redact[i]);
    }
    daemon->redaction = redact_names(&daemon->arena, names, count);
    redact_use(&daemon->redaction);
}

static void on_live_tick(uv_timer_t *timer) {
    struct daemon *daemon = timer->data;
    live_tick(daemon->live);
    if (daemon->services.keys != NULL) {
        keys_tick(daemon->services.keys, clock_unix_ms());
    }
    if (daemon->http != NULL) {
        http_check_live(daemon->http);
    }
}

static bool start(struct daemon *daemon, struct error *error) {
    char host[128];
    char self[LIMIT_NODE_NAME + 1];
    if (gethostname(host, sizeof host) != 0) {
        snprintf(host, sizeof host, "localhost");
    }
    host[sizeof host - 1] = '\0';
    snprintf(self, sizeof self, "whitebeam_%s@%s", daemon->state.id, host);
    daemon->nodes = nodes_create(&daemon->loop, str_of(self));
    daemon->live = live_create(daemon->nodes);
    uv_timer_init(&daemon->loop, &daemon->live_timer);
    daemon->live_timer.data = daemon;
    uv_timer_start(&daemon->live_timer, on_live_tick, LIVE_TICK_MS, LIVE_TICK_MS);
    set_redaction(daemon);
    daemon->services.loop = &daemon->loop;
    daemon->services.nodes = daemon->nodes;
    daemon->services.feed = live_feed(daemon->live);
    daemon->services.store = store_open(&daemon->loop, daemon->state.directory, error);
    daemon->services.rates = rates_create(daemon->options->rates);
    if (daemon->services.store != NULL) {
        daemon->services.keys = keys_load(daemon->services.store, error);
    }
    if (daemon->services.keys == NULL || !set_cookie(daemon, error) ||
            !listen_http(daemon, error) ||
            !state_announce(
                    &daemon->state, daemon->options->address, http_port(daemon->http), error) ||
            !attach_all(daemon, error)) {
        return false;
    }
    if (!daemon->options->demo) {
        say_ready(daemon);
        return true;
    }
    return start_demo(daemon, error);
}

int daemon_run(const struct options *options) {
    struct daemon daemon = {.options = options};
    struct error error;
    if (!state_open(&daemon.state, options->state, &error)) {
        complain(&error);
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    raise_files();
    arena_init(&daemon.arena);
    uv_loop_init(&daemon.loop);
    uv_timer_init(&daemon.loop, &daemon.timer);
    daemon.timer.data = &daemon;
    static const int numbers[] = {SIGTERM, SIGINT};
    for (int i = 0; i < 2; i++) {
        uv_signal_init(&daemon.loop, &daemon.signals[i]);
        daemon.signals[i].data = &daemon;
        uv_signal_start(&daemon.signals[i], on_signal, numbers[i]);
    }
    if (!start(&daemon, &error)) {
        complain(&error);
        daemon.failed = true;
        stop(&daemon);
    }
    uv_run(&daemon.loop, UV_RUN_DEFAULT);
    live_destroy(daemon.live);
    nodes_destroy(daemon.nodes);
    uv_loop_close(&daemon.loop);
    arena_finish(&daemon.arena);
    state_close(&daemon.state);
    return daemon.failed ? 1 : 0;
}
