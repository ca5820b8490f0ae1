// Exit signals.
#include "base/json_writer.h"
#include "operations/answer_terms.h"
#include "operations/handlers.h"
#include "operations/target.h"
#include "term/encode.h"
#include "term/print.h"

static void exited(void *context, const struct term *answer, const struct error *error) {
    struct target *target = context;
    struct buffer *out = &target->call->answer;
    if (error != NULL) {
        target_fail(target, error);
        return;
    }
    bool dry_run = term_is_atom(answer, "dry_run");
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_raw(out, "pid", STR("\""));
    print_pid(out, target->id, target->serial);
    buffer_add_u8(out, '"');
    json_put_string(out, "reason", call_value(target->call, "reason")->text);
    json_bool(out, "sent", !dry_run);
    json_bool(out, "dry_run", dry_run);
    const struct term *ended = term_element(answer, 1);
    if (term_is_tagged(answer, "ended", 2) && ended->type == TERM_ATOM) {
        json_bool(out, "alive", false);
        json_put_string(out, "exit_reason", ended->text);
    } else if (term_is_tagged(answer, "ended", 2)) {
        json_bool(out, "alive", false);
        answer_inspect(out, "exit_reason", target->node, ended, &print_default);
    } else {
        json_bool(out, "alive", true);
        json_put_null(out, "exit_reason");
    }
    json_close_object(out);
    json_close_object(out);
    call_done(target->call, 200);
}

static void send_exit(struct target *target) {
    struct call *call = target->call;
    int64_t wait = call_value(call, "wait_ms")->integer;
    bool force = call_value(call, "force")->integer != 0;
    struct buffer arguments;
    buffer_init(&arguments);
    target_encode(&arguments, target, 5);
    encode_binary(&arguments, call_value(call, "reason")->text);
    encode_atom_text(&arguments, force ? "true" : "false");
    encode_atom_text(&arguments, call_value(call, "dry_run")->integer ? "true" : "false");
    encode_integer(&arguments, wait);
    encode_nil(&arguments);
    node_ask(
            target->node, "exit_signal", buffer_str(&arguments), wait + 2000, NULL, exited, target);
    buffer_finish(&arguments);
}

void run_process_exit(struct call *call) {
    target_find(call, send_exit);
}
