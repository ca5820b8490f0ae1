// The life of the server: it listens, lends libmicrohttpd the loop whenever its sockets or its
// clock want it, and drains. libmicrohttpd has no thread; its epoll descriptor is watched by ours.
//
// Two things it does not do by itself in this mode: notice that a suspended connection was resumed,
// and take its listening socket back after it was full. http_wake does both by running it again.
#include "serve/http_private.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

// The parser's own strictness. 0.9 would only answer some refusals with pages of its own, or not at
// all, before our gate sees them; from 1.0 on it is what refuses folded lines.
#define PARSER_STRICTNESS (MHD_VERSION >= 0x01000000 ? 1 : 0)

#define ROUNDS       8u   // of libmicrohttpd in a row before the rest of the loop has a turn
#define BACKLOG      1024 // connections that the kernel holds for us
#define ADDRESS_TEXT (INET6_ADDRSTRLEN + 2)

const struct http_limits http_limits = {
        .connections = LIMIT_HTTP_CONNECTIONS,
        .sockets = LIMIT_WEBSOCKETS,
        .pool = LIMIT_HTTP_POOL,
        .body = LIMIT_HTTP_BODY,
        .untaken = LIMIT_HTTP_UNTAKEN,
        .idle_s = LIMIT_HTTP_IDLE_S,
        .request_ms = LIMIT_HTTP_REQUEST_MS,
        .answer_ms = LIMIT_HTTP_ANSWER_MS,
        .drain_ms = LIMIT_HTTP_DRAIN_MS,
        .grace_ms = LIMIT_HTTP_GRACE_MS,
};

struct http_limits http_limits_of(uint64_t descriptors) {
    struct http_limits limits = http_limits;
    uint64_t eighth = descriptors / 8;
    if (eighth * 5 < limits.connections) {
        limits.connections = (unsigned)(eighth * 5);
    }
    if (eighth * 2 < limits.sockets) {
        limits.sockets = (unsigned)(eighth * 2);
    }
    return limits;
}

// ---- the end ---------------------------------------------------------------------------------

static void free_http(struct http *http) {
    exchange_forget_all(http);
    for (size_t i = 0; i < http->host_count; i++) {
        free((char *)(uintptr_t)http->hosts[i].at);
    }
    free(http->hosts);
    for (size_t i = 0; i < http->origin_count; i++) {
        free((char *)(uintptr_t)http->origins[i].at);
    }
    free(http->origins);
    free(http->name);
    sessions_destroy(http->sessions);
    if (http->admin_key.at != NULL) {
        char *key = (char *)(uintptr_t)http->admin_key.at;
        sodium_memzero(key, http->admin_key.length);
        free(key);
    }
    free(http);
}

static void part_closed(void *context) {
    struct http *http = context;
    if (--http->handles > 0) {
        return;
    }
    if (http->abandoned) {
        free_http(http);
        return;
    }
    http->over = true;
    http->done(http->done_context); // which may destroy us
}

static void handle_closed(uv_handle_t *handle) {
    part_closed(handle->data);
}

// MHD_stop_daemon aborts the process if a connection is suspended, so all are resumed before.
static void stop(struct http *http) {
    must(!http->running && http->daemon != NULL);
    struct peer_queue *waiting = &http->queues[PHASE_WAITING];
    while (waiting->oldest != NULL) {
        struct peer *peer = waiting->oldest;
        deadline_leave(peer);
        exchange_overdue(peer->exchange, ERROR_UNAVAILABLE);
    }
    http->running = true; // http_wake is of no use any more
    MHD_stop_daemon(http->daemon);
    http->daemon = NULL;
    must(http->peers == 0);
    websockets_destroy(http->sockets, part_closed, http);
    uv_close((uv_handle_t *)&http->poll, handle_closed);
    uv_close((uv_handle_t *)&http->pump, handle_closed);
    uv_close((uv_handle_t *)&http->sweep, handle_closed);
    uv_close((uv_handle_t *)&http->drain, handle_closed);
}

// ---- the turns of libmicrohttpd --------------------------------------------------------------

static void pump_expired(uv_timer_t *timer);

static void set_pump(struct http *http, uint64_t wait) {
    uint64_t due = uv_now(http->loop) + wait;
    if (due < http->pump_due) { // a later one is set when this one has passed
        http->pump_due = due;
        uv_timer_start(&http->pump, pump_expired, wait, 0);
    }
}

static void run(struct http *http) {
    must(!http->running);
    http->running = true;
    unsigned round = 0;
    bool timed;
    MHD_UNSIGNED_LONG_LONG wait;
    do {
        http->again = false;
        MHD_run(http->daemon);
        timed = MHD_get_timeout(http->daemon, &wait) == MHD_YES;
        if (http->again) {
            timed = true;
            wait = 0;
        }
    } while (timed && wait == 0 && ++round < ROUNDS);
    http->running = false;
    if (http->draining && http->peers == 0 && websockets_count(http->sockets) == 0) {
        stop(http);
    } else if (timed) {
        set_pump(http, wait);
    }
}

static void pump_expired(uv_timer_t *timer) {
    struct http *http = timer->data;
    http->pump_due = UINT64_MAX;
    run(http);
}

static void poll_ready(uv_poll_t *poll, int status, int events) {
    (void)status; // an error on an epoll descriptor shows again in MHD_run
    (void)events;
    run(poll->data);
}

void http_wake(struct http *http) {
    http->again = true;
    if (!http->running) {
        set_pump(http, 0);
    }
}

static void connection_changed(void *context, struct MHD_Connection *connection, void **state,
        enum MHD_ConnectionNotificationCode what) {
    struct http *http = context;
    switch (what) {
    case MHD_CONNECTION_NOTIFY_STARTED: {
        struct peer *peer = memory_new(1, sizeof *peer);
        peer->http = http;
        peer->connection = connection;
        peer->socket =
                MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
        peer->phase = PHASE_COUNT;
        deadline_enter(peer, PHASE_ARRIVING);
        http->peers++;
        *state = peer;
        return;
    }
    case MHD_CONNECTION_NOTIFY_CLOSED: {
        struct peer *peer = *state;
        exchange_leave(peer);
        deadline_leave(peer);
        free(peer);
        *state = NULL;
        http->peers--;
        http_wake(http); // there may have been no room for connections that wait to be accepted
        return;
    }
    }
}

// What it would do to the target: we take it raw.
static size_t unescape_nothing(void *context, struct MHD_Connection *connection, char *text) {
    (void)context;
    (void)connection;
    return strlen(text);
}

// ---- the beginning ---------------------------------------------------------------------------

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static bool read_address(
        const struct http_options *options, union address *address, struct error *error) {
    *address = (union address){0};
    if (uv_ip4_addr(options->address, options->port, &address->v4) == 0 ||
            uv_ip6_addr(options->address, options->port, &address->v6) == 0) {
        return true;
    }
    return error_set(error, ERROR_UNAVAILABLE,
            "%s is not a numeric IPv4 or IPv6 address to listen on", options->address);
}

static bool listen_failed(const struct http_options *options, struct error *error) {
    const char *why = strerror(errno);
    switch (errno) {
    case EADDRINUSE:
        why = "another program listens there: choose another port, or 0 for any free one";
        break;
    case EADDRNOTAVAIL:
        why = "it is not an address of this machine";
        break;
    case EACCES:
        why = "ports below 1024 need the privilege CAP_NET_BIND_SERVICE";
        break;
    }
    bool v6 = strchr(options->address, ':') != NULL;
    return error_set(error, ERROR_UNAVAILABLE, "cannot listen on %s%s%s:%u: %s", v6 ? "[" : "",
            options->address, v6 ? "]" : "", options->port, why);
}

static bool open_listener(
        struct http *http, const struct http_options *options, struct error *error) {
    union address address;
    if (!read_address(options, &address, error)) {
        return false;
    }
    socklen_t length = address.any.sa_family == AF_INET ? sizeof address.v4 : sizeof address.v6;
    int listener = socket(address.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (listener < 0) {
        return listen_failed(options, error);
    }
    int on = 1;
    // Accepted sockets inherit TCP_NODELAY.
    if (setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) != 0 ||
            setsockopt(listener, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) != 0 ||
            bind(listener, &address.any, length) != 0 || listen(listener, BACKLOG) != 0 ||
            getsockname(listener, &address.any, &length) != 0) {
        listen_failed(options, error);
        close(listener);
        return false;
    }
    http->listener = listener;
    http->port =
            ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return true;
}

static struct str copied(struct str text) {
    char *copy = memory_new(text.length + 1, 1);
    memcpy(copy, text.at, text.length);
    return (struct str){copy, text.length};
}

static void add_host(struct http *http, struct str name) {
    http->hosts[http->host_count++] = copied(name);
}

// A server that listens everywhere is reached from this machine over loopback.
static void set_own_name(struct http *http, const char *address) {
    const char *name = address;
    if (strcmp(address, "0.0.0.0") == 0) {
        name = "127.0.0.1";
    } else if (strcmp(address, "[::]") == 0) {
        name = "[::1]";
    }
    http->name = memory_string(name);
}

static void set_names(struct http *http, const struct http_options *options) {
    http->hosts = memory_new(options->host_count + 4, sizeof *http->hosts);
    add_host(http, STR("127.0.0.1"));
    add_host(http, STR("localhost"));
    add_host(http, STR("[::1]"));
    char text[ADDRESS_TEXT];
    bool v6 = strchr(options->address, ':') != NULL;
    int length = snprintf(text, sizeof text, v6 ? "[%s]" : "%s", options->address);
    must(length > 0 && (size_t)length < sizeof text); // open_listener has understood it
    add_host(http, (struct str){text, (size_t)length});
    set_own_name(http, text);
    for (size_t i = 0; i < options->host_count; i++) {
        add_host(http, options->hosts[i]);
    }
    http->origins = memory_new(options->origin_count + 1, sizeof *http->origins);
    for (size_t i = 0; i < options->origin_count; i++) {
        http->origins[http->origin_count++] = copied(options->origins[i]);
    }
    http->admin_key = copied(options->admin_key);
    http->sessions = sessions_create();
}

static bool start_daemon(struct http *http, struct error *error) {
    http->daemon = MHD_start_daemon(MHD_USE_EPOLL | MHD_ALLOW_SUSPEND_RESUME | MHD_ALLOW_UPGRADE, 0,
            NULL, NULL, exchange_handle, http,                      //
            MHD_OPTION_LISTEN_SOCKET, (MHD_socket)http->listener,   //
            MHD_OPTION_CONNECTION_LIMIT, http->limits.connections,  //
            MHD_OPTION_CONNECTION_MEMORY_LIMIT, http->limits.pool,  //
            MHD_OPTION_CONNECTION_TIMEOUT, http->limits.idle_s,     //
            MHD_OPTION_URI_LOG_CALLBACK, exchange_open, http,       //
            MHD_OPTION_UNESCAPE_CALLBACK, unescape_nothing, NULL,   //
            MHD_OPTION_NOTIFY_COMPLETED, exchange_close, http,      //
            MHD_OPTION_NOTIFY_CONNECTION, connection_changed, http, //
            MHD_OPTION_STRICT_FOR_CLIENT, PARSER_STRICTNESS,        //
            MHD_OPTION_END);
    if (http->daemon == NULL) {
        // In most, but not all, cases it has closed the listener, so that we cannot.
        return error_set(
                error, ERROR_UNAVAILABLE, "the HTTP server cannot be started: %s", strerror(errno));
    }
    return true;
}

// The server may be waiting for the last one to end.
static void sockets_emptied(void *context) {
    struct http *http = context;
    if (http->draining) {
        http_wake(http);
    }
}

static void start_handles(struct http *http) {
    const union MHD_DaemonInfo *info = MHD_get_daemon_info(http->daemon, MHD_DAEMON_INFO_EPOLL_FD);
    must(info != NULL);
    must(uv_poll_init(http->loop, &http->poll, info->epoll_fd) == 0);
    uv_timer_init(http->loop, &http->pump);
    uv_timer_init(http->loop, &http->sweep);
    uv_timer_init(http->loop, &http->drain);
    http->poll.data = http->pump.data = http->sweep.data = http->drain.data = http;
    struct websocket_limits sockets = websocket_limits;
    sockets.sockets = http->limits.sockets;
    http->sockets = websockets_create(http->loop, &sockets, sockets_emptied, http);
    http->handles = 5; // the WebSockets count as one
    must(uv_poll_start(&http->poll, UV_READABLE, poll_ready) == 0);
    run(http); // it takes the listening socket into its epoll set
}

struct http *http_create_limited(uv_loop_t *loop, const struct http_options *options,
        const struct http_limits *limits, struct services *services, struct error *error) {
    struct http *http = memory_new(1, sizeof *http);
    http->loop = loop;
    http->services = services;
    http->limits = *limits;
    http->pump_due = http->sweep_due = UINT64_MAX;
    if (!open_listener(http, options, error)) {
        free(http);
        return NULL;
    }
    set_names(http, options);
    if (!start_daemon(http, error)) {
        free_http(http);
        return NULL;
    }
    start_handles(http);
    return http;
}

struct http *http_create(uv_loop_t *loop, const struct http_options *options,
        struct services *services, struct error *error) {
    struct rlimit files;
    bool known = getrlimit(RLIMIT_NOFILE, &files) == 0;
    struct http_limits limits = http_limits_of(known ? files.rlim_cur : UINT64_MAX);
    return http_create_limited(loop, options, &limits, services, error);
}

uint16_t http_port(const struct http *http) {
    return http->port;
}

// ---- draining --------------------------------------------------------------------------------

// The last answers had their time.
static void grace_over(uv_timer_t *timer) {
    stop(timer->data);
}

// Running requests had their time: those that wait are answered, the others end.
static void drain_over(uv_timer_t *timer) {
    struct http *http = timer->data;
    http->refusing = true;
    struct peer_queue *waiting = &http->queues[PHASE_WAITING];
    while (waiting->oldest != NULL) {
        struct peer *peer = waiting->oldest;
        deadline_leave(peer);
        exchange_overdue(peer->exchange, ERROR_UNAVAILABLE);
    }
    deadline_cut_arriving(http);
    uv_timer_start(&http->drain, grace_over, http->limits.grace_ms, 0);
}

void http_drain(struct http *http, void (*done)(void *context), void *context) {
    must(!http->draining);
    http->draining = true;
    http->done = done;
    http->done_context = context;
    MHD_socket listener = MHD_quiesce_daemon(http->daemon);
    must(listener == http->listener);
    close(listener);
    http->listener = -1;
    websockets_close(http->sockets, WEBSOCKET_RESTART, "the server restarts");
    deadline_cut_unused(http);
    uv_timer_start(&http->drain, drain_over, http->limits.drain_ms, 0);
    http_wake(http);
}

void http_destroy(struct http *http) {
    if (http == NULL) {
        return;
    }
    if (http->over) {
        free_http(http);
        return;
    }
    must(!http->draining); // done has not been called yet
    http->abandoned = true;
    stop(http);
}
