// A client over libcurl. One connection serves all requests of a command.
#include "command/client.h"

#include "base/memory.h"
#include "command/options.h"
#include "limits.h"

#include <curl/curl.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

#define KEY_BYTES  300u
// The daemon gives every operation its own time; this is for one that hangs.
#define TIMEOUT_MS (LIMIT_HTTP_ANSWER_MS + 10000L)

struct client {
    char url[600];
    char authorization[KEY_BYTES + 40];
    CURL *curl;
    struct curl_slist *headers;
};

// ---- finding the daemon ----------------------------------------------------------------------

// The first line of a file.
static bool read_line(const char *path, char *text, size_t size) {
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return false;
    }
    size_t length = fread(text, 1, size - 1, file);
    fclose(file);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return true;
}

struct place {
    char state[4096];
    char text[600]; // of daemon.json
    bool there;     // there is a daemon.json
    bool alive;     // and the daemon that wrote it runs
};

static void look(struct place *place, const char *state, const char *suffix) {
    char path[4200];
    snprintf(place->state, sizeof place->state, "%s%s", state, suffix);
    snprintf(path, sizeof path, "%s/daemon.json", place->state);
    place->there = read_line(path, place->text, sizeof place->text);
    json_t *json = place->there ? json_loads(place->text, 0, NULL) : NULL;
    json_int_t pid = json_integer_value(json_object_get(json, "pid"));
    place->alive = pid > 0 && (kill((pid_t)pid, 0) == 0 || errno == EPERM);
    json_decref(json);
}

// The daemon of `serve`, unless only the demo's runs.
static bool find_place(const char *state, struct place *place, struct error *error) {
    char normal[4096];
    if (state != NULL) {
        look(place, state, "");
    } else if (!options_default_state(false, normal, sizeof normal, error)) {
        return false;
    } else {
        static struct place demo;
        look(place, normal, "");
        look(&demo, normal, "-demo");
        if (demo.there && !place->alive && (demo.alive || !place->there)) {
            *place = demo;
        }
    }
    return place->there ? true
                        : error_set(error, ERROR_UNAVAILABLE,
                                  "no daemon runs with the state directory %s; start one with "
                                  "`whitebeam serve` or `whitebeam demo`, or say where one runs "
                                  "with --state DIR",
                                  place->state);
}

static bool read_key(const char *path, struct client *client, struct error *error) {
    char key[KEY_BYTES];
    if (!read_line(path, key, sizeof key)) {
        return error_set(error, ERROR_UNAVAILABLE, "the key in %s cannot be read: %s", path,
                strerror(errno));
    }
    if (key[0] == '\0') {
        return error_set(error, ERROR_UNAVAILABLE, "there is no key in %s", path);
    }
    snprintf(client->authorization, sizeof client->authorization, "Authorization: Bearer %s", key);
    return true;
}

static bool find_daemon(
        struct client *client, const struct client_options *options, struct error *error) {
    static struct place place;
    char path[4200];
    if (!find_place(options->state, &place, error)) {
        return false;
    }
    json_t *json = json_loads(place.text, 0, NULL);
    const char *url = json_string_value(json_object_get(json, "url"));
    bool good = url != NULL && strlen(url) < sizeof client->url;
    if (good) {
        snprintf(client->url, sizeof client->url, "%s", url);
    } else {
        error_set(error, ERROR_UNAVAILABLE, "%s/daemon.json is broken", place.state);
    }
    json_decref(json);
    snprintf(path, sizeof path, "%s/admin.key", place.state);
    return good && read_key(options->key_file ? options->key_file : path, client, error);
}

struct client *client_open(const struct client_options *options, struct error *error) {
    struct client *client = memory_new(1, sizeof *client);
    if (!find_daemon(client, options, error)) {
        free(client);
        return NULL;
    }
    client->curl = curl_easy_init();
    client->headers = curl_slist_append(NULL, client->authorization);
    client->headers = curl_slist_append(client->headers, "Content-Type: application/json");
    client->headers = curl_slist_append(client->headers, "Expect:"); // no waiting for 100
    return client;
}

void client_close(struct client *client) {
    if (client != NULL) {
        curl_slist_free_all(client->headers);
        curl_easy_cleanup(client->curl);
        explicit_bzero(client->authorization, sizeof client->authorization);
        free(client);
    }
}

// ---- requests --------------------------------------------------------------------------------

static size_t take(char *bytes, size_t size, size_t count, void *body) {
    buffer_add(body, bytes, size * count);
    return size * count;
}

static void set_request(struct client *client, const char *method, const char *url,
        const char *body, struct buffer *answer) {
    CURL *curl = client->curl;
    curl_easy_reset(curl);
    curl_easy_setopt(curl, CURLOPT_URL, url);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, client->headers);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); // the daemon is on this machine
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer);
    if (body != NULL) {
        curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    }
}

bool client_ask(struct client *client, const char *method, const char *path, const json_t *body,
        struct client_answer *answer, struct error *error) {
    char *text = body ? json_dumps(body, JSON_COMPACT) : NULL;
    struct buffer url;
    long status = 0;
    const char *type = NULL;
    *answer = (struct client_answer){0};
    buffer_init(&url);
    buffer_printf(&url, "%s%s", client->url, path);
    set_request(client, method, url.at, text, &answer->body);
    CURLcode code = curl_easy_perform(client->curl);
    curl_easy_getinfo(client->curl, CURLINFO_RESPONSE_CODE, &status);
    buffer_finish(&url);
    free(text);
    if (code != CURLE_OK) {
        client_answer_finish(answer);
        return error_set(error, ERROR_UNAVAILABLE, "the daemon at %s does not answer: %s",
                client->url, curl_easy_strerror(code));
    }
    curl_easy_getinfo(client->curl, CURLINFO_CONTENT_TYPE, &type);
    answer->status = (int)status;
    answer->json = answer->body.length > 0 && type != NULL && strstr(type, "json") != NULL
                           ? json_loadb(answer->body.at, answer->body.length, JSON_ALLOW_NUL, NULL)
                           : NULL;
    return true;
}

void client_answer_finish(struct client_answer *answer) {
    buffer_finish(&answer->body);
    json_decref(answer->json);
    answer->json = NULL;
}

// RFC 3986 2.3: what is not unreserved.
void client_escape(struct buffer *out, struct str text) {
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.at[i];
        bool same = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                    c == '-' || c == '.' || c == '_' || c == '~';
        if (same) {
            buffer_add_u8(out, c);
        } else {
            buffer_printf(out, "%%%02X", c);
        }
    }
}
