// The daemon's copy of what one node looks like: processes, names, applications, supervisors and
// their children. Every list, tree and figure is answered from here, without touching the node.
//
// Processes live in slots. What is sorted and filtered by is kept in columns (arrays by slot), so
// that a question over 500 000 processes reads a few megabytes in order. Texts are interned. A slot
// belongs to a process until the sweep after its end; then it is used again.
//
// The struct is open to this folder and, for reading, to those above it: rows are written straight
// from the columns, tens of thousands a second.
#ifndef WHITEBEAM_NODE_MIRROR_H
#define WHITEBEAM_NODE_MIRROR_H

#include "base/intern.h"
#include "base/str.h"

#define MIRROR_NONE UINT32_MAX // no slot, no supervisor

enum process_status {
    STATUS_WAITING,
    STATUS_RUNNING,
    STATUS_RUNNABLE,
    STATUS_SUSPENDED,
    STATUS_GARBAGE_COLLECTING,
    STATUS_EXITING,
    STATUS_UNKNOWN,
};

// What a process is. The order is that of kind_rows in kinds.c.
enum process_kind {
    KIND_UNKNOWN, // not identified yet, or its dictionary may not be read
    KIND_PLAIN,
    KIND_GEN_SERVER,
    KIND_GEN_STATEM,
    KIND_GEN_EVENT,
    KIND_GEN_FSM,
    KIND_SUPERVISOR,
    KIND_SUPERVISOR_BRIDGE,
    KIND_AGENT,
    KIND_TASK,
    KIND_APPLICATION_MASTER,
    KIND_COUNT,
};

enum process_flag {
    PROCESS_LIVE = 1,       // the slot is in use
    PROCESS_IDENTIFIED = 2, // what never changes has been read
    PROCESS_MEASURED = 4,   // memory is exact, not the heap's lower bound
    PROCESS_SETTLING = 8,   // a signal was just sent to it: a few reductions are ours
    PROCESS_LOOKED = 16,    // shown to somebody since the last sweep
    PROCESS_QUEUED = 32,    // waits to be identified or measured again
    PROCESS_FIRST = 64,     // it was there at the first sweep: it is older than first_seen
    PROCESS_FULL = 128,     // too many messages or links for its memory to be asked
    PROCESS_NAMED = 256,    // listed in the names being received
    PROCESS_WATCHED = 512,  // the agent tells when it ends
};

struct process_columns {
    uint64_t *reductions;
    uint64_t *memory;  // bytes; heap size in bytes until it is measured
    uint32_t *queue;   // messages
    uint32_t *heap;    // words
    uint32_t *display; // interned: name, else label, else initial call
    uint8_t *status;
    uint8_t *kind;
    uint16_t *flags; // enum process_flag
    // Cold: read for rows that are shown.
    uint32_t *id;
    uint32_t *serial;
    uint32_t *name;         // interned registered name
    uint32_t *label;        // interned text
    uint32_t *initial_call; // interned Mod.fun/arity
    uint32_t *function;     // interned Mod.fun/arity of the current function
    uint32_t *module;       // interned callback module
    uint32_t *supervisor;   // its supervisor: index into supervisors, or MIRROR_NONE
    uint32_t *supervises;   // the supervisor it is: index into supervisors, or MIRROR_NONE
    uint32_t *seen;         // number of the last sweep that saw it
    int64_t *first_seen;    // unix ms
    uint16_t *leader;       // index into leaders
};

enum supervisor_kind {
    SUPERVISOR_OTP,
    SUPERVISOR_DYNAMIC,
    SUPERVISOR_PARTITION,
    SUPERVISOR_TASK,
    SUPERVISOR_2,
    SUPERVISOR_MIRRORED,
    SUPERVISOR_RANCH,
    SUPERVISOR_KIND_COUNT,
};

enum strategy {
    STRATEGY_UNKNOWN,
    STRATEGY_ONE_FOR_ONE,
    STRATEGY_ONE_FOR_ALL,
    STRATEGY_REST_FOR_ONE,
    STRATEGY_SIMPLE_ONE_FOR_ONE,
    STRATEGY_COUNT,
};

enum restart_type { RESTART_UNKNOWN, RESTART_PERMANENT, RESTART_TRANSIENT, RESTART_TEMPORARY };

enum child_state { CHILD_RUNNING, CHILD_STOPPED, CHILD_RESTARTING };

#define SHUTDOWN_INFINITY    (-1)
#define SHUTDOWN_BRUTAL_KILL (-2)
#define SHUTDOWN_UNKNOWN     (-3)

struct child {
    uint32_t slot;    // of its process, or MIRROR_NONE; counts only while `process` is in it
    uint32_t process; // id number of its pid
    uint32_t id;      // interned text of the child id; 0: dynamic, without one
    uint32_t module;  // interned
    int32_t shutdown; // ms, or one of the above
    uint8_t state;    // enum child_state
    uint8_t restart;  // enum restart_type
    bool supervisor;  // the spec's type
    bool significant;
};

struct supervisor {
    uint32_t slot; // MIRROR_NONE: this entry is free
    uint8_t kind;
    uint8_t strategy;
    uint8_t auto_shutdown; // 0 never, 1 any_significant, 2 all_significant, 3 unknown
    bool read;             // flags and children have been read at least once
    bool busy;             // it did not answer the last time
    bool dirty;            // to be read again
    bool prompt;           // something happened to its children: read it at once
    bool reading;          // has been asked
    bool supervised;       // the agent sees what happens to its children
    uint64_t asked_in;     // the sampler's cycle that asked it last; 0: none
    uint32_t busy_times;   // in a row that it did not answer
    int64_t again_at;      // monotonic ms: not asked before
    bool prompt_reading;   // `reading` is a prompt one
    bool has_flags;
    uint32_t module;   // interned callback module
    int64_t intensity; // max restarts; valid when has_flags
    int64_t period;    // seconds
    int64_t used;      // restarts within the period, -1 unknown
    int64_t oldest;    // age in seconds of the oldest of them when read, -1 none
    int64_t read_at;   // unix ms
    int64_t specs, active, supervisors, workers; // count_children/1
    struct child *children;                      // owned; in start order where there is one
    uint32_t child_count;
    uint32_t child_capacity;
    struct child *incoming; // owned; being received, replaces children when complete
    uint32_t incoming_count;
    uint32_t incoming_capacity;
};

struct leader {
    uint32_t id, serial;  // the group leader's pid
    uint32_t application; // index into applications, or MIRROR_NONE
};

struct application {
    uint32_t name; // interned
    uint32_t version;
    uint32_t description;
    uint32_t master_id, master_serial;
    uint32_t top; // slot of the top supervisor, or MIRROR_NONE
};

// A growing list of slots.
struct slots {
    uint32_t *at; // owned
    uint32_t count;
    uint32_t capacity;
};

struct mirror;

// Told when the children of a supervisor were read again: what they were before, with the ids of
// processes that may have ended since. Called after the new ones are in place.
struct mirror_observer {
    void (*children)(void *context, struct mirror *mirror, uint32_t supervisor,
            const struct child *old, uint32_t old_count);
    // A supervisor is about to be forgotten.
    void (*supervisor_gone)(void *context, struct mirror *mirror, uint32_t supervisor);
    void *context;
};

// The first rows of an order, see mirror_query.
struct mirror_order {
    uint32_t *slots; // owned
    uint32_t count;
    uint64_t version; // of the mirror when it was made
};

#define MIRROR_ORDERS 10

struct mirror {
    struct str node;                        // borrowed from the node: its name
    const struct mirror_observer *observer; // borrowed; may be NULL
    uint32_t creation;
    bool elixir; // the node has loaded Elixir
    struct intern *strings;
    struct process_columns p;
    uint32_t slot_count; // slots ever used: columns are [0, slot_count)
    uint32_t capacity;
    uint32_t live;
    uint32_t free; // first free slot (linked through seen), or MIRROR_NONE
    uint32_t *index;
    uint32_t index_mask;
    uint32_t index_seed;
    uint32_t sweep;  // number of the running or last sweep
    uint32_t sweeps; // finished ones
    int64_t as_of;   // unix ms of the last finished sweep's beginning; -1: none yet
    int64_t sweep_started;
    uint64_t version;       // changes with every change
    uint32_t identified;    // processes
    struct slots fresh;     // to be identified
    struct slots moved;     // to be measured
    struct slots named;     // who has a registered name
    struct slots was_named; // while names are received: who had one before
    struct supervisor *supervisors;
    uint32_t supervisor_count; // entries, free ones included
    uint32_t supervisor_capacity;
    uint32_t supervisor_free; // first free entry (linked through module), or MIRROR_NONE
    struct leader *leaders;
    uint32_t leader_count;
    uint32_t leaders_kept; // when they were gone through last
    struct application *applications;
    uint32_t application_count;
    bool applications_stale; // a process has a group leader that no application known has
    uint8_t *behaviours;     // enum process_kind + 1 by interned module id; 0: not known
    uint32_t behaviour_count;
    struct mirror_order orders[MIRROR_ORDERS]; // by sort and direction
    struct slots unknown_modules; // interned ids (kept) whose behaviours are to be asked
};

struct mirror *mirror_create(struct str node, uint32_t creation);
void mirror_destroy(struct mirror *mirror);

// ---- processes -------------------------------------------------------------------------------

// The slot of a process, or MIRROR_NONE.
uint32_t mirror_find(const struct mirror *mirror, uint32_t id, uint32_t serial);

// The slot of a process that is known to be alive; makes one if needed.
uint32_t mirror_touch(struct mirror *mirror, uint32_t id, uint32_t serial);

// Forgets a process, and the supervisor it may be.
void mirror_remove(struct mirror *mirror, uint32_t slot);

// Lists anew what is still to be identified: after a request for it failed.
void mirror_collect_fresh(struct mirror *mirror);

struct cheap {
    uint64_t reductions;
    uint32_t queue;
    uint32_t heap; // words
    uint8_t status;
};

// A sweep: begin, a row for each process, end (which removes what was not seen). abandon leaves
// everything as it is.
void mirror_sweep_begin(struct mirror *mirror, int64_t now);
void mirror_sweep_row(
        struct mirror *mirror, uint32_t id, uint32_t serial, const struct cheap *cheap);
void mirror_sweep_end(struct mirror *mirror);

// What a signal read. The few reductions that it cost the process are not taken for movement at the
// next sweep. memory < 0: it was not asked.
void mirror_measure(struct mirror *mirror, uint32_t slot, int64_t memory, struct str function);

struct identity {
    struct str initial_call; // Mod.fun/arity; what proc_lib noted, where it was read
    struct str kind_module;  // of '$initial_call'; empty when there is none or it was not read
    struct str kind_function;
    bool kind_known; // '$initial_call' was read, present or not
    uint32_t leader_id, leader_serial;
    uint32_t parent_id, parent_serial; // 0, 0: unknown
    struct str label;                  // text
};

void mirror_identify(struct mirror *mirror, uint32_t slot, const struct identity *identity);

// Registered names: begin forgets none; end takes the names away from who was not listed.
void mirror_names_begin(struct mirror *mirror);
void mirror_name(struct mirror *mirror, uint32_t id, uint32_t serial, struct str name);
void mirror_names_end(struct mirror *mirror);

// The slot that has the registered name, or MIRROR_NONE.
uint32_t mirror_named(const struct mirror *mirror, struct str name);

// The behaviours of a module, as an enum process_kind (KIND_PLAIN for none we know).
void mirror_behaviour(struct mirror *mirror, struct str module, enum process_kind kind);

// What is known of an interned module; KIND_UNKNOWN when it has to be asked first, which is noted.
enum process_kind mirror_behaviour_of(struct mirror *mirror, uint32_t module);

// ---- applications ----------------------------------------------------------------------------

void mirror_applications_begin(struct mirror *mirror);
void mirror_application(struct mirror *mirror, struct str name, struct str version,
        struct str description, uint32_t master_id, uint32_t master_serial, uint32_t top);
void mirror_applications_end(struct mirror *mirror);

// The application a process belongs to, or NULL.
const struct application *mirror_application_of(const struct mirror *mirror, uint32_t slot);

// ---- supervisors -----------------------------------------------------------------------------

// The entry of a process that is a supervisor, made if needed and marked to be read.
uint32_t mirror_supervisor_touch(struct mirror *mirror, uint32_t slot);
void mirror_supervisor_remove(struct mirror *mirror, uint32_t index);

// Children are about to be received; those of a reading that broke off are forgotten.
void mirror_children_begin(struct mirror *mirror, uint32_t supervisor);
// Adds a child to those being received; `child->slot` may be MIRROR_NONE.
void mirror_child_add(struct mirror *mirror, uint32_t supervisor, const struct child *child);
// True if the child's process is still the one that was read.
bool mirror_child_alive(
        const struct mirror *mirror, uint32_t supervisor, const struct child *child);
// The children received replace the old ones.
void mirror_children_end(struct mirror *mirror, uint32_t supervisor, int64_t now);

// ---- texts -----------------------------------------------------------------------------------

static inline struct str mirror_text(const struct mirror *mirror, uint32_t interned) {
    return intern_text(mirror->strings, interned);
}

// An atom's text as people write it: without the Elixir. of aliases.
static inline struct str mirror_alias(struct str atom) {
    return str_starts(atom, "Elixir.") ? (struct str){atom.at + 7, atom.length - 7} : atom;
}

void slots_add(struct slots *slots, uint32_t slot);
void slots_clear(struct slots *slots);

#endif
