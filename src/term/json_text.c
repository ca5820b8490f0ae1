// Integers, atom names and identities from their text in JSON.
#include "term/json_parts.h"

#include "limits.h"
#include "term/decoder.h"
#include "term/print.h"

// ---- Integers --------------------------------------------------------------------------------

// The value of a digit, or 16.
static uint32_t digit_value(char c) {
    return c >= '0' && c <= '9'   ? (uint32_t)(c - '0')
           : c >= 'a' && c <= 'f' ? (uint32_t)(c - 'a' + 10)
           : c >= 'A' && c <= 'F' ? (uint32_t)(c - 'A' + 10)
                                  : 16;
}

static bool has_digits(struct str text, uint32_t base) {
    for (size_t i = 0; i < text.length; i++) {
        if (digit_value(text.at[i]) >= base) {
            return false;
        }
    }
    return text.length > 0;
}

static struct str from_hexadecimal(struct arena *arena, struct str text) {
    size_t length = (text.length + 1) / 2;
    char *bytes = arena_take_zeroed(arena, length, 1);
    for (size_t i = 0; i < text.length; i++) {
        uint32_t value = digit_value(text.at[text.length - 1 - i]);
        bytes[i / 2] = (char)((uint8_t)bytes[i / 2] | value << (i % 2 * 4));
    }
    return (struct str){bytes, length};
}

// Multiplies and adds digit by digit; quadratic, which is why its length is limited.
static struct str from_decimal(struct arena *arena, struct str text) {
    size_t length = text.length / 2 + 1; // a byte is more than two digits
    uint8_t *bytes = arena_take_zeroed(arena, length, 1);
    size_t used = 0;
    for (size_t i = 0; i < text.length; i++) {
        uint32_t carry = digit_value(text.at[i]);
        for (size_t j = 0; j < used; j++) {
            carry += bytes[j] * 10u;
            bytes[j] = (uint8_t)carry;
            carry >>= 8;
        }
        if (carry > 0) {
            bytes[used++] = (uint8_t)carry;
        }
    }
    return (struct str){(const char *)bytes, used};
}

bool json_read_integer(struct arena *arena, struct str text, struct term *term) {
    bool negative = str_starts(text, "-");
    if (negative) {
        text = (struct str){text.at + 1, text.length - 1};
    }
    if (str_starts(text, "0x")) {
        text = (struct str){text.at + 2, text.length - 2};
        if (!has_digits(text, 16) || text.length / 2 >= LIMIT_BIGNUM_BYTES) {
            return false;
        }
        *term = decoder_big(from_hexadecimal(arena, text), negative);
        return true;
    }
    // A byte is less than two and a half digits.
    if (!has_digits(text, 10) || text.length > LIMIT_BIGNUM_DECIMAL / 2 * 5) {
        return false;
    }
    *term = decoder_big(from_decimal(arena, text), negative);
    return true;
}

// ---- Atoms -----------------------------------------------------------------------------------

bool json_read_atom(struct arena *arena, struct str text, struct term *term) {
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
        uint32_t digit = digit_value(text->at[count]);
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
static uint32_t read_numbers(struct str text, const char *opening, const struct json_owner *owner,
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

bool json_read_pid(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term) {
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

bool json_read_port(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term) {
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

bool json_read_reference(
        struct arena *arena, struct str text, const struct json_owner *owner, struct term *term) {
    uint64_t numbers[5];
    uint32_t count = read_numbers(text, "#Reference<", owner, numbers);
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
