// Graphs as JSON, in Graphviz's language and in Mermaid's.
#include "insight/graph.h"

#include "unit/graph_fixture.h"
#include "unit/jansson_beside.h"

// top supervises a worker and another supervisor, which supervises nothing; a process in no tree
// monitors the worker, and the worker is linked to it.
static void make_family(void) {
    uint32_t app = cluster("shop");
    add("Top", GRAPH_SUPERVISOR, GRAPH_NONE);
    add("Cart", GRAPH_WORKER, 0);
    add("", GRAPH_SUPERVISOR, 0);
    add("erlang.apply/2", GRAPH_OTHER, GRAPH_NONE);
    nodes[0].note = STR("one_for_all");
    nodes[0].cluster = nodes[1].cluster = nodes[2].cluster = app;
    connect(0, 1, GRAPH_SUPERVISES);
    connect(0, 1, GRAPH_LINK);
    connect(1, 3, GRAPH_LINK);
    connect(3, 1, GRAPH_MONITOR);
}

static json_t *read_json(void) {
    buffer_add_u8(&out, '{');
    graph_json(&out, &graph);
    buffer_add_u8(&out, '}');
    json_t *json = json_loadb(out.at, out.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(json);
    return json;
}

static const char *text_at(const json_t *array, size_t index, const char *key) {
    return json_string_value(json_object_get(json_array_get(array, index), key));
}

static void json_has_nodes_edges_and_clusters(void **state) {
    (void)state;
    make_family();
    json_t *json = read_json();
    const json_t *list = json_object_get(json, "nodes");
    assert_int_equal(json_array_size(list), 4);
    assert_string_equal(text_at(list, 0, "id"), "#PID<0.100.0>");
    assert_string_equal(text_at(list, 0, "note"), "one_for_all");
    assert_true(json_is_null(json_object_get(json_array_get(list, 0), "parent")));
    assert_string_equal(text_at(list, 1, "label"), "Cart");
    assert_string_equal(text_at(list, 1, "type"), "worker");
    assert_string_equal(text_at(list, 1, "parent"), "#PID<0.100.0>");
    assert_string_equal(text_at(list, 1, "cluster"), "shop");
    assert_true(json_is_null(json_object_get(json_array_get(list, 1), "note")));
    assert_true(json_is_null(json_object_get(json_array_get(list, 3), "cluster")));
    assert_string_equal(text_at(json_object_get(json, "edges"), 0, "type"), "supervises");
    assert_string_equal(
            json_string_value(json_array_get(json_object_get(json, "clusters"), 0)), "shop");
    json_decref(json);
}

static void json_tells_supervision_once_and_every_link(void **state) {
    (void)state;
    make_family();
    json_t *json = read_json();
    const json_t *list = json_object_get(json, "edges");
    static const char *const expected[][3] = {
            {"#PID<0.100.0>", "#PID<0.101.0>", "supervises"},
            {"#PID<0.100.0>", "#PID<0.102.0>", "supervises"},
            {"#PID<0.100.0>", "#PID<0.101.0>", "link"},
            {"#PID<0.101.0>", "#PID<0.103.0>", "link"},
            {"#PID<0.103.0>", "#PID<0.101.0>", "monitor"},
    };
    assert_int_equal(json_array_size(list), 5);
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(text_at(list, i, "from"), expected[i][0]);
        assert_string_equal(text_at(list, i, "to"), expected[i][1]);
        assert_string_equal(text_at(list, i, "type"), expected[i][2]);
    }
    json_decref(json);
}

static void an_empty_graph_has_forms_too(void **state) {
    (void)state;
    json_t *json = read_json();
    assert_int_equal(json_array_size(json_object_get(json, "nodes")), 0);
    json_decref(json);
    out.length = 0;
    graph_mermaid(&out, &graph);
    assert_string_equal(written(), "flowchart LR\n");
    out.length = 0;
    graph_dot(&out, &graph, STR("nothing"));
    assert_non_null(strstr(written(), "digraph \"nothing\" {\n"));
}

// ---- Graphviz --------------------------------------------------------------------------------

static void dot_has_clusters_and_lines_that_mean_something(void **state) {
    (void)state;
    make_family();
    graph_dot(&out, &graph, STR("n@h"));
    const char *text = written();
    const char *inside = strstr(text, "  subgraph cluster_0 {\n    label=\"shop\";");
    const char *end = strstr(text, "  }\n");
    assert_true(inside != NULL && end != NULL);
    const char *worker = strstr(text, "    \"#PID<0.101.0>\" [label=\"Cart\", tooltip=");
    assert_true(worker > inside && worker < end);
    assert_true(strstr(text, "\n  \"#PID<0.103.0>\" [label=\"erlang.apply/2\"") > end);
    assert_non_null(strstr(text, "[label=\"Top\\none_for_all\""));
    assert_non_null(strstr(text, "[label=\"#PID<0.102.0>\"")); // without a label
    assert_non_null(strstr(text, "  \"#PID<0.100.0>\" -> \"#PID<0.101.0>\";\n"));
    assert_null(strstr(text, "\"#PID<0.100.0>\" -> \"#PID<0.101.0>\" [dir=none"));
    assert_non_null(strstr(text, "\"#PID<0.101.0>\" -> \"#PID<0.103.0>\" [dir=none"));
    assert_non_null(strstr(text, "\"#PID<0.103.0>\" -> \"#PID<0.101.0>\" [style=dashed"));
}

static void dot_escapes_what_labels_mean(void **state) {
    (void)state;
    add("a\"b\\N &lt; \n\xff end\\", GRAPH_WORKER, GRAPH_NONE);
    graph_dot(&out, &graph, STR("\"; x"));
    assert_non_null(strstr(written(), "digraph \"\\\"; x\" {"));
    assert_non_null(strstr(written(),
            "[label=\"a\\\"b\\\\N &amp;lt; \xEF\xBF\xBD\xEF\xBF\xBD end\\\\\", tooltip="));
}

// ---- Mermaid ---------------------------------------------------------------------------------

static void mermaid_shows_the_tree_and_dotted_lines(void **state) {
    (void)state;
    make_family();
    graph_mermaid(&out, &graph);
    assert_string_equal(written(), "flowchart LR\n"
                                   "    n0[\"Top<br/>one_for_all\"]\n"
                                   "    n1(\"Cart\")\n"
                                   "    n2[\"#35;PID#60;0.102.0#62;\"]\n"
                                   "    n3([\"erlang.apply/2\"])\n"
                                   "    n0 --> n1\n"
                                   "    n0 --> n2\n"
                                   "    n1 -.- n3\n"
                                   "    n3 -.-> n1\n");
}

static void mermaid_codes_what_it_would_understand(void **state) {
    (void)state;
    static const char *const rows[][2] = {
            {"end", "(\"end\")"}, // no keyword within quotes
            {"\"]--> n9", "(\"#34;#93;--#62; n9\")"},
            {"`bold` **x** %%{init}",
                    "(\"#96;bold#96; #42;#42;x#42;#42; #37;#37;#123;init#125;\")"},
            {"style:a#b;", "(\"style#58;a#35;b#59;\")"},
            {"1. first", "(\"#49;. first\")"},
            {"- list", "(\"#45; list\")"},
            {"\xC3\xA9t\xC3\xA9", "(\"\xC3\xA9t\xC3\xA9\")"},
            {"<script>&amp;", "(\"#60;script#62;#38;amp#59;\")"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        graph.node_count = 0;
        out.length = 0;
        add(rows[i][0], GRAPH_WORKER, GRAPH_NONE);
        graph_mermaid(&out, &graph);
        assert_string_equal(written() + strlen("flowchart LR\n    n0"),
                arena_printf(&arena, "%s\n", rows[i][1]).at);
    }
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(json_has_nodes_edges_and_clusters),
            TEST(json_tells_supervision_once_and_every_link),
            TEST(an_empty_graph_has_forms_too),
            TEST(dot_has_clusters_and_lines_that_mean_something),
            TEST(dot_escapes_what_labels_mean),
            TEST(mermaid_shows_the_tree_and_dotted_lines),
            TEST(mermaid_codes_what_it_would_understand),
    };
    return cmocka_run_group_tests_name("insight_graph", tests, NULL, NULL);
}
