// Bringing the agent into a node, with nothing but the node's own rex server (what rpc:call/4 talks
// to): look what is there, load our modules in one step, start a guard.
//
// The modules have names of their own. If they are loaded already, by another daemon of the same
// build, they are shared; if they are of another build and in use, we stay out.
#include "node/agent_modules.h"
#include "node/node_private.h"
#include "term/encode.h"

#define OLDEST_OTP 25
#define TRIES      3

enum { TAG_RELEASE, TAG_KEEPER, TAG_CLEAN, TAG_LOAD, TAG_START, TAG_MODULE };

typedef void rpc_done(struct node *node, int tag, const struct term *result);

static struct term_reference reference_of(const struct node *node, uint32_t number) {
    return (struct term_reference){.node = str_of(node->self_name),
            .creation = node->self.creation,
            .count = 3,
            .words = {number, 0, 0}};
}

// Begins {'$gen_call', {Pid, Ref}, {call, Module, Function, …arguments…, user}}; the caller appends
// the argument list and ends with rpc_send.
static void rpc_begin(struct node *node, const char *module, const char *function) {
    struct buffer *out = &node->out;
    struct term_reference reference = reference_of(node, node->rpc_number);
    out->length = 0;
    encode_version(out);
    encode_tuple(out, 3);
    encode_atom_text(out, "$gen_call");
    encode_tuple(out, 2);
    encode_pid(out, &node->self);
    encode_reference(out, &reference);
    encode_tuple(out, 5);
    encode_atom_text(out, "call");
    encode_atom_text(out, module);
    encode_atom_text(out, function);
}

static void rpc_send(struct node *node, rpc_done *done, int tag) {
    encode_atom_text(&node->out, "user");
    for (uint32_t i = 0; i < RPC_MAX; i++) {
        if (!node->rpcs[i].used) {
            node->rpcs[i] = (struct rpc){true, node->rpc_number++, done, tag};
            node->inject_open++;
            link_send_name(node->link, STR("rex"), buffer_str(&node->out));
            return;
        }
    }
}

void inject_message(struct node *node, const struct term *reply) {
    const struct term *reference = term_element(reply, 0);
    const struct term *result = term_element(reply, 1);
    if (reference == NULL || result == NULL || reference->type != TERM_REFERENCE) {
        return;
    }
    for (uint32_t i = 0; i < RPC_MAX; i++) {
        if (node->rpcs[i].used && node->rpcs[i].number == reference->reference->words[0]) {
            node->rpcs[i].used = false;
            node->inject_open--;
            node->rpcs[i].done(node, node->rpcs[i].tag, result);
            return;
        }
    }
}

static bool is_badrpc(const struct term *result) {
    return term_is_tagged(result, "badrpc", 2);
}

static void encode_modules(struct buffer *out) {
    encode_list(out, agent_module_count);
    for (uint32_t i = 0; i < agent_module_count; i++) {
        encode_atom_text(out, agent_modules[i].name);
    }
    encode_nil(out);
}

static void fail_with(struct node *node, enum error_code code, const char *what) {
    struct error error;
    error_set(&error, code, "node %s %s", node->name, what);
    node_fail(node, &error);
}

static void started(struct node *node, int tag, const struct term *result) {
    (void)tag;
    if (term_is_tagged(result, "ok", 3)) {
        node_injected(node, term_element(result, 1), term_element(result, 2));
        return;
    }
    if (++node->inject_tries < TRIES) {
        inject_start(node); // the last daemon took the modules with it in this very moment
        return;
    }
    fail_with(node, ERROR_AGENT_FAILED, "loaded the agent but could not start it");
}

static void start_guard(struct node *node) {
    rpc_begin(node, "whitebeam_agent", "start");
    encode_list(&node->out, 2);
    encode_pid(&node->out, &node->self);
    encode_modules(&node->out);
    encode_nil(&node->out);
    rpc_send(node, started, TAG_START);
}

static void loaded(struct node *node, int tag, const struct term *result) {
    (void)tag;
    if (!term_is_atom(result, "ok")) {
        fail_with(node, ERROR_AGENT_FAILED,
                "refused to load the agent's modules (code:atomic_load/1)");
        return;
    }
    start_guard(node);
}

static void load_purged(struct node *node) {
    rpc_begin(node, "code", "atomic_load");
    struct buffer *out = &node->out;
    const struct agent_module *first = &agent_modules[0];
    encode_list(out, 1);
    encode_list(out, 1);
    encode_tuple(out, 3);
    encode_atom_text(out, first->name);
    // The file name is what stack traces show.
    encode_list(out, 9);
    for (const char *c = "whitebeam"; *c != '\0'; c++) {
        encode_integer(out, *c);
    }
    encode_nil(out);
    encode_binary(out, (struct str){(const char *)first->beam, first->size});
    encode_nil(out);
    encode_nil(out);
    rpc_send(node, loaded, TAG_LOAD);
}

// What an agent that has just left was still running is purged softly; while somebody runs it, the
// modules cannot be loaded.
static void purged(struct node *node, int tag, const struct term *result) {
    (void)tag;
    if (!term_is_atom(result, "true")) {
        fail_with(node, ERROR_AGENT_FAILED,
                "is still leaving the last agent's code; it is tried again");
        return;
    }
    if (node->inject_open == 0) {
        load_purged(node);
    }
}

static void load_modules(struct node *node) {
    rpc_begin(node, "erts_code_purger", "soft_purge");
    encode_list(&node->out, 1);
    encode_atom_text(&node->out, agent_modules[0].name);
    encode_nil(&node->out);
    rpc_send(node, purged, TAG_CLEAN);
}

// Modules of an agent that nobody keeps: what a crash of the node's own cleaning left.
static void cleaned(struct node *node, int tag, const struct term *result) {
    (void)tag;
    (void)result;
    if (node->inject_open == 0) {
        load_modules(node);
    }
}

static void clean(struct node *node) {
    static const char *const functions[] = {"delete", "soft_purge"};
    for (size_t f = 0; f < 2; f++) {
        rpc_begin(node, "lists", "map");
        encode_list(&node->out, 2);
        // fun code:delete/1 as EXPORT_EXT: 113, module, function, arity.
        buffer_add_u8(&node->out, 113);
        encode_atom_text(&node->out, "code");
        encode_atom_text(&node->out, functions[f]);
        encode_integer(&node->out, 1);
        encode_modules(&node->out);
        encode_nil(&node->out);
        rpc_send(node, cleaned, TAG_CLEAN);
    }
}

static void looked(struct node *node) {
    // Of the parts, any may be there, but only ours.
    if (node->inject_first && node->inject_equal == node->inject_loaded) {
        start_guard(node);
    } else if (node->inject_loaded == 0) {
        load_modules(node);
    } else if (node->keeper_there) {
        fail_with(node, ERROR_OTHER_AGENT,
                "is watched by another Whitebeam of a different version; detach that one, or use "
                "the same version");
    } else {
        clean(node);
    }
}

static void release_is(struct node *node, const struct term *result) {
    const struct term *items;
    uint32_t count;
    int release = 0;
    // A string arrives as a list of characters.
    if (term_list(result, &items, &count)) {
        for (uint32_t i = 0; i < count && i < 3; i++) {
            int64_t digit;
            if (term_integer(&items[i], &digit) && digit >= '0' && digit <= '9') {
                release = release * 10 + (int)(digit - '0');
            }
        }
    }
    node->facts.otp = release;
}

static void found(struct node *node, int tag, const struct term *result) {
    if (tag == TAG_RELEASE) {
        release_is(node, result);
    } else if (tag == TAG_KEEPER) {
        node->keeper_there = result->type == TERM_PID;
    } else if (!is_badrpc(result)) {
        const struct agent_module *module = &agent_modules[tag - TAG_MODULE];
        node->inject_loaded++;
        if (result->type == TERM_BINARY && result->text.length == 16 &&
                memcmp(result->text.at, module->md5, 16) == 0) {
            node->inject_equal++;
            node->inject_first = node->inject_first || tag == TAG_MODULE;
        }
    }
    if (node->inject_open > 0) {
        return;
    }
    if (node->facts.otp < OLDEST_OTP) {
        struct error error;
        error_set(&error, ERROR_BEAM_TOO_OLD,
                "node %s runs Erlang/OTP %d; Whitebeam needs OTP %d or later", node->name,
                node->facts.otp, OLDEST_OTP);
        node_fail(node, &error);
        return;
    }
    looked(node);
}

static void ask_about(struct node *node, const char *module, const char *function,
        const char *first, const char *second, int tag) {
    rpc_begin(node, module, function);
    encode_list(&node->out, second ? 2 : 1);
    encode_atom_text(&node->out, first);
    if (second != NULL) {
        encode_atom_text(&node->out, second);
    }
    encode_nil(&node->out);
    rpc_send(node, found, tag);
}

void inject_start(struct node *node) {
    node->inject_loaded = node->inject_equal = node->inject_open = 0;
    node->keeper_there = node->inject_first = false;
    node->facts.otp = 0;
    for (uint32_t i = 0; i < RPC_MAX; i++) {
        node->rpcs[i].used = false;
    }
    ask_about(node, "erlang", "system_info", "otp_release", NULL, TAG_RELEASE);
    ask_about(node, "erlang", "whereis", "whitebeam_keeper", NULL, TAG_KEEPER);
    for (uint32_t i = 0; i < agent_module_count; i++) {
        ask_about(node, "erlang", "get_module_info", agent_modules[i].name, "md5",
                TAG_MODULE + (int)i);
    }
}
