// Events as they happen: which processes the agent watches for us, and what it tells of them.
//
// On OTP 27 and later the agent traces supervisors in a session of its own and so sees every child;
// before, it monitors children, up to MONITORS_MOST, which cost the node some 160 bytes each.
#include "node/node_private.h"

#include "base/clock.h"
#include "term/encode.h"

#define MONITORS_MOST 10000u
#define BATCH         500u
#define PROMPT_BATCH  64u
#define PROMPT_CROWD  2000u // children; a larger supervisor is not read for each event
#define CHILDREN_A_MS 20    // and this many of its children buy a millisecond between reads

static void send_to_events(struct node *node, const char *word, const struct slots *slots) {
    if (slots->count == 0 || node->link == NULL) {
        return;
    }
    for (uint32_t from = 0; from < slots->count; from += BATCH) {
        uint32_t count = slots->count - from < BATCH ? slots->count - from : BATCH;
        node->out.length = 0;
        encode_version(&node->out);
        encode_tuple(&node->out, 2);
        encode_atom_text(&node->out, word);
        encode_list(&node->out, count);
        for (uint32_t i = 0; i < count; i++) {
            uint32_t slot = slots->at[from + i];
            node_encode_pid(
                    node, &node->out, node->mirror->p.id[slot], node->mirror->p.serial[slot]);
        }
        encode_nil(&node->out);
        link_send(node->link, &node->events, buffer_str(&node->out));
    }
}

void watching_children(struct node *node, uint32_t index) {
    struct mirror *mirror = node->mirror;
    struct supervisor *supervisor = &mirror->supervisors[index];
    struct slots children = {0};
    struct slots self = {0};
    if (!supervisor->supervised) {
        supervisor->supervised = true;
        slots_add(&self, supervisor->slot);
    }
    for (uint32_t i = 0; !node->facts.traces && i < supervisor->child_count; i++) {
        const struct child *child = &supervisor->children[i];
        if (node->monitors >= MONITORS_MOST || !mirror_child_alive(mirror, index, child) ||
                (mirror->p.flags[child->slot] & PROCESS_WATCHED)) {
            continue;
        }
        mirror->p.flags[child->slot] |= PROCESS_WATCHED;
        node->monitors++;
        slots_add(&children, child->slot);
    }
    send_to_events(node, "supervise", &self);
    send_to_events(node, "watch", &children);
    slots_clear(&self);
    slots_clear(&children);
}

void watching_recount(struct node *node) {
    const struct mirror *mirror = node->mirror;
    node->monitors = 0;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        node->monitors += (mirror->p.flags[slot] & PROCESS_WATCHED) != 0;
    }
}

// Something happened to a child: its supervisor is read again as soon as it answers.
static void prompt(struct node *node, uint32_t index) {
    struct supervisor *supervisor = &node->mirror->supervisors[index];
    int64_t since = clock_unix_ms() - supervisor->read_at;
    supervisor->dirty = true;
    if (supervisor->child_count <= PROMPT_CROWD ||
            since >= (int64_t)supervisor->child_count / CHILDREN_A_MS) {
        supervisor->prompt = true;
        node->prompts = true;
    }
}

// ---- events ----------------------------------------------------------------------------------

static uint32_t slot_of(const struct node *node, const struct term *pid) {
    bool ours = pid != NULL && pid->type == TERM_PID && str_equal(pid->pid->node, node->guard.node);
    return ours ? mirror_find(node->mirror, pid->pid->id, pid->pid->serial) : MIRROR_NONE;
}

static uint32_t supervisor_at(const struct node *node, const struct term *pid) {
    uint32_t slot = slot_of(node, pid);
    return slot == MIRROR_NONE ? MIRROR_NONE : node->mirror->p.supervises[slot];
}

static int64_t time_of(const struct term *event) {
    int64_t time;
    return term_integer(term_element(event, 1), &time) ? time : clock_unix_ms() * 1000;
}

// {down, Time, Pid, Reason}
static void down(struct node *node, const struct term *event) {
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    const struct term *pid = term_element(event, 2);
    if (pid == NULL || pid->type != TERM_PID || !str_equal(pid->pid->node, node->guard.node)) {
        return;
    }
    uint32_t slot = slot_of(node, pid);
    if (watcher != NULL) {
        watcher->down(watcher->context, node, pid->pid->id, pid->pid->serial, slot,
                term_element(event, 3), time_of(event));
    }
    if (slot == MIRROR_NONE) {
        return;
    }
    uint32_t parent = node->mirror->p.supervisor[slot];
    mirror_remove(node->mirror, slot);
    if (parent != MIRROR_NONE) {
        prompt(node, parent);
    }
}

// {spawned, Time, Supervisor, Pid}
static void spawned(struct node *node, const struct term *event) {
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    uint32_t index = supervisor_at(node, term_element(event, 2));
    const struct term *pid = term_element(event, 3);
    if (index == MIRROR_NONE || pid == NULL || pid->type != TERM_PID) {
        return;
    }
    if (watcher != NULL) {
        watcher->spawned(
                watcher->context, node, index, pid->pid->id, pid->pid->serial, time_of(event));
    }
    prompt(node, index);
}

// {report, Time, Supervisor, Kind, Pid | undefined, ChildId, Reason}
static void report(struct node *node, const struct term *event) {
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    uint32_t index = supervisor_at(node, term_element(event, 2));
    const struct term *pid = term_element(event, 4);
    struct str kind;
    if (index == MIRROR_NONE || !term_text(term_element(event, 3), &kind) || pid == NULL) {
        return;
    }
    if (watcher != NULL) {
        watcher->report(watcher->context, node, index, kind,
                pid->type == TERM_PID ? pid->pid : NULL, term_element(event, 5),
                term_element(event, 6), time_of(event));
    }
    prompt(node, index);
}

static void credit(struct node *node) {
    if (++node->events_unpaid < 100) {
        return;
    }
    node->out.length = 0;
    encode_version(&node->out);
    encode_tuple(&node->out, 2);
    encode_atom_text(&node->out, "credit");
    encode_integer(&node->out, node->events_unpaid);
    link_send(node->link, &node->events, buffer_str(&node->out));
    node->events_unpaid = 0;
}

void watching_event(struct node *node, const struct term *message) {
    const struct term *event = term_element(message, 2);
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    int64_t count;
    credit(node);
    if (term_is_tagged(event, "down", 4)) {
        down(node, event);
    } else if (term_is_tagged(event, "spawned", 4)) {
        spawned(node, event);
    } else if (term_is_tagged(event, "report", 7)) {
        report(node, event);
    } else if (term_is_tagged(event, "dropped", 2) && watcher != NULL &&
               term_integer(term_element(event, 1), &count) && count > 0) {
        watcher->dropped(watcher->context, node, (uint64_t)count);
    }
    watching_prompt(node);
}

// ---- prompt reads ----------------------------------------------------------------------------

static void prompted(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    (void)answer;
    node->prompting = false;
    for (uint32_t i = 0; i < node->mirror->supervisor_count; i++) {
        struct supervisor *supervisor = &node->mirror->supervisors[i];
        if (supervisor->slot != MIRROR_NONE && supervisor->prompt_reading) {
            supervisor->prompt_reading = false;
            supervisor->dirty |= supervisor->reading; // it was not read
            supervisor->reading = false;
        }
    }
    if (error == NULL) {
        watching_prompt(node);
        sampler_identify_few(node);
    }
    if (!node->prompting && node->state == NODE_READY) {
        sampler_prompted(node);
    }
}

static void prompt_part(void *context, const struct term *part) {
    absorb_supervisor(context, part);
}

void watching_prompt(struct node *node) {
    if (!node->prompts || node->prompting || node->state != NODE_READY) {
        return;
    }
    struct mirror *mirror = node->mirror;
    struct slots batch = {0};
    node->prompts = false;
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        struct supervisor *supervisor = &mirror->supervisors[i];
        if (supervisor->slot == MIRROR_NONE || !supervisor->prompt) {
            continue;
        }
        if (clock_monotonic_ms() < supervisor->again_at) {
            supervisor->prompt = false; // it does not answer; a cycle asks it again
            continue;
        }
        if (supervisor->reading || batch.count == PROMPT_BATCH) {
            node->prompts = true; // once more when this batch, or the cycle, is through
            continue;
        }
        supervisor->prompt = supervisor->dirty = false;
        supervisor->prompt_reading = true;
        slots_add(&batch, supervisor->slot);
    }
    if (batch.count > 0) {
        node->prompting = true;
        sampler_ask_supervisors(node, &batch, prompt_part, prompted);
    }
    slots_clear(&batch);
}

// ---- the mirror's observer -------------------------------------------------------------------

static void observe_children(void *context, struct mirror *mirror, uint32_t supervisor,
        const struct child *old, uint32_t old_count) {
    struct node *node = context;
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    (void)mirror;
    if (watcher != NULL) {
        watcher->children(watcher->context, node, supervisor, old, old_count);
    }
}

static void observe_gone(void *context, struct mirror *mirror, uint32_t supervisor) {
    struct node *node = context;
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    (void)mirror;
    if (watcher != NULL) {
        watcher->supervisor_gone(watcher->context, node, supervisor);
    }
}

void watching_start(struct node *node) {
    node->observer = (struct mirror_observer){observe_children, observe_gone, node};
    node->mirror->observer = &node->observer;
    node->monitors = node->events_unpaid = 0;
    node->prompts = node->prompting = false;
}
