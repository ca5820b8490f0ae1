// The longest increasing subsequence, by patience sorting (Fredman, "On computing the length of
// longest increasing subsequences", 1975).
#include "insight/tree_order.h"

bool *tree_order_moved(struct arena *arena, const uint32_t *before, size_t count) {
    bool *moved = arena_take_zeroed(arena, count, sizeof *moved);
    uint32_t *ends = arena_take(arena, count, sizeof *ends);   // of the best run of each length
    uint32_t *links = arena_take(arena, count, sizeof *links); // who comes before in its run
    size_t length = 0;
    for (uint32_t i = 0; i < count; i++) {
        if (before[i] == TREE_ORDER_NONE) {
            continue;
        }
        moved[i] = true;
        size_t low = 0;
        size_t high = length;
        while (low < high) {
            size_t middle = (low + high) / 2;
            if (before[ends[middle]] < before[i]) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        links[i] = low > 0 ? ends[low - 1] : TREE_ORDER_NONE;
        ends[low] = i;
        length = low == length ? length + 1 : length;
    }
    for (uint32_t i = length > 0 ? ends[length - 1] : TREE_ORDER_NONE; i != TREE_ORDER_NONE;
            i = links[i]) {
        moved[i] = false;
    }
    return moved;
}
