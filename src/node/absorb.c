// Answers of the agent into the mirror. An answer that has not the agreed form is skipped: the
// agent runs on a machine that is not ours.
#include "base/clock.h"
#include "node/kinds.h"
#include "node/node_private.h"
#include "term/print.h"

#include <stdio.h>

// Bytes of a row of whitebeam_sweep:sweep/1.
#define SWEEP_ROW       17
// A row of a sweep that took longer was interrupted; it did not use the scheduler all the time.
// After the first question that a supervisor did not answer.
#define BUSY_MS         1000
#define NS_PER_ROW_MOST 2000u

#define COUNT_MOST         (INT64_C(1) << 53)
#define NS_PER_ANSWER_MOST INT64_C(10000000000)

static uint64_t read_big(const uint8_t *at, size_t bytes) {
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static int64_t integer_or(const struct term *term, int64_t otherwise) {
    int64_t value;
    return term != NULL && term_integer(term, &value) ? value : otherwise;
}

// A count or a time that can be reckoned with; -1, unknown, for anything else.
static int64_t count_or_unknown(const struct term *term) {
    int64_t value = integer_or(term, -1);
    return value >= 0 && value <= COUNT_MOST ? value : -1;
}

// What an answer cost the node: not more than it had time for.
static uint64_t cost_of(const struct term *answer) {
    int64_t ns = integer_or(term_element(answer, 0), 0);
    return ns < 0 ? 0 : ns < NS_PER_ANSWER_MOST ? (uint64_t)ns : NS_PER_ANSWER_MOST;
}

static struct str text_or_empty(const struct term *term) {
    struct str text;
    return term != NULL && term_text(term, &text) ? text : (struct str){"", 0};
}

// {Nanoseconds, Pids, Rows}
uint64_t absorb_sweep(struct node *node, const struct term *part) {
    const struct term *pids;
    uint32_t count;
    const struct term *rows = term_element(part, 2);
    if (rows == NULL || rows->type != TERM_BINARY ||
            !term_list(term_element(part, 1), &pids, &count) ||
            rows->text.length != (size_t)count * SWEEP_ROW) {
        return 0;
    }
    const uint8_t *at = (const uint8_t *)rows->text.at;
    for (uint32_t i = 0; i < count; i++, at += SWEEP_ROW) {
        // The list is in the reverse order of the rows: both were built front to back.
        const struct term *pid = &pids[count - 1 - i];
        if (pid->type != TERM_PID) {
            return 0;
        }
        struct cheap cheap = {.reductions = read_big(at, 8),
                .queue = (uint32_t)read_big(at + 8, 4),
                .heap = (uint32_t)read_big(at + 12, 4),
                .status = at[16]};
        if (node->mirror->live < LIMIT_PROCESSES) {
            mirror_sweep_row(node->mirror, pid->pid->id, pid->pid->serial, &cheap);
        }
    }
    uint64_t took = (uint64_t)integer_or(term_element(part, 0), 0);
    uint64_t most = (uint64_t)count * NS_PER_ROW_MOST;
    return took < most ? took : most;
}

// The slot of a process of the node, or MIRROR_NONE when the mirror is full.
static uint32_t touch(struct node *node, const struct term *pid) {
    struct mirror *mirror = node->mirror;
    uint32_t slot = mirror_find(mirror, pid->pid->id, pid->pid->serial);
    if (slot == MIRROR_NONE && mirror->live < LIMIT_PROCESSES) {
        slot = mirror_touch(mirror, pid->pid->id, pid->pid->serial);
    }
    return slot;
}

// [{Name, Pid}]
void absorb_names(struct node *node, const struct term *part) {
    const struct term *rows;
    uint32_t count;
    if (!term_list(part, &rows, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term *pid = term_element(&rows[i], 1);
        if (pid != NULL && pid->type == TERM_PID && touch(node, pid) != MIRROR_NONE) {
            mirror_name(node->mirror, pid->pid->id, pid->pid->serial,
                    text_or_empty(term_element(&rows[i], 0)));
        }
    }
}

// [{Name, Master, Version, Description, Top}]
void absorb_applications(struct node *node, const struct term *answer) {
    const struct term *rows;
    uint32_t count;
    if (!term_list(answer, &rows, &count)) {
        return;
    }
    mirror_applications_begin(node->mirror);
    for (uint32_t i = 0; i < count; i++) {
        const struct term *master = term_element(&rows[i], 1);
        const struct term *top = term_element(&rows[i], 4);
        if (master == NULL || master->type != TERM_PID || top == NULL) {
            continue;
        }
        uint32_t slot = MIRROR_NONE;
        if (top->type == TERM_PID) {
            slot = touch(node, top);
            if (slot != MIRROR_NONE && node->mirror->p.kind[slot] == KIND_UNKNOWN) {
                mirror_supervisor_touch(node->mirror, slot);
            }
        }
        mirror_application(node->mirror, text_or_empty(term_element(&rows[i], 0)),
                text_or_empty(term_element(&rows[i], 2)), text_or_empty(term_element(&rows[i], 3)),
                master->pid->id, master->pid->serial, slot);
    }
    mirror_applications_end(node->mirror);
}

// ---- supervisors -----------------------------------------------------------------------------

// The index of the supervisor a part is about, or MIRROR_NONE.
static uint32_t subject(struct node *node, const struct term *part) {
    const struct term *pid = term_element(part, 1);
    if (pid == NULL || pid->type != TERM_PID) {
        return MIRROR_NONE;
    }
    uint32_t slot = mirror_find(node->mirror, pid->pid->id, pid->pid->serial);
    return slot == MIRROR_NONE ? MIRROR_NONE : node->mirror->p.supervises[slot];
}

static uint8_t auto_shutdown_of(struct str text) {
    static const char *const texts[] = {"never", "any_significant", "all_significant"};
    for (uint8_t i = 0; i < 3; i++) {
        if (str_is(text, texts[i])) {
            return i;
        }
    }
    return 3;
}

// {supervisor, Pid, Kind, Module, Flags, Counts}
static void absorb_summary(struct node *node, uint32_t index, const struct term *part) {
    struct mirror *mirror = node->mirror;
    struct supervisor *supervisor = &mirror->supervisors[index];
    const struct term *flags = term_element(part, 4);
    const struct term *counts = term_element(part, 5);
    struct str module = text_or_empty(term_element(part, 3));
    if (str_is(module, "undefined")) {
        module = (struct str){"", 0};
    }
    supervisor->kind = (uint8_t)supervisor_kind_of(text_or_empty(term_element(part, 2)), module);
    intern_drop(mirror->strings, supervisor->module);
    supervisor->module = intern_add(mirror->strings, module);
    uint32_t *own = &mirror->p.module[supervisor->slot];
    intern_drop(mirror->strings, *own);
    *own = intern_keep(mirror->strings, supervisor->module);
    supervisor->has_flags = term_element(flags, 5) != NULL;
    if (supervisor->has_flags) {
        supervisor->strategy = (uint8_t)strategy_of(text_or_empty(term_element(flags, 0)));
        supervisor->intensity = count_or_unknown(term_element(flags, 1));
        supervisor->period = count_or_unknown(term_element(flags, 2));
        supervisor->used = count_or_unknown(term_element(flags, 3));
        supervisor->oldest = count_or_unknown(term_element(flags, 4));
        supervisor->auto_shutdown = auto_shutdown_of(text_or_empty(term_element(flags, 5)));
    }
    supervisor->specs = count_or_unknown(term_element(counts, 0));
    supervisor->active = count_or_unknown(term_element(counts, 1));
    supervisor->supervisors = count_or_unknown(term_element(counts, 2));
    supervisor->workers = count_or_unknown(term_element(counts, 3));
}

static int32_t shutdown_of(const struct term *term) {
    struct str text = text_or_empty(term);
    int64_t ms = integer_or(term, -1);
    if (str_is(text, "infinity")) {
        return SHUTDOWN_INFINITY;
    }
    if (str_is(text, "brutal_kill")) {
        return SHUTDOWN_BRUTAL_KILL;
    }
    return ms >= 0 && ms <= INT32_MAX ? (int32_t)ms : SHUTDOWN_UNKNOWN;
}

// The interned inspect text of a child id; 0 for `undefined`. The reference is the caller's.
static uint32_t intern_id(struct node *node, const struct term *id) {
    static const struct print_limits limits = {.width = 20, .depth = 6, .bytes = 200};
    if (id == NULL || term_is_atom(id, "undefined")) {
        return 0;
    }
    struct buffer text;
    buffer_init(&text);
    print_term(&text, id, str_of(node->vm), &limits);
    uint32_t interned = intern_add(node->mirror->strings, buffer_str(&text));
    buffer_finish(&text);
    return interned;
}

// Fills type, restart, shutdown, significant and module from five elements of a tuple.
static struct child child_spec(struct node *node, const struct term *tuple, uint32_t from) {
    return (struct child){
            .supervisor = term_is_atom(term_element(tuple, from), "supervisor"),
            .restart = (uint8_t)restart_of(text_or_empty(term_element(tuple, from + 1))),
            .shutdown = shutdown_of(term_element(tuple, from + 2)),
            .significant = term_is_atom(term_element(tuple, from + 3), "true"),
            .module =
                    intern_add(node->mirror->strings, text_or_empty(term_element(tuple, from + 4))),
    };
}

static void add_child(
        struct node *node, uint32_t index, const struct term *pid, struct child *child) {
    child->slot = MIRROR_NONE;
    child->state = CHILD_STOPPED;
    if (pid->type == TERM_PID) {
        child->slot = touch(node, pid);
        child->state = child->slot == MIRROR_NONE ? CHILD_STOPPED : CHILD_RUNNING;
    } else if (term_is_atom(pid, "restarting") || term_is_tagged(pid, "restarting", 2)) {
        child->state = CHILD_RESTARTING;
    }
    mirror_child_add(node->mirror, index, child);
}

static void release(struct node *node, const struct child *child) {
    intern_drop(node->mirror->strings, child->id);
    intern_drop(node->mirror->strings, child->module);
}

// {children, Pid, [{Id, Child, Type, Restart, Shutdown, Significant, Module}]}
static void absorb_children(struct node *node, uint32_t index, const struct term *part) {
    const struct term *rows;
    uint32_t count;
    if (!term_list(term_element(part, 2), &rows, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term *pid = term_element(&rows[i], 1);
        if (pid == NULL) {
            continue;
        }
        struct child child = child_spec(node, &rows[i], 2);
        child.id = intern_id(node, term_element(&rows[i], 0));
        add_child(node, index, pid, &child);
        release(node, &child);
    }
}

// {dynamic, Pid, {Id, Type, Restart, Shutdown, Significant, Module}, [Child]}
static void absorb_dynamic(struct node *node, uint32_t index, const struct term *part) {
    const struct term *pids;
    uint32_t count;
    const struct term *spec = term_element(part, 2);
    if (spec == NULL || !term_list(term_element(part, 3), &pids, &count)) {
        return;
    }
    struct child child = child_spec(node, spec, 1);
    for (uint32_t i = 0; i < count; i++) {
        add_child(node, index, &pids[i], &child);
    }
    release(node, &child);
}

void absorb_supervisor(struct node *node, const struct term *part) {
    struct mirror *mirror = node->mirror;
    uint32_t index = subject(node, part);
    if (index == MIRROR_NONE) {
        return;
    }
    struct supervisor *supervisor = &mirror->supervisors[index];
    uint32_t slot = supervisor->slot;
    if (term_is_tagged(part, "supervisor", 6)) {
        absorb_summary(node, index, part);
    } else if (term_is_tagged(part, "children", 3)) {
        absorb_children(node, index, part);
    } else if (term_is_tagged(part, "dynamic", 4)) {
        absorb_dynamic(node, index, part);
    } else if (term_is_tagged(part, "read", 2)) {
        mirror_children_end(mirror, index, clock_unix_ms());
        watching_children(node, index);
    } else if (term_is_tagged(part, "busy", 2)) {
        supervisor->busy = true;
        supervisor->reading = false;
        supervisor->dirty = true; // asked again, each time later: its queue may be what is wrong
        supervisor->again_at =
                clock_monotonic_ms() +
                (BUSY_MS << (supervisor->busy_times < 6 ? supervisor->busy_times : 6));
        supervisor->busy_times++;
        mirror->p.flags[slot] &= (uint16_t)~PROCESS_SETTLING;
    } else if (term_is_tagged(part, "not_supervisor", 2)) {
        mirror_supervisor_remove(mirror, index);
    } else if (term_is_tagged(part, "gone", 2)) {
        supervisor->dirty = supervisor->reading = false; // the next sweep removes it
    }
}

// [{Module, [Behaviour]}]
void absorb_behaviours(struct node *node, const struct term *answer) {
    const struct term *rows;
    uint32_t count;
    if (!term_list(answer, &rows, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term *names;
        uint32_t name_count;
        enum process_kind kind = KIND_PLAIN;
        if (!term_list(term_element(&rows[i], 1), &names, &name_count)) {
            continue;
        }
        for (uint32_t j = 0; j < name_count && kind == KIND_PLAIN; j++) {
            kind = kind_of_behaviour(text_or_empty(&names[j]));
        }
        mirror_behaviour(node->mirror, text_or_empty(term_element(&rows[i], 0)), kind);
    }
}

// ---- identities ------------------------------------------------------------------------------

// Writes {M, F, A} as M.F/A into a buffer of its size; empty for anything else.
static struct str function_text(const struct term *mfa, char *at, size_t size) {
    struct str module = text_or_empty(term_element(mfa, 0));
    struct str function = text_or_empty(term_element(mfa, 1));
    int64_t arity = integer_or(term_element(mfa, 2), -1);
    if (module.length == 0 || arity < 0) {
        return (struct str){"", 0};
    }
    int length =
            snprintf(at, size, "%.*s.%.*s/%d", STR_ARGS(module), STR_ARGS(function), (int)arity);
    return (struct str){at, length < (int)size ? (size_t)length : size - 1};
}

static struct str label_text(struct node *node, const struct term *label, struct buffer *scratch) {
    static const struct print_limits limits = {.width = 10, .depth = 4, .bytes = LIMIT_LABEL_BYTES};
    if (label == NULL || term_is_atom(label, "undefined")) {
        return (struct str){"", 0};
    }
    if (label->type == TERM_BINARY && str_is_utf8(label->text)) {
        struct str text = label->text;
        if (text.length > LIMIT_LABEL_BYTES) {
            text.length = LIMIT_LABEL_BYTES;
            while (((uint8_t)text.at[text.length] & 0xC0) == 0x80) {
                text.length--; // not within a character
            }
        }
        return text;
    }
    scratch->length = 0;
    print_term(scratch, label, str_of(node->vm), &limits);
    return buffer_str(scratch);
}

// {Pid, Initial, Leader, Parent, Memory, Function, Kind, Label}
static void absorb_identity(struct node *node, const struct term *row, struct buffer *scratch) {
    char initial[2100];
    char current[2100];
    const struct term *pid = term_element(row, 0);
    const struct term *leader = term_element(row, 2);
    const struct term *parent = term_element(row, 3);
    const struct term *kind = term_element(row, 6);
    if (term_element(row, 7) == NULL || pid->type != TERM_PID) {
        return;
    }
    uint32_t slot = mirror_find(node->mirror, pid->pid->id, pid->pid->serial);
    if (slot == MIRROR_NONE) {
        return;
    }
    mirror_measure(node->mirror, slot, integer_or(term_element(row, 4), -1),
            function_text(term_element(row, 5), current, sizeof current));
    struct identity identity = {
            .initial_call = function_text(kind->type == TERM_TUPLE ? kind : term_element(row, 1),
                    initial, sizeof initial),
            .kind_known = !term_is_atom(kind, "unknown"),
            .kind_module = text_or_empty(term_element(kind, 0)),
            .kind_function = text_or_empty(term_element(kind, 1)),
            .leader_id = leader->type == TERM_PID ? leader->pid->id : 0,
            .leader_serial = leader->type == TERM_PID ? leader->pid->serial : 0,
            .parent_id = parent->type == TERM_PID ? parent->pid->id : 0,
            .parent_serial = parent->type == TERM_PID ? parent->pid->serial : 0,
            .label = label_text(node, term_element(row, 7), scratch),
    };
    mirror_identify(node->mirror, slot, &identity);
}

// Bytes of a cell of whitebeam_sweep:identify/1, and the most things a batch may name.
#define CELL_BYTES 14
#define NAMED_MOST 4096u

// A map of things to indexes, turned around. Things without an index stay NULL.
static const struct term **by_index(struct arena *arena, const struct term *map, uint32_t *count) {
    *count = map != NULL && map->type == TERM_MAP && map->size <= NAMED_MOST ? map->size : 0;
    const struct term **list = arena_take_zeroed(arena, *count + 1u, sizeof *list);
    for (uint32_t i = 0; i < *count; i++) {
        int64_t index = integer_or(&map->items[2 * i + 1], -1);
        if (index >= 0 && index < *count) {
            list[index] = &map->items[2 * i];
        }
    }
    return list;
}

struct bulk {
    const struct term **calls;
    uint32_t call_count;
    const struct term **leaders;
    uint32_t leader_count;
};

static void absorb_cell(
        struct node *node, const struct term *pid, const uint8_t *cell, const struct bulk *bulk) {
    char initial[2100];
    char current[2100];
    uint32_t function = (uint32_t)read_big(cell + 8, 2);
    uint32_t call = (uint32_t)read_big(cell + 10, 2);
    uint32_t leader = (uint32_t)read_big(cell + 12, 2);
    uint32_t slot = mirror_find(node->mirror, pid->pid->id, pid->pid->serial);
    uint64_t memory = read_big(cell, 8);
    if (slot == MIRROR_NONE || function >= bulk->call_count || call >= bulk->call_count ||
            leader >= bulk->leader_count || memory > INT64_MAX) {
        return;
    }
    const struct term *who = bulk->leaders[leader];
    bool is_pid = who != NULL && who->type == TERM_PID;
    struct identity identity = {
            .initial_call = function_text(bulk->calls[call], initial, sizeof initial),
            .leader_id = is_pid ? who->pid->id : 0,
            .leader_serial = is_pid ? who->pid->serial : 0,
    };
    mirror_measure(node->mirror, slot, (int64_t)memory,
            function_text(bulk->calls[function], current, sizeof current));
    mirror_identify(node->mirror, slot, &identity);
}

// {Pids, Calls, Leaders, Cells}
static void absorb_bulk(struct node *node, const struct term *part) {
    struct bulk bulk;
    const struct term *pids;
    uint32_t count;
    const struct term *cells = term_element(part, 3);
    if (cells == NULL || cells->type != TERM_BINARY ||
            !term_list(term_element(part, 0), &pids, &count) ||
            cells->text.length != (size_t)count * CELL_BYTES) {
        return;
    }
    bulk.calls = by_index(&node->arena, term_element(part, 1), &bulk.call_count);
    bulk.leaders = by_index(&node->arena, term_element(part, 2), &bulk.leader_count);
    const uint8_t *cell = (const uint8_t *)cells->text.at;
    for (uint32_t i = 0; i < count; i++, cell += CELL_BYTES) {
        if (pids[i].type == TERM_PID) {
            absorb_cell(node, &pids[i], cell, &bulk);
        }
    }
}

// {Nanoseconds, Rows, Bulk}
uint64_t absorb_identities(struct node *node, const struct term *answer) {
    const struct term *rows;
    uint32_t count;
    if (!term_list(term_element(answer, 1), &rows, &count)) {
        return 0;
    }
    struct buffer scratch;
    buffer_init(&scratch);
    for (uint32_t i = 0; i < count; i++) {
        absorb_identity(node, &rows[i], &scratch);
    }
    buffer_finish(&scratch);
    absorb_bulk(node, term_element(answer, 2));
    return cost_of(answer);
}

// {Nanoseconds, [{Pid, Memory, Function}]}
uint64_t absorb_refresh(struct node *node, const struct term *answer) {
    const struct term *rows;
    uint32_t count;
    char current[2100];
    if (!term_list(term_element(answer, 1), &rows, &count)) {
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term *pid = term_element(&rows[i], 0);
        if (pid == NULL || pid->type != TERM_PID) {
            continue;
        }
        uint32_t slot = mirror_find(node->mirror, pid->pid->id, pid->pid->serial);
        if (slot != MIRROR_NONE) {
            mirror_measure(node->mirror, slot, integer_or(term_element(&rows[i], 1), -1),
                    function_text(term_element(&rows[i], 2), current, sizeof current));
        }
    }
    return cost_of(answer);
}

// ---- facts -----------------------------------------------------------------------------------

static void copy_text(const struct term *term, char *at, size_t size) {
    struct str text = text_or_empty(term);
    snprintf(at, size, "%.*s", (int)(text.length < size ? text.length : size - 1), text.at);
}

bool absorb_facts(struct node *node, const struct term *hello) {
    if (hello == NULL || hello->type != TERM_MAP ||
            integer_or(term_map_get(hello, "protocol"), 0) != 1) {
        return false;
    }
    struct node_facts *facts = &node->facts;
    facts->otp = (int)integer_or(term_map_get(hello, "otp"), 0);
    copy_text(term_map_get(hello, "erts"), facts->erts, sizeof facts->erts);
    const struct term *elixir = term_map_get(hello, "elixir");
    facts->elixir[0] = '\0';
    if (elixir != NULL && elixir->type == TERM_BINARY) {
        copy_text(elixir, facts->elixir, sizeof facts->elixir);
    }
    copy_text(term_map_get(hello, "os_pid"), facts->os_pid, sizeof facts->os_pid);
    facts->schedulers = integer_or(term_map_get(hello, "schedulers"), 1);
    facts->started_at = integer_or(term_map_get(hello, "started_ms"), -1);
    const struct term *labels = term_map_get(hello, "label");
    const struct term *kind = term_map_get(hello, "initial_call");
    facts->traces = term_is_atom(term_map_get(hello, "traces"), "true");
    facts->labels = labels != NULL && term_is_atom(labels, "true");
    facts->cheap_kind = kind != NULL && term_is_atom(kind, "true");
    const struct term *events = term_map_get(hello, "events");
    if (events == NULL || events->type != TERM_PID) {
        return false;
    }
    node->events = *events->pid;
    node->events.node = str_of(node->vm);
    return true;
}
