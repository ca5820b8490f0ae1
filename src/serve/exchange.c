// One request: its header is judged, its body collected, its key compared; then a call is started
// for it and its answer sent. A call that ends inside call_start is answered at once; otherwise the
// connection sleeps until the call ends or its time is over.
#include "serve/http_private.h"

#include "base/memory.h"
#include "base/must.h"
#include "base/random.h"
#include "limits.h"

#include <stdlib.h>
#include <sys/socket.h>

#define SPARE_EXCHANGES  256u
#define SPARE_BODY_BYTES (64u << 10) // a larger body's memory is not kept

// ---- exchanges and their memory --------------------------------------------------------------

static struct exchange *take_spare(struct http *http) {
    struct exchange *exchange = http->spare;
    if (exchange == NULL) {
        return memory_new(1, sizeof *exchange);
    }
    http->spare = exchange->next;
    http->spare_count--;
    return exchange;
}

static void free_exchange(struct exchange *exchange) {
    buffer_finish(&exchange->target);
    buffer_finish(&exchange->body);
    free(exchange);
}

static void give_back(struct exchange *exchange) {
    struct http *http = exchange->http;
    if (http == NULL || http->spare_count >= SPARE_EXCHANGES) {
        free_exchange(exchange);
        return;
    }
    if (exchange->body.capacity > SPARE_BODY_BYTES) {
        buffer_finish(&exchange->body);
    }
    exchange->next = http->spare;
    http->spare = exchange;
    http->spare_count++;
}

static void make_orphan(struct exchange *exchange) {
    struct http *http = exchange->http;
    exchange->state = EXCHANGE_ORPHAN;
    exchange->peer = NULL;
    exchange->previous = NULL;
    exchange->next = http->orphans;
    if (http->orphans != NULL) {
        http->orphans->previous = exchange;
    }
    http->orphans = exchange;
}

static void bury_orphan(struct exchange *exchange) {
    if (exchange->http != NULL) {
        if (exchange->previous != NULL) {
            exchange->previous->next = exchange->next;
        } else {
            exchange->http->orphans = exchange->next;
        }
        if (exchange->next != NULL) {
            exchange->next->previous = exchange->previous;
        }
    }
    give_back(exchange);
}

void exchange_forget_all(struct http *http) {
    while (http->spare != NULL) {
        free_exchange(take_spare(http));
    }
    for (struct exchange *exchange = http->orphans; exchange != NULL; exchange = exchange->next) {
        exchange->http = NULL;
    }
    http->orphans = NULL;
}

// ---- the header ------------------------------------------------------------------------------

void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection) {
    struct peer *peer =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    exchange_leave(peer);
    struct exchange *exchange = take_spare(context);
    exchange->http = context;
    exchange->peer = peer;
    exchange->state = EXCHANGE_NEW;
    exchange->call_runs = exchange->problem = exchange->json = false;
    exchange->authenticated = exchange->by_cookie = exchange->close = false;
    exchange->unlimited = exchange->cors = false;
    exchange->permissions = 0;
    exchange->key_problem = NULL;
    exchange->actor[0] = '\0';
    exchange->head = exchange->http_1_1 = exchange->offer_version = false;
    exchange->gate = (struct gate){0};
    exchange->swallowed = 0;
    exchange->uri = uri;
    exchange->target.length = exchange->body.length = 0;
    exchange->request_id[0] = '\0';
    size_t length = strlen(uri);
    buffer_add(&exchange->target, uri, length);
    // libmicrohttpd would take the query apart: a record from the connection's memory for each
    // argument, and `+` and `&` overwritten. Operations do that themselves, so it gets to see an
    // empty one. The text lies in its own buffer, which it is about to write to as well.
    char *mark = memchr(uri, '?', length);
    if (mark != NULL) {
        mark[1] = '\0';
    }
    peer->exchange = exchange;
    if (peer->phase != PHASE_ARRIVING) { // a new connection arrives since it was accepted
        deadline_enter(peer, PHASE_ARRIVING);
    }
    return exchange;
}

struct reader {
    struct gate *gate;
    struct gate_walk walk;
    bool in_order; // all pieces lay in the header one behind the other
};

static enum MHD_Result read_line(void *context, enum MHD_ValueKind kind, const char *name,
        size_t name_length, const char *value, size_t value_length) {
    (void)kind;
    struct reader *reader = context;
    struct str name_text = {name, name_length};
    struct str value_text = {value_length ? value : "", value_length};
    reader->in_order = reader->in_order && gate_walk_over(&reader->walk, name_text) &&
                       (value_length == 0 || gate_walk_over(&reader->walk, value_text));
    gate_line(reader->gate, name_text, value_text);
    return MHD_YES;
}

// Reads all lines and proves that nothing of the header is hidden from us.
static void read_header(
        struct reader *reader, struct exchange *exchange, struct str method, struct str version) {
    struct MHD_Connection *connection = exchange->peer->connection;
    size_t size = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_REQUEST_HEADER_SIZE)
                          ->header_size;
    struct str target = {exchange->uri, exchange->target.length};
    *reader = (struct reader){
            .gate = &exchange->gate,
            .walk = {method.at, method.at + size},
    };
    reader->in_order =
            gate_walk_over(&reader->walk, method) && gate_walk_over(&reader->walk, target) &&
            version.at == target.at + target.length + 1 && gate_walk_over(&reader->walk, version);
    MHD_get_connection_values_n(connection, MHD_HEADER_KIND, read_line, reader);
    reader->in_order = reader->in_order && gate_walk_end(&reader->walk);
}

static void set_request_id(struct exchange *exchange, struct str theirs) {
    if (gate_request_id(theirs)) {
        memcpy(exchange->request_id, theirs.at, theirs.length);
        exchange->request_id[theirs.length] = '\0';
        return;
    }
    struct http *http = exchange->http;
    if (http->random_left < 8) {
        random_bytes(http->random, sizeof http->random);
        http->random_left = sizeof http->random;
    }
    char *at = exchange->request_id;
    memcpy(at, "req_", 4);
    at += 4;
    for (unsigned i = 0; i < 8; i++) {
        uint8_t byte = http->random[--http->random_left];
        *at++ = "0123456789abcdef"[byte >> 4];
        *at++ = "0123456789abcdef"[byte & 15];
    }
    *at = '\0';
}

static void set_method(struct exchange *exchange, struct str method) {
    if (str_is(method, "HEAD")) { // RFC 9110 9.3.2: libmicrohttpd leaves the body out
        method = STR("GET");
        exchange->head = true;
    }
    memcpy(exchange->method_text, method.at, method.length);
    exchange->method = (struct str){exchange->method_text, method.length};
}

// Is it the origin of a page elsewhere that may use the API? (Fetch, CORS protocol)
static bool is_allowed_origin(const struct http *http, struct str origin) {
    for (size_t i = 0; i < http->origin_count; i++) {
        if (str_equal(http->origins[i], origin)) {
            return true;
        }
    }
    return false;
}

static bool check_names(struct exchange *exchange, struct error *error) {
    const struct http *http = exchange->http;
    const struct gate *gate = &exchange->gate;
    struct gate_hosts hosts = {http->hosts, http->host_count};
    struct str host = gate->field[GATE_HOST];
    if (gate->count[GATE_HOST] > 0 && !gate_host(&hosts, host)) {
        error_set(error, ERROR_WRONG_HOST,
                "this daemon does not serve the host that the header Host names: use an address "
                "of this machine, or add the name to the configuration");
        error_detail(error, "host", host);
        return false;
    }
    exchange->cors =
            gate->count[GATE_ORIGIN] > 0 && is_allowed_origin(http, gate->field[GATE_ORIGIN]);
    if (gate->count[GATE_ORIGIN] > 0 && !exchange->cors &&
            !gate_origin(&hosts, gate->field[GATE_ORIGIN])) {
        error_set(error, ERROR_FORBIDDEN,
                "a page of another origin may not use this daemon (header Origin)");
        error_detail(error, "origin", gate->field[GATE_ORIGIN]);
        return false;
    }
    return true;
}

static bool too_large(const struct http *http, struct error *error) {
    error_set(error, ERROR_TOO_LARGE, "the body is larger than %zu bytes", http->limits.body);
    error_detail_int(error, "maximum", (int64_t)http->limits.body);
    return false;
}

// Everything that can be said before the body comes. EXCHANGE_COLLECTING or _LIMIT_HTTP_SWALLOWING
// follows.
static bool admit(
        struct exchange *exchange, struct str method, struct str version, struct error *error) {
    struct http *http = exchange->http;
    struct reader reader;
    read_header(&reader, exchange, method, version);
    struct gate *gate = &exchange->gate;
    exchange->http_1_1 = !str_is(version, "HTTP/1.0");
    set_request_id(exchange, gate->field[GATE_REQUEST_ID]);
    exchange->problem = gate->problem;
    if (!reader.in_order) {
        return error_set(error, ERROR_BAD_REQUEST,
                "the request is malformed: it has a NUL, or a header line that goes on in the "
                "next one");
    }
    if (!gate_method(method, EXCHANGE_METHOD_BYTES, error) ||
            !gate_target(buffer_str(&exchange->target), &exchange->path, &exchange->query, error) ||
            !gate_check(gate, exchange->http_1_1, error) || !check_names(exchange, error)) {
        return false;
    }
    exchange->state = EXCHANGE_COLLECTING;
    if (gate->length > http->limits.body) {
        // A client that is still sending may never see an answer that comes before it is done, so
        // what is not much too large is read to its end.
        if (gate->length > LIMIT_HTTP_SWALLOW * http->limits.body || gate->count[GATE_EXPECT] > 0) {
            return too_large(http, error);
        }
        exchange->state = EXCHANGE_SWALLOWING;
    }
    set_method(exchange, method);
    exchange->json = gate_is_json(gate->field[GATE_CONTENT_TYPE]);
    return login_identify(exchange, error);
}

static enum MHD_Result refuse(struct exchange *exchange, const struct error *error) {
    exchange->close = true;
    return answer_error(exchange, error);
}

static enum MHD_Result begin(struct exchange *exchange, const char *method, const char *version) {
    struct error error;
    if (!admit(exchange, str_of(method), str_of(version), &error)) {
        return refuse(exchange, &error);
    }
    return MHD_YES;
}

// ---- the body and the call -------------------------------------------------------------------

// After the header libmicrohttpd takes no answer before the body is complete: a chunked body that
// goes on for ever can only be cut off (MHD_NO).
static enum MHD_Result collect(struct exchange *exchange, const char *bytes, size_t length) {
    struct http *http = exchange->http;
    if (exchange->state == EXCHANGE_COLLECTING) {
        if (length <= http->limits.body - exchange->body.length) {
            buffer_add(&exchange->body, bytes, length);
            return MHD_YES;
        }
        exchange->state = EXCHANGE_SWALLOWING;
        exchange->swallowed = exchange->body.length;
    }
    exchange->swallowed += length;
    return exchange->swallowed <= LIMIT_HTTP_SWALLOW * http->limits.body ? MHD_YES : MHD_NO;
}

static void call_finished(struct call *call) {
    struct exchange *exchange = call->transport;
    must(exchange->call_runs);
    exchange->call_runs = false;
    switch (exchange->state) {
    case EXCHANGE_STARTING:
        exchange->state = EXCHANGE_FINISHED;
        return;
    case EXCHANGE_WAITING:
        exchange->state = EXCHANGE_FINISHED;
        deadline_leave(exchange->peer);
        MHD_resume_connection(exchange->peer->connection);
        http_wake(exchange->http);
        return;
    case EXCHANGE_OVERDUE:
    case EXCHANGE_ANSWERED:
        call_finish(call); // the client has got its error
        return;
    case EXCHANGE_ORPHAN:
        call_finish(call);
        bury_orphan(exchange);
        return;
    case EXCHANGE_NEW:
    case EXCHANGE_COLLECTING:
    case EXCHANGE_SWALLOWING:
    case EXCHANGE_FINISHED:
        break;
    }
    must(false); // a call that was started ends once
}

static void give_login_url(
        void *server, struct str actor, uint64_t permissions, struct buffer *out) {
    http_login_url(server, actor, permissions, out);
}

static enum MHD_Result start_call(struct exchange *exchange) {
    struct request request = {
            .method = exchange->method,
            .path = exchange->path,
            .query = exchange->query,
            .body = exchange->body.length ? buffer_str(&exchange->body) : STR(""),
            .request_id = str_of(exchange->request_id),
            .permissions = exchange->permissions,
            .authenticated = exchange->authenticated,
            .key_problem = exchange->key_problem,
            .unlimited = exchange->unlimited,
            .actor = str_of(exchange->actor),
            .idempotency_key = gate_idempotency_key(exchange->gate.field[GATE_IDEMPOTENCY_KEY]),
            .if_none_match = exchange->gate.field[GATE_IF_NONE_MATCH],
            .problem = exchange->problem,
            .login_url = give_login_url,
            .server = exchange->http,
    };
    exchange->state = EXCHANGE_STARTING;
    exchange->call_runs = true;
    call_start(&exchange->call, exchange->http->services, &request, call_finished, exchange);
    if (exchange->state == EXCHANGE_FINISHED) {
        return answer_call(exchange);
    }
    exchange->state = EXCHANGE_WAITING;
    MHD_suspend_connection(exchange->peer->connection);
    deadline_enter(exchange->peer, PHASE_WAITING);
    return MHD_YES;
}

static enum MHD_Result complete(struct exchange *exchange) {
    struct error error;
    if (exchange->state == EXCHANGE_SWALLOWING) {
        too_large(exchange->http, &error);
        return refuse(exchange, &error);
    }
    if (exchange->http->refusing) {
        error_set(&error, ERROR_UNAVAILABLE, "the daemon is stopping");
        return refuse(exchange, &error);
    }
    if (exchange->body.length > 0 && !exchange->json) {
        error_set(&error, ERROR_BAD_REQUEST,
                "a body needs the header Content-Type: application/json");
        error_detail(&error, "header", STR("Content-Type"));
        return refuse(exchange, &error);
    }
    if (exchange->gate.count[GATE_IDEMPOTENCY_KEY] > 0 &&
            gate_idempotency_key(exchange->gate.field[GATE_IDEMPOTENCY_KEY]).length == 0) {
        error_set(&error, ERROR_BAD_REQUEST,
                "Idempotency-Key must be 1 to 255 visible ASCII characters");
        error_detail(&error, "header", STR("Idempotency-Key"));
        return refuse(exchange, &error);
    }
    if (exchange->cors && str_is(exchange->method, "OPTIONS") &&
            exchange->gate.count[GATE_PREFLIGHT] > 0) {
        return answer_preflight(exchange);
    }
    if (upgrade_is(exchange)) {
        return upgrade_answer(exchange);
    }
    if (login_is(exchange)) {
        return login_answer(exchange);
    }
    return page_is(exchange) ? page_answer(exchange) : start_call(exchange);
}

void exchange_overdue(struct exchange *exchange, enum error_code why) {
    must(exchange->state == EXCHANGE_WAITING);
    exchange->state = EXCHANGE_OVERDUE;
    exchange->late = why;
    MHD_resume_connection(exchange->peer->connection);
    http_wake(exchange->http);
}

static enum MHD_Result answer_overdue(struct exchange *exchange) {
    struct error error;
    if (exchange->late == ERROR_DEADLINE) {
        error_set(&error, ERROR_DEADLINE,
                "the operation took longer than %llu ms; it may still take effect",
                (unsigned long long)exchange->http->limits.answer_ms);
    } else {
        error_set(&error, exchange->late,
                "the daemon is stopping; the operation may still take effect");
    }
    return answer_error(exchange, &error);
}

enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
        const char *method, const char *version, const char *body, size_t *body_length,
        void **state) {
    (void)context;
    (void)connection;
    (void)url; // cut at `?`; exchange_open has the whole target
    struct exchange *exchange = *state;
    switch (exchange->state) {
    case EXCHANGE_NEW:
        return begin(exchange, method, version);
    case EXCHANGE_COLLECTING:
    case EXCHANGE_SWALLOWING:
        if (*body_length > 0) {
            size_t length = *body_length;
            *body_length = 0;
            return collect(exchange, body, length);
        }
        return complete(exchange);
    case EXCHANGE_FINISHED:
        return answer_call(exchange);
    case EXCHANGE_OVERDUE:
        return answer_overdue(exchange);
    case EXCHANGE_STARTING:
    case EXCHANGE_WAITING:
    case EXCHANGE_ANSWERED:
    case EXCHANGE_ORPHAN:
        break;
    }
    must(false); // it has nothing to ask now
    return MHD_NO;
}

void exchange_leave(struct peer *peer) {
    struct exchange *exchange = peer->exchange;
    if (exchange == NULL) {
        return;
    }
    peer->exchange = NULL;
    deadline_enter(peer, PHASE_IDLE);
    if (peer->http->draining && !peer->upgraded) {
        shutdown(peer->socket, SHUT_RD);
    }
    if (exchange->call_runs) {
        make_orphan(exchange);
        return;
    }
    if (exchange->state == EXCHANGE_FINISHED) { // the client left before it could be answered
        call_finish(&exchange->call);
    }
    give_back(exchange);
}

void exchange_close(void *context, struct MHD_Connection *connection, void **state,
        enum MHD_RequestTerminationCode why) {
    (void)context;
    (void)connection;
    (void)why;
    struct exchange *exchange = *state;
    if (exchange != NULL) {
        *state = NULL;
        exchange_leave(exchange->peer);
    }
}
