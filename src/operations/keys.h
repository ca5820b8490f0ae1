// API keys: who may do what over the API, beside the admin key of the state directory. In memory,
// on top of the store: nothing is told before it is durable.
//
// A key is `wb_`, 30 digits and letters (178 bits), `_`, and 6 digits and letters: the CRC-32
// (zlib's) of everything before that `_`, in base 62, so that scanners for secrets and mistyped
// keys are recognised. The key is given once, when it is made; only its SHA-256 is kept, which
// needs no salt and no slow hash for a secret that nobody can guess.
//
// Times are unix milliseconds; 0 is never.
#ifndef WHITEBEAM_OPERATIONS_KEYS_H
#define WHITEBEAM_OPERATIONS_KEYS_H

#include "store/store.h"

#define KEY_BYTES 40 // of the text

struct keys;

// What is known of a key; borrowed, and lives as long as `keys`.
struct key_holder {
    char id[STORE_KEY_ID]; // shown, and recorded as the actor; says nothing of the key
    struct str name;
    uint64_t permissions; // bit p: enum permission p
    int64_t created_at, expires_at, revoked_at, last_used_at;
    char replaced_by[STORE_KEY_ID]; // after a rotation; else empty
};

enum key_state { KEY_VALID, KEY_UNKNOWN, KEY_EXPIRED, KEY_REVOKED };

// Reads all keys from the store, before anything else uses it; NULL on an error.
struct keys *keys_load(struct store *store, struct error *error);
// Stores what is known of the last use of keys, before store_close.
void keys_flush(struct keys *keys);
// After store_close. NULL is fine.
void keys_destroy(struct keys *keys);

// Whose key it is, NULL if it is not valid; *state says why. Counts as a use of the key.
const struct key_holder *keys_find(
        struct keys *keys, struct str text, int64_t now, enum key_state *state);

// Now and then, from the loop: stores the last use of keys, at most each LIMIT_KEY_FLUSH_MS.
void keys_tick(struct keys *keys, int64_t now);

// ---- making and ending -----------------------------------------------------------------------

// `key` is the text to hand out; it lives during the call only and can never be had again.
typedef void keys_made(
        void *context, const struct key_holder *holder, struct str key, const struct error *error);

// Errors: INVALID_PARAMETER for a name that is empty, too long or not text, for permissions that
// are none or do not exist, for an expiry that is past; UNAVAILABLE when there are too many keys;
// those of the store. The first ones are told within the call.
void keys_create(struct keys *keys, struct str name, uint64_t permissions, int64_t expires_at,
        int64_t now, keys_made *made, void *context);

// Makes another key with the same name, permissions and length of life. The old one is valid for
// overlap_ms more (at most LIMIT_KEY_OVERLAP_MS; 0: it ends at once), or until its own expiry.
// Errors: ITEM_NOT_FOUND; CONFLICT when it has ended, was rotated, or is being rotated;
// INVALID_PARAMETER; those of the store, and then the old key is as it was.
void keys_rotate(struct keys *keys, struct str id, int64_t overlap_ms, int64_t now, keys_made *made,
        void *context);

// The key is refused from now on; `done` comes when that is durable. If the store fails, the key is
// refused nevertheless until the daemon is started again, and the error says so. Revoking it again
// is fine. Errors: ITEM_NOT_FOUND; those of the store.
void keys_revoke(struct keys *keys, struct str id, int64_t now, store_done *done, void *context);

// ---- reading ---------------------------------------------------------------------------------

// All keys, those that have ended too, in the order in which they were made.
size_t keys_count(const struct keys *keys);
const struct key_holder *keys_at(const struct keys *keys, size_t index);
// NULL: there is none with that id.
const struct key_holder *keys_get(const struct keys *keys, struct str id);

// KEY_VALID, KEY_EXPIRED or KEY_REVOKED, and its name: "valid", …
enum key_state key_state(const struct key_holder *holder, int64_t now);
const char *key_state_name(enum key_state state);

#endif
