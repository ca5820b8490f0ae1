// The life of an attached node: states, the link's events, heartbeats, tries again.
#include "node/node_private.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/must.h"
#include "base/random.h"
#include "link/dist.h"
#include "link/pipe.h"
#include "term/decode.h"
#include "term/encode.h"

#include <stdio.h>
#include <stdlib.h>

#define TICK_MS      250
#define HEARTBEAT_MS 1000
#define SILENCE_MS   6000
#define DETACH_MS    3000
#define BACKOFF_MS   1000
#define BACKOFF_MOST 30000

static const char *const state_texts[NODE_STATE_COUNT] = {
        "connecting", "injecting", "scanning", "ready", "lost", "detaching"};

const char *node_state_text(enum node_state state) {
    must(state < NODE_STATE_COUNT);
    return state_texts[state];
}

// Which state may follow which; bit i of a row: state i may follow.
#define TO(state) (1u << (state))
static const unsigned moves[NODE_STATE_COUNT] = {
        [NODE_CONNECTING] = TO(NODE_INJECTING) | TO(NODE_LOST) | TO(NODE_DETACHING),
        [NODE_INJECTING] = TO(NODE_SCANNING) | TO(NODE_LOST) | TO(NODE_DETACHING),
        [NODE_SCANNING] = TO(NODE_READY) | TO(NODE_LOST) | TO(NODE_DETACHING),
        [NODE_READY] = TO(NODE_LOST) | TO(NODE_DETACHING),
        [NODE_LOST] = TO(NODE_CONNECTING) | TO(NODE_DETACHING),
        [NODE_DETACHING] = 0,
};

static void become(struct node *node, enum node_state state) {
    must(moves[node->state] & TO(state));
    node->state = state;
    const struct node_watcher *watcher = nodes_watcher(node->nodes);
    if (watcher != NULL) {
        watcher->changed(watcher->context, node);
    }
}

static void begin_connect(struct node *node);

// ---- the end of a connection -----------------------------------------------------------------

// Whether trying again by itself can help.
static bool is_worth_retrying(const struct node *node, enum error_code code) {
    // What was a BEAM before and breaks off a handshake is one that ends.
    if (code == ERROR_NOT_A_BEAM && node->attached_at != 0) {
        return true;
    }
    return code != ERROR_WRONG_COOKIE && code != ERROR_BEAM_TOO_OLD && code != ERROR_NOT_A_BEAM;
}

static void closed(uv_handle_t *handle) {
    struct node *node = handle->data;
    if (--node->closing > 0) {
        return;
    }
    nodes_detached *detached = node->detached;
    void *context = node->detached_context;
    nodes_attached *attached = node->attached; // it never was: its first try failed
    void *attached_context = node->attached_context;
    struct error error = node->lost;
    mirror_destroy(node->mirror);
    arena_finish(&node->arena);
    buffer_finish(&node->out);
    nodes_forget(node);
    free(node);
    if (attached != NULL) {
        attached(attached_context, NULL, &error);
    }
    if (detached != NULL) {
        detached(context);
    }
}

// The node is not wanted any more and its link is gone.
static void end(struct node *node) {
    if (node->closing > 0) {
        return;
    }
    node->closing = 2;
    uv_close((uv_handle_t *)&node->timer, closed);
    uv_close((uv_handle_t *)&node->sampler.timer, closed);
}

static void tell_attached(struct node *node, const struct error *error) {
    nodes_attached *attached = node->attached;
    node->attached = NULL;
    if (attached != NULL) {
        attached(node->attached_context, error ? NULL : node, error);
    }
}

// What is still waiting for this connection is told that it is over.
static void lose(struct node *node, const struct error *error) {
    bool detaching = node->state == NODE_DETACHING;
    node->lost = *error;
    if (!detaching) {
        become(node, NODE_LOST);
    }
    sampler_stop(node, error);
    ask_fail_all(node, error);
    if (detaching) {
        end(node);
        return;
    }
    // Who asked for the attach is told; a line is for nodes that stay.
    bool keep = node->keep || node->attached_at != 0;
    log_line(keep ? LOG_WARNING : LOG_DEBUG, "node.lost", "node=%s code=%s reason=\"%s\"",
            node->name, error_text(error->code), error->message);
    node->failures++;
    int64_t wait = BACKOFF_MS << (node->failures < 6 ? node->failures - 1 : 5);
    wait = wait > BACKOFF_MOST ? BACKOFF_MOST : wait;
    wait += (int64_t)(random_u32() % 500) * wait / 1000 - wait / 4; // a quarter either way
    bool again = !node->piped && is_worth_retrying(node, error->code);
    node->retry_at = again ? clock_monotonic_ms() + wait : -1;
    if (keep) {
        tell_attached(node, error);
    } else {
        // Who asked is told when the node is forgotten, and may ask again at once.
        become(node, NODE_DETACHING);
        node->retry_at = 0;
        if (node->link == NULL) {
            end(node);
        } // else when the link is down
    }
}

// ---- the link's events -----------------------------------------------------------------------

static void on_up(void *owner, const struct term_pid *self, struct str peer) {
    struct node *node = owner;
    (void)peer;
    if (node->state != NODE_CONNECTING) {
        return;
    }
    snprintf(node->self_name, sizeof node->self_name, "%.*s", STR_ARGS(self->node));
    node->self = *self;
    node->self.node = str_of(node->self_name);
    become(node, NODE_INJECTING);
    node->inject_tries = 0;
    node->heard_at = clock_monotonic_ms();
    inject_start(node);
}

static void on_message(void *owner, struct str to, struct str bytes) {
    struct node *node = owner;
    struct term message;
    struct error error;
    (void)to;
    arena_reset(&node->arena);
    if (!decode_term(&node->arena, bytes, &message, &error)) {
        return; // some process of the node sent us nonsense; that is its right
    }
    if (node->state == NODE_INJECTING) {
        inject_message(node, &message);
    } else if (term_is_tagged(&message, "part", 4) || term_is_tagged(&message, "reply", 4)) {
        ask_message(node, &message);
    } else if (term_is_tagged(&message, "event", 3) && node->mirror != NULL &&
               (node->state == NODE_SCANNING || node->state == NODE_READY)) {
        watching_event(node, &message);
    } else if (term_is_tagged(&message, "heartbeat", 3)) {
        node->heard_at = clock_monotonic_ms();
    } else if (term_is_atom(&message, "detached") && node->state == NODE_DETACHING &&
               node->link != NULL) { // else it is from an agent that was waited for no longer
        link_close(node->link);
    }
}

static void on_down(void *owner, const struct error *error) {
    struct node *node = owner;
    node->link = NULL;
    struct error reason = *error;
    if (node->state == NODE_LOST) {
        return; // node_fail said it already
    }
    lose(node, &reason);
}

static const struct link_events events = {on_up, on_message, on_down};

void node_fail(struct node *node, const struct error *error) {
    struct error reason = *error;
    if (node->state == NODE_DETACHING || node->state == NODE_LOST) {
        return;
    }
    if (node->link != NULL) {
        link_close(node->link);
    }
    lose(node, &reason);
}

// ---- attaching -------------------------------------------------------------------------------

static void begin_connect(struct node *node) {
    if (node->link != NULL) {
        return; // the old connection is still being closed; the next tick tries again
    }
    become(node, NODE_CONNECTING);
    if (node->piped) {
        node->link =
                pipe_open(nodes_loop(node->nodes), node->read_fd, node->write_fd, &events, node);
        return;
    }
    struct dist_options options = {
            .peer = str_of(node->name),
            .self = nodes_self(node->nodes),
            .cookie = str_of(node->cookie),
            .creation = random_u32() | 8, // > 3: smaller ones mean what they meant before OTP 23
            .port = node->port,
    };
    node->link = dist_connect(nodes_loop(node->nodes), &options, &events, node);
}

void node_injected(struct node *node, const struct term *guard, const struct term *hello) {
    if (guard != NULL && guard->type == TERM_PID) {
        snprintf(node->vm, sizeof node->vm, "%.*s", STR_ARGS(guard->pid->node));
    }
    if (guard == NULL || guard->type != TERM_PID || !absorb_facts(node, hello)) {
        struct error error;
        error_set(&error, ERROR_AGENT_FAILED, "the agent on %s gave an answer of unknown form",
                node->name);
        node_fail(node, &error);
        return;
    }
    node->guard = *guard->pid;
    node->guard.node = str_of(node->vm);
    node->creation = guard->pid->creation;
    mirror_destroy(node->mirror);
    node->mirror = mirror_create(str_of(node->name), node->creation);
    node->mirror->elixir = node->facts.elixir[0] != '\0';
    watching_start(node);
    node->heard_at = clock_monotonic_ms();
    become(node, NODE_SCANNING);
    sampler_start(node);
}

void node_is_scanned(struct node *node) {
    if (node->state != NODE_SCANNING) {
        return;
    }
    become(node, NODE_READY);
    node->failures = 0;
    node->attached_at = clock_unix_ms();
    log_line(LOG_INFO, "node.ready", "node=%s otp=%d processes=%u", node->name, node->facts.otp,
            node->mirror->live);
    tell_attached(node, NULL);
}

void node_send(struct node *node, struct str message) {
    if (node->link != NULL) {
        link_send(node->link, &node->guard, message);
    }
}

static void send_heartbeat(struct node *node) {
    node->out.length = 0;
    encode_version(&node->out);
    encode_tuple(&node->out, 2);
    encode_atom_text(&node->out, "heartbeat");
    encode_integer(&node->out, (int64_t)node->heartbeat++);
    node_send(node, buffer_str(&node->out));
}

static void on_tick(uv_timer_t *timer) {
    struct node *node = timer->data;
    int64_t now = clock_monotonic_ms();
    struct error error;
    if (node->state == NODE_LOST) {
        if (node->retry_at >= 0 && now >= node->retry_at) {
            begin_connect(node);
        }
        return;
    }
    if (node->state == NODE_DETACHING) {
        if (node->link == NULL) {
            end(node);
        } else if (now > node->retry_at) {
            link_close(node->link);
        }
        return;
    }
    ask_expire(node, now);
    if (node->state != NODE_CONNECTING && now - node->heard_at > SILENCE_MS) {
        error_set(&error, ERROR_CONNECTION_LOST,
                node->state == NODE_INJECTING
                        ? "%s accepted the connection, but its rpc server (rex) does not answer"
                        : "the agent on %s does not answer any more",
                node->name);
        node_fail(node, &error);
        return;
    }
    if (node->state == NODE_SCANNING || node->state == NODE_READY) {
        if (++node->heartbeat_ticks % (HEARTBEAT_MS / TICK_MS) == 0) {
            send_heartbeat(node);
        }
    }
}

void node_start(struct node *node) {
    uv_timer_init(nodes_loop(node->nodes), &node->timer);
    uv_timer_init(nodes_loop(node->nodes), &node->sampler.timer);
    node->timer.data = node;
    node->sampler.timer.data = node;
    uv_timer_start(&node->timer, on_tick, TICK_MS, TICK_MS);
    arena_init(&node->arena);
    buffer_init(&node->out);
    node->state = NODE_LOST; // from where one connects
    node->retry_at = -1;
    begin_connect(node);
}

void node_begin_detach(struct node *node) {
    if (node->state == NODE_DETACHING) {
        return;
    }
    struct error error;
    error_set(&error, ERROR_NODE_NOT_READY, "node %s is being detached", node->name);
    bool has_agent = node->state == NODE_READY || node->state == NODE_SCANNING;
    become(node, NODE_DETACHING);
    sampler_stop(node, &error);
    ask_fail_all(node, &error);
    tell_attached(node, &error);
    node->retry_at = clock_monotonic_ms() + DETACH_MS;
    if (node->link == NULL) {
        return; // the next tick ends it
    }
    if (!has_agent) {
        link_close(node->link);
        return;
    }
    node->out.length = 0;
    encode_version(&node->out);
    encode_atom_text(&node->out, "detach");
    node_send(node, buffer_str(&node->out));
}

// ---- questions -------------------------------------------------------------------------------

uint32_t node_creation(const struct node *node) {
    return node->creation;
}

struct str node_vm(const struct node *node) {
    return str_of(node->vm);
}

struct str node_name(const struct node *node) {
    return str_of(node->name);
}

enum node_state node_state(const struct node *node) {
    return node->state;
}

const struct node_facts *node_facts(const struct node *node) {
    return &node->facts;
}

const struct error *node_lost_reason(const struct node *node) {
    return node->lost.code == ERROR_OK ? NULL : &node->lost;
}

int64_t node_retry_at(const struct node *node) {
    if (node->state != NODE_LOST || node->retry_at < 0) {
        return -1;
    }
    return clock_unix_ms() + node->retry_at - clock_monotonic_ms();
}

int64_t node_attached_at(const struct node *node) {
    return node->attached_at;
}

struct mirror *node_any_mirror(struct node *node) {
    return node->mirror;
}

struct mirror *node_mirror(struct node *node, struct error *error) {
    if (node->state == NODE_READY) {
        return node->mirror;
    }
    if (node->state == NODE_LOST) {
        error_set(
                error, ERROR_NODE_NOT_READY, "node %s is lost: %s", node->name, node->lost.message);
        error_detail(error, "reason", str_of(error_text(node->lost.code)));
    } else {
        error_set(error, ERROR_NODE_NOT_READY, "node %s is still %s; try again in a moment",
                node->name, node_state_text(node->state));
    }
    error_detail(error, "node", str_of(node->name));
    error_detail(error, "state", str_of(node_state_text(node->state)));
    return NULL;
}
