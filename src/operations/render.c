// Through the renderer, a program of its own.
#include "operations/render.h"

#include "operations/services.h"
#include "sandbox/renderer.h"

static void rendered(void *context, struct str bytes, const struct error *error) {
    struct call *call = context;
    if (error != NULL) {
        struct error with = *error;
        error_detail(&with, "closest", STR("format=svg, or format=markdown"));
        call_fail(call, &with);
        return;
    }
    call->answer.length = 0;
    buffer_add_str(&call->answer, bytes);
    call_done(call, 200);
}

static void render(struct call *call, enum renderer_format format, const char *type) {
    struct str input = arena_copy(&call->arena, buffer_str(&call->answer));
    call->content_type = type;
    renderer_run(call->services->loop, renderer_program(), format, input, rendered, call);
}

void render_png(struct call *call) {
    render(call, RENDERER_PNG, "image/png");
}

void render_pdf(struct call *call) {
    render(call, RENDERER_PDF, "application/pdf");
}
