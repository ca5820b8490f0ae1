// Integers, atom names and identities from their text.
#include "term/text.h"

#include "limits.h"
#include "term/character.h"
#include "term/decoder.h"
#include "term/print.h"

// ---- Integers --------------------------------------------------------------------------------

static bool are_digits(struct str text, uint32_t base) {
    for (size_t i = 0; i < text.length; i++) {
        if (character_digit(text.at[i]) >= base) {
            return false;
        }
    }
    return text.length > 0;
}

// The little-endian magnitude, where each digit is so many bits.
static struct str from_bits(struct arena *arena, struct str text, uint32_t bits) {
    size_t length = (text.length * bits + 7) / 8;
    char *bytes = arena_take_zeroed(arena, length + 1, 1);
    for (size_t i = 0; i < text.length; i++) {
        uint32_t value = character_digit(text.at[text.length - 1 - i]) << (i * bits % 8);
        size_t at = i * bits / 8;
        bytes[at] = (char)((uint8_t)bytes[at] | value);
        bytes[at + 1] = (char)((uint8_t)bytes[at + 1] | value >> 8); // a digit can lie across two
    }
    return (struct str){bytes, length};
}

// Multiplies and adds, as many digits at a time as fit 32 bits; quadratic, which is why the length
// is limited.
static struct str from_base(struct arena *arena, struct str text, uint32_t base) {
    size_t room = text.length / 6 + 1; // six digits of base 36 fit 32 bits
    uint32_t *words = arena_take(arena, room, sizeof *words);
    size_t used = 0;
    for (size_t i = 0; i < text.length;) {
        uint32_t power = 1;
        uint32_t value = 0;
        for (; i < text.length && power <= UINT32_MAX / base; i++) {
            power *= base;
            value = value * base + character_digit(text.at[i]);
        }
        uint64_t carry = value;
        for (size_t j = 0; j < used; j++) {
            carry += (uint64_t)words[j] * power;
            words[j] = (uint32_t)carry;
            carry >>= 32;
        }
        if (carry > 0) {
            words[used++] = (uint32_t)carry;
        }
    }
    char *bytes = arena_take(arena, used * 4, 1);
    for (size_t i = 0; i < used * 4; i++) {
        bytes[i] = (char)(words[i / 4] >> (i % 4 * 8));
    }
    return (struct str){bytes, used * 4};
}

// The bits of a digit, 0 if the base is no power of two.
static uint32_t digit_bits(uint32_t base) {
    uint32_t bits = 1;
    while (1u << bits < base) {
        bits++;
    }
    return 1u << bits == base ? bits : 0;
}

bool text_integer(
        struct arena *arena, struct str digits, uint32_t base, bool negative, struct term *term) {
    if (!are_digits(digits, base)) {
        return false;
    }
    while (digits.length > 1 && digits.at[0] == '0') {
        digits = (struct str){digits.at + 1, digits.length - 1};
    }
    uint32_t bits = digit_bits(base);
    // Without bits: a byte is less than two and a half decimal digits.
    size_t most = bits > 0 ? LIMIT_BIGNUM_BYTES * 8 / bits : LIMIT_BIGNUM_DECIMAL / 2 * 5;
    if (digits.length > most) {
        return false;
    }
    *term = decoder_big(
            bits > 0 ? from_bits(arena, digits, bits) : from_base(arena, digits, base), negative);
    return true;
}

// ---- Atoms -----------------------------------------------------------------------------------

bool text_atom(struct arena *arena, struct str text, struct term *term) {
    size_t characters = 0;
    for (size_t i = 0; i < text.length; i++) {
        characters += (text.at[i] & 0xC0) != 0x80;
    }
    if (characters > LIMIT_ATOM_CHARACTERS || !str_is_utf8(text)) {
        return false;
    }
    *term = (struct term){.type = TERM_ATOM, .text = arena_copy(arena, text)};
    return true;
}

// ---- Identities ------------------------------------------------------------------------------

static bool take_prefix(struct str *text, struct str prefix) {
    if (text->length < prefix.length || !str_equal((struct str){text->at, prefix.length}, prefix)) {
        return false;
    }
    text->at += prefix.length;
    text->length -= prefix.length;
    return true;
}

static bool take_number(struct str *text, uint64_t *number) {
    size_t count = 0;
    uint64_t value = 0;
    for (; count < text->length; count++) {
        uint32_t digit = character_digit(text->at[count]);
        if (digit > 9) {
            break;
        }
        if (__builtin_mul_overflow(value, 10u, &value) ||
                __builtin_add_overflow(value, digit, &value)) {
            return false;
        }
    }
    text->at += count;
    text->length -= count;
    *number = value;
    return count > 0;
}

// Reads `opening owner .1.2.3>`; returns how many numbers there were, 0 if the form is another or
// there are more than five.
static uint32_t read_numbers(struct str text, const char *opening, const struct text_owner *owner,
        uint64_t numbers[static 5]) {
    if (!take_prefix(&text, str_of(opening)) ||
            !take_prefix(&text, owner->named ? owner->node : STR("0"))) {
        return 0;
    }
    uint32_t count = 0;
    while (count < 5 && take_prefix(&text, STR("."))) {
        if (!take_number(&text, &numbers[count++])) {
            return 0;
        }
    }
    return str_is(text, ">") ? count : 0;
}

bool text_pid(
        struct arena *arena, struct str text, const struct text_owner *owner, struct term *term) {
    struct term_pid pid = {.node = owner->node, .creation = owner->creation};
    if (owner->named) {
        uint64_t numbers[5];
        uint32_t count = read_numbers(text, "#PID<", owner, numbers);
        if (count != 2 || numbers[0] > UINT32_MAX || numbers[1] > UINT32_MAX) {
            return false;
        }
        pid.id = (uint32_t)numbers[0];
        pid.serial = (uint32_t)numbers[1];
    } else if (!print_read_pid(text, &pid.id, &pid.serial)) {
        return false;
    }
    struct term_pid *kept = arena_take(arena, 1, sizeof *kept);
    *kept = pid;
    kept->node = arena_copy(arena, owner->node);
    *term = (struct term){.type = TERM_PID, .pid = kept};
    return true;
}

bool text_port(
        struct arena *arena, struct str text, const struct text_owner *owner, struct term *term) {
    uint64_t numbers[5];
    if (read_numbers(text, "#Port<", owner, numbers) != 1) {
        return false;
    }
    struct term_port *port = arena_take(arena, 1, sizeof *port);
    *port = (struct term_port){
            .node = arena_copy(arena, owner->node), .id = numbers[0], .creation = owner->creation};
    *term = (struct term){.type = TERM_PORT, .port = port};
    return true;
}

bool text_reference(struct arena *arena, struct str text, const char *opening,
        const struct text_owner *owner, struct term *term) {
    uint64_t numbers[5];
    uint32_t count = read_numbers(text, opening, owner, numbers);
    if (count == 0) {
        return false;
    }
    struct term_reference *reference = arena_take_zeroed(arena, 1, sizeof *reference);
    reference->node = arena_copy(arena, owner->node);
    reference->creation = owner->creation;
    reference->count = count;
    for (uint32_t i = 0; i < count; i++) {
        if (numbers[i] > UINT32_MAX) {
            return false;
        }
        reference->words[count - 1 - i] = (uint32_t)numbers[i];
    }
    *term = (struct term){.type = TERM_REFERENCE, .reference = reference};
    return true;
}
