// Terms as text for people, in the syntax of Elixir's inspect/2.
#ifndef WHITEBEAM_TERM_PRINT_H
#define WHITEBEAM_TERM_PRINT_H

#include "base/buffer.h"
#include "term/term.h"

struct print_limits {
    uint32_t width; // elements shown of each list, tuple or map; binaries: 64 bytes for each
    uint32_t depth; // nesting shown; deeper parts become ...
    size_t bytes;   // of text in all; what is longer ends with ...
};

extern const struct print_limits print_default; // 50, 12, 64 KB

// Appends the term as inspect/2 writes it: atoms :ok, true, nil, Foo.Bar (for 'Elixir.Foo.Bar'),
// :"two words"; strings "…" with escapes, other binaries <<1, 2>>, bit strings <<1, 3::size(2)>>;
// lists [1, 2 | 3], keyword lists [a: 1], charlists as 'abc' when every element is printable and
// the list is not empty; tuples {1, 2}; maps %{a: 1}, %{"k" => 1}; structs %Foo{a: 1};
// #PID<0.1.0> for local pids, #PID<node@host.1.0> for pids of a node other than `node`;
// #Port<0.5>; #Reference<0.3.2.1>; #Function<3.123/1 in Mod>; &Mod.fun/1 and &:mod.fun/1.
// `node` is the name of the node the term came from (may be empty: then all pids are its own).
// Unlike inspect/2: fields of structs come in the order received; Range, Date and the like are
// plain structs; atoms with letters that are neither Latin, kana nor common ideographs are quoted;
// integers over LIMIT_BIGNUM_DECIMAL are hexadecimal.
void print_term(struct buffer *out, const struct term *term, struct str node,
        const struct print_limits *limits);

// An atom as inspect/2 writes it.
void print_atom(struct buffer *out, struct str name);

// A pid as everywhere in the API: #PID<0.123.0>.
void print_pid(struct buffer *out, uint32_t id, uint32_t serial);

// Reads #PID<0.123.0>, <0.123.0> or 0.123.0. Only pids of the node itself: the first number is 0.
// False if the text has another form or a number does not fit (id 28 bits before OTP 26, now 32).
bool print_read_pid(struct str text, uint32_t *id, uint32_t *serial);

#endif
