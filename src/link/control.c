// Control messages without a distribution header: the byte 112, the control tuple, and the message
// if there is one. Only tuples of sends are decoded; of all others the operation is enough, so
// their contents (an exit reason may be any term of any size) are never looked at.
//
// Source: "Protocol between Connected Nodes" in the Distribution Protocol chapter of the ERTS
// User's Guide.
#include "link/control.h"

#include "base/must.h"
#include "limits.h"
#include "term/decode.h"
#include "term/encode.h"

#define PASS_THROUGH      112
#define VERSION           131
#define SMALL_TUPLE_EXT   104
#define SMALL_INTEGER_EXT 97

enum operation {
    OPERATION_SEND = 2,
    OPERATION_REG_SEND = 6,
    OPERATION_SEND_TT = 12,
    OPERATION_REG_SEND_TT = 16,
    OPERATION_SEND_SENDER = 22,
    OPERATION_SEND_SENDER_TT = 23,
};

struct send_form {
    uint32_t operation;
    uint32_t arity;
    uint32_t to; // index of the receiver
    enum term_type type;
};

// ALIAS_SEND (33, 34) is missing on purpose: we make no aliases.
static const struct send_form send_forms[] = {
        {OPERATION_SEND, 3, 2, TERM_PID},           // {2, Unused, ToPid}
        {OPERATION_SEND_TT, 4, 2, TERM_PID},        // {12, Unused, ToPid, TraceToken}
        {OPERATION_SEND_SENDER, 3, 2, TERM_PID},    // {22, FromPid, ToPid}
        {OPERATION_SEND_SENDER_TT, 4, 2, TERM_PID}, // {23, FromPid, ToPid, TraceToken}
        {OPERATION_REG_SEND, 4, 3, TERM_ATOM},      // {6, FromPid, Unused, ToName}
        {OPERATION_REG_SEND_TT, 5, 3, TERM_ATOM},   // {16, FromPid, Unused, ToName, TraceToken}
};

static bool unknown_form(struct error *error) {
    return error_set(error, ERROR_NOT_A_BEAM,
            "the node sent a packet that does not follow the Erlang distribution protocol");
}

static bool read_send(struct arena *arena, struct str terms, const struct send_form *form,
        struct control *control, struct error *error) {
    struct term tuple;
    size_t used;
    struct error cause;
    if (!decode_first(arena, terms, &tuple, &used, &cause) || tuple.type != TERM_TUPLE ||
            tuple.size != form->arity) {
        return unknown_form(error);
    }
    const struct term *to = &tuple.items[form->to];
    if (to->type != form->type) {
        return unknown_form(error);
    }
    struct str message = {terms.at + used, terms.length - used};
    if (message.length < 2 || (uint8_t)message.at[0] != VERSION) {
        return unknown_form(error);
    }
    if (to->type == TERM_PID) {
        control->pid = to->pid;
    } else if (to->text.length == 0) {
        return true; // '' is nobody's name here, and would look like a message for our pid
    } else {
        control->to = to->text;
    }
    control->message = message;
    control->is_message = true;
    return true;
}

bool control_read(
        struct arena *arena, struct str packet, struct control *control, struct error *error) {
    *control = (struct control){0};
    // ERTS writes every control tuple with these tags: arity below 256, operation below 256.
    const uint8_t *at = (const uint8_t *)packet.at;
    if (packet.length < 6 || at[0] != PASS_THROUGH || at[1] != VERSION ||
            at[2] != SMALL_TUPLE_EXT || at[3] == 0 || at[4] != SMALL_INTEGER_EXT) {
        return unknown_form(error);
    }
    for (size_t i = 0; i < sizeof send_forms / sizeof send_forms[0]; i++) {
        if (send_forms[i].operation == at[5]) {
            struct str terms = {packet.at + 1, packet.length - 1};
            return read_send(arena, terms, &send_forms[i], control, error);
        }
    }
    return true;
}

// Begins a packet whose length is not known yet; returns where it begins in out.
static size_t begin_packet(struct buffer *out) {
    size_t start = out->length;
    buffer_add_u32(out, 0);
    buffer_add_u8(out, PASS_THROUGH);
    encode_version(out);
    return start;
}

static void end_packet(struct buffer *out, size_t start, struct str message) {
    must(message.length <= LIMIT_LINK_OUTPUT);
    buffer_add_str(out, message);
    uint32_t length = __builtin_bswap32((uint32_t)(out->length - start - 4));
    memcpy(out->at + start, &length, sizeof length);
}

void control_send(struct buffer *out, const struct term_pid *to, struct str message) {
    size_t start = begin_packet(out);
    encode_tuple(out, 3);
    encode_integer(out, OPERATION_SEND);
    encode_atom_text(out, "");
    encode_pid(out, to);
    end_packet(out, start, message);
}

void control_send_name(
        struct buffer *out, const struct term_pid *from, struct str name, struct str message) {
    size_t start = begin_packet(out);
    encode_tuple(out, 4);
    encode_integer(out, OPERATION_REG_SEND);
    encode_pid(out, from);
    encode_atom_text(out, "");
    encode_atom(out, name);
    end_packet(out, start, message);
}
