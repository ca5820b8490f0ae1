// Parts of the agent that are loaded when an operation needs them first.
//
// One load runs at a time on a node, so that no part is loaded twice by us: that would leave old
// code behind, which keeps a part from being loaded again.
#include "base/memory.h"
#include "node/agent_modules.h"
#include "node/node_private.h"
#include "term/encode.h"

#include <stdlib.h>

#define LOAD_MS 5000

struct part_load {
    struct part_load *next;
    struct node *node;
    uint64_t missing; // bit i: agent_modules[i]
    parts_loaded *loaded;
    void *context;
};

static void go_on(struct node *node);

static void finish(struct part_load *load, const struct error *error) {
    struct node *node = load->node;
    node->part_loads = load->next;
    load->loaded(load->context, error);
    free(load);
    go_on(node);
}

static void answered(void *context, const struct term *answer, const struct error *error) {
    struct part_load *load = context;
    (void)answer;
    if (error != NULL) {
        finish(load, error);
        return;
    }
    load->missing &= load->missing - 1; // the lowest one is there now
    go_on(load->node);
}

// Loads the next part of the first in the queue.
static void go_on(struct node *node) {
    struct part_load *load = node->part_loads;
    if (load == NULL) {
        return;
    }
    if (load->missing == 0) {
        finish(load, NULL);
        return;
    }
    const struct agent_module *part = &agent_modules[__builtin_ctzll(load->missing)];
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 2);
    encode_atom_text(&arguments, part->name);
    encode_binary(&arguments, (struct str){(const char *)part->beam, part->size});
    encode_nil(&arguments);
    node_ask(node, "load_part", buffer_str(&arguments), LOAD_MS, NULL, answered, load);
    buffer_finish(&arguments);
}

static uint64_t read_names(const struct term *names) {
    const struct term *items;
    uint32_t count;
    uint64_t parts = 0;
    if (!term_list(names, &items, &count)) {
        return 0;
    }
    for (uint32_t i = 0; i < count; i++) {
        for (uint32_t m = 0; m < agent_module_count; m++) {
            parts |= term_is_atom(&items[i], agent_modules[m].name) ? UINT64_C(1) << m : 0;
        }
    }
    return parts;
}

void parts_load(struct node *node, const struct term *names, parts_loaded *loaded, void *context) {
    struct part_load *load = memory_new(1, sizeof *load);
    *load = (struct part_load){
            .node = node, .missing = read_names(names), .loaded = loaded, .context = context};
    struct part_load **at = &node->part_loads;
    bool idle = *at == NULL;
    while (*at != NULL) {
        at = &(*at)->next;
    }
    *at = load;
    if (idle) {
        go_on(node);
    }
}
