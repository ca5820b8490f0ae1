// The bytes that wait for a stream to take them; the other half of receive.h. What the stream takes
// at once is never copied; of the rest libuv writes one run while the next one queues up.
#ifndef WHITEBEAM_LINK_OUTPUT_H
#define WHITEBEAM_LINK_OUTPUT_H

#include "base/buffer.h"

#include <uv.h>

struct output {
    struct buffer queued;  // to be filled by the owner, then output_flush
    struct buffer writing; // what libuv is writing; empty if nothing is
    size_t written;        // of writing, before libuv had it
    uint64_t bytes;        // taken by the stream so far
    uv_write_t write;
    void (*done)(void *owner, int status);
    void *owner; // borrowed
};

// done is called when libuv has written what it had, with 0, or has failed to, with its error. It
// is not called when the stream was closed before that.
void output_init(struct output *output, void (*done)(void *owner, int status), void *owner);
void output_finish(struct output *output);

// Bytes that no stream has taken yet.
size_t output_waiting(const struct output *output);

// Writes what is queued as far as the stream takes it now; libuv writes the rest. Does nothing
// while libuv is writing: done is the time to flush again. Returns 0 or the error of libuv.
int output_flush(struct output *output, uv_stream_t *stream);

#endif
