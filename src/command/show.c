// Objects, and arrays that are no tables.
#include "command/show_private.h"

#define LABEL_MOST 32u
#define LEAST_ROOM 20u

static void show_array(struct show *show, const char *key, const json_t *array, size_t indent);

size_t show_room(const struct show *show, size_t indent) {
    size_t width = show->screen->width;
    return width == SIZE_MAX ? SIZE_MAX : width > indent + LEAST_ROOM ? width - indent : LEAST_ROOM;
}

// ---- text over several lines -----------------------------------------------------------------

// The end of the line that begins a text: behind the last space that fits.
static size_t line_length(const struct show *show, struct str text, size_t room) {
    if (text.length <= room || screen_width(show->screen, text) <= room) {
        return text.length;
    }
    size_t space = 0;
    size_t length = 0;
    while (length < text.length &&
            screen_width(show->screen, (struct str){text.at, length + 1}) <= room) {
        length++;
        space = text.at[length - 1] == ' ' ? length : space;
    }
    while (space == 0 && length > 1 && length < text.length &&
            ((uint8_t)text.at[length] & 0xC0) == 0x80) {
        length--; // not inside a character
    }
    return space > 0 ? space : length > 0 ? length : 1;
}

void show_text(struct show *show, struct str text, size_t indent, enum tone tone) {
    size_t room = show_room(show, indent);
    for (bool first = true; text.length > 0; first = false) {
        size_t length = line_length(show, text, room);
        if (!first) {
            screen_pad(show->out, indent);
        }
        struct str line = {text.at, length};
        while (line.length > 0 && line.at[line.length - 1] == ' ') {
            line.length--;
        }
        screen_put(show->screen, show->out, line, tone);
        buffer_add_u8(show->out, '\n');
        text = (struct str){text.at + length, text.length - length};
    }
}

static void put_cell(struct show *show, struct cell cell, size_t indent) {
    show_text(show, cell.text, indent, cell.tone);
}

static void put_block(struct show *show, const json_t *value, size_t indent) {
    struct str text = screen_lines(show->screen, show->arena,
            (struct str){json_string_value(value), json_string_length(value)});
    while (text.length > 0) {
        const char *end = memchr(text.at, '\n', text.length);
        size_t length = end ? (size_t)(end - text.at) : text.length;
        screen_pad(show->out, length > 0 ? indent : 0);
        buffer_add(show->out, text.at, length);
        buffer_add_u8(show->out, '\n');
        length += end != NULL;
        text = (struct str){text.at + length, text.length - length};
    }
}

// ---- objects ---------------------------------------------------------------------------------

static size_t label_width(struct show *show, const json_t *object) {
    size_t widest = 0;
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)object, key, member) {
        const json_t *value = show_member(object, key);
        if (value != NULL && show_is_flat(value)) {
            size_t width = screen_width(show->screen, show_label(show, key));
            widest = width > widest && width <= LABEL_MOST ? width : widest;
        }
    }
    return widest;
}

static void put_label(struct show *show, const char *key, size_t width) {
    struct str label = show_label(show, key);
    size_t its = screen_width(show->screen, label);
    screen_put(show->screen, show->out, label, TONE_HEAD);
    screen_pad(show->out, width > its ? width - its : 0);
}

static void show_members(
        struct show *show, const char *around, const json_t *object, size_t indent, bool started);

static void show_nested(struct show *show, const char *key, const json_t *value, size_t indent) {
    if (show_is_block(value)) {
        put_block(show, value, indent);
    } else if (show_is_tree(key, value)) {
        show_tree(show, value, indent);
    } else if (json_is_array(value)) {
        show_array(show, key, value, indent);
    } else {
        show_members(show, key, value, indent, false);
    }
}

// The cursor stands behind the indent already where `started` is set, as behind a dash.
static void show_members(
        struct show *show, const char *around, const json_t *object, size_t indent, bool started) {
    size_t width = label_width(show, object);
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)object, key, member) {
        const json_t *value = show_member(object, key);
        if (value == NULL) {
            continue;
        }
        if (strcmp(key, "root") == 0 && show_is_tree(key, value)) { // a drawing needs no title
            show_tree(show, value, indent);
            continue;
        }
        screen_pad(show->out, started ? 0 : indent);
        started = false;
        if (show_is_flat(value)) {
            put_label(show, key, width);
            buffer_add_text(show->out, "  ");
            put_cell(show, show_member_cell(show, around, object, key), indent + width + 2);
        } else {
            put_label(show, key, 0);
            buffer_add_u8(show->out, '\n');
            show_nested(show, key, value, indent + 2);
        }
    }
}

// ---- arrays ----------------------------------------------------------------------------------

static bool is_table(const json_t *array) {
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)(uintptr_t)array, i, row) {
        const char *key;
        json_t *member;
        if (!json_is_object(row)) {
            return false;
        }
        json_object_foreach(row, key, member) {
            const json_t *value = show_member(row, key);
            if (value != NULL && !show_is_flat(value)) {
                return false;
            }
        }
    }
    return true;
}

static void show_items(struct show *show, const char *key, const json_t *array, size_t indent) {
    size_t i;
    json_t *item;
    json_array_foreach((json_t *)(uintptr_t)array, i, item) {
        screen_pad(show->out, indent);
        screen_put(show->screen, show->out, STR("- "), TONE_DIM);
        if (show_is_flat(item)) {
            put_cell(show, show_cell(show, NULL, key, item), indent + 2);
        } else if (json_is_object(item) && !show_is_tree(key, item)) {
            show_members(show, key, item, indent + 2, true);
        } else {
            buffer_add_u8(show->out, '\n');
            show_nested(show, key, item, indent + 2);
        }
    }
}

static void show_array(struct show *show, const char *key, const json_t *array, size_t indent) {
    if (show_is_flat(array)) {
        screen_pad(show->out, indent);
        put_cell(show, show_cell(show, NULL, key, array), indent);
    } else if (is_table(array)) {
        show_table(show, array, indent);
    } else {
        show_items(show, key, array, indent);
    }
}

void show_value(struct show *show, const json_t *value, size_t indent) {
    if (show_is_flat(value)) {
        screen_pad(show->out, indent);
        put_cell(show, show_cell(show, NULL, NULL, value), indent);
    } else {
        show_nested(show, "", value, indent);
    }
}
