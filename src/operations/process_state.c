// The state of a process, read through system messages.
#include "operations/process_state.h"
#include "operations/answer.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "node/kinds.h"
#include "operations/answer_terms.h"
#include "operations/handlers.h"
#include "term/encode.h"

#define STATE_MAX_QUEUE  1000
#define STATE_MAX_MEMORY (64 << 20)

void process_state_ask(struct target *target, int64_t timeout_ms, int64_t max_bytes,
        node_answered *answered, void *context) {
    struct buffer arguments;
    buffer_init(&arguments);
    target_encode(&arguments, target, 5);
    encode_integer(&arguments, timeout_ms);
    encode_integer(&arguments, STATE_MAX_QUEUE);
    encode_integer(&arguments, STATE_MAX_MEMORY);
    encode_integer(&arguments, max_bytes);
    encode_nil(&arguments);
    node_ask(target->node, "state", buffer_str(&arguments), timeout_ms + 1000, NULL, answered,
            context);
    buffer_finish(&arguments);
}

// {SysState, Module, State}
void process_state_write(
        struct buffer *out, const struct target *target, const struct term *answer) {
    static const struct print_limits limits = {.width = 10000, .depth = 64, .bytes = 4 << 20};
    const struct term *state = term_element(answer, 2);
    json_raw(out, "state", STR(""));
    answer_json(out, target->node, state, &limits);
    answer_inspect(out, "state_inspect", target->node, state, &print_default);
    json_put_string(out, "sys_state", answer_word(term_element(answer, 0), "unknown"));
}

static void stated(void *context, const struct term *answer, const struct error *error) {
    struct target *target = context;
    struct buffer *out = &target->call->answer;
    if (error != NULL) {
        target_fail(target, error);
        return;
    }
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_raw(out, "pid", STR("\""));
    print_pid(out, target->id, target->serial);
    buffer_add_u8(out, '"');
    const struct mirror *mirror = node_any_mirror(target->node);
    uint32_t slot = mirror_find(mirror, target->id, target->serial);
    json_text(out, "behavior", slot == MIRROR_NONE ? NULL : kind_behavior(mirror->p.kind[slot]));
    json_put_string(out, "sys_module", answer_word(term_element(answer, 1), "unknown"));
    process_state_write(out, target, answer);
    json_close_object(out);
    answer_now(target->call, target->node);
    json_close_object(out);
    call_done(target->call, 200);
}

static void state_of(struct target *target) {
    process_state_ask(target, call_value(target->call, "timeout_ms")->integer,
            call_value(target->call, "max_bytes")->integer, stated, target);
}

void run_process_state(struct call *call) {
    target_find(call, state_of);
}
