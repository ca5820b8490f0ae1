// Widths are those of wcwidth(3).
#include "command/screen.h"

#include <langinfo.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

#define LEAST_WIDTH 20

static size_t find_width(FILE *file) {
    struct winsize size;
    int64_t columns;
    const char *told = getenv("COLUMNS");
    if (isatty(fileno(file)) && ioctl(fileno(file), TIOCGWINSZ, &size) == 0 && size.ws_col > 0) {
        columns = size.ws_col;
    } else if (told == NULL || !str_to_int(str_of(told), &columns) || columns <= 0) {
        return SIZE_MAX;
    }
    return columns < LEAST_WIDTH ? LEAST_WIDTH : (size_t)columns;
}

void screen_init(struct screen *screen, FILE *file) {
    const char *no_colour = getenv("NO_COLOR");
    const char *terminal = getenv("TERM");
    setlocale(LC_CTYPE, "");
    screen->width = find_width(file);
    screen->colour = isatty(fileno(file)) && (no_colour == NULL || no_colour[0] == '\0') &&
                     terminal != NULL && strcmp(terminal, "dumb") != 0;
    screen->unicode = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

const char *screen_dash(const struct screen *screen) {
    return screen->unicode ? "–" : "-";
}

// ---- characters ------------------------------------------------------------------------------

// Decodes the character at the beginning; 0xFFFD with length 1 for broken UTF-8.
static uint32_t next_character(struct str text, size_t *length) {
    const uint8_t *p = (const uint8_t *)text.at;
    size_t wanted = p[0] < 0x80 ? 1 : p[0] >= 0xF0 ? 4 : p[0] >= 0xE0 ? 3 : 2;
    if (wanted > text.length || !str_is_utf8((struct str){text.at, wanted})) {
        *length = 1;
        return 0xFFFD;
    }
    *length = wanted;
    uint32_t character = wanted == 1 ? p[0] : p[0] & (0x7Fu >> wanted);
    for (size_t i = 1; i < wanted; i++) {
        character = character << 6 | (p[i] & 0x3F);
    }
    return character;
}

// Characters that say how others are to be shown (Unicode 15, tables of general category Cc and of
// Bidi_Control).
static bool is_harmful(uint32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || c == 0x61C || (c >= 0x200B && c <= 0x200F) ||
           (c >= 0x2028 && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

static void add_escape(struct buffer *out, uint32_t c) {
    switch (c) {
    case '\n':
        buffer_add_text(out, "\\n");
        return;
    case '\r':
        buffer_add_text(out, "\\r");
        return;
    case '\t':
        buffer_add_text(out, "\\t");
        return;
    case 0x1B:
        buffer_add_text(out, "\\e");
        return;
    default:
        buffer_printf(out, c < 0x100 ? "\\x%02X" : "\\u{%X}", c);
        return;
    }
}

static struct str harmless(
        const struct screen *screen, struct arena *arena, struct str text, bool lines) {
    struct buffer out;
    buffer_init(&out);
    for (size_t length; text.length > 0;) {
        uint32_t c = next_character(text, &length);
        if (c == 0xFFFD) {
            buffer_add_text(&out, screen->unicode ? "\uFFFD" : "?");
        } else if (lines && (c == '\n' || c == '\t')) {
            buffer_add_u8(&out, (uint8_t)c);
        } else if (is_harmful(c)) {
            add_escape(&out, c);
        } else {
            buffer_add(&out, text.at, length);
        }
        text = (struct str){text.at + length, text.length - length};
    }
    struct str copy = arena_copy(arena, buffer_str(&out));
    buffer_finish(&out);
    return copy;
}

struct str screen_line(const struct screen *screen, struct arena *arena, struct str text) {
    return harmless(screen, arena, text, false);
}

struct str screen_lines(const struct screen *screen, struct arena *arena, struct str text) {
    return harmless(screen, arena, text, true);
}

// ---- widths ----------------------------------------------------------------------------------

static size_t columns_of(const struct screen *screen, uint32_t c) {
    if (c < 0x80 || !screen->unicode) {
        return 1;
    }
    int width = wcwidth((wchar_t)c);
    return width < 0 ? 1 : (size_t)width;
}

size_t screen_width(const struct screen *screen, struct str text) {
    size_t width = 0;
    for (size_t length; text.length > 0;) {
        width += columns_of(screen, next_character(text, &length));
        text = (struct str){text.at + length, text.length - length};
    }
    return width;
}

struct str screen_cut(
        const struct screen *screen, struct arena *arena, struct str text, size_t width) {
    if (text.length <= width || screen_width(screen, text) <= width) {
        return text; // never more columns than bytes
    }
    const char *mark = screen->unicode ? "…" : "..";
    size_t room = width - (screen->unicode ? 1 : width < 2 ? width : 2);
    size_t used = 0;
    size_t bytes = 0;
    for (size_t length;;) {
        struct str rest = {text.at + bytes, text.length - bytes};
        size_t columns = columns_of(screen, next_character(rest, &length));
        if (used + columns > room) {
            return arena_printf(arena, "%.*s%s", (int)bytes, text.at, mark);
        }
        used += columns;
        bytes += length;
    }
}

// ---- output ----------------------------------------------------------------------------------

void screen_put(const struct screen *screen, struct buffer *out, struct str text, enum tone tone) {
    static const char *const codes[] = {[TONE_PLAIN] = "",
            [TONE_HEAD] = "\033[1m",
            [TONE_DIM] = "\033[2m",
            [TONE_GOOD] = "\033[32m",
            [TONE_WARN] = "\033[33m",
            [TONE_BAD] = "\033[31m"};
    bool toned = screen->colour && tone != TONE_PLAIN && text.length > 0;
    buffer_add_text(out, toned ? codes[tone] : "");
    buffer_add_str(out, text);
    buffer_add_text(out, toned ? "\033[0m" : "");
}

void screen_pad(struct buffer *out, size_t columns) {
    for (size_t i = 0; i < columns; i++) {
        buffer_add_u8(out, ' ');
    }
}
