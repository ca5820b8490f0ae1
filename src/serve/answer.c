// What goes back: the answer of a call or an error of our own, with the headers that every answer
// carries. The text of a call's answer is handed to libmicrohttpd without a copy.
#include "serve/http_private.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

// Takes the text out of the buffer.
static struct MHD_Response *new_response(struct buffer *text) {
    struct MHD_Response *response;
    if (text->length > 0) {
        response = MHD_create_response_from_buffer(text->length, text->at, MHD_RESPMEM_MUST_FREE);
        *text = (struct buffer){0};
    } else {
        static char nothing[1];
        buffer_finish(text);
        response = MHD_create_response_from_buffer(0, nothing, MHD_RESPMEM_PERSISTENT);
    }
    must(response != NULL); // it only fails without memory
    return response;
}

struct MHD_Response *answer_new_static(const char *text, size_t length) {
    struct MHD_Response *response = MHD_create_response_from_buffer(
            length, (char *)(uintptr_t)text, MHD_RESPMEM_PERSISTENT);
    must(response != NULL);
    return response;
}

void answer_header(struct MHD_Response *response, const char *name, const char *value) {
    if (MHD_add_response_header(response, name, value) != MHD_YES) {
        log_line(LOG_ERROR, "http.header_refused", "name=%s", name);
    }
}

static void add_header_str(struct MHD_Response *response, const char *name, struct str value) {
    if (value.length > 0) {
        char *text = memory_new(value.length + 1, 1);
        memcpy(text, value.at, value.length);
        answer_header(response, name, text);
        free(text);
    }
}

static enum MHD_Result send_response(
        struct exchange *exchange, struct MHD_Response *response, int status) {
    answer_header(response, "X-Request-Id", exchange->request_id);
    answer_header(response, "X-Content-Type-Options", "nosniff");
    answer_header(response, "Referrer-Policy", "no-referrer");
    if (exchange->cors) {
        add_header_str(response, "Access-Control-Allow-Origin", exchange->gate.field[GATE_ORIGIN]);
        answer_header(response, "Access-Control-Expose-Headers",
                "ETag, Idempotency-Replayed, Link, RateLimit, RateLimit-Policy, Retry-After, "
                "X-Request-Id");
        answer_header(response, MHD_HTTP_HEADER_VARY, "Origin");
    }
    if (exchange->close || exchange->http->draining) {
        answer_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
    }
    deadline_enter(exchange->peer, PHASE_SENDING);
    exchange->state = EXCHANGE_ANSWERED;
    enum MHD_Result queued =
            MHD_queue_response(exchange->peer->connection, (unsigned)status, response);
    MHD_destroy_response(response); // the connection has its own reference
    return queued;
}

// Answers of operations are JSON. Only those with an ETag are kept.
static enum MHD_Result queue(struct exchange *exchange, struct MHD_Response *response, int status,
        bool problem, bool kept, const char *type) {
    if (status != MHD_HTTP_NO_CONTENT && status != MHD_HTTP_NOT_MODIFIED) {
        answer_header(response, MHD_HTTP_HEADER_CONTENT_TYPE,
                type != NULL               ? type
                : problem && status >= 400 ? "application/problem+json"
                                           : "application/json");
    }
    if (!kept) {
        answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    } else { // RFC 9111 5.2.2.4: asked for again each time, with the ETag
        answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "private, no-cache");
        answer_header(response, MHD_HTTP_HEADER_VARY, "Authorization, Cookie, Accept");
    }
    if (status == MHD_HTTP_UNAUTHORIZED) {
        answer_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, "Bearer");
    }
    return send_response(exchange, response, status);
}

enum MHD_Result answer_response(
        struct exchange *exchange, struct MHD_Response *response, int status) {
    answer_header(response, "Content-Security-Policy", asset_policy);
    answer_header(response, "Cross-Origin-Opener-Policy", "same-origin");
    answer_header(response, "Cross-Origin-Resource-Policy", "same-origin");
    return send_response(exchange, response, status);
}

enum MHD_Result answer_switch(struct exchange *exchange, struct MHD_Response *response) {
    return send_response(exchange, response, MHD_HTTP_SWITCHING_PROTOCOLS);
}

// Fetch, CORS-preflight request: which methods and headers a page elsewhere may use.
enum MHD_Result answer_preflight(struct exchange *exchange) {
    struct MHD_Response *response = answer_new_static("", 0);
    answer_header(response, "Access-Control-Allow-Methods", "GET, POST, PUT, DELETE");
    answer_header(response, "Access-Control-Allow-Headers",
            "Accept, Authorization, Content-Type, Idempotency-Key, If-None-Match, X-Request-Id");
    answer_header(response, "Access-Control-Max-Age", "600");
    return send_response(exchange, response, MHD_HTTP_NO_CONTENT);
}

// draft-ietf-httpapi-ratelimit-headers-10, and RFC 9110 10.2.3 for Retry-After.
static void add_rate(struct MHD_Response *response, const struct call *call) {
    char text[120];
    if (call->rate.class_name == NULL) {
        return;
    }
    snprintf(text, sizeof text, "\"%s\";q=%lld;w=3600", call->rate.class_name,
            (long long)call->rate.limit);
    answer_header(response, "RateLimit-Policy", text);
    snprintf(text, sizeof text, "\"%s\";r=%lld;t=%lld", call->rate.class_name,
            (long long)call->rate.remaining, (long long)call->rate.reset_s);
    answer_header(response, "RateLimit", text);
    if (call->status == MHD_HTTP_TOO_MANY_REQUESTS) {
        snprintf(text, sizeof text, "%lld", (long long)call->rate.reset_s);
        answer_header(response, MHD_HTTP_HEADER_RETRY_AFTER, text);
    }
}

enum MHD_Result answer_call(struct exchange *exchange) {
    struct call *call = &exchange->call;
    must(call->status >= 200 && call->status <= 599);
    struct peer *peer = exchange->peer;
    size_t bytes = call->answer.length;
    struct MHD_Response *response = new_response(&call->answer);
    add_header_str(response, MHD_HTTP_HEADER_LINK, call->links);
    add_header_str(response, MHD_HTTP_HEADER_ALLOW, call->allow);
    add_header_str(response, MHD_HTTP_HEADER_ETAG, call->etag);
    add_rate(response, call);
    if (call->replayed) {
        answer_header(response, "Idempotency-Replayed", "true");
    }
    int status = call->status;
    bool problem = call->request.problem;
    bool kept = call->etag.length > 0;
    const char *type = call->content_type;
    call_finish(call);
    enum MHD_Result queued = queue(exchange, response, status, problem, kept, type);
    deadline_weigh(peer, bytes);
    return queued;
}

enum MHD_Result answer_error(struct exchange *exchange, const struct error *error) {
    struct buffer text;
    buffer_init(&text);
    call_write_error(&text, error, str_of(exchange->request_id), exchange->problem);
    struct MHD_Response *response = new_response(&text);
    if (error->code == ERROR_METHOD_NOT_ALLOWED) { // of operations, answer_call says it
        answer_header(response, MHD_HTTP_HEADER_ALLOW, MHD_HTTP_METHOD_GET);
    }
    if (exchange->offer_version) { // RFC 6455 4.2.2
        answer_header(response, "Sec-WebSocket-Version", "13");
    }
    return queue(exchange, response, error_status(error->code), exchange->problem, false, NULL);
}
