// The list of processes: filters and sorts from the arguments, rows from the mirror.
#include "base/json_writer.h"
#include "node/kinds.h"
#include "node/mirror_query.h"
#include "operations/answer.h"
#include "operations/handlers.h"
#include "operations/process_rows.h"

#define NO_KIND (1u << 31) // a bit that no kind has: nothing passes

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

// What an operation's own name says beside its arguments.
struct preset {
    const char *operation;
    uint32_t kinds; // 0: all
    bool named;
};

static const struct preset presets[] = {
        {"list_registered_processes", 0, true},
        {"list_supervisor_processes", 1u << KIND_SUPERVISOR, false},
        {"list_genserver_processes", 1u << KIND_GEN_SERVER | 1u << KIND_AGENT, false},
        {"list_gen_event_processes", 1u << KIND_GEN_EVENT, false},
        {"list_gen_statem_processes", 1u << KIND_GEN_STATEM, false},
};

static void apply_preset(const struct call *call, struct process_filter *filter) {
    for (size_t i = 0; i < sizeof presets / sizeof presets[0]; i++) {
        if (strcmp(presets[i].operation, call->operation->name) == 0) {
            filter->kinds = filter->kinds == 0 || presets[i].kinds == 0
                                    ? filter->kinds | presets[i].kinds
                                    : filter->kinds & presets[i].kinds;
            filter->kinds |= filter->kinds == 0 && presets[i].kinds != 0 ? NO_KIND : 0;
            filter->named = presets[i].named;
        }
    }
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
        filter.kinds = kinds != 0 ? kinds : NO_KIND;
    }
    for (int code = 0; status->given && code < STATUS_UNKNOWN; code++) {
        if (str_is(status->text, status_text((enum process_status)code))) {
            filter.statuses = 1u << code;
        }
    }
    apply_preset(call, &filter);
    filter.any = filter.kinds || filter.named || filter.application != NULL || filter.statuses ||
                 filter.supervised >= 0 || filter.pattern.length > 0 || filter.memory_min > 0 ||
                 filter.memory_max < UINT64_MAX || filter.queue_min > 0 ||
                 filter.queue_max < UINT32_MAX;
    return filter;
}

// Applications that run; the error names those that do.
static bool choose_application(const struct call *call, const struct mirror *mirror,
        struct process_filter *filter, struct error *error) {
    if (operation_argument(call->operation, STR("application")) == NULL ||
            !call_value(call, "application")->given) {
        return true;
    }
    struct str name = call_value(call, "application")->text;
    struct str names[64];
    size_t count = 0;
    for (size_t i = 0; i < mirror->application_count; i++) {
        struct str have = mirror_text(mirror, mirror->applications[i].name);
        if (str_equal(have, name)) {
            filter->application = &mirror->applications[i];
            filter->any = true;
            return true;
        }
        if (count < 64) {
            names[count++] = have;
        }
    }
    error_set(error, ERROR_ITEM_NOT_FOUND, "no application %.*s runs on the node",
            (int)(name.length < 80 ? name.length : 80), name.at);
    error_detail(error, "field", STR("application"));
    error_detail_list(error, "applications", names, count);
    return false;
}

static void list(struct call *call, struct node *node, struct mirror *mirror) {
    static const enum process_sort sorts[] = {SORT_NAME, SORT_MEMORY, SORT_QUEUE, SORT_REDUCTIONS};
    const struct value *sort = call_value(call, "sort");
    const struct value *order = call_value(call, "order");
    enum process_sort by = sort->given ? sorts[sort->integer] : SORT_PID;
    bool descending = order->given ? order->integer == 1 : by != SORT_PID && by != SORT_NAME;
    struct process_filter filter = read_filter(call);
    struct error error;
    if (!choose_application(call, mirror, &filter, &error)) {
        call_fail(call, &error);
        return;
    }
    struct paging paging = answer_paging(call);
    struct process_page page;
    if (!mirror_query(mirror, &call->arena, &filter, by, descending, paging.offset, paging.per_page,
                &page, &error)) {
        call_fail(call, &error);
        return;
    }
    struct buffer *out = &call->answer;
    buffer_reserve(out, PROCESS_ROW_USUAL * (page.count + 2)); // grows once, not by doubling
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
    answer_from_mirror(call, LOOK_PROCESSES, list);
}
