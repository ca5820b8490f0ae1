// The rules of RFC 9110 and RFC 9112 that keep a request from being read in two ways, and the
// checks against DNS rebinding and foreign web pages.
#include "serve/gate.h"

#include "limits.h"

#include <strings.h>

#define REQUEST_ID_BYTES 128u

enum class {
    TOKEN = 1,   // RFC 9110 5.6.2
    CONTROL = 2, // must not be in a field's value: all but HTAB, RFC 9110 5.5
    VISIBLE = 4, // 0x21 … 0x7E
    ID = 8,      // of a request id
    BETWEEN = 16 // may lie between the pieces of a header
};

#define LETTER (TOKEN | VISIBLE | ID)

static const uint8_t classes[256] = {
        [0x00] = CONTROL | BETWEEN,
        [0x01 ... 0x08] = CONTROL,
        ['\t'] = BETWEEN,
        ['\n'] = CONTROL | BETWEEN,
        [0x0B ... 0x0C] = CONTROL,
        ['\r'] = CONTROL | BETWEEN,
        [0x0E ... 0x1F] = CONTROL,
        [' '] = BETWEEN,
        ['!'] = TOKEN | VISIBLE,
        ['"'] = VISIBLE,
        ['#' ... '\''] = TOKEN | VISIBLE,
        ['(' ... ')'] = VISIBLE,
        ['*' ... '+'] = TOKEN | VISIBLE,
        [','] = VISIBLE,
        ['-'] = LETTER,
        ['.'] = TOKEN | VISIBLE,
        ['/'] = VISIBLE,
        ['0' ... '9'] = LETTER,
        [':'] = VISIBLE | BETWEEN,
        [';' ... '@'] = VISIBLE,
        ['A' ... 'Z'] = LETTER,
        ['[' ... ']'] = VISIBLE,
        ['^'] = TOKEN | VISIBLE,
        ['_'] = LETTER,
        ['`'] = TOKEN | VISIBLE,
        ['a' ... 'z'] = LETTER,
        ['{'] = VISIBLE,
        ['|'] = TOKEN | VISIBLE,
        ['}'] = VISIBLE,
        ['~'] = TOKEN | VISIBLE,
        [0x7F] = CONTROL,
};

static bool all_are(struct str text, enum class class) {
    for (size_t i = 0; i < text.length; i++) {
        if (!(classes[(uint8_t)text.at[i]] & class)) {
            return false;
        }
    }
    return true;
}

static bool none_is(struct str text, enum class class) {
    unsigned seen = 0;
    for (size_t i = 0; i < text.length; i++) {
        seen |= classes[(uint8_t)text.at[i]];
    }
    return !(seen & class);
}

struct field_row {
    struct str name;
    bool once;  // a second one is refused
    bool exact; // white space at its end counts: the parser before us does not ignore it
};

#define FIELD(literal)                                                                             \
    { (literal), sizeof(literal) - 1 }

static const struct field_row fields[GATE_FIELDS] = {
        [GATE_HOST] = {FIELD("Host"), true, false},
        [GATE_ORIGIN] = {FIELD("Origin"), true, false},
        [GATE_AUTHORIZATION] = {FIELD("Authorization"), true, false},
        [GATE_ACCEPT] = {FIELD("Accept"), false, false},
        [GATE_CONTENT_TYPE] = {FIELD("Content-Type"), true, false},
        [GATE_CONTENT_LENGTH] = {FIELD("Content-Length"), true, true},
        [GATE_TRANSFER_ENCODING] = {FIELD("Transfer-Encoding"), true, true},
        [GATE_EXPECT] = {FIELD("Expect"), false, false},
        [GATE_REQUEST_ID] = {FIELD("X-Request-Id"), false, false},
        [GATE_COOKIE] = {FIELD("Cookie"), true, false},
        [GATE_FETCH_SITE] = {FIELD("Sec-Fetch-Site"), true, false},
        [GATE_ACCEPT_ENCODING] = {FIELD("Accept-Encoding"), false, false},
        [GATE_IF_NONE_MATCH] = {FIELD("If-None-Match"), false, false},
        [GATE_IDEMPOTENCY_KEY] = {FIELD("Idempotency-Key"), true, false},
        [GATE_PREFLIGHT] = {FIELD("Access-Control-Request-Method"), true, false},
        [GATE_CONNECTION] = {FIELD("Connection"), false, false},
        [GATE_UPGRADE] = {FIELD("Upgrade"), false, false},
        [GATE_SOCKET_KEY] = {FIELD("Sec-WebSocket-Key"), true, false},
        [GATE_SOCKET_VERSION] = {FIELD("Sec-WebSocket-Version"), true, false},
        [GATE_SOCKET_PROTOCOL] = {FIELD("Sec-WebSocket-Protocol"), true, false},
};

static bool same_word(struct str a, struct str b) {
    return a.length == b.length && strncasecmp(a.at, b.at, a.length) == 0;
}

static bool starts_word(struct str text, struct str word) {
    return text.length >= word.length && strncasecmp(text.at, word.at, word.length) == 0;
}

static bool is_blank(char c) {
    return c == ' ' || c == '\t';
}

static struct str without_blanks(struct str text) {
    while (text.length > 0 && is_blank(text.at[0])) {
        text.at++;
        text.length--;
    }
    while (text.length > 0 && is_blank(text.at[text.length - 1])) {
        text.length--;
    }
    return text;
}

static bool has_word(struct str text, struct str word) {
    for (; text.length >= word.length; text.at++, text.length--) {
        if (starts_word(text, word)) {
            return true;
        }
    }
    return false;
}

void gate_line(struct gate *gate, struct str name, struct str value) {
    if (name.length == 0 || !all_are(name, TOKEN)) {
        gate->fault = "a header's name has a character that names cannot have";
        return;
    }
    if (!none_is(value, CONTROL)) {
        gate->fault = "a header's value has a control character";
        return;
    }
    for (unsigned i = 0; i < GATE_FIELDS; i++) {
        if (!same_word(name, fields[i].name)) {
            continue;
        }
        if (gate->count[i]++ == 0) {
            gate->field[i] = fields[i].exact ? value : without_blanks(value);
        }
        if (i == GATE_ACCEPT && has_word(value, STR("application/problem+json"))) {
            gate->problem = true;
        }
        return;
    }
}

// Content-Length is digits only (RFC 9110 8.6): no sign, no list, no blanks.
static bool read_length(struct str text, uint64_t *length) {
    uint64_t sum = 0;
    for (size_t i = 0; i < text.length; i++) {
        if (text.at[i] < '0' || text.at[i] > '9') {
            return false;
        }
        if (__builtin_mul_overflow(sum, 10, &sum) ||
                __builtin_add_overflow(sum, (uint64_t)(text.at[i] - '0'), &sum)) {
            sum = UINT64_MAX; // and stays there: times ten it overflows again
        }
    }
    *length = sum;
    return text.length > 0;
}

static bool check_framing(struct gate *gate, bool http_1_1, struct error *error) {
    bool length = gate->count[GATE_CONTENT_LENGTH] > 0;
    bool coding = gate->count[GATE_TRANSFER_ENCODING] > 0;
    if (length && coding) {
        return error_set(error, ERROR_BAD_REQUEST,
                "Content-Length and Transfer-Encoding exclude each other: send one of them");
    }
    if (length && !read_length(gate->field[GATE_CONTENT_LENGTH], &gate->length)) {
        return error_set(
                error, ERROR_BAD_REQUEST, "Content-Length must be a number made of digits only");
    }
    // RFC 9112 6.1: HTTP/1.0 has no transfer codings.
    if (coding && (!http_1_1 || !same_word(gate->field[GATE_TRANSFER_ENCODING], STR("chunked")))) {
        return error_set(error, ERROR_BAD_REQUEST,
                "the only Transfer-Encoding that is understood is chunked, in HTTP/1.1");
    }
    return true;
}

bool gate_check(struct gate *gate, bool http_1_1, struct error *error) {
    gate->length = 0;
    if (gate->fault != NULL) {
        return error_set(error, ERROR_BAD_REQUEST, "the request is malformed: %s", gate->fault);
    }
    for (unsigned i = 0; i < GATE_FIELDS; i++) {
        if (fields[i].once && gate->count[i] > 1) {
            return error_set(error, ERROR_BAD_REQUEST, "the header %.*s came more than once",
                    STR_ARGS(fields[i].name));
        }
    }
    if (!check_framing(gate, http_1_1, error)) {
        return false;
    }
    if (http_1_1 && gate->count[GATE_HOST] == 0) { // RFC 9112 3.2
        return error_set(error, ERROR_BAD_REQUEST, "the header Host is missing");
    }
    return true;
}

bool gate_target(struct str target, struct str *path, struct str *query, struct error *error) {
    if (target.length == 0 || target.at[0] != '/') {
        return error_set(
                error, ERROR_BAD_REQUEST, "the request's target must be a path that begins with /");
    }
    if (!all_are(target, VISIBLE)) {
        return error_set(error, ERROR_BAD_REQUEST,
                "the request's target has a blank, a control character or one outside ASCII: "
                "percent-encode it");
    }
    const char *mark = memchr(target.at, '?', target.length);
    size_t length = mark ? (size_t)(mark - target.at) : target.length;
    if (length > LIMIT_HTTP_PATH) {
        return error_set(
                error, ERROR_BAD_REQUEST, "the path is longer than %u bytes", LIMIT_HTTP_PATH);
    }
    *path = (struct str){target.at, length};
    *query = mark ? (struct str){mark + 1, target.length - length - 1} : STR("");
    return true;
}

bool gate_method(struct str method, size_t room, struct error *error) {
    if (method.length == 0 || method.length > room || !all_are(method, TOKEN)) {
        return error_set(error, ERROR_BAD_REQUEST, "the request's method is not one of HTTP's");
    }
    return true;
}

// Cuts `:port` off. False if what follows the host is something else.
static bool split_port(struct str authority, struct str *host) {
    size_t length = authority.length;
    if (length > 0 && authority.at[0] == '[') {
        const char *bracket = memchr(authority.at, ']', length);
        if (bracket == NULL) {
            return false;
        }
        length = (size_t)(bracket + 1 - authority.at);
    } else {
        const char *colon = memchr(authority.at, ':', length);
        length = colon ? (size_t)(colon - authority.at) : length;
    }
    *host = (struct str){authority.at, length};
    if (length == authority.length) {
        return true;
    }
    if (authority.at[length] != ':' || authority.length - length > sizeof "65535") {
        return false;
    }
    for (size_t i = length + 1; i < authority.length; i++) {
        if (authority.at[i] < '0' || authority.at[i] > '9') {
            return false;
        }
    }
    return true;
}

bool gate_host(const struct gate_hosts *hosts, struct str authority) {
    struct str host;
    if (authority.length == 0 || !split_port(authority, &host)) {
        return false;
    }
    for (size_t i = 0; i < hosts->count; i++) {
        if (same_word(host, hosts->names[i])) {
            return true;
        }
    }
    return false;
}

bool gate_origin(const struct gate_hosts *hosts, struct str origin) {
    struct str schemes[] = {STR("http://"), STR("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (starts_word(origin, schemes[i])) {
            size_t skip = schemes[i].length;
            return gate_host(hosts, (struct str){origin.at + skip, origin.length - skip});
        }
    }
    return false;
}

bool gate_from_our_page(const struct gate *gate) {
    struct str host = gate->field[GATE_HOST];
    struct str origin = gate->field[GATE_ORIGIN];
    if (gate->count[GATE_ORIGIN] == 0) {
        return same_word(gate->field[GATE_FETCH_SITE], STR("same-origin"));
    }
    struct str schemes[] = {STR("http://"), STR("https://")};
    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (starts_word(origin, schemes[i])) {
            size_t skip = schemes[i].length;
            return same_word((struct str){origin.at + skip, origin.length - skip}, host);
        }
    }
    return false;
}

bool gate_lists(struct str list, struct str word) {
    while (list.length > 0) {
        const char *comma = memchr(list.at, ',', list.length);
        struct str item = {list.at, comma ? (size_t)(comma - list.at) : list.length};
        size_t used = item.length + (comma != NULL);
        list = (struct str){list.at + used, list.length - used};
        if (same_word(without_blanks(item), word)) {
            return true;
        }
    }
    return false;
}

struct str gate_bearer(struct str authorization) {
    struct str scheme = STR("Bearer ");
    if (!starts_word(authorization, scheme)) {
        return STR("");
    }
    return without_blanks(
            (struct str){authorization.at + scheme.length, authorization.length - scheme.length});
}

bool gate_request_id(struct str text) {
    return text.length > 0 && text.length <= REQUEST_ID_BYTES && all_are(text, ID);
}

struct str gate_idempotency_key(struct str value) {
    if (value.length >= 2 && value.at[0] == '"' && value.at[value.length - 1] == '"') {
        value = (struct str){value.at + 1, value.length - 2};
    }
    for (size_t i = 0; i < value.length; i++) {
        if (value.at[i] <= ' ' || value.at[i] > '~' || value.at[i] == '"') {
            return STR("");
        }
    }
    return value.length <= 255 ? value : STR("");
}

bool gate_is_json(struct str content_type) {
    if (content_type.length == 0) {
        return false;
    }
    const char *semicolon = memchr(content_type.at, ';', content_type.length);
    if (semicolon != NULL) {
        content_type.length = (size_t)(semicolon - content_type.at);
    }
    return same_word(without_blanks(content_type), STR("application/json"));
}

bool gate_walk_over(struct gate_walk *walk, struct str piece) {
    // As numbers: a piece that the parser moved lies in other memory.
    uintptr_t from = (uintptr_t)piece.at;
    if (from < (uintptr_t)walk->at || from > (uintptr_t)walk->end ||
            piece.length > (uintptr_t)walk->end - from) {
        return false;
    }
    if (!all_are((struct str){walk->at, (size_t)(from - (uintptr_t)walk->at)}, BETWEEN)) {
        return false;
    }
    walk->at = piece.at + piece.length;
    return true;
}

bool gate_walk_end(struct gate_walk *walk) {
    return gate_walk_over(walk, (struct str){walk->end, 0});
}
