// A drawing as PNG, on white, twice as large as it says so that it is sharp on any screen; smaller
// where that would be too many pixels, down to half of its size.
#include "render/render.h"

#include "limits.h"

#include <librsvg/rsvg.h>
#include <math.h>

#define LARGEST_SCALE  2.0
#define SMALLEST_SCALE 0.5 // below, no text can be read

static bool contains(struct str text, const char *part) {
    return memmem(text.at, text.length, part, strlen(part)) != NULL;
}

// librsvg loads no files for a document without an address; but data: addresses and entities can
// still hold much in little. Drawings of ours have none.
static void check_alone(struct str input) {
    static const char *const parts[] = {"<!", "<image", "<use", "href", "<?xml-stylesheet", "url("};
    for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
        if (contains(input, parts[i])) {
            render_end(RENDER_REFUSED, "a drawing may not contain \"%s\"", parts[i]);
        }
    }
}

static double scale_of(double width, double height) {
    if (!(width >= 1.0 && height >= 1.0)) {
        render_end(RENDER_REFUSED, "the drawing does not say its width and height in pixels");
    }
    double scale = LARGEST_SCALE;
    scale = fmin(scale, sqrt((double)LIMIT_RENDER_PIXELS / (width * height)));
    scale = fmin(scale, (double)LIMIT_RENDER_SIDE / fmax(width, height));
    if (scale < SMALLEST_SCALE) {
        render_end(RENDER_REFUSED,
                "the drawing is too large for a PNG: %.0f by %.0f pixels; ask for SVG, or for a "
                "part of it",
                width, height);
    }
    return scale;
}

void render_png(struct str input, struct buffer *output) {
    check_alone(input);
    GError *error = NULL;
    RsvgHandle *handle = rsvg_handle_new_from_data((const guint8 *)input.at, input.length, &error);
    if (handle == NULL) {
        render_end(RENDER_REFUSED, "this is no SVG: %s", error->message);
    }
    double width = 0.0;
    double height = 0.0;
    rsvg_handle_get_intrinsic_size_in_pixels(handle, &width, &height);
    double scale = scale_of(width, height);
    int across = (int)fmax(floor(width * scale), 1.0);
    int down = (int)fmax(floor(height * scale), 1.0);
    cairo_surface_t *surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, across, down);
    cairo_t *cr = cairo_create(surface);
    cairo_set_source_rgb(cr, 1.0, 1.0, 1.0);
    cairo_paint(cr);
    RsvgRectangle viewport = {.width = across, .height = down};
    if (!rsvg_handle_render_document(handle, cr, &viewport, &error)) {
        render_end(RENDER_REFUSED, "this cannot be drawn: %s", error->message);
    }
    cairo_status_t status =
            cairo_surface_write_to_png_stream(surface, (cairo_write_func_t)render_add, output);
    if (status != CAIRO_STATUS_SUCCESS) {
        render_end(RENDER_FAILED, "cannot make the PNG: %s", cairo_status_to_string(status));
    }
}
