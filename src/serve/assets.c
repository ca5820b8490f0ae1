// Finding files and choosing their form. Names with a hash in them never change and may be kept
// for ever; all others are asked for again each time, which costs a 304.
#include "serve/assets.h"

#include <stdio.h>
#include <strings.h>

const char asset_policy[] =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

static const char no_page[] =
        "<!doctype html>\n<html lang=\"en\">\n<meta charset=\"utf-8\">\n"
        "<title>Whitebeam</title>\n<h1>Whitebeam runs, but its page was not built</h1>\n"
        "<p>The machine that built this binary had no <code>npm</code>. Install Node.js 18 or "
        "later with npm (Debian: <code>apt install nodejs npm</code>), run <code>make</code> again "
        "and start the new binary.</p>\n"
        "<p>Everything else is complete: the API is under <code>/api/v1</code>, live channels "
        "under "
        "<code>/socket/websocket</code>.</p>\n</html>\n";

static const struct asset stand_in = {
        .path = "/index.html",
        .type = "text/html; charset=utf-8",
        .etag = "\"no-page\"",
        .bytes = (const uint8_t *)no_page,
        .size = sizeof no_page - 1,
};

const struct asset *asset_find(const struct assets *assets, struct str path) {
    if (str_is(path, "/")) {
        path = STR("/index.html");
    }
    for (size_t i = 0; i < assets->count; i++) {
        if (str_is(path, assets->rows[i].path)) {
            return &assets->rows[i];
        }
    }
    return str_is(path, stand_in.path) ? &stand_in : NULL;
}

static struct str next_item(struct str *list) {
    const char *comma = memchr(list->at, ',', list->length);
    struct str item = {list->at, comma ? (size_t)(comma - list->at) : list->length};
    size_t used = item.length + (comma != NULL);
    *list = (struct str){list->at + used, list->length - used};
    while (item.length > 0 && (item.at[0] == ' ' || item.at[0] == '\t')) {
        item = (struct str){item.at + 1, item.length - 1};
    }
    while (item.length > 0 &&
            (item.at[item.length - 1] == ' ' || item.at[item.length - 1] == '\t')) {
        item.length--;
    }
    return item;
}

// Is the weight of a coding zero (RFC 9110 12.4.2): `q=0`, `q=0.`, `q=0.000`?
static bool is_refused(struct str parameters) {
    for (size_t i = 0; i + 2 < parameters.length; i++) {
        const char *at = parameters.at + i;
        if ((at[0] != 'q' && at[0] != 'Q') || at[1] != '=') {
            continue;
        }
        for (size_t digit = i + 2; digit < parameters.length; digit++) {
            char c = parameters.at[digit];
            if (c != '0' && c != '.') {
                return false;
            }
        }
        return true;
    }
    return false;
}

// RFC 9110 12.5.3. What `gzip` says counts before what `*` says.
static bool accepts_gzip(struct str accepted) {
    bool any = false;
    while (accepted.length > 0) {
        struct str item = next_item(&accepted);
        const char *semicolon = item.length > 0 ? memchr(item.at, ';', item.length) : NULL;
        struct str parameters = STR("");
        if (semicolon != NULL) {
            size_t length = (size_t)(semicolon - item.at);
            parameters = (struct str){semicolon, item.length - length};
            item.length = length;
        }
        while (item.length > 0 && item.at[item.length - 1] == ' ') {
            item.length--;
        }
        bool wanted = !is_refused(parameters);
        if (item.length == 4 && strncasecmp(item.at, "gzip", 4) == 0) {
            return wanted;
        }
        any = any || (str_is(item, "*") && wanted);
    }
    return any;
}

// RFC 9110 13.1.2: weak comparison.
static bool has_tag(struct str list, const char *etag) {
    while (list.length > 0) {
        struct str item = next_item(&list);
        if (str_is(item, "*")) {
            return true;
        }
        if (str_starts(item, "W/")) {
            item = (struct str){item.at + 2, item.length - 2};
        }
        if (str_is(item, etag)) {
            return true;
        }
    }
    return false;
}

struct asset_answer asset_answer(
        const struct asset *asset, struct str accept_encoding, struct str if_none_match) {
    struct asset_answer answer = {
            .status = 200,
            .gzip = asset->gzip != NULL && accepts_gzip(accept_encoding),
            .cache = asset->hashed ? "public, max-age=31536000, immutable" : "no-cache",
    };
    int length = (int)strlen(asset->etag) - 1; // without the closing quote
    snprintf(answer.etag, sizeof answer.etag, answer.gzip ? "%.*s-gzip\"" : "%.*s\"", length,
            asset->etag);
    if (has_tag(if_none_match, answer.etag)) {
        answer.status = 304;
    }
    return answer;
}
