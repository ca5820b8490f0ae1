// The record of control operations, and retries.
#include "operations/control.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/log.h"
#include "limits.h"
#include "node/nodes.h"
#include "operations/call_private.h"
#include "operations/encode_arguments.h"
#include "operations/services.h"
#include "store/store.h"
#include "term/print.h"
#include "term/redact.h"

#include <sodium.h>

#define SECRET_STATUS 1 // kept in the place of an answer that may not be

// What is done for a call beside its operation.
struct control {
    struct call *call;
    struct control *next; // of services->controls, if it has a key
    struct str key;       // Idempotency-Key; empty: none
    struct str fingerprint;
    unsigned waiting; // jobs of the store that the answer waits for
    bool running;     // the operation was started
    bool ended;       // and has its answer
    bool failed;      // the store did
    struct error why;
};

// ---- what is recorded ------------------------------------------------------------------------

static struct str target_of(const struct call *call) {
    static const char *const names[] = {"pid", "name", "application", "id", "lease"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (operation_argument(call->operation, str_of(names[i])) != NULL) {
            return call_value(call, names[i])->text;
        }
    }
    return STR("");
}

// The node that is meant, also where it need not be named.
static struct str node_of(const struct call *call) {
    struct error error;
    if (operation_argument(call->operation, STR("node")) == NULL) {
        return STR("");
    }
    const struct value *value = call_value(call, "node");
    const struct node *only = value->given ? NULL : nodes_choose(call->nodes, value->text, &error);
    return value->given ? value->text : only != NULL ? node_name(only) : STR("");
}

// A term without what is secret in it; what cannot be read is not carried out either.
static void write_term(struct buffer *out, struct call *call, const struct argument *argument,
        const struct value *value) {
    static const struct print_limits limits = {.width = 30, .depth = 8, .bytes = LIMIT_AUDIT_TEXT};
    struct term term;
    struct error error;
    struct buffer text;
    buffer_init(&text);
    if (read_user_term(call, STR(""), 0, value->text, value->json, &term, &error)) {
        print_term(&text, redact_shown(&call->arena, &term), STR(""), &limits);
    } else {
        buffer_add_text(&text, "[not a term]");
    }
    json_put_string(out, argument->name, buffer_str(&text));
    buffer_finish(&text);
}

// A text without what looks like a secret in it.
static struct str text_shown(struct call *call, struct str text) {
    struct term term = {.type = TERM_BINARY, .text = text};
    return redact_shown(&call->arena, &term)->text;
}

// Terms can be large and secrets are none of the record's business.
static void write_argument(struct buffer *out, struct call *call, const struct argument *argument,
        const struct value *value) {
    size_t shown = value->text.length < LIMIT_AUDIT_TEXT ? value->text.length : LIMIT_AUDIT_TEXT;
    while (shown < value->text.length && shown > 0 && (value->text.at[shown] & 0xc0) == 0x80) {
        shown--; // not inside a character
    }
    if (argument->secret) {
        json_text(out, argument->name, "[redacted]");
    } else if (argument->type == ARGUMENT_TERM || argument->type == ARGUMENT_CHILD_SPEC) {
        write_term(out, call, argument, value);
    } else if (argument->type == ARGUMENT_INTEGER) {
        json_int(out, argument->name, value->integer);
    } else if (argument->type == ARGUMENT_BOOLEAN) {
        json_bool(out, argument->name, value->integer != 0);
    } else if (value->items != NULL) {
        json_open_array(out, argument->name);
        for (size_t i = 0; i < value->count; i++) {
            json_put_string(out, NULL, text_shown(call, value->items[i]));
        }
        json_close_array(out);
    } else {
        json_put_string(out, argument->name, text_shown(call, (struct str){value->text.at, shown}));
    }
}

static void write_arguments(struct buffer *out, struct call *call) {
    const struct argument *arguments = call->operation->arguments;
    json_open_object(out, NULL);
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (call->values[i].given) {
            write_argument(out, call, &arguments[i], &call->values[i]);
        }
    }
    json_close_object(out);
}

static void not_kept(void *context, const struct error *error) {
    (void)context;
    if (error != NULL) {
        log_line(LOG_ERROR, "audit.end", "reason=\"%s\"", error->message);
    }
}

static void append(struct call *call, struct store_audit *record, store_done *done, void *context) {
    record->at = clock_unix_ms();
    record->request_id = call->request.request_id;
    record->actor = call->request.actor;
    record->operation = str_of(call->operation->name);
    record->node = node_of(call);
    record->target = target_of(call);
    store_audit_append(call->services->store, record, done, context);
}

static void append_begin(struct call *call, store_done *done, void *context) {
    struct buffer arguments;
    buffer_init(&arguments);
    write_arguments(&arguments, call);
    struct store_audit record = {.arguments = buffer_str(&arguments), .outcome = STR("")};
    append(call, &record, done, context);
    buffer_finish(&arguments);
}

static void append_end(struct call *call) {
    struct store_audit record = {.end = true,
            .status = call->status,
            .arguments = STR(""),
            .outcome =
                    str_of(call->failed_with != ERROR_OK ? error_text(call->failed_with) : "ok")};
    append(call, &record, not_kept, NULL);
}

// ---- the end ---------------------------------------------------------------------------------

static void leave_list(struct control *control) {
    struct control **at = &control->call->services->controls;
    while (*at != NULL && *at != control) {
        at = &(*at)->next;
    }
    if (*at != NULL) {
        *at = control->next;
    }
}

static void finish(struct control *control) {
    struct call *call = control->call;
    leave_list(control);
    if (control->failed) {
        struct error error;
        error_set(&error, ERROR_STORE,
                "the operation was carried out (its own status was %d), but its record could not "
                "be "
                "kept: %s",
                call->status, control->why.message);
        error_detail(&error, "operation", str_of(call->operation->name));
        error_detail_int(&error, "operation_status", call->status);
        call_replace_by_error(call, &error);
    }
    call_over(call);
}

static void kept(void *context, const struct error *error) {
    struct control *control = context;
    control->waiting--;
    if (error != NULL && !control->failed) {
        control->failed = true;
        control->why = *error;
    }
    if (control->ended && control->waiting == 0) {
        finish(control);
    }
}

bool control_ended(struct call *call) {
    struct control *control = call->control;
    if (control == NULL) {
        return true;
    }
    control->ended = true;
    append_end(call);
    if (control->key.length > 0) {
        control->waiting++;
        store_retry_put(call->services->store, call->request.actor, control->key,
                control->fingerprint, call->secret ? SECRET_STATUS : call->status,
                call->secret ? STR("") : buffer_str(&call->answer), kept, control);
    }
    if (control->waiting > 0) {
        return false;
    }
    leave_list(control);
    return true;
}

// ---- the beginning ---------------------------------------------------------------------------

static void run(struct control *control) {
    control->running = true;
    control->call->control = control;
    control->call->operation->run(control->call);
}

// Ends a call that was not run and is not to be recorded.
static void refuse(struct control *control, const struct error *error) {
    leave_list(control);
    control->call->control = NULL;
    call_fail(control->call, error);
}

static void refuse_conflict(struct control *control, const char *why) {
    struct error error;
    error_set(&error, ERROR_CONFLICT, "%s", why);
    error_detail(&error, "header", STR("Idempotency-Key"));
    refuse(control, &error);
}

// The record of a request with a key is durable: now it may run.
static void announced(void *context, const struct error *error) {
    struct control *control = context;
    if (--control->waiting > 0) {
        control->failed = control->failed || error != NULL;
        return;
    }
    if (error != NULL || control->failed) {
        struct error why;
        error_set(&why, ERROR_STORE,
                "nothing was done, because the record of the operation could not be kept");
        refuse(control, error != NULL ? error : &why);
        return;
    }
    run(control);
}

static void looked_up(void *context, bool found, struct str fingerprint, int status,
        struct str body, const struct error *error) {
    struct control *control = context;
    struct call *call = control->call;
    if (error != NULL) {
        refuse(control, error);
    } else if (!found) {
        control->waiting = 2;
        store_retry_put(call->services->store, call->request.actor, control->key,
                control->fingerprint, 0, STR(""), announced, control);
        append_begin(call, announced, control);
    } else if (!str_equal(fingerprint, control->fingerprint)) {
        struct error why;
        error_set(&why, ERROR_KEY_REUSED,
                "this Idempotency-Key was used for another request; a new request needs a new key");
        error_detail(&why, "header", STR("Idempotency-Key"));
        refuse(control, &why);
    } else if (status == 0) {
        refuse_conflict(control,
                "a request with this Idempotency-Key was begun, and the daemon ended before it was "
                "answered: whether it took effect is not known; look at the target, then use a new "
                "key");
    } else if (status == SECRET_STATUS) {
        refuse_conflict(control,
                "the request with this Idempotency-Key was carried out; its answer had a secret, "
                "which is shown once and not kept");
    } else {
        leave_list(control);
        call->control = NULL;
        call->replayed = true;
        call->answer.length = 0;
        buffer_add_str(&call->answer, body);
        call->status = status;
        call_over(call);
    }
}

static void fingerprint(struct control *control) {
    const struct request *request = &control->call->request;
    const struct str parts[] = {request->method, request->path, request->query, request->body};
    crypto_hash_sha256_state state;
    uint8_t hash[crypto_hash_sha256_BYTES];
    char hex[2 * sizeof hash + 1];
    crypto_hash_sha256_init(&state);
    for (size_t i = 0; i < 4; i++) {
        uint64_t length = parts[i].length;
        crypto_hash_sha256_update(&state, (const uint8_t *)&length, sizeof length);
        crypto_hash_sha256_update(&state, (const uint8_t *)parts[i].at, parts[i].length);
    }
    crypto_hash_sha256_final(&state, hash);
    sodium_bin2hex(hex, sizeof hex, hash, sizeof hash);
    control->fingerprint = arena_copy(&control->call->arena, str_of(hex));
}

static bool is_under_way(const struct control *control) {
    const struct control *other = control->call->services->controls;
    for (; other != NULL; other = other->next) {
        if (str_equal(other->key, control->key) &&
                str_equal(other->call->request.actor, control->call->request.actor)) {
            return true;
        }
    }
    return false;
}

static void run_once(struct control *control) {
    struct services *services = control->call->services;
    if (is_under_way(control)) {
        struct error error;
        error_set(&error, ERROR_CONFLICT, "a request with this Idempotency-Key is under way");
        error_detail(&error, "header", STR("Idempotency-Key"));
        call_fail(control->call, &error);
        return;
    }
    fingerprint(control);
    control->next = services->controls;
    services->controls = control;
    store_retry_get(
            services->store, control->call->request.actor, control->key, looked_up, control);
}

static bool changes(const struct call *call) {
    const struct argument *dry = operation_argument(call->operation, STR("dry_run"));
    bool only_looks = dry != NULL && call_value(call, "dry_run")->integer != 0;
    return call->operation->effect >= EFFECT_CHANGE && !only_looks;
}

void control_run(struct call *call) {
    if (call->services->store == NULL || !changes(call)) {
        call->operation->run(call);
        return;
    }
    struct control *control = arena_take_zeroed(&call->arena, 1, sizeof *control);
    control->call = call;
    control->key = call->request.idempotency_key;
    if (control->key.length > 0) {
        run_once(control);
        return;
    }
    control->waiting = 1;
    append_begin(call, kept, control);
    run(control);
}
