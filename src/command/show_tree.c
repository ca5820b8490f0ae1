// Trees: what has children which have children. One line for each process: what it is called, its
// pid, and what is out of the ordinary about it.
#include "command/show_private.h"

#define TITLE_MOST 60u

struct line {
    struct str branches; // the lines of the drawing
    struct str title;
    struct str pid;
    struct str rest;
    enum tone tone;
};

struct drawing {
    struct show *show;
    struct line *lines; // in the arena
    size_t count, room;
    size_t indent;
};

bool show_is_tree(const char *key, const json_t *value) {
    const json_t *children = json_object_get(value, "children");
    size_t i;
    json_t *child;
    if (!json_is_array(children)) {
        return false;
    }
    if (strcmp(key, "root") == 0) {
        return true;
    }
    json_array_foreach((json_t *)(uintptr_t)children, i, child) {
        if (json_is_array(json_object_get(child, "children"))) {
            return true;
        }
    }
    return false;
}

static const char *text_of(const json_t *object, const char *key) {
    const char *text = json_string_value(json_object_get(object, key));
    return text != NULL && text[0] != '\0' ? text : NULL;
}

static struct str title_of(struct show *show, const json_t *node) {
    static const char *const keys[] = {"name", "id", "label", "module", "pid"};
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        const char *text = text_of(node, keys[i]);
        if (text != NULL) {
            return screen_line(show->screen, show->arena, str_of(text));
        }
    }
    return str_of(screen_dash(show->screen));
}

// What is said beside the pid, unless it is what one expects.
static struct str rest_of(struct show *show, const json_t *node, struct str title) {
    static const struct {
        const char *key, *expected;
    } members[] = {{"strategy", NULL}, {"module", NULL}, {"current_function", NULL},
            {"restart_type", "permanent"}, {"state", "running"}, {"status", "waiting"}};
    struct buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < sizeof members / sizeof members[0]; i++) {
        const char *value = text_of(node, members[i].key);
        if (value == NULL || str_is(title, value) ||
                (members[i].expected != NULL && strcmp(value, members[i].expected) == 0)) {
            continue;
        }
        buffer_add_text(&text, text.length > 0 ? "  " : "");
        buffer_add_str(&text, screen_line(show->screen, show->arena, str_of(value)));
    }
    struct str copy = arena_copy(show->arena, buffer_str(&text));
    buffer_finish(&text);
    return copy;
}

static struct line *add_line(struct drawing *drawing) {
    if (drawing->count == drawing->room) {
        struct line *more = arena_take(drawing->show->arena, 2 * drawing->room + 64, sizeof *more);
        if (drawing->count > 0) {
            memcpy(more, drawing->lines, drawing->count * sizeof *more);
        }
        drawing->lines = more;
        drawing->room = 2 * drawing->room + 64;
    }
    return &drawing->lines[drawing->count++];
}

// `above` is what stands left of the node's own branch, `own` its branch, `below` what stands there
// for its children.
static void add_node(struct drawing *drawing, const json_t *node, struct str above, const char *own,
        const char *below) {
    struct show *show = drawing->show;
    bool unicode = show->screen->unicode;
    struct line *line = add_line(drawing);
    const char *pid = text_of(node, "pid");
    line->branches = arena_printf(show->arena, "%.*s%s", STR_ARGS(above), own);
    line->title = title_of(show, node);
    line->pid = pid && !str_is(line->title, pid)
                        ? screen_line(show->screen, show->arena, str_of(pid))
                        : STR("");
    line->rest = rest_of(show, node, line->title);
    line->tone = text_of(node, "strategy") != NULL ? TONE_HEAD : TONE_PLAIN;
    struct str inside = arena_printf(show->arena, "%.*s%s", STR_ARGS(above), below);
    const json_t *children = json_object_get(node, "children");
    size_t count = json_array_size(children);
    for (size_t i = 0; i < count; i++) {
        bool last = i + 1 == count;
        add_node(drawing, json_array_get(children, i), inside,
                unicode ? (last ? "└─ " : "├─ ") : (last ? "`- " : "|- "),
                last      ? "   "
                : unicode ? "│  "
                          : "|  ");
    }
}

static size_t left_width(const struct drawing *drawing, const struct line *line) {
    const struct screen *screen = drawing->show->screen;
    return screen_width(screen, line->branches) + screen_width(screen, line->title);
}

static void put_line(struct drawing *drawing, const struct line *line, size_t aligned) {
    struct show *show = drawing->show;
    const struct screen *screen = show->screen;
    size_t room = show_room(show, drawing->indent);
    size_t branches = screen_width(screen, line->branches);
    struct str title =
            screen_cut(screen, show->arena, line->title, room > branches + 8 ? room - branches : 8);
    size_t used = branches + screen_width(screen, title);
    screen_pad(show->out, drawing->indent);
    screen_put(screen, show->out, line->branches, TONE_DIM);
    screen_put(screen, show->out, title, line->tone);
    struct str right = arena_printf(show->arena, "%.*s%s%.*s", STR_ARGS(line->pid),
            line->pid.length > 0 && line->rest.length > 0 ? "  " : "", STR_ARGS(line->rest));
    size_t pad = (used < aligned ? aligned - used : 0) + 2;
    if (right.length > 0 && (room == SIZE_MAX || used + pad + 4 < room)) {
        screen_pad(show->out, pad);
        right = room == SIZE_MAX ? right
                                 : screen_cut(screen, show->arena, right, room - used - pad);
        screen_put(screen, show->out, right, TONE_PLAIN);
    }
    buffer_add_u8(show->out, '\n');
}

void show_tree(struct show *show, const json_t *root, size_t indent) {
    struct drawing drawing = {.show = show, .indent = indent};
    size_t aligned = 0;
    add_node(&drawing, root, STR(""), "", "");
    for (size_t i = 0; i < drawing.count; i++) {
        size_t width = left_width(&drawing, &drawing.lines[i]);
        aligned = width > aligned && width <= TITLE_MOST ? width : aligned;
    }
    for (size_t i = 0; i < drawing.count; i++) {
        put_line(&drawing, &drawing.lines[i], aligned);
    }
}
