// How a file is opened, and what SQLite's result codes mean for people.
//
// A daemon has one connection to each file, in exclusive locking mode: nobody else can hold up a
// commit, and the race between two connections that restart the log (SQLite before 3.51.3,
// "WAL-reset bug") cannot happen. A commit in WAL mode is durable with synchronous=FULL only:
// NORMAL syncs the log at checkpoints (https://sqlite.org/pragma.html#pragma_synchronous).
#include "store/sql.h"

#include "base/buffer.h"
#include "base/must.h"
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define BUSY_MS   1000
#define MOST_TEXT 4096u // of a statement that was composed

// ---- errors ----------------------------------------------------------------------------------

// What to do, by SQLite's primary result code.
static const struct advice {
    int code;
    const char *text;
} advices[] = {
        {SQLITE_FULL, "the disk is full; make room"},
        {SQLITE_READONLY,
                "the file or its directory cannot be written; check their owner and mode"},
        {SQLITE_PERM, "the file cannot be used; check its owner and mode"},
        {SQLITE_CANTOPEN, "the file cannot be opened; check the directory, its owner and mode"},
        {SQLITE_BUSY, "another program uses the file; end it"},
        {SQLITE_CORRUPT, "the file is damaged; stop the daemon and restore it from a backup"},
        {SQLITE_TOOBIG, "the file is damaged; stop the daemon and restore it from a backup"},
        {SQLITE_NOTADB, "the file is not a database; restore it from a backup, or move it away"},
        {SQLITE_IOERR, "the disk failed, or the file may not grow any more"},
};

static const char *advice_for(int code) {
    for (size_t i = 0; i < sizeof advices / sizeof advices[0]; i++) {
        if (advices[i].code == (code & 0xff)) {
            return advices[i].text;
        }
    }
    return "the statement failed";
}

// The name only: who asks over the API need not know where the state directory is.
static const char *file_name(const struct sql *sql) {
    const char *slash = strrchr(sql->path, '/');
    return slash != NULL ? slash + 1 : sql->path;
}

bool sql_failed(struct sql *sql, struct error *error) {
    int code = sqlite3_extended_errcode(sql->handle);
    int number = sqlite3_system_errno(sql->handle);
    int kind = code & 0xff;
    must(kind != SQLITE_NOMEM && kind != SQLITE_MISUSE && kind != SQLITE_RANGE);
    bool of_system = number != 0 && kind == SQLITE_CANTOPEN; // set late or not at all for others
    error_set(error, ERROR_STORE, "%s: %s (%s%s%s)", file_name(sql), advice_for(code),
            sqlite3_errmsg(sql->handle), of_system ? ": " : "", of_system ? strerror(number) : "");
    error_detail(error, "file", str_of(file_name(sql)));
    error_detail_int(error, "sqlite_code", code);
    return false;
}

// ---- opening ---------------------------------------------------------------------------------

// SQLite would make the file readable for everybody. Its log gets the mode of the file.
static bool make_file(const char *path, struct error *error) {
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0 || fchmod(file, 0600) != 0) {
        int number = errno;
        if (file >= 0) {
            close(file);
        }
        return error_set(error, ERROR_STORE, "cannot open or make %s: %s", path, strerror(number));
    }
    close(file);
    return true;
}

// journal_mode answers with the mode that the file has then, which may be the old one.
static bool set_journal(struct sql *sql, struct error *error) {
    struct sql_query query;
    bool row = false;
    if (!sql_begin_once(&query, sql, STR("PRAGMA journal_mode=WAL"), error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    if (good && (!row || !str_is(sql_text(&query, 0), "wal"))) {
        good = error_set(
                error, ERROR_STORE, "%s: no write-ahead log on this file system", file_name(sql));
    }
    sql_end(&query);
    return good;
}

static bool set_up(struct sql *sql, bool durable, struct error *error) {
    sqlite3_extended_result_codes(sql->handle, 1);
    sqlite3_busy_timeout(sql->handle, BUSY_MS);
    sqlite3_limit(sql->handle, SQLITE_LIMIT_LENGTH, LIMIT_STORE_JOB); // a damaged row may say more
    sqlite3_db_config(sql->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(sql->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return sql_script(sql, "PRAGMA locking_mode=EXCLUSIVE", error) && set_journal(sql, error) &&
           sql_script(
                   sql, durable ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", error) &&
           sql_script(sql,
                   "PRAGMA cell_size_check=ON;"
                   "PRAGMA temp_store=MEMORY;"
                   "PRAGMA journal_size_limit=16777216",
                   error);
}

// SQLite takes more than a path as a URI only (https://sqlite.org/uri.html).
//
// psow=0: then no commit writes into a sector of the log where an older one ends, and a torn write
// cannot take an acknowledged record with it (https://sqlite.org/psow.html).
static void write_uri(struct buffer *uri, const char *path, bool durable) {
    buffer_add_text(uri, "file:");
    for (; *path != '\0'; path++) {
        if (*path == '%' || *path == '?' || *path == '#') {
            buffer_printf(uri, "%%%02x", *path);
        } else {
            buffer_add(uri, path, 1);
        }
    }
    buffer_add_text(uri, durable ? "?psow=0" : "?psow=1");
    buffer_add(uri, "", 1);
}

static bool open_file(struct sql *sql, bool durable, struct error *error) {
    struct buffer uri;
    buffer_init(&uri);
    write_uri(&uri, sql->path, durable);
    int code = sqlite3_open_v2(uri.at, &sql->handle,
            SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI, NULL);
    buffer_finish(&uri);
    return code == SQLITE_OK || sql_failed(sql, error);
}

bool sql_open(struct sql *sql, const char *directory, const char *name, bool durable,
        struct error *error) {
    char *path;
    must(asprintf(&path, "%s/%s", directory, name) >= 0);
    if (!make_file(path, error)) {
        free(path);
        return false;
    }
    *sql = (struct sql){.path = path};
    if (!open_file(sql, durable, error) || !set_up(sql, durable, error)) {
        sql_close(sql);
        return false;
    }
    return true;
}

void sql_close(struct sql *sql) {
    for (size_t i = 0; i < sql->kept_count; i++) {
        sqlite3_finalize(sql->kept[i].statement);
    }
    must(sqlite3_close(sql->handle) == SQLITE_OK); // else a statement was not ended
    free(sql->path);
    *sql = (struct sql){0};
}

// ---- statements without parameters -----------------------------------------------------------

bool sql_run(struct sql *sql, const char *text, struct error *error) {
    struct sql_query query;
    return sql_begin(&query, sql, text, error) && sql_write(&query, error);
}

bool sql_script(struct sql *sql, const char *text, struct error *error) {
    return sqlite3_exec(sql->handle, text, NULL, NULL, NULL) == SQLITE_OK || sql_failed(sql, error);
}

bool sql_integer(struct sql *sql, const char *text, int64_t *value, struct error *error) {
    struct sql_query query;
    bool row = false;
    if (!sql_begin(&query, sql, text, error)) {
        return false;
    }
    bool good = sql_step(&query, &row, error);
    if (good) {
        *value = row ? sql_int(&query, 0) : 0;
    }
    sql_end(&query);
    return good;
}

// ---- queries ---------------------------------------------------------------------------------

static sqlite3_stmt *find_kept(const struct sql *sql, const char *text) {
    for (size_t i = 0; i < sql->kept_count; i++) {
        if (sql->kept[i].text == text) {
            return sql->kept[i].statement;
        }
    }
    return NULL;
}

bool sql_begin(struct sql_query *query, struct sql *sql, const char *text, struct error *error) {
    *query = (struct sql_query){.sql = sql, .statement = find_kept(sql, text)};
    if (query->statement == NULL) {
        if (sqlite3_prepare_v3(sql->handle, text, -1, SQLITE_PREPARE_PERSISTENT, &query->statement,
                    NULL) != SQLITE_OK) {
            return sql_failed(sql, error);
        }
        must(sql->kept_count < SQL_KEPT);
        sql->kept[sql->kept_count].text = text;
        sql->kept[sql->kept_count++].statement = query->statement;
    }
    must(!sqlite3_stmt_busy(query->statement));
    return true;
}

bool sql_begin_once(
        struct sql_query *query, struct sql *sql, struct str text, struct error *error) {
    must(text.length <= MOST_TEXT);
    *query = (struct sql_query){.sql = sql, .once = true};
    return sqlite3_prepare_v2(sql->handle, text.at, (int)text.length, &query->statement, NULL) ==
                   SQLITE_OK ||
           sql_failed(sql, error);
}

void sql_end(struct sql_query *query) {
    if (query->once) {
        sqlite3_finalize(query->statement);
    } else {
        sqlite3_reset(query->statement); // its result repeats what the step has told
        sqlite3_clear_bindings(query->statement);
    }
    query->statement = NULL;
}

void sql_add_int(struct sql_query *query, int64_t value) {
    must(sqlite3_bind_int64(query->statement, ++query->bound, value) == SQLITE_OK);
}

void sql_add_text(struct sql_query *query, struct str text) {
    // A text at NULL would be bound as SQL's NULL.
    must(sqlite3_bind_text64(query->statement, ++query->bound, text.length > 0 ? text.at : "",
                 text.length, SQLITE_STATIC, SQLITE_UTF8) == SQLITE_OK);
}

void sql_add_bytes(struct sql_query *query, const void *at, size_t length) {
    must(sqlite3_bind_blob64(query->statement, ++query->bound, length > 0 ? at : "", length,
                 SQLITE_STATIC) == SQLITE_OK);
}

bool sql_step(struct sql_query *query, bool *row, struct error *error) {
    int code = sqlite3_step(query->statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE) {
        return sql_failed(query->sql, error);
    }
    *row = code == SQLITE_ROW;
    return true;
}

bool sql_write(struct sql_query *query, struct error *error) {
    bool row = false;
    bool good = sql_step(query, &row, error);
    must(!good || !row);
    sql_end(query);
    return good;
}

int64_t sql_int(const struct sql_query *query, int column) {
    return sqlite3_column_int64(query->statement, column);
}

struct str sql_text(const struct sql_query *query, int column) {
    const char *at = sqlite3_column_blob(query->statement, column);
    int length = sqlite3_column_bytes(query->statement, column);
    return at != NULL ? (struct str){at, (size_t)length} : STR("");
}

void sql_bytes(const struct sql_query *query, int column, uint8_t *at, size_t length) {
    struct str bytes = sql_text(query, column);
    if (bytes.length == length) {
        memcpy(at, bytes.at, length);
    } else {
        memset(at, 0, length);
    }
}
