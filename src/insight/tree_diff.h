// What is different between two supervision trees, each as GET /supervisors/{name}/tree answers it:
// the answer itself, its "data", or the "root" in that.
//
// A child is the same in both if it has the same ids from the root down. Children of dynamic
// supervisors have no ids: those are the same that have one name, or else one pid, so that a
// restart of a nameless one shows as one removed and one added.
#ifndef WHITEBEAM_INSIGHT_TREE_DIFF_H
#define WHITEBEAM_INSIGHT_TREE_DIFF_H

#include "base/arena.h"
#include "base/buffer.h"
#include "base/error.h"

#include <jansson.h>

enum tree_change_kind {
    TREE_ADDED,
    TREE_REMOVED,
    TREE_RESTARTED, // another pid
    TREE_CHANGED,   // module, restart type, type, state and so on, see `members`
    TREE_MOVED,     // it is elsewhere in the order in which its supervisor starts its children
};

struct tree_change {
    enum tree_change_kind kind;
    struct str path;      // ids from below the root, each percent-encoded; empty for the root
    const json_t *before; // its objects in the trees; NULL in which it is not
    const json_t *after;
    uint32_t below;       // added, removed: processes below it, which are not told one by one
    bool with_supervisor; // restarted: its supervisor was, too
    uint32_t members;     // changed: bits of tree_diff_members
    uint32_t from, to;    // moved: places among its siblings, from 0
};

struct tree_diff {
    struct tree_change *changes; // by kind, and within that from the top of the tree down
    size_t count;
    size_t counts[TREE_MOVED + 1];
    size_t unchanged; // processes of which nothing is told
};

// Members of a process that are compared where both trees have them; NULL at the end.
extern const char *const tree_diff_members[];

// Compares. Paths are in the arena, the objects are borrowed. Errors: ERROR_INVALID_PARAMETER if
// one of them is no tree.
bool tree_diff(struct arena *arena, const json_t *before, const json_t *after,
        struct tree_diff *diff, struct error *error);

// {"added": […], "removed": […], "restarted": […], "changed": […], "moved": […], "summary": {…}}:
// the members only, for an object that is open.
void tree_diff_json(struct buffer *out, const struct tree_diff *diff);

#endif
