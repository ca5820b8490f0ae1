// Merging the sources. Ends are kept in a ring until a new process was found for them, or so many
// others came that it does not matter any more.
#include "watch/ledger.h"

#include "base/clock.h"
#include "base/memory.h"
#include "insight/paths.h"
#include "node/mirror.h"
#include "term/print.h"
#include "term/redact.h"

#include <stdlib.h>

#define DEATHS          8192u
#define BIRTHS          8192u
// Changes between two readings of a supervisor that are told one by one.
#define CHANGES_MOST    4096u
// A start longer after an end is not its restart: somebody started the child by hand.
#define RESTART_MOST_NS 120000000000u

static const struct print_limits reason_limits = {.width = 20, .depth = 6, .bytes = 500};

struct death {
    uint64_t older;          // number of the death before it in its bucket, 0: none
    const struct node *node; // NULL: free
    struct event_pid pid;
    struct event_pid supervisor; // 0: not known yet
    uint32_t child;              // hash of the child id; 0: it has none
    int64_t at_us;
    uint64_t received_ns;
    char *reason; // owned
    bool told;    // child_exited was added
    bool open;    // a new process may come for it
};

struct birth {
    uint64_t older;
    const struct node *node;
    struct event_pid pid;
    int64_t at_us;
};

// Numbers of deaths and births are those of next_death and next_birth when they came, plus one; a
// bucket holds the newest of its pids. What the ring has dropped is known by its number.
#define BUCKETS 4096u

struct ledger {
    struct feed *feed; // borrowed
    uint64_t death_buckets[BUCKETS];
    uint64_t birth_buckets[BUCKETS];
    struct death deaths[DEATHS];
    uint64_t next_death;
    struct birth births[BIRTHS];
    uint64_t next_birth;
};

struct ledger *ledger_create(struct feed *feed) {
    struct ledger *ledger = memory_new(1, sizeof *ledger);
    ledger->feed = feed;
    return ledger;
}

void ledger_destroy(struct ledger *ledger) {
    if (ledger == NULL) {
        return;
    }
    for (size_t i = 0; i < DEATHS; i++) {
        free(ledger->deaths[i].reason);
    }
    free(ledger);
}

void ledger_forget(struct ledger *ledger, const struct node *node) {
    for (size_t i = 0; i < DEATHS; i++) {
        if (ledger->deaths[i].node == node) {
            free(ledger->deaths[i].reason);
            ledger->deaths[i].reason = NULL;
            ledger->deaths[i].node = NULL; // its place in the bucket stays
        }
    }
    for (size_t i = 0; i < BIRTHS; i++) {
        if (ledger->births[i].node == node) {
            ledger->births[i].node = NULL;
        }
    }
}

static bool same(struct event_pid a, struct event_pid b) {
    return a.id == b.id && a.serial == b.serial;
}

static uint64_t *bucket_of(uint64_t *buckets, uint32_t id) {
    return &buckets[(id * 2654435761u >> 16) % BUCKETS];
}

// Whether the thing with this number is still in a ring of `size` that has had `count`.
static bool is_kept(uint64_t number, uint64_t count, uint64_t size) {
    return number != 0 && number + size > count;
}

// The newest death of a pid; with any_serial the number alone has to be right.
static struct death *find_death_of(
        struct ledger *ledger, const struct node *node, struct event_pid pid, bool any_serial) {
    uint64_t number = *bucket_of(ledger->death_buckets, pid.id);
    while (is_kept(number, ledger->next_death, DEATHS)) {
        struct death *death = &ledger->deaths[(number - 1) % DEATHS];
        if (death->node == node && death->pid.id == pid.id &&
                (any_serial || death->pid.serial == pid.serial)) {
            return death;
        }
        number = death->older;
    }
    return NULL;
}

static struct death *find_death(
        struct ledger *ledger, const struct node *node, struct event_pid pid) {
    return find_death_of(ledger, node, pid, false);
}

static struct death *add_death(struct ledger *ledger, const struct node *node, struct event_pid pid,
        int64_t at_us, const struct term *reason) {
    struct death *death = &ledger->deaths[ledger->next_death++ % DEATHS];
    uint64_t *bucket = bucket_of(ledger->death_buckets, pid.id);
    uint64_t older = *bucket;
    *bucket = ledger->next_death;
    struct buffer text;
    buffer_init(&text);
    if (reason != NULL && !term_is_atom(reason, "$unknown")) {
        struct arena arena;
        arena_init(&arena);
        print_term(&text, redact_shown(&arena, reason), node_vm(node), &reason_limits);
        arena_finish(&arena);
        struct str plain = buffer_str(&text);
        if (plain.length > 1 && plain.at[0] == ':' && plain.at[1] != '"') {
            buffer_drop(&text, 1); // killed, as everybody says it
        }
    }
    buffer_add_u8(&text, '\0');
    free(death->reason);
    *death = (struct death){.older = older,
            .node = node,
            .pid = pid,
            .at_us = at_us,
            .received_ns = clock_monotonic_ns(),
            .reason = text.at,
            .open = true};
    return death;
}

static const struct birth *find_birth(
        struct ledger *ledger, const struct node *node, struct event_pid pid) {
    uint64_t number = *bucket_of(ledger->birth_buckets, pid.id);
    while (is_kept(number, ledger->next_birth, BIRTHS)) {
        const struct birth *birth = &ledger->births[(number - 1) % BIRTHS];
        if (birth->node == node && same(birth->pid, pid)) {
            return birth;
        }
        number = birth->older;
    }
    return NULL;
}

static uint32_t hash_id(struct str text) {
    uint32_t hash = 2166136261u; // FNV-1a
    for (size_t i = 0; i < text.length; i++) {
        hash = (hash ^ (uint8_t)text.at[i]) * 16777619u;
    }
    return text.length == 0 ? 0 : hash | 1;
}

// ---- making events ---------------------------------------------------------------------------

struct drafting {
    struct buffer name;
    struct buffer path;
    struct event event;
};

static struct event_pid pid_of(const struct mirror *mirror, uint32_t slot) {
    return (struct event_pid){mirror->p.id[slot], mirror->p.serial[slot]};
}

// An event about a child of a supervisor; draft_end adds it.
static struct event *draft(
        struct drafting *drafting, struct node *node, uint32_t supervisor, enum event_type type) {
    const struct mirror *mirror = node_any_mirror(node);
    const struct supervisor *entry = &mirror->supervisors[supervisor];
    uint32_t slot = entry->slot;
    buffer_init(&drafting->name);
    buffer_init(&drafting->path);
    path_of_supervisor(mirror, supervisor, &drafting->path);
    struct str name = mirror->p.name[slot] ? mirror_alias(mirror_text(mirror, mirror->p.name[slot]))
                                           : buffer_str(&drafting->path);
    drafting->event = (struct event){.type = type,
            .at_us = clock_unix_ms() * 1000,
            .node = node_name(node),
            .supervisor = name,
            .path = buffer_str(&drafting->path),
            .supervisor_pid = pid_of(mirror, slot),
            .down_us = -1};
    return &drafting->event;
}

static void draft_end(struct drafting *drafting, struct ledger *ledger) {
    feed_add(ledger->feed, &drafting->event);
    buffer_finish(&drafting->name);
    buffer_finish(&drafting->path);
}

// Whether the supervisor will start the child again: by the restart type of its spec (all dynamic
// children share one), and for transient ones by the reason.
static bool will_restart(
        const struct mirror *mirror, uint32_t supervisor, struct str child_id, struct str reason) {
    const struct supervisor *entry = &mirror->supervisors[supervisor];
    uint8_t restart = RESTART_UNKNOWN;
    for (uint32_t i = 0; i < entry->child_count && restart == RESTART_UNKNOWN; i++) {
        if (str_equal(mirror_text(mirror, entry->children[i].id), child_id)) {
            restart = entry->children[i].restart;
        }
    }
    if (restart == RESTART_TRANSIENT) {
        return !str_is(reason, "normal") && !str_is(reason, "shutdown") &&
               !str_starts(reason, "{:shutdown,");
    }
    return restart != RESTART_TEMPORARY;
}

static void add_exit(struct ledger *ledger, struct node *node, uint32_t supervisor,
        struct death *death, struct str child_id, struct str module) {
    struct drafting drafting;
    struct event *event = draft(&drafting, node, supervisor, EVENT_CHILD_EXITED);
    event->pid = death->pid;
    event->at_us = death->at_us;
    event->reason = str_of(death->reason);
    event->child_id = child_id;
    event->module = module;
    death->told = true;
    death->supervisor = event->supervisor_pid;
    death->child = hash_id(child_id);
    death->open = will_restart(node_any_mirror(node), supervisor, child_id, event->reason);
    draft_end(&drafting, ledger);
}

static void add_restart(struct ledger *ledger, struct node *node, uint32_t supervisor,
        struct death *death, struct event_pid new_pid, struct str child_id, struct str module) {
    struct drafting drafting;
    struct event *event = draft(&drafting, node, supervisor, EVENT_CHILD_RESTARTED);
    const struct birth *birth = find_birth(ledger, node, new_pid);
    event->pid = death->pid;
    event->new_pid = new_pid;
    event->reason = str_of(death->reason);
    event->child_id = child_id;
    event->module = module;
    event->down_is_bound = birth == NULL;
    if (birth != NULL && birth->at_us >= death->at_us) {
        event->at_us = birth->at_us;
        event->down_us = birth->at_us - death->at_us;
    } else {
        event->down_is_bound = true;
        event->down_us = (int64_t)((clock_monotonic_ns() - death->received_ns) / 1000);
        event->at_us = death->at_us + event->down_us;
    }
    death->open = false;
    draft_end(&drafting, ledger);
}

static void add_start(struct ledger *ledger, struct node *node, uint32_t supervisor,
        struct event_pid pid, struct str child_id, struct str module) {
    struct drafting drafting;
    struct event *event = draft(&drafting, node, supervisor, EVENT_CHILD_STARTED);
    const struct birth *birth = find_birth(ledger, node, pid);
    event->pid = event->new_pid = pid;
    event->child_id = child_id;
    event->module = module;
    if (birth != NULL) {
        event->at_us = birth->at_us;
    }
    draft_end(&drafting, ledger);
}

// ---- as it happens ---------------------------------------------------------------------------

// The row of a process in its supervisor's children, or NULL for one that came since it was read.
static const struct child *child_row(
        const struct mirror *mirror, uint32_t supervisor, uint32_t slot) {
    const struct supervisor *entry = &mirror->supervisors[supervisor];
    for (uint32_t i = 0; i < entry->child_count; i++) {
        if (entry->children[i].slot == slot &&
                mirror_child_alive(mirror, supervisor, &entry->children[i])) {
            return &entry->children[i];
        }
    }
    return NULL;
}

void ledger_down(void *context, struct node *node, uint32_t id, uint32_t serial, uint32_t slot,
        const struct term *reason, int64_t time_us) {
    struct ledger *ledger = context;
    struct event_pid pid = {id, serial};
    struct mirror *mirror = node_any_mirror(node);
    if (find_death(ledger, node, pid) != NULL) {
        return;
    }
    struct death *death = add_death(ledger, node, pid, time_us, reason);
    if (slot == MIRROR_NONE || mirror->p.supervisor[slot] == MIRROR_NONE) {
        return; // a report, or the next reading, may say whose child it was
    }
    uint32_t supervisor = mirror->p.supervisor[slot];
    const struct child *row = child_row(mirror, supervisor, slot);
    add_exit(ledger, node, supervisor, death, mirror_text(mirror, row ? row->id : 0),
            mirror_alias(mirror_text(mirror, row ? row->module : mirror->p.module[slot])));
}

void ledger_spawned(void *context, struct node *node, uint32_t supervisor, uint32_t id,
        uint32_t serial, int64_t time_us) {
    struct ledger *ledger = context;
    (void)supervisor;
    uint64_t *bucket = bucket_of(ledger->birth_buckets, id);
    ledger->births[ledger->next_birth++ % BIRTHS] =
            (struct birth){*bucket, node, {id, serial}, time_us};
    *bucket = ledger->next_birth;
}

void ledger_report(void *context, struct node *node, uint32_t supervisor, struct str kind,
        const struct term_pid *pid, const struct term *child_id, const struct term *reason,
        int64_t time_us) {
    struct ledger *ledger = context;
    if (!str_is(kind, "child_terminated") || pid == NULL) {
        return;
    }
    struct event_pid child = {pid->id, pid->serial};
    struct death *death = find_death(ledger, node, child);
    if (death != NULL && death->told) {
        return;
    }
    if (death == NULL) {
        death = add_death(ledger, node, child, time_us, reason);
    }
    struct buffer id;
    buffer_init(&id);
    if (child_id != NULL && !term_is_atom(child_id, "undefined")) {
        print_term(&id, child_id, node_vm(node), &reason_limits);
    }
    add_exit(ledger, node, supervisor, death, buffer_str(&id), STR(""));
    buffer_finish(&id);
}

void ledger_dropped(void *context, struct node *node, uint64_t count) {
    struct ledger *ledger = context;
    struct event event = {.type = EVENT_LOST,
            .at_us = clock_unix_ms() * 1000,
            .node = node_name(node),
            .down_us = -1,
            .count = count};
    feed_add(ledger->feed, &event);
}

void ledger_supervisor_gone(void *context, struct node *node, uint32_t supervisor) {
    struct ledger *ledger = context;
    struct drafting drafting;
    struct event *event = draft(&drafting, node, supervisor, EVENT_SUPERVISOR_GONE);
    const struct death *death = find_death(ledger, node, event->supervisor_pid);
    event->pid = event->supervisor_pid;
    if (death != NULL) {
        event->at_us = death->at_us;
        event->reason = str_of(death->reason);
    }
    draft_end(&drafting, ledger);
}

// ---- what changed between two readings -------------------------------------------------------

struct comparison {
    struct ledger *ledger;
    struct node *node;
    const struct mirror *mirror;
    uint32_t supervisor;
    struct event_pid supervisor_pid;
};

static bool is_open(const struct comparison *c, const struct death *death, uint32_t child) {
    return death->node == c->node && death->open && death->told && death->child == child &&
           same(death->supervisor, c->supervisor_pid) &&
           clock_monotonic_ns() - death->received_ns < RESTART_MOST_NS;
}

// The process ended, and nobody has told it: it was not watched.
static void note_unseen_end(struct comparison *c, const struct child *old) {
    // The serial of a process that is gone is not known any more; the id is enough to tell.
    struct ledger *ledger = c->ledger;
    if (find_death_of(ledger, c->node, (struct event_pid){old->process, 0}, true) != NULL) {
        return;
    }
    struct death *death = add_death(
            ledger, c->node, (struct event_pid){old->process, 0}, clock_unix_ms() * 1000, NULL);
    add_exit(ledger, c->node, c->supervisor, death, mirror_text(c->mirror, old->id),
            mirror_alias(mirror_text(c->mirror, old->module)));
}

// Pairs the open ends of one child id (0: of all dynamic children) with those who came: first those
// that ended again before they were seen, in their order, then `started`.
static void pair(struct comparison *c, uint32_t id, uint32_t module,
        const struct event_pid *started, uint32_t started_count) {
    struct ledger *ledger = c->ledger;
    struct str text = mirror_text(c->mirror, id);
    struct str module_text = mirror_alias(mirror_text(c->mirror, module));
    uint32_t child = hash_id(text);
    struct death *previous = NULL;
    uint32_t next = 0;
    uint64_t oldest = ledger->next_death > DEATHS ? ledger->next_death - DEATHS : 0;
    for (uint64_t i = oldest; i < ledger->next_death; i++) {
        struct death *death = &ledger->deaths[i % DEATHS];
        if (!is_open(c, death, child)) {
            continue;
        }
        if (id != 0 && previous != NULL) {
            add_restart(ledger, c->node, c->supervisor, previous, death->pid, text, module_text);
        } else if (id == 0 && next < started_count) {
            add_restart(ledger, c->node, c->supervisor, death, started[next++], text, module_text);
        }
        previous = death;
    }
    if (id != 0 && previous != NULL && started_count > 0) {
        // Else it has ended since it was read: its own is to come.
        if (!same(previous->pid, started[0])) {
            add_restart(ledger, c->node, c->supervisor, previous, started[0], text, module_text);
        }
        next = 1;
    }
    for (; next < started_count; next++) {
        add_start(ledger, c->node, c->supervisor, started[next], text, module_text);
    }
}

// The pid of a child that came. One that has ended before it was taken up has no place in the
// mirror; it is known by its death, or not at all.
static bool find_pid(struct comparison *c, const struct child *child, struct event_pid *pid) {
    if (child->slot != MIRROR_NONE) {
        *pid = pid_of(c->mirror, child->slot);
        return true;
    }
    const struct death *death =
            find_death_of(c->ledger, c->node, (struct event_pid){child->process, 0}, true);
    if (death != NULL) {
        *pid = death->pid;
    }
    return death != NULL;
}

static int by_process(const void *a, const void *b) {
    const struct child *left = a;
    const struct child *right = b;
    return left->process < right->process ? -1 : left->process > right->process;
}

// Children sorted by the number of their process, those without one left out.
static struct child *sorted(const struct child *children, uint32_t count, uint32_t *kept) {
    struct child *copy = memory_new(count, sizeof *copy);
    *kept = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (children[i].process != 0) {
            copy[(*kept)++] = children[i];
        }
    }
    qsort(copy, *kept, sizeof *copy, by_process);
    return copy;
}

static void compare(struct comparison *c, const struct child *old, uint32_t old_count,
        const struct child *now, uint32_t now_count) {
    struct event_pid *dynamic = memory_new(now_count, sizeof *dynamic);
    uint32_t dynamic_count = 0;
    uint32_t dynamic_module = 0;
    uint32_t i = 0;
    uint32_t j = 0;
    while (i < old_count || j < now_count) {
        bool gone = j == now_count || (i < old_count && old[i].process < now[j].process);
        bool came = i == old_count || (j < now_count && now[j].process < old[i].process);
        if (gone) {
            note_unseen_end(c, &old[i++]);
        } else if (came) {
            struct event_pid pid;
            bool known = find_pid(c, &now[j], &pid);
            if (now[j].id != 0) {
                pair(c, now[j].id, now[j].module, &pid, known);
            } else if (known) {
                dynamic[dynamic_count++] = pid;
                dynamic_module = now[j].module;
            }
            j++;
        } else {
            i++;
            j++;
        }
    }
    if (dynamic_count > 0) {
        pair(c, 0, dynamic_module, dynamic, dynamic_count);
    }
    free(dynamic);
}

// A supervisor restarts a child as soon as it learns of its end. An end that it has dealt with and
// that nobody came for was wanted: who is started later is no restart.
static void close_ended(const struct comparison *c, const struct child *now, uint32_t now_count) {
    const struct supervisor *entry = &c->mirror->supervisors[c->supervisor];
    struct ledger *ledger = c->ledger;
    for (uint32_t i = 0; i < entry->child_count; i++) {
        if (entry->children[i].state == CHILD_RESTARTING) {
            return; // it goes on trying
        }
    }
    uint64_t oldest = ledger->next_death > DEATHS ? ledger->next_death - DEATHS : 0;
    for (uint64_t i = oldest; i < ledger->next_death; i++) {
        struct death *death = &ledger->deaths[i % DEATHS];
        struct child key = {.process = death->pid.id};
        if (is_open(c, death, death->child) &&
                bsearch(&key, now, now_count, sizeof *now, by_process) == NULL) {
            death->open = false; // it is not a child any more
        }
    }
}

// How many children went and came, without looking at any.
static uint64_t count_changes(
        const struct child *old, uint32_t old_count, const struct child *now, uint32_t now_count) {
    uint64_t changes = 0;
    for (uint32_t i = 0, j = 0; i < old_count || j < now_count;) {
        bool gone = j == now_count || (i < old_count && old[i].process < now[j].process);
        bool came = !gone && (i == old_count || now[j].process < old[i].process);
        changes += gone || came;
        i += !came;
        j += !gone;
    }
    return changes;
}

void ledger_children(void *context, struct node *node, uint32_t supervisor, const struct child *old,
        uint32_t old_count) {
    const struct mirror *mirror = node_any_mirror(node);
    const struct supervisor *entry = &mirror->supervisors[supervisor];
    struct comparison c = {.ledger = context,
            .node = node,
            .mirror = mirror,
            .supervisor = supervisor,
            .supervisor_pid = pid_of(mirror, entry->slot)};
    uint32_t before_count;
    uint32_t now_count;
    struct child *before = sorted(old, old_count, &before_count);
    struct child *now = sorted(entry->children, entry->child_count, &now_count);
    uint64_t changes = count_changes(before, before_count, now, now_count);
    if (changes <= CHANGES_MOST) {
        compare(&c, before, before_count, now, now_count);
        close_ended(&c, now, now_count);
    } else {
        ledger_dropped(context, node, changes); // more than the rings hold: told as a number
    }
    free(before);
    free(now);
}
