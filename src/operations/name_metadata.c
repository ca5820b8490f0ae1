// Metadata of registered names. A node has no room for them beside a name, so they are documents of
// the daemon's store, one for each name of a node. Entries of Elixir's registries have their value
// in the node; the agent handles those alone.
#include "base/clock.h"
#include "base/json_writer.h"
#include "limits.h"
#include "operations/answer_terms.h"
#include "operations/answer_value.h"
#include "operations/handlers.h"
#include "operations/on_node.h"
#include "operations/services.h"
#include "store/store.h"
#include "term/encode.h"
#include "term/json.h"
#include "term/order.h"

#include <jansson.h>
#include <stdlib.h>

#define KIND "name_metadata"

static const struct print_limits whole = {.width = UINT32_MAX, .depth = 64, .bytes = 4 << 20};

// A call about one name, between the agent and the store. The node may be gone before the store
// answers, so its name is kept, not its address.
struct naming {
    struct call *call;
    struct str node, name;
    struct str id;         // of the document
    struct buffer members; // of the answer
    struct buffer about;   // of the document
};

static bool is_dry(const struct call *call) {
    return call_value(call, "dry_run")->integer != 0;
}

static void finish(struct naming *naming) {
    buffer_finish(&naming->members);
    buffer_finish(&naming->about);
}

static void fail(struct naming *naming, const struct error *error) {
    finish(naming);
    call_fail(naming->call, error);
}

static void write_answer(struct call *call, struct str node, struct str members) {
    struct buffer *out = &call->answer;
    json_open_object(out, NULL);
    json_open_object(out, "data");
    buffer_add_str(out, members);
    json_close_object(out);
    json_open_object(out, "meta");
    json_put_string(out, "node", node);
    json_time(out, "as_of", clock_unix_ms());
    json_close_object(out);
    json_close_object(out);
    call_done(call, 200);
}

static void answer(struct naming *naming) {
    write_answer(naming->call, naming->node, buffer_str(&naming->members));
    finish(naming);
}

// {"pid": "#PID<0.1.0>", "metadata": …}, the metadata in the mapping of term/json.h, which reads
// back to the same term.
static void write_about(struct buffer *about, const struct node *node, const struct term *told) {
    json_open_object(about, NULL);
    answer_value(about, "pid", node, term_map_get(told, "pid"));
    json_raw(about, "metadata", STR(""));
    json_from_term(about, term_element(term_map_get(told, "metadata"), 1), node_vm(node), &whole);
    json_close_object(about);
}

// What the agent told of a name, for as long as the call lives. Node names have no space, so an id
// cannot be that of another name.
static struct naming *begin(struct asking *asking, const struct term *told) {
    struct call *call = asking->call;
    struct naming *naming = arena_take_zeroed(&call->arena, 1, sizeof *naming);
    naming->call = call;
    naming->node = arena_copy(&call->arena, node_name(asking->node));
    naming->name = arena_copy(&call->arena, answer_word(term_map_get(told, "name"), ""));
    naming->id =
            arena_printf(&call->arena, "%.*s %.*s", STR_ARGS(naming->node), STR_ARGS(naming->name));
    buffer_init(&naming->members);
    buffer_init(&naming->about);
    answer_members(&naming->members, asking->node, told, NULL);
    if (term_map_get(told, "metadata") != NULL) {
        write_about(&naming->about, asking->node, told);
    }
    return naming;
}

static void kept(void *context, const struct error *error) {
    struct naming *naming = context;
    if (error != NULL) {
        fail(naming, error);
    } else {
        answer(naming);
    }
}

static void keep(struct naming *naming) {
    struct store_document document = {
            .kind = STR(KIND),
            .id = naming->id,
            .node = naming->node,
            .subject = naming->name,
            .at = clock_unix_ms(),
            .about = buffer_str(&naming->about),
            .body = STR(""),
    };
    store_document_put(naming->call->services->store, &document, kept, naming);
}

// ---- registering -----------------------------------------------------------------------------

// Kept when the agent has given the name.
static void registered(struct asking *asking, const struct term *told) {
    struct naming *naming = begin(asking, told);
    if (term_is_atom(term_map_get(told, "registered"), "true")) {
        keep(naming);
    } else {
        answer(naming);
    }
}

void run_metadata_register(struct call *call) {
    if (call_value(call, "registry")->given) {
        run_on_node(call);
    } else if (call_has_store(call)) {
        on_node(call, call->operation->name, registered, NULL);
    }
}

// ---- changing --------------------------------------------------------------------------------

static void none_kept(struct naming *naming) {
    struct error error;
    error_set(&error, ERROR_ITEM_NOT_FOUND,
            "no metadata are kept for the name '%.*s'; register_process_with_metadata does that",
            (int)(naming->name.length < 100 ? naming->name.length : 100), naming->name.at);
    error_detail(&error, "field", STR("name"));
    fail(naming, &error);
}

static void found(void *context, const struct store_document *document, const struct error *error) {
    struct naming *naming = context;
    bool dry = is_dry(naming->call);
    if (error != NULL) {
        fail(naming, error);
        return;
    }
    if (document == NULL) {
        none_kept(naming);
        return;
    }
    json_bool(&naming->members, "updated", !dry);
    json_bool(&naming->members, "dry_run", dry);
    if (dry) {
        answer(naming);
    } else {
        keep(naming);
    }
}

static void owner_known(struct asking *asking, const struct term *told) {
    struct naming *naming = begin(asking, told);
    store_document_get(asking->call->services->store, STR(KIND), naming->id, found, naming);
}

void run_metadata_update(struct call *call) {
    if (call_value(call, "registry")->given) {
        run_on_node(call);
    } else if (call_has_store(call)) {
        on_node(call, call->operation->name, owner_known, NULL);
    }
}

// ---- forgetting ------------------------------------------------------------------------------

static void forgotten(void *context, const struct error *error) {
    struct naming *naming = context;
    if (error != NULL && error->code != ERROR_NOT_FOUND) {
        fail(naming, error);
    } else {
        answer(naming);
    }
}

// With the name go its metadata.
static void unregistered(struct asking *asking, const struct term *told) {
    struct store *store = asking->call->services->store;
    if (store == NULL || !term_is_atom(term_map_get(told, "unregistered"), "true") ||
            term_map_get(told, "name") == NULL) {
        on_node_answer(asking, told);
        return;
    }
    struct naming *naming = begin(asking, told);
    store_document_remove(store, STR(KIND), naming->id, forgotten, naming);
}

void run_name_unregister(struct call *call) {
    on_node(call, call->operation->name, unregistered, NULL);
}

// ---- searching -------------------------------------------------------------------------------

struct kept_name {
    struct str name, about;
};

// What is kept for the node, read before the agent is asked who has those names now.
struct search {
    struct call *call;
    struct kept_name *names;
    size_t count;
    uint64_t left_out; // kept, but more than are read for one search
};

// A wanted map matches one that has its keys with values that match; all else must be equal.
static bool matches(const struct term *wanted, const struct term *value) {
    if (wanted->type != TERM_MAP || value->type != TERM_MAP) {
        return order_compare(wanted, value) == 0;
    }
    for (uint32_t i = 0; i < wanted->size; i++) {
        uint32_t k = 0;
        while (k < value->size && order_compare(&wanted->items[2 * i], &value->items[2 * k]) != 0) {
            k++;
        }
        if (k == value->size || !matches(&wanted->items[2 * i + 1], &value->items[2 * k + 1])) {
            return false;
        }
    }
    return true;
}

static bool read_metadata(
        struct call *call, const struct node *node, const json_t *about, struct term *metadata) {
    struct error error;
    char *text = json_dumps(json_object_get(about, "metadata"), JSON_ENCODE_ANY);
    bool good = text != NULL && json_to_term(&call->arena, arena_copy(&call->arena, str_of(text)),
                                        node_vm(node), node_creation(node), metadata, &error);
    free(text);
    return good;
}

// Whether the process that got the metadata still has the name.
static bool has_name(
        const struct node *node, const struct term *told, struct str name, const char *pid) {
    const struct term *owners;
    uint32_t count;
    struct buffer now;
    bool same = false;
    buffer_init(&now);
    if (term_list(term_map_get(told, "owners"), &owners, &count)) {
        for (uint32_t i = 0; i < count; i++) {
            if (str_equal(answer_word(term_map_get(&owners[i], "name"), ""), name)) {
                answer_value(&now, NULL, node, term_map_get(&owners[i], "pid"));
                struct str text = buffer_str(&now); // with quotes
                same = text.length == strlen(pid) + 2 && memcmp(text.at + 1, pid, strlen(pid)) == 0;
                break;
            }
        }
    }
    buffer_finish(&now);
    return same;
}

static bool write_kept(struct buffer *out, const struct asking *asking, const struct term *told,
        const struct term *wanted, const struct kept_name *kept_name, bool shown) {
    const struct node *node = asking->node;
    json_t *about = json_loadb(kept_name->about.at, kept_name->about.length, 0, NULL);
    struct term metadata;
    bool found_it =
            read_metadata(asking->call, node, about, &metadata) && matches(wanted, &metadata);
    if (found_it && shown) {
        const char *pid = json_string_value(json_object_get(about, "pid"));
        json_open_object(out, NULL);
        json_put_string(out, "name", mirror_alias(kept_name->name));
        json_put_string(out, "pid", str_of(pid != NULL ? pid : ""));
        json_bool(out, "registered", pid != NULL && has_name(node, told, kept_name->name, pid));
        json_raw(out, "metadata", STR(""));
        answer_json(out, node, &metadata, &print_default);
        answer_inspect(out, "metadata_inspect", node, &metadata, &print_default);
        json_close_object(out);
    }
    json_decref(about);
    return found_it;
}

static void searched(struct asking *asking, const struct term *told) {
    struct search *search = asking->state;
    struct call *call = asking->call;
    struct buffer members;
    struct buffer wanted_json;
    struct term wanted;
    struct error error;
    buffer_init(&members);
    buffer_init(&wanted_json);
    answer_members(&members, asking->node, told, "owners");
    json_open_array(&members, "kept");
    json_from_term(&wanted_json, term_element(term_map_get(told, "wanted"), 1),
            node_vm(asking->node), &whole);
    // Read from JSON like the metadata, so that both are sorted alike.
    bool good = json_to_term(&call->arena, buffer_str(&wanted_json), node_vm(asking->node),
            node_creation(asking->node), &wanted, &error);
    int64_t per_page = call_value(call, "per_page")->integer;
    uint64_t fit = 0;
    for (size_t i = 0; good && i < search->count; i++) {
        fit += write_kept(
                &members, asking, told, &wanted, &search->names[i], (int64_t)fit < per_page);
    }
    json_close_array(&members);
    json_uint(&members, "kept_total", fit);
    json_uint(&members, "kept_unread", search->left_out);
    if (good) {
        write_answer(call, node_name(asking->node), buffer_str(&members));
    } else {
        call_fail(call, &error);
    }
    buffer_finish(&members);
    buffer_finish(&wanted_json);
}

static void ask_for_owners(struct search *search) {
    struct call *call = search->call;
    struct buffer names;
    buffer_init(&names);
    if (search->count > 0) {
        encode_list(&names, (uint32_t)search->count);
    }
    for (size_t i = 0; i < search->count; i++) {
        encode_binary(&names, search->names[i].name);
    }
    encode_nil(&names);
    struct further *further = arena_take_zeroed(&call->arena, 1, sizeof *further);
    *further = (struct further){"names", arena_copy(&call->arena, buffer_str(&names))};
    buffer_finish(&names);
    struct on_node_options options = {.further = further, .further_count = 1};
    on_node_with(call, call->operation->name, &options, searched, search);
}

static void listed(void *context, const struct store_document *rows, size_t count, uint64_t total,
        const struct error *error) {
    struct search *search = context;
    if (error != NULL) {
        call_fail(search->call, error);
        return;
    }
    struct arena *arena = &search->call->arena;
    search->names = arena_take_zeroed(arena, count + 1, sizeof *search->names);
    search->count = count;
    search->left_out = total - count;
    for (size_t i = 0; i < count; i++) {
        search->names[i].name = arena_copy(arena, rows[i].subject);
        search->names[i].about = arena_copy(arena, rows[i].about);
    }
    ask_for_owners(search);
}

// In the registries of the node, and in what is kept here for its names.
void run_metadata_search(struct call *call) {
    struct error error;
    struct node *node = nodes_choose(call->nodes, call_value(call, "node")->text, &error);
    if (node == NULL) {
        call_fail(call, &error);
        return;
    }
    struct search *search = arena_take_zeroed(&call->arena, 1, sizeof *search);
    search->call = call;
    if (call_value(call, "registry")->given || call->services->store == NULL) {
        ask_for_owners(search);
        return;
    }
    store_document_list(call->services->store, STR(KIND), node_name(node), STR(""),
            LIMIT_STORE_ROWS, 0, listed, search);
}
