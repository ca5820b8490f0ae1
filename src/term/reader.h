// The state of reading one term from text, and what the readers of Elixir and Erlang share.
//
// reader.c goes through lists, tuples and maps with a stack of its own; a syntax tells it what is
// space and how a single value or a bracket begins. Functions that return false have filled the
// error. Nothing reads beyond `end`.
#ifndef WHITEBEAM_TERM_READER_H
#define WHITEBEAM_TERM_READER_H

#include "base/error.h"
#include "limits.h"
#include "term/term.h"
#include "term/text.h"

enum reader_kind { READER_LIST, READER_TUPLE, READER_MAP };

struct reader_frame;

struct reader {
    struct arena *arena;
    struct text_owner owner; // of pids
    struct error *error;
    const char *start;
    const char *at;
    const char *end;
    struct term *values; // of all open brackets, the outermost first
    size_t count;
    size_t room;
    struct reader_frame *frames; // open brackets
    uint32_t depth;
    size_t bits; // in bit strings made so far: their size does not follow from the text's
};

// What stands at r->at.
struct reader_item {
    enum {
        READER_VALUE,
        READER_KEY,    // an atom and the colon that makes it a key
        READER_OPENED, // a bracket: reader_open was called
    } type;
    struct term term; // of the first two
};

// Reads one item and moves r->at behind it.
typedef bool reader_read(struct reader *r, struct reader_item *item);

struct reader_syntax {
    void (*skip)(struct reader *r); // over space and comments
    reader_read *read;
    bool trailing_comma; // allowed before a closing bracket
};

// Reads a whole term and the space behind it.
bool reader_run(struct reader *r, const struct reader_syntax *syntax, struct term *term);

// Prepares for a text: its length and encoding are checked.
bool reader_start(struct reader *r, struct str text);

// Starts a list, tuple or map, whose bracket stands at `opening`. `name` is the atom of a struct.
void reader_open(
        struct reader *r, enum reader_kind kind, const char *opening, const struct term *name);

// True if a key may stand at r->at: in a list or map, and behind the elements of a tuple.
bool reader_key_allowed(const struct reader *r);

// ---- Errors ----------------------------------------------------------------------------------

// Fills the error, for what stands at `at`, and returns false. The text is a sentence without its
// full stop.
bool reader_fail(struct reader *r, const char *at, const char *format, ...)
        __attribute__((format(printf, 3, 4)));

// ---- The text --------------------------------------------------------------------------------

static inline struct str reader_left(const struct reader *r) {
    return (struct str){r->at, (size_t)(r->end - r->at)};
}

static inline bool reader_sees(const struct reader *r, const char *text) {
    return str_starts(reader_left(r), text);
}

bool reader_take(struct reader *r, const char *text);

// The character at r->at and its bytes; 0 bytes at the end.
size_t reader_character(const struct reader *r, uint32_t *character);

// True if a digit of the base stands `ahead` bytes behind r->at.
bool reader_sees_digit(const struct reader *r, size_t ahead, uint32_t base);

// ---- Values (reader_value.c) -----------------------------------------------------------------

// Fails if lists or maps with elements, one inside the other, would be nested too deep here.
bool reader_may_nest(struct reader *r, const char *at, uint32_t levels);

// Reads the digits of an integer in a base, whose text began at `at`.
bool reader_integer(
        struct reader *r, const char *at, uint32_t base, bool negative, struct term *term);

// Reads a decimal integer, or a float if a point and a digit follow.
bool reader_decimal(struct reader *r, bool negative, struct term *term);

// Fails if a letter or digit follows, which would belong to the number that began at `at`.
bool reader_number_ended(struct reader *r, const char *at);

bool reader_atom(struct reader *r, const char *at, struct str name, struct term *term);

// The characters of UTF-8 text as a list of integers.
bool reader_characters(struct reader *r, const char *at, struct str text, struct term *term);

// Reads a pid, reference or port, from `opening` to its >. The opening says which.
bool reader_identity(struct reader *r, const char *opening, struct term *term);

// ---- Bit strings (reader_bits.c) -------------------------------------------------------------

struct reader_bits {
    char *bytes;  // in the arena
    size_t count; // bits
    size_t room;  // bytes
};

// Appends the lowest bits of an integer, as many as `size`, which is an integer itself.
bool reader_bits_integer(struct reader *r, const char *at, struct reader_bits *bits,
        const struct term *value, const struct term *size);

// Appends an integer as a character in UTF-8.
bool reader_bits_character(
        struct reader *r, const char *at, struct reader_bits *bits, const struct term *value);

bool reader_bits_bytes(
        struct reader *r, const char *at, struct reader_bits *bits, struct str bytes);

// The binary or bit string made of them.
struct term reader_bits_term(struct reader_bits *bits);

#endif
