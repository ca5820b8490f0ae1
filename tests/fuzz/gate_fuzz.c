// Any bytes as a request's header, parsed the way libmicrohttpd 0.9.75 does it: whatever the gate
// lets through is unambiguous and nothing of it is hidden.
#include "base/must.h"
#include "serve/gate.h"

#include <stdlib.h>

#define LINES 64u

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_between(char c) {
    return c == '\0' || c == '\r' || c == '\n' || c == ' ' || c == '\t' || c == ':';
}

static size_t count_text(struct str text) {
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += !is_between(text.at[i]);
    }
    return count;
}

// Cuts the next line off and writes NULs over its end. Folded lines come as lines of their own
// here, while the real parser moves them elsewhere; neither may pass.
static char *next_line(char **at, char *end) {
    char *line = *at;
    char *feed = memchr(line, '\n', (size_t)(end - line));
    if (feed == NULL) {
        return NULL;
    }
    *feed = '\0';
    if (feed > line && feed[-1] == '\r') {
        feed[-1] = '\0';
    }
    *at = feed + 1;
    return line;
}

struct parsed {
    struct gate gate;
    struct gate_walk walk;
    size_t text; // bytes of the pieces that are not separators
    bool in_order;
};

static void take(struct parsed *parsed, struct str piece) {
    parsed->in_order = parsed->in_order && gate_walk_over(&parsed->walk, piece);
    parsed->text += count_text(piece);
}

static void parse_header(char *header, size_t size) {
    char *at = header, *end = header + size;
    struct parsed parsed = {.walk = {header, end}, .in_order = true};
    for (unsigned i = 0; i < LINES; i++) {
        char *line = next_line(&at, end);
        if (line == NULL || *line == '\0') {
            break;
        }
        char *colon = strchr(line, ':');
        if (colon == NULL) {
            return; // 400
        }
        if (*line == ' ' || *line == '\t') {
            continue; // folded: its text is lost
        }
        *colon = '\0';
        const char *value = colon + 1 + strspn(colon + 1, " \t");
        take(&parsed, str_of(line));
        take(&parsed, str_of(value));
        gate_line(&parsed.gate, str_of(line), str_of(value));
    }
    struct str whole = {header, size};
    if (!parsed.in_order || !gate_walk_end(&parsed.walk)) {
        return;
    }
    must(parsed.text == count_text(whole));
    struct error error;
    if (gate_check(&parsed.gate, true, &error)) {
        must(parsed.gate.count[GATE_HOST] == 1);
        must(parsed.gate.count[GATE_CONTENT_LENGTH] + parsed.gate.count[GATE_TRANSFER_ENCODING] <=
                1);
        for (size_t i = 0; i < parsed.gate.field[GATE_CONTENT_LENGTH].length; i++) {
            char c = parsed.gate.field[GATE_CONTENT_LENGTH].at[i];
            must(c >= '0' && c <= '9');
        }
        for (unsigned i = 0; i < GATE_FIELDS; i++) {
            struct str field = parsed.gate.field[i];
            must(field.length == 0 || memchr(field.at, '\r', field.length) == NULL);
        }
    }
}

static void read_target(struct str text) {
    struct str path, query;
    struct error error;
    if (!gate_target(text, &path, &query, &error)) {
        must(error.code == ERROR_BAD_REQUEST);
        return;
    }
    must(path.length > 0 && path.at[0] == '/');
    must(path.length + query.length + (path.length < text.length) == text.length);
    for (size_t i = 0; i < text.length; i++) {
        must(text.at[i] > 0x20 && text.at[i] < 0x7F);
    }
}

static void read_values(struct str text) {
    static const struct str names[] = {{"localhost", 9}, {"[::1]", 5}};
    const struct gate_hosts hosts = {names, 2};
    if (gate_host(&hosts, text)) {
        must(text.length <= sizeof "localhost:65535" - 1);
    }
    if (gate_origin(&hosts, text)) {
        must(text.length <= sizeof "https://localhost:65535" - 1);
    }
    struct str key = gate_bearer(text);
    must(key.length == 0 || (key.at > text.at && key.at + key.length <= text.at + text.length));
    must(!gate_request_id(text) || text.length <= 128);
    gate_is_json(text);
    struct error error;
    must(!gate_method(text, 32, &error) || text.length <= 32);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    // The copy ends with a NUL, as the parser's buffer always holds one behind what it hands out.
    char *copy = malloc(size + 1);
    must(copy != NULL);
    if (size > 0) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    read_target((struct str){copy, size});
    read_values((struct str){copy, size});
    parse_header(copy, size);
    free(copy);
    return 0;
}
