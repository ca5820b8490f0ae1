// Values on one line. The unit of a number is in its name.
#include "command/show_private.h"

#include "term/json.h"

#include <math.h>
#include <stdlib.h>

static struct cell plain(struct show *show, struct str text, enum tone tone) {
    return (struct cell){text, screen_width(show->screen, text), false, tone};
}

// ---- units -----------------------------------------------------------------------------------

enum unit { UNIT_NONE, UNIT_BYTES, UNIT_NS, UNIT_US, UNIT_MS, UNIT_S };

static bool ends(const char *text, const char *end) {
    size_t length = strlen(text);
    size_t wanted = strlen(end);
    return length > wanted && strcmp(text + length - wanted, end) == 0;
}

static bool begins(const char *text, const char *begin) {
    return strncmp(text, begin, strlen(begin)) == 0;
}

static bool is_memory(const char *key) {
    return key != NULL && strstr(key, "percent") == NULL && strstr(key, "count") == NULL &&
           (strcmp(key, "memory") == 0 || strcmp(key, "bytes") == 0 || begins(key, "memory_") ||
                   begins(key, "bytes_") || ends(key, "_memory") || ends(key, "_bytes"));
}

static enum unit unit_of(const char *around, const char *key) {
    static const struct {
        const char *end;
        enum unit unit;
    } ends_of[] = {{"_ns", UNIT_NS}, {"_us", UNIT_US}, {"_ms", UNIT_MS}, {"_s", UNIT_S},
            {"_seconds", UNIT_S}};
    if (key == NULL) {
        return is_memory(around) ? UNIT_BYTES : UNIT_NONE;
    }
    if (is_memory(key) || (is_memory(around) && strstr(key, "percent") == NULL)) {
        return UNIT_BYTES;
    }
    for (size_t i = 0; i < sizeof ends_of / sizeof ends_of[0]; i++) {
        if (ends(key, ends_of[i].end)) {
            return ends_of[i].unit;
        }
    }
    return UNIT_NONE;
}

static struct str bytes_text(struct show *show, double bytes) {
    static const char *const names[] = {"B", "KB", "MB", "GB", "TB"};
    size_t step = 0;
    while (fabs(bytes) >= 1024 && step + 1 < sizeof names / sizeof names[0]) {
        bytes /= 1024;
        step++;
    }
    int digits = step == 0 || fabs(bytes) >= 100 ? 0 : 1;
    return arena_printf(show->arena, "%.*f %s", digits, bytes, names[step]);
}

// At most three digits behind the point, and no zeros at the end.
static struct str number_text(struct show *show, double value) {
    if (fabs(value) >= 1e15) {
        return arena_printf(show->arena, "%.17g", value);
    }
    struct str text = arena_printf(show->arena, "%.3f", value);
    while (text.at[text.length - 1] == '0') {
        text.length--;
    }
    text.length -= text.at[text.length - 1] == '.';
    return text;
}

// "1 h 5 min", "1 h".
static struct str parts_text(
        struct show *show, long long large, const char *its, long long small, const char *other) {
    return small == 0 ? arena_printf(show->arena, "%lld %s", large, its)
                      : arena_printf(show->arena, "%lld %s %lld %s", large, its, small, other);
}

static struct str duration_text(struct show *show, double ms) {
    if (fabs(ms) < 1000) {
        return arena_printf(show->arena, "%.*s ms", STR_ARGS(number_text(show, ms)));
    }
    if (fabs(ms) < 60000) {
        struct str seconds = number_text(show, round(ms / 100) / 10);
        return arena_printf(show->arena, "%.*s s", STR_ARGS(seconds));
    }
    long long s = (long long)(ms / 1000);
    return s < 3600    ? parts_text(show, s / 60, "min", s % 60, "s")
           : s < 86400 ? parts_text(show, s / 3600, "h", s / 60 % 60, "min")
                       : parts_text(show, s / 86400, "d", s / 3600 % 24, "h");
}

static struct cell number_cell(
        struct show *show, const char *around, const char *key, const json_t *value) {
    double number = json_number_value(value);
    struct str text = STR("");
    switch (unit_of(around, key)) {
    case UNIT_BYTES:
        text = bytes_text(show, number);
        if (key != NULL && ends(key, "_per_second")) {
            text = arena_printf(show->arena, "%.*s/s", STR_ARGS(text));
        }
        break;
    case UNIT_NS:
        text = duration_text(show, number / 1e6);
        break;
    case UNIT_US:
        text = duration_text(show, number / 1e3);
        break;
    case UNIT_MS:
        text = duration_text(show, number);
        break;
    case UNIT_S:
        text = duration_text(show, number * 1000);
        break;
    case UNIT_NONE:
        text = json_is_integer(value)
                       ? arena_printf(show->arena, "%lld", (long long)json_integer_value(value))
                       : number_text(show, number);
        break;
    }
    return (struct cell){text, text.length, true, TONE_PLAIN};
}

struct str show_label(struct show *show, const char *key) {
    static const char *const units[] = {"_ns", "_us", "_ms", "_s"};
    size_t length = strlen(key);
    for (size_t i = 0; i < sizeof units / sizeof units[0]; i++) {
        if (ends(key, units[i])) {
            length -= strlen(units[i]);
            break;
        }
    }
    struct str label = arena_copy(show->arena, (struct str){key, length});
    char *at = (char *)(uintptr_t)label.at;
    for (size_t i = 1; i + 1 < length; i++) { // $atom and _private stay as they are
        at[i] = at[i] == '_' ? ' ' : at[i];
    }
    return screen_line(show->screen, show->arena, label);
}

// ---- text ------------------------------------------------------------------------------------

// 2026-11-20T12:52:03.894Z
static bool is_time(struct str text) {
    return text.length >= 20 && text.length <= 30 && text.at[4] == '-' && text.at[7] == '-' &&
           text.at[10] == 'T' && text.at[13] == ':' && text.at[text.length - 1] == 'Z';
}

// Words that say how well something is, under names that ask for it.
static enum tone tone_of(const char *key, struct str text) {
    static const char *const names[] = {"status", "state", "health", "severity", "level"};
    static const struct {
        const char *word;
        enum tone tone;
    } words[] = {{"healthy", TONE_GOOD}, {"ok", TONE_GOOD}, {"ready", TONE_GOOD},
            {"degraded", TONE_WARN}, {"warning", TONE_WARN}, {"medium", TONE_WARN},
            {"restarting", TONE_WARN}, {"suspended", TONE_WARN}, {"critical", TONE_BAD},
            {"failed", TONE_BAD}, {"lost", TONE_BAD}, {"high", TONE_BAD}, {"stopped", TONE_BAD}};
    bool asked = false;
    for (size_t i = 0; key != NULL && i < sizeof names / sizeof names[0]; i++) {
        asked = asked || strstr(key, names[i]) != NULL;
    }
    for (size_t i = 0; asked && i < sizeof words / sizeof words[0]; i++) {
        if (str_is(text, words[i].word)) {
            return words[i].tone;
        }
    }
    return TONE_PLAIN;
}

static struct cell string_cell(struct show *show, const char *key, const json_t *value) {
    struct str text = {json_string_value(value), json_string_length(value)};
    struct str line = screen_line(show->screen, show->arena, text);
    if (is_time(line)) {
        struct str time = arena_copy(show->arena, line);
        ((char *)(uintptr_t)time.at)[10] = ' ';
        return plain(show, time, TONE_PLAIN);
    }
    return line.length > 0 ? plain(show, line, tone_of(key, line))
                           : plain(show, STR("\"\""), TONE_DIM);
}

// ---- terms and what holds others ----------------------------------------------------------------

static bool is_term(const json_t *value) {
    const char *key;
    json_t *member;
    json_object_foreach((json_t *)(uintptr_t)value, key, member) {
        return key[0] == '$';
    }
    return false;
}

static struct str dump(struct show *show, const json_t *value) {
    char *text = json_dumps(value, JSON_ENCODE_ANY);
    struct str line = screen_line(show->screen, show->arena, str_of(text ? text : ""));
    free(text);
    return line;
}

// As inspect/2 writes it; what cannot be read back stays JSON.
static struct str inspect(struct show *show, const json_t *value) {
    struct error error;
    struct term term;
    struct buffer text;
    char *json = json_dumps(value, JSON_ENCODE_ANY);
    struct str copy = arena_copy(show->arena, str_of(json));
    free(json);
    if (!json_to_term(show->arena, copy, STR("nonode@nohost"), 0, &term, &error)) {
        return dump(show, value);
    }
    buffer_init(&text);
    print_term(&text, &term, STR("nonode@nohost"), &print_default);
    struct str line = screen_line(show->screen, show->arena, buffer_str(&text));
    buffer_finish(&text);
    return line;
}

static struct str join(
        struct show *show, const char *around, const char *key, const json_t *array) {
    struct buffer text;
    size_t i;
    json_t *item;
    buffer_init(&text);
    json_array_foreach((json_t *)(uintptr_t)array, i, item) {
        buffer_add_text(&text, i > 0 ? ", " : "");
        buffer_add_str(&text, show_cell(show, around, key, item).text);
    }
    struct str copy = arena_copy(show->arena, buffer_str(&text));
    buffer_finish(&text);
    return copy;
}

struct cell show_cell(struct show *show, const char *around, const char *key, const json_t *value) {
    switch (value ? json_typeof(value) : JSON_NULL) {
    case JSON_NULL:
        return plain(show, str_of(screen_dash(show->screen)), TONE_DIM);
    case JSON_TRUE:
        return plain(show, STR("yes"), TONE_PLAIN);
    case JSON_FALSE:
        return plain(show, STR("no"), TONE_PLAIN);
    case JSON_INTEGER:
    case JSON_REAL:
        return number_cell(show, around, key, value);
    case JSON_STRING:
        return string_cell(show, key, value);
    case JSON_ARRAY:
        return json_array_size(value) == 0
                       ? plain(show, STR("none"), TONE_DIM)
                       : plain(show, join(show, around, key, value), TONE_PLAIN);
    case JSON_OBJECT:
        break;
    }
    return json_object_size(value) == 0 ? plain(show, STR("none"), TONE_DIM)
           : is_term(value)             ? plain(show, inspect(show, value), TONE_PLAIN)
                                        : plain(show, dump(show, value), TONE_PLAIN);
}

static bool is_simple(const json_t *value) {
    return !json_is_array(value) &&
           (!json_is_object(value) || is_term(value) || json_object_size(value) == 0);
}

bool show_is_flat(const json_t *value) {
    size_t i;
    json_t *item;
    if (!json_is_array(value)) {
        return is_simple(value) && !show_is_block(value);
    }
    json_array_foreach((json_t *)(uintptr_t)value, i, item) {
        if (!is_simple(item) || show_is_block(item)) {
            return false;
        }
    }
    return true;
}

bool show_is_block(const json_t *value) {
    return json_is_string(value) &&
           memchr(json_string_value(value), '\n', json_string_length(value)) != NULL;
}

// ---- members ---------------------------------------------------------------------------------

#define BOUND "_is_lower_bound"

// Whether uptime_ms is the one that uptime_is_lower_bound speaks of.
static bool is_bound_of(const char *bound, const char *key) {
    size_t length = strlen(bound) - strlen(BOUND);
    return strncmp(bound, key, length) == 0 &&
           (key[length] == '\0' || strcmp(key + length, "_ms") == 0 ||
                   strcmp(key + length, "_usage") == 0 || strcmp(key + length, "_s") == 0);
}

static bool is_said_elsewhere(const json_t *object, const char *key) {
    const char *other;
    json_t *value;
    if (!ends(key, BOUND)) {
        return false;
    }
    json_object_foreach((json_t *)(uintptr_t)object, other, value) {
        if (is_bound_of(key, other)) {
            return true;
        }
    }
    return false;
}

static bool is_least(const json_t *object, const char *key) {
    const char *other;
    json_t *value;
    json_object_foreach((json_t *)(uintptr_t)object, other, value) {
        if (json_is_true(value) && ends(other, BOUND) && is_bound_of(other, key)) {
            return true;
        }
    }
    return false;
}

struct cell show_member_cell(
        struct show *show, const char *around, const json_t *object, const char *key) {
    struct cell cell = show_cell(show, around, key, show_member(object, key));
    if (cell.number && is_least(object, key)) {
        cell.text = arena_printf(
                show->arena, "%s %.*s", show->screen->unicode ? "≥" : ">=", STR_ARGS(cell.text));
        cell.width = screen_width(show->screen, cell.text);
    }
    return cell;
}

const json_t *show_member(const json_t *object, const char *key) {
    char name[200];
    snprintf(name, sizeof name, "%s_inspect", key);
    const json_t *text = json_object_get(object, name);
    if (json_is_string(text)) {
        return text;
    }
    if (json_is_string(json_object_get(object, "inspect")) &&
            (strcmp(key, "value") == 0 || strcmp(key, "key") == 0 || strcmp(key, "term") == 0)) {
        return NULL;
    }
    if (ends(key, "_inspect")) {
        snprintf(name, sizeof name, "%.*s", (int)(strlen(key) - strlen("_inspect")), key);
        if (json_object_get(object, name) != NULL) {
            return NULL;
        }
    }
    return is_said_elsewhere(object, key) ? NULL : json_object_get(object, key);
}
