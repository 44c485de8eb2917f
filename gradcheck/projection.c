/* projection.c - a loss that does not change when a row of x is shifted, or scaled, has a gradient without
 * a part along that move. Softmax and the mean of normalisations shift, norms scale. If analytic is numeric
 * but for such a part, the normalisation was taken for a constant. A test of a row in pattern.c. */
#include <math.h>
#include <stdlib.h>

#include "diagnose.h"
#include "gc_internal.h"

enum { SHIFT = 1, SCALE = 2 };

/* the wrong elements from the first to the last; 0: not every one between is known */
static int wrong_range(const struct gc_view *v, size_t *from, size_t *count)
{
    size_t first = SIZE_MAX, last = 0;
    for (int i = 0; i < v->m; i++) {
        if (!v->s[i]->wrong) continue;
        if (first == SIZE_MAX) first = v->s[i]->index;
        last = v->s[i]->index;
    }
    if (first == SIZE_MAX) return 0;
    for (size_t i = first; i <= last; i++)
        if (isnan(v->numeric[i]) || isnan(v->analytic[i])) return 0;
    *from = first, *count = last - first + 1;
    return 1;
}

/* room[0..n-1]: the part of analytic - numeric in a row along 1, along x, or along both, by least squares;
 * *along: that along x, as a factor. 0: numeric has such a part, a hundredth of it or more */
static int project(const struct gc_view *v, size_t from, size_t n, int moves, double *room, double *along)
{
    double mean = 0, mean_x = 0, xx = 0, ex = 0, sum = 0, size = 0, sum_x = 0, size_x = 0;
    for (size_t i = from; i < from + n && moves & SHIFT; i++) {
        mean += (v->analytic[i] - v->numeric[i]) / (double)n, mean_x += v->e->x[i] / (double)n;
        sum += v->numeric[i], size += fabs(v->numeric[i]);
    }
    for (size_t i = from; i < from + n && moves & SCALE; i++) {
        double x = v->e->x[i] - mean_x;
        xx += x * x, ex += x * (v->analytic[i] - v->numeric[i]);
        sum_x += x * v->numeric[i], size_x += fabs(x * v->numeric[i]);
    }
    *along = xx > 0 ? ex / xx : 0;
    for (size_t i = 0; i < n; i++) room[i] = mean + *along * (v->e->x[from + i] - mean_x);
    return fabs(sum) <= 1e-2 * size && fabs(sum_x) <= 1e-2 * size_x;
}

static const gc_sample *sample_at(const struct gc_view *v, size_t index)
{
    for (int i = 0; i < v->m; i++)
        if (v->s[i]->index == index) return v->s[i];
    return NULL;
}

/* Is that all in every row? Rows whose parts along x are alike are weight decay, not this. */
static int holds(const struct gc_view *v, size_t from, size_t count, size_t row, int moves, double *room)
{
    struct gc_fit f = { .v = v };
    double low = HUGE_VAL, high = -HUGE_VAL;
    for (size_t r = 0; r < count && !f.misses; r += row) {
        double along, top = 0;
        if (!project(v, from + r, row, moves, room, &along)) return 0;
        low = fmin(low, along), high = fmax(high, along);
        for (size_t i = 0; i < row; i++) top = fmax(top, fabs(v->analytic[from + r + i]));
        for (size_t i = 0; i < row; i++) {
            const gc_sample *s = sample_at(v, from + r + i);
            if (!s) return 0;
            gc_fit_add(&f, s->analytic, s->numeric + room[i], 3 * v->rtol * top + 10 * s->error_bar,
                       fabs(s->analytic - s->numeric));
        }
    }
    int is_decay = moves == SCALE && row < count && high - low <= 1e-3 * fmax(fabs(low), fabs(high));
    return !is_decay && gc_fit_holds(&f, 0, 8) && f.bits > (double)(count / row) * f.best * moves;
}

/* A factor of few digits is a coefficient that someone wrote: weight decay. */
static int is_round(double x)
{
    double scale = pow(10, floor(log10(fabs(x))) - 2);
    return fabs(x / scale - floor(x / scale + 0.5)) < 1e-4;
}

int gc_projection(const struct gc_view *v, struct gc_words *w)
{
    static const char *const parts[] = { "", "a constant", "a multiple of x",
                                         "a constant and a multiple of x" };
    static const char *const lost[] = { "", "the mean, or a sum,", "the norm", "mean and variance" };
    size_t from, count;
    double along, *room = v->e->x && wrong_range(v, &from, &count) ? malloc(count * sizeof *room) : NULL;
    int found = 0;
    for (size_t row = room ? count : 0; row >= 3 && !found; row--)
        for (int moves = 1; count % row == 0 && moves <= 3 && !found; moves++) {
            if (row == count && moves == SHIFT) continue; /* one row: a constant that was added */
            if (!holds(v, from, count, row, moves, room)) continue;
            project(v, from, count, moves, room, &along);
            if (row == count && is_round(along)) continue;
            found = 1;
            char rows[GC_NAME] = "";
            if (row < count) gc_text(rows, sizeof rows, " in each row of %zu", row);
            gc_text(w->pattern, GC_TEXT, "analytic = numeric + %s%s, and numeric has no such part",
                    parts[moves], rows);
            gc_text(w->cause, GC_TEXT,
                    "the path through %s of a normalisation is missing, or wrong: a projection", lost[moves]);
        }
    free(room);
    return found;
}
