// What processes and supervisors are called, and how their kind is found out.
#ifndef WHITEBEAM_NODE_KINDS_H
#define WHITEBEAM_NODE_KINDS_H

#include "node/mirror.h"

// Texts of the API; NULL where there is none.
const char *kind_type(enum process_kind kind);     // supervisor, genserver, task, agent, worker
const char *kind_behavior(enum process_kind kind); // gen_server, gen_statem, supervisor, …
const char *status_text(enum process_status status);
const char *supervisor_kind_text(enum supervisor_kind kind);
const char *strategy_text(enum strategy strategy);
const char *restart_text(enum restart_type restart);

enum strategy strategy_of(struct str text);
enum restart_type restart_of(struct str text);
enum process_status status_of(uint8_t code);

// The kind that a behaviour attribute proves, KIND_PLAIN for one that is not OTP's.
enum process_kind kind_of_behaviour(struct str behaviour);

// The kind of supervisor from what the agent proved it to be and its callback module.
enum supervisor_kind supervisor_kind_of(struct str proven, struct str module);

// The kind of a process from its '$initial_call' (module empty: it has none), the behaviour of that
// module or of the module in its child spec (KIND_UNKNOWN: not known yet), and its current
// function.
enum process_kind kind_decide(struct str initial_module, struct str initial_function,
        struct str spec_module, enum process_kind behaviour, struct str current_function,
        struct str initial_call, bool elixir);

#endif
