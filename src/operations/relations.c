// The agent's rows: {Pid, Links, LinksTotal, Ports, Monitors, MonitorsTotal, MonitoredBy,
// TrapExit}, {Pid, skipped} (whitebeam_relations.erl).
#include "operations/relations.h"

#include "term/encode.h"

#define RELATIONS_MS 20000

// Room for one more of `count` things of `size` bytes.
static void *grown(
        struct relations *relations, void *old, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return old;
    }
    size_t more = *room ? 2 * *room : 256;
    void *new = arena_take(&relations->call->arena, more, size);
    if (count > 0) {
        memcpy(new, old, count * size);
    }
    *room = more;
    return new;
}

static void add(struct relations *relations, const struct term_pid *from, const struct term *to,
        bool monitor) {
    if (to->type != TERM_PID) {
        return;
    }
    relations->at = grown(
            relations, relations->at, relations->count, &relations->room, sizeof *relations->at);
    relations->at[relations->count++] =
            (struct relation){from->id, from->serial, to->pid->id, to->pid->serial, monitor};
}

static void add_all(struct relations *relations, const struct term_pid *from,
        const struct term *list, const struct term *total, bool monitor) {
    const struct term *items;
    uint32_t count;
    int64_t all;
    if (!term_list(list, &items, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        add(relations, from, &items[i], monitor);
    }
    if (count >= 1000 && term_integer(total, &all) && all > count) {
        relations->cut += (size_t)all - count;
    }
}

static void take_part(void *context, const struct term *part) {
    struct relations *relations = context;
    const struct term *rows;
    uint32_t count;
    if (!term_list(part, &rows, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count; i++) {
        const struct term *pid = term_element(&rows[i], 0);
        if (pid == NULL || pid->type != TERM_PID) {
            continue;
        }
        if (term_is_atom(term_element(&rows[i], 1), "skipped")) {
            relations->skipped++;
            continue;
        }
        relations->answered++;
        add_all(relations, pid->pid, term_element(&rows[i], 1), term_element(&rows[i], 2), false);
        add_all(relations, pid->pid, term_element(&rows[i], 4), term_element(&rows[i], 5), true);
        if (term_is_atom(term_element(&rows[i], 7), "true")) {
            relations->trapping = grown(relations, relations->trapping, relations->trapping_count,
                    &relations->trapping_room, sizeof *relations->trapping);
            relations->trapping[relations->trapping_count++] =
                    (struct trapping){pid->pid->id, pid->pid->serial};
        }
    }
}

static void answered(void *context, const struct term *answer, const struct error *error) {
    struct relations *relations = context;
    (void)answer;
    if (error != NULL) {
        call_fail(relations->call, error);
        return;
    }
    relations->then(relations);
}

void relations_ask(struct call *call, struct node *node, const uint32_t *slots, size_t count,
        void *state, void (*then)(struct relations *relations)) {
    struct relations *relations = arena_take_zeroed(&call->arena, 1, sizeof *relations);
    *relations = (struct relations){.call = call, .node = node, .state = state, .then = then};
    const struct mirror *mirror = node_any_mirror(node);
    if (count == 0) {
        then(relations);
        return;
    }
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 1);
    encode_list(&arguments, (uint32_t)count);
    for (size_t i = 0; i < count; i++) {
        node_encode_pid(node, &arguments, mirror->p.id[slots[i]], mirror->p.serial[slots[i]]);
    }
    encode_nil(&arguments);
    encode_nil(&arguments);
    node_ask(node, "relations", buffer_str(&arguments), RELATIONS_MS, take_part, answered,
            relations);
    buffer_finish(&arguments);
}
