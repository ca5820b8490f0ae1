// Documents: kept whole, up to the limit, replaced, listed newest first, removed.
#include "limits.h"
#include "store_fixture.h"

static struct {
    unsigned told;
    bool found;
    struct store_document document; // texts are copies
    char texts[4][64];
    char *body;
} got;

static void on_found(
        void *context, const struct store_document *document, const struct error *why) {
    (void)context;
    assert_null(why);
    got.told = 1;
    got.found = document != NULL;
    if (document == NULL) {
        return;
    }
    got.document = *document;
    struct str *texts[] = {
            &got.document.id, &got.document.node, &got.document.subject, &got.document.about};
    for (size_t i = 0; i < 4; i++) {
        snprintf(got.texts[i], sizeof got.texts[i], "%.*s", STR_ARGS(*texts[i]));
        texts[i]->at = got.texts[i];
    }
    got.body = malloc(document->body.length + 1);
    memcpy(got.body, document->body.at, document->body.length);
    got.document.body.at = got.body;
}

static void get_document(const char *kind, const char *id) {
    free(got.body);
    memset(&got, 0, sizeof got);
    store_document_get(store, str_of(kind), str_of(id), on_found, NULL);
    run_until(&got.told, 1);
}

static int finish_documents(void **state) {
    free(got.body);
    got.body = NULL;
    return finish(state);
}

static void put_document(const struct store_document *document) {
    struct told told = {0};
    store_document_put(store, document, on_done, &told);
    assert_all_done(&told, 1);
}

static struct store_document sample(const char *id, int64_t at) {
    return (struct store_document){
            .kind = STR("checkpoint"),
            .id = str_of(id),
            .node = STR("demo@host"),
            .subject = STR("demo/Worker"),
            .at = at,
            .about = STR("{\"size\":3}"),
            .body = {"a\0b", 3},
    };
}

static void a_document_comes_back_whole(void **state) {
    (void)state;
    struct store_document document = sample("one", 1234567890123);
    put_document(&document);
    reopen_store();
    get_document("checkpoint", "one");
    assert_true(got.found);
    assert_true(str_equal(got.document.id, document.id));
    assert_true(str_equal(got.document.node, document.node));
    assert_true(str_equal(got.document.subject, document.subject));
    assert_true(str_equal(got.document.about, document.about));
    assert_int_equal(got.document.at, document.at);
    assert_true(str_equal(got.document.body, document.body));
    get_document("recording", "one");
    assert_false(got.found);
    get_document("checkpoint", "two");
    assert_false(got.found);
}

static void a_document_is_replaced_as_a_whole(void **state) {
    (void)state;
    struct store_document document = sample("one", 1);
    put_document(&document);
    put_document(&(struct store_document){.kind = STR("checkpoint"), .id = STR("one"), .at = 2});
    get_document("checkpoint", "one");
    assert_true(got.found);
    assert_int_equal(got.document.at, 2);
    assert_int_equal(got.document.node.length, 0);
    assert_int_equal(got.document.body.length, 0);
}

static void the_largest_document_is_kept_and_a_larger_one_refused(void **state) {
    (void)state;
    struct told told = {0};
    struct store_document document = sample("large", 1);
    char *body = malloc(LIMIT_DOCUMENT_BYTES + 1u);
    for (size_t i = 0; i < LIMIT_DOCUMENT_BYTES + 1u; i++) {
        body[i] = (char)(i * 2654435761u >> 13);
    }
    document.body = (struct str){body, LIMIT_DOCUMENT_BYTES};
    put_document(&document);
    get_document("checkpoint", "large");
    assert_true(str_equal(got.document.body, document.body));
    document.body.length++;
    store_document_put(store, &document, on_done, &told);
    assert_int_equal(told.count, 1); // within the call
    assert_int_equal(told.error.code, ERROR_STORE);
    document.body.length = 1;
    document.about = (struct str){body, LIMIT_DOCUMENT_BYTES + 1u};
    document.subject = document.about;
    store_document_put(store, &document, on_done, &told);
    assert_int_equal(told.count, 2);
    assert_int_equal(told.error.code, ERROR_STORE);
    free(body);
}

static void removing_says_whether_there_was_one(void **state) {
    (void)state;
    struct told told = {0};
    struct store_document document = sample("one", 1);
    put_document(&document);
    store_document_remove(store, STR("checkpoint"), STR("one"), on_done, &told);
    assert_all_done(&told, 1);
    store_document_remove(store, STR("checkpoint"), STR("one"), on_done, &told);
    run_until(&told.count, 2);
    assert_int_equal(told.error.code, ERROR_NOT_FOUND);
    get_document("checkpoint", "one");
    assert_false(got.found);
}

// ---- lists -----------------------------------------------------------------------------------

static struct {
    unsigned told;
    uint64_t total;
    char text[200]; // "id:bytes id:bytes "
    enum error_code code;
} listed;

static void on_listed(void *context, const struct store_document *rows, size_t count,
        uint64_t total, const struct error *why) {
    (void)context;
    listed.told = 1;
    listed.total = total;
    listed.code = why != NULL ? why->code : ERROR_OK;
    char *at = listed.text;
    *at = '\0';
    for (size_t i = 0; i < count; i++) {
        assert_null(rows[i].body.at);
        at += sprintf(at, "%.*s:%zu ", STR_ARGS(rows[i].id), rows[i].body.length);
    }
}

static const char *list(
        const char *kind, const char *node, const char *subject, uint32_t limit, uint32_t offset) {
    listed.told = 0;
    store_document_list(
            store, str_of(kind), str_of(node), str_of(subject), limit, offset, on_listed, NULL);
    run_until(&listed.told, 1);
    return listed.text;
}

static void lists_are_newest_first_and_without_bodies(void **state) {
    (void)state;
    static const struct {
        const char *id, *node, *subject;
        int64_t at;
    } rows[] = {{"a", "n1", "s1", 30}, {"b", "n1", "s2", 10}, {"c", "n2", "s1", 20},
            {"d", "", "s1", 20}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct store_document document = sample(rows[i].id, rows[i].at);
        document.node = str_of(rows[i].node);
        document.subject = str_of(rows[i].subject);
        document.body.length = i;
        put_document(&document);
    }
    assert_string_equal(list("checkpoint", "", "", 10, 0), "a:0 d:3 c:2 b:1 ");
    assert_int_equal(listed.total, 4);
    assert_string_equal(list("checkpoint", "", "", 2, 1), "d:3 c:2 ");
    assert_int_equal(listed.total, 4);
    assert_string_equal(list("checkpoint", "n1", "", 10, 0), "a:0 b:1 ");
    assert_string_equal(list("checkpoint", "", "s1", 10, 0), "a:0 d:3 c:2 ");
    assert_string_equal(list("checkpoint", "n1", "s2", 10, 0), "b:1 ");
    assert_int_equal(listed.total, 1);
    assert_string_equal(list("recording", "", "", 10, 0), "");
    assert_string_equal(list("checkpoint", "", "", LIMIT_STORE_ROWS + 1, 0), "");
    assert_int_equal(listed.code, ERROR_INVALID_PARAMETER);
}

int main(void) {
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, finish_documents)
    static const struct CMUnitTest tests[] = {
            TEST(a_document_comes_back_whole),
            TEST(a_document_is_replaced_as_a_whole),
            TEST(the_largest_document_is_kept_and_a_larger_one_refused),
            TEST(removing_says_whether_there_was_one),
            TEST(lists_are_newest_first_and_without_bodies),
    };
    return cmocka_run_group_tests_name("store_documents", tests, NULL, NULL);
}
