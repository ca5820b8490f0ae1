// Asking for figures, and writing them.
#include "operations/figures.h"

#include "base/json_writer.h"
#include "operations/answer.h"

#define FIGURES_MS 3000

static int64_t figure(const struct term *map, const char *key) {
    int64_t value;
    return term_integer(term_map_get(map, key), &value) ? value : 0;
}

static struct health_figures read_figures(const struct term *answer) {
    return (struct health_figures){
            .processes = figure(answer, "processes"),
            .process_limit = figure(answer, "process_limit"),
            .ports = figure(answer, "ports"),
            .port_limit = figure(answer, "port_limit"),
            .atoms = figure(answer, "atoms"),
            .atom_limit = figure(answer, "atom_limit"),
            .ets = figure(answer, "ets"),
            .ets_limit = figure(answer, "ets_limit"),
            .run_queue = figure(answer, "run_queue"),
            .schedulers_online = figure(answer, "schedulers_online"),
            .memory_total = figure(term_map_get(answer, "memory"), "total"),
    };
}

static void answered(void *context, const struct term *answer, const struct error *error) {
    struct figures *figures = context;
    struct error why;
    if (error != NULL) {
        call_fail(figures->call, error);
        return;
    }
    figures->mirror = node_mirror(figures->node, &why);
    if (figures->mirror == NULL) {
        call_fail(figures->call, &why);
        return;
    }
    figures->of = read_figures(answer);
    figures->answer = answer;
    figures->then(figures);
}

static void looked(struct call *call, struct node *node, struct mirror *mirror) {
    struct figures *figures = call->state;
    figures->node = node;
    figures->mirror = mirror;
    node_ask(node, "figures", (struct str){"j", 1}, FIGURES_MS, NULL, answered, figures);
}

void figures_ask(struct call *call, void (*then)(struct figures *figures)) {
    struct figures *figures = arena_take_zeroed(&call->arena, 1, sizeof *figures);
    figures->call = call;
    figures->then = then;
    call->state = figures;
    answer_from_mirror(call, LOOK_PROCESSES, looked);
}

void figures_write_memory(struct buffer *out, const struct figures *figures) {
    static const char *const keys[] = {"total", "processes", "processes_used", "system", "atom",
            "atom_used", "binary", "code", "ets"};
    const struct term *memory = term_map_get(figures->answer, "memory");
    json_open_object(out, "memory_usage");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        json_int(out, keys[i], figure(memory, keys[i]));
    }
    json_close_object(out);
}

void figures_write(struct buffer *out, const struct figures *figures) {
    const struct term *answer = figures->answer;
    const struct health_figures *of = &figures->of;
    json_open_object(out, "limits");
    json_int(out, "process_limit", of->process_limit);
    json_int(out, "ports", of->ports);
    json_int(out, "port_limit", of->port_limit);
    json_int(out, "atoms", of->atoms);
    json_int(out, "atom_limit", of->atom_limit);
    json_int(out, "ets_tables", of->ets);
    json_int(out, "ets_limit", of->ets_limit);
    json_close_object(out);
    json_int(out, "run_queue", of->run_queue);
    json_int(out, "schedulers_online", of->schedulers_online);
    json_int(out, "uptime_ms", figure(answer, "uptime_ms"));
    json_open_object(out, "io");
    json_int(out, "input_bytes", figure(answer, "input"));
    json_int(out, "output_bytes", figure(answer, "output"));
    json_close_object(out);
}
