// Differences of trees as JSON.
#include "base/json_writer.h"
#include "insight/tree_diff.h"

static void put_value(struct buffer *out, const char *key, const json_t *value) {
    size_t length = value ? json_dumpb(value, NULL, 0, JSON_COMPACT | JSON_ENCODE_ANY) : 0;
    if (length == 0) {
        json_put_null(out, key);
        return;
    }
    json_raw(out, key, (struct str){"", 0});
    json_dumpb(value, buffer_reserve(out, length), length, JSON_COMPACT | JSON_ENCODE_ANY);
    out->length += length;
}

static void put_members(struct buffer *out, const struct tree_change *change) {
    json_open_object(out, "members");
    for (uint32_t i = 0; tree_diff_members[i] != NULL; i++) {
        if (change->members & 1u << i) {
            json_open_object(out, tree_diff_members[i]);
            put_value(out, "before", json_object_get(change->before, tree_diff_members[i]));
            put_value(out, "after", json_object_get(change->after, tree_diff_members[i]));
            json_close_object(out);
        }
    }
    json_close_object(out);
}

static void put_change(struct buffer *out, const struct tree_change *change) {
    const json_t *process = change->after ? change->after : change->before;
    json_open_object(out, NULL);
    json_put_string(out, "path", change->path);
    put_value(out, "id", json_object_get(process, "id"));
    put_value(out, "name", json_object_get(process, "name"));
    put_value(out, "type", json_object_get(process, "type"));
    switch (change->kind) {
    case TREE_ADDED:
    case TREE_REMOVED:
        put_value(out, "pid", json_object_get(process, "pid"));
        put_value(out, "module", json_object_get(process, "module"));
        json_uint(out, "processes_below", change->below);
        break;
    case TREE_RESTARTED:
        put_value(out, "old_pid", json_object_get(change->before, "pid"));
        put_value(out, "new_pid", json_object_get(change->after, "pid"));
        json_bool(out, "with_supervisor", change->with_supervisor);
        break;
    case TREE_CHANGED:
        put_value(out, "pid", json_object_get(process, "pid"));
        put_members(out, change);
        break;
    case TREE_MOVED:
        put_value(out, "pid", json_object_get(process, "pid"));
        json_uint(out, "from", change->from);
        json_uint(out, "to", change->to);
        break;
    }
    json_close_object(out);
}

void tree_diff_json(struct buffer *out, const struct tree_diff *diff) {
    static const char *const kinds[] = {"added", "removed", "restarted", "changed", "moved"};
    size_t next = 0;
    for (int kind = TREE_ADDED; kind <= TREE_MOVED; kind++) {
        json_open_array(out, kinds[kind]);
        for (size_t i = 0; i < diff->counts[kind]; i++) {
            put_change(out, &diff->changes[next++]);
        }
        json_close_array(out);
    }
    json_open_object(out, "summary");
    for (int kind = TREE_ADDED; kind <= TREE_MOVED; kind++) {
        json_uint(out, kinds[kind], diff->counts[kind]);
    }
    json_uint(out, "unchanged", diff->unchanged);
    json_bool(out, "same", diff->count == 0);
    json_close_object(out);
}
