// Drawings: where nodes are put, and that what is written is XML that draws all of them.
#include "insight/graph.h"

#include "insight/graph_drawing.h"
#include "insight/graph_text.h"
#include "unit/graph_fixture.h"

static struct drawing drawing;
static uint32_t width;
static uint32_t height;

static const char *draw(void) {
    out.length = 0;
    graph_svg(&out, &graph, STR("n@h"), &width, &height);
    return written();
}

static size_t count_of(const char *text, const char *part) {
    size_t count = 0;
    for (const char *at = strstr(text, part); at != NULL; at = strstr(at + 1, part)) {
        count++;
    }
    return count;
}

// ---- well-formed ------------------------------------------------------------------------------

static const char *skip_text(const char *at, const char *until) {
    for (; strchr(until, *at) == NULL; at++) {
        assert_true((uint8_t)*at >= 0x20 || *at == '\n');
        if (*at == '&') {
            assert_true(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
                        strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0);
        }
    }
    return at;
}

// Attributes up to > or />, whose end is returned.
static const char *skip_attributes(const char *at) {
    while (*at == ' ') {
        at += 1 + strspn(at + 1, "abcdefghijklmnopqrstuvwxyzBX-0123456789");
        assert_true(at[0] == '=' && at[1] == '"');
        at = skip_text(at + 2, "\"<");
        assert_int_equal(*at, '"');
        at++;
    }
    assert_true(*at == '>' || (at[0] == '/' && at[1] == '>'));
    return at;
}

// Elements are nested and closed, attributes quoted, and no character is left bare that means
// something.
static void check_xml(const char *at) {
    char open[16][16];
    size_t depth = 0;
    do {
        assert_int_equal(*at, '<');
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz");
        if (at[1] == '/') {
            length = strspn(at + 2, "abcdefghijklmnopqrstuvwxyz");
            assert_true(depth > 0 && strlen(open[depth - 1]) == length);
            assert_memory_equal(open[--depth], at + 2, length);
            at = skip_attributes(at + 2 + length);
        } else {
            assert_true(length > 0 && length < 16 && depth < 16);
            snprintf(open[depth], sizeof open[depth], "%.*s", (int)length, at + 1);
            at = skip_attributes(at + 1 + length);
            depth += *at == '>';
        }
        at = skip_text(at + (*at == '>' ? 1 : 2), "<");
    } while (depth > 0);
    assert_int_equal(*at, '\0');
}

// ---- places -----------------------------------------------------------------------------------

static bool within(const struct drawing_box *inner, const struct drawing_box *outer) {
    return inner->x >= outer->x && inner->y >= outer->y &&
           inner->x + inner->width <= outer->x + outer->width &&
           inner->y + inner->height <= outer->y + outer->height;
}

static bool are_apart(const struct drawing_box *a, const struct drawing_box *b) {
    return a->x + a->width <= b->x || b->x + b->width <= a->x || a->y + a->height <= b->y ||
           b->y + b->height <= a->y;
}

// Every node is in its panel, and nothing covers anything else.
static void check_places(void) {
    drawing_place(&arena, &graph, &drawing);
    struct drawing_box sheet = {.width = drawing.width, .height = drawing.height};
    for (size_t i = 0; i < drawing.panel_count; i++) {
        assert_true(within(&drawing.panels[i].box, &sheet));
        for (size_t j = 0; j < i; j++) {
            assert_true(are_apart(&drawing.panels[i].box, &drawing.panels[j].box));
        }
    }
    for (size_t i = 0; i < graph.node_count; i++) {
        assert_true(within(&drawing.boxes[i], &drawing.panels[drawing.panel_of[i]].box));
        for (size_t j = 0; j < i; j++) {
            assert_true(are_apart(&drawing.boxes[i], &drawing.boxes[j]));
        }
    }
}

static void trees_of_a_cluster_share_a_panel(void **state) {
    (void)state;
    uint32_t shop = cluster("shop");
    uint32_t bank = cluster("bank");
    for (uint32_t i = 0; i < 6; i++) {
        uint32_t root = add("root", GRAPH_SUPERVISOR, GRAPH_NONE);
        nodes[root].cluster = i == 5 ? GRAPH_NONE : i % 2 ? shop : bank;
        nodes[add("child", GRAPH_WORKER, root)].cluster = nodes[root].cluster;
    }
    check_places();
    assert_int_equal(drawing.panel_count, 3);
    assert_int_equal(drawing.tree_count, 6);
    assert_int_equal(drawing.panels[0].cluster, shop);
    assert_int_equal(drawing.panels[2].cluster, GRAPH_NONE);
    assert_int_equal(drawing.panel_of[2], drawing.panel_of[7]); // roots 1 and 3, and a child
    assert_int_not_equal(drawing.panel_of[0], drawing.panel_of[2]);
    assert_true(drawing.loose_y < 0.0);
}

static void what_is_in_no_tree_is_below_all_trees(void **state) {
    (void)state;
    uint32_t root = add("root", GRAPH_SUPERVISOR, GRAPH_NONE);
    add("child", GRAPH_WORKER, root);
    for (uint32_t i = 0; i < 30; i++) {
        add(i == 4 ? "one with a long name, which makes its own column wide" : "a",
                i % 5 ? GRAPH_OTHER : GRAPH_PORT, GRAPH_NONE);
    }
    check_places();
    assert_int_equal(drawing.panel_count, 2);
    assert_true(drawing.loose_y > drawing.boxes[root].y + DRAWING_BOX_HEIGHT);
    for (uint32_t i = 2; i < 32; i++) {
        assert_true(drawing.boxes[i].y > drawing.loose_y);
    }
    assert_true(drawing.boxes[2].width > drawing.boxes[31].width);
    assert_non_null(strstr(draw(), ">In no supervision tree<"));
}

static void many_leaves_get_a_frame(void **state) {
    (void)state;
    uint32_t root = add("root", GRAPH_SUPERVISOR, GRAPH_NONE);
    add("first", GRAPH_WORKER, root);
    uint32_t pool = add("pool", GRAPH_SUPERVISOR, root);
    for (int i = 0; i < 200; i++) {
        add("worker", GRAPH_WORKER, pool);
    }
    check_places();
    assert_int_equal(drawing.tree_count, 1);
    const struct drawing_tree *tree = &drawing.trees[0];
    assert_int_equal(tree->count, 4); // root, first, pool, and a frame
    assert_int_equal(tree->nodes[3], GRAPH_NONE);
    struct drawing_box frame = {
            tree->items[3].x, tree->items[3].y, tree->items[3].width, tree->items[3].height};
    for (uint32_t i = 3; i < graph.node_count; i++) {
        assert_true(within(&drawing.boxes[i], &frame));
    }
    assert_true(frame.width < 2.5 * frame.height && frame.height < 2.5 * frame.width);
}

static void parents_in_a_ring_are_drawn_beside_the_trees(void **state) {
    (void)state;
    add("a", GRAPH_SUPERVISOR, 1);
    add("b", GRAPH_SUPERVISOR, 0);
    add("c", GRAPH_WORKER, 1);
    add("root", GRAPH_SUPERVISOR, GRAPH_NONE);
    add("child", GRAPH_WORKER, 3);
    check_places();
    assert_int_equal(drawing.tree_count, 1);
    assert_int_equal(drawing.trees[0].count, 2);
    check_xml(draw());
}

static void a_full_graph_is_drawn_in_a_screen_s_form(void **state) {
    (void)state;
    srand(5);
    for (uint32_t i = 0; i < 40; i++) {
        cluster("app");
    }
    while (graph.node_count < GRAPH_DRAWN) {
        uint32_t index = (uint32_t)graph.node_count;
        uint32_t app = index % 40;
        uint32_t parent = index < 40 ? GRAPH_NONE : (uint32_t)rand() % (index / 3 + 1);
        add("Some.Process", GRAPH_WORKER, index % 11 == 10 ? GRAPH_NONE : parent);
        nodes[index].cluster = parent == GRAPH_NONE ? app : nodes[parent].cluster;
    }
    for (uint32_t i = 0; i < 3000; i++) {
        connect(i, (uint32_t)rand() % GRAPH_DRAWN, i % 2 ? GRAPH_LINK : GRAPH_MONITOR);
    }
    const char *text = draw();
    assert_int_equal(count_of(text, "<g><title>#PID&lt;0."), GRAPH_DRAWN);
    assert_true(width < 20000 && height < 20000);
    check_xml(text);
}

// ---- text -------------------------------------------------------------------------------------

static void the_drawing_is_xml_whatever_the_names(void **state) {
    (void)state;
    static const char *const names[] = {"<script>alert(1)</script>", "a\" onload=\"b", "]]>&amp;",
            "\xff\xfe\x80", "\x01\x1f\x7f\xC2\x85", "\xEF\xBF\xBF", "\xED\xA0\x80", "",
            "\xE6\x97\xA5\xE6\x9C\xAC", "-->", "\xF0\x9F"};
    nodes[0].cluster = cluster("<b> & \"c\"");
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        uint32_t node = add(names[i], (enum graph_shape)(i % 4), i ? 0 : GRAPH_NONE);
        nodes[node].note = str_of(names[i]);
        nodes[node].key = arena_printf(&arena, "%s%zu", names[i], i);
        nodes[node].cluster = 0;
    }
    check_xml(draw());
    assert_true(str_is_utf8(buffer_str(&out)));
    assert_null(strstr(out.at, "<script"));
    assert_null(strstr(out.at, "onload=\"b"));
}

static void nothing_in_it_is_active_or_styled(void **state) {
    (void)state;
    uint32_t app = cluster("app");
    nodes[add("a", GRAPH_SUPERVISOR, GRAPH_NONE)].cluster = app;
    add("b", GRAPH_WORKER, 0); // with a stripe: it is in no cluster, its panel is
    connect(0, 1, GRAPH_MONITOR);
    connect(1, 1, GRAPH_MONITOR);
    const char *text = draw();
    static const char *const forbidden[] = {
            "<style", " style=", "<script", "href", "url(", "<image"};
    for (size_t i = 0; i < sizeof forbidden / sizeof forbidden[0]; i++) {
        assert_null(strstr(text, forbidden[i]));
    }
    check_xml(text);
}

static void the_legend_names_what_is_there(void **state) {
    (void)state;
    add("a", GRAPH_SUPERVISOR, GRAPH_NONE);
    add("b", GRAPH_WORKER, 0);
    add("c", GRAPH_WORKER, 0);
    connect(0, 1, GRAPH_LINK); // supervision says it
    const char *text = draw();
    assert_non_null(strstr(text, ">supervisor<"));
    assert_non_null(strstr(text, ">worker<"));
    assert_non_null(strstr(text, ">supervises<"));
    assert_null(strstr(text, ">port<"));
    assert_null(strstr(text, ">link<"));
    connect(1, 2, GRAPH_LINK);
    text = draw();
    assert_non_null(strstr(text, ">link<"));
    assert_null(strstr(text, ">monitor<"));
}

static void clusters_within_a_tree_are_named_in_the_legend(void **state) {
    (void)state;
    for (uint32_t i = 0; i < 15; i++) {
        cluster(arena_printf(&arena, "Module%u", i).at);
        nodes[add("a", GRAPH_SUPERVISOR, i ? i - 1 : GRAPH_NONE)].cluster = i;
    }
    const char *text = draw();
    assert_non_null(strstr(text, ">Module1<"));
    assert_non_null(strstr(text, ">Module12<"));
    assert_null(strstr(text, ">Module13<"));
    assert_non_null(strstr(text, ">and 2 more<"));
}

static void an_empty_graph_is_a_title(void **state) {
    (void)state;
    check_xml(draw());
    assert_true(width > 20 && width < 200 && height < 120);
}

static void size_is_that_of_the_document(void **state) {
    (void)state;
    add("a", GRAPH_SUPERVISOR, GRAPH_NONE);
    const char *text = draw();
    assert_non_null(
            strstr(text, arena_printf(&arena, "width=\"%u\" height=\"%u\" viewBox=\"0 0 %u %u\"",
                                 width, height, width, height)
                                 .at));
}

static void columns_count_what_a_terminal_would(void **state) {
    (void)state;
    static const struct {
        const char *text;
        size_t columns;
    } rows[] = {{"", 0}, {"abc", 3}, {"\xC3\xA9", 1}, {"e\xCC\x81", 1},
            {"\xE6\x97\xA5\xE6\x9C\xAC", 4}, {"\xF0\x9F\x8C\xB3", 2}, {"\xff\xff", 2}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_int_equal(graph_columns(str_of(rows[i].text)), rows[i].columns);
    }
}

static void long_labels_are_cut_in_the_middle(void **state) {
    (void)state;
    struct str text = STR("Elixir.Company.Product.Orders.Checkout.Server");
    struct str cut = graph_cut(&arena, text, 20);
    assert_true(str_equal(cut, STR("Elixir.\xE2\x80\xA6"
                                   "ckout.Server")));
    assert_int_equal(graph_columns(cut), 20);
    assert_true(graph_cut(&arena, text, 45).at == text.at);
    struct str wide =
            STR("\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC\xE6\x97\xA5\xE6\x9C\xAC");
    cut = graph_cut(&arena, wide, 8);
    assert_true(str_is_utf8(cut) && graph_columns(cut) <= 8);
    struct str zeros = {"\0\0\0\0\0\0\0\0\0\0", 10};
    assert_int_equal(graph_cut(&arena, zeros, 8).length, 10); // seven of them and an ellipsis
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            TEST(trees_of_a_cluster_share_a_panel),
            TEST(what_is_in_no_tree_is_below_all_trees),
            TEST(many_leaves_get_a_frame),
            TEST(parents_in_a_ring_are_drawn_beside_the_trees),
            TEST(a_full_graph_is_drawn_in_a_screen_s_form),
            TEST(the_drawing_is_xml_whatever_the_names),
            TEST(nothing_in_it_is_active_or_styled),
            TEST(the_legend_names_what_is_there),
            TEST(clusters_within_a_tree_are_named_in_the_legend),
            TEST(an_empty_graph_is_a_title),
            TEST(size_is_that_of_the_document),
            TEST(columns_count_what_a_terminal_would),
            TEST(long_labels_are_cut_in_the_middle),
    };
    return cmocka_run_group_tests_name("insight_graph_svg", tests, NULL, NULL);
}
