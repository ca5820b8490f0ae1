// The daemon is killed at random moments while a client works, and started again on what it left on
// the disk. What the client was told is so afterwards: keys work or are revoked, states are kept,
// requests are on record, retries get the answer they got. The node is as it was when the last
// daemon detaches.
//
// The client is a process of its own. It writes what it was told to a pipe; an answer counts when
// the whole of it has arrived. It uses nothing of the harness, whose failures end tests.
#include "end_to_end/harness.h"

#include <arpa/inet.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define ROUNDS       12
#define LONGEST_MS   500 // that a daemon lives after the first request
#define VICTIMS      200 // processes that can be ended in a round
#define MOST_TOLD    16384
#define WHOLE_TEST_S 60

enum kind { KEY, REVOKING, REVOKED, BACKUP, STATE, ENDING, ENDED, WRONG, KINDS };

// In the pipe. REVOKING and ENDING are written before the request, the others after its answer.
struct told {
    enum kind kind;
    char id[96]; // of the key, the backup, the state; the Idempotency-Key of what ended a process
    char request_id[64];
    char more[900]; // the key itself; the process and the answer; what was wrong
};

static struct target *target;
static struct daemon *serving;
static struct told told[MOST_TOLD];
static size_t told_count;

// ---- the client ------------------------------------------------------------------------------

struct client {
    uint16_t port;
    const char *key;
    int out;
    unsigned round, number;
    const char *victims[VICTIMS];
    char last_key[96]; // id of the key that was made last
};

struct answer {
    int status;
    char text[8192], *body;
};

static void tell(const struct client *client, enum kind kind, const char *id, struct answer *answer,
        const char *more) {
    struct told one = {.kind = kind};
    char *name = answer ? strstr(answer->text, "X-Request-Id: ") : NULL;
    if (name != NULL) {
        name += strlen("X-Request-Id: ");
        snprintf(one.request_id, sizeof one.request_id, "%.*s", (int)strcspn(name, "\r"), name);
    }
    snprintf(one.id, sizeof one.id, "%s", id);
    snprintf(one.more, sizeof one.more, "%s", more);
    if (write(client->out, &one, sizeof one) != sizeof one) {
        _exit(1);
    }
}

// Whether all of an answer is there, and what it says.
static bool complete(struct answer *answer, size_t length) {
    answer->text[length] = '\0';
    char *end = strstr(answer->text, "\r\n\r\n");
    const char *size = strcasestr(answer->text, "\r\nContent-Length: ");
    if (end == NULL || size == NULL || size > end ||
            sscanf(answer->text, "HTTP/1.%*d %d", &answer->status) != 1) {
        return false;
    }
    answer->body = end + 4;
    return strlen(answer->body) == strtoul(size + strlen("\r\nContent-Length: "), NULL, 10);
}

// False when the daemon is gone. Ends the client when an answer is not a good one.
static bool ask(const struct client *client, struct answer *answer, const char *method,
        const char *path, const char *header, const char *body) {
    struct sockaddr_in address = {.sin_family = AF_INET,
            .sin_port = htons(client->port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    char request_text[2048];
    int size = snprintf(request_text, sizeof request_text,
            "%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\nContent-Type: "
            "application/json\r\nContent-Length: %zu\r\n%sConnection: close\r\n\r\n%s",
            method, path, client->port, client->key, strlen(body), header, body);
    int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    size_t length = 0;
    if (connect(connection, (struct sockaddr *)&address, sizeof address) == 0 &&
            send(connection, request_text, (size_t)size, MSG_NOSIGNAL) == size) {
        ssize_t got;
        while ((got = recv(connection, answer->text + length, sizeof answer->text - length - 1,
                        0)) > 0) {
            length += (size_t)got;
        }
    }
    close(connection);
    bool whole = complete(answer, length);
    if (whole && (answer->status < 200 || answer->status > 299)) {
        tell(client, WRONG, path, answer, answer->text);
        _exit(1);
    }
    return whole;
}

// The text of a member of the answer's data; ids need no unescaping.
static const char *member(const struct answer *answer, const char *name, char out[static 200]) {
    char mark[40];
    snprintf(mark, sizeof mark, "\"%s\":\"", name);
    const char *at = strstr(answer->body, mark);
    at = at != NULL ? at + strlen(mark) : "";
    snprintf(out, 200, "%.*s", (int)strcspn(at, "\""), at);
    return out;
}

static bool make_key(struct client *client, struct answer *answer) {
    char key[200];
    char id[200];
    if (!ask(client, answer, "POST", "/api/v1/keys", "",
                "{\"key_name\":\"killed\",\"permissions\":[\"read:processes\"]}")) {
        return false;
    }
    snprintf(client->last_key, sizeof client->last_key, "%.90s", member(answer, "id", id));
    tell(client, KEY, client->last_key, answer, member(answer, "key", key));
    return true;
}

// Every second of the keys.
static bool revoke_key(struct client *client, struct answer *answer) {
    char path[200];
    if (client->number % 2 == 0 || client->last_key[0] == '\0') {
        return true;
    }
    tell(client, REVOKING, client->last_key, NULL, "");
    snprintf(path, sizeof path, "/api/v1/keys/%s", client->last_key);
    if (!ask(client, answer, "DELETE", path, "", "")) {
        return false;
    }
    tell(client, REVOKED, client->last_key, answer, "");
    return true;
}

static bool keep_backup(struct client *client, struct answer *answer) {
    char id[200];
    if (!ask(client, answer, "POST", "/api/v1/processes/server/state/backups", "", "{}")) {
        return false;
    }
    tell(client, BACKUP, member(answer, "backup", id), answer, "");
    return true;
}

static bool keep_state(struct client *client, struct answer *answer) {
    char name[64];
    char body[200];
    snprintf(name, sizeof name, "state_%u_%u", client->round, client->number);
    snprintf(body, sizeof body, "{\"pid\":\"server\",\"state_name\":\"%s\"}", name);
    if (!ask(client, answer, "POST", "/api/v1/operations/persist_process_state", "", body)) {
        return false;
    }
    tell(client, STATE, name, answer, "");
    return true;
}

static bool end_process(struct client *client, struct answer *answer) {
    char key[64];
    char header[100];
    char path[100];
    char more[900];
    if (client->number >= VICTIMS) {
        return true;
    }
    const char *victim = client->victims[client->number];
    snprintf(key, sizeof key, "end_%u_%u", client->round, client->number);
    snprintf(header, sizeof header, "Idempotency-Key: \"%s\"\r\n", key);
    snprintf(path, sizeof path, "/api/v1/processes/%s", victim);
    tell(client, ENDING, key, NULL, victim);
    if (!ask(client, answer, "DELETE", path, header, "")) {
        return false;
    }
    snprintf(more, sizeof more, "%s %.800s", victim, answer->body);
    tell(client, ENDED, key, answer, more);
    return true;
}

static void work(struct client *client) {
    static bool (*const steps[])(struct client * client, struct answer * answer) = {
            make_key, revoke_key, keep_backup, keep_state, end_process};
    static struct answer answer;
    for (size_t i = 0; steps[i % 5](client, &answer); i++) {
        client->number += i % 5 == 4;
    }
}

static pid_t start_client(struct client *client) {
    int both[2];
    assert_int_equal(pipe(both), 0);
    pid_t pid = fork();
    assert_true(pid >= 0);
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        close(both[0]);
        client->out = both[1];
        work(client);
        _exit(0);
    }
    close(both[1]);
    client->out = both[0];
    return pid;
}

// ---- a round ---------------------------------------------------------------------------------

static void find_victims(struct client *client) {
    json_t *pids = truth(target,
            "begin Victims%u = [spawn(fun() -> receive stop -> ok end end) || _ <- lists:seq(1, "
            "%d)] end",
            client->round, VICTIMS);
    for (size_t i = 0; i < VICTIMS; i++) {
        const char *pid = json_string_value(json_array_get(pids, i)) + strlen("#PID<");
        client->victims[i] = text("%.*s", (int)strlen(pid) - 1, pid);
    }
}

// Takes what the client says. False when it says no more, or not until then.
static bool hear(const struct client *client, int64_t until) {
    struct pollfd ready = {.fd = client->out, .events = POLLIN};
    int64_t left = until - now_ms();
    if (left <= 0 || poll(&ready, 1, (int)left) != 1) {
        return false;
    }
    assert_true(told_count < MOST_TOLD);
    struct told *one = &told[told_count];
    ssize_t size = read(client->out, one, sizeof *one);
    if (size == 0) {
        return false;
    }
    assert_int_equal(size, sizeof *one);
    if (one->kind == WRONG) {
        fail_msg("round %u, %s: %s", client->round, one->id, one->more);
    }
    told_count++;
    return true;
}

static void kill_while_a_client_works(unsigned round) {
    struct client client = {.port = serving->port, .key = serving->key, .round = round};
    uint32_t random;
    find_victims(&client);
    size_t before = told_count;
    pid_t pid = start_client(&client);
    assert_true(hear(&client, now_ms() + 10000)); // it has begun
    assert_int_equal(getrandom(&random, sizeof random, 0), sizeof random);
    for (int64_t until = now_ms() + 1 + random % LONGEST_MS; hear(&client, until);) {
    }
    daemon_signal(serving, SIGKILL);
    while (hear(&client, now_ms() + 10000)) {
    }
    int status;
    assert_int_equal(waitpid(pid, &status, 0), pid);
    assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    close(client.out);
    assert_true(told_count > before);
    serving = daemon_start_again(serving);
    attach(serving, target);
}

// ---- what was told ---------------------------------------------------------------------------

static bool was_told(enum kind kind, const char *id) {
    for (size_t i = 0; i < told_count; i++) {
        if (told[i].kind == kind && strcmp(told[i].id, id) == 0) {
            return true;
        }
    }
    return false;
}

static struct reply bare_request(
        const char *method, const char *path, const char *key, const char *header) {
    char *bytes = text("%s %s HTTP/1.1\r\nHost: 127.0.0.1:%u\r\nAuthorization: Bearer %s\r\n"
                       "Content-Type: application/json\r\nContent-Length: 0\r\n%s"
                       "Connection: close\r\n\r\n",
            method, path, serving->port, key, header);
    return request_raw(serving->port, bytes, strlen(bytes));
}

// The values of one member of all rows of a list, as the keys of an object.
static json_t *all_of(const char *list, const char *member_name, const char *phase) {
    json_t *values = keep(json_object());
    for (int page = 1;; page++) {
        json_t *answer = get(serving, 200, "%s%sper_page=200&page=%d", list,
                strchr(list, '?') != NULL ? "&" : "?", page);
        json_t *rows = at(answer, "data");
        for (size_t i = 0; i < json_array_size(rows); i++) {
            const json_t *row = json_array_get(rows, i);
            if (phase == NULL || strcmp(string_at(row, "phase"), phase) == 0) {
                json_object_set_new(values, string_at(row, member_name), json_true());
            }
        }
        if (!true_at(answer, "meta.has_next")) {
            return values;
        }
    }
}

static void expect_key(const struct told *one) {
    struct reply reply = bare_request("GET", "/api/v1/processes?per_page=1", one->more, "");
    if (was_told(REVOKED, one->id)) {
        refused(reply, 401, "unauthenticated");
    } else if (!was_told(REVOKING, one->id)) {
        assert_int_equal(reply.status, 200);
    }
}

// A request that was not answered may have been carried out; it is not carried out twice.
static void expect_retry(const struct told *one) {
    bool ended = one->kind == ENDED;
    size_t length = strcspn(one->more, " ");
    struct reply reply =
            bare_request("DELETE", text("/api/v1/processes/%.*s", (int)length, one->more),
                    serving->key, text("Idempotency-Key: \"%s\"\r\n", one->id));
    if (ended) {
        assert_int_equal(reply.status, 200);
        assert_string_equal(reply.body, one->more + length + 1);
        assert_string_equal(header(&reply, "Idempotency-Replayed"), "true");
    } else if (!was_told(ENDED, one->id) && reply.status != 200 && reply.status != 404) {
        refused(reply, 409, "conflict");
    }
}

// What the daemon and the node say at the end, each an object with ids as keys.
struct found {
    json_t *begun, *keys, *backups, *states, *alive;
};

static struct found look(void) {
    struct found found = {.begun = all_of("/api/v1/audit", "request_id", "begin"),
            .keys = all_of("/api/v1/keys", "id", NULL),
            .backups = all_of("/api/v1/states?kind=backup", "id", NULL),
            .states = all_of("/api/v1/states?kind=persisted", "id", NULL),
            .alive = keep(json_object())};
    for (unsigned round = 0; round < ROUNDS; round++) {
        json_t *pids = truth(target, "[P || P <- Victims%u, is_process_alive(P)]", round);
        for (size_t i = 0; i < json_array_size(pids); i++) {
            const char *pid = json_string_value(json_array_get(pids, i)) + strlen("#PID<");
            char *bare = text("%.*s", (int)strlen(pid) - 1, pid);
            json_object_set_new(found.alive, bare, json_true());
        }
    }
    return found;
}

static void expect_id(const json_t *ids, const char *id) {
    if (!json_is_true(json_object_get(ids, id))) {
        fail_msg("%s was acknowledged and is lost", id);
    }
}

static void expect_told(const struct told *one, const struct found *found) {
    if (one->kind != REVOKING && one->kind != ENDING) {
        assert_int_not_equal(one->request_id[0], '\0');
        expect_id(found->begun, one->request_id);
    }
    switch (one->kind) {
    case KEY:
        expect_id(found->keys, one->id);
        expect_key(one);
        return;
    case BACKUP:
        expect_id(found->backups, one->id);
        return;
    case STATE:
        expect_id(found->states, one->id);
        return;
    case ENDED:
        assert_null(json_object_get(
                found->alive, text("%.*s", (int)strcspn(one->more, " "), one->more)));
        expect_retry(one);
        return;
    case ENDING:
        expect_retry(one);
        return;
    case REVOKING:
    case REVOKED:
    case WRONG:
    case KINDS:
        return;
    }
}

// ---- the test --------------------------------------------------------------------------------

static void expect_untouched(const json_t *untouched) {
    for (unsigned round = 0; round < ROUNDS; round++) {
        evaluate(target, "[exit(P, kill) || P <- Victims%u]", round);
    }
    for (struct deadline d = deadline_in(10);
            !json_equal(truth(target, "target:snapshot()"), untouched);) {
        deadline_wait(&d, "the node as it was before");
    }
}

static void what_was_acknowledged_survives_kills(void **state) {
    (void)state;
    int64_t start = now_ms();
    truth(target, "target:snapshot()"); // loads what it needs
    json_t *untouched = truth(target, "target:snapshot()");
    serving = daemon_start();
    attach(serving, target);
    for (unsigned round = 0; round < ROUNDS; round++) {
        kill_while_a_client_works(round);
    }
    assert_true(true_at(get(serving, 200, "/api/v1/audit/verification"), "data.intact"));
    struct found found = look();
    size_t counts[KINDS] = {0};
    for (size_t i = 0; i < told_count; i++) {
        expect_told(&told[i], &found);
        counts[told[i].kind]++;
    }
    assert_true(counts[KEY] && counts[REVOKED] && counts[BACKUP] && counts[STATE] && counts[ENDED]);
    assert_true(true_at(get(serving, 200, "/api/v1/audit/verification"), "data.intact"));
    detach(serving, target);
    expect_untouched(untouched);
    assert_true(now_ms() - start < WHOLE_TEST_S * 1000);
}

static int set_up(void **state) {
    if (harness_start(state) != 0) {
        return -1;
    }
    target = target_start();
    evaluate(target, "target:worker(gen_server, server, #{count => 1})");
    return 0;
}

int main(void) {
    static const struct CMUnitTest tests[] = {
            cmocka_unit_test(what_was_acknowledged_survives_kills),
    };
    return cmocka_run_group_tests_name("kills", tests, set_up, harness_stop);
}
