// Any terms as answers of an agent: whatever a node says, its mirror stays whole, and what is shown
// of it is valid JSON.
//
// Input: pieces, each of a byte that chooses who gets it, two bytes of length, and a term without
// its version byte. Pids of the node are made likely: every node name counts as the node's own.
#include "../unit/jansson_beside.h"
#include "../unit/node_invariants.h"
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/health.h"
#include "insight/paths.h"
#include "node/mirror_query.h"
#include "node/node_private.h"
#include "operations/process_rows.h"
#include "operations/supervisor_rows.h"
#include "term/decode.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct node node;

static bool send_nothing(struct link *link, const struct term_pid *to, struct str message) {
    (void)link;
    (void)to;
    return message.length > 0;
}

static const struct link_carrier carrier = {.send = send_nothing};
static struct link fake = {.carrier = &carrier};

static void check_json(const struct buffer *text) {
    // As reals: jansson has no integers over 63 bits, and a node may claim any.
    json_t *json = json_loadb(text->at, text->length,
            JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL | JSON_DECODE_INT_AS_REAL, NULL);
    must(json_is_object(json));
    json_decref(json);
}

static void names(const struct term *term) {
    mirror_names_begin(node.mirror);
    absorb_names(&node, term);
    if (term->type != TERM_LIST || term->size % 2 == 0) {
        mirror_names_end(node.mirror); // others broke off
    }
}

static void sweep(const struct term *term) {
    mirror_sweep_begin(node.mirror, 1);
    absorb_sweep(&node, term);
    if (term->type == TERM_TUPLE && term->size == 3) {
        mirror_sweep_end(node.mirror);
    }
}

static void event(const struct term *term) {
    struct term items[] = {
            {.type = TERM_ATOM, .text = STR("event")}, {.type = TERM_INTEGER, .integer = 1}, *term};
    watching_event(&node, &(struct term){.type = TERM_TUPLE, .size = 3, .items = items});
}

static void absorb(uint8_t which, const struct term *term) {
    switch (which % 10) {
    case 0:
        sweep(term);
        return;
    case 1:
        names(term);
        return;
    case 2:
        absorb_applications(&node, term);
        return;
    case 3:
        absorb_behaviours(&node, term);
        return;
    case 4:
        must(absorb_identities(&node, term) < UINT64_C(60000000000));
        return;
    case 5:
        must(absorb_refresh(&node, term) < UINT64_C(60000000000));
        return;
    case 6:
        absorb_facts(&node, term);
        return;
    case 7:
        event(term);
        return;
    default:
        absorb_supervisor(&node, term);
        return;
    }
}

static void read_pieces(const uint8_t *data, size_t size) {
    struct buffer bytes;
    buffer_init(&bytes);
    while (size > 3) {
        uint8_t which = data[0];
        size_t length = (size_t)data[1] << 8 | data[2];
        length = length < size - 3 ? length : size - 3;
        bytes.length = 0;
        buffer_add_u8(&bytes, 131);
        buffer_add(&bytes, data + 3, length);
        struct term term;
        struct error error;
        arena_reset(&node.arena);
        if (decode_term(&node.arena, buffer_str(&bytes), &term, &error)) {
            absorb(which, &term);
            check_mirror(node.mirror);
        }
        data += 3 + length;
        size -= 3 + length;
    }
    buffer_finish(&bytes);
}

static void check_pages(void) {
    static const struct process_filter all = {
            .supervised = -1, .memory_max = UINT64_MAX, .queue_max = UINT32_MAX};
    struct buffer out;
    buffer_init(&out);
    for (int sort = SORT_PID; sort < SORT_COUNT; sort++) {
        struct process_page page;
        struct error error;
        arena_reset(&node.arena);
        must(mirror_query(node.mirror, &node.arena, &all, (enum process_sort)sort, sort % 2, 0, 200,
                &page, &error));
        must(page.total == node.mirror->live);
        for (uint32_t i = 0; i < page.count; i++) {
            out.length = 0;
            process_row(&out, node.mirror, page.slots[i]);
            check_json(&out);
        }
    }
    buffer_finish(&out);
}

static void check_trees(void) {
    struct buffer out;
    buffer_init(&out);
    for (uint32_t i = 0; i < node.mirror->supervisor_count; i++) {
        if (node.mirror->supervisors[i].slot == MIRROR_NONE) {
            continue;
        }
        out.length = 0;
        path_of_supervisor(node.mirror, i, &out);
        path_resolve(node.mirror, buffer_str(&out));
        out.length = 0;
        json_open_object(&out, NULL);
        supervisor_summary(&out, node.mirror, i);
        supervisor_configuration(&out, node.mirror, i);
        supervisor_children(&out, node.mirror, i);
        supervisor_tree(&out, "tree", node.mirror, i, LIMIT_TREE_DEPTH, true);
        json_close_object(&out);
        check_json(&out);
    }
    buffer_finish(&out);
    struct health_figures figures = {.memory_total = 1};
    double overall = health_of_system(node.mirror, &figures).overall;
    must(overall >= 0.0 && overall <= 100.0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct error gone;
    error_set(&gone, ERROR_CONNECTION_LOST, "the end");
    node = (struct node){.name = "n@h", .state = NODE_READY, .link = &fake};
    node.guard = (struct term_pid){.node = str_of(node.name), .creation = 9};
    node.nodes = nodes_create(NULL, STR("whitebeam@h"));
    node.mirror = mirror_create(str_of(node.name), 9);
    watching_start(&node);
    arena_init(&node.arena);
    // Somebody to talk about: <0.1.0> to <0.8.0>, of which the first four are supervisors.
    for (uint32_t id = 1; id <= 8; id++) {
        uint32_t slot = mirror_touch(node.mirror, id, 0);
        if (id <= 4) {
            mirror_supervisor_touch(node.mirror, slot);
        }
    }
    read_pieces(data, size);
    check_pages();
    check_trees();
    arena_finish(&node.arena);
    buffer_finish(&node.out);
    ask_fail_all(&node, &gone);
    mirror_destroy(node.mirror);
    nodes_destroy(node.nodes);
    return 0;
}
