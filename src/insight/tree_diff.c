// Comparing trees: children of the same supervisor are matched by their keys, sorted.
#include "insight/tree_diff.h"

#include "base/must.h"
#include "insight/paths.h"
#include "insight/tree_order.h"
#include "limits.h"

#include <stdlib.h>

const char *const tree_diff_members[] = {"type", "module", "restart_type", "shutdown",
        "significant", "strategy", "name", "state", NULL};

struct comparison {
    struct arena *arena;
    struct tree_change *changes; // in the order in which they were found
    size_t count;
    size_t capacity;
    size_t unchanged;
    struct buffer path; // of the process that is looked at
    unsigned depth;
    struct error *error;
};

// ---- trees as JSON ---------------------------------------------------------------------------

static const json_t *root_of(const json_t *tree) {
    static const char *const wrappers[] = {"data", "root"};
    for (size_t i = 0; i < sizeof wrappers / sizeof wrappers[0]; i++) {
        const json_t *inner = json_object_get(tree, wrappers[i]);
        tree = inner ? inner : tree;
    }
    return json_object_get(tree, "children") ? tree : NULL;
}

static struct str text_of(const json_t *process, const char *member) {
    const json_t *value = json_object_get(process, member);
    return json_is_string(value) ? (struct str){json_string_value(value), json_string_length(value)}
                                 : (struct str){NULL, 0};
}

static const json_t *child_at(const json_t *process, size_t index) {
    return json_array_get(json_object_get(process, "children"), index);
}

static size_t child_count(const json_t *process) {
    return json_array_size(json_object_get(process, "children"));
}

static bool check_depth(struct comparison *comparison) {
    return comparison->depth <= LIMIT_TREE_DEPTH ||
           error_set(comparison->error, ERROR_INVALID_PARAMETER, "a tree has more than %d levels",
                   LIMIT_TREE_DEPTH);
}

// How many processes are below one. False if it is too deep.
static bool count_below(struct comparison *comparison, const json_t *process, uint32_t *below) {
    if (!check_depth(comparison)) {
        return false;
    }
    comparison->depth++;
    for (size_t i = 0; i < child_count(process); i++) {
        ++*below;
        if (!count_below(comparison, child_at(process, i), below)) {
            return false;
        }
    }
    comparison->depth--;
    return true;
}

// ---- changes ---------------------------------------------------------------------------------

static struct tree_change *add_change(struct comparison *comparison, enum tree_change_kind kind,
        const json_t *before, const json_t *after) {
    if (comparison->count == comparison->capacity) {
        size_t capacity = comparison->capacity * 2 + 32;
        struct tree_change *changes = arena_take(comparison->arena, capacity, sizeof *changes);
        if (comparison->count > 0) {
            memcpy(changes, comparison->changes, comparison->count * sizeof *changes);
        }
        comparison->changes = changes;
        comparison->capacity = capacity;
    }
    struct tree_change *change = &comparison->changes[comparison->count++];
    *change = (struct tree_change){
            .kind = kind,
            .path = arena_copy(comparison->arena, buffer_str(&comparison->path)),
            .before = before,
            .after = after,
    };
    return change;
}

static bool add_whole(
        struct comparison *comparison, enum tree_change_kind kind, const json_t *process) {
    uint32_t below = 0;
    if (!count_below(comparison, process, &below)) {
        return false;
    }
    bool added = kind == TREE_ADDED;
    add_change(comparison, kind, added ? NULL : process, added ? process : NULL)->below = below;
    return true;
}

// Bits of the members that are different. One that a tree lacks is not known.
static uint32_t different_members(const json_t *before, const json_t *after) {
    uint32_t members = 0;
    for (uint32_t i = 0; tree_diff_members[i] != NULL; i++) {
        const json_t *old = json_object_get(before, tree_diff_members[i]);
        const json_t *now = json_object_get(after, tree_diff_members[i]);
        if (old != NULL && now != NULL && !json_equal(old, now)) {
            members |= 1u << i;
        }
    }
    return members;
}

static bool is_restarted(const json_t *before, const json_t *after) {
    struct str old = text_of(before, "pid");
    struct str now = text_of(after, "pid");
    return old.at != NULL && now.at != NULL && !str_equal(old, now);
}

// ---- matching children -----------------------------------------------------------------------

// A child of one tree; keys are equal for what is the same.
struct entry {
    struct str key;
    bool dynamic; // without an id
    uint32_t index;
};

struct entries {
    struct entry *at;
    size_t count;
};

static int compare_keys(const struct entry *a, const struct entry *b) {
    return a->dynamic != b->dynamic ? (a->dynamic ? 1 : -1) : str_compare(a->key, b->key);
}

static int compare_entries(const void *a, const void *b) {
    const struct entry *one = a;
    const struct entry *other = b;
    int order = compare_keys(one, other);
    return order != 0 ? order : one->index < other->index ? -1 : one->index > other->index;
}

// The children of a process, sorted by key. False if one is no process.
static bool list_children(
        struct comparison *comparison, const json_t *process, struct entries *entries) {
    entries->count = child_count(process);
    entries->at = arena_take(comparison->arena, entries->count, sizeof *entries->at);
    for (size_t i = 0; i < entries->count; i++) {
        const json_t *child = child_at(process, i);
        if (!json_is_object(child)) {
            return error_set(comparison->error, ERROR_INVALID_PARAMETER,
                    "a child in a tree is not an object");
        }
        struct str key = text_of(child, "id");
        bool dynamic = key.at == NULL;
        if (dynamic) {
            key = text_of(child, "name");
            key = key.at != NULL ? key : text_of(child, "pid");
            key = key.at != NULL ? key : (struct str){"", 0};
        }
        entries->at[i] = (struct entry){key, dynamic, (uint32_t)i};
    }
    if (entries->count > 0) {
        qsort(entries->at, entries->count, sizeof *entries->at, compare_entries);
    }
    return true;
}

// Children of the same supervisor in both trees. old_of: by place now, the place before.
struct family {
    const json_t *before, *after;
    struct entries old, now;
    uint32_t *old_of; // TREE_ORDER_NONE for new ones
    bool *kept;       // by place before: it is there now
};

static void match(struct comparison *comparison, struct family *family) {
    family->old_of = arena_take(comparison->arena, family->now.count, sizeof *family->old_of);
    family->kept = arena_take_zeroed(comparison->arena, family->old.count, sizeof *family->kept);
    for (size_t i = 0; i < family->now.count; i++) {
        family->old_of[i] = TREE_ORDER_NONE;
    }
    size_t i = 0;
    size_t j = 0;
    while (i < family->old.count && j < family->now.count) {
        int order = compare_keys(&family->old.at[i], &family->now.at[j]);
        if (order == 0) {
            family->old_of[family->now.at[j].index] = family->old.at[i].index;
            family->kept[family->old.at[i].index] = true;
        }
        i += order <= 0;
        j += order >= 0;
    }
}

// ---- comparing -------------------------------------------------------------------------------

// The path of a child; *length gets that of its parent.
static void enter(struct comparison *comparison, const json_t *child, size_t *length) {
    *length = comparison->path.length;
    struct str id = text_of(child, "id");
    if (*length > 0) {
        buffer_add_u8(&comparison->path, '/');
    }
    path_add_step(&comparison->path, id.at != NULL ? id : STR("*"));
}

static bool compare_children(struct comparison *comparison, struct family *family, bool restarted);

// The same process in both trees, and what is below it. `with`: its supervisor was restarted;
// `told`: something else was said of it already.
static bool compare(struct comparison *comparison, const json_t *before, const json_t *after,
        bool with, bool told) {
    bool restarted = is_restarted(before, after);
    uint32_t members = different_members(before, after);
    if (restarted) {
        add_change(comparison, TREE_RESTARTED, before, after)->with_supervisor = with;
    }
    if (members != 0) {
        add_change(comparison, TREE_CHANGED, before, after)->members = members;
    }
    comparison->unchanged += !restarted && members == 0 && !told;
    struct family family = {.before = before, .after = after};
    if (!check_depth(comparison) || !list_children(comparison, before, &family.old) ||
            !list_children(comparison, after, &family.now)) {
        return false;
    }
    match(comparison, &family);
    comparison->depth++;
    bool good = compare_children(comparison, &family, restarted);
    comparison->depth--;
    return good;
}

static bool compare_children(struct comparison *comparison, struct family *family, bool restarted) {
    // The order of children without ids means nothing.
    bool *moved = tree_order_moved(comparison->arena, family->old_of, family->now.count);
    bool good = true;
    size_t length;
    for (size_t i = 0; i < family->now.count && good; i++) {
        const json_t *child = child_at(family->after, i);
        uint32_t old = family->old_of[i];
        enter(comparison, child, &length);
        if (old == TREE_ORDER_NONE) {
            good = add_whole(comparison, TREE_ADDED, child);
        } else {
            const json_t *before = child_at(family->before, old);
            bool told = moved[i] && text_of(child, "id").at != NULL;
            if (told) {
                struct tree_change *change = add_change(comparison, TREE_MOVED, before, child);
                change->from = old;
                change->to = (uint32_t)i;
            }
            good = compare(comparison, before, child, restarted, told);
        }
        comparison->path.length = length;
    }
    for (size_t i = 0; i < family->old.count && good; i++) {
        if (!family->kept[i]) {
            enter(comparison, child_at(family->before, i), &length);
            good = add_whole(comparison, TREE_REMOVED, child_at(family->before, i));
            comparison->path.length = length;
        }
    }
    return good;
}

// By kind, otherwise in the order in which they were found.
static void sort_changes(const struct comparison *comparison, struct tree_diff *diff) {
    size_t next[TREE_MOVED + 2] = {0};
    *diff = (struct tree_diff){.count = comparison->count, .unchanged = comparison->unchanged};
    diff->changes = arena_take(comparison->arena, diff->count, sizeof *diff->changes);
    for (size_t i = 0; i < comparison->count; i++) {
        diff->counts[comparison->changes[i].kind]++;
    }
    for (int kind = 0; kind <= TREE_MOVED; kind++) {
        next[kind + 1] = next[kind] + diff->counts[kind];
    }
    for (size_t i = 0; i < comparison->count; i++) {
        diff->changes[next[comparison->changes[i].kind]++] = comparison->changes[i];
    }
}

bool tree_diff(struct arena *arena, const json_t *before, const json_t *after,
        struct tree_diff *diff, struct error *error) {
    before = root_of(before);
    after = root_of(after);
    if (before == NULL || after == NULL) {
        return error_set(error, ERROR_INVALID_PARAMETER,
                "this is no supervision tree: it has no \"root\" with \"children\"");
    }
    struct comparison comparison = {.arena = arena, .error = error};
    buffer_init(&comparison.path);
    bool good = compare(&comparison, before, after, false, false);
    buffer_finish(&comparison.path);
    if (good) {
        sort_changes(&comparison, diff);
    }
    return good;
}
