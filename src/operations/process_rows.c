// The row writer. A list of 50 rows is answered tens of thousands of times a second, so this file
// does by hand what json_writer does for everything else: it reserves the room of a row once and
// copies keys and integers into it.
#include "operations/process_rows.h"

#include "base/json_writer.h"
#include "node/kinds.h"

// More than the fixed part of a row ever needs: keys, integers, three pids.
#define FIXED_BYTES 640u

#define PUT(at, literal) (memcpy(at, literal, sizeof(literal) - 1), (at) + sizeof(literal) - 1)

static char *put_uint(char *at, uint64_t value) {
    char digits[20];
    size_t from = sizeof digits;
    do {
        digits[--from] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    memcpy(at, digits + from, sizeof digits - from);
    return at + (sizeof digits - from);
}

static char *put_pid(char *at, const struct mirror *mirror, uint32_t slot) {
    if (slot == MIRROR_NONE) {
        return PUT(at, "null");
    }
    at = PUT(at, "\"#PID<0.");
    at = put_uint(at, mirror->p.id[slot]);
    *at++ = '.';
    at = put_uint(at, mirror->p.serial[slot]);
    return PUT(at, ">\"");
}

static char *put_word(char *at, const char *word) {
    if (word == NULL) {
        return PUT(at, "null");
    }
    size_t length = strlen(word);
    *at++ = '"';
    memcpy(at, word, length);
    at += length;
    *at++ = '"';
    return at;
}

// Writes an interned text, as an alias; needs room for it when it is plain. A text that needs
// escapes goes through the writer, which may move the buffer: the new place is returned.
static char *put_text(struct buffer *out, char *at, const struct mirror *mirror, uint32_t id) {
    if (id == 0) {
        return PUT(at, "null");
    }
    struct str text = mirror_alias(mirror_text(mirror, id));
    out->length = (size_t)(at - out->at);
    if (!intern_is_plain(mirror->strings, id)) {
        json_write_string(out, text);
        return buffer_reserve(out, FIXED_BYTES);
    }
    at = buffer_reserve(out, text.length + FIXED_BYTES);
    *at++ = '"';
    memcpy(at, text.at, text.length);
    at += text.length;
    *at++ = '"';
    return at;
}

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
    char *at = buffer_reserve(out, FIXED_BYTES);
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
