// A blocking HTTP client, one connection for each request, and access to JSON.
#include "end_to_end/harness_private.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define ANSWER_S 40

static int connect_to(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval most = {.tv_sec = ANSWER_S};
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    assert_true(connection >= 0);
    setsockopt(connection, SOL_SOCKET, SO_RCVTIMEO, &most, sizeof most);
    assert_int_equal(connect(connection, (struct sockaddr *)&address, sizeof address), 0);
    return connection;
}

// All that comes until the other side closes.
static char *read_all(int connection, size_t *length) {
    size_t room = 1 << 16;
    char *all = malloc(room);
    *length = 0;
    ssize_t got;
    while ((got = recv(connection, all + *length, room - *length - 1, 0)) > 0) {
        *length += (size_t)got;
        if (room - *length < 2) {
            room *= 2;
            all = realloc(all, room);
        }
    }
    all[*length] = '\0';
    return keep_memory(all);
}

struct reply request_raw(uint16_t port, const char *bytes, size_t length) {
    int connection = connect_to(port);
    size_t sent = 0;
    while (sent < length) {
        ssize_t step = send(connection, bytes + sent, length - sent, MSG_NOSIGNAL);
        if (step <= 0) {
            break;
        }
        sent += (size_t)step;
    }
    size_t size;
    char *all = read_all(connection, &size);
    close(connection);
    struct reply reply = {.head = all, .body = ""};
    if (sscanf(all, "HTTP/1.%*d %d", &reply.status) != 1) {
        return reply;
    }
    char *end = strstr(all, "\r\n\r\n");
    assert_non_null(end);
    end[2] = '\0';
    reply.body = end + 4;
    reply.json =
            keep(json_loadb(reply.body, size - (size_t)(reply.body - all), JSON_ALLOW_NUL, NULL));
    return reply;
}

static struct reply send_request(
        struct daemon *daemon, const char *method, const char *path, const char *body) {
    char *bytes = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/json\r\nContent-Length: %zu\r\n"
                       "Connection: close\r\n\r\n%s",
            method, path, daemon->port, daemon->key, body ? strlen(body) : 0, body ? body : "");
    struct reply reply = request_raw(daemon->port, bytes, strlen(bytes));
    if (reply.status == 0) {
        fail_msg("%s %s: no answer", method, path);
    }
    reply_judge(method, path, &reply);
    return reply;
}

struct reply request(
        struct daemon *daemon, const char *method, const char *body, const char *path, ...) {
    va_list args;
    va_start(args, path);
    char *target = text_of(path, args);
    va_end(args);
    return send_request(daemon, method, target, body);
}

char *header(const struct reply *reply, const char *name) {
    size_t length = strlen(name);
    for (const char *line = reply->head; line != NULL && *line != '\0';) {
        const char *next = strstr(line, "\r\n");
        if (strncasecmp(line, name, length) == 0 && line[length] == ':') {
            line += length + 1;
            line += strspn(line, " ");
            return text("%.*s", next ? (int)(next - line) : (int)strlen(line), line);
        }
        line = next ? next + 2 : NULL;
    }
    return NULL;
}

json_t *get(struct daemon *daemon, int status, const char *path, ...) {
    va_list args;
    va_start(args, path);
    char *target = text_of(path, args);
    va_end(args);
    struct reply reply = send_request(daemon, "GET", target, NULL);
    if (reply.status != status || reply.json == NULL) {
        fail_msg("GET %s: %s%s", target, reply.head, reply.body);
    }
    return reply.json;
}

json_t *data(struct daemon *daemon, const char *path, ...) {
    va_list args;
    va_start(args, path);
    char *target = text_of(path, args);
    va_end(args);
    return json_object_get(get(daemon, 200, "%s", target), "data");
}

json_t *refused(struct reply reply, int status, const char *code) {
    if (reply.status != status || strcmp(string_at(reply.json, "error.code"), code) != 0) {
        fail_msg("expected %d %s: %s%s", status, code, reply.head, reply.body);
    }
    assert_true(strlen(string_at(reply.json, "error.message")) > 0);
    assert_true(strlen(string_at(reply.json, "error.timestamp")) > 0);
    assert_string_equal(string_at(reply.json, "error.request_id"), header(&reply, "X-Request-Id"));
    return json_object_get(json_object_get(reply.json, "error"), "details");
}

// ---- JSON ------------------------------------------------------------------------------------

json_t *at(const json_t *json, const char *path) {
    json_t *value = (json_t *)(uintptr_t)json;
    while (*path != '\0') {
        char step[128];
        size_t length = strcspn(path, ".");
        snprintf(step, sizeof step, "%.*s", (int)length, path);
        value = isdigit((unsigned char)step[0]) ? json_array_get(value, (size_t)atoi(step))
                                                : json_object_get(value, step);
        path += length + (path[length] == '.');
    }
    return value != NULL ? value : json_null();
}

const char *string_at(const json_t *json, const char *path) {
    const char *value = json_string_value(at(json, path));
    return value ? value : "";
}

int64_t integer_at(const json_t *json, const char *path) {
    const json_t *value = at(json, path);
    if (!json_is_integer(value)) {
        fail_msg("no integer at %s of %s", path,
                (char *)keep_memory(json_dumps(json, JSON_ENCODE_ANY)));
    }
    return json_integer_value(value);
}

bool true_at(const json_t *json, const char *path) {
    return json_is_true(at(json, path));
}

json_t *find(const json_t *array, const char *key, const char *value) {
    for (size_t i = 0; i < json_array_size(array); i++) {
        if (strcmp(string_at(json_array_get(array, i), key), value) == 0) {
            return json_array_get(array, i);
        }
    }
    return NULL;
}

void expect_same(const json_t *have, const json_t *want, const char *what) {
    if (!json_equal(have, want)) {
        fail_msg("%s\n have %s\n want %s", what,
                (char *)keep_memory(json_dumps(have, JSON_ENCODE_ANY)),
                (char *)keep_memory(json_dumps(want, JSON_ENCODE_ANY)));
    }
}

static int by_text(const void *a, const void *b) {
    return strcmp(*(char *const *)a, *(char *const *)b);
}

// The elements as texts, in order, one below the other. The caller frees it.
static char *sorted(const json_t *array) {
    size_t count = json_array_size(array);
    char **items = calloc(count + 1, sizeof *items);
    size_t size = 1;
    for (size_t i = 0; i < count; i++) {
        items[i] = json_dumps(json_array_get(array, i), JSON_ENCODE_ANY | JSON_SORT_KEYS);
        size += strlen(items[i]) + 1;
    }
    qsort(items, count, sizeof *items, by_text);
    char *all = calloc(1, size);
    char *end = all;
    for (size_t i = 0; i < count; i++) {
        end = stpcpy(stpcpy(end, items[i]), "\n");
        free(items[i]);
    }
    free(items);
    return all;
}

bool same_set(const json_t *a, const json_t *b) {
    char *a_text = sorted(a);
    char *b_text = sorted(b);
    bool same = strcmp(a_text, b_text) == 0;
    free(a_text);
    free(b_text);
    return same;
}

void expect_same_set(const json_t *have, const json_t *want, const char *what) {
    assert_true(json_is_array(have) && json_is_array(want));
    if (!same_set(have, want)) {
        fail_msg("%s\nhave\n%s\nwant\n%s", what, (char *)keep_memory(sorted(have)),
                (char *)keep_memory(sorted(want)));
    }
}

json_t *pluck(const json_t *array, const char *key) {
    json_t *values = keep(json_array());
    for (size_t i = 0; i < json_array_size(array); i++) {
        json_array_append(values, json_object_get(json_array_get(array, i), key));
    }
    return values;
}
