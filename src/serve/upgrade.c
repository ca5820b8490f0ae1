// From a request for /socket/websocket to a WebSocket: the handshake of RFC 6455 4.2, who may have
// one, and the way of its descriptor out of libmicrohttpd.
#include "serve/http_private.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/must.h"
#include "term/base64.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#define PATH             "/socket/websocket"
#define PROTOCOL         "phoenix"
#define TOKEN            "base64url.bearer.phx."
#define VERSION          "13"
#define KEY_BYTES        16u // RFC 6455 4.1
#define DESCRIPTOR_LEAST 3

bool upgrade_is(const struct exchange *exchange) {
    return exchange->http->open_socket != NULL && str_is(exchange->path, PATH);
}

// ---- who may ---------------------------------------------------------------------------------

// The key that the `phoenix` client sends as its authToken: base64 without padding, in either
// alphabet, as a subprotocol. False if there is none.
static bool protocol_key(struct arena *arena, struct str protocols, struct str *key) {
    while (protocols.length > 0) {
        const char *comma = memchr(protocols.at, ',', protocols.length);
        struct str item = {protocols.at, comma ? (size_t)(comma - protocols.at) : protocols.length};
        size_t used = item.length + (comma != NULL);
        protocols = (struct str){protocols.at + used, protocols.length - used};
        while (item.length > 0 && item.at[0] == ' ') {
            item = (struct str){item.at + 1, item.length - 1};
        }
        if (!str_starts(item, TOKEN)) {
            continue;
        }
        item = (struct str){item.at + strlen(TOKEN), item.length - strlen(TOKEN)};
        while (item.length > 0 && item.at[item.length - 1] == ' ') {
            item.length--;
        }
        size_t padding = (4 - item.length % 4) % 4;
        struct str text = arena_printf(arena, "%.*s%.*s", STR_ARGS(item), (int)padding, "===");
        char *at = (char *)(uintptr_t)text.at;
        for (size_t i = 0; i < text.length; i++) {
            at[i] = at[i] == '-' ? '+' : at[i] == '_' ? '/' : at[i];
        }
        *key = STR("");
        (void)base64_decode(arena, text, key);
        return true;
    }
    return false;
}

static bool authorise(struct exchange *exchange, struct error *error) {
    const struct gate *gate = &exchange->gate;
    if (exchange->authenticated) {
        if (exchange->by_cookie && !gate_from_our_page(gate)) {
            return error_set(error, ERROR_FORBIDDEN,
                    "a session opens a WebSocket only from our own page: send Origin equal to "
                    "Host, or use an API key");
        }
        return true;
    }
    struct arena arena;
    struct str key;
    arena_init(&arena);
    bool known = gate->count[GATE_AUTHORIZATION] == 0 &&
                 protocol_key(&arena, gate->field[GATE_SOCKET_PROTOCOL], &key) &&
                 login_by_key(exchange, key);
    arena_finish(&arena);
    return known || error_set(error, ERROR_UNAUTHENTICATED,
                            "a WebSocket needs an API key (Authorization: Bearer, or authToken of "
                            "the phoenix client) or a session's cookie");
}

// ---- what it must look like ------------------------------------------------------------------

static bool check_version(struct exchange *exchange, struct error *error) {
    if (str_is(exchange->gate.field[GATE_SOCKET_VERSION], VERSION)) {
        return true;
    }
    exchange->offer_version = true;
    return error_set(error, ERROR_BAD_REQUEST, "Sec-WebSocket-Version must be " VERSION);
}

static bool check_key(struct str key, struct error *error) {
    struct arena arena;
    struct str bytes = {0};
    arena_init(&arena);
    bool good = base64_decode(&arena, key, &bytes) && bytes.length == KEY_BYTES;
    arena_finish(&arena);
    return good ||
           error_set(error, ERROR_BAD_REQUEST, "Sec-WebSocket-Key must be 16 bytes in base64");
}

static bool check_handshake(struct exchange *exchange, struct error *error) {
    const struct gate *gate = &exchange->gate;
    if (!str_is(exchange->method, "GET") || exchange->head) {
        return error_set(error, ERROR_METHOD_NOT_ALLOWED, "a WebSocket is asked for with GET");
    }
    if (!exchange->http_1_1 || !gate_lists(gate->field[GATE_UPGRADE], STR("websocket")) ||
            !gate_lists(gate->field[GATE_CONNECTION], STR("upgrade"))) {
        return error_set(error, ERROR_BAD_REQUEST,
                "this is a WebSocket: it needs HTTP/1.1, Connection: Upgrade and "
                "Upgrade: websocket");
    }
    return check_version(exchange, error) && check_key(gate->field[GATE_SOCKET_KEY], error);
}

// The client that names no version speaks 1.0.0, whose messages have another form.
static bool check_protocol(struct str query, struct error *error) {
    while (query.length > 0) {
        const char *mark = memchr(query.at, '&', query.length);
        struct str pair = {query.at, mark ? (size_t)(mark - query.at) : query.length};
        size_t used = pair.length + (mark != NULL);
        query = (struct str){query.at + used, query.length - used};
        if (str_starts(pair, "vsn=")) {
            if (str_starts(pair, "vsn=2.0.")) {
                return true;
            }
            break;
        }
    }
    error_set(error, ERROR_FORBIDDEN,
            "Phoenix Channels are served in protocol version 2.0.0 only: connect to " PATH
            "?vsn=2.0.0");
    error_detail(error, "field", STR("vsn"));
    return false;
}

static bool check_room(const struct http *http, struct error *error) {
    if (http->draining) {
        return error_set(error, ERROR_UNAVAILABLE, "the daemon is stopping");
    }
    if (websockets_count(http->sockets) >= http->limits.sockets) {
        return error_set(error, ERROR_UNAVAILABLE, "%u WebSockets are open, which is the most",
                http->limits.sockets);
    }
    return true;
}

// ---- the upgrade -----------------------------------------------------------------------------

// libmicrohttpd would keep the memory of an upgraded connection, 16 KB, as long as the WebSocket
// lives. So we take a descriptor of our own and let the connection go at once.
static void take_socket(void *context, struct MHD_Connection *connection, void *state,
        const char *early, size_t early_length, MHD_socket theirs,
        struct MHD_UpgradeResponseHandle *handle) {
    (void)state;
    struct http *http = context;
    const struct peer *peer =
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)->socket_context;
    int ours = fcntl(theirs, F_DUPFD_CLOEXEC, DESCRIPTOR_LEAST);
    if (ours < 0) {
        log_line(LOG_WARNING, "websocket.refused", "reason=\"%s\"", strerror(errno));
    } else {
        http->open_socket(http, ours, peer, (struct str){early_length ? early : "", early_length});
    }
    MHD_upgrade_action(handle, MHD_UPGRADE_ACTION_CLOSE);
    http_wake(http);
}

static enum MHD_Result switch_protocols(struct exchange *exchange) {
    char accept[WEBSOCKET_ACCEPT_BYTES];
    websocket_accept(exchange->gate.field[GATE_SOCKET_KEY], accept);
    struct MHD_Response *response = MHD_create_response_for_upgrade(take_socket, exchange->http);
    must(response != NULL);
    answer_header(response, MHD_HTTP_HEADER_UPGRADE, "websocket");
    answer_header(response, "Sec-WebSocket-Accept", accept);
    if (gate_lists(exchange->gate.field[GATE_SOCKET_PROTOCOL], STR(PROTOCOL))) {
        answer_header(response, "Sec-WebSocket-Protocol", PROTOCOL);
    }
    exchange->peer->upgraded = true;
    exchange->peer->permissions = exchange->permissions;
    memcpy(exchange->peer->actor, exchange->actor, sizeof exchange->peer->actor);
    return answer_switch(exchange, response);
}

enum MHD_Result upgrade_answer(struct exchange *exchange) {
    struct error error;
    if (!check_handshake(exchange, &error) || !authorise(exchange, &error) ||
            !check_protocol(exchange->query, &error) || !check_room(exchange->http, &error)) {
        return answer_error(exchange, &error);
    }
    return switch_protocols(exchange);
}
