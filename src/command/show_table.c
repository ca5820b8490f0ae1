// Tables. Which columns are shown is decided by what they say: a column that identifies its rows
// goes before one in which rows differ, and that before one that is the same in all of them.
#include "command/show_private.h"

#include "command/nearest.h"

#include <stdio.h>

#define GAP       2u // between columns
#define LINES     3u // of a heading
#define ROWS_READ 500u
#define POOR      (-20) // worth less than this, it is not shown although there is room

// What becomes of a column.
enum fate {
    FATE_OPEN,
    FATE_CHOSEN,
    FATE_NO_ROOM,
    FATE_EMPTY,  // nothing is known in any row
    FATE_NESTED, // it holds more than fits on a line
};

struct column {
    const char *key;
    struct str label;
    struct cell *cells;
    size_t natural; // columns that everything in it takes
    size_t width;   // columns that it gets
    int worth;
    bool numbers;
    enum fate fate;
};

struct table {
    struct show *show;
    const json_t *rows;
    size_t row_count;
    struct column *columns;
    size_t column_count;
    size_t order_count; // of those shown, in `order`
    struct column **order;
    size_t indent;
    size_t wide; // a text that is longer may be cut
};

// ---- columns ---------------------------------------------------------------------------------

static struct column *find_column(struct table *table, const char *key) {
    for (size_t i = 0; i < table->column_count; i++) {
        if (strcmp(table->columns[i].key, key) == 0) {
            return &table->columns[i];
        }
    }
    return NULL;
}

static bool is_flat_everywhere(const json_t *rows, const char *key) {
    size_t i;
    json_t *row;
    json_array_foreach((json_t *)(uintptr_t)rows, i, row) {
        const json_t *value = show_member(row, key);
        if (value != NULL && !show_is_flat(value) && !show_is_block(value)) {
            return false;
        }
    }
    return true;
}

static void collect_columns(struct table *table) {
    size_t room = 16;
    size_t i;
    json_t *row;
    struct arena *arena = table->show->arena;
    table->columns = arena_take(arena, room, sizeof *table->columns);
    json_array_foreach((json_t *)(uintptr_t)table->rows, i, row) {
        const char *key;
        json_t *value;
        json_object_foreach(row, key, value) {
            if (find_column(table, key) != NULL || show_member(row, key) == NULL) {
                continue;
            }
            if (table->column_count == room) {
                struct column *more = arena_take(arena, 2 * room, sizeof *more);
                memcpy(more, table->columns, room * sizeof *more);
                table->columns = more;
                room *= 2;
            }
            table->columns[table->column_count++] =
                    (struct column){.key = key, .label = show_label(table->show, key)};
        }
    }
}

// The longest word of a label: narrower than that its heading cannot be.
static size_t label_least(const struct table *table, struct str label) {
    size_t widest = 0;
    while (label.length > 0) {
        const char *space = memchr(label.at, ' ', label.length);
        size_t length = space ? (size_t)(space - label.at) : label.length;
        size_t width = screen_width(table->show->screen, (struct str){label.at, length});
        widest = width > widest ? width : widest;
        length += space != NULL;
        label = (struct str){label.at + length, label.length - length};
    }
    return widest;
}

// Names that identify a row.
static int identity(const char *key) {
    static const char *const names[] = {"name", "id", "pid", "node", "operation", "key"};
    int count = (int)(sizeof names / sizeof names[0]);
    for (int i = 0; i < count; i++) {
        if (strcmp(key, names[i]) == 0) {
            return 2 * (count - i);
        }
    }
    return 0;
}

static void fill_column(struct table *table, struct column *column) {
    column->cells = arena_take(table->show->arena, table->row_count + 1, sizeof(struct cell));
    column->natural = label_least(table, column->label);
    column->numbers = true;
    bool any = false;
    for (size_t i = 0; i < table->row_count; i++) {
        const json_t *row = json_array_get(table->rows, i);
        const json_t *value = show_member(row, column->key);
        struct cell cell = show_member_cell(table->show, NULL, row, column->key);
        column->cells[i] = cell;
        column->natural = cell.width > column->natural ? cell.width : column->natural;
        column->numbers = column->numbers && (cell.number || json_is_null(value) || value == NULL);
        any = any || cell.number;
    }
    column->numbers = column->numbers && any;
    size_t wide = identity(column->key) > 0 ? 2 * table->wide : table->wide;
    column->width = column->numbers || column->natural < wide ? column->natural : wide;
}

// ---- what they say ---------------------------------------------------------------------------

// Names of what one wants to know even where it is the same in most rows.
static bool is_telling(const char *key) {
    static const char *const words[] = {"status", "state", "strategy", "severity", "reason"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        if (strstr(key, words[i]) != NULL) {
            return true;
        }
    }
    return false;
}

// How many different values there are, of the first rows; and how many rows have none.
static size_t count_different(
        const struct table *table, const struct column *column, size_t *none) {
    size_t count = 0;
    size_t most = table->row_count < ROWS_READ ? table->row_count : ROWS_READ;
    *none = 0;
    for (size_t i = 0; i < most; i++) {
        const json_t *row = json_array_get(table->rows, i);
        const json_t *value = show_member(row, column->key);
        if (value == NULL || json_is_null(value)) {
            (*none)++;
            continue;
        }
        size_t j = 0;
        while (j < i &&
                !json_equal(show_member(json_array_get(table->rows, j), column->key), value)) {
            j++;
        }
        count += i == j;
        if (count > 8) {
            return count;
        }
    }
    return count;
}

// Of a hundred rows, how many have a text that only says again what their name says.
static int share_of_echoes(const struct table *table, const struct column *column) {
    const struct column *name = find_column((struct table *)(uintptr_t)table, "name");
    size_t most = table->row_count < ROWS_READ ? table->row_count : ROWS_READ;
    size_t echoes = 0;
    if (name == NULL || column == name || column->numbers) {
        return 0;
    }
    for (size_t i = 0; i < most; i++) {
        struct str text = column->cells[i].text;
        struct str part = name->cells[i].text;
        echoes += part.length > 3 && memmem(text.at, text.length, part.at, part.length) != NULL;
    }
    return (int)(100 * echoes / (most + !most));
}

static void weigh(struct table *table, struct column *column) {
    size_t none;
    size_t different = count_different(table, column, &none);
    size_t read = table->row_count < ROWS_READ ? table->row_count : ROWS_READ;
    size_t most = read < 8 ? read : 8;
    const char *sort = table->show->sort;
    bool sorted = sort != NULL && strcmp(sort, column->key) == 0;
    column->worth = (int)(60 * (different < most ? different : most) / (most + !most)) -
                    (int)(60 * none / (read + !read)) -
                    (int)(column->width * 40 / (2 * table->wide + 1)) + 3 * identity(column->key) +
                    (sorted ? 100 : 0) + (column->numbers ? 10 : 0);
    column->worth += is_telling(column->key) ? 35 : 0;
    if (read > 1 && different < 2 && !is_telling(column->key)) {
        column->worth -= 30; // it says the same of every row
    }
    column->worth -= share_of_echoes(table, column) / 2;
    column->fate = !is_flat_everywhere(table->rows, column->key) ? FATE_NESTED
                   : different == 0                              ? FATE_EMPTY
                                                                 : FATE_OPEN;
}

// ---- choosing --------------------------------------------------------------------------------

static struct column *best(struct table *table) {
    struct column *found = NULL;
    for (size_t i = 0; i < table->column_count; i++) {
        struct column *column = &table->columns[i];
        if (column->fate == FATE_OPEN && (found == NULL || column->worth > found->worth)) {
            found = column;
        }
    }
    return found;
}

// The best ones, as long as there is room.
static void choose(struct table *table) {
    size_t room = show_room(table->show, table->indent);
    size_t used = 0;
    for (struct column *column; (column = best(table)) != NULL;) {
        size_t width = column->width + (used > 0 ? GAP : 0);
        bool poor = used > 0 && column->worth < POOR;
        if (room != SIZE_MAX && (poor || used + width > room)) {
            column->fate = FATE_NO_ROOM; // a narrower one may still fit
            if (used > 0) {
                continue;
            }
            width = column->width = room;
        }
        column->fate = FATE_CHOSEN;
        used += width;
    }
}

// What is left goes to texts that were cut.
static void widen(struct table *table) {
    size_t room = show_room(table->show, table->indent);
    size_t used = 0;
    for (size_t i = 0; i < table->order_count; i++) {
        used += table->order[i]->width + (i > 0 ? GAP : 0);
    }
    for (size_t i = 0; i < table->order_count; i++) {
        struct column *column = table->order[i];
        size_t wanted = column->natural - column->width;
        size_t given = room == SIZE_MAX       ? wanted
                       : used >= room         ? 0
                       : wanted < room - used ? wanted
                                              : room - used;
        column->width += given;
        used += given;
    }
}

// Those that identify the rows first, then as the rows have them.
static void order(struct table *table) {
    int most = 0;
    for (size_t i = 0; i < table->column_count; i++) {
        int its = identity(table->columns[i].key);
        most = its > most ? its : most;
    }
    for (int rank = most; rank >= 0; rank--) {
        for (size_t i = 0; i < table->column_count; i++) {
            struct column *column = &table->columns[i];
            if (column->fate == FATE_CHOSEN && identity(column->key) == rank) {
                table->order[table->order_count++] = column;
            }
        }
    }
}

static void begin(struct table *table, struct show *show, const json_t *rows, size_t indent) {
    size_t room = show_room(show, indent);
    size_t wide = room == SIZE_MAX ? SIZE_MAX / 4 : room / 4;
    *table = (struct table){.show = show,
            .rows = rows,
            .row_count = json_array_size(rows),
            .indent = indent,
            .wide = wide < 16 ? 16 : wide};
    collect_columns(table);
    for (size_t i = 0; i < table->column_count; i++) {
        fill_column(table, &table->columns[i]);
    }
    for (size_t i = 0; i < table->column_count; i++) {
        weigh(table, &table->columns[i]);
    }
    table->order = arena_take(show->arena, table->column_count + 1, sizeof *table->order);
}

// ---- writing ---------------------------------------------------------------------------------

static void put_cell(
        struct table *table, const struct column *column, struct cell cell, bool last) {
    struct show *show = table->show;
    struct str text = screen_cut(show->screen, show->arena, cell.text, column->width);
    size_t width = screen_width(show->screen, text);
    size_t pad = column->width > width ? column->width - width : 0;
    screen_pad(show->out, column->numbers ? pad : 0);
    screen_put(show->screen, show->out, text, cell.tone);
    screen_pad(show->out, column->numbers || last ? 0 : pad);
}

// The part of a label that stands on a line of the heading, of `count` lines: words fill the lines
// from the top, and the last line is full.
static struct str label_line(
        const struct table *table, const struct column *column, size_t line, size_t *count) {
    struct str rest = column->label;
    struct str parts[LINES] = {STR("")};
    *count = 0;
    while (rest.length > 0 && *count < LINES) {
        size_t length = 0;
        for (size_t i = 0; i <= rest.length; i++) {
            bool word = i == rest.length || rest.at[i] == ' ';
            size_t width = screen_width(table->show->screen, (struct str){rest.at, i});
            if (word && (width <= column->width || length == 0)) {
                length = i;
            }
        }
        length = *count + 1 == LINES ? rest.length : length;
        parts[(*count)++] = (struct str){rest.at, length};
        length += length < rest.length;
        rest = (struct str){rest.at + length, rest.length - length};
    }
    return line < *count ? parts[line] : STR("");
}

// Lines do not end with spaces.
static void end_line(struct buffer *out) {
    while (out->length > 0 && out->at[out->length - 1] == ' ') {
        out->length--;
    }
    buffer_add_u8(out, '\n');
}

static void put_heading(struct table *table) {
    size_t tallest = 0;
    size_t count;
    for (size_t i = 0; i < table->order_count; i++) {
        label_line(table, table->order[i], 0, &count);
        tallest = count > tallest ? count : tallest;
    }
    for (size_t line = 0; line < tallest; line++) {
        screen_pad(table->show->out, table->indent);
        for (size_t i = 0; i < table->order_count; i++) {
            label_line(table, table->order[i], 0, &count);
            size_t above = tallest - count;
            struct str text = line < above
                                      ? STR("")
                                      : label_line(table, table->order[i], line - above, &count);
            screen_pad(table->show->out, i > 0 ? GAP : 0);
            put_cell(table, table->order[i], (struct cell){text, 0, false, TONE_HEAD},
                    i + 1 == table->order_count);
        }
        end_line(table->show->out);
    }
}

static void put_rows(struct table *table) {
    for (size_t row = 0; row < table->row_count; row++) {
        screen_pad(table->show->out, table->indent);
        for (size_t i = 0; i < table->order_count; i++) {
            screen_pad(table->show->out, i > 0 ? GAP : 0);
            put_cell(table, table->order[i], table->order[i]->cells[row],
                    i + 1 == table->order_count);
        }
        end_line(table->show->out);
    }
}

// Which columns there was no room for; nobody reads it where lines have no end.
static void put_others(struct table *table, const char *advice) {
    struct show *show = table->show;
    struct buffer text;
    buffer_init(&text);
    for (size_t i = 0; i < table->column_count; i++) {
        enum fate fate = table->columns[i].fate;
        if (fate == FATE_NO_ROOM || fate == FATE_NESTED) {
            buffer_printf(&text, "%s%s", text.length > 0 ? ", " : "", table->columns[i].key);
        }
    }
    if (text.length > 0 && show->screen->width != SIZE_MAX) {
        size_t room = show_room(show, table->indent);
        advice = room >= 60 ? advice : "";
        struct str names = screen_line(show->screen, show->arena, buffer_str(&text));
        struct str line = arena_printf(show->arena, "not shown: %.*s", STR_ARGS(names));
        line = screen_cut(show->screen, show->arena, line, room - strlen(advice));
        line = arena_printf(show->arena, "%.*s%s", STR_ARGS(line), advice);
        screen_pad(show->out, table->indent);
        screen_put(show->screen, show->out, line, TONE_DIM);
        buffer_add_u8(show->out, '\n');
    }
    buffer_finish(&text);
}

static void put_table(struct table *table, const char *advice) {
    widen(table);
    if (table->order_count > 0) {
        if (table->indent == 0 || table->column_count > 1) {
            put_heading(table);
        }
        put_rows(table);
    }
    put_others(table, advice);
}

void show_table(struct show *show, const json_t *rows, size_t indent) {
    struct table table;
    begin(&table, show, rows, indent);
    choose(&table);
    order(&table);
    put_table(&table, "");
}

// ---- columns by name -------------------------------------------------------------------------

static bool no_column(struct table *table, const char *name, struct error *error) {
    const char **names = arena_take(table->show->arena, table->column_count + 1, sizeof *names);
    struct buffer message;
    buffer_init(&message);
    for (size_t i = 0; i < table->column_count; i++) {
        names[i] = table->columns[i].key;
    }
    buffer_printf(&message, "no row has a column '%.80s'", name);
    nearest_say(&message, str_of(name), "", names, table->column_count);
    error_set(error, ERROR_INVALID_PARAMETER, "%.*s", STR_ARGS(buffer_str(&message)));
    buffer_finish(&message);
    return false;
}

// Columns in full width, in the order of their names.
static bool take_columns(struct table *table, const char *columns, struct error *error) {
    while (*columns != '\0' && table->row_count > 0) {
        char name[80];
        size_t length = strcspn(columns, ",");
        snprintf(name, sizeof name, "%.*s", (int)length, columns);
        for (char *at = name; *at != '\0'; at++) {
            *at = *at == '-' || *at == ' ' ? '_' : *at;
        }
        struct column *column = find_column(table, name);
        if (column == NULL) {
            return no_column(table, name, error);
        }
        if (column->fate != FATE_CHOSEN) {
            column->fate = FATE_CHOSEN;
            column->width = column->natural;
            table->order[table->order_count++] = column;
        }
        columns += length + (columns[length] == ',');
    }
    for (size_t i = 0; i < table->column_count; i++) { // the others are not missed
        enum fate *fate = &table->columns[i].fate;
        *fate = *fate == FATE_CHOSEN ? FATE_CHOSEN : FATE_EMPTY;
    }
    return true;
}

bool show_list(struct show *show, const json_t *rows, const char *columns, struct error *error) {
    struct table table;
    begin(&table, show, rows, 0);
    if (columns != NULL) {
        if (!take_columns(&table, columns, error)) {
            return false;
        }
    } else {
        choose(&table);
        order(&table);
    }
    put_table(&table, " (--columns A,B or --json)");
    return true;
}
