// Open addressing with linear probing over ids; the entries are an array with a free list. The hash
// is seeded: the texts come from the systems that are watched.
#include "base/intern.h"

#include "base/memory.h"
#include "base/must.h"
#include "base/random.h"

#include <stdlib.h>

struct entry {
    char *text; // owned; NULL when the id is free
    uint32_t length;
    uint32_t references; // of a free entry: the next free id
    uint32_t hash;
    bool plain;
};

struct intern {
    struct entry *entries; // [1 … limit)
    uint32_t limit;
    uint32_t capacity;
    uint32_t live;
    uint32_t free; // first free id, 0 for none
    uint32_t *table;
    uint32_t mask;
    uint64_t seed;
    const char *ignored; // borrowed
    uint32_t *ranks;
    uint32_t ranked; // size of ranks
    bool ranks_valid;
};

struct intern *intern_create(const char *ignored) {
    struct intern *intern = memory_new(1, sizeof *intern);
    intern->ignored = ignored;
    intern->capacity = 64;
    intern->entries = memory_new(intern->capacity, sizeof *intern->entries);
    intern->limit = 1;
    intern->mask = 127;
    intern->table = memory_new(intern->mask + 1, sizeof *intern->table);
    random_bytes(&intern->seed, sizeof intern->seed);
    return intern;
}

void intern_destroy(struct intern *intern) {
    if (intern == NULL) {
        return;
    }
    for (uint32_t id = 1; id < intern->limit; id++) {
        free(intern->entries[id].text);
    }
    free(intern->entries);
    free(intern->table);
    free(intern->ranks);
    free(intern);
}

// Eight bytes at a time, multiplied and folded; good enough behind a secret seed.
static uint32_t hash_text(uint64_t seed, struct str text) {
    uint64_t hash = seed ^ (text.length * 0x9E3779B97F4A7C15u);
    size_t at = 0;
    while (at < text.length) {
        uint64_t word = 0;
        size_t piece = text.length - at < 8 ? text.length - at : 8;
        memcpy(&word, text.at + at, piece);
        hash = (hash ^ word) * 0xD6E8FEB86659FD93u;
        hash ^= hash >> 32;
        at += piece;
    }
    return (uint32_t)(hash ^ (hash >> 29));
}

static bool is_plain(struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        uint8_t c = (uint8_t)text.at[i];
        if (c < 0x20 || c >= 0x7F || c == '"' || c == '\\') {
            return false;
        }
    }
    return true;
}

static bool entry_is(const struct entry *entry, uint32_t hash, struct str text) {
    return entry->hash == hash && entry->length == text.length &&
           memcmp(entry->text, text.at, text.length) == 0;
}

// The place in the table of the text, or of the empty cell where it belongs.
static uint32_t find_cell(const struct intern *intern, uint32_t hash, struct str text) {
    uint32_t cell = hash & intern->mask;
    while (intern->table[cell] != 0 &&
            !entry_is(&intern->entries[intern->table[cell]], hash, text)) {
        cell = (cell + 1) & intern->mask;
    }
    return cell;
}

static void grow_table(struct intern *intern) {
    uint32_t *old = intern->table;
    uint32_t count = intern->mask + 1;
    intern->mask = 2 * count - 1;
    intern->table = memory_new(2 * (size_t)count, sizeof *intern->table);
    for (uint32_t i = 0; i < count; i++) {
        if (old[i] == 0) {
            continue;
        }
        uint32_t cell = intern->entries[old[i]].hash & intern->mask;
        while (intern->table[cell] != 0) {
            cell = (cell + 1) & intern->mask;
        }
        intern->table[cell] = old[i];
    }
    free(old);
}

static uint32_t new_id(struct intern *intern) {
    if (intern->free != 0) {
        uint32_t id = intern->free;
        intern->free = intern->entries[id].references;
        return id;
    }
    if (intern->limit == intern->capacity) {
        intern->capacity += intern->capacity / 2;
        intern->entries = memory_resize(intern->entries, intern->capacity, sizeof *intern->entries);
    }
    return intern->limit++;
}

uint32_t intern_add(struct intern *intern, struct str text) {
    if (text.length == 0) {
        return 0;
    }
    must(text.length <= UINT32_MAX - 1);
    uint32_t hash = hash_text(intern->seed, text);
    uint32_t cell = find_cell(intern, hash, text);
    if (intern->table[cell] != 0) {
        intern->entries[intern->table[cell]].references++;
        return intern->table[cell];
    }
    if (intern->live * 10 >= (intern->mask + 1) * 7) {
        grow_table(intern);
        cell = find_cell(intern, hash, text);
    }
    uint32_t id = new_id(intern);
    struct entry *entry = &intern->entries[id];
    entry->text = memory_resize(NULL, text.length + 1, 1);
    memcpy(entry->text, text.at, text.length);
    entry->text[text.length] = '\0';
    entry->length = (uint32_t)text.length;
    entry->references = 1;
    entry->hash = hash;
    entry->plain = is_plain(text);
    intern->table[cell] = id;
    intern->live++;
    intern->ranks_valid = false;
    return id;
}

uint32_t intern_keep(struct intern *intern, uint32_t id) {
    if (id != 0) {
        intern->entries[id].references++;
    }
    return id;
}

// Removes a cell and moves later ones of its run forward, so that no run has a hole.
static void remove_cell(struct intern *intern, uint32_t cell) {
    uint32_t hole = cell;
    for (;;) {
        cell = (cell + 1) & intern->mask;
        uint32_t id = intern->table[cell];
        if (id == 0) {
            break;
        }
        uint32_t home = intern->entries[id].hash & intern->mask;
        if (((cell - home) & intern->mask) >= ((cell - hole) & intern->mask)) {
            intern->table[hole] = id;
            hole = cell;
        }
    }
    intern->table[hole] = 0;
}

void intern_drop(struct intern *intern, uint32_t id) {
    if (id == 0) {
        return;
    }
    struct entry *entry = &intern->entries[id];
    must(entry->text != NULL);
    must(entry->references > 0);
    if (--entry->references > 0) {
        return;
    }
    struct str text = {entry->text, entry->length};
    remove_cell(intern, find_cell(intern, entry->hash, text));
    free(entry->text);
    entry->text = NULL;
    entry->length = 0;
    entry->references = intern->free;
    intern->free = id;
    intern->live--;
}

uint32_t intern_find(const struct intern *intern, struct str text) {
    if (text.length == 0) {
        return 0;
    }
    return intern->table[find_cell(intern, hash_text(intern->seed, text), text)];
}

struct str intern_text(const struct intern *intern, uint32_t id) {
    if (id == 0) {
        return (struct str){"", 0};
    }
    return (struct str){intern->entries[id].text, intern->entries[id].length};
}

bool intern_is_plain(const struct intern *intern, uint32_t id) {
    return id == 0 || intern->entries[id].plain;
}

uint32_t intern_limit(const struct intern *intern) {
    return intern->limit;
}

// The text from where its order begins.
static struct str ordered(const struct intern *intern, uint32_t id) {
    struct str text = intern_text(intern, id);
    size_t skip = str_starts(text, intern->ignored) ? strlen(intern->ignored) : 0;
    return (struct str){text.at + skip, text.length - skip};
}

static int compare_ids(const void *a, const void *b, void *context) {
    return str_compare(
            ordered(context, *(const uint32_t *)a), ordered(context, *(const uint32_t *)b));
}

const uint32_t *intern_ranks(struct intern *intern) {
    if (intern->ranks_valid && intern->ranked == intern->limit) {
        return intern->ranks;
    }
    uint32_t *order = memory_new(intern->limit, sizeof *order);
    uint32_t count = 0;
    for (uint32_t id = 1; id < intern->limit; id++) {
        if (intern->entries[id].text != NULL) {
            order[count++] = id;
        }
    }
    qsort_r(order, count, sizeof *order, compare_ids, intern);
    intern->ranks = memory_resize(intern->ranks, intern->limit, sizeof *intern->ranks);
    memset(intern->ranks, 0, intern->limit * sizeof *intern->ranks);
    for (uint32_t i = 0; i < count; i++) {
        intern->ranks[order[i]] = i + 1;
    }
    free(order);
    intern->ranked = intern->limit;
    intern->ranks_valid = true;
    return intern->ranks;
}
