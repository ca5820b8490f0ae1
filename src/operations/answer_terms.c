// Terms of a node as parts of answers.
#include "operations/answer_terms.h"

#include "base/json_writer.h"
#include "term/json.h"

static struct str vm(const struct node *node) {
    return node != NULL ? node_vm(node) : STR("");
}

void answer_json(struct buffer *out, const struct node *node, const struct term *term,
        const struct print_limits *limits) {
    struct arena arena;
    arena_init(&arena);
    json_from_term(out, redact_shown(&arena, term), vm(node), limits);
    arena_finish(&arena);
}

const struct term *answer_under(
        struct arena *arena, const struct term *key, const struct term *value) {
    struct term *pair = arena_take(arena, 2, sizeof *pair);
    pair[0] = *key;
    pair[1] = *value;
    struct term *both = arena_take(arena, 1, sizeof *both);
    *both = (struct term){.type = TERM_TUPLE, .size = 2, .items = pair};
    return &redact_shown(arena, both)->items[1];
}

struct str answer_word(const struct term *term, const char *otherwise) {
    struct str text;
    return term != NULL && term->type == TERM_ATOM ? term->text
           : term_text(term, &text)                ? text
                                                   : str_of(otherwise);
}

void answer_integer(struct buffer *out, const char *key, const struct term *term) {
    int64_t value;
    if (term_integer(term, &value)) {
        json_int(out, key, value);
    } else {
        json_put_null(out, key);
    }
}

void answer_term(
        struct buffer *out, const char *key, const struct node *node, const struct term *term) {
    if (term == NULL) {
        json_put_null(out, key);
        return;
    }
    if (key != NULL) {
        json_raw(out, key, STR(""));
    }
    answer_json(out, node, term, &print_default);
}

void answer_inspect(struct buffer *out, const char *key, const struct node *node,
        const struct term *term, const struct print_limits *limits) {
    struct buffer text;
    buffer_init(&text);
    struct arena arena;
    arena_init(&arena);
    print_term(&text, redact_shown(&arena, term), vm(node), limits);
    arena_finish(&arena);
    json_put_string(out, key, buffer_str(&text));
    buffer_finish(&text);
}

// {M, F, A} as M.F/A.
void answer_function(struct buffer *out, const char *key, const struct term *mfa) {
    struct str module;
    struct str function;
    int64_t arity;
    if (!term_text(term_element(mfa, 0), &module) || !term_text(term_element(mfa, 1), &function) ||
            !term_integer(term_element(mfa, 2), &arity)) {
        json_put_null(out, key);
        return;
    }
    struct buffer text;
    buffer_init(&text);
    buffer_printf(&text, "%.*s.%.*s/%lld", STR_ARGS(mirror_alias(module)), STR_ARGS(function),
            (long long)arity);
    json_put_string(out, key, buffer_str(&text));
    buffer_finish(&text);
}
