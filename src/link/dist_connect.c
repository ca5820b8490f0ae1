// The way to an established connection: resolve the host, ask its epmd for the port, connect, shake
// hands; all of it before one deadline. A host may have several addresses: each is tried until one
// takes the connection, and none may use up the time of those after it.
#include "link/dist.h"

#include "base/memory.h"
#include "base/must.h"
#include "link/dist_private.h"
#include "link/epmd.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>

#define EPMD_PORT        4369
#define KEEPALIVE_S      30u
#define OUR_PID_ID       1u
#define HANDSHAKE_LENGTH 2u // bytes before each packet, until the handshake is done

// A lookup cannot always be stopped, and may outlive the dist that asked for it.
struct dist_lookup {
    uv_getaddrinfo_t request;
    struct dist *dist; // borrowed; NULL when the answer is not wanted any more
};

static bool to_epmd(const struct dist *dist) {
    return dist->state <= DIST_ASKING_EPMD;
}

static uint16_t current_port(const struct dist *dist) {
    return to_epmd(dist) ? dist->epmd_port : dist->port;
}

static unsigned connect_seconds(const struct dist *dist) {
    return (unsigned)((dist->times.connect + 999) / 1000);
}

// ---- One address after the other ------------------------------------------------------------

static void try_address(struct dist *dist);

// No address took the connection.
static void unreachable(struct dist *dist, int status) {
    if (to_epmd(dist)) {
        error_set(&dist->error, ERROR_EPMD_UNREACHABLE,
                "no epmd answers on host '%s' (port %u: %s): is an Erlang node with -sname or "
                "-name running there, and does the firewall let us through?",
                dist->host, dist->epmd_port, uv_strerror(status));
    } else {
        error_set(&dist->error, ERROR_HOST_UNREACHABLE,
                "node %.*s cannot be reached on host '%s' (port %u: %s): is it still running, and "
                "does the firewall let us through?",
                STR_ARGS(dist->options.peer), dist->host, dist->port, uv_strerror(status));
    }
    dist_over(dist);
}

void dist_tcp_closed(uv_handle_t *handle) {
    struct dist *dist = handle->data;
    bool go_on = dist->state != DIST_OVER; // the timer is open then, and the dist is not freed here
    dist_handle_closed(dist);
    if (go_on) {
        try_address(dist);
    }
}

// Closes the connection to go on with dist->address.
static void reconnect(struct dist *dist) {
    receive_clear(&dist->in);
    dist->out.queued.length = 0;
    uv_close((uv_handle_t *)&dist->tcp, dist_tcp_closed);
}

static void attempt_failed(struct dist *dist, int status) {
    if (dist->tried >= dist->address_count || uv_now(dist->loop) >= dist->deadline) {
        unreachable(dist, status);
        return;
    }
    dist->address = (dist->address + 1) % dist->address_count;
    reconnect(dist);
}

static void on_connected(uv_connect_t *connect, int status) {
    struct dist *dist = connect->data;
    if (status == UV_ECANCELED || dist->state == DIST_OVER) {
        return;
    }
    if (status < 0) {
        attempt_failed(dist, status);
        return;
    }
    uv_tcp_nodelay(&dist->tcp, 1);
    uv_tcp_keepalive(&dist->tcp, 1, KEEPALIVE_S);
    dist_set_timer(dist, dist->deadline);
    dist->last_read = uv_now(dist->loop);
    if (to_epmd(dist)) {
        dist_move(dist, DIST_ASKING_EPMD);
        epmd_request(&dist->out.queued, dist->name);
    } else {
        dist_move(dist, DIST_SHAKING_HANDS);
        dist->bytes_in = 0;
        dist->out.bytes = 0;
        handshake_start(&dist->handshake, &dist->options, &dist->out.queued);
    }
    dist_start_reading(dist);
    dist_flush(dist);
}

static void try_address(struct dist *dist) {
    struct sockaddr_storage *address = &dist->addresses[dist->address];
    uint16_t port = __builtin_bswap16(current_port(dist));
    if (address->ss_family == AF_INET6) {
        ((struct sockaddr_in6 *)address)->sin6_port = port;
    } else {
        ((struct sockaddr_in *)address)->sin_port = port;
    }
    uint64_t now = uv_now(dist->loop);
    uint64_t left = dist->deadline > now ? dist->deadline - now : 0;
    dist_set_timer(dist, now + left / (dist->address_count - dist->tried));
    dist->tried++;
    uv_tcp_init(dist->loop, &dist->tcp);
    dist->tcp.data = dist;
    dist->handles++;
    dist->connect.data = dist;
    int status = uv_tcp_connect(
            &dist->connect, &dist->tcp, (const struct sockaddr *)address, on_connected);
    if (status < 0) {
        attempt_failed(dist, status);
    }
}

// ---- epmd's answer and the handshake --------------------------------------------------------

static void epmd_failed(struct dist *dist) {
    struct error cause = dist->error;
    if (cause.code == ERROR_NODE_NOT_RUNNING) {
        error_set(&dist->error, cause.code,
                "no node named '%.*s' is registered with epmd on host '%s' (port %u): is it "
                "running, and was it started with -sname or -name?",
                STR_ARGS(dist->name), dist->host, dist->epmd_port);
    } else {
        error_set(&dist->error, cause.code, "%s (host '%s', port %u)", cause.message, dist->host,
                dist->epmd_port);
    }
    dist_over(dist);
}

static void read_epmd(struct dist *dist) {
    struct str answer = receive_rest(&dist->in);
    switch (epmd_answer(answer, dist->name, &dist->port, &dist->error)) {
    case EPMD_MORE:
        must(answer.length <= LIMIT_EPMD_REPLY); // a name has at most 255 bytes
        break;
    case EPMD_FOUND:
        // Where epmd answered, the node is most likely to listen.
        dist_move(dist, DIST_CONNECTING_NODE);
        dist->tried = 0;
        reconnect(dist);
        break;
    case EPMD_FAILED:
        epmd_failed(dist);
        break;
    }
}

static void read_handshake(struct dist *dist) {
    while (dist->state == DIST_SHAKING_HANDS) {
        struct str packet;
        switch (receive_packet(&dist->in, HANDSHAKE_LENGTH, LIMIT_LINK_HANDSHAKE, &packet)) {
        case RECEIVE_MORE:
            return;
        case RECEIVE_TOO_LONG:
            error_set(&dist->error, ERROR_NOT_A_BEAM,
                    "what answers for node %.*s on host '%s' (port %u) does not speak the Erlang "
                    "distribution protocol: check the host and the port",
                    STR_ARGS(dist->options.peer), dist->host, dist->port);
            dist_over(dist);
            return;
        case RECEIVE_PACKET:
            if (!handshake_packet(&dist->handshake, packet, &dist->out.queued, &dist->error)) {
                dist_over(dist);
                return;
            }
            dist_flush(dist);
            break;
        }
        if (dist->handshake.state == HANDSHAKE_DONE && dist->state != DIST_OVER) {
            dist_go_up(dist);
        }
    }
}

void dist_connect_read(struct dist *dist) {
    if (dist->state == DIST_ASKING_EPMD) {
        read_epmd(dist);
    } else if (dist->state == DIST_SHAKING_HANDS) {
        read_handshake(dist);
    }
}

void dist_connect_closed(struct dist *dist, int status) {
    if (dist->state == DIST_ASKING_EPMD) {
        error_set(&dist->error, ERROR_EPMD_UNREACHABLE,
                "what listens on epmd's port of host '%s' (port %u) closed the connection without "
                "an answer (%s): is it epmd, and does it serve this machine (ERL_EPMD_ADDRESS)?",
                dist->host, dist->epmd_port, uv_strerror(status));
    } else {
        bool partial = receive_rest(&dist->in).length > 0;
        handshake_closed(&dist->handshake, partial, &dist->error);
    }
    dist_over(dist);
}

void dist_connect_timeout(struct dist *dist) {
    switch (dist->state) {
    case DIST_RESOLVING:
        error_set(&dist->error, ERROR_HOST_UNREACHABLE,
                "the address of host '%s' was not found within %u s: is the name server reachable?",
                dist->host, connect_seconds(dist));
        break;
    case DIST_CONNECTING_EPMD:
    case DIST_CONNECTING_NODE:
        // tcp is already closing when the deadline falls between two addresses.
        if (!uv_is_closing((uv_handle_t *)&dist->tcp)) {
            attempt_failed(dist, UV_ETIMEDOUT);
        }
        return;
    case DIST_ASKING_EPMD:
        error_set(&dist->error, ERROR_EPMD_UNREACHABLE,
                "what listens on epmd's port of host '%s' (port %u) did not answer within %u s: is "
                "it epmd?",
                dist->host, dist->epmd_port, connect_seconds(dist));
        break;
    case DIST_SHAKING_HANDS:
        error_set(&dist->error, ERROR_DEADLINE,
                "node %.*s took the connection but did not finish the handshake within %u s: is it "
                "overloaded or suspended, or is another service on port %u?",
                STR_ARGS(dist->options.peer), connect_seconds(dist), dist->port);
        break;
    case DIST_UP:
    case DIST_CLOSING:
    case DIST_OVER:
        return;
    }
    dist_over(dist);
}

// ---- The host's addresses -------------------------------------------------------------------

void dist_abandon_lookup(struct dist *dist) {
    if (dist->lookup) {
        dist->lookup->dist = NULL;
        uv_cancel((uv_req_t *)&dist->lookup->request);
        dist->lookup = NULL;
    }
}

static void not_resolved(struct dist *dist, int status) {
    error_set(&dist->error, ERROR_HOST_UNREACHABLE,
            "host '%s' cannot be found (%s): check the part of the node name after the @, or add "
            "it to /etc/hosts",
            dist->host, uv_strerror(status));
    dist_over(dist);
}

static void on_resolved(uv_getaddrinfo_t *request, int status, struct addrinfo *found) {
    struct dist_lookup *lookup = request->data;
    struct dist *dist = lookup->dist;
    free(lookup);
    if (dist) {
        dist->lookup = NULL;
        for (struct addrinfo *each = found; status == 0 && each; each = each->ai_next) {
            bool known = each->ai_family == AF_INET || each->ai_family == AF_INET6;
            if (known && dist->address_count < DIST_ADDRESSES) {
                memcpy(&dist->addresses[dist->address_count++], each->ai_addr, each->ai_addrlen);
            }
        }
        if (dist->address_count == 0) {
            not_resolved(dist, status < 0 ? status : UV_EAI_NODATA);
        } else {
            dist_move(dist, dist->port ? DIST_CONNECTING_NODE : DIST_CONNECTING_EPMD);
            try_address(dist);
        }
    }
    uv_freeaddrinfo(found);
}

static void resolve(struct dist *dist) {
    struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    struct dist_lookup *lookup = memory_new(1, sizeof *lookup);
    lookup->dist = dist;
    lookup->request.data = lookup;
    int status =
            uv_getaddrinfo(dist->loop, &lookup->request, on_resolved, dist->host, NULL, &hints);
    if (status < 0) {
        free(lookup);
        not_resolved(dist, status);
        return;
    }
    dist->lookup = lookup;
}

// ---- The start ------------------------------------------------------------------------------

static void copy_options(struct dist *dist, const struct dist_options *options) {
    size_t peer = options->peer.length;
    size_t self = options->self.length;
    size_t cookie = options->cookie.length;
    dist->options = *options;
    dist->texts_length = peer + self + cookie;
    dist->texts = memory_new(dist->texts_length, 1);
    struct str *texts[] = {&dist->options.peer, &dist->options.self, &dist->options.cookie};
    char *at = dist->texts;
    for (size_t i = 0; i < 3; i++) {
        if (texts[i]->length > 0) {
            memcpy(at, texts[i]->at, texts[i]->length);
        }
        texts[i]->at = at;
        at += texts[i]->length;
    }
}

// Takes name and host out of the peer's name.
static bool split_peer(struct dist *dist) {
    struct str peer = dist->options.peer;
    const char *sign = peer.length > 0 ? memchr(peer.at, '@', peer.length) : NULL;
    if (!sign || sign == peer.at || sign == peer.at + peer.length - 1 ||
            peer.length > LIMIT_NODE_NAME || memchr(peer.at, '\0', peer.length)) {
        return error_set(&dist->error, ERROR_INVALID_PARAMETER,
                "'%.*s' is not the name of a node: give it as name@host",
                peer.length > LIMIT_NODE_NAME ? (int)LIMIT_NODE_NAME : (int)peer.length, peer.at);
    }
    dist->name = (struct str){peer.at, (size_t)(sign - peer.at)};
    memcpy(dist->host, sign + 1, peer.length - dist->name.length - 1);
    return true;
}

static bool check_options(struct dist *dist) {
    if (dist->options.cookie.length > LIMIT_COOKIE) {
        return error_set(&dist->error, ERROR_INVALID_PARAMETER,
                "the cookie has %zu bytes: give one of at most %u", dist->options.cookie.length,
                LIMIT_COOKIE);
    }
    return split_peer(dist);
}

struct link *dist_connect_timed(uv_loop_t *loop, const struct dist_options *options,
        const struct link_events *events, void *owner, const struct dist_times *times) {
    must(options->creation > 3 && options->self.length <= LIMIT_NODE_NAME);
    struct dist *dist = memory_new(1, sizeof *dist);
    dist->link = (struct link){.carrier = &dist_carrier, .events = events, .owner = owner};
    dist->loop = loop;
    dist->times = *times;
    copy_options(dist, options);
    dist->self = (struct term_pid){
            .node = dist->options.self,
            .id = OUR_PID_ID,
            .creation = options->creation,
    };
    dist->port = options->port;
    dist->epmd_port = options->epmd_port ? options->epmd_port : EPMD_PORT;
    receive_init(&dist->in);
    arena_init(&dist->scratch);
    output_init(&dist->out, dist_written, dist);
    uv_timer_init(loop, &dist->timer);
    dist->timer.data = dist;
    dist->handles = 1;
    uv_update_time(loop);
    dist->deadline = uv_now(loop) + times->connect;
    dist_set_timer(dist, dist->deadline);
    if (check_options(dist)) {
        resolve(dist);
    } else {
        dist_over(dist);
    }
    return &dist->link;
}

struct link *dist_connect(uv_loop_t *loop, const struct dist_options *options,
        const struct link_events *events, void *owner) {
    return dist_connect_timed(loop, options, events, owner, &dist_times);
}
