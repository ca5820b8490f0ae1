// The external term format, from bytes to terms: an explicit stack of frames in the arena, one for
// each compound term that still misses parts.
//
// Refused, though the format's description has them: atom cache references (never negotiated),
// FUN_EXT (not sent since OTP 23), LOCAL_EXT (opaque to all but its node), and a list whose tail is
// a list (no encoder writes it, and it would hide the list's true length).
#include "term/decode.h"

#include "limits.h"
#include "term/decoder.h"
#include "term/tags.h"

#include <zlib.h>

enum frame_kind { FRAME_PLAIN, FRAME_LIST, FRAME_FUN };

// A run of values to fill in.
struct frame {
    struct frame *below;
    struct term *next;
    struct term *end;
    struct term_fun *fun;   // FRAME_FUN: the values are its free variables
    const uint8_t *fun_end; // FRAME_FUN: where its size field says that it ends
    enum frame_kind kind;
};

// ---- The stack -------------------------------------------------------------------------------

static struct frame *push(
        struct decoder *d, enum frame_kind kind, struct term *items, size_t count) {
    struct frame *frame = d->spare;
    if (frame != NULL) {
        d->spare = frame->below;
    } else {
        frame = arena_take(d->arena, 1, sizeof *frame);
    }
    *frame = (struct frame){.below = d->top, .next = items, .end = items + count, .kind = kind};
    d->top = frame;
    return frame;
}

// Checks what could not be checked before all parts were there, and pops.
static bool finish(struct decoder *d) {
    struct frame *frame = d->top;
    if (frame->kind == FRAME_LIST && frame->end[-1].type == TERM_LIST) {
        return decoder_fail(d, "the tail of a list is a list");
    }
    if (frame->kind == FRAME_FUN) {
        if (d->at != frame->fun_end) {
            return decoder_fail(d, "the size of a fun is wrong");
        }
        const char *start = frame->fun->encoded.at;
        frame->fun->encoded.length = (size_t)((const char *)d->at - start);
    }
    d->top = frame->below;
    frame->below = d->spare;
    d->spare = frame;
    return true;
}

static struct term *take_values(struct decoder *d, size_t count) {
    if (count > LIMIT_TERM_NODES - d->values) {
        decoder_fail(d, "it has too many values");
        return NULL;
    }
    d->values += count;
    return arena_take(d->arena, count, sizeof(struct term));
}

// Memory for count values that follow; each needs a byte at least.
static struct term *take_items(struct decoder *d, uint64_t count) {
    if (count > decoder_left(d)) {
        decoder_fail(d, "it ends too early");
        return NULL;
    }
    return take_values(d, (size_t)count);
}

// ---- Compound terms --------------------------------------------------------------------------

static bool read_counted(
        struct decoder *d, enum term_type type, uint64_t size, uint64_t count, struct term *term) {
    struct term *items = take_items(d, count);
    if (items == NULL) {
        return false;
    }
    *term = (struct term){.type = type, .size = (uint32_t)size, .items = items};
    push(d, type == TERM_LIST ? FRAME_LIST : FRAME_PLAIN, items, (size_t)count);
    return true;
}

static bool read_small_tuple(struct decoder *d, struct term *term) {
    uint64_t arity;
    return decoder_number(d, 1, &arity) && read_counted(d, TERM_TUPLE, arity, arity, term);
}

static bool read_large_tuple(struct decoder *d, struct term *term) {
    uint64_t arity;
    return decoder_number(d, 4, &arity) && read_counted(d, TERM_TUPLE, arity, arity, term);
}

static bool read_map(struct decoder *d, struct term *term) {
    uint64_t pairs;
    return decoder_number(d, 4, &pairs) && read_counted(d, TERM_MAP, pairs, 2 * pairs, term);
}

static bool read_list(struct decoder *d, struct term *term) {
    uint64_t count;
    if (!decoder_number(d, 4, &count)) {
        return false;
    }
    if (count > 0) {
        return read_counted(d, TERM_LIST, count, count + 1, term);
    }
    // A list of no elements is its tail. It counts, so that a run of them is limited too.
    if (d->values == LIMIT_TERM_NODES) {
        return decoder_fail(d, "it has too many values");
    }
    d->values++;
    push(d, FRAME_PLAIN, term, 1);
    return true;
}

// STRING_EXT is how a list of bytes travels.
static bool read_string(struct decoder *d, struct term *term) {
    uint64_t length;
    struct str bytes;
    if (!decoder_number(d, 2, &length) || !decoder_bytes(d, (size_t)length, &bytes)) {
        return false;
    }
    if (length == 0) {
        *term = (struct term){.type = TERM_NIL};
        return true;
    }
    struct term *items = take_values(d, (size_t)length + 1);
    if (items == NULL) {
        return false;
    }
    for (size_t i = 0; i < length; i++) {
        items[i] = (struct term){.type = TERM_INTEGER, .integer = (uint8_t)bytes.at[i]};
    }
    items[length] = (struct term){.type = TERM_NIL};
    *term = (struct term){.type = TERM_LIST, .size = (uint32_t)length, .items = items};
    return true;
}

// NEW_FUN_EXT. The free variables are decoded to know that they are well-formed, and not kept.
static bool read_fun(struct decoder *d, struct term *term) {
    const uint8_t *tag = d->at - 1;
    struct term_fun *fun = arena_take_zeroed(d->arena, 1, sizeof *fun);
    uint32_t size;
    uint64_t arity;
    struct str unique;
    int64_t old_index;
    struct term_pid creator;
    if (!decoder_u32(d, &size)) {
        return false;
    }
    // The size counts its own four bytes.
    if (size < 4 || size - 4 > decoder_left(d)) {
        return decoder_fail(d, "the size of a fun is wrong");
    }
    const uint8_t *fun_end = tag + 1 + size;
    if (!decoder_number(d, 1, &arity) || !decoder_bytes(d, 16, &unique) ||
            !decoder_u32(d, &fun->index) || !decoder_u32(d, &fun->free_count) ||
            !decoder_atom(d, &fun->module) || !decoder_integer(d, &old_index) ||
            !decoder_integer(d, &fun->old_unique) || !decoder_pid(d, &creator)) {
        return false;
    }
    struct term *variables = take_items(d, fun->free_count);
    if (variables == NULL) {
        return false;
    }
    fun->arity = (uint32_t)arity;
    fun->encoded.at = (const char *)tag;
    *term = (struct term){.type = TERM_FUN, .fun = fun};
    struct frame *frame = push(d, FRAME_FUN, variables, fun->free_count);
    frame->fun = fun;
    frame->fun_end = fun_end;
    return true;
}

static decoder_reader *compound_reader(uint8_t tag) {
    static decoder_reader *const readers[256] = {
            [TAG_SMALL_TUPLE] = read_small_tuple,
            [TAG_LARGE_TUPLE] = read_large_tuple,
            [TAG_STRING] = read_string,
            [TAG_LIST] = read_list,
            [TAG_NEW_FUN] = read_fun,
            [TAG_MAP] = read_map,
    };
    return readers[tag];
}

// Reads the values of all open frames until none is left.
static bool run(struct decoder *d, struct term *root) {
    push(d, FRAME_PLAIN, root, 1);
    while (d->top != NULL) {
        struct frame *frame = d->top;
        if (frame->next == frame->end) {
            if (!finish(d)) {
                return false;
            }
            continue;
        }
        struct term *slot = frame->next++;
        if (decoder_left(d) == 0) {
            return decoder_fail(d, "it ends too early");
        }
        uint8_t tag = *d->at++;
        decoder_reader *reader = decoder_value_reader(tag);
        if (reader == NULL) {
            reader = compound_reader(tag);
        }
        if (reader == NULL) {
            d->at--;
            return decoder_fail(d, "it has an unknown tag");
        }
        if (!reader(d, slot)) {
            return false;
        }
    }
    return true;
}

// ---- Whole terms -----------------------------------------------------------------------------

// Inflates zlib data that must give exactly *inflated bytes; *used gets the bytes it took.
static bool inflate_bytes(struct str data, uint8_t *inflated, uint32_t size, size_t *used) {
    z_stream stream = {0};
    if (inflateInit(&stream) != Z_OK) {
        return false;
    }
    stream.next_in = (z_const Bytef *)data.at;
    stream.avail_in = (uInt)data.length;
    stream.next_out = inflated;
    stream.avail_out = size;
    int status = inflate(&stream, Z_FINISH);
    bool whole = status == Z_STREAM_END && stream.avail_out == 0;
    *used = data.length - stream.avail_in;
    inflateEnd(&stream);
    return whole;
}

// COMPRESSED: the size of what follows when it is inflated, then zlib data. Makes the decoder read
// the inflated bytes; *rest gets where the next term may start.
static bool open_compressed(struct decoder *d, const uint8_t **rest) {
    uint32_t size;
    size_t used;
    if (!decoder_u32(d, &size)) {
        return false;
    }
    if (size > LIMIT_TERM_INFLATED) {
        return decoder_fail(d, "it is too large when it is inflated");
    }
    // A byte of deflate data cannot become more than 1032, so a size beyond that is a lie that
    // need not cost memory.
    struct str data = {(const char *)d->at, decoder_left(d)};
    if (size == 0 || size / 1032 > data.length) {
        return decoder_fail(d, "its compressed size is wrong");
    }
    uint8_t *inflated = arena_take(d->arena, size, 1);
    if (!inflate_bytes(data, inflated, size, &used)) {
        return decoder_fail(d, "it cannot be inflated");
    }
    *rest = d->at + used;
    d->start = inflated;
    d->at = inflated;
    d->end = inflated + size;
    return true;
}

static bool decode_whole(struct decoder *d, struct term *term, size_t *used) {
    const uint8_t *first = d->start;
    const uint8_t *rest = NULL;
    uint64_t version;
    if (!decoder_number(d, 1, &version)) {
        return false;
    }
    if (version != TAG_VERSION) {
        d->at--;
        return decoder_fail(d, "it does not start with 131");
    }
    if (decoder_left(d) > 0 && *d->at == TAG_COMPRESSED) {
        d->at++;
        if (!open_compressed(d, &rest)) {
            return false;
        }
    }
    if (!run(d, term)) {
        return false;
    }
    if (rest != NULL && d->at != d->end) {
        return decoder_fail(d, "bytes follow it inside the compressed data");
    }
    *used = (size_t)((rest != NULL ? rest : d->at) - first);
    return true;
}

bool decode_first(struct arena *arena, struct str bytes, struct term *term, size_t *used,
        struct error *error) {
    if (bytes.length > LIMIT_TERM_BYTES) {
        return error_set(error, ERROR_INVALID_TERM, "The term has %zu bytes; %u are allowed.",
                bytes.length, LIMIT_TERM_BYTES);
    }
    const uint8_t *at = (const uint8_t *)(bytes.at != NULL ? bytes.at : "");
    struct decoder d = {.arena = arena, .start = at, .at = at, .end = at + bytes.length};
    d.values = 1;
    struct term root;
    size_t root_used = 0;
    if (!decode_whole(&d, &root, &root_used)) {
        return error_set(error, ERROR_INVALID_TERM,
                "The bytes are not an Erlang term: %s, at byte %zu.", d.problem,
                (size_t)(d.at - d.start));
    }
    *term = root;
    *used = root_used;
    return true;
}

bool decode_term(struct arena *arena, struct str bytes, struct term *term, struct error *error) {
    struct term first;
    size_t used;
    if (!decode_first(arena, bytes, &first, &used, error)) {
        return false;
    }
    if (used != bytes.length) {
        return error_set(error, ERROR_INVALID_TERM,
                "The bytes are not an Erlang term: %zu bytes follow it.", bytes.length - used);
    }
    *term = first;
    return true;
}
