// Who is asking: the admin key, or a session's cookie; and /login, where a token from the ready
// line becomes that cookie.
#include "serve/http_private.h"

#include "base/clock.h"
#include "operations/keys.h"
#include "operations/services.h"
#include "serve/session.h"

#include <sodium.h>
#include <stdio.h>

#define NAME_BYTES   32u  // whitebeam_65535
#define COOKIE_BYTES 160u // the whole Set-Cookie

bool login_is_key(const struct http *http, struct str key) {
    return key.length > 0 && key.length == http->admin_key.length &&
           sodium_memcmp(key.at, http->admin_key.at, key.length) == 0;
}

// A session is over with the key that made its login.
static bool may_act(const struct http *http, const struct session_owner *owner) {
    const struct keys *keys = http->services->keys;
    const struct key_holder *holder = keys != NULL ? keys_get(keys, str_of(owner->actor)) : NULL;
    return holder == NULL || key_state(holder, clock_unix_ms()) == KEY_VALID;
}

static bool has_session(
        const struct http *http, const struct gate *gate, struct session_owner *owner) {
    char name[NAME_BYTES];
    snprintf(name, sizeof name, "whitebeam_%u", http->port);
    struct str id = session_cookie(gate->field[GATE_COOKIE], str_of(name));
    return id.length > 0 && session_find(http->sessions, clock_monotonic_ms(), id, owner) &&
           may_act(http, owner);
}

// The admin key and sessions may ask as often as they like.
static void admit(struct exchange *exchange, const char *actor, uint64_t permissions) {
    exchange->authenticated = exchange->unlimited = true;
    exchange->permissions = permissions;
    snprintf(exchange->actor, sizeof exchange->actor, "%s", actor);
}

bool login_by_key(struct exchange *exchange, struct str key) {
    static const char *const problems[] = {
            [KEY_UNKNOWN] = "the API key is not known here",
            [KEY_EXPIRED] = "the API key has expired; whoever may manage keys can make another",
            [KEY_REVOKED] = "the API key was revoked",
    };
    struct keys *keys = exchange->http->services->keys;
    enum key_state state = KEY_UNKNOWN;
    if (login_is_key(exchange->http, key)) {
        admit(exchange, "admin", EXCHANGE_ALL_PERMISSIONS);
        return true;
    }
    const struct key_holder *holder =
            keys != NULL ? keys_find(keys, key, clock_unix_ms(), &state) : NULL;
    if (holder == NULL) {
        exchange->key_problem = problems[state];
        return false;
    }
    exchange->authenticated = true;
    exchange->permissions = holder->permissions;
    snprintf(exchange->actor, sizeof exchange->actor, "%s", holder->id);
    return true;
}

bool login_identify(struct exchange *exchange, struct error *error) {
    const struct http *http = exchange->http;
    const struct gate *gate = &exchange->gate;
    struct session_owner owner;
    if (gate->count[GATE_AUTHORIZATION] > 0) { // then nothing else counts
        login_by_key(exchange, gate_bearer(gate->field[GATE_AUTHORIZATION]));
        return true;
    }
    if (exchange->cors || gate->count[GATE_COOKIE] == 0 || !has_session(http, gate, &owner)) {
        return true;
    }
    bool safe = str_is(exchange->method, "GET") || str_is(exchange->method, "OPTIONS");
    if (!safe && !gate_from_our_page(gate)) {
        return error_set(error, ERROR_FORBIDDEN,
                "a session may change something only from our own page: send Origin equal to "
                "Host, or use an API key");
    }
    admit(exchange, owner.actor, owner.permissions);
    exchange->by_cookie = true;
    return true;
}

// ---- the address -----------------------------------------------------------------------------

void http_new_token(struct http *http, char token[static HTTP_TOKEN_BYTES]) {
    struct session_owner owner = {"session", EXCHANGE_ALL_PERMISSIONS};
    session_new_token(http->sessions, clock_monotonic_ms(), &owner, token);
}

void http_login_url(struct http *http, struct str actor, uint64_t permissions, struct buffer *url) {
    struct session_owner owner = {"session", permissions};
    if (actor.length > 0 && actor.length < sizeof owner.actor && !str_is(actor, "admin")) {
        snprintf(owner.actor, sizeof owner.actor, "%.*s", STR_ARGS(actor));
    }
    char token[HTTP_TOKEN_BYTES];
    session_new_token(http->sessions, clock_monotonic_ms(), &owner, token);
    buffer_printf(url, "http://%s:%u/login?token=%s", http->name, http->port, token);
    sodium_memzero(token, sizeof token);
}

// ---- the exchange of a token -----------------------------------------------------------------

static struct str query_value(struct str query, const char *name) {
    size_t length = strlen(name);
    while (query.length > 0) {
        const char *mark = memchr(query.at, '&', query.length);
        struct str pair = {query.at, mark ? (size_t)(mark - query.at) : query.length};
        size_t used = pair.length + (mark != NULL);
        query = (struct str){query.at + used, query.length - used};
        if (pair.length > length && memcmp(pair.at, name, length) == 0 && pair.at[length] == '=') {
            return (struct str){pair.at + length + 1, pair.length - length - 1};
        }
    }
    return STR("");
}

static struct MHD_Response *new_text(const char *text) {
    return answer_new_static(text, strlen(text));
}

static enum MHD_Result refuse_token(struct exchange *exchange) {
    struct MHD_Response *response =
            new_text("This login link was used before or is too old: a link works once and for ten "
                     "minutes. The command `whitebeam login` prints another.\n");
    answer_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, "text/plain; charset=utf-8");
    answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    return answer_response(exchange, response, MHD_HTTP_FORBIDDEN);
}

static enum MHD_Result refuse_method(struct exchange *exchange) {
    struct error error;
    error_set(&error, ERROR_METHOD_NOT_ALLOWED, "a login link is opened with GET");
    return answer_error(exchange, &error);
}

bool login_is(const struct exchange *exchange) {
    return str_is(exchange->path, "/login");
}

enum MHD_Result login_answer(struct exchange *exchange) {
    struct http *http = exchange->http;
    char id[SESSION_SECRET_BYTES];
    // Previews of links ask with HEAD and must not use the token up.
    if (exchange->head || !str_is(exchange->method, "GET")) {
        return refuse_method(exchange);
    }
    if (!session_login(
                http->sessions, clock_monotonic_ms(), query_value(exchange->query, "token"), id)) {
        return refuse_token(exchange);
    }
    char cookie[COOKIE_BYTES];
    snprintf(cookie, sizeof cookie, "whitebeam_%u=%s; Path=/; HttpOnly; SameSite=Strict",
            http->port, id);
    struct MHD_Response *response = new_text("");
    answer_header(response, MHD_HTTP_HEADER_LOCATION, "/");
    answer_header(response, MHD_HTTP_HEADER_SET_COOKIE, cookie);
    answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    sodium_memzero(cookie, sizeof cookie);
    sodium_memzero(id, sizeof id);
    return answer_response(exchange, response, MHD_HTTP_SEE_OTHER);
}
