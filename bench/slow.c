// Many slow clients of one HTTP server, which come back as soon as they are cut off. Prints `open`
// once all are connected; at SIGTERM how often one came back, and ends.
//
//   slow PORT KEY header COUNT PATH     each sends the request line, then a byte of a header a
//                                       second, which has no end
//   slow PORT KEY unread COUNT PATH     each sends 16 requests at once and reads no answer
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

#define MOST      60000
#define TICKS     100 // a second
#define PIPELINED 16
#define SMALL     2048 // bytes that the kernel takes for a client that does not read
#define SOURCES   200u // addresses of ours, so that ports of ended connections do not run out

static struct client {
    int socket; // -1: to be opened by its next turn
    bool connected;
} clients[MOST];
static size_t count, connected, returned;
static bool unread, told;
static int epoll;
static unsigned short port;
static char first[16384];
static size_t first_length;
static volatile sig_atomic_t stopped;

static void fail(const char *why) {
    fprintf(stderr, "slow: %s: %s\n", why, strerror(errno));
    exit(1);
}

static void stop(int number) {
    stopped = number;
}

static void let_go(struct client *client) {
    close(client->socket);
    client->socket = -1;
    connected -= client->connected;
    client->connected = false;
    returned++;
}

static void open_client(size_t index) {
    struct client *client = &clients[index];
    int yes = 1, small = SMALL;
    struct sockaddr_in from = {.sin_family = AF_INET,
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)index % SOURCES)};
    struct sockaddr_in to = {.sin_family = AF_INET,
            .sin_port = htons(port),
            .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct epoll_event event = {.events = EPOLLOUT | EPOLLRDHUP | EPOLLET, .data.u64 = index};
    client->socket = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    if (client->socket < 0) {
        fail("no socket");
    }
    setsockopt(client->socket, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &yes, sizeof yes);
    if (unread) {
        setsockopt(client->socket, SOL_SOCKET, SO_RCVBUF, &small, sizeof small);
    }
    if (bind(client->socket, (struct sockaddr *)&from, sizeof from) != 0 ||
            (connect(client->socket, (struct sockaddr *)&to, sizeof to) != 0 &&
                    errno != EINPROGRESS) ||
            epoll_ctl(epoll, EPOLL_CTL_ADD, client->socket, &event) != 0) {
        fail("cannot connect");
    }
}

static void on_event(const struct epoll_event *event) {
    struct client *client = &clients[event->data.u64];
    if (event->events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) {
        let_go(client);
    } else if (!client->connected && event->events & EPOLLOUT) {
        client->connected = true;
        connected++;
        if (send(client->socket, first, first_length, MSG_NOSIGNAL) != (ssize_t)first_length) {
            let_go(client);
        }
    }
}

// A hundredth of all have their turn at each tick.
static void turn(size_t tick) {
    for (size_t i = tick % TICKS; i < count; i += TICKS) {
        struct client *client = &clients[i];
        if (client->socket < 0) {
            open_client(i);
        } else if (client->connected && !unread &&
                   send(client->socket, "a", 1, MSG_NOSIGNAL) != 1) {
            let_go(client);
        }
    }
    if (!told && connected == count) {
        told = true;
        printf("open\n");
        fflush(stdout);
    }
}

static void run(void) {
    struct epoll_event events[1024];
    int clock = timerfd_create(CLOCK_MONOTONIC, 0);
    struct itimerspec pace = {{0, 1000000000 / TICKS}, {0, 1000000000 / TICKS}};
    struct epoll_event on_clock = {.events = EPOLLIN, .data.u64 = MOST};
    timerfd_settime(clock, 0, &pace, NULL);
    epoll_ctl(epoll, EPOLL_CTL_ADD, clock, &on_clock);
    for (size_t tick = 0; !stopped;) {
        int got = epoll_wait(epoll, events, 1024, -1);
        for (int i = 0; i < got; i++) {
            uint64_t ticks;
            if (events[i].data.u64 < MOST) {
                on_event(&events[i]);
            } else if (read(clock, &ticks, sizeof ticks) == sizeof ticks) {
                turn(tick++);
            }
        }
    }
    close(clock);
    printf("%zu\n", returned);
}

static void prepare(const char *key, const char *path) {
    char request[1000];
    snprintf(request, sizeof request,
            "GET %s HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer %s\r\n%s", path, key,
            unread ? "\r\n" : "X-Slow: ");
    for (int i = 0; i < (unread ? PIPELINED : 1); i++) {
        first_length +=
                (size_t)snprintf(first + first_length, sizeof first - first_length, "%s", request);
    }
}

int main(int argc, char **argv) {
    struct rlimit files;
    struct sigaction action = {.sa_handler = stop};
    count = argc == 6 ? strtoul(argv[4], NULL, 10) : 0;
    if (count == 0 || count > MOST) {
        fprintf(stderr, "usage: see slow.c\n");
        return 2;
    }
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_max < count + 100) {
        errno = EMFILE;
        fail("too few descriptors (ulimit -Hn)");
    }
    sigaction(SIGTERM, &action, NULL);
    port = (unsigned short)atoi(argv[1]);
    unread = strcmp(argv[3], "unread") == 0;
    prepare(argv[2], argv[5]);
    epoll = epoll_create1(0);
    for (size_t i = 0; i < count; i++) {
        clients[i].socket = -1;
    }
    run();
    return 0;
}
