// The carrier to a BEAM that we started ourselves: Erlang terms in the external format over a pair
// of pipes, each behind a length of four bytes (big-endian), as a port with {packet, 4} has them.
//
// On the other side runs whitebeam_pipe (agent/pipe): a process whose pid stands for the daemon.
// What is sent to that pid arrives here; what we send it passes on:
//   daemon to VM    {send, Pid, Message} | {send, Name :: atom, Message}
//   VM to daemon    {hello, Pid, Node} first, then any Message
#ifndef WHITEBEAM_LINK_PIPE_H
#define WHITEBEAM_LINK_PIPE_H

#include "link/link.h"

#include <uv.h>

// Takes both descriptors. up() comes with the hello; down() when the VM closes its side, when
// nothing came for LIMIT_CONNECT_MS at the start, or after link_close.
struct link *pipe_open(
        uv_loop_t *loop, int read_fd, int write_fd, const struct link_events *events, void *owner);

#endif
