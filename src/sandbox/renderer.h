// Pictures and documents: PNG of a drawing, PDF of Markdown, made by the program whitebeam-render
// (see render/main.c), which limits itself, so that nothing it does wrong concerns the daemon.
//
// For one loop: what runs and waits is counted in one place. At most LIMIT_RENDER_AT_ONCE run, and
// LIMIT_RENDER_WAITING wait for their turn; neither takes longer than LIMIT_RENDER_MS.
#ifndef WHITEBEAM_SANDBOX_RENDERER_H
#define WHITEBEAM_SANDBOX_RENDERER_H

#include "base/error.h"
#include "base/str.h"

#include <uv.h>

enum renderer_format { RENDERER_PNG, RENDERER_PDF };

// `bytes` and the error are valid during the call only; the error is NULL when there are bytes.
typedef void renderer_done(void *context, struct str bytes, const struct error *error);

// Where the program is: beside the daemon's own, or in ../lib/whitebeam. NULL if it is not there.
const char *renderer_program(void);

// Gives the program the input, which is SVG for PNG and Markdown for PDF, and calls back exactly
// once with what it made: inside this call when it cannot begin or wait, else later. `program` is
// renderer_program(), which may be NULL. Errors:
// ERROR_NOT_IMPLEMENTED      it is not installed
// ERROR_UNPROCESSABLE        it refuses the input, with its own words; or needs too much for it
// ERROR_ANSWER_TOO_LARGE     more than LIMIT_RENDER_OUTPUT came
// ERROR_DEADLINE             it did not end in time
// ERROR_UNAVAILABLE          too many wait already, its turn did not come, or renderer_stop()
// ERROR_INTERNAL             it failed
void renderer_run(uv_loop_t *loop, const char *program, enum renderer_format format,
        struct str input, renderer_done *done, void *context);

// Ends what runs and waits: their callbacks come with ERROR_UNAVAILABLE, at once for those that
// wait, soon for the others, while the loop runs.
void renderer_stop(void);

// Another time than LIMIT_RENDER_MS for what begins from now on: tests do not wait so long.
void renderer_set_deadline(uint64_t ms);

#endif
