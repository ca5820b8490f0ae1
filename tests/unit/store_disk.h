// A disk that remembers what was written to it since the last sync, so that a loss of power can be
// played: what was synced is there, of the rest any part, in any order, with torn sectors. It can
// also hold up syncs and let calls fail. A VFS of SQLite around the usual one.
#ifndef WHITEBEAM_TESTS_STORE_DISK_H
#define WHITEBEAM_TESTS_STORE_DISK_H

#include "store_fixture.h"

#include <fcntl.h>
#include <pthread.h>

#define DISK_FILES  8
#define DISK_SECTOR 4096u

struct disk_write {
    size_t at, length; // of a truncation: `at` is the new size, and there are no bytes
    uint8_t *bytes;    // owned
};

struct disk_image {
    uint8_t *at; // owned
    size_t size, room;
};

struct disk_file {
    char name[32];
    struct disk_image synced;   // what is sure to be there
    struct disk_write *pending; // owned
    size_t pending_count;
};

static struct {
    pthread_mutex_t lock;
    pthread_cond_t opened;
    struct disk_file files[DISK_FILES];
    unsigned syncs;
    unsigned fail_every; // of so many writes and syncs one fails, 0: none
    bool fail_syncs;
    bool closed; // syncs wait
    sqlite3_vfs *real;
    sqlite3_vfs vfs;
} disk = {.lock = PTHREAD_MUTEX_INITIALIZER, .opened = PTHREAD_COND_INITIALIZER};

struct disk_handle {
    sqlite3_file file;
    struct disk_file *kept; // NULL: SQLite's own temporary files
    _Alignas(8) uint8_t real[];
};

static inline sqlite3_file *disk_real(sqlite3_file *file) {
    return (sqlite3_file *)((struct disk_handle *)file)->real;
}

static inline struct disk_file *disk_find(const char *path) {
    const char *name = strrchr(path, '/') + 1;
    for (size_t i = 0; i < DISK_FILES; i++) {
        struct disk_file *file = &disk.files[i];
        if (strcmp(file->name, name) == 0) {
            return file;
        }
        if (file->name[0] == '\0') {
            snprintf(file->name, sizeof file->name, "%s", name);
            return file;
        }
    }
    abort();
}

static inline void disk_forget_pending(struct disk_file *file) {
    for (size_t i = 0; i < file->pending_count; i++) {
        free(file->pending[i].bytes);
    }
    free(file->pending);
    file->pending = NULL;
    file->pending_count = 0;
}

static inline void disk_apply(struct disk_image *image, const struct disk_write *what) {
    if (what->bytes == NULL) {
        image->size = what->at < image->size ? what->at : image->size;
        return;
    }
    size_t end = what->at + what->length;
    if (end >= image->room) {
        image->room = 2 * end + 1;
        image->at = realloc(image->at, image->room);
    }
    if (end > image->size) {
        memset(image->at + image->size, 0, end - image->size);
        image->size = end;
    }
    memcpy(image->at + what->at, what->bytes, what->length);
}

static inline void disk_add_pending(
        struct disk_file *file, const void *bytes, size_t at, size_t length) {
    struct disk_write write = {at, length, NULL};
    if (bytes != NULL) {
        write.bytes = malloc(length);
        memcpy(write.bytes, bytes, length);
    }
    file->pending = realloc(file->pending, (file->pending_count + 1) * sizeof write);
    file->pending[file->pending_count++] = write;
}

static inline bool disk_fails(void) {
    return disk.fail_every > 0 && (unsigned)rand() % disk.fail_every == 0;
}

// ---- SQLite's calls --------------------------------------------------------------------------

static int disk_close(sqlite3_file *file) {
    return disk_real(file)->pMethods->xClose(disk_real(file));
}

static int disk_read(sqlite3_file *file, void *at, int length, sqlite3_int64 from) {
    return disk_real(file)->pMethods->xRead(disk_real(file), at, length, from);
}

static int disk_write(sqlite3_file *file, const void *at, int length, sqlite3_int64 to) {
    struct disk_file *kept = ((struct disk_handle *)file)->kept;
    pthread_mutex_lock(&disk.lock);
    bool fails = kept != NULL && disk_fails();
    if (kept != NULL && !fails) {
        disk_add_pending(kept, at, (size_t)to, (size_t)length);
    }
    pthread_mutex_unlock(&disk.lock);
    return fails ? SQLITE_FULL : disk_real(file)->pMethods->xWrite(disk_real(file), at, length, to);
}

static int disk_truncate(sqlite3_file *file, sqlite3_int64 size) {
    struct disk_file *kept = ((struct disk_handle *)file)->kept;
    pthread_mutex_lock(&disk.lock);
    if (kept != NULL) {
        disk_add_pending(kept, NULL, (size_t)size, 0);
    }
    pthread_mutex_unlock(&disk.lock);
    return disk_real(file)->pMethods->xTruncate(disk_real(file), size);
}

static int disk_sync(sqlite3_file *file, int flags) {
    struct disk_file *kept = ((struct disk_handle *)file)->kept;
    (void)flags;
    if (kept == NULL) {
        return SQLITE_OK;
    }
    pthread_mutex_lock(&disk.lock);
    while (disk.closed) {
        pthread_cond_wait(&disk.opened, &disk.lock);
    }
    disk.syncs++;
    bool fails = disk.fail_syncs || disk_fails();
    for (size_t i = 0; i < kept->pending_count && !fails; i++) {
        disk_apply(&kept->synced, &kept->pending[i]);
    }
    if (!fails) {
        disk_forget_pending(kept);
    }
    pthread_mutex_unlock(&disk.lock);
    return fails ? SQLITE_IOERR_FSYNC : SQLITE_OK;
}

static int disk_size(sqlite3_file *file, sqlite3_int64 *size) {
    return disk_real(file)->pMethods->xFileSize(disk_real(file), size);
}

static int disk_lock(sqlite3_file *file, int level) {
    return disk_real(file)->pMethods->xLock(disk_real(file), level);
}

static int disk_unlock(sqlite3_file *file, int level) {
    return disk_real(file)->pMethods->xUnlock(disk_real(file), level);
}

static int disk_reserved(sqlite3_file *file, int *held) {
    return disk_real(file)->pMethods->xCheckReservedLock(disk_real(file), held);
}

static int disk_control(sqlite3_file *file, int what, void *argument) {
    return disk_real(file)->pMethods->xFileControl(disk_real(file), what, argument);
}

static int disk_sector(sqlite3_file *file) {
    return disk_real(file)->pMethods->xSectorSize(disk_real(file));
}

static int disk_features(sqlite3_file *file) {
    return disk_real(file)->pMethods->xDeviceCharacteristics(disk_real(file));
}

// Version 1: no shared memory and no mapping, which a store must not need.
static const sqlite3_io_methods disk_methods = {
        .iVersion = 1,
        .xClose = disk_close,
        .xRead = disk_read,
        .xWrite = disk_write,
        .xTruncate = disk_truncate,
        .xSync = disk_sync,
        .xFileSize = disk_size,
        .xLock = disk_lock,
        .xUnlock = disk_unlock,
        .xCheckReservedLock = disk_reserved,
        .xFileControl = disk_control,
        .xSectorSize = disk_sector,
        .xDeviceCharacteristics = disk_features,
};

static int disk_open(
        sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out_flags) {
    struct disk_handle *handle = (struct disk_handle *)file;
    (void)vfs;
    int code = disk.real->xOpen(disk.real, path, disk_real(file), flags, out_flags);
    if (code == SQLITE_OK) {
        pthread_mutex_lock(&disk.lock);
        handle->kept = path != NULL ? disk_find(path) : NULL;
        pthread_mutex_unlock(&disk.lock);
        handle->file.pMethods = &disk_methods;
    }
    return code;
}

// Of a log that was given up: as if it had reached the disk at once.
static int disk_delete(sqlite3_vfs *vfs, const char *path, int sync_directory) {
    (void)vfs;
    pthread_mutex_lock(&disk.lock);
    struct disk_file *file = disk_find(path);
    disk_forget_pending(file);
    file->synced.size = 0;
    pthread_mutex_unlock(&disk.lock);
    return disk.real->xDelete(disk.real, path, sync_directory);
}

// ---- using it --------------------------------------------------------------------------------

// From here on SQLite opens files on this disk.
static inline void disk_plug_in(void) {
    disk.real = sqlite3_vfs_find(NULL);
    disk.vfs = *disk.real;
    disk.vfs.zName = "disk";
    disk.vfs.szOsFile = (int)sizeof(struct disk_handle) + disk.real->szOsFile;
    disk.vfs.xOpen = disk_open;
    disk.vfs.xDelete = disk_delete;
    assert_int_equal(sqlite3_vfs_register(&disk.vfs, 1), SQLITE_OK);
}

static inline void disk_unplug(void) {
    sqlite3_vfs_unregister(&disk.vfs);
    for (size_t i = 0; i < DISK_FILES; i++) {
        disk_forget_pending(&disk.files[i]);
        free(disk.files[i].synced.at);
    }
    memset(disk.files, 0, sizeof disk.files);
    disk.syncs = disk.fail_every = 0;
    disk.fail_syncs = disk.closed = false;
}

static inline void disk_close_gate(bool closed) {
    pthread_mutex_lock(&disk.lock);
    disk.closed = closed;
    pthread_cond_broadcast(&disk.opened);
    pthread_mutex_unlock(&disk.lock);
}

// How much of what was not synced is there after a loss of power.
enum disk_luck { DISK_NOTHING, DISK_ANYTHING, DISK_EVERYTHING };

// A write that was under way: some of its sectors are there, one may be half written. What is
// beside the write in that sector may be lost too, but for files that say it cannot.
static inline void disk_tear(struct disk_image *image, const struct disk_write *write) {
    size_t from = write->at / DISK_SECTOR * DISK_SECTOR;
    size_t end = write->at + write->length;
    struct disk_write cut = *write;
    if (write->bytes == NULL) {
        return;
    }
    cut.length = (size_t)rand() % (write->length + 1);
    disk_apply(image, &cut);
    size_t hit = from + (size_t)rand() % (end - from) / DISK_SECTOR * DISK_SECTOR;
    for (size_t at = hit; at < hit + DISK_SECTOR && at < image->size; at++) {
        image->at[at] = (uint8_t)rand();
    }
}

static inline void disk_write_image(
        const struct disk_file *file, const char *into, enum disk_luck luck, bool tear) {
    char path[256];
    struct disk_write synced = {0, file->synced.size, file->synced.at};
    struct disk_image image = {0};
    disk_apply(&image, &synced);
    for (size_t i = 0; i < file->pending_count && luck != DISK_NOTHING; i++) {
        int fate = luck == DISK_EVERYTHING ? 0 : rand() % 3;
        if (fate == 0) {
            disk_apply(&image, &file->pending[i]);
        } else if (fate == 1 && tear) {
            disk_tear(&image, &file->pending[i]);
        }
    }
    snprintf(path, sizeof path, "%s/%s", into, file->name);
    int out = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(out >= 0);
    assert_int_equal(write(out, image.at, image.size), image.size);
    close(out);
    free(image.at);
}

// What would be found if the power went now.
static inline void disk_lose_power(const char *into, enum disk_luck luck) {
    pthread_mutex_lock(&disk.lock);
    for (size_t i = 0; i < DISK_FILES && disk.files[i].name[0] != '\0'; i++) {
        const struct disk_file *file = &disk.files[i];
        disk_write_image(file, into, luck, strncmp(file->name, "secure", 6) == 0);
    }
    pthread_mutex_unlock(&disk.lock);
}

#endif
