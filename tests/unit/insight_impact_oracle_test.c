// What is said about ends against what happens: impact_oracle.escript builds hundreds of random
// trees of real supervisors, ends one process of each, and tells who lived on, who was started
// again, and who was gone.
#include "unit/impact_fixture.h"

#include <stdio.h>
#include <unistd.h>

#define CASES        400
#define MOST_IDS     60u
#define MOST_DEPTH   3u
#define MOST_WORKERS 4u

static uint32_t last_id;
static bool is_supervisor[MOST_IDS];
static FILE *cases;

static bool chance(int percent) {
    return rand() % 100 < percent;
}

// ---- trees, for both -------------------------------------------------------------------------

static const char *const restarts[] = {NULL, "permanent", "transient", "temporary"};

static void write_dynamic(uint32_t id) {
    enum restart_type restart = (enum restart_type)(1 + rand() % 3);
    int intensity = rand() % 3;
    is_supervisor[id] = true;
    supervisor(id, STRATEGY_SIMPLE_ONE_FOR_ONE, intensity, 0);
    struct spec specs[MOST_WORKERS + 1] = {0};
    uint32_t count = (uint32_t)rand() % MOST_WORKERS;
    fprintf(cases, "{dynamic, %u, %s, %d, [", id, restarts[restart], intensity);
    for (uint32_t i = 0; i < count; i++) {
        specs[i] = (struct spec){++last_id, restart, false, 5000};
        fprintf(cases, "%s%u", i ? ", " : "", last_id);
    }
    fprintf(cases, "]}");
    children(id, specs);
}

static void write_worker(uint32_t id) {
    traps[process(id)] = chance(40);
    fprintf(cases, "{worker, %u, %s}", id, traps[process(id)] ? "true" : "false");
}

static void write_supervisor(uint32_t id, uint32_t depth) {
    static const enum strategy strategies[] = {
            STRATEGY_ONE_FOR_ONE, STRATEGY_ONE_FOR_ALL, STRATEGY_REST_FOR_ONE};
    static const char *const names[] = {"one_for_one", "one_for_all", "rest_for_one"};
    static const char *const shutdowns[] = {"never", "any_significant", "all_significant"};
    int strategy = rand() % 3;
    int intensity = rand() % 4;
    int automatic = chance(25) ? 1 + rand() % 2 : 0;
    is_supervisor[id] = true;
    supervisor(id, strategies[strategy], intensity, 0)->auto_shutdown = (uint8_t)automatic;
    struct spec specs[MOST_WORKERS + 1] = {0};
    uint32_t count = 1 + (uint32_t)rand() % MOST_WORKERS;
    fprintf(cases, "{supervisor, %u, #{strategy => %s, intensity => %d, auto_shutdown => %s}, [",
            id, names[strategy], intensity, shutdowns[automatic]);
    for (uint32_t i = 0; i < count; i++) {
        enum restart_type restart = (enum restart_type)(1 + rand() % 3);
        bool significant = automatic && restart != RESTART_PERMANENT && chance(60);
        specs[i] = (struct spec){++last_id, restart, significant, 5000};
        fprintf(cases, "%s{%s, %s, ", i ? ", " : "", restarts[restart],
                significant ? "true" : "false");
        if (depth < MOST_DEPTH && chance(35) && last_id + 20 < MOST_IDS) {
            write_supervisor(last_id, depth + 1);
        } else if (depth < MOST_DEPTH && chance(15) && last_id + 10 < MOST_IDS) {
            write_dynamic(last_id);
        } else {
            write_worker(last_id);
        }
        fprintf(cases, "}");
    }
    fprintf(cases, "]}");
    children(id, specs);
}

// A worker that is not `other`, or 0.
static uint32_t any_worker(uint32_t other) {
    for (int i = 0; i < 20; i++) {
        uint32_t id = 1 + (uint32_t)rand() % last_id;
        if (!is_supervisor[id] && id != other) {
            return id;
        }
    }
    return 0;
}

// A case in the file, with the mirror of the same. Returns the victim.
static uint32_t write_case(int number, enum impact_reason *reason) {
    static const char *const reasons[] = {"normal", "shutdown", "error"};
    srand((unsigned)number + 1);
    last_id = 1;
    memset(is_supervisor, 0, sizeof is_supervisor);
    *reason = rand() % 5 < 3 ? IMPACT_ERROR : (enum impact_reason)(rand() % 2);
    fprintf(cases, "{");
    write_supervisor(1, 0);
    fprintf(cases, ", ");
    uint32_t victim = 1 + (uint32_t)rand() % last_id;
    fprintf(cases, "%u, %s, [", victim, reasons[*reason]);
    uint32_t a = any_worker(0);
    uint32_t b = any_worker(a);
    if (chance(40) && a != 0 && b != 0) {
        link_to(a, b);
        fprintf(cases, "{%u, %u}", a, b);
    }
    fprintf(cases, "]}.\n");
    return victim;
}

// ---- comparing -------------------------------------------------------------------------------

static const char *expected_word(uint32_t id) {
    const struct impact_row *row = row_of(id);
    if (row == NULL) {
        return "lives";
    }
    return row->after == IMPACT_RESTARTED || row->after == IMPACT_ANEW ? "again" : "gone";
}

// One line of the oracle's: "1 lives 2 again …", for every process.
static bool check_line(const char *line, int number) {
    bool same = true;
    uint32_t count = 0;
    uint32_t id;
    char word[8];
    int length;
    for (; sscanf(line, "%u %7s%n", &id, word, &length) == 2; line += length) {
        count++;
        if (strcmp(word, expected_word(id)) != 0) {
            same = false;
            print_message("case %d: %u is said to be %s, and is %s\n", number, id,
                    expected_word(id), word);
        }
    }
    assert_int_equal(count, last_id);
    return same;
}

static FILE *run_oracle(const char *file) {
    char command[600];
    const char *script = __FILE__;
    int folder = (int)(strrchr(script, '/') - script);
    snprintf(command, sizeof command, "escript '%.*s/impact_oracle.escript' %s", folder, script,
            file);
    FILE *pipe = popen(command, "r");
    must(pipe != NULL);
    return pipe;
}

// The cases are made twice, from the same seeds: for the oracle, and for us.
static void real_supervisors_do_what_is_said(void **state) {
    if (system("command -v escript >/dev/null 2>&1") != 0) {
        skip();
    }
    char file[] = "/tmp/impact_cases.XXXXXX";
    cases = fdopen(mkstemp(file), "w");
    must(cases != NULL);
    enum impact_reason reason;
    for (int i = 0; i < CASES; i++) {
        impact_begin(state);
        write_case(i, &reason);
        impact_finish(state);
    }
    fclose(cases);
    FILE *lines = run_oracle(file);
    cases = fopen("/dev/null", "w");
    int different = 0;
    char line[2000];
    for (int i = 0; i < CASES; i++) {
        assert_non_null(fgets(line, sizeof line, lines));
        impact_begin(state);
        uint32_t victim = write_case(i, &reason);
        ask(victim, reason);
        assert_true(impact.certain);
        different += !check_line(line, i);
        impact_finish(state);
    }
    fclose(cases);
    assert_int_equal(pclose(lines), 0);
    unlink(file);
    assert_int_equal(different, 0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(real_supervisors_do_what_is_said),
    };
    return cmocka_run_group_tests_name("insight_impact_oracle", tests, NULL, NULL);
}
