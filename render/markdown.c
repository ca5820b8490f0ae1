// Markdown, line by line: what a line is decides whether it continues the block before it.
#include "render/markdown.h"

#include "base/memory.h"
#include "insight/graph_text.h"
#include "limits.h"

#include <stdlib.h>

struct reader {
    struct arena *arena;
    struct str rest;
    struct block *blocks; // grown by hand, and copied to the arena at the end
    size_t count;
    size_t capacity;
    bool joins; // a line of text continues the last block
};

// ---- lines -----------------------------------------------------------------------------------

static struct str trim(struct str text) {
    while (text.length > 0 && (text.at[0] == ' ' || text.at[0] == '\t')) {
        text = (struct str){text.at + 1, text.length - 1};
    }
    while (text.length > 0 && strchr(" \t\r", text.at[text.length - 1]) != NULL) {
        text.length--;
    }
    return text;
}

// The next line without its end.
static struct str next_line(struct reader *reader) {
    const char *end = memchr(reader->rest.at, '\n', reader->rest.length);
    size_t length = end ? (size_t)(end - reader->rest.at) : reader->rest.length;
    struct str line = {reader->rest.at, length};
    size_t passed = end ? length + 1 : length;
    reader->rest = (struct str){reader->rest.at + passed, reader->rest.length - passed};
    if (line.length > 0 && line.at[line.length - 1] == '\r') {
        line.length--;
    }
    return line;
}

static struct block *add_block(struct reader *reader, enum block_kind kind, struct str text) {
    if (reader->count == reader->capacity) {
        reader->capacity = reader->capacity * 2 + 64;
        reader->blocks = memory_resize(reader->blocks, reader->capacity, sizeof *reader->blocks);
    }
    struct block *block = &reader->blocks[reader->count++];
    *block = (struct block){.kind = kind, .text = text};
    reader->joins = false;
    return block;
}

// ---- tables ----------------------------------------------------------------------------------

// The next cell of a row, up to a | without a backslash. False at the end.
static bool next_cell(struct str *row, struct str *cell) {
    if (row->length == 0) {
        return false;
    }
    size_t at = 0;
    while (at < row->length && row->at[at] != '|') {
        at += row->at[at] == '\\' && at + 1 < row->length ? 2 : 1;
    }
    *cell = trim((struct str){row->at, at});
    size_t passed = at < row->length ? at + 1 : at;
    *row = (struct str){row->at + passed, row->length - passed};
    return true;
}

// A row without the bars at its sides.
static struct str inner_row(struct str line) {
    line = trim(line);
    if (line.length > 0 && line.at[0] == '|') {
        line = (struct str){line.at + 1, line.length - 1};
    }
    bool bar = line.length > 0 && line.at[line.length - 1] == '|';
    if (bar && (line.length < 2 || line.at[line.length - 2] != '\\')) {
        line.length--;
    }
    return line;
}

static bool is_dashes(struct str cell) {
    size_t dashes = 0;
    for (size_t i = 0; i < cell.length; i++) {
        dashes += cell.at[i] == '-';
        bool edge = i == 0 || i == cell.length - 1;
        if (cell.at[i] != '-' && !(cell.at[i] == ':' && edge)) {
            return false;
        }
    }
    return dashes > 0;
}

// How many columns a line of dashes makes; 0 if it is none.
static unsigned read_dashes(struct str line, enum alignment *alignments) {
    struct str row = inner_row(line);
    struct str cell;
    unsigned columns = 0;
    while (next_cell(&row, &cell)) {
        if (!is_dashes(cell)) {
            return 0;
        }
        if (columns < LIMIT_RENDER_COLUMNS) {
            bool right = cell.at[cell.length - 1] == ':';
            bool left = cell.at[0] == ':';
            alignments[columns] = right ? left ? ALIGN_CENTRE : ALIGN_RIGHT : ALIGN_LEFT;
        }
        columns++;
    }
    return columns;
}

// Cells of a row into a table's; missing ones are empty, and there are no more than columns.
static void read_row(struct str line, struct str *cells, unsigned columns) {
    struct str row = inner_row(line);
    for (unsigned i = 0; i < columns; i++) {
        cells[i] = (struct str){"", 0};
        next_cell(&row, &cells[i]);
    }
}

static bool is_row(struct str line) {
    return memchr(line.at, '|', line.length) != NULL;
}

static const char *read_table(struct reader *reader, struct str heading, unsigned columns,
        const enum alignment *alignments) {
    if (columns > LIMIT_RENDER_COLUMNS) {
        return "a table has too many columns";
    }
    struct str after = reader->rest;
    size_t rows = 1;
    while (reader->rest.length > 0 && is_row(next_line(reader))) {
        rows++;
    }
    if (rows > LIMIT_RENDER_ROWS) {
        return "a table has too many rows";
    }
    reader->rest = after;
    struct block *table = add_block(reader, BLOCK_TABLE, (struct str){"", 0});
    table->columns = columns;
    table->rows = rows;
    table->alignments = arena_take(reader->arena, columns, sizeof *alignments);
    memcpy(table->alignments, alignments, columns * sizeof *alignments);
    table->cells = arena_take(reader->arena, rows * columns, sizeof *table->cells);
    read_row(heading, table->cells, columns);
    for (size_t i = 1; i < rows; i++) {
        read_row(next_line(reader), table->cells + i * columns, columns);
    }
    return NULL;
}

// A row with a line of dashes below it begins a table. *found tells; the dashes are passed then.
static const char *try_table(struct reader *reader, struct str line, bool *found) {
    enum alignment alignments[LIMIT_RENDER_COLUMNS];
    *found = false;
    if (!is_row(line)) {
        return NULL;
    }
    struct str after = reader->rest;
    struct str below = next_line(reader);
    unsigned columns = is_row(below) ? read_dashes(below, alignments) : 0;
    if (columns == 0) {
        reader->rest = after;
        return NULL;
    }
    *found = true;
    return read_table(reader, line, columns, alignments);
}

// ---- other blocks ----------------------------------------------------------------------------

static bool try_heading(struct reader *reader, struct str line) {
    unsigned level = 0;
    while (level < line.length && line.at[level] == '#') {
        level++;
    }
    if (level == 0 || level > 4 || level == line.length || line.at[level] != ' ') {
        return false;
    }
    struct str text = trim((struct str){line.at + level, line.length - level});
    add_block(reader, BLOCK_HEADING, text)->level = level;
    return true;
}

// The length of "- " or "12. " at the beginning, or 0.
static size_t marker_length(struct str text) {
    if (text.length >= 2 && strchr("-*+", text.at[0]) != NULL && text.at[1] == ' ') {
        return 1;
    }
    size_t digits = 0;
    while (digits < text.length && digits < 9 && text.at[digits] >= '0' && text.at[digits] <= '9') {
        digits++;
    }
    bool point = digits > 0 && digits + 1 < text.length && text.at[digits] == '.' &&
                 text.at[digits + 1] == ' ';
    return point ? digits + 1 : 0;
}

static bool try_item(struct reader *reader, struct str line) {
    unsigned spaces = 0;
    while (spaces < line.length && line.at[spaces] == ' ') {
        spaces++;
    }
    struct str text = {line.at + spaces, line.length - spaces};
    size_t length = marker_length(text);
    if (length == 0) {
        return false;
    }
    struct block *item = add_block(
            reader, BLOCK_ITEM, trim((struct str){text.at + length, text.length - length}));
    item->level = spaces / 2 < 3 ? spaces / 2 : 3;
    item->marker = (struct str){text.at, length};
    reader->joins = true;
    return true;
}

static bool is_fence(struct str line) {
    return str_starts(trim(line), "```");
}

static void read_code(struct reader *reader) {
    struct str begin = reader->rest;
    const char *end = begin.at;
    while (reader->rest.length > 0) {
        struct str line = next_line(reader);
        if (is_fence(line)) {
            break;
        }
        end = line.at + line.length;
    }
    add_block(reader, BLOCK_CODE, (struct str){begin.at, (size_t)(end - begin.at)});
}

static void read_text(struct reader *reader, struct str line) {
    if (!reader->joins) {
        add_block(reader, BLOCK_PARAGRAPH, trim(line));
        reader->joins = true;
        return;
    }
    // Joined in the end, by the length that all have; until then the text spans its lines.
    struct block *block = &reader->blocks[reader->count - 1];
    struct str text = trim(line);
    block->text.length = (size_t)(text.at + text.length - block->text.at);
}

// Ends of lines become spaces, several spaces one.
static struct str join_lines(struct arena *arena, struct str text) {
    char *joined = arena_take(arena, text.length, 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        bool space = strchr(" \t\r\n", text.at[i]) != NULL && text.at[i] != '\0';
        if (!space) {
            joined[length++] = text.at[i];
        } else if (length > 0 && joined[length - 1] != ' ') {
            joined[length++] = ' ';
        }
    }
    return (struct str){joined, length};
}

static const char *read_block(struct reader *reader) {
    struct str line = next_line(reader);
    if (trim(line).length == 0) {
        reader->joins = false;
        return NULL;
    }
    if (is_fence(line)) {
        read_code(reader);
        return NULL;
    }
    bool table;
    const char *why = try_table(reader, line, &table);
    if (why != NULL || table || try_heading(reader, line) || try_item(reader, line)) {
        return why;
    }
    read_text(reader, line);
    return NULL;
}

const char *markdown_read(struct arena *arena, struct str input, struct document *document) {
    struct reader reader = {.arena = arena, .rest = input};
    const char *why = NULL;
    while (why == NULL && reader.rest.length > 0) {
        why = read_block(&reader);
    }
    document->count = reader.count;
    document->blocks = arena_take(arena, reader.count, sizeof *reader.blocks);
    for (size_t i = 0; i < reader.count; i++) {
        document->blocks[i] = reader.blocks[i];
        if (reader.blocks[i].kind == BLOCK_PARAGRAPH || reader.blocks[i].kind == BLOCK_ITEM) {
            document->blocks[i].text = join_lines(arena, reader.blocks[i].text);
        }
    }
    free(reader.blocks);
    return why;
}

// ---- marks in text ---------------------------------------------------------------------------

// The length of a mark at the beginning of text: ** or `, or a backslash before punctuation.
static size_t mark_length(struct str text) {
    if (text.at[0] == '`') {
        return 1;
    }
    if (text.length >= 2 && text.at[0] == '*' && text.at[1] == '*') {
        return 2;
    }
    static const char punctuation[] = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
    bool escape = text.length >= 2 && text.at[0] == '\\' && text.at[1] != '\0' &&
                  strchr(punctuation, text.at[1]) != NULL;
    return escape ? 1 : 0;
}

static struct str past(struct str text, size_t length) {
    return (struct str){text.at + length, text.length - length};
}

// Up to the next mark; within code, only its end is one.
static struct str plain_run(struct str text, bool code) {
    size_t length = 0;
    while (length < text.length &&
            (code ? text.at[length] != '`' : mark_length(past(text, length)) == 0)) {
        length++;
    }
    return (struct str){text.at, length};
}

static void add_text(struct buffer *out, struct str text, bool markup) {
    if (markup) {
        graph_add_xml(out, text);
        return;
    }
    while (text.length > 0) {
        graph_add_character(out, graph_next_character(&text));
    }
}

// Code from its first ` on. One that has no end is itself.
static struct str convert_code(struct buffer *out, struct str text, bool markup) {
    struct str code = plain_run(past(text, 1), true);
    if (code.length + 1 == text.length) {
        buffer_add_u8(out, '`');
        return past(text, 1);
    }
    buffer_add_text(out, markup ? "<tt>" : "");
    add_text(out, code, markup);
    buffer_add_text(out, markup ? "</tt>" : "");
    return past(text, code.length + 2);
}

static void convert(struct buffer *out, struct str text, bool markup) {
    bool bold = false;
    while (text.length > 0) {
        struct str run = plain_run(text, false);
        add_text(out, run, markup);
        text = past(text, run.length);
        if (text.length == 0) {
            break;
        }
        if (text.at[0] == '\\') {
            add_text(out, (struct str){text.at + 1, 1}, markup);
            text = past(text, 2);
        } else if (text.at[0] == '*') {
            bold = !bold;
            buffer_add_text(out, !markup ? "" : bold ? "<b>" : "</b>");
            text = past(text, 2);
        } else {
            text = convert_code(out, text, markup);
        }
    }
    buffer_add_text(out, markup && bold ? "</b>" : "");
}

void markdown_markup(struct buffer *out, struct str text) {
    convert(out, text, true);
}

void markdown_plain(struct buffer *out, struct str text) {
    convert(out, text, false);
}

// A line of code: a tab is as wide as four spaces.
static void add_code_line(struct buffer *out, struct str line) {
    for (;;) {
        const char *tab = memchr(line.at, '\t', line.length);
        size_t length = tab ? (size_t)(tab - line.at) : line.length;
        graph_add_xml(out, (struct str){line.at, length});
        if (tab == NULL) {
            return;
        }
        buffer_add_text(out, "    ");
        line = past(line, length + 1);
    }
}

void markdown_code(struct buffer *out, struct str code) {
    for (;;) {
        const char *end = memchr(code.at, '\n', code.length);
        size_t length = end ? (size_t)(end - code.at) : code.length;
        bool crlf = length > 0 && code.at[length - 1] == '\r';
        add_code_line(out, (struct str){code.at, crlf ? length - 1 : length});
        if (end == NULL) {
            return;
        }
        buffer_add_u8(out, '\n');
        code = past(code, length + 1);
    }
}
