// One packet of an established connection, and what we would send back to its receiver.
#include "base/must.h"
#include "link/control.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size == 0 || size > 65536) {
        return 0; // a tick is not given to control_read
    }
    struct str packet = {(const char *)data, size};
    struct arena arena;
    arena_init(&arena);
    struct control control;
    struct error error = {0};
    if (!control_read(&arena, packet, &control, &error)) {
        must(error.code == ERROR_NOT_A_BEAM);
        must(!control.is_message);
    }
    if (control.is_message) {
        must(control.message.at > packet.at);
        must(control.message.at + control.message.length == packet.at + size);
        must((control.pid != NULL) == (control.to.length == 0));
        struct buffer out;
        buffer_init(&out);
        struct term_pid self = {.node = STR("whitebeam@here"), .id = 1, .creation = 4};
        if (control.pid) {
            control_send(&out, control.pid, control.message);
        } else {
            control_send_name(&out, &self, control.to, control.message);
        }
        struct control again;
        struct str written = {out.at + 4, out.length - 4};
        must(control_read(&arena, written, &again, &error) && again.is_message);
        must(str_equal(again.message, control.message) && str_equal(again.to, control.to));
        buffer_finish(&out);
    }
    arena_finish(&arena);
    return 0;
}
