// What a request must look like before anything is done for it: the form of its header, its target,
// and which hosts and origins it may name. Pure functions over text; they know no sockets.
//
// The header parser in front of us is lenient (it lets through repeated lengths, Transfer-Encoding
// beside Content-Length, folded lines and NULs). What two parsers can read in two ways is refused
// here, so that nothing can be smuggled past a proxy.
#ifndef WHITEBEAM_SERVE_GATE_H
#define WHITEBEAM_SERVE_GATE_H

#include "base/error.h"

enum gate_field {
    GATE_HOST,
    GATE_ORIGIN,
    GATE_AUTHORIZATION,
    GATE_ACCEPT,
    GATE_CONTENT_TYPE,
    GATE_CONTENT_LENGTH,
    GATE_TRANSFER_ENCODING,
    GATE_EXPECT,
    GATE_REQUEST_ID,
    GATE_COOKIE,
    GATE_FETCH_SITE,
    GATE_ACCEPT_ENCODING,
    GATE_IF_NONE_MATCH,
    GATE_IDEMPOTENCY_KEY,
    GATE_PREFLIGHT, // Access-Control-Request-Method
    GATE_CONNECTION,
    GATE_UPGRADE,
    GATE_SOCKET_KEY,
    GATE_SOCKET_VERSION,
    GATE_SOCKET_PROTOCOL,
    GATE_FIELDS,
};

// The header of one request; starts as {0}.
struct gate {
    struct str field[GATE_FIELDS]; // the first of its name, borrowed
    unsigned count[GATE_FIELDS];   // how often the name came
    const char *fault;             // what is wrong with the form of a line; NULL: nothing so far
    uint64_t length;               // gate_check: value of Content-Length; UINT64_MAX if larger
    bool problem;                  // errors are wanted as application/problem+json (RFC 9457)
};

// Takes one header line. Its text must stay until the last use of the gate.
void gate_line(struct gate *gate, struct str name, struct str value);

// Judges the lines together. Errors: ERROR_BAD_REQUEST with a sentence that names the header.
bool gate_check(struct gate *gate, bool http_1_1, struct error *error);

// Splits a raw request target. Only origin-form (RFC 9112 3.2.1) is served, in visible ASCII.
// Errors: ERROR_BAD_REQUEST.
bool gate_target(struct str target, struct str *path, struct str *query, struct error *error);

// A request's method must be a token that fits in `room` bytes. Errors: ERROR_BAD_REQUEST.
bool gate_method(struct str method, size_t room, struct error *error);

// The hosts that we serve, in lower case, without ports; IPv6 addresses in brackets.
struct gate_hosts {
    const struct str *names; // borrowed
    size_t count;
};

// Is it `host` or `host:port` with one of our hosts and any port?
bool gate_host(const struct gate_hosts *hosts, struct str authority);

// Is it `http://` or `https://` and then one of our hosts? (RFC 6454 7)
bool gate_origin(const struct gate_hosts *hosts, struct str origin);

// Does the request come from a page that we have served ourselves, as far as browsers tell: is the
// Origin the Host, with its port, or, without an Origin, Sec-Fetch-Site same-origin? Cookies do not
// know ports, so another program's page on this machine would carry ours.
bool gate_from_our_page(const struct gate *gate);

// Is the word an element of the comma-separated list? Case does not matter.
bool gate_lists(struct str list, struct str word);

// The key in `Bearer <key>` (RFC 6750 2.1), empty if it is something else.
struct str gate_bearer(struct str authorization);

// Is a client's request id fit for our answers and logs? [A-Za-z0-9_-]{1,128}
bool gate_request_id(struct str text);

// The key in Idempotency-Key, with or without its quotes (RFC 9651 3.3.3): 1 to 255 visible ASCII
// characters; empty if it is something else.
struct str gate_idempotency_key(struct str value);

// Is the media type application/json, with any parameters?
bool gate_is_json(struct str content_type);

// A walk over the bytes of a header as the parser left them, which proves that what the parser
// handed out is all there was: between two pieces lie only line ends, blanks and the colon, or the
// NULs that the parser wrote over them. A NUL inside a value, or a folded line whose text the
// parser put somewhere else, leaves bytes over or comes out of order.
struct gate_walk {
    const char *at;  // first byte not accounted for
    const char *end; // behind the header
};

// Steps over the bytes up to the end of the piece. False: they are not as above.
bool gate_walk_over(struct gate_walk *walk, struct str piece);
// Steps over the rest.
bool gate_walk_end(struct gate_walk *walk);

#endif
