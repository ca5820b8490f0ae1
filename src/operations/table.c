// Every operation: the groups of rows, one behind the other, and an index by name.
#include "base/must.h"
#include "operations/rows.h"

#include <stdlib.h>

static const struct rows *const groups[] = {
        &rows_daemon,
        &rows_access,
        &rows_processes,
        &rows_lifecycle,
        &rows_process_control,
        &rows_messages,
        &rows_mailboxes,
        &rows_leases,
        &rows_supervisors,
        &rows_supervision,
        &rows_children,
        &rows_applications,
        &rows_system,
        &rows_kept_states,
        &rows_introspection,
        &rows_states,
        &rows_names,
};

#define GROUPS (sizeof groups / sizeof groups[0])
#define MOST   512u

// Filled at the first question; the rows never change.
static const struct operation *by_name[MOST];
static const struct operation *in_order[MOST];
static size_t count;

static int compare_names(const void *a, const void *b) {
    return strcmp((*(const struct operation *const *)a)->name,
            (*(const struct operation *const *)b)->name);
}

static void fill(void) {
    if (count > 0) {
        return;
    }
    for (size_t g = 0; g < GROUPS; g++) {
        for (size_t i = 0; i < groups[g]->count; i++) {
            must(count < MOST);
            in_order[count] = by_name[count] = &groups[g]->at[i];
            count++;
        }
    }
    qsort(by_name, count, sizeof by_name[0], compare_names);
}

size_t operation_count(void) {
    fill();
    return count;
}

const struct operation *operation_at(size_t index) {
    must(index < operation_count());
    return in_order[index];
}

const struct operation *operation_find(struct str name) {
    size_t low = 0;
    size_t high = operation_count();
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(name, str_of(by_name[middle]->name));
        if (order == 0) {
            return by_name[middle];
        }
        if (order < 0) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    return NULL;
}

const struct argument *operation_argument(const struct operation *operation, struct str name) {
    for (size_t i = 0; operation->arguments[i].name != NULL; i++) {
        if (str_is(name, operation->arguments[i].name)) {
            return &operation->arguments[i];
        }
    }
    return NULL;
}

int operation_status(const struct operation *operation) {
    return operation->status != 0                  ? operation->status
           : strcmp(operation->reply, "none") == 0 ? 204
                                                   : 200;
}

const char *operation_group(const struct operation *operation) {
    return operation->group != NULL ? operation->group : "Daemon";
}

size_t operation_groups(const char *found[static GROUPS_MOST]) {
    size_t known = 0;
    for (size_t i = 0; i < operation_count(); i++) {
        const char *group = operation_group(operation_at(i));
        size_t g = 0;
        while (g < known && strcmp(found[g], group) != 0) {
            g++;
        }
        if (g == known) {
            must(known < GROUPS_MOST);
            found[known++] = group;
        }
    }
    return known;
}
