// The row writer. A list of 50 rows is answered tens of thousands of times a second, so rows
// are written by hand (row_writer.h): the room of a row is reserved once, and keys and integers are
// copied into it.
#include "operations/process_rows.h"

#include "node/kinds.h"
#include "operations/row_writer.h"

static char *put_names(struct buffer *out, char *at, const struct mirror *mirror, uint32_t slot) {
    const struct process_columns *p = &mirror->p;
    at = PUT(at, ",\"name\":");
    at = put_text(out, at, mirror, p->name[slot]);
    at = PUT(at, ",\"label\":");
    at = put_text(out, at, mirror, p->label[slot]);
    at = PUT(at, ",\"type\":");
    at = put_word(at, kind_type(p->kind[slot]));
    at = PUT(at, ",\"behavior\":");
    at = put_word(at, kind_behavior(p->kind[slot]));
    at = PUT(at, ",\"module\":");
    at = put_text(out, at, mirror, p->module[slot]);
    at = PUT(at, ",\"initial_call\":");
    at = put_text(out, at, mirror, p->initial_call[slot]);
    at = PUT(at, ",\"current_function\":");
    at = put_text(out, at, mirror, p->function[slot]);
    const struct application *application = mirror_application_of(mirror, slot);
    at = PUT(at, ",\"application\":");
    return put_text(out, at, mirror, application ? application->name : 0);
}

void process_row(struct buffer *out, const struct mirror *mirror, uint32_t slot) {
    const struct process_columns *p = &mirror->p;
    char *at = buffer_reserve(out, ROW_FIXED_BYTES);
    at = PUT(at, "{\"pid\":");
    at = put_pid(at, mirror, slot);
    at = put_names(out, at, mirror, slot);
    uint32_t supervisor = p->supervisor[slot];
    at = supervisor != MIRROR_NONE ? PUT(at, ",\"supervised\":true,\"supervisor_pid\":")
                                   : PUT(at, ",\"supervised\":false,\"supervisor_pid\":");
    at = put_pid(at, mirror,
            supervisor != MIRROR_NONE ? mirror->supervisors[supervisor].slot : MIRROR_NONE);
    at = PUT(at, ",\"status\":");
    at = put_word(at, status_text(p->status[slot]));
    at = PUT(at, ",\"memory\":");
    at = put_uint(at, p->memory[slot]);
    if (!(p->flags[slot] & PROCESS_MEASURED)) {
        at = PUT(at, ",\"memory_is_lower_bound\":true");
    }
    at = PUT(at, ",\"message_queue_len\":");
    at = put_uint(at, p->queue[slot]);
    at = PUT(at, ",\"reductions\":");
    at = put_uint(at, p->reductions[slot]);
    *at++ = '}';
    out->length = (size_t)(at - out->at);
}
