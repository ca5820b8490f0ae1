// Walking over a mirror. Trees are walked with a stack of their own; a process is added once.
#include "insight/graph_of.h"

#include "limits.h"
#include "node/kinds.h"

// ---- growing ---------------------------------------------------------------------------------

// Room for one more of `count` things of `size` bytes.
static void *grown(struct arena *arena, void *old, size_t count, size_t *room, size_t size) {
    if (count < *room) {
        return old;
    }
    size_t more = *room ? 2 * *room : 64;
    void *new = arena_take(arena, more, size);
    if (count > 0) {
        memcpy(new, old, count * size);
    }
    *room = more;
    return new;
}

static void add_edge(struct graph_of *of, uint32_t from, uint32_t to, enum graph_edge_kind kind) {
    struct graph *graph = &of->graph;
    graph->edges =
            grown(of->arena, graph->edges, graph->edge_count, &of->edge_room, sizeof *graph->edges);
    graph->edges[graph->edge_count++] = (struct graph_edge){from, to, kind};
}

static uint32_t cluster_named(struct graph_of *of, struct str name) {
    struct graph *graph = &of->graph;
    for (size_t i = graph->cluster_count; i > 0; i--) { // the newest first: neighbours share one
        if (str_equal(graph->clusters[i - 1], name)) {
            return (uint32_t)(i - 1);
        }
    }
    graph->clusters = grown(of->arena, graph->clusters, graph->cluster_count, &of->cluster_room,
            sizeof *graph->clusters);
    graph->clusters[graph->cluster_count] = name;
    return (uint32_t)graph->cluster_count++;
}

// ---- nodes -----------------------------------------------------------------------------------

static struct str shown(const struct mirror *mirror, uint32_t id) {
    return mirror_alias(mirror_text(mirror, id));
}

static uint32_t cluster_of(struct graph_of *of, uint32_t slot) {
    const struct mirror *mirror = of->mirror;
    const struct application *application;
    uint32_t supervisor;
    switch (of->cluster) {
    case CLUSTER_NONE:
        return GRAPH_NONE;
    case CLUSTER_SUPERVISOR:
        supervisor = mirror->p.supervises[slot] != MIRROR_NONE ? mirror->p.supervises[slot]
                                                               : mirror->p.supervisor[slot];
        return supervisor == MIRROR_NONE
                       ? GRAPH_NONE
                       : cluster_named(of,
                                 shown(mirror,
                                         mirror->p.display[mirror->supervisors[supervisor].slot]));
    case CLUSTER_APPLICATION:
        application = mirror_application_of(mirror, slot);
        return application ? cluster_named(of, mirror_text(mirror, application->name)) : GRAPH_NONE;
    case CLUSTER_MODULE:
        return mirror->p.module[slot] ? cluster_named(of, shown(mirror, mirror->p.module[slot]))
                                      : GRAPH_NONE;
    }
    return GRAPH_NONE;
}

static struct str label_of(struct graph_of *of, uint32_t slot, const struct child *child) {
    const struct mirror *mirror = of->mirror;
    if (mirror->p.name[slot] != 0) {
        return shown(mirror, mirror->p.name[slot]);
    }
    if (child != NULL && child->id != 0) {
        return mirror_text(mirror, child->id);
    }
    return mirror->p.display[slot] ? shown(mirror, mirror->p.display[slot])
                                   : arena_printf(of->arena, "<0.%u.%u>", mirror->p.id[slot],
                                             mirror->p.serial[slot]);
}

// The node of a process; GRAPH_NONE when there are too many.
static uint32_t add_node(
        struct graph_of *of, uint32_t slot, uint32_t parent, const struct child *child) {
    const struct mirror *mirror = of->mirror;
    struct graph *graph = &of->graph;
    if (of->node_of[slot] != GRAPH_NONE) {
        return of->node_of[slot];
    }
    if (graph->node_count == of->most) {
        of->left_out++;
        return GRAPH_NONE;
    }
    size_t slots_room = of->room;
    graph->nodes =
            grown(of->arena, graph->nodes, graph->node_count, &of->room, sizeof *graph->nodes);
    of->slot_of =
            grown(of->arena, of->slot_of, graph->node_count, &slots_room, sizeof *of->slot_of);
    uint32_t index = (uint32_t)graph->node_count++;
    uint32_t own = mirror->p.supervises[slot];
    const char *note = own != MIRROR_NONE ? strategy_text(mirror->supervisors[own].strategy)
                       : child != NULL    ? restart_text(child->restart)
                                          : NULL;
    graph->nodes[index] = (struct graph_node){
            .key = arena_printf(
                    of->arena, "#PID<0.%u.%u>", mirror->p.id[slot], mirror->p.serial[slot]),
            .label = label_of(of, slot, child),
            .shape = own != MIRROR_NONE ? GRAPH_SUPERVISOR
                     : child != NULL    ? GRAPH_WORKER
                                        : GRAPH_OTHER,
            .parent = parent,
            .cluster = cluster_of(of, slot),
            .note = note ? str_of(note) : STR(""),
    };
    of->slot_of[index] = slot;
    of->node_of[slot] = index;
    return index;
}

// ---- trees -----------------------------------------------------------------------------------

struct level {
    uint32_t supervisor, next; // its next child
};

static void add_child(struct graph_of *of, struct level *stack, uint32_t *depth, uint32_t most) {
    const struct mirror *mirror = of->mirror;
    struct level *top = &stack[*depth - 1];
    const struct supervisor *supervisor = &mirror->supervisors[top->supervisor];
    const struct child *child = &supervisor->children[top->next];
    if (child->state != CHILD_RUNNING || !mirror_child_alive(mirror, top->supervisor, child) ||
            of->node_of[child->slot] != GRAPH_NONE) {
        return;
    }
    uint32_t parent = of->node_of[supervisor->slot];
    uint32_t node = add_node(of, child->slot, parent, child);
    if (node == GRAPH_NONE) {
        return;
    }
    add_edge(of, parent, node, GRAPH_SUPERVISES);
    uint32_t own = mirror->p.supervises[child->slot];
    if (own != MIRROR_NONE && *depth < most) {
        stack[(*depth)++] = (struct level){own, 0};
    }
}

void graph_of_tree(struct graph_of *of, uint32_t supervisor, uint32_t depth) {
    struct level stack[LIMIT_TREE_DEPTH + 1];
    uint32_t used = 0;
    uint32_t most = depth < LIMIT_TREE_DEPTH ? depth : LIMIT_TREE_DEPTH;
    uint32_t root = of->mirror->supervisors[supervisor].slot;
    if (of->node_of[root] != GRAPH_NONE || add_node(of, root, GRAPH_NONE, NULL) == GRAPH_NONE) {
        return;
    }
    stack[used++] = (struct level){supervisor, 0};
    while (used > 0) {
        struct level *top = &stack[used - 1];
        if (top->next == of->mirror->supervisors[top->supervisor].child_count) {
            used--;
            continue;
        }
        uint32_t at = used;
        add_child(of, stack, &used, most);
        stack[at - 1].next++;
    }
}

// ---- the node --------------------------------------------------------------------------------

void graph_of_begin(struct graph_of *of, struct arena *arena, const struct mirror *mirror,
        enum graph_cluster cluster, uint32_t most) {
    *of = (struct graph_of){.arena = arena, .mirror = mirror, .cluster = cluster, .most = most};
    of->node_of = arena_take(arena, mirror->slot_count + 1u, sizeof *of->node_of);
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        of->node_of[slot] = GRAPH_NONE;
    }
}

void graph_of_node(struct graph_of *of, bool others) {
    const struct mirror *mirror = of->mirror;
    for (uint32_t i = 0; i < mirror->supervisor_count; i++) {
        uint32_t slot = mirror->supervisors[i].slot;
        if (slot != MIRROR_NONE && mirror->p.supervisor[slot] == MIRROR_NONE) {
            graph_of_tree(of, i, LIMIT_TREE_DEPTH);
        }
    }
    for (uint32_t slot = 0; others && slot < mirror->slot_count; slot++) {
        if (mirror->p.flags[slot] & PROCESS_LIVE) {
            add_node(of, slot, GRAPH_NONE, NULL);
        }
    }
}

static bool both(const struct graph_of *of, uint32_t a, uint32_t b) {
    return a < of->mirror->slot_count && b < of->mirror->slot_count &&
           of->node_of[a] != GRAPH_NONE && of->node_of[b] != GRAPH_NONE;
}

bool graph_of_link(struct graph_of *of, uint32_t a, uint32_t b) {
    if (!both(of, a, b)) {
        return false;
    }
    uint32_t from = of->node_of[a];
    uint32_t to = of->node_of[b];
    if (from < to) { // the other end tells it too
        add_edge(of, from, to, GRAPH_LINK);
    }
    return true;
}

bool graph_of_monitor(struct graph_of *of, uint32_t from, uint32_t to) {
    if (!both(of, from, to)) {
        return false;
    }
    add_edge(of, of->node_of[from], of->node_of[to], GRAPH_MONITOR);
    return true;
}
