// Keeping a mirror up to date, at a cost that is bounded and measured.
//
// A cycle reads, in this order: all processes by their cheap keys; registered names; applications;
// supervisors that are new or moved, level by level; behaviours of modules not seen before; what
// never changes of new processes; memory and current function of processes that moved. In the first
// cycle names, applications and supervisors come before the sweep: the trees are there at once.
// Waiting requests are told as soon as what they show is there.
//
// Cycles run while somebody looks (within LOOK_MS). The time between them follows from what the
// last one cost the node, in scheduler time and in bytes, and the budget for each. The first
// snapshot of a large node is identified in small batches with pauses.
#include "node/node_private.h"

#include "base/clock.h"
#include "base/memory.h"
#include "base/must.h"
#include "term/encode.h"

#include <stdlib.h>

#define BUDGET_PERCENT     0.8        // of one scheduler; sending, not measured here, adds a fifth
#define BUDGET_BYTES       (1u << 20) // a second
#define INTERVAL_LEAST_MS  1000
#define INTERVAL_MOST_MS   60000
#define LOOK_MS            30000
#define BATCH_IDENTIFY     2000u
#define BATCH_REFRESH      500u
#define BATCH_SUPERVISORS  256u
#define BY_SPEC_LEAST      10000u // processes
#define REFRESH_MOST       2000u  // processes measured again in a cycle
#define PROMPT_IDENTIFY    4000u  // fresh processes that are identified without pauses
#define IDENTIFIED_A_MS    10u    // processes, at least, at that pace
#define FEW                64u    // processes that are identified outside a cycle
#define PACE               20     // a paced batch uses one part in 20 of a scheduler
#define DEADLINE_SWEEP_MS  20000
#define DEADLINE_MS        8000
#define PROBE_MS           1000   // for a supervisor to answer
#define APPLICATIONS_EVERY 10     // cycles
#define CROWD              10000u // children: such a supervisor is read at most every CROWD_MS
#define CROWD_MS           5000

// What parts of a cycle cost the node that does not measure them itself.
#define NS_PER_NAME       200u
#define NS_PER_SUPERVISOR 10000u
#define NS_PER_CHILD      200u

static void next_step(struct node *node);

// ---- cost ------------------------------------------------------------------------------------

static void account(struct sampler *sampler, uint64_t ns, uint64_t bytes) {
    int64_t second = clock_monotonic_ms() / 1000;
    size_t at = (size_t)(second % IMPACT_SECONDS);
    if (sampler->second[at] != second) {
        sampler->second[at] = second;
        sampler->ns[at] = sampler->bytes[at] = 0;
    }
    sampler->ns[at] += ns;
    sampler->bytes[at] += bytes;
    sampler->cost_ns += ns;
}

struct node_impact node_impact(const struct node *node) {
    const struct sampler *sampler = &node->sampler;
    struct node_impact impact = {.interval_ms = sampler->interval,
            .sweeps = sampler->sweeps,
            .last_sweep_ns = sampler->last_sweep_ns,
            .idle = clock_monotonic_ms() - sampler->looked_at > LOOK_MS};
    int64_t now = clock_monotonic_ms() / 1000;
    for (size_t i = 0; i < IMPACT_SECONDS; i++) {
        if (sampler->second[i] > now - IMPACT_SECONDS) {
            impact.cpu_percent += (double)sampler->ns[i];
            impact.bytes_per_second += (double)sampler->bytes[i];
        }
    }
    impact.cpu_percent = impact.cpu_percent / IMPACT_SECONDS / 1e9 * 100.0;
    impact.bytes_per_second /= IMPACT_SECONDS;
    if (node->link != NULL) {
        impact.bytes_in = link_bytes_in(node->link);
        impact.bytes_out = link_bytes_out(node->link);
    }
    return impact;
}

// ---- who waits -------------------------------------------------------------------------------

static void tell_waiters(struct node *node, const struct error *error) {
    struct waiter *list = node->sampler.waiters;
    struct waiter *later = NULL;
    node->sampler.waiters = NULL;
    while (list != NULL) {
        struct waiter *waiter = list;
        list = waiter->next;
        if (error == NULL && waiter->cycle > node->sampler.cycle) {
            waiter->next = later;
            later = waiter;
            continue;
        }
        waiter->looked(waiter->context, error);
        free(waiter);
    }
    while (later != NULL) {
        struct waiter *next = later->next;
        later->next = node->sampler.waiters;
        node->sampler.waiters = later;
        later = next;
    }
}

static void begin_cycle(struct node *node, bool fresh);

// ---- the end of a cycle ----------------------------------------------------------------------

static int64_t interval_of(const struct sampler *sampler, uint64_t bytes) {
    double by_cpu = (double)sampler->cost_ns / 1e6 * 100.0 / BUDGET_PERCENT;
    double by_bytes = (double)bytes * 1000.0 / BUDGET_BYTES;
    double interval = by_cpu > by_bytes ? by_cpu : by_bytes;
    if (interval < INTERVAL_LEAST_MS) {
        return INTERVAL_LEAST_MS;
    }
    return interval > INTERVAL_MOST_MS ? INTERVAL_MOST_MS : (int64_t)interval;
}

static void on_due(uv_timer_t *timer) {
    struct node *node = timer->data;
    struct sampler *sampler = &node->sampler;
    if (sampler->paused) {
        sampler->paused = false;
        next_step(node);
    } else if (!sampler->running && clock_monotonic_ms() - sampler->looked_at <= LOOK_MS) {
        begin_cycle(node, false);
    }
}

static void wait_for_due(struct node *node) {
    int64_t wait = node->sampler.due - clock_monotonic_ms();
    uv_timer_start(&node->sampler.timer, on_due, wait > 0 ? (uint64_t)wait : 0, 0);
}

static void tell_swept(struct node *node) {
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    if (watcher != NULL) {
        watcher->swept(watcher->context, node);
    }
}

// A cycle that failed is over; whatever is left waits for the next one in its time.
static void end_failed_cycle(struct node *node) {
    struct sampler *sampler = &node->sampler;
    sampler->running = sampler->paused = sampler->awaits_prompt = false;
    sampler->step = SAMPLER_IDLE;
    sampler->due = clock_monotonic_ms() + sampler->interval;
    mirror_collect_fresh(node->mirror);
    wait_for_due(node);
}

static void end_cycle(struct node *node) {
    struct sampler *sampler = &node->sampler;
    uint64_t bytes = link_bytes_in(node->link) - sampler->bytes_before;
    account(sampler, 0, bytes);
    sampler->running = false;
    sampler->step = SAMPLER_IDLE;
    sampler->interval = interval_of(sampler, bytes);
    sampler->due = clock_monotonic_ms() + sampler->interval;
    node_is_scanned(node);
    watching_prompt(node);
    tell_swept(node);
    tell_waiters(node, NULL);
    if (sampler->running) {
        return; // somebody who was told has asked for more
    }
    if (sampler->waiters != NULL) {
        begin_cycle(node, true);
    } else if (node->mirror->fresh.count > 0) {
        begin_cycle(node, false); // the first snapshot goes on
    } else {
        wait_for_due(node);
    }
}

// A step of the cycle failed: the node is slow or its agent in trouble. The mirror keeps what it
// has, and the next cycle comes in its time.
static void give_up(struct node *node, const struct error *error) {
    if (node->link == NULL || node->state == NODE_DETACHING || node->state == NODE_LOST) {
        return;
    }
    if (node->state == NODE_SCANNING) {
        node_fail(node, error);
        return;
    }
    end_failed_cycle(node);
    tell_waiters(node, error);
}

// ---- the steps -------------------------------------------------------------------------------

static void swept(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    (void)answer;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    mirror_sweep_end(node->mirror);
    watching_recount(node);
    node->sampler.swept = true;
    node->sampler.sweeps++;
    node->sampler.last_sweep_ns = node->sampler.sweep_ns;
    next_step(node);
}

static void sweep_part(void *context, const struct term *part) {
    struct node *node = context;
    uint64_t ns = absorb_sweep(node, part);
    node->sampler.sweep_ns += ns;
    account(&node->sampler, ns, 0);
}

static void ask_sweep(struct node *node) {
    bool two = node->sampler.fresh && node->sampler.sweeps > 0; // somebody waits
    node->sampler.step = SAMPLER_SWEEP;
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 1);
    encode_integer(&arguments, two ? 2 : 1);
    encode_nil(&arguments);
    node_ask(node, "sweep", buffer_str(&arguments), DEADLINE_SWEEP_MS, sweep_part, swept, node);
    buffer_finish(&arguments);
}

static void begin_cycle(struct node *node, bool fresh) {
    struct sampler *sampler = &node->sampler;
    must(!sampler->running);
    uv_timer_stop(&sampler->timer);
    sampler->running = true;
    sampler->paused = false;
    sampler->fresh = fresh;
    sampler->told = sampler->interrupted = sampler->swept = sampler->named = false;
    sampler->started = clock_monotonic_ms();
    sampler->cycle++;
    sampler->cost_ns = sampler->sweep_ns = 0;
    sampler->refreshed = 0;
    sampler->bytes_before = link_bytes_in(node->link);
    mirror_sweep_begin(node->mirror, clock_unix_ms());
    if (sampler->sweeps == 0) {
        sampler->step = SAMPLER_SWEEP; // as if it were through
        next_step(node);
    } else {
        ask_sweep(node);
    }
}

static void named(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    (void)answer;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    mirror_names_end(node->mirror);
    account(&node->sampler, (uint64_t)node->mirror->named.count * NS_PER_NAME, 0);
    next_step(node);
}

static void names_part(void *context, const struct term *part) {
    absorb_names(context, part);
}

static const struct str no_arguments = {"j", 1}; // NIL_EXT

static void ask_names(struct node *node) {
    mirror_names_begin(node->mirror);
    node_ask(node, "names", no_arguments, DEADLINE_MS, names_part, named, node);
}

static void listed_applications(
        void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    absorb_applications(node, answer);
    next_step(node);
}

static bool needs_applications(const struct node *node) {
    return node->sampler.cycle % APPLICATIONS_EVERY == 1 || node->mirror->application_count == 0 ||
           node->mirror->applications_stale || node->sampler.fresh;
}

// A list of pids as an argument; the pids of slots.
static void encode_slots(const struct node *node, struct buffer *out, const struct slots *slots) {
    if (slots->count > 0) {
        encode_list(out, slots->count);
        for (uint32_t i = 0; i < slots->count; i++) {
            uint32_t slot = slots->at[i];
            node_encode_pid(node, out, node->mirror->p.id[slot], node->mirror->p.serial[slot]);
        }
    }
    encode_nil(out);
}

static void read_supervisors(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    (void)answer;
    if (error != NULL) {
        for (uint32_t i = 0; i < node->mirror->supervisor_count; i++) {
            node->mirror->supervisors[i].reading = false;
        }
        give_up(node, error);
        return;
    }
    next_step(node);
}

static void supervisor_part(void *context, const struct term *part) {
    absorb_supervisor(context, part);
}

static bool is_to_be_read(const struct node *node, const struct supervisor *supervisor) {
    // One that was busy is not asked again in the same cycle.
    bool asked = supervisor->asked_in == node->sampler.cycle ||
                 clock_monotonic_ms() < supervisor->again_at;
    if (supervisor->slot == MIRROR_NONE || !supervisor->dirty || supervisor->reading || asked) {
        return false;
    }
    return node->sampler.fresh || supervisor->child_count < CROWD ||
           clock_unix_ms() - supervisor->read_at >= CROWD_MS;
}

void sampler_ask_supervisors(
        struct node *node, const struct slots *slots, node_part *part, node_answered *answered) {
    struct mirror *mirror = node->mirror;
    uint64_t children = 0;
    for (uint32_t i = 0; i < slots->count; i++) {
        struct supervisor *supervisor = &mirror->supervisors[mirror->p.supervises[slots->at[i]]];
        supervisor->dirty = false; // or it would be asked again if it is lost
        supervisor->reading = true;
        supervisor->asked_in = node->sampler.cycle;
        mirror_children_begin(mirror, mirror->p.supervises[slots->at[i]]);
        children += supervisor->child_count;
    }
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 3);
    encode_slots(node, &arguments, slots);
    encode_atom_text(&arguments, "true");
    encode_integer(&arguments, PROBE_MS);
    encode_nil(&arguments);
    account(&node->sampler, slots->count * NS_PER_SUPERVISOR + children * NS_PER_CHILD, 0);
    node_ask(node, "supervisors", buffer_str(&arguments), DEADLINE_SWEEP_MS, part, answered, node);
    buffer_finish(&arguments);
}

// Asks for the next supervisors that are to be read. False if there are none.
static bool ask_supervisors(struct node *node) {
    struct mirror *mirror = node->mirror;
    struct slots batch = {0};
    for (uint32_t i = 0; i < mirror->supervisor_count && batch.count < BATCH_SUPERVISORS; i++) {
        if (is_to_be_read(node, &mirror->supervisors[i])) {
            slots_add(&batch, mirror->supervisors[i].slot);
        }
    }
    bool any = batch.count > 0;
    if (any) {
        sampler_ask_supervisors(node, &batch, supervisor_part, read_supervisors);
    }
    slots_clear(&batch);
    return any;
}

static void read_behaviours(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    absorb_behaviours(node, answer);
    next_step(node);
}

static bool ask_behaviours(struct node *node) {
    struct slots *modules = &node->mirror->unknown_modules;
    if (modules->count == 0) {
        return false;
    }
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 1);
    encode_list(&arguments, modules->count);
    for (uint32_t i = 0; i < modules->count; i++) {
        encode_atom(&arguments, mirror_text(node->mirror, modules->at[i]));
    }
    encode_nil(&arguments);
    encode_nil(&arguments);
    modules->count = 0;
    node_ask(node, "behaviours", buffer_str(&arguments), DEADLINE_MS, NULL, read_behaviours, node);
    buffer_finish(&arguments);
    return true;
}

// Whether the next batch has to wait, so that a large first snapshot does not press on the node.
static bool pause_after(struct node *node, uint64_t ns, bool prompt) {
    struct sampler *sampler = &node->sampler;
    account(sampler, ns, 0);
    bool awaited = sampler->interrupted || sampler->waiters != NULL;
    if (prompt || awaited ||
            (node->state == NODE_SCANNING && node->mirror->live <= PROMPT_IDENTIFY)) {
        return false;
    }
    sampler->paused = true;
    uv_timer_start(&sampler->timer, on_due, ns * PACE / 1000000 + 1, 0);
    return true;
}

static void identified(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    uint64_t ns = absorb_identities(node, answer);
    if (!pause_after(node, ns, node->mirror->fresh.count <= PROMPT_IDENTIFY)) {
        next_step(node);
    }
}

// Whether the kind of a process follows from the module in its child spec.
static bool is_known_by_spec(const struct mirror *mirror, uint32_t slot) {
    uint32_t module = mirror->p.module[slot];
    if (mirror->p.supervisor[slot] == MIRROR_NONE || module >= mirror->behaviour_count) {
        return false;
    }
    uint8_t known = mirror->behaviours[module];
    return known != 0 && known != UINT8_MAX && known - 1 != KIND_PLAIN;
}

static bool ask_identities(struct node *node, node_answered *answered) {
    struct mirror *mirror = node->mirror;
    struct slots with = {0};
    struct slots without = {0};
    struct slots full = {0};
    uint32_t count = 0;
    while (mirror->fresh.count > 0 && count < BATCH_IDENTIFY) {
        uint32_t slot = mirror->fresh.at[--mirror->fresh.count];
        uint16_t flags = mirror->p.flags[slot];
        if (!(flags & PROCESS_LIVE) || (flags & PROCESS_IDENTIFIED)) {
            continue; // it has ended since
        }
        count++;
        uint32_t own = mirror->p.supervises[slot];
        bool crowd = own != MIRROR_NONE && mirror->supervisors[own].child_count > CROWD;
        // On a large node the child spec spares the dictionary; it may name another module than the
        // process runs, so on others every process is looked at itself, as where labels are to be
        // read anyway.
        bool by_spec = mirror->live > BY_SPEC_LEAST && !node->facts.labels &&
                       is_known_by_spec(mirror, slot);
        slots_add((flags & PROCESS_FULL) || crowd ? &full : by_spec ? &without : &with, slot);
    }
    if (mirror->fresh.count == 0) {
        slots_clear(&mirror->fresh);
    }
    if (count > 0) {
        struct buffer arguments;
        buffer_init(&arguments);
        encode_list(&arguments, 3);
        encode_slots(node, &arguments, &with);
        encode_slots(node, &arguments, &without);
        encode_slots(node, &arguments, &full);
        encode_nil(&arguments);
        node_ask(node, "identify", buffer_str(&arguments), DEADLINE_MS, NULL, answered, node);
        buffer_finish(&arguments);
    }
    slots_clear(&with);
    slots_clear(&without);
    slots_clear(&full);
    return count > 0;
}

static void refreshed(void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    if (error != NULL) {
        give_up(node, error);
        return;
    }
    if (!pause_after(node, absorb_refresh(node, answer), false)) {
        next_step(node);
    }
}

// Takes moved processes: first those somebody looks at.
static void take_moved(struct mirror *mirror, struct slots *batch, bool looked, uint32_t most) {
    uint32_t kept = 0;
    struct slots *moved = &mirror->moved;
    for (uint32_t i = 0; i < moved->count; i++) {
        uint32_t slot = moved->at[i];
        uint16_t *flags = &mirror->p.flags[slot];
        bool wanted = !looked || (*flags & PROCESS_LOOKED);
        if (!(*flags & PROCESS_LIVE)) {
            continue;
        }
        if (wanted && batch->count < most) {
            *flags &= (uint16_t) ~(PROCESS_QUEUED | PROCESS_LOOKED);
            if (!(*flags & PROCESS_FULL)) {
                slots_add(batch, slot);
            }
        } else {
            moved->at[kept++] = slot;
        }
    }
    moved->count = kept;
}

static bool ask_refresh(struct node *node) {
    struct sampler *sampler = &node->sampler;
    if (node->mirror->moved.count == 0 || sampler->refreshed >= REFRESH_MOST) {
        return false;
    }
    struct slots batch = {0};
    take_moved(node->mirror, &batch, true, BATCH_REFRESH);
    take_moved(node->mirror, &batch, false, BATCH_REFRESH);
    bool any = batch.count > 0;
    if (any) {
        sampler->refreshed += batch.count;
        struct buffer arguments;
        buffer_init(&arguments);
        encode_list(&arguments, 1);
        encode_slots(node, &arguments, &batch);
        encode_nil(&arguments);
        node_ask(node, "refresh", buffer_str(&arguments), DEADLINE_MS, NULL, refreshed, node);
        buffer_finish(&arguments);
    }
    slots_clear(&batch);
    return any;
}

// Tells who waits before the slow part of a cycle.
static void tell_early(struct node *node) {
    if (!node->sampler.told) {
        node->sampler.told = true;
        if (node->sampler.sweeps == 1) {
            // A large node is not swept again before it is identified.
            node->sampler.interval = interval_of(&node->sampler, 0);
            int64_t needed = node->mirror->live / IDENTIFIED_A_MS;
            if (node->sampler.interval < needed) {
                node->sampler.interval = needed;
            }
        }
        node_is_scanned(node);
        tell_waiters(node, NULL);
    }
}

// Whether the slow part of this cycle stands in the way of the next sweep.
static bool is_overdue(const struct node *node) {
    const struct sampler *sampler = &node->sampler;
    return sampler->told &&
           (sampler->interrupted || clock_monotonic_ms() - sampler->started > sampler->interval);
}

// Starts what comes next. Each question answers by calling this again.
static void next_step(struct node *node) {
    struct sampler *sampler = &node->sampler;
    if (sampler->step == SAMPLER_SWEEP && !sampler->named) {
        sampler->named = true;
        sampler->step = SAMPLER_NAMES;
        ask_names(node);
        return;
    }
    if (sampler->step == SAMPLER_NAMES) {
        sampler->step = SAMPLER_APPLICATIONS;
        if (needs_applications(node)) {
            node_ask(node, "applications", no_arguments, DEADLINE_MS, NULL, listed_applications,
                    node);
            return;
        }
    }
    // The rest feeds itself: a supervisor shows new processes, a process new modules.
    sampler->step = SAMPLER_SUPERVISORS;
    if (ask_supervisors(node)) {
        return;
    }
    if (sampler->fresh && node->prompting) {
        sampler->awaits_prompt = true; // what is being read at once belongs to a fresh answer
        return;
    }
    if (!sampler->swept) {
        // The first cycle: the trees are known.
        node->mirror->as_of = node->mirror->sweep_started;
        node_is_scanned(node);
        ask_sweep(node);
        return;
    }
    sampler->step = SAMPLER_BEHAVIOURS;
    if (ask_behaviours(node)) {
        return;
    }
    if (node->mirror->fresh.count > PROMPT_IDENTIFY) {
        tell_early(node);
    }
    if (is_overdue(node)) {
        end_cycle(node); // what is left is read in the next one
        return;
    }
    sampler->step = SAMPLER_IDENTIFY;
    if (ask_identities(node, identified)) {
        return;
    }
    if (node->mirror->applications_stale) {
        // A process of an application that has just started.
        node_ask(node, "applications", no_arguments, DEADLINE_MS, NULL, listed_applications, node);
        return;
    }
    tell_early(node);
    if (!sampler->running || sampler->step != SAMPLER_IDENTIFY) {
        return;
    }
    sampler->step = SAMPLER_REFRESH;
    if (!ask_refresh(node)) {
        end_cycle(node);
    }
}

// Between two cycles nobody goes on with the next step.
static void identified_at_once(
        void *context, const struct term *answer, const struct error *error) {
    struct node *node = context;
    if (error == NULL) {
        account(&node->sampler, absorb_identities(node, answer), 0);
    }
}

// ---- from outside ----------------------------------------------------------------------------

void sampler_start(struct node *node) {
    struct sampler *sampler = &node->sampler;
    sampler->running = false;
    sampler->interval = INTERVAL_LEAST_MS;
    sampler->cycle = sampler->sweeps = 0;
    sampler->looked_at = clock_monotonic_ms();
    begin_cycle(node, true);
}

void sampler_prompted(struct node *node) {
    if (node->sampler.awaits_prompt) {
        node->sampler.awaits_prompt = false;
        next_step(node);
    }
}

void sampler_identify_few(struct node *node) {
    uint32_t count = node->mirror->fresh.count;
    if (!node->sampler.running && count > 0 && count <= FEW) {
        ask_identities(node, identified_at_once);
    }
}

void sampler_stop(struct node *node, const struct error *error) {
    uv_timer_stop(&node->sampler.timer);
    node->sampler.running = node->sampler.paused = node->sampler.awaits_prompt = false;
    tell_waiters(node, error);
}

// Data older than this was taken before the sampler went to sleep.
static bool has_slept(const struct node *node) {
    int64_t age = clock_unix_ms() - node->mirror->as_of;
    return age > 2 * node->sampler.interval + 500;
}

void node_look(struct node *node, enum look look, bool fresh, node_looked *looked, void *context) {
    struct error error;
    if (node_mirror(node, &error) == NULL) {
        looked(context, &error);
        return;
    }
    struct sampler *sampler = &node->sampler;
    int64_t now = clock_monotonic_ms();
    bool slept = now - sampler->looked_at > LOOK_MS || has_slept(node);
    sampler->looked_at = now;
    bool first = look == LOOK_PROCESSES && sampler->sweeps == 0; // it is under way
    if (!fresh && !first && !(slept && now >= sampler->due && sampler->sweeps > 0)) {
        if (!sampler->running && !uv_is_active((uv_handle_t *)&sampler->timer)) {
            wait_for_due(node);
        }
        looked(context, NULL);
        return;
    }
    struct waiter *waiter = memory_new(1, sizeof *waiter);
    // A cycle that has begun does not count for who asks now.
    uint64_t cycle = sampler->cycle + !(first && !fresh);
    *waiter = (struct waiter){sampler->waiters, cycle, looked, context};
    sampler->waiters = waiter;
    if (first && !fresh) {
        return;
    }
    if (!sampler->running) {
        begin_cycle(node, fresh);
        return;
    }
    sampler->interrupted = true;
    if (sampler->paused) {
        sampler->paused = false;
        next_step(node);
    }
}
