// Any messages from a client of channels, one behind each 0x1E; those that begin with 0x02 are
// binary. Whatever they are, we say only what the protocol has, and nothing after the end.
#include "../unit/serve_live_fake.h"
#include "serve/channel.h"

#include "limits.h"

#include <jansson.h>

#define END       0x1E
#define IS_BINARY 0x02

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned ended;

static void check_said(void *carrier, struct str message) {
    must(carrier == &ended && ended == 0);
    must(str_is_utf8(message));
    json_t *array =
            json_loadb(message.at, message.length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, NULL);
    must(array != NULL && json_array_size(array) == 5);
    must(json_is_string(json_array_get(array, 2)) && json_is_string(json_array_get(array, 3)));
    must(json_is_object(json_array_get(array, 4)));
    json_decref(array);
}

static void check_close(void *carrier, unsigned code, const char *reason) {
    must(carrier == &ended && ended == 0);
    must(code == 1002 && strlen(reason) <= 123);
    ended++;
}

static void hear(struct channels *channels, struct str message) {
    if (message.length > 0 && message.at[0] == IS_BINARY) {
        channels_binary(channels, (struct str){message.at + 1, message.length - 1});
    } else {
        channels_text(channels, message);
    }
    must(fake_live.count <= LIMIT_CHANNELS);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static const struct channel_carrier functions = {check_said, check_close};
    ended = 0;
    struct channels *channels = channels_create(&fake_live, 1, &functions, &ended);
    const char *at = (const char *)data, *end = at + size;
    while (at < end) {
        const char *mark = memchr(at, END, (size_t)(end - at));
        const char *stop = mark != NULL ? mark : end;
        hear(channels, (struct str){at, (size_t)(stop - at)});
        at = stop + 1;
    }
    channels_destroy(channels);
    must(fake_live.count == 0);
    return 0;
}
