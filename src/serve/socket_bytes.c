// tcp(7)'s TCP_INFO. A file of its own because only the kernel's header knows the field, and that
// header cannot be included beside <netinet/tcp.h>, which <uv.h> includes.
#include "serve/socket_bytes.h"

#include <linux/tcp.h>
#include <netinet/in.h>
#include <sys/socket.h>

uint64_t socket_bytes_received(int socket) {
    struct tcp_info info = {0};
    socklen_t length = sizeof info;
    if (getsockopt(socket, IPPROTO_TCP, TCP_INFO, &info, &length) != 0) {
        return 0;
    }
    return info.tcpi_bytes_received;
}
