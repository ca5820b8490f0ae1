// The files of the page, embedded in the binary at build time (see tools/embed_assets), and what
// of them answers a request. Pure functions over text.
#ifndef WHITEBEAM_SERVE_ASSETS_H
#define WHITEBEAM_SERVE_ASSETS_H

#include "base/str.h"

struct asset {
    const char *path; // as in a request: begins with /
    const char *type; // value of Content-Type
    const char *etag; // with its quotes
    const uint8_t *bytes;
    const uint8_t *gzip; // the same compressed; NULL: not worth it
    uint32_t size, gzip_size;
    bool hashed; // its name changes with its content
};

// Generated.
extern const struct asset asset_table[];
extern const uint32_t asset_count;

// What the page may load and do, for every answer that a browser shows.
extern const char asset_policy[];

struct assets {
    const struct asset *rows;
    size_t count;
};

// The file at a path; `/` is /index.html. Without an embedded index.html that is a small page that
// says how to build the page. NULL: no such file.
const struct asset *asset_find(const struct assets *assets, struct str path);

struct asset_answer {
    int status; // 200 or 304
    bool gzip;
    const char *cache; // value of Cache-Control
    char etag[80];     // of what is sent: the compressed form has its own
};

// What to answer to a request with these headers; empty ones are absent.
struct asset_answer asset_answer(
        const struct asset *asset, struct str accept_encoding, struct str if_none_match);

#endif
