// The identity of a supervisor that survives restarts: the application, then child ids from the
// top, as inspected text, each percent-encoded, joined by slashes. `*` stands for a dynamic child,
// `_` for a pid or reference inside an id, `-` for trees outside any application.
#ifndef WHITEBEAM_INSIGHT_PATHS_H
#define WHITEBEAM_INSIGHT_PATHS_H

#include "base/buffer.h"
#include "node/mirror.h"

// Appends one step of a path: text that is percent-encoded, with _ for pids and references in it.
void path_add_step(struct buffer *out, struct str text);

// Appends the path of a supervisor.
void path_of_supervisor(const struct mirror *mirror, uint32_t supervisor, struct buffer *out);

// The slot of the supervisor that text addresses: a registered name (Foo, :foo, foo; see DESIGN
// words), a pid, or a path. MIRROR_NONE if there is none.
uint32_t path_resolve(const struct mirror *mirror, struct str text);

// The slot of a process by pid or registered name, or MIRROR_NONE. *is_pid tells which form the
// text has; *id and *serial are set for a pid.
uint32_t path_process(
        const struct mirror *mirror, struct str text, bool *is_pid, uint32_t *id, uint32_t *serial);

#endif
