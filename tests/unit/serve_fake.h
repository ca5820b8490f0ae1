// For tests of the HTTP server: calls that end as their path says, a server on a thread of its own,
// and a client with a blocking socket.
#ifndef WHITEBEAM_TESTS_SERVE_FAKE_H
#define WHITEBEAM_TESTS_SERVE_FAKE_H

#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"
#include "operations/services.h"
#include "serve/http_private.h"

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include <arpa/inet.h>
#include <cmocka.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#define FAKE_KEY      "0123456789abcdef-secret"
#define FAKE_PATIENCE 20 // seconds that a test waits for an event before it fails
#define FAKE_BIG      ((size_t)16 << 20)

// ---- calls -----------------------------------------------------------------------------------

// Written on the loop thread, read by the test under the mutex.
static struct {
    pthread_mutex_t mutex;
    pthread_cond_t changed;
    uv_loop_t *loop;
    unsigned started;
    unsigned live;    // started and not yet freed by call_finish
    unsigned waiting; // /never
    unsigned peers;   // connections of the server
    struct call *never[2048];
} fake = {.mutex = PTHREAD_MUTEX_INITIALIZER, .changed = PTHREAD_COND_INITIALIZER};

static inline void fake_add(unsigned *counter, int change) {
    pthread_mutex_lock(&fake.mutex);
    *counter += (unsigned)change;
    pthread_cond_broadcast(&fake.changed);
    pthread_mutex_unlock(&fake.mutex);
}

static inline void fake_wait(const unsigned *counter, unsigned wanted) {
    struct timespec until;
    clock_gettime(CLOCK_REALTIME, &until);
    until.tv_sec += FAKE_PATIENCE;
    pthread_mutex_lock(&fake.mutex);
    int result = 0;
    while (*counter != wanted && result == 0) {
        result = pthread_cond_timedwait(&fake.changed, &fake.mutex, &until);
    }
    unsigned found = *counter;
    pthread_mutex_unlock(&fake.mutex);
    assert_int_equal(found, wanted);
}

static inline void fake_echo(struct call *call) {
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_put_string(out, "method", call->request.method);
    json_put_string(out, "path", call->request.path);
    json_put_string(out, "query", call->request.query);
    json_put_string(out, "body", call->request.body);
    json_put_string(out, "id", call->request.request_id);
    json_bool(out, "authenticated", call->request.authenticated);
    json_uint(out, "permissions", call->request.permissions);
    json_close_object(out);
    call->status = 200;
    call->finished(call);
}

static inline void fake_timer_closed(uv_handle_t *handle) {
    struct call *call = handle->data;
    free(handle);
    fake_echo(call);
}

static inline void fake_timer_expired(uv_timer_t *timer) {
    uv_close((uv_handle_t *)timer, fake_timer_closed);
}

static inline void fake_later(struct call *call) {
    uv_timer_t *timer = memory_new(1, sizeof *timer);
    uv_timer_init(fake.loop, timer);
    timer->data = call;
    uv_timer_start(timer, fake_timer_expired, 20, 0);
}

static inline void fake_never(struct call *call) {
    assert_true(fake.waiting < sizeof fake.never / sizeof *fake.never);
    fake.never[fake.waiting] = call;
    fake_add(&fake.waiting, 1);
}

// Ends all calls to /never. On the loop thread.
static inline void fake_release(void *unused) {
    (void)unused;
    while (fake.waiting > 0) {
        struct call *call = fake.never[fake.waiting - 1];
        fake_add(&fake.waiting, -1);
        fake_echo(call);
    }
}

static inline void fake_fail(struct call *call, enum error_code code) {
    struct error error;
    error_set(&error, code, "fake");
    call_write_error(&call->answer, &error, call->request.request_id, call->request.problem);
    call->status = error_status(code);
    call->finished(call);
}

static inline void fake_method(struct call *call) {
    call->allow = arena_copy(&call->arena, STR("GET, PUT"));
    fake_fail(call, ERROR_METHOD_NOT_ALLOWED);
}

static inline void fake_linked(struct call *call) {
    call->links = (struct str){"</a?page=2>; rel=\"next\"XXX", 23}; // not terminated
    fake_echo(call);
}

static inline void fake_empty(struct call *call) {
    call->status = 204;
    call->finished(call);
}

static inline void fake_big(struct call *call) {
    memset(buffer_reserve(&call->answer, FAKE_BIG), 'x', FAKE_BIG);
    call->answer.length = FAKE_BIG;
    call->status = 200;
    call->finished(call);
}

static inline void fake_missing(struct call *call) {
    fake_fail(call, ERROR_NOT_FOUND);
}

static inline void fake_locked(struct call *call) {
    if (call->request.permissions == 0) {
        fake_fail(call, ERROR_UNAUTHENTICATED);
    } else {
        fake_echo(call);
    }
}

static const struct {
    const char *path;
    void (*run)(struct call *call);
} fake_routes[] = {
        {"/later", fake_later},
        {"/never", fake_never},
        {"/method", fake_method},
        {"/linked", fake_linked},
        {"/empty", fake_empty},
        {"/big", fake_big},
        {"/missing", fake_missing},
        {"/locked", fake_locked},
};

void call_start(struct call *call, struct services *services, const struct request *request,
        void (*finished)(struct call *call), void *transport) {
    *call = (struct call){
            .services = services,
            .request = *request,
            .finished = finished,
            .transport = transport,
    };
    fake_add(&fake.started, 1);
    fake_add(&fake.live, 1);
    for (size_t i = 0; i < sizeof fake_routes / sizeof *fake_routes; i++) {
        if (str_is(request->path, fake_routes[i].path)) {
            fake_routes[i].run(call);
            return;
        }
    }
    fake_echo(call);
}

void call_finish(struct call *call) {
    arena_finish(&call->arena);
    buffer_finish(&call->answer);
    fake_add(&fake.live, -1);
}

void call_write_error(
        struct buffer *out, const struct error *error, struct str request_id, bool problem) {
    json_open_object(out, NULL);
    json_text(out, problem ? "type" : "error", error_text(error->code));
    json_text(out, "message", error->message);
    json_put_string(out, "request_id", request_id);
    json_close_object(out);
}

// ---- the server ------------------------------------------------------------------------------

struct server {
    uv_loop_t loop;
    uv_async_t async;
    uv_prepare_t prepare; // tells `fake` how many connections there are
    pthread_t thread;
    uv_sem_t ran, drained;
    struct http *http;
    uint16_t port;
    void (*job)(void *context);
    void *job_context;
};

static const struct http_limits fake_limits = {
        .connections = 1024,
        .sockets = 1024,
        .pool = 16u << 10,
        .body = 64u << 10,
        .untaken = 256u << 20,
        .idle_s = 60,
        .request_ms = 10000,
        .answer_ms = 10000,
        .drain_ms = 5000,
        .grace_ms = 1000,
};

static inline void server_run_job(uv_async_t *async) {
    struct server *server = async->data;
    if (server->job != NULL) {
        void (*job)(void *) = server->job;
        server->job = NULL;
        job(server->job_context);
        uv_sem_post(&server->ran);
    }
}

static inline void server_count(uv_prepare_t *prepare) {
    struct server *server = prepare->data;
    unsigned peers = server->http != NULL ? server->http->peers : 0;
    if (peers != fake.peers) {
        fake_add(&fake.peers, (int)(peers - fake.peers));
    }
}

static inline void *server_thread(void *context) {
    struct server *server = context;
    uv_run(&server->loop, UV_RUN_DEFAULT);
    return NULL;
}

static inline void server_start(struct server *server, const struct http_limits *limits) {
    *server = (struct server){0};
    fake.started = fake.live = fake.waiting = fake.peers = 0;
    fake.loop = &server->loop;
    uv_loop_init(&server->loop);
    uv_async_init(&server->loop, &server->async, server_run_job);
    uv_prepare_init(&server->loop, &server->prepare);
    server->async.data = server->prepare.data = server;
    uv_prepare_start(&server->prepare, server_count);
    uv_sem_init(&server->ran, 0);
    uv_sem_init(&server->drained, 0);
    static struct services no_services;
    struct str hosts[] = {STR("beam.example")};
    struct http_options options = {
            .address = "127.0.0.1", .admin_key = STR(FAKE_KEY), .hosts = hosts, .host_count = 1};
    struct error error;
    server->http = http_create_limited(&server->loop, &options, limits, &no_services, &error);
    assert_non_null(server->http);
    server->port = http_port(server->http);
    assert_int_equal(pthread_create(&server->thread, NULL, server_thread, server), 0);
}

// Runs the job on the loop thread and waits for its end.
static inline void server_do(struct server *server, void (*job)(void *context), void *context) {
    server->job_context = context;
    server->job = job;
    uv_async_send(&server->async);
    uv_sem_wait(&server->ran);
}

static inline void server_is_drained(void *context) {
    struct server *server = context;
    uv_sem_post(&server->drained);
}

static inline void server_drain_job(void *context) {
    struct server *server = context;
    http_drain(server->http, server_is_drained, server);
}

static inline void server_destroy_job(void *context) {
    struct server *server = context;
    http_destroy(server->http);
    server->http = NULL;
}

static inline void server_close_job(void *context) {
    struct server *server = context;
    uv_close((uv_handle_t *)&server->async, NULL);
    uv_close((uv_handle_t *)&server->prepare, NULL);
}

// Begins to drain.
static inline void server_drain(struct server *server) {
    server_do(server, server_drain_job, server);
}

// After the drain: destroys the server first and ends the calls that outlived it second.
static inline void server_finish(struct server *server) {
    server_do(server, server_destroy_job, server);
    server_do(server, fake_release, NULL);
    server_do(server, server_close_job, server);
    pthread_join(server->thread, NULL);
    assert_int_equal(uv_loop_close(&server->loop), 0);
    uv_sem_destroy(&server->ran);
    uv_sem_destroy(&server->drained);
    assert_int_equal(fake.live, 0);
}

static inline void server_stop(struct server *server) {
    server_do(server, fake_release, NULL);
    server_drain(server);
    uv_sem_wait(&server->drained);
    server_finish(server);
}

// ---- the client ------------------------------------------------------------------------------

struct client {
    int socket;
    struct buffer text; // received and not used yet
};

struct reply {
    int status;         // 0: the connection ended without an answer
    struct buffer head; // status line and header, with a NUL
    struct buffer body; // with a NUL that its length does not count
};

static inline void client_open(struct client *client, uint16_t port) {
    *client = (struct client){.socket = socket(AF_INET, SOCK_STREAM, 0)};
    assert_true(client->socket >= 0);
    struct timeval patience = {.tv_sec = FAKE_PATIENCE};
    setsockopt(client->socket, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    setsockopt(client->socket, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(port)};
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    assert_int_equal(connect(client->socket, (struct sockaddr *)&at, sizeof at), 0);
}

static inline void client_close(struct client *client) {
    close(client->socket);
    buffer_finish(&client->text);
}

// The server may close before it has read everything.
static inline bool client_send(struct client *client, const char *bytes, size_t length) {
    while (length > 0) {
        ssize_t sent = send(client->socket, bytes, length, MSG_NOSIGNAL);
        if (sent <= 0) {
            return false;
        }
        bytes += sent;
        length -= (size_t)sent;
    }
    return true;
}

static inline bool client_say(struct client *client, const char *text) {
    return client_send(client, text, strlen(text));
}

// Receives more; false at the end. A reset counts as an end, a timeout fails the test.
static inline bool client_receive(struct client *client) {
    char *at = buffer_reserve(&client->text, 1 << 16);
    ssize_t got;
    do { // with a time limit, the kernel does not start it again after a signal
        got = recv(client->socket, at, 1 << 16, 0);
    } while (got < 0 && errno == EINTR);
    if (got <= 0) {
        assert_true(got == 0 || errno == ECONNRESET || errno == EPIPE);
        return false;
    }
    client->text.length += (size_t)got;
    return true;
}

static inline size_t reply_length(const char *head) {
    const char *at = strstr(head, "\r\nContent-Length: ");
    return at ? (size_t)strtoul(at + 18, NULL, 10) : 0;
}

// Where the header ends, before its empty line.
static inline const char *find_end(const struct buffer *text) {
    for (size_t i = 0; i + 4 <= text->length; i++) {
        if (memcmp(text->at + i, "\r\n\r\n", 4) == 0) {
            return text->at + i;
        }
    }
    return NULL;
}

// Reads one answer; `bare`: to HEAD, so without a body.
static inline struct reply client_read(struct client *client, bool bare) {
    struct reply reply = {0};
    const char *end;
    while ((end = find_end(&client->text)) == NULL) {
        if (!client_receive(client)) {
            buffer_add(&reply.head, "", 1);
            buffer_add(&reply.body, "", 1);
            return reply;
        }
    }
    size_t head = (size_t)(end - client->text.at) + 4;
    buffer_add(&reply.head, client->text.at, head);
    buffer_add(&reply.head, "", 1);
    buffer_drop(&client->text, head);
    assert_int_equal(sscanf(reply.head.at, "HTTP/1.1 %d ", &reply.status), 1);
    size_t length = bare ? 0 : reply_length(reply.head.at);
    while (client->text.length < length) {
        assert_true(client_receive(client));
    }
    buffer_add(&reply.body, client->text.at, length);
    buffer_add(&reply.body, "", 1);
    reply.body.length--;
    buffer_drop(&client->text, length);
    return reply;
}

// Waits for the end of the connection; false if something came before.
static inline bool client_ended(struct client *client) {
    while (client_receive(client)) {
    }
    return client->text.length == 0;
}

// Has the server closed, without having said anything, within so many milliseconds?
static inline bool client_hears_end(struct client *client, int milliseconds) {
    struct pollfd poller = {.fd = client->socket, .events = POLLIN};
    char byte;
    return poll(&poller, 1, milliseconds) > 0 &&
           recv(client->socket, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

static inline void reply_free(struct reply *reply) {
    buffer_finish(&reply->head);
    buffer_finish(&reply->body);
}

static inline bool reply_has(const struct reply *reply, const char *line) {
    return strstr(reply->head.at, line) != NULL;
}

static inline bool reply_says(const struct reply *reply, const char *text) {
    return strstr(reply->body.at, text) != NULL;
}

// One request on a connection of its own.
static inline struct reply ask(const struct server *server, const char *text) {
    struct client client;
    client_open(&client, server->port);
    client_say(&client, text);
    struct reply reply = client_read(&client, strncmp(text, "HEAD", 4) == 0);
    client_close(&client);
    return reply;
}

#endif
