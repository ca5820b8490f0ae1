// Values that the syntaxes of Elixir and Erlang write alike: numbers, atoms, lists of characters,
// identities.
#include "term/reader.h"

#include "term/character.h"
#include "term/print_parts.h"

#include <math.h>
#include <stdlib.h>

bool reader_atom(struct reader *r, const char *at, struct str name, struct term *term) {
    return text_atom(r->arena, name, term) ||
           reader_fail(r, at, "An atom has at most %u characters", LIMIT_ATOM_CHARACTERS);
}

// ---- Numbers ---------------------------------------------------------------------------------

// Takes digits that may have single underscores between them; returns them without.
static struct str take_digits(struct reader *r, uint32_t base) {
    const char *from = r->at;
    size_t underscores = 0;
    while (reader_sees_digit(r, 0, base)) {
        r->at++;
        if (reader_sees(r, "_") && reader_sees_digit(r, 1, base)) {
            r->at++;
            underscores++;
        }
    }
    struct str digits = {from, (size_t)(r->at - from)};
    if (underscores == 0) {
        return digits;
    }
    char *copy = arena_take(r->arena, digits.length, 1);
    size_t length = 0;
    for (size_t i = 0; i < digits.length; i++) {
        copy[length] = digits.at[i];
        length += digits.at[i] != '_';
    }
    return (struct str){copy, length};
}

static bool make_integer(struct reader *r, const char *at, struct str digits, uint32_t base,
        bool negative, struct term *term) {
    if (digits.length == 0) {
        return reader_fail(r, at, "Expected digits of base %u", base);
    }
    return text_integer(r->arena, digits, base, negative, term) ||
           reader_fail(r, at, "The integer is too long: %zu digits", digits.length);
}

bool reader_integer(
        struct reader *r, const char *at, uint32_t base, bool negative, struct term *term) {
    return make_integer(r, at, take_digits(r, base), base, negative, term);
}

// Takes e, a sign and digits, if they are there.
static struct str take_exponent(struct reader *r) {
    size_t sign = r->end - r->at > 1 && (r->at[1] == '-' || r->at[1] == '+');
    if (!(reader_sees(r, "e") || reader_sees(r, "E")) || !reader_sees_digit(r, 1 + sign, 10)) {
        return STR("0");
    }
    bool negative = r->at[1] == '-';
    r->at += 1 + sign;
    struct str digits = take_digits(r, 10);
    return negative ? arena_printf(r->arena, "-%.*s", STR_ARGS(digits)) : digits;
}

bool reader_decimal(struct reader *r, bool negative, struct term *term) {
    const char *at = r->at;
    struct str whole = take_digits(r, 10);
    if (!reader_sees(r, ".") || !reader_sees_digit(r, 1, 10)) {
        return make_integer(r, at, whole, 10, negative, term);
    }
    r->at++;
    struct str fraction = take_digits(r, 10);
    struct str exponent = take_exponent(r);
    struct str text = arena_printf(r->arena, "%s%.*s.%.*se%.*s", negative ? "-" : "",
            STR_ARGS(whole), STR_ARGS(fraction), STR_ARGS(exponent));
    *term = (struct term){.type = TERM_FLOAT, .number = strtod(text.at, NULL)};
    return isfinite(term->number) || reader_fail(r, at, "The float is too large");
}

bool reader_number_ended(struct reader *r, const char *at) {
    return !(reader_sees_digit(r, 0, 36) || reader_sees(r, "_")) ||
           reader_fail(r, at, "The number does not end with a digit");
}

// ---- Lists of characters ---------------------------------------------------------------------

bool reader_characters(struct reader *r, const char *at, struct str text, struct term *term) {
    if (text.length == 0) {
        *term = (struct term){.type = TERM_NIL};
        return true;
    }
    if (!reader_may_nest(r, at, 1)) {
        return false;
    }
    if (!str_is_utf8(text)) {
        return reader_fail(r, at, "A list of characters must be UTF-8");
    }
    size_t count = 0;
    for (size_t i = 0; i < text.length; i++) {
        count += (text.at[i] & 0xC0) != 0x80;
    }
    struct term *items = arena_take(r->arena, count + 1, sizeof *items);
    size_t from = 0;
    for (size_t i = 0; i < count; i++) {
        uint32_t character = 0;
        from += character_take(text, from, &character);
        items[i] = (struct term){.type = TERM_INTEGER, .integer = character};
    }
    items[count] = (struct term){.type = TERM_NIL};
    *term = (struct term){.type = TERM_LIST, .size = (uint32_t)count, .items = items};
    return true;
}

// ---- Identities ------------------------------------------------------------------------------

bool reader_identity(struct reader *r, const char *opening, struct term *term) {
    const char *at = r->at;
    const char *closing = memchr(at, '>', reader_left(r).length);
    struct str text = {at, closing != NULL ? (size_t)(closing + 1 - at) : 0};
    bool reference = opening[1] == 'R';
    bool port = opening[1] == 'P' && opening[2] == 'o';
    bool read = reference ? text_reference(r->arena, text, opening, &r->owner, term)
                : port    ? text_port(r->arena, text, &r->owner, term)
                          : text_pid(r->arena, text, &r->owner, term);
    if (!read) {
        return reader_fail(
                r, at, "This is no identifier of the node itself; those begin with %s0.", opening);
    }
    r->at = closing + 1;
    return true;
}
