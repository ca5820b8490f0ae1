// What the parts of the HTTP server share: http.c (its life), exchange.c (one request), answer.c
// (what goes back), deadline.c (who takes too long), login.c (who asks), page.c (the page's files),
// upgrade.c and live_socket.c (WebSockets). Tests use it to set shorter limits.
//
// A `peer` is a connection and lives as long as its socket. An `exchange` is one request on it and
// lives from the request line until libmicrohttpd has let go of the request *and* the call, if one
// was started, has finished; whichever comes last. Exchanges are used again.
#ifndef WHITEBEAM_SERVE_HTTP_PRIVATE_H
#define WHITEBEAM_SERVE_HTTP_PRIVATE_H

#include "operations/call.h"
#include "serve/gate.h"
#include "serve/http.h"
#include "serve/session.h"
#include "serve/websocket.h"

#include <microhttpd.h>

#define EXCHANGE_METHOD_BYTES 32u
#define EXCHANGE_ACTOR_BYTES  16u  // the id of a key, "admin" or "session"
#define EXCHANGE_ID_BYTES     129u // 128 and a NUL

// The admin key and sessions may do everything.
#define EXCHANGE_ALL_PERMISSIONS ((UINT64_C(1) << PERMISSION_COUNT) - 1)

struct http_limits {
    unsigned connections;
    unsigned sockets;    // WebSockets
    size_t pool;         // bytes of memory of a connection
    size_t body;         // bytes
    size_t untaken;      // bytes of all answers that are being sent
    unsigned idle_s;     // between two requests
    uint64_t request_ms; // to send a whole request; a new connection counts from its beginning
    uint64_t answer_ms;  // for a call to end, and again for the client to take the answer
    uint64_t drain_ms;   // for running requests to end after http_drain
    uint64_t grace_ms;   // then, for the last answers to be taken
};

extern const struct http_limits http_limits;

// The same for a process that may have so many descriptors: at most 5/8 of them for connections and
// 1/4 for WebSockets, so that some are left for files, nodes and programs.
struct http_limits http_limits_of(uint64_t descriptors);

enum phase {
    PHASE_ARRIVING, // a request is being sent to us
    PHASE_WAITING,  // suspended: its call runs
    PHASE_SENDING,  // its answer is being taken
    PHASE_IDLE,     // between two requests
    PHASE_COUNT,
};

struct peer {
    struct http *http;
    struct MHD_Connection *connection; // borrowed
    struct exchange *exchange;         // the request that libmicrohttpd works on, or NULL
    int socket;                        // libmicrohttpd's
    enum phase phase;
    bool upgraded;                    // its socket is a WebSocket's from now on
    uint64_t permissions;             // of who opened that
    char actor[EXCHANGE_ACTOR_BYTES]; // the same
    uint64_t due;                     // loop time at which the phase is over
    size_t untaken;                   // PHASE_SENDING: bytes of its answer, unless it was cut off
    uint64_t heard;                   // PHASE_IDLE: bytes received when we last looked, or not yet
    struct peer *older, *newer;       // in the queue of its phase
};

// Peers of one phase in the order in which they are due.
struct peer_queue {
    struct peer *oldest, *newest;
};

enum exchange_state {
    EXCHANGE_NEW,        // the request line is here
    EXCHANGE_COLLECTING, // the header passed the gate; the body follows
    EXCHANGE_SWALLOWING, // the same, but the body is too large and dropped
    EXCHANGE_STARTING,   // inside call_start
    EXCHANGE_WAITING,    // the call runs, the connection is suspended
    EXCHANGE_FINISHED,   // the call is over, its answer is in it
    EXCHANGE_OVERDUE,    // the call runs, but the client gets an error now
    EXCHANGE_ANSWERED,   // libmicrohttpd has the answer
    EXCHANGE_ORPHAN,     // the call runs, the request is gone
};

struct exchange {
    struct http *http; // NULL: an orphan that outlived the server
    struct peer *peer; // NULL: an orphan
    enum exchange_state state;
    bool call_runs;          // `call` belongs to operations until finished
    bool problem;            // errors as application/problem+json
    bool json;               // Content-Type is application/json
    bool authenticated;      // the right key or a session's cookie came with it
    bool cors;               // it comes from a page elsewhere that is allowed to
    bool by_cookie;          // it was the cookie
    bool unlimited;          // rates do not count: the admin key, a session
    uint64_t permissions;    // what the key may do
    const char *key_problem; // why the key that came is not good
    char actor[EXCHANGE_ACTOR_BYTES];
    bool head;            // the method is HEAD; `method` says GET
    bool http_1_1;        // and not HTTP/1.0
    bool offer_version;   // the answer names the version of WebSockets that we speak
    bool close;           // the connection ends with this answer
    enum error_code late; // OVERDUE: why
    uint64_t swallowed;   // bytes of body that were dropped
    const char *uri;      // the raw target inside libmicrohttpd, only to be compared
    struct buffer target; // a copy of it
    struct buffer body;
    struct gate gate; // its texts are libmicrohttpd's, until the request is answered
    struct str method, path, query;
    char method_text[EXCHANGE_METHOD_BYTES];
    char request_id[EXCHANGE_ID_BYTES];
    struct call call;
    struct exchange *next, *previous; // among the spare ones or the orphans
};

struct http {
    uv_loop_t *loop; // borrowed
    struct services *services;
    struct MHD_Daemon *daemon; // owned; NULL when stopped
    struct http_limits limits;
    uint16_t port;
    int listener; // owned by the daemon; -1 once it was closed
    uv_poll_t poll;
    uv_timer_t pump;  // when libmicrohttpd wants to run again
    uv_timer_t sweep; // deadlines
    uv_timer_t drain;
    unsigned handles;   // not closed yet
    uint64_t pump_due;  // UINT64_MAX: not set
    uint64_t sweep_due; // the same
    bool running;       // inside MHD_run
    bool again;         // MHD_run has more to do

    struct str admin_key;       // owned
    char *name;                 // of this host for people, as it stands in addresses; owned
    struct assets assets;       // of the page; rows NULL: none is served
    struct sessions *sessions;  // owned
    struct websockets *sockets; // owned
    // Takes the descriptor of a new WebSocket; NULL: there are none.
    void (*open_socket)(struct http *http, int descriptor, const struct peer *by, struct str early);
    struct client *clients; // of live_socket.c
    struct live *live;      // borrowed
    struct str *hosts;      // owned, and each text
    struct str *origins;    // owned, and each text; lower case
    size_t origin_count;
    size_t host_count;

    unsigned peers;
    size_t untaken; // sum of the peers'
    struct peer_queue queues[PHASE_COUNT];
    struct exchange *spare; // owned
    unsigned spare_count;
    struct exchange *orphans; // owned by their calls

    uint8_t random[256]; // for request ids
    size_t random_left;

    bool draining;
    bool refusing;  // draining, and no call is started any more
    bool over;      // done was called
    bool abandoned; // http_destroy without http_drain: free when the handles are closed
    void (*done)(void *context);
    void *done_context;
};

// http_create with other limits.
struct http *http_create_limited(uv_loop_t *loop, const struct http_options *options,
        const struct http_limits *limits, struct services *services, struct error *error);

// Has MHD_run called soon, or again if it runs now.
void http_wake(struct http *http);

// ---- exchange.c ------------------------------------------------------------------------------

// libmicrohttpd's callbacks: the request line, the rest, the end.
void *exchange_open(void *context, const char *uri, struct MHD_Connection *connection);
enum MHD_Result exchange_handle(void *context, struct MHD_Connection *connection, const char *url,
        const char *method, const char *version, const char *body, size_t *body_length,
        void **state);
void exchange_close(void *context, struct MHD_Connection *connection, void **state,
        enum MHD_RequestTerminationCode why);

// Lets go of the peer's request, if it has one. Said for connections that libmicrohttpd closes
// without saying that their request is over, as it does when a refused request has a second fault.
void exchange_leave(struct peer *peer);

// Answers a waiting exchange with an error; its call goes on and finishes unseen.
void exchange_overdue(struct exchange *exchange, enum error_code why);

// Frees the spare ones and leaves the orphans to their calls.
void exchange_forget_all(struct http *http);

// ---- answer.c --------------------------------------------------------------------------------

// Queue the answer of the finished call, or an error, on the exchange's connection.
enum MHD_Result answer_preflight(struct exchange *exchange);
enum MHD_Result answer_call(struct exchange *exchange);
enum MHD_Result answer_error(struct exchange *exchange, const struct error *error);

// For answers that are not a call's: text that stays for ever, with headers of its own. Those that
// a browser may show get what protects the page.
struct MHD_Response *answer_new_static(const char *text, size_t length);
void answer_header(struct MHD_Response *response, const char *name, const char *value);
enum MHD_Result answer_response(
        struct exchange *exchange, struct MHD_Response *response, int status);
// 101.
enum MHD_Result answer_switch(struct exchange *exchange, struct MHD_Response *response);

// ---- login.c ---------------------------------------------------------------------------------

bool login_is_key(const struct http *http, struct str key);
// Takes the identity of whose key it is: the admin's, or one that was made. False: it is not valid.
bool login_by_key(struct exchange *exchange, struct str key);
// Finds out who asks. Errors: ERROR_FORBIDDEN for a session that is used from a foreign page.
bool login_identify(struct exchange *exchange, struct error *error);
bool login_is(const struct exchange *exchange);
enum MHD_Result login_answer(struct exchange *exchange);

// ---- page.c ----------------------------------------------------------------------------------

bool page_is(const struct exchange *exchange);
enum MHD_Result page_answer(struct exchange *exchange);

// ---- upgrade.c -------------------------------------------------------------------------------

bool upgrade_is(const struct exchange *exchange);
enum MHD_Result upgrade_answer(struct exchange *exchange);

// ---- deadline.c ------------------------------------------------------------------------------

void deadline_enter(struct peer *peer, enum phase phase);
void deadline_leave(struct peer *peer);
// The peer, which is in PHASE_SENDING, is sent so many bytes of memory. When all answers together
// are over the limit, those are cut off which are being sent for the longest time.
void deadline_weigh(struct peer *peer, size_t bytes);
// The sweep's timer.
void deadline_expired(uv_timer_t *timer);
// Ends connections without a request. One that has come but was not read yet is still served.
void deadline_cut_unused(struct http *http);
// Ends connections whose request is not complete.
void deadline_cut_arriving(struct http *http);

#endif
