// A graph as a flowchart of Mermaid. Labels are quoted; what could be markup, Markdown or a keyword
// to some version of Mermaid is written as an entity code, whose number is decimal.
#include "insight/graph.h"

#include "insight/graph_parts.h"
#include "insight/graph_text.h"

// Colons too: Mermaid takes the semicolon from the end of what looks like `style…:…#…;`. A
// beginning that is no letter could be a list in Markdown.
static bool is_plain(uint32_t character, bool first) {
    bool letter = (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z');
    bool inner = (character >= '0' && character <= '9') ||
                 (character < 0x80 && strchr(" ._/,()-=", (int)character) != NULL);
    return letter || character >= 0x80 || (inner && !first);
}

static void add_label(struct buffer *out, struct str text) {
    bool first = true;
    while (text.length > 0) {
        uint32_t character = graph_next_character(&text);
        if (is_plain(character, first)) {
            graph_add_character(out, character);
        } else {
            buffer_printf(out, "#%u;", character);
        }
        first = false;
    }
}

static void add_node(struct buffer *out, const struct graph_node *node, uint32_t index) {
    static const struct {
        const char *open, *close;
    } shapes[] = {
            [GRAPH_SUPERVISOR] = {"[\"", "\"]"},
            [GRAPH_WORKER] = {"(\"", "\")"},
            [GRAPH_OTHER] = {"([\"", "\"])"},
            [GRAPH_PORT] = {"{{\"", "\"}}"},
    };
    buffer_printf(out, "    n%u%s", index, shapes[node->shape].open);
    add_label(out, node->label.length > 0 ? node->label : node->key);
    if (node->note.length > 0) {
        buffer_add_text(out, "<br/>");
        add_label(out, node->note);
    }
    buffer_printf(out, "%s\n", shapes[node->shape].close);
}

void graph_mermaid(struct buffer *out, const struct graph *graph) {
    static const char *const arrows[] = {
            [GRAPH_SUPERVISES] = "-->", [GRAPH_LINK] = "-.-", [GRAPH_MONITOR] = "-.->"};
    graph_check(graph);
    buffer_add_text(out, "flowchart LR\n");
    for (uint32_t i = 0; i < graph->node_count; i++) {
        add_node(out, &graph->nodes[i], i);
    }
    for (uint32_t i = 0; i < graph->node_count; i++) {
        if (graph->nodes[i].parent != GRAPH_NONE) {
            buffer_printf(out, "    n%u --> n%u\n", graph->nodes[i].parent, i);
        }
    }
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct graph_edge *edge = &graph->edges[i];
        if (!graph_edge_is_implied(graph, edge)) {
            buffer_printf(out, "    n%u %s n%u\n", edge->from, arrows[edge->kind], edge->to);
        }
    }
}
