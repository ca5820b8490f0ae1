// Each distinct text once: names, labels and functions of processes are kept as 32-bit ids. A text
// lives as long as somebody holds a reference to it; 0 is no text.
#ifndef WHITEBEAM_BASE_INTERN_H
#define WHITEBEAM_BASE_INTERN_H

#include "base/str.h"

struct intern;

// `ignored` is a beginning that does not count in the order of texts (may be empty); borrowed.
struct intern *intern_create(const char *ignored);
void intern_destroy(struct intern *intern);

// The id of the text, with one more reference. Empty text gives 0.
uint32_t intern_add(struct intern *intern, struct str text);
// One more reference to an id; returns it. 0 stays 0.
uint32_t intern_keep(struct intern *intern, uint32_t id);
// One reference less; the last one frees the text and its id.
void intern_drop(struct intern *intern, uint32_t id);
// The id of the text if it is there, else 0; no reference is taken.
uint32_t intern_find(const struct intern *intern, struct str text);

// Borrowed until the id is dropped; ends with a NUL. Empty for 0.
struct str intern_text(const struct intern *intern, uint32_t id);
// True if the text needs no escapes in JSON: printable ASCII without quote and backslash.
bool intern_is_plain(const struct intern *intern, uint32_t id);

// One more than the greatest id ever given: the size of arrays indexed by id.
uint32_t intern_limit(const struct intern *intern);

// For each id below intern_limit its place in the ascending order of all texts. Sorted again only
// when texts have come since; valid until the next intern_add. An id that is free has any place.
const uint32_t *intern_ranks(struct intern *intern);

#endif
