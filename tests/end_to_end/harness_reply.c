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

static void check_form(const struct operation *operation, const json_t *value) {
    struct error error;
    if (!reply_check(operation->reply, value, &error)) {
        fail_msg("%s: %s\n%s", operation->name, error.message,
                (char *)keep_memory(json_dumps(value, JSON_ENCODE_ANY)));
    }
}

static void check(const struct operation *operation, const struct reply *reply) {
    const json_t *value = json_object_get(reply->json, "data");
    if (value == NULL) {
        value = reply->json;
    }
    for (size_t i = 0; operation->list && i < json_array_size(value); i++) {
        check_form(operation, json_array_get(value, i));
    }
    if (!operation->list) {
        check_form(operation, value);
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
        return;
    }
    arena_init(&arena);
    if (route_find(&arena, str_of(method), path, &route, &allow, &error)) {
        if (reply->json != NULL) {
            check(route.operation, reply);
        } else if (reply->status == 204) {
            assert_string_equal(route.operation->reply, "none");
            note(route.operation->name);
        }
    }
    arena_finish(&arena);
}
