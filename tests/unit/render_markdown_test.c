// The Markdown that documents are written in.
#include "render/markdown.h"

#include "limits.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

static struct arena arena;
static struct buffer out;
static struct document document;

static int begin(void **state) {
    (void)state;
    arena_init(&arena);
    buffer_init(&out);
    return 0;
}

static int finish(void **state) {
    (void)state;
    arena_finish(&arena);
    buffer_finish(&out);
    return 0;
}

static void read_text(const char *text) {
    assert_null(markdown_read(&arena, str_of(text), &document));
}

static void assert_text(struct str text, const char *expected) {
    if (!str_is(text, expected)) {
        fail_msg("\"%.*s\" is not \"%s\"", STR_ARGS(text), expected);
    }
}

static void assert_block(size_t index, enum block_kind kind, unsigned level, const char *text) {
    assert_true(index < document.count);
    assert_int_equal(document.blocks[index].kind, kind);
    assert_int_equal(document.blocks[index].level, level);
    assert_text(document.blocks[index].text, text);
}

static void headings_have_four_levels(void **state) {
    (void)state;
    read_text("# One\n##  Two \n### Three\n#### Four\n##### five\n#six\n");
    assert_int_equal(document.count, 5);
    assert_block(0, BLOCK_HEADING, 1, "One");
    assert_block(1, BLOCK_HEADING, 2, "Two");
    assert_block(3, BLOCK_HEADING, 4, "Four");
    assert_block(4, BLOCK_PARAGRAPH, 0, "##### five #six");
}

static void lines_of_a_paragraph_are_joined(void **state) {
    (void)state;
    read_text("a\n  b  \r\nc\n\nd\n# e\nf");
    assert_int_equal(document.count, 4);
    assert_block(0, BLOCK_PARAGRAPH, 0, "a b c");
    assert_block(1, BLOCK_PARAGRAPH, 0, "d");
    assert_block(3, BLOCK_PARAGRAPH, 0, "f");
}

static void items_nest_by_two_spaces(void **state) {
    (void)state;
    read_text("- a\n  more\n  * b\n    12. c\n            - d\n\ntext\n-e\n1.f\n");
    assert_int_equal(document.count, 5);
    assert_block(0, BLOCK_ITEM, 0, "a more");
    assert_block(1, BLOCK_ITEM, 1, "b");
    assert_block(2, BLOCK_ITEM, 2, "c");
    assert_text(document.blocks[2].marker, "12.");
    assert_block(3, BLOCK_ITEM, 3, "d");
    assert_block(4, BLOCK_PARAGRAPH, 0, "text -e 1.f");
}

static void code_is_taken_as_it_is(void **state) {
    (void)state;
    read_text("```erlang\n# not a heading\n\n  | no | table |\n```\nafter\n```\nto the end\n");
    assert_block(0, BLOCK_CODE, 0, "# not a heading\n\n  | no | table |");
    assert_block(1, BLOCK_PARAGRAPH, 0, "after");
    assert_block(2, BLOCK_CODE, 0, "to the end");
    read_text("```\n```\n```");
    assert_block(0, BLOCK_CODE, 0, "");
    assert_block(1, BLOCK_CODE, 0, "");
}

static void tables_have_columns_with_alignments(void **state) {
    (void)state;
    read_text("| a | b | c |\n|---|:-:|--:|\n| 1 | 2 |\n| x \\| y | | z | more |\nend\n");
    assert_int_equal(document.count, 2);
    const struct block *table = &document.blocks[0];
    assert_int_equal(table->kind, BLOCK_TABLE);
    assert_int_equal(table->columns, 3);
    assert_int_equal(table->rows, 3);
    assert_int_equal(table->alignments[0], ALIGN_LEFT);
    assert_int_equal(table->alignments[1], ALIGN_CENTRE);
    assert_int_equal(table->alignments[2], ALIGN_RIGHT);
    static const char *const cells[] = {"a", "b", "c", "1", "2", "", "x \\| y", "", "z"};
    for (size_t i = 0; i < 9; i++) {
        assert_text(table->cells[i], cells[i]);
    }
    assert_block(1, BLOCK_PARAGRAPH, 0, "end");
}

static void bars_alone_make_no_table(void **state) {
    (void)state;
    read_text("a | b\nc | d\n\n| a |\n| - b |\n\n|");
    assert_int_equal(document.count, 3);
    assert_block(0, BLOCK_PARAGRAPH, 0, "a | b c | d");
    assert_block(2, BLOCK_PARAGRAPH, 0, "|");
}

static void tables_have_limits(void **state) {
    (void)state;
    for (size_t i = 0; i < LIMIT_RENDER_COLUMNS + 1; i++) {
        buffer_add_text(&out, "|a");
    }
    buffer_add_u8(&out, '\n');
    for (size_t i = 0; i < LIMIT_RENDER_COLUMNS + 1; i++) {
        buffer_add_text(&out, "|-");
    }
    assert_string_equal(
            markdown_read(&arena, buffer_str(&out), &document), "a table has too many columns");
    out.length = 0;
    buffer_add_text(&out, "|a|\n|-|\n");
    for (size_t i = 0; i < LIMIT_RENDER_ROWS; i++) {
        buffer_add_text(&out, "|b\n");
    }
    assert_string_equal(
            markdown_read(&arena, buffer_str(&out), &document), "a table has too many rows");
}

static void marks_become_markup(void **state) {
    (void)state;
    static const struct {
        const char *text, *markup, *plain;
    } rows[] = {
            {"a **b** c", "a <b>b</b> c", "a b c"},
            {"`a **b** <c>`", "<tt>a **b** &lt;c&gt;</tt>", "a **b** <c>"},
            {"\\*\\* \\` \\\\ \\a", "** ` \\ \\a", "** ` \\ \\a"},
            {"**open", "<b>open</b>", "open"},
            {"**a `b** c` d", "<b>a <tt>b** c</tt> d</b>", "a b** c d"},
            {"no `end", "no `end", "no `end"},
            {"`", "`", "`"},
            {"\\", "\\", "\\"},
            {"*a* _b_ <i> & \"", "*a* _b_ &lt;i&gt; &amp; &quot;", "*a* _b_ <i> & \""},
            {"\xff\x01", "\xEF\xBF\xBD\xEF\xBF\xBD", "\xEF\xBF\xBD\xEF\xBF\xBD"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        out.length = 0;
        markdown_markup(&out, str_of(rows[i].text));
        assert_text(buffer_str(&out), rows[i].markup);
        out.length = 0;
        markdown_plain(&out, str_of(rows[i].text));
        assert_text(buffer_str(&out), rows[i].plain);
    }
}

static void code_becomes_markup_line_by_line(void **state) {
    (void)state;
    markdown_code(&out, STR("a\t<b>\r\n\n**c**"));
    assert_text(buffer_str(&out), "a    &lt;b&gt;\n\n**c**");
}

// Whatever comes, every block's text lies within the input or the arena, and markup is balanced.
static void any_bytes_can_be_read(void **state) {
    (void)state;
    static const char alphabet[] = "ab `*|-:#\\\n\n 1.\t\r\xff<&";
    srand(3);
    for (int round = 0; round < 20000; round++) {
        char text[60];
        size_t length = 1 + (size_t)(rand() % 60);
        for (size_t i = 0; i < length; i++) {
            text[i] = alphabet[(size_t)rand() % (sizeof alphabet - 1)];
        }
        char *exact = malloc(length); // what is read beyond it is found
        memcpy(exact, text, length);
        assert_null(markdown_read(&arena, (struct str){exact, length}, &document));
        for (size_t i = 0; i < document.count; i++) {
            out.length = 0;
            markdown_markup(&out, document.blocks[i].text);
            markdown_code(&out, document.blocks[i].text);
            assert_true(str_is_utf8(buffer_str(&out)));
        }
        free(exact);
        arena_reset(&arena);
    }
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish)
    static const struct CMUnitTest tests[] = {
            TEST(headings_have_four_levels),
            TEST(lines_of_a_paragraph_are_joined),
            TEST(items_nest_by_two_spaces),
            TEST(code_is_taken_as_it_is),
            TEST(tables_have_columns_with_alignments),
            TEST(bars_alone_make_no_table),
            TEST(tables_have_limits),
            TEST(marks_become_markup),
            TEST(code_becomes_markup_line_by_line),
            TEST(any_bytes_can_be_read),
    };
    return cmocka_run_group_tests_name("render_markdown", tests, NULL, NULL);
}
