// Processes: list, details, state, exit signal.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/paths.h"
#include "limits.h"
#include "node/kinds.h"
#include "node/mirror_query.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/process_rows.h"
#include "term/encode.h"
#include "term/json.h"

#define DETAILS_MS 3000

// ---- list ------------------------------------------------------------------------------------

// The kinds whose type or behaviour has this text.
static uint32_t kinds_with(const char *(*text_of)(enum process_kind), struct str text) {
    uint32_t kinds = 0;
    for (int kind = 0; kind < KIND_COUNT; kind++) {
        const char *have = text_of((enum process_kind)kind);
        if (have != NULL && str_is(text, have)) {
            kinds |= 1u << kind;
        }
    }
    return kinds;
}

static uint64_t bound(const struct call *call, const char *name, uint64_t otherwise) {
    const struct value *value = call_value(call, name);
    return value->given ? (uint64_t)value->integer : otherwise;
}

static struct process_filter read_filter(const struct call *call) {
    const struct value *type = call_value(call, "type");
    const struct value *behavior = call_value(call, "behavior");
    const struct value *status = call_value(call, "status");
    const struct value *supervised = call_value(call, "supervised");
    struct process_filter filter = {
            .supervised = supervised->given ? (int)supervised->integer : -1,
            .memory_min = bound(call, "memory_min", 0),
            .memory_max = bound(call, "memory_max", UINT64_MAX),
            .queue_min = (uint32_t)bound(call, "queue_min", 0),
            .queue_max = (uint32_t)bound(call, "queue_max", UINT32_MAX),
            .pattern = call_value(call, "name_pattern")->text,
    };
    uint32_t all = UINT32_MAX;
    uint32_t kinds = type->given ? kinds_with(kind_type, type->text) : all;
    kinds &= behavior->given ? kinds_with(kind_behavior, behavior->text) : all;
    if (type->given || behavior->given) {
        // A contradiction (type=task&behavior=supervisor) lets nothing pass: a bit no kind has.
        filter.kinds = kinds != 0 ? kinds : 1u << 31;
    }
    for (int code = 0; status->given && code < STATUS_UNKNOWN; code++) {
        if (str_is(status->text, status_text((enum process_status)code))) {
            filter.statuses = 1u << code;
        }
    }
    filter.any = filter.kinds || filter.statuses || filter.supervised >= 0 ||
                 filter.pattern.length > 0 || filter.memory_min > 0 ||
                 filter.memory_max < UINT64_MAX || filter.queue_min > 0 ||
                 filter.queue_max < UINT32_MAX;
    return filter;
}

static void list(struct call *call, struct node *node, struct mirror *mirror) {
    static const enum process_sort sorts[] = {
            SORT_NAME, SORT_MEMORY, SORT_QUEUE, SORT_REDUCTIONS};
    const struct value *sort = call_value(call, "sort");
    const struct value *order = call_value(call, "order");
    enum process_sort by = sort->given ? sorts[sort->integer] : SORT_PID;
    bool descending = order->given ? order->integer == 1 : by != SORT_PID && by != SORT_NAME;
    struct process_filter filter = read_filter(call);
    struct paging paging = answer_paging(call);
    struct process_page page;
    struct error error;
    if (!mirror_query(mirror, &call->arena, &filter, by, descending, paging.offset,
                paging.per_page, &page, &error)) {
        call_fail(call, &error);
        return;
    }
    struct buffer *out = &call->answer;
    buffer_add_text(out, "{\"data\":[");
    for (uint32_t i = 0; i < page.count; i++) {
        if (i > 0) {
            buffer_add_u8(out, ',');
        }
        process_row(out, mirror, page.slots[i]);
        mirror->p.flags[page.slots[i]] |= PROCESS_LOOKED;
    }
    buffer_add_u8(out, ']');
    answer_meta(call, &paging, page.total, node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

void run_processes_list(struct call *call) {
    answer_from_mirror(call, list);
}

// ---- one process -----------------------------------------------------------------------------

enum include { INCLUDE_STATE, INCLUDE_LINKS, INCLUDE_MONITORS, INCLUDE_DICTIONARY, INCLUDE_STACK };

struct one {
    struct call *call;
    struct node *node;
    uint32_t id, serial;
    struct str name; // how it was addressed
};

static void not_found(const struct one *one, struct error *error) {
    error_set(error, ERROR_PROCESS_NOT_FOUND, "no process %.*s is alive on %.*s",
            STR_ARGS(one->name), STR_ARGS(node_name(one->node)));
    error_detail(error, "pid", one->name);
}

static void fail_not_found(const struct one *one) {
    struct error error;
    not_found(one, &error);
    call_fail(one->call, &error);
}

// An error of the agent, said of the process that was asked for.
static void fail_one(const struct one *one, const struct error *error) {
    if (error->code == ERROR_PROCESS_NOT_FOUND) {
        fail_not_found(one);
        return;
    }
    struct error named = *error;
    error_detail(&named, "pid", one->name);
    call_fail(one->call, &named);
}

typedef void with_pid(struct one *one);

struct finding {
    struct one one;
    with_pid *then;
};

static void found(void *context, const struct term *answer, const struct error *error) {
    struct finding *finding = context;
    if (error != NULL) {
        fail_one(&finding->one, error);
        return;
    }
    if (answer->type != TERM_PID) {
        fail_not_found(&finding->one);
        return;
    }
    finding->one.id = answer->pid->id;
    finding->one.serial = answer->pid->serial;
    finding->then(&finding->one);
}

// A name may have moved to another process since the last sweep: the node itself is asked.
static void find_name(struct finding *finding, struct str name, bool alias) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_list(&arguments, 1);
    struct str text = alias ? arena_printf(&finding->one.call->arena, "Elixir.%.*s", STR_ARGS(name))
                            : name;
    encode_binary(&arguments, text);
    encode_nil(&arguments);
    node_ask(finding->one.node, "whereis_name", buffer_str(&arguments), DETAILS_MS, NULL, found,
            finding);
    buffer_finish(&arguments);
}

static bool looks_like_pid(struct str text) {
    return str_starts(text, "#PID") || str_starts(text, "<") ||
           (text.length > 0 && text.at[0] >= '0' && text.at[0] <= '9');
}

// Runs `then` with the pid that the argument `pid` means.
static void with_process(struct call *call, with_pid *then) {
    struct error error;
    struct node *node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    struct mirror *mirror = node ? node_mirror(node, &error) : NULL;
    if (mirror == NULL) {
        call_fail(call, &error);
        return;
    }
    struct finding *finding = arena_take(&call->arena, 1, sizeof *finding);
    struct str text = call_value(call, "pid")->text;
    *finding = (struct finding){{call, node, 0, 0, text}, then};
    bool is_pid;
    uint32_t slot = path_process(mirror, text, &is_pid, &finding->one.id, &finding->one.serial);
    if (is_pid) {
        then(&finding->one);
        return;
    }
    if (looks_like_pid(text)) {
        error_set(&error, ERROR_INVALID_PID,
                "'%.*s' is not a pid of this node; it looks like #PID<0.123.0>, <0.123.0> or "
                "0.123.0",
                (int)(text.length < 80 ? text.length : 80), text.at);
        error_detail(&error, "field", STR("pid"));
        call_fail(call, &error);
        return;
    }
    bool plain = text.at[0] == ':';
    struct str name = plain ? (struct str){text.at + 1, text.length - 1} : text;
    // Foo is Elixir.Foo if that is what the mirror knows under it.
    bool alias = slot != MIRROR_NONE && !plain &&
                 !str_equal(mirror_text(mirror, mirror->p.name[slot]), name);
    find_name(finding, name, alias);
}

static void encode_one(struct buffer *arguments, const struct one *one, uint32_t count) {
    encode_list(arguments, count);
    node_encode_pid(one->node, arguments, one->id, one->serial);
}

// ---- details ---------------------------------------------------------------------------------

struct details {
    struct one one;
    bool has_state;
    struct str details; // JSON so far
};

static struct str atom_or(const struct term *term, const char *otherwise) {
    struct str text;
    return term != NULL && term->type == TERM_ATOM ? term->text
           : term_text(term, &text)                ? text
                                                   : str_of(otherwise);
}

static void write_integer(struct buffer *out, const char *key, const struct term *term) {
    int64_t value;
    if (term_integer(term, &value)) {
        json_int(out, key, value);
    } else {
        json_null(out, key);
    }
}

static void write_term(struct buffer *out, const char *key, const struct one *one,
        const struct term *term) {
    if (term == NULL) {
        json_null(out, key);
        return;
    }
    json_raw(out, key, STR(""));
    json_from_term(out, term, node_name(one->node), &print_default);
}

static void write_inspect(struct buffer *out, const char *key, const struct one *one,
        const struct term *term, const struct print_limits *limits) {
    struct buffer text;
    buffer_init(&text);
    print_term(&text, term, node_name(one->node), limits);
    json_string(out, key, buffer_str(&text));
    buffer_finish(&text);
}

// {M, F, A} as M.F/A.
static void write_function(struct buffer *out, const char *key, const struct term *mfa) {
    struct str module;
    struct str function;
    int64_t arity;
    if (!term_text(term_element(mfa, 0), &module) || !term_text(term_element(mfa, 1), &function) ||
            !term_integer(term_element(mfa, 2), &arity)) {
        json_null(out, key);
        return;
    }
    struct buffer text;
    buffer_init(&text);
    buffer_printf(&text, "%.*s.%.*s/%lld", STR_ARGS(mirror_alias(module)), STR_ARGS(function),
            (long long)arity);
    json_string(out, key, buffer_str(&text));
    buffer_finish(&text);
}

// Links and monitors: pids, ports, and {process, Pid | {Name, Node}} of monitors.
static void write_others(
        struct buffer *out, const char *key, const struct one *one, const struct term *list) {
    static const struct print_limits limits = {.width = 20, .depth = 4, .bytes = 300};
    const struct term *items;
    uint32_t count;
    if (!term_list(list, &items, &count)) {
        json_null(out, key);
        return;
    }
    json_open_array(out, key);
    for (uint32_t i = 0; i < count; i++) {
        const struct term *who = term_is_tagged(&items[i], "process", 2) ||
                                                 term_is_tagged(&items[i], "port", 2)
                                         ? term_element(&items[i], 1)
                                         : &items[i];
        write_inspect(out, NULL, one, who, &limits);
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
            buffer_add_u8(&text, term_integer(&items[i], &c) && c > 0 && c < 128 ? (uint8_t)c : '?');
        }
    }
    json_string(out, "file", buffer_str(&text));
    buffer_finish(&text);
}

// [{M, F, Arity, [{file, F}, {line, L}]}]
static void write_stack(struct buffer *out, const struct term *stack) {
    const struct term *frames;
    uint32_t count;
    if (!term_list(stack, &frames, &count)) {
        json_null(out, "stack_trace");
        return;
    }
    json_open_array(out, "stack_trace");
    for (uint32_t i = 0; i < count; i++) {
        const struct term *places;
        uint32_t place_count;
        json_open_object(out, NULL);
        write_function(out, "function", &frames[i]);
        if (term_list(term_element(&frames[i], 3), &places, &place_count)) {
            for (uint32_t j = 0; j < place_count; j++) {
                if (term_is_tagged(&places[j], "file", 2)) {
                    write_file(out, term_element(&places[j], 1));
                } else if (term_is_tagged(&places[j], "line", 2)) {
                    write_integer(out, "line", term_element(&places[j], 1));
                }
            }
        }
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_known(struct buffer *out, const struct one *one, uint32_t slot) {
    struct error error;
    const struct mirror *mirror = node_mirror(one->node, &error);
    json_raw(out, "pid", STR("\""));
    print_pid(out, one->id, one->serial);
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
    write_integer(out, "memory", term_map_get(answer, "memory"));
    write_integer(out, "total_heap_size", term_map_get(answer, "total_heap_size"));
    write_integer(out, "heap_size", term_map_get(answer, "heap_size"));
    write_integer(out, "stack_size", term_map_get(answer, "stack_size"));
    write_integer(out, "reductions", term_map_get(answer, "reductions"));
    write_integer(out, "message_queue_len", term_map_get(answer, "message_queue_len"));
    json_string(out, "status", atom_or(term_map_get(answer, "status"), "unknown"));
    write_function(out, "current_function", term_map_get(answer, "current_function"));
    write_function(out, "initial_call", term_map_get(answer, "$initial_call") &&
                                                        term_map_get(answer, "$initial_call")->type ==
                                                                TERM_TUPLE
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
    json_string(out, "priority", atom_or(term_map_get(answer, "priority"), "unknown"));
    json_string(
            out, "message_queue_data", atom_or(term_map_get(answer, "message_queue_data"), "unknown"));
    write_integer(out, "min_heap_size", property(gc, "min_heap_size"));
    write_integer(out, "min_bin_vheap_size", property(gc, "min_bin_vheap_size"));
    write_integer(out, "fullsweep_after", property(gc, "fullsweep_after"));
    json_close_object(out);
}

// Dictionary: [{Key, Value}], `too_large`, or `undefined` when it was not asked for.
static void write_dictionary(
        struct buffer *out, const struct one *one, const struct term *dictionary) {
    const struct term *items;
    uint32_t count;
    if (!term_list(dictionary, &items, &count)) {
        json_null(out, "dictionary");
        json_bool(out, "dictionary_is_too_large", term_is_atom(dictionary, "too_large"));
        return;
    }
    json_open_array(out, "dictionary");
    for (uint32_t i = 0; i < count; i++) {
        json_open_object(out, NULL);
        write_term(out, "key", one, term_element(&items[i], 0));
        write_term(out, "value", one, term_element(&items[i], 1));
        write_inspect(out, "inspect", one, &items[i], &print_default);
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_details(struct buffer *out, const struct one *one, const struct term *answer,
        uint32_t include) {
    struct error error;
    const struct mirror *mirror = node_mirror(one->node, &error);
    uint32_t slot = mirror ? mirror_find(mirror, one->id, one->serial) : MIRROR_NONE;
    struct str name;
    write_known(out, one, slot);
    const struct term *registered = term_map_get(answer, "registered_name");
    if (term_text(registered, &name)) {
        json_string(out, "name", mirror_alias(name));
    } else {
        json_null(out, "name");
    }
    const struct term *label = term_map_get(answer, "label");
    if (label == NULL || term_is_atom(label, "undefined")) {
        json_null(out, "label");
    } else {
        write_inspect(out, "label", one, label, &print_default);
    }
    json_bool(out, "alive", true);
    write_performance(out, answer);
    write_configuration(out, answer);
    if (include >> INCLUDE_LINKS & 1) {
        write_others(out, "links", one, term_map_get(answer, "links"));
    }
    if (include >> INCLUDE_MONITORS & 1) {
        write_others(out, "monitors", one, term_map_get(answer, "monitors"));
        write_others(out, "monitored_by", one, term_map_get(answer, "monitored_by"));
    }
    if (include >> INCLUDE_DICTIONARY & 1) {
        write_dictionary(out, one, term_map_get(answer, "dictionary"));
    }
    if (include >> INCLUDE_STACK & 1) {
        write_stack(out, term_map_get(answer, "current_stacktrace"));
    }
}

static void finish_details(struct details *details) {
    struct call *call = details->one.call;
    json_close_object(&call->answer);
    json_open_object(&call->answer, "meta");
    json_string(&call->answer, "node", node_name(details->one.node));
    json_time(&call->answer, "as_of", clock_unix_ms());
    json_close_object(&call->answer);
    json_close_object(&call->answer);
    call_done(call, 200);
}

static void ask_state(struct one *one, int64_t timeout_ms, int64_t max_bytes,
        node_answered *answered, void *context);
static void write_state(struct buffer *out, const struct one *one, const struct term *answer);

// A state that cannot be read does not spoil the other details: it is null, and why is said.
static void state_for_details(void *context, const struct term *answer, const struct error *error) {
    struct details *details = context;
    struct buffer *out = &details->one.call->answer;
    if (answer != NULL) {
        write_state(out, &details->one, answer);
    } else {
        json_null(out, "state");
        json_open_object(out, "state_error");
        json_text(out, "code", error_text(error->code));
        json_text(out, "message", error->message);
        json_close_object(out);
    }
    finish_details(details);
}

static void detailed(void *context, const struct term *answer, const struct error *error) {
    struct details *details = context;
    struct call *call = details->one.call;
    if (error != NULL) {
        fail_one(&details->one, error);
        return;
    }
    uint32_t include = call_value(call, "include")->choices;
    json_open_object(&call->answer, NULL);
    json_open_object(&call->answer, "data");
    write_details(&call->answer, &details->one, answer, include);
    if (include >> INCLUDE_STATE & 1) {
        ask_state(&details->one, 1000, 1 << 20, state_for_details, details);
        return;
    }
    finish_details(details);
}

static void ask_details(struct one *one) {
    static const char *const atoms[] = {
            [INCLUDE_LINKS] = "links",
            [INCLUDE_MONITORS] = "monitors",
            [INCLUDE_DICTIONARY] = "dictionary",
            [INCLUDE_STACK] = "stack_trace",
    };
    uint32_t include = call_value(one->call, "include")->choices & ~1u;
    struct details *details = arena_take_zeroed(&one->call->arena, 1, sizeof *details);
    details->one = *one;
    struct buffer arguments;
    buffer_init(&arguments);
    encode_one(&arguments, one, 3);
    if (include != 0) {
        encode_list(&arguments, (uint32_t)__builtin_popcount(include));
        for (int i = INCLUDE_LINKS; i <= INCLUDE_STACK; i++) {
            if (include >> i & 1) {
                encode_atom_text(&arguments, atoms[i]);
            }
        }
    }
    encode_nil(&arguments);
    encode_integer(&arguments, 10000);
    encode_nil(&arguments);
    node_ask(one->node, "details", buffer_str(&arguments), DETAILS_MS, NULL, detailed, details);
    buffer_finish(&arguments);
}

void run_process_get(struct call *call) {
    with_process(call, ask_details);
}

// ---- state -----------------------------------------------------------------------------------

#define STATE_MAX_QUEUE  1000
#define STATE_MAX_MEMORY (64 << 20)

static void ask_state(struct one *one, int64_t timeout_ms, int64_t max_bytes,
        node_answered *answered, void *context) {
    struct buffer arguments;
    buffer_init(&arguments);
    encode_one(&arguments, one, 5);
    encode_integer(&arguments, timeout_ms);
    encode_integer(&arguments, STATE_MAX_QUEUE);
    encode_integer(&arguments, STATE_MAX_MEMORY);
    encode_integer(&arguments, max_bytes);
    encode_nil(&arguments);
    node_ask(one->node, "state", buffer_str(&arguments), timeout_ms + 1000, NULL, answered, context);
    buffer_finish(&arguments);
}

// {SysState, Module, State}
static void write_state(struct buffer *out, const struct one *one, const struct term *answer) {
    static const struct print_limits limits = {.width = 10000, .depth = 64, .bytes = 4 << 20};
    const struct term *state = term_element(answer, 2);
    json_raw(out, "state", STR(""));
    json_from_term(out, state, node_name(one->node), &limits);
    write_inspect(out, "state_inspect", one, state, &print_default);
    json_string(out, "sys_state", atom_or(term_element(answer, 0), "unknown"));
}

static void stated(void *context, const struct term *answer, const struct error *error) {
    struct one *one = context;
    struct buffer *out = &one->call->answer;
    if (error != NULL) {
        fail_one(one, error);
        return;
    }
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_raw(out, "pid", STR("\""));
    print_pid(out, one->id, one->serial);
    buffer_add_u8(out, '"');
    json_string(out, "behavior", atom_or(term_element(answer, 1), "unknown"));
    write_state(out, one, answer);
    json_close_object(out);
    json_open_object(out, "meta");
    json_string(out, "node", node_name(one->node));
    json_time(out, "as_of", clock_unix_ms());
    json_close_object(out);
    json_close_object(out);
    call_done(one->call, 200);
}

static void state_of(struct one *one) {
    ask_state(one, call_value(one->call, "timeout_ms")->integer,
            call_value(one->call, "max_bytes")->integer, stated, one);
}

void run_process_state(struct call *call) {
    with_process(call, state_of);
}

// ---- exit signal -----------------------------------------------------------------------------

static void exited(void *context, const struct term *answer, const struct error *error) {
    struct one *one = context;
    struct buffer *out = &one->call->answer;
    if (error != NULL) {
        fail_one(one, error);
        return;
    }
    bool dry_run = term_is_atom(answer, "dry_run");
    struct str ended;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_raw(out, "pid", STR("\""));
    print_pid(out, one->id, one->serial);
    buffer_add_u8(out, '"');
    json_string(out, "reason", call_value(one->call, "reason")->text);
    json_bool(out, "sent", !dry_run);
    json_bool(out, "dry_run", dry_run);
    if (term_is_tagged(answer, "ended", 2) && term_text(term_element(answer, 1), &ended)) {
        json_bool(out, "alive", false);
        json_string(out, "exit_reason", ended);
    } else {
        json_bool(out, "alive", true);
        json_null(out, "exit_reason");
    }
    json_close_object(out);
    json_close_object(out);
    call_done(one->call, 200);
}

static void send_exit(struct one *one) {
    struct call *call = one->call;
    int64_t wait = call_value(call, "wait_ms")->integer;
    bool force = call_value(call, "force")->integer != 0;
    if (force && !(call->request.permissions >> PERMISSION_FORCE_SYSTEM & 1)) {
        struct error error;
        error_set(&error, ERROR_FORBIDDEN, "force needs the permission force:system");
        error_detail(&error, "permission", STR("force:system"));
        call_fail(call, &error);
        return;
    }
    struct buffer arguments;
    buffer_init(&arguments);
    encode_one(&arguments, one, 5);
    encode_binary(&arguments, call_value(call, "reason")->text);
    encode_atom_text(&arguments, force ? "true" : "false");
    encode_atom_text(&arguments, call_value(call, "dry_run")->integer ? "true" : "false");
    encode_integer(&arguments, wait);
    encode_nil(&arguments);
    node_ask(one->node, "exit_signal", buffer_str(&arguments), wait + 2000, NULL, exited, one);
    buffer_finish(&arguments);
}

void run_process_exit(struct call *call) {
    with_process(call, send_exit);
}
