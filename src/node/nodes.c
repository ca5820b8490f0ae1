// The registry of attached nodes.
#include "node/node_private.h"

#include "base/memory.h"
#include "base/must.h"

#include <stdio.h>
#include <stdlib.h>

struct nodes {
    uv_loop_t *loop; // borrowed
    char self[LIMIT_NODE_NAME + 1];
    char cookie[LIMIT_COOKIE + 1];
    struct node *list[LIMIT_NODES];
    size_t count;
    const struct node_watcher *watcher; // borrowed
    nodes_detached *all_detached;
    void *all_context;
};

static void copy(char *at, size_t size, struct str text) {
    must(text.length < size);
    snprintf(at, size, "%.*s", STR_ARGS(text));
}

struct nodes *nodes_create(uv_loop_t *loop, struct str self) {
    struct nodes *nodes = memory_new(1, sizeof *nodes);
    nodes->loop = loop;
    copy(nodes->self, sizeof nodes->self, self);
    return nodes;
}

void nodes_destroy(struct nodes *nodes) {
    if (nodes != NULL) {
        must(nodes->count == 0);
        free(nodes);
    }
}

uv_loop_t *nodes_loop(struct nodes *nodes) {
    return nodes->loop;
}

struct str nodes_self(const struct nodes *nodes) {
    return str_of(nodes->self);
}

void nodes_set_watcher(struct nodes *nodes, const struct node_watcher *watcher) {
    nodes->watcher = watcher;
}

const struct node_watcher *nodes_watcher(const struct nodes *nodes) {
    return nodes->watcher;
}

void nodes_set_cookie(struct nodes *nodes, struct str cookie) {
    copy(nodes->cookie, sizeof nodes->cookie, cookie);
}

static bool is_node_name(struct str name) {
    const char *at = memchr(name.at, '@', name.length);
    if (at == NULL || at == name.at || at == name.at + name.length - 1) {
        return false;
    }
    for (size_t i = 0; i < name.length; i++) {
        uint8_t c = (uint8_t)name.at[i];
        if (c <= 0x20 || c == 0x7F || (c == '@' && name.at + i != at)) {
            return false;
        }
    }
    return name.length <= LIMIT_NODE_NAME && str_is_utf8(name);
}

static bool check(
        const struct nodes *nodes, const struct attach_options *options, struct error *error) {
    bool named = options->piped
                         ? options->name.length > 0 && options->name.length <= LIMIT_NODE_NAME
                         : is_node_name(options->name);
    if (!named) {
        error_set(error, ERROR_INVALID_PARAMETER,
                "'%.*s' is not a node's full name; it has the form name@host",
                STR_ARGS(options->name));
        error_detail(error, "field", STR("node"));
        return false;
    }
    if (nodes_find(nodes, options->name) != NULL) {
        error_set(
                error, ERROR_NODE_EXISTS, "node %.*s is attached already", STR_ARGS(options->name));
        return false;
    }
    if (options->cookie.length > LIMIT_COOKIE) {
        error_set(
                error, ERROR_INVALID_PARAMETER, "the cookie is longer than %u bytes", LIMIT_COOKIE);
        error_detail(error, "field", STR("cookie"));
        return false;
    }
    if (!options->piped && options->cookie.length == 0 && nodes->cookie[0] == '\0') {
        error_set(error, ERROR_MISSING_PARAMETER,
                "no cookie is known for node %.*s: send it as `cookie`, or start the daemon with "
                "--cookie-file",
                STR_ARGS(options->name));
        error_detail(error, "field", STR("cookie"));
        return false;
    }
    if (nodes->count == LIMIT_NODES) {
        error_set(error, ERROR_UNAVAILABLE, "%u nodes are attached already", LIMIT_NODES);
        return false;
    }
    return true;
}

bool nodes_attach(struct nodes *nodes, const struct attach_options *options,
        nodes_attached *attached, void *context, struct error *error) {
    struct node *lost = nodes_find(nodes, options->name);
    if (lost != NULL && lost->state == NODE_LOST && lost->attached == NULL &&
            lost->piped == options->piped) {
        lost->read_fd = options->read_fd;
        lost->write_fd = options->write_fd;
        // Its cookie may have been wrong, or its retries have ended: this is the next try.
        if (options->cookie.length > 0 && options->cookie.length <= LIMIT_COOKIE) {
            copy(lost->cookie, sizeof lost->cookie, options->cookie);
        }
        lost->port = options->port ? options->port : lost->port;
        lost->attached = attached;
        lost->attached_context = context;
        lost->retry_at = 0;
        return true;
    }
    if (!check(nodes, options, error)) {
        return false;
    }
    struct node *node = memory_new(1, sizeof *node);
    node->nodes = nodes;
    copy(node->name, sizeof node->name, options->name);
    copy(node->cookie, sizeof node->cookie,
            options->cookie.length > 0 ? options->cookie : str_of(nodes->cookie));
    node->port = options->port;
    node->keep = options->keep;
    node->piped = options->piped;
    node->read_fd = options->read_fd;
    node->write_fd = options->write_fd;
    node->attached = attached;
    node->attached_context = context;
    nodes->list[nodes->count++] = node;
    node_start(node);
    return true;
}

void nodes_detach(struct node *node, nodes_detached *detached, void *context) {
    if (node->detached == NULL) {
        node->detached = detached;
        node->detached_context = context;
    }
    node_begin_detach(node);
}

void nodes_forget(struct node *node) {
    struct nodes *nodes = node->nodes;
    for (size_t i = 0; i < nodes->count; i++) {
        if (nodes->list[i] == node) {
            memmove(&nodes->list[i], &nodes->list[i + 1],
                    (nodes->count - i - 1) * sizeof nodes->list[0]);
            nodes->count--;
            break;
        }
    }
    if (nodes->count == 0 && nodes->all_detached != NULL) {
        nodes_detached *done = nodes->all_detached;
        nodes->all_detached = NULL;
        done(nodes->all_context);
    }
}

void nodes_detach_all(struct nodes *nodes, nodes_detached *detached, void *context) {
    if (nodes->count == 0) {
        detached(context);
        return;
    }
    nodes->all_detached = detached;
    nodes->all_context = context;
    for (size_t i = nodes->count; i > 0; i--) {
        node_begin_detach(nodes->list[i - 1]);
    }
}

size_t nodes_count(const struct nodes *nodes) {
    return nodes->count;
}

struct node *nodes_at(const struct nodes *nodes, size_t index) {
    must(index < nodes->count);
    return nodes->list[index];
}

struct node *nodes_find(const struct nodes *nodes, struct str name) {
    for (size_t i = 0; i < nodes->count; i++) {
        if (str_equal(name, node_name(nodes->list[i]))) {
            return nodes->list[i];
        }
    }
    return NULL;
}

static void detail_names(const struct nodes *nodes, struct error *error) {
    struct str names[LIMIT_NODES];
    for (size_t i = 0; i < nodes->count; i++) {
        names[i] = node_name(nodes->list[i]);
    }
    error_detail_list(error, "available_nodes", names, nodes->count);
}

struct node *nodes_choose(const struct nodes *nodes, struct str name, struct error *error) {
    if (name.length > 0) {
        struct node *node = nodes_find(nodes, name);
        if (node == NULL) {
            error_set(error, ERROR_NODE_NOT_FOUND, "no node %.*s is attached", STR_ARGS(name));
            error_detail(error, "node", name);
            detail_names(nodes, error);
        }
        return node;
    }
    if (nodes->count == 1) {
        return nodes->list[0];
    }
    if (nodes->count == 0) {
        error_set(error, ERROR_NO_NODE, "no node is attached; attach one with POST /api/v1/nodes");
        return NULL;
    }
    error_set(error, ERROR_NODE_REQUIRED,
            "%zu nodes are attached; say which one you mean with ?node=name@host", nodes->count);
    detail_names(nodes, error);
    return NULL;
}
