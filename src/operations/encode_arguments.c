// From checked arguments to the map that the agent takes.
#include "operations/encode_arguments.h"

#include "insight/paths.h"
#include "operations/child_spec.h"
#include "term/atoms.h"
#include "term/decode.h"
#include "term/encode.h"
#include "term/json.h"
#include "term/print.h"
#include "term/read.h"

// ---- terms -----------------------------------------------------------------------------------

// Which syntax a string has, when the operation lets the caller say so.
enum syntax { SYNTAX_TERM, SYNTAX_ERLANG, SYNTAX_JSON };

static enum syntax syntax_of(const struct call *call) {
    return operation_argument(call->operation, STR("format")) != NULL
                   ? (enum syntax)call_value(call, "format")->integer
                   : SYNTAX_TERM;
}

static bool may_create(const struct call *call) {
    return operation_argument(call->operation, STR("create_atoms")) != NULL &&
           call_value(call, "create_atoms")->integer != 0;
}

bool read_user_term(struct call *call, struct str vm, uint32_t creation, struct str text, bool json,
        struct term *term, struct error *error) {
    enum syntax syntax = json ? SYNTAX_JSON : syntax_of(call);
    switch (syntax) {
    case SYNTAX_TERM:
        return read_elixir(&call->arena, text, vm, creation, term, error);
    case SYNTAX_ERLANG:
        return read_erlang(&call->arena, text, vm, creation, term, error);
    case SYNTAX_JSON:
        return json_to_term(&call->arena, text, vm, creation, term, error);
    }
    return false;
}

// {term, Atoms, External}: its atoms by name, and its bytes, which the agent decodes by itself, so
// that nothing is made on the node that the caller may not make.
static void encode_external(
        struct call *call, struct buffer *out, const struct term *term, bool create) {
    struct buffer external;
    size_t count;
    const struct str *atoms = term_atoms(&call->arena, term, &count);
    encode_tuple(out, create ? 4 : 3);
    encode_atom_text(out, "term");
    if (count > 0) {
        encode_list(out, (uint32_t)count);
        for (size_t i = 0; i < count; i++) {
            encode_binary(out, atoms[i]);
        }
    }
    encode_nil(out);
    buffer_init(&external);
    encode_version(&external);
    encode_term(&external, term);
    encode_binary(out, buffer_str(&external));
    buffer_finish(&external);
    if (create) {
        encode_atom_text(out, "create");
    }
}

bool encode_user_term(struct call *call, const struct node *node, struct buffer *out,
        const char *field, struct str text, bool json, struct error *error) {
    struct term term;
    if (!read_user_term(call, node_vm(node), node_creation(node), text, json, &term, error)) {
        error_detail(error, "field", str_of(field));
        return false;
    }
    encode_external(call, out, &term, may_create(call));
    return true;
}

bool encode_kept_term(
        struct call *call, struct buffer *out, struct str external, struct error *error) {
    struct term term;
    if (!decode_term(&call->arena, external, &term, error)) {
        return false;
    }
    encode_external(call, out, &term, may_create(call));
    return true;
}

void encode_user_atom(const struct call *call, struct buffer *out, struct str name) {
    bool create = may_create(call);
    encode_tuple(out, create ? 3 : 2);
    encode_atom_text(out, "atom");
    encode_binary(out, name);
    if (create) {
        encode_atom_text(out, "create");
    }
}

// ---- processes -------------------------------------------------------------------------------

static void encode_numbers(struct buffer *out, uint32_t id, uint32_t serial) {
    encode_tuple(out, 3);
    encode_atom_text(out, "pid");
    encode_integer(out, id);
    encode_integer(out, serial);
}

// The numbers of a pid, or a name, which the node itself looks up.
static bool encode_process(
        struct buffer *out, const char *field, struct str text, struct error *error) {
    uint32_t id;
    uint32_t serial;
    if (print_read_pid(text, &id, &serial)) {
        encode_numbers(out, id, serial);
        return true;
    }
    if (str_starts(text, "#PID") || str_starts(text, "<") ||
            (text.at[0] >= '0' && text.at[0] <= '9')) {
        error_set(error, ERROR_INVALID_PID,
                "'%.*s' is not a pid of this node; it looks like #PID<0.123.0>, <0.123.0> or "
                "0.123.0",
                (int)(text.length < 80 ? text.length : 80), text.at);
        error_detail(error, "field", str_of(field));
        return false;
    }
    encode_tuple(out, 2);
    encode_atom_text(out, "name");
    encode_binary(out, text);
    return true;
}

void supervisor_not_found(const struct node *node, struct str name, struct error *error) {
    const struct mirror *mirror = node_any_mirror((struct node *)(uintptr_t)node);
    error_set(error, ERROR_SUPERVISOR_NOT_FOUND, "Supervisor '%.*s' not found on %.*s",
            (int)(name.length < 100 ? name.length : 100), name.at, STR_ARGS(node_name(node)));
    error_detail(error, "supervisor_name", name);
    struct str names[64];
    size_t count = 0;
    for (uint32_t i = 0; mirror != NULL && i < mirror->supervisor_count && count < 64; i++) {
        uint32_t slot = mirror->supervisors[i].slot;
        if (slot != MIRROR_NONE && mirror->p.name[slot] != 0) {
            names[count++] = mirror_alias(mirror_text(mirror, mirror->p.name[slot]));
        }
    }
    error_detail_list(error, "available_supervisors", names, count);
}

bool supervisor_is_missing(const struct call *call, const struct mirror *mirror, bool paths_only) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        struct str text = call->values[i].text;
        if (arguments[i].type == ARGUMENT_SUPERVISOR && call->values[i].given &&
                (!paths_only || memchr(text.at, '/', text.length) != NULL)) {
            return path_resolve(mirror, text) == MIRROR_NONE;
        }
    }
    return false;
}

// A name may have moved to another process since the last sweep: the node itself looks it up. What
// is neither a name nor a pid is a path.
static bool encode_supervisor(
        struct node *node, struct buffer *out, struct str text, struct error *error) {
    const struct mirror *mirror = node_mirror(node, error);
    if (mirror == NULL) {
        return false;
    }
    bool is_pid;
    uint32_t id;
    uint32_t serial;
    uint32_t slot = path_resolve(mirror, text);
    uint32_t own = path_process(mirror, text, &is_pid, &id, &serial);
    bool slashes = memchr(text.at, '/', text.length) != NULL;
    if (slot != MIRROR_NONE && (is_pid || slashes || own != slot)) {
        encode_numbers(out, mirror->p.id[slot], mirror->p.serial[slot]);
        return true;
    }
    if (slashes || !encode_process(out, "name", text, error)) {
        supervisor_not_found(node, text, error);
        return false;
    }
    return true;
}

// ---- all -------------------------------------------------------------------------------------

static void encode_choices(struct buffer *out, const struct argument *argument, uint32_t chosen) {
    uint32_t count = (uint32_t)__builtin_popcount(chosen);
    if (count > 0) {
        encode_list(out, count);
    }
    unsigned index = 0;
    for (const char *at = argument->choices; *at != '\0'; index++) {
        size_t length = strcspn(at, "|");
        if (chosen >> index & 1) {
            encode_atom(out, (struct str){at, length});
        }
        at += length + (at[length] == '|');
    }
    encode_nil(out);
}

static bool encode_items(struct buffer *out, const struct argument *argument,
        const struct value *value, struct error *error) {
    if (value->count > 0) {
        encode_list(out, (uint32_t)value->count);
    }
    for (size_t i = 0; i < value->count; i++) {
        if (argument->type == ARGUMENT_TEXTS) {
            encode_binary(out, value->items[i]);
        } else if (!encode_process(out, argument->name, value->items[i], error)) {
            return false;
        }
    }
    encode_nil(out);
    return true;
}

static bool encode_value(struct call *call, struct node *node, struct buffer *out,
        const struct argument *argument, const struct value *value, struct error *error) {
    switch (argument->type) {
    case ARGUMENT_INTEGER:
        encode_integer(out, value->integer);
        return true;
    case ARGUMENT_BOOLEAN:
        encode_atom_text(out, value->integer ? "true" : "false");
        return true;
    case ARGUMENT_CHOICE:
        encode_atom(out, value->text);
        return true;
    case ARGUMENT_CHOICES:
        encode_choices(out, argument, value->choices);
        return true;
    case ARGUMENT_PROCESS:
        return encode_process(out, argument->name, value->text, error);
    case ARGUMENT_SUPERVISOR:
        return encode_supervisor(node, out, value->text, error);
    case ARGUMENT_ATOM:
        encode_user_atom(call, out, value->text);
        return true;
    case ARGUMENT_TERM:
        return encode_user_term(call, node, out, argument->name, value->text, value->json, error);
    case ARGUMENT_CHILD_SPEC:
        return value->json ? child_spec_encode(call, node, out, argument->name, value->text, error)
                           : encode_user_term(
                                     call, node, out, argument->name, value->text, false, error);
    case ARGUMENT_TEXTS:
    case ARGUMENT_PROCESSES:
        return encode_items(out, argument, value, error);
    case ARGUMENT_TEXT:
    case ARGUMENT_PATTERN:
    case ARGUMENT_NODE:
        encode_binary(out, value->text);
        return true;
    }
    return false;
}

// Whether an argument of the call goes to the agent. What a handler adds goes before: a key twice
// in a map would end the connection.
static bool goes(const struct argument *argument, const struct value *value,
        const struct further *further, size_t further_count) {
    for (size_t i = 0; i < further_count; i++) {
        if (strcmp(further[i].name, argument->name) == 0) {
            return false;
        }
    }
    return value->given && !argument->ours;
}

bool encode_arguments(struct call *call, struct node *node, const struct further *further,
        size_t further_count, struct buffer *out, struct error *error) {
    const struct argument *arguments = call->operation->arguments;
    uint32_t count = (uint32_t)further_count;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        count += goes(&arguments[i], &call->values[i], further, further_count);
    }
    encode_map(out, count);
    for (size_t i = 0; i < further_count; i++) {
        encode_atom_text(out, further[i].name);
        buffer_add_str(out, further[i].encoded);
    }
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (!goes(&arguments[i], &call->values[i], further, further_count)) {
            continue;
        }
        encode_atom_text(out, arguments[i].name);
        if (!encode_value(call, node, out, &arguments[i], &call->values[i], error)) {
            return false;
        }
    }
    return true;
}
