// Filtering and selecting pages.
//
// The key of every order is a 64-bit number of which larger comes first; ascending orders invert
// it. A shallow page is selected with a heap of its size in one pass, a page near the end the same
// way from the other side, and one in the middle by quickselect (Hoare 1961).
#include "node/mirror_query.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdlib.h>

#define SHALLOW       1000u
#define MATCH_STEPS   10000u
#define MATCH_NS_MOST 200000000u

struct pair {
    uint64_t key;
    uint32_t slot;
};

// What a column gives as a key.
struct ordering {
    enum process_sort sort;
    uint64_t invert; // all ones: ascending
    const struct process_columns *p;
    const uint32_t *ranks;
};

static inline uint64_t key_of(const struct ordering *ordering, uint32_t slot) {
    uint64_t key = 0;
    switch (ordering->sort) {
    case SORT_PID:
        key = (uint64_t)ordering->p->serial[slot] << 32 | ordering->p->id[slot];
        break;
    case SORT_NAME:
        key = ordering->p->display[slot] ? ordering->ranks[ordering->p->display[slot]] : UINT32_MAX;
        break;
    case SORT_MEMORY:
        key = ordering->p->memory[slot];
        break;
    case SORT_QUEUE:
        key = ordering->p->queue[slot];
        break;
    case SORT_REDUCTIONS:
        key = ordering->p->reductions[slot];
        break;
    case SORT_COUNT:
        break;
    }
    return key ^ ordering->invert;
}

// True if a comes before b.
static inline bool before(struct pair a, struct pair b) {
    return a.key != b.key ? a.key > b.key : a.slot < b.slot;
}

// ---- a heap whose root is the last of the best -----------------------------------------------

struct heap {
    struct pair *at;
    uint32_t count;
    uint32_t most;
    bool reverse; // keeps the last ones instead of the first
};

static inline bool comes_first(const struct heap *heap, struct pair a, struct pair b) {
    return heap->reverse ? before(b, a) : before(a, b);
}

static void sift_down(struct heap *heap, uint32_t at) {
    for (;;) {
        uint32_t child = 2 * at + 1;
        if (child >= heap->count) {
            return;
        }
        if (child + 1 < heap->count && comes_first(heap, heap->at[child], heap->at[child + 1])) {
            child++;
        }
        if (!comes_first(heap, heap->at[at], heap->at[child])) {
            return;
        }
        struct pair swap = heap->at[at];
        heap->at[at] = heap->at[child];
        heap->at[child] = swap;
        at = child;
    }
}

static void heap_offer(struct heap *heap, struct pair pair) {
    if (heap->count < heap->most) {
        uint32_t at = heap->count++;
        while (at > 0 && comes_first(heap, heap->at[(at - 1) / 2], pair)) {
            heap->at[at] = heap->at[(at - 1) / 2];
            at = (at - 1) / 2;
        }
        heap->at[at] = pair;
    } else if (comes_first(heap, pair, heap->at[0])) {
        heap->at[0] = pair;
        sift_down(heap, 0);
    }
}

static int compare_pairs(const void *a, const void *b) {
    const struct pair *left = a;
    const struct pair *right = b;
    return before(*left, *right) ? -1 : before(*right, *left) ? 1 : 0;
}

// ---- patterns --------------------------------------------------------------------------------

// Whether a text matches is found once for each distinct text.
enum { MATCH_UNKNOWN, MATCH_NO, MATCH_YES };

struct matcher {
    pcre2_code *code;
    pcre2_match_data *data;
    pcre2_match_context *context;
    uint8_t *known; // by interned id
    uint64_t until;
    int failure; // PCRE2's code, 0 while all is well
};

static bool matcher_init(
        struct matcher *matcher, struct mirror *mirror, struct str pattern, struct error *error) {
    *matcher = (struct matcher){0};
    int code = 0;
    PCRE2_SIZE at = 0;
    pcre2_compile_context *compile = pcre2_compile_context_create(NULL);
    pcre2_set_parens_nest_limit(compile, 16);
    matcher->code = pcre2_compile((PCRE2_SPTR)pattern.at, pattern.length,
            PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C, &code, &at, compile);
    pcre2_compile_context_free(compile);
    if (matcher->code == NULL) {
        PCRE2_UCHAR text[120];
        pcre2_get_error_message(code, text, sizeof text);
        error_set(error, ERROR_INVALID_PARAMETER,
                "name_pattern is not a regular expression: %s at offset %zu", (const char *)text,
                (size_t)at);
        error_detail(error, "field", STR("name_pattern"));
        error_detail_int(error, "offset", (int64_t)at);
        return false;
    }
    pcre2_jit_compile(matcher->code, PCRE2_JIT_COMPLETE); // without it matching is only slower
    matcher->context = pcre2_match_context_create(NULL);
    pcre2_set_match_limit(matcher->context, MATCH_STEPS);
    pcre2_set_depth_limit(matcher->context, MATCH_STEPS);
    pcre2_set_heap_limit(matcher->context, 1024);
    matcher->data = pcre2_match_data_create(1, NULL);
    matcher->known = memory_new(intern_limit(mirror->strings), 1);
    matcher->until = clock_monotonic_ns() + MATCH_NS_MOST;
    return true;
}

static void matcher_finish(struct matcher *matcher) {
    pcre2_match_data_free(matcher->data);
    pcre2_match_context_free(matcher->context);
    pcre2_code_free(matcher->code);
    free(matcher->known);
}

static bool matches(struct matcher *matcher, const struct mirror *mirror, uint32_t text_id) {
    if (text_id == 0 || matcher->failure != 0) {
        return false;
    }
    uint8_t *known = &matcher->known[text_id];
    if (*known == MATCH_UNKNOWN) {
        struct str text = mirror_alias(mirror_text(mirror, text_id));
        int result = pcre2_match(matcher->code, (PCRE2_SPTR)text.at, text.length, 0, 0,
                matcher->data, matcher->context);
        *known = result >= 0 ? MATCH_YES : MATCH_NO;
        bool bad_text = result <= PCRE2_ERROR_UTF8_ERR1 && result >= PCRE2_ERROR_UTF8_ERR21;
        if (result < 0 && result != PCRE2_ERROR_NOMATCH && !bad_text) {
            matcher->failure = result;
        } else if (clock_monotonic_ns() > matcher->until) {
            matcher->failure = PCRE2_ERROR_MATCHLIMIT;
        }
    }
    return *known == MATCH_YES;
}

// ---- filtering -------------------------------------------------------------------------------

static bool passes(const struct mirror *mirror, const struct process_filter *filter,
        struct matcher *matcher, uint32_t slot) {
    const struct process_columns *p = &mirror->p;
    if (!(p->flags[slot] & PROCESS_LIVE)) {
        return false;
    }
    if (filter->kinds != 0 && !(filter->kinds >> p->kind[slot] & 1)) {
        return false;
    }
    if (filter->statuses != 0 && !(filter->statuses >> p->status[slot] & 1)) {
        return false;
    }
    if (p->memory[slot] < filter->memory_min || p->memory[slot] > filter->memory_max ||
            p->queue[slot] < filter->queue_min || p->queue[slot] > filter->queue_max) {
        return false;
    }
    if (filter->supervised >= 0 &&
            (p->supervisor[slot] != MIRROR_NONE) != (filter->supervised == 1)) {
        return false;
    }
    if (filter->named && p->name[slot] == 0) {
        return false;
    }
    if (filter->application != NULL && mirror_application_of(mirror, slot) != filter->application) {
        return false;
    }
    return matcher == NULL || matches(matcher, mirror, p->display[slot]);
}

// The slots that pass, in slot order. NULL with an error when the pattern fails.
static uint32_t *select_slots(struct mirror *mirror, struct arena *arena,
        const struct process_filter *filter, uint32_t *count, struct error *error) {
    struct matcher matcher;
    bool has_pattern = filter->pattern.length > 0;
    if (has_pattern && !matcher_init(&matcher, mirror, filter->pattern, error)) {
        return NULL;
    }
    uint32_t *slots = arena_take(arena, mirror->live + 1, sizeof *slots);
    uint32_t found = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (passes(mirror, filter, has_pattern ? &matcher : NULL, slot)) {
            slots[found++] = slot;
        }
    }
    int failure = has_pattern ? matcher.failure : 0;
    if (has_pattern) {
        matcher_finish(&matcher);
    }
    if (failure != 0) {
        error_set(error, ERROR_PATTERN_TOO_COSTLY,
                "name_pattern needs too many steps to match; make it simpler");
        error_detail(error, "field", STR("name_pattern"));
        return NULL;
    }
    *count = found;
    return slots;
}

// ---- pages -----------------------------------------------------------------------------------

// Xorshift (Marsaglia 2003): any spread-out choice will do.
static uint32_t random_below(uint32_t *seed, uint32_t limit) {
    *seed ^= *seed << 13;
    *seed ^= *seed >> 17;
    *seed ^= *seed << 5;
    return (uint32_t)((uint64_t)*seed * limit >> 32);
}

// Partitions pairs so that the `rank` first ones are in front (in any order).
static void quickselect(struct pair *pairs, uint32_t count, uint32_t rank) {
    uint32_t low = 0;
    uint32_t high = count;
    uint32_t seed = count | 1;
    while (high - low > 1) {
        // Median of three random places: a fixed choice meets columns that are ordered in runs.
        struct pair a = pairs[low + random_below(&seed, high - low)];
        struct pair b = pairs[low + random_below(&seed, high - low)];
        struct pair c = pairs[low + random_below(&seed, high - low)];
        struct pair pivot = before(a, b) ? (before(b, c)          ? b
                                                   : before(a, c) ? c
                                                                  : a)
                                         : (before(a, c)          ? a
                                                   : before(b, c) ? c
                                                                  : b);
        uint32_t i = low;
        uint32_t j = high - 1;
        for (;;) {
            while (before(pairs[i], pivot)) {
                i++;
            }
            while (before(pivot, pairs[j])) {
                j--;
            }
            if (i >= j) {
                break;
            }
            struct pair swap = pairs[i];
            pairs[i++] = pairs[j];
            pairs[j--] = swap;
        }
        uint32_t split = j + 1;
        if (split >= high) {
            split = high - 1;
        }
        if (rank < split) {
            high = split;
        } else {
            low = split;
        }
    }
}

struct rows {
    const uint32_t *slots; // NULL: all live slots of the mirror
    uint32_t count;        // of slots, or slot_count
    uint32_t total;        // that pass
};

static inline uint32_t row_slot(const struct rows *rows, uint32_t i) {
    return rows->slots ? rows->slots[i] : i;
}

// Offers a row to the heap, unless it cannot be among the best: most rows end here.
static inline void consider(
        struct heap *heap, const struct ordering *ordering, uint32_t slot, uint64_t key) {
    if (heap->count == heap->most) {
        uint64_t worst = heap->at[0].key;
        if (heap->reverse ? key > worst : key < worst) {
            return;
        }
        if (!comes_first(heap, (struct pair){key, slot}, heap->at[0])) {
            return;
        }
    }
    if (ordering->p->flags[slot] & PROCESS_LIVE) {
        heap_offer(heap, (struct pair){key, slot});
    }
}

typedef uint64_t column_key(const struct ordering *ordering, uint32_t slot);

static inline uint64_t memory_key(const struct ordering *ordering, uint32_t slot) {
    return ordering->p->memory[slot] ^ ordering->invert;
}

static inline uint64_t reductions_key(const struct ordering *ordering, uint32_t slot) {
    return ordering->p->reductions[slot] ^ ordering->invert;
}

static inline uint64_t queue_key(const struct ordering *ordering, uint32_t slot) {
    return ordering->p->queue[slot] ^ ordering->invert;
}

// Rows in slot order, backwards for the last ones: of rows with equal keys those offered first
// stay, so that equal keys never move the heap. Inlined for each key, so that a pass reads one
// column.
static inline __attribute__((always_inline)) void consider_rows(struct heap *heap,
        const struct rows *rows, const struct ordering *ordering, column_key *key) {
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t slot = row_slot(rows, heap->reverse ? rows->count - 1 - i : i);
        consider(heap, ordering, slot, key(ordering, slot));
    }
}

static void consider_all(
        struct heap *heap, const struct rows *rows, const struct ordering *ordering) {
    switch (ordering->sort) {
    case SORT_MEMORY:
        consider_rows(heap, rows, ordering, memory_key);
        break;
    case SORT_REDUCTIONS:
        consider_rows(heap, rows, ordering, reductions_key);
        break;
    case SORT_QUEUE:
        consider_rows(heap, rows, ordering, queue_key);
        break;
    case SORT_NAME:
    case SORT_PID:
    case SORT_COUNT:
        consider_rows(heap, rows, ordering, key_of);
        break;
    }
}

// The `most` first (or last) in order; returns how many. `at` has room for `most`.
static uint32_t select_edge(const struct rows *rows, const struct ordering *ordering, bool reverse,
        uint32_t most, struct pair *at) {
    struct heap heap = {at, 0, most, reverse};
    if (most > 0) {
        consider_all(&heap, rows, ordering);
    }
    qsort(at, heap.count, sizeof *at, compare_pairs);
    return heap.count;
}

static void copy_slots(const struct pair *pairs, uint32_t count, struct process_page *page) {
    for (uint32_t i = 0; i < count; i++) {
        page->slots[i] = pairs[i].slot;
    }
    page->count = count;
}

// A page in the middle of many.
static void select_middle(const struct rows *rows, const struct ordering *ordering, uint32_t offset,
        uint32_t limit, struct process_page *page) {
    struct pair *pairs = memory_resize(NULL, rows->total + 1u, sizeof *pairs);
    uint32_t count = 0;
    for (uint32_t i = 0; i < rows->count; i++) {
        uint32_t slot = row_slot(rows, i);
        if (ordering->p->flags[slot] & PROCESS_LIVE) {
            pairs[count++] = (struct pair){key_of(ordering, slot), slot};
        }
    }
    must(count == rows->total);
    quickselect(pairs, count, offset);
    quickselect(
            pairs + offset, count - offset, limit < count - offset ? limit : count - offset - 1);
    uint32_t size = limit < count - offset ? limit : count - offset;
    qsort(pairs + offset, size, sizeof *pairs, compare_pairs);
    copy_slots(pairs + offset, size, page);
    free(pairs);
}

// The first SHALLOW rows of an unfiltered order, kept until the mirror changes.
static const struct mirror_order *shallow_order(
        struct mirror *mirror, const struct ordering *ordering, const struct rows *rows) {
    struct mirror_order *order =
            &mirror->orders[(size_t)ordering->sort * 2 + (ordering->invert != 0)];
    if (order->slots == NULL) {
        order->slots = memory_new(SHALLOW, sizeof *order->slots);
        order->version = mirror->version - 1;
    }
    if (order->version != mirror->version) {
        struct pair pairs[SHALLOW];
        order->count = select_edge(rows, ordering, false, SHALLOW, pairs);
        for (uint32_t i = 0; i < order->count; i++) {
            order->slots[i] = pairs[i].slot;
        }
        order->version = mirror->version;
    }
    return order;
}

static void select_page(struct mirror *mirror, const struct rows *rows,
        const struct ordering *ordering, uint32_t offset, uint32_t limit,
        struct process_page *page) {
    uint32_t size = limit < rows->total - offset ? limit : rows->total - offset;
    if (rows->slots == NULL && offset + size <= SHALLOW) {
        const struct mirror_order *order = shallow_order(mirror, ordering, rows);
        memcpy(page->slots, order->slots + offset, size * sizeof *page->slots);
        page->count = size;
        return;
    }
    if (offset + size <= SHALLOW || rows->total - offset <= SHALLOW) {
        struct pair pairs[SHALLOW];
        bool reverse = offset + size > SHALLOW;
        uint32_t most = reverse ? rows->total - offset : offset + size;
        uint32_t count = select_edge(rows, ordering, reverse, most, pairs);
        must(count == most);
        copy_slots(reverse ? pairs : pairs + offset, size, page);
        return;
    }
    select_middle(rows, ordering, offset, limit, page);
}

bool mirror_query(struct mirror *mirror, struct arena *arena, const struct process_filter *filter,
        enum process_sort sort, bool descending, uint32_t offset, uint32_t limit,
        struct process_page *page, struct error *error) {
    must(limit <= SHALLOW);
    struct rows rows = {NULL, mirror->slot_count, mirror->live};
    if (filter->any) {
        rows.slots = select_slots(mirror, arena, filter, &rows.count, error);
        if (rows.slots == NULL) {
            return false;
        }
        rows.total = rows.count;
    }
    struct ordering ordering = {.sort = sort,
            .invert = descending ? 0 : UINT64_MAX,
            .p = &mirror->p,
            .ranks = sort == SORT_NAME ? intern_ranks(mirror->strings) : NULL};
    page->total = rows.total;
    page->slots = arena_take(arena, limit + 1u, sizeof *page->slots);
    page->count = 0;
    if (offset < rows.total) {
        select_page(mirror, &rows, &ordering, offset, limit, page);
    }
    return true;
}
