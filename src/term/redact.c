// Secrets taken out of terms before they are shown. The term is gone through with a stack of frames
// in the arena; a compound term is copied when the first of its items changes.
#include "term/redact.h"

#include "base/buffer.h"
#include "limits.h"

#include <string.h>

#define NAME_IN_TEXT 64u   // bytes of a name that is looked for in front of a value
#define CHARACTERS   4096u // of a list that is read as a text

// ---- Names -----------------------------------------------------------------------------------

#define NAME(literal)                                                                              \
    { literal, sizeof(literal) - 1 }

static const struct str default_names[] = {
        NAME("_password_"),
        NAME("_passwords_"),
        NAME("_passwd_"),
        NAME("_passphrase_"),
        NAME("_pwd_"),
        NAME("_pw_"),
        NAME("_pass_"),
        NAME("_bearer_"),
        NAME("_dsn_"),
        NAME("_database_url_"),
        NAME("_connection_string_"),
        NAME("_secret_"),
        NAME("_secrets_"),
        NAME("_token_"),
        NAME("_tokens_"),
        NAME("_api_key_"),
        NAME("_api_keys_"),
        NAME("_access_key_"),
        NAME("_encryption_key_"),
        NAME("_private_key_"),
        NAME("_signing_key_"),
        NAME("_cookie_"),
        NAME("_cookies_"),
        NAME("_credential_"),
        NAME("_credentials_"),
        NAME("_authorization_"),
};

const struct redaction redact_default = {
        default_names, sizeof default_names / sizeof default_names[0]};

enum letter_case { CASE_NONE, CASE_LOWER, CASE_UPPER, CASE_DIGIT };

// Bytes outside ASCII are letters: names in other scripts have words too.
static enum letter_case case_of(char c) {
    if (c >= '0' && c <= '9') {
        return CASE_DIGIT;
    }
    if (c >= 'A' && c <= 'Z') {
        return CASE_UPPER;
    }
    return (c >= 'a' && c <= 'z') || (c & 0x80) ? CASE_LOWER : CASE_NONE;
}

// True if a word begins at text.at[at], which is a letter or digit behind another one.
static bool is_boundary(struct str text, size_t at) {
    enum letter_case before = case_of(text.at[at - 1]);
    enum letter_case here = case_of(text.at[at]);
    if (before == CASE_UPPER && here == CASE_UPPER) {
        // The K of APIKey.
        return at + 1 < text.length && case_of(text.at[at + 1]) == CASE_LOWER;
    }
    return before != here && !(before == CASE_UPPER && here == CASE_LOWER);
}

// Writes the words of a text as redaction.names has them; returns the length, which is at most
// twice that of the text and two. Without words it is 1.
static size_t write_words(char *out, struct str text) {
    size_t length = 0;
    out[length++] = '_';
    for (size_t i = 0; i < text.length; i++) {
        enum letter_case here = case_of(text.at[i]);
        bool between = here == CASE_NONE;
        if ((between || (i > 0 && is_boundary(text, i))) && out[length - 1] != '_') {
            out[length++] = '_';
        }
        if (!between) {
            out[length++] = (char)(here == CASE_UPPER ? text.at[i] | 0x20 : text.at[i]);
        }
    }
    if (out[length - 1] != '_') {
        out[length++] = '_';
    }
    return length;
}

struct redaction redact_names(struct arena *arena, const struct str *names, size_t count) {
    struct str *kept = arena_take(arena, count, sizeof *kept);
    size_t used = 0;
    for (size_t i = 0; i < count; i++) {
        if (names[i].length <= LIMIT_ATOM_BYTES) {
            char *words = arena_take(arena, 2 * names[i].length + 2, 1);
            kept[used] = (struct str){words, write_words(words, names[i])};
            used += kept[used].length > 1;
        }
    }
    return (struct redaction){kept, used};
}

// True if the words, without what is between them, are the same letters.
static bool same_letters(struct str a, struct str b) {
    size_t i = 0;
    size_t j = 0;
    for (;;) {
        while (i < a.length && a.at[i] == '_') {
            i++;
        }
        while (j < b.length && b.at[j] == '_') {
            j++;
        }
        if (i == a.length || j == b.length) {
            return i == a.length && j == b.length;
        }
        if (a.at[i++] != b.at[j++]) {
            return false;
        }
    }
}

bool redact_matches(const struct redaction *redaction, struct str key) {
    if (key.length == 0 || key.length > LIMIT_ATOM_BYTES || str_starts(key, "Elixir.")) {
        return false;
    }
    char buffer[2 * LIMIT_ATOM_BYTES + 2];
    struct str words = {buffer, write_words(buffer, key)};
    for (size_t i = 0; i < redaction->count; i++) {
        struct str name = redaction->names[i];
        if (memmem(words.at, words.length, name.at, name.length) != NULL ||
                same_letters(words, name)) {
            return true;
        }
    }
    return false;
}

// True if the list is of ASCII characters, as Erlang writes strings; *text gets them in `room`.
static bool list_text(
        const struct term *list, char room[static LIMIT_ATOM_BYTES], struct str *text) {
    const struct term *items;
    uint32_t count;
    if (!term_list(list, &items, &count) || count > LIMIT_ATOM_BYTES) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        if (items[i].type != TERM_INTEGER || items[i].integer < ' ' || items[i].integer > '~') {
            return false;
        }
        room[i] = (char)items[i].integer;
    }
    *text = (struct str){room, count};
    return true;
}

static bool is_secret_key(const struct redaction *redaction, const struct term *key) {
    char room[LIMIT_ATOM_BYTES];
    struct str text;
    return (term_text(key, &text) || list_text(key, room, &text)) &&
           redact_matches(redaction, text);
}

// ---- Terms -----------------------------------------------------------------------------------

// A compound term that is being gone through.
struct frame {
    struct frame *below;
    const struct term *term;
    size_t count;      // of its items
    size_t next;       // the one to look at
    struct term *copy; // of its items, once one of them has changed
};

struct walk {
    struct arena *arena;
    const struct redaction *redaction;
    struct frame *top;
    struct frame *spare; // popped frames, for the next push
};

static size_t item_count(const struct term *term) {
    switch (term->type) {
    case TERM_TUPLE:
        return term->size;
    case TERM_LIST:
        return (size_t)term->size + 1;
    case TERM_MAP:
        return 2 * (size_t)term->size;
    case TERM_INTEGER:
    case TERM_BIG:
    case TERM_FLOAT:
    case TERM_ATOM:
    case TERM_BINARY:
    case TERM_BITS:
    case TERM_NIL:
    case TERM_PID:
    case TERM_PORT:
    case TERM_REFERENCE:
    case TERM_FUN:
    case TERM_EXPORT:
        return 0;
    }
    return 0;
}

static void push(struct walk *walk, const struct term *term) {
    struct frame *frame = walk->spare;
    if (frame != NULL) {
        walk->spare = frame->below;
    } else {
        frame = arena_take(walk->arena, 1, sizeof *frame);
    }
    *frame = (struct frame){.below = walk->top, .term = term, .count = item_count(term)};
    walk->top = frame;
}

// Replaces the item that was looked at last.
static void replace(struct walk *walk, struct term value) {
    struct frame *frame = walk->top;
    if (frame->copy == NULL) {
        frame->copy = arena_take(walk->arena, frame->count, sizeof *frame->copy);
        memcpy(frame->copy, frame->term->items, frame->count * sizeof *frame->copy);
    }
    frame->copy[frame->next - 1] = value;
}

// Takes the finished frame off; what has changed in it changes the term below. Returns the term.
static struct term pop(struct walk *walk) {
    struct frame *frame = walk->top;
    struct term term = *frame->term;
    walk->top = frame->below;
    frame->below = walk->spare;
    walk->spare = frame;
    if (frame->copy != NULL) {
        term.items = frame->copy;
        if (walk->top != NULL) {
            replace(walk, term);
        }
    }
    return term;
}

// True if the item is the value of a key in front of it that says it is secret.
static bool is_secret(const struct walk *walk, const struct term *term, size_t index) {
    bool pair = term->type == TERM_MAP || (term->type == TERM_TUPLE && term->size == 2);
    return pair && index % 2 == 1 && is_secret_key(walk->redaction, &term->items[index - 1]);
}

// ---- Texts -----------------------------------------------------------------------------------

static const struct str mark = NAME("[redacted]");

static bool one_of(char c, const char *set) {
    return c != '\0' && strchr(set, c) != NULL;
}

// The password in `scheme://user:password@host` (RFC 3986 3.2.1), from its :// on.
static bool find_password(struct str text, size_t colon, struct str *password) {
    const char *end = text.at + text.length;
    const char *first = NULL;
    const char *at = NULL;
    for (const char *c = text.at + colon + 3; c < end && !one_of(*c, "/?# \t\r\n\"'"); c++) {
        at = *c == '@' ? c : at;
        first = *c == ':' && first == NULL ? c : first;
    }
    if (first == NULL || at == NULL || at <= first + 1) {
        return false;
    }
    *password = (struct str){first + 1, (size_t)(at - first - 1)};
    return true;
}

// The name that ends in front of text.at[end], which may be quoted.
static struct str name_before(struct str text, size_t end) {
    while (end > 0 && one_of(text.at[end - 1], " \"'")) {
        end--;
    }
    size_t begin = end;
    while (begin > 0 && end - begin < NAME_IN_TEXT &&
            (case_of(text.at[begin - 1]) != CASE_NONE || one_of(text.at[begin - 1], "_-"))) {
        begin--;
    }
    return (struct str){text.at + begin, end - begin};
}

static size_t word_end(struct str text, size_t at) {
    while (at < text.length && !one_of(text.at[at], " \t\r\n\"',;&)}]")) {
        at++;
    }
    return at;
}

// The value in `password=value`, `password: value`, `"password" => "value"` and, with a scheme,
// `Authorization: Bearer value` (RFC 9110 11.4).
static bool find_value(
        const struct redaction *redaction, struct str text, size_t sign, struct str *value) {
    if (!redact_matches(redaction, name_before(text, sign))) {
        return false;
    }
    size_t begin = sign + 1;
    while (begin < text.length && one_of(text.at[begin], "> \"'")) {
        begin++;
    }
    size_t end = word_end(text, begin);
    struct str word = {text.at + begin, end - begin};
    if (end < text.length && text.at[end] == ' ' &&
            (str_is(word, "Bearer") || str_is(word, "Basic") || str_is(word, "Digest"))) {
        begin = end + 1;
        end = word_end(text, begin);
    }
    *value = (struct str){text.at + begin, end - begin};
    return value->length > 0;
}

// The first secret in the text from `from` on.
static bool find_secret(
        const struct redaction *redaction, struct str text, size_t from, struct str *secret) {
    for (size_t i = from; i < text.length; i++) {
        if (text.at[i] != ':' && text.at[i] != '=') {
            continue;
        }
        bool address = text.length - i > 3 && memcmp(text.at + i, "://", 3) == 0;
        if (address ? find_password(text, i, secret) : find_value(redaction, text, i, secret)) {
            return true;
        }
    }
    return false;
}

// The text of a binary, or of a list of ASCII characters up to a length.
static bool read_text(struct arena *arena, const struct term *term, struct str *text) {
    const struct term *items;
    uint32_t count;
    if (term->type == TERM_BINARY) {
        *text = term->text;
        return true;
    }
    if (term->type != TERM_LIST || term->items[0].type != TERM_INTEGER ||
            !term_list(term, &items, &count) || count > CHARACTERS) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        bool ascii = items[i].type == TERM_INTEGER && items[i].integer <= '~' &&
                     (items[i].integer >= ' ' || items[i].integer == '\n');
        if (!ascii) {
            return false;
        }
    }
    char *room = arena_take(arena, count, 1);
    for (uint32_t i = 0; i < count; i++) {
        room[i] = (char)items[i].integer;
    }
    *text = (struct str){room, count};
    return true;
}

// A text without the secrets in it, as a binary; false if it has none.
static bool redact_text(struct arena *arena, const struct redaction *redaction,
        const struct term *term, struct term *out) {
    struct str text;
    struct str secret;
    if (!read_text(arena, term, &text) || !find_secret(redaction, text, 0, &secret)) {
        return false;
    }
    struct buffer shown;
    buffer_init(&shown);
    size_t from = 0;
    do {
        size_t at = (size_t)(secret.at - text.at);
        buffer_add(&shown, text.at + from, at - from);
        buffer_add(&shown, mark.at, mark.length);
        from = at + secret.length;
    } while (find_secret(redaction, text, from, &secret));
    buffer_add(&shown, text.at + from, text.length - from);
    struct str all = buffer_str(&shown);
    char *copy = arena_take(arena, all.length, 1);
    memcpy(copy, all.at, all.length);
    *out = (struct term){.type = TERM_BINARY, .text = {copy, all.length}};
    buffer_finish(&shown);
    return true;
}

const struct term *redact(
        struct arena *arena, const struct term *term, const struct redaction *redaction) {
    static const struct term redacted = {.type = TERM_BINARY, .text = NAME("[redacted]")};
    struct walk walk = {.arena = arena, .redaction = redaction};
    struct term *shown = arena_take(arena, 1, sizeof *shown);
    if (redact_text(arena, redaction, term, shown)) {
        return shown;
    }
    if (item_count(term) == 0) {
        return term;
    }
    push(&walk, term);
    for (;;) {
        struct frame *frame = walk.top;
        if (frame->next < frame->count) {
            const struct term *item = &frame->term->items[frame->next];
            bool secret = is_secret(&walk, frame->term, frame->next++);
            struct term without;
            if (secret) {
                replace(&walk, redacted);
            } else if (redact_text(arena, redaction, item, &without)) {
                replace(&walk, without);
            } else if (item_count(item) > 0) {
                push(&walk, item);
            }
            continue;
        }
        bool changed = frame->copy != NULL;
        struct term whole = pop(&walk);
        if (walk.top == NULL) {
            if (!changed) {
                return term;
            }
            struct term *copy = arena_take(arena, 1, sizeof *copy);
            *copy = whole;
            return copy;
        }
    }
}

// ---- what the daemon was told ----------------------------------------------------------------

static const struct redaction *used = &redact_default;

void redact_use(const struct redaction *redaction) {
    used = redaction;
}

const struct term *redact_shown(struct arena *arena, const struct term *term) {
    return redact(arena, term, used);
}
