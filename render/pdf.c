// A document as PDF: A4 pages with numbers, an outline of its headings, and its title. It is set
// twice: the first time only tells how many pages there are.
#include "limits.h"
#include "render/flow.h"
#include "render/markdown.h"
#include "render/render.h"
#include "render/table.h"

#include <cairo-pdf.h>

#define INDENT        14.0 // of items, for each level
#define NUMBER_INDENT 24.0 // of the text behind a number

struct setting {
    struct flow flow;
    cairo_surface_t *surface;
    int parents[4]; // the outline's last entry of each level above
};

static void add_outline(struct setting *setting, const struct block *heading) {
    struct buffer name;
    buffer_init(&name);
    markdown_plain(&name, heading->text);
    buffer_add_u8(&name, 0);
    char target[60];
    snprintf(target, sizeof target, "page=%u pos=[0 %d]", setting->flow.page,
            (int)setting->flow.y - 4);
    unsigned level = heading->level;
    int parent = level > 1 ? setting->parents[level - 2] : CAIRO_PDF_OUTLINE_ROOT;
    int entry = cairo_pdf_surface_add_outline(
            setting->surface, parent, name.at, target, CAIRO_PDF_OUTLINE_FLAG_OPEN);
    for (unsigned i = level - 1; i < 4; i++) {
        setting->parents[i] = entry; // a level that is skipped hangs below this one
    }
    buffer_finish(&name);
}

static void draw_heading(struct setting *setting, const struct block *block) {
    static const char *const fonts[] = {
            "Sans Bold 19", "Sans Bold 14", "Sans Bold 11.5", "Sans Bold 10"};
    static const double above[] = {26.0, 20.0, 14.0, 11.0};
    static const double below[] = {9.0, 6.0, 4.0, 3.0};
    struct flow *flow = &setting->flow;
    struct buffer markup;
    buffer_init(&markup);
    markdown_markup(&markup, block->text);
    PangoLayout *text = flow_text(flow, fonts[block->level - 1], buffer_str(&markup), PAGE_CONTENT);
    flow_skip(flow, above[block->level - 1]);
    flow_need(flow, flow_height(text) + 50.0); // some lines of what it is the heading of
    if (flow->pages > 0) {
        add_outline(setting, block);
    }
    flow_draw(flow, text, PAGE_MARGIN, false);
    flow->y += below[block->level - 1];
    g_object_unref(text);
    buffer_finish(&markup);
}

static void draw_text(struct flow *flow, struct str words, double indent) {
    struct buffer markup;
    buffer_init(&markup);
    markdown_markup(&markup, words);
    PangoLayout *text = flow_text(flow, "Sans 9.5", buffer_str(&markup), PAGE_CONTENT - indent);
    pango_layout_set_line_spacing(text, 1.25f);
    flow_draw(flow, text, PAGE_MARGIN + indent, false);
    g_object_unref(text);
    buffer_finish(&markup);
}

// The marker, and beside it the text, whose first line is as high and fits where the marker did.
static void draw_item(struct flow *flow, const struct block *item) {
    bool bullet = item->marker.length == 1;
    struct str marker = bullet ? STR("\u2022") : item->marker;
    PangoLayout *text = flow_text(flow, "Sans 9.5", marker, PAGE_CONTENT);
    pango_layout_set_line_spacing(text, 1.25f);
    double indent = INDENT * item->level;
    double width = bullet ? INDENT : NUMBER_INDENT;
    flow_need(flow, flow_height(text));
    double y = flow->y;
    flow_draw(flow, text, PAGE_MARGIN + indent, false);
    flow->y = y;
    draw_text(flow, item->text, indent + width);
    g_object_unref(text);
}

static void draw_code(struct flow *flow, const struct block *block) {
    struct buffer markup;
    buffer_init(&markup);
    markdown_code(&markup, block->text);
    PangoLayout *text = flow_text(flow, "Monospace 8", buffer_str(&markup), PAGE_CONTENT - 12.0);
    pango_layout_set_wrap(text, PANGO_WRAP_CHAR);
    flow_draw(flow, text, PAGE_MARGIN + 6.0, true);
    g_object_unref(text);
    buffer_finish(&markup);
}

static void draw_block(struct setting *setting, const struct block *block, bool first_item) {
    struct flow *flow = &setting->flow;
    switch (block->kind) {
    case BLOCK_HEADING:
        draw_heading(setting, block);
        break;
    case BLOCK_PARAGRAPH:
        flow_skip(flow, 6.0);
        draw_text(flow, block->text, 0.0);
        break;
    case BLOCK_ITEM:
        flow_skip(flow, first_item ? 6.0 : 2.0);
        draw_item(flow, block);
        break;
    case BLOCK_CODE:
        flow_skip(flow, 12.0);
        draw_code(flow, block);
        flow->y += 8.0;
        break;
    case BLOCK_TABLE:
        flow_skip(flow, 9.0);
        table_draw(flow, block);
        flow->y += 4.0;
        break;
    }
}

// Sets the document on a surface; `pages` is 0 to count them, which is the result.
static unsigned set_document(cairo_surface_t *surface, const struct document *document,
        const char *title, unsigned pages) {
    struct setting setting = {
            .surface = surface, .flow = {cairo_create(surface), title, 1, pages, 0.0}};
    flow_begin(&setting.flow);
    for (size_t i = 0; i < document->count; i++) {
        bool first_item = i == 0 || document->blocks[i - 1].kind != BLOCK_ITEM;
        draw_block(&setting, &document->blocks[i], first_item);
    }
    flow_end(&setting.flow);
    cairo_destroy(setting.flow.cr);
    return setting.flow.page;
}

static cairo_status_t count_only(void *closure, const unsigned char *bytes, unsigned length) {
    (void)closure;
    (void)bytes;
    (void)length;
    return CAIRO_STATUS_SUCCESS;
}

// The text of the first heading of level 1, ends with NUL.
static void find_title(const struct document *document, struct buffer *title) {
    for (size_t i = 0; i < document->count; i++) {
        if (document->blocks[i].kind == BLOCK_HEADING && document->blocks[i].level == 1) {
            markdown_plain(title, document->blocks[i].text);
            break;
        }
    }
    buffer_add_u8(title, 0);
}

void render_pdf(struct str input, struct buffer *output) {
    if (input.length > LIMIT_RENDER_MARKDOWN) {
        render_end(RENDER_REFUSED, "the document has more than %u MB of text",
                LIMIT_RENDER_MARKDOWN >> 20);
    }
    struct arena arena;
    arena_init(&arena);
    struct document document;
    const char *why = markdown_read(&arena, input, &document);
    if (why != NULL) {
        render_end(RENDER_REFUSED, "%s", why);
    }
    struct buffer title;
    buffer_init(&title);
    find_title(&document, &title);
    cairo_surface_t *counting =
            cairo_pdf_surface_create_for_stream(count_only, NULL, PAGE_WIDTH, PAGE_HEIGHT);
    unsigned pages = set_document(counting, &document, title.at, 0);
    cairo_surface_destroy(counting);
    cairo_surface_t *surface = cairo_pdf_surface_create_for_stream(
            (cairo_write_func_t)render_add, output, PAGE_WIDTH, PAGE_HEIGHT);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, title.at);
    cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "Whitebeam");
    set_document(surface, &document, title.at, pages);
    cairo_surface_finish(surface);
    cairo_status_t status = cairo_surface_status(surface);
    if (status != CAIRO_STATUS_SUCCESS) {
        render_end(RENDER_FAILED, "cannot make the PDF: %s", cairo_status_to_string(status));
    }
    cairo_surface_destroy(surface);
    buffer_finish(&title);
    arena_finish(&arena);
}
