// The way of a call: route, authorise, read arguments, check them, run, answer.
#include "operations/call.h"

#include "base/clock.h"
#include "base/json_writer.h"
#include "base/must.h"
#include "limits.h"
#include "operations/arguments.h"
#include "operations/call_private.h"
#include "operations/control.h"
#include "operations/describe_operations.h"
#include "operations/rate.h"
#include "operations/route.h"
#include "operations/services.h"

static bool authorise(struct call *call, struct error *error) {
    const struct operation *operation = call->operation;
    if (operation->permission == PERMISSION_NONE) {
        return true;
    }
    if (!call->request.authenticated && call->request.key_problem != NULL) {
        return error_set(error, ERROR_UNAUTHENTICATED, "%s", call->request.key_problem);
    }
    if (!call->request.authenticated) {
        return error_set(error, ERROR_UNAUTHENTICATED,
                "send the API key as `Authorization: Bearer …`; the first one is in admin.key of "
                "the daemon's state directory");
    }
    if (!(call->request.permissions >> operation->permission & 1)) {
        error_set(error, ERROR_FORBIDDEN, "the key lacks the permission %s",
                permission_name(operation->permission));
        error_detail(error, "permission", str_of(permission_name(operation->permission)));
        return false;
    }
    return true;
}

// The permission that an argument needs beside the operation's, PERMISSION_NONE for none. What
// names a function to be run, or can be made to, is as much as any code.
static enum permission permission_of(const struct argument *argument, const struct value *value) {
    static const struct {
        const char *name;
        enum permission permission;
    } flags[] = {
            {"force", PERMISSION_FORCE_SYSTEM},
            {"create_atoms", PERMISSION_CREATE_ATOMS},
            {"allow_code", PERMISSION_MANAGE_CODE},
            {"force_send", PERMISSION_MANAGE_CODE},
    };
    bool specs =
            strcmp(argument->name, "children") == 0 || strcmp(argument->name, "child_spec") == 0;
    if (value->given && (argument->type == ARGUMENT_CHILD_SPEC || specs)) {
        return PERMISSION_MANAGE_CODE;
    }
    for (size_t i = 0; i < sizeof flags / sizeof flags[0]; i++) {
        if (strcmp(argument->name, flags[i].name) == 0 && value->integer != 0) {
            return flags[i].permission;
        }
    }
    return PERMISSION_NONE;
}

static bool authorise_arguments(const struct call *call, struct error *error) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        enum permission permission = permission_of(&arguments[i], &call->values[i]);
        if (permission != PERMISSION_NONE && !(call->request.permissions >> permission & 1)) {
            const char *name = permission_name(permission);
            error_set(
                    error, ERROR_FORBIDDEN, "%s needs the permission %s", arguments[i].name, name);
            error_detail(error, "permission", str_of(name));
            error_detail(error, "field", str_of(arguments[i].name));
            return false;
        }
    }
    return true;
}

// Counts the request. Who may not ask at all is not counted.
static bool within_rate(struct call *call, struct error *error) {
    enum rate_class rate = call->operation->rate;
    if (call->services->rates == NULL || call->request.unlimited || rate == RATE_FREE ||
            call->request.actor.length == 0) {
        return true;
    }
    struct rate_answer answer =
            rate_take(call->services->rates, call->request.actor, rate, clock_monotonic_ms());
    if (answer.limit == 0) {
        return true;
    }
    call->rate =
            (struct rate_shown){rate_name(rate), answer.limit, answer.remaining, answer.reset_s};
    if (answer.allowed) {
        return true;
    }
    error_set(error, ERROR_RATE_LIMITED,
            "the key has made its %lld %s requests of this hour; try again in %lld s",
            (long long)answer.limit, rate_name(rate), (long long)answer.reset_s);
    error_detail(error, "rate_class", str_of(rate_name(rate)));
    error_detail_int(error, "limit", answer.limit);
    error_detail_int(error, "retry_after_s", answer.reset_s);
    return false;
}

static bool prepare(struct call *call, struct error *error) {
    struct route route;
    if (!route_find(&call->arena, call->request.method, call->request.path, &route, &call->allow,
                error)) {
        return false;
    }
    call->operation = route.operation;
    return authorise(call, error) && within_rate(call, error) &&
           arguments_read(call, &route, error) && authorise_arguments(call, error);
}

void call_start(struct call *call, struct services *services, const struct request *request,
        void (*finished)(struct call *call), void *transport) {
    *call = (struct call){.services = services,
            .nodes = services->nodes,
            .request = *request,
            .finished = finished,
            .transport = transport};
    arena_init(&call->arena);
    buffer_init(&call->answer);
    struct error error;
    if (!prepare(call, &error)) {
        call_fail(call, &error);
        return;
    }
    control_run(call);
}

void call_finish(struct call *call) {
    must(call->done);
    arena_finish(&call->arena);
    buffer_finish(&call->answer);
}

const struct value *call_value(const struct call *call, const char *name) {
    const struct argument *arguments = call->operation->arguments;
    for (size_t i = 0; arguments[i].name != NULL; i++) {
        if (arguments[i].name == name || strcmp(arguments[i].name, name) == 0) {
            return &call->values[i];
        }
    }
    must(false); // the operation has no such argument: a mistake of its handler
    return NULL;
}

void call_done(struct call *call, int status) {
    must(!call->done);
    if (status < 300 && call->content_type == NULL) {
        describe_explain(call);
    }
    call->status = status;
    if (control_ended(call)) {
        call_over(call);
    }
}

void call_over(struct call *call) {
    must(!call->done);
    call->done = true;
    call->finished(call);
}

void call_replace_by_error(struct call *call, const struct error *error) {
    call->answer.length = 0;
    call->failed_with = error->code;
    call->etag = STR("");
    call->content_type = NULL;
    call->status = error_status(error->code);
    call_write_error(&call->answer, error, call->request.request_id, call->request.problem);
}

void call_done_empty(struct call *call) {
    call->answer.length = 0;
    call_done(call, 204);
}

void call_fail(struct call *call, const struct error *error) {
    call_replace_by_error(call, error);
    call_done(call, call->status);
}

bool call_has_store(struct call *call) {
    struct error error;
    if (call->services->store != NULL) {
        return true;
    }
    error_set(&error, ERROR_NOT_IMPLEMENTED, "this daemon keeps nothing");
    call_fail(call, &error);
    return false;
}

// RFC 9457, with the members of our own shape as extensions.
static void write_problem(struct buffer *out, const struct error *error, struct str request_id) {
    json_open_object(out, NULL);
    json_text(out, "type", "about:blank");
    json_text(out, "title", error_meaning(error->code));
    json_int(out, "status", error_status(error->code));
    json_text(out, "detail", error->message);
    json_text(out, "code", error_text(error->code));
    json_raw(out, "details", STR("{"));
    buffer_add_text(out, error->details);
    json_close_object(out);
    json_time(out, "timestamp", clock_unix_ms());
    json_put_string(out, "request_id", request_id);
    json_close_object(out);
}

void call_write_error(
        struct buffer *out, const struct error *error, struct str request_id, bool problem) {
    if (problem) {
        write_problem(out, error, request_id);
        return;
    }
    json_open_object(out, NULL);
    json_open_object(out, "error");
    json_text(out, "code", error_text(error->code));
    json_text(out, "message", error->message);
    json_raw(out, "details", STR("{"));
    buffer_add_text(out, error->details);
    json_close_object(out);
    json_time(out, "timestamp", clock_unix_ms());
    json_put_string(out, "request_id", request_id);
    json_close_object(out);
    json_close_object(out);
}
