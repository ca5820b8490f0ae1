// The one lossless mapping between Erlang terms and JSON (docs/terms.md has it for users).
//
//   integers within ±2^53, floats        numbers (a float always has a point or an exponent)
//   larger integers                      {"$int": "123…"}, very large ones {"$int": "0x1F…"}
//   true, false, nil                     true, false, null
//   other atoms                          {"$atom": "ok"}
//   binaries that are UTF-8              strings; others {"$binary": "base64"}
//   bit strings                          {"$bits": "base64", "size": bits}
//   proper lists                         arrays; improper {"$improper": [head…, tail]}
//   tuples                               {"$tuple": [...]}
//   maps with only atom keys             objects; structs have "$struct": "Foo.Bar"
//   other maps, and maps with an atom key that begins with "$" or holds NUL
//                                        {"$map": [[key, value], …]}
//   pids, references, ports, funs        {"$pid": "#PID<…>"}, {"$ref": …}, {"$port": …},
//                                        {"$fun": …}; "node" and "creation" beside those of
//                                        another node than the one that is asked
//   what a limit cut off                 {"$cut": elements left out}, as the last element of an
//                                        array; "$cut" as a member of an object; for a binary
//                                        {"$text" or "$binary": beginning, "$cut": bytes left out}
#ifndef WHITEBEAM_TERM_JSON_H
#define WHITEBEAM_TERM_JSON_H

#include "base/error.h"
#include "term/print.h"
#include "term/term.h"

// Appends the term as JSON. `limits` works as in print_term, with "$cut" where something is left
// out. Returns false if anything was cut.
bool json_from_term(struct buffer *out, const struct term *term, struct str node,
        const struct print_limits *limits);

// Reads JSON text into a term. Maps are sorted as small maps are, and a key twice is an error:
// nodes close the connection over such a map. Atoms are only named here, never created: the agent
// looks them up on the node. `{"$pid": …}` becomes a pid of `node` with `creation`. {"$fun": …} and
// {"$cut": …} cannot be read back. Depth counts lists, tuples and maps, not brackets.
// Errors: ERROR_INVALID_JSON with the line and column, ERROR_INVALID_TERM for a "$…" object of the
// wrong form, both with details; more than LIMIT_JSON_TERM_BYTES or LIMIT_JSON_TERM_DEPTH is
// ERROR_INVALID_JSON too.
bool json_to_term(struct arena *arena, struct str json, struct str node, uint32_t creation,
        struct term *term, struct error *error);

#endif
