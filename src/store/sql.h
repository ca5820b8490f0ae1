// One SQLite database file: how it is opened, and small helpers over its prepared statements. Every
// failure of SQLite becomes ERROR_STORE with the file's name and a sentence on what to do.
#ifndef WHITEBEAM_STORE_SQL_H
#define WHITEBEAM_STORE_SQL_H

#include "base/error.h"

#include <sqlite3.h>

#define SQL_KEPT 32u // prepared statements of one file

struct sql {
    sqlite3 *handle; // owned
    char *path;      // owned
    struct {
        const char *text;
        sqlite3_stmt *statement; // owned
    } kept[SQL_KEPT];
    size_t kept_count;
};

// Opens or makes `name` in `directory`, for its owner alone, in WAL mode. `durable`: a commit has
// reached the disk when it returns; otherwise a loss of power may take the newest ones with it, but
// leaves the file whole. On failure there is nothing to close.
bool sql_open(struct sql *sql, const char *directory, const char *name, bool durable,
        struct error *error);
void sql_close(struct sql *sql);

// Says what SQLite said last of this file; returns false.
bool sql_failed(struct sql *sql, struct error *error);

// Runs a statement without parameters and rows. `text` must be a literal.
bool sql_run(struct sql *sql, const char *text, struct error *error);

// Runs several statements, for the start.
bool sql_script(struct sql *sql, const char *text, struct error *error);

// The integer that a statement without parameters answers.
bool sql_integer(struct sql *sql, const char *text, int64_t *value, struct error *error);

// ---- one use of a statement with parameters or rows ------------------------------------------

struct sql_query {
    struct sql *sql;
    sqlite3_stmt *statement;
    int bound;
    bool once; // not kept
};

// `text` must be a literal: its statement is kept for the next time. Each query that was begun must
// be ended.
bool sql_begin(struct sql_query *query, struct sql *sql, const char *text, struct error *error);
// The same for a text that was composed; not kept.
bool sql_begin_once(struct sql_query *query, struct sql *sql, struct str text, struct error *error);
void sql_end(struct sql_query *query);

// Bind the next parameter. Texts and bytes must live until sql_end.
void sql_add_int(struct sql_query *query, int64_t value);
void sql_add_text(struct sql_query *query, struct str text);
void sql_add_bytes(struct sql_query *query, const void *at, size_t length);

// Goes to the next row; *row is false when there is none.
bool sql_step(struct sql_query *query, bool *row, struct error *error);
// Runs a statement that gives no rows, and ends it.
bool sql_write(struct sql_query *query, struct error *error);

// Columns of the row, counted from 0. A text lives until the next step.
int64_t sql_int(const struct sql_query *query, int column);
struct str sql_text(const struct sql_query *query, int column);
// Copies bytes of a known size; zeroes if the column has another.
void sql_bytes(const struct sql_query *query, int column, uint8_t *at, size_t length);

#endif
