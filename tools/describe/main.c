// Writes the documents that are made from the table of operations, and says which of them are not
// up to date.
//
//   describe write     writes them below the current folder, and removes pages of groups that are
//   gone describe check     says which are not as they would be written, and fails if there is one
//   describe openapi   prints the OpenAPI document
#include "describe.h"

#include "command/completion.h"
#include "operations/openapi.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define PAGES "docs/operations"

static const struct {
    const char *path;
    void (*write)(struct buffer *out);
} documents[] = {
        {"docs/api.md", describe_api},
        {"docs/operations.md", describe_index},
        {"docs/whitebeam.1", describe_manual},
        {"ui/src/state/operations.ts", describe_types},
};

// What is done with a document, one after the other. False: it is not well.
typedef bool deed(const char *path, struct str text);

static void read_file(const char *path, struct buffer *text) {
    FILE *file = fopen(path, "re");
    size_t got = 1;
    while (file != NULL && got > 0) {
        got = fread(buffer_reserve(text, 1 << 16), 1, 1 << 16, file);
        text->length += got;
    }
    if (file != NULL) {
        fclose(file);
    }
}

static bool is_written(const char *path, struct str text) {
    struct buffer there;
    buffer_init(&there);
    read_file(path, &there);
    bool same = str_equal(buffer_str(&there), text);
    buffer_finish(&there);
    if (!same) {
        fprintf(stderr, "%s does not say what the table says; run `make docs`\n", path);
    }
    return same;
}

static bool write_it(const char *path, struct str text) {
    FILE *file = fopen(path, "we");
    bool good = file != NULL && fwrite(text.at, 1, text.length, file) == text.length;
    good = file != NULL && fclose(file) == 0 && good;
    if (!good) {
        fprintf(stderr, "%s cannot be written: %s\n", path, strerror(errno));
    }
    return good;
}

static bool each_page(deed *do_it, const char *group) {
    char slug[80];
    char path[200];
    struct buffer text;
    buffer_init(&text);
    describe_slug(group, slug);
    snprintf(path, sizeof path, PAGES "/%s.md", slug);
    describe_group(&text, group);
    bool good = do_it(path, buffer_str(&text));
    buffer_finish(&text);
    return good;
}

static bool each(deed *do_it) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    struct buffer text;
    char path[200];
    bool good = true;
    buffer_init(&text);
    for (size_t i = 0; i < sizeof documents / sizeof documents[0]; i++) {
        text.length = 0;
        documents[i].write(&text);
        good = do_it(documents[i].path, buffer_str(&text)) && good;
    }
    for (const struct completion *one = completions; one->shell != NULL; one++) {
        text.length = 0;
        one->write(&text);
        snprintf(path, sizeof path, "docs/completions/%s", one->file);
        good = do_it(path, buffer_str(&text)) && good;
    }
    for (size_t i = 0; i < count; i++) {
        good = each_page(do_it, groups[i]) && good;
    }
    buffer_finish(&text);
    return good;
}

static bool has_group(const char *file) {
    const char *groups[GROUPS_MOST];
    size_t count = operation_groups(groups);
    for (size_t i = 0; i < count; i++) {
        char slug[80];
        char name[90];
        describe_slug(groups[i], slug);
        snprintf(name, sizeof name, "%s.md", slug);
        if (strcmp(name, file) == 0) {
            return true;
        }
    }
    return false;
}

// Pages of groups that the table has no more.
static bool forget_others(bool remove) {
    bool good = true;
    DIR *folder = opendir(PAGES);
    for (struct dirent *entry; folder != NULL && (entry = readdir(folder)) != NULL;) {
        char path[400];
        snprintf(path, sizeof path, PAGES "/%s", entry->d_name);
        if (entry->d_name[0] == '.' || has_group(entry->d_name)) {
            continue;
        }
        if (remove) {
            good = unlink(path) == 0 && good;
        } else {
            fprintf(stderr, "%s is of no group of the table; run `make docs`\n", path);
            good = false;
        }
    }
    if (folder != NULL) {
        closedir(folder);
    }
    return good;
}

int main(int argc, char **argv) {
    const char *what = argc == 2 ? argv[1] : "";
    if (strcmp(what, "write") == 0) {
        mkdir(PAGES, 0777);
        mkdir("docs/completions", 0777);
        return forget_others(true) && each(write_it) ? 0 : 1;
    }
    if (strcmp(what, "check") == 0) {
        bool good = forget_others(false);
        return each(is_written) && good ? 0 : 1;
    }
    if (strcmp(what, "openapi") == 0) {
        struct str document = openapi_document();
        fwrite(document.at, 1, document.length, stdout);
        return fflush(stdout) == 0 ? 0 : 1;
    }
    fputs("usage: describe write|check|openapi\n", stderr);
    return 2;
}
