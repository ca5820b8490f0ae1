// The protocol as the `phoenix` client of version 1.8 and the server it is made for speak it. A
// message is an array [join_ref, ref, topic, event, payload]; further elements are ignored. A
// join_ref names one join of a topic, so that what was sent before a topic was joined anew can be
// told from what belongs to it.
#include "serve/channel.h"

#include "base/json_writer.h"
#include "base/memory.h"
#include "base/must.h"
#include "limits.h"
#include "operations/live.h"

#include <jansson.h>
#include <stdlib.h>

#define CLOSE_PROTOCOL 1002u // RFC 6455 7.4.1

#define BINARY_HEADER 5u // kind and four lengths, of one byte each
#define BINARY_PUSH   0

struct channel {
    struct channels *channels;
    struct live_subscription *subscription; // owned; NULL inside live_join
    struct buffer join_ref;                 // JSON: null, a string or a number
    struct buffer topic;
};

struct channels {
    struct live *live;
    uint64_t permissions;
    const struct channel_carrier *functions;
    void *carrier;
    bool closed; // after a message that broke the protocol
    unsigned count;
    struct channel *rows[LIMIT_CHANNELS]; // owned
};

// One message; borrowed from what was received.
struct message {
    struct buffer join_ref, ref; // JSON
    struct str topic, event;
    struct str payload; // JSON, if it is an object, else empty
    bool binary;
};

struct channels *channels_create(struct live *live, uint64_t permissions,
        const struct channel_carrier *functions, void *carrier) {
    struct channels *channels = memory_new(1, sizeof *channels);
    channels->live = live;
    channels->permissions = permissions;
    channels->functions = functions;
    channels->carrier = carrier;
    return channels;
}

// ---- what we say -----------------------------------------------------------------------------

static void say(struct channels *channels, struct str join_ref, struct str ref, struct str topic,
        const char *event, struct str payload) {
    if (channels->closed) {
        return;
    }
    struct buffer out;
    buffer_init(&out);
    json_open_array(&out, NULL);
    json_raw(&out, NULL, join_ref);
    json_raw(&out, NULL, ref);
    json_put_string(&out, NULL, topic);
    json_text(&out, NULL, event);
    json_raw(&out, NULL, payload);
    json_close_array(&out);
    channels->functions->send(channels->carrier, buffer_str(&out));
    buffer_finish(&out);
}

static void reply(struct channels *channels, struct str join_ref, struct str ref, struct str topic,
        const char *status, struct str response) {
    struct buffer payload;
    buffer_init(&payload);
    json_open_object(&payload, NULL);
    json_text(&payload, "status", status);
    json_raw(&payload, "response", response);
    json_close_object(&payload);
    say(channels, join_ref, ref, topic, "phx_reply", buffer_str(&payload));
    buffer_finish(&payload);
}

static void refuse(struct channels *channels, const struct message *message, struct str join_ref,
        const char *reason) {
    struct buffer response;
    buffer_init(&response);
    json_open_object(&response, NULL);
    json_text(&response, "reason", reason);
    json_close_object(&response);
    reply(channels, join_ref, buffer_str(&message->ref), message->topic, "error",
            buffer_str(&response));
    buffer_finish(&response);
}

// What the client asks for is on no channel; the answer then names no join.
static void refuse_unmatched(struct channels *channels, const struct message *message) {
    refuse(channels, message, STR("null"), "unmatched topic");
}

static void write_error(struct buffer *out, const struct error *error) {
    json_open_object(out, NULL);
    json_text(out, "reason", error->message);
    json_text(out, "code", error_text(error->code));
    if (error->details[0] != '\0') {
        struct buffer details;
        buffer_init(&details);
        buffer_printf(&details, "{%s}", error->details);
        json_raw(out, "details", buffer_str(&details));
        buffer_finish(&details);
    }
    json_close_object(out);
}

static void refuse_error(struct channels *channels, const struct message *message,
        struct str join_ref, const struct error *error) {
    struct buffer response;
    buffer_init(&response);
    write_error(&response, error);
    reply(channels, join_ref, buffer_str(&message->ref), message->topic, "error",
            buffer_str(&response));
    buffer_finish(&response);
}

static void break_off(struct channels *channels, const char *reason) {
    if (!channels->closed) {
        channels->closed = true;
        channels->functions->close(channels->carrier, CLOSE_PROTOCOL, reason);
    }
}

// ---- channels --------------------------------------------------------------------------------

static struct channel *find(struct channels *channels, struct str topic) {
    for (unsigned i = 0; i < channels->count; i++) {
        if (str_equal(buffer_str(&channels->rows[i]->topic), topic)) {
            return channels->rows[i];
        }
    }
    return NULL;
}

static struct channel *new_channel(struct channels *channels, const struct message *message) {
    struct channel *channel = memory_new(1, sizeof *channel);
    channel->channels = channels;
    buffer_init(&channel->join_ref);
    buffer_init(&channel->topic);
    buffer_add_str(&channel->join_ref, buffer_str(&message->join_ref));
    buffer_add_str(&channel->topic, message->topic);
    return channel;
}

static void free_channel(struct channel *channel) {
    buffer_finish(&channel->join_ref);
    buffer_finish(&channel->topic);
    free(channel);
}

static void remove_channel(struct channel *channel) {
    struct channels *channels = channel->channels;
    for (unsigned i = 0; i < channels->count; i++) {
        if (channels->rows[i] == channel) {
            channels->rows[i] = channels->rows[--channels->count];
            free_channel(channel);
            return;
        }
    }
    must(false);
}

static void say_closed(struct channel *channel) {
    struct str join_ref = buffer_str(&channel->join_ref);
    say(channel->channels, join_ref, join_ref, buffer_str(&channel->topic), "phx_close", STR("{}"));
}

static void leave(struct channel *channel) {
    live_leave(channel->subscription);
    say_closed(channel);
    remove_channel(channel);
}

void channels_destroy(struct channels *channels) {
    if (channels == NULL) {
        return;
    }
    channels->closed = true;
    while (channels->count > 0) {
        struct channel *channel = channels->rows[channels->count - 1];
        live_leave(channel->subscription);
        remove_channel(channel);
    }
    free(channels);
}

// ---- what live topics say --------------------------------------------------------------------

static void pushed(void *context, const char *event, struct str payload) {
    struct channel *channel = context;
    must(channel->subscription != NULL);
    say(channel->channels, buffer_str(&channel->join_ref), STR("null"), buffer_str(&channel->topic),
            event, payload);
}

// Is the end final? Otherwise the client is told so that it joins again after a while.
static bool is_final(const struct error *reason) {
    return reason == NULL || reason->code == ERROR_OK || error_status(reason->code) == 404;
}

static void ended(void *context, const struct error *reason) {
    struct channel *channel = context;
    must(channel->subscription != NULL);
    channel->subscription = NULL;
    if (is_final(reason)) {
        say_closed(channel);
    } else {
        struct buffer payload;
        buffer_init(&payload);
        write_error(&payload, reason);
        struct str join_ref = buffer_str(&channel->join_ref);
        say(channel->channels, join_ref, join_ref, buffer_str(&channel->topic), "phx_error",
                buffer_str(&payload));
        buffer_finish(&payload);
    }
    remove_channel(channel);
}

// ---- what the client says --------------------------------------------------------------------

static void join(struct channels *channels, const struct message *message) {
    struct channel *channel = find(channels, message->topic);
    if (channel != NULL) {
        leave(channel);
    }
    struct str join_ref = buffer_str(&message->join_ref);
    if (channels->count == LIMIT_CHANNELS) {
        refuse(channels, message, join_ref, "too many channels joined");
        return;
    }
    if (message->payload.length == 0) {
        refuse(channels, message, join_ref, "the payload of a join must be a JSON object");
        return;
    }
    channel = new_channel(channels, message);
    struct error error;
    struct buffer response;
    buffer_init(&response);
    channel->subscription = live_join(channels->live, message->topic, message->payload,
            channels->permissions, pushed, ended, channel, &response, &error);
    if (channel->subscription != NULL) {
        channels->rows[channels->count++] = channel;
        reply(channels, join_ref, buffer_str(&message->ref), message->topic, "ok",
                buffer_str(&response));
    } else {
        free_channel(channel);
        if (error.code == ERROR_NOT_FOUND) {
            refuse_unmatched(channels, message);
        } else {
            refuse_error(channels, message, join_ref, &error);
        }
    }
    buffer_finish(&response);
}

static void reply_empty(struct channels *channels, const struct message *message) {
    reply(channels, buffer_str(&message->join_ref), buffer_str(&message->ref), message->topic, "ok",
            STR("{}"));
}

static void push(
        struct channels *channels, struct channel *channel, const struct message *message) {
    struct error error;
    if (message->payload.length == 0) {
        refuse(channels, message, buffer_str(&channel->join_ref),
                message->binary ? "this topic takes no binary payloads"
                                : "the payload must be a JSON object");
        return;
    }
    // The topic may end while it takes the message, and the channel with it.
    struct buffer join_ref, response;
    buffer_init(&join_ref);
    buffer_init(&response);
    buffer_add_str(&join_ref, buffer_str(&channel->join_ref));
    if (!live_push_in(channel->subscription, message->event, message->payload, &response, &error)) {
        refuse_error(channels, message, buffer_str(&join_ref), &error);
    } else if (!str_is(buffer_str(&message->ref), "null")) { // else it wants no answer
        reply(channels, buffer_str(&join_ref), buffer_str(&message->ref), message->topic, "ok",
                response.length > 0 ? buffer_str(&response) : STR("{}"));
    }
    buffer_finish(&join_ref);
    buffer_finish(&response);
}

static void handle(struct channels *channels, const struct message *message) {
    if (str_is(message->topic, "phoenix") && str_is(message->event, "heartbeat")) {
        reply(channels, STR("null"), buffer_str(&message->ref), message->topic, "ok", STR("{}"));
        return;
    }
    if (str_is(message->event, "phx_join") && !message->binary) {
        join(channels, message);
        return;
    }
    struct channel *channel = find(channels, message->topic);
    bool leaves = str_is(message->event, "phx_leave");
    if (channel == NULL && leaves) {
        reply_empty(channels, message);
        return;
    }
    if (channel == NULL) {
        refuse_unmatched(channels, message);
        return;
    }
    struct str join_ref = buffer_str(&message->join_ref);
    if (!str_is(join_ref, "null") && !str_equal(join_ref, buffer_str(&channel->join_ref))) {
        return; // it belongs to an earlier join, whose end the client has been told
    }
    if (leaves) {
        reply(channels, buffer_str(&channel->join_ref), buffer_str(&message->ref), message->topic,
                "ok", STR("{}"));
        leave(channel);
        return;
    }
    push(channels, channel, message);
}

// ---- taking messages apart -------------------------------------------------------------------

// The client of version 1.8 has strings and null; others number their messages.
static bool read_ref(struct buffer *ref, const json_t *value) {
    if (json_is_string(value)) {
        json_write_string(ref, (struct str){json_string_value(value), json_string_length(value)});
        return ref->length <= LIMIT_CHANNEL_REF;
    }
    if (json_is_integer(value)) {
        buffer_printf(ref, "%lld", (long long)json_integer_value(value));
        return true;
    }
    buffer_add_text(ref, "null");
    return json_is_null(value);
}

static bool read_text(struct str *text, const json_t *value) {
    *text = (struct str){json_string_value(value), json_string_length(value)};
    return json_is_string(value);
}

static bool read_elements(struct message *message, const json_t *array) {
    return json_array_size(array) >= 5 && read_ref(&message->join_ref, json_array_get(array, 0)) &&
           read_ref(&message->ref, json_array_get(array, 1)) &&
           read_text(&message->topic, json_array_get(array, 2)) &&
           read_text(&message->event, json_array_get(array, 3));
}

void channels_text(struct channels *channels, struct str text) {
    if (channels->closed) {
        return;
    }
    json_t *array =
            json_loadb(text.length > 0 ? text.at : "", text.length, JSON_REJECT_DUPLICATES, NULL);
    struct message message = {0};
    if (array == NULL || !read_elements(&message, array)) {
        break_off(channels, "a message is JSON: [join_ref, ref, topic, event, payload]");
    } else {
        char *payload = NULL;
        const json_t *object = json_array_get(array, 4);
        if (json_is_object(object)) {
            payload = json_dumps(object, JSON_COMPACT);
            must(payload != NULL);
            message.payload = str_of(payload);
        }
        handle(channels, &message);
        free(payload);
    }
    buffer_finish(&message.join_ref);
    buffer_finish(&message.ref);
    json_decref(array);
}

// Takes the next text of so many bytes. An empty reference stands for none.
static bool take_text(struct str *rest, uint8_t length, struct str *text) {
    if (rest->length < length) {
        return false;
    }
    *text = (struct str){rest->at, length};
    *rest = (struct str){rest->at + length, rest->length - length};
    return str_is_utf8(*text);
}

static bool take_ref(struct str *rest, uint8_t length, struct buffer *ref) {
    struct str text;
    if (!take_text(rest, length, &text)) {
        return false;
    }
    if (length == 0) {
        buffer_add_text(ref, "null");
    } else {
        json_write_string(ref, text);
    }
    return true;
}

void channels_binary(struct channels *channels, struct str bytes) {
    if (channels->closed) {
        return;
    }
    struct message message = {.binary = true};
    bool good = bytes.length >= BINARY_HEADER && bytes.at[0] == BINARY_PUSH;
    if (good) {
        const uint8_t *lengths = (const uint8_t *)bytes.at + 1;
        struct str rest = {bytes.at + BINARY_HEADER, bytes.length - BINARY_HEADER};
        good = take_ref(&rest, lengths[0], &message.join_ref) &&
               take_ref(&rest, lengths[1], &message.ref) &&
               take_text(&rest, lengths[2], &message.topic) &&
               take_text(&rest, lengths[3], &message.event);
    }
    if (good) {
        handle(channels, &message);
    } else {
        break_off(channels, "a binary message is a push: 0, four lengths, four texts, the payload");
    }
    buffer_finish(&message.join_ref);
    buffer_finish(&message.ref);
}
