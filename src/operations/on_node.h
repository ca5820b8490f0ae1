// Operations that the agent answers: arguments to the node, its answer to JSON.
#ifndef WHITEBEAM_OPERATIONS_ON_NODE_H
#define WHITEBEAM_OPERATIONS_ON_NODE_H

#include "node/nodes.h"
#include "operations/call.h"
#include "operations/encode_arguments.h"

// A call on its way to the node and back.
struct asking {
    struct call *call;
    struct node *node;
    // For handlers that do something with the answer; NULL: it is written as it is.
    void (*answered)(struct asking *asking, const struct term *answer);
    void *state; // the handler's own
};

// Asks the agent for its operation of that name, with all arguments of the call
// (encode_arguments.h), and gives the answer to a function. The handler run_on_node does it for
// rows whose name is the agent's own, and answers with on_node_answer. The answer lives during that
// function only. Errors end the call before.
void on_node(struct call *call, const char *agent_operation,
        void (*answered)(struct asking *asking, const struct term *answer), void *state);

// The same on this node, which may be another than the call's, with arguments that the handler
// adds; they must live until the call ends. Errors of the agent go to `failed`, if it is not NULL.
struct on_node_options {
    struct node *node; // NULL: the call's
    const struct further *further;
    size_t further_count;
    void (*failed)(struct asking *asking, const struct error *error);
};
void on_node_with(struct call *call, const char *agent_operation,
        const struct on_node_options *options,
        void (*answered)(struct asking *asking, const struct term *answer), void *state);

// Ends the call with {"data": answer, "meta": {"node", "as_of"}}.
void on_node_answer(struct asking *asking, const struct term *answer);

// Ends the call with an error of the agent, said of the process, supervisor or application that the
// call is about.
void on_node_fail(struct call *call, struct node *node, const struct error *error);

#endif
