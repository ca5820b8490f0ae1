// A report on a node: what it is, how it does, what is wrong. One gathering, three forms.
#include "base/clock.h"
#include "base/json_writer.h"
#include "insight/bottlenecks.h"
#include "node/kinds.h"
#include "operations/answer.h"
#include "operations/figures.h"
#include "operations/handlers.h"
#include "operations/render.h"
#include "operations/supervisor_rows.h"

#include <time.h>

#define SUPERVISORS_MOST 200u
#define HEAVIEST         20u

struct report {
    const struct figures *figures;
    struct health_scores scores;
    struct bottleneck *bottlenecks;
    uint32_t count, total;
    uint32_t heaviest[HEAVIEST]; // slots
    uint32_t heaviest_count;
};

static void find_heaviest(struct report *report, const struct mirror *mirror) {
    const struct process_columns *p = &mirror->p;
    for (uint32_t slot = 0; slot < mirror->slot_count; slot++) {
        if (!(p->flags[slot] & PROCESS_LIVE)) {
            continue;
        }
        uint32_t at = report->heaviest_count;
        while (at > 0 && p->memory[report->heaviest[at - 1]] < p->memory[slot]) {
            at--;
        }
        if (at == HEAVIEST) {
            continue;
        }
        uint32_t last = report->heaviest_count < HEAVIEST ? report->heaviest_count++ : HEAVIEST - 1;
        for (uint32_t i = last; i > at; i--) {
            report->heaviest[i] = report->heaviest[i - 1];
        }
        report->heaviest[at] = slot;
    }
}

// ---- JSON ------------------------------------------------------------------------------------

static void write_supervisors(struct buffer *out, const struct mirror *mirror) {
    uint32_t shown = 0;
    json_open_array(out, "supervisors");
    for (uint32_t i = 0; i < mirror->supervisor_count && shown < SUPERVISORS_MOST; i++) {
        if (mirror->supervisors[i].slot != MIRROR_NONE) {
            json_open_object(out, NULL);
            supervisor_summary(out, mirror, i);
            json_close_object(out);
            shown++;
        }
    }
    json_close_array(out);
}

static void write_heaviest(
        struct buffer *out, const struct report *report, const struct mirror *mirror) {
    json_open_array(out, "heaviest_processes");
    for (uint32_t i = 0; i < report->heaviest_count; i++) {
        uint32_t slot = report->heaviest[i];
        json_open_object(out, NULL);
        answer_pid(out, "pid", mirror, slot);
        answer_atom(out, "name", mirror, mirror->p.display[slot]);
        json_uint(out, "memory", mirror->p.memory[slot]);
        json_uint(out, "message_queue_len", mirror->p.queue[slot]);
        json_uint(out, "reductions", mirror->p.reductions[slot]);
        json_close_object(out);
    }
    json_close_array(out);
}

static void write_bottlenecks(
        struct buffer *out, const struct report *report, const struct mirror *mirror) {
    json_open_array(out, "bottlenecks");
    for (uint32_t i = 0; i < report->count; i++) {
        const struct bottleneck *one = &report->bottlenecks[i];
        json_open_object(out, NULL);
        json_text(out, "type", bottleneck_text(one->kind));
        json_text(out, "severity", severity_text(one->severity));
        answer_pid(out, "pid", mirror, one->slot);
        json_text(out, "what", one->what);
        json_int(out, "value", one->value);
        json_int(out, "threshold", one->threshold);
        json_text(out, "advice", bottleneck_advice(one->kind)[0]);
        json_close_object(out);
    }
    json_close_array(out);
}

static void answer_json(struct call *call, const struct report *report) {
    const struct figures *figures = report->figures;
    const struct mirror *mirror = figures->mirror;
    const struct node_facts *facts = node_facts(figures->node);
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    json_put_string(out, "node", node_name(figures->node));
    json_time(out, "made_at", clock_unix_ms());
    json_int(out, "otp_release", facts->otp);
    json_text(out, "elixir_version", facts->elixir[0] ? facts->elixir : NULL);
    json_text(out, "status", health_text(report->scores.status));
    json_number(out, "overall_score", report->scores.overall);
    json_int(out, "processes", figures->of.processes);
    figures_write_memory(out, figures);
    figures_write(out, figures);
    write_bottlenecks(out, report, mirror);
    json_uint(out, "bottlenecks_total", report->total);
    write_supervisors(out, mirror);
    write_heaviest(out, report, mirror);
    json_close_object(out);
    answer_origin(call, figures->node, mirror);
    json_close_object(out);
    call_done(call, 200);
}

// ---- Markdown --------------------------------------------------------------------------------

// A text inside a table: no bars, no line ends.
static void cell(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        char c = text.at[i];
        if (c == '|' || c == '\\' || c == '`' || c == '*' || c == '#') {
            buffer_add_u8(out, '\\');
        }
        buffer_add_u8(out, c == '\n' || c == '\r' ? ' ' : (uint8_t)c);
    }
}

static void put_name(struct buffer *out, const struct mirror *mirror, uint32_t slot) {
    if (slot == MIRROR_NONE) {
        buffer_add_text(out, "the node");
        return;
    }
    cell(out, mirror_alias(mirror_text(mirror, mirror->p.display[slot])));
    buffer_printf(out, " <0.%u.%u>", mirror->p.id[slot], mirror->p.serial[slot]);
}

static void put_head(struct buffer *out, const struct report *report) {
    const struct figures *figures = report->figures;
    const struct node_facts *facts = node_facts(figures->node);
    char day[40];
    time_t now = (time_t)(clock_unix_ms() / 1000);
    struct tm utc;
    gmtime_r(&now, &utc);
    strftime(day, sizeof day, "%Y-%m-%d %H:%M:%S UTC", &utc);
    buffer_add_text(out, "# Report on ");
    cell(out, node_name(figures->node));
    buffer_printf(out, "\n\nMade by Whitebeam on %s. OTP %d", day, facts->otp);
    buffer_printf(out, "%s%s.\n\n", facts->elixir[0] ? ", Elixir " : "", facts->elixir);
    buffer_printf(out,
            "**%s**, %.1f of 100: supervision %.1f, processes %.1f, performance %.1f.\n\n",
            health_text(report->scores.status), report->scores.overall, report->scores.supervision,
            report->scores.process, report->scores.performance);
    buffer_add_text(out, "| figure | value | limit |\n|---|---|---|\n");
    buffer_printf(out, "| processes | %lld | %lld |\n", (long long)figures->of.processes,
            (long long)figures->of.process_limit);
    buffer_printf(out, "| ports | %lld | %lld |\n", (long long)figures->of.ports,
            (long long)figures->of.port_limit);
    buffer_printf(out, "| atoms | %lld | %lld |\n", (long long)figures->of.atoms,
            (long long)figures->of.atom_limit);
    buffer_printf(out, "| ETS tables | %lld | %lld |\n", (long long)figures->of.ets,
            (long long)figures->of.ets_limit);
    buffer_printf(out, "| memory, MB | %.1f | |\n| run queue | %lld | |\n\n",
            (double)figures->of.memory_total / 1e6, (long long)figures->of.run_queue);
}

static void put_bottlenecks(
        struct buffer *out, const struct report *report, const struct mirror *mirror) {
    buffer_add_text(out, "## What is wrong\n\n");
    if (report->count == 0) {
        buffer_add_text(out, "Nothing that the rules of docs/health.md find.\n\n");
        return;
    }
    buffer_add_text(out,
            "| severity | what | where | value | from | advice |\n|---|---|---|---|---|---|\n");
    for (uint32_t i = 0; i < report->count; i++) {
        const struct bottleneck *one = &report->bottlenecks[i];
        buffer_printf(out, "| %s | ", severity_text(one->severity));
        cell(out, str_of(bottleneck_text(one->kind)));
        buffer_add_text(out, " | ");
        put_name(out, mirror, one->slot);
        buffer_printf(out, " | %lld | %lld | ", (long long)one->value, (long long)one->threshold);
        cell(out, str_of(bottleneck_advice(one->kind)[0]));
        buffer_add_text(out, " |\n");
    }
    buffer_add_text(out, "\n");
}

static void put_supervisors(struct buffer *out, const struct mirror *mirror) {
    uint32_t shown = 0;
    buffer_add_text(out, "## Supervisors\n\n| supervisor | strategy | children | restarts used |\n"
                         "|---|---|---|---|\n");
    for (uint32_t i = 0; i < mirror->supervisor_count && shown < SUPERVISORS_MOST; i++) {
        const struct supervisor *supervisor = &mirror->supervisors[i];
        if (supervisor->slot == MIRROR_NONE) {
            continue;
        }
        shown++;
        const char *strategy = strategy_text(supervisor->strategy);
        buffer_add_text(out, "| ");
        put_name(out, mirror, supervisor->slot);
        buffer_add_text(out, " | ");
        cell(out, str_of(strategy ? strategy : "unknown"));
        buffer_printf(out, " | %u | ", supervisor->child_count);
        if (supervisor->has_flags) {
            buffer_printf(out, "%lld of %lld in %lld s |\n",
                    (long long)(supervisor->used > 0 ? supervisor->used : 0),
                    (long long)supervisor->intensity, (long long)supervisor->period);
        } else {
            buffer_add_text(out, "not known |\n");
        }
    }
    buffer_add_text(out, "\n");
}

static void put_heaviest(
        struct buffer *out, const struct report *report, const struct mirror *mirror) {
    buffer_add_text(out,
            "## Largest processes\n\n| process | memory, kB | messages waiting |\n|---|---|---|\n");
    for (uint32_t i = 0; i < report->heaviest_count; i++) {
        uint32_t slot = report->heaviest[i];
        buffer_add_text(out, "| ");
        put_name(out, mirror, slot);
        buffer_printf(out, " | %.1f | %u |\n", (double)mirror->p.memory[slot] / 1e3,
                mirror->p.queue[slot]);
    }
}

static void put_markdown(struct buffer *out, const struct report *report) {
    const struct mirror *mirror = report->figures->mirror;
    put_head(out, report);
    put_bottlenecks(out, report, mirror);
    put_supervisors(out, mirror);
    put_heaviest(out, report, mirror);
}

// ---- the answer ------------------------------------------------------------------------------

static void report(struct figures *figures) {
    enum { FORMAT_JSON, FORMAT_MARKDOWN, FORMAT_PDF };
    struct call *call = figures->call;
    struct report report = {.figures = figures};
    int64_t format = call_value(call, "format")->integer;
    report.scores = health_of_system(figures->mirror, &figures->of);
    report.bottlenecks = arena_take(&call->arena, BOTTLENECKS_MOST, sizeof *report.bottlenecks);
    report.count = bottlenecks_find(
            figures->mirror, &figures->of, clock_unix_ms(), report.bottlenecks, &report.total);
    find_heaviest(&report, figures->mirror);
    if (format == FORMAT_JSON) {
        answer_json(call, &report);
        return;
    }
    put_markdown(&call->answer, &report);
    if (format == FORMAT_PDF) {
        render_pdf(call);
        return;
    }
    call->content_type = "text/markdown; charset=utf-8";
    call_done(call, 200);
}

void run_report(struct call *call) {
    figures_ask(call, report);
}
