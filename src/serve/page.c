// The files of the page over HTTP. They hold no secrets, so they need no login.
#include "serve/http_private.h"

#include "base/must.h"

void http_serve_page(struct http *http, struct assets assets) {
    must(assets.rows != NULL);
    http->assets = assets;
}

bool page_is(const struct exchange *exchange) {
    return str_is(exchange->method, "GET") && exchange->http->assets.rows != NULL &&
           asset_find(&exchange->http->assets, exchange->path) != NULL;
}

enum MHD_Result page_answer(struct exchange *exchange) {
    const struct asset *asset = asset_find(&exchange->http->assets, exchange->path);
    struct asset_answer answer = asset_answer(asset, exchange->gate.field[GATE_ACCEPT_ENCODING],
            exchange->gate.field[GATE_IF_NONE_MATCH]);
    struct MHD_Response *response;
    if (answer.status == MHD_HTTP_NOT_MODIFIED) {
        response = answer_new_static("", 0);
    } else {
        response = answer.gzip ? answer_new_static((const char *)asset->gzip, asset->gzip_size)
                               : answer_new_static((const char *)asset->bytes, asset->size);
        answer_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, asset->type);
        if (answer.gzip) {
            answer_header(response, MHD_HTTP_HEADER_CONTENT_ENCODING, "gzip");
        }
    }
    answer_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, answer.cache);
    answer_header(response, MHD_HTTP_HEADER_ETAG, answer.etag);
    answer_header(response, MHD_HTTP_HEADER_VARY, "Accept-Encoding");
    return answer_response(exchange, response, answer.status);
}
