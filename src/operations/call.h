// One use of an operation: its arguments, checked; who asks; and the answer. A call is made by a
// transport, runs on the loop thread, and ends exactly once, at once or later.
#ifndef WHITEBEAM_OPERATIONS_CALL_H
#define WHITEBEAM_OPERATIONS_CALL_H

#include "base/arena.h"
#include "base/buffer.h"
#include "operations/operation.h"

struct control;
struct nodes;
struct services;
struct call;

// A raw parameter as the transport decoded it: UTF-8, percent-decoded.
struct parameter {
    struct str name;
    struct str value;
};

struct value {
    bool given;        // false: absent and without a fallback
    bool json;         // TERM, CHILD_SPEC: `text` is JSON, not a string that was given
    struct str text;   // of all types but TEXTS and PROCESSES
    int64_t integer;   // INTEGER; BOOLEAN as 0 or 1; CHOICE: index into choices
    uint32_t choices;  // CHOICES: bit i is choices[i]
    struct str *items; // TEXTS, PROCESSES
    size_t count;
};

// What the transport brings. All pointers must live until `finished`.
struct request {
    struct str method;
    struct str path;       // raw, begins with /; its segments are still percent-encoded
    struct str query;      // raw, without ?
    struct str body;       // empty: none
    struct str request_id; // shown in errors
    uint64_t permissions;  // bit p: the caller has enum permission p
    bool authenticated;
    const char *key_problem;    // why the key that came is not good; NULL: none came
    bool unlimited;             // no rates: the admin key and sessions
    struct str actor;           // who: the id of a key, "admin", "session"; empty: nobody
    struct str idempotency_key; // empty: none
    struct str if_none_match;   // value of the header; empty: none
    // Appends a single-use URL that logs a browser in as that actor, with these permissions; NULL
    // where the transport has none.
    void (*login_url)(void *server, struct str actor, uint64_t permissions, struct buffer *out);
    void *server; // the argument of login_url
    bool problem; // errors are wanted as application/problem+json (RFC 9457)
};

struct call {
    const struct operation *operation;
    struct value *values;      // one for each argument of the operation, in order
    struct services *services; // borrowed
    struct nodes *nodes;       // of services
    struct request request;
    struct arena arena;   // everything transient of the call
    struct buffer answer; // JSON of a whole answer, success or failure
    int status;           // HTTP's
    bool done;
    bool replayed;               // the answer is that of an earlier request with the same key
    enum error_code failed_with; // ERROR_OK: the answer is a success
    struct control *control;     // of an operation that is recorded, see control.h; else NULL
    bool secret;                 // the answer is not kept for retries: it has a secret
    struct rate_shown {
        const char *class_name; // NULL: no rate counts for this call
        int64_t limit, remaining, reset_s;
    } rate;
    bool explain;                        // the answer is to say what is behind the operation
    struct str links;                    // value of the Link header, may be empty
    const char *content_type;            // of an answer that is not JSON; else NULL
    struct str etag;                     // value of the ETag header, may be empty
    struct str allow;                    // value of the Allow header on 405
    void (*finished)(struct call *call); // the transport's: called once, may be inside call_start
    void *transport;                     // the transport's own
    void *state;                         // the handler's own, in the arena
};

// Routes, authorises, validates and runs. The answer is in the call when `finished` is called.
void call_start(struct call *call, struct services *services, const struct request *request,
        void (*finished)(struct call *call), void *transport);

// Frees the call's memory; only after finished.
void call_finish(struct call *call);

// ---- for handlers ----------------------------------------------------------------------------

// The value of an argument by name, which must exist in the operation.
const struct value *call_value(const struct call *call, const char *name);

// Ends the call with what was written to call->answer.
void call_done(struct call *call, int status);
// Ends it without a body: 204.
void call_done_empty(struct call *call);
// Ends it with the error shape of the API; what was written so far is dropped.
void call_fail(struct call *call, const struct error *error);

// Whether the daemon keeps anything; the call has failed where it does not.
bool call_has_store(struct call *call);

// Writes the whole error answer: {"error": {...}}, or a problem document.
void call_write_error(
        struct buffer *out, const struct error *error, struct str request_id, bool problem);

#endif
