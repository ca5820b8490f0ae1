// One attached BEAM node and its life: connecting, injecting the agent, ready, lost, detaching.
//
// A node owns its link, the requests that are under way, its mirror and the sampler that keeps the
// mirror up to date. All of it lives on the loop thread.
#ifndef WHITEBEAM_NODE_NODE_H
#define WHITEBEAM_NODE_NODE_H

#include "base/buffer.h"
#include "base/error.h"
#include "node/mirror.h"
#include "term/term.h"

struct node;

enum node_state {
    NODE_CONNECTING, // name look-up, TCP, handshake
    NODE_INJECTING,  // loading and starting the agent
    NODE_SCANNING,   // the first snapshot
    NODE_READY,
    NODE_LOST, // waits for the next try, or for somebody to attach it again
    NODE_DETACHING,
    NODE_STATE_COUNT,
};

const char *node_state_text(enum node_state state);

// What the agent said about the node when it started.
struct node_facts {
    int otp;         // major release, 25
    char erts[32];   // 13.1.5
    char elixir[32]; // empty: not loaded
    char os_pid[24];
    int64_t schedulers; // online
    int64_t started_at; // unix ms
    bool labels;        // process labels exist
    bool traces;        // supervisors are traced in a session of our own
    bool cheap_kind;    // '$initial_call' costs no dictionary
};

// What watching costs the node, over the last minute.
struct node_impact {
    double cpu_percent; // of one scheduler
    double bytes_per_second;
    int64_t interval_ms; // between sweeps while somebody looks
    uint64_t sweeps;     // since attach
    uint64_t last_sweep_ns;
    uint64_t bytes_in, bytes_out;
    bool idle; // nobody looks: nothing is read
};

struct str node_name(const struct node *node);
// The name the node gives itself, which its pids have: nonode@nohost over a pipe.
struct str node_vm(const struct node *node);
uint32_t node_creation(const struct node *node); // of its pids
enum node_state node_state(const struct node *node);
const struct node_facts *node_facts(const struct node *node);
// Why the node was lost, and when the next try is (unix ms; -1: none).
const struct error *node_lost_reason(const struct node *node);
int64_t node_retry_at(const struct node *node);
int64_t node_attached_at(const struct node *node);
struct node_impact node_impact(const struct node *node);

// The mirror of a node that is ready; NULL with an error (ERROR_NODE_NOT_READY, and why) otherwise.
struct mirror *node_mirror(struct node *node, struct error *error);

// The mirror whatever the state, for watchers; NULL before the first snapshot began.
struct mirror *node_any_mirror(struct node *node);

// Calls back when the mirror is fit to be shown: at once when it is recent, after a sweep when it
// slept or when `fresh` asks for one. An error is given when the node is lost meanwhile; then the
// callback is the last thing that happens. `waited` sweeps count as looking.
// Trees are there before the first sweep of the processes.
enum look { LOOK_PROCESSES, LOOK_TREES };
typedef void node_looked(void *context, const struct error *error);
void node_look(struct node *node, enum look look, bool fresh, node_looked *looked, void *context);

// ---- requests to the agent -------------------------------------------------------------------

// Answer and error are valid during the call only. Exactly one of them is NULL.
typedef void node_answered(void *context, const struct term *answer, const struct error *error);
// A part of an answer that comes in several.
typedef void node_part(void *context, const struct term *part);

// Asks the agent to run `function` with the arguments encoded in `arguments` (one list, without
// the version byte). `part` may be NULL. The callback comes exactly once: inside this call when
// the node is not ready or too many requests are under way, else later; after deadline_ms with
// ERROR_DEADLINE. Errors of the agent are mapped to codes of errors.def.
void node_ask(struct node *node, const char *function, struct str arguments, int64_t deadline_ms,
        node_part *part, node_answered *answered, void *context);

// Appends a pid of the node.
void node_encode_pid(const struct node *node, struct buffer *out, uint32_t id, uint32_t serial);

#endif
