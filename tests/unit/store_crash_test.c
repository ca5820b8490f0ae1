// A process that writes to the store and tells what was acknowledged is killed at random moments;
// everything that it told is there afterwards, and the chain of audit records is whole.
#include "store_fixture.h"

#include <signal.h>
#include <sys/wait.h>

#define ROUNDS  30
#define AT_ONCE 40 // jobs on their way

enum kind { AUDIT, KEY, DOCUMENT, KINDS };

// One acknowledgement in the pipe. A key is put anew with a larger number; a record and a document
// are new each time.
struct acknowledged {
    uint32_t kind, number;
};

// ---- the process that is killed --------------------------------------------------------------

static int pipe_out;
static uint32_t next_number[KINDS];

struct write {
    struct acknowledged what;
};

static void submit_one(enum kind kind);

static void on_written(void *context, const struct error *why) {
    struct write *write_job = context;
    if (why != NULL) {
        fprintf(stderr, "%s\n", why->message);
        _exit(1);
    }
    if (write(pipe_out, &write_job->what, sizeof write_job->what) != sizeof write_job->what) {
        _exit(1);
    }
    enum kind kind = write_job->what.kind;
    free(write_job);
    submit_one(kind);
}

static void submit_one(enum kind kind) {
    struct write *context = malloc(sizeof *context);
    uint32_t number = next_number[kind]++;
    char text[32];
    context->what = (struct acknowledged){kind, number};
    snprintf(text, sizeof text, "%u", number);
    switch (kind) {
    case AUDIT: {
        struct store_audit record = sample_audit(number);
        record.request_id = str_of(text);
        store_audit_append(store, &record, on_written, context);
        break;
    }
    case KEY: {
        // Ten keys, each put again and again.
        struct store_key key = {.name = STR("k"), .last_used_at = number};
        snprintf(key.id, sizeof key.id, "key%u", number % 10);
        memset(key.hash, (int)(1 + number % 10), sizeof key.hash);
        store_key_put(store, &key, on_written, context);
        break;
    }
    case DOCUMENT:
    case KINDS: {
        static char body[30000];
        memset(body, (int)(number % 256), sizeof body);
        struct store_document document = {.kind = STR("checkpoint"),
                .id = str_of(text),
                .about = STR("{}"),
                .body = {body, 1 + number * 7919 % sizeof body}};
        store_document_put(store, &document, on_written, context);
        break;
    }
    }
}

_Noreturn static void write_until_killed(const uint32_t *from) {
    memcpy(next_number, from, sizeof next_number);
    uv_loop_init(&loop);
    store = store_open(&loop, directory, &error);
    if (store == NULL) {
        fprintf(stderr, "%s\n", error.message);
        _exit(1);
    }
    for (int i = 0; i < AT_ONCE; i++) {
        submit_one((enum kind)(i % KINDS));
    }
    uv_run(&loop, UV_RUN_DEFAULT);
    _exit(1);
}

// ---- the one that kills ----------------------------------------------------------------------

// What was acknowledged, over all rounds.
static uint32_t acknowledged[KINDS]; // numbers below are there
static uint32_t of_key[10];          // the last number of each key

static void note(struct acknowledged what) {
    // Acknowledgements of one kind come in order, so a missing one would show.
    assert_int_equal(what.number, acknowledged[what.kind]);
    acknowledged[what.kind]++;
    if (what.kind == KEY) {
        of_key[what.number % 10] = what.number;
    }
}

// Starts a writer, and kills it after `most` acknowledgements; more may be on their way then.
static void run_and_kill(unsigned most) {
    int ends[2];
    int status;
    struct acknowledged what;
    assert_int_equal(pipe(ends), 0);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0) {
        close(ends[0]);
        pipe_out = ends[1];
        write_until_killed(acknowledged);
    }
    close(ends[1]);
    for (unsigned i = 0; i < most; i++) {
        assert_int_equal(read(ends[0], &what, sizeof what), sizeof what);
        note(what);
    }
    assert_int_equal(kill(child, SIGKILL), 0);
    while (read(ends[0], &what, sizeof what) == sizeof what) {
        note(what);
    }
    close(ends[0]);
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);
}

// ---- what is there ---------------------------------------------------------------------------

static uint32_t found_keys;

static void check_key(void *context, const struct store_key *key) {
    (void)context;
    unsigned i = (unsigned)(key->id[3] - '0');
    assert_true(key->last_used_at >= of_key[i]);
    found_keys++;
}

// Records, acknowledged or not, by their request_id.
struct audits {
    unsigned told;
    size_t count;
    bool *seen;
};

static void on_audits(void *context, const struct store_audit *rows, size_t count, uint64_t total,
        int64_t broken, const struct error *why) {
    struct audits *audits = context;
    (void)total;
    (void)broken;
    assert_null(why);
    for (size_t i = 0; i < count; i++) {
        char text[32];
        snprintf(text, sizeof text, "%.*s", STR_ARGS(rows[i].request_id));
        size_t number = strtoul(text, NULL, 10);
        if (number < acknowledged[AUDIT]) {
            audits->seen[number] = true;
        }
    }
    audits->count = count;
    audits->told = 1;
}

static void check_audits(void) {
    struct audits audits = {.seen = calloc(acknowledged[AUDIT] + 1, 1)};
    struct store_audit_filter filter = {.limit = 1000};
    do {
        audits.told = 0;
        store_audit_list(store, &filter, false, on_audits, &audits);
        run_until(&audits.told, 1);
        filter.offset += 1000;
    } while (audits.count == 1000);
    for (uint32_t i = 0; i < acknowledged[AUDIT]; i++) {
        assert_true(audits.seen[i]);
    }
    free(audits.seen);
    assert_int_equal(verify_chain().broken, 0);
}

struct documents {
    unsigned told;
    uint32_t number;
};

static void on_document(
        void *context, const struct store_document *document, const struct error *why) {
    struct documents *documents = context;
    assert_null(why);
    assert_non_null(document);
    assert_int_equal(document->body.length, 1 + documents->number * 7919 % 30000);
    for (size_t i = 0; i < document->body.length; i++) {
        assert_int_equal((uint8_t)document->body.at[i], documents->number % 256);
    }
    documents->told = 1;
}

static void check_documents(uint32_t from) {
    for (uint32_t i = from; i < acknowledged[DOCUMENT]; i++) {
        struct documents documents = {.number = i};
        char id[16];
        snprintf(id, sizeof id, "%u", i);
        store_document_get(store, STR("checkpoint"), str_of(id), on_document, &documents);
        run_until(&documents.told, 1);
    }
}

static void what_was_acknowledged_survives_being_killed(void **state) {
    (void)state;
    srand((unsigned)getpid());
    for (int round = 0; round < ROUNDS; round++) {
        uint32_t documents = acknowledged[DOCUMENT];
        // Sometimes before the store is open, sometimes after checkpoints of its log.
        run_and_kill(round % 5 == 0 ? 0 : (unsigned)rand() % (round % 5 == 1 ? 3000 : 300));
        open_store();
        found_keys = 0;
        assert_true(store_keys(store, check_key, NULL, &error));
        assert_true(found_keys >= (acknowledged[KEY] < 10 ? acknowledged[KEY] : 10));
        check_audits();
        check_documents(documents);
        close_store();
    }
    assert_true(acknowledged[AUDIT] > 100 && acknowledged[KEY] > 100);
    open_store();
    check_documents(0);
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test_setup_teardown(
                    what_was_acknowledged_survives_being_killed, begin_with_directory, finish),
    };
    return cmocka_run_group_tests_name("store_crash", tests, NULL, NULL);
}
