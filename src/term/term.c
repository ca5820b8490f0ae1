// Questions about terms that are in memory already. Nothing here takes memory or fails.
#include "term/term.h"

bool term_is_atom(const struct term *term, const char *name) {
    return term != NULL && term->type == TERM_ATOM && str_is(term->text, name);
}

bool term_is_tagged(const struct term *term, const char *tag, uint32_t arity) {
    return term != NULL && arity > 0 && term->type == TERM_TUPLE && term->size == arity &&
           term_is_atom(&term->items[0], tag);
}

const struct term *term_element(const struct term *term, uint32_t index) {
    bool present = term != NULL && term->type == TERM_TUPLE && index < term->size;
    return present ? &term->items[index] : NULL;
}

const struct term *term_map_get(const struct term *map, const char *key) {
    if (map == NULL || map->type != TERM_MAP) {
        return NULL;
    }
    struct str name = str_of(key);
    for (size_t i = 0; i < map->size; i++) {
        const struct term *pair = &map->items[2 * i];
        if (pair[0].type == TERM_ATOM && str_equal(pair[0].text, name)) {
            return &pair[1];
        }
    }
    return NULL;
}

bool term_text(const struct term *term, struct str *text) {
    if (term == NULL || (term->type != TERM_BINARY && term->type != TERM_ATOM)) {
        return false;
    }
    *text = term->text;
    return true;
}

bool term_integer(const struct term *term, int64_t *value) {
    if (term == NULL || term->type != TERM_INTEGER) {
        return false;
    }
    *value = term->integer;
    return true;
}

bool term_list(const struct term *term, const struct term **items, uint32_t *count) {
    if (term == NULL) {
        return false;
    }
    if (term->type == TERM_NIL) {
        *items = NULL;
        *count = 0;
        return true;
    }
    if (term->type != TERM_LIST || term->items[term->size].type != TERM_NIL) {
        return false;
    }
    *items = term->items;
    *count = term->size;
    return true;
}
