// Which of some things were moved, if their order is another than before.
#ifndef WHITEBEAM_INSIGHT_TREE_ORDER_H
#define WHITEBEAM_INSIGHT_TREE_ORDER_H

#include "base/arena.h"

#define TREE_ORDER_NONE UINT32_MAX

// For each thing, by its place now, whether it was moved. before[i] is the place that the thing at
// place i had, TREE_ORDER_NONE for a new one, which was not moved. As few as possible were: the
// others are a longest subsequence whose places grow. Takes count * log(count) steps.
bool *tree_order_moved(struct arena *arena, const uint32_t *before, size_t count);

#endif
