// Secrets taken out of terms before they are shown: values under keys whose names say that they are
// secret.
#ifndef WHITEBEAM_TERM_REDACT_H
#define WHITEBEAM_TERM_REDACT_H

#include "term/term.h"

// The names that keys are compared with.
struct redaction {
    const struct str *names; // each as words in lower case with _ around them: "_api_key_"
    size_t count;
};

// Passwords, tokens, keys, cookies and the like.
extern const struct redaction redact_default;

// Makes a list of other names, written in any way that a key can be: api_key, api-key or apiKey.
// Names without letters and digits, and such over LIMIT_ATOM_BYTES, are left out.
struct redaction redact_names(struct arena *arena, const struct str *names, size_t count);

// True if a key of that name has a secret under it. The words of the name are what stands between
// characters that are no letters or digits, and what a change of case or a digit separates. A key
// matches if the words of one of the names follow each other in it (db_password, accessToken,
// OAuth2TokenUrl), or if it is one of the names written in one word (apikey). Names of Elixir's
// modules never match.
bool redact_matches(const struct redaction *redaction, struct str key);

// The term with the binary "[redacted]" in place of each value whose key matches: in maps (also
// structs), and in tuples of two, which also keyword lists are made of. Keys are atoms, binaries or
// lists of ASCII characters, as Erlang writes strings. In texts (binaries, and lists of ASCII
// characters, which then become binaries) the password of an address (scheme://user:password@host)
// is replaced, and what follows such a name and : or =. What has no secret in it is shared with the
// given term. Goes through the whole term once, whatever its depth.
//
// The result is for showing: keys are redacted inside too, so two keys of a map may have become
// the same, which no node accepts; and what a fun encloses is in its encoding as before.
const struct term *redact(
        struct arena *arena, const struct term *term, const struct redaction *redaction);

// Takes the secrets out as the daemon was told to (redact_use), for showing.
const struct term *redact_shown(struct arena *arena, const struct term *term);

// What redact_shown goes by; borrowed, for the whole life of the daemon. Without it:
// redact_default.
void redact_use(const struct redaction *redaction);

#endif
