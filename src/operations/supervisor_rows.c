// Rows, details and trees of supervisors. What needs history is null until history is kept.
#include "operations/supervisor_rows.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/health.h"
#include "insight/paths.h"
#include "limits.h"
#include "node/kinds.h"
#include "operations/answer.h"
#include "operations/row_writer.h"

void supervisor_name(struct buffer *out, const struct mirror *mirror, uint32_t supervisor) {
    uint32_t name = mirror->p.name[mirror->supervisors[supervisor].slot];
    if (name != 0) {
        buffer_add_str(out, mirror_alias(mirror_text(mirror, name)));
    } else {
        path_of_supervisor(mirror, supervisor, out);
    }
}

static void write_text_of(struct buffer *out, const char *key, const struct mirror *mirror,
        uint32_t supervisor, void (*write)(struct buffer *, const struct mirror *, uint32_t)) {
    struct buffer text;
    buffer_init(&text);
    write(&text, mirror, supervisor);
    json_put_string(out, key, buffer_str(&text));
    buffer_finish(&text);
}

static void write_path(struct buffer *out, const struct mirror *mirror, uint32_t supervisor) {
    path_of_supervisor(mirror, supervisor, out);
}

// A count that is unknown is null.
static void write_count(struct buffer *out, const char *key, bool known, int64_t value) {
    if (known && value >= 0) {
        json_int(out, key, value);
    } else {
        json_put_null(out, key);
    }
}

void supervisor_summary(struct buffer *out, const struct mirror *mirror, uint32_t index) {
    const struct supervisor *supervisor = &mirror->supervisors[index];
    const struct process_columns *p = &mirror->p;
    uint32_t slot = supervisor->slot;
    const struct application *application = mirror_application_of(mirror, slot);
    write_text_of(out, "name", mirror, index, supervisor_name);
    write_text_of(out, "path", mirror, index, write_path);
    answer_pid(out, "pid", mirror, slot);
    json_text(out, "type", supervisor_kind_text(supervisor->kind));
    answer_atom(out, "module", mirror, supervisor->module);
    answer_atom(out, "application", mirror, application ? application->name : 0);
    json_text(out, "strategy", strategy_text(supervisor->strategy));
    json_bool(out, "alive", true);
    json_bool(out, "answers", !supervisor->busy);
    json_text(out, "health_status", health_text(health_of_supervisor(mirror, supervisor)));
    write_count(out, "child_count", supervisor->read, supervisor->child_count);
    write_count(out, "active_children", supervisor->read, supervisor->active);
    json_put_null(out, "restart_count");
    json_put_null(out, "last_restart");
    json_int(out, "uptime_ms", clock_unix_ms() - p->first_seen[slot]);
    json_bool(out, "uptime_is_lower_bound", (p->flags[slot] & PROCESS_FIRST) != 0);
    json_uint(out, "memory_usage", p->memory[slot]);
    json_bool(out, "memory_is_lower_bound", !(p->flags[slot] & PROCESS_MEASURED));
    write_count(out, "max_restarts", supervisor->has_flags, supervisor->intensity);
    write_count(out, "max_seconds", supervisor->has_flags, supervisor->period);
    int64_t frees_in;
    int64_t used = health_budget_used(supervisor, clock_unix_ms(), &frees_in);
    write_count(out, "restarts_used", true, used);
    write_count(out, "budget_frees_in_s", true, frees_in);
}

void supervisor_performance(struct buffer *out, const struct mirror *mirror, uint32_t index) {
    const struct process_columns *p = &mirror->p;
    uint32_t slot = mirror->supervisors[index].slot;
    json_open_object(out, "performance");
    json_uint(out, "memory_usage", p->memory[slot]);
    json_uint(out, "reductions", p->reductions[slot]);
    json_uint(out, "message_queue_len", p->queue[slot]);
    json_uint(out, "heap_size", p->heap[slot]);
    json_text(out, "status", status_text(p->status[slot]));
    json_close_object(out);
}

void supervisor_configuration(struct buffer *out, const struct mirror *mirror, uint32_t index) {
    static const char *const shutdowns[] = {"never", "any_significant", "all_significant", NULL};
    const struct supervisor *supervisor = &mirror->supervisors[index];
    bool known = supervisor->has_flags;
    json_open_object(out, "configuration");
    json_text(out, "strategy", strategy_text(supervisor->strategy));
    write_count(out, "max_restarts", known, supervisor->intensity);
    write_count(out, "max_seconds", known, supervisor->period);
    if (known && supervisor->period > 0) {
        json_number(out, "restart_intensity",
                (double)supervisor->intensity / (double)supervisor->period);
    } else {
        json_put_null(out, "restart_intensity");
    }
    json_text(out, "auto_shutdown", known ? shutdowns[supervisor->auto_shutdown] : NULL);
    json_close_object(out);
    json_open_object(out, "counts");
    write_count(out, "specs", supervisor->read, supervisor->specs);
    write_count(out, "active", supervisor->read, supervisor->active);
    write_count(out, "supervisors", supervisor->read, supervisor->supervisors);
    write_count(out, "workers", supervisor->read, supervisor->workers);
    json_close_object(out);
    json_time(out, "read_at", supervisor->read ? supervisor->read_at : -1);
}

// ---- children --------------------------------------------------------------------------------

static char *put_shutdown(char *at, int32_t shutdown) {
    if (shutdown == SHUTDOWN_INFINITY) {
        return PUT(at, "\"infinity\"");
    }
    if (shutdown == SHUTDOWN_BRUTAL_KILL) {
        return PUT(at, "\"brutal_kill\"");
    }
    return shutdown >= 0 ? put_uint(at, (uint64_t)shutdown) : PUT(at, "null");
}

// The id as people know it: the inspected text, a plain atom without its colon.
static char *put_id(struct buffer *out, char *at, const struct mirror *mirror, uint32_t id) {
    struct str text = mirror_text(mirror, id);
    if (id == 0) {
        return PUT(at, "null");
    }
    if (text.length > 1 && text.at[0] == ':' && text.at[1] != '"') {
        text = (struct str){text.at + 1, text.length - 1};
    }
    out->length = (size_t)(at - out->at);
    json_write_string(out, text);
    return buffer_reserve(out, ROW_FIXED_BYTES);
}

// The process of a child, or MIRROR_NONE if it is not running any more.
static uint32_t running(const struct mirror *mirror, uint32_t index, const struct child *child) {
    bool runs = child->state == CHILD_RUNNING && mirror_child_alive(mirror, index, child);
    return runs ? child->slot : MIRROR_NONE;
}

// A child as an object that is not closed yet. `comma`: another one stands before it.
static void open_child(struct buffer *out, const struct mirror *mirror, const struct child *child,
        uint32_t slot, bool comma) {
    char *at = buffer_reserve(out, ROW_FIXED_BYTES);
    at = comma ? PUT(at, ",{\"id\":") : PUT(at, "{\"id\":");
    at = put_id(out, at, mirror, child->id);
    at = PUT(at, ",\"pid\":");
    at = put_pid(at, mirror, slot);
    at = PUT(at, ",\"name\":");
    at = put_text(out, at, mirror, slot != MIRROR_NONE ? mirror->p.name[slot] : 0);
    at = child->supervisor ? PUT(at, ",\"type\":\"supervisor\",\"module\":")
                           : PUT(at, ",\"type\":\"worker\",\"module\":");
    at = put_text(out, at, mirror, child->module);
    at = slot != MIRROR_NONE                ? PUT(at, ",\"alive\":true,\"state\":\"running\"")
         : child->state == CHILD_RESTARTING ? PUT(at, ",\"alive\":false,\"state\":\"restarting\"")
                                            : PUT(at, ",\"alive\":false,\"state\":\"stopped\"");
    at = PUT(at, ",\"restart_type\":");
    at = put_word(at, restart_text(child->restart));
    at = PUT(at, ",\"shutdown\":");
    at = put_shutdown(at, child->shutdown);
    at = child->significant ? PUT(at, ",\"significant\":true") : PUT(at, ",\"significant\":false");
    out->length = (size_t)(at - out->at);
}

void supervisor_children(struct buffer *out, const struct mirror *mirror, uint32_t index) {
    const struct supervisor *supervisor = &mirror->supervisors[index];
    json_open_array(out, "children");
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        open_child(out, mirror, child, running(mirror, index, child), i > 0);
        buffer_add_u8(out, '}');
    }
    json_close_array(out);
}

// ---- trees -----------------------------------------------------------------------------------

struct tree {
    struct buffer *out;
    const struct mirror *mirror;
    bool include_dead;
    uint32_t deepest;
    uint64_t supervisors;
    uint64_t workers;
    uint64_t cut; // supervisors whose children were below the depth asked for
};

static void write_level(struct tree *tree, uint32_t index, uint32_t depth, uint32_t level) {
    const struct mirror *mirror = tree->mirror;
    const struct supervisor *supervisor = &mirror->supervisors[index];
    json_open_array(tree->out, "children");
    if (depth == 0) {
        tree->cut += supervisor->child_count > 0;
        json_close_array(tree->out);
        return;
    }
    if (level > tree->deepest && supervisor->child_count > 0) {
        tree->deepest = level;
    }
    bool comma = false;
    for (uint32_t i = 0; i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        uint32_t slot = running(mirror, index, child);
        if (slot == MIRROR_NONE && !tree->include_dead) {
            continue;
        }
        uint32_t own = slot != MIRROR_NONE ? mirror->p.supervises[slot] : MIRROR_NONE;
        open_child(tree->out, mirror, child, slot, comma);
        comma = true;
        if (own != MIRROR_NONE && level < LIMIT_TREE_DEPTH) {
            tree->supervisors++;
            json_text(tree->out, "strategy", strategy_text(mirror->supervisors[own].strategy));
            write_level(tree, own, depth - 1, level + 1);
            buffer_add_u8(tree->out, '}');
        } else {
            tree->workers++;
            buffer_add(tree->out, ",\"children\":[]}", 15);
        }
    }
    json_close_array(tree->out);
}

void supervisor_tree(struct buffer *out, const char *key, const struct mirror *mirror,
        uint32_t index, uint32_t depth, bool include_dead) {
    struct tree tree = {
            .out = out, .mirror = mirror, .include_dead = include_dead, .supervisors = 1};
    const struct supervisor *supervisor = &mirror->supervisors[index];
    json_open_object(out, key);
    json_open_object(out, "root");
    write_text_of(out, "name", mirror, index, supervisor_name);
    answer_pid(out, "pid", mirror, supervisor->slot);
    json_text(out, "type", "supervisor");
    json_text(out, "strategy", strategy_text(supervisor->strategy));
    answer_atom(out, "module", mirror, supervisor->module);
    json_bool(out, "alive", true);
    write_level(&tree, index, depth, 1);
    json_close_object(out);
    json_open_object(out, "metadata");
    json_uint(out, "total_nodes", tree.supervisors + tree.workers);
    json_uint(out, "depth", tree.deepest + 1u);
    json_uint(out, "supervisor_count", tree.supervisors);
    json_uint(out, "worker_count", tree.workers);
    json_uint(out, "supervisors_cut_at_depth", tree.cut);
    json_close_object(out);
    json_close_object(out);
}
