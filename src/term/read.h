// Terms as people write them: Elixir and Erlang syntax, read into terms. Literals only; nothing is
// evaluated. Atoms are only named here, never created: the agent looks them up on the node. Nothing
// of the text is borrowed.
#ifndef WHITEBEAM_TERM_READ_H
#define WHITEBEAM_TERM_READ_H

#include "base/error.h"
#include "term/term.h"

// Elixir: integers (1_000, 0x1F, 0o17, 0b1, ?a), floats, :atom, :"quoted", true, false, nil,
// aliases (Foo.Bar is the atom Elixir.Foo.Bar), a bare lower-case word (an atom, as in the API's
// `"message": "get_count"`), "strings" and heredocs without interpolation, 'charlists', ~c ~s ~S ~w
// sigils without interpolation, <<1, 2::size(3), "text">>, lists, improper lists [a | b], keyword
// lists (also as the last elements of a list or tuple, without brackets), tuples, maps %{…} of both
// forms, structs %Foo{…} (a map with __struct__), ranges as the struct Range, #PID<0.1.0>,
// #Reference<…>, #Port<…>, comments from # to the end of the line.
// Pids are of `node` with `creation` (node as in term_pid). Anything else is an error.
// Errors: ERROR_INVALID_TERM_TEXT with a message that says what was expected and what stands there,
// and the details line, column (from 1, in characters), and near (up to 20 characters from there).
// More than LIMIT_TERM_TEXT_BYTES or LIMIT_TERM_TEXT_DEPTH is that error too, as is a map with the
// same key twice and an atom over LIMIT_ATOM_CHARACTERS.
bool read_elixir(struct arena *arena, struct str text, struct str node, uint32_t creation,
        struct term *term, struct error *error);

// Erlang: integers (16#1F, 1_000, $a), floats, atoms and 'quoted atoms', "strings" (lists of code
// points), adjacent strings joined, <<…>> with integers, sizes and "text"/utf8, lists, improper
// lists, tuples, maps #{k => v}, <0.1.0>, #Ref<…>, #Port<…>, % comments, an optional full stop at
// the end.
bool read_erlang(struct arena *arena, struct str text, struct str node, uint32_t creation,
        struct term *term, struct error *error);

#endif
