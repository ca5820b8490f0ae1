// Files of the page: which one, in which form, and when not at all.
#include "serve/assets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

#define BYTES(literal) (const uint8_t *)(literal)

static const struct asset rows[] = {
        {"/index.html", "text/html; charset=utf-8", "\"one\"", BYTES("<p>"), NULL, 3, 0, false},
        {"/app-ABCD1234.js", "text/javascript; charset=utf-8", "\"two\"", BYTES("x=1"), BYTES("z"),
                3, 1, true},
};

static const struct assets assets = {rows, 2};

static const struct asset *find(const char *path) {
    return asset_find(&assets, str_of(path));
}

static void files_are_found_at_their_paths(void **state) {
    (void)state;
    assert_ptr_equal(find("/"), &rows[0]);
    assert_ptr_equal(find("/index.html"), &rows[0]);
    assert_ptr_equal(find("/app-ABCD1234.js"), &rows[1]);
    const char *others[] = {"", "//", "/app", "/app-ABCD1234.js/", "/App-ABCD1234.js", "index.html",
            "/../index.html", "/%69ndex.html", "/api/v1/nodes"};
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        assert_null(find(others[i]));
    }
}

static void without_a_page_the_front_says_how_to_build_it(void **state) {
    (void)state;
    const struct assets none = {rows, 0};
    const struct asset *front = asset_find(&none, STR("/"));
    assert_non_null(front);
    assert_string_equal(front->type, "text/html; charset=utf-8");
    assert_non_null(strstr((const char *)front->bytes, "npm"));
    assert_int_equal(front->size, strlen((const char *)front->bytes));
    assert_null(asset_find(&none, STR("/app-ABCD1234.js")));
}

static bool gzipped(const char *accepted) {
    return asset_answer(&rows[1], str_of(accepted), STR("")).gzip;
}

static void the_compressed_form_goes_to_who_accepts_it(void **state) {
    (void)state;
    const char *yes[] = {"gzip", "gzip, deflate, br", "br;q=1.0, gzip;q=0.8", "*", "GZIP",
            "deflate,gzip ;q=1", "identity;q=0, *;q=0.1"};
    const char *no[] = {"", "identity", "br", "gzip;q=0", "gzip;q=0.000", "gzip; q=0, *", "*;q=0",
            "xgzip", "gzipx", "x-gzip"};
    for (size_t i = 0; i < sizeof yes / sizeof *yes; i++) {
        assert_true(gzipped(yes[i]));
    }
    for (size_t i = 0; i < sizeof no / sizeof *no; i++) {
        assert_false(gzipped(no[i]));
    }
    assert_false(asset_answer(&rows[0], STR("gzip"), STR("")).gzip); // it has none
}

static int status(const struct asset *asset, const char *accepted, const char *tags) {
    return asset_answer(asset, str_of(accepted), str_of(tags)).status;
}

static void what_the_client_has_is_not_sent_again(void **state) {
    (void)state;
    assert_int_equal(status(&rows[0], "", "\"one\""), 304);
    assert_int_equal(status(&rows[0], "", "W/\"one\""), 304);
    assert_int_equal(status(&rows[0], "", "\"zero\", \"one\""), 304);
    assert_int_equal(status(&rows[0], "", "*"), 304);
    assert_int_equal(status(&rows[0], "", "\"two\""), 200);
    assert_int_equal(status(&rows[0], "", "one"), 200);
    assert_int_equal(status(&rows[0], "", ""), 200);
}

static void each_form_has_a_tag_of_its_own(void **state) {
    (void)state;
    assert_string_equal(asset_answer(&rows[1], STR(""), STR("")).etag, "\"two\"");
    assert_string_equal(asset_answer(&rows[1], STR("gzip"), STR("")).etag, "\"two-gzip\"");
    assert_int_equal(status(&rows[1], "gzip", "\"two\""), 200);
    assert_int_equal(status(&rows[1], "gzip", "\"two-gzip\""), 304);
}

static void only_names_with_a_hash_are_kept_for_ever(void **state) {
    (void)state;
    assert_string_equal(asset_answer(&rows[0], STR(""), STR("")).cache, "no-cache");
    assert_non_null(strstr(asset_answer(&rows[1], STR(""), STR("")).cache, "immutable"));
}

static void the_policy_allows_no_inline_scripts_and_no_other_hosts(void **state) {
    (void)state;
    assert_non_null(strstr(asset_policy, "default-src 'none'"));
    assert_non_null(strstr(asset_policy, "frame-ancestors 'none'"));
    assert_null(strstr(asset_policy, "unsafe"));
    assert_null(strstr(asset_policy, "http"));
}

// What this build embeds, whatever it is.
static void the_embedded_table_is_sound(void **state) {
    (void)state;
    for (uint32_t i = 0; i < asset_count; i++) {
        const struct asset *asset = &asset_table[i];
        assert_int_equal(asset->path[0], '/');
        assert_true(asset->bytes != NULL && asset->type != NULL);
        assert_int_equal(asset->gzip != NULL, asset->gzip_size > 0);
        assert_true(asset->gzip_size < asset->size || asset->gzip == NULL);
        assert_int_equal(asset->etag[0], '"');
        assert_int_equal(asset->bytes[asset->size], 0); // a guard behind each file
        if (asset->gzip != NULL) {
            assert_int_equal(asset->gzip[0], 0x1f);
            assert_int_equal(asset->gzip[1], 0x8b);
            assert_int_equal(asset->gzip[asset->gzip_size], 0);
        }
    }
    if (asset_count > 0) {
        const struct assets table = {asset_table, asset_count};
        assert_non_null(asset_find(&table, STR("/")));
    }
}

int main(void) {
    const struct CMUnitTest tests[] = {
            cmocka_unit_test(files_are_found_at_their_paths),
            cmocka_unit_test(without_a_page_the_front_says_how_to_build_it),
            cmocka_unit_test(the_compressed_form_goes_to_who_accepts_it),
            cmocka_unit_test(what_the_client_has_is_not_sent_again),
            cmocka_unit_test(each_form_has_a_tag_of_its_own),
            cmocka_unit_test(only_names_with_a_hash_are_kept_for_ever),
            cmocka_unit_test(the_policy_allows_no_inline_scripts_and_no_other_hosts),
            cmocka_unit_test(the_embedded_table_is_sound),
    };
    return cmocka_run_group_tests_name("assets", tests, NULL, NULL);
}
