// A client of live topics that measures: the events of the lobby as they arrive, or many idle
// WebSockets.
//
//   live PORT KEY events          prints `joined`, then for each event a line: its type, pid, new
//                                 pid, reason, and when it arrived (unix microseconds); until
//                                 killed
//   live PORT KEY sockets COUNT   opens so many WebSockets, each in the lobby, prints `open`, and
//                                 keeps them until killed
#include <arpa/inet.h>
#include <jansson.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define JOIN "[\"1\",\"1\",\"supervisor:lobby\",\"phx_join\",{}]"

static const char *port;
static const char *key;

static void fail(const char *what) {
    fprintf(stderr, "live: %s\n", what);
    exit(1);
}

static int64_t now_us(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

static void read_exactly(int connection, void *to, size_t length) {
    for (size_t got = 0; got < length;) {
        ssize_t step = read(connection, (char *)to + got, length - got);
        if (step <= 0) {
            fail("the daemon closed the WebSocket");
        }
        got += (size_t)step;
    }
}

// RFC 6455 4.1, and a masked text frame (5.2) that joins; the mask is zero.
static int open_socket(void) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(port))};
    int yes = 1;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int connection = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(connection, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    if (connect(connection, (struct sockaddr *)&address, sizeof address) != 0) {
        fail("cannot connect");
    }
    dprintf(connection,
            "GET /socket/websocket?vsn=2.0.0 HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
            "%s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
            key);
    char head[4096];
    size_t length = 0;
    while (length < 4 || memcmp(head + length - 4, "\r\n\r\n", 4) != 0) {
        if (length == sizeof head) {
            fail("the answer has no end");
        }
        read_exactly(connection, head + length++, 1);
    }
    if (memcmp(head, "HTTP/1.1 101", 12) != 0) {
        fail("the daemon opens no WebSocket");
    }
    uint8_t frame[6 + sizeof JOIN] = {0x81, 0x80 | (sizeof JOIN - 1)};
    memcpy(frame + 6, JOIN, sizeof JOIN - 1);
    if (write(connection, frame, 6 + sizeof JOIN - 1) != 6 + sizeof JOIN - 1) {
        fail("cannot write");
    }
    return connection;
}

// The next text message, with a NUL behind it; the caller frees it.
static char *next_message(int connection, size_t *size) {
    for (;;) {
        uint8_t head[2];
        uint8_t more[8];
        read_exactly(connection, head, 2);
        uint64_t length = head[1] & 0x7f;
        size_t bytes = length < 126 ? 0 : length == 126 ? 2 : 8;
        read_exactly(connection, more, bytes);
        length = bytes ? 0 : length;
        for (size_t i = 0; i < bytes; i++) {
            length = length << 8 | more[i];
        }
        char *text = malloc(length + 1);
        read_exactly(connection, text, length);
        text[length] = '\0';
        if ((head[0] & 0x0f) == 1) {
            *size = length;
            return text;
        }
        free(text);
    }
}

static const char *text_at(const json_t *object, const char *name) {
    const char *text = json_string_value(json_object_get(object, name));
    return text ? text : "-";
}

static void print_events(void) {
    int connection = open_socket();
    for (;;) {
        size_t length;
        char *text = next_message(connection, &length);
        int64_t arrived = now_us();
        json_t *message = json_loadb(text, length, 0, NULL);
        const char *event = json_string_value(json_array_get(message, 3));
        const json_t *payload = json_array_get(message, 4);
        if (event != NULL && strcmp(event, "phx_reply") == 0) {
            puts("joined");
        } else if (event != NULL && strcmp(event, "event") == 0) {
            printf("%s %s %s %s %lld\n", text_at(payload, "type"), text_at(payload, "pid"),
                    text_at(payload, "new_pid"), text_at(payload, "reason"), (long long)arrived);
        }
        fflush(stdout);
        json_decref(message);
        free(text);
    }
}

static void keep_sockets(int count) {
    for (int i = 0; i < count; i++) {
        size_t length;
        free(next_message(open_socket(), &length));
    }
    puts("open");
    fflush(stdout);
    for (;;) {
        pause();
    }
}

int main(int argc, char **argv) {
    bool events = argc == 4 && strcmp(argv[3], "events") == 0;
    bool sockets = argc == 5 && strcmp(argv[3], "sockets") == 0;
    if (!events && !sockets) {
        fail("usage: live PORT KEY events | sockets COUNT");
    }
    port = argv[1];
    key = argv[2];
    if (events) {
        print_events();
    }
    keep_sockets(atoi(argv[4]));
}
