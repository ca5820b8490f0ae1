// Differences of supervision trees, and the JSON that tells them.
#include "insight/tree_diff.h"

#include "unit/jansson_beside.h"

#include "base/json_writer.h"
#include "base/must.h"
#include "insight/tree_order.h"
#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static struct buffer out;
static json_t *before;
static json_t *after;
static json_t *answer; // what was told

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    before = after = answer = NULL;
    return 0;
}

static int finish(void **state) {
    (void)state;
    json_decref(before);
    json_decref(after);
    json_decref(answer);
    arena_finish(&arena);
    buffer_finish(&out);
    return 0;
}

// Apostrophes stand for quotes.
static json_t *parse(const char *text) {
    struct str copy = arena_copy(&arena, str_of(text));
    char *at = (char *)(uintptr_t)copy.at;
    for (size_t i = 0; i < copy.length; i++) {
        at[i] = at[i] == '\'' ? '"' : at[i];
    }
    json_t *json = json_loadb(copy.at, copy.length, 0, NULL);
    assert_non_null(json);
    return json;
}

static void compare(const char *one, const char *other) {
    struct tree_diff diff;
    struct error error;
    json_decref(before);
    json_decref(after);
    json_decref(answer);
    before = parse(one);
    after = parse(other);
    if (!tree_diff(&arena, before, after, &diff, &error)) {
        fail_msg("%s", error.message);
    }
    out.length = 0;
    buffer_add_u8(&out, '{');
    tree_diff_json(&out, &diff);
    buffer_add_u8(&out, '}');
    answer = json_loadb(out.at, out.length, JSON_REJECT_DUPLICATES, NULL);
    assert_non_null(answer);
}

// The whole list of one kind, apostrophes for quotes.
static void assert_list(const char *kind, const char *expected) {
    json_t *wanted = parse(expected);
    const json_t *list = json_object_get(answer, kind);
    if (!json_equal(list, wanted)) {
        char *text = json_dumps(list, JSON_COMPACT | JSON_SORT_KEYS);
        print_message("%s: %s\n", kind, text);
        free(text);
        json_decref(wanted);
        fail();
    }
    json_decref(wanted);
}

static void assert_summary(
        int added, int removed, int restarted, int changed, int moved, int unchanged) {
    static const char *const keys[] = {
            "added", "removed", "restarted", "changed", "moved", "unchanged"};
    const int values[] = {added, removed, restarted, changed, moved, unchanged};
    const json_t *summary = json_object_get(answer, "summary");
    for (size_t i = 0; i < 6; i++) {
        assert_int_equal(json_integer_value(json_object_get(summary, keys[i])), values[i]);
    }
    bool same = added + removed + restarted + changed + moved == 0;
    assert_int_equal(json_is_true(json_object_get(summary, "same")), same);
}

#define A                                                                                          \
    "{'id':'a','pid':'#PID<0.2.0>','name':null,'type':'worker','module':'M','state':'running',"    \
    "'restart_type':'permanent','children':[]}"
#define B                                                                                          \
    "{'id':'b','pid':'#PID<0.3.0>','name':null,'type':'worker','module':'M','state':'running',"    \
    "'restart_type':'permanent','children':[]}"
#define C                                                                                          \
    "{'id':'c d','pid':'#PID<0.4.0>','name':null,'type':'supervisor','module':'S',"                \
    "'state':'running','restart_type':'permanent','strategy':'one_for_one','children':[" A "," B   \
    "]}"
#define TREE(children)                                                                             \
    "{'root':{'name':'Top','pid':'#PID<0.1.0>','type':'supervisor','strategy':'one_for_one',"      \
    "'module':'Top','alive':true,'children':[" children "]},'metadata':{}}"

// ---- what is told ----------------------------------------------------------------------------

static void equal_trees_are_the_same(void **state) {
    (void)state;
    compare(TREE(A "," B "," C), TREE(A "," B "," C));
    assert_summary(0, 0, 0, 0, 0, 6);
    compare(TREE(""), TREE(""));
    assert_summary(0, 0, 0, 0, 0, 1);
}

static void added_and_removed_children_come_with_their_trees(void **state) {
    (void)state;
    compare(TREE(A), TREE(A "," C));
    assert_list("added", "[{'path':'c%20d','id':'c d','name':null,'type':'supervisor',"
                         "'pid':'#PID<0.4.0>','module':'S','processes_below':2}]");
    assert_summary(1, 0, 0, 0, 0, 2);
    compare(TREE(A "," C), TREE(A));
    assert_list("removed", "[{'path':'c%20d','id':'c d','name':null,'type':'supervisor',"
                           "'pid':'#PID<0.4.0>','module':'S','processes_below':2}]");
    assert_list("added", "[]");
    assert_summary(0, 1, 0, 0, 0, 2);
}

static void another_pid_under_the_same_path_is_a_restart(void **state) {
    (void)state;
    compare(TREE("{'id':'s','pid':'#PID<0.5.0>','type':'supervisor','children':[" A "," B "]}"),
            TREE("{'id':'s','pid':'#PID<0.6.0>','type':'supervisor','children':["
                 "{'id':'a','pid':'#PID<0.7.0>','type':'worker'}," B "]}"));
    assert_list("restarted",
            "[{'path':'s','id':'s','name':null,'type':'supervisor','old_pid':'#PID<0.5.0>',"
            "'new_pid':'#PID<0.6.0>','with_supervisor':false},"
            "{'path':'s/a','id':'a','name':null,'type':'worker','old_pid':'#PID<0.2.0>',"
            "'new_pid':'#PID<0.7.0>','with_supervisor':true}]");
    assert_summary(0, 0, 2, 0, 0, 2);
}

static void members_that_differ_are_told_with_both_values(void **state) {
    (void)state;
    compare(TREE("{'id':'a','pid':'#PID<0.2.0>','type':'worker','module':'M','shutdown':5000,"
                 "'significant':false,'restart_type':'permanent'}"),
            TREE("{'id':'a','pid':'#PID<0.2.0>','type':'supervisor','module':'N','shutdown':"
                 "'infinity','significant':false,'restart_type':'transient','other':1}"));
    assert_list("changed",
            "[{'path':'a','id':'a','name':null,'type':'supervisor','pid':'#PID<0.2.0>','members':{"
            "'type':{'before':'worker','after':'supervisor'},"
            "'module':{'before':'M','after':'N'},"
            "'shutdown':{'before':5000,'after':'infinity'},"
            "'restart_type':{'before':'permanent','after':'transient'}}}]");
    assert_summary(0, 0, 0, 1, 0, 1);
}

static void the_root_is_compared_too(void **state) {
    (void)state;
    compare("{'pid':'#PID<0.1.0>','strategy':'one_for_one','children':[]}",
            "{'pid':'#PID<0.9.0>','strategy':'one_for_all','children':[]}");
    assert_summary(0, 0, 1, 1, 0, 0);
    assert_string_equal(json_string_value(json_object_get(
                                json_array_get(json_object_get(answer, "changed"), 0), "path")),
            "");
}

static void a_child_that_stopped_is_changed_and_not_restarted(void **state) {
    (void)state;
    compare(TREE("{'id':'a','pid':'#PID<0.2.0>','state':'running'}"),
            TREE("{'id':'a','pid':null,'state':'restarting'}"));
    assert_summary(0, 0, 0, 1, 0, 1);
}

static void what_a_tree_does_not_say_is_no_change(void **state) {
    (void)state;
    compare(TREE("{'id':'a'}"), TREE(A));
    assert_summary(0, 0, 0, 0, 0, 2);
}

static void as_few_children_as_possible_have_moved(void **state) {
    (void)state;
    compare(TREE("{'id':'1'},{'id':'2'},{'id':'3'},{'id':'4'},{'id':'5'}"),
            TREE("{'id':'new'},{'id':'4'},{'id':'1'},{'id':'2'},{'id':'5'}"));
    assert_list("moved", "[{'path':'4','id':'4','name':null,'type':null,'pid':null,"
                         "'from':3,'to':1}]");
    assert_summary(1, 1, 0, 0, 1, 4);
}

static void children_without_ids_are_known_by_name_or_pid(void **state) {
    (void)state;
    compare(TREE("{'id':null,'pid':'#PID<0.2.0>'},{'id':null,'pid':'#PID<0.3.0>'},"
                 "{'id':null,'pid':'#PID<0.4.0>','name':'cart'}"),
            TREE("{'id':null,'pid':'#PID<0.3.0>'},{'id':null,'pid':'#PID<0.5.0>','name':'cart'},"
                 "{'id':null,'pid':'#PID<0.6.0>'}"));
    assert_list("added", "[{'path':'*','id':null,'name':null,'type':null,'pid':'#PID<0.6.0>',"
                         "'module':null,'processes_below':0}]");
    assert_list("removed", "[{'path':'*','id':null,'name':null,'type':null,'pid':'#PID<0.2.0>',"
                           "'module':null,'processes_below':0}]");
    assert_list("restarted",
            "[{'path':'*','id':null,'name':'cart','type':null,'old_pid':'#PID<0.4.0>',"
            "'new_pid':'#PID<0.5.0>','with_supervisor':false}]");
    assert_summary(1, 1, 1, 0, 0, 2); // their order means nothing
}

static void equal_ids_are_matched_in_their_order(void **state) {
    (void)state;
    compare(TREE("{'id':'a','pid':'#PID<0.2.0>'},{'id':'a','pid':'#PID<0.3.0>'}"),
            TREE("{'id':'a','pid':'#PID<0.2.0>'}"));
    assert_summary(0, 1, 0, 0, 0, 2);
}

static void ids_with_and_without_text_are_different(void **state) {
    (void)state;
    compare(TREE("{'id':'x'}"), TREE("{'id':null,'name':'x'}"));
    assert_summary(1, 1, 0, 0, 0, 1);
}

// ---- what is accepted ------------------------------------------------------------------------

static void answers_data_and_roots_are_trees(void **state) {
    (void)state;
    compare("{'data':" TREE(A) ",'meta':{}}", TREE(A));
    assert_summary(0, 0, 0, 0, 0, 2);
    compare(TREE(A), "{'name':'Top','pid':'#PID<0.1.0>','children':[" A "]}");
    assert_summary(0, 0, 0, 0, 0, 2);
}

static void assert_refused(const char *text, const char *words) {
    struct tree_diff diff;
    struct error error = {0};
    json_decref(before);
    json_decref(after);
    before = parse(text);
    after = parse(TREE(A));
    assert_false(tree_diff(&arena, after, before, &diff, &error));
    assert_int_equal(error.code, ERROR_INVALID_PARAMETER);
    assert_non_null(strstr(error.message, words));
    assert_false(tree_diff(&arena, before, after, &diff, &error));
}

static void what_is_no_tree_is_refused(void **state) {
    (void)state;
    assert_refused("[]", "no supervision tree");
    assert_refused("{}", "no supervision tree");
    assert_refused("{'data':{'root':[]}}", "no supervision tree");
    assert_refused(TREE("1"), "not an object");
    out.length = 0;
    for (int i = 0; i < LIMIT_TREE_DEPTH + 2; i++) {
        buffer_add_text(&out, "{'id':'a','children':[");
    }
    for (int i = 0; i < LIMIT_TREE_DEPTH + 2; i++) {
        buffer_add_text(&out, "]}");
    }
    buffer_add_u8(&out, 0);
    struct str deep = arena_copy(&arena, buffer_str(&out));
    struct str tree = arena_printf(&arena, "{'root':{'children':[%s]}}", deep.at);
    assert_refused(tree.at, "more than 64 levels");
    struct tree_diff diff; // not only as one that is added: in both
    struct error error = {0};
    json_decref(after);
    after = parse(tree.at);
    assert_false(tree_diff(&arena, before, after, &diff, &error));
}

// ---- order -----------------------------------------------------------------------------------

// The longest growing run, by trying all.
static size_t longest_run(const uint32_t *values, size_t count) {
    size_t best = 0;
    for (uint32_t mask = 0; mask < 1u << count; mask++) {
        size_t length = 0;
        int64_t last = -1;
        bool grows = true;
        for (size_t i = 0; i < count; i++) {
            if (mask & 1u << i) {
                grows &= values[i] != TREE_ORDER_NONE && (int64_t)values[i] > last;
                last = values[i];
                length++;
            }
        }
        best = grows && length > best ? length : best;
    }
    return best;
}

static void what_has_not_moved_is_in_order_and_the_most_there_can_be(void **state) {
    (void)state;
    srand(1);
    for (int round = 0; round < 300; round++) {
        uint32_t values[10];
        size_t count = (size_t)rand() % 11;
        for (uint32_t i = 0; i < count; i++) { // a permutation with some new ones in it
            uint32_t j = (uint32_t)rand() % (i + 1);
            values[i] = values[j];
            values[j] = i;
        }
        for (size_t i = 0; i < count; i++) {
            values[i] = rand() % 5 ? values[i] : TREE_ORDER_NONE;
        }
        const bool *moved = tree_order_moved(&arena, values, count);
        size_t kept = 0;
        int64_t last = -1;
        for (size_t i = 0; i < count; i++) {
            if (values[i] == TREE_ORDER_NONE) {
                assert_false(moved[i]);
            } else if (!moved[i]) {
                assert_true((int64_t)values[i] > last);
                last = values[i];
                kept++;
            }
        }
        assert_int_equal(kept, longest_run(values, count));
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(equal_trees_are_the_same),
            TEST(added_and_removed_children_come_with_their_trees),
            TEST(another_pid_under_the_same_path_is_a_restart),
            TEST(members_that_differ_are_told_with_both_values),
            TEST(the_root_is_compared_too),
            TEST(a_child_that_stopped_is_changed_and_not_restarted),
            TEST(what_a_tree_does_not_say_is_no_change),
            TEST(as_few_children_as_possible_have_moved),
            TEST(children_without_ids_are_known_by_name_or_pid),
            TEST(equal_ids_are_matched_in_their_order),
            TEST(ids_with_and_without_text_are_different),
            TEST(answers_data_and_roots_are_trees),
            TEST(what_is_no_tree_is_refused),
            TEST(what_has_not_moved_is_in_order_and_the_most_there_can_be),
    };
    return cmocka_run_group_tests_name("insight_tree_diff", tests, NULL, NULL);
}
