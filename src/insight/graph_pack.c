// Packing by skyline: the lower edge of what is placed is a row of plateaus, and a box goes on the
// plateau, or across neighbouring ones, where it is highest up.
#include "insight/graph_pack.h"

#include "base/must.h"

#include <math.h>

struct plateau {
    double x, y; // it goes from x to the next one's x
};

struct skyline {
    struct plateau *at; // the last one is no plateau but the right edge of the sheet
    size_t count;
    double limit;
};

// How low a box of this width must begin if its left side is that of plateau i; infinite if it does
// not fit there.
static double level(const struct skyline *skyline, size_t i, double width) {
    double right = skyline->at[i].x + width;
    if (right > skyline->limit) {
        return INFINITY;
    }
    double y = 0.0;
    for (; skyline->at[i].x < right; i++) {
        y = skyline->at[i].y > y ? skyline->at[i].y : y;
    }
    return y;
}

// A box covers the skyline from plateau i to `right`: it is a plateau itself now. Of the last one
// under it, what is right of the box stays.
static void cover(struct skyline *skyline, size_t i, double right, double bottom) {
    size_t last = i;
    while (skyline->at[last + 1].x < right) {
        last++;
    }
    bool rest = skyline->at[last + 1].x > right;
    struct plateau remaining = {right, skyline->at[last].y};
    size_t kept = skyline->count - (last + 1);
    size_t to = rest ? i + 2 : i + 1;
    memmove(&skyline->at[to], &skyline->at[last + 1], kept * sizeof *skyline->at);
    skyline->at[i].y = bottom;
    if (rest) {
        skyline->at[i + 1] = remaining;
    }
    skyline->count = to + kept;
}

static void pack_one(struct skyline *skyline, struct pack_box *box, double gap) {
    size_t best = 0;
    double best_y = INFINITY;
    for (size_t i = 0; i + 1 < skyline->count; i++) {
        double y = level(skyline, i, box->width + gap);
        if (y < best_y) {
            best = i;
            best_y = y;
        }
    }
    must(best_y < INFINITY); // at the left edge everything fits
    box->x = skyline->at[best].x;
    box->y = best_y;
    cover(skyline, best, box->x + box->width + gap, best_y + box->height + gap);
}

// Packs onto a sheet of that width, and measures what is covered.
static void pack_all(struct arena *arena, struct pack_box *boxes, size_t count, double limit,
        struct pack_sheet *sheet) {
    // A box adds at most one plateau.
    struct skyline skyline = {
            .at = arena_take(arena, count + 2, sizeof *skyline.at), .count = 2, .limit = limit};
    skyline.at[0] = (struct plateau){0.0, 0.0};
    skyline.at[1] = (struct plateau){limit, 0.0};
    sheet->width = sheet->height = 0.0;
    for (size_t i = 0; i < count; i++) {
        pack_one(&skyline, &boxes[i], sheet->gap);
        sheet->width = fmax(sheet->width, boxes[i].x + boxes[i].width);
        sheet->height = fmax(sheet->height, boxes[i].y + boxes[i].height);
    }
}

void pack_boxes(
        struct arena *arena, struct pack_box *boxes, size_t count, struct pack_sheet *sheet) {
    static const double tried[] = {0.8, 1.0, 1.15, 1.3, 1.5, 1.8};
    double area = 0.0;
    double least = sheet->least_width;
    for (size_t i = 0; i < count; i++) {
        area += (boxes[i].width + sheet->gap) * (boxes[i].height + sheet->gap);
        least = fmax(least, boxes[i].width + sheet->gap);
    }
    // The best sheet is the one that is shown largest on a screen of the wanted form.
    double best = least;
    double best_size = INFINITY;
    for (size_t i = 0; i < sizeof tried / sizeof tried[0]; i++) {
        double limit = fmax(least, ceil(sqrt(area * sheet->aspect) * tried[i]));
        pack_all(arena, boxes, count, limit, sheet);
        double size = fmax(sheet->width, sheet->height * sheet->aspect);
        if (size < best_size) {
            best = limit;
            best_size = size;
        }
    }
    pack_all(arena, boxes, count, best, sheet);
}
