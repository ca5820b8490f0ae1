// A tidy tree. Subtrees are placed from the leaves up; each keeps its upper and its lower outline.
//
// An outline is a list of steps from left to right: up to `end`, it is at one height. Heights are
// relative to the step before, so that a subtree moves, and the rest of a longer outline is taken
// over, by changing one number. Placing a subtree below its siblings walks along the lower outline
// of those and its own upper one until the shorter ends; what was walked is covered and never
// walked again. That makes the time linear.
#include "insight/graph_layout.h"

#include "base/must.h"

#define NO_STEP UINT32_MAX

struct step {
    double end;    // x
    double rise;   // y minus that of the step before; of the first step: minus the frame's
    uint32_t next; // to the right, or NO_STEP
};

struct outline {
    uint32_t first, last;
    double last_y; // of the last step, in the frame
};

// A frame is a y that several things are measured from: a subtree's is the top of its root.
struct subtree {
    struct outline upper, lower;
    double offset; // of its frame in its parent's
    // How far it moves when its siblings are spread out, as differences: see spread().
    double shift, change;
};

// A sibling whose lower outline can still be met, and how far to the right it reaches.
struct reach {
    double end;
    uint32_t sibling; // item
};

struct layout {
    struct layout_item *items;
    struct subtree *subtrees;
    struct step *upper; // by item: an item's own steps begin the outlines of its subtree
    struct step *lower;
    struct reach *reaches; // a stack, the nearest on top: ends grow downwards
    size_t reach_count;
    const struct layout_gaps *gaps;
};

// ---- placing siblings ------------------------------------------------------------------------

// Sibling `item` moves by `distance`, pushed away by `owner`, which is not the one before it: those
// between share the way, each in proportion to its place.
static void spread(struct layout *layout, uint32_t owner, uint32_t item, double distance) {
    double share = distance / (item - owner);
    layout->subtrees[owner + 1].shift += share;
    layout->subtrees[item].shift -= share;
    layout->subtrees[item].change -= distance - share;
}

// A walk along two outlines at once.
struct walk {
    uint32_t above, below;   // steps
    double above_y, below_y; // their heights, both in the frame of the siblings
};

// Moves the subtree down until its upper outline keeps away from the lower one of those above it.
// *walk ends where the shorter one did.
static void separate(
        struct layout *layout, const struct outline *above, uint32_t item, struct walk *walk) {
    struct subtree *subtree = &layout->subtrees[item];
    const struct step *upper = layout->upper;
    const struct step *lower = layout->lower;
    size_t owner = layout->reach_count;
    double gap = layout->gaps->siblings;
    *walk = (struct walk){above->first, subtree->upper.first, 0.0, 0.0};
    walk->above_y = lower[walk->above].rise;
    walk->below_y = upper[walk->below].rise + subtree->offset;
    while (walk->above != NO_STEP && walk->below != NO_STEP) {
        double above_end = lower[walk->above].end;
        double below_end = upper[walk->below].end;
        while (above_end > layout->reaches[owner - 1].end) {
            owner--;
        }
        double push = walk->above_y + gap - walk->below_y;
        if (push > 0.0) {
            subtree->offset += push;
            walk->below_y += push;
            spread(layout, layout->reaches[owner - 1].sibling, item, push);
        }
        gap = layout->gaps->subtrees; // the first steps are the siblings themselves
        if (above_end <= below_end) {
            walk->above = lower[walk->above].next;
            walk->above_y += walk->above != NO_STEP ? lower[walk->above].rise : 0.0;
        }
        if (below_end <= above_end) {
            walk->below = upper[walk->below].next;
            walk->below_y += walk->below != NO_STEP ? upper[walk->below].rise : 0.0;
        }
    }
}

// `whole` continues, after its end, with the rest of a longer outline that begins with step `rest`
// at height `rest_y`, and whose last height is `last_y`; all in one frame.
static void extend(struct outline *whole, struct step *steps, uint32_t rest, double rest_y,
        uint32_t last, double last_y) {
    steps[rest].rise = rest_y - whole->last_y;
    steps[whole->last].next = rest;
    whole->last = last;
    whole->last_y = last_y;
}

static void move_outline(struct outline *outline, struct step *steps, double distance) {
    steps[outline->first].rise += distance;
    outline->last_y += distance;
}

// Both outlines reach equally far, and their last steps end there.
static double end_of(const struct layout *layout, const struct subtree *subtree) {
    return layout->lower[subtree->lower.last].end;
}

static void push_reach(struct layout *layout, uint32_t item) {
    double end = end_of(layout, &layout->subtrees[item]);
    while (layout->reach_count > 0 && layout->reaches[layout->reach_count - 1].end <= end) {
        layout->reach_count--;
    }
    layout->reaches[layout->reach_count++] = (struct reach){end, item};
}

// Places child `item` below those before it, whose common outlines are *group's.
static void add_sibling(struct layout *layout, struct subtree *group, uint32_t item) {
    struct subtree *subtree = &layout->subtrees[item];
    struct walk walk;
    subtree->offset = layout->subtrees[item - 1].offset;
    separate(layout, &group->lower, item, &walk);
    struct outline upper = subtree->upper;
    struct outline lower = subtree->lower;
    move_outline(&upper, layout->upper, subtree->offset);
    move_outline(&lower, layout->lower, subtree->offset);
    if (walk.below != NO_STEP) {
        // walk.below_y is in the frame, though the step's own rise has just been changed if it is
        // the first: extend() sets that anew.
        extend(&group->upper, layout->upper, walk.below, walk.below_y, upper.last, upper.last_y);
    } else if (walk.above != NO_STEP) {
        extend(&lower, layout->lower, walk.above, walk.above_y, group->lower.last,
                group->lower.last_y);
    }
    group->lower = lower;
    push_reach(layout, item);
}

// ---- whole trees -----------------------------------------------------------------------------

// The offsets of children, with what spread() noted: shift is the second difference of how far each
// moves, change corrects the one that pushed.
static void move_spread(struct layout *layout, const struct layout_item *parent) {
    double step = 0.0;
    double moved = 0.0;
    for (uint32_t i = parent->first; i < parent->first + parent->count; i++) {
        struct subtree *child = &layout->subtrees[i];
        step += child->shift;
        moved += step + child->change;
        child->offset += moved;
    }
}

static void place_leaf(struct layout *layout, uint32_t item) {
    const struct layout_item *leaf = &layout->items[item];
    struct subtree *subtree = &layout->subtrees[item];
    double end = leaf->x + leaf->width + layout->gaps->subtrees; // nothing touches its right side
    layout->upper[item] = (struct step){end, 0.0, NO_STEP};
    layout->lower[item] = (struct step){end, leaf->height, NO_STEP};
    subtree->upper = (struct outline){item, item, 0.0};
    subtree->lower = (struct outline){item, item, leaf->height};
}

// Puts the parent at the middle of its first and its last child; its own steps go before the
// outlines of its children, whose frame was that of the first child.
static void place_parent(struct layout *layout, uint32_t item) {
    const struct layout_item *parent = &layout->items[item];
    struct subtree *own = &layout->subtrees[item];
    uint32_t last = parent->first + parent->count - 1;
    double middle = (layout->subtrees[last].offset + layout->items[last].height) / 2.0;
    double top = middle - parent->height / 2.0;
    move_spread(layout, parent);
    for (uint32_t i = parent->first; i <= last; i++) {
        layout->subtrees[i].offset -= top;
    }
    double end = layout->items[parent->first].x;
    move_outline(&own->upper, layout->upper, -top);
    move_outline(&own->lower, layout->lower, -top);
    layout->upper[item] = (struct step){end, 0.0, own->upper.first};
    layout->lower[item] = (struct step){end, parent->height, own->lower.first};
    layout->lower[own->lower.first].rise -= parent->height; // it was measured from the frame
    own->upper.first = own->lower.first = item;
}

static void place(struct layout *layout, uint32_t item) {
    const struct layout_item *parent = &layout->items[item];
    if (parent->count == 0) {
        place_leaf(layout, item);
        return;
    }
    struct subtree *own = &layout->subtrees[item];
    own->upper = layout->subtrees[parent->first].upper;
    own->lower = layout->subtrees[parent->first].lower;
    layout->reach_count = 0;
    push_reach(layout, parent->first);
    for (uint32_t i = parent->first + 1; i < parent->first + parent->count; i++) {
        add_sibling(layout, own, i);
    }
    place_parent(layout, item);
}

static void find_x(struct layout *layout, size_t count) {
    layout->items[0].x = 0.0;
    size_t next = 1;
    for (size_t i = 0; i < count; i++) {
        const struct layout_item *parent = &layout->items[i];
        must(parent->count == 0 || parent->first == next);
        for (uint32_t j = 0; j < parent->count; j++, next++) {
            layout->items[next].x = parent->x + parent->width + layout->gaps->parent;
        }
    }
    must(next == count);
}

static void find_y(struct layout *layout, size_t count, double *width, double *height) {
    struct layout_item *items = layout->items;
    double least = 0.0;
    items[0].y = 0.0;
    for (size_t i = 0; i < count; i++) {
        for (uint32_t j = items[i].first; j < items[i].first + items[i].count; j++) {
            items[j].y = items[i].y + layout->subtrees[j].offset;
        }
        least = items[i].y < least ? items[i].y : least;
    }
    *width = *height = 0.0;
    for (size_t i = 0; i < count; i++) {
        items[i].y -= least;
        double right = items[i].x + items[i].width;
        double bottom = items[i].y + items[i].height;
        *width = right > *width ? right : *width;
        *height = bottom > *height ? bottom : *height;
    }
}

void layout_tree(struct arena *arena, struct layout_item *items, size_t count,
        const struct layout_gaps *gaps, double *width, double *height) {
    must(count > 0 && count < NO_STEP);
    struct layout layout = {
            .items = items,
            .subtrees = arena_take_zeroed(arena, count, sizeof *layout.subtrees),
            .upper = arena_take(arena, count, sizeof *layout.upper),
            .lower = arena_take(arena, count, sizeof *layout.lower),
            .reaches = arena_take(arena, count, sizeof *layout.reaches),
            .gaps = gaps,
    };
    find_x(&layout, count);
    for (uint32_t i = (uint32_t)count; i-- > 0;) {
        place(&layout, i);
    }
    find_y(&layout, count, width, height);
}
