// A client over libcurl, for one request.
#include "command/client.h"

#include "base/buffer.h"

#include <curl/curl.h>
#include <stdio.h>

#define TIMEOUT_MS 10000L

static bool read_text(
        const char *directory, const char *name, char *text, size_t size, struct error *error) {
    char path[4200];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    FILE *file = fopen(path, "re");
    if (file == NULL) {
        return error_set(error, ERROR_UNAVAILABLE,
                "no daemon runs with the state directory %s (there is no %s); say which with "
                "--state DIR",
                directory, name);
    }
    size_t length = fread(text, 1, size - 1, file);
    fclose(file);
    text[length] = '\0';
    text[strcspn(text, "\r\n")] = '\0';
    return true;
}

static bool find_daemon(const char *directory, char *url, size_t size, char *key, size_t key_size,
        struct error *error) {
    char text[600];
    if (!read_text(directory, "daemon.json", text, sizeof text, error) ||
            !read_text(directory, "admin.key", key, key_size, error)) {
        return false;
    }
    json_t *json = json_loads(text, 0, NULL);
    const char *found = json_string_value(json_object_get(json, "url"));
    bool good = found != NULL && snprintf(url, size, "%s", found) < (int)size;
    json_decref(json);
    return good ? true : error_set(error, ERROR_UNAVAILABLE, "%s/daemon.json is broken", directory);
}

static size_t take(char *bytes, size_t size, size_t count, void *body) {
    buffer_add(body, bytes, size * count);
    return size * count;
}

static bool read_answer(
        const struct buffer *body, long status, json_t **answer, struct error *error) {
    json_t *json = body->length ? json_loadb(body->at, body->length, 0, NULL) : NULL;
    if (status >= 200 && status < 300) {
        *answer = json;
        return true;
    }
    const char *message =
            json_string_value(json_object_get(json_object_get(json, "error"), "message"));
    error_set(error, ERROR_UNAVAILABLE, "%s",
            message ? message : "the daemon gave an answer of unknown form");
    json_decref(json);
    return false;
}

bool client_request(const char *state_directory, const char *method, const char *path,
        json_t **answer, struct error *error) {
    char url[600];
    char whole[1200];
    char key[200];
    char authorization[300];
    if (!find_daemon(state_directory, url, sizeof url, key, sizeof key, error)) {
        return false;
    }
    snprintf(whole, sizeof whole, "%s%s", url, path);
    snprintf(authorization, sizeof authorization, "Authorization: Bearer %s", key);
    struct buffer body;
    buffer_init(&body);
    CURL *curl = curl_easy_init();
    struct curl_slist *headers = curl_slist_append(NULL, authorization);
    curl_easy_setopt(curl, CURLOPT_URL, whole);
    curl_easy_setopt(curl, CURLOPT_CUSTOMREQUEST, method);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_PROXY, ""); // the daemon is on this machine
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, TIMEOUT_MS);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, &body);
    CURLcode code = curl_easy_perform(curl);
    long status = 0;
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    bool good = code == CURLE_OK ? read_answer(&body, status, answer, error)
                                 : error_set(error, ERROR_UNAVAILABLE,
                                           "the daemon at %s does not answer: %s", url,
                                           curl_easy_strerror(code));
    buffer_finish(&body);
    return good;
}
