// Output to a stream, see output.h.
#include "link/output.h"

#define KEPT_OUTPUT (64u << 10) // memory of a buffer that is kept when it is empty

static void trim(struct buffer *buffer) {
    buffer->length = 0;
    if (buffer->capacity > KEPT_OUTPUT) {
        buffer_finish(buffer);
    }
}

void output_init(struct output *output, void (*done)(void *owner, int status), void *owner) {
    buffer_init(&output->queued);
    buffer_init(&output->writing);
    output->written = 0;
    output->bytes = 0;
    output->write.data = output;
    output->done = done;
    output->owner = owner;
}

void output_finish(struct output *output) {
    buffer_finish(&output->queued);
    buffer_finish(&output->writing);
}

size_t output_waiting(const struct output *output) {
    return output->writing.length - output->written + output->queued.length;
}

static void on_written(uv_write_t *write, int status) {
    struct output *output = write->data;
    output->bytes += status < 0 ? 0 : output->writing.length - output->written;
    output->written = 0;
    trim(&output->writing);
    if (status != UV_ECANCELED) {
        output->done(output->owner, status);
    }
}

int output_flush(struct output *output, uv_stream_t *stream) {
    if (output->writing.length > 0 || output->queued.length == 0) {
        return 0;
    }
    uv_buf_t bytes = uv_buf_init(output->queued.at, (unsigned)output->queued.length);
    int count = uv_try_write(stream, &bytes, 1);
    if (count < 0 && count != UV_EAGAIN) {
        return count;
    }
    size_t taken = count > 0 ? (size_t)count : 0;
    output->bytes += taken;
    if (taken == output->queued.length) {
        trim(&output->queued);
        return 0;
    }
    struct buffer empty = output->writing;
    output->writing = output->queued;
    output->queued = empty;
    output->written = taken;
    bytes = uv_buf_init(output->writing.at + taken, (unsigned)(output->writing.length - taken));
    return uv_write(&output->write, stream, &bytes, 1, on_written);
}
