// The HTTP server: libmicrohttpd in external-epoll mode, watched by the loop. It decodes requests,
// guards them (see gate.h), authenticates them, hands them to operations as calls, and sends the
// answers. Everything happens on the loop thread.
#ifndef WHITEBEAM_SERVE_HTTP_H
#define WHITEBEAM_SERVE_HTTP_H

#include "base/error.h"

#include <uv.h>

struct http;
struct nodes;

struct http_options {
    const char *address;     // numeric IPv4 or IPv6
    uint16_t port;           // 0: any free one
    struct str admin_key;    // the secret that Authorization: Bearer must carry
    const struct str *hosts; // further names that the Host header may have, beside loopback's
    size_t host_count;
};

// Listens. Errors: ERROR_UNAVAILABLE that names the address when it is taken or not ours.
struct http *http_create(uv_loop_t *loop, const struct http_options *options, struct nodes *nodes,
        struct error *error);

// The port it listens on.
uint16_t http_port(const struct http *http);

// Takes no more connections, lets running requests end (at most until their deadlines, those that
// wait are answered 503), then calls done once. Then http_destroy may be called.
void http_drain(struct http *http, void (*done)(void *context), void *context);

void http_destroy(struct http *http);

#endif
