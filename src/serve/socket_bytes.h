// How many bytes a TCP connection has received so far, read or not.
#ifndef WHITEBEAM_SERVE_SOCKET_BYTES_H
#define WHITEBEAM_SERVE_SOCKET_BYTES_H

#include <stdint.h>

// 0 if the kernel does not say.
uint64_t socket_bytes_received(int socket);

#endif
