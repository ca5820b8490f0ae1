// What the files of API keys share: the table, and a row of it. A record never moves and is never
// removed. A change of a record is written to the store as a whole row, made of the record as it is
// then; so the last row written is the record.
#ifndef WHITEBEAM_OPERATIONS_KEYS_PRIVATE_H
#define WHITEBEAM_OPERATIONS_KEYS_PRIVATE_H

#include "operations/key_text.h"
#include "operations/keys.h"

struct record {
    struct key_holder holder; // its name is owned
    uint8_t hash[KEY_HASH_BYTES];
    struct keys *keys; // borrowed
    bool rotating;     // a key in its place is being stored
    bool used;         // since its last use was stored
};

// Open addressing with linear probing over the records, by some of their bytes.
struct table {
    size_t offset, length; // of these bytes in a record
    uint32_t *cells;       // owned: index + 1 of a record; 0: empty
    uint32_t mask;
};

struct keys {
    struct store *store;     // borrowed
    struct record **records; // owned, oldest first
    size_t count, room;
    struct table by_hash, by_id;
    size_t changing;    // jobs of ours in the store
    size_t being_made;  // keys that are not in `records` yet
    int64_t flushed_at; // when the last uses were stored
    bool any_used;
};

// A record that is in no table yet; its name is copied.
struct record *keys_record(struct keys *keys, const struct store_key *row);
void keys_record_free(struct record *record);
// The table owns it now.
void keys_add(struct keys *keys, struct record *record);
struct record *keys_find_id(const struct keys *keys, struct str id);

// Stores a record as it is. `done` must count keys->changing down.
void keys_put(const struct record *record, store_done *done, void *context);

#endif
