// Who is logged in: login tokens, which are good for one use within minutes, and the sessions that
// they are exchanged for. Both are 256 random bits. They live in memory only, and there only as
// hashes; a restart of the daemon ends them all. Times are milliseconds of one clock that the
// caller chooses.
#ifndef WHITEBEAM_SERVE_SESSION_H
#define WHITEBEAM_SERVE_SESSION_H

#include "base/str.h"

#define SESSION_SECRET_BYTES 44 // base64url of 256 bits, and a NUL
#define SESSION_ACTOR_BYTES  16 // the id of a key, and a NUL

// In whose name a session acts.
struct session_owner {
    char actor[SESSION_ACTOR_BYTES]; // the id of the key that made the login, or "session"
    uint64_t permissions;            // bits of enum permission
};

struct sessions;

struct sessions *sessions_create(void);
void sessions_destroy(struct sessions *sessions);

// Makes a login token. When LIMIT_LOGIN_TOKENS are unused, the oldest is forgotten.
// The session that it becomes is that owner's.
void session_new_token(struct sessions *sessions, int64_t now, const struct session_owner *owner,
        char token[static SESSION_SECRET_BYTES]);

// Exchanges a token for the id of a new session, for its cookie. False if the token was used, is
// too old or was never given out. When LIMIT_SESSIONS exist, the one idle for longest ends.
bool session_login(struct sessions *sessions, int64_t now, struct str token,
        char id[static SESSION_SECRET_BYTES]);

// Is it the id of a session? It then stays for another LIMIT_SESSION_IDLE_MS.
bool session_find(
        struct sessions *sessions, int64_t now, struct str id, struct session_owner *owner);

// How many sessions there are, those included that ended by idling and were not noticed yet.
size_t sessions_count(const struct sessions *sessions);

// The value of the cookie `name` in a Cookie header (RFC 6265 4.2.1), empty if it is not there.
struct str session_cookie(struct str header, struct str name);

#endif
