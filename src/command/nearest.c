// Distances by the usual table, of which three lines are kept.
#include "command/nearest.h"

#include <ctype.h>

#define LONGEST 64u

static char plain(char c) {
    return c == '-' ? '_' : (char)tolower((unsigned char)c);
}

static unsigned least(unsigned a, unsigned b) {
    return a < b ? a : b;
}

unsigned nearest_distance(struct str a, struct str b) {
    unsigned lines[3][LONGEST + 1];
    size_t rows = a.length < LONGEST ? a.length : LONGEST;
    size_t columns = b.length < LONGEST ? b.length : LONGEST;
    for (size_t j = 0; j <= columns; j++) {
        lines[0][j] = (unsigned)j;
    }
    for (size_t i = 1; i <= rows; i++) {
        unsigned *line = lines[i % 3];
        const unsigned *above = lines[(i + 2) % 3];
        const unsigned *higher = lines[(i + 1) % 3];
        line[0] = (unsigned)i;
        for (size_t j = 1; j <= columns; j++) {
            char x = plain(a.at[i - 1]);
            char y = plain(b.at[j - 1]);
            line[j] = least(least(above[j], line[j - 1]) + 1, above[j - 1] + (x != y));
            if (i > 1 && j > 1 && x == plain(b.at[j - 2]) && plain(a.at[i - 2]) == y) {
                line[j] = least(line[j], higher[j - 2] + 1);
            }
        }
    }
    return lines[rows % 3][columns];
}

static bool contains(struct str text, struct str part) {
    for (size_t i = 0; part.length > 2 && i + part.length <= text.length; i++) {
        size_t j = 0;
        while (j < part.length && plain(text.at[i + j]) == plain(part.at[j])) {
            j++;
        }
        if (j == part.length) {
            return true;
        }
    }
    return false;
}

// A beginning that both have is most of the word.
static bool begins_alike(struct str word, struct str name) {
    size_t length = 0;
    while (length < word.length && length < name.length &&
            plain(word.at[length]) == plain(name.at[length])) {
        length++;
    }
    return length > 3 && length * 4 >= word.length * 3;
}

// Less is nearer; more than LONGEST: not near at all.
static unsigned rank(struct str word, struct str name) {
    unsigned distance = nearest_distance(word, name);
    if (distance <= 1 + word.length / 4) {
        return distance;
    }
    return contains(name, word) || begins_alike(word, name) ? least(LONGEST, (unsigned)name.length)
                                                            : LONGEST + 1;
}

size_t nearest_find(struct str word, const char *const *names, size_t count,
        const char *found[static NEAREST_MOST]) {
    unsigned ranks[NEAREST_MOST];
    size_t known = 0;
    for (size_t i = 0; i < count; i++) {
        unsigned its = rank(word, str_of(names[i]));
        if (its > LONGEST) {
            continue;
        }
        size_t place = known;
        while (place > 0 && ranks[place - 1] > its) {
            place--;
        }
        if (place == NEAREST_MOST) {
            continue;
        }
        known = known < NEAREST_MOST ? known + 1 : known;
        for (size_t k = known - 1; k > place; k--) {
            ranks[k] = ranks[k - 1];
            found[k] = found[k - 1];
        }
        ranks[place] = its;
        found[place] = names[i];
    }
    return known;
}

void nearest_say(struct buffer *out, struct str word, const char *prefix, const char *const *names,
        size_t count) {
    const char *found[NEAREST_MOST];
    size_t known = nearest_find(word, names, count, found);
    for (size_t i = 0; i < known; i++) {
        buffer_add_text(out, i == 0 ? "; did you mean " : i + 1 == known ? " or " : ", ");
        buffer_add_text(out, prefix);
        for (const char *at = found[i]; *at != '\0'; at++) {
            buffer_add_u8(out, *at == '_' && prefix[0] != '\0' ? '-' : (uint8_t)*at);
        }
    }
    buffer_add_text(out, known > 0 ? "?" : "");
}
