/* conv_windows.c - windows onto images as an operand of a matrix product; see conv_windows.h. */
#include "conv_windows.h"

#include <string.h>

static ptrdiff_t tap(const struct windows *w, int k)
{
    int s = k % w->across, r = k / w->across % w->down, c = k / w->across / w->down;
    return c * w->plane + r * w->tap_row + s * w->tap_column;
}

/* places of a panel that lie in one row */
struct run {
    ptrdiff_t from;
    int places;
};

/* runs <- places [j, j + columns); returns how many runs that makes */
static int runs_of(const struct windows *w, int j, int columns, struct run *runs)
{
    int n = 0;
    for (int p = j / w->width, q = j % w->width; columns > 0; p++, q = 0) {
        int places = w->width - q < columns ? w->width - q : columns;
        runs[n++] = (struct run){ p * w->row + q * w->column, places };
        columns -= places;
    }
    return n;
}

/* to (n) <- from, `step` apart. Copies of a constant length are a few moves, a call of memcpy is more. */
static void copy_run(int n, const float *from, ptrdiff_t step, float *to)
{
    int i = 0;
    if (step == 1) {
        for (; i + 8 <= n; i += 8) memcpy(to + i, from + i, 8 * sizeof *to);
        for (; i + 2 <= n; i += 2) memcpy(to + i, from + i, 2 * sizeof *to);
    }
    for (; i < n; i++) to[i] = from[i * step];
}

/* for forward and dx: rows of the panel are taps */
static void panel_of_taps(const void *source, int k, int depth, int j, int columns, int width, float *panel)
{
    const struct windows *w = source;
    struct run runs[TILE_NR_MAX];
    const int n = runs_of(w, j, columns, runs);
    int s = k % w->across, r = k / w->across % w->down, c = k / w->across / w->down;
    for (int i = 0; i < depth; i++, panel += width) {
        const float *from = w->at + c * w->plane + r * w->tap_row + s * w->tap_column;
        float *to = panel;
        for (int l = 0; l < n; to += runs[l++].places)
            copy_run(runs[l].places, from + runs[l].from, w->column, to);
        while (to < panel + width) *to++ = 0;
        if (++s == w->across) s = 0, r++;
        if (r == w->down) r = 0, c++;
    }
}

/* for dw: rows of the panel are places */
static void panel_of_places(const void *source, int k, int depth, int j, int columns, int width, float *panel)
{
    const struct windows *w = source;
    ptrdiff_t taps[TILE_NR_MAX];
    int p = k / w->width, q = k % w->width;
    for (int l = 0; l < columns; l++) taps[l] = tap(w, j + l);
    for (int i = 0; i < depth; i++, panel += width) {
        const float *from = w->at + p * w->row + q * w->column;
        for (int l = 0; l < columns; l++) panel[l] = from[taps[l]];
        for (int l = columns; l < width; l++) panel[l] = 0;
        if (++q == w->width) q = 0, p++;
    }
}

/* 1 if the places of a tap, and the planes, lie as the rows of a matrix do */
static int is_matrix(const struct windows *w)
{
    return w->down * w->across == 1 && w->column == 1 && w->row == w->width;
}

void windows_multiply_taps(struct gemm *g, const struct windows *w)
{
    if (is_matrix(w))
        g->b = w->at, g->b_row = w->plane, g->b_col = 1;
    else
        g->panel = panel_of_taps, g->source = w;
}

void windows_multiply_places(struct gemm *g, const struct windows *w)
{
    if (is_matrix(w))
        g->b = w->at, g->b_row = 1, g->b_col = w->plane;
    else
        g->panel = panel_of_places, g->source = w;
}

/* ---- a part of planes (H,W) with zeros around it ---- */

static int is_within(const struct image_part *e, int H, int W)
{
    return e->top <= 0 && e->left <= 0 && e->rows - e->top <= H && e->columns - e->left <= W;
}

size_t image_part_floats(const struct image_part *e, int planes, int H, int W)
{
    return is_within(e, H, W) ? 0 : (size_t)planes * (size_t)e->rows * (size_t)e->columns;
}

static int between(int low, int x, int high)
{
    return x < low ? low : x > high ? high : x;
}

/* copy (planes,rows,columns) <- the part of x (planes,H,W) */
static void copy_part(const struct image_part *e, int planes, int H, int W, const float *x, float *copy)
{
    int first = between(0, e->top, e->rows), last = between(first, e->top + H, e->rows);
    int from = between(0, e->left, e->columns), end = between(from, e->left + W, e->columns);
    memset(copy, 0, image_part_floats(e, planes, H, W) * sizeof *copy);
    for (int c = 0; c < planes && end > from; c++)
        for (int h = first; h < last; h++)
            memcpy(copy + ((size_t)c * (size_t)e->rows + (size_t)h) * (size_t)e->columns + from,
                   x + ((ptrdiff_t)c * H + h - e->top) * W + from - e->left,
                   (size_t)(end - from) * sizeof *copy);
}

struct windows windows_on(const struct image_part *e, int planes, int H, int W, const float *x, float *copy)
{
    struct windows w = { .row = W, .plane = (ptrdiff_t)H * W };
    if (is_within(e, H, W)) {
        w.at = x - (ptrdiff_t)e->top * W - e->left;
        return w;
    }
    copy_part(e, planes, H, W, x, copy);
    w.at = copy, w.row = e->columns, w.plane = (ptrdiff_t)e->rows * e->columns;
    return w;
}
