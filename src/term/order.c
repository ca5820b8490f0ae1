// The order of terms, for maps that are built here: a node refuses a map that holds a key twice,
// and to find that, keys are sorted.
#include "term/order.h"

#include "base/must.h"

#include <stdlib.h>

// number < atom < reference < fun < port < pid < tuple < map < nil < list < bit string
static int rank(const struct term *term) {
    static const int ranks[] = {
            [TERM_INTEGER] = 0,
            [TERM_BIG] = 0,
            [TERM_FLOAT] = 1,
            [TERM_ATOM] = 2,
            [TERM_REFERENCE] = 3,
            [TERM_FUN] = 4,
            [TERM_EXPORT] = 4,
            [TERM_PORT] = 5,
            [TERM_PID] = 6,
            [TERM_TUPLE] = 7,
            [TERM_MAP] = 8,
            [TERM_NIL] = 9,
            [TERM_LIST] = 10,
            [TERM_BINARY] = 11,
            [TERM_BITS] = 11,
    };
    return ranks[term->type];
}

static int compare_u64(uint64_t a, uint64_t b) {
    return a < b ? -1 : a > b;
}

static bool is_negative(const struct term *term) {
    return term->type == TERM_BIG ? term->big.negative : term->integer < 0;
}

static int compare_integers(const struct term *a, const struct term *b) {
    if (a->type == TERM_INTEGER && b->type == TERM_INTEGER) {
        return a->integer < b->integer ? -1 : a->integer > b->integer;
    }
    if (is_negative(a) != is_negative(b)) {
        return is_negative(a) ? -1 : 1;
    }
    int larger = is_negative(a) ? -1 : 1; // the answer if a has the larger magnitude
    if (a->type != b->type) {
        return a->type == TERM_BIG ? larger : -larger;
    }
    struct str x = a->big.digits;
    struct str y = b->big.digits;
    if (x.length != y.length) {
        return x.length > y.length ? larger : -larger;
    }
    for (size_t i = x.length; i > 0; i--) {
        if (x.at[i - 1] != y.at[i - 1]) {
            return (uint8_t)x.at[i - 1] > (uint8_t)y.at[i - 1] ? larger : -larger;
        }
    }
    return 0;
}

static int compare_references(const struct term_reference *a, const struct term_reference *b) {
    int order = str_compare(a->node, b->node);
    order = order ? order : compare_u64(a->creation, b->creation);
    order = order ? order : compare_u64(a->count, b->count);
    for (uint32_t i = a->count; i > 0 && order == 0; i--) {
        order = compare_u64(a->words[i - 1], b->words[i - 1]);
    }
    return order;
}

static int compare_ports(const struct term_port *a, const struct term_port *b) {
    int order = str_compare(a->node, b->node);
    order = order ? order : compare_u64(a->creation, b->creation);
    return order ? order : compare_u64(a->id, b->id);
}

static int compare_pids(const struct term_pid *a, const struct term_pid *b) {
    int order = compare_u64(a->serial, b->serial);
    order = order ? order : compare_u64(a->id, b->id);
    order = order ? order : str_compare(a->node, b->node);
    return order ? order : compare_u64(a->creation, b->creation);
}

static int compare_items(const struct term *a, const struct term *b, size_t count) {
    int order = 0;
    for (size_t i = 0; i < count && order == 0; i++) {
        order = order_compare(&a[i], &b[i]);
    }
    return order;
}

static int compare_lists(const struct term *a, const struct term *b) {
    uint32_t shorter = a->size < b->size ? a->size : b->size;
    int order = compare_items(a->items, b->items, shorter);
    if (order != 0 || a->size == b->size) {
        return order ? order : order_compare(&a->items[shorter], &b->items[shorter]);
    }
    // One goes on with a list where the other has its tail, which is never a list.
    static const struct term list = {.type = TERM_LIST};
    const struct term *x = a->size == shorter ? &a->items[shorter] : &list;
    const struct term *y = b->size == shorter ? &b->items[shorter] : &list;
    return rank(x) < rank(y) ? -1 : 1;
}

static int compare_maps(const struct term *a, const struct term *b) {
    int order = compare_u64(a->size, b->size);
    for (size_t i = 0; i < a->size && order == 0; i++) {
        order = order_compare(&a->items[2 * i], &b->items[2 * i]);
    }
    for (size_t i = 0; i < a->size && order == 0; i++) {
        order = order_compare(&a->items[2 * i + 1], &b->items[2 * i + 1]);
    }
    return order;
}

int order_compare(const struct term *a, const struct term *b) {
    if (rank(a) != rank(b)) {
        return rank(a) < rank(b) ? -1 : 1;
    }
    switch (a->type) {
    case TERM_INTEGER:
    case TERM_BIG:
        return compare_integers(a, b);
    case TERM_FLOAT:
        return a->number < b->number ? -1 : a->number > b->number;
    case TERM_ATOM:
        return str_compare(a->text, b->text);
    case TERM_BINARY:
    case TERM_BITS: {
        int order = str_compare(a->text, b->text);
        return order ? order : compare_u64(a->size, b->size);
    }
    case TERM_TUPLE: {
        int order = compare_u64(a->size, b->size);
        return order ? order : compare_items(a->items, b->items, a->size);
    }
    case TERM_NIL:
        return 0;
    case TERM_LIST:
        return compare_lists(a, b);
    case TERM_MAP:
        return compare_maps(a, b);
    case TERM_PID:
        return compare_pids(a->pid, b->pid);
    case TERM_PORT:
        return compare_ports(a->port, b->port);
    case TERM_REFERENCE:
        return compare_references(a->reference, b->reference);
    case TERM_FUN:
    case TERM_EXPORT:
        break; // no text has funs
    }
    must(false);
    return 0;
}

static int compare_pairs(const void *a, const void *b) {
    return order_compare(a, b);
}

bool order_sort_pairs(struct term *items, uint32_t pairs) {
    if (pairs > 1) {
        qsort(items, pairs, 2 * sizeof *items, compare_pairs);
    }
    for (size_t i = 1; i < pairs; i++) {
        if (order_compare(&items[2 * (i - 1)], &items[2 * i]) == 0) {
            return false;
        }
    }
    return true;
}
