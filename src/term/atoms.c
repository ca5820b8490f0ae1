// Walks a term with a stack of its own, so that deep terms need no deep recursion.
#include "term/atoms.h"

#include <stdlib.h>

struct growing {
    struct arena *arena;
    struct str *names;
    const struct term **stack;
    size_t count, room, depth, stack_room;
};

static void add_name(struct growing *all, struct str name) {
    if (all->count == all->room) {
        size_t room = all->room ? 2 * all->room : 16;
        struct str *names = arena_take(all->arena, room, sizeof *names);
        if (all->count > 0) {
            memcpy(names, all->names, all->count * sizeof *names);
        }
        all->names = names;
        all->room = room;
    }
    all->names[all->count++] = name;
}

static void push(struct growing *all, const struct term *term) {
    if (all->depth == all->stack_room) {
        size_t room = all->stack_room ? 2 * all->stack_room : 64;
        const struct term **stack = arena_take(all->arena, room, sizeof *stack);
        if (all->depth > 0) {
            memcpy(stack, all->stack, all->depth * sizeof *stack);
        }
        all->stack = stack;
        all->stack_room = room;
    }
    all->stack[all->depth++] = term;
}

static size_t parts(const struct term *term) {
    switch (term->type) {
    case TERM_TUPLE:
        return term->size;
    case TERM_LIST:
        return term->size + 1u; // and the tail
    case TERM_MAP:
        return 2u * term->size;
    case TERM_INTEGER:
    case TERM_BIG:
    case TERM_FLOAT:
    case TERM_ATOM:
    case TERM_BINARY:
    case TERM_BITS:
    case TERM_NIL:
    case TERM_PID:
    case TERM_PORT:
    case TERM_REFERENCE:
    case TERM_FUN:
    case TERM_EXPORT:
        break;
    }
    return 0;
}

static void visit(struct growing *all, const struct term *term) {
    if (term->type == TERM_ATOM) {
        add_name(all, term->text);
    } else if (term->type == TERM_EXPORT) {
        add_name(all, term->fun->module);
        add_name(all, term->fun->function);
    } else if (term->type == TERM_FUN) {
        add_name(all, term->fun->module);
    }
    for (size_t i = parts(term); i > 0; i--) {
        push(all, &term->items[i - 1]);
    }
}

static int compare(const void *a, const void *b) {
    return str_compare(*(const struct str *)a, *(const struct str *)b);
}

const struct str *term_atoms(struct arena *arena, const struct term *term, size_t *count) {
    struct growing all = {.arena = arena};
    push(&all, term);
    while (all.depth > 0) {
        visit(&all, all.stack[--all.depth]);
    }
    if (all.count > 0) {
        qsort(all.names, all.count, sizeof *all.names, compare);
    }
    *count = 0;
    for (size_t i = 0; i < all.count; i++) {
        if (*count == 0 || !str_equal(all.names[*count - 1], all.names[i])) {
            all.names[(*count)++] = all.names[i];
        }
    }
    return all.names;
}
