// The atoms in a term.
#ifndef WHITEBEAM_TERM_ATOMS_H
#define WHITEBEAM_TERM_ATOMS_H

#include "term/term.h"

// The names of all atoms in the term, each once, in the order of bytes; among them those that funs
// and references of modules name. The texts are the term's own.
const struct str *term_atoms(struct arena *arena, const struct term *term, size_t *count);

#endif
