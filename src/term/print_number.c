// Numbers and identities as inspect/2 writes them.
#include "limits.h"
#include "term/print_parts.h"

#include "base/memory.h"
#include "base/must.h"

#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

// ---- Floats ----------------------------------------------------------------------------------

// value = 0.d1d2d3… × 10^point, digits without zeros at the end.
struct decimal {
    char digits[20];
    int count;
    int point;
};

// Adds one to the last digit. "999" becomes "1000", which is ten times a longer number; the point
// moves along.
static void decimal_increment(struct decimal *decimal) {
    int at = decimal->count - 1;
    while (at >= 0 && decimal->digits[at] == '9') {
        decimal->digits[at--] = '0';
    }
    if (at >= 0) {
        decimal->digits[at]++;
    } else {
        decimal->digits[0] = '1';
        decimal->point++;
    }
}

static bool decimal_is(const struct decimal *decimal, double value) {
    char text[40];
    snprintf(text, sizeof text, "0.%.*se%d", decimal->count, decimal->digits, decimal->point);
    return strtod(text, NULL) == value;
}

static void decimal_round(struct decimal *decimal, double value, int count) {
    char text[40];
    snprintf(text, sizeof text, "%.*e", count - 1, value);
    decimal->digits[0] = text[0];
    if (count > 1) {
        memcpy(decimal->digits + 1, text + 2, (size_t)count - 1);
    }
    decimal->count = count;
    decimal->point = 1 + atoi(strchr(text, 'e') + 1);
}

// The fewest digits that read back as value (> 0), and of those the closest. A shorter form than
// 15 digits shows as zeros at the end of 15; subnormals, which carry fewer, are searched from one.
static void decimal_shortest(struct decimal *decimal, double value) {
    for (int count = value < DBL_MIN ? 1 : 15; count <= 17; count++) {
        decimal_round(decimal, value, count);
        if (decimal_is(decimal, value)) {
            break;
        }
        // Above a power of two the next double is twice as far as below it: the neighbour upwards
        // may read back although the nearest text does not.
        decimal_increment(decimal);
        if (decimal_is(decimal, value)) {
            break;
        }
    }
    while (decimal->count > 1 && decimal->digits[decimal->count - 1] == '0') {
        decimal->count--;
    }
}

static void add_zeros(struct buffer *out, int count) {
    for (int i = 0; i < count; i++) {
        buffer_add_u8(out, '0');
    }
}

void print_float(struct buffer *out, double number) {
    if (signbit(number)) {
        buffer_add_u8(out, '-');
    }
    double value = fabs(number);
    if (value == 0) {
        buffer_add_text(out, "0.0");
        return;
    }
    // Elixir writes whole numbers below 1.0e16 in full; otherwise Erlang chooses the shorter of
    // the two notations.
    struct decimal decimal;
    decimal_shortest(&decimal, value);
    int count = decimal.count;
    int point = decimal.point;
    char exponent[8];
    int exponent_length = snprintf(exponent, sizeof exponent, "%d", point - 1);
    int exponent_cost = exponent_length + 1 + (count == 1 ? 2 : 1);
    bool whole = value >= 1.0 && value < 1.0e16 && trunc(value) == value;
    if (point > 0 && point < count) {
        buffer_printf(
                out, "%.*s.%.*s", point, decimal.digits, count - point, decimal.digits + point);
    } else if (whole) {
        buffer_add(out, decimal.digits, (size_t)count);
        add_zeros(out, point - count);
        buffer_add_text(out, ".0");
    } else if (point <= 0 && 2 - point <= exponent_cost) {
        buffer_add_text(out, "0.");
        add_zeros(out, -point);
        buffer_add(out, decimal.digits, (size_t)count);
    } else {
        buffer_printf(out, "%c.%.*se%s", decimal.digits[0], count > 1 ? count - 1 : 1,
                count > 1 ? decimal.digits + 1 : "0", exponent);
    }
}

// ---- Large integers --------------------------------------------------------------------------

static void add_hexadecimal(struct buffer *out, struct str digits) {
    static const char hex[] = "0123456789ABCDEF";
    buffer_add_text(out, "0x");
    bool started = false;
    for (size_t i = digits.length; i > 0; i--) {
        uint8_t byte = (uint8_t)digits.at[i - 1];
        if (started || byte >= 16) {
            buffer_add_u8(out, (uint8_t)hex[byte >> 4]);
        }
        buffer_add_u8(out, (uint8_t)hex[byte & 15]);
        started = true;
    }
}

// Divides by 10^9 over and over: quadratic, which is why long integers are hexadecimal.
static void add_decimal(struct buffer *out, struct str digits) {
    size_t limbs = (digits.length + 3) / 4;
    uint32_t *number = memory_new(limbs, sizeof *number);
    for (size_t i = 0; i < digits.length; i++) {
        number[i / 4] |= (uint32_t)(uint8_t)digits.at[i] << (i % 4 * 8);
    }
    // 32 bits are 9.64 digits: less than two groups of nine, and one group for the rest.
    size_t room = 2 * limbs + 1;
    uint32_t *groups = memory_new(room, sizeof *groups);
    size_t count = 0;
    while (limbs > 0) {
        uint64_t rest = 0;
        for (size_t i = limbs; i > 0; i--) {
            rest = rest << 32 | number[i - 1];
            number[i - 1] = (uint32_t)(rest / 1000000000u);
            rest %= 1000000000u;
        }
        must(count < room);
        groups[count++] = (uint32_t)rest;
        while (limbs > 0 && number[limbs - 1] == 0) {
            limbs--;
        }
    }
    buffer_printf(out, "%u", count > 0 ? groups[count - 1] : 0);
    for (size_t i = count; i > 1; i--) {
        buffer_printf(out, "%09u", groups[i - 2]);
    }
    free(groups);
    free(number);
}

void print_big(struct buffer *out, struct str digits, bool negative) {
    if (negative) {
        buffer_add_u8(out, '-');
    }
    if (digits.length > LIMIT_BIGNUM_DECIMAL) {
        add_hexadecimal(out, digits);
    } else {
        add_decimal(out, digits);
    }
}

// ---- Identities ------------------------------------------------------------------------------

// What stands before the first point: 0 for the node itself, the name for another one.
static void add_node(struct buffer *out, struct str owner, struct str node) {
    if (node.length == 0 || str_equal(owner, node)) {
        buffer_add_u8(out, '0');
    } else {
        buffer_add_str(out, owner);
    }
}

static void add_fun(struct buffer *out, const struct term_fun *fun) {
    buffer_printf(
            out, "#Function<%u.%lld/%u in ", fun->index, (long long)fun->old_unique, fun->arity);
    print_atom(out, fun->module);
    buffer_add_u8(out, '>');
}

void print_identity(struct buffer *out, const struct term *term, struct str node) {
    if (term->type == TERM_PID) {
        buffer_add_text(out, "#PID<");
        add_node(out, term->pid->node, node);
        buffer_printf(out, ".%u.%u>", term->pid->id, term->pid->serial);
    } else if (term->type == TERM_PORT) {
        buffer_add_text(out, "#Port<");
        add_node(out, term->port->node, node);
        buffer_printf(out, ".%llu>", (unsigned long long)term->port->id);
    } else if (term->type == TERM_REFERENCE) {
        // The last word on the wire is the first one shown.
        buffer_add_text(out, "#Reference<");
        add_node(out, term->reference->node, node);
        for (uint32_t i = term->reference->count; i > 0; i--) {
            buffer_printf(out, ".%u", term->reference->words[i - 1]);
        }
        buffer_add_u8(out, '>');
    } else if (term->type == TERM_FUN) {
        add_fun(out, term->fun);
    } else {
        must(term->type == TERM_EXPORT);
        buffer_add_u8(out, '&');
        print_atom(out, term->fun->module);
        buffer_add_u8(out, '.');
        print_function(out, term->fun->function);
        buffer_printf(out, "/%u", term->fun->arity);
    }
}

void print_pid(struct buffer *out, uint32_t id, uint32_t serial) {
    buffer_printf(out, "#PID<0.%u.%u>", id, serial);
}

// Takes a decimal number of at most 32 bits from the front.
static bool take_number(struct str *text, uint32_t *number) {
    size_t count = 0;
    uint64_t value = 0;
    while (count < text->length && count < 10 && text->at[count] >= '0' && text->at[count] <= '9') {
        value = value * 10 + (uint64_t)(text->at[count] - '0');
        count++;
    }
    if (count == 0 || value > UINT32_MAX) {
        return false;
    }
    text->at += count;
    text->length -= count;
    *number = (uint32_t)value;
    return true;
}

static bool take_text(struct str *text, const char *expected) {
    if (!str_starts(*text, expected)) {
        return false;
    }
    text->at += strlen(expected);
    text->length -= strlen(expected);
    return true;
}

bool print_read_pid(struct str text, uint32_t *id, uint32_t *serial) {
    uint32_t numbers[2];
    bool bracket = take_text(&text, "#PID<") || take_text(&text, "<");
    if (!take_text(&text, "0.") || !take_number(&text, &numbers[0]) || !take_text(&text, ".") ||
            !take_number(&text, &numbers[1])) {
        return false;
    }
    if ((bracket && !take_text(&text, ">")) || text.length > 0) {
        return false;
    }
    *id = numbers[0];
    *serial = numbers[1];
    return true;
}
