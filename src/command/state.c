// Files of the state directory.
#include "command/state.h"

#include "base/random.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

static bool failed(struct error *error, const char *what, const char *path) {
    return error_set(error, ERROR_UNAVAILABLE, "cannot %s %s: %s", what, path, strerror(errno));
}

// mkdir -p with 0700.
static bool make_directory(const char *path, struct error *error) {
    char part[4096];
    snprintf(part, sizeof part, "%s", path);
    for (char *at = part + 1; *at != '\0'; at++) {
        if (*at == '/') {
            *at = '\0';
            if (mkdir(part, 0700) != 0 && errno != EEXIST) {
                return failed(error, "make the directory", part);
            }
            *at = '/';
        }
    }
    if (mkdir(part, 0700) != 0 && errno != EEXIST) {
        return failed(error, "make the directory", part);
    }
    return true;
}

static bool join(
        char *at, size_t size, const struct state *state, const char *name, struct error *error) {
    int length = snprintf(at, size, "%s/%s", state->directory, name);
    return length > 0 && (size_t)length < size
                   ? true
                   : error_set(error, ERROR_UNAVAILABLE,
                             "the path of the state directory is too long");
}

static bool write_file(const char *path, const char *text, struct error *error) {
    char temporary[4200];
    snprintf(temporary, sizeof temporary, "%s.new", path);
    int file = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (file < 0) {
        return failed(error, "write", temporary);
    }
    size_t length = strlen(text);
    bool good = write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    if (close(file) != 0 || !good || rename(temporary, path) != 0) {
        return failed(error, "write", path);
    }
    return true;
}

// The first line of a file. *absent tells apart that there is none.
static bool read_line(
        const char *path, char *line, size_t size, bool *absent, struct error *error) {
    *absent = false;
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        *absent = errno == ENOENT;
        return failed(error, "read", path);
    }
    ssize_t length = read(file, line, size - 1);
    close(file);
    if (length < 0) {
        return failed(error, "read", path);
    }
    line[length] = '\0';
    size_t end = strcspn(line, "\r\n");
    if (end == size - 1) {
        return error_set(error, ERROR_UNAVAILABLE, "the first line of %s is longer than %zu bytes",
                path, size - 2);
    }
    line[end] = '\0';
    return true;
}

// Reads a secret or an id, making it the first time.
static bool read_or_make(const struct state *state, const char *name, char *text, size_t size,
        void (*make)(char *text), struct error *error) {
    char path[4200];
    bool absent;
    if (!join(path, sizeof path, state, name, error)) {
        return false;
    }
    bool found = read_line(path, text, size, &absent, error);
    struct stat status;
    if (found && stat(path, &status) == 0 && (status.st_mode & 077) != 0) {
        return error_set(error, ERROR_UNAVAILABLE,
                "%s can be read by others than its owner; chmod 600 it, or remove it to get a new "
                "one",
                path);
    }
    if (found && text[0] != '\0') {
        return true;
    }
    if (!found && !absent) {
        return false; // it is there, and not ours to replace
    }
    char line[200];
    make(text);
    snprintf(line, sizeof line, "%s\n", text);
    return write_file(path, line, error);
}

static void make_id(char *text) {
    uint8_t bytes[4];
    random_bytes(bytes, sizeof bytes);
    snprintf(text, 9, "%02x%02x%02x%02x", bytes[0], bytes[1], bytes[2], bytes[3]);
}

static void make_key(char *text) {
    memcpy(text, "wb_admin_", 9);
    random_letters(text + 9, 43); // 256 bits
}

bool state_open(struct state *state, const char *directory, struct error *error) {
    char path[4200];
    *state = (struct state){.lock = -1};
    if (strlen(directory) >= sizeof state->directory) {
        return error_set(error, ERROR_UNAVAILABLE, "the path of the state directory is too long");
    }
    snprintf(state->directory, sizeof state->directory, "%s", directory);
    if (!make_directory(directory, error) || !join(path, sizeof path, state, "lock", error)) {
        return false;
    }
    state->lock = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (state->lock < 0) {
        return failed(error, "open", path);
    }
    if (flock(state->lock, LOCK_EX | LOCK_NB) != 0) {
        close(state->lock);
        state->lock = -1; // so that state_close leaves the other's files alone
        return error_set(error, ERROR_UNAVAILABLE,
                "another whitebeam runs with the state directory %s; stop it, or give this one "
                "another with --state",
                directory);
    }
    if (read_or_make(state, "id", state->id, sizeof state->id, make_id, error) &&
            read_or_make(state, "admin.key", state->admin_key, sizeof state->admin_key, make_key,
                    error)) {
        return true;
    }
    close(state->lock);
    state->lock = -1;
    return false;
}

bool state_announce(
        const struct state *state, const char *address, uint16_t port, struct error *error) {
    char path[4200];
    char text[400];
    bool v6 = strchr(address, ':') != NULL;
    snprintf(text, sizeof text, "{\"url\":\"http://%s%s%s:%u\",\"pid\":%d}\n", v6 ? "[" : "",
            address, v6 ? "]" : "", port, (int)getpid());
    return join(path, sizeof path, state, "daemon.json", error) && write_file(path, text, error);
}

void state_close(struct state *state) {
    char path[4200];
    struct error error;
    if (state->lock < 0) {
        return;
    }
    if (join(path, sizeof path, state, "daemon.json", &error)) {
        unlink(path);
    }
    close(state->lock);
    state->lock = -1;
}

bool state_read_cookie(const char *path, char *cookie, size_t size, struct error *error) {
    struct stat status;
    bool absent;
    if (stat(path, &status) != 0) {
        return failed(error, "read the cookie file", path);
    }
    if ((status.st_mode & 077) != 0) {
        return error_set(error, ERROR_UNAVAILABLE,
                "the cookie file %s can be read by others than its owner; chmod 400 it", path);
    }
    if (!read_line(path, cookie, size, &absent, error)) {
        return false;
    }
    if (cookie[0] == '\0') {
        return error_set(error, ERROR_UNAVAILABLE, "the cookie file %s is empty", path);
    }
    return true;
}
