// Lists, tuples and maps in text: brackets, commas, arrows and keys. The stack of open brackets is
// an array in the arena, the values inside them another one; a closed bracket's values are copied
// into memory of their own.
#include "term/reader.h"

#include "base/must.h"
#include "term/character.h"
#include "term/order.h"
#include "term/print.h"

#include <stdarg.h>
#include <stdio.h>

// What may stand next inside a bracket.
enum stage {
    STAGE_FIRST, // an element, or the end
    STAGE_NEXT,  // an element, behind a comma
    STAGE_ARROW, // behind a key of a map
    STAGE_VALUE, // of a key
    STAGE_TAIL,  // behind the bar of a list
    STAGE_COMMA, // or the end
    STAGE_END,   // only the end
};

struct reader_frame {
    const char *opening; // its bracket in the text
    size_t first;        // the values before its own
    size_t keys;         // the values before its first key with a colon
    uint32_t level;      // lists, tuples and maps around its elements
    enum reader_kind kind;
    enum stage stage;
    bool has_keys;
    bool is_struct;
};

static const char closing[] = {[READER_LIST] = ']', [READER_TUPLE] = '}', [READER_MAP] = '}'};

// ---- Errors ----------------------------------------------------------------------------------

// Counted from 1, columns in characters.
struct position {
    int64_t line;
    int64_t column;
};

static struct position find_position(const struct reader *r, const char *at) {
    struct position position = {1, 1};
    for (const char *p = r->start; p < at; p++) {
        if (*p == '\n') {
            position = (struct position){position.line + 1, 1};
        } else {
            position.column += (*p & 0xC0) != 0x80;
        }
    }
    return position;
}

// Up to 20 characters; fewer where the text is no UTF-8.
static struct str find_near(const struct reader *r, const char *at) {
    struct str left = {at, (size_t)(r->end - at)};
    struct str near = {at, 0};
    for (int i = 0; i < 20 && near.length < left.length; i++) {
        uint32_t character;
        size_t length = character_take(left, near.length, &character);
        if (length == 0) {
            break;
        }
        near.length += length;
    }
    return near;
}

// At the end of the text, what is still open is what is wrong.
static void add_open(const struct reader *r, char *out, size_t room) {
    if (r->depth > 0) {
        const struct reader_frame *top = &r->frames[r->depth - 1];
        struct position position = find_position(r, top->opening);
        snprintf(out, room, ", where the bracket of line %lld, column %lld is not closed",
                (long long)position.line, (long long)position.column);
    }
}

bool reader_fail(struct reader *r, const char *at, const char *format, ...) {
    char sentence[200];
    va_list args;
    va_start(args, format);
    vsnprintf(sentence, sizeof sentence, format, args);
    va_end(args);
    struct position position = find_position(r, at);
    struct str near = find_near(r, at);
    char place[140] = "";
    if (at == r->end) {
        int length = snprintf(place, sizeof place, "at the end of the text");
        add_open(r, place + length, sizeof place - (size_t)length);
    } else {
        snprintf(place, sizeof place, "at \"%.*s\"", STR_ARGS(near));
    }
    error_set(r->error, ERROR_INVALID_TERM_TEXT, "%s (line %lld, column %lld, %s).", sentence,
            (long long)position.line, (long long)position.column, place);
    error_detail_int(r->error, "line", position.line);
    error_detail_int(r->error, "column", position.column);
    error_detail(r->error, "near", near);
    return false;
}

// ---- The text --------------------------------------------------------------------------------

bool reader_take(struct reader *r, const char *text) {
    if (!reader_sees(r, text)) {
        return false;
    }
    r->at += strlen(text);
    return true;
}

size_t reader_character(const struct reader *r, uint32_t *character) {
    return r->at == r->end ? 0 : character_take(reader_left(r), 0, character);
}

bool reader_sees_digit(const struct reader *r, size_t ahead, uint32_t base) {
    struct str left = reader_left(r);
    return ahead < left.length && character_digit(left.at[ahead]) < base;
}

bool reader_start(struct reader *r, struct str text) {
    r->start = text.length > 0 ? text.at : "";
    r->at = r->start;
    r->end = r->start + text.length;
    if (text.length > LIMIT_TERM_TEXT_BYTES) {
        error_set(r->error, ERROR_INVALID_TERM_TEXT, "The text has %zu bytes; %u are allowed.",
                text.length, LIMIT_TERM_TEXT_BYTES);
        error_detail_int(r->error, "maximum", LIMIT_TERM_TEXT_BYTES);
        return false;
    }
    for (size_t at = 0; at < text.length;) {
        uint32_t character;
        size_t length = character_take(text, at, &character);
        if (length == 0) {
            return reader_fail(r, text.at + at, "The text must be UTF-8");
        }
        at += length;
    }
    // One level more than may hold something: an empty bracket.
    r->frames = arena_take(r->arena, LIMIT_TERM_TEXT_DEPTH + 1, sizeof *r->frames);
    return true;
}

// ---- Levels ----------------------------------------------------------------------------------

static struct reader_frame *top_frame(const struct reader *r) {
    return r->depth > 0 ? &r->frames[r->depth - 1] : NULL;
}

// How many lists, tuples and maps are around the next value.
static uint32_t level(const struct reader *r) {
    const struct reader_frame *frame = top_frame(r);
    if (frame == NULL) {
        return 0;
    }
    if (frame->kind == READER_MAP || frame->stage != STAGE_VALUE) {
        return frame->level;
    }
    // A key and its value are a tuple; at the end of a tuple, those tuples are a list.
    return frame->level + (frame->kind == READER_LIST ? 1 : 2);
}

static bool check_level(struct reader *r, const char *at, uint32_t wanted) {
    return wanted <= LIMIT_TERM_TEXT_DEPTH ||
           reader_fail(r, at, "The term is nested deeper than %u levels", LIMIT_TERM_TEXT_DEPTH);
}

bool reader_may_nest(struct reader *r, const char *at, uint32_t levels) {
    return check_level(r, at, level(r) + levels);
}

// ---- Values ----------------------------------------------------------------------------------

static void push(struct reader *r, struct term term) {
    if (r->count == r->room) {
        r->room = r->room > 0 ? 2 * r->room : 64;
        struct term *values = arena_take(r->arena, r->room, sizeof *values);
        if (r->count > 0) {
            memcpy(values, r->values, r->count * sizeof *values);
        }
        r->values = values;
    }
    r->values[r->count++] = term;
}

// Takes the values from `first` on off the stack; returns their copy.
static struct term *pop_from(struct reader *r, size_t first) {
    size_t count = r->count - first;
    struct term *items = arena_take(r->arena, count, sizeof *items);
    if (count > 0) {
        memcpy(items, r->values + first, count * sizeof *items);
    }
    r->count = first;
    return items;
}

void reader_open(
        struct reader *r, enum reader_kind kind, const char *opening, const struct term *name) {
    uint32_t outer = level(r);
    must(r->depth <= LIMIT_TERM_TEXT_DEPTH && outer <= LIMIT_TERM_TEXT_DEPTH);
    r->frames[r->depth++] = (struct reader_frame){
            .opening = opening,
            .first = r->count,
            .level = outer + 1,
            .kind = kind,
            .is_struct = name != NULL,
    };
    if (name != NULL) {
        push(r, (struct term){.type = TERM_ATOM, .text = STR("__struct__")});
        push(r, *name);
    }
}

// ---- Closing ---------------------------------------------------------------------------------

// Makes sure that the last value of a list is its tail, and that this is no list. `has_tail` says
// that there is one already.
static void finish_list(struct reader *r, bool has_tail) {
    if (!has_tail) {
        push(r, (struct term){.type = TERM_NIL});
    }
    struct term tail = r->values[r->count - 1];
    if (tail.type == TERM_LIST) { // of characters or words
        r->count--;
        for (size_t i = 0; i <= tail.size; i++) {
            push(r, tail.items[i]);
        }
    }
}

static struct term pop_list(struct reader *r, size_t first, bool has_tail) {
    if (r->count == first) {
        return (struct term){.type = TERM_NIL};
    }
    finish_list(r, has_tail);
    uint32_t size = (uint32_t)(r->count - first - 1);
    return (struct term){.type = TERM_LIST, .size = size, .items = pop_from(r, first)};
}

// A map with a key twice: says which.
static bool fail_duplicate(struct reader *r, const char *opening, const struct term *map) {
    const struct term *key = map->items;
    while (order_compare(key, key + 2) != 0) {
        key += 2;
    }
    static const struct print_limits limits = {.width = 10, .depth = 3, .bytes = 80};
    struct buffer text;
    buffer_init(&text);
    print_term(&text, key, r->owner.node, &limits);
    reader_fail(r, opening, "The map has the key %.*s twice", STR_ARGS(buffer_str(&text)));
    buffer_finish(&text);
    return false;
}

static bool pop_map(struct reader *r, const struct reader_frame *frame, struct term *term) {
    uint32_t size = (uint32_t)((r->count - frame->first) / 2);
    struct term *items = pop_from(r, frame->first);
    *term = (struct term){.type = TERM_MAP, .size = size, .items = items};
    return order_sort_pairs(items, size) || fail_duplicate(r, frame->opening, term);
}

// Makes a term of the bracket on top and takes it off the stack.
static bool close_frame(struct reader *r, struct term *term, bool *complete) {
    const struct reader_frame *frame = top_frame(r);
    r->depth--;
    struct reader_frame *outer = top_frame(r);
    if (frame->kind == READER_LIST && outer != NULL && outer->stage == STAGE_TAIL) {
        // A list behind a bar continues the one outside: its values are where they belong.
        finish_list(r, frame->stage == STAGE_END);
        outer->stage = STAGE_END;
        *complete = false;
        return true;
    }
    switch (frame->kind) {
    case READER_LIST:
        *term = pop_list(r, frame->first, frame->stage == STAGE_END);
        return true;
    case READER_TUPLE:
        if (frame->has_keys) {
            push(r, pop_list(r, frame->keys, false));
        }
        uint32_t size = (uint32_t)(r->count - frame->first);
        *term = (struct term){.type = TERM_TUPLE, .size = size, .items = pop_from(r, frame->first)};
        return true;
    case READER_MAP:
        return pop_map(r, frame, term);
    }
    return false;
}

// ---- Steps -----------------------------------------------------------------------------------

bool reader_key_allowed(const struct reader *r) {
    const struct reader_frame *frame = top_frame(r);
    return frame != NULL && (frame->stage == STAGE_FIRST || frame->stage == STAGE_NEXT) &&
           (frame->kind != READER_TUPLE || r->count > frame->first);
}

// Puts a complete value into the bracket on top.
static bool add_value(struct reader *r, const char *at, struct term value) {
    struct reader_frame *frame = top_frame(r);
    bool element = frame->stage == STAGE_FIRST || frame->stage == STAGE_NEXT;
    if (element && frame->has_keys) {
        return reader_fail(r, at, "Only keys such as a: may follow the first one");
    }
    push(r, value);
    if (frame->stage == STAGE_TAIL) {
        frame->stage = STAGE_END;
        return true;
    }
    if (frame->kind == READER_MAP && element) {
        frame->stage = STAGE_ARROW;
        return !frame->is_struct || value.type == TERM_ATOM ||
               reader_fail(r, at, "The keys of a struct are atoms");
    }
    if (frame->kind != READER_MAP && !element) {
        const struct term *pair = pop_from(r, r->count - 2);
        push(r, (struct term){.type = TERM_TUPLE, .size = 2, .items = pair});
    }
    frame->stage = STAGE_COMMA;
    return true;
}

static void add_key(struct reader *r, struct term key) {
    struct reader_frame *frame = top_frame(r);
    if (!frame->has_keys) {
        frame->has_keys = true;
        frame->keys = r->count;
    }
    push(r, key);
    frame->stage = STAGE_VALUE;
}

// Reads the bar, arrow or comma inside the bracket on top.
static bool step_between(struct reader *r) {
    struct reader_frame *frame = top_frame(r);
    bool bar = frame->kind == READER_LIST && !frame->has_keys;
    if (frame->stage == STAGE_ARROW) {
        frame->stage = STAGE_VALUE;
        return reader_take(r, "=>") || reader_fail(r, r->at, "Expected =>");
    }
    if (frame->stage == STAGE_COMMA && reader_take(r, ",")) {
        frame->stage = STAGE_NEXT;
        return true;
    }
    if (frame->stage == STAGE_COMMA && bar && reader_take(r, "|")) {
        frame->stage = STAGE_TAIL;
        return true;
    }
    return reader_fail(r, r->at, "Expected %s%c",
            frame->stage == STAGE_END ? ""
            : bar                     ? ", or | or "
                                      : ", or ",
            closing[frame->kind]);
}

// True if the bracket on top may end and does.
static bool take_closing(struct reader *r, bool trailing_comma) {
    const struct reader_frame *frame = top_frame(r);
    bool may = frame != NULL &&
               (frame->stage == STAGE_FIRST || frame->stage == STAGE_COMMA ||
                       frame->stage == STAGE_END || (frame->stage == STAGE_NEXT && trailing_comma));
    const char text[] = {may ? closing[frame->kind] : '\0', '\0'};
    return may && reader_take(r, text);
}

static bool expects_value(const struct reader *r) {
    const struct reader_frame *frame = top_frame(r);
    return frame == NULL || frame->stage == STAGE_FIRST || frame->stage == STAGE_NEXT ||
           frame->stage == STAGE_VALUE || frame->stage == STAGE_TAIL;
}

// Reads what stands next. If that completes a value, *complete gets it.
static bool step(
        struct reader *r, const struct reader_syntax *syntax, struct term *value, bool *complete) {
    *complete = take_closing(r, syntax->trailing_comma);
    if (*complete) {
        return close_frame(r, value, complete);
    }
    if (!expects_value(r)) {
        return step_between(r);
    }
    struct reader_item item = {0};
    if (!check_level(r, r->at, level(r)) || !syntax->read(r, &item)) {
        return false;
    }
    if (item.type == READER_KEY) {
        add_key(r, item.term);
    }
    *complete = item.type == READER_VALUE;
    *value = item.term;
    return true;
}

bool reader_run(struct reader *r, const struct reader_syntax *syntax, struct term *term) {
    for (;;) {
        syntax->skip(r);
        const char *at = r->at;
        struct term value;
        bool complete;
        if (!step(r, syntax, &value, &complete)) {
            return false;
        }
        if (complete && r->depth == 0) {
            *term = value;
            syntax->skip(r);
            return true;
        }
        if (complete && !add_value(r, at, value)) {
            return false;
        }
    }
}
