// The environment of applications: as the agent answers it, but for values of keys whose names say
// that they are secret.
#include "operations/answer_terms.h"
#include "operations/handlers.h"
#include "operations/on_node.h"

// A row of one key: its values as they may be shown under that key.
static const struct term *shown_row(struct arena *arena, const struct term *row) {
    const struct term *key = term_map_get(row, "key");
    if (row->type != TERM_MAP || key == NULL) {
        return row;
    }
    struct term *items = arena_take(arena, 2u * row->size + 1u, sizeof *items);
    for (uint32_t i = 0; i < row->size; i++) {
        const struct term *value = &row->items[2 * i + 1];
        items[2 * i] = row->items[2 * i];
        items[2 * i + 1] = *value;
        if (term_is_tagged(value, "$term", 2)) {
            struct term *marked = arena_take(arena, 2, sizeof *marked);
            marked[0] = value->items[0];
            marked[1] = *answer_under(arena, key, &value->items[1]);
            items[2 * i + 1].items = marked;
        }
    }
    struct term *copy = arena_take(arena, 1, sizeof *copy);
    *copy = *row;
    copy->items = items;
    return copy;
}

// The rows of a list, which keeps its tail.
static const struct term *shown_rows(struct arena *arena, const struct term *list) {
    if (list->type != TERM_LIST) {
        return list;
    }
    struct term *items = arena_take(arena, list->size + 1u, sizeof *items);
    for (uint32_t i = 0; i < list->size; i++) {
        items[i] = *shown_row(arena, &list->items[i]);
    }
    items[list->size] = list->items[list->size];
    struct term *copy = arena_take(arena, 1, sizeof *copy);
    *copy = *list;
    copy->items = items;
    return copy;
}

static const struct term *shown(struct arena *arena, const struct term *answer) {
    if (answer->type != TERM_MAP || term_map_get(answer, "environment") == NULL) {
        return shown_row(arena, answer);
    }
    struct term *items = arena_take(arena, 2u * answer->size, sizeof *items);
    for (uint32_t i = 0; i < answer->size; i++) {
        const struct term *value = &answer->items[2 * i + 1];
        items[2 * i] = answer->items[2 * i];
        items[2 * i + 1] =
                term_is_atom(&items[2 * i], "environment") ? *shown_rows(arena, value) : *value;
    }
    struct term *copy = arena_take(arena, 1, sizeof *copy);
    *copy = *answer;
    copy->items = items;
    return copy;
}

static void answered(struct asking *asking, const struct term *answer) {
    on_node_answer(asking, shown(&asking->call->arena, answer));
}

void run_application_environment(struct call *call) {
    on_node(call, call->operation->name, answered, NULL);
}
