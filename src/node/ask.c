// Requests to the agent: ids, deadlines, and the errors it may answer with.
#include "base/clock.h"
#include "base/memory.h"
#include "node/node_private.h"
#include "term/encode.h"

#include <stdlib.h>

// The agent ends a request by itself at its deadline; we wait a little longer for it to say so.
#define GRACE_MS 1000

void node_ask(struct node *node, const char *function, struct str arguments, int64_t deadline_ms,
        node_part *part, node_answered *answered, void *context) {
    struct error error;
    uint32_t index = 0;
    while (index < LIMIT_REQUESTS_IN_FLIGHT && node->asking[index].used) {
        index++;
    }
    if (index == LIMIT_REQUESTS_IN_FLIGHT) {
        error_set(&error, ERROR_UNAVAILABLE,
                "%u requests to node %s are under way already; try again in a moment",
                LIMIT_REQUESTS_IN_FLIGHT, node->name);
        answered(context, NULL, &error);
        return;
    }
    if (node->link == NULL || (node->state != NODE_SCANNING && node->state != NODE_READY)) {
        error_set(&error, ERROR_NODE_NOT_READY, "node %s is %s", node->name,
                node_state_text(node->state));
        answered(context, NULL, &error);
        return;
    }
    struct asking *asking = &node->asking[index];
    *asking = (struct asking){.used = true,
            .id = node->generation++ << 8 | index,
            .until = clock_monotonic_ms() + deadline_ms + GRACE_MS,
            .part = part,
            .answered = answered,
            .context = context};
    node->out.length = 0;
    encode_version(&node->out);
    encode_tuple(&node->out, 5);
    encode_atom_text(&node->out, "request");
    encode_integer(&node->out, asking->id);
    encode_integer(&node->out, deadline_ms);
    encode_atom_text(&node->out, function);
    buffer_add_str(&node->out, arguments);
    if (strcmp(function, "operate") == 0) {
        asking->again = memory_new(node->out.length, 1);
        asking->again_length = node->out.length;
        memcpy(asking->again, node->out.at, node->out.length);
    }
    node_send(node, buffer_str(&node->out));
}

static struct asking *find(struct node *node, const struct term *id) {
    int64_t number;
    if (!term_integer(id, &number) || number < 0 || number > UINT32_MAX) {
        return NULL;
    }
    struct asking *asking = &node->asking[(uint32_t)number % 256];
    return asking->used && asking->id == (uint32_t)number ? asking : NULL;
}

// Parts that are paid for together: half of the agent's window, so that it never stands still.
#define PAID_AT_ONCE 4u

static void send_credit(struct node *node, const struct term_pid *worker, uint32_t count) {
    if (node->link == NULL) {
        return;
    }
    node->out.length = 0;
    encode_version(&node->out);
    encode_tuple(&node->out, 2);
    encode_atom_text(&node->out, "credit");
    encode_integer(&node->out, count);
    link_send(node->link, worker, buffer_str(&node->out));
}

// Tells the process that sent parts that there is room for more.
static void credit(struct node *node, struct asking *asking, const struct term *worker) {
    if (asking == NULL || worker == NULL || worker->type != TERM_PID) {
        return; // a worker whose request is over ends at its deadline
    }
    size_t i = asking->workers[0].id == worker->pid->id || asking->workers[0].id == 0 ? 0 : 1;
    asking->workers[i].id = worker->pid->id;
    if (++asking->workers[i].parts >= PAID_AT_ONCE) {
        send_credit(node, worker->pid, asking->workers[i].parts);
        asking->workers[i].parts = 0;
    }
}

struct agent_error {
    const char *name;
    enum error_code code;
};

static const struct agent_error agent_errors[] = {
        {"gone", ERROR_PROCESS_NOT_FOUND},
        {"not_found", ERROR_ITEM_NOT_FOUND},
        {"not_sys", ERROR_NOT_SYS_COMPLIANT},
        {"too_large", ERROR_STATE_TOO_LARGE},
        {"memory", ERROR_ANSWER_TOO_LARGE},
        {"queue", ERROR_PROCESS_BUSY},
        {"busy", ERROR_PROCESS_BUSY},
        {"full", ERROR_UNAVAILABLE},
        {"protected", ERROR_PROTECTED_PROCESS},
        {"unknown_atom", ERROR_UNKNOWN_ATOM},
        {"invalid", ERROR_INVALID_PARAMETER},
        {"refused", ERROR_REFUSED},
        {"unsupported", ERROR_NOT_IMPLEMENTED},
        {"conflict", ERROR_CONFLICT},
        {"crashed", ERROR_CALLBACK_CRASHED},
        {"timeout", ERROR_CALL_TIMEOUT},
        {"deadline", ERROR_DEADLINE},
        {"crash", ERROR_AGENT_FAILED},
};

static void add_texts(struct error *error, const char *name, const struct term *list) {
    struct str texts[64];
    size_t used = 0;
    const struct term *items;
    uint32_t count;
    if (!term_list(list, &items, &count)) {
        return;
    }
    for (uint32_t i = 0; i < count && used < 64; i++) {
        used += term_text(&items[i], &texts[used]);
    }
    error_detail_list(error, name, texts, used);
}

// A map of names to integers, texts and lists of texts.
static void add_details(struct error *error, const struct term *map) {
    for (uint32_t i = 0; map->type == TERM_MAP && i < map->size; i++) {
        char name[64];
        struct str key;
        struct str text;
        int64_t number;
        const struct term *value = &map->items[2 * i + 1];
        if (!term_text(&map->items[2 * i], &key) || key.length >= sizeof name) {
            continue;
        }
        memcpy(name, key.at, key.length);
        name[key.length] = '\0';
        if (term_integer(value, &number)) {
            error_detail_int(error, name, number);
        } else if (term_text(value, &text)) {
            error_detail(error, name, text);
        } else {
            add_texts(error, name, value);
        }
    }
}

// {Code, Text, Details}: a map, or two integers, which are what was found and the limit.
static void read_error(const struct node *node, const struct term *term, struct error *error) {
    struct str name;
    struct str text;
    const struct term *first = term_element(term, 0);
    const struct term *second = term_element(term, 1);
    const struct term *third = term_element(term, 2);
    if (third == NULL || !term_text(first, &name) || !term_text(second, &text)) {
        error_set(error, ERROR_AGENT_FAILED, "node %s gave an answer of unknown form", node->name);
        return;
    }
    enum error_code code = ERROR_AGENT_FAILED;
    for (size_t i = 0; i < sizeof agent_errors / sizeof agent_errors[0]; i++) {
        if (str_is(name, agent_errors[i].name)) {
            code = agent_errors[i].code;
        }
    }
    error_set(error, code, "%.*s", STR_ARGS(text));
    add_details(error, third);
    const struct term *items;
    uint32_t count;
    int64_t found;
    int64_t limit;
    if (term_list(third, &items, &count) && count == 2 && term_integer(&items[0], &found) &&
            term_integer(&items[1], &limit)) {
        error_detail_int(error, str_is(name, "queue") ? "queue_length" : "size", found);
        error_detail_int(error, "limit", limit);
    }
}

static void finish(struct asking *asking, const struct term *answer, const struct error *error) {
    struct asking done = *asking;
    asking->used = false;
    free(asking->again);
    done.answered(done.context, answer, error);
}

// ---- parts of the agent ----------------------------------------------------------------------

// A request that waits for parts of the agent. It may have met its deadline meanwhile.
struct waiting {
    struct node *node;
    uint32_t id;
};

static void parts_are_there(void *context, const struct error *error) {
    struct waiting *waiting = context;
    struct node *node = waiting->node;
    struct asking *asking = &node->asking[waiting->id % 256];
    if (asking->used && asking->id == waiting->id && error != NULL) {
        finish(asking, NULL, error);
    } else if (asking->used && asking->id == waiting->id) {
        node_send(node, (struct str){asking->again, asking->again_length});
        free(asking->again);
        asking->again = NULL; // once is enough
    }
    free(waiting);
}

// {part, Text, #{parts => Names}}: the operation runs once these are loaded.
static bool wants_parts(struct node *node, struct asking *asking, const struct term *error) {
    if (asking->again == NULL || !term_is_atom(term_element(error, 0), "part")) {
        return false;
    }
    struct waiting *waiting = memory_new(1, sizeof *waiting);
    *waiting = (struct waiting){node, asking->id};
    parts_load(node, term_map_get(term_element(error, 2), "parts"), parts_are_there, waiting);
    return true;
}

// {part, Id, Worker, Term}, {reply, Id, ok, Term}, {reply, Id, error, Error}
void ask_message(struct node *node, const struct term *message) {
    struct asking *asking = find(node, term_element(message, 1));
    if (term_is_tagged(message, "part", 4)) {
        credit(node, asking, term_element(message, 2));
        if (asking != NULL && asking->part != NULL) {
            asking->part(asking->context, term_element(message, 3));
        }
        return;
    }
    if (asking == NULL) {
        return; // it came after the deadline
    }
    if (term_is_atom(term_element(message, 2), "ok")) {
        finish(asking, term_element(message, 3), NULL);
        return;
    }
    if (wants_parts(node, asking, term_element(message, 3))) {
        return;
    }
    struct error error;
    read_error(node, term_element(message, 3), &error);
    finish(asking, NULL, &error);
}

void ask_fail_all(struct node *node, const struct error *error) {
    for (uint32_t i = 0; i < LIMIT_REQUESTS_IN_FLIGHT; i++) {
        if (node->asking[i].used) {
            finish(&node->asking[i], NULL, error);
        }
    }
}

void ask_expire(struct node *node, int64_t now) {
    for (uint32_t i = 0; i < LIMIT_REQUESTS_IN_FLIGHT; i++) {
        if (node->asking[i].used && now > node->asking[i].until) {
            struct error error;
            error_set(&error, ERROR_DEADLINE, "node %s did not answer in time", node->name);
            finish(&node->asking[i], NULL, &error);
        }
    }
}

void node_encode_pid(const struct node *node, struct buffer *out, uint32_t id, uint32_t serial) {
    struct term_pid pid = {
            .node = str_of(node->vm), .id = id, .serial = serial, .creation = node->creation};
    encode_pid(out, &pid);
}
