// Erlang's order of map keys. Only for terms that came from JSON or other text: it is recursive,
// and their depth is limited.
#ifndef WHITEBEAM_TERM_ORDER_H
#define WHITEBEAM_TERM_ORDER_H

#include "term/term.h"

// Below, at or above zero. Integers come before floats, as among map keys; maps inside must have
// been sorted with order_sort_pairs; pids, ports and references compare by their fields.
int order_compare(const struct term *a, const struct term *b);

// Sorts the pairs of a map by key. False if two keys are equal, which no Erlang node accepts.
bool order_sort_pairs(struct term *items, uint32_t pairs);

#endif
