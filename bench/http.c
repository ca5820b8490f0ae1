// Asks one HTTP server over one kept connection and prints how long answers took, in microseconds:
// p50, p99, the most, how many, and the bytes of the last body.
//
//   http PORT KEY times COUNT PATH [PATH]
//       one after the other; with two paths they alternate and only the second is timed
//   http PORT KEY seconds COUNT PATH
//       the same for so long
//   http PORT KEY every COUNT PATH
//       one each second, COUNT times
//   http PORT KEY post COUNT PATH BODY
//       sends BODY, COUNT times; the last figure is how many a second instead of bytes
//   http PORT KEY cold NODE COOKIE SUPERVISOR
//       attaches NODE and asks for the tree until it is there: prints microseconds to ready, to a
//       first answer, to the whole tree, and its bytes
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#define SAMPLES 200000

static const char *port;
static const char *key;
static int connection = -1;
static char *answer;
static size_t answer_capacity;
static double samples[SAMPLES];
static size_t sample_count;

static void fail(const char *what) {
    fprintf(stderr, "http: %s\n", what);
    exit(1);
}

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void open_connection(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        fail("cannot connect");
    }
}

// Reads one answer with a Content-Length. Answers its status; *bytes is the body's length.
static int read_answer(size_t *bytes) {
    size_t length = 0;
    char *end = NULL;
    size_t whole = 0;
    while (end == NULL || length < whole) {
        if (length + 1 >= answer_capacity) {
            answer_capacity = answer_capacity * 2 + (1u << 20);
            answer = realloc(answer, answer_capacity);
        }
        ssize_t got = read(connection, answer + length, answer_capacity - length - 1);
        if (got <= 0) {
            fail("the server closed the connection");
        }
        length += (size_t)got;
        answer[length] = '\0';
        if (end == NULL && (end = strstr(answer, "\r\n\r\n")) != NULL) {
            char *field = strcasestr(answer, "\r\ncontent-length:");
            *bytes = field != NULL && field < end ? strtoul(field + 17, NULL, 10) : 0;
            whole = (size_t)(end + 4 - answer) + *bytes;
        }
        end = end != NULL ? answer : NULL;
    }
    return atoi(answer + 9);
}

static int ask(const char *method, const char *path, const char *body, size_t *bytes) {
    char request[4096];
    int length = snprintf(request, sizeof request,
            "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n"
            "Content-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
            method, path, key, strlen(body), body);
    if (write(connection, request, (size_t)length) != length) {
        fail("cannot write");
    }
    return read_answer(bytes);
}

static size_t timed(const char *method, const char *path, const char *body) {
    size_t bytes;
    double start = now();
    int status = ask(method, path, body, &bytes);
    if (status / 100 != 2) {
        fprintf(stderr, "http: %s answered %d: %.300s\n", path, status, strstr(answer, "\r\n\r\n"));
        exit(1);
    }
    if (sample_count < SAMPLES) {
        samples[sample_count++] = now() - start;
    }
    return bytes;
}

static int compare(const void *a, const void *b) {
    double x = *(const double *)a;
    double y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static void print_samples(size_t bytes) {
    qsort(samples, sample_count, sizeof *samples, compare);
    printf("%.0f %.0f %.0f %zu %zu\n", samples[sample_count / 2],
            samples[(sample_count * 99 + 99) / 100 - 1], samples[sample_count - 1], sample_count,
            bytes);
}

static void repeat(const char *mode, int count, const char *path, const char *timed_path) {
    size_t bytes = 0;
    double until = now() + count * 1e6;
    bool by_time = strcmp(mode, "seconds") == 0;
    for (int i = 0; by_time ? now() < until : i < count; i++) {
        if (timed_path != NULL) {
            ask("GET", path, "", &bytes);
        }
        bytes = timed("GET", timed_path != NULL ? timed_path : path, "");
        if (strcmp(mode, "every") == 0) {
            sleep(1);
        }
    }
    print_samples(bytes);
}

static void post(int count, const char *path, const char *body) {
    double start = now();
    for (int i = 0; i < count; i++) {
        timed("POST", path, body);
    }
    print_samples((size_t)(count * 1e6 / (now() - start)));
}

static void cold(const char *node, const char *cookie, const char *supervisor) {
    char body[600], first[300], whole[300];
    size_t bytes;
    snprintf(body, sizeof body, "{\"node\":\"%s\",\"cookie\":\"%s\"}", node, cookie);
    snprintf(first, sizeof first, "/api/v1/supervisors/%s/tree?depth=1&node=%s", supervisor, node);
    snprintf(whole, sizeof whole, "/api/v1/supervisors/%s/tree?node=%s", supervisor, node);
    double start = now();
    int status = ask("POST", "/api/v1/nodes", body, &bytes);
    if (status / 100 != 2) {
        fprintf(stderr, "http: attach answered %d: %.300s\n", status, strstr(answer, "\r\n\r\n"));
        exit(1);
    }
    double attached = now() - start;
    while (ask("GET", first, "", &bytes) != 200) {
        if (now() - start > 60e6) {
            fail("there was no tree after a minute");
        }
        usleep(500);
    }
    double answered = now() - start;
    if (ask("GET", whole, "", &bytes) != 200) {
        fail("no whole tree");
    }
    printf("%.0f %.0f %.0f %zu\n", attached, answered, now() - start, bytes);
}

int main(int argc, char **argv) {
    if (argc < 6) {
        fail("usage: see http.c");
    }
    port = argv[1];
    key = argv[2];
    open_connection();
    if (strcmp(argv[3], "cold") == 0 && argc == 7) {
        cold(argv[4], argv[5], argv[6]);
    } else if (strcmp(argv[3], "post") == 0 && argc == 7) {
        post(atoi(argv[4]), argv[5], argv[6]);
    } else {
        repeat(argv[3], atoi(argv[4]), argv[5], argc > 6 ? argv[6] : NULL);
    }
    return 0;
}
