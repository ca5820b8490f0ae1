// The HTTP server: libmicrohttpd in external-epoll mode, watched by the loop. It decodes requests,
// guards them (see gate.h), authenticates them, hands them to operations as calls, and sends the
// answers. Everything happens on the loop thread.
#ifndef WHITEBEAM_SERVE_HTTP_H
#define WHITEBEAM_SERVE_HTTP_H

#include "base/buffer.h"
#include "base/error.h"
#include "serve/assets.h"

#include <uv.h>

#define HTTP_TOKEN_BYTES 44 // a login token with its NUL

struct http;
struct live;
struct services;

struct http_options {
    const char *address;     // numeric IPv4 or IPv6
    uint16_t port;           // 0: any free one
    struct str admin_key;    // the secret that Authorization: Bearer must carry
    const struct str *hosts; // further names that the Host header may have, beside loopback's
    size_t host_count;
    const struct str *origins; // of pages elsewhere that may use the API (CORS)
    size_t origin_count;
};

// Listens. Errors: ERROR_UNAVAILABLE that names the address when it is taken or not ours.
struct http *http_create(uv_loop_t *loop, const struct http_options *options,
        struct services *services, struct error *error);

// The port it listens on.
uint16_t http_port(const struct http *http);

// Serves live topics as WebSockets under /socket/websocket from now on. `live` must stay until done
// of http_drain was called, or http_destroy without it has returned.
void http_serve_live(struct http *http, struct live *live);

// Closes WebSockets whose API key is not valid any more; to be called now and then.
void http_check_live(struct http *http);

// Serves these files at their paths from now on, and index.html at /. They need no login.
void http_serve_page(struct http *http, struct assets assets);

// A fresh login token, good for one use within ten minutes.
void http_new_token(struct http *http, char token[static HTTP_TOKEN_BYTES]);

// Appends the address of this server with a fresh login token in it; the session that it becomes
// has these permissions (bits of enum permission, UINT64_MAX: all). Made by a key, whose id is the
// actor, it acts as that key and ends with it; by nobody or "admin", it is its own actor,
// "session".
void http_login_url(struct http *http, struct str actor, uint64_t permissions, struct buffer *url);

// Takes no more connections, tells WebSockets that the server restarts (1012), lets running
// requests end (at most until their deadlines, those that wait are answered 503), then calls done
// once. Then http_destroy may be called.
void http_drain(struct http *http, void (*done)(void *context), void *context);

void http_destroy(struct http *http);

#endif
