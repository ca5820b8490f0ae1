// One process in detail: what the mirror knows of it, and what the node says now.
#include "base/clock.h"
#include "base/json_writer.h"
#include "node/kinds.h"
#include "operations/answer.h"
#include "operations/answer_terms.h"
#include "operations/handlers.h"
#include "operations/process_state.h"
#include "operations/target.h"
#include "term/encode.h"
#include "term/print.h"

#define DETAILS_MS    3000
#define DETAILS_QUEUE 10000 // messages; with more, keys that walk over the queue are left out

enum include { INCLUDE_STATE, INCLUDE_LINKS, INCLUDE_MONITORS, INCLUDE_DICTIONARY, INCLUDE_STACK };

struct details {
    struct target target;
};

// Links and monitors: pids, ports, and {process, Pid | {Name, Node}} of monitors.
static void write_others(
        struct buffer *out, const char *key, const struct target *target, const struct term *list) {
    static const struct print_limits limits = {.width = 20, .depth = 4, .bytes = 300};
    const struct term *items;
    uint32_t count;
    if (!term_list(list, &items, &count)) {
        json_put_null(out, key);
        return;
    }
    json_open_array(out, key);
    for (uint32_t i = 0; i < count; i++) {
        const struct term *who =
                term_is_tagged(&items[i], "process", 2) || term_is_tagged(&items[i], "port", 2)
                        ? term_element(&items[i], 1)
                        : &items[i];
        answer_inspect(out, NULL, target->node, who, &limits);
    }
    json_close_array(out);
}

// A file name is a list of characters.
static void write_file(struct buffer *out, const struct term *name) {
    const struct term *items;
    uint32_t count;
    struct buffer text;
    buffer_init(&text);
    if (term_list(name, &items, &count)) {
        for (uint32_t i = 0; i < count; i++) {
            int64_t c;
            buffer_add_u8(
                    &text, term_integer(&items[i], &c) && c > 0 && c < 128 ? (uint8_t)c : '?');
        }
    }
    json_put_string(out, "file", buffer_str(&text));
    buffer_finish(&text);
}

// [{M, F, Arity, [{file, F}, {line, L}]}]
static void write_stack(struct buffer *out, const struct term *stack) {
    const struct term *frames;
    uint32_t count;
    if (!term_list(stack, &frames, &count)) {
        json_put_null(out, "stack_trace");
        return;
    }
    json_open_array(out, "stack_trace");
    for (uint32_t i = 0; i < count; i++) {
        const struct term *places;
        uint32_t place_count;
        json_open_object(out, NULL);
        answer_function(out, "function", &frames[i]);
        if (term_list(term_element(&frames[i], 3), &places, &place_count)) {
            for (uint32_t j = 0; j < place_count; j++) {
                if (term_is_tagged(&places[j], "file", 2)) {
                    write_file(out, term_element(&places[j], 1));
                } else if (term_is_tagged(&places[j], "line", 2)) {
                    answer_integer(out, "line", term_element(&places[j], 1));
                }
            }
        }
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_known(struct buffer *out, const struct target *target, uint32_t slot) {
    struct error error;
    const struct mirror *mirror = node_mirror(target->node, &error);
    json_raw(out, "pid", STR("\""));
    print_pid(out, target->id, target->serial);
    buffer_add_u8(out, '"');
    if (mirror == NULL || slot == MIRROR_NONE) {
        return;
    }
    const struct process_columns *p = &mirror->p;
    const struct application *application = mirror_application_of(mirror, slot);
    json_text(out, "type", kind_type(p->kind[slot]));
    json_text(out, "behavior", kind_behavior(p->kind[slot]));
    answer_atom(out, "module", mirror, p->module[slot]);
    answer_atom(out, "application", mirror, application ? application->name : 0);
    uint32_t supervisor = p->supervisor[slot];
    json_bool(out, "supervised", supervisor != MIRROR_NONE);
    answer_pid(out, "supervisor_pid", mirror,
            supervisor != MIRROR_NONE ? mirror->supervisors[supervisor].slot : MIRROR_NONE);
    json_int(out, "uptime_ms", clock_unix_ms() - p->first_seen[slot]);
    json_bool(out, "uptime_is_lower_bound", (p->flags[slot] & PROCESS_FIRST) != 0);
}

static void write_performance(struct buffer *out, const struct term *answer) {
    json_open_object(out, "performance");
    answer_integer(out, "memory", term_map_get(answer, "memory"));
    answer_integer(out, "total_heap_size", term_map_get(answer, "total_heap_size"));
    answer_integer(out, "heap_size", term_map_get(answer, "heap_size"));
    answer_integer(out, "stack_size", term_map_get(answer, "stack_size"));
    answer_integer(out, "reductions", term_map_get(answer, "reductions"));
    answer_integer(out, "message_queue_len", term_map_get(answer, "message_queue_len"));
    json_put_string(out, "status", answer_word(term_map_get(answer, "status"), "unknown"));
    answer_function(out, "current_function", term_map_get(answer, "current_function"));
    answer_function(out, "initial_call",
            term_map_get(answer, "$initial_call") &&
                            term_map_get(answer, "$initial_call")->type == TERM_TUPLE
                    ? term_map_get(answer, "$initial_call")
                    : term_map_get(answer, "initial_call"));
    json_close_object(out);
}

static const struct term *property(const struct term *list, const char *key) {
    const struct term *items;
    uint32_t count;
    if (!term_list(list, &items, &count)) {
        return NULL;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (term_is_tagged(&items[i], key, 2)) {
            return term_element(&items[i], 1);
        }
    }
    return NULL;
}

static void write_configuration(struct buffer *out, const struct term *answer) {
    const struct term *gc = term_map_get(answer, "garbage_collection");
    json_open_object(out, "configuration");
    json_bool(out, "trap_exit", term_is_atom(term_map_get(answer, "trap_exit"), "true"));
    json_put_string(out, "priority", answer_word(term_map_get(answer, "priority"), "unknown"));
    json_put_string(out, "message_queue_data",
            answer_word(term_map_get(answer, "message_queue_data"), "unknown"));
    answer_integer(out, "min_heap_size", property(gc, "min_heap_size"));
    answer_integer(out, "min_bin_vheap_size", property(gc, "min_bin_vheap_size"));
    answer_integer(out, "fullsweep_after", property(gc, "fullsweep_after"));
    json_close_object(out);
}

// Dictionary: [{Key, Value}], `too_large`, or `undefined` when it was not asked for.
static void write_dictionary(
        struct buffer *out, const struct target *target, const struct term *dictionary) {
    const struct term *items;
    uint32_t count;
    if (!term_list(dictionary, &items, &count)) {
        json_put_null(out, "dictionary");
        json_bool(out, "dictionary_is_too_large", term_is_atom(dictionary, "too_large"));
        return;
    }
    json_open_array(out, "dictionary");
    for (uint32_t i = 0; i < count; i++) {
        json_open_object(out, NULL);
        answer_term(out, "key", target->node, term_element(&items[i], 0));
        answer_term(out, "value", target->node, term_element(&items[i], 1));
        answer_inspect(out, "inspect", target->node, &items[i], &print_default);
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_details(struct buffer *out, const struct target *target,
        const struct term *answer, uint32_t include) {
    struct error error;
    const struct mirror *mirror = node_mirror(target->node, &error);
    uint32_t slot = mirror ? mirror_find(mirror, target->id, target->serial) : MIRROR_NONE;
    struct str name;
    write_known(out, target, slot);
    const struct term *registered = term_map_get(answer, "registered_name");
    if (term_text(registered, &name)) {
        json_put_string(out, "name", mirror_alias(name));
    } else {
        json_put_null(out, "name");
    }
    const struct term *label = term_map_get(answer, "label");
    if (label == NULL || term_is_atom(label, "undefined")) {
        json_put_null(out, "label");
    } else {
        answer_inspect(out, "label", target->node, label, &print_default);
    }
    json_bool(out, "alive", true);
    write_performance(out, answer);
    write_configuration(out, answer);
    if (include >> INCLUDE_LINKS & 1) {
        write_others(out, "links", target, term_map_get(answer, "links"));
    }
    if (include >> INCLUDE_MONITORS & 1) {
        write_others(out, "monitors", target, term_map_get(answer, "monitors"));
        write_others(out, "monitored_by", target, term_map_get(answer, "monitored_by"));
    }
    if (include >> INCLUDE_DICTIONARY & 1) {
        write_dictionary(out, target, term_map_get(answer, "dictionary"));
    }
    if (include >> INCLUDE_STACK & 1) {
        write_stack(out, term_map_get(answer, "current_stacktrace"));
    }
}

static void finish_details(struct details *details) {
    struct call *call = details->target.call;
    json_close_object(&call->answer);
    answer_now(call, details->target.node);
    json_close_object(&call->answer);
    call_done(call, 200);
}

// A state that cannot be read does not spoil the other details: it is null, and why is said.
static void state_for_details(void *context, const struct term *answer, const struct error *error) {
    struct details *details = context;
    struct buffer *out = &details->target.call->answer;
    if (answer != NULL) {
        process_state_write(out, &details->target, answer);
    } else {
        json_put_null(out, "state");
        json_open_object(out, "state_error");
        json_text(out, "code", error_text(error->code));
        json_text(out, "message", error->message);
        json_close_object(out);
    }
    finish_details(details);
}

static void detailed(void *context, const struct term *answer, const struct error *error) {
    struct details *details = context;
    struct call *call = details->target.call;
    if (error != NULL) {
        target_fail(&details->target, error);
        return;
    }
    uint32_t include = call_value(call, "include")->choices;
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    write_details(&call->answer, &details->target, answer, include);
    if (include >> INCLUDE_STATE & 1) {
        process_state_ask(&details->target, 1000, 1 << 20, state_for_details, details);
        return;
    }
    finish_details(details);
}

static void ask_details(struct target *target) {
    static const char *const atoms[] = {
            [INCLUDE_LINKS] = "links",
            [INCLUDE_MONITORS] = "monitors",
            [INCLUDE_DICTIONARY] = "dictionary",
            [INCLUDE_STACK] = "stack_trace",
    };
    uint32_t include = call_value(target->call, "include")->choices & ~1u;
    struct details *details = arena_take_zeroed(&target->call->arena, 1, sizeof *details);
    details->target = *target;
    struct buffer arguments;
    buffer_init(&arguments);
    target_encode(&arguments, target, 3);
    if (include != 0) {
        encode_list(&arguments, (uint32_t)__builtin_popcount(include));
        for (int i = INCLUDE_LINKS; i <= INCLUDE_STACK; i++) {
            if (include >> i & 1) {
                encode_atom_text(&arguments, atoms[i]);
            }
        }
    }
    encode_nil(&arguments);
    encode_integer(&arguments, DETAILS_QUEUE);
    encode_nil(&arguments);
    node_ask(target->node, "details", buffer_str(&arguments), DETAILS_MS, NULL, detailed, details);
    buffer_finish(&arguments);
}

void run_process_get(struct call *call) {
    target_find(call, ask_details);
}
