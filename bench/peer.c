// The bare delivery of a sweep or a tree to a C program: our own link without anything behind it.
// Prints the wall time of each round in microseconds, and the bytes of the last.
//
//   peer NODE COOKIE sweep|tree WORKERS ROUNDS      (measure.erl answers)
#include "link/dist.h"
#include "term/encode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static struct link *connection;
static struct term_pid self;
static const char *what;
static int workers;
static int rounds;
static double started;
static uint64_t bytes_before;

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec * 1e6 + (double)time.tv_nsec / 1e3;
}

static void ask(void) {
    struct buffer out;
    buffer_init(&out);
    encode_version(&out);
    encode_tuple(&out, 3);
    encode_atom_text(&out, what);
    encode_pid(&out, &self);
    encode_integer(&out, workers);
    started = now();
    bytes_before = link_bytes_in(connection);
    link_send_name(connection, STR("measure"), buffer_str(&out));
    buffer_finish(&out);
}

static void up(void *owner, const struct term_pid *pid, struct str peer) {
    (void)owner;
    (void)peer;
    self = *pid;
    ask();
}

static void message(void *owner, struct str to, struct str bytes) {
    (void)owner;
    (void)to;
    // Everything but the last message is a tuple; `done` is the only short atom.
    if (bytes.length > 16 || memcmp(bytes.at + bytes.length - 4, "done", 4) != 0) {
        return;
    }
    printf("%.0f ", now() - started);
    if (--rounds > 0) {
        ask();
    } else {
        printf("%llu\n", (unsigned long long)(link_bytes_in(connection) - bytes_before));
        fflush(stdout);
        _exit(0);
    }
}

static void down(void *owner, const struct error *error) {
    (void)owner;
    fprintf(stderr, "peer: %s\n", error->message);
    exit(1);
}

int main(int argc, char **argv) {
    static const struct link_events events = {.up = up, .message = message, .down = down};
    char name[64];
    if (argc != 6) {
        fprintf(stderr, "usage: see peer.c\n");
        return 2;
    }
    what = argv[3];
    workers = atoi(argv[4]);
    rounds = atoi(argv[5]);
    const char *host = strchr(argv[1], '@');
    snprintf(name, sizeof name, "peer%d%s", (int)getpid(), host != NULL ? host : "");
    struct dist_options options = {.peer = str_of(argv[1]),
            .self = str_of(name),
            .cookie = str_of(argv[2]),
            .creation = (uint32_t)getpid() + 4};
    connection = dist_connect(uv_default_loop(), &options, &events, NULL);
    uv_run(uv_default_loop(), UV_RUN_DEFAULT);
    return 1;
}
