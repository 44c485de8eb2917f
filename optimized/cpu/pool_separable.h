/* pool_separable.h - maxima of windows in two steps: along each row of the image, then down those. Included
 * after pool_tile.h, whose words it uses, and two more: places_load, the ints of a vector, and places_max.
 *
 * Where windows overlap, a row of the image belongs to several rows of windows, and the maxima of S numbers
 * along it are the same for all of them: they are found once and kept, for as many rows as a window has. Of
 * equal numbers in a row the first stays, and then the first of the rows: the order in which a window is
 * read.
 *
 * A row is copied between numbers that are -infinity, so that no window hangs over an edge. It is copied
 * while the row before it is searched, and what is kept of a row is read back in the vectors in which it was
 * stored: a load that spans two stores has to wait until both have left the core. */

enum {
    ROWS_KEPT = 8,
    SLOTS = 240,           /* of a row, a number each: 8 rows lie at distances that 4 KiB does not divide */
    STRIP = SLOTS - WIDTH, /* windows of a row, at a time */
    AHEAD = 128,           /* of results: lines of memory are asked for before they are written */
    COPIED = 2 * SLOTS + ROWS_KEPT + WIDTH
};

struct kept_row {
    float most[SLOTS];
    int where[SLOTS];
};

/* Windows from..end-1 of each row, which begin `left` behind the row's first number; copy[k] is its number
 * left + k, those from `first` to last - 1 being in the row. */
struct strip {
    int from, end, left, first, last;
    float copy[2][COPIED];
};

VEC void begin_strip(const struct pool *v, int from, int end, struct strip *s)
{
    s->from = from, s->end = end, s->left = from * v->stride - v->pad;
    const int behind = (end - 1) * v->stride - v->pad + v->S;
    s->first = s->left < 0 ? -s->left : 0;
    s->last = (behind < v->W ? behind : v->W) - s->left;
    for (int k = 0; k < COPIED; k++) s->copy[0][k] = s->copy[1][k] = -INFINITY;
}

VEC void copy_row(struct strip *s, const float *row, float *to)
{
    const float *from = row + s->left;
    int k = s->first;
    for (; k + WIDTH <= s->last; k += WIDTH) vec_store(to + k, vec_load(from + k));
    for (; k < s->last; k++) to[k] = from[k];
}

/* Vector k of windows from..end-1; without masks the last one overlaps the one before it. */
VEC int window_of(int k, int from, int end)
{
    const int q = from + k * WIDTH;
    return HAS_MASKS || end - q >= WIDTH ? q : end - WIDTH;
}

/* kept = the largest of row h in each window of the strip; copy: of that row. In a window of numbers that are
 * all -infinity the first is one beyond the left edge: the row's first takes its place. */
VEC void maxima_of_row(const struct strip *s, int S, int stride, int W, int h, const float *copy,
                       struct kept_row *kept)
{
    const struct lanes all = lanes_of(WIDTH, stride);
    for (int slot = 0; slot < s->end - s->from; slot += WIDTH) {
        const int at = window_of(slot / WIDTH, 0, s->end - s->from) * stride, place = h * W + s->left + at;
        int *where = kept->where + slot;
        largest(1, S, stride, 0, all, copy + at, place, kept->most + slot, where);
        if (at + s->left < 0) places_store(where, all.out, places_max(places_load(where), places_all(h * W)));
    }
}

/* y, index (end - from) = the largest of the kept rows first..last-1, window by window */
VEC void maxima_of_rows(const struct kept_row *kept, int first, int last, int from, int end, float *y,
                        int *index)
{
    for (int slot = 0; slot < end - from; slot += WIDTH) {
        const int to = window_of(slot / WIDTH, 0, end - from);
        const struct lanes n = lanes_of(end - from - to, 1);
        __builtin_prefetch(y + to + AHEAD, 1); /* a hint, of no effect beyond the end */
        __builtin_prefetch(index + to + AHEAD, 1);
        vec most = vec_load(kept[first % ROWS_KEPT].most + slot);
        places where = places_load(kept[first % ROWS_KEPT].where + slot);
        for (int h = first + 1; h < last; h++) {
            const struct kept_row *row = &kept[h % ROWS_KEPT];
            const vec here = vec_load(row->most + slot);
            const choice larger = vec_larger(most, here);
            most = vec_choose(larger, here, most);
            where = places_choose(larger, places_load(row->where + slot), where);
        }
        vec_store_lanes(y + to, n.out, most);
        places_store(index + to, n.out, where);
    }
}

/* the windows of a strip in all rows of a plane; R, S and stride are v's */
VEC void separable_strip(const struct pool *v, struct strip *s, int R, int S, int stride, const float *x,
                         float *y, int *index)
{
    struct kept_row kept[ROWS_KEPT];
    int next = 0, copied = 0; /* rows */
    for (int p = 0; p < v->P; p++) {
        const struct window_span rows = window_holds(p, v->H, R, v->pad, stride);
        const int to = p * v->Q + s->from;
        for (; next < rows.end; next++) {
            for (; copied < v->H && copied < next + 2; copied++)
                copy_row(s, x + (ptrdiff_t)copied * v->W, s->copy[copied % 2]);
            maxima_of_row(s, S, stride, v->W, next, s->copy[next % 2], &kept[next % ROWS_KEPT]);
        }
        if (rows.end - rows.first == R)
            maxima_of_rows(kept, rows.first, rows.first + R, s->from, s->end, y + to, index + to);
        else
            maxima_of_rows(kept, rows.first, rows.end, s->from, s->end, y + to, index + to);
    }
}

VEC void separable_plane(const struct pool *v, struct strip *s, const float *x, float *y, int *index)
{
    if (is_window(v, 3, 1))
        separable_strip(v, s, 3, 3, 1, x, y, index);
    else if (is_window(v, 3, 2))
        separable_strip(v, s, 3, 3, 2, x, y, index);
    else
        separable_strip(v, s, v->R, v->S, v->stride, x, y, index);
}

/* the maxima of windows that share rows, at most ROWS_KEPT of them and so long, and fill a vector; of
 * others, as they were */
VEC void separable_planes(const struct pool *v, size_t from, size_t end)
{
    const size_t in = (size_t)v->H * (size_t)v->W, out = (size_t)v->P * (size_t)v->Q;
    if (v->R <= v->stride || v->R > ROWS_KEPT || v->S > ROWS_KEPT || v->stride > 2 ||
        (!HAS_MASKS && v->Q < WIDTH)) {
        largest_planes(v, from, end);
        return;
    }
    for (int begin = 0; begin < v->Q; begin += STRIP) { /* the last strip overlaps the one before it */
        struct strip s;
        const int last = v->Q - begin < STRIP ? v->Q : begin + STRIP;
        begin_strip(v, last < STRIP ? 0 : last - STRIP, last, &s);
        for (size_t k = from; k < end; k++)
            separable_plane(v, &s, v->x + k * in, v->y + k * out, v->index + k * out);
    }
}
