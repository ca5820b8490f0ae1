// From what the agent answered to JSON. The agent bounds what it sends; here depth is bounded.
#include "operations/answer_value.h"

#include "base/json_writer.h"
#include "operations/answer_terms.h"

#include <stdio.h>

#define DEPTH_MOST 40u
#define KEY_BYTES  200u

static const struct print_limits shown = {.width = 10000, .depth = 64, .bytes = 4 << 20};

static void write_value(struct buffer *out, const char *key, const struct node *node,
        const struct term *value, uint32_t depth);

static void write_pid(
        struct buffer *out, const char *key, const struct node *node, const struct term *value) {
    if (value->type == TERM_PID && str_equal(value->pid->node, node_vm(node))) {
        json_raw(out, key, STR("\""));
        print_pid(out, value->pid->id, value->pid->serial);
        buffer_add_u8(out, '"');
    } else {
        answer_inspect(out, key, node, value, &print_default);
    }
}

static void write_atom(struct buffer *out, const char *key, struct str text) {
    if (str_is(text, "true") || str_is(text, "false")) {
        json_bool(out, key, str_is(text, "true"));
    } else if (str_is(text, "undefined") || str_is(text, "nil")) {
        json_put_null(out, key);
    } else {
        json_put_string(out, key, mirror_alias(text));
    }
}

// The term in full, and as text beside it.
static void write_term(
        struct buffer *out, const char *key, const struct node *node, const struct term *term) {
    bool bare = key == NULL;
    char inspect[6 * KEY_BYTES + 10]; // as escapes
    snprintf(inspect, sizeof inspect, "%s_inspect", bare ? "term" : key);
    if (bare) {
        json_open_object(out, NULL);
    }
    json_raw(out, bare ? "term" : key, STR(""));
    answer_json(out, node, term, &shown);
    answer_inspect(out, inspect, node, term, &print_default);
    if (bare) {
        json_close_object(out);
    }
}

// {'$term', T} and its like; false if the tuple is none of them.
static bool write_marked(
        struct buffer *out, const char *key, const struct node *node, const struct term *value) {
    int64_t ms;
    if (term_is_tagged(value, "$term", 2)) {
        write_term(out, key, node, term_element(value, 1));
    } else if (term_is_tagged(value, "$inspect", 2)) {
        answer_inspect(out, key, node, term_element(value, 1), &print_default);
    } else if (term_is_tagged(value, "$mfa", 4)) {
        struct term mfa = {.type = TERM_TUPLE, .size = 3, .items = value->items + 1};
        answer_function(out, key, &mfa);
    } else if (term_is_tagged(value, "$time", 2) && term_integer(term_element(value, 1), &ms)) {
        json_time(out, key, ms);
    } else {
        return false;
    }
    return true;
}

// The agent names most members; what counts by a user's words has those as keys.
static void write_member(struct buffer *out, const struct node *node, struct str name,
        const struct term *value, uint32_t depth) {
    struct buffer key;
    buffer_init(&key);
    json_write_string(&key, name); // escaped, with quotes
    key.at[key.length - 1] = '\0';
    write_value(out, key.at + 1, node, value, depth);
    buffer_finish(&key);
}

static void write_members(struct buffer *out, const struct node *node, const struct term *map,
        const char *without, uint32_t depth) {
    for (uint32_t i = 0; map->type == TERM_MAP && i < map->size; i++) {
        struct str name;
        if (term_text(&map->items[2 * i], &name) && name.length < KEY_BYTES &&
                (without == NULL || !str_is(name, without))) {
            write_member(out, node, name, &map->items[2 * i + 1], depth);
        }
    }
}

void answer_members(
        struct buffer *out, const struct node *node, const struct term *map, const char *without) {
    write_members(out, node, map, without, DEPTH_MOST);
}

static void write_map(struct buffer *out, const char *key, const struct node *node,
        const struct term *value, uint32_t depth) {
    json_open_object(out, key);
    write_members(out, node, value, NULL, depth);
    json_close_object(out);
}

static void write_list(struct buffer *out, const char *key, const struct node *node,
        const struct term *value, uint32_t depth) {
    json_open_array(out, key);
    for (uint32_t i = 0; i < value->size; i++) {
        write_value(out, NULL, node, &value->items[i], depth);
    }
    json_close_array(out);
}

static void write_value(struct buffer *out, const char *key, const struct node *node,
        const struct term *value, uint32_t depth) {
    if (depth == 0) {
        answer_inspect(out, key, node, value, &print_default);
        return;
    }
    switch (value->type) {
    case TERM_ATOM:
        write_atom(out, key, value->text);
        return;
    case TERM_PID:
        write_pid(out, key, node, value);
        return;
    case TERM_MAP:
        write_map(out, key, node, value, depth - 1);
        return;
    case TERM_NIL:
    case TERM_LIST:
        write_list(out, key, node, value, depth - 1);
        return;
    case TERM_TUPLE:
        if (write_marked(out, key, node, value)) {
            return;
        }
        break;
    case TERM_BINARY:
        if (str_is_utf8(value->text)) {
            json_put_string(out, key, value->text);
            return;
        }
        break;
    case TERM_INTEGER:
    case TERM_BIG:
    case TERM_FLOAT:
        answer_term(out, key, node, value);
        return;
    case TERM_BITS:
    case TERM_PORT:
    case TERM_REFERENCE:
    case TERM_FUN:
    case TERM_EXPORT:
        break;
    }
    answer_inspect(out, key, node, value, &print_default);
}

void answer_value(
        struct buffer *out, const char *key, const struct node *node, const struct term *value) {
    write_value(out, key, node, value, DEPTH_MOST);
}
