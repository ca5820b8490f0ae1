// Two small tables of hashes. The hash is keyed with bytes of this run, so that nobody outside can
// choose what is compared with what; looking up needs no constant time.
#include "serve/session.h"

#include "base/memory.h"
#include "base/random.h"
#include "limits.h"

#include <sodium.h>
#include <stdlib.h>

#define SECRET_BYTES 32u
#define HASH_BYTES   32u

struct secret {
    uint8_t hash[HASH_BYTES];
    int64_t until;
    struct session_owner owner;
};

// Not sorted; what is removed is replaced by the last one.
struct secrets {
    struct secret *rows; // owned
    size_t count, most;
};

struct sessions {
    uint8_t key[crypto_generichash_KEYBYTES];
    struct secrets tokens, sessions;
};

struct sessions *sessions_create(void) {
    struct sessions *sessions = memory_new(1, sizeof *sessions);
    random_bytes(sessions->key, sizeof sessions->key);
    sessions->tokens.most = LIMIT_LOGIN_TOKENS;
    sessions->sessions.most = LIMIT_SESSIONS;
    return sessions;
}

void sessions_destroy(struct sessions *sessions) {
    if (sessions == NULL) {
        return;
    }
    free(sessions->tokens.rows);
    free(sessions->sessions.rows);
    sodium_memzero(sessions, sizeof *sessions);
    free(sessions);
}

// ---- secrets ---------------------------------------------------------------------------------

static void hash_text(const struct sessions *sessions, struct str text, uint8_t *hash) {
    crypto_generichash(hash, HASH_BYTES, (const uint8_t *)text.at, text.length, sessions->key,
            sizeof sessions->key);
}

static void forget(struct secrets *secrets, struct secret *secret) {
    *secret = secrets->rows[--secrets->count];
}

static void forget_expired(struct secrets *secrets, int64_t now) {
    for (size_t i = secrets->count; i-- > 0;) {
        if (secrets->rows[i].until <= now) {
            forget(secrets, &secrets->rows[i]);
        }
    }
}

static struct secret *find_oldest(struct secrets *secrets) {
    struct secret *oldest = &secrets->rows[0];
    for (size_t i = 1; i < secrets->count; i++) {
        if (secrets->rows[i].until < oldest->until) {
            oldest = &secrets->rows[i];
        }
    }
    return oldest;
}

static struct secret *find(
        struct sessions *sessions, struct secrets *secrets, int64_t now, struct str text) {
    if (text.length != SESSION_SECRET_BYTES - 1) {
        return NULL;
    }
    uint8_t hash[HASH_BYTES];
    hash_text(sessions, text, hash);
    for (size_t i = 0; i < secrets->count; i++) {
        struct secret *secret = &secrets->rows[i];
        if (memcmp(secret->hash, hash, HASH_BYTES) != 0) {
            continue;
        }
        if (secret->until > now) {
            return secret;
        }
        forget(secrets, secret);
        return NULL;
    }
    return NULL;
}

static void add(struct sessions *sessions, struct secrets *secrets, int64_t now, int64_t life,
        const struct session_owner *owner, char *text) {
    forget_expired(secrets, now);
    if (secrets->count == secrets->most) {
        forget(secrets, find_oldest(secrets));
    }
    if (secrets->rows == NULL) {
        secrets->rows = memory_new(secrets->most, sizeof *secrets->rows);
    }
    uint8_t bytes[SECRET_BYTES];
    random_bytes(bytes, sizeof bytes);
    sodium_bin2base64(text, SESSION_SECRET_BYTES, bytes, sizeof bytes,
            sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof bytes);
    struct secret *secret = &secrets->rows[secrets->count++];
    hash_text(sessions, str_of(text), secret->hash);
    secret->until = now + life;
    secret->owner = *owner;
}

// ---- tokens and sessions ---------------------------------------------------------------------

void session_new_token(struct sessions *sessions, int64_t now, const struct session_owner *owner,
        char token[static SESSION_SECRET_BYTES]) {
    add(sessions, &sessions->tokens, now, LIMIT_LOGIN_TOKEN_MS, owner, token);
}

bool session_login(struct sessions *sessions, int64_t now, struct str token,
        char id[static SESSION_SECRET_BYTES]) {
    struct secret *secret = find(sessions, &sessions->tokens, now, token);
    if (secret == NULL) {
        return false;
    }
    struct session_owner owner = secret->owner;
    forget(&sessions->tokens, secret);
    add(sessions, &sessions->sessions, now, LIMIT_SESSION_IDLE_MS, &owner, id);
    return true;
}

bool session_find(
        struct sessions *sessions, int64_t now, struct str id, struct session_owner *owner) {
    struct secret *secret = find(sessions, &sessions->sessions, now, id);
    if (secret == NULL) {
        return false;
    }
    secret->until = now + LIMIT_SESSION_IDLE_MS;
    *owner = secret->owner;
    return true;
}

size_t sessions_count(const struct sessions *sessions) {
    return sessions->sessions.count;
}

struct str session_cookie(struct str header, struct str name) {
    while (header.length > 0) {
        const char *semicolon = memchr(header.at, ';', header.length);
        struct str pair = {header.at, semicolon ? (size_t)(semicolon - header.at) : header.length};
        size_t used = pair.length + (semicolon != NULL);
        header = (struct str){header.at + used, header.length - used};
        while (pair.length > 0 && (pair.at[0] == ' ' || pair.at[0] == '\t')) {
            pair = (struct str){pair.at + 1, pair.length - 1};
        }
        if (pair.length > name.length && memcmp(pair.at, name.at, name.length) == 0 &&
                pair.at[name.length] == '=') {
            return (struct str){pair.at + name.length + 1, pair.length - name.length - 1};
        }
    }
    return STR("");
}
