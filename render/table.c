// Rows and columns. Columns are as wide as their widest cell if all have room; else narrow ones
// stay so, and the others share what is left.
#include "render/table.h"

#include "limits.h"

#define FONT       "Sans 8.5"
#define PADDING    4.0
#define LEAST      24.0 // width of a column, with its padding
#define CELL_LINES 30

struct grid {
    const struct block *table;
    double widths[LIMIT_RENDER_COLUMNS]; // with padding
};

static PangoLayout *cell_text(const struct flow *flow, const struct block *table, size_t row,
        unsigned column, double width) {
    struct buffer markup;
    buffer_init(&markup);
    buffer_add_text(&markup, row == 0 ? "<b>" : "");
    markdown_markup(&markup, table->cells[row * table->columns + column]);
    buffer_add_text(&markup, row == 0 ? "</b>" : "");
    PangoLayout *text = flow_text(flow, FONT, buffer_str(&markup), width);
    buffer_finish(&markup);
    static const PangoAlignment alignments[] = {
            [ALIGN_LEFT] = PANGO_ALIGN_LEFT,
            [ALIGN_CENTRE] = PANGO_ALIGN_CENTER,
            [ALIGN_RIGHT] = PANGO_ALIGN_RIGHT,
    };
    pango_layout_set_alignment(text, alignments[table->alignments[column]]);
    pango_layout_set_height(text, -CELL_LINES);
    pango_layout_set_ellipsize(text, PANGO_ELLIPSIZE_END);
    return text;
}

// Of the widest cell on one line; PAGE_CONTENT is as good as any greater width.
static double natural_width(const struct flow *flow, const struct block *table, unsigned column) {
    double widest = LEAST;
    for (size_t row = 0; row < table->rows; row++) {
        PangoLayout *text = cell_text(flow, table, row, column, PAGE_CONTENT);
        PangoRectangle box;
        pango_layout_get_extents(text, NULL, &box);
        double width = pango_units_to_double(box.width) + 2.0 * PADDING + 0.5;
        widest = width > widest ? width : widest;
        g_object_unref(text);
    }
    return widest < PAGE_CONTENT ? widest : PAGE_CONTENT;
}

// Columns narrower than their fair share keep their width; that leaves more for the others, whose
// share grows, until all that are left are wider than it.
static void share_width(struct grid *grid) {
    bool fixed[LIMIT_RENDER_COLUMNS] = {false};
    double left = PAGE_CONTENT;
    unsigned sharing = grid->table->columns;
    bool again = true;
    while (again && sharing > 0) {
        again = false;
        double share = left / sharing;
        for (unsigned i = 0; i < grid->table->columns; i++) {
            if (!fixed[i] && grid->widths[i] <= share) {
                fixed[i] = again = true;
                left -= grid->widths[i];
                sharing--;
                break;
            }
        }
    }
    for (unsigned i = 0; i < grid->table->columns; i++) {
        if (!fixed[i]) {
            grid->widths[i] = left / sharing;
        }
    }
}

static void draw_ground(struct flow *flow, const struct grid *grid, double height, bool heading) {
    double width = 0.0;
    for (unsigned i = 0; i < grid->table->columns; i++) {
        width += grid->widths[i];
    }
    if (heading) {
        cairo_set_source_rgb(flow->cr, 0.92, 0.935, 0.955);
        cairo_rectangle(flow->cr, PAGE_MARGIN, flow->y, width, height);
        cairo_fill(flow->cr);
    }
    cairo_set_source_rgb(flow->cr, 0.75, 0.77, 0.8);
    cairo_set_line_width(flow->cr, 0.5);
    cairo_move_to(flow->cr, PAGE_MARGIN, flow->y + height);
    cairo_rel_line_to(flow->cr, width, 0.0);
    cairo_stroke(flow->cr);
    cairo_set_source_rgb(flow->cr, 0.0, 0.0, 0.0);
}

static void draw_row(struct flow *flow, const struct grid *grid, size_t row) {
    const struct block *table = grid->table;
    PangoLayout *texts[LIMIT_RENDER_COLUMNS];
    double height = 0.0;
    for (unsigned i = 0; i < table->columns; i++) {
        texts[i] = cell_text(flow, table, row, i, grid->widths[i] - 2.0 * PADDING);
        double own = flow_height(texts[i]) + 2.0 * PADDING;
        height = own > height ? own : height;
    }
    // Headings are not left alone at the end of a page.
    if (flow_need(flow, row == 0 ? 3.0 * height : height) && row > 0) {
        draw_row(flow, grid, 0);
    }
    draw_ground(flow, grid, height, row == 0);
    double x = PAGE_MARGIN;
    for (unsigned i = 0; i < table->columns; i++) {
        cairo_move_to(flow->cr, x + PADDING, flow->y + PADDING);
        pango_cairo_show_layout(flow->cr, texts[i]);
        g_object_unref(texts[i]);
        x += grid->widths[i];
    }
    flow->y += height;
}

void table_draw(struct flow *flow, const struct block *table) {
    struct grid grid = {.table = table};
    for (unsigned i = 0; i < table->columns; i++) {
        grid.widths[i] = natural_width(flow, table, i);
    }
    share_width(&grid);
    for (size_t row = 0; row < table->rows; row++) {
        draw_row(flow, &grid, row);
    }
}
