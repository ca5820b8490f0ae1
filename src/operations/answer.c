// Forms of answers.
#include "operations/answer.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/random.h"
#include "operations/encode_arguments.h"
#include "term/print.h"

#include <stdio.h>

struct looking {
    struct call *call;
    struct node *node;
    answer_with *then;
    enum look look;
    bool fresh;
};

// An answer from a mirror is the same as long as the mirror is: its version is the answer's ETag.
// It is a weak one (RFC 9110 8.8.1), since ages in milliseconds go on. True: the client has this
// answer, and the call has ended.
static bool is_known(struct call *call, const struct mirror *mirror) {
    static uint32_t start; // tells daemons apart
    while (start == 0) {
        random_bytes(&start, sizeof start);
    }
    if (call->operation->effect >= EFFECT_READ || call->explain) {
        return false; // it asks the node too
    }
    call->etag = arena_printf(&call->arena, "W/\"%08x-%llx-%llx\"", start,
            (unsigned long long)mirror->as_of, (unsigned long long)mirror->version);
    struct str have = call->request.if_none_match;
    if (have.length == 0 ||
            memmem(have.at, have.length, call->etag.at, call->etag.length) == NULL) {
        return false;
    }
    call_done(call, 304);
    return true;
}

static void looked(void *context, const struct error *error) {
    struct looking *looking = context;
    struct error why;
    if (error != NULL) {
        call_fail(looking->call, error);
        return;
    }
    struct mirror *mirror = node_mirror(looking->node, &why);
    if (mirror == NULL) {
        call_fail(looking->call, &why);
        return;
    }
    if (!looking->fresh && supervisor_is_missing(looking->call, mirror, false)) {
        looking->fresh = true;
        node_look(looking->node, looking->look, true, looked, looking);
        return;
    }
    if (!is_known(looking->call, mirror)) {
        looking->then(looking->call, looking->node, mirror);
    }
}

static bool has_argument(const struct call *call, const char *name) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (strcmp(arguments[i].name, name) == 0) {
            return true;
        }
    }
    return false;
}

void answer_from_mirror(struct call *call, enum look look, answer_with *then) {
    struct error error;
    struct node *node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    if (node == NULL) {
        call_fail(call, &error);
        return;
    }
    struct looking *looking = arena_take(&call->arena, 1, sizeof *looking);
    bool fresh = has_argument(call, "fresh") && call_value(call, "fresh")->integer != 0;
    *looking = (struct looking){call, node, then, look, fresh};
    node_look(node, look, fresh, looked, looking);
}

struct paging answer_paging(const struct call *call) {
    uint32_t page = (uint32_t)call_value(call, "page")->integer;
    uint32_t per_page = (uint32_t)call_value(call, "per_page")->integer;
    uint64_t offset = (uint64_t)(page - 1) * per_page;
    return (struct paging){page, per_page, offset < UINT32_MAX ? (uint32_t)offset : UINT32_MAX};
}

// ---- links -----------------------------------------------------------------------------------

// The path and the query without `page`, ready for `page=N` to follow.
static struct str link_base(struct call *call) {
    struct str path = call->request.path;
    struct str query = call->request.query;
    char *at = arena_take(&call->arena, path.length + query.length + 3, 1);
    size_t length = path.length;
    memcpy(at, path.at, path.length);
    at[length++] = '?';
    while (query.length > 0) {
        const char *end = memchr(query.at, '&', query.length);
        struct str pair = {query.at, end ? (size_t)(end - query.at) : query.length};
        size_t used = pair.length + (end != NULL);
        query = (struct str){query.at + used, query.length - used};
        if (pair.length > 0 && !str_starts(pair, "page=") && !str_is(pair, "page")) {
            memcpy(at + length, pair.at, pair.length);
            length += pair.length;
            at[length++] = '&';
        }
    }
    at[length] = '\0';
    return (struct str){at, length};
}

static void write_link(struct buffer *out, const char *key, struct str base, uint64_t page) {
    if (page == 0) {
        json_put_null(out, key);
        return;
    }
    char text[24];
    int length = snprintf(text, sizeof text, "page=%llu", (unsigned long long)page);
    json_put_string(out, key, base);
    out->length--; // the closing quote
    buffer_add(out, text, (size_t)length);
    buffer_add_u8(out, '"');
}

// Appends `<base page=N>; rel="name"`.
static char *put_link(char *at, struct str base, uint64_t page, const char *name) {
    *at++ = '<';
    memcpy(at, base.at, base.length);
    at += base.length;
    return at + sprintf(at, "page=%llu>; rel=\"%s\"", (unsigned long long)page, name);
}

static void set_header(
        struct call *call, struct str base, const struct paging *paging, uint64_t pages) {
    char *text = arena_take(&call->arena, 4 * (base.length + 64), 1);
    char *at = text;
    if (paging->page > 1) {
        at = put_link(at, base, paging->page - 1, "prev");
        at += sprintf(at, ", ");
    }
    if (paging->page < pages) {
        at = put_link(at, base, paging->page + 1ull, "next");
        at += sprintf(at, ", ");
    }
    at = put_link(at, base, 1, "first");
    at += sprintf(at, ", ");
    at = put_link(at, base, pages, "last");
    call->links = (struct str){text, (size_t)(at - text)};
}

// The filters that were given, as the caller wrote them: ["strategy=one_for_one"].
static void write_filters(struct call *call, struct buffer *out) {
    static const char *const others[] = {
            "page", "per_page", "node", "fresh", "sort", "order", "include", NULL};
    const struct argument *arguments = call->operation->arguments;
    json_open_array(out, "filters_applied");
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        bool is_filter = call->values[i].given;
        for (size_t j = 0; others[j] != NULL; j++) {
            is_filter = is_filter && strcmp(arguments[i].name, others[j]) != 0;
        }
        if (is_filter) {
            struct str text = arena_printf(
                    &call->arena, "%s=%.*s", arguments[i].name, STR_ARGS(call->values[i].text));
            json_put_string(out, NULL, text);
        }
    }
    json_close_array(out);
}

// Where a list is from, and the end of its meta.
static void write_origin(struct buffer *out, const struct node *node, const struct mirror *mirror) {
    if (node != NULL) {
        json_put_string(out, "node", node_name(node));
    }
    if (mirror != NULL) {
        json_time(out, "as_of", mirror->as_of);
        json_bool(out, "complete", mirror->identified >= mirror->live);
    }
    json_close_object(out);
}

void answer_meta(struct call *call, const struct paging *paging, uint64_t total,
        const struct node *node, const struct mirror *mirror) {
    struct buffer *out = &call->answer;
    uint64_t pages = total == 0 ? 1 : (total + paging->per_page - 1) / paging->per_page;
    struct str base = link_base(call);
    bool by_body = !str_is(call->request.method, "GET") && !str_is(call->request.method, "HEAD");
    json_open_object(out, "meta");
    json_uint(out, "total", total);
    json_uint(out, "page", paging->page);
    json_uint(out, "per_page", paging->per_page);
    json_uint(out, "total_pages", pages);
    json_bool(out, "has_next", paging->page < pages);
    json_bool(out, "has_prev", paging->page > 1);
    write_filters(call, out);
    json_open_object(out, "links");
    if (by_body) {
        // All arguments were in the body: no address leads to another page.
        json_put_null(out, "first");
        json_put_null(out, "prev");
        json_put_null(out, "next");
        json_put_null(out, "last");
        json_close_object(out);
        write_origin(out, node, mirror);
        return;
    }
    write_link(out, "first", base, 1);
    write_link(out, "prev", base, paging->page - 1);
    write_link(out, "next", base, paging->page < pages ? paging->page + 1ull : 0);
    write_link(out, "last", base, pages);
    json_close_object(out);
    write_origin(out, node, mirror);
    set_header(call, base, paging, pages);
}

void answer_origin(struct call *call, const struct node *node, const struct mirror *mirror) {
    json_open_object(&call->answer, "meta");
    json_put_string(&call->answer, "node", node_name(node));
    json_time(&call->answer, "as_of", mirror->as_of);
    json_close_object(&call->answer);
}

void answer_now(struct call *call, const struct node *node) {
    json_open_object(&call->answer, "meta");
    json_put_string(&call->answer, "node", node_name(node));
    json_time(&call->answer, "as_of", clock_unix_ms());
    json_close_object(&call->answer);
}

void answer_pid(struct buffer *out, const char *key, const struct mirror *mirror, uint32_t slot) {
    if (slot == MIRROR_NONE) {
        json_put_null(out, key);
        return;
    }
    json_raw(out, key, STR("\""));
    print_pid(out, mirror->p.id[slot], mirror->p.serial[slot]);
    buffer_add_u8(out, '"');
}

void answer_atom(
        struct buffer *out, const char *key, const struct mirror *mirror, uint32_t interned) {
    if (interned == 0) {
        json_put_null(out, key);
    } else {
        json_put_string(out, key, mirror_alias(mirror_text(mirror, interned)));
    }
}
