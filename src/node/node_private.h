// The inside of a node, for the files of this folder.
#ifndef WHITEBEAM_NODE_NODE_PRIVATE_H
#define WHITEBEAM_NODE_NODE_PRIVATE_H

#include "limits.h"
#include "link/link.h"
#include "node/node.h"
#include "node/nodes.h"
#include "node/watcher.h"

#include <uv.h>

#define IMPACT_SECONDS 60
#define RPC_MAX        16

// A request under way. The id that travels is generation << 8 | index.
struct asking {
    bool used;
    uint32_t id;
    int64_t until; // monotonic ms
    char *again;   // owned: the request, to be sent again when parts of the agent were loaded first
    size_t again_length;
    node_part *part;
    node_answered *answered;
    void *context;
    // Who sends parts (a sweep has two workers), and how many were not paid for yet.
    struct {
        uint32_t id;
        uint32_t parts;
    } workers[2];
};

// A call to the node's rex server, before the agent is there.
struct part_load;

struct rpc {
    bool used;
    uint32_t number;
    void (*done)(struct node *node, int tag, const struct term *result);
    int tag;
};

struct waiter {
    struct waiter *next; // owned
    uint64_t cycle;      // satisfied when this one has ended
    node_looked *looked;
    void *context;
};

// What the sampler is reading now. The order is that of a cycle.
enum sampler_step {
    SAMPLER_IDLE,
    SAMPLER_SWEEP,
    SAMPLER_NAMES,
    SAMPLER_APPLICATIONS,
    SAMPLER_SUPERVISORS,
    SAMPLER_BEHAVIOURS,
    SAMPLER_IDENTIFY,
    SAMPLER_REFRESH,
};

struct sampler {
    enum sampler_step step;
    bool running;       // a cycle is under way
    bool fresh;         // it uses two workers, somebody waits
    bool paused;        // between two batches of identification
    bool named;         // the names of this cycle have been asked
    bool awaits_prompt; // the cycle goes on when the prompt reading is through
    bool swept;         // the sweep of this cycle is through
    bool told;          // who waited for this cycle has been told
    bool interrupted;   // somebody waits for the next cycle
    int64_t started;    // monotonic ms
    uint64_t cycle;     // number of the running or last one
    int64_t looked_at;  // monotonic ms
    int64_t due;        // monotonic ms: no cycle before, unless fresh
    int64_t interval;   // ms
    uint64_t cost_ns;   // of this cycle, in the node
    uint64_t bytes_before;
    uint64_t sweep_ns;
    uint64_t last_sweep_ns;
    uint64_t sweeps;
    uint32_t refreshed;     // processes measured again in this cycle
    struct waiter *waiters; // owned
    uv_timer_t timer;
    // What watching cost in each of the last seconds.
    uint64_t ns[IMPACT_SECONDS];
    uint64_t bytes[IMPACT_SECONDS];
    int64_t second[IMPACT_SECONDS];
};

struct node {
    struct nodes *nodes; // borrowed
    char name[LIMIT_NODE_NAME + 1];
    char cookie[LIMIT_COOKIE + 1];
    char vm[LIMIT_NODE_NAME + 1]; // what the node calls itself; differs from name over a pipe
    uint16_t port;
    bool piped;
    int read_fd, write_fd; // of a pipe that is not opened yet
    bool keep;
    enum node_state state;
    struct error lost;
    uint32_t failures; // tries in a row
    int64_t retry_at;  // monotonic ms; -1: none
    int64_t attached_at;
    struct link *link; // NULL when there is none
    struct term_pid self;
    char self_name[LIMIT_NODE_NAME + 1];
    struct term_pid guard;
    struct term_pid events; // the agent's events process
    uint32_t creation;      // the node's
    struct mirror_observer observer;
    uint32_t monitors;      // that the agent holds for us
    uint32_t events_unpaid; // events since the last credit
    bool prompts;           // a supervisor is to be read at once
    bool prompting;         // some are being read
    struct node_facts facts;
    struct mirror *mirror; // owned; of this connection
    uint64_t heartbeat;    // last sent
    uint32_t heartbeat_ticks;
    int64_t heard_at; // monotonic ms: last answer of the guard
    struct asking asking[LIMIT_REQUESTS_IN_FLIGHT];
    uint32_t generation;
    struct rpc rpcs[RPC_MAX];
    uint32_t rpc_number;
    uint32_t inject_open; // answers that the running step of the injection waits for
    uint32_t inject_loaded;
    uint32_t inject_equal;
    bool inject_first; // the first part is there, and ours
    uint32_t inject_tries;
    struct part_load *part_loads; // parts to be loaded, one after the other; owned
    bool keeper_there;
    struct sampler sampler;
    uv_timer_t timer;
    int closing; // handles still to be closed
    nodes_attached *attached;
    void *attached_context;
    nodes_detached *detached;
    void *detached_context;
    struct arena arena; // of the message being handled
    struct buffer out;
};

// life (node.c)
void node_start(struct node *node);
void node_fail(struct node *node, const struct error *error); // drops the connection
void node_is_scanned(struct node *node);                      // the first snapshot is there
void node_send(struct node *node, struct str message);        // to the guard
void node_begin_detach(struct node *node);
void node_injected(struct node *node, const struct term *guard, const struct term *hello);

// requests (ask.c)
void ask_message(struct node *node, const struct term *message); // {part, …} and {reply, …}
void ask_fail_all(struct node *node, const struct error *error);
void ask_expire(struct node *node, int64_t now);

// injection (inject.c)
void inject_start(struct node *node);
void inject_message(struct node *node, const struct term *reply); // {Ref, Result}

// parts of the agent (parts.c)
typedef void parts_loaded(void *context, const struct error *error);
// Loads the parts with these names (a list of atoms), one after the other. The callback comes once,
// also when the node is lost.
void parts_load(struct node *node, const struct term *names, parts_loaded *loaded, void *context);

// sampling (sampler.c)
void sampler_start(struct node *node);
void sampler_stop(struct node *node, const struct error *error);

// Identifies the few processes that came with an event, if no cycle is about to do it.
void sampler_identify_few(struct node *node);
void sampler_prompted(struct node *node); // a prompt reading is through
void sampler_ask_supervisors(
        struct node *node, const struct slots *slots, node_part *part, node_answered *answered);

// events (watching.c)
void watching_start(struct node *node);
void watching_children(struct node *node, uint32_t supervisor);
void watching_event(struct node *node, const struct term *message);
void watching_prompt(struct node *node);
void watching_recount(struct node *node); // monitors end with their processes

// answers of the agent into the mirror (absorb.c)
uint64_t absorb_sweep(struct node *node, const struct term *part); // nanoseconds it took
void absorb_names(struct node *node, const struct term *part);
void absorb_applications(struct node *node, const struct term *answer);
void absorb_supervisor(struct node *node, const struct term *part);
void absorb_behaviours(struct node *node, const struct term *answer);
uint64_t absorb_identities(struct node *node, const struct term *answer);
uint64_t absorb_refresh(struct node *node, const struct term *answer);
bool absorb_facts(struct node *node, const struct term *hello);

// registry (nodes.c)
uv_loop_t *nodes_loop(struct nodes *nodes);
struct str nodes_self(const struct nodes *nodes);
const struct node_watcher *nodes_watcher(const struct nodes *nodes);
void nodes_forget(struct node *node);

#endif
