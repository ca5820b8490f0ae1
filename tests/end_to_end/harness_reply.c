// Every answer that a test gets is checked against the form that the table declares for it, and the
// operation is noted as exercised, in build/check/end_to_end/exercised.
#include "end_to_end/harness_private.h"

#include "operations/reply.h"
#include "operations/route.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

const char *exercised_folder(void) {
    char *folder = text("%s/exercised", harness_build());
    mkdir(folder, 0777);
    return folder;
}

static void note(const char *name) {
    int file = open(text("%s/%s", exercised_folder(), name), O_WRONLY | O_CREAT | O_CLOEXEC, 0666);
    assert_true(file >= 0);
    close(file);
}

static void check_form(const char *name, const char *form, const json_t *value) {
    struct error error;
    if (!reply_check(form, value, &error)) {
        fail_msg("%s: %s\n%s", name, error.message,
                (char *)keep_memory(json_dumps(value, JSON_ENCODE_ANY)));
    }
}

// What stands beside `data`.
static void check_envelope(const struct operation *operation, const json_t *answer) {
    const json_t *meta = json_object_get(answer, "meta");
    const json_t *explanation = json_object_get(answer, "explanation");
    size_t known = 1u + (meta != NULL) + (explanation != NULL);
    if (meta != NULL || operation->list) {
        assert_non_null(meta);
        check_form("meta", operation->list ? "list_meta" : "meta", meta);
    }
    if (explanation != NULL) {
        check_form("explanation", "explanation", explanation);
    }
    assert_int_equal(json_object_size(answer), known);
}

static void check(const struct operation *operation, const struct reply *reply) {
    const json_t *value = operation->bare ? reply->json : json_object_get(reply->json, "data");
    if (operation->list ? !json_is_array(value) : value == NULL) {
        fail_msg("%s: the answer has no %s", operation->name, operation->list ? "list" : "data");
    }
    for (size_t i = 0; operation->list && i < json_array_size(value); i++) {
        check_form(operation->name, operation->reply, json_array_get(value, i));
    }
    if (!operation->list) {
        check_form(operation->name, operation->reply, value);
    }
    if (!operation->bare) {
        check_envelope(operation, reply->json);
    }
    note(operation->name);
}

void reply_judge(const char *method, const char *target, const struct reply *reply) {
    struct arena arena;
    struct route route;
    struct str allow;
    struct error error;
    struct str path = {target, strcspn(target, "?")};
    if (reply->status < 200 || reply->status > 299) {
        const json_t *error_body = json_object_get(reply->json, "error");
        if (error_body != NULL) {
            check_form("error", "error_body", error_body);
        }
        return;
    }
    arena_init(&arena);
    if (route_find(&arena, str_of(method), path, &route, &allow, &error)) {
        assert_int_equal(reply->status, operation_status(route.operation));
        if (reply->status == 204) {
            assert_string_equal(route.operation->reply, "none");
            note(route.operation->name);
        } else if (reply->json != NULL) {
            check(route.operation, reply);
        }
    }
    arena_finish(&arena);
}
