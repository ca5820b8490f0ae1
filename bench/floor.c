// The limit for HTTP: an epoll loop on one thread that formats, for each request, the same rows as
// the daemon. It takes the daemon's answer from a file apart once; then each request copies the
// keys, escapes every text and prints every integer anew. It checks nothing and knows one answer.
//
//   floor FILE     prints its port
#include <arpa/inet.h>
#include <ctype.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

#define PIECES 20000
#define ROOM   (1 << 20)

enum type { KEYS, TEXT, INTEGER };

static struct piece {
    enum type type;
    const char *at;
    size_t length;
    int64_t value;
} pieces[PIECES];
static size_t piece_count;

static char out[ROOM];

static void add(enum type type, const char *at, const char *end) {
    if (end == at || piece_count == PIECES) {
        return;
    }
    pieces[piece_count++] =
            (struct piece){type, at, (size_t)(end - at), type == INTEGER ? atoll(at) : 0};
}

// Values follow a colon; everything else is keys and brackets.
static void take_apart(const char *at) {
    const char *keys = at;
    while (*at != '\0') {
        if (at[0] == ':' && at[1] == '"') {
            add(KEYS, keys, at + 2);
            const char *text = at += 2;
            while (*at != '"') {
                at += *at == '\\' ? 2 : 1;
            }
            add(TEXT, text, at);
            keys = at++;
        } else if (at[0] == ':' && isdigit((unsigned char)at[1])) {
            add(KEYS, keys, at + 1);
            const char *number = ++at;
            while (isdigit((unsigned char)*at)) {
                at++;
            }
            add(INTEGER, number, at);
            keys = at;
        } else if (*at == '"') {
            for (at++; *at != '"'; at++) {
            }
            at++;
        } else {
            at++;
        }
    }
    add(KEYS, keys, at);
}

static char *put_text(char *to, const char *at, size_t length) {
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)at[i];
        if (c == '"' || c == '\\' || c < 0x20) {
            *to++ = '\\';
        }
        *to++ = (char)c;
    }
    return to;
}

static char *put_integer(char *to, int64_t value) {
    char digits[24];
    int count = 0;
    do {
        digits[count++] = (char)('0' + value % 10);
        value /= 10;
    } while (value > 0);
    while (count > 0) {
        *to++ = digits[--count];
    }
    return to;
}

static void answer(int connection) {
    char *body = out + 256;
    char *to = body;
    for (size_t i = 0; i < piece_count; i++) {
        const struct piece *piece = &pieces[i];
        if (piece->type == KEYS) {
            memcpy(to, piece->at, piece->length);
            to += piece->length;
        } else if (piece->type == TEXT) {
            to = put_text(to, piece->at, piece->length);
        } else {
            to = put_integer(to, piece->value);
        }
    }
    char header[256];
    int length = snprintf(header, sizeof header,
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n",
            (size_t)(to - body));
    memcpy(body - length, header, (size_t)length);
    if (write(connection, body - length, (size_t)(to - body + length)) < 0) {
        close(connection);
    }
}

static void serve(int listener) {
    int loop = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN, .data.fd = listener};
    struct epoll_event ready[64];
    static char in[65536];
    epoll_ctl(loop, EPOLL_CTL_ADD, listener, &event);
    for (;;) {
        int count = epoll_wait(loop, ready, 64, -1);
        for (int i = 0; i < count; i++) {
            if (ready[i].data.fd == listener) {
                int yes = 1;
                event.data.fd = accept(listener, NULL, NULL);
                setsockopt(event.data.fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
                epoll_ctl(loop, EPOLL_CTL_ADD, event.data.fd, &event);
                continue;
            }
            ssize_t got = read(ready[i].data.fd, in, sizeof in);
            if (got <= 0) {
                close(ready[i].data.fd);
            } else if (got >= 4 && memcmp(in + got - 4, "\r\n\r\n", 4) == 0) {
                answer(ready[i].data.fd);
            }
        }
    }
}

int main(int argc, char **argv) {
    static char text[ROOM / 2];
    FILE *file = argc == 2 ? fopen(argv[1], "r") : NULL;
    if (file == NULL) {
        fprintf(stderr, "usage: floor FILE\n");
        return 2;
    }
    text[fread(text, 1, sizeof text - 1, file)] = '\0';
    take_apart(text);
    struct sockaddr_in address = {.sin_family = AF_INET};
    socklen_t size = sizeof address;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0 ||
            listen(listener, 64) != 0 ||
            getsockname(listener, (struct sockaddr *)&address, &size) != 0) {
        perror("floor");
        return 1;
    }
    printf("%u\n", ntohs(address.sin_port));
    fflush(stdout);
    serve(listener);
}
