// Lines on pages.
#include "render/flow.h"

#include "limits.h"
#include "render/render.h"

#define TOP          PAGE_MARGIN
#define FOOTER_Y     (PAGE_HEIGHT - 44.0)
#define BAND_EDGE    4.0 // of a band above its first line and below its last
#define BAND_OVERLAP 0.5 // no seam shows between the bands of lines

static void draw_footer(struct flow *flow) {
    if (flow->pages == 0) {
        return;
    }
    char number[40];
    int length = snprintf(number, sizeof number, "%u / %u", flow->page, flow->pages);
    PangoLayout *right =
            flow_text(flow, "Sans 8", (struct str){number, (size_t)length}, PAGE_CONTENT);
    pango_layout_set_alignment(right, PANGO_ALIGN_RIGHT);
    PangoLayout *left = flow_text(flow, "Sans 8", (struct str){"", 0}, PAGE_CONTENT * 0.8);
    pango_layout_set_text(left, flow->title, -1);
    pango_layout_set_height(left, 0); // one line
    pango_layout_set_ellipsize(left, PANGO_ELLIPSIZE_END);
    cairo_set_source_rgb(flow->cr, 0.4, 0.42, 0.45);
    cairo_move_to(flow->cr, PAGE_MARGIN, FOOTER_Y);
    pango_cairo_show_layout(flow->cr, right);
    cairo_move_to(flow->cr, PAGE_MARGIN, FOOTER_Y);
    pango_cairo_show_layout(flow->cr, left);
    cairo_set_source_rgb(flow->cr, 0.0, 0.0, 0.0);
    g_object_unref(left);
    g_object_unref(right);
}

void flow_begin(struct flow *flow) {
    flow->page = 1;
    flow->y = TOP;
}

void flow_end(struct flow *flow) {
    draw_footer(flow);
    cairo_show_page(flow->cr);
}

bool flow_need(struct flow *flow, double height) {
    if (flow->y + height <= PAGE_BOTTOM || flow->y <= TOP) {
        return false;
    }
    flow_end(flow);
    if (++flow->page > LIMIT_RENDER_PAGES) {
        render_end(
                RENDER_REFUSED, "the document would have more than %u pages", LIMIT_RENDER_PAGES);
    }
    flow->y = TOP;
    return true;
}

void flow_skip(struct flow *flow, double height) {
    if (flow->y > TOP) {
        flow->y += height;
    }
}

PangoLayout *flow_text(const struct flow *flow, const char *font, struct str markup, double width) {
    PangoLayout *text = pango_cairo_create_layout(flow->cr);
    PangoFontDescription *description = pango_font_description_from_string(font);
    pango_layout_set_font_description(text, description);
    pango_font_description_free(description);
    pango_layout_set_width(text, pango_units_from_double(width));
    pango_layout_set_wrap(text, PANGO_WRAP_WORD_CHAR);
    pango_layout_set_markup(text, markup.length > 0 ? markup.at : "", (int)markup.length);
    // A name that is broken must not get a hyphen that it does not have.
    PangoAttrList *attributes = pango_attr_list_copy(pango_layout_get_attributes(text));
    if (attributes == NULL) {
        attributes = pango_attr_list_new();
    }
    pango_attr_list_insert(attributes, pango_attr_insert_hyphens_new(FALSE));
    pango_layout_set_attributes(text, attributes);
    pango_attr_list_unref(attributes);
    return text;
}

double flow_height(PangoLayout *text) {
    int height;
    pango_layout_get_size(text, NULL, &height);
    return pango_units_to_double(height);
}

// Behind one line. It may go below the line, where the next band covers it, but not above: there is
// text already.
static void draw_band(struct flow *flow, double height, bool first, bool last) {
    double above = first ? BAND_EDGE : 0.0;
    double below = last ? BAND_EDGE : BAND_OVERLAP;
    cairo_set_source_rgb(flow->cr, 0.95, 0.955, 0.965);
    cairo_rectangle(flow->cr, PAGE_MARGIN, flow->y - above, PAGE_CONTENT, height + above + below);
    cairo_fill(flow->cr);
    cairo_set_source_rgb(flow->cr, 0.0, 0.0, 0.0);
}

void flow_draw(struct flow *flow, PangoLayout *text, double x, bool ground) {
    PangoLayoutIter *lines = pango_layout_get_iter(text);
    bool first = true;
    do {
        int top;
        int bottom;
        PangoRectangle box;
        pango_layout_iter_get_line_yrange(lines, &top, &bottom);
        pango_layout_iter_get_line_extents(lines, NULL, &box);
        double height = pango_units_to_double(bottom - top);
        first |= flow_need(flow, height);
        if (ground) {
            draw_band(flow, height, first, pango_layout_iter_at_last_line(lines));
        }
        first = false;
        int baseline = pango_layout_iter_get_baseline(lines);
        cairo_move_to(flow->cr, x + pango_units_to_double(box.x),
                flow->y + pango_units_to_double(baseline - top));
        pango_cairo_show_layout_line(flow->cr, pango_layout_iter_get_line_readonly(lines));
        flow->y += height;
    } while (pango_layout_iter_next_line(lines));
    pango_layout_iter_free(lines);
}
