// A table of buckets with eight counts each. A pair of key and class is known by a hash with a
// secret of this run, so that nobody can choose who shares a bucket with whom.
#include "operations/rate.h"

#include "base/memory.h"
#include "base/must.h"
#include "base/random.h"
#include "limits.h"

#include <sodium.h>
#include <stdlib.h>

#define PLACES  8u
#define BUCKETS (LIMIT_RATE_ENTRIES / PLACES)

_Static_assert((BUCKETS & (BUCKETS - 1)) == 0, "buckets are found by a mask");
_Static_assert(BUCKETS <= 1u << 16 && RATE_FREE <= 4, "each class has 16 bits of the hash");

struct count {
    uint64_t tag;
    int64_t end; // of the window; the count is free from then on
    int64_t used;
};

struct rates {
    uint8_t secret[crypto_shorthash_siphashx24_KEYBYTES];
    int64_t an_hour[RATE_FREE];
    struct count *counts; // owned
};

struct rates *rates_create(const int64_t an_hour[static RATE_FREE]) {
    struct rates *rates = memory_new(1, sizeof *rates);
    for (size_t i = 0; i < RATE_FREE; i++) {
        must(an_hour[i] >= 0);
        rates->an_hour[i] = an_hour[i];
    }
    random_bytes(rates->secret, sizeof rates->secret);
    rates->counts = memory_new(LIMIT_RATE_ENTRIES, sizeof *rates->counts);
    return rates;
}

void rates_destroy(struct rates *rates) {
    if (rates == NULL) {
        return;
    }
    free(rates->counts);
    free(rates);
}

// The pair's count in its bucket. If it has none, it takes a free one, or the one that would be
// free first.
static struct count *find_count(
        struct rates *rates, struct str key, enum rate_class rate, int64_t now_ms) {
    uint64_t hash[2];
    _Static_assert(sizeof hash == crypto_shorthash_siphashx24_BYTES, "SipHash of 128 bits");
    crypto_shorthash_siphashx24(
            (uint8_t *)hash, (const uint8_t *)key.at, key.length, rates->secret);
    uint64_t tag = hash[0] << 2 | rate;
    // Other bits for each class: the classes of a key do not crowd one bucket.
    uint64_t place = hash[1] >> (16u * rate) & (BUCKETS - 1);
    struct count *bucket = &rates->counts[place * PLACES];
    struct count *first = bucket;
    for (struct count *count = bucket; count < bucket + PLACES; count++) {
        if (count->tag == tag && count->end > now_ms) {
            return count;
        }
        if (count->end < first->end) {
            first = count;
        }
    }
    *first = (struct count){.tag = tag, .end = now_ms + RATE_WINDOW_MS};
    return first;
}

struct rate_answer rate_take(
        struct rates *rates, struct str key, enum rate_class rate, int64_t now_ms) {
    int64_t limit = rate == RATE_FREE ? 0 : rates->an_hour[rate];
    if (limit == 0) {
        return (struct rate_answer){.allowed = true};
    }
    struct count *count = find_count(rates, key, rate, now_ms);
    bool allowed = count->used < limit;
    count->used += allowed;
    return (struct rate_answer){
            .allowed = allowed,
            .limit = limit,
            .remaining = limit - count->used,
            .reset_s = (count->end - now_ms + 999) / 1000,
    };
}
